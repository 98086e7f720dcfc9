//! The holder register: holders and their lots, packed, since there may be millions.
//!
//! After [`Register::finish`] holders are numbered in the bytewise order of their ids and lots stand by
//! (holder, class, row), so everything downstream gets its order from integers.

#![allow(clippy::expect_used, reason = "an invariant that does not hold ends the run")]

use super::source::TableSource;
use super::worded::worded;
use super::{ClassIx, Date, RowPlace, Span, TextPool, Worded};
use crate::problem::Place;
use crate::quantity::{Ratio, Shares, whole};
use rayon::prelude::*;
use std::borrow::Cow;
use std::sync::Arc;

mod order;

/// Index of a holder in the register; its rank by id, bytewise.
pub(crate) type HolderIx = u32;

worded! {
    /// Whether shares are held by the company itself or by a subsidiary, as it stands in a register.
    #[derive(Default, PartialOrd, Ord)]
    pub enum Treasury {
        /// By somebody else.
        #[default]
        No = "",
        /// By the company: not outstanding.
        Company = "yes",
        /// By a subsidiary: outstanding and paid, without a vote (DGCL §160(c)).
        Subsidiary = "subsidiary",
    }
}

/// One row of the register: shares of one class, issued to a holder on one date.
#[derive(Clone, Copy, Debug)]
pub struct Lot {
    pub holder: HolderIx,
    /// Its row in the file, from 1 as the spreadsheet counts.
    pub row: u32,
    pub shares: Shares,
    pub issue_date: Option<Date>,
    pub retired_date: Option<Date>,
    pub certificate: Span,
    pub class: ClassIx,
    pub treasury: Treasury,
}

impl Lot {
    /// Whether it counts at the close of `date` (`docs/rules.md`, "Register"): issued, not retired, not in treasury.
    pub fn counts_on(&self, date: Date) -> bool {
        self.treasury != Treasury::Company
            && self.issue_date.is_none_or(|i| i <= date)
            && self.retired_date.is_none_or(|r| r > date)
    }
}

worded! {
    /// The text fields of a holder that payment files and notices show, by their columns' names.
    pub enum Detail {
        TaxId = "tax_id",
        Address = "address",
        Country = "country",
        Email = "email",
        PayeeName = "payee_name",
        PaymentMethod = "payment_method",
        Account = "account",
        BankCode = "bank_code",
        Street = "street",
        Town = "town",
        State = "state",
        PostalCode = "postal_code",
        PayeeKind = "payee_kind",
    }
}

impl Detail {
    pub(crate) const COUNT: usize = Self::WORDS.len();

    /// Whether payments or tax reports go by its very digits.
    pub fn is_number_of_record(self) -> bool {
        matches!(self, Self::TaxId | Self::Account | Self::BankCode)
    }
}

/// A holder's details: a span for each of [`Detail`], and whether its payments are on hold.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Details {
    spans: [Span; Detail::COUNT],
    hold: bool,
}

const NONE: u32 = u32::MAX;

#[derive(Clone, Copy, Debug)]
struct Holder {
    id: Span,
    name: Span,
    /// Index into `rates`, or `NONE`.
    rate: u32,
    /// Index into `details`, or `NONE`.
    details: u32,
}

#[derive(Clone, Debug, Default)]
pub struct Register {
    texts: TextPool,
    holders: Vec<Holder>,
    details: Vec<Details>,
    rates: Vec<Ratio>,
    lots: Vec<Lot>,
    pub source: Arc<TableSource>,
}

impl Register {
    /// Adds a holder that is not there yet and gives its index, which holds until [`Register::finish`].
    /// `None` past 4 GiB of text or 2^32 - 1 holders.
    pub fn add_holder(&mut self, id: &str, name: &str) -> Option<HolderIx> {
        let ix = HolderIx::try_from(self.holders.len()).ok().filter(|ix| *ix != NONE)?;
        let (id, name) = (self.texts.push(id)?, self.texts.push(name)?);
        self.holders.push(Holder { id, name, rate: NONE, details: NONE });
        Some(ix)
    }

