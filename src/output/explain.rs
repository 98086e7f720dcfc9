//! A holder's derivation as text, from the same statement that the workbook is stamped from: it can be read out.

use super::xlsx::statement::fields::{delivery, lot, payment, single, step};
use super::xlsx::statement::{Cell, Field, Group, Statement, Value};
use crate::model::{Case, HolderIx, iso};
use crate::outcome::VoteOutcome;
use crate::quantity::{Shares, fraction, whole};
use crate::text::{decimal, grouped, number};
use std::fmt::Write;

fn shown(value: &Value) -> String {
    match value {
        Value::Blank => String::new(),
        Value::Text(text) => text.to_string(),
        Value::Number(figure) | Value::Live(_, figure) => figure.to_string(),
        Value::Date(date) => iso(*date),
    }
}

fn at(statement: &Statement, field: Field, row: usize) -> String {
    shown(statement.value(Cell::at(field, row)))
}

/// A clause with its sign; a word that names what no clause settles as it is.
fn cited(clause: &str) -> String {
    if clause.starts_with(|c: char| c.is_ascii_digit()) { format!("§{clause}") } else { clause.to_owned() }
}

/// A figure with thousands apart and at least `decimals` decimals, as cash is written.
fn cash(figure: String, decimals: u32) -> String {
    let number = !figure.is_empty() && figure.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-'));
    let given = figure.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let missing = (decimals as usize).saturating_sub(given);
    if !number {
        return figure;
    }
    let point = if given == 0 && missing > 0 { "." } else { "" };
    grouped(&format!("{figure}{point}{}", "0".repeat(missing)))
}

/// Adds a value with what goes around it; nothing where it is blank.
fn add(text: &mut String, before: &str, value: &str, after: &str) {
    if !value.is_empty() {
        text.extend([before, value, after]);
    }
}

/// Each step with its clause, under the name of its class.
fn steps(text: &mut String, statement: &Statement, decimals: u32) {
    let _ = writeln!(text, "\nSteps");
    // What names an asset that is delivered is a number of it, all else is cash.
    let assets: Vec<String> =
        (0..statement.count(Group::Delivery)).map(|row| at(statement, delivery::ASSET, row)).collect();
    for row in 0..statement.count(Group::Step) {
        let (clause, what) = (at(statement, step::CLAUSE, row), at(statement, step::WHAT, row));
        if clause.is_empty() {
            let _ = writeln!(text, "  {what}");
            continue;
        }
        let in_kind = assets.iter().any(|asset| what.contains(asset.as_str()));
        let figure = |field| cash(at(statement, field, row), if in_kind { 0 } else { decimals });
        let (before, after) = (figure(step::BEFORE), figure(step::AFTER));
        let _ = write!(text, "    {:<12} {what}", cited(&clause));
        if !before.is_empty() && before != after && !in_kind {
            let _ = write!(text, ": from {before} to {after}");
        } else {
            add(text, ": ", &after, "");
        }
        add(text, "  [reading ", &at(statement, step::READING, row), "]");
        text.push('\n');
    }
}

