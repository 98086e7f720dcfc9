//! The few looks that our workbooks share.

use crate::model::Locale;
use rust_xlsxwriter::{
    Chart, ChartLine, ChartLineDashType, ChartSeries, Color, DocProperties, ExcelDateTime, Format, FormatAlign,
    FormatBorder,
};
use std::ops::Range;

/// Titles and rules.
pub(crate) const INK: Color = Color::RGB(0x1F_3A_5F);
/// Behind headings.
pub(crate) const PALE: Color = Color::RGB(0xE8_EE_F5);
pub(crate) const LINE: Color = Color::RGB(0xB8_C4_D2);
/// Words that explain.
pub(crate) const GREY: Color = Color::RGB(0x5F_6B_7A);
/// What needs attention.
pub(crate) const AMBER: Color = Color::RGB(0xFF_E6_99);
pub(crate) const RED: Color = Color::RGB(0xF8_CB_AD);
pub(crate) const GREEN: Color = Color::RGB(0xE2_EF_DA);
/// The series of a chart, one after the other: colours that all can tell apart (Okabe and Ito, Color Universal Design, 2008).
const SERIES: [Color; 7] = [
    Color::RGB(0x00_72_B2),
    Color::RGB(0xE6_9F_00),
    Color::RGB(0x00_9E_73),
    Color::RGB(0xD5_5E_00),
    Color::RGB(0xCC_79_A7),
    Color::RGB(0x56_B4_E9),
    Color::RGB(0x00_00_00),
];

/// The colour of a chart's series, from 0.
pub(crate) fn series_color(at: usize) -> Color {
    SERIES[at % SERIES.len()]
}

/// The line of a chart's series, from 0: once all colours are taken, dashed, then dotted.
pub(crate) fn series_line(at: usize) -> ChartLine {
    let dash = match at / SERIES.len() {
        0 => ChartLineDashType::Solid,
        1 => ChartLineDashType::Dash,
        _ => ChartLineDashType::RoundDot,
    };
    ChartLine::new().set_color(series_color(at)).set_width(2).set_dash_type(dash).clone()
}

/// Adds a series to a chart: a column of some rows of a sheet, against their first column.
pub(crate) fn series<'c>(chart: &'c mut Chart, sheet: &str, rows: &Range<u32>, column: u16) -> &'c mut ChartSeries {
    let (first, last) = (rows.start, rows.end.max(rows.start + 1) - 1);
    let values = (sheet, first, column, last, column);
    chart.add_series().set_categories((sheet, first, 0, last, 0)).set_values(values)
}

/// How a cell looks: `Left` as a fact, to the left; `Total` so that it stands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    Title,
    Subtitle,
    Section,
    /// A heading over columns; over numbers it stands to the right.
    Heading,
    HeadingRight,
    /// A word where a number would be.
    HeadingPlain,
    Label,
    Text,
    /// A text that explains, wrapped and grey.
    Small,
    /// An id, a certificate, a code.
    Id,
    Warning,
    Date,
    /// What a total is of.
    Total,
    /// A line to write on.
    Line,
    /// What its reader must not miss.
    Notice,
    /// Whether all is well.
    Verdict,
    Money,
    MoneyTotal,
    MoneyLeft,
    /// What must be nought.
    Difference,
    /// A quantity that may be cash or an asset.
    Quantity,
    Shares,
    SharesTotal,
    SharesLeft,
    CountLeft,
    /// An amount per share, a multiple.
    PerShare,
    /// The same below each other: six decimals are shown, the cell holds all of them.
    PerShareAligned,
    PerShareTotal,
    PerShareLeft,
    RateLeft,
    PerCent,
    /// A step's figure: number, date or text.
    StepFigure,
}

impl Style {
    /// How the heading over such cells looks: over numbers it stands to the right.
    pub(crate) fn heading(self) -> Self {
        let numbers = [Self::Money, Self::PerShare, Self::PerShareAligned, Self::Quantity, Self::Shares, Self::PerCent];
        if numbers.contains(&self) { Self::HeadingRight } else { Self::Heading }
    }

    /// Whether its texts go on in a new line where they are too long for their column.
    pub(crate) fn wraps(self) -> bool {
        matches!(self, Self::Text | Self::Small | Self::Id | Self::Warning | Self::Label)
    }
}

