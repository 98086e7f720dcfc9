//! The first sheet: what a treasurer checks before signing.

use super::paid::{COLUMNS, PaidTable};
use super::sheet::if_figure;
use super::{CellValue, Sheet, Summary};
use crate::model::reading::in_words;
use crate::model::{Case, ClassIx, Date};
use crate::outcome::{OtherRun, ReadingEffect};
use crate::output::RunInfo;
use crate::output::instructions::{Paid, Payout, payments};
use crate::output::xlsx::style::{AMBER, GREEN, RED, Style};
use crate::output::xlsx::value::Figure;
use crate::problem::{Problem, Severity};
use crate::quantity::{SHARE_DECIMALS, Units};
use crate::spreadsheet::a1;
use crate::text::plural;
use rust_xlsxwriter::ConditionalFormatCellRule::{EqualTo, NotEqualTo};
use rust_xlsxwriter::{Color, ConditionalFormatText, ConditionalFormatTextRule, Format, XlsxError};

/// What the first sheet says, beside the warnings.
#[derive(Debug, Default)]
pub(crate) struct FirstSheet<'a> {
    /// `Dividend run`.
    pub title: &'static str,
    pub facts: Vec<Fact<'a>>,
    /// What is paid in cash, by class.
    pub paid: Option<PaidTable>,
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

/// How many payments there are, how many of them wait, and what those come to; what earlier runs kept back.
pub(crate) fn held_facts<'a>(case: &Case, rows: &[impl Paid]) -> Vec<Fact<'a>> {
    let payout = Payout::of(&payments(case, rows));
    let mut facts = vec![
        ("Payments in cash", CellValue::count(payout.payments), Style::CountLeft),
        ("Payments held", CellValue::count(payout.held), Style::CountLeft),
        cash_fact(case, "Held (net)", payout.held_amount),
    ];
    facts.extend(kept_back(case).map(|units| cash_fact(case, "Kept back earlier, paid beside", units)));
    facts
}

/// What earlier runs found too small to pay, in smallest units, where they did.
fn kept_back(case: &Case) -> Option<Units> {
    Some(case.carried_payments.sums.iter().map(|(_, units)| units).sum()).filter(|units| *units != 0)
}

/// What a run pays net with what earlier runs kept back, which is no part of its figures, against the instructions.
pub(crate) fn kept_back_control(case: &Case, rows: &[impl Paid]) -> Option<Control> {
    let net: Units = rows.iter().filter_map(Paid::cash).sum();
    let money = |units| CellValue::Units(units, case.terms.currency_decimals);
    let what = "Net, plus what earlier runs kept back, and the sum of the payment instructions";
    kept_back(case).map(|units| control(what, money(net + units), money(Payout::of(&payments(case, rows)).amount)))
}

/// Two figures, from formulas or as they are, that must be the same: what they are, and both.
#[derive(Debug)]
pub(crate) struct Control {
    what: String,
    this: CellValue<'static>,
    that: CellValue<'static>,
}

pub(crate) fn control(what: impl Into<String>, this: CellValue<'static>, that: CellValue<'static>) -> Control {
    Control { what: what.into(), this, that }
}

