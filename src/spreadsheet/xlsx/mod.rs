//! XLSX and XLSM (ECMA-376), in one pass over each sheet: cells at their true addresses, never a dense grid, and the
//! facts that a general reader leaves out: hidden rows, formulas without a result, how a number is shown.

mod elements;
mod quick;
mod sheet;
pub(crate) mod strings;
pub(crate) mod styles;

use super::package::{Package, damaged};
use super::xml::{Xml, attribute, flag};
use super::{Sheet, Workbook, relations};
use crate::spreadsheet::row::{Epoch, Fault, Region, Rows, Shown};
use quick_xml::events::Event;
use sheet::SheetRows;
use strings::Strings;

/// An open XLSX.
pub(crate) struct Xlsx {
    package: Package,
    sheets: Vec<Sheet>,
    paths: Vec<String>,
    strings: Strings,
    shown: Vec<Shown>,
}

impl Xlsx {
    /// Opens it: its sheets' names, shared strings and styles.
    /// Errors: What is wrong with the file.
    pub(crate) fn open(mut package: Package, workbook: &str) -> Result<Self, Fault> {
        let relations = relations::of_workbook(&mut package, workbook)?;
        let (listed, epoch) = listed_sheets(&mut package, workbook)?;
        let find = |kind: &str| relations.iter().find(|r| r.kind == kind).map(|r| r.target.clone());
        let strings = match find("sharedStrings").filter(|p| package.has(p)) {
            Some(path) => Strings::read(&mut package, &path)?,
            None => Strings::default(),
        };
        let shown = match find("styles").filter(|p| package.has(p)) {
            Some(path) => styles::read(&mut package, &path, epoch)?,
            None => Vec::new(),
        };
        let (mut sheets, mut paths) = (Vec::new(), Vec::new());
        for (sheet, id) in listed {
            let relation = relations.iter().find(|r| r.id == id);
            let Some(relation) = relation.filter(|r| r.kind == "worksheet") else { continue };
            sheets.push(sheet);
            paths.push(relation.target.clone());
        }
        Ok(Self { package, sheets, paths, strings, shown })
    }
}

impl Workbook for Xlsx {
    fn sheets(&self) -> &[Sheet] {
        &self.sheets
    }

    fn merged(&self, _sheet: usize) -> &[Region] {
        &[]
    }

    fn rows(&mut self, sheet: usize) -> Result<Box<dyn Rows + '_>, Fault> {
        let path = self.paths.get(sheet).ok_or_else(|| damaged("a sheet is missing"))?;
        let part = self.package.part(path)?;
        Ok(Box::new(SheetRows::new(Xml::new(part), &self.strings, &self.shown)))
    }
}

