//! Payments that came back, were stopped or waited: what became of every one, and new instructions for those that can be
//! made now.
//!
//! A payment of a run is paid under one reference after another: each reference is one payment for ever, and at most one
//! of a payment's references is in force, the last. Settled or without a word, it is never paid again.

use super::Refused;
use super::run::{Instruction, Instructions, REISSUE, Run, place};
use crate::model::Case;
use crate::model::calendar::{Date, iso, parse_iso, plus_days};
use crate::model::payer::{Fate, PaymentStatus};
use crate::model::register::HolderIx;
use crate::model::worded::{Worded, worded};
use crate::output::csv;
use crate::output::folder::Folder;
use crate::output::instructions::{self, Payment, Reason, Status};
use crate::problem::Problem;
use crate::quantity::{Units, scaled_fixed};
use crate::text::{money, unguarded};
use crate::verify::table::Table;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::io;
use std::iter::successors;
use std::path::Path;

/// What became of every payment.
pub(crate) const RECONCILIATION: &str = "reconciliation.csv";
/// Which reference took the place of which, in this reissue and those before.
const REPLACED: &str = "replaced.csv";

worded! {
    /// What became of a payment.
    pub(crate) enum State {
        /// Sent, and no word since.
        Outstanding = "outstanding",
        Settled = "settled",
        Returned = "returned",
        Stopped = "stopped",
        Held = "held",
        /// The next run adds it.
        Carried = "carried",
        /// There is nothing to pay.
        Nothing = "none",
    }
}

/// A payment under the reference that is in force.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub reference: String,
    pub holder_id: String,
    pub amount: Units,
    pub state: State,
    /// When that became of it.
    pub date: Option<Date>,
    /// The reference under which it is paid again.
    pub new_reference: Option<String>,
}

/// The payments of a run, or of the latest reissue of it.
pub(crate) struct Reconciliation {
    /// Every payment once, in the run's order.
    pub lines: Vec<Line>,
    /// References whose place another took.
    replaced: Vec<(String, String)>,
    /// References that are paid on the run's day of payment.
    sent: HashSet<String>,
}

/// Reads `reconciliation.csv`.
pub(crate) fn lines(run: &Run) -> Result<Vec<Line>, Refused> {
    let mut lines = Vec::new();
    let mut table = opened(&run.folder, RECONCILIATION)?;
    while table.advance()? {
        let word = table.text("status");
        let state = State::VALUES.iter().find(|state| state.word() == word).ok_or_else(|| {
            let message = format!("status: {word} is no word of this table.");
            Problem::error("reconciliation.status.unknown", table.place("status"), message, RESTORE)
        })?;
        let new = unguarded(table.text("new_reference"));
        lines.push(Line {
            reference: unguarded(table.text("reference")).to_owned(),
            holder_id: unguarded(table.text("holder_id")).to_owned(),
            amount: table.units("amount", run.decimals)?,
            state: *state,
            date: parse_iso(table.text("date")),
            new_reference: (!new.is_empty()).then(|| new.to_owned()),
        });
    }
    Ok(lines)
}

const RESTORE: &str = "Take the folder from a backup, or write the reissue again.";

fn opened(folder: &Path, file: &str) -> Result<Table, Refused> {
    Table::open(folder, file)?.ok_or_else(|| {
        Problem::error("reissue.file.missing", place(folder, file), "This file is missing.", RESTORE).into()
    })
}

/// The references that a reissue replaced, each with the new one.
/// Errors: that its table is missing, or not as it was written.
pub(crate) fn replaced(folder: &Path) -> Result<Vec<(String, String)>, Refused> {
    let (mut table, mut replaced) = (opened(folder, REPLACED)?, Vec::new());
    while table.advance()? {
        replaced.push((table.text("reference").to_owned(), table.text("new_reference").to_owned()));
    }
    Ok(replaced)
}

