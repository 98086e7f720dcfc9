//! SPEC 7: how the rows of the output files are written.

use super::Outcome;
use super::case::{Case, Holder, text};
use super::date::Date;
use super::number::{Q, fixed, plain};
use num_traits::Zero;
use std::collections::BTreeMap;

/// A table of an output, header first.
pub type Rows = Vec<Vec<String>>;

/// A header row.
pub fn header(columns: &str) -> Rows {
    vec![columns.split(',').map(String::from).collect()]
}

/// 7: a text value that begins with `= + - @`, tab or CR gets a leading `'`.
pub fn guarded(value: &str) -> String {
    if value.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{value}") } else { value.to_string() }
}

/// A date, or blank.
pub fn optional(date: Option<Date>) -> String {
    date.map_or_else(String::new, |date| date.to_string())
}

impl Case {
    /// Money with exactly `currency_decimals` decimals.
    pub fn money(&self, value: &Q) -> String {
        fixed(value, self.decimals())
    }

    /// 7: `payment-instructions.csv` and `carried_payments.csv`, from cash net by holder.
    pub fn instructions(&self, net: &BTreeMap<String, Q>, date: Date, outcome: &mut Outcome) {
        let columns = "reference,holder_id,payee_name,method,account,bank_code,country,currency,amount,status,reason";
        let mut rows = header(columns);
        let mut carried = header("as_of,holder_id,amount");
        let mut amounts = net.clone();
        for (holder_id, amount) in &self.carried_payments {
            *amounts.entry(holder_id.clone()).or_default() += amount;
        }
        for (holder_id, amount) in &amounts {
            let holder = &self.holders[holder_id];
            let detail = |field| text(&holder.details, field);
            let payee = match detail("payee_name") {
                "" => &holder.name,
                payee => payee,
            };
            let small = *amount < self.term_number("minimum_payment");
            let status = if amount.is_zero() {
                "none"
            } else if holder.hold || !self.can_be_paid(holder) || small {
                "held"
            } else {
                "pay"
            };
            if small && !amount.is_zero() {
                carried.push(vec![date.to_string(), guarded(holder_id), self.money(amount)]);
            }
            rows.push(vec![
                String::new(),
                guarded(holder_id),
                guarded(payee),
                guarded(detail("payment_method")),
                guarded(detail("account")),
                guarded(detail("bank_code")),
                guarded(detail("country")),
                self.term("currency").into(),
                self.money(amount),
                status.into(),
                String::new(),
            ]);
        }
        outcome.files.insert("payment-instructions.csv".into(), rows);
        if carried.len() > 1 {
            outcome.files.insert("carried_payments.csv".into(), carried);
        }
    }

    /// 7: whether a holder has what the payment method needs.
    fn can_be_paid(&self, holder: &Holder) -> bool {
        let has = |field| !text(&holder.details, field).is_empty();
        match text(&holder.details, "payment_method").to_lowercase().as_str() {
            "" => false,
            "check" => (has("street") || has("address")) && (has("country") || !self.term("home_country").is_empty()),
            _ => has("account") && (has("bank_code") || is_iban(text(&holder.details, "account"))),
        }
    }
}

/// 3.1: an account in the shape of an IBAN whose check digits are right.
fn is_iban(account: &str) -> bool {
    let account: String = account.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_uppercase();
    let account = account.strip_prefix("IBAN").unwrap_or(&account);
    let bytes = account.as_bytes();
    let shape = (15..=34).contains(&bytes.len())
        && bytes[..2].iter().all(u8::is_ascii_uppercase)
        && bytes[2..4].iter().all(u8::is_ascii_digit)
        && bytes[4..].iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    // ISO 7064 mod 97-10: the first four behind the rest, letters as 10 to 35.
    let value = |b: &u8| u64::from(if b.is_ascii_digit() { b - b'0' } else { b - b'A' + 10 });
    shape
        && bytes[4..]
            .iter()
            .chain(&bytes[..4])
            .map(value)
            .fold(0, |rest, digit| (rest * if digit > 9 { 100 } else { 10 } + digit) % 97)
            == 1
}

/// A number without trailing zeros; 12 decimals at most.
pub fn number(value: &Q) -> String {
    plain(value, 12)
}
