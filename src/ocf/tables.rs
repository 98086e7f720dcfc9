//! What a package comes to, as tables: rows of cells, each row with the object that it comes from.

use super::classes::StockClasses;
use super::fold::{Amount, Folded, Lot, Of, Split};
use super::objects::{Stakeholder, carried};
use super::{Column, ObjectId, Package, TableRow, at};
use crate::model::class::COMMON;
use crate::model::{Date, Objects, Span, TextPool, iso};
use crate::quantity::{Ratio, plain, power_of_ten};
use crate::spreadsheet::{Content, Row, Rows, RowsError};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

/// Fills a row of a table with the cells of its line.
type Fill = dyn Fn(usize, &mut Row) + Send + Sync;

#[derive(Clone)]
pub(crate) struct MadeTable {
    pub name: &'static str,
    /// The file that most of its rows come from.
    pub file: String,
    /// The object of each row, from the second on.
    pub objects: Arc<Objects>,
    columns: Arc<Vec<Column>>,
    count: usize,
    fill: Arc<Fill>,
    /// Of a register: when shares of a class went to another holder, or were split, last.
    pub moved: Vec<(String, Date)>,
}

impl MadeTable {
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

/// Columns of the register that lots have.
const OF_LOT: [&str; 5] = ["class", "shares", "issue_date", "certificate", "retired_date"];

/// A holder, and more columns of the register.
#[derive(Clone, Debug, Default)]
pub(crate) struct Holder {
    pub id: String,
    pub name: String,
    pub details: Vec<(Column, String)>,
}

/// The register of lots and their holders. A holder who has none stands at its end, in a row that is no lot.
pub(super) fn register(
    objects: Arc<Objects>,
    holders: Vec<Holder>,
    lots: Vec<Lot>,
    texts: Arc<TextPool>,
    transfers: &BTreeMap<u32, Date>,
    class: impl Fn(Of) -> String + Send + Sync + 'static,
) -> MadeTable {
    let moved = transfers.iter().map(|(ix, date)| (class(Of::Stock(*ix)), *date)).collect();
    let mut columns: Vec<Column> = ["holder_id", "holder_name"].into_iter().chain(OF_LOT).map(Column::from).collect();
    let mut known: HashSet<Column> = columns.iter().cloned().collect();
    let of_holders = holders.iter().flat_map(|holder| &holder.details).map(|(column, _)| column.clone());
    let of_lots = lots.iter().flat_map(|lot| &lot.carried).map(|(column, _)| column.clone());
    columns.extend(of_holders.chain(of_lots).filter(|column| known.insert(column.clone())));
    let has_lots: HashSet<u32> = lots.iter().map(|lot| lot.holder).collect();
    let alone: Vec<u32> = (0..).take(holders.len()).filter(|holder| !has_lots.contains(holder)).collect();
    let (count, columns) = (lots.len() + alone.len(), Arc::new(columns));
    let order = columns.clone();
    let fill = move |line: usize, row: &mut Row| {
        let lot = lots.get(line);
        let ix = lot.map(|lot| lot.holder).or_else(|| alone.get(line - lots.len()).copied());
        let Some(holder) = ix.and_then(|ix| holders.get(ix as usize)) else { return };
        let carried = lot.map_or(&[][..], |lot| &lot.carried);
        for (at, column) in (0..).zip(order.iter()) {
            let stated = carried.iter().find(|(name, _)| name == column).map(|(_, value)| value.as_str());
            let value = match (&**column, lot) {
                _ if stated.is_some() => Cow::from(stated.unwrap_or_default()),
                ("holder_id", _) => Cow::from(&holder.id),
                ("holder_name", _) => Cow::from(&holder.name),
                ("class", Some(lot)) => Cow::from(class(lot.of)),
                ("shares", Some(lot)) => Cow::from(shares(&lot.quantity)),
                ("issue_date", Some(lot)) => Cow::from(iso(lot.issued)),
                ("certificate", Some(lot)) => Cow::from(texts.get(lot.certificate)),
                ("retired_date", Some(lot)) => Cow::from(lot.retired.map_or(String::new(), iso)),
                _ => {
                    let detail = holder.details.iter().find(|(name, _)| name == column);
                    Cow::from(detail.map_or("", |(_, value)| value))
                }
            };
            row.push(at, Content::Text, &value);
        }
    };
    let file = objects.files.first().cloned().unwrap_or_default();
    MadeTable { name: "register", file, objects, columns, count, fill: Arc::new(fill), moved }
}

/// A table of rows, with these columns and what other ones the rows have.
fn table(name: &'static str, names: &[String], mut columns: Vec<Column>, rows: Vec<TableRow>) -> Option<MadeTable> {
    let file = names.get(usize::from(rows.first()?.object.file)).cloned().unwrap_or_default();
    for (column, _) in rows.iter().flat_map(|row| &row.cells) {
        if !columns.contains(column) {
            columns.push(column.clone());
        }
    }
    let (columns, count, mut texts) = (Arc::new(columns), rows.len(), TextPool::default());
    let places = rows.iter().map(|row| (row.object.file, texts.push(&row.object.id).unwrap_or_default())).collect();
    let order = columns.clone();
    let fill = move |line: usize, row: &mut Row| {
        let cells = rows.get(line).map_or(&[][..], |row| &row.cells);
        for (at, column) in (0..).zip(order.iter()) {
            if let Some((_, value)) = cells.iter().find(|(name, _)| name == column) {
                row.push(at, Content::Text, value);
            }
        }
    };
    Some(MadeTable {
        name,
        file,
        objects: objects(names, texts.into(), places),
        columns,
        count,
        fill: Arc::new(fill),
        moved: Vec::new(),
    })
}

/// Where rows come from in a package.
fn objects(names: &[String], texts: Arc<TextPool>, rows: Vec<(u16, Span)>) -> Arc<Objects> {
    Arc::new(Objects { files: names.to_vec(), sheet: None, before: "object ", texts, rows })
}

pub(crate) fn make(
    package: &mut Package,
    names: &[String],
    holders: &[(Stakeholder, u16)],
    stock: StockClasses,
    folded: Folded,
) {
    let place = |object: &ObjectId| at(names.get(usize::from(object.file)).map_or("", String::as_str), &object.id);
    let findings = stock.findings.into_iter().chain(folded.findings);
    package.problems.extend(findings.map(|finding| {
        let place = place(&finding.object);
        finding.problem("ocf", place)
    }));
    package.terms.extend(folded.currency.map(|(currency, object)| ("currency", currency, place(&object))));
    package.terms.extend(stock.terms.into_iter().map(|(term, value, object)| (term, value, place(&object))));
    package.tables.extend(table("classes", names, Vec::new(), stock.rows));
    let common = stock.ids.iter().position(|id| id == COMMON);
    let mut moved = folded.transfers;
    for (class, date) in folded.splits.iter().filter_map(|split| Some((u32::try_from(split.class).ok()?, split.date))) {
        let last = moved.entry(class).or_insert(date);
        *last = date.max(*last);
    }
    package.tables.extend(adjustments(names, folded.splits.into_iter().filter(|split| Some(split.class) == common)));
    let (ids, rights, mut lots) = (stock.ids, stock.rights, folded.lots);
    lots.retain(|lot| match lot.of {
        Of::Stock(_) => true,
        Of::Right(right) => rights.get(right as usize).is_some_and(Option::is_some),
    });
    let class = move |of: Of| match of {
        Of::Stock(class) => ids.get(class as usize).cloned().unwrap_or_default(),
        Of::Right(right) => rights.get(right as usize).cloned().flatten().unwrap_or_default(),
    };
    let texts = Arc::new(folded.texts);
    let objects = objects(names, texts.clone(), lots.iter().map(|lot| (lot.file, lot.object)).collect());
    package.tables.push(register(objects, named(holders), lots, texts, &moved, class));
}

fn adjustments(names: &[String], splits: impl Iterator<Item = Split>) -> Option<MadeTable> {
    let row = |split: Split| {
        let (after, before) = &split.ratio;
        let own = [
            ("effective_date", iso(split.date)),
            ("kind", if after < before { "combination" } else { "subdivision" }.to_owned()),
            ("ratio", format!("{}:{}", plain(after, 10), plain(before, 10))),
        ];
        let own = own.map(|(column, value)| (Column::from(column), value));
        TableRow { object: split.object, cells: split.carried.into_iter().chain(own).collect() }
    };
    let rows: Vec<TableRow> = splits.map(row).collect();
    let carried: BTreeSet<&Column> = rows.iter().flat_map(|row| &row.cells).map(|(column, _)| column).collect();
    let mut columns: Vec<Column> = ["effective_date", "kind", "ratio"].map(Column::from).to_vec();
    columns.extend(carried.into_iter().filter(|column| !columns.contains(column)).cloned().collect::<Vec<_>>());
    table("adjustments", names, columns, rows)
}

/// A number of shares, rounded down to the six decimals that a register has (§11).
fn shares(quantity: &Amount) -> String {
    match quantity {
        Amount::Small(1, shares) => shares.to_string(),
        _ => {
            let millions = power_of_ten(6);
            plain(&Ratio::new((quantity.ratio() * &millions).floor().to_integer(), millions), 6)
        }
    }
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
        let address = holder.addresses.first();
        let contacts = holder.contact_info.iter().chain(&holder.primary_contact);
        let kind = holder.stakeholder_type.as_deref().and_then(|kind| match kind {
            "INDIVIDUAL" => Some("person"),
            "INSTITUTION" => Some("company"),
            _ => None,
        });
        let fields: [(&str, Option<&str>); 8] = [
            ("payee_kind", kind),
            ("tax_id", holder.tax_ids.first().map(|tax| tax.tax_id.as_str())),
            ("street", address.and_then(|address| address.street_suite.as_deref())),
            ("town", address.and_then(|address| address.city.as_deref())),
            ("state", address.and_then(|address| address.country_subdivision.as_deref())),
            ("postal_code", address.and_then(|address| address.postal_code.as_deref())),
            ("country", address.and_then(|address| address.country.as_deref())),
            ("email", contacts.flat_map(|contact| &contact.emails).next().map(|email| email.email_address.as_str())),
        ];
        let fields = fields.into_iter().filter_map(|(column, text)| {
            let text = text?.trim().replace(['\n', '\r'], ", ");
            (!text.is_empty()).then_some((Column::from(column), text))
        });
        // What comments carry goes before.
        let details = carried(&holder.comments).into_iter().chain(fields).collect();
        Holder { id: id.to_owned(), name: holder.name.legal_name.clone(), details }
    };
    holders.iter().map(one).collect()
}
