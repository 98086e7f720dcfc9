//! NACHA's file of ACH credits: records of 94 characters, blocked by ten; PPD for people, CCD for companies.

use super::created::Created;
use super::latin::{self, ASCII, Fitting, Replaced};
use super::pay::{Batch, Entry, Format, Payment};
use super::payer::{Account, Agent, missing, unfit};
use super::run::{Method, Run};
use crate::model::{Case, Detail, iso};
use crate::problem::Problem;
use crate::quantity::Units;
use std::io::Write;

/// The most that ten digits hold, and that twelve do, in cents.
const MOST_OF_ENTRY: Units = 9_999_999_999;
const MOST_OF_BATCH: Units = 999_999_999_999;
/// Entries of a batch: six digits count them and their addenda.
const MOST_ENTRIES: usize = 499_999;
/// How names of companies end.
const COMPANIES: &str = "inc incorporated corp corporation co company llc llp lp ltd limited plc trust fund \
                         partners partnership foundation bank gmbh ag sa bv nv na";

/// The payer and the run, as the file names them.
pub(crate) struct Nacha<'a> {
    run: &'a Run,
    created: Created,
    routing: String,
    bank_limit: Option<Units>,
    company: String,
    company_id: String,
    entry_name: String,
    /// What tells the files of a day apart: A, then B, and so on.
    modifier: char,
    /// What was changed in the payer's own texts.
    pub replaced: Vec<Replaced>,
}

/// What the file says of a payee.
pub(crate) struct Payee {
    routing: String,
    account: String,
    name: String,
    holder: String,
}

