//! The parts around a template's worksheets: which sheets there are, the texts that they share, the names that they
//! define.

use super::pieces::{Edits, Piece, cell_text, children, edited, flag, inside, parse, place_of};
use super::references::Expression;
use super::sheet::Sheet;
use crate::output::xlsx::package::Part;
use crate::spreadsheet::ooxml::{relations, relations_part};
use roxmltree::{Document, Node};
use std::io;

#[derive(Clone, Debug, Default)]
pub(crate) struct Directory {
    pub workbook: String,
    /// The worksheets, in order: name and part.
    pub sheets: Vec<(String, String)>,
    pub strings: Option<String>,
    pub styles: Option<String>,
    calc_chain: Option<String>,
}

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
    let [strings, styles, calc_chain] = ["sharedStrings", "styles", "calcChain"]
        .map(|kind| own.iter().find(|relation| relation.kind == kind).map(|relation| relation.target.clone()));
    let mut sheets: Vec<(String, String)> = Vec::new();
    let text = text_of(parts, &workbook)?;
    for sheet in parse(&text).ok()?.descendants().filter(|node| node.tag_name().name() == "sheet") {
        let id = sheet.attributes().find(|attribute| attribute.name() == "id" && attribute.namespace().is_some());
        let relation = id.and_then(|id| own.iter().find(|relation| relation.id == id.value()));
        if let (Some(name), Some(relation)) = (sheet.attribute("name"), relation)
            && sheets.iter().all(|(_, part)| *part != relation.target)
        {
            sheets.push((name.to_owned(), relation.target.clone()));
        }
    }
    Some(Directory { workbook, sheets, strings, styles, calc_chain })
}

/// The workbook's shared strings, as [`cell_text`]; also the part anew, without those that hold placeholders: what is filled
/// in stands in the cells, and the others keep their numbers.
pub(crate) fn strings(document: &Document) -> (Vec<(String, bool)>, Vec<Piece>) {
    let (mut strings, mut edits) = (Vec::new(), Edits::new());
    for node in children(document.root_element(), "si") {
        let string = cell_text(node);
        if string.0.contains("{{") {
            edits.push((inside(node), Piece::Bytes(b"<t/>".to_vec())));
        }
        strings.push(string);
    }
    (strings, edited(document.input_text(), &edits))
}

/// Reads `workbook.xml` of a template whose `sheets` are filled in: names (such as a print area) move with their rows, and
/// a template with formulas of its own asks for a full calculation, since these have no results yet.
pub(crate) fn pieces(document: &Document, sheets: &[(String, Sheet)], calculate: bool) -> Vec<Piece> {
    let workbook = document.root_element();
    let mut edits = Edits::new();
    for node in children(workbook, "definedNames").flat_map(|names| children(names, "definedName")) {
        for (at, (sheet, of)) in sheets.iter().enumerate() {
            let own = |name: &str| name.eq_ignore_ascii_case(sheet);
            let expression = Expression::parse(node.text().unwrap_or(""), &own, false);
            // What stands above all repeated rows stays.
            if of.blocks.first().is_some_and(|block| expression.names_rows_from(block.first)) {
                edits.push((inside(node), Piece::Name(at, expression)));
                break;
            }
        }
    }
    let asks = |text: &str| Piece::Bytes(text.as_bytes().to_vec());
    match children(workbook, "calcPr").next() {
        Some(node) if calculate && !flag(node, "fullCalcOnLoad") => {
            edits.push((place_of(node, "fullCalcOnLoad"), asks(" fullCalcOnLoad=\"1\"")));
        }
        None if calculate => {
            let end = inside(workbook).end;
            edits.push((end..end, asks("<calcPr fullCalcOnLoad=\"1\"/>")));
        }
        _ => {}
    }
    edited(document.input_text(), &edits)
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
        *part = Part::deflate(&part.name, &without_elements_naming(&text, file).map_err(io::Error::other)?)?;
    }
    Ok(())
}

fn without_elements_naming(xml: &str, file: &str) -> Result<Vec<u8>, String> {
    let document = parse(xml)?;
    let names = |node: &Node| node.attributes().any(|attribute| attribute.value().rsplit('/').next() == Some(file));
    let naming = document.root_element().children().filter(names);
    let edits: Edits = naming.map(|node| (node.range(), Piece::Bytes(Vec::new()))).collect();
    match edited(xml, &edits).pop() {
        Some(Piece::Bytes(bytes)) => Ok(bytes),
        _ => unreachable!("bytes in place of bytes are one piece"),
    }
}
