//! A bank's file from a run's payment instructions, in any format: which rows it carries and why not the others, in which
//! batches, then the file itself, and a list of what becomes of each row.
//!
//! File and list are rendered piece by piece and never in memory as a whole.

pub(crate) mod already;
mod told;

use super::Refused;
use super::latin::Replaced;
use super::run::{Instruction, Instructions, Run, place};
use crate::model::Case;
use crate::model::register::{Detail, HolderIx, Register};
use crate::output::csv::in_order;
use crate::output::instructions::NAME as INSTRUCTIONS;
use crate::problem::{Place, Problem};
use crate::quantity::Units;
use crate::sha256::{beside, hex};
use already::{Already, Other};
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashSet};
use std::io::{self, Write};

/// Why what the run pays is not sent to a holder whom the register holds by now.
const HELD_SINCE: &str = "held: on hold in the register since the run; once it is not, say stopped in payment_status, and \
                          ratable reissue pays it again";
/// Rows that one thread judges or renders at a time.
const PIECE: usize = 128;
/// Pieces that each thread renders while those before them are written.
const AT_ONCE: usize = 24;

/// What is to be paid: a run's instructions, with what its case says of the holders.
#[derive(Clone, Copy)]
pub(crate) struct ToPay<'a> {
    pub run: &'a Run,
    pub instructions: &'a Instructions,
    pub case: &'a Case,
    pub already: &'a Already,
}

/// A row of a run's instructions with what the case says of its holder.
#[derive(Clone, Copy)]
pub(crate) struct Payment<'a> {
    /// The row.
    pub row: Instruction<'a>,
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

/// A payment that a format carries.
pub(crate) struct Entry<C> {
    /// Its kind, as an index into [`Format::KINDS`].
    pub kind: usize,
    /// What it adds to the batch's hash.
    pub hash: u64,
    /// What is to be said of it in the list.
    pub said: Option<&'static str>,
    /// What was changed to fit the format.
    pub replaced: Vec<Replaced>,
    /// What is written.
    pub content: C,
}

pub(crate) trait Format: Sync {
    /// A payment as the format has it.
    type Content<'p>;
    /// Its kinds of payment, each in batches of its own.
    const KINDS: &'static [&'static str];
    /// A row of status `pay` as the format has it.
    /// Errors: Why it is not carried.
    fn entry<'p>(&self, payment: &Payment<'p>) -> Result<Entry<Self::Content<'p>>, String>;
    /// The most that a batch holds: an amount, and a number of payments.
    fn batch_limit(&self) -> (Option<Units>, usize) {
        (None, usize::MAX)
    }
    /// What the format cannot hold of these batches.
    fn too_much(&self, _: &[Batch]) -> Vec<Problem> {
        Vec::new()
    }
    fn begin(&self, out: &mut Vec<u8>, batches: &[Batch]);
    fn begin_batch(&self, _: &mut Vec<u8>, _: &Batch) {}
    /// A payment; `number` counts them in the file, from 1.
    fn write(&self, out: &mut Vec<u8>, content: &Self::Content<'_>, payment: &Payment, batch: &Batch, number: usize);
    fn end_batch(&self, _: &mut Vec<u8>, _: &Batch) {}
    fn end(&self, _: &mut Vec<u8>, _: &[Batch]) {}
}

/// Payments of one kind that a format holds together.
#[derive(Debug)]
pub(crate) struct Batch {
    /// Its number in the file, from 1.
    pub number: usize,
    pub kind: usize,
    /// The payments' sum, in smallest units.
    pub sum: Units,
    /// The sum of what each adds to the hash.
    pub hash: u64,
    /// Their rows and holders.
    rows: Vec<(usize, HolderIx)>,
}

impl Batch {
    pub(crate) fn count(&self) -> usize {
        self.rows.len()
    }
}

/// What the instructions come to in a format.
pub(crate) struct Plan<'a> {
    of: ToPay<'a>,
    /// [`Format::KINDS`].
    kinds: &'static [&'static str],
    /// In the file's order.
    pub batches: Vec<Batch>,
    /// What becomes of each row.
    judged: Vec<Judged>,
    /// Rows that are not carried, by reason.
    pub left: BTreeMap<String, (usize, Units)>,
    /// Texts that were changed.
    pub replaced: usize,
    /// Payments whose account the register has changed since.
    pub elsewhere: usize,
}

/// The first of some rows, and of each from it on why it is not carried, if it is not.
type Judged = (usize, Vec<Result<Carried, String>>);

struct Carried {
    holder: HolderIx,
    entry: Entry<()>,
    /// Whether it goes to another account than the register names by now.
    is_elsewhere: bool,
}

/// What renders a part of a file by itself.
type Part<'p> = Box<dyn Fn(&mut Vec<u8>) + Sync + 'p>;

