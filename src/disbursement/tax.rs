//! The tax year: what each holder was paid in a calendar year over all runs, by the boxes of Form 1099-DIV for US persons
//! and by those of Form 1042-S for others. It files nothing.

use super::Refused;
use super::distribution::{self, FairValues};
use super::journal::once;
use super::run::Run;
use crate::model::calendar::iso;
use crate::model::register::{Detail, HolderIx};
use crate::model::{Case, Date};
use crate::output::csv;
use crate::output::folder::Folder;
use crate::quantity::{Midpoint, Ratio, Units, plain, round_half, scaled_fixed, units_ratio, whole};
use crate::text::plural;
use num_traits::{ToPrimitive, Zero};
use rust_xlsxwriter::{Format, FormatAlign, Workbook, Worksheet, XlsxError};
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
    /// Of the dividends, what tax was withheld from, in how many sums.
    taxed: (Units, Units),
    /// Liquidating distributions in cash.
    liquidation: Units,
    /// The first day on which it was paid as a foreign person, and as a US person.
    paid_as: [Option<Date>; 2],
}

/// A cell of the tables.
#[derive(Clone, Debug)]
enum Cell {
    Text(String),
    Cash(Units),
}

fn texts<const N: usize>(texts: [&str; N]) -> Vec<Cell> {
    texts.map(|text| Cell::Text(text.to_owned())).to_vec()
}

/// What a column of cash comes to, of a table with these columns.
fn sum(columns: &str, rows: &[Vec<Cell>], column: &str) -> Units {
    let at = columns.split(',').position(|name| name == column).expect("the table has this column");
    let cash = |row: &Vec<Cell>| match row[at] {
        Cell::Cash(units) => units,
        Cell::Text(_) => unreachable!("the column is of cash"),
    };
    rows.iter().map(cash).sum()
}

/// The tax year.
#[derive(Debug, Default)]
pub(crate) struct TaxYear {
    year: i32,
    decimals: u32,
    /// The rows of [`DOMESTIC`], of [`FOREIGN`] and of [`ATTENTION`].
    domestic: Vec<Vec<Cell>>,
    foreign: Vec<Vec<Cell>>,
    attention: Vec<Vec<Cell>>,
    /// What is to be said of the runs.
    pub notes: Vec<String>,
}

