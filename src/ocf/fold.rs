//! Transactions folded into holdings as of a date: what was issued, moved, retired, converted, split, exercised.
//!
//! A security is what one issuance gave. Whatever moves its shares closes it and opens others, whose own issuances say how
//! many they hold; shares that move keep the day on which the company first issued them. What is issued after the date, and
//! nothing else happens to, is a lot that does not count yet.

mod close;
mod compact;
mod events;
mod issuance;
mod order;
mod security;

use super::objects::{RatioConversion, StockPlan, Transaction, VestingTerms};
use super::{Column, ObjectId};
use crate::model::{Date, Span, TextPool};
use crate::problem::{Place, Problem, Severity};
use crate::quantity::Ratio;
pub(crate) use compact::Amount;
use compact::{Few, Names};
use security::{Event, Family, Grant, Kind, Parcels, Security, State, take};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::mem;

/// So many objects are named for one thing that is to be said of them.
const MOST_FINDINGS: u64 = 1_000;
/// No holder, no security.
const NONE: u32 = u32::MAX;

/// Columns that comments carry.
pub(crate) type Carried = Box<[(Column, String)]>;

/// What is said of an object.
#[derive(Debug)]
pub(crate) struct Finding {
    pub severity: Severity,
    pub what: &'static str,
    pub object: ObjectId,
    pub message: String,
    pub help: &'static str,
}

impl Finding {
    pub(crate) fn problem(self, family: &str, place: Place) -> Problem {
        let problem = Problem::error(format!("{family}.{}", self.what), place, self.message, self.help);
        Problem { severity: self.severity, ..problem }
    }
}

/// What a lot is of: shares of a stock class, or rights to buy such, by their indexes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Of {
    Stock(u32),
    Right(u32),
}

/// Options, or warrants, on shares of a class at a price; and the id of their own class where they have one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Right {
    pub is_warrant: bool,
    pub class: usize,
    pub price: Ratio,
    pub own: Option<String>,
}

/// Shares or options of one holder.
#[derive(Debug)]
pub(crate) struct Lot {
    pub holder: u32,
    pub of: Of,
    pub quantity: Amount,
    pub issued: Date,
    pub retired: Option<Date>,
    /// Its text, and its object's id, stand among the texts.
    pub certificate: Span,
    pub file: u16,
    pub object: Span,
    pub carried: Carried,
}

#[derive(Debug)]
pub(crate) struct Split {
    pub date: Date,
    pub class: usize,
    pub ratio: (Ratio, Ratio),
    pub object: ObjectId,
    pub carried: Carried,
}

/// What all transactions come to.
#[derive(Debug, Default)]
pub(crate) struct Folded {
    pub lots: Vec<Lot>,
    pub texts: TextPool,
    /// The rights that there are lots of, and the object and columns of the first of them.
    pub rights: Vec<(Right, ObjectId, Carried)>,
    pub splits: Vec<Split>,
    /// When shares of a class went to another holder last, by class.
    pub transfers: BTreeMap<u32, Date>,
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

/// Takes transactions one by one, in any order.
pub(crate) struct Fold<'f> {
    as_of: Date,
    holders: HashMap<&'f str, u32>,
    classes: HashMap<&'f str, u32>,
    plan_ids: HashMap<&'f str, u32>,
    plans: &'f [(StockPlan, u16)],
    term_ids: HashMap<&'f str, u32>,
    terms: &'f [(VestingTerms, u16)],
    /// The ids of transactions, whose texts lots keep, with those of certificates.
    objects: Names,
    /// The ids of securities.
    names: Names,
    securities: Vec<Option<Security>>,
    /// Securities that are issued after the date.
    later: HashSet<u32>,
    /// Securities that something happens to after the date.
    changed_later: HashSet<u32>,
    /// Whether what is taken is after the date, of which nothing is said.
    is_later: bool,
    events: Vec<Event>,
    /// How many objects of a type say nothing of who holds what, and the first of them.
    idle: BTreeMap<String, (u64, ObjectId)>,
    searches: u32,
    /// How often each thing was found.
    counts: HashMap<&'static str, u64>,
    folded: Folded,
}

/// An object's id, and the number of its file.
pub(crate) type Id<'f> = (&'f str, u16);

