//! The first sheet: what a treasurer checks before signing.

use super::cell_value::CellValue;
use super::paid::{COLUMNS, PaidTable};
use super::sheet::{Sheet, characters, if_figure};
use super::workbook::Summary;
use crate::model::Case;
use crate::model::calendar::Date;
use crate::model::class::ClassIx;
use crate::model::reading::in_words;
use crate::outcome::{OtherRun, ReadingEffect};
use crate::output::RunInfo;
use crate::output::instructions::{Paid, Payout};
use crate::output::xlsx::row_height::lines;
use crate::output::xlsx::style::{AMBER, GREEN, RED, Style};
use crate::output::xlsx::value::Figure;
use crate::problem::{Problem, Severity};
use crate::quantity::{SHARE_DECIMALS, Units};
use crate::spreadsheet::a1;
use crate::text::plural;
use rust_xlsxwriter::ConditionalFormatCellRule::{EqualTo, NotEqualTo};
use rust_xlsxwriter::{Color, ConditionalFormatText, ConditionalFormatTextRule, Format, XlsxError};
use std::ops::Range;

/// What the first sheet says, beside the warnings.
#[derive(Debug, Default)]
pub(crate) struct FirstSheet<'a> {
    /// `Dividend run`.
    pub title: &'static str,
    pub facts: Vec<Fact<'a>>,
    /// What is paid in cash, by class.
    pub paid: Option<PaidTable>,
    /// What is delivered in kind: class, asset, shares and quantity in millionths.
    pub deliveries: Vec<(ClassIx, &'a str, u128, Units)>,
    pub controls: Vec<Control>,
    /// The clauses that stood in the way and were acknowledged.
    pub acknowledged: &'a [String],
    /// What other readings would have paid.
    pub effects: &'a [ReadingEffect],
    /// Whether somebody signs it.
    pub is_signed: bool,
}

/// Something that was run: its name, its value and how that looks.
pub(crate) type Fact<'a> = (&'static str, CellValue<'a>, Style);

pub(crate) fn date_fact<'a>(name: &'static str, date: Date) -> Fact<'a> {
    (name, CellValue::Date(date), Style::Date)
}

pub(crate) fn cash_fact<'a>(case: &Case, name: &'static str, units: Units) -> Fact<'a> {
    (name, CellValue::Units(units, case.terms.currency_decimals), Style::MoneyLeft)
}

pub(crate) fn default_period_fact<'a>(since: Option<Date>) -> Fact<'a> {
    match since {
        Some(since) => date_fact("Default period since", since),
        None => ("Default period", CellValue::text("none"), Style::Id),
    }
}

/// How many payments there are, how many of them wait, and what those come to.
pub(crate) fn held_facts<'a>(case: &Case, rows: &[impl Paid]) -> [Fact<'a>; 3] {
    let payout = Payout::of(case, rows);
    [
        ("Payments in cash", CellValue::count(payout.payments), Style::CountLeft),
        ("Payments held", CellValue::count(payout.held), Style::CountLeft),
        cash_fact(case, "Held (net)", payout.held_amount),
    ]
}

/// Two figures that must be the same.
#[derive(Clone, Debug)]
pub(crate) struct Control {
    what: String,
    this: CellValue<'static>,
    that: CellValue<'static>,
    /// What to know about it.
    pub note: String,
}

/// Two figures, from formulas or as they are, that must be the same.
pub(crate) fn control(what: impl Into<String>, this: CellValue<'static>, that: CellValue<'static>) -> Control {
    Control { what: what.into(), this, that, note: String::new() }
}

impl Control {
    pub(crate) fn noted(self, note: impl Into<String>) -> Self {
        Self { note: note.into(), ..self }
    }

    fn figures(&self) -> (Units, Units, u32) {
        let figures = self.this.figure().zip(self.that.figure());
        let ((this, decimals), (that, _)) = figures.expect("what is compared are figures");
        (this, that, decimals)
    }
}

/// Facts that somebody has to look at where they are not nought.
const ATTENTION: [&str; 7] = [
    "Payments held",
    "Held (net)",
    "Left unpaid",
    "Undistributed",
    "Quarterly dividends in arrears",
    "Default period since",
    "Prohibited",
];

/// As wide as a page of A4 or Letter takes at nearly full size.
const WIDTHS: [f64; COLUMNS as usize] = [29.0, 15.0, 15.0, 17.0, 16.0, 17.0];

