//! `payment-instructions.csv`: one row per holder, cash net summed over classes, and whether it can be paid.

use super::csv::{self, Row};
use super::folder::Folder;
use crate::model::worded::worded;
use crate::model::{Case, Date, Detail, HolderIx, iso};
use crate::outcome::{LiquidationRow, PaymentRow};
use crate::quantity::Units;
use crate::sha256;
use rayon::prelude::*;
use std::io;

pub(crate) const NAME: &str = "payment-instructions.csv";
pub(crate) const HEADER: &str =
    "reference,holder_id,payee_name,method,account,bank_code,country,currency,amount,status,reason";

/// A row that may pay its holder cash; rows come in the order of holders.
pub(crate) trait Paid: Sync {
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
    /// Their sum, net, in smallest units, with what earlier runs kept back.
    pub amount: Units,
    /// Those of them that a bank's file can pay now.
    pub ready: usize,
    pub held: usize,
    /// Their sum, net, in smallest units.
    pub held_amount: Units,
    /// Those of them that the next run adds, being too small for now.
    pub small: usize,
    pub small_amount: Units,
}

impl Payout {
    pub(crate) fn of(payments: &[Payment]) -> Self {
        let mut payout = Self::default();
        for &Payment { amount, status, .. } in payments {
            payout.payments += usize::from(status != Status::Nothing);
            payout.amount += amount;
            match status {
                Status::Held(reason) => {
                    payout.held += 1;
                    payout.held_amount += amount;
                    if reason == Reason::BelowMinimum {
                        payout.small += 1;
                        payout.small_amount += amount;
                    }
                }
                Status::Pay => payout.ready += 1,
                Status::Nothing => {}
            }
        }
        payout
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Pay,
    Held(Reason),
    Nothing,
}

worded! {
    /// Why a payment waits.
    pub(crate) enum Reason {
        /// Less than the term `minimum_payment`: the next run adds it.
        BelowMinimum = "below minimum",
        OnHold = "on hold",
        NoMethod = "no payment method",
        NoAccount = "account missing",
        NoBankCode = "bank code missing",
        NeitherAccountNorBankCode = "account and bank code missing",
        NoAddress = "address missing",
        NoCountry = "country missing",
        NeitherAddressNorCountry = "address and country missing",
    }
}

impl Status {
    /// Of a payment of `amount` to a holder.
    pub(crate) fn of(case: &Case, holder: HolderIx, amount: Units) -> Self {
        if amount == 0 {
            return Self::Nothing;
        }
        if amount < case.terms.minimum_payment {
            return Self::Held(Reason::BelowMinimum);
        }
        Self::by_details(case, holder)
    }

    /// Of any payment to a holder.
    pub(crate) fn by_details(case: &Case, holder: HolderIx) -> Self {
        if case.register.hold(holder) {
            return Self::Held(Reason::OnHold);
        }
        let blank = |detail| case.register.detail(holder, detail).is_empty();
        let method = case.register.detail(holder, Detail::PaymentMethod);
        if method.is_empty() {
            return Self::Held(Reason::NoMethod);
        }
        let reason = if method.eq_ignore_ascii_case("check") || method.eq_ignore_ascii_case("cheque") {
            let no_address = blank(Detail::Street) && blank(Detail::Address);
            let no_country = blank(Detail::Country) && case.terms.home_country.is_empty();
            match (no_address, no_country) {
                (true, true) => Reason::NeitherAddressNorCountry,
                (true, false) => Reason::NoAddress,
                (false, true) => Reason::NoCountry,
                (false, false) => return Self::Pay,
            }
        } else {
            let no_account = blank(Detail::Account);
            let no_bank = blank(Detail::BankCode) && !is_iban(case.register.detail(holder, Detail::Account));
            match (no_account, no_bank) {
                (true, true) => Reason::NeitherAccountNorBankCode,
                (true, false) => Reason::NoAccount,
                (false, true) => Reason::NoBankCode,
                (false, false) => return Self::Pay,
            }
        };
        Self::Held(reason)
    }

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Pay => "pay",
            Self::Held(_) => "held",
            Self::Nothing => "none",
        }
    }
}

/// Whether an account has the shape of an IBAN: two letters, two digits, 11 to 30 letters or digits. Its check digits
/// were looked at when the register was read.
pub fn is_iban(account: &str) -> bool {
    let bare: String = account.chars().filter(|c| !c.is_whitespace()).collect();
    let bare = bare.strip_prefix("IBAN").or_else(|| bare.strip_prefix("iban")).unwrap_or(&bare).as_bytes();
    (15..=34).contains(&bare.len())
        && bare[..2].iter().all(u8::is_ascii_alphabetic)
        && bare[2..4].iter().all(u8::is_ascii_digit)
        && bare[4..].iter().all(u8::is_ascii_alphanumeric)
}

