//! The layouts that come with the house. `templates/` holds them as workbooks, for teams to restyle.

use super::StatementKind;
use crate::output::xlsx::row_height::lines;
use crate::output::xlsx::style::{AMBER, Style, Styles, properties};
use rust_xlsxwriter::{ConditionalFormatFormula, Format, Workbook, Worksheet, XlsxError};

/// A row of a layout.
#[derive(Clone, Debug, Default)]
pub(crate) struct RowSpec {
    /// In points.
    pub height: Option<f64>,
    /// From the left.
    pub cells: Vec<CellSpec>,
}

/// A cell of a layout, or a merged area in one row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CellSpec {
    /// The first column, from 0.
    pub first: u16,
    /// The last.
    pub last: u16,
    /// Words and placeholders.
    pub text: &'static str,
    /// Its look.
    pub style: Style,
}

/// A conditional format on the cells of one placeholder.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Condition {
    /// The cell that it stands on in the layout, as a row (from 0) and column; it stretches with repeated rows.
    pub cell: (u32, u16),
    /// The rest of a formula after the cell's address.
    pub test: &'static str,
    /// What it looks like then.
    pub marks: bool,
}

/// A layout as data.
#[derive(Clone, Debug)]
pub(crate) struct Spec {
    /// What it is called.
    pub title: &'static str,
    /// From the top; blank rows are empty.
    pub rows: Vec<RowSpec>,
}

/// Column widths: enough for ten digits and separators at the statement's size; an asset's name takes two lines.
const WIDTHS: [f64; 9] = [19.0, 17.0, 11.5, 13.5, 13.5, 13.5, 13.5, 13.5, 21.0];
/// The height of headings of two lines.
const TWO_LINES: f64 = 28.5;
pub(super) const LAST: u16 = 8;

fn row(cells: Vec<CellSpec>) -> RowSpec {
    RowSpec { height: None, cells }
}

fn cell(first: u16, last: u16, text: &'static str, style: Style) -> CellSpec {
    CellSpec { first, last, text, style }
}

fn across(text: &'static str, style: Style) -> RowSpec {
    row(vec![cell(0, LAST, text, style)])
}

