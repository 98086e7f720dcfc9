//! What stands in the way of a dividend run, and what a treasurer should look at.

use super::preferred::Preferred;
use super::{ARREARS_CLAUSE, DividendPlan, Run};
use crate::holdings::per_share::weighted_sum;
use crate::model::calendar::iso;
use crate::model::class::Rank;
use crate::outcome::dividend::Restriction;
use crate::problem::{Place, Problem};
use crate::quantity::{Units, scaled_fixed};
use crate::rules::replay::DayPayments;
use crate::runs::Refusal;
use num_traits::{Signed, Zero};
use std::collections::BTreeSet;

/// A paid row as of D beside `--funds`: two answers to one question (SPEC 4.14).
pub(super) fn funds_beside_payments(plan: &DividendPlan, rows: &DayPayments) -> Option<Problem> {
    plan.funds?;
    let first = rows.cash.first().copied().or_else(|| rows.assets.first().map(|(_, row)| *row))?;
    Some(Problem::error(
        "payments.date.beside-funds",
        first.place.cell("date"),
        format!("The payments table already has a payment as of {}, and --funds gives a sum too.", iso(plan.date)),
        "Leave out --funds, or remove the row.",
    ))
}

/// What the Certificate restricts once the run is made: §4 while Series A is in arrears, §5 and §8 always.
pub(super) fn restrictions(in_arrears: bool) -> Vec<Restriction> {
    let rule = |clause, what, in_force| Restriction { clause, what, in_force };
    vec![
        rule("4(a)(i)", "Dividends and distributions on stock ranking junior, and acquiring it", in_arrears),
        rule("4(a)(ii)", "Dividends and distributions on parity stock, unless paid ratably with Series A", in_arrears),
        rule("4(a)(iii)", "Acquiring parity stock, unless in exchange for junior stock", in_arrears),
        rule("4(a)(iv)", "Acquiring Series A, unless by an offer to all its holders", in_arrears),
        rule("4(b)", "A subsidiary's acquiring what the company may not acquire", in_arrears),
        rule("5", "Issuing reacquired shares of Series A again as Series A", true),
        rule("8", "Redeeming Series A", true),
    ]
}

impl Run<'_> {
    /// A date on which nothing can be paid is a mistake, and the next quarter date is likely what was meant.
    pub(super) fn something_is_due(&self, preferred: &Preferred, owed: &BTreeSet<String>) -> Result<(), Refusal> {
        let date = self.plan.date;
        let due = weighted_sum(&preferred.group_shares, &preferred.due_per_share);
        let payable = self.case().declarations.iter().any(|d| d.payment_date == Some(date));
        if self.context.calendar.is_quarter(date) || due.is_positive() || payable || !owed.is_empty() {
            return Ok(());
        }
        let next = self.context.calendar.first_quarter().map_or_else(
            || self.context.calendar.quarters.after(date),
            |q1| self.context.calendar.quarters.after(date).max(q1),
        );
        Err(vec![
            Problem::error(
                "run.date.nothing-due",
                Place::command_line(),
                format!("{} is no quarterly dividend payment date, and nothing is due or payable on it.", iso(date)),
                format!("The next quarterly dividend payment date is {}: run it with --date {}.", iso(next), iso(next)),
            )
            .with_value(iso(date)),
        ]
        .into())
    }

    /// §4(a)(i): no payment on Common while Series A is behind. Returns the clause where it was acknowledged.
    pub(super) fn check_common(&self, behind: bool) -> Result<Vec<String>, Refusal> {
        let mut payable = self.case().declarations.iter().filter(|d| d.payment_date == Some(self.plan.date));
        let Some(declaration) = payable.next().filter(|_| behind) else { return Ok(Vec::new()) };
        if self.plan.acknowledged.iter().any(|clause| same_clause(clause, ARREARS_CLAUSE)) {
            return Ok(vec![ARREARS_CLAUSE.to_owned()]);
        }
        Err(Refusal::Forbidden(Box::new(Problem::error(
            "run.common.arrears",
            declaration.place.cell("payment_date"),
            format!(
                "§4(a)(i) forbids this payment on Common: dividends on Series A for quarters up to {} would still be in arrears after the run.",
                iso(self.plan.date)
            ),
            "Pay Series A in full first (more --funds), move Common's payment date, or, if counsel agrees, go on with --acknowledge '4(a)(i)'.",
        ))))
    }

    pub(super) fn warnings(&self, preferred: &Preferred, behind: bool, acknowledged: &[String]) -> Vec<Problem> {
        let case = self.case();
        let mut warnings = self.context.dividends().unmatched(self.plan.date);
        warnings.extend(self.context.ignored());
        let decimals = self.context.decimals();
        let short = |class: u16| {
            let holdings = preferred.holdings.list().iter().zip(preferred.full.iter().zip(&preferred.paid));
            holdings.filter(|(h, _)| h.class == class).map(|(_, (full, paid))| full - paid).sum::<Units>()
        };
        let pays_common = case.declarations.iter().any(|d| d.payment_date == Some(self.plan.date));
        for (class, info) in case.classes.iter().filter(|(_, c)| c.is_preferred() && c.rank != Rank::SeriesA) {
            let missing = short(class);
            if pays_common && missing > 0 {
                warnings.push(Problem::warning(
                    "run.common.other-series-short",
                    info.place.cell("accrued_dividends"),
                    format!("Common is paid while {} is left {} short.", info.name, scaled_fixed(missing, decimals)),
                    "Look into that series' own terms before paying Common.",
                ));
            }
        }
        let series_a_short = behind && self.day_rows.sum().flatten().is_some();
        let mut parity = case.classes.iter().filter(|(class, c)| {
            c.dividend_rank == Rank::Parity
                && preferred.group_shares[usize::from(*class)] > 0
                && !c.accrued_dividends.is_zero()
        });
        if let Some((_, parity)) = parity.next().filter(|_| series_a_short) {
            warnings.push(Problem::warning(
                "run.parity.not-ratable",
                parity.place.cell("accrued_dividends"),
                format!("The payments table leaves Series A short while {} is paid in full: §4(a)(ii) asks for ratable payments.", parity.name),
                "Use --funds to share the sum ratably, or pay Series A in full.",
            ));
        }
        if let Some(paid) = self.plan.pay_date.filter(|paid| *paid < self.plan.date) {
            let message = format!(
                "The payment date, {}, lies before {}, on which the dividend is due.",
                iso(paid),
                iso(self.plan.date)
            );
            let help = "Correct --pay-date, or leave it out to pay on the date of the run.";
            let problem = Problem::warning("run.pay-date.before-date", Place::command_line(), message, help);
            warnings.push(problem.with_value(iso(paid)));
        }
        for clause in acknowledged {
            warnings.push(Problem::warning(
                "run.clause.acknowledged",
                Place::command_line(),
                format!("§{clause} stands in the way of this run and was acknowledged: Common is paid while Series A is in arrears."),
                "Keep counsel's advice with the records of this run.",
            ));
        }
        warnings
    }
}

/// Whether two ways of writing a clause mean the same: `4(a)(i)`, `§4(A)(i)`, `Section 4 (a) (i)`.
pub fn same_clause(typed: &str, clause: &str) -> bool {
    let bare = |text: &str| -> String {
        let text = text.to_lowercase().replace("section", "");
        text.chars().filter(|c| c.is_ascii_alphanumeric() || "()".contains(*c)).collect()
    };
    bare(typed) == bare(clause)
}
