//! Transactions folded into holdings as of a date: what was issued, moved, retired, converted, split, exercised.
//!
//! A security is what one issuance gave. Whatever moves its shares closes it and opens others, whose own issuances say how
//! many they hold; shares that move keep the day on which the company first issued them.

use super::ObjectId;
use super::objects::{
    RatioConversion, Stakeholder, StockClass, StockPlan, Transaction, Vesting, VestingTerms, carried,
};
use super::vesting::{self, Happened};
use crate::model::calendar::{Date, iso};
use crate::problem::Severity;
use crate::quantity::{Ratio, plain, whole};
use num_traits::{Signed, Zero};
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

    fn event(&mut self, kind: &str, of: Transaction, object: ObjectId) {
        let quantity = of.quantity.map(|quantity| quantity.0);
        let to: Vec<u32> = of.resulting_security_ids.iter().map(|id| self.security(id)).collect();
        let balance = of.balance_security_id.as_deref().map(|id| self.security(id));
        let mut from: Vec<u32> = of.security_id.iter().map(|id| self.security(id)).collect();
        let kind = match kind.rsplit_once('_').map_or(kind, |(_, last)| last) {
            "TRANSFER" => Kind::Move { quantity, to, balance },
            "REISSUANCE" => Kind::Move { quantity: None, to, balance },
            "CONSOLIDATION" => {
                from = of.security_ids.iter().map(|id| self.security(id)).collect();
                from.sort_unstable();
                from.dedup();
                let to = of.resulting_security_id.iter().map(|id| self.security(id)).collect();
                Kind::Move { quantity: None, to, balance }
            }
            "CANCELLATION" | "REPURCHASE" => Kind::Retire { quantity, balance },
            "RETRACTION" => Kind::Retract,
            "CONVERSION" => Kind::Convert { quantity: of.quantity_converted.map(|q| q.0), to, balance },
            "EXERCISE" | "RELEASE" => Kind::Exercise { quantity, to },
            "REPRICING" => match of.new_exercise_price {
                Some(price) => Kind::Reprice(price.amount.0),
                None => return self.missing(&object, "new_exercise_price"),
            },
            "START" | "EVENT" if kind.starts_with("TX_VESTING") => match of.vesting_condition_id {
                Some(condition) => Kind::Vest(condition),
                None => return self.missing(&object, "vesting_condition_id"),
            },
            "ACCELERATION" => match quantity {
                Some(quantity) => Kind::Accelerate(quantity),
                None => return self.missing(&object, "quantity"),
            },
            _ => {
                let message = format!("The object {} is a {kind}, which OCF 1.2 does not have.", object.id);
                return self.refuse("object_type.unknown", &object, message);
            }
        };
        if from.is_empty() {
            return self.missing(&object, "security_id");
        }
        self.events.push(Event { date: of.date.0, object, from, kind });
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
                format!("{kind} says nothing of who holds what, and is left alone: object {}{more}.", first.id);
            self.note("object.left-alone", &first, message);
        }
        self.folded
    }

    /// How many transactions each one comes after, so that those of one day stand in order; 0 for those in a circle.
    fn depths(&mut self, events: &[Event]) -> Vec<usize> {
        let mut parent: HashMap<u32, usize> = HashMap::new();
        for (ix, event) in events.iter().enumerate() {
            let (to, balance): (&[u32], _) = match &event.kind {
                Kind::Move { to, balance, .. } => (to, *balance),
                Kind::Retire { balance, .. } | Kind::Convert { balance, .. } => (&[], *balance),
                _ => (&[], None),
            };
            for child in to.iter().copied().chain(balance) {
                if let Some(security) = self.get_mut(child) {
                    security.state = State::Waiting;
                    security.parcels.clear();
                }
                if let Some(other) = parent.insert(child, ix).and_then(|other| events.get(other)) {
                    let (name, one, two) = (self.name(child), &other.object.id, &event.object.id);
                    let message = format!("The security {name} results from two transactions, {one} and {two}.");
                    self.refuse("security.two-origins", &event.object, message);
                }
            }
        }
        let mut depths = vec![0usize; events.len()];
        for start in 0..events.len() {
            let mut stack = vec![start];
            while let Some(&ix) = stack.last() {
                let Some(event) = events.get(ix) else { break };
                let before: Vec<usize> =
                    event.from.iter().filter_map(|security| parent.get(security)).copied().collect();
                let depth = |ix: &usize| depths.get(*ix).copied().unwrap_or(0);
                if depth(&ix) == 0 {
                    let open: Vec<usize> = before.iter().filter(|ix| depth(ix) == 0).copied().collect();
                    if before.iter().any(|ix| depth(ix) == OPEN) {
                        return self.circle(events, &stack, &before, &depths);
                    }
                    if let Some(slot) = depths.get_mut(ix) {
                        *slot = OPEN;
                    }
                    stack.extend(open);
                } else {
                    if depth(&ix) == OPEN {
                        let above = before.iter().map(depth).max().unwrap_or(0);
                        if above == OPEN {
                            return self.circle(events, &stack, &before, &depths);
                        }
                        if let Some(slot) = depths.get_mut(ix) {
                            *slot = above + 1;
                        }
                    }
                    stack.pop();
                }
            }
        }
        depths
    }

    /// Says that transactions hand shares round in a circle; nothing of a package with one is folded.
    fn circle(&mut self, events: &[Event], stack: &[usize], before: &[usize], depths: &[usize]) -> Vec<usize> {
        let open = stack.iter().filter(|ix| depths.get(**ix) == Some(&OPEN)).chain(before);
        let mut ids: Vec<&str> = open.filter_map(|ix| events.get(*ix)).map(|event| &*event.object.id).collect();
        ids.sort_unstable();
        ids.dedup();
        let at = before.first().and_then(|ix| events.get(*ix)).map(|event| event.object.clone());
        let named = ids.iter().take(10).copied().collect::<Vec<_>>().join(", ");
        let more = if ids.len() > 10 { ", …" } else { "" };
        let message = format!("Each of these transactions comes after the others, in a circle: {named}{more}.");
        if let Some(at) = at {
            self.refuse("transactions.circle", &at, message);
        }
        vec![0; events.len()]
    }

    /// The product of a class's splits after one date and up to another.
    fn factor(&self, class: usize, after: Date, through: Date) -> Option<Ratio> {
        let splits = self.folded.splits.iter().filter(|split| split.class == class);
        let splits = splits.filter(|split| after < split.date && split.date <= through);
        splits.map(|split| &split.ratio.0 / &split.ratio.1).reduce(|all, ratio| all * ratio)
    }

    /// Puts a security's splits up to a date into its quantity.
    fn bring_to(&mut self, security: u32, date: Date) {
        let Some(found) = self.get(security) else { return };
        let class = match &found.family {
            Family::Stock(class) | Family::Rights { class: Some(class), .. } => *class,
            _ => return,
        };
        let Some(factor) = self.factor(class, found.through, date) else { return };
        let Some(found) = self.get_mut(security) else { return };
        found.through = date;
        found.issued *= &factor;
        found.parcels.iter_mut().for_each(|(_, quantity)| *quantity *= &factor);
        if let Family::Rights { price: Some(price), .. } = &mut found.family {
            *price /= &factor;
        }
        if let Some(vests) = &mut found.vests {
            vests.used *= &factor;
            vests.accelerated *= &factor;
        }
    }

    /// Whether a security is there to be acted on; what is wrong is said.
    fn is_there(&mut self, security: u32, event: &ObjectId, date: Date) -> bool {
        let name = self.name(security);
        let wrong = match self.get(security) {
            None if self.later.contains(&security) => "which is issued later only".to_owned(),
            None => "which no issuance of the package has".to_owned(),
            Some(found) => match &found.state {
                State::Gone(by, on) => format!("which {by} closed on {}", iso(*on)),
                State::Waiting => "which is not there yet: what makes it comes later".to_owned(),
                State::Held if found.date > date => format!("which is issued on {} only", iso(found.date)),
                State::Held => return true,
            },
        };
        self.refuse(
            "security_id.not-there",
            event,
            format!("The object {} acts on the security {name}, {wrong}.", event.id),
        );
        false
    }

    fn happen(&mut self, event: Event) {
        let Event { date, object, from, kind } = event;
        if matches!(kind, Kind::Vest(_) | Kind::Accelerate(_)) {
            return self.vest(&kind, &from, date, &object);
        }
        let there: Vec<bool> = from.iter().map(|security| self.is_there(*security, &object, date)).collect();
        if there.contains(&false) {
            // What it would have made has no shares, which was said; it is not said again.
            return;
        }
        let Some(first) = from.first().copied() else { return };
        for security in &from {
            self.bring_to(*security, date);
        }
        match kind {
            Kind::Move { quantity, to, balance } => {
                let all: Ratio = from.iter().filter_map(|security| self.get(*security)).map(Security::quantity).sum();
                let counted = self.get(first).is_some_and(Security::is_counted);
                let quantity = quantity.filter(|_| counted).unwrap_or_else(|| all.clone());
                let Some(parcels) = self.take_out(&from, &quantity, &object) else { return };
                self.hand_over(parcels, &to, first, date, &object, "moves");
                self.rest(first, balance, date, &object);
                for security in from.iter().skip(1) {
                    self.closed(*security, date, &object);
                }
            }
            Kind::Retire { quantity, balance } => {
                let Some(all) = self.get(first).map(Security::quantity) else { return };
                let counted = self.get(first).is_some_and(Security::is_counted);
                let quantity = quantity.filter(|_| counted).unwrap_or(all);
                let Some(parcels) = self.take_out(&from, &quantity, &object) else { return };
                self.retire(first, parcels, date, balance.is_some());
                self.rest(first, balance, date, &object);
            }
            Kind::Retract => {
                if let Some(security) = self.get_mut(first) {
                    security.parcels.clear();
                }
                self.closed(first, date, &object);
            }
            Kind::Convert { quantity, to, balance } => {
                let Some(all) = self.get(first).map(Security::quantity) else { return };
                let counted = self.get(first).is_some_and(Security::is_counted);
                let quantity = quantity.filter(|_| counted).unwrap_or(all);
                let Some(parcels) = self.take_out(&from, &quantity, &object) else { return };
                self.gives(first, &to, None, date, &object);
                self.retire(first, parcels, date, balance.is_some());
                self.rest(first, balance, date, &object);
            }
            Kind::Exercise { quantity, to } => {
                let Some(all) = self.get(first).map(Security::quantity) else { return };
                let exact = quantity.clone();
                let quantity = quantity.unwrap_or(all);
                if self.take_out(&from, &quantity, &object).is_none() {
                    return;
                }
                self.gives(first, &to, exact.as_ref(), date, &object);
                if let Some(vests) = self.get_mut(first).and_then(|security| security.vests.as_mut()) {
                    vests.used += quantity;
                }
                self.rest(first, None, date, &object);
            }
            Kind::Reprice(new) => {
                if let Some(Family::Rights { price, .. }) = self.get_mut(first).map(|security| &mut security.family) {
                    *price = Some(new);
                }
            }
            Kind::Vest(_) | Kind::Accelerate(_) => {}
        }
    }

    /// Vesting may begin before the grant, and says nothing of what is closed.
    fn vest(&mut self, kind: &Kind, from: &[u32], date: Date, object: &ObjectId) {
        for security in from {
            if self.get(*security).is_none() {
                self.is_there(*security, object, date);
                continue;
            }
            self.bring_to(*security, date);
            let Some(vests) = self.get_mut(*security).and_then(|security| security.vests.as_mut()) else { continue };
            match kind {
                Kind::Vest(condition) => vests.happened.push((condition.clone(), date)),
                Kind::Accelerate(quantity) => vests.accelerated += quantity,
                _ => {}
            }
        }
    }

    /// Takes so many out of securities together.
    fn take_out(&mut self, from: &[u32], quantity: &Ratio, object: &ObjectId) -> Option<Vec<(Date, Ratio)>> {
        let there: Ratio = from.iter().filter_map(|security| self.get(*security)).map(Security::quantity).sum();
        if !quantity.is_positive() || *quantity > there {
            let (wanted, there) = (plain(quantity, 10), plain(&there, 10));
            let message = format!("The object {} takes {wanted} from a security that holds {there}.", object.id);
            self.refuse("quantity.more-than-there-is", object, message);
            return None;
        }
        let mut left = quantity.clone();
        let mut parcels = Vec::new();
        for security in from {
            let Some(found) = self.get_mut(*security) else { continue };
            let part = left.clone().min(found.quantity());
            left -= &part;
            parcels.extend(found.take(part));
        }
        Some(parcels)
    }

    /// Gives parcels to the securities that result, each as many as its issuance says.
    fn hand_over(
        &mut self,
        parcels: Vec<(Date, Ratio)>,
        to: &[u32],
        from: u32,
        date: Date,
        object: &ObjectId,
        does: &str,
    ) {
        let mut unknown = Vec::new();
        for child in to {
            let name = self.name(*child);
            match (self.get(*child), self.get(from)) {
                (None, _) => unknown.push(name.to_string()),
                (Some(child), Some(from)) if !child.same_kind(from) => {
                    let message =
                        format!("The object {} {does} shares into {name}, which is of another class.", object.id);
                    return self.refuse("security.other-class", object, message);
                }
                _ => {}
            }
        }
        if !unknown.is_empty() {
            let ids = unknown.join(", ");
            let message =
                format!("The object {} {does} shares into {ids}, which no issuance of the package has.", object.id);
            return self.refuse("resulting_security_ids.unknown", object, message);
        }
        let given: Ratio = parcels.iter().map(|(_, quantity)| quantity).sum();
        let wanted: Ratio = to.iter().filter_map(|child| self.get(*child)).map(|child| child.issued.clone()).sum();
        let counted = self.get(from).is_some_and(Security::is_counted);
        if counted && given != wanted {
            let (given, wanted) = (plain(&given, 10), plain(&wanted, 10));
            let message =
                format!("The object {} {does} {given}, and the securities that result hold {wanted}.", object.id);
            return self.refuse("quantity.does-not-add-up", object, message);
        }
        let mut source = Security { parcels, ..self.placeholder(from) };
        for child in to {
            let part = self.get(*child).map_or(whole(0), |child| child.issued.clone());
            let parcels = if counted { source.take(part) } else { vec![(date, part)] };
            if let Some(child) = self.get_mut(*child) {
                for (issued, quantity) in parcels {
                    match child.parcels.last_mut() {
                        Some((last, sum)) if *last == issued => *sum += quantity,
                        _ => child.parcels.push((issued, quantity)),
                    }
                }
                child.through = date;
                child.state = State::Held;
            }
        }
    }

    /// A security that only holds parcels for a moment.
    fn placeholder(&self, like: u32) -> Security {
        let object = self.get(like).map_or(ObjectId { file: 0, id: "".into() }, |like| like.object.clone());
        Security {
            family: Family::Other("", true),
            holder: None,
            date: self.as_of,
            through: self.as_of,
            issued: whole(0),
            parcels: Vec::new(),
            state: State::Held,
            certificate: String::new(),
            object,
            vests: None,
            carried: Vec::new(),
        }
    }

    /// What is left of a security: in its balance security, or in itself.
    fn rest(&mut self, security: u32, balance: Option<u32>, date: Date, object: &ObjectId) {
        let Some(found) = self.get_mut(security) else { return };
        if let Some(balance) = balance {
            let parcels = mem::take(&mut found.parcels);
            self.hand_over(parcels, &[balance], security, date, object, "leaves");
            self.closed(security, date, object);
        } else if found.parcels.is_empty() {
            self.closed(security, date, object);
        }
    }

    fn closed(&mut self, security: u32, date: Date, object: &ObjectId) {
        if let Some(found) = self.get_mut(security) {
            found.state = State::Gone(object.id.clone(), date);
        }
    }

    /// Shares that are no longer outstanding stay in the register with the day on which they went.
    fn retire(&mut self, security: u32, parcels: Vec<(Date, Ratio)>, date: Date, has_balance: bool) {
        let Some(found) = self.get(security) else { return };
        let (Family::Stock(class), Some(holder)) = (&found.family, found.holder) else { return };
        // A certificate's number stands once: with what is left of it, if anything is.
        let mut certificate =
            if has_balance || found.parcels.is_empty() { found.certificate.clone() } else { String::new() };
        let lot = |(issued, quantity)| Lot {
            holder,
            of: Of::Stock(*class),
            quantity,
            issued,
            retired: Some(date),
            certificate: mem::take(&mut certificate),
            object: found.object.clone(),
            carried: found.carried.clone(),
        };
        let lots: Vec<Lot> = parcels.into_iter().map(lot).collect();
        self.folded.lots.extend(lots);
    }

    /// Whether what an exercise or a conversion gives is issued somewhere.
    fn gives(&mut self, from: u32, to: &[u32], quantity: Option<&Ratio>, date: Date, object: &ObjectId) {
        let is_issued = |child: &&u32| self.get(**child).is_some() || self.later.contains(*child);
        let unknown: Vec<u32> = to.iter().filter(|child| !is_issued(child)).copied().collect();
        if unknown.is_empty() {
            return;
        }
        let ids = unknown.iter().map(|child| self.name(*child).to_string()).collect::<Vec<_>>().join(", ");
        let holder = self.get(from).and_then(|from| from.holder);
        self.searches += 1;
        let alike = self.securities.iter().flatten().filter(|_| self.searches <= MOST_SEARCHES).find(|other| {
            matches!(other.family, Family::Stock(_))
                && other.holder == holder
                && other.date == date
                && quantity.is_some_and(|quantity| *quantity == other.issued)
        });
        if let Some(alike) = alike {
            let message = format!(
                "The object {} gives {ids}, which no issuance has; {} gives the holder as many on that day, and is taken for it.",
                object.id, alike.object.id
            );
            let help = "Nothing to do if that is so; else correct the package.";
            return self.find(Severity::Warning, "resulting_security_ids.by-another-id", object, message, help);
        }
        let message = format!("The object {} gives {ids}, which no issuance of the package has.", object.id);
        self.refuse("resulting_security_ids.unknown", object, message);
    }

    /// What is held on the date becomes lots.
    fn close(&mut self) {
        for ix in 0..u32::try_from(self.securities.len()).unwrap_or(u32::MAX) {
            self.bring_to(ix, self.as_of);
            let Some(security) = self.securities.get_mut(ix as usize).and_then(Option::take) else { continue };
            if !matches!(security.state, State::Held) {
                continue;
            }
            let Some(holder) = security.holder else { continue };
            match &security.family {
                Family::Stock(class) => {
                    let mut number = security.certificate.clone();
                    for (issued, quantity) in security.parcels {
                        let of = Of::Stock(*class);
                        let (certificate, object) = (mem::take(&mut number), security.object.clone());
                        let carried = security.carried.clone();
                        self.folded.lots.push(Lot {
                            holder,
                            of,
                            quantity,
                            issued,
                            retired: None,
                            certificate,
                            object,
                            carried,
                        });
                    }
                }
                Family::Other(what, _) => {
                    let message = format!(
                        "{} ({}) is {what}, which has no place in a register: left out until shares are issued for it.",
                        security.object.id, security.certificate
                    );
                    self.note("security.left-out", &security.object, message);
                }
                Family::Rights { .. } => self.rights(security, holder),
            }
        }
    }

    /// Options and warrants: as many as may be exercised on the date.
    fn rights(&mut self, security: Security, holder: u32) {
        let left = security.quantity();
        let Family::Rights { warrant, class, price } = security.family else { return };
        let object = security.object.clone();
        let name = format!("{} ({})", object.id, security.certificate);
        let (Some(class), Some(price)) = (class, price) else {
            let message = format!("{name} does not say which class it buys, or at what price: it is left out.");
            return self.note("security.left-out", &object, message);
        };
        let Some(vests) = security.vests else { return };
        if let Some(expired) = vests.expires.filter(|expires| *expires < self.as_of) {
            let message = format!("{name} expired on {}: it is left out.", iso(expired));
            return self.note("security.expired", &object, message);
        }
        let vested = match (&vests.list, vests.terms.as_deref()) {
            (Some(list), _) => {
                // The list is in shares of the issuance; splits since then are in what it issued.
                let listed: Ratio = list.iter().map(|vesting| &vesting.amount.0).sum();
                if listed.is_zero() { whole(0) } else { vesting::by_list(list, self.as_of) * &security.issued / listed }
            }
            (None, Some(id)) => {
                let Some(terms) = self.terms.get(id).copied() else {
                    let message = format!("{name} vests by the terms {id}, which are not in the package.");
                    return self.refuse("vesting_terms_id.unknown", &object, message);
                };
                let mut doubts = Vec::new();
                let result = vesting::by_terms(terms, &security.issued, &vests.happened, self.as_of, &mut doubts);
                doubts.dedup();
                for doubt in doubts {
                    let help = "Nothing to do if that is so; else correct the vesting terms.";
                    let message = format!("{name}, terms {id}: {doubt}.");
                    self.find(Severity::Warning, "vesting.doubt", &object, message, help);
                }
                match result {
                    Ok(vested) => vested,
                    Err(what) => {
                        let message = format!("{name}, terms {id}: {what}.");
                        return self.refuse("vesting.not-understood", &object, message);
                    }
                }
            }
            (None, None) => security.issued.clone(),
        };
        let vested = (vested + &vests.accelerated).min(security.issued);
        let may = (&vested - &vests.used).max(whole(0)).min(left.clone());
        if may < left {
            let on = iso(self.as_of);
            let (may, left) = (plain(&may, 6), plain(&left, 6));
            let message =
                format!("{name}: {may} of {left} have vested on {on} and may be exercised; the others are left out.");
            self.note("security.not-vested", &object, message);
        }
        if may.is_positive() {
            let own = security.carried.iter().find(|(column, _)| column == "class").map(|(_, id)| id.clone());
            let of = if warrant { Of::Warrants(class, price, own) } else { Of::Options(class, price, own) };
            self.folded.lots.push(Lot {
                holder,
                of,
                quantity: may,
                issued: security.date,
                retired: None,
                certificate: security.certificate,
                object,
                carried: security.carried,
            });
        }
    }
}
