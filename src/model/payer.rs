//! Who pays, how it is booked, and what became of payments.

use super::{Date, RowPlace};
use crate::quantity::Units;
use std::collections::BTreeMap;

/// A row of `bank`: a fact about the payer's account.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BankTerm {
    pub name: &'static str,
    /// What a bank calls it.
    pub help: &'static str,
}

const fn term(name: &'static str, help: &'static str) -> BankTerm {
    BankTerm { name, help }
}

pub(crate) const BANK_TERMS: [BankTerm; 11] = [
    term("name", "the name of the account's holder (ordering customer, originator)"),
    term("account", "the IBAN or number of the account that pays (debtor account)"),
    term("bank_code", "the BIC (SWIFT code) or ABA routing number of the bank that pays"),
    term("street", "the payer's street and number"),
    term("town", "the payer's town"),
    term("postal_code", "the payer's postal code or ZIP"),
    term("state", "the payer's state or province"),
    term("country", "the payer's country, such as US or DE"),
    term("company_id", "the ACH company ID (originator ID), 10 characters, often 1 and the EIN"),
    term("company_entry", "the ACH company entry description, at most 10 characters, such as DIVIDEND"),
    term("batch_limit", "the most that the bank takes in one batch, as an amount"),
];

#[derive(Clone, Debug, Default)]
pub struct Bank {
    /// Its terms by name; IBANs without blanks.
    pub terms: BTreeMap<&'static str, String>,
    /// The term `batch_limit`, in smallest units.
    pub batch_limit: Option<Units>,
}

impl Bank {
    /// A term; empty where it is not given.
    pub fn get(&self, name: &str) -> &str {
        self.terms.get(name).map_or("", String::as_str)
    }
}

/// A role of the table `accounts`: what is booked there, and where by default.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AccountRole {
    pub name: &'static str,
    pub default: &'static str,
    /// What is booked there.
    pub help: &'static str,
}

const fn role(name: &'static str, default: &'static str, help: &'static str) -> AccountRole {
    AccountRole { name, default, help }
}

/// Every role of `accounts`; dividends-payable may be given for a class, as in `dividends-payable:series-a`.
pub(crate) const ACCOUNT_ROLES: [AccountRole; 7] = [
    role("retained-earnings", "Equity:Retained-Earnings", "what dividends are declared out of"),
    role("liquidation", "Equity:Liquidation", "what liquidating distributions and exchanges are made out of"),
    role("dividends-payable", "Liabilities:Dividends-Payable", "what is declared and not paid"),
    role("cash", "Assets:Cash", "the account that pays"),
    role("withholding-payable", "Liabilities:Withholding-Payable", "tax withheld for the authorities"),
    role("held-payments", "Liabilities:Held-Payments", "payments that wait"),
    role("deliveries", "Assets:Deliveries", "assets delivered in kind, at fair value"),
];

/// What became of a payment that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    Settled,
    /// It came back.
    Returned,
    /// It was stopped, or is void.
    Stopped,
}

#[derive(Clone, Debug)]
pub struct PaymentStatus {
    pub reference: String,
    pub fate: Fate,
    pub date: Date,
    pub reason: String,
    pub place: RowPlace,
    /// Whether it stands in the case's own table, which may speak of other runs too.
    pub of_case: bool,
}
