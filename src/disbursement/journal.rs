//! The journal of finished runs: what was declared, what was paid, withheld, held and delivered. Every entry balances.

use super::Refused;
use super::distribution::{self, FairValues};
use super::reissue::{self, State};
use super::run::{Run, argument, place};
use crate::model::calendar::{Date, iso};
use crate::model::payer::ACCOUNT_ROLES;
use crate::output::csv::plain_line;
use crate::output::manifest::NAME;
use crate::problem::Problem;
use crate::quantity::{SHARE_DECIMALS, Units, scaled_fixed, scaled_plain};
use crate::text::guarded;
use any_ascii::any_ascii;
use std::collections::{BTreeMap, BTreeSet, HashSet};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    date: Date,
    /// Of which run: `dividend 2006-06-15`.
    run: String,
    note: String,
    currency: String,
    decimals: u32,
    /// Accounts' roles, each with its class where it has one, and what is booked on them in smallest units: debits above
    /// 0, credits below.
    postings: Vec<(String, Units)>,
}

impl Entry {
    /// An entry, or none where nothing is booked.
    fn new(run: &Run, date: Date, note: &str, postings: Vec<(String, Units)>) -> Option<Self> {
        let postings: Vec<_> = postings.into_iter().filter(|(_, amount)| *amount != 0).collect();
        let sum: Units = postings.iter().map(|(_, amount)| amount).sum();
        assert_eq!(sum, 0, "an entry balances");
        let name = format!("{} {}", run.first_command(), run.date);
        let (currency, decimals) = (run.currency.clone(), run.decimals);
        (!postings.is_empty()).then(|| Self { date, run: name, note: note.to_owned(), currency, decimals, postings })
    }
}

/// The journal of several runs.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    pub entries: Vec<Entry>,
    /// What is to be said beside them.
    pub notes: Vec<String>,
    /// The accounts' names by role, where the case names them.
    accounts: BTreeMap<String, String>,
}

/// Books finished runs, each once.
/// Errors: runs of several companies, two different runs of one date, a reissue without the folder that it came from.
pub(crate) fn journal(runs: &[Run], accounts: Option<BTreeMap<String, String>>) -> Result<Journal, Refused> {
    let mut journal = Journal::default();
    let (mut left, again) = once(runs)?;
    journal.notes.extend(again);
    let (mut booked, mut held, mut paid) = (HashSet::new(), HashSet::new(), HashSet::new());
    while let Some(first) = left.first() {
        let follows =
            |run: &&Run| !run.is_reissue() || argument(&run.manifest, "--run").is_some_and(|of| booked.contains(of));
        let Some(at) = left.iter().position(follows) else { return Err(without_run(first).into()) };
        let run = left.remove(at);
        journal.accounts.extend(run.manifest.accounts.clone());
        if run.is_reissue() {
            journal.reissue(run, &mut held, &mut paid)?;
        } else {
            journal.run(run, &mut held)?;
        }
        booked.insert(run.sha256.as_str());
    }
    journal.accounts.extend(accounts.unwrap_or_default());
    journal.entries.sort_by_key(|entry| entry.date);
    Ok(journal)
}

/// The runs, each once, and notes on those that were given twice.
/// Errors: runs of several companies, or two different ones that pay the same.
pub(crate) fn once(runs: &[Run]) -> Result<(Vec<&Run>, Vec<String>), Refused> {
    let mut kept: Vec<&Run> = Vec::new();
    let (mut notes, mut problems) = (Vec::new(), Vec::new());
    for run in runs {
        let same_payments = |other: &&&Run| {
            other.date == run.date
                && other.manifest.command == run.manifest.command
                && other.first_command() == run.first_command()
        };
        let manifest = place(&run.folder, NAME);
        if kept.iter().any(|other| other.sha256 == run.sha256) {
            notes.push(format!("{} is given twice, and counted once.", run.folder.display()));
        } else if kept.iter().any(|other| other.company != run.company) {
            let message = format!("This run is of {}, and the first of {}.", run.company, kept[0].company);
            problems.push(Problem::error("runs.company.differs", manifest, message, "Give the runs of one company."));
        } else if let Some(other) = kept.iter().find(same_payments).filter(|_| !run.is_reissue()) {
            let other = other.folder.display();
            let message = format!("This run and {other} are of one date and differ: both pay the same holders.");
            problems.push(Problem::error("runs.date.twice", manifest, message, "Give the one that was paid."));
        } else {
            kept.push(run);
        }
    }
    if problems.is_empty() { Ok((kept, notes)) } else { Err(Refused::Problems(problems)) }
}

/// What a reissue says of payments that other folders made is not booked without them.
fn without_run(reissue: &Run) -> Problem {
    let of = argument(&reissue.manifest, "--run").unwrap_or_default();
    let message = format!("The folder that this is a reissue of, whose manifest has the SHA-256 {of}, is not given.");
    let help = "Give every folder from the run on: journal RUN REISSUE REISSUE …";
    Problem::error("runs.reissue.without-run", place(&reissue.folder, NAME), message, help)
}

