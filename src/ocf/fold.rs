//! Transactions folded into holdings as of a date: what was issued, moved, retired, converted, split, exercised.
//!
//! A security is what one issuance gave. Whatever moves its shares closes it and opens others, whose own issuances say how
//! many they hold; shares that move keep the day on which the company first issued them.

mod close;
mod events;
mod order;

use super::ObjectId;
use super::objects::{
    RatioConversion, Stakeholder, StockClass, StockPlan, Transaction, Vesting, VestingTerms, carried,
};
use super::vesting::Happened;
use crate::model::calendar::Date;
use crate::problem::Severity;
use crate::quantity::{Ratio, plain, whole};
use num_traits::Signed;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::mem;
use std::sync::Arc;

/// More splits than a class ever has.
const MOST_SPLITS: usize = 1_000;
/// So often is looked for the shares that an exercise gave, where the package does not name them.
const MOST_SEARCHES: u32 = 1_000;

/// A transaction whose predecessors are still being counted.
const OPEN: usize = usize::MAX;

/// What is said of an object.
#[derive(Debug)]
pub(crate) struct Finding {
    pub severity: Severity,
    pub what: &'static str,
    pub object: ObjectId,
    pub message: String,
    pub help: &'static str,
}

/// What a lot is of.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Of {
    /// Shares of a stock class, by its index.
    Stock(usize),
    /// Options on shares of a class, at a price, and the id of their own class where they have one.
    Options(usize, Ratio, Option<String>),
    /// Warrants likewise.
    Warrants(usize, Ratio, Option<String>),
}

/// Shares or options of one holder.
#[derive(Debug)]
pub(crate) struct Lot {
    pub holder: u32,
    pub of: Of,
    pub quantity: Ratio,
    pub issued: Date,
    pub retired: Option<Date>,
    pub certificate: String,
    pub object: ObjectId,
    /// Columns that comments carry.
    pub carried: Vec<(String, String)>,
}

/// A split of a class.
#[derive(Debug)]
pub(crate) struct Split {
    pub date: Date,
    pub class: usize,
    pub ratio: (Ratio, Ratio),
    pub object: ObjectId,
    pub carried: Vec<(String, String)>,
}

/// What all transactions come to.
#[derive(Debug, Default)]
pub(crate) struct Folded {
    pub lots: Vec<Lot>,
    pub splits: Vec<Split>,
    /// Conversion rights as they were changed last, by class.
    pub conversions: HashMap<usize, (RatioConversion, Date)>,
    /// Authorised shares as they were changed last, by class.
    pub authorized: HashMap<usize, (Ratio, Date)>,
    pub findings: Vec<Finding>,
    /// What the shares of a class were issued for; none where issuances differ.
    pub prices: HashMap<usize, Option<Ratio>>,
    /// The currency of the first amount, and where it stands.
    pub currency: Option<(String, ObjectId)>,
}

enum Family {
    Stock(usize),
    Rights {
        warrant: bool,
        class: Option<usize>,
        price: Option<Ratio>,
    },
    /// Neither shares nor rights to buy them at a price: restricted units, convertible notes; counted or not.
    Other(&'static str, bool),
}

enum State {
    /// Held since its issuance, or since what made it.
    Held,
    /// Made by a transaction that was not reached yet.
    Waiting,
    /// Closed by an object on a date.
    Gone(Arc<str>, Date),
}

struct Vests {
    terms: Option<String>,
    list: Option<Vec<Vesting>>,
    happened: Happened,
    accelerated: Ratio,
    /// What of the grant was exercised.
    used: Ratio,
    expires: Option<Date>,
}

struct Security {
    family: Family,
    holder: Option<u32>,
    date: Date,
    /// Splits up to this date are in its quantity.
    through: Date,
    /// What its issuance says, in shares of today.
    issued: Ratio,
    /// Shares by the day on which the company first issued them.
    parcels: Vec<(Date, Ratio)>,
    state: State,
    certificate: String,
    object: ObjectId,
    vests: Option<Box<Vests>>,
    carried: Vec<(String, String)>,
}

impl Security {
    fn quantity(&self) -> Ratio {
        self.parcels.iter().map(|(_, quantity)| quantity).sum()
    }

    /// Takes shares out, those first that were issued first.
    fn take(&mut self, mut wanted: Ratio) -> Vec<(Date, Ratio)> {
        self.parcels.sort_by_key(|(date, _)| *date);
        let mut taken = Vec::new();
        for (date, quantity) in mem::take(&mut self.parcels) {
            let part = wanted.clone().min(quantity.clone());
            wanted -= &part;
            let rest = quantity - &part;
            if part.is_positive() {
                taken.push((date, part));
            }
            if rest.is_positive() {
                self.parcels.push((date, rest));
            }
        }
        taken
    }

