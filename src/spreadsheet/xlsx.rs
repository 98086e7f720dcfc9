//! XLSX and XLSM (ECMA-376) through calamine, cell by cell at their true addresses, never a dense grid.
//!
//! The [survey] reads every part that calamine will, before calamine does: a failed allocation cannot be caught, and what
//! calamine is known to drop in silence is put back or refused.

mod sheet;
mod survey;

use super::cells::{CellRows, Found, SheetFacts};
use super::faults::{damaged, not_understood, password_protected};
use super::package::{Bytes, Package};
use super::workbook::{Format, Workbook, pass};
use super::{Epoch, Fault, Rows, Shown, number_format};
use calamine::{Reader, XlsxError};
use std::io::Cursor;

type Xlsx = calamine::Xlsx<Cursor<Bytes>>;

/// Opens it: its sheets' names, shared strings and styles; and surveys its sheets meanwhile.
pub(super) fn open(mut package: Package, workbook: &str) -> Result<Workbook, Fault> {
    let listed = survey::workbook(&mut package, workbook)?;
    let file = package.file();
    let (facts, format) = rayon::join(
        || pass(|| survey::sheets(&mut package, &listed)),
        || pass(|| Xlsx::new(file).map_err(|error| fault(&error))),
    );
    let (format, sheets) = (Box::new(format??), listed.into_iter().map(|listed| listed.sheet).collect());
    Ok(Workbook { sheets, facts: facts?, format })
}

impl Format for Xlsx {
    fn rows<'a>(&'a mut self, _: usize, name: &str, facts: &'a SheetFacts) -> Result<Box<dyn Rows + 'a>, Fault> {
        let epoch = if self.has_1904_epoch() { Epoch::Y1904 } else { Epoch::Y1900 };
        let mut reader = self.worksheet_cells_reader(name).map_err(|error| fault(&error))?;
        let codes = reader.styles().iter().map(|style| style.number_format.as_ref());
        let shown: Vec<Option<Shown>> =
            codes.map(|code| code.map(|code| number_format::of_code(&code.format_code, epoch))).collect();
        Ok(Box::new(CellRows::new(facts, epoch, move || {
            let next = reader.next_cell_with_style_id().map_err(|error| fault(&error))?;
            Ok(next.map(|(cell, style)| {
                let (at, shown) = (cell.get_position(), shown.get(style).copied().flatten());
                Found { at, value: Some(cell), shown }
            }))
        })))
    }
}

fn fault(error: &XlsxError) -> Fault {
    let detail = error.to_string();
    match error {
        XlsxError::Password => password_protected(),
        XlsxError::Io(_)
        | XlsxError::Zip(_)
        | XlsxError::Xml(_)
        | XlsxError::XmlAttr(_)
        | XlsxError::XmlEof(_)
        | XlsxError::FileNotFound(_)
        | XlsxError::Unexpected(_) => damaged(&detail),
        _ => not_understood(&detail),
    }
}
