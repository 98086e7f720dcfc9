//! The forms: how a case is read, and what is asked of a run.

use crate::model::{Case, Date, iso};
use maud::{Markup, html};
use time::OffsetDateTime;

/// The runs, by the command's name, and what each is called here.
pub(in crate::serve) const KINDS: [(&str, &str); 6] = [
    ("dividend", "Dividend"),
    ("liquidate", "Liquidation or exit"),
    ("exchange", "Merger exchange"),
    ("vote", "Votes"),
    ("captable", "Cap table"),
    ("actions", "Planned actions"),
];

/// Encodings that spreadsheets are saved in.
const ENCODINGS: [(&str, &str); 4] = [
    ("", "UTF-8"),
    ("windows-1252", "Windows, Western Europe (windows-1252)"),
    ("windows-1250", "Windows, Central Europe (windows-1250)"),
    ("macintosh", "Macintosh"),
];

/// How the files are read.
pub(super) fn how_read(how: &[String]) -> Markup {
    let values = |flag: &str| {
        let prefix = format!("--{flag}=");
        how.iter().filter_map(|word| word.strip_prefix(&prefix).map(str::to_owned)).collect::<Vec<_>>()
    };
    let encoding = values("encoding").pop().unwrap_or_default();
    html! {
        details.settings open[!how.is_empty()] {
            summary { "Settings of reading" }
            form #how {
                div.field {
                    label for="encoding" { "Encoding of CSV files" }
                    select id="encoding" name="encoding" {
                        @for (value, name) in ENCODINGS { option value=(value) selected[value == encoding] { (name) } }
                    }
                }
                div.field {
                    label for="set" { "Terms that override the case's, one a line" }
                    textarea id="set" name="set" rows="3" placeholder="decimal_mark=," aria-describedby="set-help" { (values("set").join("\n")) }
                    p.hint #set-help { "As TERM=VALUE, such as date_format=dmy or currency=EUR." }
                }
                div.field {
                    label for="column" { "Headers of your own, one a line" }
                    textarea id="column" name="column" rows="3" placeholder="register.shares=Holding" aria-describedby="column-help" { (values("column").join("\n")) }
                    p.hint #column-help { "As TABLE.COLUMN=HEADER, where a header is not understood by itself." }
                }
                button type="submit" { "Read again" }
            }
        }
    }
}

/// Dates that make sense, with what they are.
fn dates(case: &Case) -> Vec<(Date, &'static str)> {
    let mut dates: Vec<(Date, &'static str)> = Vec::new();
    let quarters = &case.terms.quarter_dates;
    let none = num_traits::Zero::is_zero;
    let accrued = case.classes.list().iter().filter(|class| class.rate.is_none() && !none(&class.accrued_dividends));
    dates.extend(accrued.filter_map(|class| class.accrued_as_of).map(|date| (date, "of the accrued dividends")));
    if let Some(next) = case.next_quarter() {
        let last = quarters.before(next);
        dates.extend([(next, "next quarter date"), (quarters.after(next), "quarter date")]);
        dates.extend(case.first_issuance().filter(|first| last > *first).map(|_| (last, "the last one")));
    }
    dates.extend(case.proceeds.iter().map(|row| (row.date, "in proceeds")).take(4));
    dates.extend(case.terms.register_date.map(|date| (date, "of the register")));
    dates.push((OffsetDateTime::now_utc().date(), "today"));
    let mut seen = std::collections::BTreeSet::new();
    dates.retain(|(date, _)| seen.insert(*date));
    dates
}

/// What is asked of a run of this case.
pub(super) fn form(case: &Case) -> Markup {
    let has_series_a = case.first_issuance().is_some();
    let first = if has_series_a { "dividend" } else { "liquidate" };
    let dates = dates(case);
    // Without Series A there are no quarters, and what is asked is an exit, today.
    let date = dates.first().map(|(date, _)| iso(*date)).unwrap_or_default();
    let currency = &case.terms.currency;
    html! {
        section aria-labelledby="run-title" {
            h2 #run-title { "The run" }
            form #run {
                fieldset.kinds {
                    legend { "What is run" }
                    @for (value, name) in KINDS {
                        label { input type="radio" name="command" value=(value) checked[value == first]; " " (name) }
                    }
                }
                div.fields {
                    div.field data-for="dividend liquidate exchange vote captable" {
                        label for="date" { "Date" }
                        input type="date" id="date" name="date" value=(date) required;
                        ul.chips aria-label="Dates that make sense" {
                            @for (date, what) in &dates { li { button type="button" data-date=(iso(*date)) { (iso(*date)) " " small { (what) } } } }
                        }
                    }
                    div.field data-for="dividend" {
                        label for="funds" { "Funds (" (currency) ")" }
                        input id="funds" name="funds" inputmode="decimal" autocomplete="off" aria-describedby="funds-help";
                        p.hint #funds-help { "What there is to pay on preferred stock. Blank: everything due." }
                    }
                    div.field data-for="dividend" {
                        label for="pay-date" { "Day of payment" }
                        input type="date" id="pay-date" name="pay-date" aria-describedby="pay-help";
                        p.hint #pay-help { "Blank: the date of the run." }
                    }
                    div.field data-for="liquidate" {
                        label for="proceeds" { "Proceeds (" (currency) ")" }
                        input id="proceeds" name="proceeds" inputmode="decimal" autocomplete="off" aria-describedby="proceeds-help";
                        p.hint #proceeds-help { "What there is to distribute. Blank: the case's table of proceeds." }
                    }
                    div.field data-for="liquidate" {
                        label for="scenarios" { "Scenarios" }
                        input id="scenarios" name="scenarios" autocomplete="off" placeholder="0:50000000:500000" aria-describedby="scenarios-help";
                        p.hint #scenarios-help { "FROM:TO:STEP, also written as scenarios.xlsx. Blank: none." }
                    }
                    div.field data-for="liquidate" {
                        label for="breakeven" { "At which price does a holder get an amount?" }
                        input id="breakeven" name="breakeven" autocomplete="off" placeholder="E-04=100000" aria-describedby="breakeven-help";
                        p.hint #breakeven-help { "HOLDER_ID=AMOUNT. Blank: not asked." }
                    }
                }
                div #acknowledge-box hidden {
                    label { input type="checkbox" name="acknowledge" id="acknowledge" value="4(a)(i)"; " Go on although §4(a)(i) stands in the way; every output says so" }
                }
                button.main type="submit" { "Show what comes of it" }
            }
        }
    }
}