impl<'a> Nacha<'a> {
    /// The payer of the case's table `bank`; and how many files of the format were written for the run before.
    /// Errors: what is missing of it, or does not serve.
    pub(crate) fn new(run: &'a Run, case: &'a Case, created: Created, before: usize) -> Result<Self, Vec<Problem>> {
        let bank = &case.bank;
        let mut problems = missing(bank, &["name", "bank_code", "company_id", "company_entry"]);
        let mut fitting = Fitting::new(&ASCII);
        let company = fitting.fit("payer's name", bank.get("name"), 23).into_owned();
        let given = bank.get("company_id").replace(['-', ' '], "");
        // What the ACH network takes for an employer's number: 1 and its nine digits.
        let is_ein = given.len() == 9 && given.bytes().all(|b| b.is_ascii_digit());
        let company_id = if is_ein { format!("1{given}") } else { given };
        let entry_name = fitting.fit("company_entry", bank.get("company_entry"), 10).into_owned();
        let routing = match Agent::read(bank.get("bank_code")) {
            Some(Agent::Aba(number)) => number.into_owned(),
            _ if bank.get("bank_code").is_empty() => String::new(),
            _ => {
                let message = "The payer's bank_code is not an ABA routing number, by which ACH files name the bank.";
                problems.push(unfit("bank_code", message, "Type the nine digits of the bank's routing number."));
                String::new()
            }
        };
        if company_id.len() > 10 || !company_id.bytes().all(|b| b.is_ascii_alphanumeric()) {
            let message = "The payer's company_id must have at most 10 letters and digits.";
            problems.push(unfit(
                "company_id",
                message,
                "Ask the bank for the ACH company ID; it is often 1 and the EIN.",
            ));
        }
        if !pays(run) {
            let message = format!("ACH pays US dollars and cents, and the run is in {}.", run.currency);
            problems.push(unfit("currency", &message, "Pay it with --as pain.001."));
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let bank_limit = bank.batch_limit;
        let modifier = ('A'..='Z').nth(before).unwrap_or('Z');
        let replaced = fitting.replaced;
        Ok(Self { run, created, routing, bank_limit, company, company_id, entry_name, modifier, replaced })
    }

    /// Date digits YYMMDD.
    fn day(date: crate::model::calendar::Date) -> String {
        iso(date).replace('-', "").split_off(2)
    }

    fn odfi(&self) -> &str {
        self.routing.get(..8).expect("a routing number was checked")
    }
}

/// PPD or CCD, and what says so where the register does not.
fn kind(payment: &Payment) -> (usize, Option<&'static str>) {
    match payment.detail(Detail::PayeeKind) {
        "person" => return (0, None),
        "company" => return (1, None),
        _ => {}
    }
    let tax_id = payment.detail(Detail::TaxId).as_bytes();
    let is_ein = tax_id.len() == 10 && tax_id[2] == b'-' && tax_id.iter().filter(|b| b.is_ascii_digit()).count() == 9;
    if is_ein {
        return (1, Some("taken for a company: its tax id is an EIN"));
    }
    let name: Vec<String> =
        payment.row.payee().split([' ', ',']).map(|w| w.replace(['.', '/'], "").to_lowercase()).collect();
    let last = name.iter().rev().find(|word| !word.is_empty());
    if last.is_some_and(|last| COMPANIES.split(' ').any(|word| word == last)) {
        return (1, Some("taken for a company: its name ends like one's"));
    }
    (0, Some("taken for a person: nothing says that it is a company"))
}

/// Whether a payment of a payer who has a company ID goes by this format, and so by no other, whatever else the table `bank`
/// lacks as yet.
pub(crate) fn takes(run: &Run, payment: &Payment) -> bool {
    pays(run) && entry(payment).is_ok()
}

/// ACH pays US dollars and cents.
fn pays(run: &Run) -> bool {
    (run.currency.as_str(), run.decimals) == ("USD", 2)
}

/// A payment as the format has it, whatever is known of the payer.
/// Errors: why it is not carried.
fn entry(payment: &Payment) -> Result<Entry<Payee>, String> {
    match payment.row.method() {
        Method::Ach => {}
        Method::Check => return Err("paid by check: write it with --as checks".to_owned()),
        Method::Sepa | Method::Wire => return Err("paid by wire: write it with --as pain.001".to_owned()),
    }
    let account = match Account::read(payment.row.account()) {
        Some(Account::Other(number)) => number,
        Some(Account::Iban(_)) => {
            return Err("an IBAN, which ACH does not pay to: write it with --as pain.001".to_owned());
        }
        None => return Err("the IBAN's check digits are wrong: correct account in the register".to_owned()),
    };
    let routing = match Agent::read(payment.row.bank_code()) {
        Some(Agent::Aba(routing)) => routing,
        Some(Agent::Bic(_)) => return Err("a BIC, which ACH does not pay to: write it with --as pain.001".to_owned()),
        _ => return Err("the bank code is no ABA routing number: correct bank_code in the register".to_owned()),
    };
    let reference = payment.row.reference().as_bytes();
    if !(1..=80).contains(&reference.len()) || !reference.iter().all(|byte| (b' '..=b'~').contains(byte)) {
        return Err("the reference is not of at most 80 characters that the format has: make the run again".to_owned());
    }
    let account = account.replace(' ', "");
    if account.is_empty() || account.len() > 17 || !account.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        return Err("the account is not of at most 17 letters and digits: write it with --as pain.001".to_owned());
    }
    if payment.row.amount > MOST_OF_ENTRY {
        return Err("the amount is above 99,999,999.99, which ACH does not pay: pay it by wire".to_owned());
    }
    let (kind, said) = kind(payment);
    let mut fitting = Fitting::new(&ASCII);
    let name = fitting.fit("name", payment.row.payee(), 22).into_owned();
    if !latin::is_named(&name) {
        return Err("the name has no character that the format has: fill in payee_name in Latin letters".to_owned());
    }
    let mut aside = Fitting::new(&ASCII);
    let holder = aside.fit("holder_id", payment.row.holder_id(), 15).into_owned();
    let hash = routing.get(..8).and_then(|digits| digits.parse().ok()).expect("a routing number was checked");
    let content = Payee { routing: routing.into_owned(), account, name, holder };
    Ok(Entry { kind, hash, said, replaced: fitting.replaced, content })
}

