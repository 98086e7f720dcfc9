//! What is wrong between tables, whatever the date of the run.

use super::Findings;
use super::words::has_word;
use crate::model::class::fold;
use crate::model::events::ArrearsRow;
use crate::model::{Case, Class, ClassIx, Compounding, Lot, RowPlace, Treasury, iso};
use crate::problem::Problem;
use num_traits::Signed;
use std::collections::HashMap;

/// Runs every check, in the order in which they are reported.
pub(crate) fn check(case: &Case, findings: &mut Findings) {
    for check in [first_issuance, names_of_terms, carried, said_twice, rates_begin, compounding, decimals] {
        check(case, findings);
    }
}

/// F cannot lie after a Series A share was issued.
fn first_issuance(case: &Case, findings: &mut Findings) {
    let Some(first) = case.terms.first_issuance_date else { return };
    let series_a = case.classes.series_a();
    let early = case.register.lots().iter().filter(|l| l.class == series_a);
    let early =
        early.filter_map(|l| l.issue_date.map(|d| (d, l))).filter(|(d, _)| *d < first).min_by_key(|(d, l)| (*d, l.row));
    let Some((date, lot)) = early else { return };
    let place = case.register.place(lot, "issue_date");
    let cell = place.cell.clone().unwrap_or_default();
    let message = format!("first_issuance_date: {first} lies after the issue date {date} of a Series A lot ({cell}).");
    let help = "Correct one of the two dates; without the term, the earliest issue_date is taken.";
    let problem = Problem::error("terms.value.after-issue", case.terms.place("first_issuance_date"), message, help);
    findings.push(problem.with_value(iso(first)));
}

