//! The classes of stock and their rank (§9; `docs/rules.md`, "Classes").

use super::calendar::QuarterDates;
use super::worded::worded;
use super::{Date, RowPlace, text_key};
use crate::quantity::{Ratio, Shares, whole};

/// Index of a class in [`Classes::list`], which is in class order.
pub(crate) type ClassIx = u16;

/// The id of the junior participating preferred stock of the Certificate.
pub(crate) const SERIES_A: &str = "series-a";
pub(crate) const COMMON: &str = "common";

worded! {
    /// Where a class stands against Series A, by the word in the classes table. In the order in which they are paid.
    #[derive(PartialOrd, Ord, Hash)]
    pub enum Rank {
        /// Before Series A (§9: the default of every other preferred series).
        Senior = "senior",
        SeriesA = "series-a",
        /// With Series A (pari passu).
        Parity = "parity",
        /// Between Series A and Common.
        Junior = "junior",
        Common = "common",
        /// It ranks as all that is junior does, and so do rights to Common.
        OtherCommon = "junior",
        /// Options and warrants: rights to buy Common.
        Right = "junior",
    }
}

/// What a share of preferred stock gets beside its preference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Participation {
    None,
    /// What it would get as Common.
    Full,
    /// What it would get as Common, until it has this much in all.
    Capped(Ratio),
}

worded! {
    /// How a part of a year is counted.
    pub enum DayCount {
        /// ISDA 2006 §4.16(f), Bond Basis.
        Thirty360 = "30/360",
        /// ISDA 2006 §4.16(d).
        Actual365 = "actual/365",
        /// ISDA 2006 §4.16(e).
        Actual360 = "actual/360",
    }
}

worded! {
    /// On which of a year's quarter dates what is unpaid joins what the rate is applied to.
    pub enum Compounding {
        None = "none",
        Quarterly = "quarterly",
        /// On every second one, and the last.
        Semiannual = "semiannual",
        Annual = "annual",
    }
}

impl Compounding {
    /// Whether unpaid dividends join the base on `date`.
    pub fn falls_on(self, quarters: &QuarterDates, date: Date) -> bool {
        quarters.place_in_year(date).is_some_and(|(place, of)| match self {
            Self::None => false,
            Self::Quarterly => true,
            Self::Semiannual => place % 2 == 0 || place == of,
            Self::Annual => place == of,
        })
    }

    /// The first date after `date` on which a class that compounds so may be paid.
    pub fn next(self, quarters: &QuarterDates, date: Date) -> Option<Date> {
        let days = std::iter::successors(Some(quarters.after(date)), |day| Some(quarters.after(*day)));
        days.take(8).find(|day| self == Self::None || self.falls_on(quarters, *day))
    }
}

/// A cumulative dividend at a rate.
#[derive(Clone, Debug)]
pub struct Rate {
    pub price: Ratio,
    /// A year, of the price.
    pub yearly: Ratio,
    pub day_count: DayCount,
    pub compounding: Compounding,
    /// When dividends begin to accrue; for a lot issued later, and where none, its date of issue.
    pub from: Option<Date>,
}

#[derive(Clone, Debug)]
pub struct Class {
    pub id: String,
    pub name: String,
    pub rank: Rank,
    pub dividend_rank: Rank,
    /// Among seniors, or juniors: the smaller is paid first.
    pub order: u32,
    /// Per share upon liquidation. For Series A and Common unused: the terms say it.
    pub liquidation_preference: Ratio,
    /// What is unpaid per share on [`Class::accrued_as_of`].
    pub accrued_dividends: Ratio,
    /// The date that [`Class::accrued_dividends`] is of.
    pub accrued_as_of: Option<Date>,
    /// How many quarterly dividends it is behind (§3(c)(i)).
    pub quarters_in_arrears: Ratio,
    pub votes_per_share: Ratio,
    pub authorized_shares: Option<Shares>,
    pub participation: Participation,
    /// Common shares for one of it; none where it does not convert.
    pub conversion_ratio: Option<Ratio>,
    /// Whether accrued dividends are paid when it converts.
    pub keeps_accrued: bool,
    /// What buying a Common share by it costs.
    pub exercise_price: Ratio,
    pub rate: Option<Rate>,
    pub shares_common_dividends: bool,
    /// The row of the classes table (its `accrued_dividends` cell where there is one).
    pub place: RowPlace,
}

impl Class {
    /// A class of which only id, name and rank are known.
    pub fn bare(id: &str, name: &str, rank: Rank) -> Self {
        Self {
            id: id.to_owned(),
            name: name.to_owned(),
            rank,
            dividend_rank: rank,
            order: 1,
            liquidation_preference: whole(0),
            accrued_dividends: whole(0),
            accrued_as_of: None,
            quarters_in_arrears: whole(0),
            votes_per_share: whole(0),
            authorized_shares: None,
            participation: Participation::None,
            conversion_ratio: None,
            keeps_accrued: false,
            exercise_price: whole(0),
            rate: None,
            shares_common_dividends: false,
            place: RowPlace::default(),
        }
    }