/// A file that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FileWritten {
    pub size: u64,
    pub sha256: String,
}

impl<'a> Plan<'a> {
    /// Judges every row.
    /// Errors: What must be put right first: another case's rows, a reference twice, nothing to carry.
    pub(crate) fn new<F: Format>(of: ToPay<'a>, format: &F) -> Result<Self, Refused> {
        let pieces: Vec<usize> = (0..of.instructions.len()).step_by(PIECE).collect();
        let judged: Vec<Result<Judged, _>> = pieces.into_par_iter().map(|first| of.judge(first, format)).collect();
        let judged = judged.into_iter().collect::<Result<_, Refused>>()?;
        of.no_reference_twice()?;
        let (batches, left) = (Vec::new(), BTreeMap::new());
        let mut plan = Self { of, kinds: F::KINDS, batches, judged, left, replaced: 0, elsewhere: 0 };
        plan.add_up(format);
        if plan.batches.is_empty() {
            return Err(plan.nothing().into());
        }
        let problems = format.too_much(&plan.batches);
        if problems.is_empty() { Ok(plan) } else { Err(Refused::Problems(problems)) }
    }

    fn add_up<F: Format>(&mut self, format: &F) {
        let mut open = vec![None; self.kinds.len()];
        for (at, verdict) in self.judged.iter().flat_map(|(first, verdicts)| (*first..).zip(verdicts)) {
            let amount = self.of.instructions.get(at).amount;
            match verdict {
                Ok(carried) => {
                    add(&mut self.batches, &mut open[carried.entry.kind], carried, (at, amount), format.batch_limit());
                    self.elsewhere += usize::from(carried.is_elsewhere);
                    self.replaced += carried.entry.replaced.len();
                }
                Err(reason) => match self.left.get_mut(reason) {
                    Some((count, sum)) => (*count, *sum) = (*count + 1, *sum + amount),
                    None => drop(self.left.insert(reason.clone(), (1, amount))),
                },
            }
        }
        self.batches.sort_by_key(|batch| batch.kind);
        for (batch, number) in self.batches.iter_mut().zip(1..) {
            batch.number = number;
        }
    }

    fn nothing(&self) -> Problem {
        let reasons = self.left.iter().map(|(reason, (count, _))| format!("{count}: {reason}"));
        let reasons: Vec<String> = reasons.take(10).collect();
        if reasons.is_empty() {
            let help = "Give a run that has payments left to make.";
            return Problem::error("pay.rows.none", self.of.place(), "The run has no payments.", help);
        }
        let message = format!("This format can carry no payment of the run ({}).", reasons.join("; "));
        let help = "Correct what the reasons say, or write the file in the format of the payments' method.";
        Problem::error("pay.rows.none", self.of.place(), message, help)
    }

    /// How many payments are carried, and their sum.
    pub(crate) fn carried(&self) -> (usize, Units) {
        (self.batches.iter().map(Batch::count).sum(), self.batches.iter().map(|b| b.sum).sum())
    }

    /// The payments that are carried, batch by batch, each with its number in the file.
    pub(crate) fn payments(&self) -> impl Iterator<Item = (usize, Payment<'a>)> {
        (1..).zip(self.batches.iter().flat_map(|batch| &batch.rows).map(|(row, holder)| self.of.payment(*row, *holder)))
    }

    pub(crate) fn write<F: Format>(&self, format: &F, out: &mut (impl Write + Send)) -> io::Result<FileWritten> {
        let mut parts: Vec<Part> = vec![Box::new(|out| format.begin(out, &self.batches))];
        let mut next = 1;
        for batch in &self.batches {
            parts.push(Box::new(|out| format.begin_batch(out, batch)));
            for rows in batch.rows.chunks(PIECE) {
                let first = next;
                next += rows.len();
                parts.push(Box::new(move |out| {
                    for ((row, holder), number) in rows.iter().zip(first..) {
                        let payment = self.of.payment(*row, *holder);
                        let entry = format.entry(&payment).expect("a payment that is carried has an entry");
                        format.write(out, &entry.content, &payment, batch, number);
                    }
                }));
            }
            parts.push(Box::new(|out| format.end_batch(out, batch)));
        }
        parts.push(Box::new(|out| format.end(out, &self.batches)));
        let (mut hash, mut size) = (Sha256::new(), 0);
        in_order(
            &parts,
            AT_ONCE,
            |part, into| part(into),
            |bytes| {
                size += bytes.len() as u64;
                beside(&mut hash, bytes, || out.write_all(bytes))
            },
        )?;
        Ok(FileWritten { size, sha256: hex(&hash.finalize()) })
    }
}