/// Headings; those over numbers, from and to a column, stand to the right. Where one takes two lines, the row is as tall.
fn headings(texts: [&'static str; 9], numbers: std::ops::Range<usize>) -> RowSpec {
    let style = |at: usize| if numbers.contains(&at) { Style::HeadingRight } else { Style::Heading };
    let cells = joined(std::array::from_fn(|at| (texts.get(at).copied().unwrap_or(""), style(at))));
    let is_long = |cell: &CellSpec| {
        let width: f64 = WIDTHS.iter().take(usize::from(cell.last) + 1).skip(usize::from(cell.first)).sum();
        // A column's width is counted in a larger font than the statement's.
        lines(cell.text, width * 1.05 - 0.5) > 1
    };
    RowSpec { height: cells.iter().any(is_long).then_some(TWO_LINES), cells }
}

/// Cells from the left; one without text or placeholder widens the one before it.
fn joined(cells: [(&'static str, Style); 9]) -> Vec<CellSpec> {
    let mut row: Vec<CellSpec> = Vec::new();
    for (column, (text, style)) in (0u16..).zip(cells) {
        match row.last_mut().filter(|_| text.is_empty()) {
            Some(wide) => wide.last = column,
            None => row.push(cell(column, column, text, style)),
        }
    }
    row
}

/// Two facts in one row: on the left about the holder, on the right about the run.
fn facts(left: &'static str, value: &'static str, right: &'static str, fact: &'static str, style: Style) -> RowSpec {
    let mut cells = vec![cell(0, 0, left, Style::Label), cell(1, 4, value, Style::Id)];
    if !right.is_empty() {
        cells.push(cell(6, 6, right, Style::Label));
        cells.push(cell(7, 8, fact, style));
    }
    row(cells)
}

impl Spec {
    /// The layout of a kind of statement.
    pub(crate) fn of(kind: StatementKind) -> Self {
        let title = match kind {
            StatementKind::Dividend => "Dividend statement",
            StatementKind::Liquidation => "Liquidation statement",
            StatementKind::Exchange => "Exchange statement",
        };
        let mut rows = vec![
            RowSpec { height: Some(24.0), ..across("{{company}}", Style::Title) },
            RowSpec { height: Some(16.5), ..across("{{run}}", Style::Subtitle) },
            RowSpec::default(),
            facts("Holder", "{{holder_name}}", "Date of the run", "{{run_date}}", Style::Date),
            facts("Holder id", "{{holder_id}}", "Record date", "{{record_date}}", Style::Date),
            facts("Address", "{{address}}", "Payment date", "{{pay_date}}", Style::Date),
            facts("Country", "{{country}}", "Currency", "{{currency}}", Style::Id),
            facts("Tax id", "{{tax_id}}", "Multiple", "{{multiple}}", Style::PerShareLeft),
            match kind {
                StatementKind::Dividend => {
                    facts("Paid to", "{{payee_name}}", "Withholding", "{{withholding_rate}}", Style::RateLeft)
                }
                _ => facts("Paid to", "{{payee_name}}", "", "", Style::Text),
            },
            facts("Account", "{{payment_method}} {{account}}", "", "", Style::Text),
            RowSpec::default(),
            row(captions(kind, Style::Caption)),
            RowSpec { height: Some(21.0), cells: captions(kind, Style::Figure) },
            RowSpec::default(),
            across("Shares", Style::Section),
        ];
        rows.extend(lots(kind));
        rows.push(row(vec![cell(0, 3, "Shares in all", Style::Label), cell(4, 4, "{{shares}}", Style::Shares)]));
        rows.push(RowSpec::default());
        rows.push(across("Payment", Style::Section));
        rows.extend(payments(kind));
        rows.push(RowSpec::default());
        rows.push(across("How it came to be", Style::Section));
        rows.push(row(vec![
            cell(0, 0, "Clause", Style::Heading),
            cell(1, 5, "Step", Style::Heading),
            cell(6, 6, "Before", Style::HeadingRight),
            cell(7, 7, "After", Style::HeadingRight),
            cell(8, 8, "Reading", Style::Heading),
        ]));
        rows.push(row(vec![
            cell(0, 0, "{{step.clause}}", Style::Text),
            cell(1, 5, "{{step.what}}", Style::Text),
            cell(6, 6, "{{step.before}}", Style::StepFigure),
            cell(7, 7, "{{step.after}}", Style::StepFigure),
            cell(8, 8, "{{step.reading}}", Style::Small),
        ]));
        rows.push(RowSpec::default());
        rows.push(row(vec![cell(0, 0, "Readings", Style::Label), cell(1, LAST, "{{readings}}", Style::Small)]));
        rows.push(row(vec![cell(0, 0, "Acknowledged", Style::Label), cell(1, LAST, "{{acknowledged}}", Style::Small)]));
        rows.push(row(vec![cell(0, 0, "Note", Style::Label), cell(1, LAST, "{{note}}", Style::Small)]));
        Self { title, rows }
    }

    /// Whole shares are shown without a decimal point, and a unit left over stands out.
    pub(crate) fn conditions(&self, currency_decimals: u32) -> Vec<Condition> {
        let open_ended = |style| style == Style::Shares || (style == Style::Quantity && currency_decimals == 0);
        let mut conditions = Vec::new();
        for (at, row) in (0u32..).zip(&self.rows) {
            for cell in &row.cells {
                let marks = matches!(cell.text, "{{payment.unit}}" | "{{payment.rounding}}");
                if marks {
                    conditions.push(Condition { cell: (at, cell.first), test: "<>0", marks });
                } else if open_ended(cell.style) && cell.text.starts_with("{{") {
                    conditions.push(Condition { cell: (at, cell.first), test: "", marks });
                }
            }
        }
        conditions
    }
}

/// What is paid in cash, and over it what that is.
fn captions(kind: StatementKind, style: Style) -> Vec<CellSpec> {
    let (of_dividend, of_others) = if style == Style::Caption {
        (["Gross", "Withheld", "Net"], "Paid in cash")
    } else {
        (["{{gross}}", "{{withheld}}", "{{net}}"], "{{net}}")
    };
    match kind {
        StatementKind::Dividend => {
            of_dividend.into_iter().zip([0, 3, 6]).map(|(text, first)| cell(first, first + 2, text, style)).collect()
        }
        _ => vec![cell(0, LAST, of_others, style)],
    }
}

fn lots(kind: StatementKind) -> Vec<RowSpec> {
    use Style::{Date, Id, PerShare, Shares, Small, Text};
    let (names, fields): ([&'static str; 4], [&'static str; 4]) = match kind {
        StatementKind::Dividend => (
            ["Cash per share", "Amount", "Why from that day", ""],
            ["{{lot.per_share}}", "{{lot.amount}}", "{{lot.note}}", ""],
        ),
        StatementKind::Liquidation => (
            ["Preference per share", "Adjustment per share", "Participation per share", "Why from that day"],
            ["{{lot.preference}}", "{{lot.common_adjustment}}", "{{lot.participation}}", "{{lot.note}}"],
        ),
        StatementKind::Exchange => (["Note", "", "", ""], ["{{lot.note}}", "", "", ""]),
    };
    let accrues = if kind == StatementKind::Exchange { ("", "") } else { ("Accrues from", "{{lot.accrual_start}}") };
    let heading = ["Class", "Certificate", "Issued", accrues.0, "Shares", names[0], names[1], names[2], names[3]];
    // The note, and what of the four columns holds it, is to the left.
    let notes = 5 + fields.iter().position(|f| *f == "{{lot.note}}").unwrap_or(3);
    let look = |at: usize| if 5 + at < notes { PerShare } else { Small };
    let fields = [
        ("{{lot.class}}", Text),
        ("{{lot.certificate}}", Id),
        ("{{lot.issue_date}}", Date),
        (accrues.1, Date),
        ("{{lot.shares}}", Shares),
        (fields[0], look(0)),
        (fields[1], look(1)),
        (fields[2], look(2)),
        (fields[3], look(3)),
    ];
    vec![headings(heading, 4..notes), row(joined(fields))]
}

fn payments(kind: StatementKind) -> Vec<RowSpec> {
    use Style::{Id, Money, PerShare, Quantity, Shares, Small, Text};
    let (heading, middle): ([&'static str; 9], [(&'static str, Style); 5]) = match kind {
        StatementKind::Dividend => (
            ["Class", "In", "Shares", "Rounded", "Unit left over", "Gross", "Withheld", "Net", "Note"],
            [
                ("{{payment.rounded}}", Quantity),
                ("{{payment.unit}}", Quantity),
                ("{{payment.gross}}", Quantity),
                ("{{payment.withheld}}", Money),
                ("{{payment.net}}", Quantity),
            ],
        ),
        StatementKind::Liquidation => (
            ["Class", "In", "Shares", "Preference", "Common Adjustment", "Participation", "Rounding", "Total", "Note"],
            [
                ("{{payment.preference}}", Money),
                ("{{payment.common_adjustment}}", Money),
                ("{{payment.participation}}", Money),
                ("{{payment.rounding}}", Money),
                ("{{payment.gross}}", Money),
            ],
        ),
        StatementKind::Exchange => (
            ["Class", "In", "Shares", "Per share", "Rounded", "Cash in lieu", "Gross", "Net", "Note"],
            [
                ("{{payment.per_share}}", PerShare),
                ("{{payment.rounded}}", Quantity),
                ("{{payment.unit}}", Quantity),
                ("{{payment.gross}}", Quantity),
                ("{{payment.net}}", Quantity),
            ],
        ),
    };
    let [a, b, c, d, e] = middle;
    let fields = [
        ("{{payment.class}}", Text),
        ("{{payment.asset}}", Id),
        ("{{payment.shares}}", Shares),
        a,
        b,
        c,
        d,
        e,
        ("{{payment.note}}", Small),
    ];
    vec![headings(heading, 2..8), row(joined(fields))]
}

/// The layout of a kind of statement, as a workbook.
/// Errors: Where it breaks one of Excel's rules, which it does not.
pub(crate) fn workbook(kind: StatementKind, currency_decimals: u32) -> Result<Vec<u8>, XlsxError> {
    let spec = Spec::of(kind);
    let styles = Styles::new(currency_decimals);
    let mut workbook = Workbook::new();
    workbook.set_properties(&properties(spec.title, ""));
    let sheet = workbook.add_worksheet();
    begin(sheet, &spec)?;
    for (at, row) in (0u32..).zip(&spec.rows) {
        if let Some(height) = row.height {
            sheet.set_row_height(at, height)?;
        }
        for cell in &row.cells {
            let format = styles.format(cell.style);
            if cell.first == cell.last {
                sheet.write_with_format(at, cell.first, cell.text, &format)?;
            } else {
                sheet.merge_range(at, cell.first, at, cell.last, cell.text, &format)?;
            }
        }
    }
    for condition in spec.conditions(currency_decimals) {
        let (at, column) = condition.cell;
        sheet.add_conditional_format(at, column, at, column, &condition_format(&condition, at))?;
    }
    sheet.set_print_area(0, 0, u32::try_from(spec.rows.len()).unwrap_or(1) - 1, LAST)?;
    workbook.save_to_buffer()
}

/// What does not depend on the rows: widths, page, header and footer.
/// Errors: Where it breaks one of Excel's rules, which it does not.
pub(crate) fn begin(sheet: &mut Worksheet, spec: &Spec) -> Result<(), XlsxError> {
    sheet.set_name("Statement")?;
    for (column, width) in (0u16..).zip(WIDTHS) {
        sheet.set_column_width(column, width)?;
    }
    // One page; a statement too long for that gets more when it is stamped.
    sheet.set_screen_gridlines(false).set_portrait().set_paper_size(9).set_print_fit_to_pages(1, 1);
    sheet.set_margins(0.5, 0.5, 0.75, 0.75, 0.3, 0.3).set_print_center_horizontally(true);
    sheet.set_header(format!("&L{{{{company}}}}&R{}", spec.title));
    sheet.set_footer("&L{{holder_id}}&CPage &P of &N&R{{currency}} {{net}}");
    Ok(())
}

/// A condition as it stands on a cell whose first row is `row`, from 0.
pub(crate) fn condition_format(condition: &Condition, row: u32) -> ConditionalFormatFormula {
    let letter = char::from(b'A' + u8::try_from(condition.cell.1).unwrap_or(0));
    let address = format!("{letter}{}", row + 1);
    if condition.marks {
        let format = Format::new().set_background_color(AMBER);
        ConditionalFormatFormula::new().set_rule(format!("={address}{}", condition.test).as_str()).set_format(format)
    } else {
        ConditionalFormatFormula::new()
            .set_rule(format!("=INT({address})={address}").as_str())
            .set_format(Styles::whole())
    }
}
