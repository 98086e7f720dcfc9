//! What the page shows, as HTML: texts and figures that the program gave, escaped.

mod asked;
mod grid;
mod holders;
mod preview;
mod problems;
mod understood;

pub(super) use asked::KINDS;
pub(super) use grid::grid;
pub(super) use holders::{Wanted, derivation, holders};
pub(super) use preview::{fault, preview, taken};
pub(super) use understood::case;

use super::upload::MOST_BYTES;
use maud::{DOCTYPE, Markup, html};

/// A page: its title, and the case that it shows with the page's own name.
fn frame(title: &str, of: Option<(&str, &str)>, body: &Markup) -> Markup {
    let (case, page) = of.unwrap_or_default();
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " · ratable" }
                link rel="stylesheet" href="/page.css";
                link rel="icon" href="/icon.svg" type="image/svg+xml";
                script src="/page.js" defer {}
            }
            body data-case=(case) data-page=(page) {
                a.skip href="#main" { "To the content" }
                header.top {
                    a.brand href="/" { "ratable" }
                    p { "On this computer alone. Nothing is sent anywhere, and nothing is kept." }
                }
                main #main tabindex="-1" { (body) }
                div #status role="status" aria-live="polite" {}
                div #busy hidden {
                    p #busy-what { "Working" }
                    progress #busy-bar aria-labelledby="busy-what" {}
                    button type="button" #cancel { "Cancel" }
                }
                p #wrong role="alert" hidden {}
            }
        }
    }
}

/// What the page has for what is typed on the command line; what contains another stands before it.
const ON_THE_PAGE: [(&str, &str); 23] = [
    ("go on with --acknowledge '4(a)(i)'", "go on with the button below"),
    (
        "give the folder of the last run with --after",
        "drop its arrears.csv, carry.csv and, where it has one, carried_payments.csv with the case",
    ),
    (
        "give the last run with --after",
        "drop the last run's arrears.csv, carry.csv and, where it has one, carried_payments.csv with the case",
    ),
    (", or give its folder with --after", ""),
    ("with --column or in", "under Settings of reading or in"),
    ("--column ", "under Settings of reading "),
    ("with --encoding", "under Settings of reading"),
    ("--encoding: ", "Encoding: "),
    ("--encoding ", ""),
    ("--set ", ""),
    ("--as pain.001", "the format ISO 20022 pain.001"),
    ("--as nacha", "the format NACHA (ACH)"),
    ("--as checks", "the format Checks"),
    ("'--first-number <N>'", "the first check number"),
    ("--first-number", "First check number"),
    ("--pay-date", "Day of payment"),
    ("--date", "Date"),
    ("--funds", "Funds"),
    ("--proceeds", "Proceeds"),
    ("--scenarios", "Scenarios"),
    ("with --breakeven", "in the field for it"),
    ("--breakeven", "The price at which a holder gets an amount:"),
    ("--after", "the last run"),
];

/// A sentence of the program as the page says it.
fn in_page_words(text: &str) -> String {
    ON_THE_PAGE.iter().fold(text.to_owned(), |text, (typed, shown)| text.replace(typed, shown))
}

/// Where files are dropped or picked.
fn drop_zone(again: bool) -> Markup {
    html! {
        form.drop.again[again] #drop data-most=(MOST_BYTES) {
            p.lead { @if again { "Corrected it? Drop it again" } @else { "Drop a spreadsheet here" } }
            p { "A workbook, the CSV files of one case, a folder, or a zip of them." }
            p.choose {
                label.button for="files" { "Pick files" }
                input.hidden-input type="file" id="files" multiple;
                label.button.quiet for="folder" { "Pick a folder" }
                input.hidden-input type="file" id="folder" webkitdirectory multiple;
            }
        }
    }
}

pub(super) fn home() -> Markup {
    let body = html! {
        h1 { "Exact dividends and exits, from your spreadsheet" }
        p.intro {
            "Drop the holder register as it is. You see what was understood and what is wrong with it, then what every holder is "
            "owed, to the cent, and you take the files that the command line would have written."
        }
        (drop_zone(false))
        section aria-labelledby="samples" {
            h2 #samples { "Or try a sample" }
            ul.samples {
                li {
                    button type="button" data-sample="small" { "Smallwater Turbines: a first dividend" }
                    p { "Eleven holdings in CSV files, a split, and one dividend paid in two parts." }
                }
                li {
                    button type="button" data-sample="capstone" { "Capstone: a dividend" }
                    p { "303 holders, a split and two record dates. Pay the quarter of 15 June 2006." }
                }
                li {
                    button type="button" data-sample="venture" { "Larkspur Robotics: an exit" }
                    p { "Four series of preferred stock, options and a warrant: who gets what of which price." }
                }
            }
        }
        section aria-labelledby="kinds" {
            h2 #kinds { "What can be dropped" }
            p {
                "Only one table is needed: the register, a row for each holder's shares, with the holder's id and name, the class, the "
                "number of shares and, for Series A, the date of issue. Other sheets say what was declared and paid, how the stock was "
                "split, and what classes there are. A file stays here until this page closes, or for an hour without use."
            }
        }
    };
    frame("Drop a spreadsheet", None, &body)
}

/// A case that is not here any more.
pub(super) fn gone() -> Markup {
    let body = html! {
        h1 { "This case is not here any more" }
        p { "A case is kept only while its page is open, at most an hour without use, and only the 16 used last. Drop it again." }
        (drop_zone(false))
    };
    frame("Not here any more", None, &body)
}