/// Whether a holder of that country is taken for a US person.
fn is_domestic(country: &str) -> bool {
    country.is_empty() || country == "US"
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
        if run.is_reissue() {
            tax.notes.push(format!(
                "The reissue of {} pays what an earlier run counts, and adds nothing.",
                iso(run.pay_date)
            ));
        } else if run.pay_date.year() != year {
            tax.notes.push(format!("The run of {} pays on {}, outside {year}.", iso(run.date), iso(run.pay_date)));
        } else if run.first_command() == "exchange" {
            tax.notes.push(format!(
                "The exchange of {} is not counted: it is neither a dividend nor a liquidation.",
                iso(run.date)
            ));
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
        let dividends = runs.iter().filter(|run| run.first_command() == "dividend" && !run.is_reissue());
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
        let liquidates = run.first_command() == "liquidate";
        let taxes_in_kind = run.manifest.readings["withhold_in_kind"] == "at-fair-value";
        let mut without = Vec::new();
        distribution::each(run, |given| {
            let holder = paid.entry(given.holder_id.clone()).or_default();
            holder.name.clone_from(&given.holder_name);
            holder.withheld += given.withheld;
            let mut dividend = |units: Units, is_taxed: bool| {
                holder.dividends += units;
                if is_taxed {
                    holder.taxed = (holder.taxed.0 + units, holder.taxed.1 + 1);
                }
            };
            match &given.asset {
                None if liquidates => holder.liquidation += given.gross,
                None => dividend(given.gross, true),
                Some(asset) => match values.of(asset, given.gross, run) {
                    Some(value) => dividend(value, taxes_in_kind),
                    None if given.gross == 0 => {}
                    None => {
                        let date = iso(run.pay_date);
                        let what = format!("{asset} delivered on {date} has no fair value, and is in no box");
                        without.push(texts([&given.holder_id, &given.holder_name, &what]));
                    }
                },
            }
        })?;
        self.attention.extend(without);
        let instructions = run.instructions()?;
        for row in instructions.iter() {
            if let Some(paid) = paid.get_mut(row.holder_id()) {
                paid.paid_as[usize::from(is_domestic(row.country()))].get_or_insert(run.pay_date);
            }
        }
        for row in instructions.iter().filter(|row| row.status() == "held") {
            let amount = scaled_fixed(row.amount, self.decimals);
            let what = format!("{amount} of {} was held ({}), and is counted as paid", iso(run.pay_date), row.reason());
            self.attention.push(texts([row.holder_id(), row.payee(), &what]));
        }
        Ok(())
    }

    /// Puts what a holder was paid into the boxes of its form.
    fn holder(&mut self, case: &Case, id: &str, paid: &Paid) {
        let found = case.register.find(id);
        let detail = |detail: Detail| found.map_or("", |holder| case.register.detail(holder, detail));
        let (country, tax_id) = (detail(Detail::Country), detail(Detail::TaxId));
        let mut says = |what: String| self.attention.push(texts([id, &paid.name, &what]));
        if found.is_none() {
            says("not in the register any more: taken for a US person without a tax id".to_owned());
        }
        let is_domestic = is_domestic(country);
        if let (Some(day), Some(_)) = (paid.paid_as[usize::from(!is_domestic)], found) {
            let (day, persons) = (iso(day), ["a foreign person", "a US person"]);
            let [was, is] = [!is_domestic, is_domestic].map(|domestic| persons[usize::from(domestic)]);
            says(format!(
                "paid as {was} on {day}, and {is} by the register now: what was paid before the change belongs on the other form"
            ));
        }
        let rate = found.map_or_else(|| whole(0), |holder: HolderIx| case.register.withholding_rate(holder));
        let scale = 10i128.pow(self.decimals);
        if is_domestic {
            let listed = paid.dividends >= FROM_DIVIDENDS * scale
                || paid.liquidation >= FROM_LIQUIDATION * scale
                || paid.withheld > 0;
            if !listed {
                return;
            }
            if tax_id.is_empty() {
                says("no tax id".to_owned());
            }
            if !rate.is_zero() && rate != Ratio::new(24.into(), 100.into()) {
                says(format!(
                    "a US person with a withholding rate of {}, not the 24 % of backup withholding",
                    percent(&rate)
                ));
            }
            let nondividend = part(paid.dividends, &case.terms.nondividend_part, self.decimals);
            let boxes = [paid.dividends - nondividend, nondividend, paid.withheld, paid.liquidation, 0];
            let who = texts([id, &paid.name, tax_id]);
            self.domestic.push(who.into_iter().chain(boxes.map(Cell::Cash)).collect());
            return;
        }
        if tax_id.is_empty() && (paid.dividends != 0 || paid.liquidation != 0) {
            says("no tax id".to_owned());
        }
        if paid.dividends != 0 && rate != Ratio::new(30.into(), 100.into()) {
            says(format!(
                "a foreign person with a withholding rate of {}, not 30 %: is a treaty form on file?",
                percent(&rate)
            ));
        }
        let untaxed = paid.dividends - paid.taxed.0;
        if untaxed != 0 && !rate.is_zero() {
            let [untaxed, gross] = [untaxed, paid.dividends].map(|units| scaled_fixed(units, self.decimals));
            says(format!("{untaxed} of {gross} was delivered in kind, and no tax was withheld from it"));
        }
        // Each sum was rounded by itself.
        if (paid.withheld - part(paid.taxed.0, &rate, self.decimals)).abs() > paid.taxed.1 {
            let [withheld, taxed] = [paid.withheld, paid.taxed.0].map(|units| scaled_fixed(units, self.decimals));
            says(format!(
                "{withheld} withheld from {taxed} is not {}, the register's rate by now: if the rate changed in the year, \
                 make a row for each",
                percent(&rate)
            ));
        }
        let nondividend = part(paid.dividends, &case.terms.nondividend_part, self.decimals);
        if nondividend != 0 {
            let [nondividend, gross] = [nondividend, paid.dividends].map(|units| scaled_fixed(units, self.decimals));
            says(format!("{nondividend} of {gross} is no dividend (nondividend_percent): fill in its income code"));
        }
        if paid.liquidation != 0 {
            says("a liquidating distribution to a foreign person: fill in the income code".to_owned());
        }
        let rate = plain(&rate, 6);
        let of = |income_code, gross, withheld| {
            let mut row = texts([id, &paid.name, country, income_code]);
            row.extend([Cell::Cash(gross), Cell::Text(rate.clone()), Cell::Cash(withheld)]);
            row
        };
        if paid.dividends != 0 || paid.withheld != 0 {
            self.foreign.push(of("06", paid.dividends, paid.withheld));
        }
        if paid.liquidation != 0 {
            self.foreign.push(of("", paid.liquidation, 0));
        }
    }

    /// What happened, in lines.
    pub(crate) fn lines(&self, currency: &str) -> Vec<String> {
        let cash = |units: Units| format!("{} {currency}", crate::text::money(units, self.decimals));
        let domestic = |column| cash(sum(DOMESTIC, &self.domestic, column));
        let foreign = |column| cash(sum(FOREIGN, &self.foreign, column));
        let mut lines = vec![
            format!(
                "1099-DIV: {}, box 1a {}, box 3 {}, box 4 {}, box 9 {}",
                plural(self.domestic.len(), "holder"),
                domestic("box_1a"),
                domestic("box_3"),
                domestic("box_4"),
                domestic("box_9")
            ),
            format!(
                "1042-S: {}, gross {}, withheld {}",
                plural(self.foreign.len(), "row"),
                foreign("gross"),
                foreign("withheld")
            ),
            format!("Needs attention: {} (see tax.xlsx)", self.attention.len()),
        ];
        lines.extend(self.notes.iter().cloned());
        lines.push(NO_FILING.to_owned());
        lines
    }

    /// Writes the tables and the workbook.
    pub(crate) fn write(&self, folder: &Folder, company: &str, currency: &str) -> io::Result<()> {
        for (file, header, rows) in [("1099-div.csv", DOMESTIC, &self.domestic), ("1042-s.csv", FOREIGN, &self.foreign)]
        {
            csv::write(folder, file, header, rows, |cells, row| {
                for cell in cells {
                    match cell {
                        Cell::Text(text) => row.text(text),
                        Cell::Cash(units) => row.cash(*units, self.decimals),
                    };
                }
            })?;
        }
        folder.write("tax.xlsx", &self.workbook(company, currency).map_err(io::Error::other)?)
    }

    fn workbook(&self, company: &str, currency: &str) -> Result<Vec<u8>, XlsxError> {
        let mut workbook = Workbook::new();
        workbook.set_properties(&crate::output::xlsx::style::properties("Tax year", company));
        let of_runs = self.notes.iter().map(|note| texts(["", "", note]));
        let attention: Vec<_> = self.attention.iter().cloned().chain(of_runs).collect();
        for (name, headers, rows) in [
            ("1099-DIV", DOMESTIC, &self.domestic),
            ("1042-S", FOREIGN, &self.foreign),
            ("Needs attention", ATTENTION, &attention),
        ] {
            let title = format!("{company}, {}, amounts in {currency}", self.year);
            sheet(workbook.add_worksheet().set_name(name)?, &title, headers, rows, self.decimals)?;
        }
        workbook.save_to_buffer()
    }
}

