//! Stock classes as classes of the register: what they are called, how they rank, what their preference comes to.

use super::fold::{Finding, Folded};
use super::objects::{StockClass, carried};
use super::{Column, ObjectId, TableRow};
use crate::model::class::{COMMON, SERIES_A};
use crate::problem::Severity;
use crate::quantity::{Ratio, parse_decimal, plain, terminating, whole};
use num_traits::{Signed, Zero};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

/// The package's stock classes, and the options and warrants on them.
#[derive(Debug, Default)]
pub(crate) struct StockClasses {
    pub ids: Vec<String>,
    /// The ids of options and warrants; none where they have no place.
    pub rights: Vec<Option<String>>,
    pub rows: Vec<TableRow>,
    /// Terms that the classes say.
    pub terms: Vec<(&'static str, String, ObjectId)>,
    pub findings: Vec<Finding>,
}

type Cells = Vec<(Column, String)>;

/// What comments carry wins over what was made.
fn overrule(cells: &mut Cells, carried: impl IntoIterator<Item = (Column, String)>) {
    for (column, value) in carried {
        cells.retain(|(name, _)| *name != column);
        cells.push((column, value));
    }
}

fn cell(column: &'static str, value: impl Into<String>) -> (Column, String) {
    (column.into(), value.into())
}

impl StockClasses {
    pub(crate) fn new(classes: &[(StockClass, u16)], folded: &Folded) -> Self {
        let mut made = Self::default();
        let common = common(classes);
        made.name_all(classes, common);
        let preferred = classes.iter().filter(|(class, _)| class.class_type == "PREFERRED");
        let seniorities: BTreeSet<&Ratio> =
            preferred.filter_map(|(class, _)| class.seniority.as_ref().map(|seniority| &seniority.0)).collect();
        let seniorities: Vec<&Ratio> = seniorities.into_iter().rev().collect();
        let series = classes.iter().find(|(class, _)| class.id == SERIES_A);
        let series = series.and_then(|(class, _)| class.seniority.as_ref()).map(|seniority| &seniority.0);
        for (ix, (class, file)) in classes.iter().enumerate() {
            let object = ObjectId { file: *file, id: Arc::from(class.id.as_str()) };
            let id = made.ids.get(ix).cloned().unwrap_or_default();
            let authorized = folded.authorized.get(&ix).map(|(shares, _)| shares.clone()).or_else(|| {
                let stated = class.initial_shares_authorized.as_ref()?;
                parse_decimal(stated.as_str()?)
            });
            let authorized = authorized.map(|shares| plain(&shares, 6));
            let terms = match id.as_str() {
                SERIES_A => Some(("series_name", "authorized_shares")),
                COMMON => Some(("common_name", "common_authorized_shares")),
                _ => None,
            };
            if let Some((name, shares)) = terms {
                made.terms.push((name, class.name.clone(), object.clone()));
                made.terms.extend(authorized.map(|authorized| (shares, authorized, object)));
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
            let mut cells = vec![cell("class", id), cell("name", class.name.clone())];
            cells.extend(authorized.map(|shares| cell("authorized_shares", shares)));
            cells.extend(class.votes_per_share.as_ref().map(|votes| cell("votes_per_share", plain(&votes.0, 10))));
            let ratio = made.conversion(classes, folded, ix, common, &object);
            if class.class_type == "PREFERRED" {
                made.preferred(class, &seniorities, series, folded.prices.get(&ix), &object, &mut cells);
            } else {
                cells.extend([cell("kind", "common"), cell("ranking", "junior")]);
            }
            cells.extend(ratio.map(|ratio| cell("conversion_ratio", ratio)));
            overrule(&mut cells, carried(&class.comments));
            made.rows.push(TableRow { object, cells });
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
        let (mut taken, mut next) = (HashSet::new(), HashMap::new());
        for (ix, (class, _)) in classes.iter().enumerate() {
            if common == Some(ix) || class.id == SERIES_A {
                self.ids.push(if common == Some(ix) { COMMON } else { SERIES_A }.to_owned());
                continue;
            }
            let readable = class.id.len() <= 30 && !class.id.contains(' ') && slug(&class.id) == class.id;
            let base = if readable { class.id.clone() } else { slug(&class.name) };
            let base = match base.as_str() {
                "" => "class".to_owned(),
                COMMON | SERIES_A => format!("{base}-stock"),
                _ => base,
            };
            // Where the last of the same name left off: a package may have thousands of one name.
            let number = next.entry(base.clone()).or_insert(1);
            let id = loop {
                let id = if *number == 1 { base.clone() } else { format!("{base}-{number}") };
                *number += 1;
                if taken.insert(id.clone()) {
                    break id;
                }
            };
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
        let mechanism = changed.map(|(mechanism, _)| mechanism).or(stated.map(|right| &right.conversion_mechanism));
        let ratio = mechanism?.ratio.as_ref()?;
        if !ratio.numerator.0.is_positive() || !ratio.denominator.0.is_positive() {
            let message = format!("{}: its conversion ratio is not above 0.", class.name);
            self.find(Severity::Error, "conversion.not-positive", object, message);
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
        object: &ObjectId,
        cells: &mut Cells,
    ) {
        let own = class.seniority.as_ref().map(|seniority| &seniority.0);
        let ranking = match (own, series) {
            (Some(own), Some(series)) if own < series => "junior",
            (Some(own), Some(series)) if own == series => "parity",
            _ => "senior",
        };
        cells.push(cell("ranking", ranking));
        let place = own.and_then(|own| seniorities.iter().position(|other| *other == own));
        cells.extend(place.map(|place| cell("order", (place + 1).to_string())));
        cells.push(cell("kind", "preferred"));
        let stated = class.price_per_share.as_ref().map(|price| &price.amount.0);
        let price = stated.or(issued_for.and_then(Option::as_ref)).filter(|price| price.is_positive());
        cells.extend(price.map(|price| cell("original_price", plain(price, 12))));
        let multiple = class.liquidation_preference_multiple.as_ref().map(|multiple| &multiple.0);
        match (multiple, price) {
            (Some(multiple), Some(price)) => {
                cells.push(cell("liquidation_preference", plain(&(multiple * price), 12)));
            }
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
        if let (Some(cap), Some(price)) = (participates, price) {
            cells.extend([cell("participation", "capped"), cell("participation_cap", plain(&(cap * price), 12))]);
            return;
        }
        cells.push(cell("participation", "none"));
        if cap.is_none() {
            let message = format!(
                "{}: it states no participation_cap_multiple above 0, and is taken as not participating.",
                class.name
            );
            self.find(Severity::Note, "participation_cap_multiple.missing", object, message);
        }
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
            let mut cells = vec![
                cell("class", id.clone()),
                cell("name", format!("{plural} at {shown}")),
                cell("kind", kind),
                cell("ranking", "junior"),
                cell("exercise_price", shown),
            ];
            let of_class = carried.iter().filter_map(|(column, value)| Some((column.strip_prefix("class ")?, value)));
            overrule(&mut cells, of_class.map(|(column, value)| (column.to_owned().into(), value.clone())));
            self.rows.push(TableRow { object: object.clone(), cells });
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
