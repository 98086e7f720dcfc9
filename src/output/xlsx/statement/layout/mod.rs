//! A statement's layout: a workbook with placeholders, parsed once, stamped for every holder.
//!
//! ```text
//! template bytes → package::read_foreign → workbook::directory → sheet::SheetReader → Layout → stamp → package::Writer
//! ```
//!
//! The parts that no placeholder touches stay deflated as they are and are copied into each statement.

mod expression;
mod heights;
mod rows;
mod sheet;
mod specimen;
mod stamp;
mod strings;
mod text;
mod workbook;

use super::fields::{Field, StatementKind};
use crate::output::xlsx::deflate::Code;
use crate::output::xlsx::package::{self, Part};
use crate::panic_guard;
use crate::problem::{Place, Problem};
use heights::Styles;
pub(crate) use heights::lines;
use sheet::{Faults, Sheet, SheetReader};
use std::collections::HashSet;
use text::{Fault, SharedString};
use workbook::{Directory, Names, SheetEntry, text_of};

/// A layout, ready to be stamped.
#[derive(Clone, Debug)]
pub struct Layout {
    parts: Vec<Slot>,
    strings: strings::Template,
    /// Whether the workbook keeps its texts in a part of their own (else in the cells).
    shares_strings: bool,
    /// The code that stamped parts are deflated with.
    code: Code,
    /// About how long a stamped workbook is.
    size_hint: usize,
}

/// A part of the layout.
#[derive(Clone, Debug)]
enum Slot {
    /// Copied.
    Kept(Part),
    /// A worksheet to stamp.
    Sheet(String, Box<Sheet>),
    /// The strings.
    Strings(String),
    /// The workbook, where names depend on the rows of the sheet in that slot.
    Names(String, Names, usize),
}

impl Layout {
    /// The layout that comes with the house, for a currency of that many decimals.
    /// Errors: None is expected; what there could be says what is wrong with the layout.
    pub fn builtin(kind: StatementKind, currency_decimals: u32) -> Result<Self, Vec<Problem>> {
        let file_name = kind.file_name();
        let template = Template { file_name, kind };
        let bytes = super::builtin::workbook(kind, currency_decimals)
            .map_err(|e| vec![template.not_a_workbook(&e.to_string())])?;
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
        panic_guard::catch_panic(read).unwrap_or_else(|| Err(vec![template.cannot_be_read()]))
    }
}

/// A template being read.
struct Template<'a> {
    file_name: &'a str,
    kind: StatementKind,
}