fn payable(class: &str) -> String {
    format!("dividends-payable:{class}")
}

impl Journal {
    /// Books a run: what it declares, what it pays, what it delivers. `waiting` gets the references of what it holds.
    fn run(&mut self, run: &Run, waiting: &mut HashSet<String>) -> Result<(), Refused> {
        let (mut gross, mut withheld): (BTreeMap<String, Units>, Units) = (BTreeMap::new(), 0);
        let mut assets: BTreeMap<(String, String), Units> = BTreeMap::new();
        distribution::each(run, |given| {
            withheld += given.withheld;
            match given.asset {
                None => *gross.entry(given.class).or_default() += given.gross,
                Some(asset) => *assets.entry((asset, given.class)).or_default() += given.gross,
            }
        })?;
        let (mut paid, mut held) = (0, 0);
        for row in run.instructions()?.iter() {
            if row.status() == "pay" {
                paid += row.amount;
            } else {
                held += row.amount;
                waiting.insert(row.reference().to_owned());
            }
        }
        let sum: Units = gross.values().sum();
        // What earlier runs held because it was too small, and this one adds.
        let carried_in = paid + held - (sum - withheld);
        let source = if run.first_command() == "dividend" { "retained-earnings" } else { "liquidation" };
        let title = run.title();
        let declared = gross.iter().map(|(class, amount)| (payable(class), -amount)).chain([(source.to_owned(), sum)]);
        self.entries.extend(Entry::new(run, run.date, &format!("{title} declared"), declared.collect()));
        let paid = gross.iter().map(|(class, amount)| (payable(class), *amount)).chain([
            ("held-payments".to_owned(), carried_in - held),
            ("cash".to_owned(), -paid),
            ("withholding-payable".to_owned(), -withheld),
        ]);
        self.entries.extend(Entry::new(run, run.pay_date, &format!("{title} paid"), paid.collect()));
        let values = FairValues::read(run)?;
        for ((asset, class), quantity) in assets.iter().filter(|(_, quantity)| **quantity != 0) {
            let units = scaled_plain(*quantity, SHARE_DECIMALS);
            let Some(value) = values.of(asset, *quantity, run) else {
                let (command, date) = (run.first_command(), run.date);
                self.notes.push(format!(
                    "{command} of {date}: {units} {asset} delivered on {class} are not booked, for nothing states \
                     their fair value."
                ));
                continue;
            };
            let note = format!("{units} {asset} on {class}");
            let declared = vec![(source.to_owned(), value), (payable(class), -value)];
            self.entries.extend(Entry::new(run, run.date, &format!("{note} declared"), declared));
            let delivered = vec![(payable(class), value), ("deliveries".to_owned(), -value)];
            self.entries.extend(Entry::new(run, run.pay_date, &format!("{note} delivered"), delivered));
        }
        Ok(())
    }

    /// Books what came back and what was paid after all, each once, and what was paid again. `held` are the references of
    /// what is booked as held, `paid` those of what was paid again.
    fn reissue(&mut self, run: &Run, held: &mut HashSet<String>, paid: &mut HashSet<String>) -> Result<(), Refused> {
        let (mut came_back, mut after_all): (BTreeMap<Date, Units>, BTreeMap<Date, Units>) = Default::default();
        let mut again = 0;
        for line in reissue::lines(run)? {
            if let Some(date) = line.date {
                match line.state {
                    State::Returned | State::Stopped if held.insert(line.reference.clone()) => {
                        *came_back.entry(date).or_default() += line.amount;
                    }
                    State::Settled if held.remove(&line.reference) => {
                        *after_all.entry(date).or_default() += line.amount;
                    }
                    _ => {}
                }
            }
            if let Some(new) = line.new_reference {
                held.remove(&line.reference);
                if !paid.insert(new.clone()) {
                    let message = format!("{new} is paid by two of these folders.");
                    let help = "Give each reissue once.";
                    let place = place(&run.folder, reissue::RECONCILIATION);
                    return Err(Problem::error("runs.reference.twice", place, message, help).into());
                }
                again += line.amount;
            }
        }
        let back = came_back.into_iter().map(|(date, amount)| (date, amount, "Payments returned or stopped"));
        let after_all = after_all.into_iter().map(|(date, amount)| (date, -amount, "Held payments settled"));
        for (date, amount, note) in back.chain(after_all) {
            let postings = vec![("cash".to_owned(), amount), ("held-payments".to_owned(), -amount)];
            self.entries.extend(Entry::new(run, date, note, postings));
        }
        let postings = vec![("held-payments".to_owned(), again), ("cash".to_owned(), -again)];
        self.entries.extend(Entry::new(run, run.pay_date, "Payments made again", postings));
        Ok(())
    }

