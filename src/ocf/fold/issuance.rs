//! What issuances give, and what changes classes.

use super::{Family, Fold, Grant, NONE, Parcels, Security, Split, State};
use crate::model::Date;
use crate::ocf::ObjectId;
use crate::ocf::objects::{Transaction, carried};
use crate::quantity::{Ratio, plain, whole};
use num_traits::Signed;
use std::collections::HashMap;

/// More splits than a class ever has.
const MOST_SPLITS: usize = 1_000;

impl Fold<'_> {
    pub(super) fn issuance(&mut self, kind: &str, of: Transaction, object: &ObjectId, number: u32) {
        let Some(id) = of.security_id.as_deref() else { return self.missing(object, "security_id") };
        let ix = self.security(id);
        if self.is_later {
            self.later.insert(ix);
        }
        let Some(holder) = of.stakeholder_id.as_deref() else { return self.missing(object, "stakeholder_id") };
        let found = self.holders.get(holder).copied();
        if found.is_none() {
            let message =
                format!("The object {} is of the stakeholder {holder}, who is not in the package.", object.id);
            self.refuse("stakeholder_id.unknown", object, message);
        }
        for money in [&of.share_price, &of.exercise_price].into_iter().flatten() {
            self.currency(&money.currency, object);
        }
        let Some(mut family) = self.family_of(kind, &of, object) else { return };
        if matches!(family, Family::Rights { is_warrant: true, .. })
            && (of.quantity.is_none() || of.exercise_price.is_none())
        {
            // Without a number of shares it buys nothing that could be counted.
            family = Family::UncountedWarrant;
        }
        let quantity = match of.quantity {
            Some(quantity) if quantity.0.is_positive() => quantity.0,
            Some(quantity) => {
                let shown = plain(&quantity.0, 10);
                let message = format!("The object {} issues {shown} shares; it must be more than 0.", object.id);
                return self.refuse("quantity.not-positive", object, message);
            }
            None if !family.is_counted() => whole(1),
            None => return self.missing(object, "quantity"),
        };
        if let Some(earlier) = self.get(ix).filter(|earlier| earlier.date <= self.as_of) {
            let earlier = self.objects.text(earlier.object);
            let message = format!("The security {id} is issued twice, by {earlier} and by {}.", object.id);
            return self.refuse("security_id.twice", object, message);
        }
        let grant = Grant {
            price: of.exercise_price.map(|price| price.amount.0),
            terms: of.vesting_terms_id,
            list: of.vestings.filter(|list| !list.is_empty()),
            happened: Vec::new(),
            accelerated: whole(0),
            used: whole(0),
            expires: of.expiration_date.or(of.warrant_expiration_date).map(|day| day.0),
        };
        let certificate = self.objects.texts.push(of.custom_id.as_deref().unwrap_or_default());
        self.objects.full |= certificate.is_none();
        let security = Security {
            family,
            holder: found.unwrap_or(NONE),
            date: of.date.0,
            through: of.date.0,
            issued: quantity.into(),
            parcels: Parcels::AsIssued(of.date.0),
            state: State::Held,
            certificate: certificate.unwrap_or_default(),
            file: object.file,
            object: number,
            grant: matches!(family, Family::Rights { .. }).then(|| Box::new(grant)),
            carried: carried(&of.comments).into(),
        };
        if let Some(slot) = self.securities.get_mut(ix as usize) {
            *slot = Some(security);
        }
    }

    fn family_of(&mut self, kind: &str, of: &Transaction, object: &ObjectId) -> Option<Family> {
        Some(match kind {
            "TX_STOCK_ISSUANCE" => {
                let class = self.class(of.stock_class_id.as_deref(), object)?;
                if let Some(price) = of.share_price.as_ref().map(|price| &price.amount.0).filter(|_| !self.is_later) {
                    let known = self.folded.prices.entry(class as usize).or_insert_with(|| Some(price.clone()));
                    if known.as_ref() != Some(price) {
                        *known = None;
                    }
                }
                Family::Stock(class)
            }
            "TX_EQUITY_COMPENSATION_ISSUANCE" => match of.compensation_type.as_deref().unwrap_or("OPTION") {
                "RSU" => Family::Unit,
                "CSAR" | "SSAR" => Family::Appreciation,
                _ => {
                    let plan = of.stock_plan_id.as_deref().and_then(|id| self.plan_ids.get(id));
                    let plan = plan.and_then(|ix| self.plans.get(*ix as usize)).map(|(plan, _)| plan);
                    let of_plan =
                        plan.into_iter().flat_map(|plan| plan.stock_class_ids.iter().chain(&plan.stock_class_id));
                    let class = match &of.stock_class_id {
                        Some(id) => self.class(Some(id), object),
                        None => self.only_class(of_plan.map(String::as_str).collect(), object),
                    };
                    Family::Rights { is_warrant: false, class }
                }
            },
            "TX_WARRANT_ISSUANCE" => {
                let rights = of.exercise_triggers.iter().filter_map(|trigger| trigger.conversion_right.as_ref());
                let classes = rights.filter_map(|right| right.converts_to_stock_class_id.as_deref()).collect();
                Family::Rights { is_warrant: true, class: self.only_class(classes, object) }
            }
            _ => Family::Convertible,
        })
    }

    /// The class that all of these are.
    fn only_class(&mut self, mut ids: Vec<&str>, object: &ObjectId) -> Option<u32> {
        ids.sort_unstable();
        ids.dedup();
        if let [only] = ids.as_slice() { self.class(Some(only), object) } else { None }
    }

    fn class(&mut self, id: Option<&str>, object: &ObjectId) -> Option<u32> {
        let Some(id) = id else {
            self.missing(object, "stock_class_id");
            return None;
        };
        let found = self.classes.get(id).copied();
        if found.is_none() {
            let message = format!("The object {} is of the stock class {id}, which is not in the package.", object.id);
            self.refuse("stock_class_id.unknown", object, message);
        }
        found
    }

    fn currency(&mut self, currency: &str, object: &ObjectId) {
        match &self.folded.currency {
            _ if self.is_later => {}
            None => self.folded.currency = Some((currency.to_owned(), object.clone())),
            Some((first, _)) if first == currency => {}
            Some((first, at)) => {
                let message = format!(
                    "The object {} has an amount in {currency}; the object {} has one in {first}, and a case has one currency.",
                    object.id, at.id
                );
                self.refuse("currency.differs", object, message);
            }
        }
    }

    pub(super) fn class_changes(&mut self, of: Transaction, object: ObjectId) {
        let Some(class) = self.class(of.stock_class_id.as_deref(), &object) else { return };
        let (class, date) = (class as usize, of.date.0);
        if let Some(ratio) = of.split_ratio {
            let ratio = (ratio.numerator.0, ratio.denominator.0);
            if !ratio.0.is_positive() || !ratio.1.is_positive() {
                let message = format!("The split {} has a ratio that is not above 0.", object.id);
                return self.refuse("split_ratio.not-positive", &object, message);
            }
            if self.folded.splits.iter().filter(|split| split.class == class).count() >= MOST_SPLITS {
                let message = format!("The split {} is one of more than {MOST_SPLITS} of its class.", object.id);
                return self.refuse("split.too-many", &object, message);
            }
            self.folded.splits.push(Split { date, class, ratio, object, carried: carried(&of.comments).into() });
        } else if let Some(conversion) = of.new_ratio_conversion_mechanism {
            keep_latest(&mut self.folded.conversions, class, conversion, date);
        } else if let Some(shares) = of.new_shares_authorized {
            keep_latest(&mut self.folded.authorized, class, shares.0, date);
        } else {
            self.missing(&object, "ratio or number");
        }
    }

    /// The product of a class's splits after one date and up to another.
    pub(super) fn factor(&self, class: u32, after: Date, through: Date) -> Option<Ratio> {
        let splits = self.folded.splits.iter().filter(|split| split.class == class as usize);
        let splits = splits.filter(|split| after < split.date && split.date <= through);
        splits.map(|split| &split.ratio.0 / &split.ratio.1).reduce(|all, ratio| all * ratio)
    }
}

fn keep_latest<T>(of_classes: &mut HashMap<usize, (T, Date)>, class: usize, value: T, date: Date) {
    if of_classes.get(&class).is_none_or(|(_, earlier)| *earlier <= date) {
        of_classes.insert(class, (value, date));
    }
}
