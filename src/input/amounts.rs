//! What a number must be to be an amount of cash, an amount per share, a whole number; words that are none.

// Decimals are not computed with: their products and quotients round silently.
#![warn(clippy::arithmetic_side_effects)]

use super::cell::{Refusal, Style};
use super::words::{listed, nearest};
use crate::model::class::fold;
use crate::quantity::{CASH_LIMIT, Decimal, PER_SHARE_DECIMALS, Ratio, Units, exact, scaled};

/// A word as it is compared with those of a table.
pub(crate) fn word_key(text: &str) -> String {
    fold(text).replace([' ', '_'], "-")
}

/// `yes` or `no`.
pub(crate) fn yes_no(text: &str) -> Result<bool, Refusal> {
    match fold(text).as_str() {
        "yes" | "y" | "true" | "1" => Ok(true),
        "no" | "n" | "false" | "0" => Ok(false),
        _ => Err(Refusal::new(
            "not-yes-or-no",
            "this is neither yes nor no.",
            "Type yes or no, or leave the cell blank for no.",
        )),
    }
}

/// A word that is none of those allowed.
pub(crate) fn unknown_word(text: &str, words: &[&str]) -> Refusal {
    let help = match nearest(&word_key(text), words) {
        Some(word) => format!("Did you mean {word}? Type one of: {}.", listed(words)),
        None => format!("Type one of: {}.", listed(words)),
    };
    Refusal::new("unknown-word", format!("'{text}' is not one of the words that can stand here."), help)
}

/// Refuses a negative number.
pub(crate) fn not_negative(value: Decimal) -> Result<Decimal, Refusal> {
    if value.is_sign_negative() && !value.is_zero() {
        return Err(Refusal::new("negative", "this cannot be negative.", "Correct the number."));
    }
    Ok(value)
}

/// A whole number from 0 to about four billion.
/// Errors: It is not whole, or larger.
pub(crate) fn whole_number(value: Decimal) -> Result<u32, Refusal> {
    scaled(value, 0)
        .and_then(|n| u32::try_from(n).ok())
        .ok_or_else(|| Refusal::new("not-whole", "a whole number is needed here.", "Type a whole number such as 1."))
}

/// An amount per share.
/// Errors: Negative, more than 12 decimals, beyond the limit of cash.
pub(crate) fn per_share(value: Decimal) -> Result<Ratio, Refusal> {
    let value = not_negative(value)?;
    if value >= Decimal::from(CASH_LIMIT) {
        return Err(too_large());
    }
    if value.normalize().scale() > PER_SHARE_DECIMALS {
        return Err(Refusal::new(
            "too-many-decimals",
            "amounts per share have at most 12 decimals.",
            "Round the amount to 12 decimals, in Excel with =ROUND(x,12).",
        ));
    }
    Ok(exact(value))
}

fn too_large() -> Refusal {
    Refusal::new(
        "too-large",
        "amounts stay below 1,000,000,000,000,000 (10^15).",
        "Correct the amount; there may be digits too many.",
    )
}

/// An amount of cash in smallest units.
/// Errors: Negative, more decimals than the currency has, beyond the limit of cash.
pub(crate) fn cash(value: Decimal, style: &Style) -> Result<Units, Refusal> {
    let value = not_negative(value)?;
    if value >= Decimal::from(CASH_LIMIT) {
        return Err(too_large());
    }
    scaled(value, style.currency_decimals).ok_or_else(|| {
        Refusal::new(
            "too-many-decimals",
            format!("an amount of {} has at most {} decimals.", style.currency, style.currency_decimals),
            format!("Round the amount to {} decimals, or correct the term currency_decimals.", style.currency_decimals),
        )
    })
}