/// The sheets that the workbook lists, with their relationships' ids, and the day it counts from.
fn listed_sheets(package: &mut Package, path: &str) -> Result<(Vec<(Sheet, String)>, Epoch), Fault> {
    let mut xml = Xml::new(package.small_part(path)?);
    let (mut sheets, mut epoch) = (Vec::new(), Epoch::Y1900);
    loop {
        match xml.next()? {
            Event::Start(e) => match e.local_name().as_ref() {
                "workbookPr" if flag(&e, "date1904") => epoch = Epoch::Y1904,
                "sheet" => {
                    let name = attribute(&e, "name").unwrap_or_default();
                    let hidden = attribute(&e, "state").is_some_and(|s| s != "visible");
                    sheets.push((Sheet { name, hidden }, attribute(&e, "id").unwrap_or_default()));
                    super::sheets_within(sheets.len())?;
                }
                _ => {}
            },
            Event::Eof => return Ok((sheets, epoch)),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::package::Part;
    use super::*;
    use crate::spreadsheet::row::{Row, RowsError};

    fn rows(sheet: &str, by_bytes: bool) -> Vec<String> {
        let mut strings = Strings::default();
        ["Ann", "", "Bob & Co", "series-a"].into_iter().for_each(|text| strings.push(text).unwrap());
        let shown = [Shown::Plain, Shown::Date(Epoch::Y1900)];
        let xml = Xml::new(Part::piece(sheet.as_bytes()));
        let mut reader = SheetRows::new(xml, &strings, &shown);
        if !by_bytes {
            reader.by_events_only();
        }
        let (mut found, mut row) = (Vec::new(), Row::default());
        loop {
            match reader.next(&mut row) {
                Ok(true) => {
                    let cells: Vec<_> = row.cells().iter().map(|c| (c.column, c.content, row.text(c))).collect();
                    found.push(format!("{} {} {cells:?}", row.number, row.hidden));
                }
                Ok(false) => return found,
                Err(RowsError::Content(fault)) => {
                    found.push(fault.message);
                    return found;
                }
                Err(RowsError::Io(error)) => panic!("{error}"),
            }
        }
    }

    /// Shapes of rows that programs write, and that they could.
    const ROWS: [&str; 31] = [
        r#"<row r="7" spans="1:3"><c r="A7" t="s"><v>0</v></c><c r="B7" s="1"><v>38546</v></c><c r="C7"><v>1.5</v></c></row>"#,
        r#"<row><c><v>1</v></c><c t="str"><v>a &amp; b &lt;c&gt;</v></c></row>"#,
        r#"<row r="9" hidden="1" ht="24" customHeight="true"><c r="B9" t="inlineStr"><is><t>x</t></is></c></row>"#,
        r#"<row r="10"/>"#,
        r#"<row r="11"></row>"#,
        r#"<row r="12"><c r="C12"><v>3</v></c><c r="A12"><v>1</v></c><c r="C12"><v>4</v></c></row>"#,
        r#"<row r="13"><c r="A13"><f>1+1</f><v>2</v></c><c r="B13"><f>A1</f></c></row>"#,
        r#"<row r="14"><c r="A14" t="b"><v>1</v></c><c r="B14" t="e"><v>#REF!</v></c></row>"#,
        r#"<row r="15"><c r="A15" t="inlineStr"><is><t xml:space="preserve"> a </t></is></c></row>"#,
        r#"<row r="16"><c r="A16" t="inlineStr"><is><r><t>rich </t></r><r><t>text</t></r></is></c></row>"#,
        r#"<row r="17"><c r="A17" t="inlineStr"><is><t>_x0041_</t></is></c></row>"#,
        r#"<row r="18"><c r="A18" t="str"><v>&#65;&quot;&apos;</v></c></row>"#,
        r#"<row r="19"><c r="A19" t="d"><v>2006-06-15T00:00:00</v></c></row>"#,
        r#"<row r="20"><!-- a comment --><c r="A20"><v>1</v></c></row>"#,
        r#"<row r="21"><c r="A21"><!-- </row> --><v>1</v></c></row>"#,
        r#"<row r="22"><c r="A22"><v><![CDATA[12]]></v></c></row>"#,
        r#"<!-- between --><row r="23"><c r="A23"><v>5</v></c></row>"#,
        r#"<row r='24'><c r='A24'><v>6</v></c></row>"#,
        r#"<row r="25" x:r="99"><c r="A25" x:t="s"><v>0</v></c></row>"#,
        r#"<row r="26"><c r="A26" t="s"/><c r="B26"/><c r="C26"><v/></c><c r="D26"><v></v></c></row>"#,
        "<row r=\"27\">\n  <c r=\"A27\">\n <v>7</v>\n</c>\n</row>\n",
        r#"<row r="28"><c r="A28" s="9"><v>8</v></c><c r="B28" s="x"><v>8</v></c></row>"#,
        r#"<x:row r="29"><x:c r="A29"><x:v>9</x:v></x:c></x:row>"#,
        r#"<row r="30"><c r="A30"><v> 12 </v></c><c r="B30"><v>  </v></c></row>"#,
        "<row r=\"31\"><c r=\"A31\" t=\"str\"><v>two\r\nlines</v></c></row>",
        r#"<row r="32"><c r="A32" t="s"><v> 2 </v></c></row>"#,
        r#"<row r="33"><c r="A33" t="s"><v>99</v></c></row>"#,
        r#"<row r="0"><c r="A0"><v>1</v></c></row>"#,
        r#"<row r="35"><c r="ZZZZ35"><v>1</v></c></row>"#,
        r#"<row r="36"><c r="A36" t="str"><v>&nbsp;</v></c></row>"#,
        r#"<row r="37"><c r="A37"><v>1</v></c>"#,
    ];

    #[test]
    fn rows_by_their_bytes_are_rows_by_events() {
        let head = r#"<worksheet><dimension ref="A1"/><sheetData><row r="1"><c r="A1" t="s"><v>3</v></c></row>"#;
        let plain = r#"<row r="100"><c r="A100" t="s"><v>2</v></c></row>"#;
        for shape in ROWS {
            for end in ["</sheetData><pageMargins left=\"1\"/></worksheet>", "", "</worksheet>"] {
                let sheet = format!("{head}{shape}{plain}{shape}{end}");
                assert_eq!(rows(&sheet, true), rows(&sheet, false), "{shape}");
            }
        }
        let many = plain.repeat(20_000);
        let sheet = format!("{head}{many}{}{many}</sheetData></worksheet>", ROWS[12]);
        assert_eq!(rows(&sheet, true), rows(&sheet, false));
        assert_eq!(rows(&sheet, true).len(), 40_002);
    }
}
