//! The first sheet: what a treasurer checks before signing.

use super::book::Book;
use super::cell::{Val, address};
use super::grid::{Column, Grid, LINE_POINTS, characters, column};
use crate::model::Case;
use crate::model::reading::READINGS;
use crate::outcome::{OtherRun, ReadingEffect};
use crate::output::instructions::{Paid, Payout};
use crate::output::xlsx::statement::layout::lines;
use crate::output::xlsx::style::{AMBER, GREEN, RED, Style};
use crate::output::xlsx::value::Figure;
use crate::problem::{Problem, Severity};
use crate::quantity::Units;
use crate::text::money;
use rust_xlsxwriter::{
    ConditionalFormatCell, ConditionalFormatCellRule, ConditionalFormatText, ConditionalFormatTextRule, Format,
    XlsxError,
};
use std::fmt::Write;

/// What the first sheet says.
#[derive(Debug, Default)]
pub(crate) struct Front<'a> {
    /// `Dividend run`.
    pub title: &'static str,
    /// What was run: a name and a value each.
    pub facts: Vec<(&'static str, Val<'a>, Style)>,
    /// The control totals.
    pub controls: Vec<Control>,
    /// The warnings, the case's and the run's.
    pub warnings: &'a [Problem],
    /// The clauses that stood in the way and were acknowledged.
    pub acknowledged: &'a [String],
    /// What other readings would have paid.
    pub effects: &'a [ReadingEffect],
}

/// Two figures that must be the same.
#[derive(Clone, Debug)]
pub(crate) struct Control {
    /// What is compared.
    pub what: String,
    /// One figure.
    pub this: Side,
    /// The other.
    pub that: Side,
    /// Decimals of both.
    pub decimals: u32,
    /// What to know about it.
    pub note: String,
}

/// One side of a control total: a formula (without `=`) or a value, and the figure.
#[derive(Clone, Debug)]
pub(crate) struct Side {
    /// Where the figure is computed from cells.
    pub formula: Option<String>,
    /// The figure.
    pub units: Units,
}

impl Side {
    /// A figure as it is.
    pub(crate) fn value(units: Units) -> Self {
        Self { formula: None, units }
    }

    /// A figure from cells.
    pub(crate) fn live(formula: String, units: Units) -> Self {
        Self { formula: Some(formula), units }
    }

    fn val(&self, decimals: u32) -> Val<'static> {
        match &self.formula {
            Some(formula) => Val::Live(formula.clone(), self.units, decimals),
            None => Val::Units(self.units, decimals),
        }
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

const WIDE: u16 = 5;
/// As wide as a statement, so that it prints upright at the same size.
const WIDTHS: [f64; WIDE as usize] = [43.0, 20.0, 20.0, 15.0, 38.0];

impl Front<'_> {
    /// Writes the sheet.
    pub(crate) fn write(&self, book: &mut Book, case: &Case) -> Result<(), XlsxError> {
        let mut grid = book.sheet("Summary")?;
        grid.title(&case.terms.company, self.title)?;
        grid.sheet.set_portrait();
        let verdict_row = grid.row;
        grid.row += 2;
        grid.section("What was run", WIDE)?;
        for (name, value, style) in &self.facts {
            grid.put(0, &Val::text(*name), Style::Label)?;
            grid.put(1, value, *style)?;
            if ATTENTION.contains(name) {
                let amber = Format::new().set_background_color(AMBER);
                let rule =
                    ConditionalFormatCell::new().set_rule(ConditionalFormatCellRule::NotEqualTo(0)).set_format(amber);
                grid.sheet.add_conditional_format(grid.row, 1, grid.row, 1, &rule)?;
            }
            grid.row += 1;
        }
        grid.row += 1;
        let differences = self.controls(&mut grid)?;
        verdict(&mut grid, verdict_row, &differences, &self.controls)?;
        self.warnings(&mut grid)?;
        self.acknowledged(&mut grid)?;
        self.readings(&mut grid, case)?;
        for (at, width) in (0u16..).zip(WIDTHS) {
            grid.sheet.set_column_width(at, width)?;
        }
        Ok(())
    }

