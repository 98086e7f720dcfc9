//! A statement's layout: a workbook with placeholders, parsed once, stamped for every holder.
//!
//! ```text
//! template bytes → package::read_foreign → workbook::directory → read::SheetReader → Layout → stamp → package::Writer
//! ```
//!
//! The parts that no placeholder touches stay deflated as they are and are copied into each statement.

mod pieces;
mod read;
pub(crate) mod references;
mod sheet;
mod stamp;
mod text;
mod workbook;

use super::Group;
use super::builtin::Look;
use super::fields::StatementKind;
use crate::output::xlsx::package::{self, DeflatedPiece, Part};
use crate::panics;
use crate::problem::{Place, Problem};
use pieces::{Piece, parse};
use read::SheetReader;
use sheet::{Sheet, Styles};
use std::collections::HashMap;
use text::{Fault, near_or_all, those_that_exist};
use workbook::text_of;

#[derive(Clone, Debug)]
pub struct Layout {
    parts: Vec<Slot>,
    /// The sheets that are filled in: their names as formulas write them, and what they hold.
    sheets: Vec<(String, Sheet)>,
    /// Whether payments are listed and deliveries in kind are not.
    hides_deliveries: bool,
    /// About how long a stamped workbook is.
    size_hint: usize,
}

#[derive(Clone, Debug)]
enum Slot {
    Kept(Part),
    /// The part of a sheet, with its index, or another one that depends on the repeated rows of the sheets: its name, what
    /// it begins with in every statement, and the rest.
    Filled(String, Option<usize>, DeflatedPiece, Vec<Piece>),
}

impl Layout {
    pub fn builtin(kind: StatementKind, look: &Look) -> Result<Self, Vec<Problem>> {
        let file_name = kind.file_name();
        let template = Template { file_name, kind };
        let bytes = super::builtin::workbook(kind, look).map_err(|e| vec![template.not_a_workbook(&e.to_string())])?;
        Self::from_template(&bytes, file_name, kind)
    }

    /// The layout of `bytes`, an `.xlsx` that `file_name` names in problems.
    /// Errors: Every placeholder that does not exist, with its cell; or that the file is no workbook.
    pub fn from_template(bytes: &[u8], file_name: &str, kind: StatementKind) -> Result<Self, Vec<Problem>> {
        let template = Template { file_name, kind };
        let read = || {
            let parts = package::read_foreign(bytes).map_err(|e| vec![template.not_a_workbook(&e.to_string())])?;
            template.layout(parts)
        };
        panics::catch_panic(read).unwrap_or_else(|| Err(vec![template.cannot_be_read()]))
    }
}

struct Template<'a> {
    file_name: &'a str,
    kind: StatementKind,
}

