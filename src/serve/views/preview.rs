//! What a run comes to, before anything is written: totals, classes, warnings, held payments, readings, pictures.

use super::in_page_words;
use super::problems::{self, style, word};
use super::understood::why;
use crate::commands::run_kind::distributed;
use crate::commands::{Failure, Outcome};
use crate::input::file_name;
use crate::model::reading::{READINGS, ReadingInfo};
use crate::model::{Case, ClassIx};
use crate::outcome::{Distribution, LiquidationRow, OtherRun, PaymentRow, ReadingEffect};
use crate::output::instructions::{Payment, Status};
use crate::output::terminal::by_class;
use crate::problem::{Place, Problem, Severity};
use crate::quantity::Units;
use crate::runs::effects::MOST_LOTS;
use crate::serve::pictures;
use crate::serve::work::{Done, Ran, Taken};
use crate::text::{money, plural};
use maud::{Markup, html};

/// So many held payments are listed; all of them stand in the table of holders.
const HELD: usize = 20;

/// What came of a run, and what it is on the command line.
pub(in crate::serve) fn preview(id: &str, ran: &Ran) -> Markup {
    html! {
        @match &ran.result {
            Ok(done) => (done_run(id, ran, done)),
            Err(failure) => {
                h2 { @if matches!(failure, Failure::Forbidden(_)) { "The Certificate forbids this run" } @else { "This run cannot be made" } }
                (why(failure))
                @if matches!(failure, Failure::Forbidden(_)) {
                    p.tools { button type="button" #go-on { "Go on all the same, recorded in every output" } }
                }
            }
        }
        (typed(ran))
    }
}

/// The command that does the same.
fn typed(ran: &Ran) -> Markup {
    let quoted = |word: &String| {
        let plain = word.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_=.,/:".contains(&b));
        if plain { word.clone() } else { format!("'{}'", word.replace('\'', "'\\''")) }
    };
    let words: Vec<String> = ran.typed.iter().map(quoted).collect();
    html! { details { summary { "The same on the command line" } pre.command { "ratable " (words.join(" ")) } } }
}

fn done_run(id: &str, ran: &Ran, done: &Done) -> Markup {
    let (run, case) = (&done.run, &done.run.case);
    let lines = run.lines();
    let title = lines.first().map_or("", String::as_str);
    let warnings: Vec<_> = run.warnings.iter().filter(|w| w.severity == Severity::Warning).collect();
    let notes: Vec<_> = run.warnings.iter().filter(|w| w.severity != Severity::Warning).collect();
    let paid = Paid::of(case, &run.outcome);
    html! {
        h2 { (title) }
        (totals(case, &paid.totals))
        @for warning in &warnings {
            p.callout.(style(warning.severity)) { b { (word(warning.severity)) ": " } (in_page_words(&warning.message)) " " span.help { (in_page_words(&warning.help)) } }
        }
        @if !notes.is_empty() {
            details { summary { (plural(notes.len(), "note")) } @for note in &notes { p { (in_page_words(&note.message)) } } }
        }
        (classes(case, &paid))
        ul.said { @for line in said(&lines, &run.outcome) { li { (line) } } }
        (take_away(id, ran.number, done))
        @if let Outcome::Liquidation(outcome) = &run.outcome {
            @if let Some(curve) = &done.curve { (pictures::curve(case, outcome, curve)) }
            @if let Some(distribution) = &outcome.distribution { (pictures::tiers(case, distribution)) }
        }
        @if !paid.payments.is_empty() { (held(case, &paid.payments)) }
        (readings(case, ran, paid.effects, !run.outcome.recipients().is_empty()))
        @if !run.outcome.recipients().is_empty() {
            section aria-labelledby="holders-title" {
                h3 #holders-title { "Holders" }
                form #find role="search" {
                    label for="q" { "Search by id or name" }
                    input type="search" id="q" name="q" autocomplete="off";
                }
                div #holders data-load=(format!("/case/{id}/holders")) data-run=(ran.number) {}
            }
        }
    }
}

/// What stands before the sums at which something changes, which are with the curve.
const SUMS: &str = "What changes as the sum rises";

/// The lines of the command line that no table here says: those of classes are one.
fn said<'l>(lines: &'l [String], outcome: &Outcome) -> impl Iterator<Item = &'l str> {
    let tables = matches!(outcome, Outcome::Dividend(_) | Outcome::Liquidation(_));
    let is_row = move |line: &str| {
        tables && (line.trim().contains("  ") || line.trim().starts_with(['…']) || line.trim() == SUMS)
    };
    lines.iter().skip(1).map(|line| line.trim()).filter(move |line| !is_row(line))
}

/// What the page says of a run that pays: sums, what each class gets, payments, and what other readings would pay.
#[derive(Default)]
pub(super) struct Paid<'r> {
    totals: Vec<(&'static str, Units)>,
    heads: &'static [&'static str],
    /// Under each head, what each class gets, in class order.
    columns: Vec<Vec<(ClassIx, Units)>>,
    payments: Vec<Payment>,
    effects: &'r [ReadingEffect],
}

