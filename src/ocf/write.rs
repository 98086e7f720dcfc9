//! A case as a package. What the format has no field for goes into comments, as `ratable COLUMN=VALUE`, and comes back.

mod classes;
mod transactions;

use super::files::{MANIFEST, md5_of};
use super::objects::CARRIED;
use crate::model::bank_ids::is_country;
use crate::model::{Case, Date, iso, parse_iso};
use crate::quantity::{Ratio, decimals_needed, parse_decimal, plain};
use num_traits::Signed;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io;

/// The version whose schemas the files keep to.
const VERSION: &str = "1.2.1-alpha+main";
/// Decimals of the format's numbers.
const DECIMALS: u32 = 10;

/// A row of a table: its columns that are not blank.
pub(crate) type Cells = Vec<(&'static str, String)>;

pub(crate) struct Content<'c> {
    pub case: &'c Case,
    pub series_authorized: Option<String>,
    pub common_authorized: Option<String>,
    /// The date that the package is to stand as of.
    pub as_of: Option<Date>,
    /// Each holder: the columns of the register that are a holder's.
    pub holders: Vec<Cells>,
    /// Rows of the classes and the adjustments.
    pub classes: Vec<Cells>,
    pub adjustments: Vec<Cells>,
}

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
    cells.into_iter().map(|(column, value)| format!("{CARRIED}{column}={value}")).collect::<Vec<_>>().into()
}

/// The cells of columns that are not said otherwise.
fn unsaid<'c>(cells: &'c Cells, said: &[&str]) -> Vec<(&'c str, &'c str)> {
    let unsaid = cells.iter().filter(|(column, _)| !said.contains(column));
    unsaid.map(|(column, value)| (*column, value.as_str())).collect()
}

/// A package being written.
struct Writer<'c> {
    content: &'c Content<'c>,
    as_of: Date,
    /// The first day that the case knows of.
    first: Date,
    splits: Vec<(Date, Ratio)>,
}

/// The files of the package: name and content.
/// Errors: a number that the format has no place for.
pub(crate) fn write(content: &Content) -> io::Result<Vec<(String, Vec<u8>)>> {
    let terms = &content.case.terms;
    let dates = content.case.register.lots().iter().flat_map(|lot| [lot.issue_date, lot.retired_date]);
    let dates = dates.chain(content.adjustments.iter().map(|row| parse_iso(get(row, "effective_date"))));
    let dates: BTreeSet<Date> = dates.flatten().collect();
    let as_of = content.as_of.or(terms.register_date.max(dates.last().copied()));
    let as_of = as_of.ok_or_else(|| io::Error::other("the case has no date; give one with --date"))?;
    let splits =
        content.adjustments.iter().filter_map(|row| Some((parse_iso(get(row, "effective_date"))?, split(row)?)));
    let mut splits: Vec<(Date, Ratio)> = splits.collect();
    splits.sort();
    let first = dates.first().copied().unwrap_or(as_of).min(as_of);
    let writer = Writer { content, as_of, first, splits };
    let (classes, rights) = writer.classes();
    let written = [
        (
            "stakeholders_files",
            "Stakeholders",
            "STAKEHOLDERS",
            writer.undated(content.holders.iter().map(stakeholder))?,
        ),
        ("stock_classes_files", "StockClasses", "STOCK_CLASSES", writer.undated(classes)?),
        ("transactions_files", "Transactions", "TRANSACTIONS", writer.transactions(&rights)?),
    ];
    let mut manifest = json!({
        "ocf_version": VERSION,
        "file_type": "OCF_MANIFEST_FILE",
        "issuer": {
            "object_type": "ISSUER",
            "id": "issuer",
            "legal_name": if terms.company.is_empty() { &content.case.name } else { &terms.company },
            "formation_date": iso(writer.first),
            "country_of_formation": if is_country(&terms.home_country) { &terms.home_country } else { "US" },
            "comments": ["formation_date is the first day that the register knows of"],
        },
        "as_of": iso(writer.as_of),
        "generated_at": format!("{}T00:00:00Z", iso(writer.as_of)),
        "stock_plans_files": [],
        "stock_legend_templates_files": [],
        "vesting_terms_files": [],
        "valuations_files": [],
    });
    let mut files = Vec::new();
    for (key, name, kind, items) in written {
        let (name, bytes) = (format!("{name}.ocf.json"), items.file(kind));
        manifest[key] = json!([{"filepath": format!("./{name}"), "md5": md5_of(&bytes)}]);
        files.push((name, bytes));
    }
    files.insert(0, (MANIFEST.to_owned(), format!("{manifest:#}\n").into_bytes()));
    Ok(files)
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
    /// Objects that have no day of their own.
    fn undated(&self, objects: impl IntoIterator<Item = Value>) -> io::Result<Items> {
        let mut items = Items::default();
        objects.into_iter().try_for_each(|object| items.add(self.first, &object))?;
        Ok(items)
    }

    fn money(&self, amount: &Ratio) -> Option<Value> {
        Some(json!({"amount": numeric(amount)?, "currency": self.content.case.terms.currency}))
    }
}

/// Objects as text, to stand in the order of their days.
#[derive(Default)]
struct Items {
    text: Vec<u8>,
    /// The day of each, and where it begins and ends.
    list: Vec<(Date, usize, usize)>,
}

impl Items {
    fn add(&mut self, date: Date, item: &Value) -> io::Result<()> {
        let start = self.text.len();
        serde_json::to_writer(&mut self.text, item)?;
        self.list.push((date, start, self.text.len()));
        Ok(())
    }

    fn file(mut self, kind: &str) -> Vec<u8> {
        self.list.sort_by_key(|(date, ..)| *date);
        let mut bytes = format!("{{\n\"file_type\": \"OCF_{kind}_FILE\",\n\"items\": [").into_bytes();
        bytes.reserve(self.text.len() + 2 * self.list.len() + 8);
        for (ix, (_, start, end)) in self.list.into_iter().enumerate() {
            bytes.extend_from_slice(if ix == 0 { b"\n" } else { b",\n" });
            bytes.extend_from_slice(self.text.get(start..end).unwrap_or_default());
        }
        bytes.extend_from_slice(b"\n]\n}\n");
        bytes
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
    let mut carried = unsaid(cells, &said);
    if get(cells, "payee_kind").is_empty() {
        carried.push(("payee_kind", ""));
    }
    holder["comments"] = comments(carried);
    holder
}
