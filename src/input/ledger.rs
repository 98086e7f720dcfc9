//! A register that is a ledger of transactions: its rows become those of a register as of a date.

use super::schema::{LEDGER, OF_HOLDER, header_key};
use super::table::{OwnHeader, match_headers};
use super::{Findings, Line, Located};
use crate::model::{Class, Classes, Date};
use crate::ocf::MadeTable;
use crate::ocf::ledger::{Does, Entry, Holder, Ledger, fold};
use crate::spreadsheet::Row;
use std::collections::HashMap;

/// Whether one of the first rows is the header row of a ledger: dates, numbers of shares, and who gave them or what happened.
pub(crate) fn is_ledger(first: &[Row], own: &[OwnHeader]) -> bool {
    first.iter().any(|row| {
        let found = match_headers(&LEDGER, row, own);
        let has = |column: &str| LEDGER.index(column).and_then(|ix| found.columns.get(ix).copied().flatten());
        // `Kind` and `Category` may be of holders or shares: the rows below say. A `Type` of shares may be `Issued`.
        let happens = |at: u32| {
            let is_type = row.get(at).is_some_and(|cell| header_key(row.text(cell)) == "type");
            let below = first.iter().filter(|below| below.number > row.number);
            let mut words = below.filter_map(|below| does(below.text(below.get(at)?)));
            words.any(|does| does != Does::Issue || !is_type)
        };
        let says = has("kind").is_some_and(happens);
        let given =
            ["from", "from_id", "from_email", "from_certificate"].into_iter().any(|column| has(column).is_some());
        let named = ["to", "to_id", "last_name", "company_name"].into_iter().any(|column| has(column).is_some());
        // People and companies in columns of their own, as an import file of issues has them.
        let issued = ["first_name", "last_name", "company_name"].into_iter().all(|column| has(column).is_some());
        found.missing(&LEDGER).is_empty() && named && (says || given || issued)
    })
}

#[derive(Default)]
pub(crate) struct Reading {
    entries: Vec<Entry>,
    holders: Vec<Holder>,
    by_id: HashMap<String, u32>,
    by_name: HashMap<String, Vec<u32>>,
    /// Rows that name who gave shares by name alone: the entry, and the name.
    givers: Vec<(usize, String)>,
}

/// What a row does, by its word; none where that is not known.
fn does(word: &str) -> Option<Does> {
    let key = header_key(word);
    let begins = |starts: &[&str]| starts.iter().any(|start| key.contains(start));
    if begins(&["split", "conver", "exercis"]) {
        None
    } else if begins(&["cancel", "redempt", "redeem", "repurchase", "buyback", "retire", "surrender", "forfeit"]) {
        Some(Does::Cancel)
    } else if begins(&["transfer", "secondary", "assign"]) {
        Some(Does::Transfer)
    } else if begins(&["issu", "allot", "subscription"]) {
        Some(Does::Issue)
    } else {
        None
    }
}

/// A name that says that shares come from the company itself.
fn is_original(name: &str) -> bool {
    ["originalissue", "original", "newissue", "issued", "company", "thecompany", "na"]
        .contains(&header_key(name).as_str())
}

/// `Jill Peterson- I923853243` is a name and an id.
fn split_id(text: &str) -> (String, Option<String>) {
    let parts = text.rsplit_once('-').map(|(name, id)| (name.trim(), id.trim()));
    let is_id = |id: &str| id.len() > 4 && id.starts_with('I') && id[1..].bytes().all(|b| b.is_ascii_digit());
    match parts.filter(|(name, id)| !name.is_empty() && is_id(id)) {
        Some((name, id)) => (name.to_owned(), Some(id.to_owned())),
        None => (text.trim().to_owned(), None),
    }
}

impl Reading {
    pub(crate) fn row(&mut self, line: &mut Line) {
        let (date, class, shares) = (line.date("date"), line.text("class"), line.shares("shares"));
        let word = line.text("kind");
        let [from, from_id, from_email, certificate, surrendered] =
            ["from", "from_id", "from_email", "certificate", "from_certificate"].map(|column| some(line, column));
        let by_email = ["from_email", "company_name"].iter().any(|column| has(line.located, column));
        let to = self.to(line, by_email);
        if let (Some(given), Some(class)) = (some(line, "from_class"), &class)
            && header_key(&given) != header_key(class)
        {
            let message = format!("shares of {given} become shares of {class}.");
            let help = "Write a cancellation of the one, and an issue of the other in a row below; clear this cell.";
            return line.reject("from_class", "converted", &message, help);
        }
        let from = from.filter(|from| !is_original(from));
        let given = from.is_some() || from_id.is_some() || from_email.is_some() || surrendered.is_some();
        let does = match word.as_deref() {
            Some(word) => match does(word) {
                Some(does) => does,
                None => {
                    let message = format!("'{word}' is not known as what happens to shares.");
                    let help = "Write issue, transfer or cancellation. A conversion or an exercise is a cancellation of the one and an \
                                issue of the other; a split is a row of the table adjustments, for which register_date says how \
                                shares are counted. Head the column otherwise where it says something else.";
                    return line.reject("kind", "unknown", &message, help);
                }
            },
            None if !given => Does::Issue,
            None if to.is_none() => Does::Cancel,
            None => Does::Transfer,
        };
        let (Some(date), Some(class), Some(shares)) = (date, class, shares) else { return };
        let entry = Entry {
            row: line.row.number,
            date,
            does,
            class: class.into(),
            shares,
            to,
            from: None,
            certificate: certificate.unwrap_or_default().into(),
            surrendered: surrendered.as_deref().unwrap_or_default().split([',', ';']).filter_map(number).collect(),
        };
        let problem = match does {
            Does::Issue if given => {
                Some(("from", "of-an-issue", "an issue comes from nobody.", "Clear it, or write transfer."))
            }
            Does::Issue | Does::Transfer if to.is_none() => {
                Some(("to", "missing", "nobody gets the shares.", "Fill in who gets them."))
            }
            Does::Transfer | Does::Cancel if !given && (does == Does::Transfer || to.is_none()) => {
                Some(("from", "missing", "nobody gives the shares.", "Fill in who gives them, or the certificate."))
            }
            _ => None,
        };
        if let Some((column, what, message, help)) = problem {
            return line.reject(column, what, message, help);
        }
        // Some write the one who gives shares back where others write who gets shares.
        let giver = from_id.or(from_email).or(from);
        match giver {
            Some(giver) => self.givers.push((self.entries.len(), giver)),
            None if does == Does::Cancel => {
                self.entries.push(Entry { from: to, to: None, ..entry });
                return;
            }
            None => {}
        }
        self.entries.push(entry);
    }

