//! What a number must be to be an amount of cash, an amount per share, a whole number; words that are none.

use super::{NOT_A_NUMBER, Refusal, Value};
use crate::input::words::{listed, nearest};
use crate::model::Worded;
use crate::model::class::fold;
use crate::quantity::{CASH_LIMIT, Decimal, PER_SHARE_DECIMALS, Ratio, Units, exact, scaled};
use crate::spreadsheet::{Content, Shown};

/// A word as it is compared with those of a table.
pub(crate) fn word_key(text: &str) -> String {
    fold(text).replace([' ', '_'], "-")
}

pub(crate) fn unknown_word(text: &str, words: &[&str]) -> Refusal {
    let near = nearest(&word_key(text), words).map_or(String::new(), |word| format!("Did you mean {word}? "));
    let message = format!("'{text}' is not one of the words that can stand here.");
    Refusal::new("unknown-word", message, format!("{near}Type one of: {}.", listed(words)))
}

fn not_negative(value: Decimal) -> Result<Decimal, Refusal> {
    if value.is_sign_negative() && !value.is_zero() {
        return Err(Refusal::new("negative", "this cannot be negative.", "Correct the number."));
    }
    Ok(value)
}

/// Refuses a negative amount, and one beyond the limit of cash.
fn within_limit(value: Decimal) -> Result<Decimal, Refusal> {
    let value = not_negative(value)?;
    if value >= Decimal::from(CASH_LIMIT) {
        let message = "amounts stay below 1,000,000,000,000,000 (10^15).";
        return Err(Refusal::new("too-large", message, "Correct the amount; there may be digits too many."));
    }
    Ok(value)
}

/// An amount per share: not negative, at most 12 decimals, below the limit.
fn per_share(value: Decimal) -> Result<Ratio, Refusal> {
    let value = within_limit(value)?;
    if value.normalize().scale() > PER_SHARE_DECIMALS {
        let help = "Round the amount to 12 decimals, in Excel with =ROUND(x,12).";
        return Err(Refusal::new("too-many-decimals", "amounts per share have at most 12 decimals.", help));
    }
    Ok(exact(value))
}

impl Value<'_> {
    pub(crate) fn amount(self) -> Result<Ratio, Refusal> {
        self.number().and_then(not_negative).map(exact)
    }

    /// A whole number from 0 to about four billion.
    pub(crate) fn whole(self) -> Result<u32, Refusal> {
        let value = self.number().and_then(not_negative)?;
        scaled(value, 0).and_then(|n| u32::try_from(n).ok()).ok_or_else(|| {
            Refusal::new("not-whole", "a whole number is needed here.", "Type a whole number such as 1.")
        })
    }

    /// A multiple, typed or shown as `1.5x`; none where it is something else.
    pub(crate) fn multiple(self) -> Option<Result<Ratio, Refusal>> {
        let number = match self.cell.content {
            Content::Number(Shown::Unit(unit)) if unit.is_times() => self.number_held(),
            _ => self.style.text_number(self.typed().strip_suffix(['x', 'X', '×'])?.trim()),
        };
        Some(number.and_then(per_share))
    }

    pub(crate) fn per_share(self) -> Result<Ratio, Refusal> {
        self.number().and_then(per_share)
    }

    /// An amount of cash in smallest units: not negative, at most the currency's decimals, below the limit.
    pub(crate) fn cash(self) -> Result<Units, Refusal> {
        let value = self.number().and_then(within_limit)?;
        let (currency, decimals) = (&self.style.currency, self.style.currency_decimals);
        scaled(value, decimals).ok_or_else(|| {
            Refusal::new(
                "too-many-decimals",
                format!("an amount of {currency} has at most {decimals} decimals."),
                format!("Round the amount to {decimals} decimals, or correct the term currency_decimals."),
            )
        })
    }

    /// An amount of cash where the cell does not read `full`.
    pub(crate) fn cash_not_full(self) -> Result<Units, Refusal> {
        self.cash().map_err(|refusal| match refusal.what {
            NOT_A_NUMBER => Refusal::new(
                NOT_A_NUMBER,
                "this is neither a number nor the word full.",
                "Type the amount that was paid, or the word full where it was all that was due.",
            ),
            _ => refusal,
        })
    }

    /// One of these words, as its index.
    pub(crate) fn word(self, words: &[&str]) -> Result<usize, Refusal> {
        let text = self.text()?;
        words.iter().position(|word| *word == word_key(&text)).ok_or_else(|| unknown_word(&text, words))
    }

    pub(crate) fn worded<T: Worded>(self) -> Result<T, Refusal> {
        self.word(T::WORDS).map(|ix| T::VALUES[ix])
    }

    pub(crate) fn yes_no(self) -> Result<bool, Refusal> {
        if let Content::Bool(value) = self.cell.content {
            return Ok(value);
        }
        match fold(&self.text()?).as_str() {
            "yes" | "y" | "true" | "1" => Ok(true),
            "no" | "n" | "false" | "0" => Ok(false),
            _ => {
                let help = "Type yes or no, or leave the cell blank for no.";
                Err(Refusal::new("not-yes-or-no", "this is neither yes nor no.", help))
            }
        }
    }
}