impl Format for Nacha<'_> {
    type Content<'p> = Payee;

    /// To people, to companies.
    const KINDS: &'static [&'static str] = &["PPD", "CCD"];

    fn entry(&self, payment: &Payment) -> Result<Entry<Payee>, String> {
        let entry = entry(payment)?;
        if self.bank_limit.is_some_and(|most| payment.row.amount > most) {
            return Err("the amount is above the payer's batch_limit".to_owned());
        }
        Ok(entry)
    }

    fn batch_limit(&self) -> (Option<Units>, usize) {
        (Some(self.bank_limit.unwrap_or(MOST_OF_BATCH).min(MOST_OF_BATCH)), MOST_ENTRIES)
    }

    fn too_much(&self, batches: &[Batch]) -> Vec<Problem> {
        let (sum, count) =
            (batches.iter().map(|b| b.sum).sum::<Units>(), batches.iter().map(Batch::count).sum::<usize>());
        if sum <= MOST_OF_BATCH && count <= 9_999_999 && batches.len() <= 999_999 {
            return Vec::new();
        }
        let message = "The payments come to more than 9,999,999,999.99, or are more than 9,999,999, or need more than \
                       999,999 batches, which is what one ACH file holds.";
        vec![unfit("sum", message, "Pay in several runs, or with --as pain.001.")]
    }

    fn begin(&self, out: &mut Vec<u8>, _: &[Batch]) {
        let ([hours, minutes, _], day) = (self.created.time, Self::day(self.created.date));
        let Self { routing, company_id, company, .. } = self;
        let ids = format!("101 {routing}{company_id:>10}{day}{hours:02}{minutes:02}{}094101", self.modifier);
        record(out, format_args!("{ids}{:<23}{company:<23}{:8}", "", ""));
    }

    fn begin_batch(&self, out: &mut Vec<u8>, batch: &Batch) {
        let name: String = self.company.chars().take(16).collect();
        let (day, kind) = (Self::day(self.run.pay_date), Self::KINDS[batch.kind]);
        let Self { company_id, entry_name, .. } = self;
        let who = format!("5220{name:<16}{:20}{company_id:<10}", "");
        let (odfi, number) = (self.odfi(), batch.number);
        record(out, format_args!("{who}{kind}{entry_name:<10}{day}{day}{:3}1{odfi}{number:07}", ""));
    }

    fn write(&self, out: &mut Vec<u8>, payee: &Payee, payment: &Payment, _: &Batch, number: usize) {
        let Payee { routing, account, name, holder } = payee;
        let (amount, odfi, reference) = (payment.row.amount, self.odfi(), payment.row.reference());
        record(out, format_args!("622{routing}{account:<17}{amount:010}{holder:<15}{name:<22}  1{odfi}{number:07}"));
        record(out, format_args!("705{reference:<80}0001{number:07}"));
    }

    fn end_batch(&self, out: &mut Vec<u8>, batch: &Batch) {
        let (hash, count) = (batch.hash % 10_000_000_000, 2 * batch.count());
        let (sum, company_id, odfi, number) = (batch.sum, &self.company_id, self.odfi(), batch.number);
        let sums = format!("8220{count:06}{hash:010}{:012}{sum:012}", 0);
        record(out, format_args!("{sums}{company_id:<10}{:25}{odfi}{number:07}", ""));
    }

    fn end(&self, out: &mut Vec<u8>, batches: &[Batch]) {
        let entries: usize = batches.iter().map(|b| 2 * b.count()).sum();
        let records = 2 + 2 * batches.len() + entries;
        let hash = batches.iter().map(|b| b.hash).sum::<u64>() % 10_000_000_000;
        let (count, blocks, sum) = (batches.len(), records.div_ceil(10), batches.iter().map(|b| b.sum).sum::<Units>());
        record(out, format_args!("9{count:06}{blocks:06}{entries:08}{hash:010}{:012}{sum:012}{:39}", 0, ""));
        (records..10 * blocks).for_each(|_| record(out, format_args!("{:9<94}", "")));
    }
}

/// A record and its end of line.
fn record(out: &mut Vec<u8>, text: std::fmt::Arguments) {
    let start = out.len();
    out.write_fmt(text).expect("memory takes what is written");
    assert_eq!(out.len() - start, 94, "a record has 94 characters");
    out.push(b'\n');
}