const DOMESTIC: &str = "holder_id,name,tax_id,box_1a,box_3,box_4,box_9,box_10";
const FOREIGN: &str = "holder_id,name,country,income_code,gross,rate,withheld";
/// What a person must look at.
const ATTENTION: &str = "holder_id,name,what";

/// A sheet that filters and prints: what it is, headers, rows.
fn sheet(
    sheet: &mut Worksheet,
    title: &str,
    headers: &str,
    rows: &[Vec<Cell>],
    decimals: u32,
) -> Result<(), XlsxError> {
    let (bold, money) = (Format::new().set_bold(), Format::new().set_num_format("#,##0.00######"));
    let right = Format::new().set_align(FormatAlign::Right);
    let is_right = |header: &str| header.starts_with("box_") || ["gross", "rate", "withheld"].contains(&header);
    sheet.set_landscape().set_print_fit_to_pages(1, 0).set_repeat_rows(2, 2)?.set_freeze_panes(3, 0)?;
    sheet.write_string_with_format(0, 0, title, &bold)?;
    sheet.write_string(1, 0, NO_FILING)?;
    for (column, header) in (0..).zip(headers.split(',')) {
        let look = if is_right(header) { bold.clone().set_align(FormatAlign::Right) } else { bold.clone() };
        sheet.write_string_with_format(2, column, header, &look)?;
        sheet.set_column_width(column, if ["name", "what"].contains(&header) { 40.0 } else { 16.0 })?;
    }
    let last = u32::try_from(rows.len()).unwrap_or(u32::MAX).saturating_add(2);
    let is_cash = |header: &&str| is_right(header) && *header != "rate";
    let total = |header| match header {
        "holder_id" => Cell::Text("Total".to_owned()),
        header if is_cash(&header) => Cell::Cash(sum(headers, rows, header)),
        _ => Cell::Text(String::new()),
    };
    let has_total = headers.split(',').any(|header| is_cash(&header));
    let totals: Option<Vec<Cell>> = has_total.then(|| headers.split(',').map(total).collect());
    for (at, row) in (3..).zip(rows.iter().chain(&totals)) {
        for ((column, cell), header) in (0..).zip(row).zip(headers.split(',')) {
            let text = match cell {
                Cell::Text(text) => text.clone(),
                Cell::Cash(units) => scaled_fixed(*units, decimals),
            };
            match text.parse::<f64>() {
                Ok(number) if matches!(cell, Cell::Cash(_)) && text.len() <= 16 => {
                    sheet.write_number_with_format(at, column, number, &money)?
                }
                _ if is_right(header) => sheet.write_string_with_format(at, column, text, &right)?,
                _ => sheet.write_string(at, column, text)?,
            };
        }
    }
    let columns = u16::try_from(headers.split(',').count()).unwrap_or(1);
    sheet.autofilter(2, 0, last, columns - 1)?;
    Ok(())
}

/// A part of an amount, rounded once.
fn part(amount: Units, part: &Ratio, decimals: u32) -> Units {
    let exact = units_ratio(amount, decimals) * part * whole(10i64.pow(decimals));
    round_half(&exact, Midpoint::HalfUp).to_i128().expect("a part of an amount is no larger")
}

fn percent(rate: &Ratio) -> String {
    format!("{} %", plain(&(rate * whole(100)), 6))
}