impl Control {
    /// Both figures, and their decimals.
    fn figures(&self) -> (Units, Units, u32) {
        let both = self.this.figure().zip(self.that.figure());
        let ((this, decimals), (that, _)) = both.expect("what is compared are figures");
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

impl FirstSheet<'_> {
    pub(crate) fn write(&self, summary: &mut Summary, run: &RunInfo) -> Result<(), XlsxError> {
        let case = summary.case;
        let mut sheet = summary.titled("Summary", self.title)?;
        sheet.sheet.set_portrait();
        sheet.widths = WIDTHS.to_vec();
        sheet.break_title(&case.terms.company)?;
        let verdict_row = sheet.row - 1;
        sheet.row += 1;
        let mut starts = vec![0];
        if let Some(paid) = &self.paid {
            paid.write(&mut sheet, case)?;
        }
        self.deliveries(&mut sheet, case)?;
        starts.push(sheet.row);
        self.facts(&mut sheet, case)?;
        for (title, severity, style) in
            [("Warnings", Severity::Warning, Style::Warning), ("Notes", Severity::Note, Style::Text)]
        {
            starts.push(sheet.row);
            warnings(&mut sheet, case, run, (title, severity, style))?;
        }
        if !self.acknowledged.is_empty() {
            sheet.section("Clauses that forbid this run, and were acknowledged", COLUMNS)?;
            sheet.cells(&[(0, COLUMNS - 1, CellValue::text(self.acknowledged.join(", ")), Style::Text)])?;
            sheet.row += 1;
        }
        starts.push(sheet.row);
        self.effects(&mut sheet, case)?;
        starts.push(sheet.row);
        if !self.controls.is_empty() {
            self.controls(&mut sheet, verdict_row)?;
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
        sheet.finish()
    }

    /// The facts in two columns, the first half on the left.
    fn facts(&self, sheet: &mut Sheet, case: &Case) -> Result<(), XlsxError> {
        sheet.section("The run", COLUMNS)?;
        let mut facts = self.facts.clone();
        if let Some(first) = case.first_issued() {
            facts.push(date_fact("First issuance of Series A", first.date));
            facts.push(date_fact("First quarterly dividend payment date", first.first_quarter));
        }
        let half = facts.len().div_ceil(2);
        let top = sheet.row;
        for (side, (names, values)) in facts.chunks(half.max(1)).zip([((0, 0), (1, 2)), ((3, 4), (5, 5))]) {
            sheet.row = top;
            for (name, value, style) in side {
                let name_cell = (names.0, names.1, CellValue::text(*name), Style::Label);
                sheet.cells(&[name_cell, (values.0, values.1, value.clone(), *style)])?;
                if ATTENTION.contains(name) {
                    let rule = if_figure(NotEqualTo(0.0), AMBER);
                    sheet.highlight(&(sheet.row - 1..sheet.row), (values.0, values.0), &rule)?;
                }
            }
        }
        sheet.row = top + u32::try_from(half).expect("facts are few") + 1;
        Ok(())
    }

    fn deliveries(&self, sheet: &mut Sheet, case: &Case) -> Result<(), XlsxError> {
        if self.deliveries.is_empty() {
            return Ok(());
        }
        sheet.section("Delivered in kind", COLUMNS)?;
        let (shares, quantity) = ((1, 1, "Shares", Style::Shares), (2, 2, "Quantity", Style::Shares));
        sheet.headings(&[(0, 0, "Class", Style::Text), shares, quantity, (3, 5, "Of what", Style::Text)])?;
        for (class, asset, shares, quantity) in &self.deliveries {
            sheet.tall_cells(&[
                (0, 0, CellValue::class(case, *class), Style::Text),
                (1, 1, CellValue::shares(*shares), Style::Shares),
                (2, 2, CellValue::Units(*quantity, SHARE_DECIMALS), Style::Shares),
                (3, 5, CellValue::text(*asset), Style::Text),
            ])?;
        }
        sheet.row += 1;
        Ok(())
    }

    /// Control totals with live differences; in `verdict_row` whether all of them tie.
    fn controls(&self, sheet: &mut Sheet, verdict_row: u32) -> Result<(), XlsxError> {
        sheet.section("Reconciliation", COLUMNS)?;
        sheet.headings(&[
            (0, 0, "What is reconciled", Style::Text),
            (1, 1, "", Style::Text),
            (2, 2, "", Style::Text),
            (3, 3, "First figure", Style::Money),
            (4, 4, "Second figure", Style::Money),
            (5, 5, "Difference", Style::Money),
        ])?;
        let start = sheet.row;
        for control in &self.controls {
            let (this, that, decimals) = control.figures();
            let style = if decimals == SHARE_DECIMALS { Style::Shares } else { Style::Money };
            // A figure of more than 15 digits is a text, and texts have no difference.
            let is_long = [this, that].iter().any(|units| Figure::new(*units, decimals).is_none());
            let row = sheet.row + 1;
            let formula = (!is_long).then(|| format!("ROUND(D{row}-E{row},{decimals})"));
            sheet.tall_cells(&[
                (0, 2, CellValue::text(control.what.as_str()), Style::Text),
                (3, 3, control.this.clone(), style),
                (4, 4, control.that.clone(), style),
                (5, 5, CellValue::computed(formula, this - that, decimals), Style::Difference),
            ])?;
        }
        let content = start..sheet.row;
        sheet.highlight(&content, (5, 5), &if_figure(EqualTo(0.0), GREEN))?;
        sheet.highlight(&content, (5, 5), &if_figure(NotEqualTo(0.0), RED))?;
        let (first, last) = (a1::address(5, start + 1), a1::address(5, sheet.row));
        let (good, bad) = ("Every figure reconciles.", "A figure does not reconcile.");
        let ties = self.controls.iter().map(Control::figures).all(|(this, that, _)| this == that);
        let formula = format!("IF(COUNTIF({first}:{last},\"<>0\")=0,\"{good}\",\"{bad}\")");
        let verdict = CellValue::TextFormula(formula, if ties { good } else { bad }.to_owned());
        let end = std::mem::replace(&mut sheet.row, verdict_row) + 1;
        sheet.cells(&[(0, 0, verdict, Style::Verdict)])?;
        sheet.row = end;
        let fails = ConditionalFormatText::new()
            .set_rule(ConditionalFormatTextRule::Contains("does not".to_owned()))
            .set_format(Format::new().set_font_color(Color::RGB(0xC0_00_00)));
        sheet.highlight(&(verdict_row..verdict_row + 1), (0, 0), &fails)
    }

    /// The readings that would have changed what is paid.
    fn effects(&self, sheet: &mut Sheet, case: &Case) -> Result<(), XlsxError> {
        if self.effects.is_empty() {
            return Ok(());
        }
        sheet.section("Where the certificate allows another reading, and what it would change", COLUMNS)?;
        sheet.headings(&[
            (0, 0, "Reading in force", Style::Text),
            (1, 1, "", Style::Text),
            (2, 3, "Other reading", Style::Text),
            (
                4,
                4,
                if self.title.starts_with("Liquidation") { "Series A would get" } else { "Would pay" },
                Style::Money,
            ),
            (5, 5, "Difference", Style::Money),
        ])?;
        let cash = |at, units| (at, at, CellValue::Units(units, case.terms.currency_decimals), Style::Money);
        for effect in self.effects {
            let chosen = case.terms.readings.iter().find(|(name, _)| *name == effect.reading);
            let chosen = chosen.map_or_else(String::new, |(name, value)| in_words(&format!("{name}={value}")));
            let mut other = in_words(&format!("{}={}", effect.reading, effect.value));
            let mut cells = Vec::new();
            match &effect.other {
                OtherRun::Pays { total, rows } => {
                    other = format!("{other} ({})", plural(*rows, "payment"));
                    cells.extend([cash(4, *total), cash(5, total - effect.instead_of)]);
                }
                OtherRun::Refused(why) => {
                    other = format!("{other}. It could not be run: {}", case.terms.locale.in_words(why));
                }
            }
            let other = (2, 3, CellValue::text(other), Style::Text);
            cells.extend([(0, 1, CellValue::text(chosen), Style::Text), other]);
            sheet.tall_cells(&cells)?;
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
    let names = [(0, 0, ""), (1, 1, "Name"), (2, 2, ""), (3, 3, "Date"), (4, 5, "Signature")];
    sheet.headings(&names.map(|(first, last, name)| (first, last, name, Style::Text)))?;
    for who in ["Prepared by", "Reviewed by", "Approved by"] {
        sheet.set_lines(2)?;
        let line = |first, last, text| (first, last, CellValue::text(text), Style::Line);
        sheet.cells(&[line(0, 0, who), line(1, 2, ""), line(3, 3, ""), line(4, 5, "")])?;
    }
    sheet.row += 1;
    Ok(())
}

/// The files that were read, as the manifest has them.
fn inputs(sheet: &mut Sheet, run: &RunInfo) -> Result<(), XlsxError> {
    let program = concat!("Made by ratable ", env!("CARGO_PKG_VERSION"));
    sheet.section(&format!("{program} from these files, with the SHA-256 of each, as in manifest.json"), COLUMNS)?;
    for input in run.inputs {
        let path = (0, 0, CellValue::text(input.path.as_str()), Style::Small);
        sheet.tall_cells(&[path, (1, COLUMNS - 1, CellValue::text(input.sha256.as_str()), Style::Small)])?;
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
        sheet.cells(&[(0, 0, CellValue::text("None."), Style::Text)])?;
    }
    for problem in problems {
        let text = format!("{} {}", problem.message, problem.help);
        let text = (1, COLUMNS - 1, CellValue::text(case.terms.locale.in_words(&text)), Style::Text);
        sheet.tall_cells(&[(0, 0, CellValue::text(place(problem)), style), text])?;
    }
    sheet.row += 1;
    Ok(())
}

fn place(problem: &Problem) -> String {
    let place = &problem.place;
    let parts = [place.file.as_deref(), place.sheet.as_deref(), place.cell.as_deref()];
    let named: Vec<&str> = parts.into_iter().flatten().collect();
    if named.is_empty() { "This run".to_owned() } else { named.join(" ") }
}