impl Template<'_> {
    fn layout(&self, mut parts: Vec<Part>) -> Result<Layout, Vec<Problem>> {
        let broken = |why: &str| vec![self.not_a_workbook(why)];
        let directory = workbook::directory(&parts).ok_or_else(|| broken("it has no workbook part"))?;
        workbook::without_calc_chain(&mut parts, &directory).map_err(|e| broken(&e.to_string()))?;
        let text = |name: &Option<String>| name.as_ref().and_then(|name| text_of(&parts, name));
        let styles = text(&directory.styles);
        let styles = styles.and_then(|text| Some(Styles::read(&parse(&text).ok()?))).unwrap_or_default();
        let mut filled: HashMap<&str, (Option<usize>, Vec<Piece>)> = HashMap::new();
        let mut strings = Vec::new();
        if let (Some(name), Some(text)) = (&directory.strings, text(&directory.strings)) {
            let pieces;
            (strings, pieces) = workbook::strings(&parse(&text).map_err(|e| broken(&e))?);
            filled.insert(name, (None, pieces));
        }
        let (mut problems, mut told, mut sheets, mut has_formulas) = (Vec::new(), Vec::new(), Vec::new(), false);
        for (name, part) in &directory.sheets {
            let Some(text) = text_of(&parts, part).filter(|text| text.contains("<worksheet")) else { continue };
            let mut reader = SheetReader::new(self.kind, name, &strings, &styles);
            let sheet = parse(&text).and_then(|document| reader.read(&document));
            let mut sheet = sheet.map_err(|e| broken(&format!("{part}: {e}")))?;
            for (cell, fault) in reader.faults {
                // A wrong placeholder is told once, wherever else it stands.
                if !told.contains(&fault) {
                    problems.push(self.problem(name, cell, fault.clone()));
                    told.push(fault);
                }
            }
            if sheet.has_placeholders() {
                has_formulas |= sheet.has_formulas();
                filled.insert(part, (Some(sheets.len()), std::mem::take(&mut sheet.pieces)));
                sheets.push((name.clone(), sheet));
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        if sheets.is_empty() {
            let help = format!(
                "Put placeholders such as {{{{holder_name}}}} where values go. {}",
                those_that_exist(self.kind)
            );
            let message = "This workbook has no placeholders, so every statement would be the same.";
            return Err(vec![Problem::error("template.placeholder.none", Place::file(self.file_name), message, help)]);
        }
        let workbook = text_of(&parts, &directory.workbook).unwrap_or_default();
        let workbook = workbook::pieces(&parse(&workbook).map_err(|e| broken(&e))?, &sheets, has_formulas);
        filled.insert(&directory.workbook, (None, workbook));
        let size_hint = 8 * 1024 + parts.iter().map(|part| part.bytes.len()).sum::<usize>();
        let slot = |part: Part| {
            Ok(match filled.remove(part.name.as_str()) {
                None => Slot::Kept(part),
                Some((own, pieces)) => match pieces.as_slice() {
                    [Piece::Bytes(bytes)] => Slot::Kept(Part::deflate(&part.name, bytes)?),
                    [Piece::Bytes(head), rest @ ..] => {
                        Slot::Filled(part.name, own, DeflatedPiece::new([head].iter(), false)?, rest.to_vec())
                    }
                    _ => Slot::Filled(part.name, own, DeflatedPiece::default(), pieces),
                },
            })
        };
        let parts = parts.into_iter().map(slot).collect::<std::io::Result<_>>();
        let lists = |group| sheets.iter().any(|(_, sheet)| sheet.lists(group));
        let hides_deliveries = lists(Group::Payment) && !lists(Group::Delivery);
        for (name, _) in &mut sheets {
            if !name.bytes().all(|b| b.is_ascii_alphabetic()) {
                *name = format!("'{}'", name.replace('\'', "''"));
            }
        }
        Ok(Layout { parts: parts.map_err(|e| broken(&e.to_string()))?, sheets, hides_deliveries, size_hint })
    }

    fn problem(&self, sheet: &str, cell: Option<String>, fault: Fault) -> Problem {
        let place = Place { sheet: Some(sheet.to_owned()), cell, ..Place::file(self.file_name) };
        let value = fault.value.as_deref().unwrap_or_default();
        let help = fault.help.map_or_else(|| near_or_all(value, self.kind), str::to_owned);
        let problem = Problem::error(fault.code, place, fault.message, help);
        if let Some(value) = fault.value { problem.with_value(value) } else { problem }
    }

    fn not_a_workbook(&self, why: &str) -> Problem {
        let message = format!("This file cannot be read as an Excel workbook: {why}.");
        let help = "Save the layout as .xlsx in your spreadsheet program.";
        Problem::error("template.file.not-a-workbook", Place::file(self.file_name), message, help)
    }

    fn cannot_be_read(&self) -> Problem {
        let message = "This workbook is built in a way that the reader does not understand.";
        let help = "Open it in Excel, save it under a new name as an Excel workbook (.xlsx), and use that.";
        Problem::error("template.file.cannot-be-read", Place::file(self.file_name), message, help)
    }
}
