//! What the preferred stock is paid in cash: all that is due, or a sum that goes down the dividend ranks.

use super::Run;
use crate::holdings::apportion::{Apportioned, apportion, apportion_ratios};
use crate::holdings::per_share::weighted_sum;
use crate::holdings::{Holdings, ScaledPerShare};
use crate::model::{Carry, Class, ClassIx, Classes, Date, Rank};
use crate::outcome::Apportionment;
use crate::quantity::{Ratio, Units, units_ratio, whole};
use crate::rules::ledger::Ledger;
use crate::runs::Refusal;
use crate::runs::series_a::{Entitled, Paid};
use num_traits::Zero;

/// What the preferred holdings get in cash.
pub(super) struct Preferred<'a> {
    pub(super) series_a: Entitled<'a>,
    pub(super) series_a_paid: Paid,
    /// The other classes, in class order.
    pub(super) others: Vec<OtherClass>,
    pub(super) apportionments: Vec<Apportionment>,
    pub(super) not_distributed: Units,
}

/// Another preferred class: the register as of D, or of the record date where it has a dividend rate.
pub(super) struct OtherClass {
    pub(super) class: ClassIx,
    pub(super) holdings: Holdings,
    pub(super) shares: u128,
    /// Per share, by group.
    pub(super) due_per_share: Vec<Ratio>,
    pub(super) due: Ratio,
    /// What part of it is paid, before units are apportioned.
    pub(super) part: Ratio,
    /// In full, by holding.
    pub(super) full: Vec<Units>,
    /// Paid, by holding.
    pub(super) paid: Vec<Units>,
}

impl OtherClass {
    pub(super) fn full_total(&self) -> Units {
        self.full.iter().sum()
    }

    pub(super) fn paid_total(&self) -> Units {
        self.paid.iter().sum()
    }
}

/// The classes that are paid together, before the next ones: seniors by order, Series A with parity, juniors by order.
fn dividend_ranks(classes: &Classes) -> Vec<Vec<ClassIx>> {
    let key = |ix: ClassIx| {
        let class = classes.get(ix);
        match class.dividend_rank {
            Rank::Senior => (0, class.order),
            Rank::SeriesA | Rank::Parity => (1, 0),
            Rank::Junior | Rank::Common | Rank::OtherCommon | Rank::Right => (2, class.order),
        }
    };
    let mut preferred: Vec<ClassIx> = classes.iter().filter(|(_, c)| c.is_preferred()).map(|(ix, _)| ix).collect();
    preferred.sort_by_key(|ix| (key(*ix), *ix));
    preferred.chunk_by(|a, b| key(*a) == key(*b)).map(<[ClassIx]>::to_vec).collect()
}

