//! What is wrong with a register beyond one of its cells, in words.

use super::at;
use crate::input::schema::REGISTER;
use crate::input::{Findings, Line, Located};
use crate::problem::Problem;
use crate::text::plural;

pub(super) fn full(line: &mut Line) {
    let help = "Leave out columns that are not needed, such as addresses.";
    line.reject(at::HOLDER_ID, "too-much-text", "the register's texts take more than 4 GB.", help);
}

/// An id that is a number where others are text.
pub(super) fn number_among_text(located: &Located, row: u32, findings: &mut Findings) {
    let cell = located.cell(at::HOLDER_ID, row);
    let message = format!("holder_id: {cell} holds a number where other ids are text; leading zeros may be lost.");
    let help = "Format the column as Text in Excel and type the ids again where zeros are missing.";
    findings.warning("register.holder_id.number-among-text", located.place(Some(at::HOLDER_ID), row), message, help);
}

/// A tax id, an account or a bank code that is a number.
pub(super) fn number_of_record(located: &Located, ix: usize, row: u32, findings: &mut Findings) {
    let (column, cell) = (REGISTER.columns[ix].name, located.cell(ix, row));
    let message = format!("{column}: {cell} holds a number, which keeps no zeros at its start; others may too.");
    let help = "Compare the column with the records. Where zeros are missing, format it as Text and type them again.";
    findings.warning(format!("register.{column}.number"), located.place(Some(ix), row), message, help);
}

/// A rate of a bare 1 where others are fractions or percentages.
pub(super) fn rate_of_one(located: &Located, row: u32, findings: &mut Findings) {
    let place = located.place(Some(at::WITHHOLDING_RATE), row);
    let message = "withholding_rate: is this 1 % or 100 %? Other rates of the column are fractions or percentages.";
    findings.push(Problem::error("register.withholding_rate.one", place, message, "Type 1% or 100%.").with_value("1"));
}

pub(super) fn no_issue_dates(located: &Located, lots: u64, findings: &mut Findings) {
    let column = &REGISTER.columns[at::ISSUE_DATE];
    let other = located.headers.iter().find(|(_, header)| column.is_lookalike(header));
    let (place, but) = match other {
        Some((at, header)) => (*at, format!(": '{header}' is another date, that of a certificate or a transfer")),
        None => (located.columns.iter().flatten().max().copied().unwrap_or(0), String::new()),
    };
    let (lots, need) = (plural(lots, "Series A lot"), if lots == 1 { "needs" } else { "need" });
    let message =
        format!("issue_date: {lots} {need} the day of first issue (§2(c)), and there is no such column{but}.");
    let help = "Add a column headed issue_date with the day on which the company first issued the shares, from the stock \
                ledger; a transfer does not change it.";
    let place = located.at(place, located.header_row);
    let problem = Problem::error("register.issue_date.missing-column", place, message, help);
    findings.push(Problem { value: other.map(|(_, header)| header.clone()), ..problem });
}
