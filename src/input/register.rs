//! The register: row by row into the packed model, with every holder id, certificate and rate looked up by hash.

mod alike;
mod clean;
pub(super) mod countries;
mod details;
mod gone;
pub(super) mod identifiers;
mod merge;
mod problems;

use super::asides::Control;
use super::plans::unknown_class;
use super::schema::{REGISTER, index_of};
use super::totals::{Sum, Totals};
use super::{Findings, Line, Located};
use crate::model::text_key::{self, means_nothing};
use crate::model::{ClassIx, Classes, Detail, HolderIx, Lot, Register, Span, Treasury, Worded};
use crate::problem::Place;
use crate::quantity::Ratio;
use crate::spreadsheet::{Cell, Content, Shown};
use hashbrown::{DefaultHashBuilder, HashTable};
use std::borrow::Cow;
use std::hash::BuildHasher;
use std::sync::Arc;

pub(crate) use clean::Piece;
pub(crate) use merge::LOOK_AHEAD;
use problems::{Doubts, full};

/// Where the register's columns stand in [`REGISTER`].
mod at {
    use super::{Detail, REGISTER, Worded, index_of};

    pub(crate) const HOLDER_ID: usize = index_of(&REGISTER, "holder_id");
    pub(crate) const HOLDER_NAME: usize = index_of(&REGISTER, "holder_name");
    pub(crate) const CLASS: usize = index_of(&REGISTER, "class");
    pub(crate) const SHARES: usize = index_of(&REGISTER, "shares");
    pub(crate) const ISSUE_DATE: usize = index_of(&REGISTER, "issue_date");
    pub(crate) const CERTIFICATE: usize = index_of(&REGISTER, "certificate");
    pub(crate) const RETIRED_DATE: usize = index_of(&REGISTER, "retired_date");
    pub(crate) const TREASURY: usize = index_of(&REGISTER, "treasury");
    pub(crate) const WITHHOLDING_RATE: usize = index_of(&REGISTER, "withholding_rate");
    pub(crate) const HOLD: usize = index_of(&REGISTER, "hold");
    pub(crate) const DETAILS: [usize; Detail::COUNT] = {
        let mut at = [0; Detail::COUNT];
        let mut ix = 0;
        while ix < at.len() {
            at[ix] = index_of(&REGISTER, Detail::WORDS[ix]);
            ix += 1;
        }
        at
    };
    pub(crate) const EMAIL: usize = DETAILS[Detail::Email as usize];
    pub(crate) const PAYEE_KIND: usize = DETAILS[Detail::PayeeKind as usize];
}

#[derive(Debug)]
pub(crate) struct Reading {
    classes: Classes,
    register: Register,
    hasher: DefaultHashBuilder,
    /// Holders with their ids' tags, so that neither a look-up nor growing the table goes through the texts.
    ids: HashTable<(u32, HolderIx)>,
    /// Certificates with their tags and rows.
    certificates: HashTable<(u32, Span, u32)>,
    /// The first rows of holders and of their withholding rates, for messages.
    first_rows: Vec<u32>,
    rate_rows: Vec<u32>,
    last_class: Option<(String, Option<ClassIx>)>,
    rates: Vec<(String, Ratio)>,
    totals: Totals,
    /// The sums of each class's lots, of the first so many.
    by_class: Vec<Sum>,
    summed: usize,
    /// The first of the holders, last of all, who have no lots.
    alone_from: Option<HolderIx>,
    doubts: Doubts,
    /// The first day that a column says a row is of, and where.
    as_of: Option<(String, Place)>,
}

impl Reading {
    pub(crate) fn new(classes: &Classes) -> Self {
        Self {
            classes: classes.clone(),
            register: Register::default(),
            hasher: DefaultHashBuilder::default(),
            ids: HashTable::new(),
            certificates: HashTable::new(),
            first_rows: Vec::new(),
            rate_rows: Vec::new(),
            last_class: None,
            rates: Vec::new(),
            totals: Totals::new(&REGISTER),
            by_class: Vec::new(),
            summed: 0,
            alone_from: None,
            doubts: Doubts::default(),
            as_of: None,
        }
    }

