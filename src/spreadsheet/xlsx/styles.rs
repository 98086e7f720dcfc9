//! How a cell's style shows its number (ECMA-376 part 1, 18.8.30 and 18.8.31): as a date, a time, a percentage, with all its
//! digits.

use super::super::package::Package;
use super::super::xml::{Xml, attribute};
use crate::spreadsheet::number_format::{builtin, of_code};
use crate::spreadsheet::row::{Epoch, Fault, Shown};
use quick_xml::events::Event;
use std::collections::HashMap;

/// More styles than Excel allows.
const STYLE_LIMIT: usize = 200_000;
/// More number formats than Excel allows.
const CODE_LIMIT: usize = 10_000;

/// For each cell style how it shows numbers.
/// Errors: What is wrong with the file.
pub(crate) fn read(package: &mut Package, path: &str, epoch: Epoch) -> Result<Vec<Shown>, Fault> {
    let mut xml = Xml::new(package.part(path)?);
    let mut codes: HashMap<u32, String> = HashMap::new();
    let mut formats: Vec<u32> = Vec::new();
    let mut in_cell_formats = false;
    loop {
        match xml.next()? {
            Event::Start(e) => match e.local_name().as_ref() {
                "numFmt" => {
                    let id = attribute(&e, "numFmtId").and_then(|v| v.parse().ok());
                    if codes.len() < CODE_LIMIT
                        && let (Some(id), Some(code)) = (id, attribute(&e, "formatCode"))
                    {
                        codes.insert(id, code);
                    }
                }
                "cellXfs" => in_cell_formats = true,
                "xf" if in_cell_formats && formats.len() < STYLE_LIMIT => {
                    formats.push(attribute(&e, "numFmtId").and_then(|v| v.parse().ok()).unwrap_or(0));
                }
                _ => {}
            },
            Event::End(e) if e.local_name().as_ref() == "cellXfs" => in_cell_formats = false,
            Event::Eof => break,
            _ => {}
        }
    }
    let shown = |id: u32| codes.get(&id).map_or_else(|| builtin(id, epoch), |code| of_code(code, epoch));
    Ok(formats.into_iter().map(shown).collect())
}
