//! How much of a grant has vested on a date, by its terms and by what happened.

use super::objects::{Period, Trigger, Vesting, VestingCondition, VestingTerms};
use crate::model::calendar::{Date, day, plus_days};
use crate::quantity::{Midpoint, Ratio, round_half, whole};
use num_traits::{Signed, Zero};

/// What happened to a grant: starts and events by the condition that they set off.
pub(crate) type Happened = Vec<(String, Date)>;

/// What keeps the answer from being certain.
pub(crate) type Doubt = String;

/// What of a list of days and amounts has vested.
pub(crate) fn by_list(vestings: &[Vesting], on: Date) -> Ratio {
    vestings.iter().filter(|vesting| vesting.date.0 <= on).map(|vesting| &vesting.amount.0).sum()
}

/// A share of a grant that vests on a day.
struct Tranche {
    date: Date,
    amount: Ratio,
}

/// What of `total` has vested on a date by these terms.
/// Errors: What in the terms cannot be followed.
pub(crate) fn by_terms(
    terms: &VestingTerms,
    total: &Ratio,
    happened: &Happened,
    on: Date,
    doubts: &mut Vec<Doubt>,
) -> Result<Ratio, String> {
    let mut schedule = Schedule { terms, happened, total, tranches: Vec::new(), doubts };
    let roots =
        terms.vesting_conditions.iter().filter(|condition| schedule.predecessors(&condition.id).next().is_none());
    let roots: Vec<&VestingCondition> = roots.collect();
    if roots.is_empty() && !terms.vesting_conditions.is_empty() {
        return Err("its vesting conditions follow each other in a circle".to_owned());
    }
    for root in roots {
        schedule.follow(root, None)?;
    }
    let mut tranches = schedule.tranches;
    tranches.sort_by_key(|tranche| tranche.date);
    Ok(allocated(terms.allocation_type.as_deref(), &tranches, on)?.min(total.clone()))
}

struct Schedule<'s> {
    terms: &'s VestingTerms,
    happened: &'s Happened,
    total: &'s Ratio,
    tranches: Vec<Tranche>,
    doubts: &'s mut Vec<Doubt>,
}

/// A condition that was met: which, when (its last installment), and what came before it.
struct Met<'s> {
    condition: &'s VestingCondition,
    date: Date,
    before: Option<&'s Met<'s>>,
}

impl Met<'_> {
    fn date_of(&self, id: &str) -> Option<Date> {
        if self.condition.id == id { Some(self.date) } else { self.before.and_then(|before| before.date_of(id)) }
    }

    fn depth(&self) -> usize {
        1 + self.before.map_or(0, Met::depth)
    }

    fn root_date(&self) -> Date {
        self.before.map_or(self.date, Met::root_date)
    }
}

impl<'s> Schedule<'s> {
    fn predecessors(&self, id: &str) -> impl Iterator<Item = &'s VestingCondition> {
        let id = id.to_owned();
        self.terms.vesting_conditions.iter().filter(move |condition| condition.next_condition_ids.contains(&id))
    }

    /// The days on which a condition's installments vest; none while it is not met.
    fn dates(&mut self, condition: &'s VestingCondition, before: Option<&Met<'_>>) -> Result<Vec<Date>, String> {
        let of_happened = || self.happened.iter().filter(|(id, _)| *id == condition.id).map(|(_, date)| *date).min();
        let single = match &condition.trigger {
            Trigger::Start | Trigger::Event => of_happened(),
            Trigger::Absolute { date } => Some(date.0),
            Trigger::Relative { period, relative_to_condition_id } => {
                let Some(before) = before else { return Ok(Vec::new()) };
                let base = before.date_of(relative_to_condition_id).unwrap_or_else(|| {
                    self.doubts.push(format!(
                        "its vesting condition {} is relative to {relative_to_condition_id}, which did not come before it; it is \
                         taken as relative to {}",
                        condition.id, before.condition.id
                    ));
                    before.date
                });
                return installments(period, base, before.root_date());
            }
        };
        let not_before = before.map(|met| met.date);
        Ok(single.into_iter().filter(|date| not_before.is_none_or(|before| *date >= before)).collect())
    }

    /// Follows the conditions from one on: of those that may come next, the one that is met first does.
    fn follow(&mut self, condition: &'s VestingCondition, before: Option<&Met<'_>>) -> Result<(), String> {
        if before.is_some_and(|met| met.depth() > self.terms.vesting_conditions.len()) {
            return Err("its vesting conditions follow each other in a circle".to_owned());
        }
        let dates = self.dates(condition, before)?;
        let Some(last) = dates.last().copied() else { return Ok(()) };
        let amount = match (&condition.quantity, &condition.portion) {
            (Some(quantity), _) => quantity.0.clone(),
            (None, Some(portion)) if portion.denominator.0.is_positive() => {
                let vested: Ratio = self.tranches.iter().map(|tranche| &tranche.amount).sum();
                let of = if portion.remainder { self.total - vested } else { self.total.clone() };
                of * &portion.numerator.0 / &portion.denominator.0
            }
            _ => return Err(format!("its vesting condition {} has neither a quantity nor a portion", condition.id)),
        };
        let cliff = match &condition.trigger {
            Trigger::Relative { period, .. } => period.cliff_installment.unwrap_or(1).max(1) as usize - 1,
            _ => 0,
        };
        for date in &dates {
            let date = dates.get(cliff).map_or(*date, |first| *date.max(first));
            self.tranches.push(Tranche { date, amount: amount.clone() });
        }
        let met = Met { condition, date: last, before: before.map(shorten) };
        let mut next: Option<(Date, &'s VestingCondition)> = None;
        for id in &condition.next_condition_ids {
            let Some(after) = self.terms.vesting_conditions.iter().find(|other| other.id == *id) else {
                return Err(format!("its vesting condition {} names {id}, which is not in the terms", condition.id));
            };
            let known = self.doubts.len();
            let first = self.dates(after, Some(&met))?.first().copied();
            self.doubts.truncate(known);
            if let Some(date) = first
                && next.is_none_or(|(earliest, _)| date < earliest)
            {
                next = Some((date, after));
            }
        }
        next.map_or(Ok(()), |(_, after)| self.follow(after, Some(&met)))
    }
}