    pub fn add_text(&mut self, text: &str) -> Option<Span> {
        self.texts.push(text)
    }

    pub fn text(&self, span: Span) -> &str {
        self.texts.get(span)
    }

    /// Whether so many more bytes of text fit.
    pub fn has_room(&self, bytes: usize) -> bool {
        self.texts.has_room(bytes)
    }

    pub fn add_lot(&mut self, lot: Lot) {
        self.lots.push(lot);
    }

    pub fn set_withholding_rate(&mut self, holder: HolderIx, rate: Ratio) {
        let at = self.rates.iter().position(|r| *r == rate).unwrap_or_else(|| {
            self.rates.push(rate);
            self.rates.len() - 1
        });
        self.holders[holder as usize].rate = u32::try_from(at).expect("there are no more rates than rows");
    }

    /// A holder's withholding rate as given; none where no row gave one.
    pub fn stated_withholding_rate(&self, holder: HolderIx) -> Option<&Ratio> {
        self.rates.get(self.holders[holder as usize].rate as usize)
    }

    /// A holder's withholding rate, 0 where none was given.
    pub fn withholding_rate(&self, holder: HolderIx) -> Ratio {
        self.stated_withholding_rate(holder).cloned().unwrap_or_else(|| whole(0))
    }

    fn details_mut(&mut self, holder: HolderIx) -> &mut Details {
        let at = &mut self.holders[holder as usize].details;
        if *at == NONE {
            *at = u32::try_from(self.details.len()).expect("there are no more details than holders");
            self.details.push(Details::default());
        }
        &mut self.details[*at as usize]
    }

    /// Fills a detail that is still blank: of a holder's rows the first that fills a field wins.
    /// `None` past 4 GiB of text.
    pub fn fill_detail(&mut self, holder: HolderIx, detail: Detail, text: &str) -> Option<()> {
        if text.is_empty() || !self.detail(holder, detail).is_empty() {
            return Some(());
        }
        let span = self.texts.push(text)?;
        self.details_mut(holder).spans[detail as usize] = span;
        Some(())
    }

    /// Says whether a holder's payments are on hold; `yes` in any of the holder's rows holds them.
    pub fn fill_hold(&mut self, holder: HolderIx, hold: bool) {
        self.details_mut(holder).hold |= hold;
    }

    /// Numbers the holders by id, bytewise, and puts the lots in order of (holder, class, row).
    pub fn finish(&mut self) {
        if self.is_in_order() {
            return;
        }
        let order = order::by_text(&self.texts, self.holders.len(), |ix| self.holders[ix as usize].id);
        let mut renumbered = vec![0; order.len()];
        for (new, old) in order.iter().enumerate() {
            renumbered[*old as usize] = HolderIx::try_from(new).expect("as many as there were");
        }
        self.holders = order.par_iter().map(|old| self.holders[*old as usize]).collect();
        self.lots.par_iter_mut().for_each(|lot| lot.holder = renumbered[lot.holder as usize]);
        self.lots.par_sort_unstable_by_key(|lot| (lot.holder, lot.class, lot.row));
        self.repack();
    }

    /// Whether the file had holders and lots in this order already.
    fn is_in_order(&self) -> bool {
        self.holders.is_sorted_by(|a, b| self.texts.get(a.id).as_bytes() < self.texts.get(b.id).as_bytes())
            && self.lots.is_sorted_by_key(|lot| (lot.holder, lot.class, lot.row))
    }

