//! The tables that an earlier run wrote for the next one: arrears, what holders carry, and payments that were too small.

use super::cell::Refusal;
use super::history::{asset, in_order, quarter_date};
use super::plans::{class, holder};
use super::schema::{ARREARS, CARRIED_PAYMENTS, CARRY, Table};
use super::source::{Found, Origin, Source};
use super::{EarlierRun, Findings, Line};
use crate::model::carry::{CARRY_DECIMALS, CarriedPayments, CarryTable};
use crate::model::class::fold;
use crate::model::events::{ArrearsRow, ArrearsTable, Entry};
use crate::model::{Carry, ClassIx, Classes, Date, HolderIx, Register, RowPlace, Terms, YearToDate, iso};
use crate::problem::{Place, Problem};
use crate::quantity::{Units, exact, parse_decimal, units_from_ratio};
use std::collections::BTreeMap;

/// The tables that `--after` takes from an earlier run.
const OF_RUN: [&Table; 3] = [&ARREARS, &CARRY, &CARRIED_PAYMENTS];

/// Where files of the earlier run are said to be: wherever its folder is, outputs say the same.
const RUN: &str = "--after/";

/// Puts an earlier run's tables in the place of the case's, which may have none of them.
pub(crate) fn take_over(source: &mut Source, run: &EarlierRun, findings: &mut Findings) {
    for table in OF_RUN {
        if let Some(at) = source.position(table) {
            let found = source.tables.remove(at);
            let message = format!("the case has a table {}, and --after gives one too.", table.name);
            let help = "Remove the table, or leave out --after.";
            findings.error(format!("{}.table.beside-after", table.name), found.place(), message, help);
        }
        let name = format!("{}.csv", table.name);
        let path = run.folder.join(&name);
        if path.is_file() {
            source.tables.push(Found { table, file: format!("{RUN}{name}"), sheet: None, origin: Origin::Csv(path) });
        }
    }
}

pub(crate) fn is_of_run(file: &str) -> bool {
    file.starts_with(RUN)
}

/// What does not fit between an earlier run and the case that goes on from it.
pub(crate) fn unfit(run: &EarlierRun, terms: &Terms) -> Vec<Problem> {
    let pairs = [("company", "of", &run.company, &terms.company), ("currency", "in", &run.currency, &terms.currency)];
    let differing = pairs.into_iter().filter(|(.., of_run, of_case)| fold(of_run) != fold(of_case));
    let problem = |(term, is, of_run, of_case)| {
        let message = format!("The run that --after names is {is} {of_run}, and this case is {is} {of_case}.");
        let help = format!("Give the folder of this company's last dividend run, or correct the term {term}.");
        Problem::error(format!("run.after.another-{term}"), Place::command_line(), message, help)
    };
    differing.map(problem).collect()
}

#[derive(Debug, Default)]
pub(crate) struct ArrearsSoFar {
    table: Option<ArrearsTable>,
    seen: BTreeMap<(ClassIx, Date, Date, Option<String>), String>,
}

impl ArrearsSoFar {
    pub(crate) fn row(&mut self, line: &mut Line, terms: &Terms, classes: &Classes) {
        let is_given = !line.is_blank("class");
        let class = class(line, classes).filter(|_| is_given).unwrap_or(classes.series_a());
        let as_of = line.date("as_of");
        let default_since = line.date("default_since");
        in_order(line, "as_of", as_of, "default_since", default_since);
        self.head(line, as_of, default_since);
        let rated = class != classes.series_a();
        if rated && classes.get(class).rate.is_none() {
            let name = &classes.get(class).name;
            let message = format!("{name} has no dividend_rate, so nothing of it could be in arrears here.");
            let help = "Delete the row; what it is owed goes in accrued_dividends of the classes table.";
            return line.reject("class", "not-series-a", &message, help);
        }
        let Some(row) = arrears_row(line, terms, as_of, (class, rated)) else { return };
        let key = (class, row.accrual_start, row.entry.quarter, row.entry.asset.as_deref().map(fold));
        let here = line.place("quarter").cell.unwrap_or_default();
        if let Some(earlier) = self.seen.insert(key, here) {
            let message = format!("this accrual start, quarter and asset stand in two rows, here and in {earlier}.");
            line.reject("quarter", "twice", &message, "Delete one of the two rows.");
        }
        let Some(table) = &mut self.table else { return };
        if rated { table.of_classes.push(row) } else { table.rows.push(row) }
    }

    fn head(&mut self, line: &mut Line, as_of: Option<Date>, default_since: Option<Date>) {
        let Some(as_of) = as_of else { return };
        let Some(table) = &self.table else {
            self.table = Some(arrears_table(as_of, default_since, line.row_place()));
            return;
        };
        let help = "All rows stand as of one date: use the arrears.csv of one run alone.";
        if table.as_of != as_of {
            let message = format!("the table's first row stands as of {}.", iso(table.as_of));
            line.reject("as_of", "differs", &message, help);
        }
        if table.default_since != default_since {
            let first = table.default_since.map_or("blank".to_owned(), iso);
            line.reject("default_since", "differs", &format!("in the table's first row this is {first}."), help);
        }
    }

    /// The table, where it has rows; an earlier run's stands as of its date without any too.
    pub(crate) fn finish(self, run: Option<&EarlierRun>) -> Option<ArrearsTable> {
        self.table.or_else(|| run.map(|run| arrears_table(run.date, None, RowPlace::default())))
    }
}

fn arrears_table(as_of: Date, default_since: Option<Date>, place: RowPlace) -> ArrearsTable {
    ArrearsTable { as_of, default_since, rows: Vec::new(), of_classes: Vec::new(), place }
}

