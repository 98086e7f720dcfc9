//! The layouts that come with the program. `templates/` holds them as workbooks, for teams to restyle.

use super::StatementKind;
use crate::output::xlsx::row_height::lines;
use crate::output::xlsx::style::{AMBER, Style, Styles, properties};
use crate::spreadsheet::a1;
use rust_xlsxwriter::{ConditionalFormatFormula, Format, Workbook, Worksheet, XlsxError};

/// Column widths: enough for ten digits and separators at the statement's size; an asset's name takes two lines.
const WIDTHS: [f64; 9] = [19.0, 17.0, 11.5, 13.5, 13.5, 13.5, 13.5, 13.5, 21.0];
const LAST: u16 = 8;
/// The height of headings of two lines.
const TWO_LINES: f64 = 28.5;

/// Columns of the sheet, from the first to the last, with words or a placeholder, and how they look.
type Cell = (u16, u16, &'static str, Style);

/// A column of a table: its heading, how its cells look, and their placeholder.
struct Column {
    name: &'static str,
    style: Style,
    value: &'static str,
    /// How many of the sheet's columns it takes.
    wide: u16,
}

fn column(name: &'static str, style: Style, value: &'static str) -> Column {
    wide(1, name, style, value)
}

fn wide(wide: u16, name: &'static str, style: Style, value: &'static str) -> Column {
    Column { name, style, value, wide }
}

fn lots(kind: StatementKind) -> Vec<Column> {
    let mut columns =
        vec![column("Class", Style::Text, "{{lot.class}}"), column("Certificate", Style::Id, "{{lot.certificate}}")];
    let shares = column("Shares", Style::Shares, "{{lot.shares}}");
    if kind == StatementKind::Exchange {
        columns.extend([wide(2, "Issued", Style::Date, "{{lot.issue_date}}"), shares]);
    } else {
        let accrues = column("Accrues from", Style::Date, "{{lot.accrual_start}}");
        columns.extend([column("Issued", Style::Date, "{{lot.issue_date}}"), accrues, shares]);
    }
    columns.extend(match kind {
        StatementKind::Dividend => vec![
            column("Cash per share", Style::PerShare, "{{lot.per_share}}"),
            column("Amount", Style::PerShare, "{{lot.amount}}"),
            wide(2, "Why from that day", Style::Small, "{{lot.note}}"),
        ],
        StatementKind::Liquidation => vec![
            column("Preference per share", Style::PerShare, "{{lot.preference}}"),
            column("Adjustment per share", Style::PerShare, "{{lot.common_adjustment}}"),
            column("Participation per share", Style::PerShare, "{{lot.participation}}"),
            column("Why from that day", Style::Small, "{{lot.note}}"),
        ],
        StatementKind::Exchange => vec![wide(4, "Note", Style::Small, "{{lot.note}}")],
    });
    columns
}

fn payments(kind: StatementKind) -> Vec<Column> {
    let mut columns = vec![
        column("Class", Style::Text, "{{payment.class}}"),
        column("In", Style::Id, "{{payment.asset}}"),
        column("Shares", Style::Shares, "{{payment.shares}}"),
    ];
    columns.extend(match kind {
        StatementKind::Dividend => [
            column("Rounded", Style::Quantity, "{{payment.rounded}}"),
            column("Unit left over", Style::Quantity, "{{payment.unit}}"),
            column("Gross", Style::Quantity, "{{payment.gross}}"),
            column("Withheld", Style::Money, "{{payment.withheld}}"),
            column("Net", Style::Quantity, "{{payment.net}}"),
        ],
        StatementKind::Liquidation => [
            column("Preference", Style::Money, "{{payment.preference}}"),
            column("Common Adjustment", Style::Money, "{{payment.common_adjustment}}"),
            column("Participation", Style::Money, "{{payment.participation}}"),
            column("Rounding", Style::Money, "{{payment.rounding}}"),
            column("Total", Style::Money, "{{payment.gross}}"),
        ],
        StatementKind::Exchange => [
            column("Per share", Style::PerShare, "{{payment.per_share}}"),
            column("Rounded", Style::Quantity, "{{payment.rounded}}"),
            column("Cash in lieu", Style::Quantity, "{{payment.unit}}"),
            column("Gross", Style::Quantity, "{{payment.gross}}"),
            column("Net", Style::Quantity, "{{payment.net}}"),
        ],
    });
    columns.push(column("Note", Style::Small, "{{payment.note}}"));
    columns
}

/// The layout of a kind of statement, as a workbook.
pub(crate) fn workbook(kind: StatementKind, currency_decimals: u32) -> Result<Vec<u8>, XlsxError> {
    let title = match kind {
        StatementKind::Dividend => "Dividend statement",
        StatementKind::Liquidation => "Liquidation statement",
        StatementKind::Exchange => "Exchange statement",
    };
    let mut workbook = Workbook::new();
    workbook.set_properties(&properties(title, ""));
    let sheet = workbook.add_worksheet();
    sheet.set_name("Statement")?;
    for (column, width) in (0u16..).zip(WIDTHS) {
        sheet.set_column_width(column, width)?;
    }
    // One page; a statement too long for that gets more when it is stamped.
    sheet.set_screen_gridlines(false).set_portrait().set_paper_size(9).set_print_fit_to_pages(1, 1);
    sheet.set_margins(0.5, 0.5, 0.75, 0.75, 0.3, 0.3).set_print_center_horizontally(true);
    sheet.set_header(format!("&L{{{{company}}}}&R{title}"));
    sheet.set_footer("&L{{holder_id}}&CPage &P of &N&R{{currency}} {{net}}");
    Page { sheet, styles: Styles::new(currency_decimals), currency_decimals, row: 0 }.fill(kind)?;
    workbook.save_to_buffer()
}

/// The sheet, filled from the top.
struct Page<'a> {
    sheet: &'a mut Worksheet,
    styles: Styles,
    currency_decimals: u32,
    row: u32,
}