    /// Control totals with live differences. Returns the cells of the differences.
    fn controls(&self, grid: &mut Grid) -> Result<std::ops::Range<u32>, XlsxError> {
        if self.controls.is_empty() {
            return Ok(0..0);
        }
        grid.section("Control totals", WIDE)?;
        let columns = [
            column("What must be the same", Style::Text),
            column("This", Style::Money),
            column("That", Style::Money),
            column("Difference", Style::Money),
            column("", Style::Small),
        ];
        grid.headings(&columns)?;
        let start = grid.row;
        for control in &self.controls {
            grid.put(0, &Val::text(control.what.as_str()), Style::Text)?;
            let style = if control.decimals == 6 { Style::Shares } else { Style::Money };
            grid.put(1, &control.this.val(control.decimals), style)?;
            grid.put(2, &control.that.val(control.decimals), style)?;
            let (this, that) = (address(grid.row, 1), address(grid.row, 2));
            let difference = control.this.units - control.that.units;
            // A figure of more than 15 digits is a text, and texts have no difference.
            let long =
                [control.this.units, control.that.units].iter().any(|u| Figure::new(*u, control.decimals).is_none());
            let difference = if long {
                Val::Units(difference, control.decimals)
            } else {
                Val::Live(format!("ROUND({this}-{that},{})", control.decimals), difference, control.decimals)
            };
            grid.put(3, &difference, Style::Difference)?;
            grid.put(4, &Val::text(control.note.as_str()), Style::Small)?;
            let most = lines(&control.what, characters(WIDTHS[0])).max(lines(&control.note, characters(WIDTHS[4])));
            if most > 1 {
                grid.sheet.set_row_height(grid.row, f64::from(most) * LINE_POINTS)?;
            }
            grid.row += 1;
        }
        let (zero, other) = (Format::new().set_background_color(GREEN), Format::new().set_background_color(RED));
        let ties = ConditionalFormatCell::new().set_rule(ConditionalFormatCellRule::EqualTo(0)).set_format(zero);
        let fails = ConditionalFormatCell::new().set_rule(ConditionalFormatCellRule::NotEqualTo(0)).set_format(other);
        grid.sheet.add_conditional_format(start, 3, grid.row - 1, 3, &ties)?;
        grid.sheet.add_conditional_format(start, 3, grid.row - 1, 3, &fails)?;
        let end = grid.row;
        grid.row += 1;
        Ok(start..end)
    }

    fn warnings(&self, grid: &mut Grid) -> Result<(), XlsxError> {
        for (title, severity, style) in
            [("Warnings", Severity::Warning, Style::Warning), ("Notes", Severity::Note, Style::Text)]
        {
            let problems: Vec<&Problem> = self.warnings.iter().filter(|p| p.severity == severity).collect();
            if problems.is_empty() && severity == Severity::Note {
                continue;
            }
            grid.section(&format!("{title} ({})", problems.len()), WIDE)?;
            if problems.is_empty() {
                grid.put(0, &Val::text("None."), Style::Text)?;
                grid.row += 1;
            }
            for problem in problems {
                let place = place(problem);
                let text = format!("{} {}", problem.message, problem.help);
                grid.put(0, &Val::text(place.as_str()), style)?;
                let least = lines(&place, characters(WIDTHS[0]));
                long_text(grid, 1, &text, Style::Text, least)?;
                grid.row += 1;
            }
            grid.row += 1;
        }
        Ok(())
    }

    fn acknowledged(&self, grid: &mut Grid) -> Result<(), XlsxError> {
        if self.acknowledged.is_empty() {
            return Ok(());
        }
        grid.section("Clauses that stood in the way and were acknowledged", WIDE)?;
        for clause in self.acknowledged {
            grid.put(0, &Val::text(clause.as_str()), Style::Id)?;
            grid.row += 1;
        }
        grid.row += 1;
        Ok(())
    }