/// A row; one of a class with a dividend rate stands as of the table's date, which need not be a quarter date.
fn arrears_row(
    line: &mut Line,
    terms: &Terms,
    as_of: Option<Date>,
    (class, rated): (ClassIx, bool),
) -> Option<ArrearsRow> {
    let accrual_start = line.date("accrual_start");
    let quarter = if rated { line.date("quarter") } else { quarter_date(line, "quarter", terms) };
    let asset = asset(line, "asset");
    if rated && asset.is_some() {
        let message = "dividends at a rate are owed in cash.";
        line.reject("asset", "not-cash", message, "Delete the row, or clear this cell.");
    }
    if rated && quarter.is_some() && quarter != as_of {
        let message = "what a class with a dividend_rate was owed stands as of the date of the table.";
        line.reject("quarter", "not-as-of", message, "Use the arrears.csv of one run as it is.");
    }
    let dividend = line.per_share("dividend_per_share");
    let paid = line.per_share("paid_per_share");
    let set_apart = line.yes_no("set_apart").unwrap_or(false);
    if let (Some(dividend), Some(paid)) = (&dividend, &paid)
        && paid > dividend
    {
        let help = "Correct one of the two amounts; nothing is paid beyond the dividend.";
        line.reject("paid_per_share", "above-dividend", "more is paid than the dividend was.", help);
    }
    if let (Some(quarter), Some(as_of)) = (quarter, as_of)
        && quarter > as_of
    {
        let message = format!("the quarter lies after the date of the table, {}.", iso(as_of));
        line.reject("quarter", "after-as-of", &message, "Delete the row, or correct as_of.");
    }
    if let (Some(quarter), Some(start)) = (quarter, accrual_start)
        && quarter <= start
    {
        let message = format!("no dividend of {} is due to shares that accrue from {} on.", iso(quarter), iso(start));
        line.reject("quarter", "before-accrual", &message, "Delete the row, or correct one of the two dates.");
    }
    let (accrual_start, quarter) = (accrual_start?, quarter?);
    let entry = Entry { quarter, asset, dividend: dividend?, paid: paid?, set_apart };
    Some(ArrearsRow { class, accrual_start, entry, place: line.row_place() })
}

/// A table of sums by holder as it is read: all of one date, and no holder twice.
#[derive(Debug, Default)]
pub(crate) struct ByHolder {
    head: Option<(Date, RowPlace)>,
    sums: BTreeMap<HolderIx, Units>,
}

impl ByHolder {
    pub(crate) fn row(&mut self, line: &mut Line, register: &Register, amount: impl Fn(&mut Line) -> Option<Units>) {
        let as_of = line.date("as_of");
        let holder = holder(line, register, "Keep holders in the register, their retired lots too.");
        let amount = amount(line);
        if let Some(as_of) = as_of {
            let (first, _) = self.head.get_or_insert_with(|| (as_of, line.row_place()));
            if *first != as_of {
                let message = format!("the table's first row stands as of {}.", iso(*first));
                let help = "All rows stand as of one date: use the file of one run alone.";
                line.reject("as_of", "differs", &message, help);
            }
        }
        let (Some(holder), Some(amount)) = (holder, amount) else { return };
        if self.sums.insert(holder, amount).is_some() {
            line.reject("holder_id", "twice", "this holder has two rows.", "Delete one of the two rows.");
        }
    }

    pub(crate) fn carry(self) -> CarryTable {
        let (as_of, place) = self.head.unzip();
        CarryTable { as_of, place: place.unwrap_or_default(), carried: Carry::new(self.sums.into_iter().collect()) }
    }

    /// The `carried_payments` table: each holder with what the next payment is to add.
    pub(crate) fn payments(self) -> CarriedPayments {
        CarriedPayments { of: self.head, sums: self.sums.into_iter().collect() }
    }
}

/// What a holder carries: cash to 18 decimals, negative too.
pub(crate) fn carried(line: &mut Line) -> Option<Units> {
    line.read("carried", |value| {
        units_from_ratio(&exact(value.number()?), CARRY_DECIMALS)
            .filter(|units| units.abs() < 10i128.pow(CARRY_DECIMALS + 3))
            .ok_or_else(|| {
                Refusal::new(
                    "not-carried",
                    "what a holder carries is a small amount of cash with at most 18 decimals.",
                    "Use the carry.csv of the last run as it is.",
                )
            })
    })
}

/// What the run that `--after` names paid each holder in cash, for statements of the same year, by its `distribution.csv`,
/// which was found to be as it was written; none where it cannot be read.
pub(crate) fn year_to_date(run: &EarlierRun, register: &Register, terms: &Terms) -> Option<YearToDate> {
    let mut reader = csv::Reader::from_path(run.folder.join("distribution.csv")).ok()?;
    let headers = reader.headers().ok()?.clone();
    let at = |name: &str| headers.iter().position(|header| header == name);
    let [id, asset, gross, withheld] = [at("holder_id")?, at("asset")?, at("gross")?, at("withheld")?];
    let mut sums: BTreeMap<HolderIx, (Units, Units)> = BTreeMap::new();
    for row in reader.into_records() {
        let row = row.ok()?;
        let units = |at: usize| units_from_ratio(&parse_decimal(row.get(at)?)?, terms.currency_decimals);
        // A holder who has sold everything since gets no statement.
        if row.get(asset)? == terms.currency
            && let Some(holder) = register.find(row.get(id)?)
        {
            let sum = sums.entry(holder).or_default();
            *sum = (sum.0 + units(gross)?, sum.1 + units(withheld)?);
        }
    }
    Some(YearToDate { date: run.date, sums: sums.into_iter().collect() })
}