impl Template<'_> {
    fn layout(&self, mut parts: Vec<Part>) -> Result<Layout, Vec<Problem>> {
        let broken = |why: &str| vec![self.not_a_workbook(why)];
        let directory = workbook::directory(&parts).ok_or_else(|| broken("it has no workbook part"))?;
        workbook::without_calc_chain(&mut parts, &directory).map_err(|e| broken(&e.to_string()))?;
        let (mut strings, mut count) = read_strings(&parts, &directory);
        let mut problems = Vec::new();
        let mut sheets: Vec<(&SheetEntry, Sheet)> = Vec::new();
        let mut seen = HashSet::new();
        for entry in directory.sheets.iter().filter(|entry| seen.insert(entry.part.as_str())) {
            let Some(text) = text_of(&parts, &entry.part).filter(|text| text.contains("<worksheet")) else { continue };
            let mut faults = Faults::new();
            let mut reader = SheetReader { kind: self.kind, name: &entry.name, strings: &mut strings };
            let sheet = reader.read(&text, &mut faults).map_err(|e| broken(&format!("{}: {e}", entry.part)))?;
            problems.extend(faults.into_iter().map(|(cell, fault)| self.problem(&entry.name, cell, &fault)));
            if sheet.has_placeholders() {
                sheets.push((entry, sheet));
            }
        }
        if sheets.is_empty() && problems.is_empty() {
            problems.push(self.nothing_to_fill_in());
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let keep = directory.sheets.len() > 1;
        if !keep {
            count = 0;
        }
        let styles = directory.styles.as_ref().and_then(|name| text_of(&parts, name)).unwrap_or_default();
        let styles = Styles::read(&styles);
        for (_, sheet) in &mut sheets {
            sheet.find_wrapped(&styles);
        }
        let workbook = text_of(&parts, &directory.workbook).unwrap_or_default();
        let workbook = if sheets.iter().any(|(_, sheet)| sheet.has_formulas()) {
            let asked = workbook::with_full_calculation(&workbook);
            if asked != workbook {
                replace(&mut parts, &directory.workbook, &asked).map_err(|e| broken(&e.to_string()))?;
            }
            asked
        } else {
            workbook
        };
        let names = sheets.iter().find_map(|(entry, _)| Some((Names::read(&workbook, &entry.name)?, &entry.part)));
        let position = |name: &str| parts.iter().position(|part| part.name == name);
        let names = names.and_then(|(names, part)| Some((names, position(part)?)));
        let mut by_part: Vec<(String, Sheet)> = sheets.into_iter().map(|(e, s)| (e.part.clone(), s)).collect();
        let size_hint = 8 * 1024 + parts.iter().map(|part| part.bytes.len()).sum::<usize>();
        let slots = parts.into_iter().map(|part| {
            if let Some(at) = by_part.iter().position(|(name, _)| *name == part.name) {
                Slot::Sheet(part.name, Box::new(by_part.swap_remove(at).1))
            } else if directory.strings.as_ref() == Some(&part.name) {
                Slot::Strings(part.name)
            } else {
                match &names {
                    Some((names, sheet)) if part.name == directory.workbook => {
                        Slot::Names(part.name, names.clone(), *sheet)
                    }
                    _ => Slot::Kept(part),
                }
            }
        });
        let mut layout = Layout {
            parts: slots.collect(),
            strings: strings::Template::new(strings, keep, count),
            shares_strings: directory.strings.is_some(),
            code: Code::of(&[]),
            size_hint,
        };
        let specimen = layout.specimen();
        layout.code = Code::of(&[&specimen]);
        Ok(layout)
    }

    fn place(&self, sheet: Option<&str>, cell: Option<String>) -> Place {
        Place { file: Some(self.file_name.to_owned()), sheet: sheet.map(str::to_owned), cell }
    }

    fn not_a_workbook(&self, why: &str) -> Problem {
        Problem::error(
            "template.file.not-a-workbook",
            self.place(None, None),
            format!("This file cannot be read as an Excel workbook: {why}."),
            "Save the layout as .xlsx in your spreadsheet program.",
        )
    }

    fn cannot_be_read(&self) -> Problem {
        Problem::error(
            "template.file.cannot-be-read",
            self.place(None, None),
            "This workbook is built in a way that the reader does not understand.",
            "Open it in Excel, save it under a new name as an Excel workbook (.xlsx), and use that.",
        )
    }

    fn nothing_to_fill_in(&self) -> Problem {
        Problem::error(
            "template.placeholder.none",
            self.place(None, None),
            "This workbook has no placeholders, so every statement would be the same.",
            format!("Put placeholders such as {{{{holder_name}}}} where values go. {}", self.those_that_exist()),
        )
    }

    fn problem(&self, sheet: &str, cell: Option<String>, fault: &Fault) -> Problem {
        let place = self.place(Some(sheet), cell);
        match fault {
            Fault::Unknown(name) => Problem::error(
                "template.placeholder.unknown",
                place,
                format!("There is no placeholder {{{{{name}}}}}."),
                self.those_that_exist(),
            )
            .with_value(format!("{{{{{name}}}}}")),
            Fault::Unclosed(text) => Problem::error(
                "template.placeholder.unclosed",
                place,
                "A placeholder begins here that does not end, or whose letters are formatted differently.",
                "Type it anew in one go, as in {{holder_name}}.",
            )
            .with_value(text.clone()),
            Fault::TwoGroups => Problem::error(
                "template.row.two-lists",
                place,
                "This row holds placeholders of two lists (lots, steps, payments), so it cannot be repeated for both.",
                "Give each list rows of its own.",
            ),
            Fault::NotHere(name) => Problem::error(
                "template.placeholder.repeated",
                place,
                format!("{{{{{name}}}}} is one of many, and a header or footer holds one value."),
                "Put it into a cell; its row is repeated.",
            )
            .with_value(format!("{{{{{name}}}}}")),
        }
    }

    fn those_that_exist(&self) -> String {
        let names: Vec<&str> = Field::all(self.kind).map(|info| info.name).collect();
        format!("These exist: {}.", names.join(", "))
    }
}

fn replace(parts: &mut [Part], name: &str, text: &str) -> std::io::Result<()> {
    for part in parts.iter_mut().filter(|part| part.name == name) {
        *part = Part::deflate(name, text.as_bytes())?;
    }
    Ok(())
}

/// The workbook's strings, and how many cells refer to them.
fn read_strings(parts: &[Part], directory: &Directory) -> (Vec<SharedString>, u32) {
    let Some(text) = directory.strings.as_ref().and_then(|name| text_of(parts, name)) else { return (Vec::new(), 0) };
    let mut strings = Vec::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find("<si") {
        let after = rest.get(at + 3..).unwrap_or("");
        let (inner, next) = match (after.strip_prefix("/>"), after.strip_prefix('>')) {
            (Some(next), _) => ("", next),
            (None, Some(body)) => match body.find("</si>") {
                Some(end) => (body.get(..end).unwrap_or(""), body.get(end + 5..).unwrap_or("")),
                None => break,
            },
            (None, None) => {
                rest = after;
                continue;
            }
        };
        strings.push(SharedString::new(inner));
        rest = next;
    }
    let count = text.find(" count=\"").and_then(|at| text.get(at + 8..)?.split('"').next()?.parse().ok());
    (strings, count.unwrap_or(0))
}
