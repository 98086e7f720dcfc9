//! The classes of stock and their rank (§9; `docs/rules.md`, "Classes").

use super::calendar::Date;
use super::source::RowPlace;
use crate::quantity::{Ratio, Shares, whole};

/// Index of a class in [`Classes::list`], which is in class order.
pub(crate) type ClassIx = u16;

/// The id of the junior participating preferred stock of the Certificate.
pub(crate) const SERIES_A: &str = "series-a";
/// The id of the Common Stock.
pub(crate) const COMMON: &str = "common";

/// Where a class stands against Series A. In the order in which they are paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rank {
    /// Before Series A (§9: the default of every other preferred series).
    Senior,
    /// Series A itself.
    SeriesA,
    /// With Series A (pari passu).
    Parity,
    /// Between Series A and Common.
    Junior,
    /// The Common Stock.
    Common,
}

impl Rank {
    /// The word in the classes table.
    pub fn word(self) -> &'static str {
        match self {
            Self::Senior => "senior",
            Self::SeriesA => "series-a",
            Self::Parity => "parity",
            Self::Junior => "junior",
            Self::Common => "common",
        }
    }
}

/// One class of stock.
#[derive(Clone, Debug)]
pub struct Class {
    /// Its id, as the tables name it.
    pub id: String,
    /// Its name, as people know it.
    pub name: String,
    /// Its rank upon liquidation.
    pub rank: Rank,
    /// Its rank as to dividends.
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
    /// Its votes per share.
    pub votes_per_share: Ratio,
    /// Shares authorised, where known.
    pub authorized_shares: Option<Shares>,
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
            place: RowPlace::default(),
        }
    }

    /// Whether it is preferred stock (anything but Common).
    pub fn is_preferred(&self) -> bool {
        self.rank != Rank::Common
    }

    /// For §4: junior where either of its rankings says so, else parity where either does.
    pub fn restriction_rank(&self) -> Rank {
        let either = |rank| self.rank == rank || self.dividend_rank == rank;
        if self.rank == Rank::SeriesA || self.rank == Rank::Common {
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
/// (order, id), Common.
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
            let order = |c: &Class| if c.rank == Rank::Parity { 0 } else { c.order };
            (a.rank, order(a), &a.id).cmp(&(b.rank, order(b), &b.id))
        });
        let find = |id: &str| {
            let at = list.iter().position(|c| c.id == id);
            ClassIx::try_from(at.unwrap_or_default()).unwrap_or_default()
        };
        let (series_a, common) = (find(SERIES_A), find(COMMON));
        Self { list, series_a, common }
    }

    /// All of them, in class order.
    pub fn list(&self) -> &[Class] {
        &self.list
    }

    /// The class at an index.
    pub fn get(&self, class: ClassIx) -> &Class {
        &self.list[usize::from(class)]
    }

    /// Series A.
    pub fn series_a(&self) -> ClassIx {
        self.series_a
    }

    /// Common.
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

/// Trimmed and caseless, as names are compared.
pub(crate) fn fold(text: &str) -> String {
    text.trim().to_lowercase()
}