    fn same_kind(&self, other: &Self) -> bool {
        match (&self.family, &other.family) {
            (Family::Stock(one), Family::Stock(two)) => one == two,
            (Family::Rights { warrant: one, .. }, Family::Rights { warrant: two, .. }) => one == two,
            (Family::Other(one, _), Family::Other(two, _)) => one == two,
            _ => false,
        }
    }

    fn is_counted(&self) -> bool {
        !matches!(self.family, Family::Other(_, false))
    }
}

enum Kind {
    Move { quantity: Option<Ratio>, to: Vec<u32>, balance: Option<u32> },
    Retire { quantity: Option<Ratio>, balance: Option<u32> },
    Retract,
    Convert { quantity: Option<Ratio>, to: Vec<u32>, balance: Option<u32> },
    Exercise { quantity: Option<Ratio>, to: Vec<u32> },
    Reprice(Ratio),
    Vest(String),
    Accelerate(Ratio),
}

struct Event {
    date: Date,
    object: ObjectId,
    /// What it takes from: one security, or those that are consolidated.
    from: Vec<u32>,
    kind: Kind,
}

/// Takes transactions one by one, in any order.
pub(crate) struct Fold<'f> {
    as_of: Date,
    holders: HashMap<&'f str, u32>,
    classes: HashMap<&'f str, usize>,
    plans: HashMap<&'f str, &'f StockPlan>,
    terms: HashMap<&'f str, &'f VestingTerms>,
    ids: HashMap<Arc<str>, u32>,
    names: Vec<Arc<str>>,
    securities: Vec<Option<Security>>,
    later: HashSet<u32>,
    seen: HashSet<Arc<str>>,
    events: Vec<Event>,
    /// How many objects of a type say nothing of who holds what, and the first of them.
    idle: BTreeMap<String, (u64, ObjectId)>,
    searches: u32,
    folded: Folded,
}

impl<'f> Fold<'f> {
    /// Nothing happened yet.
    pub(crate) fn new(
        as_of: Date,
        holders: &'f [(Stakeholder, u16)],
        classes: &'f [(StockClass, u16)],
        plans: &'f [StockPlan],
        terms: &'f [VestingTerms],
    ) -> Self {
        Self {
            as_of,
            holders: (0..).zip(holders).map(|(ix, (holder, _))| (holder.id.as_str(), ix)).collect(),
            classes: classes.iter().enumerate().map(|(ix, (class, _))| (class.id.as_str(), ix)).collect(),
            plans: plans.iter().map(|plan| (plan.id.as_str(), plan)).collect(),
            terms: terms.iter().map(|terms| (terms.id.as_str(), terms)).collect(),
            ids: HashMap::new(),
            names: Vec::new(),
            securities: Vec::new(),
            later: HashSet::new(),
            seen: HashSet::new(),
            events: Vec::new(),
            idle: BTreeMap::new(),
            searches: 0,
            folded: Folded::default(),
        }
    }

    fn find(&mut self, severity: Severity, what: &'static str, object: &ObjectId, message: String, help: &'static str) {
        self.folded.findings.push(Finding { severity, what, object: object.clone(), message, help });
    }

    fn refuse(&mut self, what: &'static str, object: &ObjectId, message: String) {
        self.find(
            Severity::Error,
            what,
            object,
            message,
            "Correct the package where it comes from, and export it again.",
        );
    }

    fn note(&mut self, what: &'static str, object: &ObjectId, message: String) {
        let help = "Nothing to do if that is right; else see to it outside this package.";
        self.find(Severity::Note, what, object, message, help);
    }

    fn security(&mut self, id: &str) -> u32 {
        if let Some(ix) = self.ids.get(id) {
            return *ix;
        }
        let ix = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        let id: Arc<str> = id.into();
        self.ids.insert(id.clone(), ix);
        self.names.push(id);
        self.securities.push(None);
        ix
    }

    fn name(&self, security: u32) -> Arc<str> {
        self.names.get(security as usize).cloned().unwrap_or_default()
    }

    fn get(&self, security: u32) -> Option<&Security> {
        self.securities.get(security as usize)?.as_ref()
    }

    fn get_mut(&mut self, security: u32) -> Option<&mut Security> {
        self.securities.get_mut(security as usize)?.as_mut()
    }

