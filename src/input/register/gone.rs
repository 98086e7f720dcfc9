//! Columns of the register that nobody reads, and that say that shares are gone or of which day a row is.

use super::Reading;
use crate::input::Line;
use crate::input::cell::shown;
use crate::model::ClassIx;
use crate::model::class::Rank;
use crate::problem::Problem;
use crate::quantity::{Shares, plain};

impl Reading {
    /// Refuses a row whose shares are gone, by a column that nobody reads.
    pub(super) fn gone(&mut self, line: &mut Line, shares: Option<Shares>, class: Option<ClassIx>) {
        let class = class.map(|class| self.classes.get(class));
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
            let right = class.filter(|class| class.rank == Rank::Right);
            let number = line.value_of(cell).number().ok();
            let problem = |what: &str, message: String, help: &str| {
                Problem::error(format!("register.class.{what}"), place.clone(), message, help).with_value(value.clone())
            };
            if let (Some(class), None) = (class, right)
                && (gone.is_right(&value) || (gone.is_price() && number.is_some_and(|price| !price.is_zero())))
            {
                let message = format!(
                    "'{value}' under {} says that this is a right to shares, and the row is counted as issued shares of {}.",
                    gone.header, class.name
                );
                let help = "Put options and warrants that may be exercised in a class of kind option or warrant (a row of the table \
                            classes, with its exercise_price), and take out what is no share yet; head the column otherwise \
                            where it is of something else.";
                line.findings.push(problem("no-shares", message, help));
                continue;
            }
            if gone.is_price() {
                let price = right.map(|class| plain(&class.exercise_price, 12));
                let differs =
                    price.filter(|price| number.is_some_and(|number| number.normalize().to_string() != *price));
                if let (Some(price), Some(class)) = (differs, right) {
                    let message = format!("'{value}' under {}: {} is exercised at {price}.", gone.header, class.name);
                    let help = "Give the options of each price a class of their own in the table classes.";
                    line.findings.push(problem("other-price", message, help));
                }
                continue;
            }
            if gone.is_vested() {
                let vested = line.value_of(cell).shares().ok().filter(|_| right.is_some());
                if let Some(shares) = shares.filter(|shares| vested.is_some_and(|vested| vested != *shares)) {
                    let message =
                        format!("'{value}' under {}: {shares} are counted as if all might be exercised.", gone.header);
                    let help = "Count what has vested alone: type that under shares, or say with --column register.shares=HEADER.";
                    line.findings.push(problem("not-vested", message, help));
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
