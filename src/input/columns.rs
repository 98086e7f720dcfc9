//! The `columns` table, and what there is to say about a table's headers.

use super::findings::Findings;
use super::line::Line;
use super::schema::{Table, header_key, table_key};
use super::table::{Located, Match, OwnHeader};
use super::words::nearest;
use crate::problem::Problem;

/// The team's own headers, each with its table.
pub(crate) type OwnHeaders = Vec<(&'static Table, OwnHeader)>;

/// Takes a row of `columns`: a header of the team's own.
pub(crate) fn own_header(line: &mut Line, into: &mut OwnHeaders) {
    let Some((table, own)) = read_row(line) else { return };
    let earlier = into.iter().find(|(t, o)| t.name == table.name && o.column == own.column);
    if let Some((_, earlier)) = earlier {
        let at = earlier.place.cell.clone().unwrap_or_default();
        let message = format!("{}.{} has a header of its own already, in {at}.", table.name, own.column);
        line.reject("column", "twice", &message, "Delete one of the two rows.");
        return;
    }
    into.push((table, own));
}

fn read_row(line: &mut Line) -> Option<(&'static Table, OwnHeader)> {
    let (table, column, header) = (line.text("table"), line.text("column"), line.text("header"));
    let table_name = table?;
    let Some(table) = Table::find(&table_name) else {
        let names: Vec<&str> = super::schema::TABLES.iter().map(|t| t.name).collect();
        let refusal = super::amounts::unknown_word(&table_name, &names);
        line.reject("table", "unknown", &refusal.message, &refusal.help);
        return None;
    };
    let column_name = column?;
    let key = table_key(&column_name);
    let Some(column) = table.columns.iter().find(|c| c.name == key) else {
        let names: Vec<&str> = table.columns.iter().map(|c| c.name).collect();
        let near = nearest(&key, &names).map_or(String::new(), |n| format!("Did you mean {n}? "));
        let message = format!("the table {} has no column {column_name}.", table.name);
        line.reject("column", "unknown", &message, &format!("{near}Its columns are: {}.", names.join(", ")));
        return None;
    };
    Some((table, OwnHeader { column: column.name, header: header?, place: line.place("header") }))
}

/// Says what is wrong with a table's headers, and which are left alone; false where the table cannot be read.
pub(crate) fn report(located: &Located, found: &Match, own: &[OwnHeader], findings: &mut Findings) -> bool {
    let table = located.table;
    let missing = found.missing(table);
    for name in &missing {
        findings.push(missing_column(located, name));
    }
    for (column, first, second) in &found.twice {
        let name = table.columns.get(*column).map_or("", |c| c.name);
        let header = |at: u32| located.headers.iter().find(|(h, _)| *h == at).map_or("", |(_, text)| text.as_str());
        let message = format!("{name}: two headers mean this column, '{}' and '{}'.", header(*first), header(*second));
        let help = "Say in the columns table which of the two it is, or rename the other.";
        let place = located.at(*second, located.header_row);
        let problem = Problem::error(format!("{}.{name}.two-columns", table.name), place, message, help);
        findings.push(problem.with_value(header(*second)));
    }
    for own in own {
        let there = located.headers.iter().any(|(_, text)| header_key(text) == header_key(&own.header));
        if !there {
            let message = format!("header: the table {} has no column headed '{}'.", table.name, own.header);
            let help = "Correct the header here, or delete the row.";
            let problem = Problem::error("columns.header.not-found", own.place.clone(), message, help);
            findings.push(problem.with_value(own.header.clone()));
        }
    }
    let is_second = |at: u32| found.twice.iter().any(|(_, _, second)| *second == at);
    let unknown: Vec<&(u32, String)> = located.unknown_headers().filter(|(at, _)| !is_second(*at)).collect();
    if let Some((first, _)) = unknown.first() {
        let names: Vec<String> = unknown
            .iter()
            .map(|(at, text)| format!("{text} ({})", crate::spreadsheet::a1::letters(*at)))
            .take(40)
            .collect();
        let message = format!("Columns that are not known are left alone: {}.", names.join(", "));
        let help = "Nothing to do, unless one was meant to be read: then say in the columns table what it stands for.";
        let place = located.at(*first, located.header_row);
        findings.push(Problem::note(format!("{}.columns.unknown", table.name), place, message, help));
    }
    missing.is_empty()
}

fn missing_column(located: &Located, name: &str) -> Problem {
    let table = located.table;
    let column = table.columns.iter().find(|c| c.name == name);
    let headers: Vec<&str> = located.headers.iter().map(|(_, text)| text.as_str()).take(40).collect();
    let lookalikes: Vec<String> = column.map_or(&[][..], |c| c.lookalikes).iter().map(|l| header_key(l)).collect();
    let found = located.headers.iter().find(|(_, text)| lookalikes.contains(&header_key(text)));
    let but = found.map_or(String::new(), |(_, text)| format!(" '{text}' is something else."));
    let message = format!(
        "The column {name} is missing: row {} has the headers {}.{but}",
        located.header_row,
        headers.join(", ")
    );
    let help = format!(
        "Head the column {name}, or say in the columns table which of your headers stands for it. It holds: {}",
        column.map_or("", |c| c.help)
    );
    let at = located.headers.first().map_or(0, |(at, _)| *at);
    Problem::error(format!("{}.{name}.missing-column", table.name), located.at(at, located.header_row), message, help)
}
