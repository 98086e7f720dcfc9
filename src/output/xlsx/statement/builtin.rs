//! The layouts that come with the program. `templates/` holds them as workbooks, for teams to restyle.
//!
//! Three sheets: the advice on one page, how it was computed, and the shares lot by lot.

use super::StatementKind;
use super::fields::{ALL, D, L, X};
use crate::model::Locale;
use crate::output::xlsx::row_height::lines;
use crate::output::xlsx::style::{AMBER, Style, Styles, properties};
use crate::panics;
use crate::spreadsheet::a1;
use rust_xlsxwriter::{ConditionalFormatFormula, Format, Image, Workbook, Worksheet, XlsxError};

/// The columns of the sheet of shares.
const SHARES: [f64; 8] = [22.0, 13.0, 17.0, 17.0, 13.0, 14.0, 14.0, 30.0];
/// The most that a logo takes, in pixels.
const LOGO: (f64, f64) = (190.0, 52.0);
/// How wide the two columns are that a logo stands over, in pixels.
const LOGO_COLUMNS: f64 = 220.0;
const TWO_LINES: f64 = 28.5;

/// What a layout depends on beside its kind.
#[derive(Clone, Debug)]
pub struct Look {
    pub currency_decimals: u32,
    pub locale: Locale,
    /// A picture for the head of the page, PNG or JPEG.
    pub logo: Option<Vec<u8>>,
}

impl Default for Look {
    fn default() -> Self {
        Self { currency_decimals: 2, locale: Locale::default(), logo: None }
    }
}

