//! Pieces of a register put together, row by row in the order of the file.
//!
//! This is the part that one thread does, while others read the next pieces: each id and certificate is looked up by the
//! hash that its piece's reader made. A row that disagrees with an earlier one is left to the general reader, so that a
//! problem is found and told in one place only.

use super::clean::{CleanRow, FoundRow, Piece, Plan};
use super::{Reading, spread};
use crate::input::Located;
use crate::input::cell::Style;
use crate::model::text_key::same;
use crate::model::{Detail, Lot, Span, Worded};
use num_traits::Zero;

/// How many rows are looked up together.
pub(crate) const LOOK_AHEAD: usize = 64;

impl Reading {
    /// How this register's pieces are to be read.
    pub(crate) fn plan(&self, located: &Located, style: &Style) -> Plan {
        Plan::new(located, self.classes.clone(), style.decimal_mark, self.hasher.clone())
    }

    /// Reads what [`Reading::clean_row`] is about to look up for these rows.
    ///
    /// A million look-ups in a table and texts of many megabytes are spent waiting for memory: 0.57 of 0.61 µs a row. Read
    /// one after the other for many rows, without anything that depends on them in between, they are waited for
    /// together; what comes of it is only a sum that nobody can leave out.
    pub(crate) fn look_ahead(&self, rows: &[FoundRow]) -> u64 {
        let mut known = [0; LOOK_AHEAD];
        let (mut count, mut seen) = (0, 0);
        for row in rows.iter().take(LOOK_AHEAD).filter_map(|row| row.clean.as_ref()) {
            let found = self.ids.find(spread(row.id_tag), |(t, _)| *t == row.id_tag);
            if let (Some((_, ix)), Some(slot)) = (found, known.get_mut(count)) {
                *slot = *ix;
                count += 1;
            }
            if !row.certificate.is_empty() {
                let twice = self.certificates.find(spread(row.certificate_tag), |(t, ..)| *t == row.certificate_tag);
                seen += twice.map_or(0, |(_, _, row)| u64::from(*row));
            }
        }
        let known = known.get(..count).unwrap_or_default();
        known.iter().fold(seen, |seen, ix| seen + self.register.id(*ix).bytes().next().map_or(0, u64::from))
    }

    /// Takes a plain row of a piece; false, and nothing is taken, where the general reader has to look at it.
    pub(crate) fn clean_row(&mut self, piece: &Piece, row: &CleanRow, number: u32) -> bool {
        let text = |span| piece.texts.get(span);
        let (id, name, register) = (text(row.id), text(row.name), &self.register);
        // A rate that the general reader has not met yet is for it.
        let rate = match text(row.rate) {
            "" => None,
            rate => match self.rates.iter().position(|(known, _)| known == rate) {
                None => return false,
                at => at,
            },
        };
        let details = row.details.and_then(|at| piece.details.get(at as usize));
        let known = self.ids.find(spread(row.id_tag), |(t, ix)| *t == row.id_tag && same(register.id(*ix), id));
        let known = known.map(|(_, ix)| *ix);
        if let Some(holder) = known {
            let stated = register.stated_withholding_rate(holder);
            let differs = |detail: Detail| {
                let known = register.detail(holder, detail);
                let given = details.map_or("", |spans| text(spans[detail as usize]));
                !known.is_empty() && !given.is_empty() && known != given
            };
            if differs(Detail::Account) || differs(Detail::BankCode) {
                return false;
            }
            if register.name(holder) != name || rate.zip(stated).is_some_and(|(at, stated)| self.rates[at].1 != *stated)
            {
                return false;
            }
        }
        let certificate = text(row.certificate);
        let is_same =
            |(t, span, _): &(u32, Span, u32)| *t == row.certificate_tag && register.text(*span) == certificate;
        let is_twice =
            !certificate.is_empty() && self.certificates.find(spread(row.certificate_tag), is_same).is_some();
        if is_twice || !register.has_room(piece.chunk.bytes().len()) {
            return false;
        }
        let Some(holder) = known.or_else(|| self.add_holder(id, name, row.id_tag, number)) else { return false };
        let certificate = match certificate {
            "" => Span::default(),
            text => self.add_certificate(text, row.certificate_tag, number).unwrap_or_default(),
        };
        self.doubts.text_ids = true;
        self.totals.add_units(Some(row.lot.shares.micros().into()));
        if let Some((_, rate)) = rate.and_then(|at| self.rates.get(at)) {
            self.doubts.other_rates |= !rate.is_zero();
            if self.register.stated_withholding_rate(holder).is_none() {
                self.set_rate(holder, rate.clone(), number);
            }
        }
        if let Some(hold) = row.hold {
            self.register.fill_hold(holder, hold);
        }
        for (detail, span) in details.into_iter().flat_map(|spans| Detail::VALUES.iter().zip(spans)) {
            // It fits, as was made sure of above.
            let _ = self.register.fill_detail(holder, *detail, text(*span));
        }
        self.register.add_lot(Lot { holder, row: number, certificate, ..row.lot });
        true
    }
}
