//! Columns of the register that nobody reads, and that say that shares are gone or of which day a row is.

use super::Reading;
use crate::input::Line;
use crate::input::cell::shown;
use crate::problem::Problem;
use crate::quantity::Shares;

impl Reading {
    /// Refuses a row whose shares are gone, by a column that nobody reads.
    pub(super) fn gone(&mut self, line: &mut Line, shares: Option<Shares>) {
        for gone in &line.located.gone {
            let Some(cell) = line.row.get(gone.column).filter(|cell| !line.row.is_blank(cell)) else { continue };
            let value = shown(line.row, cell);
            let place = line.located.at(gone.column, line.row.number);
            if gone.is_as_of() {
                let (first, at) = self.as_of.get_or_insert_with(|| (value.clone(), place.clone()));
                if *first != value {
                    let message = format!(
                        "this row is of {value} under {}, and the one in {} of {first}: the shares of both days are counted.",
                        gone.header,
                        at.cell.as_deref().unwrap_or_default()
                    );
                    let help =
                        "Keep the rows of one day alone; head the column otherwise where it is of something else.";
                    line.findings
                        .push(Problem::error("register.rows.two-days", place, message, help).with_value(value));
                }
                continue;
            }
            if gone.is_left {
                let left = line.value_of(cell).shares().ok();
                let Some(shares) = shares.filter(|shares| left != Some(*shares)) else { continue };
                let message =
                    format!("'{value}' under {}: some of the {shares} shares that are counted are gone.", gone.header);
                let help = format!(
                    "Fill in retired_date with the day on which they went (for a part of the lot in a row of its own), or say \
                     with --column register.shares='{}' or in the columns table that these are the shares to count.",
                    gone.header
                );
                line.findings
                    .push(Problem::error("register.retired_date.gone", place, message, help).with_value(value));
                continue;
            }
            if !gone.says(&value) {
                continue;
            }
            let message = format!(
                "'{value}' under {} says that these shares are not outstanding, and the row is counted as if they were.",
                gone.header
            );
            let help = "Fill in retired_date with the day on which they went (where they were never issued, delete the row), or say \
                        what the column is: a row of the columns table, or --column register.retired_date=HEADER where it \
                        holds that day; head it otherwise where it is of something else.";
            line.findings.push(Problem::error("register.retired_date.gone", place, message, help).with_value(value));
        }
    }
}