/// Totals that are shown only where they are not nothing.
const WHERE_ANY: [&str; 4] = ["Unpaid", "Not distributed", "Undistributed", "Earlier installments"];

impl<'r> Paid<'r> {
    pub(super) fn of(case: &Case, outcome: &'r Outcome) -> Self {
        let cash = |rows: &[PaymentRow], of: fn(&PaymentRow) -> Units| {
            by_class(rows.iter().filter(|row| row.is_cash()).map(|row| (row.class, of(row))))
        };
        let payments = outcome.payments(case);
        let mut paid = match outcome {
            Outcome::Dividend(outcome) => {
                let (t, rows) = (&outcome.totals, &outcome.rows);
                Self {
                    totals: vec![
                        ("Due", t.due),
                        ("Paid, gross", t.gross),
                        ("Withheld", t.withheld),
                        ("Net", t.net),
                        ("Unpaid", t.unpaid),
                        ("Not distributed", t.not_distributed),
                    ],
                    heads: &["Gross", "Withheld", "Net"],
                    columns: vec![cash(rows, |r| r.gross), cash(rows, |r| r.withheld), cash(rows, PaymentRow::net)],
                    payments,
                    effects: &outcome.readings,
                }
            }
            Outcome::Liquidation(outcome) => {
                let rows = distributed(outcome);
                let column = |of: fn(&LiquidationRow) -> Units| by_class(rows.iter().map(|row| (row.class, of(row))));
                let totals = |d: &Distribution| {
                    vec![
                        ("Proceeds", d.totals.proceeds),
                        ("Distributed", d.totals.distributed),
                        ("Undistributed", d.totals.undistributed),
                        ("Earlier installments", d.prior),
                    ]
                };
                Self {
                    totals: outcome.distribution.as_ref().map_or_else(Vec::new, totals),
                    heads: &["Preference or Common Adjustment", "Participation", "Total"],
                    columns: vec![column(|r| r.before_participation), column(|r| r.participation), column(|r| r.total)],
                    payments,
                    effects: outcome.distribution.as_ref().map_or(&[], |d| &d.readings),
                }
            }
            Outcome::Exchange(outcome) => Self {
                totals: vec![("Cash in all", outcome.gross)],
                heads: &["Cash"],
                columns: vec![cash(&outcome.rows, |row| row.gross)],
                payments,
                effects: &outcome.readings,
            },
            _ => Self::default(),
        };
        paid.totals.retain(|(name, units)| *units != 0 || !WHERE_ANY.contains(name));
        paid
    }
}

fn totals(case: &Case, totals: &[(&str, Units)]) -> Markup {
    let (decimals, currency) = (case.terms.currency_decimals, &case.terms.currency);
    html! {
        @if !totals.is_empty() {
            dl.tiles {
                @for (name, units) in totals { div.tile { dt { (name) " (" (currency) ")" } dd { (money(*units, decimals)) } } }
            }
        }
    }
}

fn classes(case: &Case, paid: &Paid) -> Markup {
    let (decimals, heads, columns) = (case.terms.currency_decimals, paid.heads, &paid.columns);
    let Some(first) = columns.first().filter(|first| !first.is_empty()) else { return html! {} };
    html! {
        div.scroll tabindex="0" role="region" aria-label="Totals by class" {
            table {
                caption { "By class, in " (case.terms.currency) }
                thead { tr { th scope="col" { "Class" } @for head in heads { th.n scope="col" { (head) } } } }
                tbody {
                    @for (ix, (class, _)) in first.iter().enumerate() {
                        tr {
                            th scope="row" { (case.classes.get(*class).name) }
                            @for column in columns { td.n { (money(column[ix].1, decimals)) } }
                        }
                    }
                }
            }
        }
    }
}

/// What waits, and why.
fn held(case: &Case, payments: &[Payment]) -> Markup {
    let reason = |p: &Payment| if let Status::Held(reason) = p.status { Some(reason) } else { None };
    let waiting: Vec<_> = payments.iter().filter_map(|p| Some((p, reason(p)?))).collect();
    let (register, decimals) = (&case.register, case.terms.currency_decimals);
    html! {
        @if !waiting.is_empty() {
            section aria-labelledby="held-title" {
                h3 #held-title { (plural(waiting.len(), "payment")) " held" }
                div.scroll tabindex="0" role="region" aria-labelledby="held-title" {
                    table {
                        thead { tr { th scope="col" { "Holder" } th scope="col" { "Name" } th.n scope="col" { (case.terms.currency) } th scope="col" { "Why" } } }
                        tbody {
                            @for (payment, reason) in waiting.iter().take(HELD) {
                                tr {
                                    td { (register.id(payment.holder)) } td { (register.name(payment.holder)) }
                                    td.n { (money(payment.amount, decimals)) } td { (reason.word()) }
                                }
                            }
                        }
                    }
                }
                @if waiting.len() > HELD { p { "And " (waiting.len() - HELD) " more: sort the holders by status." } }
            }
        }
    }
}