impl Reconciliation {
    /// The payments of a run as it left them.
    pub(crate) fn read(run: &Run, instructions: &Instructions) -> Result<Self, Refused> {
        let sent =
            instructions.iter().filter(|row| row.status() == "pay").map(|row| row.reference().to_owned()).collect();
        if !run.is_reissue() {
            let line = |row: Instruction| Line {
                reference: row.reference().to_owned(),
                holder_id: row.holder_id().to_owned(),
                amount: row.amount,
                state: match (row.status(), row.reason()) {
                    ("pay", _) => State::Outstanding,
                    ("held", reason) if reason == Reason::BelowMinimum.word() => State::Carried,
                    ("held", _) => State::Held,
                    _ => State::Nothing,
                },
                date: None,
                new_reference: None,
            };
            let lines = instructions.iter().map(line).collect();
            return Ok(Self { lines, replaced: Vec::new(), sent });
        }
        let replaced = replaced(&run.folder)?;
        let now = |line: Line| match line.new_reference {
            Some(reference) => Line { reference, state: State::Outstanding, date: None, new_reference: None, ..line },
            None => line,
        };
        Ok(Self { lines: lines(run)?.into_iter().map(now).collect(), replaced, sent })
    }

    /// Takes what banks said, row by row: of a reference the latest counts.
    /// Errors: a reference that is not of the run, two words of one day, a day before the run or the
    /// payment, a payment made twice.
    pub(crate) fn take(&mut self, run: &Run, statuses: &[PaymentStatus]) -> Result<(), Refused> {
        let mut problems = Vec::new();
        let at: HashMap<String, usize> =
            self.lines.iter().enumerate().map(|(at, l)| (l.reference.clone(), at)).collect();
        let next: HashMap<&str, &str> = self.replaced.iter().map(|(old, new)| (old.as_str(), new.as_str())).collect();
        let in_force = |reference| successors(Some(reference), |replaced| next.get(*replaced).copied()).last();
        let mut latest: BTreeMap<&str, &PaymentStatus> = BTreeMap::new();
        let mut of_day: HashMap<(&str, Date), Fate> = HashMap::new();
        for status in statuses {
            let reference = status.reference.as_str();
            if !at.contains_key(reference) && !next.contains_key(reference) {
                if !(status.of_case && is_of_another_run(reference, self.lines.first())) {
                    let message = format!("{reference} is no reference of this run.");
                    problems.push(wrong(status, "reference", "unknown", &message, "Correct it, or take the row out."));
                }
                continue;
            }
            if status.date < run.date {
                let message = format!("{reference}: the run is of {}, and this is of {}.", run.date, status.date);
                problems.push(wrong(status, "date", "before-run", &message, "Correct the date, or the reference."));
            } else if status.date < run.pay_date && self.sent.contains(reference) {
                let (paid, date) = (run.pay_date, status.date);
                let message = format!("{reference} is paid on {paid}, and this is of {date}, before it.");
                let help = format!(
                    "Correct the date. If the bank refused it, or it was stopped, before that day, type {paid}."
                );
                problems.push(wrong(status, "date", "before-payment", &message, &help));
            }
            let amount = in_force(reference).and_then(|last| at.get(last)).map(|at| self.lines[*at].amount);
            if let (Some(named), Some(amount)) = (status.amount, amount)
                && named != amount
            {
                let cash = |units| format!("{} {}", money(units, run.decimals), run.currency);
                let message = format!("{reference} is a payment of {}, and this names {}.", cash(amount), cash(named));
                problems.push(wrong(status, "amount", "differs", &message, AS_A_WHOLE));
            }
            if *of_day.entry((reference, status.date)).or_insert(status.fate) != status.fate {
                let message = format!("{reference} has two different words of {}.", status.date);
                problems.push(wrong(status, "status", "two-of-one-date", &message, "Keep the one that is right."));
            }
            if latest.get(reference).is_none_or(|known| known.date < status.date) {
                latest.insert(reference, status);
            }
        }
        for (reference, status) in &latest {
            let Some(at) = at.get(*reference) else { continue };
            if self.lines[*at].state == State::Carried && status.fate == Fate::Settled {
                let message = format!("{reference} was below the minimum and was not sent: the next run pays it.");
                let help = "Correct the reference, or take the row out.";
                problems.push(wrong(status, "status", "carried", &message, help));
            }
            self.lines[*at].said(status);
        }
        for (reference, status) in latest.iter().filter(|(_, status)| status.fate == Fate::Settled) {
            let Some(last) = in_force(reference).filter(|last| last != reference) else { continue };
            let Some(line) = at.get(last).map(|at| &mut self.lines[*at]) else { continue };
            if matches!(line.state, State::Returned | State::Stopped | State::Held) {
                (line.state, line.date) = (State::Settled, Some(status.date));
            } else {
                let message = format!("{reference} settled, and it was paid again as {last}, which was not stopped.");
                let help = format!(
                    "Ask the bank to stop {last}, and say so in payment_status; if both settled, ask for one back."
                );
                problems.push(wrong(status, "status", "paid-twice", &message, &help));
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(Refused::Problems(problems)) }
    }

    /// What is said of a payment over a year after its day, which moves the day of a reissue.
    pub(crate) fn far(&self, run: &Run, statuses: &[PaymentStatus]) -> Option<Problem> {
        let far = self.lines.iter().filter(|line| line.date.is_some_and(|date| date > plus_days(run.pay_date, 366)));
        let line = far.max_by_key(|line| line.date)?;
        let date = line.date?;
        let status = statuses.iter().find(|said| said.date == date && said.reference == line.reference)?;
        let (reference, state, paid) = (&line.reference, line.state.word(), run.pay_date);
        let message = format!(
            "{reference} is {state} on {date}, over a year after the payment of {paid}; without --pay-date a reissue is \
             paid on the last such day."
        );
        let help = "Correct the date if it is mistyped; else give --pay-date for the day on which the reissue is paid.";
        Some(Problem::warning("payment_status.date.far", status.place.cell("date"), message, help))
    }

    /// What banks said, without the references that a later reissue made, whose folder is not this one.
    pub(crate) fn without_later(&self, mut statuses: Vec<PaymentStatus>) -> Vec<PaymentStatus> {
        let references =
            || self.lines.iter().map(|line| line.reference.as_str()).chain(self.replaced.iter().map(|r| r.0.as_str()));
        let known: HashSet<&str> = references().collect();
        let bases: HashSet<&str> = references().map(|reference| numbered(reference, true).0).collect();
        statuses.retain(|status| {
            let (base, number) = numbered(&status.reference, true);
            number == 0 || known.contains(status.reference.as_str()) || !bases.contains(base)
        });
        statuses
    }

    /// Gives new references to what can be paid now; says whom, under which.
    pub(crate) fn reissue(&mut self, case: &Case) -> Vec<(usize, HolderIx)> {
        let made: HashSet<&str> = self.replaced.iter().map(|(_, new)| new.as_str()).collect();
        let mut known: HashSet<String> = self.lines.iter().map(|line| line.reference.clone()).collect();
        known.extend(self.replaced.iter().map(|(old, _)| old.clone()));
        let mut again = Vec::new();
        for (at, line) in self.lines.iter_mut().enumerate() {
            if !matches!(line.state, State::Held | State::Returned | State::Stopped) || line.amount <= 0 {
                continue;
            }
            let pays = |holder: &HolderIx| Status::by_details(case, *holder) == Status::Pay;
            let Some(holder) = case.register.find(&line.holder_id).filter(pays) else { continue };
            let (base, count) = numbered(&line.reference, made.contains(line.reference.as_str()));
            let mut references = (count + 1..).map(|number| format!("{base}-r{number}"));
            let reference = references.find(|reference| !known.contains(reference)).expect("numbers do not end");
            known.insert(reference.clone());
            line.new_reference = Some(reference);
            again.push((at, holder));
        }
        again
    }

    /// How many payments there are in each state, and their sum.
    pub(crate) fn totals(&self) -> BTreeMap<&'static str, (usize, Units)> {
        let mut totals = BTreeMap::new();
        for line in &self.lines {
            let total: &mut (usize, Units) = totals.entry(line.state.word()).or_default();
            *total = (total.0 + 1, total.1 + line.amount);
        }
        totals
    }

