//! The `columns` table, and what there is to say about a table's headers.

use super::asides::in_thousands;
use super::cell::{Refusal, Style, unknown_word};
use super::manners::manner;
use super::schema::{Column, Kind, REGISTER, TABLES, Table, header_key, table_key};
use super::table::{Match, OwnHeader};
use super::words::{has_word, nearest};
use super::{Findings, Line, Located};
use crate::problem::{Place, Problem};

pub(crate) type OwnHeaders = Vec<(&'static Table, OwnHeader)>;

/// A header that was typed on the command line, `register.shares=Holding`.
pub(crate) fn typed_header(typed: &str) -> Result<(&'static Table, OwnHeader), String> {
    let wrong = |what: &str| format!("--column {typed}: {what}");
    let (at, header) = typed.split_once('=').ok_or_else(|| wrong("write it as TABLE.COLUMN=HEADER."))?;
    let (table, column) = at.split_once('.').unwrap_or(("register", at));
    let table = Table::find(table).ok_or_else(|| wrong(&format!("there is no table {}.", table.trim())))?;
    let (key, names) = (table_key(column), table.columns.iter().map(|c| c.name).collect::<Vec<_>>());
    let column = names.iter().find(|name| **name == key).ok_or_else(|| {
        let (name, names) = (column.trim(), names.join(", "));
        wrong(&format!("the table {} has no column {name}; its columns are {names}.", table.name))
    })?;
    if header.trim().is_empty() {
        return Err(wrong("the header behind = is missing."));
    }
    let header = header.trim().to_owned();
    Ok((table, OwnHeader { column, header, place: Place::command_line() }))
}

/// Takes a row of `columns`: a header of the team's own.
pub(crate) fn own_header(line: &mut Line, into: &mut OwnHeaders) {
    let (table, column, header) = (line.text("table"), line.text("column"), line.text("header"));
    let Some(table_name) = table else { return };
    let Some(table) = Table::find(&table_name) else {
        let refusal = unknown_word(&table_name, &TABLES.map(|table| table.name));
        return line.reject("table", "unknown", &refusal.message, &refusal.help);
    };
    let Some(column_name) = column else { return };
    let (key, names) = (table_key(&column_name), table.columns.iter().map(|c| c.name).collect::<Vec<_>>());
    let Some(column) = names.iter().find(|name| **name == key) else {
        let near = nearest(&key, &names).map_or(String::new(), |n| format!("Did you mean {n}? "));
        let message = format!("the table {} has no column {column_name}.", table.name);
        let help = format!("{near}Its columns are: {}.", names.join(", "));
        return line.reject("column", "unknown", &message, &help);
    };
    let Some(header) = header else { return };
    if let Some((_, earlier)) = into.iter().find(|(of, own)| of.name == table.name && own.column == *column) {
        let at = earlier.place.cell.as_deref().unwrap_or_default();
        let message = format!("{}.{column} has a header of its own already, in {at}.", table.name);
        return line.reject("column", "twice", &message, "Delete one of the two rows.");
    }
    into.push((table, OwnHeader { column, header, place: line.place("header") }));
}

/// Says what is wrong with a table's headers, and which are left alone; false where the table cannot be read.
pub(crate) fn report(
    located: &Located,
    found: &Match,
    own: &[OwnHeader],
    style: &Style,
    findings: &mut Findings,
) -> bool {
    let table = located.table;
    other_units(located, style, findings);
    let missing = found.missing(table);
    let asked = two_meanings(located, own);
    let is_asked = asked.is_some();
    if let Some(problem) = asked {
        findings.push(problem);
    }
    for column in missing.iter().filter(|column| !is_asked || column.name != "holder_id") {
        missing_column(located, column, findings);
    }
    for (column, first, second) in &found.twice {
        let name = table.columns.get(*column).map_or("", |c| c.name);
        let header = |at: u32| located.headers.iter().find(|(h, _)| *h == at).map_or("", |(_, text)| text.as_str());
        let message = format!("{name}: two headers mean this column, '{}' and '{}'.", header(*first), header(*second));
        let help = if header_key(header(*first)) == header_key(header(*second)) {
            "Head one of them otherwise, the one that is not to be read; or delete it."
        } else {
            "Say which of the two it is, with --column or in the columns table, or rename the other."
        };
        let place = located.at(*second, located.header_row);
        let problem = Problem::error(format!("{}.{name}.two-columns", table.name), place, message, help);
        findings.push(problem.with_value(header(*second)));
    }
    let all = own;
    let is_read = |at: u32| located.columns.contains(&Some(at)) || !missing.is_empty();
    for (at, header) in located.headers.iter().filter(|(at, _)| is_read(*at)) {
        if let Some(problem) = in_thousands(located, *at, located.header_row, header) {
            findings.push(problem);
        }
    }
    for (ix, own) in own.iter().enumerate() {
        if let Some(problem) = of_two_columns(own, all.get(..ix).unwrap_or_default()) {
            findings.push(problem);
        }
        let there = located.headers.iter().any(|(_, text)| header_key(text) == header_key(&own.header));
        if !there {
            let message = format!("header: the table {} has no column headed '{}'.", table.name, own.header);
            let help = "Correct the header here, or delete the row.";
            let problem = Problem::error("columns.header.not-found", own.place.clone(), message, help);
            findings.push(problem.with_value(own.header.clone()));
        }
    }
    if let Some(problem) = of_payments(located).filter(|_| !is_asked) {
        findings.push(problem);
    }
    let is_second = |at: u32| found.twice.iter().any(|(_, _, second)| *second == at);
    let unknown: Vec<&(u32, String)> = located.unknown_headers().filter(|(at, _)| !is_second(*at)).collect();
    if let Some((first, _)) = unknown.first() {
        let names: Vec<String> = unknown
            .iter()
            .map(|(at, text)| format!("{text} ({})", crate::spreadsheet::a1::letters(*at)))
            .take(40)
            .collect();
        let message = format!("These columns are not read, since their headers are not known: {}.", names.join(", "));
        let help = "Nothing to do, unless one should be read: then say with --column or in the columns table what it stands for.";
        let place = located.at(*first, located.header_row);
        findings.note(format!("{}.columns.unknown", table.name), place, message, help);
    }
    missing.is_empty() && !is_asked
}

/// A header that is to stand for two columns. Names alone may be ids too.
fn of_two_columns(own: &OwnHeader, before: &[OwnHeader]) -> Option<Problem> {
    let is_of_holder = |own: &OwnHeader| ["holder_id", "holder_name"].contains(&own.column);
    let is_same = |other: &&OwnHeader| {
        header_key(&other.header) == header_key(&own.header) && !(is_of_holder(other) && is_of_holder(own))
    };
    let other = before.iter().find(is_same)?;
    let message = format!("header: '{}' is to stand for two columns, {} and {}.", own.header, other.column, own.column);
    let help = "Name it for one of them, and another header for the other.";
    Some(Problem::error("columns.header.two-columns", own.place.clone(), message, help).with_value(own.header.clone()))
}

/// Headers, and units below them, that are marked as of something else than their column holds.
fn other_units(located: &Located, style: &Style, findings: &mut Findings) {
    let headers = located.headers.iter().map(|(at, text)| (*at, text, located.header_row));
    let units = located.units.iter().map(|(at, text)| (*at, text, located.header_row + 1));
    for (at, text, row) in headers.chain(units) {
        let Some(ix) = located.columns.iter().position(|column| *column == Some(at)) else { continue };
        let Some(column) = located.table.columns.get(ix) else { continue };
        let Some(Refusal { what, message, help }) = other_unit(column.kind, text, style) else { continue };
        let code = format!("{}.{}.{what}", located.table.name, column.name);
        let message = format!("{}: {message}", column.name);
        findings.push(Problem::error(code, located.at(at, row), message, help).with_value(text.clone()));
    }
}

/// What a header is marked with that a column of this kind does not hold: `%` or `$` where shares are counted, cents or
/// another currency where amounts are.
fn other_unit(kind: Kind, header: &str, style: &Style) -> Option<Refusal> {
    let (holds, of_money) = match kind {
        Kind::Shares => ("numbers of shares".to_owned(), false),
        Kind::Whole => ("whole numbers".to_owned(), false),
        Kind::Rate => ("rates".to_owned(), false),
        Kind::Number => ("plain numbers".to_owned(), true),
        Kind::Cash | Kind::PerShare | Kind::CashOrFull => (format!("amounts in {}", style.currency), true),
        _ => return None,
    };
    let words = header.split(|c: char| c.is_whitespace() || "()[]/,:;-_".contains(c));
    for word in words.filter(|word| !word.is_empty()) {
        let signs = word.chars().filter(|c| !c.is_alphanumeric() && style.is_own(word).is_none()).map(String::from);
        for sign in signs.chain([word.to_owned()]) {
            if of_money && let Err(refusal) = style.own_currency(&sign) {
                return Some(refusal);
            }
            let lower = sign.to_lowercase();
            let is_percent = lower == "%" || lower.starts_with("percent");
            if has_word("¢ ‰ cent cents pence bp bps", &lower)
                || (is_percent && kind != Kind::Rate)
                || (!of_money && style.is_own(&sign).is_some())
            {
                return Some(Refusal::new(
                    "other-unit",
                    format!("this is marked {sign}, and the column takes {holds}: its numbers could be either."),
                    format!("Where they are {holds}, take {sign} out of this cell; else put {holds} in their place."),
                ));
            }
        }
    }
    None
}

/// An account that could be the shareholder's with the company, or the one with a bank.
fn two_meanings(located: &Located, own: &[OwnHeader]) -> Option<Problem> {
    let at = |column: &str| located.table.index(column).and_then(|ix| located.column(ix));
    let is_name = |key: &str| matches!(key, "registration" | "registration1" | "registrationname");
    let registered = located.headers.iter().any(|(_, text)| is_name(&header_key(text)));
    let could_be_both = |place: u32, key: &str| match key {
        "account" => at("account") == Some(place) && (registered || at("holder_id").is_none()),
        "accountnumber" | "accountno" | "accountid" => at("holder_id") != Some(place) && at("account").is_none(),
        _ => false,
    };
    let typed = |key: &str| own.iter().any(|own| header_key(&own.header) == key);
    let mut headers = located.headers.iter().map(|(place, text)| (*place, text, header_key(text)));
    let (place, text, _) = headers
        .find(|(place, _, key)| located.table.name == REGISTER.name && could_be_both(*place, key) && !typed(key))?;
    let message = format!("'{text}' could be the shareholder's account with the company, or an account with a bank.");
    let help = format!("Say which: --column register.holder_id='{text}', or --column register.account='{text}'.");
    let problem =
        Problem::error("register.holder_id.two-meanings", located.at(place, located.header_row), message, help);
    Some(problem.with_value(text.clone()))
}

/// Unread columns that look as if payments depended on them.
fn of_payments(located: &Located) -> Option<Problem> {
    const WORDS: &str = "account iban bank routing swift bic wire ach payment pay payee hold stop blocked";
    let is_of_payments = |word: &str| has_word(WORDS, &word.to_lowercase());
    let speaks = |text: &str| text.split(|c: char| !c.is_alphanumeric()).any(is_of_payments);
    let unread: Vec<&(u32, String)> = located.unknown_headers().filter(|(_, text)| speaks(text)).take(20).collect();
    let (first, _) = unread.first().filter(|_| located.table.name == REGISTER.name)?;
    let names: Vec<&str> = unread.iter().map(|(_, text)| text.as_str()).collect();
    let message = format!("Payments may depend on columns that are not read: {}.", names.join(", "));
    let help =
        "Say what they stand for, such as --column register.payment_method=HEADER; nothing to do if payments do not.";
    let place = located.at(*first, located.header_row);
    Some(Problem::warning("register.columns.of-payments", place, message, help))
}

/// The unread headers that share most words with a column's names, or nearly are one of them.
fn nearest_headers<'l>(located: &'l Located, column: &Column) -> Vec<&'l str> {
    // `Company Number` is no number of shares, and `Participant Name` none of a class.
    let is_any = |word: &str| has_word("number name", word) && !column.name.contains(word);
    let words = |text: &str| -> Vec<String> {
        let parts = text.split(|c: char| !c.is_alphanumeric()).map(|w| w.trim_end_matches('s').to_lowercase());
        parts.filter(|word| word.len() > 2 && !is_any(word)).collect()
    };
    let names: Vec<&str> = column.aliases.split_terminator(", ").chain([column.name]).collect();
    let known: Vec<Vec<String>> = names.iter().map(|name| words(name)).collect();
    let keys: Vec<String> = names.iter().map(|name| header_key(name)).collect();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    let score = |header: &str| {
        let shared = words(header).iter().filter(|word| known.iter().any(|name| name.contains(word))).count();
        shared * 2 + usize::from(nearest(&header_key(header), &keys).is_some())
    };
    // A header that stands there twice names no column, and one that is a problem itself is no remedy.
    let no_count = |text: &str| {
        let mut words = text.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase);
        column.kind == Kind::Shares
            && words.any(|word| has_word("change opening authorized authorised par price value", &word))
    };
    let fits = |(at, text): &&(u32, String)| {
        !is_twice(located, text) && !no_count(text) && in_thousands(located, *at, 0, text).is_none()
    };
    let unread = located.unknown_headers().take(200).filter(fits).map(|(_, text)| (score(text), text.as_str()));
    let mut unread: Vec<(usize, &str)> =
        unread.filter(|(score, text)| *score > 0 && !column.is_lookalike(text)).collect();
    unread.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    unread.into_iter().take(2).map(|(_, text)| text).collect()
}

