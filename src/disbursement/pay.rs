//! A bank's file from a run's payment instructions, in any format: which rows it carries and why not the others, in which
//! batches, then the file itself, piece by piece.
//!
//! The instructions are read once to judge every row, and once more for each kind of payment to write it: what is kept
//! between is a number for each row, so that the file may be of any size.

mod judged;

use super::Refused;
use super::latin::Replaced;
use super::run::{Instruction, Run, place};
use crate::model::Case;
use crate::model::register::{Detail, HolderIx, Register};
use crate::output::instructions::NAME as INSTRUCTIONS;
use crate::problem::Problem;
use crate::quantity::{Units, scaled_fixed};
use crate::sha256::hex;
use hashbrown::HashSet;
use judged::{Carried, Judged};
use rayon::prelude::*;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::{self, Write};

/// Rows that one thread renders at a time.
const PIECE: usize = 128;
/// The batch of a row that is not carried.
const NOT_CARRIED: u32 = u32::MAX;

/// A row of a run's instructions with what the case says of its holder.
#[derive(Clone, Copy)]
pub(crate) struct Payment<'a> {
    /// The row.
    pub row: &'a Instruction,
    register: &'a Register,
    holder: HolderIx,
    home_country: &'a str,
}

impl<'a> Payment<'a> {
    /// What the register says of the holder.
    pub(crate) fn detail(&self, detail: Detail) -> &'a str {
        self.register.detail(self.holder, detail)
    }

    /// The holder's country; where the register has none, the company's own.
    pub(crate) fn country(&self) -> &'a str {
        let country = self.detail(Detail::Country);
        if country.is_empty() { self.home_country } else { country }
    }

    /// Whether the register names another account by now.
    fn is_elsewhere(&self) -> bool {
        [(Detail::Account, self.row.account()), (Detail::BankCode, self.row.bank_code())]
            .into_iter()
            .any(|(detail, paid)| self.detail(detail) != paid)
    }
}

/// Takes payments that are carried: the batch, rows of it in order, and the number of the first of them in the batch,
/// from 1.
pub(crate) type Each<'c> = dyn FnMut(&Batch, &[Payment], usize) -> io::Result<()> + Send + 'c;

/// A payment that a format carries.
pub(crate) trait Entry: Send {
    /// Its kind, as an index into [`Format::kinds`].
    fn kind(&self) -> usize;
    /// What it adds to the batch's hash.
    fn hash(&self) -> u64 {
        0
    }
    /// What was changed to fit the format.
    fn replaced(&self) -> &[Replaced];
    /// What is to be said of it in the list.
    fn said(&self) -> Option<&'static str> {
        None
    }
}

/// A bank's format.
pub(crate) trait Format: Sync {
    /// A payment as the format has it.
    type Entry<'p>: Entry;
    /// Its kinds of payment, each in batches of its own.
    fn kinds(&self) -> &'static [&'static str];
    /// A row of status `pay` as the format has it.
    /// Errors: Why it is not carried.
    fn entry<'p>(&self, payment: &Payment<'p>) -> Result<Self::Entry<'p>, String>;
    /// The most that a batch holds: an amount, and a number of payments.
    fn batch_limit(&self) -> (Option<Units>, usize);
    /// What the format cannot hold of these batches.
    fn too_much(&self, batches: &[Batch]) -> Vec<Problem>;
    /// Begins the file.
    fn begin(&self, out: &mut Vec<u8>, batches: &[Batch]);
    /// Begins a batch.
    fn begin_batch(&self, out: &mut Vec<u8>, batch: &Batch);
    /// A payment; `number` counts them in the batch, from 1.
    fn write(&self, out: &mut Vec<u8>, entry: &Self::Entry<'_>, payment: &Payment, batch: &Batch, number: usize);
    /// Ends a batch.
    fn end_batch(&self, out: &mut Vec<u8>, batch: &Batch);
    /// Ends the file.
    fn end(&self, out: &mut Vec<u8>, batches: &[Batch]);
}

/// Payments of one kind that a format holds together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Batch {
    /// Its number in the file, from 1.
    pub number: usize,
    /// Its kind.
    pub kind: usize,
    /// How many payments.
    pub count: usize,
    /// Their sum, in smallest units.
    pub sum: Units,
    /// The sum of what each adds to the hash.
    pub hash: u64,
}

