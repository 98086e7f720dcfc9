//! SPEC 7: how the rows of the output files are written.

use super::case::{Case, text};
use super::date::Date;
use super::number::{Q, fixed, plain};
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

    /// 7: `payment-instructions.csv`, from cash net by holder.
    pub fn instructions(&self, net: &BTreeMap<String, Q>) -> Rows {
        let mut rows = header("reference,holder_id,payee_name,method,account,bank_code,country,currency,amount,status");
        for (holder_id, amount) in net {
            let holder = &self.holders[holder_id];
            let detail = |field| text(&holder.details, field);
            let payee = match detail("payee_name") {
                "" => &holder.name,
                payee => payee,
            };
            let missing = ["payment_method", "account", "bank_code"].iter().any(|field| detail(field).is_empty());
            let held = missing || detail("hold").eq_ignore_ascii_case("yes");
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
                if held { "held" } else { "pay" }.into(),
            ]);
        }
        rows
    }
}

/// A number without trailing zeros; 12 decimals at most.
pub fn number(value: &Q) -> String {
    plain(value, 12)
}