    /// Takes a transaction of the package's file number `file`.
    pub(crate) fn take(&mut self, transaction: Transaction, file: u16) {
        let object = ObjectId { file, id: transaction.id.as_str().into() };
        if transaction.date.0 > self.as_of {
            if transaction.object_type.ends_with("_ISSUANCE")
                && let Some(id) = &transaction.security_id
            {
                let security = self.security(id);
                self.later.insert(security);
            }
            return;
        }
        let kind = transaction.object_type.replace("PLAN_SECURITY", "EQUITY_COMPENSATION");
        let idle = ["_ACCEPTANCE", "_RETURN_TO_POOL", "_POOL_ADJUSTMENT"].iter().any(|end| kind.ends_with(end))
            || kind.starts_with("CE_")
            || kind == "TX_ISSUER_AUTHORIZED_SHARES_ADJUSTMENT";
        if idle {
            self.idle.entry(transaction.object_type).or_insert((0, object)).0 += 1;
            return;
        }
        if !self.seen.insert(object.id.clone()) {
            let message = format!("Two objects have the id {}.", object.id);
            return self.refuse("object.twice", &object, message);
        }
        match kind.as_str() {
            "TX_STOCK_ISSUANCE"
            | "TX_EQUITY_COMPENSATION_ISSUANCE"
            | "TX_WARRANT_ISSUANCE"
            | "TX_CONVERTIBLE_ISSUANCE" => {
                self.issuance(&kind, transaction, object);
            }
            "TX_STOCK_CLASS_SPLIT"
            | "TX_STOCK_CLASS_CONVERSION_RATIO_ADJUSTMENT"
            | "TX_STOCK_CLASS_AUTHORIZED_SHARES_ADJUSTMENT" => {
                self.class_changes(transaction, object);
            }
            _ => self.event(&kind, transaction, object),
        }
    }

    fn missing(&mut self, object: &ObjectId, field: &str) {
        self.refuse("object.not-understood", object, format!("The object {} has no {field}.", object.id));
    }

