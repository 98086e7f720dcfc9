//! A sheet of the copy: its marked cells in their new styles, with room made for those that it does not have.

use super::splice::{Splice, Tag, Tags, again, attribute, local, prefix};
use super::styles::Styles;
use super::{SheetMarks, address, position};
use quick_xml::events::BytesStart;
use std::fmt::Write;
use std::io;
use std::ops::Range;

/// What stands behind the place of a sheet's comments (ECMA-376 part 1, 18.3.1.99).
const BEHIND: [&str; 9] = [
    "legacyDrawingHF",
    "drawingHF",
    "picture",
    "oleObjects",
    "controls",
    "webPublishItems",
    "tableParts",
    "extLst",
    "worksheet",
];
/// The namespace of relationships.
const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// A sheet with marks.
pub(crate) struct Marked {
    /// Its XML.
    pub xml: String,
    /// The relationship of its comments' shapes, where it has one already.
    pub shapes: Option<String>,
}

/// The style that is no style.
const PLAIN: usize = 0;

/// Marks a sheet; `shapes` is the relationship that its comments' shapes get, where it has none yet.
/// Errors: It is not as workbooks have it.
pub(crate) fn mark(text: &str, marks: &SheetMarks, styles: &mut Styles, shapes: &str) -> io::Result<Marked> {
    let mut marking = Marking {
        splice: Splice::new(text),
        styles,
        left: marks.iter().map(|(cell, mark)| (*cell, mark.severity)).collect(),
        prefix: String::new(),
        columns: Vec::new(),
        row: 0,
        row_style: None,
        column: 0,
        shapes: None,
        behind: None,
        depth: 0,
    };
    marking.left.reverse();
    let mut tags = Tags::of(text);
    while let Some(tag) = tags.next()? {
        match tag {
            Tag::Start(tag, range) => {
                marking.begin(&tag, &range, false)?;
                marking.depth += 1;
            }
            Tag::Empty(tag, range) => marking.begin(&tag, &range, true)?,
            Tag::End(name, range) => {
                marking.depth = marking.depth.saturating_sub(1);
                marking.end(&name, &range)?;
            }
        }
    }
    if let (None, false) = (&marking.shapes, marks.is_empty()) {
        let at = marking.behind.ok_or_else(|| io::Error::other("the sheet has no end"))?;
        let p = &marking.prefix;
        marking.splice.insert(at, format!("<{p}legacyDrawing xmlns:r=\"{RELATIONS}\" r:id=\"{shapes}\"/>"));
    }
    if !marking.left.is_empty() {
        return Err(io::Error::other("the sheet has no cells"));
    }
    Ok(Marked { xml: marking.splice.finish()?, shapes: marking.shapes })
}

struct Marking<'x, 's, 'm> {
    splice: Splice<'x>,
    styles: &'m mut Styles<'s>,
    /// What is still to be marked, the next one last.
    left: Vec<((u32, u32), crate::problem::Severity)>,
    prefix: String,
    /// Columns from and to, from 0, and their style.
    columns: Vec<(u32, u32, usize)>,
    /// The row being read, and behind it: from 0.
    row: u32,
    row_style: Option<usize>,
    /// The column behind the last cell.
    column: u32,
    shapes: Option<String>,
    behind: Option<usize>,
    depth: usize,
}