    /// Writes the new instructions, the reconciliation, and which reference took the place of which.
    pub(crate) fn write(&self, folder: &Folder, case: &Case, again: &[(usize, HolderIx)]) -> io::Result<()> {
        csv::write(folder, instructions::NAME, instructions::HEADER, again, |(at, holder), row| {
            let line = &self.lines[*at];
            let reference = line.new_reference.as_deref().unwrap_or_default();
            let payment = Payment { holder: *holder, amount: line.amount, status: Status::Pay };
            instructions::fill(row, case, reference, payment);
        })?;
        let decimals = case.terms.currency_decimals;
        csv::write(folder, RECONCILIATION, HEADER, &self.lines, |line, row| {
            row.plain(&line.reference).text(&line.holder_id).cash(line.amount, decimals).plain(line.state.word());
            row.plain(line.date.map(iso).unwrap_or_default()).plain(line.new_reference.as_deref().unwrap_or_default());
        })?;
        let of_now = self.lines.iter().filter_map(|line| Some((line.reference.clone(), line.new_reference.clone()?)));
        let replaced: Vec<(String, String)> = self.replaced.iter().cloned().chain(of_now).collect();
        csv::write(folder, REPLACED, "reference,new_reference", &replaced, |(old, new), row| {
            row.plain(old).plain(new);
        })
    }

