//! Stock classes as classes of the register: what they are called, how they rank, what their preference comes to.

use super::ObjectId;
use super::fold::{Finding, Folded};
use super::objects::{StockClass, carried};
use crate::problem::Severity;
use crate::quantity::{Ratio, parse_decimal, plain, terminating, whole};
use num_traits::{Signed, Zero};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The ids of the two classes that the terms say all about.
pub(crate) const SERIES_A: &str = "series-a";
pub(crate) const COMMON: &str = "common";

/// A row of the classes table.
#[derive(Debug)]
pub(crate) struct ClassRow {
    pub object: ObjectId,
    pub cells: Vec<(String, String)>,
}

/// The package's stock classes, and the options and warrants on them.
#[derive(Debug, Default)]
pub(crate) struct StockClasses {
    /// The id of each stock class.
    pub ids: Vec<String>,
    /// The ids of options and warrants; none where they have no place.
    pub rights: Vec<Option<String>>,
    /// Rows of the classes table.
    pub rows: Vec<ClassRow>,
    /// Terms that the classes say.
    pub terms: Vec<(&'static str, String, ObjectId)>,
    /// What is said of them.
    pub findings: Vec<Finding>,
}

impl StockClasses {
    /// What the classes come to.
    pub(crate) fn new(classes: &[(StockClass, u16)], folded: &Folded) -> Self {
        let mut made = Self::default();
        let common = common(classes);
        made.name_all(classes, common);
        let mut seniorities: Vec<&Ratio> = classes
            .iter()
            .filter(|(class, _)| class.class_type == "PREFERRED")
            .filter_map(|(class, _)| class.seniority.as_ref().map(|seniority| &seniority.0))
            .collect();
        seniorities.sort();
        seniorities.dedup();
        seniorities.reverse();
        let series = classes.iter().find(|(class, _)| class.id == SERIES_A);
        let series = series.and_then(|(class, _)| class.seniority.as_ref()).map(|seniority| &seniority.0);
        for (ix, (class, file)) in classes.iter().enumerate() {
            let object = ObjectId { file: *file, id: Arc::from(class.id.as_str()) };
            let made_id = made.ids.get(ix).cloned().unwrap_or_default();
            let mut cells = vec![("class".to_owned(), made_id.clone()), ("name".to_owned(), class.name.clone())];
            let authorized = folded.authorized.get(&ix).map(|(shares, _)| shares.clone()).or_else(|| {
                let text = class.initial_shares_authorized.as_ref().and_then(|value| value.as_str().map(str::to_owned));
                text.and_then(|text| parse_decimal(&text))
            });
            let authorized = authorized.map(|shares| plain(&shares, 6));
            if made_id == COMMON || made_id == SERIES_A {
                let of_series = made_id == SERIES_A;
                let term = if of_series { "series_name" } else { "common_name" };
                made.terms.push((term, class.name.clone(), object.clone()));
                if let Some(shares) = authorized {
                    let term = if of_series { "authorized_shares" } else { "common_authorized_shares" };
                    made.terms.push((term, shares, object.clone()));
                }
                continue;
            }
            if !["COMMON", "PREFERRED"].contains(&class.class_type.as_str()) {
                let message =
                    format!("{}: its class_type is {}, not COMMON or PREFERRED.", class.name, class.class_type);
                made.find(Severity::Error, "class_type.unknown", &object, message);
            }
            if let Some(split) = folded.splits.iter().find(|split| split.class == ix) {
                let message = format!(
                    "{}: its price, preference and conversion ratio are of one share and may have been stated before the split \
                     {}; they are taken as they are, for the shares after it.",
                    class.name, split.object.id
                );
                made.find(Severity::Warning, "price_per_share.before-split", &object, message);
            }
            let mut add = |column: &str, value: String| cells.push((column.to_owned(), value));
            if let Some(shares) = authorized {
                add("authorized_shares", shares);
            }
            if let Some(votes) = &class.votes_per_share {
                add("votes_per_share", plain(&votes.0, 10));
            }
            let ratio = made.conversion(classes, folded, ix, common, &object);
            if class.class_type == "PREFERRED" {
                let issued_for = folded.prices.get(&ix);
                cells.extend(made.preferred(class, &seniorities, series, issued_for, ratio, &object));
            } else {
                cells.push(("kind".to_owned(), "common".to_owned()));
                cells.push(("ranking".to_owned(), "junior".to_owned()));
                cells.extend(ratio.map(|ratio| ("conversion_ratio".to_owned(), ratio)));
            }
            for (column, value) in carried(&class.comments) {
                cells.retain(|(name, _)| *name != column);
                cells.push((column, value));
            }
            made.rows.push(ClassRow { object, cells });
        }
        made.rights(classes, folded, common);
        made
    }

