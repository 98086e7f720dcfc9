//! A case as a package. What the format has no field for goes into comments, as `ratable COLUMN=VALUE`, and comes back.

use super::classes::{COMMON, SERIES_A, slug};
use super::objects::CARRIED;
use super::package::md5_of;
use crate::model::calendar::{Date, iso, parse_iso};
use crate::quantity::{Ratio, decimals_needed, parse_decimal, plain, whole};
use num_traits::Signed;
use serde_json::{Map, Value, json};
use std::collections::{BTreeSet, HashMap};
use std::io;

/// The version whose schemas the files keep to.
const VERSION: &str = "1.2.1-alpha+main";
/// Decimals of the format's numbers.
const DECIMALS: u32 = 10;

/// A row of a table: its columns that are not blank.
pub(crate) type Cells = Vec<(&'static str, String)>;

/// What is written.
#[derive(Debug, Default)]
pub(crate) struct Content {
    pub company: String,
    pub series_name: String,
    pub common_name: String,
    pub currency: String,
    pub series_authorized: Option<String>,
    pub common_authorized: Option<String>,
    pub country: String,
    /// The date that the package is to stand as of.
    pub as_of: Option<Date>,
    /// The date of the register's Common shares; that of the package where none.
    pub register_date: Option<Date>,
    /// Rows of the register, the classes and the adjustments.
    pub register: Vec<Cells>,
    pub classes: Vec<Cells>,
    pub adjustments: Vec<Cells>,
}

/// A register's columns that are a holder's; the others are a lot's.
const OF_HOLDER: [&str; 17] = [
    "withholding_rate",
    "tax_id",
    "address",
    "country",
    "email",
    "payee_name",
    "payment_method",
    "account",
    "bank_code",
    "hold",
    "street",
    "town",
    "state",
    "postal_code",
    "payee_kind",
    "holder_id",
    "holder_name",
];

fn get<'c>(cells: &'c Cells, column: &str) -> &'c str {
    cells.iter().find(|(name, _)| *name == column).map_or("", |(_, value)| value.as_str())
}

fn number(cells: &Cells, column: &str) -> Option<Ratio> {
    parse_decimal(get(cells, column))
}

/// A number as the format has it; none where it needs more decimals.
fn numeric(value: &Ratio) -> Option<String> {
    decimals_needed(value).filter(|decimals| *decimals <= DECIMALS).map(|_| plain(value, DECIMALS))
}

fn comments<'c>(cells: impl IntoIterator<Item = (&'c str, &'c str)>) -> Value {
    cells
        .into_iter()
        .map(|(column, value)| Value::from(format!("{CARRIED}{column}={value}")))
        .collect::<Vec<_>>()
        .into()
}

/// A package being written.
struct Writer<'c> {
    content: &'c Content,
    as_of: Date,
    /// The first day that the case knows of.
    first: Date,
    splits: Vec<(Date, Ratio)>,
}

/// The files of the package: name and content.
/// Errors: a number that the format has no place for.
pub(crate) fn write(content: &Content) -> io::Result<Vec<(String, Vec<u8>)>> {
    let dates = content.register.iter().flat_map(|lot| ["issue_date", "retired_date"].map(|column| get(lot, column)));
    let dates = dates.chain(content.adjustments.iter().map(|row| get(row, "effective_date"))).filter_map(parse_iso);
    let (first, last) = dates.fold((None, None), |(first, last): (Option<Date>, Option<Date>), date| {
        (Some(first.map_or(date, |first| first.min(date))), last.max(Some(date)))
    });
    let as_of = content
        .as_of
        .or(content.register_date)
        .or(last)
        .ok_or_else(|| io::Error::other("the case has no date; give one with --date"))?;
    let splits =
        content.adjustments.iter().filter_map(|row| Some((parse_iso(get(row, "effective_date"))?, split(row)?)));
    let mut splits: Vec<(Date, Ratio)> = splits.collect();
    splits.sort();
    let writer = Writer { content, as_of, first: first.unwrap_or(as_of).min(as_of), splits };
    let mut files = Vec::new();
    let mut manifest = Map::new();
    let (classes, rights) = writer.classes();
    let file = |items: Vec<Value>, kind: &str| -> io::Result<Vec<u8>> {
        let mut bytes = format!("{{\n\"file_type\": \"OCF_{kind}_FILE\",\n\"items\": [").into_bytes();
        for (ix, item) in items.iter().enumerate() {
            bytes.extend_from_slice(if ix == 0 { b"\n" } else { b",\n" });
            serde_json::to_writer(&mut bytes, item)?;
        }
        bytes.extend_from_slice(b"\n]\n}\n");
        Ok(bytes)
    };
    let written = [
        ("stakeholders_files", "Stakeholders", "STAKEHOLDERS", writer.stakeholders()),
        ("stock_classes_files", "StockClasses", "STOCK_CLASSES", classes),
        ("transactions_files", "Transactions", "TRANSACTIONS", writer.transactions(&rights)?),
    ];
    for key in ["stock_plans_files", "stock_legend_templates_files", "vesting_terms_files", "valuations_files"] {
        manifest.insert(key.to_owned(), json!([]));
    }
    for (key, name, kind, items) in written {
        let (name, bytes) = (format!("{name}.ocf.json"), file(items, kind)?);
        manifest.insert(key.to_owned(), json!([{"filepath": format!("./{name}"), "md5": md5_of(&bytes)}]));
        files.push((name, bytes));
    }
    let mut head = json!({
        "ocf_version": VERSION,
        "file_type": "OCF_MANIFEST_FILE",
        "issuer": {
            "object_type": "ISSUER",
            "id": "issuer",
            "legal_name": content.company,
            "formation_date": iso(writer.first),
            "country_of_formation": if is_country(&content.country) { content.country.as_str() } else { "US" },
            "comments": ["formation_date is the first day that the register knows of"],
        },
        "as_of": iso(writer.as_of),
        "generated_at": format!("{}T00:00:00Z", iso(writer.as_of)),
    });
    if let Some(head) = head.as_object_mut() {
        head.append(&mut manifest);
    }
    files.insert(0, ("Manifest.ocf.json".to_owned(), format!("{head:#}\n").into_bytes()));
    Ok(files)
}

