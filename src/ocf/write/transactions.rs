//! The transactions that a register and its adjustments come of.

use super::{Cells, Items, Writer, comments, get, number, numeric, split, unsaid};
use crate::model::class::COMMON;
use crate::model::{Date, Lot, Treasury, iso, parse_iso};
use crate::quantity::{Ratio, whole};
use num_traits::Signed;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::io;

impl Writer<'_> {
    pub(super) fn transactions(&self, rights: &HashMap<String, Cells>) -> io::Result<Items> {
        let mut items = Items::default();
        for (ix, row) in self.content.adjustments.iter().enumerate() {
            let Some((ratio, date)) = split(row).zip(parse_iso(get(row, "effective_date"))) else { continue };
            let split = json!({
                "object_type": "TX_STOCK_CLASS_SPLIT",
                "id": format!("split-{}", ix + 1),
                "date": iso(date),
                "stock_class_id": COMMON,
                "split_ratio": {"numerator": ratio.numer().to_string(), "denominator": ratio.denom().to_string()},
                "comments": comments(unsaid(row, &["effective_date", "note"])),
            });
            items.add(date, &split)?;
        }
        for (n, lot) in (1..).zip(self.content.case.register.lots()) {
            self.lot(n, lot, rights, &mut items)?;
        }
        Ok(items)
    }

    fn lot(&self, n: usize, lot: &Lot, rights: &HashMap<String, Cells>, items: &mut Items) -> io::Result<()> {
        let case = self.content.case;
        let class = case.classes.get(lot.class).id.as_str();
        let right = rights.get(class);
        let mut carried: Vec<(String, String)> = Vec::new();
        if lot.treasury != Treasury::No {
            carried.push(("treasury".to_owned(), lot.treasury.word().to_owned()));
        }
        let (shares, holder) = (lot.shares.to_ratio(), case.register.id(lot.holder));
        let mut date = lot.issue_date.unwrap_or(self.first);
        let mut quantity = numeric(&shares);
        // The register's Common shares are those after all splits up to its date, or to the day on which they went. Those that
        // are of an earlier day than their issue get that day.
        let of = case.terms.register_date.unwrap_or(self.as_of);
        if right.is_some() {
            // Counts and prices of rights are those of the package's date, and splits on the way change them.
            let until = lot.retired_date.map_or(self.as_of, |until| until.min(self.as_of));
            date = self.splits.iter().map(|(on, _)| *on).filter(|on| *on <= until).fold(date, Date::max);
        }
        if class == COMMON && self.splits.iter().any(|(on, _)| of < *on && *on <= date) {
            date = of;
        }
        let until = lot.retired_date.map_or(of, |until| until.min(of));
        let later: Vec<&(Date, Ratio)> = self.splits.iter().filter(|(on, _)| date < *on && *on <= until).collect();
        if class == COMMON
            && let Some((last, _)) = later.last()
        {
            let factor = later.iter().fold(whole(1), |all: Ratio, (_, ratio)| all * ratio);
            match numeric(&(&shares / factor)) {
                Some(then) => quantity = Some(then),
                None => date = *last,
            }
        }
        if lot.issue_date != Some(date) {
            carried.push(("issue_date".to_owned(), lot.issue_date.map_or(String::new(), iso)));
        }
        let Some(quantity) = quantity.filter(|_| shares.is_positive()) else {
            return Err(io::Error::other(format!("{} shares of {holder} are no number of OCF", lot.shares)));
        };
        let security = format!("security-{n}");
        let mut issue = json!({
            "object_type": "TX_STOCK_ISSUANCE",
            "id": format!("issue-{n}"),
            "date": iso(date),
            "security_id": security,
            "custom_id": case.register.certificate(lot),
            "stakeholder_id": holder,
            "security_law_exemptions": [],
            "quantity": quantity,
        });
        let gone = match right {
            Some(row) => {
                carried.push(("class".to_owned(), class.to_owned()));
                let said = ["class", "kind", "exercise_price", "ranking", "note"];
                let of_class = unsaid(row, &said).into_iter();
                carried.extend(of_class.map(|(column, value)| (format!("class {column}"), value.to_owned())));
                self.right(row, &quantity, &mut issue)?
            }
            None => {
                let of_class = self.content.classes.iter().find(|row| get(row, "class") == class);
                let price = of_class.and_then(|row| number(row, "original_price"));
                issue["stock_class_id"] = class.into();
                issue["share_price"] = self.money(&price.unwrap_or_else(|| whole(0))).unwrap_or_else(|| self.nothing());
                issue["stock_legend_ids"] = json!([]);
                "STOCK"
            }
        };
        if !carried.is_empty() {
            issue["comments"] = comments(carried.iter().map(|(column, value)| (column.as_str(), value.as_str())));
        }
        items.add(date, &issue)?;
        let Some(retired) = lot.retired_date else { return Ok(()) };
        // Shares of before a split go as as many as they are after it.
        let since = self.splits.iter().filter(|(on, _)| class == COMMON && of < *on && *on <= retired);
        let Some(quantity) = numeric(&since.fold(shares, |shares, (_, ratio)| shares * ratio)) else {
            let message = format!("{} shares of {holder}, split since, are no number of OCF", lot.shares);
            return Err(io::Error::other(message));
        };
        let cancellation = json!({
            "object_type": format!("TX_{gone}_CANCELLATION"),
            "id": format!("retire-{n}"),
            "date": iso(retired),
            "security_id": security,
            "quantity": quantity,
            "reason_text": "retired",
        });
        items.add(retired, &cancellation)
    }

    fn nothing(&self) -> Value {
        json!({"amount": "0", "currency": self.content.case.terms.currency})
    }

    /// What makes an issuance one of options or warrants; the word of its transactions.
    fn right(&self, row: &Cells, quantity: &str, issue: &mut Value) -> io::Result<&'static str> {
        let price = number(row, "exercise_price").unwrap_or_else(|| whole(0));
        let refused = || io::Error::other(format!("the exercise price of {} is no number of OCF", get(row, "class")));
        issue["exercise_price"] = self.money(&price).ok_or_else(refused)?;
        if get(row, "kind") != "warrant" {
            issue["object_type"] = "TX_EQUITY_COMPENSATION_ISSUANCE".into();
            issue["stock_class_id"] = COMMON.into();
            issue["compensation_type"] = "OPTION".into();
            issue["expiration_date"] = Value::Null;
            issue["termination_exercise_windows"] = json!([]);
            return Ok("EQUITY_COMPENSATION");
        }
        issue["object_type"] = "TX_WARRANT_ISSUANCE".into();
        issue["purchase_price"] = self.nothing();
        issue["exercise_triggers"] = json!([{
            "type": "ELECTIVE_AT_WILL",
            "trigger_id": "at-will",
            "conversion_right": {
                "type": "WARRANT_CONVERSION_RIGHT",
                "conversion_mechanism": {"type": "FIXED_AMOUNT_CONVERSION", "converts_to_quantity": quantity},
                "converts_to_stock_class_id": COMMON,
            },
        }]);
        Ok("WARRANT")
    }
}
