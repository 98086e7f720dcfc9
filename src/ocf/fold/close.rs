//! What is held on the date, as lots.

use super::{Amount, Carried, Family, Fold, Grant, Lot, NONE, Of, Right, Security, State};
use crate::model::{Date, Span, iso};
use crate::ocf::{Column, ObjectId, vesting};
use crate::problem::Severity;
use crate::quantity::{Ratio, SHARE_DECIMALS, SHARES_LIMIT, plain, power_of_ten, whole};
use crate::text::grouped;
use num_traits::{Signed, Zero};
use std::collections::BTreeMap;
use std::mem;

impl Fold<'_> {
    /// What is held on the date becomes lots.
    pub(super) fn close(&mut self) {
        if self.objects.full || self.names.full {
            let object = ObjectId { file: 0, id: "".into() };
            let message = "The package has more than 4 GB of ids and certificates' numbers.".to_owned();
            self.refuse("file.too-large", &object, message);
        }
        self.names = super::Names::default();
        let mut rights = BTreeMap::new();
        for ix in 0..u32::try_from(self.securities.len()).unwrap_or(NONE) {
            self.bring_to(ix, self.as_of);
            let Some(security) = self.get(ix).filter(|security| security.holder != NONE) else { continue };
            let later = security.date > self.as_of;
            if !matches!(security.state, State::Held) || (later && self.changed_later.contains(&ix)) {
                continue;
            }
            let what = match security.family {
                Family::Stock(_) => {
                    let mut certificate = security.certificate;
                    for (issued, quantity) in security.parcels() {
                        self.lot(ix, issued, quantity, mem::take(&mut certificate), None);
                    }
                    continue;
                }
                Family::Rights { is_warrant, class } => {
                    if let Some(security) = self.securities.get_mut(ix as usize).and_then(Option::take) {
                        self.rights(security, is_warrant, class, &mut rights);
                    }
                    continue;
                }
                Family::Unit => "a restricted stock unit",
                Family::Appreciation => "a stock appreciation right",
                Family::Convertible => "a convertible",
                Family::UncountedWarrant => "a warrant without a number or a price",
            };
            if !later {
                let object = self.object(security.file, security.object);
                let message = format!(
                    "{} is {what}, which has no place in a register: left out until shares are issued for it.",
                    self.called(&object, security.certificate)
                );
                self.note("security.left-out", &object, message);
            }
        }
        self.weigh();
        self.folded.texts = mem::take(&mut self.objects.texts);
    }

    /// Says which lots have less than the register can hold of a share, and refuses those with more shares than any.
    fn weigh(&mut self) {
        let mut lots = mem::take(&mut self.folded.lots);
        lots.retain(|lot| {
            if matches!(lot.quantity, Amount::Small(1, shares) if shares <= SHARES_LIMIT) {
                return true;
            }
            let (quantity, most) = (lot.quantity.ratio(), whole(SHARES_LIMIT));
            let object = ObjectId { file: lot.file, id: self.objects.texts.get(lot.object).into() };
            if quantity > most {
                let shown = grouped(&SHARES_LIMIT.to_string());
                let message = format!("The object {} comes to more than {shown} shares.", object.id);
                self.refuse("quantity.too-large", &object, message);
            } else if !(&quantity * Ratio::from(power_of_ten(SHARE_DECIMALS))).is_integer() {
                let message = format!(
                    "The object {} comes to a number of shares with more than {SHARE_DECIMALS} decimals, and is rounded down to them.",
                    object.id
                );
                self.note("quantity.rounded", &object, message);
            }
            quantity <= most || matches!(lot.quantity, Amount::Small(..))
        });
        self.folded.lots = lots;
    }

    fn called(&self, object: &ObjectId, certificate: Span) -> String {
        format!("{} ({})", object.id, self.objects.texts.get(certificate))
    }

    /// Options and warrants: as many as may be exercised on the date.
    fn rights(&mut self, security: Security, is_warrant: bool, class: Option<u32>, rights: &mut BTreeMap<Right, u32>) {
        let left = security.quantity();
        let object = self.object(security.file, security.object);
        let name = self.called(&object, security.certificate);
        let Some(grant) = security.grant else { return };
        // Of a later grant nothing is said; one that vests has not begun to.
        self.is_later = security.date > self.as_of;
        let may = match (class, &grant.price) {
            _ if self.is_later && (grant.terms.is_some() || grant.list.is_some()) => None,
            (Some(_), Some(_)) => self.may_be_exercised(&grant, &security.issued.ratio(), &left, &object, &name),
            _ => {
                let message = format!("{name} does not say which class it buys, or at what price: it is left out.");
                self.note("security.left-out", &object, message);
                None
            }
        };
        self.is_later = false;
        let (Some(may), Some(class), Some(price)) = (may.filter(Signed::is_positive), class, grant.price) else {
            return;
        };
        let own = security.carried.iter().find(|(column, _)| column == "class").map(|(_, id)| id.clone());
        let right = Right { is_warrant, class: class as usize, price, own };
        let number = *rights.entry(right.clone()).or_insert_with(|| {
            self.folded.rights.push((right, object, security.carried.clone()));
            u32::try_from(self.folded.rights.len() - 1).unwrap_or(NONE)
        });
        // What is said of their class stands there.
        let of_lot = |(column, _): &&(Column, String)| column != "class" && !column.starts_with("class ");
        let carried: Carried = security.carried.iter().filter(of_lot).cloned().collect();
        self.folded.lots.push(Lot {
            holder: security.holder,
            of: Of::Right(number),
            quantity: may.into(),
            issued: security.date,
            retired: None,
            certificate: security.certificate,
            file: security.file,
            object: self.objects.span(security.object),
            carried,
        });
    }

    /// What of a grant has vested, less what was exercised; none where it expired, or that is not known.
    fn may_be_exercised(
        &mut self,
        grant: &Grant,
        issued: &Ratio,
        left: &Ratio,
        object: &ObjectId,
        name: &str,
    ) -> Option<Ratio> {
        if let Some(expired) = grant.expires.filter(|expires| *expires < self.as_of) {
            let message = format!("{name} expired on {}: it is left out.", iso(expired));
            self.note("security.expired", object, message);
            return None;
        }
        let vested = match (&grant.list, grant.terms.as_deref()) {
            (Some(list), _) => {
                // The list is in shares of the issuance; splits since then are in what it issued.
                let until = |day| -> Ratio { list.iter().filter(|v| v.date.0 <= day).map(|v| &v.amount.0).sum() };
                let listed = until(Date::MAX);
                if listed.is_zero() { listed } else { until(self.as_of) * issued / listed }
            }
            (None, Some(id)) => {
                let found = self.term_ids.get(id).and_then(|ix| self.terms.get(*ix as usize));
                let Some((terms, _)) = found else {
                    let message = format!("{name} vests by the terms {id}, which are not in the package.");
                    self.refuse("vesting_terms_id.unknown", object, message);
                    return None;
                };
                let mut doubts = Vec::new();
                let result = vesting::by_terms(terms, issued, &grant.happened, self.as_of, &mut doubts);
                doubts.dedup();
                for doubt in doubts {
                    let help = "Nothing to do if that is so; else correct the vesting terms.";
                    let message = format!("{name}, terms {id}: {doubt}.");
                    self.find(Severity::Warning, "vesting.doubt", object, message, help);
                }
                let understood = |what| format!("{name}, terms {id}: {what}.");
                result.map_err(|what| self.refuse("vesting.not-understood", object, understood(what))).ok()?
            }
            (None, None) => issued.clone(),
        };
        let vested = (vested + &grant.accelerated).min(issued.clone());
        let may = (vested - &grant.used).max(whole(0)).min(left.clone());
        if may < *left {
            let (shown, left, on) = (plain(&may, 6), plain(left, 6), iso(self.as_of));
            let message =
                format!("{name}: {shown} of {left} have vested on {on} and may be exercised; the others are left out.");
            self.note("security.not-vested", object, message);
        }
        Some(may)
    }
}
