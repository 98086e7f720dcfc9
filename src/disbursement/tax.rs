//! The tax year: what each holder was paid in a calendar year over all runs, by the boxes of Form 1099-DIV for US persons
//! and by those of Form 1042-S for others. It files nothing.

use super::Refused;
use super::distribution::{self, FairValues};
use super::journal::once;
use super::reissue::first_command;
use super::run::Run;
use crate::model::Case;
use crate::model::calendar::iso;
use crate::model::register::{Detail, HolderIx};
use crate::output::csv;
use crate::output::folder::Folder;
use crate::output::xlsx::style::properties;
use crate::quantity::{Midpoint, Ratio, Units, plain, round_half, scaled_fixed, units_ratio, whole};
use crate::text::plural;
use num_traits::{ToPrimitive, Zero};
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};
use std::collections::BTreeMap;
use std::io;

/// From where dividends are reported, and liquidating distributions, in currency units.
const FROM_DIVIDENDS: Units = 10;
const FROM_LIQUIDATION: Units = 600;
/// What the files are, and are not.
pub(crate) const NO_FILING: &str =
    "Worksheets to prepare Forms 1099-DIV and 1042-S from (box numbers of 2024). Nothing is filed with anybody.";

/// What a holder was paid in the year.
#[derive(Clone, Debug, Default)]
struct Paid {
    name: String,
    /// Dividends: cash and, at fair value, in kind; gross.
    dividends: Units,
    withheld: Units,
    /// Liquidating distributions in cash.
    liquidation: Units,
}

/// A cell of the tables: a text, or cash in smallest units.
#[derive(Clone, Debug)]
enum Cell {
    Text(String),
    Cash(Units),
}

type Row = Vec<Cell>;

fn texts<const N: usize>(texts: [&str; N]) -> Row {
    texts.map(|text| Cell::Text(text.to_owned())).to_vec()
}

/// `1099-div.csv`, `1042-s.csv`, and what a person must look at.
const DOMESTIC: &str = "holder_id,name,tax_id,box_1a,box_3,box_4,box_9,box_10";
const FOREIGN: &str = "holder_id,name,country,income_code,gross,rate,withheld";
const ATTENTION: &str = "holder_id,name,what";

#[derive(Debug, Default)]
pub(crate) struct TaxYear {
    year: i32,
    decimals: u32,
    domestic: Vec<Row>,
    foreign: Vec<Row>,
    attention: Vec<Row>,
    /// What is to be said of the runs.
    pub notes: Vec<String>,
}

/// Adds up a year's runs.
pub(crate) fn year(runs: &[Run], case: &Case, year: i32) -> Result<TaxYear, Refused> {
    let (runs, notes) = once(runs)?;
    let mut tax = TaxYear { year, decimals: case.terms.currency_decimals, notes, ..TaxYear::default() };
    tax.gaps(&runs, case);
    if case.terms.currency != "USD" {
        tax.notes.push(format!("Amounts are in {}; the forms are in US dollars.", case.terms.currency));
    }
    let mut paid: BTreeMap<String, Paid> = BTreeMap::new();
    for run in runs {
        let (date, pay_date) = (run.date, run.pay_date);
        if run.is_reissue() {
            tax.notes.push(format!("The reissue of {pay_date} pays what an earlier run counts, and adds nothing."));
        } else if pay_date.year() != year {
            tax.notes.push(format!("The run of {date} pays on {pay_date}, outside {year}."));
        } else if first_command(run) == "exchange" {
            let why = "it is neither a dividend nor a liquidation";
            tax.notes.push(format!("The exchange of {date} is not counted: {why}."));
        } else {
            tax.add(run, &mut paid)?;
        }
    }
    for (holder, paid) in paid {
        tax.holder(case, &holder, &paid);
    }
    Ok(tax)
}

impl TaxYear {
    /// Quarter dates between the first and the last dividend of the year without a run.
    fn gaps(&mut self, runs: &[&Run], case: &Case) {
        let dividends = runs.iter().filter(|run| first_command(run) == "dividend" && !run.is_reissue());
        let dates: Vec<_> = dividends.map(|run| run.date).filter(|date| date.year() == self.year).collect();
        let (Some(first), Some(last)) = (dates.iter().min(), dates.iter().max()) else { return };
        let between = case.terms.quarter_dates.between(*first, *last);
        let missing: Vec<String> = between.filter(|date| !dates.contains(date)).map(iso).collect();
        if !missing.is_empty() {
            self.notes.push(format!("Between the others, no run of {} is given.", missing.join(", ")));
        }
    }

