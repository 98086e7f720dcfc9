//! A ledger of transactions (issues, transfers, cancellations) folded into lots, as a package's transactions are: its rows
//! become the same events.
//!
//! Where rows name the certificates that are surrendered, shares come from those. Where none does, they come from what the
//! holder has of the class.

use super::fold::{Fold, Folded, Lot, Of};
use super::objects::{Day, Numeric, Transaction};
pub(crate) use super::tables::Holder;
use super::tables::MadeTable;
use crate::model::{Date, Objects, iso};
use crate::problem::{Place, Problem};
use crate::quantity::{Ratio, Shares, plain};
use num_traits::Signed;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Does {
    Issue,
    /// Shares move from one holder to another, or to other certificates.
    Transfer,
    /// The company takes shares back: they are gone.
    Cancel,
}

#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub row: u32,
    pub date: Date,
    pub does: Does,
    pub class: Box<str>,
    pub shares: Shares,
    /// Who gets them and who gave them, by their numbers among the holders.
    pub to: Option<u32>,
    pub from: Option<u32>,
    /// The certificate that they are put on.
    pub certificate: Box<str>,
    /// The certificates that were surrendered for it.
    pub surrendered: Box<[Box<str>]>,
}

pub(crate) struct Ledger<'l> {
    pub file: &'l str,
    pub sheet: Option<&'l str>,
    pub holders: &'l [Holder],
    /// Whether it matters which of a holder's shares of a class move: those that accrue from the day of their issue.
    pub accrues: &'l dyn Fn(&str) -> bool,
}

/// The register that the rows come to as of a date, and what is wrong with them.
pub(crate) fn fold(ledger: &Ledger, mut entries: Vec<Entry>, as_of: Date) -> (MadeTable, Vec<Problem>) {
    // Some ledgers begin with what happened last.
    if entries.first().map(|entry| entry.date) > entries.last().map(|entry| entry.date) {
        entries.reverse();
    }
    entries.sort_by_key(|entry| entry.date);
    entries.retain(|entry| entry.date <= as_of);
    let mut problems = Vec::new();
    let mut seen = HashSet::new();
    let classes = entries.iter().map(|entry| &*entry.class).filter(|class| seen.insert(*class));
    let classes: Vec<String> = classes.map(str::to_owned).collect();
    let holders: Vec<String> = (0..ledger.holders.len()).map(|ix| ix.to_string()).collect();
    let holder_ids = holders.iter().map(|id| (id.as_str(), 0)).collect();
    let class_ids = classes.iter().map(|id| (id.as_str(), 0)).collect();
    let mut fold = Fold::new(as_of, holder_ids, class_ids, &[], &[]);
    let mut take = |transaction| fold.take(transaction, 0);
    if entries.iter().any(|entry| !entry.surrendered.is_empty()) {
        by_certificate(ledger, &entries, &mut take, &mut problems);
    } else {
        by_holder(ledger, &entries, &mut take, &mut problems);
    }
    let mut folded = fold.finish();
    problems.extend(std::mem::take(&mut folded.findings).into_iter().map(|mut finding| {
        // The fold speaks of packages and their objects; these are rows.
        finding.message = finding.message.replace("The object row", "Row").replace("of the package", "of the ledger");
        finding.help = "Correct the row, or the one before it that it goes back to.";
        let place = ledger.at(&finding.object.id);
        finding.problem("ledger", place)
    }));
    (register(ledger, classes, folded), problems)
}

/// A row's transaction of a kind, on a security.
fn transaction(kind: &str, entry: &Entry, part: usize, security: String) -> Transaction {
    let id = if part == 0 { format!("row {}", entry.row) } else { format!("row {} ({part})", entry.row) };
    let object_type = format!("TX_STOCK_{kind}");
    Transaction { object_type, id, date: Day(entry.date), security_id: Some(security), ..Transaction::default() }
}

