//! The parts around a template's worksheets: which sheets there are, their names, the names that they define.

use super::expression::{Expression, Standing};
use super::rows::RowMap;
use crate::output::xlsx::package::Part;
use crate::spreadsheet::ooxml::{self as xml, Relation, attribute, relations, relations_part};
use quick_xml::Reader;
use quick_xml::events::Event;

/// A worksheet as the workbook lists it.
#[derive(Clone, Debug)]
pub(crate) struct SheetEntry {
    /// Its name.
    pub name: String,
    /// Its part.
    pub part: String,
}

/// Where the workbook's parts are.
#[derive(Clone, Debug, Default)]
pub(crate) struct Directory {
    /// `xl/workbook.xml`.
    pub workbook: String,
    /// The worksheets, in order.
    pub sheets: Vec<SheetEntry>,
    /// `xl/sharedStrings.xml`.
    pub strings: Option<String>,
    /// `xl/styles.xml`.
    pub styles: Option<String>,
    /// `xl/calcChain.xml`.
    pub calc_chain: Option<String>,
}

/// The text of a part.
pub(crate) fn text_of(parts: &[Part], name: &str) -> Option<String> {
    let part = parts.iter().find(|part| part.name == name)?;
    let bytes = part.plain().ok()?;
    Some(String::from_utf8_lossy(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes)).into_owned())
}

/// Finds a workbook's parts; none where it is no workbook.
pub(crate) fn directory(parts: &[Part]) -> Option<Directory> {
    let of = |part: &str| Some(relations(&text_of(parts, &relations_part(part))?, part));
    let workbook = of("")?.into_iter().find(|r| r.kind == "officeDocument")?.target;
    let own = of(&workbook)?;
    let of_kind = |kind: &str| own.iter().find(|r| r.kind == kind).map(|r| r.target.clone());
    let mut sheets = Vec::new();
    let text = text_of(parts, &workbook)?;
    let mut reader = Reader::from_str(&text);
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Eof => break,
            Event::Start(tag) | Event::Empty(tag) if tag.local_name().as_ref() == "sheet" => {
                let relation = attribute(&tag, "r:id").and_then(|id| own.iter().find(|r| r.id == id));
                if let (Some(name), Some(Relation { target: part, .. })) = (attribute(&tag, "name"), relation) {
                    sheets.push(SheetEntry { name, part: part.clone() });
                }
            }
            _ => {}
        }
    }
    Some(Directory {
        sheets,
        strings: of_kind("sharedStrings"),
        styles: of_kind("styles"),
        calc_chain: of_kind("calcChain"),
        workbook,
    })
}

/// `workbook.xml` where names (such as the print area) depend on how many rows there are.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    pieces: Vec<(String, Option<Expression>)>,
}

impl Names {
    /// Cuts `workbook.xml` at the names that refer to the sheet; none where no name does, and it stays as it is.
    pub(crate) fn read(text: &str, sheet: &str) -> Option<Self> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.find("<definedName ") {
            let open = at + rest.get(at..)?.find('>')? + 1;
            let close = open + rest.get(open..)?.find("</definedName>")?;
            let body = xml::unescape(rest.get(open..close)?).into_owned();
            let own = |name: &str| name.eq_ignore_ascii_case(sheet);
            let expression = Expression::parse(&body, &own, false);
            if expression.names_rows() {
                pieces.push((rest.get(..open)?.to_owned(), Some(expression)));
            } else {
                pieces.push((rest.get(..close)?.to_owned(), None));
            }
            rest = rest.get(close..)?;
        }
        pieces.push((rest.to_owned(), None));
        pieces.iter().any(|(_, expression)| expression.is_some()).then_some(Self { pieces })
    }

    /// Writes it for one statement.
    pub(crate) fn write(&self, out: &mut Vec<u8>, map: &RowMap) {
        for (text, expression) in &self.pieces {
            out.extend_from_slice(text.as_bytes());
            if let Some(expression) = expression {
                expression.write(out, map, Standing::Outside);
            }
        }
    }
}

/// Takes the calculation chain out: it lists the cells with formulas, and a statement has others. Spreadsheets make
/// it anew.
pub(crate) fn without_calc_chain(parts: &mut Vec<Part>, directory: &Directory) -> std::io::Result<()> {
    let Some(chain) = &directory.calc_chain else { return Ok(()) };
    parts.retain(|part| part.name != *chain);
    let file = chain.rsplit('/').next().unwrap_or(chain);
    for part in parts.iter_mut() {
        if part.name == "[Content_Types].xml" || part.name.ends_with("workbook.xml.rels") {
            let text = String::from_utf8_lossy(&part.plain()?).into_owned();
            *part = Part::deflate(&part.name, without_element_naming(&text, file).as_bytes())?;
        }
    }
    Ok(())
}

/// `text` without the empty elements that name `file`.
fn without_element_naming(text: &str, file: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        let end = rest.get(at..).and_then(|tag| tag.find('>')).map_or(rest.len(), |len| at + len + 1);
        let tag = rest.get(at..end).unwrap_or("");
        out.push_str(rest.get(..at).unwrap_or(""));
        if !(tag.ends_with("/>") && tag.contains(&format!("{file}\""))) {
            out.push_str(tag);
        }
        rest = rest.get(end..).unwrap_or("");
    }
    out.push_str(rest);
    out
}

/// `workbook.xml` that asks for a full calculation: the template's own formulas have no results yet.
pub(crate) fn with_full_calculation(text: &str) -> String {
    if text.contains("fullCalcOnLoad=\"1\"") {
        return text.to_owned();
    }
    match text.find("<calcPr") {
        Some(at) => {
            let (before, after) = text.split_at(at + "<calcPr".len());
            format!("{before} fullCalcOnLoad=\"1\"{after}")
        }
        None => text.replacen("</workbook>", "<calcPr fullCalcOnLoad=\"1\"/></workbook>", 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_calculation_chain_is_forgotten() {
        let types =
            r#"<Types><Override PartName="/xl/calcChain.xml" ContentType="c"/><Override PartName="/a"/></Types>"#;
        assert_eq!(without_element_naming(types, "calcChain.xml"), r#"<Types><Override PartName="/a"/></Types>"#);
        assert_eq!(
            with_full_calculation(r#"<workbook><calcPr calcId="1"/></workbook>"#),
            r#"<workbook><calcPr fullCalcOnLoad="1" calcId="1"/></workbook>"#
        );
    }
}
