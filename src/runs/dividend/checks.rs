//! What stands in the way of a dividend run, and what a treasurer should look at.

use super::preferred::Preferred;
use super::record_date::split_since_the_record_date;
use super::{ARREARS_CLAUSE, DividendPlan, Run};
use crate::model::events::Declaration;
use crate::model::reading::DeclaredInArrears;
use crate::model::{Class, ClassIx, Date, Detail, Rank, iso, plus_days};
use crate::outcome::{AssetDelivery, PaymentRow, Restriction};
use crate::problem::{Place, Problem};
use crate::quantity::{Ratio, Units, power_of_ten, round_half, shares_ratio, whole};
use crate::rules::ledger::Ledger;
use crate::runs::common::CommonRun;
use crate::runs::replay::DayPayments;
use crate::runs::retirements::retired_unpaid;
use crate::runs::{Refusal, State};
use crate::text::{grouped, readable};
use num_traits::{ToPrimitive, Zero};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// The code of the warning that a run pays nothing to anybody.
pub(crate) const PAYS_NOBODY: &str = "run.pays.nobody";

/// A paid row as of D beside `--funds`: two answers to one question.
pub(super) fn funds_beside_payments(plan: &DividendPlan, rows: &DayPayments) -> Option<Problem> {
    plan.funds?;
    let first = rows.cash.first().copied().or_else(|| rows.assets.first().map(|(_, row)| *row))?;
    let message = format!("The payments table already has a payment as of {}, and --funds gives a sum too.", plan.date);
    let help = "Leave out --funds, or remove the row.";
    Some(first.place.error("payments.date.beside-funds", message, help))
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
        let is_due = !preferred.series_a.due.is_zero() || preferred.others.iter().any(|other| !other.due.is_zero());
        if is_due || self.payable().next().is_some() || !owed.is_empty() {
            return Ok(());
        }
        if let Some(first) = self.case().first_issued().filter(|first| first.date > date) {
            let issued = iso(first.date);
            let message = format!("Series A was first issued on {issued} ({}), after {date}.", first.in_words());
            let help = format!("Run a date from {} on, or correct the issue dates.", first.first_quarter);
            let problem = Problem::error("run.date.before-issuance", Place::command_line(), message, help);
            return Err(vec![problem.with_value(iso(date))].into());
        }
        let calendar = &self.context.calendar;
        // Without a Series A there is no first quarter date.
        let is_quarter = match calendar.first_issuance {
            Some(_) => calendar.is_quarter(date),
            None => calendar.quarters.contains(date),
        };
        if is_quarter {
            return Ok(());
        }
        let next = calendar.quarters.after(date);
        let next = calendar.first_quarter().map_or(next, |q1| next.max(q1));
        let message = format!("{date} is no quarterly dividend payment date, and nothing is due or payable on it.");
        let help = format!("The next quarterly dividend payment date is {next}: run it with --date {next}.");
        let problem = Problem::error("run.date.nothing-due", Place::command_line(), message, help);
        Err(vec![problem.with_value(iso(date))].into())
    }

    /// What the run leaves unpaid on shares that accrue from one day must be the same, for the next run finds them in one
    /// row of `arrears`.
    pub(super) fn told_apart(&self, preferred: &Preferred) -> Result<(), Refusal> {
        let mut left: BTreeMap<(ClassIx, Date), Ratio> = BTreeMap::new();
        let outstanding = self.context.rate_cohorts_on(self.plan.date);
        for (group, cohort) in self.context.rate_groups() {
            let Some(other) = preferred.others.iter().find(|other| other.class == cohort.class) else { continue };
            let owed = cohort.owed(self.case(), self.plan.date);
            let unpaid = match other.due_per_share[group].is_zero() {
                false => owed * (whole(1) - &other.part),
                true if outstanding.contains(cohort) => owed,
                true => continue,
            };
            if *left.entry((cohort.class, cohort.start)).or_insert_with(|| unpaid.clone()) != unpaid {
                return Err(vec![self.context.two_in_a_row(cohort.class)].into());
            }
        }
        Ok(())
    }

    /// The declarations that pay Common on D.
    pub(super) fn payable(&self) -> impl Iterator<Item = &Declaration> {
        self.context.case.declarations.iter().filter(|d| d.payment_date == Some(self.plan.date))
    }

    /// §4(a)(i): no payment on Common while Series A is behind; nor, where the reading says so, of what was declared
    /// while it was. Returns the clause where it was acknowledged.
    pub(super) fn check_common(&self, state: &State, behind: bool) -> Result<Vec<String>, Refusal> {
        let forbids = self.case().terms.readings.declared_in_arrears == DeclaredInArrears::Forbid;
        let in_arrears = |d: &&Declaration| forbids && state.was_in_arrears(d.declared_date);
        let Some(declaration) = self.payable().find(|d| behind || in_arrears(d)) else { return Ok(Vec::new()) };
        if self.plan.acknowledged.iter().any(|clause| same_clause(clause, ARREARS_CLAUSE)) {
            return Ok(vec![ARREARS_CLAUSE.to_owned()]);
        }
        let place = |column| declaration.place.cell(column);
        let go_on = "or, if counsel agrees, go on with --acknowledge '4(a)(i)'.";
        Err(Refusal::Forbidden(if behind {
            let message = format!(
                "§4(a)(i) forbids this payment on Common: dividends on Series A for quarters up to {} would still be \
                 in arrears after the run.",
                self.plan.date
            );
            let help = format!("Pay Series A in full first (more --funds), move Common's payment date, {go_on}");
            Problem::error("run.common.arrears", place("payment_date"), message, help)
        } else {
            let message = format!(
                "§4(a)(i) forbade this declaration on Common: on {} dividends on Series A were in arrears \
                 (reading declared_in_arrears=forbid).",
                declaration.declared_date
            );
            let help = format!("Have the Board declare it again now that nothing is in arrears, {go_on}");
            Problem::error("run.common.declared-in-arrears", place("declared_date"), message, help)
        }))
    }

    /// What of Series A's cash is for quarters before D: the oldest are paid first.
    pub(super) fn paid_of_earlier_quarters(&self, preferred: &Preferred, before: &Ledger) -> Units {
        let date = self.plan.date;
        let of_cohort = |(cohort, shares): (&Date, &u128)| {
            let earlier = before.entries(*cohort).iter().filter(|e| e.quarter < date && e.asset.is_none());
            let unpaid = earlier.fold(whole(0), |sum, entry| sum + entry.unpaid());
            shares_ratio(*shares) * unpaid.min(preferred.series_a_paid.per_share[cohort].clone())
        };
        let paid = preferred.series_a.shares.iter().fold(whole(0), |sum, cohort| sum + of_cohort(cohort));
        let units = round_half(&(paid * power_of_ten(self.context.decimals())), self.case().terms.readings.midpoint());
        units.to_i128().expect("amounts are below 10^38 units").min(preferred.series_a_paid.taken)
    }

    pub(super) fn warnings(&self, made: &Made) -> Vec<Problem> {
        let mut warnings: Vec<Problem> = self.pays_nobody(made).into_iter().collect();
        let typed = |code, message, help| Problem::warning(code, Place::command_line(), message, help);
        if let Some(paid) = self.plan.pay_date.filter(|paid| *paid < self.plan.date) {
            let message =
                format!("The payment date, {paid}, lies before {}, on which the dividend is due.", self.plan.date);
            let help = "Correct --pay-date, or leave it out to pay on the date of the run.";
            warnings.push(typed("run.pay-date.before-date", message, help).with_value(iso(paid)));
        }
        warnings.extend(self.history_missing(made));
        warnings.extend(self.dividends.unmatched(self.plan.date));
        warnings.extend(self.common_in_arrears(made));
        warnings.extend(self.dividends.odd_records(self.plan.date, made.pays_series_a()));
        warnings.extend(split_since_the_record_date(self.context, self.plan.date));
        warnings.extend(retired_unpaid(self.context, self.plan.date, &made.state.days));
        warnings.extend(self.untaxed(made));
        warnings.extend(self.tax_above_cash(made.rows, made.assets));
        warnings.extend(self.context.ignored(self.context.calendar.record_dates.of(self.plan.date)));
        warnings.extend(self.context.paid_ahead(self.plan.date));
        warnings.extend(self.others_short(made));
        let others = made.preferred.others.iter().filter(|other| other.paid_total() > 0);
        warnings.extend(others.flat_map(|other| {
            let record_date = self.day_of(self.case().classes.get(other.class));
            self.context.rate_warnings(other.class, other.paid_total(), record_date, self.plan.date)
        }));
        warnings.extend(self.carry_dropped(made));
        if made.common.cash() > 0 && self.plan.funds.is_some() {
            let sum = self.context.money(made.common.cash());
            let message = format!("Common is paid {sum}, which does not come out of --funds.");
            warnings.push(typed("run.common.beside-funds", message, "Have that sum ready beside the funds."));
        }
        for clause in made.acknowledged {
            let what = if made.behind {
                "Common is paid while Series A is in arrears"
            } else {
                "Common is paid what was declared while Series A was in arrears"
            };
            let message =
                format!("§{clause} forbids this run, and it was made because the clause was acknowledged: {what}.");
            let help = "Keep counsel's advice with the records of this run.";
            warnings.push(typed("run.clause.acknowledged", message, help));
        }
        warnings
    }

    /// A run that pays nothing to anybody may be a run of the wrong date, or of a case whose tables were not found.
    fn pays_nobody(&self, made: &Made) -> Option<Problem> {
        made.rows.iter().all(|row| row.gross == 0).then(|| {
            let pages = |name: &&String| name.to_lowercase().ends_with(".md");
            let left_alone: Vec<&str> =
                self.case().left_alone.iter().filter(|name| !pages(name)).map(String::as_str).collect();
            let others = if left_alone.is_empty() {
                String::new()
            } else {
                format!(" Not read, although it may belong to the case: {}.", left_alone.join(", "))
            };
            let message = format!("This run pays nothing to anybody.{others}");
            let help = "Check the date, the declarations, and the names of the tables and sheets.";
            Problem::warning(PAYS_NOBODY, Place::default(), message, help)
        })
    }

    /// Without any of `payments`, `arrears` or `--after`, every quarter since Q1 counts as unpaid.
    fn history_missing(&self, made: &Made) -> Option<Problem> {
        let (case, date) = (self.case(), self.plan.date);
        let is_told = !case.payments.is_empty() || case.arrears.is_some();
        let is_behind = |cohort: &Date| made.before.is_behind(*cohort, plus_days(date, -1));
        (!is_told && made.preferred.series_a.shares.keys().any(is_behind)).then(|| {
            let message = format!(
                "The case does not say what was paid before, so earlier quarters count as unpaid: of what this run \
                 pays Series A, {} is for quarters before {date}.",
                self.context.money(self.paid_of_earlier_quarters(made.preferred, made.before))
            );
            let help = "If that was paid already, give the folder of the last run with --after, or enter what was \
                        paid in the payments table.";
            Problem::warning("run.history.missing", Place::default(), message, help)
        })
    }

    /// What Common was declared, or paid, while Series A was in arrears.
    fn common_in_arrears(&self, made: &Made) -> Vec<Problem> {
        let date = self.plan.date;
        let declared = self.payable().filter(|d| made.state.was_in_arrears(d.declared_date)).map(|d| {
            let message = format!(
                "The dividend on Common of {} was declared while dividends on Series A were in arrears, which \
                 §4(a)(i) forbids.",
                d.declared_date
            );
            let help = "Ask counsel whether the Board should declare it again, now that nothing is in arrears.";
            d.place.warning("declarations.declared_date.in-arrears", message, help)
        });
        let calendar = &self.context.calendar;
        let unpaid = |quarter: Date| {
            let is_unpaid =
                |cohort: &Date| made.before.entries(*cohort).iter().any(|e| e.quarter == quarter && e.is_unpaid());
            made.preferred.series_a.shares.keys().any(is_unpaid)
        };
        let passed = self.case().declarations.iter().filter_map(|d| {
            let paid = d.payment_date.filter(|paid| *paid < date)?;
            let quarter = calendar.quarters.on_or_after(d.declared_date).max(calendar.first_quarter()?);
            let counts = calendar.first_issuance.is_some_and(|first| first <= d.declared_date);
            (counts && quarter < date && unpaid(quarter)).then(|| {
                let message = format!(
                    "Common was paid on {paid}, and Series A's dividend of the same quarter, {quarter}, is shown as \
                     unpaid."
                );
                let help = match &self.case().arrears {
                    None => "or give the last run with --after.".to_owned(),
                    Some(arrears) => format!(
                        "where that was after {}; what was paid until then belongs in the arrears, and in the run that \
                         wrote them.",
                        arrears.as_of
                    ),
                };
                let help = format!("If Series A was paid too, enter it in the payments table, {help}");
                d.place.warning("declarations.payment_date.series-a-unpaid", message, help)
            })
        });
        declared.chain(passed).collect()
    }

    /// Holders abroad or without a tax id, of whom no withholding rate is known.
    fn untaxed(&self, made: &Made) -> Option<Problem> {
        let case = self.case();
        let home = case.terms.home_country.trim();
        let untaxed = |rows: &[PaymentRow]| {
            let holder = rows[0].holder;
            let cash: Units = rows.iter().filter(|row| row.is_cash()).map(|row| row.gross).sum();
            let country = case.register.detail(holder, Detail::Country).trim();
            let abroad = !country.is_empty() && !country.eq_ignore_ascii_case(home);
            let is_known = case.register.stated_withholding_rate(holder).is_some();
            let taxed = !abroad && !case.register.detail(holder, Detail::TaxId).is_empty();
            if cash == 0 || is_known || taxed { (0u64, 0) } else { (1, cash) }
        };
        let of_holders = made.rows.par_chunk_by(|a, b| a.holder == b.holder);
        let (holders, amount) = of_holders.map(untaxed).reduce(|| (0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
        (holders > 0).then(|| {
            let (who, are) = if holders == 1 { ("holder", "is") } else { ("holders", "are") };
            let message = format!(
                "{} {who} outside {home} or without a tax id {are} paid {} and no withholding rate is given for them.",
                grouped(&holders.to_string()),
                self.context.money(amount)
            );
            let help = "Enter their withholding_rate, 0 where nothing is withheld, or complete tax_id and country.";
            Problem::warning("register.withholding_rate.missing", self.context.register_place(), message, help)
        })
    }

    /// Other series left short while Common is paid, or Series A while a parity class is paid in full.
    fn others_short(&self, made: &Made) -> Vec<Problem> {
        let case = self.case();
        let mut warnings = Vec::new();
        let mut warn = |class: &Class, code, message, help| {
            warnings.push(Problem::warning(code, class.place.cell("accrued_dividends"), message, help));
        };
        let pays_common = self.payable().next().is_some();
        let series_a_short = made.behind && self.day_rows.sum().flatten().is_some();
        for other in &made.preferred.others {
            let info = case.classes.get(other.class);
            let missing = other.full_total() - other.paid_total();
            if pays_common && missing > 0 {
                let message =
                    format!("Common is paid while {} is left {} short.", info.name, self.context.money(missing));
                let help = "Look into that series' own terms before paying Common.";
                warn(info, "run.common.other-series-short", message, help);
            }
            if made.behind && other.paid_total() > 0 && info.restriction_rank() == Rank::Junior {
                let message = format!(
                    "{} ranks junior to Series A, and is paid {} while dividends on Series A are in arrears: \
                     §4(a)(i) forbids that.",
                    info.name,
                    self.context.money(other.paid_total())
                );
                let help = "Pay Series A in full first, or ask counsel; correct ranking and dividend_ranking if wrong.";
                warn(info, "run.junior.in-arrears", message, help);
            }
        }
        let due = made.preferred.others.iter().filter(|other| !other.due.is_zero());
        let mut parity = due.map(|other| case.classes.get(other.class)).filter(|c| c.dividend_rank == Rank::Parity);
        if let Some(info) = parity.next().filter(|_| series_a_short) {
            let message = format!(
                "The payments table leaves Series A short while {} is paid in full: §4(a)(ii) asks for ratable \
                 payments.",
                info.name
            );
            let help = "Use --funds to share the sum ratably, or pay Series A in full.";
            warn(info, "run.parity.not-ratable", message, help);
        }
        warnings
    }

    /// Fractions of a unit that nobody is entitled to any more.
    fn carry_dropped(&self, made: &Made) -> Option<Problem> {
        let dropped = &made.preferred.series_a_paid.dropped;
        (!dropped.is_zero()).then(|| {
            let message = format!(
                "Holders who are not entitled any more carried {} {} of earlier payments in part, which is dropped.",
                readable(dropped, self.context.decimals()),
                self.case().terms.currency
            );
            let help = "Nothing to do: it is less than a cent for each of them.";
            Problem::note("run.carry.dropped", Place::default(), message, help)
        })
    }
}

/// What a run was made of, for whoever looks for what is odd about it.
pub(super) struct Made<'r> {
    pub(super) preferred: &'r Preferred<'r>,
    /// The ledger before the run.
    pub(super) before: &'r Ledger,
    pub(super) state: &'r State,
    pub(super) common: &'r CommonRun,
    pub(super) rows: &'r [PaymentRow],
    pub(super) assets: &'r [AssetDelivery],
    /// Whether Series A is left in arrears.
    pub(super) behind: bool,
    pub(super) acknowledged: &'r [String],
}

impl Made<'_> {
    fn pays_series_a(&self) -> bool {
        self.preferred.series_a_paid.taken > 0 || self.rows.iter().any(|row| !row.is_cash())
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
