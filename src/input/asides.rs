//! Rows of a table that are none of its data: control totals, page lines, headers again, a row of units, and the notes
//! that stand below a table.

use super::Located;
use super::cell::shown;
use super::schema::{REGISTER, header_key};
use super::words::has_word;
use crate::problem::Problem;
use crate::spreadsheet::{Cell, Content, Row};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Control {
    /// Everything above it.
    Total,
    /// Everything since the previous subtotal.
    Subtotal,
    /// The rows above it that are of this class, or of this holder since the previous subtotal.
    Of(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RowIs {
    Data,
    Control(Control),
    /// None of the table's: what it is, in words.
    Aside(&'static str),
    /// A note, if no data follows it.
    Note,
}

pub(crate) const UNITS: &str = "a row of units";

/// Words for a sum of everything, and of a part, in English, German, French and Spanish.
const TOTAL: &str = "total totals grandtotal sum sums gesamt gesamtsumme summe insgesamt endsumme totaux somme totales suma \
                     totale";
const SUBTOTAL: &str =
    "subtotal subtotals subtotales zwischensumme teilsumme soustotal soustotaux subsumme sumaparcial";
/// What stands before the total of a part.
const SUB: &str = "sub sous";
/// Words beside those that say nothing of what is summed.
const AROUND: &str = "grand general général generale overall all of the for number no de des du der aller für alle shares \
                      share aktien actions acciones outstanding issued holders sum amount";

/// The register's columns that notes leave blank.
const OF_LOT: [&str; 3] = ["class", "shares", "issue_date"];

pub(crate) fn row_is(located: &Located, row: &Row) -> RowIs {
    let filled = |cell: &&Cell| !row.is_blank(cell);
    let at = |ix: usize| located.column(ix).and_then(|at| row.get(at)).filter(filled);
    let columns = located.table.columns.iter().enumerate();
    let mut own = columns.clone().filter_map(|(ix, _)| at(ix));
    if own.clone().any(|cell| cell.content == Content::Text) && is_header_again(located, row, own.clone()) {
        return RowIs::Aside("the headers repeated");
    }
    // One cell alone is no row of units: a component may be called USD.
    let several = own.clone().nth(1).is_some();
    if several && row.number == located.header_row + 1 && own.clone().all(|cell| is_unit(row, cell)) {
        return RowIs::Aside(UNITS);
    }
    let is_register = located.table.name == REGISTER.name;
    let is_whole = columns.clone().all(|(ix, column)| !column.required || at(ix).is_some());
    // A whole lot is one whatever its words; elsewhere `Total` and a sum fill all that is required.
    let looked_at = if is_whole { usize::from(!is_register) } else { 3 };
    let mut first = row.cells().iter().filter(filled).take(looked_at);
    if let Some(control) = first.find_map(|cell| control(row.text(cell), is_register)) {
        return RowIs::Control(control);
    }
    if is_whole {
        return RowIs::Data;
    }
    let mut texts = row.cells().iter().filter(filled);
    if let (Some(only), None) = (texts.next(), texts.next())
        && (is_page_line(row.text(only)) || located.titles.iter().any(|title| title == row.text(only).trim()))
    {
        return RowIs::Aside("a line of a page");
    }
    let of_no_lot = columns.clone().filter(|(_, column)| OF_LOT.contains(&column.name)).all(|(ix, _)| at(ix).is_none());
    let only = own.next().filter(|_| own.next().is_none());
    let is_sentence = only.is_some_and(|cell| row.text(cell).split_whitespace().count() > 2);
    let is_note = is_sentence || (is_register && of_no_lot);
    if is_note && !(is_register && is_holders(located, row)) { RowIs::Note } else { RowIs::Data }
}

/// Whether a row of the register speaks of a holder, as no note does: an id with more than a name beside it, or one of
/// letters and digits; or a name that goes on (`and Mary Ray JT TEN`).
fn is_holders(located: &Located, row: &Row) -> bool {
    let text = |column: &str| {
        let cell = located.table.index(column).and_then(|ix| located.column(ix)).and_then(|at| row.get(at));
        cell.map_or(String::new(), |cell| shown(row, cell))
    };
    let (id, name) = (text("holder_id"), text("holder_name").to_lowercase());
    let is_id = !id.is_empty() && id.split_whitespace().nth(1).is_none();
    let own =
        row.cells().iter().filter(|cell| located.columns.contains(&Some(cell.column)) && !row.is_blank(cell)).count();
    let has = |is: fn(&char) -> bool| id.chars().any(|c| is(&c));
    (is_id && (own > 2 || (own == 2 && has(char::is_ascii_alphabetic) && has(char::is_ascii_digit))))
        || (id.is_empty() && own == 1 && (name.starts_with("and ") || name.starts_with("& ")))
}

fn is_header_again<'c>(located: &Located, row: &Row, own: impl Iterator<Item = &'c Cell> + Clone) -> bool {
    let header = |cell: &Cell| located.headers.iter().find(|(at, _)| *at == cell.column).map(|(_, text)| text);
    let same = |cell: &Cell| header(cell).is_some_and(|header| header_key(header) == header_key(row.text(cell)));
    own.clone().nth(1).is_some() && own.into_iter().all(same)
}

/// `Page 2 of 5`.
fn is_page_line(text: &str) -> bool {
    let lower = text.trim().to_lowercase();
    let mut words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let begins =
        words.next().is_some_and(|first| has_word("page seite blatt sheet pagina página continued fortsetzung", first));
    begins && words.all(|word| has_word("of von de on next page", word) || word.parse::<u32>().is_ok())
}

/// `(whole shares)`, `USD`, `yyyy-mm-dd`: what a column's values are given in.
fn is_unit(row: &Row, cell: &Cell) -> bool {
    const WORDS: &str = "number shares text date units unit usd eur gbp chf # no. $ % €";
    let text = row.text(cell).trim().to_lowercase();
    let bracketed =
        [('(', ')'), ('[', ']')].iter().any(|(open, close)| text.starts_with(*open) && text.ends_with(*close));
    let of_date = text.len() >= 6 && text.chars().all(|c| "ymdj/-. ".contains(c) || c == 't');
    let has_digits = text.bytes().any(|byte| byte.is_ascii_digit());
    cell.content == Content::Text && !has_digits && (bracketed || of_date || has_word(WORDS, &text))
}

/// Words that say that numbers are written in thousands or millions, with a blank between the words of one.
const SCALES: &str = "in thousands, in thousand, in millions, in million, in tsd, in tausend, in mio, in millionen, en milliers, \
                      en miles, in 1000, in 1 000, x 1000, x1000, 000s, teur, tchf, tusd, keur, kusd";
/// Words that say so at the end of a text, as in `Shares (thousands)`.
const LAST: &str = "000 thousands millions tsd mio";

/// The problem of a text around a table, or of one of its headers, that says that numbers are written in thousands.
pub(crate) fn in_thousands(located: &Located, column: u32, row: u32, text: &str) -> Option<Problem> {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let said = format!(" {} ", words.join(" "));
    let last = words.split_last().is_some_and(|(last, before)| {
        // Of a number such as 1,000 it is no word.
        let is_number = before.last().is_some_and(|word| word.bytes().all(|byte| byte.is_ascii_digit()));
        has_word(LAST, last) && !is_number
    });
    if !last && !SCALES.split(", ").any(|scale| said.contains(&format!(" {scale} "))) {
        return None;
    }
    let message = format!(
        "'{}' says that numbers are written in thousands or millions, and every number is read as it stands: 10 as 10, not \
         as 10,000.",
        text.trim()
    );
    let help =
        "Write the numbers in full, and take these words out of the cell; only that, where they stand in full already.";
    let code = format!("{}.rows.in-thousands", located.table.name);
    Some(Problem::error(code, located.at(column, row), message, help).with_value(text.trim()))
}

/// The control total that a cell's text names: `Total`, `Zwischensumme`, `Total Series A`, `series-a Total`.
fn control(text: &str, is_register: bool) -> Option<Control> {
    let text = text.trim().trim_end_matches(':');
    if text.is_empty() || text.len() > 80 {
        return None;
    }
    let is = |list: &str, word: &str| has_word(list, &header_key(word));
    if is(SUBTOTAL, text) {
        return Some(Control::Subtotal);
    }
    let words = text.split([' ', '\u{a0}', ':', '_']).filter(|word| !word.is_empty());
    let is_sum = |word: &str| is(TOTAL, word) || is(SUBTOTAL, word);
    let (sum, rest): (Vec<&str>, Vec<&str>) = words.partition(|word| is_sum(word) || is(SUB, word));
    if !sum.iter().any(|word| is_sum(word)) {
        return None;
    }
    if rest.iter().all(|word| is(AROUND, word) || header_key(word).is_empty()) {
        let is_part = sum.iter().any(|word| is(SUBTOTAL, word) || is(SUB, word));
        return Some(if is_part { Control::Subtotal } else { Control::Total });
    }
    // A name in front of `Total`, or behind it: of a class or a holder.
    let named = rest.into_iter().skip_while(|word| is("of for de der", word)).collect::<Vec<_>>().join(" ");
    is_register.then_some(Control::Of(named))
}
