//! What is wrong with a register beyond one of its cells, in words.

use super::at;
use crate::input::schema::REGISTER;
use crate::input::{Findings, Line, Located};
use crate::model::Detail;
use crate::problem::Problem;
use crate::text::plural;

pub(super) fn full(line: &mut Line) {
    let help = "Leave out columns that are not needed, such as addresses.";
    line.reject(at::HOLDER_ID, "too-much-text", "the register's texts take more than 4 GB.", help);
}

/// What is to be said of a register once all of it was read.
#[derive(Debug, Default)]
pub(super) struct Doubts {
    /// The first row whose id is a number, and whether others are text.
    pub number_ids: Option<u32>,
    pub text_ids: bool,
    /// The first rows whose tax id, account and bank code are numbers.
    pub number_details: [Option<u32>; Detail::COUNT],
    /// The first row whose country is not known, and what it says.
    pub unknown_country: Option<(u32, String)>,
    pub series_a_without_date: u64,
    /// The first row whose rate is a bare 1, and whether others are fractions or percentages.
    pub rate_of_one: Option<u32>,
    pub other_rates: bool,
}

impl Doubts {
    pub(super) fn tell(&self, located: &Located, findings: &mut Findings) {
        if let Some(row) = self.number_ids.filter(|_| self.text_ids) {
            let cell = located.cell(at::HOLDER_ID, row);
            let message =
                format!("holder_id: {cell} holds a number where other ids are text; leading zeros may be lost.");
            let help = "Format the column as Text in Excel and type the ids again where zeros are missing.";
            let place = located.place(Some(at::HOLDER_ID), row);
            findings.warning("register.holder_id.number-among-text", place, message, help);
        }
        for (ix, row) in at::DETAILS.into_iter().zip(self.number_details) {
            let Some(row) = row else { continue };
            let (column, cell) = (REGISTER.columns[ix].name, located.cell(ix, row));
            let message =
                format!("{column}: {cell} holds a number, which keeps no zeros at its start; others may too.");
            let help =
                "Compare the column with the records. Where zeros are missing, format it as Text and type them again.";
            findings.warning(format!("register.{column}.number"), located.place(Some(ix), row), message, help);
        }
        if let Some((row, country)) = &self.unknown_country {
            let ix = at::DETAILS[Detail::Country as usize];
            let message =
                format!("country: '{country}' is not a country's code or English name; others may be none too.");
            let help = "Type codes of two letters (ISO 3166), such as US or DE: tax forms and banks go by them.";
            findings.warning("register.country.unknown", located.place(Some(ix), *row), message, help);
        }
        if self.series_a_without_date > 0 {
            no_issue_dates(located, self.series_a_without_date, findings);
        }
        if let Some(row) = self.rate_of_one.filter(|_| self.other_rates) {
            let place = located.place(Some(at::WITHHOLDING_RATE), row);
            let message =
                "withholding_rate: is this 1 % or 100 %? Other rates of the column are fractions or percentages.";
            let problem = Problem::error("register.withholding_rate.one", place, message, "Type 1% or 100%.");
            findings.push(problem.with_value("1"));
        }
    }
}

fn no_issue_dates(located: &Located, lots: u64, findings: &mut Findings) {
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
