//! The `classes` table: the other series of preferred stock, other common stock, options and warrants.

use super::cell::Value;
use super::{Findings, Line};
use crate::model::class::{COMMON, Participation, Rate, SERIES_A, fold};
use crate::model::{Class, Classes, Compounding, DayCount, Rank, Terms};
use crate::quantity::{PER_SHARE_DECIMALS, Ratio, plain, whole};
use num_traits::Zero;
use std::collections::HashMap;

#[derive(Debug, Default)]
pub(crate) struct OtherClasses {
    list: Vec<Class>,
    /// Where each stands in the list, by its folded id.
    by_id: HashMap<String, usize>,
    /// The id of the first class that is called so, by folded ids and names.
    called: HashMap<String, String>,
}

impl OtherClasses {
    pub(crate) fn row(&mut self, line: &mut Line, terms: &Terms) {
        let Some(id) = line.text("class") else { return };
        let own =
            [SERIES_A, COMMON, &fold(&terms.series_name), &fold(&terms.common_name)].contains(&fold(&id).as_str());
        if own {
            let message = format!("the row of {id} is not read: Series A and Common are described in the table terms.");
            let place = line.place("class");
            let help = "Nothing to do; what differs from the Certificate belongs into the terms table.";
            line.findings.note("classes.class.in-terms", place, message, help);
            return;
        }
        if let Some(earlier) = self.by_id.get(&fold(&id)).and_then(|at| self.list.get(*at)) {
            let message = format!("the class {id} is defined twice, here and in {}.", cell(earlier));
            line.reject("class", "twice", &message, "Delete one of the two rows.");
            return;
        }
        let class = read(line, &id);
        self.own_name(line, &class, terms);
        self.by_id.insert(fold(&class.id), self.list.len());
        for text in [&class.id, &class.name] {
            self.called.entry(fold(text)).or_insert_with(|| class.id.clone());
        }
        self.list.push(class);
    }

    /// A class's name is no other's name or id, so that the register cannot mean either.
    fn own_name(&self, line: &mut Line, class: &Class, terms: &Terms) {
        let name = fold(&class.name);
        let taken = |id: &str, other: &str| (name == fold(id) || name == fold(other)).then(|| id.to_owned());
        let of_terms = [(SERIES_A, &terms.series_name), (COMMON, &terms.common_name)];
        let other = of_terms.iter().find_map(|(id, name)| taken(id, name));
        let other = other.or_else(|| self.called.get(&name).cloned());
        let Some(other) = other else { return };
        let message =
            format!("'{}' is also what the class {other} is called, so a register could mean either.", class.name);
        line.reject("name", "twice", &message, "Give each class a name of its own.");
    }

    pub(crate) fn finish(self, terms: &Terms, findings: &mut Findings) -> Classes {
        if self.list.len() > 10_000 {
            let place = self.list.first().map(|c| c.place.first()).unwrap_or_default();
            let message = format!("{} classes are defined; 10,000 are the limit.", self.list.len());
            findings.error("classes.class.too-many", place, message, "Keep only the classes in use.");
            return Classes::new(&terms.series_name, &terms.common_name, Vec::new());
        }
        Classes::new(&terms.series_name, &terms.common_name, self.list)
    }
}

fn cell(class: &Class) -> String {
    class.place.first().cell.unwrap_or_default()
}

fn rank(word: Option<usize>) -> Option<Rank> {
    word.and_then(|ix| [Rank::Senior, Rank::Parity, Rank::Junior].get(ix).copied())
}

fn read(line: &mut Line, id: &str) -> Class {
    let kind = line.word("kind").unwrap_or(0);
    let (ranking, dividend_ranking) = (rank(line.word("ranking")), rank(line.word("dividend_ranking")));
    let rank = match kind {
        0 => ranking.unwrap_or(Rank::Senior),
        1 => Rank::OtherCommon,
        _ => Rank::Right,
    };
    let name = line.text("name").unwrap_or_else(|| id.to_owned());
    let bare = Class::bare(id, &name, rank);
    let price = line.per_share("original_price");
    let preference = line.per_share_or_multiple("liquidation_preference", price.as_ref());
    let accrued_dividends = line.per_share("accrued_dividends").unwrap_or_else(|| whole(0));
    let accrued_as_of = line.date("accrued_as_of");
    if !accrued_dividends.is_zero() && line.is_blank("accrued_as_of") {
        let message = "accrued_dividends is given, and not the date that it is of.";
        let help = "Fill in the date that accrued_dividends is of: the run's, or with a dividend_rate one before it.";
        line.reject("accrued_as_of", "missing", message, help);
    }
    let preference = preference.unwrap_or_else(|| whole(0));
    let (participation, conversion_ratio) = conversion(line, kind, price.as_ref(), &preference);
    let exercise_price = exercise_price(line, kind);
    if kind != 0 {
        no_preference(line, line.words("kind")[kind]);
    }
    let as_converted = line.word("common_dividends").map_or(kind == 1, |word| word == 1);
    if as_converted && conversion_ratio.is_none() {
        let message = "dividends as if it were converted need a conversion_ratio.";
        line.reject("common_dividends", "not-convertible", message, "Fill in conversion_ratio, or clear this cell.");
    }
    Class {
        dividend_rank: if kind == 0 { dividend_ranking.unwrap_or(rank) } else { rank },
        order: line.read_number("order", Value::whole).unwrap_or(1),
        liquidation_preference: preference,
        accrued_dividends,
        accrued_as_of,
        quarters_in_arrears: line.amount("quarters_in_arrears").unwrap_or_else(|| whole(0)),
        votes_per_share: line.amount("votes_per_share").unwrap_or_else(|| whole(0)),
        authorized_shares: line.read_number("authorized_shares", Value::shares),
        participation,
        conversion_ratio,
        keeps_accrued: line.word("accrued_on_conversion") == Some(1),
        exercise_price,
        rate: dividend_rate(line, price),
        shares_common_dividends: as_converted,
        place: line.row_place(),
        ..bare
    }
}