    /// What `result.json` says of it.
    pub(crate) fn result(&self, run: &Run, pay_date: Date, readings: &Value) -> Value {
        let cash = |units: Units| scaled_fixed(units, run.decimals);
        let reissued: Vec<&Line> = self.lines.iter().filter(|line| line.new_reference.is_some()).collect();
        let states: serde_json::Map<String, Value> = self
            .totals()
            .into_iter()
            .map(|(word, (count, sum))| (word.to_owned(), json!({"payments": count, "amount": cash(sum)})))
            .collect();
        json!({
            "command": REISSUE, "date": iso(run.date), "pay_date": iso(pay_date), "company": run.company,
            "currency": run.currency, "readings": readings, "run": run.sha256,
            "totals": {
                "net": cash(self.lines.iter().map(|line| line.amount).sum()),
                "reissued": cash(reissued.iter().map(|line| line.amount).sum()),
            },
            "reissued": reissued.len(),
            "states": states,
        })
    }
}

const AS_A_WHOLE: &str = "If it is mistyped, correct it, or the reference. A payment is paid again as a whole or not at all: \
                          where only a part came back, say settled here without an amount, and pay that part by hand.";

const HEADER: &str = "reference,holder_id,amount,status,date,new_reference";

impl Line {
    fn said(&mut self, status: &PaymentStatus) {
        let state = match status.fate {
            Fate::Settled => State::Settled,
            Fate::Returned => State::Returned,
            Fate::Stopped => State::Stopped,
        };
        match self.state {
            State::Nothing => {}
            // What was never sent cannot come back; somebody may have paid it by hand.
            State::Held | State::Carried if state != State::Settled => self.date = Some(status.date),
            _ => (self.state, self.date) = (state, Some(status.date)),
        }
    }
}

/// A reference without the number of its reissue, and that number; 0 where it was none.
fn numbered(reference: &str, was_made: bool) -> (&str, u32) {
    let split = reference.rsplit_once("-r").filter(|_| was_made);
    split.and_then(|(base, number)| Some((base, number.parse().ok()?))).unwrap_or((reference, 0))
}

/// Whether a reference has the form of another run's: a letter and a date that are not this run's.
fn is_of_another_run(reference: &str, of_this: Option<&Line>) -> bool {
    let head = |text: &str| text.get(..10).map(str::to_owned);
    let shaped = reference.as_bytes();
    let is_shaped = shaped.len() > 10
        && b"dlx".contains(&shaped[0])
        && shaped[1..9].iter().all(u8::is_ascii_digit)
        && shaped[9] == b'-';
    is_shaped && head(reference) != of_this.and_then(|line| head(&line.reference))
}

fn wrong(status: &PaymentStatus, column: &'static str, what: &str, message: &str, help: &str) -> Problem {
    Problem::error(format!("payment_status.{column}.{what}"), status.place.cell(column), message, help)
}