    pub(crate) fn row(&mut self, line: &mut Line) {
        let shares = line.shares(at::SHARES);
        self.totals.add_units(shares.map(|shares| shares.micros().into()));
        let holder = self.holder(line);
        let class = self.class(line);
        let issue_date = line.date(at::ISSUE_DATE);
        let retired_date = line.date(at::RETIRED_DATE);
        if retired_date.is_none() {
            self.gone(line, shares, class);
        }
        let treasury = if line.is_word(at::TREASURY, "subsidiary") {
            Treasury::Subsidiary
        } else if line.yes_no(at::TREASURY) == Some(true) {
            Treasury::Company
        } else {
            Treasury::No
        };
        if class == Some(self.classes.series_a()) {
            self.check_series_a(line, treasury);
        }
        if let (Some(issued), Some(retired)) = (issue_date, retired_date)
            && retired < issued
        {
            let help = "Correct one of the two dates.";
            line.reject(at::RETIRED_DATE, "out-of-order", "the lot is retired before it is issued.", help);
        }
        let certificate = self.certificate(line);
        let Some(holder) = holder else { return };
        self.rate(line, holder);
        self.details(line, holder);
        let (Some(shares), Some(class)) = (shares, class) else { return };
        let row = line.row.number;
        self.register.add_lot(Lot { holder, row, shares, issue_date, retired_date, certificate, class, treasury });
    }

    /// Takes a row that only says who a holder is.
    pub(crate) fn holder_alone(&mut self, line: &mut Line) {
        let count = self.register.holder_count();
        let Some(holder) = self.holder(line).filter(|holder| *holder >= count) else { return };
        self.alone_from.get_or_insert(holder);
        self.rate(line, holder);
        self.details(line, holder);
    }

    fn check_series_a(&mut self, line: &mut Line, treasury: Treasury) {
        if treasury == Treasury::Company {
            let message =
                "Series A shares that the company acquires are retired and cancelled (§5), never held in treasury.";
            let help = "Fill in retired_date with the day of acquisition and clear treasury, or correct the class.";
            line.reject(at::TREASURY, "series-a", message, help);
        }
        if line.is_blank(at::ISSUE_DATE) {
            if line.located.column(at::ISSUE_DATE).is_none() {
                self.doubts.series_a_without_date += 1;
            } else {
                let message = "a Series A lot needs the day on which the company first issued it (§2(c)).";
                let help = "Fill in the day of first issue, from the stock ledger; a transfer does not change it.";
                line.reject(at::ISSUE_DATE, "missing", message, help);
            }
        }
    }

    fn holder(&mut self, line: &mut Line) -> Option<HolderIx> {
        let id_cell = line.wanted(at::HOLDER_ID);
        let name_cell = line.wanted(at::HOLDER_NAME);
        let id = id_cell.and_then(|cell| self.id(line, cell));
        let name = name_cell.and_then(|cell| identifiers::text(line, at::HOLDER_NAME, cell));
        let name = name.and_then(|name| identifiers::named(line, at::HOLDER_NAME, name));
        let name = name.map(|name| full_name(line, name));
        let id = id.and_then(|id| identifiers::named(line, at::HOLDER_ID, id))?;
        let tag = tag(&self.hasher, &text_key::key(&id));
        let register = &self.register;
        if let Some((_, known)) =
            self.ids.find(spread(tag), |(t, ix)| *t == tag && text_key::same(register.id(*ix), &id))
        {
            let known = *known;
            if let Some(name) = name {
                self.same_name(line, known, &name);
            }
            if line.located.columns.first() == line.located.columns.get(at::HOLDER_NAME) {
                self.same_email(line, known);
            }
            return Some(known);
        }
        let added = self.add_holder(&id, &name.unwrap_or_default(), tag, line.row.number);
        if added.is_none() {
            full(line);
        }
        added
    }