/// The issuance of a security: shares that are issued, or those that a transfer gives.
fn issuance(entry: &Entry, part: usize, security: &str, quantity: &Ratio) -> Transaction {
    let mut issuance = transaction("ISSUANCE", entry, part, security.to_owned());
    if entry.does != Does::Issue {
        issuance.id.push_str(", what it gives");
    }
    issuance.stakeholder_id = entry.to.map(|holder| holder.to_string());
    issuance.stock_class_id = Some(entry.class.to_string());
    issuance.quantity = Some(Numeric(quantity.clone()));
    issuance.custom_id = Some(entry.certificate.to_string()).filter(|_| part == 0);
    issuance
}

/// What takes shares from a security: they move to others, or are gone.
fn taking(entry: &Entry, part: usize, security: String, quantity: &Ratio, to: Vec<String>) -> Transaction {
    let kind = if entry.does == Does::Cancel { "CANCELLATION" } else { "TRANSFER" };
    let of = transaction(kind, entry, part, security);
    Transaction { quantity: Some(Numeric(quantity.clone())), resulting_security_ids: to, ..of }
}

/// The name of the security that a row makes.
fn made(entry: &Entry, part: usize) -> String {
    let name = match &*entry.certificate {
        "" => format!("of row {}", entry.row),
        number => certificate(&entry.class, number),
    };
    if part == 0 { name } else { format!("{name}, part {part}") }
}

fn certificate(class: &str, number: &str) -> String {
    format!("{number} ({class})")
}

fn by_certificate(ledger: &Ledger, entries: &[Entry], take: &mut impl FnMut(Transaction), problems: &mut Vec<Problem>) {
    let mut refuse = |entry, what, message, help| problems.push(ledger.problem(what, entry, message, help));
    for entry in entries {
        let (row, shares) = (entry.row, entry.shares.to_ratio());
        let mut from: Vec<String> = entry.surrendered.iter().map(|number| certificate(&entry.class, number)).collect();
        match (entry.does, from.pop()) {
            (Does::Issue, _) => take(issuance(entry, 0, &made(entry, 0), &shares)),
            (_, None) => {
                let message = format!("Row {row} does not say which certificate its shares come from, and others do.");
                let help = "Fill in the certificate that was surrendered.";
                refuse(entry, "ledger.certificate.missing", message, help);
            }
            (Does::Cancel, Some(only)) if from.is_empty() => take(taking(entry, 0, only, &shares, Vec::new())),
            (Does::Cancel, _) => {
                let message = format!("Row {row} cancels several certificates at once.");
                refuse(entry, "ledger.certificate.several", message, "Give each certificate a row of its own.");
            }
            (Does::Transfer, Some(last)) => {
                let to = made(entry, 0);
                take(issuance(entry, 0, &to, &shares));
                if from.is_empty() {
                    take(taking(entry, 0, last, &shares, vec![to]));
                } else {
                    from.push(last);
                    let of = transaction("CONSOLIDATION", entry, 0, String::new());
                    let to = Some(to);
                    take(Transaction { security_id: None, security_ids: from, resulting_security_id: to, ..of });
                }
            }
        }
    }
}

/// Shares of one holder that were issued on one day.
struct Held {
    security: String,
    issued: Date,
    left: Ratio,
}