    /// The name of an account: the case's, else the default.
    fn account(&self, role: &str) -> String {
        if let Some(name) = self.accounts.get(role) {
            return name.clone();
        }
        let (base, class) = role.split_once(':').unwrap_or((role, ""));
        let name = self.accounts.get(base).map_or_else(|| default_account(base), String::as_str);
        if class.is_empty() { name.to_owned() } else { format!("{name}:{class}") }
    }

    /// A line for each debit and credit.
    pub(crate) fn csv(&self) -> Vec<u8> {
        let mut out = Vec::new();
        plain_line(&mut out, &["date", "run", "account", "debit", "credit", "currency", "note"]);
        for entry in &self.entries {
            for (role, units) in &entry.postings {
                let amount = scaled_fixed(units.abs(), entry.decimals);
                let (debit, credit) = if *units > 0 { (amount.as_str(), "") } else { ("", amount.as_str()) };
                let account = self.account(role);
                let texts = [guarded(&account), guarded(&entry.currency), guarded(&entry.note)];
                plain_line(&mut out, &[&iso(entry.date), &entry.run, &texts[0], debit, credit, &texts[1], &texts[2]]);
            }
        }
        out
    }

    /// The journal for Beancount, or else for hledger.
    pub(crate) fn plain_text(&self, beancount: bool) -> String {
        let account = |role: &str| if beancount { self.beancount_account(role) } else { self.hledger_account(role) };
        let mut lines = vec!["; Written by ratable from finished runs.".to_owned()];
        lines.extend(self.notes.iter().map(|note| format!("; {}", one_line(note))));
        if !beancount {
            let commodities: BTreeSet<_> = self.entries.iter().map(|e| (commodity(&e.currency), e.decimals)).collect();
            let line = |(name, decimals)| format!("commodity 1000.{} {name}", "0".repeat(decimals as usize));
            lines.extend(commodities.into_iter().map(line));
        }
        let opened = self.entries.iter().map(|entry| entry.date).min().map(iso).unwrap_or_default();
        let roles: BTreeSet<&str> =
            self.entries.iter().flat_map(|e| &e.postings).map(|(role, _)| role.as_str()).collect();
        let accounts: BTreeSet<String> = roles.into_iter().map(account).collect();
        let opens = |name| if beancount { format!("{opened} open {name}") } else { format!("account {name}") };
        lines.extend(accounts.into_iter().map(opens));
        for Entry { date, run, note, currency, decimals, postings } in &self.entries {
            let (head, indent, currency) = if beancount {
                (format!("\"{}\" \"{}\"", quoted(run), quoted(note)), "  ", currency.to_uppercase())
            } else {
                (format!("{} | {}", one_line(run), one_line(note)), "    ", commodity(currency))
            };
            lines.push(format!("\n{date} * {head}"));
            let posting = |(role, units): &(String, Units)| {
                format!("{indent}{}  {} {currency}", account(role), scaled_fixed(*units, *decimals))
            };
            lines.extend(postings.iter().map(posting));
        }
        lines.join("\n") + "\n"
    }

    /// An account's name as Beancount takes it: one of five roots, parts of letters, digits and `-` that begin with a capital
    /// or a digit.
    fn beancount_account(&self, role: &str) -> String {
        let name = any_ascii(&self.account(role));
        let part = |part: &str| {
            let fitted: String = part.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
            let mut letters = fitted.trim_matches('-').chars();
            letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>())
        };
        let mut parts: Vec<String> = name.split(':').filter_map(part).collect();
        let is_root = |part: &str| ["Assets", "Liabilities", "Equity", "Income", "Expenses"].contains(&part);
        if parts.len() < 2 || !parts.first().is_some_and(|root| is_root(root)) {
            let default = default_account(role.split(':').next().unwrap_or_default());
            parts.insert(0, default.split(':').next().unwrap_or_default().to_owned());
        }
        parts.join(":")
    }

    /// An account's name as hledger takes it: single blanks, no comment, nothing before it that means something else.
    fn hledger_account(&self, role: &str) -> String {
        let name = one_line(&self.account(role)).replace([';', '|'], "-");
        let words: Vec<&str> = name.split_whitespace().collect();
        let name = words.join(" ");
        name.trim_start_matches(['(', '[', '*', '!', '"', '=']).trim_end_matches([')', ']']).to_owned()
    }
}

fn default_account(role: &str) -> &'static str {
    ACCOUNT_ROLES.iter().find(|known| known.name == role).map_or("Equity", |known| known.default)
}

fn commodity(currency: &str) -> String {
    if currency.bytes().all(|b| b.is_ascii_alphabetic()) { currency.to_owned() } else { format!("\"{currency}\"") }
}

fn one_line(text: &str) -> String {
    text.replace(char::is_control, " ").replace(';', ",")
}

fn quoted(text: &str) -> String {
    text.replace(char::is_control, " ").replace('\\', "/").replace('"', "'")
}