/// What a page of Letter or A4 takes of rows in points, with letters of ten points printed at no less than eight.
const PAGE_POINTS: [f64; 2] = [850.0, 910.0];

/// The width of some columns, from the first to the last.
fn width(first: u16, last: u16) -> f64 {
    characters(WIDTHS[usize::from(first)..=usize::from(last)].iter().sum())
}

impl FirstSheet<'_> {
    pub(crate) fn write(&self, summary: &mut Summary, case: &Case, run: &RunInfo) -> Result<(), XlsxError> {
        let mut sheet = summary.titled("Summary", case, self.title)?;
        sheet.sheet.set_portrait();
        let verdict_row = sheet.row - 1;
        sheet.row += 1;
        let mut starts = vec![0];
        if let Some(paid) = &self.paid {
            paid.write(&mut sheet, case)?;
        }
        self.deliveries(&mut sheet, case)?;
        starts.push(sheet.row);
        sheet.section("The run", COLUMNS)?;
        self.facts(&mut sheet, case)?;
        sheet.row += 1;
        for (title, severity, style) in
            [("Warnings", Severity::Warning, Style::Warning), ("Notes", Severity::Note, Style::Text)]
        {
            starts.push(sheet.row);
            warnings(&mut sheet, case, run, (title, severity, style))?;
        }
        if !self.acknowledged.is_empty() {
            sheet.section("Clauses that forbid this run, and were acknowledged", COLUMNS)?;
            sheet.merge(0, COLUMNS - 1, &self.acknowledged.join(", "), Style::Text)?;
            sheet.row += 2;
        }
        starts.push(sheet.row);
        self.effects(&mut sheet, case)?;
        starts.push(sheet.row);
        if !self.controls.is_empty() {
            let differences = self.controls(&mut sheet)?;
            self.verdict(&mut sheet, verdict_row, &differences)?;
        }
        starts.push(sheet.row);
        if self.is_signed {
            sign_off(&mut sheet)?;
        }
        inputs(&mut sheet, run)?;
        starts.push(sheet.row);
        let page = PAGE_POINTS[usize::from(case.terms.locale.paper() == A4)];
        match page_breaks(&sheet, &starts, page).as_slice() {
            [] => sheet.sheet.set_print_fit_to_pages(1, 1),
            breaks => sheet.sheet.set_page_breaks(breaks)?,
        };
        sheet.set_widths(&WIDTHS);
        sheet.finish()
    }

    /// The facts in two columns, the first half on the left.
    fn facts(&self, sheet: &mut Sheet, case: &Case) -> Result<(), XlsxError> {
        let mut facts = self.facts.clone();
        if let Some(first) = case.first_issued() {
            facts.push(date_fact("First issuance of Series A", first.date));
            facts.push(date_fact("First quarterly dividend payment date", first.first_quarter));
        }
        let half = facts.len().div_ceil(2);
        let (top, columns) = (sheet.row, [(0, 1), (3, 5)]);
        for (side, (name_at, value_at)) in facts.chunks(half.max(1)).zip(columns) {
            sheet.row = top;
            for (name, value, style) in side {
                let text = CellValue::text(*name);
                if name_at == 0 {
                    sheet.put(0, &text, Style::Label)?;
                    sheet.merge(1, 2, "", *style)?;
                } else {
                    sheet.merge(name_at, value_at - 1, name, Style::Label)?;
                }
                sheet.put(value_at, value, *style)?;
                if ATTENTION.contains(name) {
                    let rule = if_figure(NotEqualTo(0.0), AMBER);
                    sheet.highlight(&(sheet.row..sheet.row + 1), (value_at, value_at), &rule)?;
                }
                sheet.row += 1;
            }
        }
        sheet.row = top + u32::try_from(half).expect("facts are few");
        Ok(())
    }

    fn deliveries(&self, sheet: &mut Sheet, case: &Case) -> Result<(), XlsxError> {
        if self.deliveries.is_empty() {
            return Ok(());
        }
        sheet.section("Delivered in kind", COLUMNS)?;
        sheet.headings(&[("Class", Style::Text), ("Shares", Style::Shares), ("Quantity", Style::Shares)])?;
        sheet.merge_at(sheet.row - 1, (3, 5), "Of what", Style::Heading)?;
        for (class, asset, shares, quantity) in &self.deliveries {
            sheet.put(0, &CellValue::class(case, *class), Style::Text)?;
            sheet.put(1, &CellValue::shares(*shares), Style::Shares)?;
            sheet.put(2, &CellValue::Units(*quantity, SHARE_DECIMALS), Style::Shares)?;
            sheet.merge(3, 5, asset, Style::Text)?;
            sheet.row += 1;
        }
        sheet.row += 1;
        Ok(())
    }

    /// Control totals with live differences, whose rows are returned.
    fn controls(&self, sheet: &mut Sheet) -> Result<Range<u32>, XlsxError> {
        sheet.section("Reconciliation", COLUMNS)?;
        sheet.headings(&[
            ("What is reconciled", Style::Text),
            ("", Style::Text),
            ("", Style::Text),
            ("First figure", Style::Money),
            ("Second figure", Style::Money),
            ("Difference", Style::Money),
        ])?;
        let start = sheet.row;
        for control in &self.controls {
            let (this, that, decimals) = control.figures();
            let mut what = control.what.clone();
            if !control.note.is_empty() {
                what = format!("{what} ({})", control.note);
            }
            sheet.merge(0, 2, &what, Style::Text)?;
            let style = if decimals == SHARE_DECIMALS { Style::Shares } else { Style::Money };
            sheet.put(3, &control.this, style)?;
            sheet.put(4, &control.that, style)?;
            // A figure of more than 15 digits is a text, and texts have no difference.
            let is_long = [this, that].iter().any(|units| Figure::new(*units, decimals).is_none());
            let row = sheet.row + 1;
            let formula = (!is_long).then(|| format!("ROUND(D{row}-E{row},{decimals})"));
            sheet.put(5, &CellValue::computed(formula, this - that, decimals), Style::Difference)?;
            sheet.set_lines(lines(&what, width(0, 2)))?;
            sheet.row += 1;
        }
        let content = start..sheet.row;
        sheet.highlight(&content, (5, 5), &if_figure(EqualTo(0.0), GREEN))?;
        sheet.highlight(&content, (5, 5), &if_figure(NotEqualTo(0.0), RED))?;
        sheet.row += 1;
        Ok(content)
    }

    /// Whether all control totals tie, said at the top.
    fn verdict(&self, sheet: &mut Sheet, row: u32, differences: &Range<u32>) -> Result<(), XlsxError> {
        let (first, last) = (a1::address(5, differences.start + 1), a1::address(5, differences.end));
        let (good, bad) = ("Every figure reconciles.", "A figure does not reconcile.");
        let ties = self.controls.iter().map(Control::figures).all(|(this, that, _)| this == that);
        let formula = format!("IF(COUNTIF({first}:{last},\"<>0\")=0,\"{good}\",\"{bad}\")");
        let value = CellValue::TextFormula(formula, if ties { good } else { bad }.to_owned());
        sheet.put_at(row, 0, &value, Style::Verdict)?;
        let fails = ConditionalFormatText::new()
            .set_rule(ConditionalFormatTextRule::Contains("does not".to_owned()))
            .set_format(Format::new().set_font_color(Color::RGB(0xC0_00_00)));
        sheet.highlight(&(row..row + 1), (0, 0), &fails)
    }

    /// The readings that would have changed what is paid.
    fn effects(&self, sheet: &mut Sheet, case: &Case) -> Result<(), XlsxError> {
        if self.effects.is_empty() {
            return Ok(());
        }
        sheet.section("Where the certificate allows another reading, and what it would change", COLUMNS)?;
        sheet.headings(&[("Reading in force", Style::Text), ("", Style::Text)])?;
        sheet.merge_at(sheet.row - 1, (2, 3), "Other reading", Style::Heading)?;
        let heads = [(4, "Would pay"), (5, "Difference")];
        for (at, head) in heads {
            sheet.put_at(sheet.row - 1, at, &CellValue::text(head), Style::HeadingRight)?;
        }
        let decimals = case.terms.currency_decimals;
        for effect in self.effects {
            let chosen = case.terms.readings.iter().find(|(name, _)| *name == effect.reading);
            let chosen = chosen.map_or_else(String::new, |(name, value)| in_words(&format!("{name}={value}")));
            let mut other = in_words(&format!("{}={}", effect.reading, effect.value));
            match &effect.other {
                OtherRun::Pays { total, rows } => {
                    other = format!("{other} ({})", plural(*rows, "payment"));
                    sheet.put(4, &CellValue::Units(*total, decimals), Style::Money)?;
                    sheet.put(5, &CellValue::Units(total - effect.instead_of, decimals), Style::Money)?;
                }
                OtherRun::Refused(why) => {
                    other = format!("{other}. It could not be run: {}", case.terms.locale.in_words(why));
                }
            }
            sheet.merge(0, 1, &chosen, Style::Text)?;
            sheet.merge(2, 3, &other, Style::Text)?;
            sheet.set_lines(lines(&chosen, width(0, 1)).max(lines(&other, width(2, 3))))?;
            sheet.row += 1;
        }
        sheet.row += 1;
        Ok(())
    }
}