/// Makes [`Format`]s for one currency and locale.
#[derive(Clone, Debug)]
pub(crate) struct Styles {
    money: String,
    quantity: String,
    date: &'static str,
}

impl Styles {
    /// With dates as the locale writes them.
    pub(crate) fn new(currency_decimals: u32, locale: Locale) -> Self {
        let zeros = "0".repeat(currency_decimals as usize);
        let hashes = "#".repeat(6usize.saturating_sub(zeros.len()));
        let money = if zeros.is_empty() { "#,##0".to_owned() } else { format!("#,##0.{zeros}") };
        Self { money, quantity: format!("#,##0.{zeros}{hashes}"), date: locale.date_format() }
    }

    pub(crate) fn format(&self, style: Style) -> Format {
        const PER_SHARE: &str = "#,##0.00##########";
        const SHARES: &str = "#,##0.######";
        let base = Format::new().set_font_size(10).set_align(FormatAlign::Top);
        let left = base.clone().set_align(FormatAlign::Left).set_indent(1);
        let number = |format: &str| base.clone().set_align(FormatAlign::Right).set_shrink().set_num_format(format);
        let total = |format: Format| format.set_bold().set_border_top(FormatBorder::Thin);
        let heading = |format: Format| {
            let format = format.set_bold().set_text_wrap().set_background_color(PALE);
            format.set_border_bottom(FormatBorder::Thin).set_border_bottom_color(LINE)
        };
        match style {
            Style::Title => base.set_font_size(16).set_bold().set_font_color(INK).set_text_wrap(),
            Style::Subtitle => base.set_font_size(11).set_font_color(GREY).set_text_wrap(),
            Style::Section => left.set_font_size(11).set_bold().set_font_color(Color::White).set_background_color(INK),
            // A text after a number stands a little off it, and so does its heading.
            Style::Heading => heading(left),
            Style::HeadingRight => heading(base.set_align(FormatAlign::Right)),
            Style::HeadingPlain => base.set_font_color(GREY).set_align(FormatAlign::Right),
            Style::Label => base.set_font_color(GREY).set_text_wrap(),
            Style::Text => left.set_text_wrap(),
            Style::Small => left.set_font_size(9).set_font_color(GREY).set_text_wrap(),
            Style::Id => left.set_text_wrap().set_num_format("@"),
            Style::Warning => left.set_text_wrap().set_background_color(AMBER),
            Style::Date => left.set_shrink().set_num_format(self.date),
            Style::Total => total(left),
            Style::Line => base.set_align(FormatAlign::Bottom).set_border_bottom(FormatBorder::Thin),
            Style::Notice => {
                let left = left.set_align(FormatAlign::VerticalCenter).set_font_size(11).set_bold();
                left.set_font_color(INK).set_background_color(PALE).set_text_wrap()
            }
            Style::Verdict => base.set_font_size(12).set_bold().set_font_color(Color::RGB(0x37_56_23)),
            Style::Money => number(&self.money),
            Style::MoneyTotal => total(number(&self.money)),
            Style::MoneyLeft => left.set_num_format(&self.money),
            Style::Difference => number(&self.money).set_bold(),
            Style::Quantity => number(&self.quantity),
            Style::Shares => number(SHARES),
            Style::SharesTotal => total(number(SHARES)),
            Style::SharesLeft => left.set_num_format(SHARES),
            Style::CountLeft => left.set_num_format("#,##0"),
            Style::PerShare | Style::StepFigure => number(PER_SHARE),
            Style::PerShareAligned => number("#,##0.000000"),
            Style::PerShareTotal => total(number(PER_SHARE)),
            Style::PerShareLeft => left.set_num_format(PER_SHARE),
            Style::RateLeft => left.set_num_format("0.00####%"),
            Style::PerCent => number("0.00"),
        }
    }
}

/// Document properties that are the same whenever the same workbook is written.
pub(crate) fn properties(title: &str, company: &str) -> DocProperties {
    let properties = DocProperties::new().set_title(title).set_company(company).set_author("ratable");
    let fixed = ExcelDateTime::from_ymd(2005, 7, 18).expect("spreadsheets have this day");
    properties.set_creation_datetime(&fixed)
}