/// Whether the head of a page may show this: a PNG or JPEG picture, from its first mark to its last.
pub(crate) fn is_picture(bytes: &[u8]) -> bool {
    let has = |start: &[u8], end: &[u8]| bytes.starts_with(start) && memchr::memmem::rfind(bytes, end).is_some();
    let is_complete = has(b"\x89PNG", b"IEND") || has(&[0xFF, 0xD8, 0xFF], &[0xFF, 0xD9]);
    let has_size = || Image::new_from_buffer(bytes).is_ok_and(|image| image.width() > 0.0 && image.height() > 0.0);
    is_complete && panics::catch_panic(has_size).unwrap_or(false)
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 220")]
fn pixels(offset: f64) -> u32 {
    offset.max(0.0) as u32
}

/// Columns of the sheet, from the first to the last, with words or a placeholder, and how they look.
type Cell = (u16, u16, &'static str, Style);

/// A column of a table: in which kinds of statement it is, how many of the sheet's columns it takes, its heading, how
/// its cells look, and their placeholder.
type Column = (u8, u16, &'static str, Style, &'static str);

pub(crate) fn workbook(kind: StatementKind, look: &Look) -> Result<Vec<u8>, XlsxError> {
    let title = match kind {
        StatementKind::Dividend => "Dividend statement",
        StatementKind::Liquidation => "Liquidation statement",
        StatementKind::Exchange => "Exchange statement",
    };
    let mut workbook = Workbook::new();
    workbook.set_properties(&properties(title, ""));
    let advice = &[25.0, 14.0, 15.0, 15.0, 15.0, 15.0];
    Page::new(&mut workbook, kind, look, "Statement", advice)?.advice(look)?;
    Page::new(&mut workbook, kind, look, "Computation", &[15.0, 52.0, 16.0, 16.0])?.computation()?;
    Page::new(&mut workbook, kind, look, "Shares", &SHARES)?.shares()?;
    workbook.save_to_buffer()
}

struct Page<'a> {
    sheet: &'a mut Worksheet,
    kind: StatementKind,
    styles: Styles,
    widths: &'static [f64],
    row: u32,
}

impl<'a> Page<'a> {
    /// A sheet whose columns have these widths, on paper as the locale has it.
    fn new(
        workbook: &'a mut Workbook,
        kind: StatementKind,
        look: &Look,
        name: &str,
        widths: &'static [f64],
    ) -> Result<Self, XlsxError> {
        let sheet = workbook.add_worksheet();
        sheet.set_name(name)?;
        for (column, width) in (0u16..).zip(widths) {
            sheet.set_column_width(column, *width)?;
        }
        sheet.set_screen_gridlines(false).set_paper_size(look.locale.paper()).set_print_fit_to_pages(1, 0);
        sheet.set_margins(0.6, 0.6, 0.7, 0.7, 0.3, 0.3).set_print_center_horizontally(true);
        sheet.set_footer("&L{{reference}}  {{holder_id}}&CPage &P of &N&R{{company}}");
        let styles = Styles::new(look.currency_decimals, look.locale);
        Ok(Self { sheet, kind, styles, widths, row: 0 })
    }

    fn last(&self) -> u16 {
        u16::try_from(self.widths.len() - 1).expect("a sheet has few columns")
    }

    /// What a holder needs to know, on one page.
    fn advice(mut self, look: &Look) -> Result<(), XlsxError> {
        // A statement too long for a page gets more when it is stamped.
        self.sheet.set_portrait().set_print_fit_to_pages(1, 1);
        if let Some(logo) = &look.logo {
            let mut picture = Image::new_from_buffer(logo)?;
            // A smaller picture keeps its size; all end where the page's columns do.
            let size = (picture.width() * 96.0 / picture.width_dpi(), picture.height() * 96.0 / picture.height_dpi());
            let scale = (LOGO.0 / size.0).min(LOGO.1 / size.1).min(1.0);
            picture = picture.set_scale_to_size(size.0 * scale, size.1 * scale, false).set_alt_text("Logo");
            let offset = LOGO_COLUMNS - size.0 * scale;
            self.sheet.insert_image_with_offset(0, 4, &picture, pixels(offset), 2)?;
        }
        self.row(Some(26.0), &[(0, 3, "{{company}}", Style::Title)])?;
        self.row(Some(18.0), &[(0, 3, "{{run}}", Style::Subtitle)])?;
        self.row += 1;
        let (kind, is_dividend) = (self.kind, self.kind == StatementKind::Dividend);
        let facts = [
            (ALL, "Reference", "{{reference}}", Style::Id),
            (ALL, "Payment date", "{{pay_date}}", Style::Date),
            (D, "Record date", "{{record_date}}", Style::Date),
            (ALL, "Holder id", "{{holder_id}}", Style::Id),
            (ALL, "Tax id", "{{tax_id}}", Style::Id),
            (D, "Tax withheld at", "{{withholding_rate}}", Style::RateLeft),
        ];
        let mut facts = facts.into_iter().filter(|(kinds, ..)| kind.is_in(*kinds));
        for line in ["{{letter_1}}", "{{letter_2}}", "{{letter_3}}", "{{letter_4}}", "{{letter_5}}", ""] {
            let fact = facts.next().map(|(_, name, value, style)| [(3, 3, name, Style::Label), (4, 5, value, style)]);
            let cells: Vec<Cell> = [(0, 2, line, Style::Text)].into_iter().chain(fact.into_iter().flatten()).collect();
            self.row(None, &cells)?;
        }
        self.row += 1;
        self.row(Some(21.0), &[(0, self.last(), "{{status}}", Style::Notice)])?;
        let held = format!("=LEFT($A{},4)=\"Held\"", self.row);
        self.highlight(self.row - 1, (0, self.last()), &held, Format::new().set_background_color(AMBER))?;
        self.row += 1;
        let columns = [
            (ALL, 1, "Class", Style::Text, "{{payment.class}}"),
            (ALL, 1, "Shares", Style::Shares, "{{payment.shares}}"),
            (ALL, 1, "Per share", Style::PerShare, "{{payment.per_share}}"),
            (D, 1, "Gross", Style::Money, "{{payment.gross}}"),
            (D, 1, "Withheld", Style::Money, "{{payment.withheld}}"),
            (D, 1, "Net", Style::Money, "{{payment.net}}"),
            (L, 2, "Made of", Style::Small, "{{payment.parts}}"),
            (X, 2, "", Style::Small, "{{payment.note}}"),
            (L | X, 1, "Amount", Style::Money, "{{payment.net}}"),
        ];
        self.table("Cash, in {{currency}}", &columns)?;
        let total = (0, 2, "Total, in {{currency}}", Style::Total);
        let net = (5, 5, "{{net}}", Style::MoneyTotal);
        if is_dividend {
            let others = [(3, 3, "{{gross}}", Style::MoneyTotal), (4, 4, "{{withheld}}", Style::MoneyTotal)];
            self.row(Some(18.0), &[total, others[0], others[1], net])?;
            let year = [(3, 3, "{{year_gross}}", Style::Money), (4, 4, "{{year_withheld}}", Style::Money)];
            self.grouped(
                1,
                &[(0, 2, "{{year}}", Style::Text), year[0], year[1], (5, 5, "{{year_net}}", Style::Money)],
            )?;
            self.grouped(2, &[(0, 5, "{{earlier_note}}", Style::Small)])?;
            let owed = (0, 4, "Still owed to you", Style::Text);
            self.grouped(1, &[owed, (5, 5, "{{owed}}", Style::Money)])?;
            self.grouped(1, &[(0, 5, "{{owed_note}}", Style::Small)])?;
        } else {
            self.row(Some(18.0), &[total, (3, 4, "", Style::Total), (5, 5, "{{gross}}", Style::MoneyTotal)])?;
        }
        self.row += 1;
        if self.kind != StatementKind::Liquidation {
            let deliveries = [
                (ALL, 1, "Class", Style::Text, "{{delivery.class}}"),
                (ALL, 1, "Shares", Style::Shares, "{{delivery.shares}}"),
                (ALL, 1, "Per share", Style::PerShare, "{{delivery.per_share}}"),
                (ALL, 2, "What", Style::Id, "{{delivery.asset}}"),
                (ALL, 1, "Quantity", Style::Shares, "{{delivery.quantity}}"),
            ];
            let from = self.row;
            self.table("Delivered in kind", &deliveries)?;
            self.sheet.group_rows(from, self.row - 1)?;
            self.row += 1;
        }
        let contact = (1, self.last(), "{{contact}}; please quote the reference {{reference}}", Style::Id);
        self.row(None, &[(0, 0, "Questions", Style::Label), contact])?;
        let more =
            "How this was computed is on the sheet Computation, and your shares lot by lot are on the sheet Shares.";
        self.row(None, &[(0, self.last(), more, Style::Small)])?;
        self.sheet.set_repeat_rows(0, 0)?;
        Ok(())
    }

    /// Each step in a sentence, with its clause.
    fn computation(mut self) -> Result<(), XlsxError> {
        self.head("How it was computed")?;
        let steps = [
            (ALL, 1, "Clause", Style::Id, "{{step.clause}}"),
            (ALL, 1, "Step", Style::Text, "{{step.what}}"),
            (ALL, 1, "Before", Style::StepFigure, "{{step.before}}"),
            (ALL, 1, "Figure", Style::StepFigure, "{{step.after}}"),
        ];
        self.table("", &steps)?;
        // The name of a class, over its steps, has no clause.
        let name = format!("=AND($A{0}=\"\",$B{0}<>\"\")", self.row);
        self.highlight(self.row - 1, (1, 1), &name, Format::new().set_bold())?;
        self.row += 1;
        for (level, name, text) in [
            (1, "Readings", "Where the certificate leaves room: {{readings}}."),
            (2, "Acknowledged", "The company acknowledged what these clauses forbid: {{acknowledged}}."),
        ] {
            self.grouped(level, &[(0, 0, name, Style::Label), (1, 3, text, Style::Small)])?;
        }
        self.row(None, &[(0, 0, "Note", Style::Label), (1, 3, "{{note}}", Style::Small)])?;
        self.sheet.set_repeat_rows(0, 2)?;
        Ok(())
    }

    fn shares(mut self) -> Result<(), XlsxError> {
        self.sheet.set_landscape();
        self.head("Your shares, lot by lot")?;
        let columns = [
            (ALL, 1, "Class", Style::Text, "{{lot.class}}"),
            (ALL, 1, "Certificate", Style::Id, "{{lot.certificate}}"),
            (ALL, 1, "Issued", Style::Date, "{{lot.issue_date}}"),
            (D | L, 1, "Accrues from", Style::Date, "{{lot.accrual_start}}"),
            (ALL, 1, "Shares", Style::Shares, "{{lot.shares}}"),
            (D, 1, "Per share", Style::PerShare, "{{lot.per_share}}"),
            (D, 1, "Amount", Style::PerShare, "{{lot.amount}}"),
            (L, 1, "Preference per share", Style::PerShare, "{{lot.preference}}"),
            (L, 1, "Adjustment per share", Style::PerShare, "{{lot.common_adjustment}}"),
            (L, 1, "Participation per share", Style::PerShare, "{{lot.participation}}"),
            (D, 1, "Note", Style::Small, "{{lot.note}}"),
            (X, 4, "Note", Style::Small, "{{lot.note}}"),
        ];
        self.table("", &columns)?;
        let at = if self.kind == StatementKind::Exchange { 3 } else { 4 };
        self.row(None, &[(0, at - 1, "Total", Style::Total), (at, at, "{{shares}}", Style::SharesTotal)])?;
        self.row += 1;
        let columns = [
            (ALL, 1, "Class", Style::Text, "{{payment.class}}"),
            (ALL, 1, "In", Style::Id, "{{payment.asset}}"),
            (L, 1, "Preference", Style::Money, "{{payment.preference}}"),
            (L, 1, "Common Adjustment", Style::Money, "{{payment.common_adjustment}}"),
            (L, 1, "Participation", Style::Money, "{{payment.participation}}"),
            (L, 1, "Rounding", Style::Money, "{{payment.rounding}}"),
            (D | X, 2, "Rounded", Style::Money, "{{payment.rounded}}"),
            (D | X, 2, "Unit left over, or cash in lieu", Style::Money, "{{payment.unit}}"),
            (ALL, 1, "Amount", Style::Money, "{{payment.gross}}"),
            (ALL, 1, "Note", Style::Small, "{{payment.note}}"),
        ];
        self.table("From lots to the payment", &columns)?;
        self.sheet.set_repeat_rows(0, 2)?;
        Ok(())
    }

    /// The head of a sheet behind the first: what it is, and whose.
    fn head(&mut self, title: &'static str) -> Result<(), XlsxError> {
        let last = self.last();
        self.row(Some(24.0), &[(0, last, title, Style::Title)])?;
        self.row(Some(18.0), &[(0, last, "{{holder_name}}, {{reference}}", Style::Subtitle)])
    }

    /// A row of cells, merged where they take several columns.
    fn row(&mut self, height: Option<f64>, cells: &[Cell]) -> Result<(), XlsxError> {
        if let Some(height) = height {
            self.sheet.set_row_height(self.row, height)?;
        }
        for (first, last, text, style) in cells.iter().copied() {
            let format = self.styles.format(style);
            if first == last {
                self.sheet.write_with_format(self.row, first, text, &format)?;
            } else {
                self.sheet.merge_range(self.row, first, self.row, last, text, &format)?;
            }
            let address = a1::address(first.into(), self.row + 1);
            // A unit left over stands out; whole shares are shown without a decimal point.
            if matches!(text, "{{payment.unit}}" | "{{payment.rounding}}") {
                let look = Format::new().set_background_color(AMBER);
                self.highlight(self.row, (first, first), &format!("={address}<>0"), look)?;
            } else if matches!(style, Style::Shares | Style::SharesTotal) && text.starts_with("{{") {
                let whole = Format::new().set_num_format("#,##0");
                self.highlight(self.row, (first, first), &format!("=INT({address})={address}"), whole)?;
            }
        }
        self.row += 1;
        Ok(())
    }

    /// A row that is left out, with those of its level beside it, where all that it holds is blank.
    fn grouped(&mut self, level: u8, cells: &[Cell]) -> Result<(), XlsxError> {
        for _ in 0..level {
            self.sheet.group_rows(self.row, self.row)?;
        }
        self.row(None, cells)
    }

    fn highlight(&mut self, row: u32, (first, last): (u16, u16), rule: &str, look: Format) -> Result<(), XlsxError> {
        let condition = ConditionalFormatFormula::new().set_rule(rule).set_format(look);
        self.sheet.add_conditional_format(row, first, row, last, &condition).map(drop)
    }

    /// A table under its name: its headings, and the row that is repeated.
    fn table(&mut self, title: &'static str, columns: &[Column]) -> Result<(), XlsxError> {
        if !title.is_empty() {
            self.row(None, &[(0, self.last(), title, Style::Section)])?;
        }
        let (mut headings, mut values, mut first) = (Vec::new(), Vec::new(), 0);
        let mut is_long = false;
        for (_, wide, name, style, value) in columns.iter().filter(|(kinds, ..)| self.kind.is_in(*kinds)) {
            let last = first + wide - 1;
            let heading = if *style == Style::StepFigure { Style::HeadingRight } else { style.heading() };
            headings.push((first, last, *name, heading));
            values.push((first, last, *value, *style));
            let width: f64 = self.widths[usize::from(first)..=usize::from(last)].iter().sum();
            // A column's width is counted in a larger font than the statement's.
            is_long |= lines(name, width * 1.05 - 0.5) > 1;
            first = last + 1;
        }
        self.row(is_long.then_some(TWO_LINES), &headings)?;
        self.row(None, &values)
    }
}
