//! The payer, checked before anything is paid.

use crate::model::bank_ids::{BankCode, Iban, bank_code, iban};
use crate::model::payer::{BANK_TERMS, Bank};
use crate::model::terms::Term;
use crate::problem::{Place, Problem};
use std::borrow::Cow;

/// A problem for each of these terms of `bank` that is missing.
pub(crate) fn missing(bank: &Bank, needed: &[&str]) -> Vec<Problem> {
    let missing = BANK_TERMS.iter().filter(|term| needed.contains(&term.name) && bank.get(term.name).is_empty());
    let problem = |term: &Term| {
        let message = format!("The table bank does not say {}: {}.", term.name, term.help);
        let help = format!("Add a row to the case's table bank: term {}, and its value.", term.name);
        Problem::error("bank.value.missing", Place::file("bank"), message, help)
    };
    missing.map(problem).collect()
}

/// A problem with a term of `bank` that is there and does not serve.
pub(crate) fn unfit(term: &str, message: &str, help: &str) -> Problem {
    Problem::error(format!("bank.{term}.unfit"), Place::file("bank"), message, help)
}

/// An account as payment files name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Account<'t> {
    /// An IBAN, its check digits right.
    Iban(String),
    Other(&'t str),
}

impl<'t> Account<'t> {
    /// Reads an account; none where it is an IBAN with wrong check digits.
    pub(crate) fn read(text: &'t str) -> Option<Self> {
        match iban(text) {
            Iban::Valid(iban) => Some(Self::Iban(iban)),
            Iban::WrongDigits => None,
            Iban::None => Some(Self::Other(text.trim())),
        }
    }
}

/// A bank as payment files name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Agent<'t> {
    Bic(Cow<'t, str>),
    Aba(Cow<'t, str>),
    /// The account tells.
    ByAccount,
}

impl<'t> Agent<'t> {
    /// Reads a bank's code; none where it is malformed or its check is wrong.
    pub(crate) fn read(text: &'t str) -> Option<Self> {
        match bank_code(text) {
            _ if text.trim().is_empty() => Some(Self::ByAccount),
            BankCode::Bic(code) => Some(Self::Bic(code)),
            BankCode::Aba(code) => Some(Self::Aba(code)),
            BankCode::None | BankCode::WrongDigits => None,
        }
    }
}
