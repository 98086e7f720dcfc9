//! The first sheet: what a treasurer checks before signing.

use super::cell_value::CellValue;
use super::sheet::{Sheet, characters, if_figure};
use super::workbook::Summary;
use crate::model::Case;
use crate::model::calendar::Date;
use crate::model::reading::READINGS;
use crate::outcome::{OtherRun, ReadingEffect};
use crate::output::RunInfo;
use crate::output::instructions::{Paid, Payout};
use crate::output::xlsx::row_height::lines;
use crate::output::xlsx::style::{AMBER, GREEN, RED, Style};
use crate::output::xlsx::value::Figure;
use crate::problem::{Problem, Severity};
use crate::quantity::{SHARE_DECIMALS, Units};
use crate::spreadsheet::a1;
use crate::text::money;
use rust_xlsxwriter::ConditionalFormatCellRule::{EqualTo, NotEqualTo};
use rust_xlsxwriter::{Color, ConditionalFormatText, ConditionalFormatTextRule, Format, XlsxError};
use std::ops::Range;

/// What the first sheet says, beside the warnings and the readings in force.
#[derive(Debug, Default)]
pub(crate) struct FirstSheet<'a> {
    /// `Dividend run`.
    pub title: &'static str,
    pub facts: Vec<Fact<'a>>,
    pub controls: Vec<Control>,
    /// The clauses that stood in the way and were acknowledged.
    pub acknowledged: &'a [String],
    /// What other readings would have paid.
    pub effects: &'a [ReadingEffect],
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