    fn class(&mut self, id: Option<&str>, object: &ObjectId) -> Option<usize> {
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

    fn issuance(&mut self, kind: &str, of: Transaction, object: ObjectId) {
        let Some(id) = of.security_id.as_deref() else { return self.missing(&object, "security_id") };
        let holder = match of.stakeholder_id.as_deref().map(|id| (id, self.holders.get(id).copied())) {
            Some((_, Some(holder))) => Some(holder),
            Some((id, None)) => {
                let message =
                    format!("The object {} is of the stakeholder {id}, who is not in the package.", object.id);
                self.refuse("stakeholder_id.unknown", &object, message);
                None
            }
            None => return self.missing(&object, "stakeholder_id"),
        };
        for money in [&of.share_price, &of.exercise_price].into_iter().flatten() {
            self.currency(&money.currency, &object);
        }
        let price = of.exercise_price.as_ref().map(|price| price.amount.0.clone());
        let family = match kind {
            "TX_STOCK_ISSUANCE" => match self.class(of.stock_class_id.as_deref(), &object) {
                Some(class) => {
                    if let Some(price) = of.share_price.as_ref().map(|price| price.amount.0.clone()) {
                        let known = self.folded.prices.entry(class).or_insert_with(|| Some(price.clone()));
                        if known.as_ref() != Some(&price) {
                            *known = None;
                        }
                    }
                    Family::Stock(class)
                }
                None => return,
            },
            "TX_EQUITY_COMPENSATION_ISSUANCE" => match of.compensation_type.as_deref().unwrap_or("OPTION") {
                "RSU" => Family::Other("a restricted stock unit", true),
                "CSAR" | "SSAR" => Family::Other("a stock appreciation right", true),
                _ => Family::Rights { warrant: false, class: self.class_of_grant(&of, &object), price },
            },
            "TX_WARRANT_ISSUANCE" => {
                let rights = of.exercise_triggers.iter().filter_map(|trigger| trigger.conversion_right.as_ref());
                let mut classes: Vec<&str> =
                    rights.filter_map(|right| right.converts_to_stock_class_id.as_deref()).collect();
                classes.sort_unstable();
                classes.dedup();
                let class = match classes.as_slice() {
                    [only] => {
                        let only = (*only).to_owned();
                        self.class(Some(&only), &object)
                    }
                    _ => None,
                };
                Family::Rights { warrant: true, class, price }
            }
            _ => Family::Other("a convertible", false),
        };
        let uncounted_warrant = matches!(family, Family::Rights { warrant: true, .. })
            && (of.quantity.is_none() || of.exercise_price.is_none());
        let quantity = match (&family, of.quantity) {
            (_, Some(quantity)) if quantity.0.is_positive() => quantity.0,
            (Family::Other(_, false) | Family::Rights { warrant: true, .. }, None) => whole(1),
            (_, None) => return self.missing(&object, "quantity"),
            (_, Some(quantity)) => {
                let shown = plain(&quantity.0, 10);
                let message = format!("The object {} issues {shown} shares; it must be more than 0.", object.id);
                return self.refuse("quantity.not-positive", &object, message);
            }
        };
        // A warrant without a number of shares buys nothing that could be counted.
        let family =
            if uncounted_warrant { Family::Other("a warrant without a number or a price", false) } else { family };
        let ix = self.security(id);
        if let Some(earlier) = self.get(ix) {
            let message = format!("The security {id} is issued twice, by {} and by {}.", earlier.object.id, object.id);
            return self.refuse("security_id.twice", &object, message);
        }
        let vests = Vests {
            terms: of.vesting_terms_id,
            list: of.vestings.filter(|list| !list.is_empty()),
            happened: Vec::new(),
            accelerated: whole(0),
            used: whole(0),
            expires: of.expiration_date.or(of.warrant_expiration_date).map(|day| day.0),
        };
        let security = Security {
            holder,
            date: of.date.0,
            through: of.date.0,
            issued: quantity.clone(),
            parcels: vec![(of.date.0, quantity)],
            state: State::Held,
            certificate: of.custom_id.unwrap_or_default(),
            object,
            vests: matches!(family, Family::Rights { .. }).then(|| Box::new(vests)),
            family,
            carried: carried(&of.comments),
        };
        if let Some(slot) = self.securities.get_mut(ix as usize) {
            *slot = Some(security);
        }
    }

    /// The class that a grant's options buy: its own, or its plan's only one.
    fn class_of_grant(&mut self, of: &Transaction, object: &ObjectId) -> Option<usize> {
        if let Some(id) = &of.stock_class_id {
            return self.class(Some(id), object);
        }
        let plan = of.stock_plan_id.as_deref().and_then(|id| self.plans.get(id).copied())?;
        let mut ids: Vec<&String> = plan.stock_class_ids.iter().chain(&plan.stock_class_id).collect();
        ids.sort();
        ids.dedup();
        match ids.as_slice() {
            [only] => self.class(Some(only), object),
            _ => None,
        }
    }

    fn currency(&mut self, currency: &str, object: &ObjectId) {
        match &self.folded.currency {
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

    fn class_changes(&mut self, of: Transaction, object: ObjectId) {
        let Some(class) = self.class(of.stock_class_id.as_deref(), &object) else { return };
        let date = of.date.0;
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
            self.folded.splits.push(Split { date, class, ratio, object, carried: carried(&of.comments) });
        } else if let Some(conversion) = of.new_ratio_conversion_mechanism {
            if self.folded.conversions.get(&class).is_none_or(|(_, earlier)| *earlier <= date) {
                self.folded.conversions.insert(class, (conversion, date));
            }
        } else if let Some(shares) = of.new_shares_authorized {
            if self.folded.authorized.get(&class).is_none_or(|(_, earlier)| *earlier <= date) {
                self.folded.authorized.insert(class, (shares.0, date));
            }
        } else {
            self.missing(&object, "ratio or number");
        }
    }

    /// Everything in the order in which it happened.
    pub(crate) fn finish(mut self) -> Folded {
        self.folded.splits.sort_by_key(|split| split.date);
        let mut events = mem::take(&mut self.events);
        let depths = self.depths(&events);
        let mut order: Vec<usize> = (0..events.len()).filter(|ix| depths.get(*ix).is_some_and(|d| *d > 0)).collect();
        let key = |ix: &usize| (events.get(*ix).map(|event| event.date), depths.get(*ix).copied());
        order.sort_by_key(key);
        let mut events: Vec<Option<Event>> = events.drain(..).map(Some).collect();
        for ix in order {
            if let Some(event) = events.get_mut(ix).and_then(Option::take) {
                self.happen(event);
            }
        }
        self.close();
        for (kind, (count, first)) in mem::take(&mut self.idle) {
            let more = if count == 1 { String::new() } else { format!(" and {} more", count - 1) };
            let message =
                format!("{kind} does not bear on who holds what, and is not read: object {}{more}.", first.id);
            self.note("object.left-alone", &first, message);
        }
        self.folded
    }
}
