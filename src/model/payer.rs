//! Who pays, how it is booked, and what became of payments.

use super::terms::{Term, term};
use super::{Date, RowPlace};
use crate::quantity::Units;
use std::collections::BTreeMap;

/// The rows of `bank`, facts about the payer's account: their names, and what a bank calls them.
pub(crate) const BANK_TERMS: [Term; 11] = [
    term("name", "", "the name of the account's holder (ordering customer, originator)"),
    term("account", "", "the IBAN or number of the account that pays (debtor account)"),
    term("bank_code", "", "the BIC (SWIFT code) or ABA routing number of the bank that pays"),
    term("street", "", "the payer's street and number"),
    term("town", "", "the payer's town"),
    term("postal_code", "", "the payer's postal code or ZIP"),
    term("state", "", "the payer's state or province"),
    term("country", "", "the payer's country, such as US or DE"),
    term("company_id", "", "the ACH company ID (originator ID), 10 characters, often 1 and the EIN"),
    term("company_entry", "", "the ACH company entry description, at most 10 characters, such as DIVIDEND"),
    term("batch_limit", "", "the most that the bank takes in one batch, as an amount"),
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

/// Every role of the table `accounts`, with the account it has by default and what is booked there; dividends-payable
/// may be given for a class, as in `dividends-payable:series-a`.
pub(crate) const ACCOUNT_ROLES: [Term; 7] = [
    term("retained-earnings", "Equity:Retained-Earnings", "what dividends are declared out of"),
    term("liquidation", "Equity:Liquidation", "what liquidating distributions and exchanges are made out of"),
    term("dividends-payable", "Liabilities:Dividends-Payable", "what is declared and not paid"),
    term("cash", "Assets:Cash", "the account that pays"),
    term("withholding-payable", "Liabilities:Withholding-Payable", "tax withheld for the authorities"),
    term("held-payments", "Liabilities:Held-Payments", "payments that wait"),
    term("deliveries", "Assets:Deliveries", "assets delivered in kind, at fair value"),
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
    /// The amount that the bank names.
    pub amount: Option<Units>,
    pub place: RowPlace,
    /// Whether it stands in the case's own table, which may speak of other runs too.
    pub of_case: bool,
}
