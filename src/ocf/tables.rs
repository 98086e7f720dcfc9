//! What a package comes to, as tables: rows of cells, each row with the object that it comes from.

use super::classes::StockClasses;
use super::fold::{Finding, Folded, Lot, Of, Split};
use super::objects::{Stakeholder, StockClass, carried};
use super::{ObjectId, Package, at};
use crate::model::calendar::iso;
use crate::model::source::Objects;
use crate::problem::{Problem, Severity};
use crate::quantity::{Ratio, plain, power_of_ten};
use crate::spreadsheet::row::{Content, Row, RowsError};
use crate::spreadsheet::rows::Rows;
use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::sync::Arc;

/// Fills a row of a table with the cells of its line.
type Fill = dyn Fn(usize, &mut Row) + Send + Sync;

/// A table that was made.
#[derive(Clone)]
pub(crate) struct MadeTable {
    /// Its name.
    pub name: &'static str,
    /// The file that most of its rows come from.
    pub file: String,
    /// The object of each row, from the second on.
    pub objects: Arc<Objects>,
    columns: Arc<Vec<String>>,
    count: usize,
    fill: Arc<Fill>,
}

impl fmt::Debug for MadeTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MadeTable({}, {} rows)", self.name, self.count)
    }
}

impl MadeTable {
    /// The register of a ledger: its columns, its rows, and where each comes from.
    pub(crate) fn of_ledger(objects: Objects, columns: Vec<String>, rows: Vec<Vec<String>>) -> Self {
        let (file, count) = (objects.files.first().cloned().unwrap_or_default(), rows.len());
        let fill = move |line: usize, row: &mut Row| {
            for (at, text) in (0..).zip(rows.get(line).into_iter().flatten()) {
                row.push(at, Content::Text, text);
            }
        };
        let (objects, columns, fill) = (Arc::new(objects), Arc::new(columns), Arc::new(fill));
        Self { name: "register", file, objects, columns, count, fill }
    }

    /// Its rows, the headers first.
    pub(crate) fn rows(&self) -> MadeRows {
        MadeRows { table: self.clone(), next: 0 }
    }
}

/// The rows of a table that was made.
pub(crate) struct MadeRows {
    table: MadeTable,
    next: usize,
}

impl Rows for MadeRows {
    fn next(&mut self, row: &mut Row) -> Result<bool, RowsError> {
        let at = self.next;
        if at > self.table.count {
            return Ok(false);
        }
        self.next += 1;
        row.clear(u32::try_from(self.next).unwrap_or(u32::MAX));
        if at == 0 {
            for (column, header) in (0..).zip(self.table.columns.iter()) {
                row.push(column, Content::Text, header);
            }
        } else {
            (self.table.fill)(at - 1, row);
        }
        Ok(true)
    }
}

/// Columns of the register that the format has fields for.
const REGISTER: [&str; 14] = [
    "holder_id",
    "holder_name",
    "class",
    "shares",
    "issue_date",
    "certificate",
    "retired_date",
    "tax_id",
    "street",
    "town",
    "state",
    "postal_code",
    "country",
    "email",
];

/// A holder's cells, and those that comments carry.
struct Holder {
    id: String,
    name: String,
    details: [String; 7],
    carried: Vec<(String, String)>,
}