    fn add_holder(&mut self, id: &str, name: &str, tag: u32, row: u32) -> Option<HolderIx> {
        let added = self.register.add_holder(id, name)?;
        self.first_rows.push(row);
        self.rate_rows.push(0);
        self.ids.insert_unique(spread(tag), (tag, added), |(tag, _)| spread(*tag));
        Some(added)
    }

    fn id<'l>(&mut self, line: &mut Line<'l>, cell: &'l Cell) -> Option<Cow<'l, str>> {
        let id = identifiers::id(line, at::HOLDER_ID, cell)?;
        match cell.content {
            Content::Text => self.doubts.text_ids = true,
            Content::Number(Shown::Digits(_)) => {}
            Content::Number(_) => _ = self.doubts.number_ids.get_or_insert(line.row.number),
            _ => {}
        }
        Some(id)
    }

    fn same_name(&mut self, line: &mut Line, holder: HolderIx, name: &str) {
        let known = self.register.name(holder);
        if known == name
            || known.is_empty()
            || text_key::key(known).to_lowercase() == text_key::key(name).to_lowercase()
        {
            return;
        }
        let first = self.first_rows.get(holder as usize).copied().unwrap_or(0);
        let at = line.located.cell(at::HOLDER_NAME, first);
        let id = self.register.id(holder);
        let message = format!("the holder {id} has two names: '{name}' here and '{known}' in {at}.");
        let help = "Make the name the same on all rows of the holder; give two different holders two ids.";
        line.reject(at::HOLDER_NAME, "two-names", &message, help);
    }

    /// Where names are the ids, two holders of one name would be one.
    fn same_email(&self, line: &mut Line, holder: HolderIx) {
        let Some(cell) = line.cell(at::EMAIL) else { return };
        let (known, email) = (self.register.detail(holder, Detail::Email), line.row.text(cell).trim());
        if known.is_empty() || known.eq_ignore_ascii_case(email) {
            return;
        }
        let message = format!(
            "{} has another e-mail address above, {known}: are these two holders of one name?",
            self.register.id(holder)
        );
        let help = "If they are, add a column holder_id that tells them apart; if not, make the address the same.";
        line.reject(at::EMAIL, "two-holders", &message, help);
    }

    fn class(&mut self, line: &mut Line) -> Option<ClassIx> {
        let cell = line.wanted(at::CLASS)?;
        let text = identifiers::text(line, at::CLASS, cell)?;
        if let Some((last, found)) = &self.last_class
            && *last == text
            && found.is_some()
        {
            return *found;
        }
        let found = self.classes.find(&text);
        if found.is_none() {
            unknown_class(line, &text, &self.classes);
        }
        self.last_class = Some((text.into_owned(), found));
        found
    }

    fn certificate(&mut self, line: &mut Line) -> Span {
        let Some(cell) = line.cell(at::CERTIFICATE) else { return Span::default() };
        let Some(text) = identifiers::id(line, at::CERTIFICATE, cell) else { return Span::default() };
        if means_nothing(&text) || is_book_entry(&text) {
            return Span::default();
        }
        let tag = tag(&self.hasher, &text);
        let register = &self.register;
        let known = self.certificates.find(spread(tag), |(t, span, _)| *t == tag && register.text(*span) == text);
        if let Some((_, span, row)) = known {
            let (span, row) = (*span, *row);
            let first = line.located.cell(at::CERTIFICATE, row);
            let message = format!("the certificate {text} is listed twice, here and in {first}.");
            let help = "A certificate stands for one lot: correct its number, or delete the row that is there twice.";
            line.reject(at::CERTIFICATE, "twice", &message, help);
            return span;
        }
        let Some(span) = self.add_certificate(&text, tag, line.row.number) else {
            full(line);
            return Span::default();
        };
        span
    }

    fn add_certificate(&mut self, text: &str, tag: u32, row: u32) -> Option<Span> {
        let span = self.register.add_text(text)?;
        self.certificates.insert_unique(spread(tag), (tag, span, row), |(tag, ..)| spread(*tag));
        Some(span)
    }