    fn find(&mut self, severity: Severity, what: &'static str, object: &ObjectId, message: String) {
        let help = match severity {
            Severity::Error => "Correct the stock class, and export the package again.",
            _ => "Nothing to do if that is right; else correct the stock class and export the package again.",
        };
        self.findings.push(Finding { severity, what, object: object.clone(), message, help });
    }

    /// Ids that people can read: the class's own where it is a short word, else its name in such words.
    fn name_all(&mut self, classes: &[(StockClass, u16)], common: Option<usize>) {
        let mut taken: BTreeSet<String> = BTreeSet::from([COMMON.to_owned(), SERIES_A.to_owned()]);
        for (ix, (class, _)) in classes.iter().enumerate() {
            if common == Some(ix) {
                self.ids.push(COMMON.to_owned());
                continue;
            }
            if class.id == SERIES_A {
                self.ids.push(SERIES_A.to_owned());
                continue;
            }
            let readable = class.id.len() <= 30 && !class.id.contains(' ') && slug(&class.id) == class.id;
            let base = if readable { class.id.clone() } else { slug(&class.name) };
            let base = if base.is_empty() { "class".to_owned() } else { base };
            let base = if [COMMON, SERIES_A].contains(&base.as_str()) { format!("{base}-stock") } else { base };
            let id = (1..).map(|n| if n == 1 { base.clone() } else { format!("{base}-{n}") });
            let id = id.take(classes.len() + 3).find(|id| !taken.contains(id)).unwrap_or(base);
            taken.insert(id.clone());
            self.ids.push(id);
        }
    }

    /// Common shares per share of a class, where it converts.
    fn conversion(
        &mut self,
        classes: &[(StockClass, u16)],
        folded: &Folded,
        ix: usize,
        common: Option<usize>,
        object: &ObjectId,
    ) -> Option<String> {
        let (class, _) = classes.get(ix)?;
        let stated = class.conversion_rights.first();
        let changed = folded.conversions.get(&ix);
        let ratio = changed
            .map(|(mechanism, _)| mechanism)
            .or(stated.map(|right| &right.conversion_mechanism))?
            .ratio
            .as_ref()?;
        if !ratio.numerator.0.is_positive() || !ratio.denominator.0.is_positive() {
            self.find(
                Severity::Error,
                "conversion.not-positive",
                object,
                format!("{}: its conversion ratio is not above 0.", class.name),
            );
            return None;
        }
        let target = stated.and_then(|right| right.converts_to_stock_class_id.as_deref());
        let target = target.and_then(|id| classes.iter().position(|(class, _)| class.id == id)).or(common);
        if target != common {
            let message = format!(
                "{}: it converts into a class other than {COMMON}, which has no place here: it is taken as not convertible.",
                class.name
            );
            self.find(Severity::Warning, "conversion.other-class", object, message);
            return None;
        }
        let since = changed.map(|(_, date)| *date);
        let split = folded
            .splits
            .iter()
            .find(|split| Some(split.class) == target && since.is_none_or(|since| since < split.date))
            .filter(|_| !carried(&class.comments).iter().any(|(column, _)| column == "conversion_ratio"));
        if let Some(split) = split {
            let message = format!(
                "{}: its conversion ratio was stated before the split {} of the class that it converts into, and is taken as it is.",
                class.name, split.object.id
            );
            self.find(Severity::Warning, "conversion.before-split", object, message);
        }
        let ratio = &ratio.numerator.0 / &ratio.denominator.0;
        let exact = terminating(&ratio);
        if exact.is_none() {
            let shown = plain(&ratio, 12);
            let message = format!("{}: its conversion ratio is no decimal; it is taken as {shown}.", class.name);
            self.find(Severity::Warning, "conversion.rounded", object, message);
            return Some(shown);
        }
        exact
    }

