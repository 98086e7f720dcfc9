//! What a statement tells its holder in words: where it goes, whom to ask, how it is paid or why it waits.

use super::Value;
use crate::model::{Case, Detail, HolderIx, Register};
use crate::output::instructions::{Reason, Status};
use crate::quantity::Units;
use crate::text::money;
use std::borrow::Cow;

/// Where the name of a town comes before its postal code.
const TOWN_FIRST: [&str; 8] = ["US", "CA", "GB", "IE", "AU", "NZ", "IN", "SG"];

/// How many lines a letter's address has, and how many characters stand left of what is beside it.
const LETTER_LINES: usize = 5;
const LETTER_WIDTH: usize = 56;

/// A holder's name and address as the lines of a letter: from the parts of the address, or else the address as it is,
/// broken at its line breaks or commas. The country stands where it is another than the company's.
pub(super) fn letter(case: &Case, holder: HolderIx) -> Vec<String> {
    let register: &Register = &case.register;
    let [street, town, state, code, country, address] =
        [Detail::Street, Detail::Town, Detail::State, Detail::PostalCode, Detail::Country, Detail::Address]
            .map(|detail| register.detail(holder, detail));
    let mut lines = vec![register.name(holder).to_owned()];
    let joined = |parts: [&str; 2], between: &str| {
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(between)
    };
    if street.is_empty() && town.is_empty() {
        let mark = if address.contains('\n') { '\n' } else { ',' };
        lines.extend(address.splitn(3, mark).map(|part| part.trim().replace('\n', ", ")));
    } else {
        lines.extend(street.lines().map(str::to_owned));
        let home = if country.is_empty() { case.terms.home_country.as_str() } else { country };
        lines.push(if TOWN_FIRST.iter().any(|first| first.eq_ignore_ascii_case(home)) {
            joined([town, &joined([state, code], " ")], if state.is_empty() { " " } else { ", " })
        } else {
            joined([&joined([code, town], " "), state], ", ")
        });
    }
    if !country.eq_ignore_ascii_case(&case.terms.home_country) {
        lines.push(country.to_uppercase());
    }
    lines.retain(|line| !line.is_empty());
    let wrapped: Vec<String> =
        lines.iter().flat_map(|line| textwrap::wrap(line, LETTER_WIDTH)).map(Cow::into_owned).collect();
    if wrapped.len() > LETTER_LINES { lines } else { wrapped }
}

/// Whom a holder asks: the term `contact`, or else the company.
pub(super) fn contact(case: &Case) -> &str {
    [&*case.terms.contact, &case.terms.company].into_iter().find(|name| !name.is_empty()).unwrap_or("the company")
}

/// How a holder is paid `amount`, or that it waits, why, and what to do.
pub(super) fn status(case: &Case, holder: HolderIx, amount: Units, pay_date: &str) -> String {
    let (terms, register) = (&case.terms, &case.register);
    let sum = |units: Units| format!("{} {}", terms.currency, money(units, terms.currency_decimals));
    let whom = contact(case).trim_end_matches('.');
    let not_yet = match Status::of(case, holder, amount) {
        Status::Nothing => return "No cash is paid to you this time.".to_owned(),
        Status::Pay => {
            let method = register.detail(holder, Detail::PaymentMethod).to_lowercase();
            let method =
                if ["ach", "eft", "sepa", "bacs"].contains(&&*method) { method.to_uppercase() } else { method };
            if method.starts_with("che") {
                return format!("A check for {} goes to this address, dated {pay_date}.", sum(amount));
            }
            let to = match masked(register.detail(holder, Detail::Account)) {
                Value::Text(account) => format!(" to account {account}"),
                _ => String::new(),
            };
            return format!("{} is paid by {method}{to} on {pay_date}.", sum(amount));
        }
        Status::Held(Reason::BelowMinimum) => {
            let (sum, least) = (sum(amount), sum(terms.minimum_payment));
            return format!(
                "Held: {sum} is less than the smallest payment, {least}; it is added to your next payment."
            );
        }
        Status::Held(Reason::OnHold) => format!("payments to you are on hold. Please ask {whom}."),
        Status::Held(Reason::NoMethod) => {
            format!("we do not know how to pay you. Please send your bank details to {whom}.")
        }
        Status::Held(missing) => {
            let what = missing.word().trim_end_matches(" missing");
            format!("we do not have your {what}. Please send it to {whom}.")
        }
    };
    format!("Held: {} is not paid yet, since {not_yet}", sum(amount))
}

/// The last four characters of what is nobody else's business.
pub fn masked(text: &str) -> Value<'static> {
    let count = text.chars().count();
    match count {
        0 => Value::Blank,
        1..=4 => Value::text("••••"),
        _ => Value::text(format!("•••• {}", text.chars().skip(count - 4).collect::<String>())),
    }
}