    /// The holder who gets the shares, with what the row says of it.
    fn to(&mut self, line: &mut Line, by_email: bool) -> Option<u32> {
        let [name, id, email] = ["to", "to_id", "email"].map(|column| some(line, column));
        let [first, last, company] = ["first_name", "last_name", "company_name"].map(|column| some(line, column));
        let person = [first, last].into_iter().flatten().collect::<Vec<_>>().join(" ");
        let name = name.or(company).or(Some(person).filter(|name| !name.is_empty()));
        let (name, own) = match name.as_deref().map(split_id) {
            Some((name, own)) => (name, own),
            None => (id.clone()?, None),
        };
        let id = id.or(own).or(email.filter(|_| by_email)).unwrap_or_else(|| name.clone());
        let ix = *self.by_id.entry(id.clone()).or_insert_with(|| {
            let ix = u32::try_from(self.holders.len()).unwrap_or(u32::MAX);
            self.by_name.entry(name.clone()).or_default().push(ix);
            self.holders.push(Holder { id, name: name.clone(), details: Vec::new() });
            ix
        }) as usize;
        for column in LEDGER.columns.iter().skip(OF_HOLDER) {
            let Some(text) = some(line, column.name) else { continue };
            let Some(holder) = self.holders.get_mut(ix) else { continue };
            if !holder.details.iter().any(|(known, _)| *known == column.name) {
                holder.details.push((column.name.into(), text));
            }
        }
        if self.holders.get(ix).is_some_and(|holder| holder.name != name) {
            let known = self.holders.get(ix).map_or(String::new(), |holder| holder.name.clone());
            let message = format!("this holder is called '{name}' here and '{known}' above.");
            line.reject("to", "two-names", &message, "Make the name the same on all rows; give two holders two ids.");
        }
        u32::try_from(ix).ok()
    }

    /// The register as of a date; without one, as of the last row's.
    pub(crate) fn finish(
        mut self,
        located: &Located,
        classes: &Classes,
        as_of: Option<Date>,
        findings: &mut Findings,
    ) -> (MadeTable, Date) {
        for (at, giver) in std::mem::take(&mut self.givers) {
            let (name, own) = split_id(&giver);
            let named = self.by_name.get(&name).map_or(&[][..], Vec::as_slice);
            let found = self.by_id.get(own.as_ref().unwrap_or(&giver)).copied().or(match named {
                [only] => Some(*only),
                _ => None,
            });
            let Some(entry) = self.entries.get_mut(at) else { continue };
            entry.from = found;
            // Certificates say it as well.
            if found.is_none() && entry.surrendered.is_empty() {
                let what = if named.len() > 1 { "is the name of several holders" } else { "gets shares in no row" };
                let message = format!("from: {giver} {what}.");
                let help = "Correct the name, add the row that gave the shares, or give ids.";
                let place = located.place(LEDGER.index("from"), entry.row);
                findings.push(crate::problem::Problem::error("ledger.from.unknown", place, message, help));
            }
        }
        let latest = self.entries.iter().map(|entry| entry.date).max();
        let as_of = as_of.or(latest).unwrap_or(Date::MIN);
        let accrues = |class: &str| classes.find(class).is_none_or(|ix| accrues(classes, classes.get(ix)));
        let (file, sheet) = (&located.source.file, located.source.sheet.as_deref());
        let ledger = Ledger { file, sheet, holders: &self.holders, accrues: &accrues };
        self.entries.retain(|entry| entry.does == Does::Issue || entry.from.is_some() || !entry.surrendered.is_empty());
        let (made, problems) = fold(&ledger, self.entries, as_of);
        for problem in problems {
            findings.push(problem);
        }
        (made, as_of)
    }
}

fn number(text: &str) -> Option<Box<str>> {
    Some(text.trim()).filter(|number| !number.is_empty()).map(Box::from)
}

/// Whether dividends of a class accrue from the day on which a share was issued.
fn accrues(classes: &Classes, class: &Class) -> bool {
    class.is_preferred() || class.id == classes.get(classes.series_a()).id
}

fn has(located: &Located, column: &str) -> bool {
    LEDGER.index(column).is_some_and(|ix| located.column(ix).is_some())
}

/// The text of a column that may be blank.
fn some(line: &mut Line, column: &str) -> Option<String> {
    line.cell(column)?;
    line.text(column).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}