/// How many payments wait, and what they come to.
pub(crate) fn held_facts<'a>(case: &Case, rows: &[impl Paid]) -> [Fact<'a>; 2] {
    let payout = Payout::of(case, rows);
    [
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

const COLUMNS: u16 = 5;
/// As wide as a statement, so that it prints upright at the same size.
const WIDTHS: [f64; COLUMNS as usize] = [43.0, 20.0, 20.0, 15.0, 38.0];

impl FirstSheet<'_> {
    pub(crate) fn write(&self, summary: &mut Summary, case: &Case, run: &RunInfo) -> Result<(), XlsxError> {
        let mut sheet = summary.titled("Summary", case, self.title)?;
        sheet.sheet.set_portrait();
        let verdict_row = sheet.row;
        sheet.row += 2;
        sheet.section("What was run", COLUMNS)?;
        for (name, value, style) in &self.facts {
            sheet.put(0, &CellValue::text(*name), Style::Label)?;
            sheet.put(1, value, *style)?;
            if ATTENTION.contains(name) {
                sheet.highlight(&(sheet.row..sheet.row + 1), (1, 1), &if_figure(NotEqualTo(0.0), AMBER))?;
            }
            sheet.row += 1;
        }
        if let Some(first) = case.first_issued() {
            for (name, date, note) in [
                ("First issuance of Series A", first.date, first.in_words()),
                ("First quarterly dividend payment date", first.first_quarter, ""),
            ] {
                sheet.put(0, &CellValue::text(name), Style::Label)?;
                sheet.put(1, &CellValue::Date(date), Style::Date)?;
                sheet.put(2, &CellValue::text(note), Style::Small)?;
                sheet.row += 1;
            }
        }
        sheet.row += 1;
        if !self.controls.is_empty() {
            let differences = self.controls(&mut sheet)?;
            self.verdict(&mut sheet, verdict_row, &differences)?;
        }
        warnings(&mut sheet, run.warnings)?;
        if !self.acknowledged.is_empty() {
            sheet.section("Clauses that stood in the way and were acknowledged", COLUMNS)?;
            for clause in self.acknowledged {
                sheet.put(0, &CellValue::text(clause.as_str()), Style::Id)?;
                sheet.row += 1;
            }
            sheet.row += 1;
        }
        self.readings(&mut sheet, case)?;
        for (at, width) in (0u16..).zip(WIDTHS) {
            sheet.sheet.set_column_width(at, width)?;
        }
        Ok(())
    }

    /// Control totals with live differences, whose rows are returned.
    fn controls(&self, sheet: &mut Sheet) -> Result<Range<u32>, XlsxError> {
        sheet.section("Control totals", COLUMNS)?;
        sheet.headings(&[
            ("What must be the same", Style::Text),
            ("This", Style::Money),
            ("That", Style::Money),
            ("Difference", Style::Money),
            ("", Style::Small),
        ])?;
        let start = sheet.row;
        for control in &self.controls {
            let (this, that, decimals) = control.figures();
            sheet.put(0, &CellValue::text(control.what.as_str()), Style::Text)?;
            let style = if decimals == SHARE_DECIMALS { Style::Shares } else { Style::Money };
            sheet.put(1, &control.this, style)?;
            sheet.put(2, &control.that, style)?;
            // A figure of more than 15 digits is a text, and texts have no difference.
            let is_long = [this, that].iter().any(|units| Figure::new(*units, decimals).is_none());
            let row = sheet.row + 1;
            let formula = (!is_long).then(|| format!("ROUND(B{row}-C{row},{decimals})"));
            sheet.put(3, &CellValue::computed(formula, this - that, decimals), Style::Difference)?;
            sheet.put(4, &CellValue::text(control.note.as_str()), Style::Small)?;
            let [what, .., note] = WIDTHS.map(characters);
            sheet.set_lines(lines(&control.what, what).max(lines(&control.note, note)))?;
            sheet.row += 1;
        }
        let content = start..sheet.row;
        sheet.highlight(&content, (3, 3), &if_figure(EqualTo(0.0), GREEN))?;
        sheet.highlight(&content, (3, 3), &if_figure(NotEqualTo(0.0), RED))?;
        sheet.row += 1;
        Ok(content)
    }

    /// Whether all control totals tie, said at the top.
    fn verdict(&self, sheet: &mut Sheet, row: u32, differences: &Range<u32>) -> Result<(), XlsxError> {
        let (first, last) = (a1::address(3, differences.start + 1), a1::address(3, differences.end));
        let (good, bad) = ("Every control total ties.", "A control total does not tie.");
        let ties = self.controls.iter().map(Control::figures).all(|(this, that, _)| this == that);
        let formula = format!("IF(COUNTIF({first}:{last},\"<>0\")=0,\"{good}\",\"{bad}\")");
        let value = CellValue::TextFormula(formula, if ties { good } else { bad }.to_owned());
        sheet.put_at(row, 0, &value, Style::Verdict)?;
        let fails = ConditionalFormatText::new()
            .set_rule(ConditionalFormatTextRule::Contains("does not".to_owned()))
            .set_format(Format::new().set_font_color(Color::RGB(0xC0_00_00)));
        sheet.highlight(&(row..row + 1), (0, 0), &fails)
    }

    fn readings(&self, sheet: &mut Sheet, case: &Case) -> Result<(), XlsxError> {
        sheet.section("Readings in force", COLUMNS)?;
        sheet.headings(&[("Reading", Style::Id), ("Value", Style::Id), ("What depends on it", Style::Text)])?;
        for column in 3..COLUMNS {
            sheet.put_at(sheet.row - 1, column, &CellValue::Blank, Style::Heading)?;
        }
        let decimals = case.terms.currency_decimals;
        for ((name, value), info) in case.terms.readings.iter().zip(READINGS) {
            let mut texts = vec![info.why.to_owned()];
            for effect in self.effects.iter().filter(|e| e.reading == name) {
                let (value, is) = (effect.value, money(effect.instead_of, decimals));
                texts.push(match &effect.other {
                    OtherRun::Pays { total, rows } => {
                        let would = money(*total, decimals);
                        let differ = if *rows == 1 { "row differs" } else { "rows differ" };
                        format!("{name}={value} would pay {would} instead of {is} ({rows} {differ}).")
                    }
                    OtherRun::Refused(why) => format!("{name}={value} would not run: {why}"),
                });
            }
            sheet.put(0, &CellValue::text(name), Style::Id)?;
            sheet.put(1, &CellValue::text(value), Style::Id)?;
            long_text(sheet, 2, &texts.join("\n"), 1)?;
            sheet.row += 1;
        }
        Ok(())
    }
}

fn warnings(sheet: &mut Sheet, problems: &[Problem]) -> Result<(), XlsxError> {
    for (title, severity, style) in
        [("Warnings", Severity::Warning, Style::Warning), ("Notes", Severity::Note, Style::Text)]
    {
        let problems: Vec<&Problem> = problems.iter().filter(|p| p.severity == severity).collect();
        if problems.is_empty() && severity == Severity::Note {
            continue;
        }
        sheet.section(&format!("{title} ({})", problems.len()), COLUMNS)?;
        if problems.is_empty() {
            sheet.put(0, &CellValue::text("None."), Style::Text)?;
            sheet.row += 1;
        }
        for problem in problems {
            let place = place(problem);
            sheet.put(0, &CellValue::text(place.as_str()), style)?;
            let least = lines(&place, characters(WIDTHS[0]));
            long_text(sheet, 1, &format!("{} {}", problem.message, problem.help), least)?;
            sheet.row += 1;
        }
        sheet.row += 1;
    }
    Ok(())
}

/// A text over the columns from `first` on, in a row tall enough for it and for `least` lines beside it.
fn long_text(sheet: &mut Sheet, first: u16, text: &str, least: u32) -> Result<(), XlsxError> {
    let width: f64 = WIDTHS.iter().skip(usize::from(first)).sum();
    sheet.merge(first, COLUMNS - 1, text, Style::Text)?;
    sheet.set_lines(lines(text, characters(width)).max(least))
}

fn place(problem: &Problem) -> String {
    let place = &problem.place;
    let parts = [place.file.as_deref(), place.sheet.as_deref(), place.cell.as_deref()];
    let named: Vec<&str> = parts.into_iter().flatten().collect();
    if named.is_empty() { problem.code.clone() } else { named.join(" ") }
}