    fn preferred(
        &mut self,
        class: &StockClass,
        seniorities: &[&Ratio],
        series: Option<&Ratio>,
        issued_for: Option<&Option<Ratio>>,
        ratio: Option<String>,
        object: &ObjectId,
    ) -> Vec<(String, String)> {
        let mut cells: Vec<(String, String)> = Vec::new();
        let mut add = |column: &str, value: String| cells.push((column.to_owned(), value));
        let own = class.seniority.as_ref().map(|seniority| &seniority.0);
        let ranking = match (own, series) {
            (Some(own), Some(series)) if own < series => "junior",
            (Some(own), Some(series)) if own == series => "parity",
            _ => "senior",
        };
        add("ranking", ranking.to_owned());
        if let Some(place) = own.and_then(|own| seniorities.iter().position(|other| *other == own)) {
            add("order", (place + 1).to_string());
        }
        add("kind", "preferred".to_owned());
        let stated = class.price_per_share.as_ref().map(|price| &price.amount.0);
        let price = stated.or(issued_for.and_then(Option::as_ref)).filter(|price| price.is_positive());
        if let Some(price) = price {
            add("original_price", plain(price, 12));
        }
        let multiple = class.liquidation_preference_multiple.as_ref().map(|multiple| &multiple.0);
        match (multiple, price) {
            (Some(multiple), Some(price)) => add("liquidation_preference", plain(&(multiple * price), 12)),
            (Some(multiple), None) if multiple.is_positive() && issued_for.is_some() => {
                let message = format!(
                    "{}: its liquidation preference is a multiple of a price_per_share, which it does not state, and its shares \
                     were issued at several prices.",
                    class.name
                );
                self.find(Severity::Error, "price_per_share.missing", object, message);
            }
            (Some(_), None) => {}
            (None, _) => {
                let message =
                    format!("{}: it states no liquidation_preference_multiple, and so has no preference.", class.name);
                self.find(Severity::Warning, "liquidation_preference_multiple.missing", object, message);
            }
        }
        let cap = class.participation_cap_multiple.as_ref().map(|cap| &cap.0).filter(|cap| !cap.is_zero());
        let zero = whole(0);
        let participates = cap.filter(|cap| *cap > multiple.unwrap_or(&zero));
        match (participates, price) {
            (Some(cap), Some(price)) => {
                cells.push(("participation".to_owned(), "capped".to_owned()));
                cells.push(("participation_cap".to_owned(), plain(&(cap * price), 12)));
            }
            _ => {
                cells.push(("participation".to_owned(), "none".to_owned()));
                if cap.is_none() {
                    let message = format!(
                        "{}: it states no participation_cap_multiple above 0, and is taken as not participating.",
                        class.name
                    );
                    self.find(Severity::Note, "participation_cap_multiple.missing", object, message);
                }
            }
        }
        cells.extend(ratio.map(|ratio| ("conversion_ratio".to_owned(), ratio)));
        cells
    }

    /// A class for the options of each price, and one for the warrants.
    fn rights(&mut self, classes: &[(StockClass, u16)], folded: &Folded, common: Option<usize>) {
        self.rights = vec![None; folded.rights.len()];
        let mut order: Vec<usize> = (0..folded.rights.len()).collect();
        order.sort_by_key(|ix| folded.rights.get(*ix).map(|(right, ..)| right));
        for ix in order {
            let Some((right, object, carried)) = folded.rights.get(ix) else { continue };
            let Some((stock, _)) = classes.get(right.class) else { continue };
            let (kind, plural) = if right.is_warrant { ("warrant", "Warrants") } else { ("option", "Options") };
            if stock.class_type == "PREFERRED" || Some(right.class) != common {
                let message = format!(
                    "{}: it buys {}, and only what buys {COMMON} has a place here: all {kind}s on that class are left out.",
                    object.id, stock.name
                );
                self.find(Severity::Note, "security.left-out", object, message);
                continue;
            }
            let shown = plain(&right.price, 12);
            let id = right.own.clone().unwrap_or_else(|| format!("{kind}s-{shown}"));
            let cells = [
                ("class", id.clone()),
                ("name", format!("{plural} at {shown}")),
                ("kind", kind.to_owned()),
                ("ranking", "junior".to_owned()),
                ("exercise_price", shown),
            ];
            let mut cells = cells.map(|(column, value)| (column.to_owned(), value)).to_vec();
            for (column, value) in carried {
                let Some(column) = column.strip_prefix("class ") else { continue };
                cells.retain(|(name, _)| name != column);
                cells.push((column.to_owned(), value.clone()));
            }
            self.rows.push(ClassRow { object: object.clone(), cells });
            if let Some(slot) = self.rights.get_mut(ix) {
                *slot = Some(id);
            }
        }
    }
}

/// The class that is Common: the one that is called so, else the first of type COMMON that preferred stock converts
/// into, else the first.
fn common(classes: &[(StockClass, u16)]) -> Option<usize> {
    let all = || classes.iter().enumerate().filter(|(_, (class, _))| class.class_type == "COMMON");
    let called = |class: &StockClass| {
        class.id == COMMON || ["common", "common-stock", "common-shares"].contains(&slug(&class.name).as_str())
    };
    let is_target = |class: &StockClass| {
        let rights = classes.iter().flat_map(|(other, _)| &other.conversion_rights);
        rights.filter_map(|right| right.converts_to_stock_class_id.as_deref()).any(|id| id == class.id)
    };
    let called = all().find(|(_, (class, _))| called(class));
    let found = called.or_else(|| all().find(|(_, (class, _))| is_target(class))).or_else(|| all().next());
    found.map(|(ix, _)| ix)
}

/// `Series Seed Preferred` as `series-seed-preferred`.
pub(crate) fn slug(text: &str) -> String {
    let words: Vec<String> =
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    words.join("-")
}