/// What it gets beside its preference, and how many Common shares it converts into.
fn conversion(
    line: &mut Line,
    kind: usize,
    price: Option<&Ratio>,
    preference: &Ratio,
) -> (Participation, Option<Ratio>) {
    let has_ratio = !line.is_blank("conversion_ratio");
    let ratio = line.amount("conversion_ratio");
    if ratio.as_ref().is_some_and(Zero::is_zero) {
        let help = "Type how many Common shares one share becomes; leave it blank where it does not convert.";
        let message = "a share that converts becomes more than 0 Common shares.";
        line.reject("conversion_ratio", "not-positive", message, help);
    }
    let word = line.word("participation").unwrap_or(0);
    let cap = line.per_share_or_multiple("participation_cap", price);
    let has_cap = !line.is_blank("participation_cap");
    if word != 2 && has_cap {
        let help = "Enter capped in participation, or clear this cell.";
        line.reject("participation_cap", "not-capped", "there is a cap, and participation is not capped.", help);
    }
    if word == 2 && !has_cap {
        let help = "Enter the most that a share gets, its preference included: an amount, or 3x.";
        line.reject("participation_cap", "missing", "participation is capped, and the cap is blank.", help);
    }
    if let Some(cap) = cap.as_ref().filter(|cap| word == 2 && *cap < preference) {
        let (cap, preference) = (plain(cap, PER_SHARE_DECIMALS), plain(preference, PER_SHARE_DECIMALS));
        let message = format!("the cap of {cap} a share is below the preference of {preference}, which it includes.");
        let help = "Correct the cap or liquidation_preference: the cap is the most a share gets, preference included.";
        line.reject("participation_cap", "below-preference", &message, help);
    }
    let participation = match (word, cap) {
        (1, _) => Participation::Full,
        (2, Some(cap)) => Participation::Capped(cap),
        _ => Participation::None,
    };
    let is_one = !has_ratio && (kind != 0 || word != 0);
    (participation, if is_one { Some(whole(1)) } else { ratio })
}

fn exercise_price(line: &mut Line, kind: usize) -> Ratio {
    let is_given = !line.is_blank("exercise_price");
    let price = line.per_share("exercise_price");
    if kind >= 2 && !is_given {
        let help = "Enter what it pays for a Common share; 0 where it pays nothing.";
        line.reject("exercise_price", "missing", "an option or a warrant has an exercise price.", help);
    }
    if kind < 2 && is_given {
        let help = "Clear this cell, or enter option or warrant in kind.";
        line.reject("exercise_price", "not-a-right", "only options and warrants have an exercise price.", help);
    }
    price.unwrap_or_else(|| whole(0))
}

/// The columns of what only preferred stock has.
const OF_PREFERRED: &str = "liquidation_preference participation participation_cap dividend_rate accrued_dividends \
                            ranking dividend_ranking";

fn no_preference(line: &mut Line, kind: &str) {
    for column in OF_PREFERRED.split(' ') {
        let says_nothing = ["none", "junior", "0", "0.00"].iter().any(|word| line.is_word(column, word));
        let is_zero = line.value(column).is_none_or(|value| value.number().is_ok_and(|number| number.is_zero()));
        if !says_nothing && !is_zero {
            let message =
                format!("this is for preferred stock, and the class is of kind {kind}: it ranks below all preferred.");
            line.reject(column, "not-preferred", &message, "Clear this cell, or correct the kind.");
        }
    }
}

fn dividend_rate(line: &mut Line, price: Option<Ratio>) -> Option<Rate> {
    let yearly = line.rate("dividend_rate");
    let day_count = line.worded("day_count").unwrap_or(DayCount::Thirty360);
    let compounding = line.worded("compounding").unwrap_or(Compounding::None);
    let from = line.date("dividends_from");
    if !line.is_blank("dividend_rate") && price.is_none() {
        let help = "Fill in original_price: the rate is applied to it.";
        line.reject("original_price", "missing", "there is a dividend_rate, and no original_price.", help);
    }
    Some(Rate { price: price?, yearly: yearly.filter(|rate| !rate.is_zero())?, day_count, compounding, from })
}
