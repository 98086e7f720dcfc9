//! A workbook of tables: its sheets, their pages, and the file's bytes.

use super::parallel_rows::ParallelRows;
use super::{Sheet, Table};
use crate::model::{Case, Locale};
use crate::output::xlsx::package;
use crate::output::xlsx::style::{Styles, properties};
use rust_xlsxwriter::{
    Chart, Color, ConditionalFormatText, ConditionalFormatTextRule, Format, Workbook, Worksheet, XlsxError,
};
use std::io::{self, Write};
use std::ops::Range;

pub(crate) struct Summary<'a> {
    pub case: &'a Case,
    pub workbook: Workbook,
    pub styles: Styles,
    /// Sheets whose rows are put in at the end.
    pub parallel: Vec<ParallelRows<'a>>,
    /// Formats by the number that cells have for them; 0 is the default.
    numbered: Vec<Format>,
}

/// Where a workbook is written to.
pub(crate) type Out<'o> = &'o mut (dyn Write + Send);

/// Writes a workbook that `fill` puts its sheets into; it is the same whenever it is made.
pub(crate) fn write<'a>(
    title: &str,
    case: &'a Case,
    out: Out,
    fill: impl FnOnce(&mut Summary<'a>) -> Result<(), XlsxError>,
) -> io::Result<()> {
    let mut workbook = Workbook::new();
    workbook.set_properties(&properties(title, &case.terms.company));
    let styles = Styles::new(case.terms.currency_decimals, case.terms.locale);
    let mut summary = Summary { case, workbook, styles, parallel: Vec::new(), numbered: vec![Format::new()] };
    fill(&mut summary).map_err(io::Error::other)?;
    summary.finish(out)
}

impl Summary<'_> {
    /// The number that the workbook gives a format; all that have one get it here.
    pub(crate) fn number(&mut self, format: &Format) -> usize {
        self.numbered.iter().position(|known| known == format).unwrap_or_else(|| {
            self.workbook.register_format(format);
            self.numbered.push(format.clone());
            self.numbered.len() - 1
        })
    }

    /// A sheet with a title, and what it is about, that prints on pages one sheet wide.
    pub(crate) fn titled(&mut self, name: &str, about: &str) -> Result<Sheet<'_>, XlsxError> {
        let sheet = self.workbook.add_worksheet();
        prepare(sheet, name, self.case.terms.locale)?;
        let mut sheet = Sheet::new(sheet, &self.styles);
        sheet.title(&self.case.terms.company, about)?;
        Ok(sheet)
    }

    /// A sheet that is one table, whose headings stay in sight and stand on every page; cells of a column that begin with a
    /// word are coloured. Gives the rows of the content; without rows there is no sheet.
    pub(crate) fn table<R>(
        &mut self,
        (name, about): (&str, &str),
        table: &Table<R>,
        marks: &[(u16, &str, Color)],
    ) -> Result<Range<u32>, XlsxError> {
        if table.rows.is_empty() {
            return Ok(0..0);
        }
        let mut sheet = self.titled(name, about)?;
        sheet.sheet.set_freeze_panes(sheet.row + 1, 0)?.set_repeat_rows(sheet.row, sheet.row)?;
        let content = table.write(&mut sheet)?;
        for (column, word, color) in marks {
            let rule = ConditionalFormatTextRule::BeginsWith((*word).to_owned());
            let format = Format::new().set_background_color(*color);
            let rule = ConditionalFormatText::new().set_rule(rule).set_format(format);
            sheet.highlight(&content, (*column, *column), &rule)?;
        }
        sheet.finish()?;
        Ok(content)
    }

    /// A sheet that is a chart: no page cuts it.
    pub(crate) fn chart(&mut self, name: &str, about: &str, chart: &mut Chart) -> Result<(), XlsxError> {
        let sheet = self.titled(name, about)?;
        chart.set_width(940).set_height(540);
        sheet.sheet.insert_chart(sheet.row, 0, chart)?;
        sheet.finish()
    }

    fn finish(mut self, out: Out) -> io::Result<()> {
        let bytes = self.workbook.save_to_buffer().map_err(io::Error::other)?;
        if self.parallel.is_empty() {
            return out.write_all(&bytes);
        }
        let mut writer = package::Writer::default();
        for part in package::read(&bytes)? {
            let is_of = |rows: &ParallelRows| part.name == format!("xl/worksheets/sheet{}.xml", rows.sheet + 1);
            match self.parallel.iter().find(|rows| is_of(rows)) {
                Some(rows) => writer.stream(&part.name, out, |take| rows.hand_over(&part, take))?,
                None => writer.copy(&part),
            }
        }
        out.write_all(&writer.finish())
    }
}

/// Name, page and footer of a sheet.
pub(crate) fn prepare(sheet: &mut Worksheet, name: &str, locale: Locale) -> Result<(), XlsxError> {
    sheet.set_name(name)?;
    sheet.set_screen_gridlines(false).set_landscape().set_paper_size(locale.paper()).set_print_fit_to_pages(1, 0);
    sheet.set_margins(0.5, 0.5, 0.6, 0.6, 0.3, 0.3).set_footer("&L&F&C&A&RPage &P of &N");
    Ok(())
}
