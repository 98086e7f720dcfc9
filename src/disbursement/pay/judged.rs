//! Rows of a run's instructions judged by a format: which are carried, and what `FILE.json` says of each.

use super::{Entry, Format, payments, verdict};
use crate::disbursement::Refused;
use crate::disbursement::latin::Replaced;
use crate::disbursement::run::Instruction;
use crate::model::Case;
use crate::quantity::scaled_fixed;
use serde::Serialize;
use std::io;

/// What batches need to know of a payment that is carried.
pub(super) struct Carried {
    pub kind: usize,
    pub hash: u64,
    pub replaced: usize,
}

impl Carried {
    fn of(entry: &impl Entry) -> Self {
        Self { kind: entry.kind(), hash: entry.hash(), replaced: entry.replaced().len() }
    }
}

/// A row and what becomes of it, as `FILE.json` has it.
#[derive(Serialize)]
struct Told<'t> {
    reference: &'t str,
    holder_id: &'t str,
    amount: &'t str,
    fate: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'static str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    replaced: &'t [Replaced],
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'t str>,
}

/// Rows that were judged, in order.
pub(super) struct Judged {
    pub verdicts: Vec<Result<Carried, String>>,
    /// How many are carried to another account than the register names by now.
    pub elsewhere: usize,
    /// Each row and what becomes of it, as JSON.
    pub told: Vec<u8>,
}

impl Judged {
    pub(super) fn new<F: Format>(
        rows: &[Instruction],
        case: &Case,
        format: &F,
        decimals: u32,
    ) -> Result<Self, Refused> {
        let mut judged =
            Self { verdicts: Vec::with_capacity(rows.len()), elsewhere: 0, told: Vec::with_capacity(rows.len() * 128) };
        for payment in payments(rows, case) {
            let payment = payment?;
            let verdict = verdict(&payment, format);
            judged.elsewhere += usize::from(verdict.is_ok() && payment.is_elsewhere());
            judged.told.extend_from_slice(b",\n    ");
            tell(&mut judged.told, payment.row, verdict.as_ref(), format, decimals)?;
            judged.verdicts.push(verdict.map(|entry| Carried::of(&entry)));
        }
        Ok(judged)
    }
}

fn tell<F: Format>(
    out: &mut Vec<u8>,
    row: &Instruction,
    verdict: Result<&F::Entry<'_>, &String>,
    format: &F,
    decimals: u32,
) -> io::Result<()> {
    let entry = verdict.ok();
    let told = Told {
        reference: row.reference(),
        holder_id: row.holder_id(),
        amount: &scaled_fixed(row.amount, decimals),
        fate: if entry.is_some() { "carried" } else { "not carried" },
        kind: entry.and_then(|entry| format.kinds().get(entry.kind()).copied()),
        note: entry.and_then(Entry::said),
        replaced: entry.map_or(&[], Entry::replaced),
        reason: verdict.err().map(String::as_str),
    };
    Ok(serde_json::to_writer(out, &told)?)
}
