//! The sheets that several runs share: adjustments, derivation, apportionment, inputs.

use super::{CellValue, Summary, Table};
use crate::model::reading::{READINGS, in_words};
use crate::model::{Date, Locale};
use crate::outcome::{Apportionment, MultipleOutcome, Step};
use crate::output::RunInfo;
use crate::output::xlsx::style::Style;
use crate::output::xlsx::value::Figure;
use rust_xlsxwriter::XlsxError;

/// Adjustments of Common, with M before and after, where there are any.
pub(crate) fn adjustments(summary: &mut Summary, multiple: &MultipleOutcome) -> Result<(), XlsxError> {
    if multiple.adjustments.is_empty() {
        return Ok(());
    }
    let mut sheet = summary.titled("Adjustments", "The multiple, and every adjustment of the Common Stock")?;
    Table::of(&multiple.adjustments)
        .column("Effective", Style::Date, |step| CellValue::Date(step.date))
        .column("Kind", Style::Text, |step| CellValue::text(step.kind))
        .column("After for each before", Style::PerShare, |step| CellValue::Exact(&step.factor))
        .column("Multiple before", Style::PerShare, |step| CellValue::Exact(&step.before))
        .column("Multiple after", Style::PerShare, |step| CellValue::Exact(&step.after))
        .wide("Not counted, since", Style::Text, 50.0, |step| CellValue::optional(step.passed_over))
        .write(&mut sheet)?;
    let (what, value) = (CellValue::text("On the date of the run"), CellValue::Exact(&multiple.value));
    sheet.cells(&[(0, 3, what, Style::Label), (4, 4, value, Style::PerShareTotal)])?;
    sheet.finish()
}

/// How sums were cut into units.
pub(crate) fn apportionments(summary: &mut Summary, list: &[Apportionment]) -> Result<(), XlsxError> {
    let about = "How fixed sums were cut into smallest units: what is left over goes to the largest remainders";
    let (decimals, locale) = (summary.case.terms.currency_decimals, summary.case.terms.locale);
    let table = Table::of(list)
        .wide("What", Style::Text, 40.0, move |a| CellValue::text(locale.in_words(&a.what)))
        .column("Sum", Style::Money, |a| CellValue::Units(a.sum, decimals))
        .column("Holdings that share in it", Style::Shares, |a| CellValue::count(a.holdings))
        .column("Units left over", Style::Shares, |a| CellValue::count(a.left_over))
        .column("Of which by the tie rule", Style::Shares, |a| CellValue::count(a.by_tie_rule));
    summary.table(("Apportionment", about), &table, &[]).map(drop)
}

pub(crate) type OwnStep<'a> = (String, &'a Step);

pub(crate) fn cohort_steps(locale: Locale, start: Date, steps: &[Step]) -> impl Iterator<Item = OwnStep<'_>> {
    steps.iter().map(move |step| (format!("Series A accruing from {}", locale.date(start)), step))
}

/// How the figures came to be, step by step.
pub(crate) fn derivation<'a>(summary: &mut Summary, steps: impl Iterator<Item = OwnStep<'a>>) -> Result<(), XlsxError> {
    let steps: Vec<OwnStep> = steps.collect();
    let locale = summary.case.terms.locale;
    let table = Table::of(&steps)
        .wide("Of", Style::Text, 22.0, |(of, _)| CellValue::text(of.as_str()))
        .column("Clause", Style::Text, |(_, step)| CellValue::text(step.clause))
        .wide("Step", Style::Text, 60.0, move |(_, step)| CellValue::text(locale.in_words(&step.what)))
        .wide("Before", Style::StepFigure, 18.0, |(_, step)| step.before.as_deref().map_or(CellValue::Blank, figure))
        .wide("After", Style::StepFigure, 18.0, |(_, step)| figure(&step.after))
        .wide("Reading", Style::Text, 28.0, |(_, step)| {
            step.reading.as_deref().map_or(CellValue::Blank, |chosen| CellValue::text(in_words(chosen)))
        });
    summary.table(("Derivation", "How the figures came to be, clause by clause"), &table, &[]).map(drop)
}

/// What a step comes to: a plain decimal as a number, anything else as a text.
fn figure(text: &str) -> CellValue<'_> {
    Figure::parse(text).map_or_else(|| CellValue::text(text), CellValue::Number)
}

/// Every reading in force, in words, and where the choice comes from.
pub(crate) fn readings(summary: &mut Summary) -> Result<(), XlsxError> {
    let case = summary.case;
    let rows: Vec<_> = case.terms.readings.iter().zip(READINGS).collect();
    let table = Table::of(&rows)
        .wide("Reading in force", Style::Text, 56.0, |((name, value), _)| {
            CellValue::text(in_words(&format!("{name}={value}")))
        })
        .wide("Where the choice comes from", Style::Text, 50.0, |(_, info)| CellValue::text(info.why))
        .column("Term", Style::Id, |((name, _), _)| CellValue::text(format!("reading.{name}")))
        .column("Value", Style::Id, |((_, value), _)| CellValue::text(*value));
    let titles = ("Readings", "How the certificate was read where its words leave room");
    summary.table(titles, &table, &[]).map(drop)
}

/// The files that were read.
pub(crate) fn inputs(summary: &mut Summary, run: &RunInfo) -> Result<(), XlsxError> {
    let table = Table::of(run.inputs).wide("File", Style::Id, 40.0, |input| CellValue::text(input.path.as_str())).wide(
        "SHA-256",
        Style::Id,
        72.0,
        |input| CellValue::text(input.sha256.as_str()),
    );
    summary.table(("Inputs", "The files that were read"), &table, &[]).map(drop)
}