/// A link of a chain, for as long as the next one.
fn shorten<'a>(met: &'a Met<'a>) -> &'a Met<'a> {
    met
}

/// More installments than any grant has.
const MOST: u32 = 10_000;

fn installments(period: &Period, base: Date, start: Date) -> Result<Vec<Date>, String> {
    if period.occurrences > MOST || period.length > MOST {
        return Err(format!("its vesting has {} installments of {}", period.occurrences, period.length));
    }
    (1..=period.occurrences).map(|n| after(period, base, start, n * period.length)).collect()
}

fn after(period: &Period, base: Date, start: Date, count: u32) -> Result<Date, String> {
    if period.unit == "DAYS" {
        return Ok(plus_days(base, i64::from(count)));
    }
    if period.unit != "MONTHS" {
        return Err(format!("its vesting goes by {}, which is neither DAYS nor MONTHS", period.unit));
    }
    let of_month = match period.day_of_month.as_deref() {
        None | Some("VESTING_START_DAY_OR_LAST_DAY_OF_MONTH") => start.day(),
        Some(text) => text
            .get(..2)
            .and_then(|n| n.parse().ok())
            .ok_or_else(|| format!("its vesting has no day of month {text}"))?,
    };
    let months = i64::from(base.year()) * 12 + i64::from(u8::from(base.month())) - 1 + i64::from(count);
    let (year, month) = (i32::try_from(months / 12).unwrap_or(9999), u8::try_from(months % 12).unwrap_or(0) + 1);
    let found = (28..=of_month).rev().chain([of_month]).find_map(|of_month| day(year, month, of_month));
    found.ok_or_else(|| "its vesting goes on past the end of the calendar".to_owned())
}

/// What of the tranches has vested, in whole shares as the terms allocate them.
fn allocated(allocation: Option<&str>, tranches: &[Tranche], on: Date) -> Result<Ratio, String> {
    let vested = tranches.iter().filter(|tranche| tranche.date <= on);
    let exact: Ratio = vested.clone().map(|tranche| &tranche.amount).sum();
    let floors = || tranches.iter().map(|tranche| tranche.amount.floor());
    let count = whole(vested.count());
    let spread = |first: bool, single: bool| {
        let all: Ratio = tranches.iter().map(|tranche| &tranche.amount).sum();
        let over = all.floor() - floors().sum::<Ratio>();
        let number = whole(tranches.len());
        let of_floors: Ratio =
            tranches.iter().zip(floors()).filter(|(t, _)| t.date <= on).map(|(_, floor)| floor).sum();
        // The first so many tranches have one more, or the last; or one of them has all that is over.
        let extra = match (first, single) {
            (true, false) => over.min(count.clone()),
            (false, false) => (over + &count - number).max(whole(0)),
            (true, true) => {
                if count.is_zero() {
                    whole(0)
                } else {
                    over
                }
            }
            (false, true) => {
                if count == number {
                    over
                } else {
                    whole(0)
                }
            }
        };
        of_floors + extra
    };
    Ok(match allocation {
        Some("CUMULATIVE_ROUNDING") => Ratio::from_integer(round_half(&exact, Midpoint::HalfUp)),
        Some("CUMULATIVE_ROUND_DOWN") | None => exact.floor(),
        Some("FRONT_LOADED") => spread(true, false),
        Some("BACK_LOADED") => spread(false, false),
        Some("FRONT_LOADED_TO_SINGLE_TRANCHE") => spread(true, true),
        Some("BACK_LOADED_TO_SINGLE_TRANCHE") => spread(false, true),
        Some("FRACTIONAL") => exact,
        Some(other) => return Err(format!("its vesting is allocated by {other}, which OCF does not have")),
    })
}