/// A4 as spreadsheets number paper.
const A4: u8 = 9;

/// The rows at which pages begin, so that a section that fits on a page is not cut; none where all fits on one.
fn page_breaks(sheet: &Sheet, starts: &[u32], page: f64) -> Vec<u32> {
    let (mut breaks, mut top) = (Vec::new(), 0);
    for section in starts.windows(2) {
        if section[0] > top && sheet.points(&(top..section[1])) > page {
            top = section[0];
            breaks.push(top);
        }
    }
    breaks
}

/// Lines for names, dates and signatures.
fn sign_off(sheet: &mut Sheet) -> Result<(), XlsxError> {
    sheet.section("Signed", COLUMNS)?;
    sheet.headings(&[("", Style::Text), ("Name", Style::Text), ("", Style::Text), ("Date", Style::Text)])?;
    sheet.merge_at(sheet.row - 1, (4, 5), "Signature", Style::Heading)?;
    for who in ["Prepared by", "Reviewed by", "Approved by"] {
        sheet.put(0, &CellValue::text(who), Style::Line)?;
        sheet.merge(1, 2, "", Style::Line)?;
        sheet.put(3, &CellValue::Blank, Style::Line)?;
        sheet.merge(4, 5, "", Style::Line)?;
        sheet.set_lines(2)?;
        sheet.row += 1;
    }
    sheet.row += 1;
    Ok(())
}