fn is_twice(located: &Located, header: &str) -> bool {
    located.headers.iter().filter(|(_, other)| header_key(other) == header_key(header)).count() > 1
}

/// The header of the names, which tell holders apart where nothing else does.
fn of_names(located: &Located) -> Option<&str> {
    let at = REGISTER.index("holder_name").and_then(|ix| located.column(ix))?;
    let (_, header) = located.headers.iter().find(|(column, _)| *column == at)?;
    (located.table.name == REGISTER.name && !is_twice(located, header)).then_some(header)
}

fn missing_column(located: &Located, column: &Column, findings: &mut Findings) {
    let (table, name) = (located.table, column.name);
    let headers: Vec<&str> = located.headers.iter().map(|(_, text)| text.as_str()).take(40).collect();
    let found = located.headers.iter().find(|(_, text)| column.is_lookalike(text));
    let but = found.map_or(String::new(), |(_, text)| format!(" '{text}' is something else."));
    let like = manner(&located.headers).filter(|_| table.name == REGISTER.name);
    let like = like.map_or(String::new(), |manner| format!(" It reads like {manner}."));
    let message = format!(
        "The column {name} is missing: row {} has the headers {}.{but}{like}",
        located.header_row,
        headers.join(", ")
    );
    let mut near = nearest_headers(located, column);
    let names = of_names(located).filter(|_| name == "holder_id" && near.is_empty());
    near.extend(names);
    let which = near.first().map_or("HEADER".to_owned(), |near| format!("'{near}'"));
    let near: Vec<String> = near.iter().map(|near| format!("'{near}'")).collect();
    let near = match names {
        _ if near.is_empty() => String::new(),
        Some(_) => format!("If no two holders have one name, {} will do. ", near.join(" or ")),
        None => format!("Is it {}? ", near.join(" or ")),
    };
    let near = match found {
        Some(_) if name == "holder_name" => "Join the parts of the names in one column. ".to_owned(),
        _ => near,
    };
    let help = format!(
        "{near}Head the column {name}, or say which of your headers stands for it: --column {}.{name}={which}, or a row of the \
         columns table. It holds: {}",
        table.name, column.help
    );
    let at = located.headers.first().map_or(0, |(at, _)| *at);
    let place = located.at(at, located.header_row);
    findings.error(format!("{}.{name}.missing-column", table.name), place, message, &help);
}