/// What the instructions come to in a format.
pub(crate) struct Plan {
    /// In the file's order.
    pub batches: Vec<Batch>,
    /// Each row's batch, by its index.
    assigned: Vec<u32>,
    /// Rows that are not carried, by reason.
    pub left: BTreeMap<String, (usize, Units)>,
    /// Texts that were changed.
    pub replaced: usize,
    /// Payments whose account the register has changed since.
    pub elsewhere: usize,
    /// The rows and what becomes of each, as JSON, in pieces.
    rows: Vec<Vec<u8>>,
}

/// A file that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FileWritten {
    /// Its size in bytes.
    pub size: u64,
    /// Its SHA-256.
    pub sha256: String,
}

fn batch_index(at: usize) -> u32 {
    u32::try_from(at).ok().filter(|at| *at != NOT_CARRIED).expect("there are no more batches than rows")
}

impl Plan {
    /// Judges every row.
    /// Errors: What must be put right first: another case's rows, a reference twice, nothing to carry.
    pub(crate) fn new<F: Format>(run: &Run, case: &Case, format: &F) -> Result<Self, Refused> {
        let mut plan = Self {
            batches: Vec::new(),
            assigned: Vec::new(),
            left: BTreeMap::new(),
            replaced: 0,
            elsewhere: 0,
            rows: Vec::new(),
        };
        let mut open = vec![None; format.kinds().len()];
        let (mut last, mut ascending) = (String::new(), true);
        run.instructions(&mut |rows| {
            let judged = rows.par_chunks(PIECE).map(|rows| Judged::new(rows, case, format, run.decimals));
            let judged: Vec<Result<Judged, Refused>> = judged.collect();
            for (rows, judged) in rows.chunks(PIECE).zip(judged) {
                let judged = judged.map_err(|why| in_run(run, why))?;
                plan.elsewhere += judged.elsewhere;
                plan.rows.push(judged.told);
                for (row, verdict) in rows.iter().zip(judged.verdicts) {
                    ascending &= *last < *row.reference();
                    last.clear();
                    last.push_str(row.reference());
                    plan.take(row.amount, verdict, format.batch_limit(), &mut open);
                }
            }
            Ok(())
        })?;
        if !ascending {
            no_reference_twice(run)?;
        }
        plan.in_order();
        if plan.batches.is_empty() {
            return Err(plan.nothing(run).into());
        }
        let problems = format.too_much(&plan.batches);
        if problems.is_empty() { Ok(plan) } else { Err(Refused::Problems(problems)) }
    }

    fn take(
        &mut self,
        amount: Units,
        verdict: Result<Carried, String>,
        limit: (Option<Units>, usize),
        open: &mut [Option<usize>],
    ) {
        match verdict {
            Ok(carried) => {
                let index = self.batch(&carried, amount, limit, open);
                self.assigned.push(batch_index(index));
                self.replaced += carried.replaced;
            }
            Err(reason) => {
                self.assigned.push(NOT_CARRIED);
                let left = self.left.entry(reason).or_default();
                *left = (left.0 + 1, left.1 + amount);
            }
        }
    }

    /// The batch that takes a payment: the open one of its kind, or a new one where that would be too much.
    fn batch(
        &mut self,
        entry: &Carried,
        amount: Units,
        limit: (Option<Units>, usize),
        open: &mut [Option<usize>],
    ) -> usize {
        let (most, count) = limit;
        let slot = &mut open[entry.kind];
        let fits = |batch: &Batch| batch.count < count && most.is_none_or(|most| batch.sum + amount <= most);
        let index = slot.filter(|at| fits(&self.batches[*at])).unwrap_or_else(|| {
            self.batches.push(Batch { number: 0, kind: entry.kind, count: 0, sum: 0, hash: 0 });
            self.batches.len() - 1
        });
        *slot = Some(index);
        let batch = &mut self.batches[index];
        batch.count += 1;
        batch.sum += amount;
        batch.hash += entry.hash;
        index
    }

    /// Numbers the batches kind by kind.
    fn in_order(&mut self) {
        let mut order: Vec<usize> = (0..self.batches.len()).collect();
        order.sort_by_key(|at| self.batches[*at].kind);
        let mut place = vec![0; order.len()];
        for (new, old) in order.iter().enumerate() {
            place[*old] = new;
        }
        self.batches = order.iter().map(|old| self.batches[*old]).collect();
        for (at, batch) in self.batches.iter_mut().enumerate() {
            batch.number = at + 1;
        }
        for batch in self.assigned.iter_mut().filter(|batch| **batch != NOT_CARRIED) {
            *batch = batch_index(place[*batch as usize]);
        }
    }