fn by_holder(ledger: &Ledger, entries: &[Entry], take: &mut impl FnMut(Transaction), problems: &mut Vec<Problem>) {
    let mut accounts: HashMap<(u32, &str), Vec<Held>> = HashMap::new();
    let mut first_in_first_out: Option<(u32, usize)> = None;
    for entry in entries {
        let (class, shares) = (&*entry.class, entry.shares.to_ratio());
        let to = entry.to.map(|to| (to, class));
        let Some(from) = entry.from.map(|from| (from, class)).filter(|_| entry.does != Does::Issue) else {
            let security = made(entry, 0);
            take(issuance(entry, 0, &security, &shares));
            let held = Held { security, issued: entry.date, left: shares };
            accounts.entry(to.unwrap_or_default()).or_default().push(held);
            continue;
        };
        let held = accounts.entry(from).or_default();
        held.retain(|held| held.left.is_positive());
        let there: Ratio = held.iter().map(|held| &held.left).sum();
        let name = ledger.holders.get(from.0 as usize).map_or("", |holder| holder.name.as_str());
        if there < shares {
            let (wanted, there, on) = (plain(&shares, 6), plain(&there, 6), iso(entry.date));
            let message =
                format!("Row {} takes {wanted} shares of {class} from {name}, who has {there} on {on}.", entry.row);
            let help = "Correct the row, or add the rows that are missing before it.";
            problems.push(ledger.problem("ledger.shares.more-than-there-are", entry, message, help));
            continue;
        }
        if there > shares && held.iter().any(|one| one.issued != held.first().map_or(one.issued, |held| held.issued)) {
            if (ledger.accrues)(class) {
                let message = format!(
                    "Row {} takes some of {name}'s {class}, which were issued on several days, and does not say which of them.",
                    entry.row
                );
                let help = "Dividends accrue from the day of issue: fill in the certificates that were surrendered (from certificate), in this row and all others that take shares.";
                problems.push(ledger.problem("ledger.shares.which", entry, message, help));
                continue;
            }
            first_in_first_out.get_or_insert((entry.row, 0)).1 += 1;
        }
        held.sort_by_key(|held| held.issued);
        let (mut wanted, mut given) = (shares, Vec::new());
        for (part, held) in held.iter_mut().enumerate() {
            let quantity = wanted.clone().min(held.left.clone());
            if !quantity.is_positive() {
                continue;
            }
            wanted -= &quantity;
            held.left -= &quantity;
            let part = if given.is_empty() { 0 } else { part };
            let security = made(entry, part);
            let mut to = Vec::new();
            if entry.does == Does::Transfer {
                take(issuance(entry, part, &security, &quantity));
                to.push(security.clone());
            }
            take(taking(entry, part, held.security.clone(), &quantity, to));
            given.push(Held { security, issued: held.issued, left: quantity });
        }
        if let Some(to) = to.filter(|_| entry.does == Does::Transfer) {
            accounts.entry(to).or_default().extend(given);
        }
    }
    if let Some((row, count)) = first_in_first_out {
        let rows = crate::text::plural(count, "row");
        let message = format!(
            "Of shares that were issued on several days, those that were issued first move first, in {rows} from row {row} on."
        );
        let help = "Nothing to do: shares of these classes are alike, whenever they were issued.";
        let at = ledger.at(&format!("row {row}"));
        problems.push(Problem::note("ledger.shares.first-in-first-out", at, message, help));
    }
}

impl Ledger<'_> {
    /// The place of the row that an object comes from.
    fn at(&self, object: &str) -> Place {
        let cell = Some(format!("A{}", row(object)));
        Place { file: Some(self.file.to_owned()), sheet: self.sheet.map(str::to_owned), cell }
    }

    fn problem(&self, code: &str, entry: &Entry, message: String, help: &str) -> Problem {
        Problem::error(code, self.at(&format!("row {}", entry.row)), message, help)
    }
}

/// The number of the row that an object's id names.
fn row(object: &str) -> String {
    object.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect()
}

fn register(ledger: &Ledger, classes: Vec<String>, folded: Folded) -> MadeTable {
    let Folded { mut lots, mut texts, transfers, .. } = folded;
    lots.retain(|lot| lot.quantity.ratio().is_positive());
    let mut number = |lot: &Lot| {
        let row = row(texts.get(lot.object));
        (0, texts.push(&row).unwrap_or_default())
    };
    let rows = lots.iter().map(&mut number).collect();
    let texts = Arc::new(texts);
    let files = vec![ledger.file.to_owned()];
    let objects = Objects { files, sheet: ledger.sheet.map(str::to_owned), before: "A", texts: texts.clone(), rows };
    let class = move |of: Of| match of {
        Of::Stock(class) => classes.get(class as usize).cloned().unwrap_or_default(),
        Of::Right(_) => String::new(),
    };
    super::tables::register(objects.into(), ledger.holders.to_vec(), lots, texts, &transfers, class)
}