    fn add(&mut self, run: &Run, paid: &mut BTreeMap<String, Paid>) -> Result<(), Refused> {
        let values = FairValues::read(run)?;
        let liquidates = first_command(run) == "liquidate";
        let pay_date = run.pay_date;
        distribution::each(run, |given| {
            let holder = paid.entry(given.holder_id.clone()).or_default();
            holder.name.clone_from(&given.holder_name);
            holder.withheld += given.withheld;
            match &given.asset {
                None if liquidates => holder.liquidation += given.gross,
                None => holder.dividends += given.gross,
                Some(asset) => match values.of(asset, given.gross, run) {
                    Some(value) => holder.dividends += value,
                    None if given.gross == 0 => {}
                    None => {
                        let what = format!("{asset} delivered on {pay_date} has no fair value, and is in no box");
                        self.attention.push(texts([&given.holder_id, &given.holder_name, &what]));
                    }
                },
            }
        })?;
        for row in run.instructions()?.all()?.iter().filter(|row| row.status() == "held") {
            let amount = scaled_fixed(row.amount, self.decimals);
            let what = format!("{amount} of {pay_date} was held ({}), and is counted as paid", row.reason());
            self.attention.push(texts([row.holder_id(), row.payee(), &what]));
        }
        Ok(())
    }

    /// Puts what a holder was paid into the boxes of its form.
    fn holder(&mut self, case: &Case, id: &str, paid: &Paid) {
        let found = case.register.find(id);
        let detail = |detail: Detail| found.map_or("", |holder| case.register.detail(holder, detail));
        let (country, tax_id) = (detail(Detail::Country), detail(Detail::TaxId));
        let mut says = |what: &str| self.attention.push(texts([id, &paid.name, what]));
        if found.is_none() {
            says("not in the register any more: taken for a US person without a tax id");
        }
        let rate = found.map_or_else(|| whole(0), |holder: HolderIx| case.register.withholding_rate(holder));
        let rate_percent = format!("{} %", plain(&(&rate * whole(100)), 6));
        let scale = 10i128.pow(self.decimals);
        if country.is_empty() || country == "US" {
            let listed = paid.dividends >= FROM_DIVIDENDS * scale
                || paid.liquidation >= FROM_LIQUIDATION * scale
                || paid.withheld > 0;
            if !listed {
                return;
            }
            if tax_id.is_empty() {
                says("no tax id");
            }
            if !rate.is_zero() && rate != Ratio::new(24.into(), 100.into()) {
                let rate = "a US person with a withholding rate of";
                says(&format!("{rate} {rate_percent}, not the 24 % of backup withholding"));
            }
            let nondividend = part(paid.dividends, &case.terms.nondividend_part, self.decimals);
            let boxes = [paid.dividends - nondividend, nondividend, paid.withheld, paid.liquidation, 0];
            let who = texts([id, &paid.name, tax_id]);
            self.domestic.push(who.into_iter().chain(boxes.map(Cell::Cash)).collect());
            return;
        }
        if tax_id.is_empty() && (paid.dividends != 0 || paid.liquidation != 0) {
            says("no tax id");
        }
        if paid.dividends != 0 && rate != Ratio::new(30.into(), 100.into()) {
            let rate = "a foreign person with a withholding rate of";
            says(&format!("{rate} {rate_percent}, not 30 %: is a treaty form on file?"));
        }
        if paid.liquidation != 0 {
            says("a liquidating distribution to a foreign person: fill in the income code");
        }
        let mut pays = |income_code, gross, withheld| {
            let mut row = texts([id, &paid.name, country, income_code]);
            row.extend([Cell::Cash(gross), Cell::Text(plain(&rate, 6)), Cell::Cash(withheld)]);
            self.foreign.push(row);
        };
        if paid.dividends != 0 || paid.withheld != 0 {
            pays("06", paid.dividends, paid.withheld);
        }
        if paid.liquidation != 0 {
            pays("", paid.liquidation, 0);
        }
    }

