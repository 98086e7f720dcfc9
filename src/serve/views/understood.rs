//! A case as it was understood, what is wrong with it, and the form of its run.

use super::{asked, drop_zone, frame, in_page_words, problems};
use crate::commands::Failure;
use crate::commands::check::verdict;
use crate::input::Loaded;
use crate::input::understood::TableUnderstood;
use crate::model::iso;
use crate::quantity::{plain, shares_ratio};
use crate::serve::work::Reading;
use crate::text::{grouped, plural};
use maud::{Markup, html};

pub(in crate::serve) fn case(id: &str, page: &str, how: &[String], read: &Reading) -> Markup {
    let of = Some((id, page));
    match &read.result {
        Ok(loaded) => frame(&loaded.name, of, &read_case(id, how, loaded)),
        Err(failure) => {
            let body = html! {
                h1 { "This could not be read" }
                (why(failure))
                (drop_zone(true))
            };
            frame("Not read", of, &body)
        }
    }
}

/// Why something was not done, in the words of the command line.
pub(super) fn why(failure: &Failure) -> Markup {
    match failure {
        Failure::Machine(text) | Failure::Usage(text) => html! { p.bad-news { (in_page_words(text)) } },
        Failure::Problems(list) => problems::list(list),
        Failure::Forbidden(problem) => problems::list(std::slice::from_ref(problem)),
    }
}

fn read_case(id: &str, how: &[String], loaded: &Loaded) -> Markup {
    let ready = loaded.case.is_some();
    html! {
        h1 { (loaded.name) }
        p.verdict.good[ready].bad[!ready] { (verdict(&loaded.problems)) }
        @if !loaded.problems.is_empty() { (problems::section(id, &loaded.problems)) }
        @if !ready { (drop_zone(true)) }
        (understood(loaded))
        (asked::how_read(how))
        @if let Some(case) = &loaded.case { (asked::form(case)) }
        section #preview tabindex="-1" aria-label="What comes of the run" {}
        @if ready { (drop_zone(true)) }
    }
}

fn understood(loaded: &Loaded) -> Markup {
    let whole = loaded.case.is_some();
    let first = loaded.case.as_ref().and_then(crate::model::Case::first_issued);
    let tables = loaded.understood.tables.iter().filter(|table| table.rows > 0 || table.table == "register");
    html! {
        section aria-labelledby="understood" {
            h2 #understood { "What was understood" }
            @if let Some(register) = loaded.register() {
                p {
                    (plural(register.lots, "lot")) " of " (plural(register.holders, "holder"))
                    @if !whole { ", without the rows that have problems" }
                }
                div.scroll tabindex="0" role="region" aria-label="Shares by class" {
                    table {
                        thead { tr { th scope="col" { "Class" } th.n scope="col" { "Lots" } th.n scope="col" { "Shares" }
                            th.n scope="col" { "of them retired" } th.n scope="col" { "in treasury" } } }
                        tbody {
                            @for class in &register.classes {
                                tr {
                                    th scope="row" { (class.class) }
                                    td.n { (grouped(&class.lots.to_string())) }
                                    @for micros in [class.micros, class.retired_micros, class.treasury_micros] {
                                        td.n { (grouped(&plain(&shares_ratio(micros), 6))) }
                                    }
                                }
                            }
                        }
                    }
                }
            }
            @if let Some(first) = first {
                p { "Series A first issued on " (iso(first.date)) " (" (first.in_words()) "), first quarter date " (iso(first.first_quarter)) }
            }
            details {
                summary { "Tables and columns, as they were read" }
                @for table in tables { (one_table(table)) }
                @if !loaded.understood.ignored.is_empty() {
                    p { "Left alone: " (loaded.understood.ignored.join(", ")) }
                }
            }
        }
    }
}

fn one_table(table: &TableUnderstood) -> Markup {
    let place = table.sheet.as_ref().map_or_else(|| table.file.clone(), |sheet| format!("sheet {sheet}"));
    html! {
        h3 { (table.table) }
        p { (place) ", headers in row " (table.header_row) ", " (plural(table.rows, "row")) }
        ul.columns {
            @for column in &table.columns {
                li { span.letters { (column.header.letters()) } " " (column.header.text) " → " b { (column.column) } }
            }
        }
        @if !table.ignored.is_empty() {
            p { "Left alone: " @for (ix, header) in table.ignored.iter().enumerate() { @if ix > 0 { ", " } (header.letters()) " " (header.text) } }
        }
    }
}
