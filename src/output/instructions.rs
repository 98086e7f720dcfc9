//! `payment-instructions.csv`: one row per holder, cash net summed over classes (SPEC 7, 4.14).

use super::csv;
use super::folder::Folder;
use crate::model::Case;
use crate::model::calendar::{Date, iso};
use crate::model::register::{Detail, HolderIx};
use crate::outcome::PaymentRow;
use crate::outcome::liquidation::LiquidationRow;
use crate::quantity::Units;
use std::io;

const HEADER: &str = "reference,holder_id,payee_name,method,account,bank_code,country,currency,amount,status";

/// A row that may pay its holder cash; rows come in the order of holders.
pub(crate) trait Paid: Sync {
    /// Whose row.
    fn holder(&self) -> HolderIx;
    /// What it pays in cash, net, in smallest units; none where it delivers something else.
    fn cash(&self) -> Option<Units>;
}

impl Paid for PaymentRow {
    fn holder(&self) -> HolderIx {
        self.holder
    }

    fn cash(&self) -> Option<Units> {
        self.is_cash().then(|| self.net())
    }
}

impl Paid for LiquidationRow {
    fn holder(&self) -> HolderIx {
        self.holder
    }

    fn cash(&self) -> Option<Units> {
        Some(self.total)
    }
}

/// How many payments a run makes, and which of them wait.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Payout {
    /// Holders who are paid cash.
    pub payments: usize,
    /// Payments that are held.
    pub held: usize,
    /// Their sum, net, in smallest units.
    pub held_amount: Units,
}

impl Payout {
    /// Counts a run's payments.
    pub(crate) fn of(case: &Case, rows: &[impl Paid]) -> Self {
        let mut payout = Self::default();
        for rows in rows.chunk_by(same_holder) {
            let Some((holder, amount)) = payment(rows) else { continue };
            payout.payments += 1;
            if held(case, holder) {
                payout.held += 1;
                payout.held_amount += amount;
            }
        }
        payout
    }
}

fn same_holder<R: Paid>(a: &R, b: &R) -> bool {
    a.holder() == b.holder()
}

/// What the rows of one holder pay in cash; none where no row pays any.
fn payment<R: Paid>(rows: &[R]) -> Option<(HolderIx, Units)> {
    let mut cash = rows.iter().filter_map(Paid::cash);
    let first = cash.next()?;
    Some((rows.first()?.holder(), cash.fold(first, |sum, amount| sum + amount)))
}

/// `held` if the holder is on hold, or method, account or bank code is blank.
fn held(case: &Case, holder: HolderIx) -> bool {
    let needed = [Detail::PaymentMethod, Detail::Account, Detail::BankCode];
    case.register.hold(holder) || needed.iter().any(|d| case.register.detail(holder, *d).is_empty())
}

/// Writes the instructions of a run's rows; `kind` and `date` make the reference that a bank statement will show.
pub(crate) fn write(folder: &Folder, case: &Case, kind: &str, date: Date, rows: &[impl Paid]) -> io::Result<()> {
    let register = &case.register;
    let prefix = format!("{kind}-{}", iso(date));
    // Where each holder's rows begin: a number for each holder, beside the rows themselves, is all that this takes.
    let starts = rows.chunk_by(same_holder).scan(0u32, |next, rows| {
        let start = *next;
        *next = next.checked_add(u32::try_from(rows.len()).ok()?)?;
        Some((start, payment(rows).is_some()))
    });
    let starts: Vec<u32> = starts.filter_map(|(start, pays)| pays.then_some(start)).collect();
    csv::write(folder, "payment-instructions.csv", HEADER, &starts, |start, row| {
        let from = rows.get(*start as usize..).unwrap_or(&[]);
        let Some((holder, amount)) = from.chunk_by(same_holder).next().and_then(payment) else { return };
        let payee = register.detail(holder, Detail::PayeeName);
        row.text(&format!("{prefix}-{}", register.id(holder))).text(register.id(holder));
        row.text(if payee.is_empty() { register.name(holder) } else { payee });
        for detail in [Detail::PaymentMethod, Detail::Account, Detail::BankCode, Detail::Country] {
            row.text(register.detail(holder, detail));
        }
        row.text(&case.terms.currency).cash(amount, case.terms.currency_decimals);
        row.plain(if held(case, holder) { "held" } else { "pay" });
    })
}