/// The readings as switches, first those that change something, with what they would change.
fn readings(case: &Case, ran: &Ran, effects: &[ReadingEffect], pays: bool) -> Markup {
    let decimals = case.terms.currency_decimals;
    let now: Vec<_> = READINGS.iter().zip(case.terms.readings.iter()).collect();
    let matters = |name: &str| {
        effects.iter().any(|effect| effect.reading == name)
            || ran.ask.flags.iter().any(|(flag, value)| flag == "set" && value.starts_with(&format!("reading.{name}=")))
    };
    // A comparison does not cost more than the run: of very many lots there is none.
    let compared = case.register.lots().len() <= MOST_LOTS && pays;
    let effect = |name: &str, value: &str| effects.iter().find(|e| e.reading == name && e.value == value);
    let one = |info: &ReadingInfo, current: &str| {
        html! {
            fieldset.reading {
                legend { (info.name) }
                p.hint { (info.why) }
                @for value in info.values {
                    label {
                        input type="radio" form="run" name=(format!("reading.{}", info.name)) value=(value) checked[*value == current];
                        span { (value) }
                        @if *value == current { em { "in force" } }
                        @else if let Some(effect) = effect(info.name, value) {
                            em { (in_words(effect, decimals)) }
                        } @else if compared { em.same { "pays the same" } }
                    }
                }
            }
        }
    };
    let (some, others): (Vec<_>, Vec<_>) = now.into_iter().partition(|(info, _)| matters(info.name));
    html! {
        section.readings aria-labelledby="readings-title" {
            h3 #readings-title { "Readings" }
            p { "Where the Certificate's words allow more than one meaning. Choose another, and the run is made again." }
            @if !compared { p { "What they would change was not worked out for this run." } }
            @for (info, (_, current)) in some { (one(info, current)) }
            details { summary { "The other readings" } @for (info, (_, current)) in others { (one(info, current)) } }
        }
    }
}

fn in_words(effect: &ReadingEffect, decimals: u32) -> String {
    let before = money(effect.instead_of, decimals);
    match &effect.other {
        OtherRun::Pays { total, rows } => {
            let rows = if *rows == 1 { "1 row differs".to_owned() } else { format!("{} differ", plural(*rows, "row")) };
            match money(*total, decimals) {
                same if same == before => format!("the same in all, {rows}"),
                other => format!("{other} instead of {before}, {rows}"),
            }
        }
        OtherRun::Refused(why) => format!("cannot be run: {why}"),
    }
}

/// What can be taken away.
fn take_away(id: &str, run: u64, done: &Done) -> Markup {
    let form = |name: &str, what: &str, label: &str, choices: &[(&str, &str)], more: Markup| {
        html! {
            form.take data-action=(format!("/case/{id}/take")) {
                fieldset {
                    legend { (name) }
                    input type="hidden" name="what" value=(what);
                    input type="hidden" name="run" value=(run);
                    label { (label) " " select name="as" { @for (value, name) in choices { option value=(value) { (name) } } } }
                    (more)
                    button type="submit" { "Make it" }
                }
            }
        }
    };
    let banks = [("pain.001", "ISO 20022 pain.001"), ("nacha", "NACHA (ACH)"), ("checks", "Checks")];
    let first_number =
        html! { label { "First check number " input name="first-number" inputmode="numeric" size="8"; } };
    let journals = [("csv", "CSV"), ("beancount", "Beancount"), ("hledger", "hledger")];
    html! {
        section aria-labelledby="take-title" {
            h3 #take-title { "Take it away" }
            p {
                "The files are those that the command line writes: a summary workbook, "
                @if done.pays() { "a workbook for each holder, " }
                "tables for programs, and a manifest with the hash of each."
            }
            p.tools { button.main type="button" data-take=(format!("/case/{id}/take")) data-run=(run) { "Download all (ZIP)" } }
            @if done.pays() {
                (form("Bank file", "bank", "Format", &banks, first_number))
                (form("Journal", "journal", "Form", &journals, html! {}))
            }
            div #taken aria-live="polite" {}
        }
    }
}

/// What was made to be taken away.
pub(in crate::serve) fn taken(id: &str, taken: &Taken) -> Markup {
    match &taken.made {
        Err(failure) => html! { p { "It was not made." } (why(failure)) },
        Ok(made) => html! {
            @for line in &made.lines { p { (in_page_words(line)) } }
            p.tools {
                @let name = file_name(&made.path);
                a.button #file href=(format!("/case/{id}/taken?number={}", taken.number)) download=(name) { (name) }
                @if let Some(record) = made.record.as_deref().map(file_name) {
                    a.button href=(format!("/case/{id}/taken?number={}&record=", taken.number)) download=(record) { (record) }
                }
            }
        },
    }
}

pub(in crate::serve) fn fault(text: &str) -> Markup {
    problems::list(&[Problem::error("run.machine.failed", Place::default(), text, "")])
}
