//! A workbook of tables: its sheets, their pages, and the file's bytes.

use super::grid::Grid;
use super::large::Large;
use crate::output::xlsx::package;
use crate::output::xlsx::style::{Styles, properties};
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

/// A workbook being made.
pub(crate) struct Book {
    /// The workbook.
    pub workbook: Workbook,
    /// Its looks.
    pub styles: Styles,
    /// Sheets whose rows are put in at the end.
    pub large: Vec<Large>,
    /// Formats by the number that cells have for them; 0 is the default.
    numbered: Vec<Format>,
}

impl Book {
    /// An empty one, with the same document properties whenever it is made.
    pub(crate) fn new(title: &str, company: &str, currency_decimals: u32) -> Self {
        let mut workbook = Workbook::new();
        workbook.set_properties(&properties(title, company));
        Self { workbook, styles: Styles::new(currency_decimals), large: Vec::new(), numbered: vec![Format::new()] }
    }

    /// The number that the workbook gives a format; all that have one get it here.
    pub(crate) fn number(&mut self, format: &Format) -> u32 {
        let at = self.numbered.iter().position(|known| known == format).unwrap_or_else(|| {
            self.workbook.register_format(format);
            self.numbered.push(format.clone());
            self.numbered.len() - 1
        });
        u32::try_from(at).unwrap_or(0)
    }

    /// A sheet that prints on pages one sheet wide.
    /// Errors: Where the name is taken, which it is not.
    pub(crate) fn sheet(&mut self, name: &str) -> Result<Grid<'_>, XlsxError> {
        let sheet = self.workbook.add_worksheet();
        prepare(sheet, name)?;
        Ok(Grid::new(sheet, &self.styles))
    }

    /// The bytes of the file, in pieces that stand one after the other.
    /// Errors: Where writing fails.
    pub(crate) fn finish(mut self) -> std::io::Result<Vec<Vec<u8>>> {
        let bytes = self.workbook.save_to_buffer().map_err(std::io::Error::other)?;
        if self.large.is_empty() {
            return Ok(vec![bytes]);
        }
        let mut writer = package::Writer::default();
        for part in package::read(&bytes)? {
            let is_of = |large: &Large| part.name == format!("xl/worksheets/sheet{}.xml", large.sheet + 1);
            match self.large.iter().position(is_of) {
                Some(at) => writer.pieces(&part.name, self.large.swap_remove(at).into_pieces(&part)?)?,
                None => writer.copy(&part),
            }
        }
        Ok(writer.finish_in_pieces())
    }
}

/// Name, page and footer of a sheet.
/// Errors: Where the name is taken.
pub(crate) fn prepare(sheet: &mut Worksheet, name: &str) -> Result<(), XlsxError> {
    sheet.set_name(name)?;
    sheet.set_screen_gridlines(false).set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
    sheet.set_margins(0.5, 0.5, 0.6, 0.6, 0.3, 0.3).set_footer("&L&F&C&A&RPage &P of &N");
    Ok(())
}