    fn nothing(&self, run: &Run) -> Problem {
        let reasons = self.left.iter().map(|(reason, (count, _))| format!("{count}: {reason}"));
        let reasons: Vec<String> = reasons.take(10).collect();
        let message = format!("This format can carry no payment of the run ({}).", reasons.join("; "));
        let help = "Correct what the reasons say, or write the file in the format of the payments' method.";
        Problem::error("pay.rows.none", place(&run.folder, INSTRUCTIONS), message, help)
    }

    /// How many payments are carried, and their sum.
    pub(crate) fn carried(&self) -> (usize, Units) {
        (self.batches.iter().map(|b| b.count).sum(), self.batches.iter().map(|b| b.sum).sum())
    }

    /// Hands the payments that are carried to `each`, batch by batch. A batch may come in several pieces.
    pub(crate) fn each(&self, run: &Run, case: &Case, each: &mut Each<'_>) -> Result<(), Refused> {
        let mut kinds: Vec<usize> = self.batches.iter().map(|batch| batch.kind).collect();
        kinds.dedup();
        let mut totals = vec![(0, 0); self.batches.len()];
        for kind in kinds {
            let (mut at, mut number, mut current) = (0, 1, NOT_CARRIED);
            run.instructions(&mut |rows| {
                let assigned = self.assigned.get(at..at + rows.len()).ok_or_else(changed)?;
                at += rows.len();
                let of_kind = |batch: u32| batch != NOT_CARRIED && self.batches[batch as usize].kind == kind;
                let carried = assigned.iter().copied().zip(payments(rows, case)).filter(|(batch, _)| of_kind(*batch));
                let carried = carried.map(|(batch, payment)| Ok((batch, payment?)));
                let carried: Vec<(u32, Payment)> = carried.collect::<Result<_, Box<Problem>>>()?;
                for piece in carried.chunk_by(|a, b| a.0 == b.0) {
                    if piece[0].0 != current {
                        (current, number) = (piece[0].0, 1);
                    }
                    let payments: Vec<Payment> = piece.iter().map(|(_, payment)| *payment).collect();
                    let (count, sum) = &mut totals[current as usize];
                    *count += payments.len();
                    *sum += payments.iter().map(|payment| payment.row.amount).sum::<Units>();
                    each(&self.batches[current as usize], &payments, number)?;
                    number += payments.len();
                }
                Ok(())
            })?;
            if at != self.assigned.len() {
                return Err(changed().into());
            }
        }
        let same = self.batches.iter().map(|batch| (batch.count, batch.sum)).eq(totals);
        if same { Ok(()) } else { Err(changed().into()) }
    }

    /// Writes the file.
    pub(crate) fn write<F: Format>(
        &self,
        run: &Run,
        case: &Case,
        format: &F,
        out: &mut (impl Write + Send),
    ) -> Result<FileWritten, Refused> {
        let mut out = Hashed { out, hash: Sha256::new(), size: 0 };
        let mut head = Vec::new();
        format.begin(&mut head, &self.batches);
        out.put(&head)?;
        let mut last: Option<usize> = None;
        // While some pieces are hashed and written, the next are rendered, into buffers that are used again.
        let (mut ready, mut next): (Vec<Vec<u8>>, Vec<Vec<u8>>) = (Vec::new(), Vec::new());
        self.each(run, case, &mut |batch, payments, first| {
            next.resize_with(1 + payments.len().div_ceil(PIECE), Vec::new);
            next.iter_mut().for_each(Vec::clear);
            let (between, rendered) = next.split_first_mut().expect("one buffer more than there are pieces");
            if last != Some(batch.number) {
                if let Some(last) = last {
                    format.end_batch(between, &self.batches[last - 1]);
                }
                format.begin_batch(between, batch);
                last = Some(batch.number);
            }
            let render = |(at, (payments, out)): (usize, (&[Payment], &mut Vec<u8>))| -> io::Result<()> {
                for (ix, payment) in payments.iter().enumerate() {
                    let entry = verdict(payment, format).map_err(|_| changed())?;
                    format.write(out, &entry, payment, batch, first + at * PIECE + ix);
                }
                Ok(())
            };
            let (written, rendered) = rayon::join(
                || ready.iter().try_for_each(|piece| out.put(piece)),
                || payments.par_chunks(PIECE).zip(rendered).enumerate().try_for_each(render),
            );
            std::mem::swap(&mut ready, &mut next);
            written.and(rendered)
        })?;
        ready.iter().try_for_each(|piece| out.put(piece))?;
        let mut tail = Vec::new();
        if let Some(last) = last {
            format.end_batch(&mut tail, &self.batches[last - 1]);
        }
        format.end(&mut tail, &self.batches);
        out.put(&tail)?;
        Ok(FileWritten { size: out.size, sha256: hex(&out.hash.finalize()) })
    }