impl Marking<'_, '_, '_> {
    fn begin(&mut self, tag: &BytesStart, range: &Range<usize>, is_empty: bool) -> io::Result<()> {
        let name = local(tag);
        let number = |name: &str| attribute(tag, name).and_then(|value| value.parse::<u32>().ok());
        match (self.depth, name.as_str()) {
            (0, "worksheet") => self.prefix = prefix(tag),
            (2, "sheetView") if attribute(tag, "tabSelected").is_some() => {
                self.splice.replace(range.clone(), again(tag, &["tabSelected"], "", is_empty));
            }
            (2, "col") => {
                if let (Some(min), Some(max), Some(style)) = (number("min"), number("max"), number("style")) {
                    self.columns.push((min.saturating_sub(1), max.saturating_sub(1), style as usize));
                }
            }
            (1, "sheetData") if is_empty => {
                let rows = self.rows_before(u32::MAX)?;
                let p = &self.prefix;
                self.splice.replace(range.clone(), format!("<{p}sheetData>{rows}</{p}sheetData>"));
            }
            (2, "row") => self.begin_row(tag, range, is_empty)?,
            (3, "c") => self.cell(tag, range, is_empty)?,
            (1, "legacyDrawing") => self.shapes = attribute(tag, "id"),
            (1, behind) if BEHIND.contains(&behind) && self.behind.is_none() => self.behind = Some(range.start),
            _ => {}
        }
        Ok(())
    }

    fn begin_row(&mut self, tag: &BytesStart, range: &Range<usize>, is_empty: bool) -> io::Result<()> {
        let given = attribute(tag, "r").and_then(|r| r.parse::<u32>().ok()).and_then(|r| r.checked_sub(1));
        let row = given.unwrap_or(self.row);
        if row < self.row {
            return Err(io::Error::other("the sheet's rows are not in order"));
        }
        let before = self.rows_before(row)?;
        self.splice.insert(range.start, before);
        let style = attribute(tag, "s").and_then(|style| style.parse().ok());
        (self.row, self.row_style, self.column) = (row, style, 0);
        if self.left.last().is_none_or(|((next, _), _)| *next != row) {
            if is_empty {
                self.row = row + 1;
            }
            return Ok(());
        }
        // What a row says of the columns that it spans need not hold any more, and may be left out.
        let mut text = again(tag, &["spans"], "", false);
        if is_empty {
            let cells = self.cells_before(u32::MAX)?;
            let _ = write!(text, "{cells}</{}row>", self.prefix);
            self.row = row + 1;
        }
        self.splice.replace(range.clone(), text);
        Ok(())
    }

    fn cell(&mut self, tag: &BytesStart, range: &Range<usize>, is_empty: bool) -> io::Result<()> {
        let column = attribute(tag, "r").and_then(|r| position(&r)).map_or(self.column, |(_, column)| column);
        if column < self.column {
            return Err(io::Error::other("a row's cells are not in order"));
        }
        let before = self.cells_before(column)?;
        if !before.is_empty() {
            self.splice.insert(range.start, before);
        }
        self.column = column + 1;
        if let Some(((row, next), severity)) = self.left.last().copied()
            && (row, next) == (self.row, column)
        {
            self.left.pop();
            let style = attribute(tag, "s").and_then(|style| style.parse().ok()).unwrap_or(PLAIN);
            let style = self.styles.marked(style, severity)?;
            self.splice.replace(range.clone(), again(tag, &["s"], &format!("s=\"{style}\""), is_empty));
        }
        Ok(())
    }

    fn end(&mut self, name: &str, range: &Range<usize>) -> io::Result<()> {
        match (self.depth, name) {
            (2, "row") => {
                let cells = self.cells_before(u32::MAX)?;
                self.splice.insert(range.start, cells);
                self.row += 1;
            }
            (1, "sheetData") => {
                let rows = self.rows_before(u32::MAX)?;
                self.splice.insert(range.start, rows);
            }
            (0, "worksheet") if self.behind.is_none() => self.behind = Some(range.start),
            _ => {}
        }
        Ok(())
    }

    /// The marked cells of this row before `column` that the sheet does not have.
    fn cells_before(&mut self, column: u32) -> io::Result<String> {
        let mut cells = String::new();
        while let Some(((row, next), severity)) = self.left.last().copied()
            && row == self.row
            && next < column
        {
            self.left.pop();
            let of_column =
                self.columns.iter().find(|(min, max, _)| (*min..=*max).contains(&next)).map(|(.., style)| *style);
            let style = self.styles.marked(self.row_style.or(of_column).unwrap_or(PLAIN), severity)?;
            let _ = write!(cells, "<{}c r=\"{}\" s=\"{style}\"/>", self.prefix, address(row, next));
        }
        Ok(cells)
    }

    /// The rows before `row` with marked cells that the sheet does not have.
    fn rows_before(&mut self, row: u32) -> io::Result<String> {
        let (at, mut rows) = (self.row, String::new());
        self.row_style = None;
        while let Some(((next, _), _)) = self.left.last().copied()
            && next < row
        {
            self.row = next;
            let cells = self.cells_before(u32::MAX)?;
            let _ = write!(rows, "<{0}row r=\"{1}\">{cells}</{0}row>", self.prefix, next + 1);
        }
        self.row = at;
        Ok(rows)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Mark;
    use super::*;
    use crate::problem::Severity;

    const STYLES: &str = "<styleSheet><fonts count=\"1\"><font/></fonts><fills count=\"2\"><fill/><fill/></fills>\
        <cellXfs count=\"2\"><xf fillId=\"0\"/><xf numFmtId=\"14\" fillId=\"1\"><alignment/></xf></cellXfs></styleSheet>";

    fn marks(cells: &[&str]) -> SheetMarks {
        let mark = || Mark { severity: Severity::Error, text: "wrong".to_owned() };
        cells.iter().map(|cell| (position(cell).unwrap(), mark())).collect()
    }

    fn marked(text: &str, cells: &[&str]) -> (String, String) {
        let mut styles = Styles::read(STYLES).unwrap();
        let marked = mark(text, &marks(cells), &mut styles, "rId9").unwrap();
        let drawing = "<legacyDrawing xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" r:id=\"rId9\"/>";
        (marked.xml.replace(drawing, "<HERE/>"), styles.finish().unwrap())
    }

    #[test]
    fn a_cell_keeps_its_style_under_the_fill() {
        let sheet = "<worksheet><sheetData><row r=\"2\" spans=\"1:2\"><c r=\"A2\" s=\"1\"><v>1</v></c><c r=\"B2\"/></row></sheetData><tableParts/></worksheet>";
        let (xml, styles) = marked(sheet, &["A2"]);
        assert_eq!(
            xml,
            "<worksheet><sheetData><row r=\"2\"><c s=\"2\" r=\"A2\"><v>1</v></c><c r=\"B2\"/></row></sheetData><HERE/><tableParts/></worksheet>"
        );
        assert!(
            styles.contains("<xf fillId=\"2\" applyFill=\"1\" numFmtId=\"14\"><alignment/></xf></cellXfs>"),
            "{styles}"
        );
        assert!(
            styles
                .contains("<fills><fill/><fill/><fill><patternFill patternType=\"solid\"><fgColor rgb=\"FFF8CBAD\"/>"),
            "{styles}"
        );
    }

    #[test]
    fn cells_and_rows_that_are_not_there_are_made() {
        let sheet = "<worksheet><cols><col min=\"3\" max=\"3\" style=\"1\"/></cols><sheetData><row r=\"2\"><c r=\"B2\"/></row><row r=\"4\"/></sheetData></worksheet>";
        let (xml, _) = marked(sheet, &["A1", "A2", "C2", "A3", "A4", "B5"]);
        assert_eq!(
            xml,
            "<worksheet><cols><col min=\"3\" max=\"3\" style=\"1\"/></cols><sheetData><row r=\"1\"><c r=\"A1\" s=\"2\"/></row>\
             <row r=\"2\"><c r=\"A2\" s=\"2\"/><c r=\"B2\"/><c r=\"C2\" s=\"3\"/></row><row r=\"3\"><c r=\"A3\" s=\"2\"/></row>\
             <row r=\"4\"><c r=\"A4\" s=\"2\"/></row><row r=\"5\"><c r=\"B5\" s=\"2\"/></row></sheetData><HERE/></worksheet>"
        );
        let (xml, _) = marked("<x:worksheet><x:sheetData/></x:worksheet>", &["B1"]);
        assert!(
            xml.starts_with("<x:worksheet><x:sheetData><x:row r=\"1\"><x:c r=\"B1\" s=\"2\"/></x:row></x:sheetData>"),
            "{xml}"
        );
    }
}