/// What earlier runs found too small to pay to a holder.
pub(crate) fn carried_in(case: &Case, holder: HolderIx) -> Units {
    let carried = &case.carried_payments.sums;
    carried.binary_search_by_key(&holder, |(holder, _)| *holder).map_or(0, |at| carried[at].1)
}

/// What a holder is paid, net, in smallest units, with what earlier runs found too small; and whether it waits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Payment {
    pub holder: HolderIx,
    pub amount: Units,
    pub status: Status,
}

/// The payment of every holder with a cash row, and of those for whom an earlier run left something, in order.
pub(crate) fn payments(case: &Case, rows: &[impl Paid]) -> Vec<Payment> {
    let unjudged = |(holder, amount)| Payment { holder, amount, status: Status::Nothing };
    let of_holder = |rows: &[_]| -> Option<Payment> {
        let holder = rows.first().map(Paid::holder)?;
        let cash = rows.iter().filter_map(Paid::cash).reduce(|a, b| a + b)?;
        Some(unjudged((holder, cash + carried_in(case, holder))))
    };
    let mut payments: Vec<Payment> = rows.chunk_by(|a, b| a.holder() == b.holder()).filter_map(of_holder).collect();
    let is_left = |(holder, _): &&(HolderIx, Units)| payments.binary_search_by_key(holder, |p| p.holder).is_err();
    let left: Vec<Payment> = case.carried_payments.sums.iter().filter(is_left).copied().map(unjudged).collect();
    payments.extend(left);
    payments.sort_unstable_by_key(|payment| payment.holder);
    payments.par_iter_mut().for_each(|payment| payment.status = Status::of(case, payment.holder, payment.amount));
    payments
}

/// Characters of a payment's reference, and of the hash that stands for an id that does not fit.
const REFERENCE: usize = 30;
const HASH: usize = 20;

/// What the references of a run begin with: the command and the date.
pub fn reference_prefix(command: &str, date: Date) -> String {
    let letter = match command {
        "liquidate" => 'l',
        "exchange" => 'x',
        _ => 'd',
    };
    format!("{letter}{}-", iso(date).replace('-', ""))
}

/// At most 30 letters, digits and `-`, which a bank statement will show: the prefix of the run, then the holder. An id that
/// does not fit, or could pose as a hash, is told by one.
pub fn reference(prefix: &str, id: &str) -> String {
    let plain = id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let poses = id.len() == HASH && id.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    if plain && !poses && prefix.len() + id.len() <= REFERENCE {
        return [prefix, id].concat();
    }
    let hash = sha256::of_bytes(id.as_bytes());
    format!("{prefix}{}", hash.get(..HASH).unwrap_or(&hash))
}

/// A row of payment instructions by the holder's present details.
pub(crate) fn fill(row: &mut Row, case: &Case, reference: &str, payment: Payment) {
    let (register, Payment { holder, amount, status }) = (&case.register, payment);
    let payee = register.detail(holder, Detail::PayeeName);
    row.plain(reference).text(register.id(holder));
    row.text(if payee.is_empty() { register.name(holder) } else { payee });
    for detail in [Detail::PaymentMethod, Detail::Account, Detail::BankCode, Detail::Country] {
        row.text(register.detail(holder, detail));
    }
    row.text(&case.terms.currency).cash(amount, case.terms.currency_decimals);
    let reason = if let Status::Held(reason) = status { reason.word() } else { "" };
    row.plain(status.word()).plain(reason);
}

/// Writes the instructions of a run's payments, and those that are too small for now.
pub(crate) fn write(
    folder: &Folder,
    case: &Case,
    command: &str,
    date: Date,
    mut payments: Vec<Payment>,
) -> io::Result<()> {
    let register = &case.register;
    let prefix = reference_prefix(command, date);
    csv::write(folder, NAME, HEADER, &payments, |payment, row| {
        fill(row, case, &reference(&prefix, register.id(payment.holder)), *payment);
    })?;
    if case.terms.minimum_payment == 0 && case.carried_payments.sums.is_empty() {
        return Ok(());
    }
    payments.retain(|payment| payment.status == Status::Held(Reason::BelowMinimum));
    csv::write(folder, "carried_payments.csv", "as_of,holder_id,amount", &payments, |payment, row| {
        row.plain(iso(date)).text(register.id(payment.holder)).cash(payment.amount, case.terms.currency_decimals);
    })
}
