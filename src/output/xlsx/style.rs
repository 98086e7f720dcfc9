//! The few looks that our workbooks share.

use crate::model::calendar::day;
use crate::model::locale::Locale;
use rust_xlsxwriter::{
    ChartLine, ChartLineDashType, Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder,
};

/// Titles and rules.
pub(crate) const INK: Color = Color::RGB(0x1F_3A_5F);
/// Behind headings.
pub(crate) const PALE: Color = Color::RGB(0xE8_EE_F5);
/// Lines.
pub(crate) const LINE: Color = Color::RGB(0xB8_C4_D2);
/// Words that explain.
pub(crate) const GREY: Color = Color::RGB(0x5F_6B_7A);
/// What needs attention.
pub(crate) const AMBER: Color = Color::RGB(0xFF_E6_99);
/// What is wrong.
pub(crate) const RED: Color = Color::RGB(0xF8_CB_AD);
/// What is right.
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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    Title,
    Subtitle,
    /// A heading over a section.
    Section,
    /// A heading over columns; over numbers it stands to the right.
    Heading,
    /// The same over numbers.
    HeadingRight,
    Label,
    /// A text, wrapped.
    Text,
    /// A text that explains, wrapped and grey.
    Small,
    /// An id, a certificate, a code.
    Id,
    Date,
    Money,
    /// Shares that stand out.
    SharesTotal,
    /// An amount per share, or a multiple, that stands out.
    PerShareTotal,
    Shares,
    /// An amount per share, a multiple.
    PerShare,
    /// The same below each other: six decimals are shown, the cell holds all of them.
    PerShareAligned,
    /// The same, to the left, as a fact.
    PerShareLeft,
    /// Cash, to the left, as a fact.
    MoneyLeft,
    /// Shares or votes, to the left, as a fact.
    SharesLeft,
    /// A count, to the left, as a fact.
    CountLeft,
    /// What must be nought.
    Difference,
    /// A rate, to the left, as a fact.
    RateLeft,
    /// A quantity that may be cash or an asset.
    Quantity,
    /// What a total is of, cash in a total.
    Total,
    MoneyTotal,
    /// A word where a number would be.
    HeadingPlain,
    /// A line to write on.
    Line,
    /// A text that may run over the blank cells beside it.
    Fact,
    PerCent,
    /// What its reader must not miss.
    Notice,
    Warning,
    /// Whether all is well.
    Verdict,
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
        let base = Format::new().set_font_size(10).set_align(FormatAlign::Top);
        let number = |format: &str| {
            Format::new()
                .set_font_size(10)
                .set_align(FormatAlign::Top)
                .set_align(FormatAlign::Right)
                .set_shrink()
                .set_num_format(format)
        };
        let left = |format: &str| base.clone().set_align(FormatAlign::Left).set_indent(1).set_num_format(format);
        match style {
            Style::Title => base.set_font_size(16).set_bold().set_font_color(INK).set_text_wrap(),
            Style::Subtitle => base.set_font_size(11).set_font_color(GREY).set_text_wrap(),
            Style::Section => {
                let base = base.set_align(FormatAlign::Left).set_indent(1).set_font_size(11).set_bold();
                base.set_font_color(Color::White).set_background_color(INK)
            }
            Style::Heading | Style::HeadingRight => {
                let side = if style == Style::Heading { FormatAlign::Left } else { FormatAlign::Right };
                // A text after a number stands a little off it, and so does its heading.
                let base = if style == Style::Heading { base.set_indent(1) } else { base };
                base.set_bold()
                    .set_align(side)
                    .set_text_wrap()
                    .set_background_color(PALE)
                    .set_border_bottom(FormatBorder::Thin)
                    .set_border_bottom_color(LINE)
            }
            Style::Label => base.set_font_color(GREY).set_text_wrap(),
            Style::Text => base.set_align(FormatAlign::Left).set_indent(1).set_text_wrap(),
            Style::Small => {
                base.set_font_size(9).set_font_color(GREY).set_align(FormatAlign::Left).set_indent(1).set_text_wrap()
            }
            Style::Id => base.set_align(FormatAlign::Left).set_indent(1).set_text_wrap().set_num_format("@"),
            Style::Date => base.set_align(FormatAlign::Left).set_indent(1).set_shrink().set_num_format(self.date),
            Style::Money => number(&self.money),
            Style::SharesTotal => number("#,##0.######").set_bold().set_border_top(FormatBorder::Thin),
            Style::PerShareTotal => number("#,##0.00##########").set_bold().set_border_top(FormatBorder::Thin),
            Style::HeadingPlain => base.set_font_color(GREY).set_align(FormatAlign::Right),
            Style::PerCent => number("0.00"),
            Style::Fact => base.set_align(FormatAlign::Left).set_indent(1),
            Style::Line => base.set_align(FormatAlign::Bottom).set_border_bottom(FormatBorder::Thin),
            Style::Total => {
                base.set_bold().set_align(FormatAlign::Left).set_indent(1).set_border_top(FormatBorder::Thin)
            }
            Style::MoneyTotal => number(&self.money).set_bold().set_border_top(FormatBorder::Thin),
            Style::Notice => {
                let base = base.set_align(FormatAlign::VerticalCenter).set_align(FormatAlign::Left).set_indent(1);
                base.set_font_size(11).set_bold().set_font_color(INK).set_background_color(PALE).set_text_wrap()
            }
            Style::Shares => number("#,##0.######"),
            Style::Quantity => number(&self.quantity),
            Style::PerShare | Style::StepFigure => number("#,##0.00##########"),
            Style::PerShareAligned => number("#,##0.000000"),
            Style::PerShareLeft => left("#,##0.00##########"),
            Style::RateLeft => left("0.00####%"),
            Style::MoneyLeft => left(&self.money),
            Style::SharesLeft => left("#,##0.######"),
            Style::CountLeft => left("#,##0"),
            Style::Difference => number(&self.money).set_bold(),
            Style::Warning => {
                base.set_align(FormatAlign::Left).set_indent(1).set_text_wrap().set_background_color(AMBER)
            }
            Style::Verdict => base.set_font_size(12).set_bold().set_font_color(Color::RGB(0x37_56_23)),
        }
    }

    /// The format of whole numbers of shares, for a conditional format over [`Style::Shares`].
    pub(crate) fn whole() -> Format {
        Format::new().set_num_format("#,##0")
    }
}

/// Document properties that are the same whenever the same workbook is written.
pub(crate) fn properties(title: &str, company: &str) -> DocProperties {
    let properties = DocProperties::new().set_title(title).set_company(company).set_author("ratable");
    let fixed = day(2005, 7, 18)
        .and_then(|d| ExcelDateTime::from_ymd(u16::try_from(d.year()).ok()?, u8::from(d.month()), d.day()).ok());
    match fixed {
        Some(date) => properties.set_creation_datetime(&date),
        None => properties,
    }
}