    pub(crate) fn lines(&self, currency: &str) -> Vec<String> {
        let cash = |header: &str, rows: &[Row], column: &str| {
            let at = header.split(',').position(|name| name == column).expect("a column of the table");
            let sum = rows.iter().map(|row| if let Cell::Cash(units) = row[at] { units } else { 0 }).sum();
            format!("{} {currency}", crate::text::money(sum, self.decimals))
        };
        let [first, third, fourth, ninth] =
            ["box_1a", "box_3", "box_4", "box_9"].map(|column| cash(DOMESTIC, &self.domestic, column));
        let [gross, withheld] = ["gross", "withheld"].map(|column| cash(FOREIGN, &self.foreign, column));
        let (holders, rows) = (plural(self.domestic.len(), "holder"), plural(self.foreign.len(), "row"));
        let mut lines = vec![
            format!("1099-DIV: {holders}, box 1a {first}, box 3 {third}, box 4 {fourth}, box 9 {ninth}"),
            format!("1042-S: {rows}, gross {gross}, withheld {withheld}"),
            format!("Needs attention: {} (see tax.xlsx)", self.attention.len()),
        ];
        lines.extend(self.notes.iter().cloned());
        lines.push(NO_FILING.to_owned());
        lines
    }

    /// Writes the tables and the workbook.
    pub(crate) fn write(&self, folder: &Folder, company: &str) -> io::Result<()> {
        let tables = [("1099-div.csv", DOMESTIC, &self.domestic), ("1042-s.csv", FOREIGN, &self.foreign)];
        for (file, header, rows) in tables {
            csv::write(folder, file, header, rows, |cells, row| {
                for cell in cells {
                    match cell {
                        Cell::Text(text) => row.text(text),
                        Cell::Cash(units) => row.cash(*units, self.decimals),
                    };
                }
            })?;
        }
        folder.write("tax.xlsx", &self.workbook(company).map_err(io::Error::other)?)
    }

    fn workbook(&self, company: &str) -> Result<Vec<u8>, XlsxError> {
        let mut workbook = Workbook::new();
        workbook.set_properties(&properties("Tax year", company));
        let notes = self.notes.iter().map(|note| texts(["", "", note]));
        let attention: Vec<Row> = self.attention.iter().cloned().chain(notes).collect();
        self.sheet(workbook.add_worksheet(), "1099-DIV", company, DOMESTIC, &self.domestic)?;
        self.sheet(workbook.add_worksheet(), "1042-S", company, FOREIGN, &self.foreign)?;
        self.sheet(workbook.add_worksheet(), "Needs attention", company, ATTENTION, &attention)?;
        workbook.save_to_buffer()
    }

    /// A sheet that filters and prints.
    fn sheet(
        &self,
        sheet: &mut Worksheet,
        name: &str,
        company: &str,
        header: &str,
        rows: &[Row],
    ) -> Result<(), XlsxError> {
        let (bold, money) = (Format::new().set_bold(), Format::new().set_num_format("#,##0.00######"));
        sheet.set_name(name)?.set_landscape().set_print_fit_to_pages(1, 0).set_repeat_rows(2, 2)?;
        sheet.set_freeze_panes(3, 0)?;
        sheet.write_string_with_format(0, 0, format!("{company}, {}", self.year), &bold)?;
        sheet.write_string(1, 0, NO_FILING)?;
        let mut columns = 0;
        for header in header.split(',') {
            sheet.write_string_with_format(2, columns, header, &bold)?;
            sheet.set_column_width(columns, if ["name", "what"].contains(&header) { 40.0 } else { 16.0 })?;
            columns += 1;
        }
        for (at, row) in (3..).zip(rows) {
            for (column, cell) in (0..).zip(row) {
                let text = match cell {
                    Cell::Text(text) => text.clone(),
                    Cell::Cash(units) => scaled_fixed(*units, self.decimals),
                };
                match text.parse::<f64>() {
                    Ok(number) if matches!(cell, Cell::Cash(_)) && text.len() <= 16 => {
                        sheet.write_number_with_format(at, column, number, &money)?
                    }
                    _ => sheet.write_string(at, column, text)?,
                };
            }
        }
        let last = u32::try_from(rows.len()).unwrap_or(u32::MAX).saturating_add(2);
        sheet.autofilter(2, 0, last, columns - 1)?;
        Ok(())
    }
}

/// A part of an amount, rounded once.
fn part(amount: Units, part: &Ratio, decimals: u32) -> Units {
    let exact = units_ratio(amount, decimals) * part * whole(10i64.pow(decimals));
    round_half(&exact, Midpoint::HalfUp).to_i128().expect("a part of an amount is no larger")
}