    /// Writes what is told of the file, as JSON: `head` with totals, batches and each row's fate.
    pub(crate) fn record<F: Format>(
        &self,
        out: &mut impl Write,
        head: Value,
        format: &F,
        decimals: u32,
    ) -> io::Result<()> {
        let cash = |units: Units| scaled_fixed(units, decimals);
        let (count, sum) = self.carried();
        let mut value = head;
        value["payments"] = json!(count);
        value["amount"] = json!(cash(sum));
        let batch = |b: &Batch| json!({"batch": b.number, "kind": format.kinds()[b.kind], "payments": b.count, "amount": cash(b.sum)});
        value["batches"] = self.batches.iter().map(batch).collect();
        let left = |(reason, (count, sum)): (&String, &(usize, Units))| json!({"reason": reason, "payments": count, "amount": cash(*sum)});
        value["not_carried"] = self.left.iter().map(left).collect();
        let head = serde_json::to_vec_pretty(&value)?;
        out.write_all(&head[..head.len() - 2])?;
        out.write_all(b",\n  \"rows\": [")?;
        for (at, rows) in self.rows.iter().enumerate() {
            // No comma before the first.
            out.write_all(&rows[usize::from(at == 0)..])?;
        }
        out.write_all(b"\n  ]\n}\n")
    }
}

/// The payments of rows, which come in the order of holders' ids.
/// Errors: That the case has no such holder.
fn payments<'a>(rows: &'a [Instruction], case: &'a Case) -> impl Iterator<Item = Result<Payment<'a>, Box<Problem>>> {
    let (register, mut before) = (case.register.as_ref(), None);
    rows.iter().map(move |row| {
        before = register.find_after(before, row.holder_id());
        let holder = before.ok_or_else(|| {
            let message = format!("The run pays {}, whom the register of this case does not have.", row.holder_id());
            let help = "Give the case that the run was made of.";
            Box::new(Problem::error("pay.holder_id.unknown", crate::problem::Place::default(), message, help))
        })?;
        Ok(Payment { row, register, holder, home_country: &case.terms.home_country })
    })
}

/// A payment as the format has it, or why it is not carried.
fn verdict<'p, F: Format>(payment: &Payment<'p>, format: &F) -> Result<F::Entry<'p>, String> {
    match payment.row.status() {
        "pay" if payment.row.amount > 0 => format.entry(payment),
        "held" => Err(format!("held: {}", payment.row.reason())),
        _ => Err("there is nothing to pay".to_owned()),
    }
}

fn in_run(run: &Run, mut refused: Refused) -> Refused {
    if let Refused::Problems(problems) = &mut refused {
        for problem in problems {
            problem.place = place(&run.folder, INSTRUCTIONS);
        }
    }
    refused
}

/// Errors: That two rows have one reference.
fn no_reference_twice(run: &Run) -> Result<(), Refused> {
    let mut references = HashSet::new();
    run.instructions(&mut |rows| {
        let Some(row) = rows.iter().find(|row| !references.insert(Box::<str>::from(row.reference()))) else {
            return Ok(());
        };
        let message = format!("The reference {} is there twice, and a reference is one payment.", row.reference());
        let help = "Make the run again; if it is the same again, report it to the makers of ratable.";
        Err(Problem::error("pay.reference.twice", place(&run.folder, INSTRUCTIONS), message, help).into())
    })
}

/// The instructions are not what they were a moment ago.
fn changed() -> io::Error {
    io::Error::other("the payment instructions changed while they were read. Run it again.")
}

/// What is written, counted and hashed.
struct Hashed<'o, W> {
    out: &'o mut W,
    hash: Sha256,
    size: u64,
}

impl<W: Write> Hashed<'_, W> {
    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.hash.update(bytes);
        self.size += bytes.len() as u64;
        self.out.write_all(bytes)
    }
}