impl<'a> ToPay<'a> {
    /// The same without what further files carry, where there are any; and how many those are.
    pub(crate) fn but(self, further: Option<&'a Already>, count: usize) -> (Self, usize) {
        further.map_or((self, 0), |already| (Self { already, ..self }, count))
    }

    fn payment(&self, row: usize, holder: HolderIx) -> Payment<'a> {
        let (row, home_country) = (self.instructions.get(row), &self.case.terms.home_country);
        Payment { row, register: &self.case.register, holder, home_country }
    }

    /// What becomes of a piece of the rows, which come in the order of holders' ids.
    /// Errors: That the case has no such holder.
    fn judge<F: Format>(&self, first: usize, format: &F) -> Result<Judged, Refused> {
        let mut holder = None;
        let verdict = |at| {
            let row = self.instructions.get(at);
            holder = self.case.register.find_after(holder, row.holder_id());
            let holder = holder.ok_or_else(|| {
                let message =
                    format!("The run pays {}, whom the register of this case does not have.", row.holder_id());
                let help = "Give the case that the run was made of.";
                Problem::error("pay.holder_id.unknown", self.place(), message, help)
            })?;
            Ok(Carried::new(&self.payment(at, holder), self.already, format))
        };
        Ok((first, (first..self.instructions.len()).take(PIECE).map(verdict).collect::<Result<_, Refused>>()?))
    }

    fn place(&self) -> Place {
        place(&self.run.folder, INSTRUCTIONS)
    }

    /// Errors: That two rows have one reference.
    fn no_reference_twice(&self) -> Result<(), Refused> {
        let mut references = self.instructions.iter().map(|row| row.reference());
        // As nearly every run has them.
        if references.clone().is_sorted_by(|one, next| one < next) {
            return Ok(());
        }
        let mut seen = HashSet::new();
        let Some(twice) = references.find(|reference| !seen.insert(*reference)) else { return Ok(()) };
        let message = format!("The reference {twice} is there twice, and a reference is one payment.");
        let help = "Make the run again; if it is the same again, report it to the makers of ratable.";
        Err(Problem::error("pay.reference.twice", self.place(), message, help).into())
    }
}

impl Carried {
    /// A payment as a format has it, or why it is not carried.
    fn new<F: Format>(payment: &Payment, already: &Already, format: &F) -> Result<Self, String> {
        let entry = match payment.row.status() {
            "pay" if payment.row.amount > 0 && payment.register.hold(payment.holder) => {
                return Err(HELD_SINCE.to_owned());
            }
            "pay" if payment.row.amount > 0 => {
                let entry = format.entry(payment)?;
                already.get(payment.row.reference()).map_or(Ok(entry), |reason| Err(reason.clone()))?
            }
            "held" => return Err(format!("held: {}", payment.row.reason())),
            _ => return Err("there is nothing to pay".to_owned()),
        };
        let Entry { kind, hash, said, replaced, .. } = entry;
        let entry = Entry { kind, hash, said, replaced, content: () };
        Ok(Self { holder: payment.holder, entry, is_elsewhere: payment.is_elsewhere() })
    }
}

/// Adds a payment, its row and amount, to the open batch of its kind, or to a new one where that would be too much.
fn add(
    batches: &mut Vec<Batch>,
    open: &mut Option<usize>,
    carried: &Carried,
    (row, amount): (usize, Units),
    (most, count): (Option<Units>, usize),
) {
    let fits = |batch: &Batch| batch.count() < count && most.is_none_or(|most| batch.sum + amount <= most);
    let at = open.filter(|at| fits(&batches[*at])).unwrap_or_else(|| {
        batches.push(Batch { number: 0, kind: carried.entry.kind, sum: 0, hash: 0, rows: Vec::new() });
        batches.len() - 1
    });
    *open = Some(at);
    let batch = &mut batches[at];
    batch.sum += amount;
    batch.hash += carried.entry.hash;
    batch.rows.push((row, carried.holder));
}

/// Why payments are not sent, where files of the same format carry some of them; none where one of those is the file that
/// is to be written, once more.
/// Errors: those of [`Plan::new`], or a list of checks that cannot be read.
pub(crate) fn of_format<F: Format>(
    of: ToPay,
    format: &F,
    others: &[&Other],
    first_number: Option<u64>,
) -> Result<Option<Already>, Refused> {
    if others.is_empty() {
        return Ok(None);
    }
    let plan = Plan::new(of, format)?;
    let mut carried: Vec<&str> = plan.payments().map(|(_, payment)| payment.row.reference()).collect();
    carried.sort_unstable();
    for other in others {
        if other.is_again(&carried, first_number)? {
            return Ok(None);
        }
    }
    let mut already = of.already.clone();
    for other in others {
        other.add_to(&mut already);
    }
    Ok(Some(already))
}
