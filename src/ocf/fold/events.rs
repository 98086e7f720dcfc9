//! What each transaction does to the securities that it acts on.

use super::{Carried, Event, Few, Fold, Kind, Lot, NONE, Of, Parcels, Security, State, take};
use crate::model::{Date, Span, iso};
use crate::ocf::ObjectId;
use crate::ocf::fold::Family;
use crate::ocf::objects::Transaction;
use crate::problem::Severity;
use crate::quantity::{Ratio, plain};
use num_traits::Signed;
use std::mem;

/// So often is looked for the shares that an exercise gave, where the package does not name them.
const MOST_SEARCHES: u32 = 1_000;

impl Fold<'_> {
    pub(super) fn event(&mut self, kind: &str, of: Transaction, object: &ObjectId, number: u32) {
        let consolidates = kind.ends_with("_CONSOLIDATION");
        let quantity = of.quantity.map(|quantity| quantity.0);
        let mut quantity = quantity.filter(|_| !consolidates && !kind.ends_with("_REISSUANCE"));
        let kind = match kind.rsplit_once('_').map_or(kind, |(_, last)| last) {
            "TRANSFER" | "REISSUANCE" | "CONSOLIDATION" => Kind::Move,
            "CANCELLATION" | "REPURCHASE" => Kind::Retire,
            "RETRACTION" => Kind::Retract,
            "CONVERSION" => {
                quantity = of.quantity_converted.map(|quantity| quantity.0);
                Kind::Convert
            }
            "EXERCISE" | "RELEASE" => Kind::Exercise,
            "REPRICING" => match of.new_exercise_price {
                Some(price) => Kind::Reprice(Box::new(price.amount.0)),
                None => return self.missing(object, "new_exercise_price"),
            },
            "START" | "EVENT" if kind.starts_with("TX_VESTING") => match of.vesting_condition_id {
                Some(condition) => Kind::Vest(condition.into()),
                None => return self.missing(object, "vesting_condition_id"),
            },
            "ACCELERATION" if quantity.is_none() => return self.missing(object, "quantity"),
            "ACCELERATION" => Kind::Accelerate,
            _ => {
                let message = format!("The object {} is a {kind}, which OCF 1.2 does not have.", object.id);
                return self.refuse("object_type.unknown", object, message);
            }
        };
        let (from, to): (&[String], &[String]) = if consolidates {
            (&of.security_ids, of.resulting_security_id.as_slice())
        } else {
            (of.security_id.as_slice(), &of.resulting_security_ids)
        };
        if from.is_empty() {
            return self.missing(object, if consolidates { "security_ids" } else { "security_id" });
        }
        let mut from: Vec<u32> = from.iter().map(|id| self.security(id)).collect();
        from.sort_unstable();
        from.dedup();
        let to = to.iter().map(|id| self.security(id)).collect();
        let has_balance = matches!(kind, Kind::Move | Kind::Retire | Kind::Convert);
        let balance = of.balance_security_id.filter(|_| has_balance).map_or(NONE, |id| self.security(&id));
        let quantity = quantity.map(Into::into);
        let from: Few = from.into_iter().collect();
        self.events.push(Event {
            date: of.date.0,
            file: object.file,
            object: number,
            kind,
            quantity,
            from,
            to,
            balance,
        });
    }

    /// Puts a security's splits up to a date into its quantity.
    pub(super) fn bring_to(&mut self, security: u32, date: Date) {
        let Some(found) = self.get(security) else { return };
        let (Family::Stock(class) | Family::Rights { class: Some(class), .. }) = found.family else { return };
        let Some(factor) = self.factor(class, found.through, date) else { return };
        let Some(found) = self.get_mut(security) else { return };
        found.through = date;
        found.issued = (found.issued.ratio() * &factor).into();
        if let Parcels::These(parcels) = &mut found.parcels {
            for (_, quantity) in parcels {
                *quantity = (quantity.ratio() * &factor).into();
            }
        }
        if let Some(grant) = &mut found.grant {
            grant.price = grant.price.take().map(|price| price / &factor);
            grant.used *= &factor;
            grant.accelerated *= &factor;
        }
    }

    /// Whether a security is there to be acted on; what is wrong is said.
    fn is_there(&mut self, security: u32, event: &ObjectId, date: Date) -> bool {
        let wrong = match self.get(security) {
            None if self.later.contains(&security) => "which is issued later only".to_owned(),
            None => "which no issuance of the package has".to_owned(),
            Some(found) => match &found.state {
                State::Gone(by, on) => format!("which {} closed on {}", self.objects.text(*by), iso(*on)),
                State::Waiting => "which is not there yet: what makes it comes later".to_owned(),
                State::Held if found.date > date => format!("which is issued on {} only", iso(found.date)),
                State::Held => return true,
            },
        };
        let message = format!("The object {} acts on the security {}, {wrong}.", event.id, self.names.text(security));
        self.refuse("security_id.not-there", event, message);
        false
    }

    pub(super) fn happen(&mut self, event: &Event) {
        let (date, from) = (event.date, &event.from);
        let object = self.object(event.file, event.object);
        if matches!(event.kind, Kind::Vest(_) | Kind::Accelerate) {
            return self.vest(event, &object);
        }
        let there: Vec<bool> = from.iter().map(|security| self.is_there(*security, &object, date)).collect();
        // Where one is not there, what it would have made has no shares, which was said; it is not said again.
        let (Some(first), false) = (from.first().copied(), there.contains(&false)) else { return };
        for security in from.iter() {
            self.bring_to(*security, date);
        }
        match &event.kind {
            Kind::Retract => {
                self.set(first, Vec::new());
                return self.closed(first, event);
            }
            Kind::Reprice(price) => {
                if let Some(grant) = self.grant(first) {
                    grant.price = Some(Ratio::clone(price));
                }
                return;
            }
            _ => {}
        }
        let all: Ratio = from.iter().filter_map(|security| self.get(*security)).map(Security::quantity).sum();
        let stated = event.quantity.as_ref().map(super::Amount::ratio);
        let is_counted = event.kind == Kind::Exercise || self.family(first).is_some_and(Family::is_counted);
        let quantity = stated.clone().filter(|_| is_counted).unwrap_or(all);
        let Some(parcels) = self.take_out(from, &quantity, &object) else { return };
        match &event.kind {
            Kind::Move => {
                self.transferred(first, event);
                self.hand_over(parcels, &event.to, first, date, &object, "moves");
            }
            Kind::Exercise => {
                self.gives(first, event, stated.as_ref(), &object);
                if let Some(grant) = self.grant(first) {
                    grant.used += quantity;
                }
            }
            kind => {
                if *kind == Kind::Convert {
                    self.gives(first, event, None, &object);
                }
                self.retire(first, parcels, event);
            }
        }
        // What is left goes into the balance security, or stays.
        let left = self.get(first).map(Security::parcels).unwrap_or_default();
        let is_gone = left.is_empty() || event.balance != NONE;
        if event.balance != NONE {
            self.hand_over(left, &[event.balance], first, date, &object, "leaves");
        }
        if is_gone {
            self.closed(first, event);
        }
        for security in from.iter().skip(1) {
            self.closed(*security, event);
        }
    }

    /// Keeps in mind when shares went to another holder.
    fn transferred(&mut self, from: u32, event: &Event) {
        let Some(&Security { family: Family::Stock(class), holder, .. }) = self.get(from) else { return };
        if event.to.iter().filter_map(|to| self.get(*to)).any(|to| to.holder != holder) {
            let last = self.folded.transfers.entry(class).or_insert(event.date);
            *last = event.date.max(*last);
        }
    }

    /// Vesting may begin before the grant, and says nothing of what is closed.
    fn vest(&mut self, event: &Event, object: &ObjectId) {
        for security in event.from.iter().copied() {
            if self.get(security).is_none() {
                self.is_there(security, object, event.date);
                continue;
            }
            self.bring_to(security, event.date);
            let Some(grant) = self.grant(security) else { continue };
            if let Kind::Vest(condition) = &event.kind {
                grant.happened.push((condition.to_string(), event.date));
            } else if let Some(quantity) = &event.quantity {
                grant.accelerated += quantity.ratio();
            }
        }
    }

    fn set(&mut self, security: u32, parcels: Vec<(Date, Ratio)>) {
        if let Some(found) = self.get_mut(security) {
            found.set(parcels);
        }
    }

    fn closed(&mut self, security: u32, by: &Event) {
        if let Some(found) = self.get_mut(security) {
            found.state = State::Gone(by.object, by.date);
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
        let mut taken = Vec::new();
        for security in from {
            let Some(mut parcels) = self.get(*security).map(Security::parcels) else { continue };
            let part = left.clone().min(parcels.iter().map(|(_, quantity)| quantity).sum());
            left -= &part;
            taken.extend(take(&mut parcels, part));
            self.set(*security, parcels);
        }
        Some(taken)
    }

    /// Gives parcels to the securities that result, each as many as its issuance says.
    fn hand_over(
        &mut self,
        mut parcels: Vec<(Date, Ratio)>,
        to: &[u32],
        from: u32,
        date: Date,
        object: &ObjectId,
        does: &str,
    ) {
        let Some(family) = self.family(from) else { return };
        let unknown: Vec<&str> =
            to.iter().filter(|child| self.get(**child).is_none()).map(|child| self.names.text(*child)).collect();
        if !unknown.is_empty() {
            let ids = unknown.join(", ");
            let message =
                format!("The object {} {does} shares into {ids}, which no issuance of the package has.", object.id);
            return self.refuse("resulting_security_ids.unknown", object, message);
        }
        if let Some(other) = to.iter().find(|child| self.family(**child).is_some_and(|child| !child.is_like(family))) {
            let name = self.names.text(*other);
            let message = format!("The object {} {does} shares into {name}, which is of another class.", object.id);
            return self.refuse("security.other-class", object, message);
        }
        let given: Ratio = parcels.iter().map(|(_, quantity)| quantity).sum();
        let wanted: Ratio = to.iter().filter_map(|child| self.get(*child)).map(|child| child.issued.ratio()).sum();
        if family.is_counted() && given != wanted {
            let (given, wanted) = (plain(&given, 10), plain(&wanted, 10));
            let message =
                format!("The object {} {does} {given}, and the securities that result hold {wanted}.", object.id);
            return self.refuse("quantity.does-not-add-up", object, message);
        }
        for child in to {
            let Some(child) = self.get_mut(*child) else { continue };
            let part = child.issued.ratio();
            let more = if family.is_counted() { take(&mut parcels, part) } else { vec![(date, part)] };
            let mut all = if matches!(child.state, State::Waiting) { Vec::new() } else { child.parcels() };
            for (issued, quantity) in more {
                match all.last_mut() {
                    Some((last, sum)) if *last == issued => *sum += quantity,
                    _ => all.push((issued, quantity)),
                }
            }
            child.set(all);
            child.through = date;
            child.state = State::Held;
        }
    }

    /// Shares that are no longer outstanding stay in the register with the day on which they went.
    fn retire(&mut self, security: u32, parcels: Vec<(Date, Ratio)>, event: &Event) {
        let Some(found) = self.get(security) else { return };
        // A certificate's number stands once: with what is left of it, if anything is.
        let keeps = event.balance != NONE || found.parcels().is_empty();
        let mut certificate = if keeps { found.certificate } else { Span::default() };
        for (issued, quantity) in parcels {
            let certificate = mem::take(&mut certificate);
            self.lot(security, issued, quantity, certificate, Some(event.date));
        }
    }

    /// Adds a lot of a stock security.
    pub(super) fn lot(
        &mut self,
        security: u32,
        issued: Date,
        quantity: Ratio,
        certificate: Span,
        retired: Option<Date>,
    ) {
        let Some(found) = self.get(security).filter(|found| found.holder != NONE) else { return };
        let Family::Stock(class) = found.family else { return };
        let carried: Carried = found.carried.clone();
        let (holder, of, quantity) = (found.holder, Of::Stock(class), quantity.into());
        let (file, object) = (found.file, self.objects.span(found.object));
        self.folded.lots.push(Lot { holder, of, quantity, issued, retired, certificate, file, object, carried });
    }

    /// Whether what an exercise or a conversion gives is issued somewhere.
    fn gives(&mut self, from: u32, event: &Event, quantity: Option<&Ratio>, object: &ObjectId) {
        let is_issued = |child: &&u32| self.get(**child).is_some() || self.later.contains(*child);
        let unknown: Vec<&str> =
            event.to.iter().filter(|child| !is_issued(child)).map(|child| self.names.text(*child)).collect();
        if unknown.is_empty() {
            return;
        }
        let ids = unknown.join(", ");
        let holder = self.get(from).map(|from| from.holder);
        self.searches += 1;
        let alike = self.securities.iter().flatten().filter(|_| self.searches <= MOST_SEARCHES).find(|other| {
            matches!(other.family, Family::Stock(_))
                && Some(other.holder) == holder
                && other.date == event.date
                && quantity.is_some_and(|quantity| *quantity == other.issued.ratio())
        });
        if let Some(alike) = alike {
            let message = format!(
                "The object {} gives {ids}, which no issuance has; {} gives the holder as many on that day, and is taken for it.",
                object.id,
                self.objects.text(alike.object)
            );
            let help = "Nothing to do if that is so; else correct the package.";
            return self.find(Severity::Warning, "resulting_security_ids.by-another-id", object, message, help);
        }
        let message = format!("The object {} gives {ids}, which no issuance of the package has.", object.id);
        self.refuse("resulting_security_ids.unknown", object, message);
    }
}