    pub fn is_preferred(&self) -> bool {
        self.rank < Rank::Common
    }

    /// When dividends at a rate began to accrue on a lot of this date of issue; none where the class has no rate.
    pub fn accrual_start(&self, issue_date: Option<Date>) -> Option<Date> {
        let rate = self.rate.as_ref()?;
        let stated = self.accrued_as_of.filter(|day| issue_date.is_none_or(|issued| issued < *day));
        stated.or_else(|| rate.from.max(issue_date))
    }

    /// Shares as if all were converted and exercised; of a class that does neither, its shares.
    pub fn fully_diluted(&self, shares: &Ratio) -> Ratio {
        self.conversion_ratio.as_ref().map_or_else(|| shares.clone(), |ratio| shares * ratio)
    }

    /// For §4: junior where either of its rankings says so, else parity where either does.
    pub fn restriction_rank(&self) -> Rank {
        let either = |rank| self.rank == rank || self.dividend_rank == rank;
        if self.rank == Rank::SeriesA || !self.is_preferred() {
            self.rank
        } else if either(Rank::Junior) {
            Rank::Junior
        } else if either(Rank::Parity) {
            Rank::Parity
        } else {
            Rank::Senior
        }
    }
}

/// All classes, in class order (`docs/rules.md`, "Classes"): seniors by (order, id), Series A, parity by id, juniors by
/// (order, id), Common, other common by id, options and warrants by id.
#[derive(Clone, Debug)]
pub struct Classes {
    list: Vec<Class>,
    series_a: ClassIx,
    common: ClassIx,
}

impl Classes {
    /// Series A and Common with these names, and the other series, put in class order.
    pub fn new(series_name: &str, common_name: &str, others: Vec<Class>) -> Self {
        let mut list = others;
        list.push(Class::bare(SERIES_A, series_name, Rank::SeriesA));
        list.push(Class::bare(COMMON, common_name, Rank::Common));
        list.sort_by(|a, b| {
            let order = |c: &Class| if matches!(c.rank, Rank::Senior | Rank::Junior) { c.order } else { 0 };
            (a.rank, order(a), &a.id).cmp(&(b.rank, order(b), &b.id))
        });
        let find = |id: &str| {
            let at = list.iter().position(|c| c.id == id);
            ClassIx::try_from(at.unwrap_or_default()).unwrap_or_default()
        };
        let (series_a, common) = (find(SERIES_A), find(COMMON));
        Self { list, series_a, common }
    }

    pub fn list(&self) -> &[Class] {
        &self.list
    }

    pub fn get(&self, class: ClassIx) -> &Class {
        &self.list[usize::from(class)]
    }

    pub fn series_a(&self) -> ClassIx {
        self.series_a
    }

    pub fn common(&self) -> ClassIx {
        self.common
    }

    /// Each index with its class, in class order.
    pub fn iter(&self) -> impl Iterator<Item = (ClassIx, &Class)> {
        self.list.iter().enumerate().map(|(i, c)| (ClassIx::try_from(i).unwrap_or(ClassIx::MAX), c))
    }

    /// The class of this id or name, trimmed and caseless (ids before names).
    pub fn find(&self, text: &str) -> Option<ClassIx> {
        let wanted = fold(text);
        let exact = self
            .iter()
            .find(|(_, c)| fold(&c.id) == wanted)
            .or_else(|| self.iter().find(|(_, c)| fold(&c.name) == wanted));
        if let Some((ix, _)) = exact {
            return Some(ix);
        }
        // As people write them: by letters and digits alone.
        let key = letters_and_digits(text);
        if key.is_empty() {
            return None;
        }
        let mut alike = self.iter().filter(|(_, c)| [&c.id, &c.name].iter().any(|t| letters_and_digits(t) == key));
        match (alike.next(), alike.next(), key.as_str()) {
            (Some((ix, _)), None, _) => Some(ix),
            (None, _, "seriesa" | "seriesapreferred" | "seriesapreferredstock" | "seriesapreferredshares") => {
                Some(self.series_a)
            }
            (None, _, "common" | "commonstock" | "commonshares" | "ordinary" | "ordinaryshares") => Some(self.common),
            _ => None,
        }
    }
}

fn letters_and_digits(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// As names are compared: trimmed and caseless, and those that look the same are one.
pub(crate) fn fold(text: &str) -> String {
    text_key::key(text).to_lowercase()
}
