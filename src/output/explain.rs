//! A holder's derivation as text, from the same statement that the workbook is stamped from: it can be read out.

use super::xlsx::statement::fields::{delivery, payment, single, step};
use super::xlsx::statement::{Cell, Field, Group, Statement, StatementKind, Value};
use crate::model::{Case, HolderIx, iso};
use crate::outcome::VoteOutcome;
use crate::quantity::{Shares, fraction, parse_decimal, whole};
use crate::text::{decimal, grouped, number, readable};
use std::fmt::Write;

/// What a derivation says once, and of each row of a group: placeholders stand for values, and what stands between brackets
/// is left out where one of its values is blank.
const HEAD: &str = "{holder_id}  {holder_name}\n{company}: {run}\n";
const LOT: &str = "  {lot.shares} shares of {lot.class}[, certificate {lot.certificate}][, issued {lot.issue_date}]\
                   [, accruing from {lot.accrual_start}][\n      §2(c): {lot.accrual_why}]\n";
const PAYMENT: &str = "  {payment.asset} on {payment.shares} shares of {payment.class}: gross {payment.gross}\
                       [, preference {payment.preference}][, Common Adjustment {payment.common_adjustment}]\
                       [, participation {payment.participation}][, rounding {payment.rounding}]\
                       [, withheld {payment.withheld}][, net {payment.net}][ ({payment.note})]\n";
const DELIVERY: &str = "  {delivery.quantity} {delivery.asset} on {delivery.shares} shares of {delivery.class}\
                        [ ({delivery.note})]\n";
const TOTAL: &str = "\nTotal: [gross {gross}, withheld {withheld}, net ]{net} {currency}[\n{status}][\n{earlier_note}]\
                     [\n{owed_note}]";

/// A clause with its sign; a word that names what no clause settles as it is.
fn cited(clause: &str) -> String {
    if clause.starts_with(|c: char| c.is_ascii_digit()) { format!("§{clause}") } else { clause.to_owned() }
}

/// A figure with thousands apart and at least `decimals` decimals, as cash is written.
fn cash(figure: String, decimals: u32) -> String {
    parse_decimal(&figure).map_or(figure, |value| readable(&value, decimals))
}

/// Adds a value with what goes around it; nothing where it is blank.
fn add(text: &mut String, before: &str, value: &str, after: &str) {
    if !value.is_empty() {
        text.extend([before, value, after]);
    }
}

struct Page<'a> {
    statement: &'a Statement<'a>,
    decimals: u32,
    text: String,
}

impl Page<'_> {
    /// A cell's value; figures with at least so many decimals.
    fn value(&self, field: Field, row: usize, decimals: u32) -> String {
        match self.statement.value(Cell::at(field, row)) {
            Value::Blank => String::new(),
            Value::Text(text) => text.to_string(),
            Value::Number(figure) | Value::Live(_, figure) => cash(figure.to_string(), decimals),
            Value::Date(date) => iso(*date),
        }
    }

    /// Adds a text with its placeholders filled in.
    fn fill(&mut self, text: &str, row: usize) {
        for (at, part) in text.split(['[', ']']).enumerate() {
            let (mut filled, mut has_all) = (String::new(), true);
            for piece in part.split_inclusive('}') {
                let (words, name) = piece.trim_end_matches('}').split_once('{').unwrap_or((piece, ""));
                filled += words;
                if let Some(field) = StatementKind::ALL.into_iter().find_map(|kind| Field::find(name, kind)) {
                    let is_cash = matches!(field.group, Group::Single | Group::Payment) && field != payment::SHARES;
                    let value = self.value(field, row, if is_cash { self.decimals } else { 0 });
                    has_all &= !value.is_empty();
                    filled += &value;
                }
            }
            if at % 2 == 0 || has_all {
                self.text += &filled;
            }
        }
    }

    fn rows(&mut self, group: Group, text: &str) {
        (0..self.statement.count(group)).for_each(|row| self.fill(text, row));
    }

    /// Each step with its clause, under the name of its class.
    fn steps(&mut self) {
        self.text += "\nSteps\n";
        // What names an asset that is delivered is a number of it, all else is cash.
        let deliveries = 0..self.statement.count(Group::Delivery);
        let assets: Vec<String> = deliveries.map(|row| self.value(delivery::ASSET, row, 0)).collect();
        for row in 0..self.statement.count(Group::Step) {
            let value = |field| self.value(field, row, 0);
            let (clause, what, reading) = (value(step::CLAUSE), value(step::WHAT), value(step::READING));
            let in_kind = assets.iter().any(|asset| what.contains(asset.as_str()));
            let decimals = if in_kind { 0 } else { self.decimals };
            let [before, after] = [step::BEFORE, step::AFTER].map(|f| cash(self.value(f, row, decimals), decimals));
            let text = &mut self.text;
            if clause.is_empty() {
                let _ = writeln!(text, "  {what}");
                continue;
            }
            let _ = write!(text, "    {:<12} {what}", cited(&clause));
            if !before.is_empty() && before != after && !in_kind {
                let _ = write!(text, ": from {before} to {after}");
            } else {
                add(text, ": ", &after, "");
            }
            add(text, "  [reading ", &reading, "]");
            text.push('\n');
        }
    }
}

/// The derivation of a statement: who, each lot, each step with its clause, the payments.
pub(crate) fn statement(statement: &Statement, decimals: u32) -> String {
    let mut page = Page { statement, decimals, text: String::new() };
    let count = |group| statement.count(group);
    page.fill(HEAD, 0);
    page.text += if count(Group::Lot) > 0 { "\nLots\n" } else { "" };
    page.rows(Group::Lot, LOT);
    page.steps();
    let is_paid = count(Group::Payment) + count(Group::Delivery) > 0;
    page.text += match is_paid {
        true => "\nPayments\n",
        false if page.value(single::STATUS, 0, 0).starts_with("No") => "\nNothing is paid to this holder.\n",
        false => "\nNothing of this run's own is paid to this holder.\n",
    };
    page.rows(Group::Payment, PAYMENT);
    page.rows(Group::Delivery, DELIVERY);
    page.fill(TOTAL, 0);
    page.text
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