impl<'a> Run<'a> {
    /// Pays the preferred stock, and Series A in its ledger.
    pub(super) fn pay_preferred(&self, ledger: &mut Ledger, carry: &mut Carry) -> Result<Preferred<'a>, Refusal> {
        let classes = &self.context.case.classes;
        let series_a = classes.series_a();
        let entitled = Entitled::new(self.context, ledger, carry, self.plan.date)?;
        let stated = self.day_rows.sum().flatten();
        if let Some(problem) = stated.and_then(|sum| entitled.more_than_due(sum, self.day_rows.cash[0])) {
            return Err(vec![problem].into());
        }
        let mut others = self.other_classes()?;
        let mut apportionments = Vec::new();
        let mut paid = None;
        let mut left = self.plan.funds;
        let mut not_distributed = 0;
        for rank in dividend_ranks(classes) {
            let of_rank = |class: &ClassIx| others.iter().find(|other| other.class == *class);
            let dues: Vec<ClassDue> = rank
                .iter()
                .map(|class| match of_rank(class) {
                    Some(other) => ClassDue { due: other.due.clone(), full: other.full_total() },
                    None => ClassDue { due: entitled.due.clone(), full: entitled.full_total },
                })
                .collect();
            let (parts, cut) = split(left, &dues);
            let names: Vec<&str> = rank.iter().map(|class| classes.get(*class).name.as_str()).collect();
            apportionments.extend(cut.map(|cut| cut.note(names.join(" and "))));
            for (class, part) in rank.iter().zip(parts) {
                let name = &classes.get(*class).name;
                let (taken, cut) = if *class == series_a {
                    let sum = stated.unwrap_or(part);
                    let mut paid_now = entitled.pay(ledger, carry, sum)?;
                    let cut = paid_now.apportioned.take();
                    let taken = paid_now.taken;
                    if stated.is_some() {
                        not_distributed += sum - taken;
                    }
                    paid = Some(paid_now);
                    (taken, cut)
                } else {
                    let other = others.iter_mut().find(|other| other.class == *class);
                    self.pay_other(other.expect("every class of a rank is one of them"), part)
                };
                apportionments.extend(cut.map(|cut| cut.note(name)));
                left = left.map(|left| left - taken);
            }
        }
        not_distributed += left.unwrap_or(0);
        let series_a_paid = paid.expect("Series A has its rank");
        Ok(Preferred { series_a: entitled, series_a_paid, others, apportionments, not_distributed })
    }

    /// The day whose holders of another class are paid.
    pub(super) fn day_of(&self, class: &Class) -> Date {
        let date = self.plan.date;
        if class.rate.is_some() { self.context.calendar.record_dates.of(date) } else { date }
    }

    fn other_classes(&self) -> Result<Vec<OtherClass>, Refusal> {
        let case = self.context.case;
        let others = case.classes.iter().filter(|(_, c)| c.is_preferred() && c.rank != Rank::SeriesA);
        let accrued = self.context.accrued(self.plan.date);
        let mut found = Vec::new();
        for (class, info) in others {
            let date = self.day_of(info);
            let holdings = self.context.holdings(date, |lot| lot.class == class)?;
            let group_shares = holdings.group_shares(accrued.len());
            let due_per_share: Vec<Ratio> = accrued
                .iter()
                .zip(&group_shares)
                .map(|(due, shares)| if *shares > 0 { due.clone() } else { whole(0) })
                .collect();
            let value = ScaledPerShare::new(&due_per_share, self.context.decimals());
            let full = value.all_rounded(&holdings, case.terms.readings.midpoint());
            let (shares, paid) = (group_shares.iter().sum(), vec![0; full.len()]);
            let due = weighted_sum(&group_shares, &due_per_share);
            found.push(OtherClass { class, holdings, shares, due_per_share, due, part: whole(0), full, paid });
        }
        Ok(found)
    }

    /// Pays a class its part of a sum: in proportion to what is due where it does not reach what pays all in full.
    fn pay_other(&self, other: &mut OtherClass, part: Units) -> (Units, Option<Apportioned>) {
        let full = other.full_total();
        if part >= full {
            (other.paid, other.part) = (other.full.clone(), whole(1));
            return (full, None);
        }
        other.part = (units_ratio(part, self.context.decimals()) / &other.due).min(whole(1));
        let cut = apportion(part, &other.holdings, &other.due_per_share);
        other.paid.clone_from(&cut.units);
        (other.paid_total(), Some(cut))
    }
}

/// What a class of a rank is due.
struct ClassDue {
    due: Ratio,
    /// What paying every holding in full takes.
    full: Units,
}

/// What each class of a rank gets of what is left (all that is due where there is no limit): in full where it reaches
/// that, else in proportion to the total amounts due (§4(a)(ii)); what one cannot take goes to the others alike.
fn split(left: Option<Units>, dues: &[ClassDue]) -> (Vec<Units>, Option<Apportioned>) {
    let full: Vec<Units> = dues.iter().map(|class| class.full).collect();
    let Some(sum) = left.filter(|sum| *sum < full.iter().sum()) else { return (full, None) };
    if dues.len() == 1 {
        return (vec![sum], None);
    }
    let first = apportion_ratios(sum, &dues.iter().map(|class| class.due.clone()).collect::<Vec<_>>());
    let mut parts = first.units.clone();
    loop {
        let mut over = 0;
        for (part, full) in parts.iter_mut().zip(&full) {
            over += (*part - full).max(0);
            *part = (*part).min(*full);
        }
        if over.is_zero() {
            return (parts, Some(first));
        }
        let open =
            dues.iter().zip(&parts).map(|(class, part)| if *part < class.full { class.due.clone() } else { whole(0) });
        let more = apportion_ratios(over, &open.collect::<Vec<_>>());
        parts.iter_mut().zip(more.units).for_each(|(part, more)| *part += more);
    }
}
