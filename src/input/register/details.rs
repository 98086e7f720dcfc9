//! What a row says of its holder beside the name: the rate of tax withheld, and how to pay.

use super::problems::full;
use super::{Reading, at, countries, identifiers};
use crate::input::Line;
use crate::input::faults::MEANINGLESS;
use crate::input::schema::header_key;
use crate::input::words::has_word;
use crate::model::text_key::{self, means_nothing};
use crate::model::{Detail, HolderIx, Worded};
use crate::quantity::{Ratio, plain};
use crate::spreadsheet::Content;
use std::borrow::Cow;

impl Reading {
    pub(super) fn rate(&mut self, line: &mut Line, holder: HolderIx) {
        let Some(cell) = line.cell(at::WITHHOLDING_RATE) else { return };
        let text = line.row.text(cell);
        let is_one = line.value_of(cell).is_bare()
            && (matches!(text.trim(), "1" | "1.0" | "1.00") || cell.whole_number() == Some(1));
        if is_one {
            self.doubts.rate_of_one.get_or_insert(line.row.number);
        } else {
            self.doubts.other_rates |= !matches!(text.trim(), "0" | "0.0" | "0.00") && cell.whole_number() != Some(0);
        }
        let known = self.rates.iter().find(|(t, _)| t == text && cell.content == Content::Text).map(|(_, r)| r.clone());
        let rate = match known {
            Some(rate) => rate,
            None => {
                let Some(rate) = line.rate(at::WITHHOLDING_RATE) else { return };
                if cell.content == Content::Text && !is_one && self.rates.len() < 64 {
                    self.rates.push((text.to_owned(), rate.clone()));
                }
                rate
            }
        };
        match self.register.stated_withholding_rate(holder) {
            Some(stated) if *stated == rate => {}
            Some(stated) => {
                let id = self.register.id(holder);
                let percent = |r: &Ratio| format!("{}%", plain(&(r * Ratio::from_integer(100.into())), 12));
                let first = self.rate_rows.get(holder as usize).copied().unwrap_or(0);
                let at = line.located.cell(at::WITHHOLDING_RATE, first);
                let (here, there) = (percent(&rate), percent(stated));
                let message = format!("the holder {id} has two withholding rates: {here} here and {there} in {at}.");
                let help =
                    "Make the rate the same on all rows of the holder; a blank cell takes it over from the others.";
                line.reject(at::WITHHOLDING_RATE, "two-rates", &message, help);
            }
            None => self.set_rate(holder, rate, line.row.number),
        }
    }

    pub(super) fn set_rate(&mut self, holder: HolderIx, rate: Ratio, row: u32) {
        self.register.set_withholding_rate(holder, rate);
        if let Some(slot) = self.rate_rows.get_mut(holder as usize) {
            *slot = row;
        }
    }

    pub(super) fn details(&mut self, line: &mut Line, holder: HolderIx) {
        if !line.is_blank(at::HOLD)
            && let Some(hold) = line.yes_no(at::HOLD)
        {
            self.register.fill_hold(holder, hold);
        }
        for (offset, (detail, ix)) in Detail::VALUES.iter().copied().zip(at::DETAILS).enumerate() {
            let Some(cell) = line.cell(ix) else { continue };
            let of_five_digits = detail == Detail::PostalCode && has_five_digits(line);
            if (detail.is_number_of_record() || of_five_digits)
                && identifiers::may_lack_zeros(cell, of_five_digits)
                && let Some(first) = self.doubts.number_details.get_mut(offset)
            {
                first.get_or_insert(line.row.number);
            }
            let must_mean = matches!(
                detail,
                Detail::Account | Detail::BankCode | Detail::TaxId | Detail::PaymentMethod | Detail::PayeeName
            );
            // `#N/A` typed or exported as text is a blank here; the error of a formula is not.
            let typed = (cell.content == Content::Text && must_mean).then(|| line.row.text(cell).trim());
            let text = if let Some(typed @ "#N/A") = typed {
                Some(Cow::Borrowed(typed))
            } else if detail.is_number_of_record() {
                identifiers::number_of_record(line, ix, cell)
            } else if ix == at::PAYEE_KIND {
                line.word(ix).map(|word| Cow::Borrowed(line.words(ix)[word]))
            } else {
                identifiers::text(line, ix, cell)
            };
            let Some(text) = text else { continue };
            let text = match detail {
                _ if must_mean && (means_nothing(&text) || is_masked(detail, &text)) => {
                    line.note(ix, MEANINGLESS, &text, "");
                    None
                }
                Detail::Account => identifiers::account(line, ix, text),
                Detail::BankCode => identifiers::bank_code(line, ix, &text),
                Detail::Country => Some(countries::code(&text).unwrap_or_else(|| {
                    self.doubts.unknown_country.get_or_insert((line.row.number, text.to_string()));
                    text
                })),
                Detail::PaymentMethod if says_not_to_pay(&text) => {
                    let message = format!("'{text}' says not to pay, and a payment by it would be sent as a wire.");
                    let help = "To hold the holder's payments back, type yes under hold and leave this cell blank; else type the \
                                method: wire, ach or check.";
                    line.reject(ix, "not-a-method", &message, help);
                    None
                }
                _ => Some(text),
            };
            let Some(text) = text else { continue };
            self.one_account(line, holder, detail, ix, &text);
            if self.register.fill_detail(holder, detail, &text).is_none() {
                full(line);
            }
        }
    }

    /// Two accounts of one holder are as wrong as two names: which of them is paid?
    fn one_account(&self, line: &mut Line, holder: HolderIx, detail: Detail, ix: usize, text: &str) {
        let known = self.register.detail(holder, detail);
        let what = match detail {
            Detail::Account => "accounts",
            Detail::BankCode => "bank codes",
            _ => return,
        };
        if known.is_empty() || text_key::same(known, text) {
            return;
        }
        let id = self.register.id(holder);
        let first = self.first_rows.get(holder as usize).copied().unwrap_or(0);
        let message =
            format!("the holder {id} has two {what}, on this row and on another (the holder's first is {first}).");
        let help = "Make it the same on all rows of the holder, or leave it blank on all but one.";
        line.reject(ix, if detail == Detail::Account { "two-accounts" } else { "two-bank-codes" }, &message, help);
    }
}

/// Whether a payment method is none: it says to hold the payment, or what no payment file does.
pub(super) fn says_not_to_pay(method: &str) -> bool {
    const WORDS: &str = "donotpay dontpay nopay nopayment notpaid stop stopped stoppayment hold onhold held suspend suspended \
                         block blocked reinvest reinvested reinvestment drip";
    has_word(WORDS, &header_key(method))
}

/// Whether letters of an account or a tax number are hidden: `XXXXX1234`, `***-**-1234`.
fn is_masked(detail: Detail, text: &str) -> bool {
    let crossed = text.to_lowercase().starts_with("xx")
        && text.chars().all(|c| matches!(c, 'x' | 'X' | '-' | ' ') || c.is_ascii_digit());
    matches!(detail, Detail::Account | Detail::TaxId)
        && (crossed || text.contains(['*', '•', '●']) || text.contains("##"))
}

/// Whether postal codes have five digits, zeros at the start among them, where the row's holder is, as far as it says.
fn has_five_digits(line: &Line) -> bool {
    let country = line.value(at::DETAILS[Detail::Country as usize]).and_then(|value| countries::code(value.typed()));
    country.is_none_or(|code| has_word("US DE FR ES IT FI MX TR KR", &code))
}
