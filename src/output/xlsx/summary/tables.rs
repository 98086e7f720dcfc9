//! The sheets that several runs share: adjustments, derivation, apportionment, inputs.

use super::book::Book;
use super::cell::Val;
use super::grid::{Column, column};
use crate::model::Case;
use crate::outcome::step::Step;
use crate::outcome::{Apportionment, MultipleOutcome};
use crate::output::RunInfo;
use crate::output::xlsx::style::Style;
use rust_xlsxwriter::XlsxError;

/// A column that may be wide.
pub(crate) const fn wide(name: &'static str, style: Style, limit: f64) -> Column {
    Column { name, style, limit }
}

/// Adjustments of Common, with M before and after.
pub(crate) fn adjustments(book: &mut Book, case: &Case, multiple: &MultipleOutcome) -> Result<(), XlsxError> {
    let mut grid = book.sheet("Adjustments")?;
    grid.title(&case.terms.company, "The multiple, and every adjustment of the Common Stock")?;
    let columns = [
        column("Effective", Style::Date),
        column("Kind", Style::Text),
        column("After for each before", Style::PerShare),
        column("Multiple before", Style::PerShare),
        column("Multiple after", Style::PerShare),
        wide("Passed over", Style::Small, 60.0),
    ];
    let rows = multiple.adjustments.iter().map(|step| {
        vec![
            Val::Date(step.date),
            Val::text(step.kind),
            Val::Exact(&step.factor),
            Val::Exact(&step.before),
            Val::Exact(&step.after),
            step.passed_over.map_or(Val::Blank, Val::text),
        ]
    });
    grid.table(&columns, rows)?;
    grid.merge(0, 3, "On the date of the run", Style::Label)?;
    grid.put(4, &Val::Exact(&multiple.value), Style::PerShareTotal)?;
    grid.finish()
}

/// How sums were cut into units.
pub(crate) fn apportionments(book: &mut Book, case: &Case, list: &[Apportionment]) -> Result<(), XlsxError> {
    if list.is_empty() {
        return Ok(());
    }
    let mut grid = book.sheet("Apportionment")?;
    grid.title(
        &case.terms.company,
        "How fixed sums were cut into smallest units: what is left over goes to the largest remainders",
    )?;
    let columns = [
        wide("What", Style::Text, 40.0),
        column("Sum", Style::Money),
        column("Holdings with a weight", Style::Shares),
        column("Units left over", Style::Shares),
        column("Of them by the tie rule", Style::Shares),
    ];
    let rows = list.iter().map(|a| {
        vec![
            Val::text(a.what.as_str()),
            Val::Units(a.sum, case.terms.currency_decimals),
            Val::Count(a.holdings),
            Val::Count(a.left_over),
            Val::Count(a.by_tie_rule),
        ]
    });
    grid.table(&columns, rows)?;
    grid.finish()
}

/// The derivation: whose step it is, and the step.
pub(crate) fn derivation<'a>(
    book: &mut Book,
    case: &Case,
    steps: impl Iterator<Item = (String, &'a Step)>,
) -> Result<(), XlsxError> {
    let mut steps = steps.peekable();
    if steps.peek().is_none() {
        return Ok(());
    }
    let mut grid = book.sheet("Derivation")?;
    grid.title(&case.terms.company, "How the figures came to be, clause by clause")?;
    let columns = [
        wide("Of", Style::Text, 34.0),
        column("Clause", Style::Text),
        wide("Step", Style::Text, 90.0),
        wide("Before", Style::StepFigure, 26.0),
        wide("After", Style::StepFigure, 26.0),
        wide("Reading", Style::Small, 34.0),
    ];
    let rows = steps.map(|(of, step)| {
        let optional = |text: &'a Option<String>| text.as_deref().map_or(Val::Blank, Val::text);
        vec![
            Val::text(of),
            Val::text(step.clause),
            Val::text(step.what.as_str()),
            optional(&step.before),
            Val::text(step.after.as_str()),
            optional(&step.reading),
        ]
    });
    grid.table(&columns, rows)?;
    grid.sheet.set_freeze_panes(4, 0)?;
    grid.sheet.set_repeat_rows(3, 3)?;
    grid.finish()
}

/// What was read.
pub(crate) fn inputs(book: &mut Book, case: &Case, run: &RunInfo) -> Result<(), XlsxError> {
    let mut grid = book.sheet("Inputs")?;
    grid.title(&case.terms.company, "The files that were read")?;
    let columns = [wide("File", Style::Id, 50.0), column("Bytes", Style::Shares), wide("SHA-256", Style::Id, 72.0)];
    let rows = run
        .inputs
        .iter()
        .map(|input| vec![Val::text(input.path.as_str()), Val::Count(input.size), Val::text(input.sha256.as_str())]);
    grid.table(&columns, rows)?;
    grid.finish()
}