/// Makes the tables of a package.
pub(crate) fn make(
    package: &mut Package,
    names: &[String],
    holders: &[(Stakeholder, u16)],
    classes: &[(StockClass, u16)],
    mut stock: StockClasses,
    mut folded: Folded,
    kinds: bool,
) {
    if !kinds {
        preferred_alone(&mut stock, &mut folded);
    }
    let place = |object: &ObjectId| at(names.get(usize::from(object.file)).map_or("", String::as_str), &object.id);
    let say = |finding: Finding| {
        let place = place(&finding.object);
        let code = format!("ocf.{}", finding.what);
        let mut problem = Problem::error(code, place, finding.message, finding.help);
        problem.severity = finding.severity;
        problem
    };
    package.problems.extend(stock.findings.into_iter().map(say));
    package.problems.extend(std::mem::take(&mut folded.findings).into_iter().map(say));
    if let Some((currency, object)) = &folded.currency {
        package.terms.push(("currency", currency.clone(), place(object)));
    }
    package.terms.extend(stock.terms.into_iter().map(|(term, value, object)| (term, value, place(&object))));
    let common = stock.ids.iter().position(|id| id == super::classes::COMMON);
    let file_of = |objects: &[ObjectId], or: &str| {
        let first = objects.first().and_then(|object| names.get(usize::from(object.file)));
        first.cloned().unwrap_or_else(|| or.to_owned())
    };
    let mut table = |name: &'static str, columns: Vec<String>, objects: Vec<ObjectId>, or: &str, fill: Arc<Fill>| {
        let file = file_of(&objects, or);
        let count = objects.len();
        let rows = objects.into_iter().map(|object| (object.file, format!("object {}", object.id).into())).collect();
        let objects = Arc::new(Objects { files: names.to_vec(), sheet: None, rows, first_row: 2 });
        package.tables.push(MadeTable { name, file, objects, columns: Arc::new(columns), count, fill });
    };

    let mut columns: Vec<String> = Vec::new();
    for (column, _) in stock.rows.iter().flat_map(|row| &row.cells) {
        if !columns.contains(column) {
            columns.push(column.clone());
        }
    }
    let (objects, cells): (Vec<ObjectId>, Vec<_>) = stock.rows.into_iter().map(|row| (row.object, row.cells)).unzip();
    if !objects.is_empty() {
        let order = columns.clone();
        let fill = move |line: usize, row: &mut Row| {
            let Some(cells) = cells.get(line) else { return };
            for (at, column) in (0..).zip(&order) {
                if let Some((_, value)) = cells.iter().find(|(name, _)| name == column) {
                    row.push(at, Content::Text, value);
                }
            }
        };
        table("classes", columns, objects, "StockClasses.ocf.json", Arc::new(fill));
    }
    let splits: Vec<Split> = folded.splits.into_iter().filter(|split| Some(split.class) == common).collect();
    if !splits.is_empty() {
        adjustments(splits, &mut table);
    }
    register(holders, classes, stock.ids, stock.rights, folded.lots, &mut table);
}

/// Columns of the classes table that say more of a class than its preference.
const MORE: [&str; 6] =
    ["kind", "original_price", "participation", "participation_cap", "conversion_ratio", "exercise_price"];

/// Leaves out what a classes table without kinds has no place for.
fn preferred_alone(stock: &mut StockClasses, folded: &mut Folded) {
    let other = |cells: &[(String, String)]| cells.iter().any(|(name, value)| name == "kind" && value != "preferred");
    for row in stock.rows.iter().filter(|row| other(&row.cells)) {
        let id = row.cells.first().map_or("", |(_, id)| id.as_str());
        stock.rights.retain(|_, right| right != id);
        if let Some(ix) = stock.ids.iter().position(|own| own == id) {
            folded.lots.retain(|lot| lot.of != Of::Stock(ix));
        }
        stock.findings.push(Finding {
            severity: Severity::Note,
            what: "class.left-out",
            object: row.object.clone(),
            message: format!("{id} is neither Common nor preferred stock: its shares are left out."),
            help: "Nothing to do if that is right.",
        });
    }
    stock.rows.retain(|row| !other(&row.cells));
    stock.rows.iter_mut().for_each(|row| row.cells.retain(|(name, _)| !MORE.contains(&name.as_str())));
}

/// What makes a table of these columns and objects.
type Make<'m> = dyn FnMut(&'static str, Vec<String>, Vec<ObjectId>, &str, Arc<Fill>) + 'm;

fn adjustments(splits: Vec<Split>, table: &mut Make) {
    let mut columns: Vec<String> = ["effective_date", "kind", "ratio"].map(str::to_owned).to_vec();
    let more: BTreeSet<&String> =
        splits.iter().flat_map(|split| split.carried.iter().map(|(column, _)| column)).collect();
    columns.extend(more.into_iter().filter(|column| !columns.contains(column)).cloned().collect::<Vec<_>>());
    let order = columns.clone();
    let objects = splits.iter().map(|split| split.object.clone()).collect();
    let fill = move |line: usize, row: &mut Row| {
        let Some(split) = splits.get(line) else { return };
        let (after, before) = &split.ratio;
        let kind = if after < before { "combination" } else { "subdivision" };
        for (at, column) in (0..).zip(&order) {
            let carried = split.carried.iter().find(|(name, _)| name == column).map(|(_, value)| value.clone());
            let value = carried.unwrap_or_else(|| match column.as_str() {
                "effective_date" => iso(split.date),
                "kind" => kind.to_owned(),
                "ratio" => format!("{}:{}", plain(after, 10), plain(before, 10)),
                _ => String::new(),
            });
            row.push(at, Content::Text, &value);
        }
    };
    table("adjustments", columns, objects, "Transactions.ocf.json", Arc::new(fill));
}