/// Currencies without decimals, and with three (ISO 4217).
const DECIMALS: [(u32, &str); 2] =
    [(0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"), (3, "BHD IQD JOD KWD LYD OMR TND")];

/// A currency whose decimals are not the 2 that are taken where the term says nothing.
fn decimals(case: &Case, findings: &mut Findings) {
    let terms = &case.terms;
    let of_currency = DECIMALS.iter().find(|(_, currencies)| has_word(currencies, &terms.currency));
    if let Some((decimals, _)) = of_currency.filter(|_| !terms.places.contains_key("currency_decimals")) {
        let message =
            format!("currency: amounts have 2 decimals here, and {} has {decimals} (ISO 4217).", terms.currency);
        let help = format!("Set the term currency_decimals to {decimals}: banks refuse other amounts.");
        findings.warning("terms.value.decimals", terms.place("currency"), &message, &help);
    }
}

/// The names of Series A and Common tell them apart.
fn names_of_terms(case: &Case, findings: &mut Findings) {
    let terms = &case.terms;
    if fold(&terms.series_name) == fold(&terms.common_name) {
        let message =
            format!("common_name: '{}' is the series' name too, so a register could mean either.", terms.common_name);
        let place = if terms.places.contains_key("common_name") { "common_name" } else { "series_name" };
        let help = "Give the two different names.";
        let problem = Problem::error("terms.value.same-name", terms.place(place), message, help);
        findings.push(problem.with_value(terms.common_name.clone()));
    }
    // A register's class is an id or a name: a name that is another class's id would never be found.
    for (term, name, own) in [
        ("series_name", &terms.series_name, case.classes.series_a()),
        ("common_name", &terms.common_name, case.classes.common()),
    ] {
        let of_another = |(ix, class): &(ClassIx, &Class)| *ix != own && fold(&class.id) == fold(name);
        if let Some((_, class)) = case.classes.iter().find(of_another) {
            let message = format!("{term}: '{name}' is the id of another class, so a register could mean either.");
            let help = "Give the class a name of its own.";
            let problem = Problem::error("terms.value.another-class", terms.place(term), message, help);
            findings.push(problem.with_value(class.id.clone()));
        }
    }
}

/// Dividends at a rate begin on a date: the class's, or each lot's.
fn rates_begin(case: &Case, findings: &mut Findings) {
    for (ix, class) in case.classes.iter().filter(|(_, class)| class.rate.as_ref().is_some_and(|r| r.from.is_none())) {
        let undated = |lot: &&Lot| lot.class == ix && lot.issue_date.is_none() && lot.treasury != Treasury::Company;
        let Some(lot) = case.register.lots().iter().filter(undated).min_by_key(|lot| lot.row) else { continue };
        let cell = case.register.place(lot, "issue_date").cell.unwrap_or_default();
        let message = format!(
            "dividends_from: {} has a dividend_rate, and a lot of it has no issue_date ({cell}) to accrue from.",
            class.name
        );
        let help = "Fill in issue_date in the register, or dividends_from here.";
        findings.error("classes.dividends_from.missing", class.place.cell("dividends_from"), message, help);
    }
}

/// What a class that compounds was owed stands as of a day on which it does.
fn compounding(case: &Case, findings: &mut Findings) {
    for class in case.classes.list() {
        let (Some(rate), Some(as_of)) = (&class.rate, class.accrued_as_of) else { continue };
        if rate.compounding == Compounding::None || rate.compounding.falls_on(&case.terms.quarter_dates, as_of) {
            continue;
        }
        let message =
            format!("accrued_as_of: {} compounds, and {} is not one of its compounding dates.", class.name, iso(as_of));
        let help = "Enter what was owed on the last compounding date, and that date.";
        let place = class.place.cell("accrued_as_of");
        findings
            .push(Problem::error("classes.accrued_as_of.between-dates", place, message, help).with_value(iso(as_of)));
    }
}

/// What holders carry goes with the arrears of one run.
fn carried(case: &Case, findings: &mut Findings) {
    let help = "Use arrears.csv and carry.csv of one run, or give its folder with --after.";
    match (&case.carry, &case.arrears) {
        (Some(carry), None) if carry.as_of.is_some() => {
            let message = "there is a carry table without an arrears table: it says nothing by itself.";
            findings.error("carry.as_of.without-arrears", carry.place.cell("as_of"), message, help);
        }
        (Some(carry), Some(arrears)) if carry.as_of.is_some_and(|as_of| as_of != arrears.as_of) => {
            let message = format!("the arrears stand as of {}, and these rows of another date.", iso(arrears.as_of));
            findings.error("carry.as_of.differs", carry.place.cell("as_of"), message, help);
        }
        (None, Some(arrears)) => {
            let in_part =
                |row: &&ArrearsRow| row.entry.asset.is_none() && row.entry.paid.is_positive() && row.entry.is_unpaid();
            let Some(row) = arrears.rows.iter().find(in_part) else { return };
            let message = "this quarter was paid in part, and no carry table says what fractions of a cent each holder is \
                           still to have.";
            findings.warning("carry.table.missing", row.place.cell("paid_per_share"), message, help);
        }
        _ => {}
    }
}

/// Equal rows of what happened: all of them count.
fn said_twice(case: &Case, findings: &mut Findings) {
    let declarations = case.declarations.iter().map(|d| {
        let said = format!("{:?}", (d.declared_date, &d.asset, &d.amount, d.record_date, d.payment_date));
        ("declarations.declared_date", &d.place, said)
    });
    let payments =
        case.payments.iter().map(|p| ("payments.date", &p.place, format!("{:?}", (p.date, p.quarter, &p.kind))));
    let adjustments = case
        .adjustments
        .iter()
        .map(|a| ("adjustments.effective_date", &a.place, format!("{:?}", (a.effective_date, a.kind, &a.factor))));
    let proceeds = case.proceeds.iter().map(|p| ("proceeds.date", &p.place, format!("{:?}", (p.date, p.amount))));
    let consideration = case.consideration.iter().map(|c| {
        let asset = c.asset.as_deref().map(fold);
        ("consideration.asset", &c.place, format!("{:?}", (asset, &c.amount, &c.fair_value)))
    });
    let board = case.board.iter().flatten().filter(|director| director.left_on.is_none());
    let board = board.map(|director| ("board.director", &director.place, fold(&director.name)));
    let rows = declarations.chain(payments).chain(adjustments).chain(proceeds).chain(consideration).chain(board);
    let mut first: HashMap<(&str, String), &RowPlace> = HashMap::new();
    for (column, place, said) in rows {
        let Some(earlier) = first.get(&(column, said.clone())) else {
            first.insert((column, said), place);
            continue;
        };
        let message = format!("row {} says the same as row {}, and both are counted.", place.row, earlier.row);
        let help = "Nothing to do if it happened twice; else delete one of the two rows.";
        let name = column.rsplit_once('.').map_or("", |(_, name)| name);
        findings.warning(format!("{column}.same-row"), place.cell(name), message, help);
    }
}