    /// Compares a control total with the sum of what it is of.
    pub(crate) fn control(&mut self, line: &mut Line, control: &Control) {
        let Control::Of(named) = control else { return self.totals.control(line, control) };
        let subtotal = std::mem::take(&mut self.totals.subtotal);
        let is_latest = |lot: &Lot| {
            let names = [self.register.id(lot.holder), self.register.name(lot.holder)];
            names.iter().any(|name| text_key::same(name, named))
        };
        if let Some(class) = self.classes.find(named) {
            self.of_class(class, line.findings.any_error()).compare(line, at::SHARES, control);
        } else if self.register.lots().last().is_some_and(is_latest) {
            subtotal.compare(line, at::SHARES, control);
        } else {
            let message = format!(
                "this row reads like a total of '{named}', which is neither a class nor the holder above; as a lot, it is not \
                 whole."
            );
            let help = "Name a class, or write Total or Subtotal alone; fill in what is missing if it is a lot.";
            line.reject(at::CLASS, "total-of-unknown", &message, help);
        }
    }

    /// The sum of a class's lots so far; with an error among them, one that is compared with nothing.
    fn of_class(&mut self, class: ClassIx, any_error: bool) -> Sum {
        self.by_class.resize(self.classes.list().len(), Sum::default());
        for lot in self.register.lots().iter().skip(self.summed) {
            if let Some(sum) = self.by_class.get_mut(usize::from(lot.class)) {
                sum.add(Some(lot.shares.micros().into()));
            }
        }
        self.summed = self.register.lots().len();
        let mut sum = self.by_class.get(usize::from(class)).cloned().unwrap_or_default();
        if any_error {
            sum.add(None);
        }
        sum
    }

    /// The register, its holders and lots in order; says what is wrong with it as a whole, and, if nobody was `warned`, what
    /// may be.
    pub(crate) fn finish(mut self, located: &Located, warned: bool, findings: &mut Findings) -> Register {
        self.doubts.tell(located, findings);
        if !warned {
            self.alike(located, findings);
        }
        self.register.source = Arc::clone(&located.source);
        // Not an error: a company may have issued nothing yet, and what falls to nobody is then undistributed.
        if self.register.lots().is_empty() && !findings.any_error() {
            let place = located.place(None, located.header_row);
            let help = "Fill in a row for each lot of shares below the headers.";
            findings.warning("register.holder_id.empty", place, "The register has no lots.", help);
        }
        // What was only for looking up is given back before the lots are put in order.
        (self.ids, self.certificates) = (HashTable::new(), HashTable::new());
        (self.first_rows, self.rate_rows) = (Vec::new(), Vec::new());
        self.register.finish();
        if !warned {
            alike::equal_lots(&self.register, findings);
        }
        self.register
    }
}

/// A name with the lines in which it goes on.
fn full_name<'l>(line: &Line<'l>, name: Cow<'l, str>) -> Cow<'l, str> {
    let more = line.located.name_goes_on.iter().filter_map(|at| line.row.get(*at));
    let more: Vec<&str> = more.map(|cell| line.row.text(cell).trim()).filter(|text| !text.is_empty()).collect();
    if more.is_empty() { name } else { Cow::Owned(format!("{name} {}", more.join(" "))) }
}

/// `BOOK` and its like under a certificate's number: shares without a certificate.
fn is_book_entry(text: &str) -> bool {
    const WORDS: [&str; 9] =
        ["book", "book entry", "book-entry", "bookentry", "drs", "uncertificated", "electronic", "dtc", "plan"];
    text.len() <= 14 && WORDS.iter().any(|word| word.eq_ignore_ascii_case(text))
}

/// A text's hash, as the look-up tables keep it.
fn tag(hasher: &DefaultHashBuilder, text: &str) -> u32 {
    u32::try_from(hasher.hash_one(text.as_bytes()) >> 32).unwrap_or(0)
}

/// A tag as a table wants it: with entropy at both ends.
fn spread(tag: u32) -> u64 {
    u64::from(tag).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}
