//! What each transaction does to the securities that it acts on.

use super::{Event, Family, Fold, Kind, Lot, MOST_SEARCHES, Of, Security, State};
use crate::model::calendar::{Date, iso};
use crate::ocf::ObjectId;
use crate::ocf::objects::Transaction;
use crate::problem::Severity;
use crate::quantity::{Ratio, plain, whole};
use num_traits::Signed;
use std::mem;

impl Fold<'_> {
    pub(super) fn event(&mut self, kind: &str, of: Transaction, object: ObjectId) {
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

    /// The product of a class's splits after one date and up to another.
    fn factor(&self, class: usize, after: Date, through: Date) -> Option<Ratio> {
        let splits = self.folded.splits.iter().filter(|split| split.class == class);
        let splits = splits.filter(|split| after < split.date && split.date <= through);
        splits.map(|split| &split.ratio.0 / &split.ratio.1).reduce(|all, ratio| all * ratio)
    }

    /// Puts a security's splits up to a date into its quantity.
    pub(super) fn bring_to(&mut self, security: u32, date: Date) {
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

    pub(super) fn happen(&mut self, event: Event) {
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
}
