//! What the fold keeps while it goes: securities with the shares that are left in them, and what is still to happen to them.

use super::Carried;
use super::compact::{Amount, Few};
use crate::model::{Date, Span};
use crate::ocf::objects::Vesting;
use crate::ocf::vesting::Happened;
use crate::quantity::Ratio;
use num_traits::Signed;
use std::mem;

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Family {
    Stock(u32),
    Rights { is_warrant: bool, class: Option<u32> },
    // What has no place in a register until shares are issued for it.
    Unit,
    Appreciation,
    Convertible,
    UncountedWarrant,
}

impl Family {
    pub(super) fn is_like(self, other: Self) -> bool {
        match (self, other) {
            (Self::Rights { is_warrant: one, .. }, Self::Rights { is_warrant: two, .. }) => one == two,
            _ => self == other,
        }
    }

    /// Whether its quantity is a number of shares.
    pub(super) fn is_counted(self) -> bool {
        !matches!(self, Self::Convertible | Self::UncountedWarrant)
    }
}

pub(super) enum State {
    /// Held since its issuance, or since what made it.
    Held,
    /// Made by a transaction that was not reached yet.
    Waiting,
    /// Closed by an object on a date.
    Gone(u32, Date),
}

/// What is said of options and warrants alone.
pub(super) struct Grant {
    pub price: Option<Ratio>,
    pub terms: Option<String>,
    pub list: Option<Vec<Vesting>>,
    pub happened: Happened,
    pub accelerated: Ratio,
    /// What of the grant was exercised.
    pub used: Ratio,
    pub expires: Option<Date>,
}

/// Shares by the day on which the company first issued them.
pub(super) enum Parcels {
    /// As many as the issuance says.
    AsIssued(Date),
    These(Vec<(Date, Amount)>),
}

pub(super) struct Security {
    pub family: Family,
    pub holder: u32,
    pub date: Date,
    /// Splits up to this date are in its quantity.
    pub through: Date,
    /// What its issuance says, in shares of today.
    pub issued: Amount,
    pub parcels: Parcels,
    pub state: State,
    pub certificate: Span,
    pub file: u16,
    pub object: u32,
    pub grant: Option<Box<Grant>>,
    pub carried: Carried,
}

impl Security {
    pub(super) fn quantity(&self) -> Ratio {
        match &self.parcels {
            Parcels::AsIssued(_) => self.issued.ratio(),
            Parcels::These(parcels) => parcels.iter().map(|(_, quantity)| quantity.ratio()).sum(),
        }
    }

    pub(super) fn parcels(&self) -> Vec<(Date, Ratio)> {
        match &self.parcels {
            Parcels::AsIssued(date) => vec![(*date, self.issued.ratio())],
            Parcels::These(parcels) => parcels.iter().map(|(date, quantity)| (*date, quantity.ratio())).collect(),
        }
    }

    pub(super) fn set(&mut self, parcels: Vec<(Date, Ratio)>) {
        self.parcels = match parcels.as_slice() {
            [(date, quantity)] if *quantity == self.issued.ratio() => Parcels::AsIssued(*date),
            _ => Parcels::These(parcels.into_iter().map(|(date, quantity)| (date, quantity.into())).collect()),
        };
    }
}

/// Takes shares out, those first that were issued first.
pub(super) fn take(parcels: &mut Vec<(Date, Ratio)>, mut wanted: Ratio) -> Vec<(Date, Ratio)> {
    parcels.sort_by_key(|(date, _)| *date);
    let mut taken = Vec::new();
    for (date, quantity) in mem::take(parcels) {
        let part = wanted.clone().min(quantity.clone());
        wanted -= &part;
        let rest = quantity - &part;
        if part.is_positive() {
            taken.push((date, part));
        }
        if rest.is_positive() {
            parcels.push((date, rest));
        }
    }
    taken
}

#[derive(PartialEq)]
pub(super) enum Kind {
    Move,
    Retire,
    Retract,
    Convert,
    Exercise,
    Reprice(Box<Ratio>),
    Vest(Box<str>),
    Accelerate,
}

pub(super) struct Event {
    pub date: Date,
    pub file: u16,
    pub object: u32,
    pub kind: Kind,
    /// How many; all where it does not say.
    pub quantity: Option<Amount>,
    /// What it takes from: one security, or those that are consolidated.
    pub from: Few,
    pub to: Few,
    pub balance: u32,
}
