//! The parts around a template's worksheets: which sheets there are, their names, the names that they define.

use super::pieces::{Piece, Pieces};
use super::references::Expression;
use crate::output::xlsx::package::Part;
use crate::spreadsheet::ooxml::{attribute, relations, relations_part, unescape};
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Error, Reader, Writer};
use std::io;

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
    calc_chain: Option<String>,
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
    let mut sheets: Vec<SheetEntry> = Vec::new();
    let text = text_of(parts, &workbook)?;
    let mut reader = Reader::from_str(&text);
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Eof => break,
            Event::Start(tag) | Event::Empty(tag) if tag.local_name().as_ref() == "sheet" => {
                let relation = attribute(&tag, "r:id").and_then(|id| own.iter().find(|r| r.id == id));
                if let (Some(name), Some(relation)) = (attribute(&tag, "name"), relation)
                    && sheets.iter().all(|sheet| sheet.part != relation.target)
                {
                    sheets.push(SheetEntry { name, part: relation.target.clone() });
                }
            }
            _ => {}
        }
    }
    let [strings, styles, calc_chain] = ["sharedStrings", "styles", "calcChain"].map(of_kind);
    Some(Directory { workbook, sheets, strings, styles, calc_chain })
}

/// Reads `workbook.xml` of a template whose sheet of this name is filled in: names (such as the print area) move with its
/// rows, and a template with formulas of its own asks for a full calculation, since these have no results yet.
/// Errors: Where it is not XML.
pub(crate) fn pieces(xml: &str, sheet: &str, calculate: bool) -> Result<Vec<Piece>, Error> {
    let mut pieces = Pieces::default();
    let mut reader = Reader::from_str(xml);
    let mut asks = !calculate;
    let close = |pieces: &mut Pieces, tag: &BytesStart, close: &str, asks: &mut bool| {
        let more = if !*asks && tag.local_name().as_ref() == "calcPr" { " fullCalcOnLoad=\"1\"" } else { "" };
        *asks |= !more.is_empty();
        pieces.tag(tag, &format!("{more}{close}"), |_, _| None);
    };
    asks |= xml.contains("fullCalcOnLoad=\"1\"");
    loop {
        match reader.read_event()? {
            Event::Eof => return Ok(pieces.0),
            Event::Start(tag) if tag.local_name().as_ref() == "definedName" => {
                let inner = reader.read_text(tag.name())?;
                let own = |name: &str| name.eq_ignore_ascii_case(sheet);
                let expression = Expression::parse(&unescape(&inner), &own, false);
                pieces.event(Event::Start(tag.borrow()))?;
                if expression.names_rows() {
                    pieces.push(Piece::Formula(expression));
                } else {
                    pieces.text(&inner);
                }
                pieces.event(Event::End(tag.to_end()))?;
            }
            Event::Start(tag) => close(&mut pieces, &tag, ">", &mut asks),
            Event::Empty(tag) => close(&mut pieces, &tag, "/>", &mut asks),
            Event::End(tag) if tag.local_name().as_ref() == "workbook" && !asks => {
                pieces.text("<calcPr fullCalcOnLoad=\"1\"/></workbook>");
            }
            event => pieces.event(event)?,
        }
    }
}

/// Takes the calculation chain out: it lists the cells with formulas, and a statement has others. Spreadsheets make
/// it anew.
pub(crate) fn without_calc_chain(parts: &mut Vec<Part>, directory: &Directory) -> io::Result<()> {
    let Some(chain) = &directory.calc_chain else { return Ok(()) };
    parts.retain(|part| part.name != *chain);
    let file = chain.rsplit('/').next().unwrap_or(chain);
    let relations = relations_part(&directory.workbook);
    for part in parts.iter_mut().filter(|part| part.name == "[Content_Types].xml" || part.name == relations) {
        let text = String::from_utf8_lossy(&part.plain()?).into_owned();
        let text = without_element_naming(&text, file).map_err(io::Error::other)?;
        *part = Part::deflate(&part.name, text.as_bytes())?;
    }
    Ok(())
}

/// `xml` without the empty elements that name `file`.
fn without_element_naming(xml: &str, file: &str) -> Result<String, Error> {
    let mut reader = Reader::from_str(xml);
    let mut kept = Writer::new(Vec::new());
    let names = |tag: &BytesStart| tag.attributes().flatten().any(|a| a.value.rsplit('/').next() == Some(file));
    loop {
        match reader.read_event()? {
            Event::Eof => return Ok(String::from_utf8_lossy(&kept.into_inner()).into_owned()),
            Event::Empty(tag) if names(&tag) => {}
            event => kept.write_event(event)?,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_calculation_chain_is_forgotten() {
        let types =
            r#"<Types><Override PartName="/xl/calcChain.xml" ContentType="c"/><Override PartName="/a"/></Types>"#;
        let kept = without_element_naming(types, "calcChain.xml").unwrap();
        assert_eq!(kept, r#"<Types><Override PartName="/a"/></Types>"#);
        for (xml, asks) in [
            (
                r#"<workbook><calcPr calcId="1"/></workbook>"#,
                r#"<workbook><calcPr calcId="1" fullCalcOnLoad="1"/></workbook>"#,
            ),
            ("<workbook></workbook>", r#"<workbook><calcPr fullCalcOnLoad="1"/></workbook>"#),
        ] {
            let pieces = pieces(xml, "A", true).unwrap();
            assert!(matches!(pieces.as_slice(), [Piece::Bytes(bytes)] if bytes == asks.as_bytes()), "{pieces:?}");
        }
    }
}
