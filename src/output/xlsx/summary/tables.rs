//! The sheets that several runs share: adjustments, derivation, apportionment, inputs.

use super::cell_value::CellValue;
use super::sheet::Table;
use super::workbook::Summary;
use crate::model::Case;
use crate::model::calendar::{Date, iso};
use crate::model::reading::{READINGS, in_words};
use crate::outcome::step::Step;
use crate::outcome::{Apportionment, MultipleOutcome};
use crate::output::RunInfo;
use crate::output::xlsx::style::Style;
use rust_xlsxwriter::XlsxError;

/// Adjustments of Common, with M before and after.
pub(crate) fn adjustments(summary: &mut Summary, case: &Case, multiple: &MultipleOutcome) -> Result<(), XlsxError> {
    let mut sheet = summary.titled("Adjustments", case, "The multiple, and every adjustment of the Common Stock")?;
    Table::of(&multiple.adjustments)
        .column("Effective", Style::Date, |step| CellValue::Date(step.date))
        .column("Kind", Style::Text, |step| CellValue::text(step.kind))
        .column("After for each before", Style::PerShare, |step| CellValue::Exact(&step.factor))
        .column("Multiple before", Style::PerShare, |step| CellValue::Exact(&step.before))
        .column("Multiple after", Style::PerShare, |step| CellValue::Exact(&step.after))
        .wide("Not counted, since", Style::Small, 60.0, |step| CellValue::optional(step.passed_over))
        .write(&mut sheet)?;
    sheet.merge(0, 3, "On the date of the run", Style::Label)?;
    sheet.put(4, &CellValue::Exact(&multiple.value), Style::PerShareTotal)?;
    sheet.finish()
}

/// How sums were cut into units.
pub(crate) fn apportionments(summary: &mut Summary, case: &Case, list: &[Apportionment]) -> Result<(), XlsxError> {
    if list.is_empty() {
        return Ok(());
    }
    let about = "How fixed sums were cut into smallest units: what is left over goes to the largest remainders";
    let mut sheet = summary.titled("Apportionment", case, about)?;
    let decimals = case.terms.currency_decimals;
    Table::of(list)
        .wide("What", Style::Text, 40.0, |a| CellValue::text(a.what.as_str()))
        .column("Sum", Style::Money, |a| CellValue::Units(a.sum, decimals))
        .column("Holdings with a weight", Style::Shares, |a| CellValue::Count(a.holdings))
        .column("Units left over", Style::Shares, |a| CellValue::Count(a.left_over))
        .column("Of them by the tie rule", Style::Shares, |a| CellValue::Count(a.by_tie_rule))
        .write(&mut sheet)?;
    sheet.finish()
}

pub(crate) type OwnStep<'a> = (String, &'a Step);

/// The steps of a cohort of Series A.
pub(crate) fn cohort_steps(start: Date, steps: &[Step]) -> impl Iterator<Item = OwnStep<'_>> {
    steps.iter().map(move |step| (format!("Series A accruing from {}", iso(start)), step))
}

/// How the figures came to be, step by step.
pub(crate) fn derivation<'a>(
    summary: &mut Summary,
    case: &Case,
    steps: impl Iterator<Item = OwnStep<'a>>,
) -> Result<(), XlsxError> {
    let steps: Vec<OwnStep> = steps.collect();
    if steps.is_empty() {
        return Ok(());
    }
    let mut sheet = summary.titled("Derivation", case, "How the figures came to be, clause by clause")?;
    Table::of(&steps)
        .wide("Of", Style::Text, 24.0, |(of, _)| CellValue::text(of.as_str()))
        .column("Clause", Style::Text, |(_, step)| CellValue::text(step.clause))
        .wide("Step", Style::Text, 76.0, |(_, step)| CellValue::text(step.what.as_str()))
        .wide("Before", Style::StepFigure, 19.0, |(_, step)| CellValue::optional(step.before.as_deref()))
        .wide("After", Style::StepFigure, 19.0, |(_, step)| CellValue::text(step.after.as_str()))
        .wide("Read so", Style::Small, 32.0, |(_, step)| {
            step.reading.as_deref().map_or(CellValue::Blank, |chosen| CellValue::text(in_words(chosen)))
        })
        .write(&mut sheet)?;
    sheet.sheet.set_freeze_panes(4, 0)?;
    sheet.sheet.set_repeat_rows(3, 3)?;
    sheet.finish()
}

/// Every reading in force, in words, and where the choice comes from.
pub(crate) fn readings(summary: &mut Summary, case: &Case) -> Result<(), XlsxError> {
    let mut sheet = summary.titled("Readings", case, "How the certificate was read where its words leave room")?;
    let rows: Vec<_> = case.terms.readings.iter().zip(READINGS).collect();
    Table::of(&rows)
        .wide("Read so", Style::Text, 60.0, |((name, value), _)| CellValue::text(in_words(&format!("{name}={value}"))))
        .wide("Where the choice comes from", Style::Text, 56.0, |(_, info)| CellValue::text(info.why))
        .column("Term", Style::Id, |((name, _), _)| CellValue::text(format!("reading.{name}")))
        .column("Value", Style::Id, |((_, value), _)| CellValue::text(*value))
        .write(&mut sheet)?;
    sheet.finish()
}

/// The files that were read.
pub(crate) fn inputs(summary: &mut Summary, case: &Case, run: &RunInfo) -> Result<(), XlsxError> {
    let mut sheet = summary.titled("Inputs", case, "The files that were read")?;
    Table::of(run.inputs)
        .wide("File", Style::Id, 40.0, |input| CellValue::text(input.path.as_str()))
        .wide("SHA-256", Style::Small, 68.0, |input| CellValue::text(input.sha256.as_str()))
        .write(&mut sheet)?;
    sheet.finish()
}
