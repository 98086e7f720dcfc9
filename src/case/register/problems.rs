//! What is wrong with a register beyond one of its cells, in words.

use super::at;
use crate::case::line::Line;
use crate::case::plans;
use crate::case::schema::{REGISTER, header_key};
use crate::case::table::Located;
use crate::model::class::Classes;
use crate::problem::Problem;

pub(super) fn unknown_class(line: &mut Line, text: &str, classes: &Classes) {
    let ids: Vec<&str> = classes.list().iter().map(|c| c.id.as_str()).collect();
    let (message, help) = plans::unknown_class(text, &ids);
    line.refuse(at::CLASS, "unknown", &message, &help);
}

pub(super) fn full(line: &mut Line) {
    let help = "Leave out columns that are not needed, such as addresses.";
    line.refuse(at::HOLDER_ID, "too-much-text", "the register's texts take more than 4 GB.", help);
}

pub(super) fn no_issue_dates(located: &Located, lots: u64) -> Problem {
    let lookalikes = REGISTER.columns.get(at::ISSUE_DATE).map_or(&[][..], |c| c.lookalikes);
    let keys: Vec<String> = lookalikes.iter().map(|l| header_key(l)).collect();
    let found = located.headers.iter().find(|(_, header)| keys.contains(&header_key(header)));
    let column = found.map_or_else(|| located.columns.iter().flatten().max().copied().unwrap_or(0), |(at, _)| *at);
    let lots = if lots == 1 { "1 Series A lot needs".to_owned() } else { format!("{lots} Series A lots need") };
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