impl<'f> Fold<'f> {
    /// Nothing happened yet.
    pub(crate) fn new(
        as_of: Date,
        holders: Vec<Id<'f>>,
        classes: Vec<Id<'f>>,
        plans: &'f [(StockPlan, u16)],
        terms: &'f [(VestingTerms, u16)],
    ) -> Self {
        let mut twice = Vec::new();
        // Objects by their ids, with their numbers; and those whose id another has.
        let mut by_id = |list: Vec<Id<'f>>| {
            let mut found = HashMap::new();
            for (ix, (id, file)) in (0..).zip(list) {
                if found.insert(id, ix).is_some() {
                    twice.push(ObjectId { file, id: id.into() });
                }
            }
            found
        };
        let mut fold = Self {
            as_of,
            holders: by_id(holders),
            classes: by_id(classes),
            plan_ids: by_id(plans.iter().map(|(plan, file)| (plan.id.as_str(), *file)).collect()),
            plans,
            term_ids: by_id(terms.iter().map(|(terms, file)| (terms.id.as_str(), *file)).collect()),
            terms,
            objects: Names::default(),
            names: Names::default(),
            securities: Vec::new(),
            later: HashSet::new(),
            changed_later: HashSet::new(),
            is_later: false,
            events: Vec::new(),
            idle: BTreeMap::new(),
            searches: 0,
            counts: HashMap::new(),
            folded: Folded::default(),
        };
        for object in twice {
            fold.twice(&object);
        }
        fold
    }

    fn twice(&mut self, object: &ObjectId) {
        self.refuse("object.twice", object, format!("Two objects have the id {}.", object.id));
    }

    fn find(&mut self, severity: Severity, what: &'static str, object: &ObjectId, message: String, help: &'static str) {
        if self.is_later {
            return;
        }
        let count = self.counts.entry(what).or_default();
        *count += 1;
        if *count <= MOST_FINDINGS {
            self.folded.findings.push(Finding { severity, what, object: object.clone(), message, help });
        }
    }

    fn refuse(&mut self, what: &'static str, object: &ObjectId, message: String) {
        let help = "Correct the package where it comes from, and export it again.";
        self.find(Severity::Error, what, object, message, help);
    }

    fn note(&mut self, what: &'static str, object: &ObjectId, message: String) {
        let help = "Nothing to do if that is right; else see to it outside this package.";
        self.find(Severity::Note, what, object, message, help);
    }

    fn missing(&mut self, object: &ObjectId, field: &str) {
        self.refuse("object.not-understood", object, format!("The object {} has no {field}.", object.id));
    }

    fn security(&mut self, id: &str) -> u32 {
        let (number, is_new) = self.names.number(id);
        if is_new {
            self.securities.push(None);
        }
        number
    }

    fn object(&self, file: u16, object: u32) -> ObjectId {
        ObjectId { file, id: self.objects.text(object).into() }
    }

    fn get(&self, security: u32) -> Option<&Security> {
        self.securities.get(security as usize)?.as_ref()
    }

    fn get_mut(&mut self, security: u32) -> Option<&mut Security> {
        self.securities.get_mut(security as usize)?.as_mut()
    }

    fn grant(&mut self, security: u32) -> Option<&mut Grant> {
        self.get_mut(security)?.grant.as_deref_mut()
    }

    fn family(&self, security: u32) -> Option<Family> {
        self.get(security).map(|found| found.family)
    }

    /// Takes a transaction of the package's file number `file`.
    pub(crate) fn take(&mut self, transaction: Transaction, file: u16) {
        let kind = transaction.object_type.replace("PLAN_SECURITY", "EQUITY_COMPENSATION");
        self.is_later = transaction.date.0 > self.as_of;
        let is_issuance = kind.ends_with("_ISSUANCE");
        let says_nothing = ["_ACCEPTANCE", "_RETURN_TO_POOL", "_POOL_ADJUSTMENT"].iter().any(|end| kind.ends_with(end))
            || kind.starts_with("CE_")
            || kind == "TX_ISSUER_AUTHORIZED_SHARES_ADJUSTMENT";
        if self.is_later && (says_nothing || kind.starts_with("TX_VESTING")) {
            return;
        }
        if self.is_later && !is_issuance {
            let more = [&transaction.security_id, &transaction.resulting_security_id, &transaction.balance_security_id];
            let several = transaction.security_ids.iter().chain(&transaction.resulting_security_ids);
            for id in more.into_iter().flatten().chain(several) {
                let security = self.security(id);
                self.changed_later.insert(security);
            }
            return;
        }
        let object = ObjectId { file, id: transaction.id.as_str().into() };
        if says_nothing {
            self.idle.entry(transaction.object_type).or_insert((0, object)).0 += 1;
            return;
        }
        let (number, is_new) = self.objects.number(&transaction.id);
        if !is_new {
            return self.twice(&object);
        }
        match kind.as_str() {
            "TX_STOCK_ISSUANCE"
            | "TX_EQUITY_COMPENSATION_ISSUANCE"
            | "TX_WARRANT_ISSUANCE"
            | "TX_CONVERTIBLE_ISSUANCE" => self.issuance(&kind, transaction, &object, number),
            "TX_STOCK_CLASS_SPLIT"
            | "TX_STOCK_CLASS_CONVERSION_RATIO_ADJUSTMENT"
            | "TX_STOCK_CLASS_AUTHORIZED_SHARES_ADJUSTMENT" => self.class_changes(transaction, object),
            _ => self.event(&kind, transaction, &object, number),
        }
    }

    /// Everything in the order in which it happened.
    pub(crate) fn finish(mut self) -> Folded {
        self.is_later = false;
        self.folded.splits.sort_by_key(|split| split.date);
        let mut events = mem::take(&mut self.events);
        let depths = self.depths(&events);
        let mut order: Vec<u32> = (0..).zip(&depths).filter(|(_, depth)| **depth > 0).map(|(ix, _)| ix).collect();
        let depth = |ix: u32| depths.get(ix as usize).copied();
        order.sort_by_key(|ix| (events.get(*ix as usize).map(|event| event.date), depth(*ix)));
        for ix in order {
            if let Some(event) = events.get_mut(ix as usize) {
                self.happen(event);
            }
        }
        drop((events, depths));
        self.close();
        for (kind, (count, first)) in mem::take(&mut self.idle) {
            let more = if count == 1 { String::new() } else { format!(" and {} more", count - 1) };
            let message =
                format!("{kind} does not bear on who holds what, and is not read: object {}{more}.", first.id);
            self.note("object.left-alone", &first, message);
        }
        for finding in &mut self.folded.findings {
            let Some(count) = self.counts.get_mut(finding.what) else { continue };
            if *count > MOST_FINDINGS {
                let more = mem::take(count) - MOST_FINDINGS;
                let said = &finding.message;
                finding.message = format!("{said} The same is to be said of {more} objects that are not listed.");
            }
        }
        self.folded
    }
}