/// The files that were read, as the manifest has them.
fn inputs(sheet: &mut Sheet, run: &RunInfo) -> Result<(), XlsxError> {
    let program = concat!("Made by ratable ", env!("CARGO_PKG_VERSION"));
    sheet.section(&format!("{program} from these files, with the SHA-256 of each, as in manifest.json"), COLUMNS)?;
    for input in run.inputs {
        sheet.put(0, &CellValue::text(input.path.as_str()), Style::Small)?;
        sheet.merge(1, COLUMNS - 1, &input.sha256, Style::Small)?;
        sheet.set_lines(lines(&input.path, width(0, 0)))?;
        sheet.row += 1;
    }
    Ok(())
}

/// The run's problems of one severity; notes only where there are any.
fn warnings(
    sheet: &mut Sheet,
    case: &Case,
    run: &RunInfo,
    (title, severity, style): (&str, Severity, Style),
) -> Result<(), XlsxError> {
    let problems: Vec<&Problem> = run.warnings.iter().filter(|p| p.severity == severity).collect();
    if problems.is_empty() && severity == Severity::Note {
        return Ok(());
    }
    sheet.section(&format!("{title} ({})", problems.len()), COLUMNS)?;
    if problems.is_empty() {
        sheet.put(0, &CellValue::text("None."), Style::Text)?;
        sheet.row += 1;
    }
    for problem in problems {
        let place = place(problem);
        sheet.put(0, &CellValue::text(place.as_str()), style)?;
        let text = format!("{} {}", problem.message, problem.help);
        long_text(sheet, 1, &case.terms.locale.in_words(&text), lines(&place, width(0, 0)))?;
        sheet.row += 1;
    }
    sheet.row += 1;
    Ok(())
}

/// A text over the columns from `first` on, in a row tall enough for it and for `least` lines beside it.
fn long_text(sheet: &mut Sheet, first: u16, text: &str, least: u32) -> Result<(), XlsxError> {
    sheet.merge(first, COLUMNS - 1, text, Style::Text)?;
    sheet.set_lines(lines(text, width(first, COLUMNS - 1)).max(least))
}

fn place(problem: &Problem) -> String {
    let place = &problem.place;
    let parts = [place.file.as_deref(), place.sheet.as_deref(), place.cell.as_deref()];
    let named: Vec<&str> = parts.into_iter().flatten().collect();
    if named.is_empty() { "This run".to_owned() } else { named.join(" ") }
}
