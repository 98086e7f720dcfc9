//! The tables `bank`, `accounts` and `payment_status`.

use super::Line;
use super::cell::word_key;
use super::register::{countries, identifiers};
use super::schema::table_key;
use super::words::{listed, nearest};
use crate::model::Classes;
use crate::model::payer::{ACCOUNT_ROLES, BANK_TERMS, Bank, Fate, PaymentStatus};
use std::collections::BTreeMap;

pub(crate) fn bank(line: &mut Line, into: &mut Bank) {
    let Some(name) = line.text("term").map(|name| table_key(&name)) else { return };
    let names = BANK_TERMS.map(|term| term.name);
    let Some(name) = names.into_iter().find(|known| *known == name) else {
        let help = nearest(&name, &names).map_or_else(
            || format!("Leave it out, or use one of: {}.", listed(&names)),
            |near| format!("Did you mean {near}? Correct the name, or leave the row out."),
        );
        return line.reject("term", "unknown", "there is no such term of the payer.", &help);
    };
    let Some(cell) = line.wanted("value") else { return };
    let is_postal_code = name == "postal_code";
    if (is_postal_code || ["account", "company_id"].contains(&name))
        && identifiers::may_lack_zeros(cell, is_postal_code)
    {
        let message = format!("value: the {name} is a number, which keeps no zeros at its start.");
        let help =
            "Compare it with the bank's papers. Where zeros are missing, format the cell as Text and type it again.";
        line.findings.warning("bank.value.number", line.place("value"), message, help);
    }
    let text = if name == "batch_limit" {
        into.batch_limit = line.cash("value");
        if into.batch_limit == Some(0) {
            line.reject("value", "not-positive", "a limit of 0 lets nothing through.", "Correct it, or leave it out.");
        }
        None
    } else {
        identifiers::number_of_record(line, "value", cell)
    };
    let text = text.and_then(|text| match name {
        "account" => identifiers::account(line, "value", text),
        "bank_code" => identifiers::bank_code(line, "value", &text),
        "country" => Some(countries::code(&text).unwrap_or(text)),
        _ => Some(text),
    });
    if into.terms.insert(name, text.map(Into::into).unwrap_or_default()).is_some() {
        line.reject("term", "twice", &format!("the term {name} is given twice."), "Delete one of the two rows.");
    }
}

pub(crate) fn account(line: &mut Line, classes: &Classes, into: &mut BTreeMap<String, String>) {
    let (role, account) = (line.text("role"), line.text("account"));
    let (Some(role), Some(account)) = (role, account) else { return };
    let key = word_key(&role);
    let names = ACCOUNT_ROLES.map(|role| role.name);
    let role = match key.split_once(':') {
        Some(("dividends-payable", class)) => {
            classes.find(class).map(|ix| format!("dividends-payable:{}", classes.get(ix).id))
        }
        Some(_) => None,
        None => names.contains(&key.as_str()).then_some(key.clone()),
    };
    let Some(role) = role else {
        let roles = ACCOUNT_ROLES.map(|role| format!("{} ({})", role.name, role.help)).join("; ");
        let help = format!("Use one of: {roles}; or dividends-payable: and a class, for one class.");
        return line.reject("role", "unknown", "there is no such role of an account.", &help);
    };
    if into.insert(role, account).is_some() {
        line.reject("role", "twice", "this role is given twice.", "Delete one of the two rows.");
    }
}

pub(crate) fn status(line: &mut Line, of_case: bool) -> Option<PaymentStatus> {
    let reference = line.text("reference");
    let word = line.word("status");
    let date = line.date("date");
    let reason = line.text("reason").unwrap_or_default();
    let amount = line.cash("amount");
    let fate = match word? {
        0 => Fate::Settled,
        1 => Fate::Returned,
        _ => Fate::Stopped,
    };
    Some(PaymentStatus { reference: reference?, fate, date: date?, reason, amount, place: line.row_place(), of_case })
}
