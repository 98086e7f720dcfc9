//! What is wrong with a register beyond one of its cells, in words.

use super::at;
use crate::input::line::Line;
use crate::input::plans;
use crate::input::schema::REGISTER;
use crate::input::table::Located;
use crate::model::class::Classes;
use crate::problem::Problem;
use crate::text::grouped;

pub(super) fn unknown_class(line: &mut Line, text: &str, classes: &Classes) {
    let ids: Vec<&str> = classes.list().iter().map(|c| c.id.as_str()).collect();
    let (message, help) = plans::unknown_class(text, &ids);
    line.reject(at::CLASS, "unknown", &message, &help);
}

pub(super) fn full(line: &mut Line) {
    let help = "Leave out columns that are not needed, such as addresses.";
    line.reject(at::HOLDER_ID, "too-much-text", "the register's texts take more than 4 GB.", help);
}

/// An id that is a number where others are text.
pub(super) fn number_among_text(located: &Located, row: u32) -> Problem {
    let place = located.place(Some(at::HOLDER_ID), row);
    let cell = place.cell.clone().unwrap_or_default();
    let message = format!("holder_id: {cell} holds a number where other ids are text; leading zeros may be lost.");
    let help = "Format the column as Text in Excel and type the ids again where zeros are missing.";
    Problem::warning("register.holder_id.number-among-text", place, message, help)
}

/// A tax id, an account or a bank code that is a number.
pub(super) fn number_of_record(located: &Located, ix: usize, row: u32) -> Problem {
    let place = located.place(Some(ix), row);
    let cell = place.cell.clone().unwrap_or_default();
    let column = REGISTER.columns.get(ix).map_or("", |c| c.name);
    let message = format!("{column}: {cell} holds a number, which keeps no zeros at its start; others may too.");
    let help = "Compare the column with the records. Where zeros are missing, format it as Text and type them again.";
    Problem::warning(format!("register.{column}.number"), place, message, help)
}

/// A rate of a bare 1 where others are fractions or percentages.
pub(super) fn rate_of_one(located: &Located, row: u32) -> Problem {
    let place = located.place(Some(at::WITHHOLDING_RATE), row);
    let message = "withholding_rate: is this 1 % or 100 %? Other rates of the column are fractions or percentages.";
    let help = "Type 1% or 100%.";
    Problem::error("register.withholding_rate.one", place, message, help).with_value("1")
}

pub(super) fn no_issue_dates(located: &Located, lots: u64) -> Problem {
    let column = &REGISTER.columns[at::ISSUE_DATE];
    let found = located.headers.iter().find(|(_, header)| column.is_lookalike(header));
    let column = found.map_or_else(|| located.columns.iter().flatten().max().copied().unwrap_or(0), |(at, _)| *at);
    let lots = if lots == 1 {
        "1 Series A lot needs".to_owned()
    } else {
        format!("{} Series A lots need", grouped(&lots.to_string()))
    };
    let message = match found {
        Some((_, header)) => format!(
            "issue_date: {lots} the day of first issue (§2(c)), and there is no such column: '{header}' is another date, that of \
             a certificate or a transfer."
        ),
        None => format!("issue_date: {lots} the day of first issue (§2(c)), and there is no such column."),
    };
    let help = "Add a column headed issue_date with the day on which the company first issued the shares, from the stock \
                ledger; a transfer does not change it.";
    let problem =
        Problem::error("register.issue_date.missing-column", located.at(column, located.header_row), message, help);
    match found {
        Some((_, header)) => problem.with_value(header.clone()),
        None => problem,
    }
}