/// The derivation of a statement: who, each lot, each step with its clause, the payments.
pub(crate) fn statement(statement: &Statement, decimals: u32) -> String {
    let one = |field| shown(statement.value(Cell::single(field)));
    let currency = one(single::CURRENCY);
    let mut text = String::new();
    let _ = writeln!(text, "{}  {}", one(single::HOLDER_ID), one(single::HOLDER_NAME));
    let _ = writeln!(text, "{}: {}", one(single::COMPANY), one(single::RUN));
    if statement.count(Group::Lot) > 0 {
        text += "\nLots\n";
    }
    for row in 0..statement.count(Group::Lot) {
        let shares = grouped(&at(statement, lot::SHARES, row));
        let _ = write!(text, "  {shares} shares of {}", at(statement, lot::CLASS, row));
        for (label, field) in
            [("certificate", lot::CERTIFICATE), ("issued", lot::ISSUE_DATE), ("accruing from", lot::ACCRUAL_START)]
        {
            add(&mut text, &format!(", {label} "), &at(statement, field, row), "");
        }
        add(&mut text, "\n      §2(c): ", &at(statement, lot::ACCRUAL_WHY, row), "");
        text.push('\n');
    }
    steps(&mut text, statement, decimals);
    let paid = statement.count(Group::Payment) + statement.count(Group::Delivery) > 0;
    text += if paid { "\nPayments\n" } else { "\nNothing is paid to this holder.\n" };
    for row in 0..statement.count(Group::Payment) {
        let figure = |field| cash(at(statement, field, row), decimals);
        let _ = write!(
            text,
            "  {} on {} shares of {}: gross {}",
            at(statement, payment::ASSET, row),
            grouped(&at(statement, payment::SHARES, row)),
            at(statement, payment::CLASS, row),
            figure(payment::GROSS)
        );
        for (label, field) in [
            ("preference", payment::PREFERENCE),
            ("Common Adjustment", payment::ADJUSTMENT),
            ("participation", payment::PARTICIPATION),
            ("rounding", payment::ROUNDING),
            ("withheld", payment::WITHHELD),
            ("net", payment::NET),
        ] {
            add(&mut text, &format!(", {label} "), &figure(field), "");
        }
        add(&mut text, " (", &at(statement, payment::NOTE, row), ")");
        text.push('\n');
    }
    for row in 0..statement.count(Group::Delivery) {
        let _ = write!(
            text,
            "  {} {} on {} shares of {}",
            grouped(&at(statement, delivery::QUANTITY, row)),
            at(statement, delivery::ASSET, row),
            grouped(&at(statement, delivery::SHARES, row)),
            at(statement, delivery::CLASS, row)
        );
        add(&mut text, " (", &at(statement, delivery::NOTE, row), ")");
        text.push('\n');
    }
    let withheld = cash(one(single::WITHHELD), decimals);
    let net = cash(one(single::NET), decimals);
    let _ = if withheld.is_empty() {
        write!(text, "\nTotal: {net} {currency}")
    } else {
        write!(text, "\nTotal: gross {}, withheld {withheld}, net {net} {currency}", cash(one(single::GROSS), decimals))
    };
    for field in [single::STATUS, single::EARLIER_NOTE, single::OWED_NOTE] {
        add(&mut text, "\n", &one(field), "");
    }
    text
}

/// A holder's voting power and where it comes from.
pub(crate) fn votes(case: &Case, outcome: &VoteOutcome, holder: HolderIx) -> String {
    let mut text = format!("{}  {}\n", case.register.id(holder), case.register.name(holder));
    let _ = writeln!(text, "{}: Votes on the record date {}\n\nSteps", case.terms.company, iso(outcome.date));
    for step in &outcome.multiple.adjustments {
        let (factor, kind) = (fraction(&step.factor), step.kind.replace('-', " "));
        let what = step.passed_over.map_or_else(
            || format!("the votes of a Series A share times {factor}"),
            |why| format!("not counted, {why}"),
        );
        let _ = writeln!(text, "  {:<12} {kind} of Common on {}: {what}", "§3(a)", iso(step.date));
    }
    for step in &outcome.steps {
        let before = step.before.as_ref().map(|b| format!("from {b} to ")).unwrap_or_default();
        let _ = write!(text, "  {:<12} {}: {before}{}", cited(step.clause), step.what, step.after);
        add(&mut text, "  [reading ", step.reading.as_deref().unwrap_or_default(), "]");
        text.push('\n');
    }
    let _ = writeln!(text, "\nHoldings");
    let mut all = whole(0);
    for row in outcome.rows.iter().filter(|row| row.holder == holder) {
        let per_share = &outcome.votes_per_share[usize::from(row.class)];
        let votes = row.voting_shares.to_ratio() * per_share;
        let class = &case.classes.get(row.class).name;
        let exact = if votes.is_integer() { String::new() } else { format!(", exactly {}", fraction(&votes)) };
        let _ = writeln!(
            text,
            "  {} shares of {class}{} × {} = {} votes{exact}",
            grouped(&row.voting_shares.to_string()),
            match row.shares.micros() - row.voting_shares.micros() {
                0 => String::new(),
                other => format!(" (a subsidiary holds {} more, which do not vote, DGCL §160(c))", Shares(other)),
            },
            decimal(per_share),
            number(&votes, 6),
        );
        all += votes;
    }
    let _ = write!(text, "\nTotal: {} of {} votes", number(&all, 6), number(&outcome.votes, 6));
    text
}
