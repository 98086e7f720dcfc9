//! What is held on the date, as lots.

use super::{Family, Fold, Lot, Of, Security, State};
use crate::model::calendar::iso;
use crate::ocf::vesting;
use crate::problem::Severity;
use crate::quantity::{Ratio, plain, whole};
use num_traits::{Signed, Zero};
use std::mem;

impl Fold<'_> {
    /// What is held on the date becomes lots.
    pub(super) fn close(&mut self) {
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