    fn readings(&self, grid: &mut Grid, case: &Case) -> Result<(), XlsxError> {
        grid.section("Readings in force", WIDE)?;
        let columns: [Column; 3] =
            [column("Reading", Style::Id), column("Value", Style::Id), column("What depends on it", Style::Text)];
        grid.headings(&columns)?;
        for column in 3..WIDE {
            grid.put_at(grid.row - 1, column, &Val::Blank, Style::Heading)?;
        }
        let decimals = case.terms.currency_decimals;
        for ((name, value), info) in case.terms.readings.iter().zip(READINGS) {
            let mut text = info.why.to_owned();
            for effect in self.effects.iter().filter(|e| e.reading == name) {
                let (value, is) = (effect.value, money(effect.instead_of, decimals));
                // A text takes anything, so writing to it cannot fail.
                let _ = match &effect.other {
                    OtherRun::Pays { total, rows } => {
                        let would = money(*total, decimals);
                        write!(text, "\n{name}={value} would pay {would} instead of {is} ({rows} rows differ).")
                    }
                    OtherRun::Refused(why) => write!(text, "\n{name}={value} would not run: {why}"),
                };
            }
            grid.put(0, &Val::text(name), Style::Id)?;
            grid.put(1, &Val::text(value), Style::Id)?;
            long_text(grid, 2, &text, Style::Text, 1)?;
            grid.row += 1;
        }
        Ok(())
    }
}

/// Whether all control totals tie, said at the top.
fn verdict(
    grid: &mut Grid,
    row: u32,
    differences: &std::ops::Range<u32>,
    controls: &[Control],
) -> Result<(), XlsxError> {
    if differences.is_empty() {
        return Ok(());
    }
    let range = format!("{}:{}", address(differences.start, 3), address(differences.end - 1, 3));
    let (good, bad) = ("Every control total ties.", "A control total does not tie.");
    let tie = controls.iter().all(|c| c.this.units == c.that.units);
    let formula = format!("IF(COUNTIF({range},\"<>0\")=0,\"{good}\",\"{bad}\")");
    let value = Val::LiveText(formula, if tie { good } else { bad }.to_owned());
    grid.put_at(row, 0, &value, Style::Verdict)?;
    let format = Format::new().set_font_color(rust_xlsxwriter::Color::RGB(0xC0_00_00));
    let fails = ConditionalFormatText::new()
        .set_rule(ConditionalFormatTextRule::Contains("does not".to_owned()))
        .set_format(format);
    grid.sheet.add_conditional_format(row, 0, row, 0, &fails)?;
    Ok(())
}

/// A text over the columns from `first` on, in a row tall enough for it and for `least` lines beside it.
fn long_text(grid: &mut Grid, first: u16, text: &str, style: Style, least: u32) -> Result<(), XlsxError> {
    let width: f64 = WIDTHS.iter().skip(usize::from(first)).sum();
    let lines = lines(text, characters(width)).max(least);
    grid.merge(first, WIDE - 1, text, style)?;
    if lines > 1 {
        grid.sheet.set_row_height(grid.row, f64::from(lines) * LINE_POINTS)?;
    }
    Ok(())
}

fn place(problem: &Problem) -> String {
    let place = &problem.place;
    let parts = [place.file.as_deref(), place.sheet.as_deref(), place.cell.as_deref()];
    let named: Vec<&str> = parts.into_iter().flatten().collect();
    if named.is_empty() { problem.code.clone() } else { named.join(" ") }
}

/// How many payments wait, and what they come to.
pub(crate) fn held_facts(case: &Case, rows: &[impl Paid]) -> [(&'static str, Val<'static>, Style); 2] {
    let payout = Payout::of(case, rows);
    [
        ("Payments held", Val::Count(u64::try_from(payout.held).unwrap_or(u64::MAX)), Style::CountLeft),
        ("Held (net)", Val::Units(payout.held_amount, case.terms.currency_decimals), Style::MoneyLeft),
    ]
}

/// A date as a fact.
pub(crate) fn date_fact<'a>(name: &'static str, date: crate::model::calendar::Date) -> (&'static str, Val<'a>, Style) {
    (name, Val::Date(date), Style::Date)
}