fn register(
    holders: &[(Stakeholder, u16)],
    classes: &[(StockClass, u16)],
    ids: Vec<String>,
    rights: HashMap<Of, String>,
    mut lots: Vec<Lot>,
    table: &mut Make,
) {
    let holders = named(holders);
    lots.retain(|lot| matches!(lot.of, Of::Stock(class) if class < classes.len()) || rights.contains_key(&lot.of));
    let mut columns: Vec<String> = REGISTER.map(str::to_owned).to_vec();
    let of_holders = holders.iter().flat_map(|holder| &holder.carried);
    let carried: BTreeSet<&String> =
        of_holders.chain(lots.iter().flat_map(|lot| &lot.carried)).map(|(column, _)| column).collect();
    let is_own = |column: &&String| !columns.contains(column) && !column.starts_with("class ");
    columns.extend(carried.into_iter().filter(is_own).cloned().collect::<Vec<_>>());
    let order = columns.clone();
    let objects = lots.iter().map(|lot| lot.object.clone()).collect();
    let fill = move |line: usize, row: &mut Row| {
        let Some(lot) = lots.get(line) else { return };
        let Some(holder) = holders.get(lot.holder as usize) else { return };
        for (at, column) in (0..).zip(&order) {
            let carried = lot.carried.iter().chain(&holder.carried).find(|(name, _)| name == column);
            if let Some((_, value)) = carried {
                row.push(at, Content::Text, value);
                continue;
            }
            let class = || match &lot.of {
                Of::Stock(class) => ids.get(*class).map_or("", String::as_str),
                of => rights.get(of).map_or("", String::as_str),
            };
            match at {
                0 => row.push(at, Content::Text, &holder.id),
                1 => row.push(at, Content::Text, &holder.name),
                2 => row.push(at, Content::Text, class()),
                3 => row.push(at, Content::Text, &shares(&lot.quantity)),
                4 => row.push(at, Content::Text, &iso(lot.issued)),
                5 => row.push(at, Content::Text, &lot.certificate),
                6 => row.push(at, Content::Text, &lot.retired.map_or(String::new(), iso)),
                _ => {
                    if let Some(detail) = holder.details.get(at as usize - 7) {
                        row.push(at, Content::Text, detail);
                    }
                }
            }
        }
    };
    table("register", columns, objects, "Transactions.ocf.json", Arc::new(fill));
}

/// A number of shares, rounded down to the six decimals that a register has (§11).
pub(super) fn shares(quantity: &Ratio) -> String {
    let millions = power_of_ten(6);
    plain(&Ratio::new((quantity * &millions).floor().to_integer(), millions), 6)
}

/// Each holder under the id that the company gave it, where that is given and nobody else's; else under the package's.
fn named(holders: &[(Stakeholder, u16)]) -> Vec<Holder> {
    let mut uses: HashMap<&str, u32> = HashMap::new();
    for (holder, _) in holders {
        *uses.entry(&holder.id).or_default() += 1;
        if let Some(own) = holder.issuer_assigned_id.as_deref().filter(|own| *own != holder.id) {
            *uses.entry(own).or_default() += 1;
        }
    }
    let one = |(holder, _): &(Stakeholder, u16)| {
        let own = holder.issuer_assigned_id.as_deref().map(str::trim).filter(|own| !own.is_empty());
        let id = own.filter(|own| uses.get(own) == Some(&1) || *own == holder.id).unwrap_or(&holder.id);
        let text = |text: Option<&String>| text.map(|text| text.trim().replace(['\n', '\r'], ", ")).unwrap_or_default();
        let address = holder.addresses.first();
        let contacts = holder.contact_info.iter().chain(&holder.primary_contact);
        let email = contacts.flat_map(|contact| &contact.emails).next().map(|email| &email.email_address);
        let mut carried = carried(&holder.comments);
        let kind = match holder.stakeholder_type.as_deref() {
            Some("INDIVIDUAL") => "person",
            Some("INSTITUTION") => "company",
            _ => "",
        };
        if !kind.is_empty() && !carried.iter().any(|(column, _)| column == "payee_kind") {
            carried.push(("payee_kind".to_owned(), kind.to_owned()));
        }
        Holder {
            id: id.to_owned(),
            name: holder.name.legal_name.clone(),
            details: [
                text(holder.tax_ids.first().map(|tax| &tax.tax_id)),
                text(address.and_then(|address| address.street_suite.as_ref())),
                text(address.and_then(|address| address.city.as_ref())),
                text(address.and_then(|address| address.country_subdivision.as_ref())),
                text(address.and_then(|address| address.postal_code.as_ref())),
                text(address.and_then(|address| address.country.as_ref())),
                text(email),
            ],
            carried,
        }
    };
    holders.iter().map(one).collect()
}