    /// Puts the texts in the order in which they will be asked for: holder by holder, then the lots' certificates.
    fn repack(&mut self) {
        let (texts, holders, details) = (&self.texts, &self.holders, &self.details);
        let spans = |holder: &Holder| {
            let more = details.get(holder.details as usize).map_or(&[][..], |d| &d.spans);
            [holder.id, holder.name].into_iter().chain(more.iter().copied())
        };
        let lots = &self.lots;
        let packed = texts.repacked(holders, &spans).and_then(|mut packed| {
            let from = packed.len();
            packed.append(&texts.repacked(lots, &|lot: &Lot| std::iter::once(lot.certificate))?)?;
            Some((packed, from))
        });
        let Some((packed, mut at)) = packed else { return };
        let mut next = 0;
        let renumber = |span: &mut Span, next: &mut u32| *span = span.moved_to(next);
        let mut in_order = Vec::with_capacity(self.details.len());
        let holders = || {
            for holder in &mut self.holders {
                renumber(&mut holder.id, &mut next);
                renumber(&mut holder.name, &mut next);
                if let Some(mut details) = self.details.get(holder.details as usize).copied() {
                    details.spans.iter_mut().for_each(|span| renumber(span, &mut next));
                    holder.details = u32::try_from(in_order.len()).expect("as many as there were");
                    in_order.push(details);
                }
            }
        };
        rayon::join(holders, || self.lots.iter_mut().for_each(|lot| renumber(&mut lot.certificate, &mut at)));
        self.details = in_order;
        self.texts = packed;
    }

    pub fn holder_count(&self) -> u32 {
        u32::try_from(self.holders.len()).expect("a holder is not added past the limit")
    }

    /// Every lot, by (holder, class, row) once finished.
    pub fn lots(&self) -> &[Lot] {
        &self.lots
    }

    /// The lots of one holder, in the order of (class, row), once finished.
    pub fn lots_of(&self, holder: HolderIx) -> &[Lot] {
        let start = self.lots.partition_point(|lot| lot.holder < holder);
        let len = self.lots[start..].partition_point(|lot| lot.holder == holder);
        &self.lots[start..start + len]
    }

    pub fn id(&self, holder: HolderIx) -> &str {
        self.texts.get(self.holders[holder as usize].id)
    }

    pub fn name(&self, holder: HolderIx) -> &str {
        self.texts.get(self.holders[holder as usize].name)
    }

    /// One of a holder's details; empty where no row gave it.
    pub fn detail(&self, holder: HolderIx, detail: Detail) -> &str {
        let at = self.holders[holder as usize].details as usize;
        self.details.get(at).map_or("", |d| self.texts.get(d.spans[detail as usize]))
    }

    /// A holder's address on one line: as the register has it, or from its fields.
    pub fn address(&self, holder: HolderIx) -> Cow<'_, str> {
        let address = self.detail(holder, Detail::Address);
        if !address.is_empty() {
            return Cow::Borrowed(address);
        }
        let field = |detail| self.detail(holder, detail);
        let place = [field(Detail::Town), field(Detail::State)].join(", ");
        let place = [place.trim_matches([',', ' ']), field(Detail::PostalCode)].join(" ");
        Cow::Owned([field(Detail::Street), place.trim()].join(", ").trim_matches([',', ' ']).to_owned())
    }

    pub fn hold(&self, holder: HolderIx) -> bool {
        self.details.get(self.holders[holder as usize].details as usize).is_some_and(|d| d.hold)
    }

    pub fn find(&self, id: &str) -> Option<HolderIx> {
        let found = self.holders.binary_search_by(|h| self.texts.get(h.id).as_bytes().cmp(id.as_bytes()));
        found.ok().and_then(|ix| HolderIx::try_from(ix).ok())
    }

    /// The same for ids that come in order: `after` is the holder before.
    pub fn find_after(&self, after: Option<HolderIx>, id: &str) -> Option<HolderIx> {
        let next = after.map_or(0, |ix| ix + 1);
        if next < self.holder_count() && self.id(next) == id { Some(next) } else { self.find(id) }
    }

    pub fn certificate(&self, lot: &Lot) -> &str {
        self.texts.get(lot.certificate)
    }

    /// The cell of `column` in a lot's row.
    pub fn place(&self, lot: &Lot, column: &str) -> Place {
        RowPlace { source: Arc::clone(&self.source), row: lot.row }.cell(column)
    }
}