impl Page<'_> {
    fn fill(mut self, kind: StatementKind) -> Result<(), XlsxError> {
        self.row(Some(24.0), &[(0, LAST, "{{company}}", Style::Title)])?;
        self.row(Some(16.5), &[(0, LAST, "{{run}}", Style::Subtitle)])?;
        self.row += 1;
        self.facts(("Holder", "{{holder_name}}"), ("Date of the run", "{{run_date}}", Style::Date))?;
        self.facts(("Holder id", "{{holder_id}}"), ("Record date", "{{record_date}}", Style::Date))?;
        self.facts(("Address", "{{address}}"), ("Payment date", "{{pay_date}}", Style::Date))?;
        self.facts(("Country", "{{country}}"), ("Currency", "{{currency}}", Style::Id))?;
        self.facts(("Tax id", "{{tax_id}}"), ("Multiple", "{{multiple}}", Style::PerShareLeft))?;
        let withholding = match kind {
            StatementKind::Dividend => ("Withholding", "{{withholding_rate}}", Style::RateLeft),
            _ => ("", "", Style::Text),
        };
        self.facts(("Paid to", "{{payee_name}}"), withholding)?;
        self.facts(("Account", "{{payment_method}} {{account}}"), ("", "", Style::Text))?;
        self.row += 1;
        let cash: &[(u16, u16, &'static str, &'static str)] = match kind {
            StatementKind::Dividend => {
                &[(0, 2, "Gross", "{{gross}}"), (3, 5, "Withheld", "{{withheld}}"), (6, 8, "Net", "{{net}}")]
            }
            _ => &[(0, LAST, "Paid in cash", "{{net}}")],
        };
        self.row(None, &cash.iter().map(|(a, b, name, _)| (*a, *b, *name, Style::Caption)).collect::<Vec<_>>())?;
        self.row(Some(21.0), &cash.iter().map(|(a, b, _, sum)| (*a, *b, *sum, Style::Figure)).collect::<Vec<_>>())?;
        self.row += 1;
        self.table("Shares", &lots(kind))?;
        self.row(None, &[(0, 3, "Shares in all", Style::Label), (4, 4, "{{shares}}", Style::Shares)])?;
        self.row += 1;
        self.table("Payment", &payments(kind))?;
        self.row += 1;
        let steps = [
            column("Clause", Style::Text, "{{step.clause}}"),
            wide(5, "Step", Style::Text, "{{step.what}}"),
            column("Before", Style::StepFigure, "{{step.before}}"),
            column("After", Style::StepFigure, "{{step.after}}"),
            column("Reading", Style::Small, "{{step.reading}}"),
        ];
        self.table("How it came to be", &steps)?;
        self.row += 1;
        for (name, text) in [("Readings", "{{readings}}"), ("Acknowledged", "{{acknowledged}}"), ("Note", "{{note}}")] {
            self.row(None, &[(0, 0, name, Style::Label), (1, LAST, text, Style::Small)])?;
        }
        self.sheet.set_print_area(0, 0, self.row - 1, LAST)?;
        Ok(())
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
            let is_open = style == Style::Shares || (style == Style::Quantity && self.currency_decimals == 0);
            // A unit left over stands out; whole shares are shown without a decimal point.
            let (rule, look) = if matches!(text, "{{payment.unit}}" | "{{payment.rounding}}") {
                (format!("={address}<>0"), Format::new().set_background_color(AMBER))
            } else if is_open && text.starts_with("{{") {
                (format!("=INT({address})={address}"), Styles::whole())
            } else {
                continue;
            };
            let condition = ConditionalFormatFormula::new().set_rule(rule.as_str()).set_format(look);
            self.sheet.add_conditional_format(self.row, first, self.row, first, &condition)?;
        }
        self.row += 1;
        Ok(())
    }

    /// Two facts in one row: on the left about the holder, on the right about the run.
    fn facts(
        &mut self,
        (left, value): (&'static str, &'static str),
        (right, fact, style): (&'static str, &'static str, Style),
    ) -> Result<(), XlsxError> {
        let cells =
            [(0, 0, left, Style::Label), (1, 4, value, Style::Id), (6, 6, right, Style::Label), (7, 8, fact, style)];
        self.row(None, if right.is_empty() { &cells[..2] } else { &cells })
    }

    /// A section with a table: its headings, and the row that is repeated.
    fn table(&mut self, title: &'static str, columns: &[Column]) -> Result<(), XlsxError> {
        self.row(None, &[(0, LAST, title, Style::Section)])?;
        let (mut headings, mut values, mut first) = (Vec::new(), Vec::new(), 0);
        let mut is_long = false;
        for Column { name, style, value, wide } in columns {
            let last = first + wide - 1;
            let heading = if *style == Style::StepFigure { Style::HeadingRight } else { style.heading() };
            headings.push((first, last, *name, heading));
            values.push((first, last, *value, *style));
            let width: f64 = WIDTHS[usize::from(first)..=usize::from(last)].iter().sum();
            // A column's width is counted in a larger font than the statement's.
            is_long |= lines(name, width * 1.05 - 0.5) > 1;
            first = last + 1;
        }
        self.row(is_long.then_some(TWO_LINES), &headings)?;
        self.row(None, &values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::xlsx::package;

    /// `RATABLE_BLESS=1 cargo test templates_are_in_step` writes them anew.
    #[test]
    fn templates_are_in_step_with_the_built_in_layouts() {
        let parts = |bytes: &[u8]| {
            let parts = package::read(bytes).unwrap().into_iter();
            let text = |part: package::Part| String::from_utf8(part.plain().unwrap()).unwrap().replace("><", ">\n<");
            parts.map(|part| (part.name.clone(), text(part))).collect::<std::collections::BTreeMap<_, _>>()
        };
        for kind in StatementKind::ALL {
            let made = workbook(kind, 2).unwrap();
            let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates").join(kind.file_name());
            if std::env::var_os("RATABLE_BLESS").is_some() {
                std::fs::write(&path, &made).unwrap();
            }
            let (kept, made) = (parts(&std::fs::read(&path).unwrap()), parts(&made));
            assert!(kept.keys().eq(made.keys()));
            for (name, kept) in &kept {
                let different = kept.lines().zip(made[name].lines()).find(|(kept, made)| kept != made);
                assert_eq!(different, None, "{name} of {path:?}");
                assert_eq!(kept.len(), made[name].len(), "{name} of {path:?}");
            }
        }
    }
}
