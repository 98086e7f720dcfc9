//! The dividend ranks of the preferred stock, and how a sum goes down them (SPEC 4.8).

use crate::holdings::per_share::weighted_sum;
use crate::holdings::{Holdings, apportion};
use crate::model::class::{ClassIx, Classes, Rank};
use crate::outcome::Apportionment;
use crate::quantity::{Ratio, Units, units_ratio, whole};
use crate::rules::partial::{Claim, per_share};
use num_traits::Zero;

/// The classes that are paid together, before the next ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DividendRank {
    /// What to call it.
    pub name: String,
    /// Its classes, in class order.
    pub classes: Vec<ClassIx>,
}

/// The dividend ranks in the order in which they are paid: seniors by order, Series A with parity, juniors by order.
pub(crate) fn dividend_ranks(classes: &Classes) -> Vec<DividendRank> {
    let key = |ix: ClassIx| {
        let class = classes.get(ix);
        match class.dividend_rank {
            Rank::Senior => (0, class.order),
            Rank::SeriesA | Rank::Parity => (1, 0),
            Rank::Junior | Rank::Common => (2, class.order),
        }
    };
    let mut preferred: Vec<ClassIx> = classes.iter().filter(|(_, c)| c.is_preferred()).map(|(ix, _)| ix).collect();
    preferred.sort_by_key(|ix| (key(*ix), *ix));
    let same_rank = preferred.chunk_by(|a, b| key(*a) == key(*b));
    same_rank
        .map(|ixs| {
            let names: Vec<&str> = ixs.iter().map(|ix| classes.get(*ix).name.as_str()).collect();
            DividendRank { name: names.join(", "), classes: ixs.to_vec() }
        })
        .collect()
}

/// What a rank's holdings are owed.
pub(crate) struct RankDue<'a> {
    /// All preferred holdings.
    pub holdings: &'a Holdings,
    /// Due per share by group.
    pub due: &'a [Ratio],
    /// Shares by group, in millionths.
    pub shares: &'a [u128],
    /// Decimals of the currency.
    pub decimals: u32,
    /// Reading `partial_payment=proportional`.
    pub proportional: bool,
    /// The first group that is a cohort of Series A; groups before it are classes.
    pub first_cohort: usize,
}

/// What a sum came to in a rank.
pub(crate) struct RankPaid {
    /// What it took of the sum.
    pub taken: Units,
    /// Value per share by group that was paid, before units.
    pub per_share: Vec<Ratio>,
    /// What each holding got, where it was not in full.
    pub units: Option<(Vec<Units>, Apportionment)>,
}

impl RankDue<'_> {
    /// Pays `sum` to a rank whose groups are `groups`: in full where the sum reaches the total of its full holdings, else
    /// split between its classes in proportion to what is due (§4(a)(ii)), Series A's part as in §2(c), all in one
    /// apportionment.
    pub(crate) fn pay(&self, name: &str, in_rank: impl Fn(usize) -> bool, full_total: Units, sum: Units) -> RankPaid {
        let due: Vec<Ratio> = self
            .due
            .iter()
            .enumerate()
            .map(|(group, due)| if in_rank(group) { due.clone() } else { whole(0) })
            .collect();
        if sum >= full_total {
            return RankPaid { taken: full_total, per_share: due, units: None };
        }
        let per_share = self.values(&due, &units_ratio(sum, self.decimals));
        let shared = apportion(sum, self.holdings, &per_share);
        let note = Apportionment {
            what: name.to_owned(),
            sum,
            holdings: shared.holdings,
            left_over: shared.left_over,
            by_tie_rule: shared.by_tie_rule,
        };
        let taken = shared.units.iter().sum();
        RankPaid { taken, per_share, units: Some((shared.units, note)) }
    }

    fn values(&self, due: &[Ratio], sum: &Ratio) -> Vec<Ratio> {
        let total = weighted_sum(self.shares, due);
        if *sum >= total || total.is_zero() {
            return due.to_vec();
        }
        let part = sum / &total;
        let (class_due, cohort_due) = due.split_at(self.first_cohort);
        let cohort_shares = &self.shares[self.first_cohort..];
        let claims: Vec<Claim> = cohort_shares
            .iter()
            .zip(cohort_due)
            .map(|(shares, unpaid)| Claim { shares: *shares, unpaid: unpaid.clone() })
            .collect();
        let series_a_sum = weighted_sum(cohort_shares, cohort_due) * &part;
        let cohorts = per_share(&claims, &series_a_sum, self.proportional);
        class_due.iter().map(|d| d * &part).chain(cohorts).collect()
    }
}
