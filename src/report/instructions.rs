//! `payment-instructions.csv`: one row per holder, cash net summed over classes (SPEC 7, 4.14).

use super::csv;
use super::folder::Folder;
use crate::model::Case;
use crate::model::calendar::{Date, iso};
use crate::model::register::{Detail, HolderIx};
use crate::quantity::Units;
use rayon::prelude::*;
use std::io;

const HEADER: &str = "reference,holder_id,payee_name,method,account,bank_code,country,currency,amount,status";

/// What one holder is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instruction {
    /// Who.
    pub holder: HolderIx,
    /// Net cash, in smallest units.
    pub amount: Units,
    /// Whether it may go out.
    pub held: bool,
}

/// Sums net cash by holder, from rows in holder order.
#[must_use]
pub fn instructions(case: &Case, cash: impl Iterator<Item = (HolderIx, Units)>) -> Vec<Instruction> {
    let mut list: Vec<Instruction> = Vec::with_capacity(case.register.holder_count() as usize);
    for (holder, amount) in cash {
        match list.last_mut().filter(|last| last.holder == holder) {
            Some(last) => last.amount += amount,
            None => list.push(Instruction { holder, amount, held: false }),
        }
    }
    list.par_iter_mut().with_min_len(4_096).for_each(|one| one.held = held(case, one.holder));
    list
}

/// `held` if the holder is on hold, or method, account or bank code is blank.
fn held(case: &Case, holder: HolderIx) -> bool {
    let needed = [Detail::PaymentMethod, Detail::Account, Detail::BankCode];
    case.register.hold(holder) || needed.iter().any(|d| case.register.detail(holder, *d).is_empty())
}

/// Writes them; `kind` and `date` make the reference that a bank statement will show.
///
/// # Errors
/// The machine's.
pub fn write(folder: &Folder, case: &Case, kind: &str, date: Date, list: &[Instruction]) -> io::Result<()> {
    let register = &case.register;
    let prefix = format!("{kind}-{}", iso(date));
    csv::write(folder, "payment-instructions.csv", HEADER, list, |item, row| {
        let holder = item.holder;
        let payee = register.detail(holder, Detail::PayeeName);
        row.text(&format!("{prefix}-{}", register.id(holder)))?.text(register.id(holder))?;
        row.text(if payee.is_empty() { register.name(holder) } else { payee })?;
        for detail in [Detail::PaymentMethod, Detail::Account, Detail::BankCode, Detail::Country] {
            row.text(register.detail(holder, detail))?;
        }
        row.text(&case.terms.currency)?.cash(item.amount, case.terms.currency_decimals)?;
        row.plain(if item.held { "held" } else { "pay" })?;
        Ok(())
    })
}
