//! The classes of stock, and what the format has no class for: options and warrants.

use super::{Cells, Writer, comments, get, number, numeric, unsaid};
use crate::model::class::{COMMON, SERIES_A};
use crate::ocf::classes::slug;
use crate::quantity::{Ratio, parse_decimal, whole};
use num_traits::Signed;
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashMap};

impl Writer<'_> {
    /// The stock classes; and the columns of each class of options and warrants.
    pub(super) fn classes(&self) -> (Vec<Value>, HashMap<String, Cells>) {
        let content = self.content;
        let series_a = content.case.classes.series_a();
        let has_series = content.case.register.lots().iter().any(|lot| lot.class == series_a);
        let tier = |row: &Cells| match (get(row, "kind"), get(row, "ranking")) {
            ("" | "preferred", "" | "senior") => 4,
            ("" | "preferred", "parity") => 3,
            ("" | "preferred", _) => 2,
            _ => 1,
        };
        let order =
            |row: &Cells| if [2, 4].contains(&tier(row)) { get(row, "order").parse().unwrap_or(1u32) } else { 0 };
        // The larger is paid first: tiers, and in a tier the smaller order.
        let place = |row: &Cells| (tier(row), u32::MAX - order(row));
        let mut places: BTreeSet<(u32, u32)> = content.classes.iter().map(place).collect();
        places.insert((1, u32::MAX));
        places.insert((3, u32::MAX));
        let seniority =
            |at: (u32, u32)| (1..).zip(&places).find(|(_, place)| **place == at).map_or(0, |(n, _)| n).to_string();
        let authorized =
            |shares: Option<&str>| shares.filter(|text| !text.is_empty()).unwrap_or("NOT APPLICABLE").to_owned();
        let stock = |id: &str, name: &str, kind: &str, shares: Option<&str>, votes: &str, seniority: String| {
            json!({
                "object_type": "STOCK_CLASS",
                "id": id,
                "name": name,
                "class_type": kind,
                "default_id_prefix": format!("{}-", slug(id).to_uppercase()),
                "initial_shares_authorized": authorized(shares),
                "votes_per_share": votes,
                "seniority": seniority,
            })
        };
        let mut list = vec![stock(
            COMMON,
            &content.case.terms.common_name,
            "COMMON",
            content.common_authorized.as_deref(),
            "1",
            seniority((1, u32::MAX)),
        )];
        if has_series {
            let (name, shares) = (&content.case.terms.series_name, content.series_authorized.as_deref());
            let mut series = stock(SERIES_A, name, "PREFERRED", shares, "1", seniority((3, u32::MAX)));
            series["comments"] = json!(["its terms are in terms.csv beside this file"]);
            list.push(series);
        }
        let mut rights = HashMap::new();
        for row in &content.classes {
            let id = get(row, "class");
            if ["option", "warrant"].contains(&get(row, "kind")) {
                rights.insert(id.to_owned(), row.clone());
                continue;
            }
            let kind = if get(row, "kind") == "common" { "COMMON" } else { "PREFERRED" };
            let votes = number(row, "votes_per_share").unwrap_or_else(|| whole(0));
            let votes = numeric(&votes).unwrap_or_else(|| "0".to_owned());
            let name = if get(row, "name").is_empty() { id } else { get(row, "name") };
            let shares = get(row, "authorized_shares");
            let mut class = stock(id, name, kind, Some(shares), &votes, seniority(place(row)));
            let mut said = vec!["class", "name", "kind", "votes_per_share", "authorized_shares", "note"];
            if get(row, "name").is_empty() {
                said.retain(|column| *column != "name");
            }
            if kind == "PREFERRED" {
                self.terms(row, &mut class, &mut said);
            }
            self.conversion(row, &mut class, &mut said);
            let mut carried = unsaid(row, &said);
            // Tiers are called by them.
            for (column, value) in [("ranking", "senior"), ("order", "1")] {
                if kind == "PREFERRED" && get(row, column).is_empty() {
                    carried.push((column, value));
                }
            }
            class["comments"] = comments(carried);
            list.push(class);
        }
        (list, rights)
    }

    /// The preference and participation of preferred stock, as far as the format has fields for them.
    fn terms(&self, row: &Cells, class: &mut Value, said: &mut Vec<&'static str>) {
        let price = number(row, "original_price").filter(Ratio::is_positive);
        let multiple = |column: &str| {
            let text = get(row, column);
            match text.strip_suffix(['x', 'X', '×']) {
                Some(times) => parse_decimal(times.trim()),
                None => Some(parse_decimal(text)? / price.as_ref()?),
            }
        };
        if let Some(money) = price.as_ref().and_then(|price| self.money(price)) {
            class["price_per_share"] = money;
            said.push("original_price");
            let preference = multiple("liquidation_preference");
            if let Some(times) = preference.as_ref().and_then(numeric) {
                class["liquidation_preference_multiple"] = times.into();
                said.push("liquidation_preference");
            }
            // A cap that is not above the preference says elsewhere that nothing is capped.
            let cap = multiple("participation_cap").filter(|cap| preference.as_ref().is_none_or(|least| cap > least));
            let cap = cap.as_ref().and_then(numeric);
            if let (Some(cap), "capped") = (cap, get(row, "participation")) {
                class["participation_cap_multiple"] = cap.into();
                said.extend(["participation", "participation_cap"]);
            }
        }
        if class.get("liquidation_preference_multiple").is_none() && get(row, "liquidation_preference").is_empty() {
            class["liquidation_preference_multiple"] = "0".into();
        }
        if ["", "none"].contains(&get(row, "participation")) {
            said.push("participation");
        }
    }

    fn conversion(&self, row: &Cells, class: &mut Value, said: &mut Vec<&'static str>) {
        let Some(ratio) = number(row, "conversion_ratio").filter(Ratio::is_positive) else { return };
        let price = number(row, "original_price").map_or_else(|| whole(0), |price| price / &ratio);
        let price = Ratio::new((price * whole(10_000)).round().to_integer(), 10_000.into());
        let (Some(shown), Some(price)) = (numeric(&ratio), self.money(&price)) else { return };
        class["conversion_rights"] = json!([{
            "type": "STOCK_CLASS_CONVERSION_RIGHT",
            "conversion_mechanism": {
                "type": "RATIO_CONVERSION",
                "conversion_price": price,
                "ratio": {"numerator": shown, "denominator": "1"},
                "rounding_type": "NORMAL",
            },
            "converts_to_stock_class_id": COMMON,
        }]);
        // Stated after the splits, it is not to be taken for one from before them.
        if self.splits.is_empty() {
            said.push("conversion_ratio");
        }
    }
}
