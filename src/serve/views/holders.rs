//! The holders of a run: to search and sort, and each one's derivation.

use crate::model::HolderIx;
use crate::output::instructions::{Payment, Status};
use crate::serve::escaped;
use crate::serve::work::Done;
use crate::text::{money, plural};
use maud::{Markup, html};

/// So many are shown at a time.
const PAGE: usize = 50;

/// Which holders are wanted, and in which order.
#[derive(Default)]
pub(in crate::serve) struct Wanted {
    pub find: String,
    /// A column, with `-` before it from the largest down.
    pub sort: String,
    pub page: usize,
}

const COLUMNS: [(&str, &str); 4] = [("id", "Holder"), ("name", "Name"), ("amount", "Payment"), ("status", "Status")];

fn status(payment: Option<&Payment>) -> String {
    match payment.map(|payment| payment.status) {
        Some(Status::Held(reason)) => format!("held: {}", reason.word()),
        Some(status) => status.word().to_owned(),
        None => "no cash".to_owned(),
    }
}

pub(in crate::serve) fn holders(done: &Done, wanted: &Wanted) -> Markup {
    let (run, case) = (&done.run, &done.run.case);
    let payments = run.outcome.payments(case);
    let register = &case.register;
    let find = wanted.find.trim().to_lowercase();
    let has = |text: &str| find.is_empty() || text.to_lowercase().contains(&find);
    let of = |holder: HolderIx| payments.binary_search_by_key(&holder, |p| p.holder).ok().map(|at| &payments[at]);
    let mut rows: Vec<(HolderIx, Option<&Payment>)> =
        run.outcome.recipients().into_iter().map(|h| (h, of(h))).collect();
    rows.retain(|(holder, _)| has(register.id(*holder)) || has(register.name(*holder)));
    let (column, down) = wanted.sort.strip_prefix('-').map_or((wanted.sort.as_str(), false), |column| (column, true));
    match column {
        "name" => rows.sort_by_cached_key(|(holder, _)| register.name(*holder).to_lowercase()),
        "amount" => rows.sort_by_key(|(_, payment)| payment.map_or(0, |p| p.amount)),
        "status" => rows.sort_by_cached_key(|(_, payment)| status(*payment)),
        _ => {}
    }
    if down {
        rows.reverse();
    }
    let pages = rows.len().div_ceil(PAGE).max(1);
    let page = wanted.page.min(pages - 1);
    let shown = rows.iter().skip(page * PAGE).take(PAGE);
    html! {
        p.count { (plural(rows.len(), "holder")) @if pages > 1 { ", page " (page + 1) " of " (pages) } }
        div.scroll tabindex="0" role="region" aria-label="Holders" {
            table {
                thead { tr { @for (key, name) in COLUMNS {
                    @let is_now = column == key || (column.is_empty() && key == "id");
                    th.n[key == "amount"] scope="col" aria-sort=[is_now.then_some(if down { "descending" } else { "ascending" })] {
                        button.link type="button" data-sort=(if is_now && !down { format!("-{key}") } else { key.to_owned() }) {
                            (name) @if key == "amount" { " (" (case.terms.currency) ")" } @if is_now { span aria-hidden="true" { @if down { " ↓" } @else { " ↑" } } }
                        }
                    }
                } } }
                tbody {
                    @for (holder, payment) in shown {
                        tr {
                            th scope="row" { button.link type="button" data-holder=(register.id(*holder)) { (register.id(*holder)) } }
                            td { (register.name(*holder)) }
                            td.n { (payment.map_or(String::new(), |p| money(p.amount, case.terms.currency_decimals))) }
                            td { (status(*payment)) }
                        }
                    }
                }
            }
        }
        @if pages > 1 {
            p.tools {
                button type="button" data-page=[page.checked_sub(1)] disabled[page == 0] { "Previous 50" }
                button type="button" data-page=(page + 1) disabled[page + 1 == pages] { "Next 50" }
            }
        }
        dialog #holder aria-labelledby="holder-title" {}
    }
}

/// A holder's derivation, clause by clause, and the workbook to take.
pub(in crate::serve) fn derivation(id: &str, run: u64, holder: &str, text: &str, has_statement: bool) -> Markup {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    html! {
        h3 #holder-title tabindex="-1" { (first) }
        p.tools {
            @if has_statement {
                a.button href=(format!("/case/{id}/statement?run={run}&id={}", escaped(holder))) download { "Statement (workbook)" }
            }
            button type="button" data-close { "Close" }
        }
        pre.derivation tabindex="0" role="region" aria-label="Derivation" { (rest) }
    }
}