fn is_country(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase())
}

/// After to before of an adjustment: counts win over the ratio.
fn split(row: &Cells) -> Option<Ratio> {
    let (after, before) = match (number(row, "common_after"), number(row, "common_before")) {
        (Some(after), Some(before)) => (after, before),
        _ => {
            let (after, before) = get(row, "ratio").split_once(':')?;
            (parse_decimal(after.trim())?, parse_decimal(before.trim())?)
        }
    };
    (after.is_positive() && before.is_positive()).then(|| after / before)
}

impl Writer<'_> {
    fn money(&self, amount: &Ratio) -> Option<Value> {
        Some(json!({"amount": numeric(amount)?, "currency": self.content.currency}))
    }

    fn stakeholders(&self) -> Vec<Value> {
        let mut order: Vec<&str> = Vec::new();
        let mut holders: HashMap<&str, Cells> = HashMap::new();
        for lot in &self.content.register {
            let id = get(lot, "holder_id");
            let known = holders.entry(id).or_insert_with(|| {
                order.push(id);
                Vec::new()
            });
            for (column, value) in lot.iter().filter(|(column, _)| OF_HOLDER.contains(column)) {
                if get(known, column).is_empty() {
                    known.push((column, value.clone()));
                }
            }
        }
        order.iter().filter_map(|id| holders.get(id)).map(stakeholder).collect()
    }

    /// The stock classes; and the columns of each class of options and warrants.
    fn classes(&self) -> (Vec<Value>, HashMap<String, Cells>) {
        let content = self.content;
        let has_series = content.register.iter().any(|lot| get(lot, "class") == SERIES_A);
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
            &content.common_name,
            "COMMON",
            content.common_authorized.as_deref(),
            "1",
            seniority((1, u32::MAX)),
        )];
        if has_series {
            let (name, shares) = (&content.series_name, content.series_authorized.as_deref());
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
            if has_series || ["", "senior"].contains(&get(row, "ranking")) {
                said.extend(["ranking", "order"]);
            }
            if kind == "PREFERRED" {
                self.terms(row, &mut class, &mut said);
            }
            self.conversion(row, &mut class, &mut said);
            let carried = row.iter().filter(|(column, _)| !said.contains(column));
            class["comments"] = comments(carried.map(|(column, value)| (*column, value.as_str())));
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
            if let Some(times) = multiple("liquidation_preference").as_ref().and_then(numeric) {
                class["liquidation_preference_multiple"] = times.into();
                said.push("liquidation_preference");
            }
            let cap = multiple("participation_cap").as_ref().and_then(numeric);
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
        said.push("conversion_ratio");
    }

    fn transactions(&self, rights: &HashMap<String, Cells>) -> io::Result<Vec<Value>> {
        let mut list: Vec<(String, Value)> = Vec::new();
        for (ix, row) in self.content.adjustments.iter().enumerate() {
            let Some(ratio) = split(row) else { continue };
            let (date, id) = (get(row, "effective_date"), format!("split-{}", ix + 1));
            let is_said = |column: &str| ["effective_date", "note"].contains(&column);
            let carried =
                row.iter().filter(|(column, _)| !is_said(column)).map(|(column, value)| (*column, value.as_str()));
            let (numerator, denominator) = (Ratio::from(ratio.numer().clone()), Ratio::from(ratio.denom().clone()));
            list.push((
                date.to_owned(),
                json!({
                    "object_type": "TX_STOCK_CLASS_SPLIT",
                    "id": id,
                    "date": date,
                    "stock_class_id": COMMON,
                    "split_ratio": {"numerator": plain(&numerator, 0), "denominator": plain(&denominator, 0)},
                    "comments": comments(carried),
                }),
            ));
        }
        for (n, lot) in (1..).zip(&self.content.register) {
            self.lot(n, lot, rights, &mut list)?;
        }
        list.sort_by(|(one, _), (two, _)| one.cmp(two));
        Ok(list.into_iter().map(|(_, value)| value).collect())
    }

    fn lot(
        &self,
        n: u32,
        lot: &Cells,
        rights: &HashMap<String, Cells>,
        list: &mut Vec<(String, Value)>,
    ) -> io::Result<()> {
        let class = get(lot, "class");
        let right = rights.get(class);
        let mut carried: Vec<(String, String)> = lot
            .iter()
            .filter(|(column, _)| !OF_HOLDER.contains(column))
            .filter(|(column, _)| !["class", "shares", "issue_date", "certificate", "retired_date"].contains(column))
            .map(|(column, value)| ((*column).to_owned(), value.clone()))
            .collect();
        let shares = number(lot, "shares").unwrap_or_else(|| whole(0));
        let issued = parse_iso(get(lot, "issue_date"));
        let mut date = issued.unwrap_or(self.first);
        let mut quantity = numeric(&shares);
        // The register's Common shares are those after all splits up to its date, or to the day on which they went. Those that
        // are of an earlier day than their issue get that day.
        let of = self.content.register_date.unwrap_or(self.as_of);
        if class == COMMON && self.splits.iter().any(|(on, _)| of < *on && *on <= date) {
            date = of;
        }
        let until = parse_iso(get(lot, "retired_date")).map_or(of, |until| until.min(of));
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
        if issued != Some(date) {
            carried.push(("issue_date".to_owned(), get(lot, "issue_date").to_owned()));
        }
        let Some(quantity) = quantity.filter(|_| shares.is_positive()) else {
            let shown = get(lot, "shares");
            return Err(io::Error::other(format!("{shown} shares of {} are no number of OCF", get(lot, "holder_id"))));
        };
        let (security, day) = (format!("security-{n}"), iso(date));
        let mut issue = json!({
            "object_type": "TX_STOCK_ISSUANCE",
            "id": format!("issue-{n}"),
            "date": day,
            "security_id": security,
            "custom_id": get(lot, "certificate"),
            "stakeholder_id": get(lot, "holder_id"),
            "security_law_exemptions": [],
            "quantity": quantity,
        });
        let gone = match right {
            Some(row) => {
                carried.push(("class".to_owned(), class.to_owned()));
                let said = ["class", "kind", "exercise_price", "ranking", "note"];
                let of_class = row.iter().filter(|(column, _)| !said.contains(column));
                carried.extend(of_class.map(|(column, value)| (format!("class {column}"), value.clone())));
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
        list.push((day, issue));
        let retired = get(lot, "retired_date");
        if !retired.is_empty() {
            list.push((
                retired.to_owned(),
                json!({
                    "object_type": format!("TX_{gone}_CANCELLATION"),
                    "id": format!("retire-{n}"),
                    "date": retired,
                    "security_id": security,
                    "quantity": numeric(&shares).unwrap_or(quantity),
                    "reason_text": "retired",
                }),
            ));
        }
        Ok(())
    }

    fn nothing(&self) -> Value {
        json!({"amount": "0", "currency": self.content.currency})
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

fn stakeholder(cells: &Cells) -> Value {
    let mut said = vec!["holder_id", "holder_name"];
    let plain_text = |column: &str| {
        let value = get(cells, column);
        (!value.is_empty() && !value.contains(['\n', '\r']) && value.trim() == value).then_some(value)
    };
    let country = plain_text("country").filter(|country| is_country(country));
    let mut holder = json!({
        "object_type": "STAKEHOLDER",
        "id": get(cells, "holder_id"),
        "name": {"legal_name": get(cells, "holder_name")},
        "stakeholder_type": if get(cells, "payee_kind") == "company" { "INSTITUTION" } else { "INDIVIDUAL" },
    });
    if let Some(country) = country {
        let mut address = json!({"address_type": "CONTACT"});
        for (column, field) in [
            ("street", "street_suite"),
            ("town", "city"),
            ("state", "country_subdivision"),
            ("postal_code", "postal_code"),
        ] {
            let fits = |text: &&str| {
                field != "country_subdivision" || text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
            };
            if let Some(text) = plain_text(column).filter(fits) {
                address[field] = text.into();
                said.push(column);
            }
        }
        address["country"] = country.into();
        holder["addresses"] = json!([address]);
        said.push("country");
        if let Some(tax) = plain_text("tax_id") {
            holder["tax_ids"] = json!([{"tax_id": tax, "country": country}]);
            said.push("tax_id");
        }
    }
    if let Some(email) = plain_text("email").filter(|email| email.contains('@') && !email.contains(' ')) {
        holder["contact_info"] = json!({"emails": [{"email_type": "OTHER", "email_address": email}]});
        said.push("email");
    }
    let mut carried: Vec<(&str, &str)> = cells
        .iter()
        .filter(|(column, _)| !said.contains(column))
        .map(|(column, value)| (*column, value.as_str()))
        .collect();
    if get(cells, "payee_kind").is_empty() {
        carried.push(("payee_kind", ""));
    }
    holder["comments"] = comments(carried);
    holder
}
