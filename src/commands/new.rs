//! `ratable new`: a case workbook to fill in, or one that is filled in.

mod example;

use super::failure::{DONE, Failure};
use super::print;
use crate::cli::{Format, NewArgs};
use crate::input::schema::{Column, Kind, TABLES, Table, table_key};
use crate::model::calendar::parse_iso;
use crate::model::reading::READINGS;
use crate::model::terms::TERM_LIST;
use crate::output::folder::write_file;
use crate::output::xlsx::blank::{self, BlankColumn, BlankSheet, Filled, FilledCell, Look};
use crate::output::xlsx::statement::builtin;
use crate::output::xlsx::statement::fields::StatementKind;
use crate::quantity::parse_decimal;
use std::io;
use std::path::Path;

/// The blank workbook, which a team may restyle; a test keeps it in step with the schema.
const TEMPLATE: &[u8] = include_bytes!("../../templates/case.xlsx");

/// Runs it.
/// Errors: [`Failure::Usage`] where the file is there already, or would not be called a workbook.
pub(crate) fn new(args: &NewArgs) -> Result<u8, Failure> {
    let (path, json) = (&args.path, args.format == Format::Json);
    if args.layouts {
        return layouts(path, args.force, json);
    }
    if !path.extension().is_some_and(|e| e.eq_ignore_ascii_case("xlsx")) {
        return Err(Failure::Usage(format!("{}: the workbook's name must end in .xlsx.", path.display())));
    }
    if path.exists() && !args.force {
        return Err(Failure::Usage(format!(
            "{} exists already: give --force to replace it, or another name.",
            path.display()
        )));
    }
    let written = contents(args).and_then(|bytes| write_file(path, &bytes, args.force));
    if let Err(error) = written {
        let failure = Failure::Machine(format!("{} was not written: {error}", path.display()));
        return Ok(print::failure(json, path, &failure, ""));
    }
    if json {
        print::line(serde_json::json!({"file": path.display().to_string(), "problems": []}));
        return Ok(DONE);
    }
    print::line(format_args!("{}", path.display()));
    if args.example {
        print::line(format_args!("Try: ratable dividend {} --date {}", path.display(), example::DATE));
    } else {
        print::line(format_args!(
            "Fill in the sheet Register (the others as needed), then: ratable check {}",
            path.display()
        ));
    }
    Ok(DONE)
}

/// Writes the layouts of statements into a folder.
fn layouts(folder: &Path, force: bool, json: bool) -> Result<u8, Failure> {
    let paths = StatementKind::ALL.map(|kind| folder.join(kind.file_name()));
    if let Some(path) = paths.iter().find(|path| path.exists() && !force) {
        return Err(Failure::Usage(format!("{} exists already: give --force to replace it.", path.display())));
    }
    let write = || -> io::Result<()> {
        if !folder.is_dir() {
            std::fs::create_dir(folder)?;
        }
        for (kind, path) in StatementKind::ALL.into_iter().zip(&paths) {
            let bytes = builtin::workbook(kind, &builtin::Look::default()).map_err(io::Error::other)?;
            write_file(path, &bytes, force)?;
        }
        Ok(())
    };
    if let Err(error) = write() {
        let failure = Failure::Machine(format!("{} was not written: {error}", folder.display()));
        return Ok(print::failure(json, folder, &failure, ""));
    }
    if json {
        let files: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
        print::line(serde_json::json!({"files": files, "problems": []}));
        return Ok(DONE);
    }
    for path in &paths {
        print::line(format_args!("{}", path.display()));
    }
    let first = paths[0].display();
    print::line(format_args!("Restyle one, then: ratable dividend CASE --date DATE --template {first}"));
    Ok(DONE)
}

fn contents(args: &NewArgs) -> io::Result<Vec<u8>> {
    if args.venture {
        let mut sheets = sheets(|_| Vec::new());
        // A sort that leaves all other columns where they are.
        let place = |c: &BlankColumn| VENTURE.iter().position(|name| *name == c.header).unwrap_or(VENTURE.len());
        sheets.iter_mut().filter(|sheet| sheet.name == "Classes").for_each(|sheet| sheet.columns.sort_by_key(place));
        return blank::write("Case", &sheets).map_err(io::Error::other);
    }
    if !args.example {
        return Ok(TEMPLATE.to_vec());
    }
    blank::write("Example case", &sheets(example_rows)).map_err(io::Error::other)
}

fn example_rows(table: &str) -> Vec<Vec<String>> {
    example::rows(table).iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()).collect()
}

/// The workbook with rows of each table filled in: their text, column by column.
/// Errors: What the writer refuses.
pub(crate) fn filled_in(
    title: &str,
    rows: impl Fn(&str) -> Vec<Vec<String>>,
) -> Result<Vec<u8>, rust_xlsxwriter::XlsxError> {
    blank::write(title, &sheets(rows))
}

/// The columns of `classes` that a venture-backed company fills in.
const VENTURE: [&str; 13] = [
    "class",
    "name",
    "kind",
    "ranking",
    "order",
    "original_price",
    "liquidation_preference",
    "participation",
    "participation_cap",
    "conversion_ratio",
    "exercise_price",
    "dividend_rate",
    "accrued_on_conversion",
];

/// The sheets of all tables, with rows that are filled in.
fn sheets(rows: impl Fn(&str) -> Vec<Vec<String>>) -> Vec<BlankSheet> {
    TABLES.iter().map(|table| sheet(table, &rows(table.name))).collect()
}

fn sheet(table: &Table, rows: &[Vec<String>]) -> BlankSheet {
    let filled = |row: &Vec<String>| table.columns.iter().zip(row).map(|(c, text)| filled(c, text)).collect();
    BlankSheet {
        name: sheet_name(table.name),
        purpose: table.help.to_owned(),
        required: table.name == "register",
        columns: table.columns.iter().map(column).collect(),
        rows: if table.name == "terms" { term_rows(rows) } else { rows.iter().map(filled).collect() },
    }
}

/// `record_dates` as `Record dates`.
fn sheet_name(table: &str) -> String {
    let words = table.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn column(column: &Column) -> BlankColumn {
    let needed = if column.required { "\n\nRequired." } else { "" };
    let aliases = if column.aliases.is_empty() {
        String::new()
    } else {
        format!("\n\nAlso understood: {}.", column.aliases.split(", ").take(4).collect::<Vec<_>>().join(", "))
    };
    BlankColumn {
        header: column.name.to_owned(),
        comment: format!("{}{needed}{aliases}", column.help),
        required: column.required,
        look: look(column.kind),
        choices: choices(column.kind),
        width: width(column),
    }
}

fn look(kind: Kind) -> Look {
    match kind {
        Kind::Text | Kind::Id | Kind::Class | Kind::Words(_) | Kind::YesNo | Kind::Ratio => Look::Text,
        Kind::Date => Look::Date,
        Kind::Rate => Look::Percent,
        Kind::Shares | Kind::Cash | Kind::PerShare | Kind::CashOrFull | Kind::Number | Kind::Whole => Look::General,
        Kind::Value => Look::Left,
    }
}

fn choices(kind: Kind) -> Vec<String> {
    let words: &[&str] = match kind {
        Kind::Words(words) => words,
        Kind::YesNo => &["yes", "no"],
        _ => &[],
    };
    words.iter().map(|w| (*w).to_owned()).collect()
}

fn width(column: &Column) -> f64 {
    let least = match column.name {
        "holder_name" | "address" | "payee_name" | "series_name" | "matter" => 30,
        "note" => 70,
        "value" => 46,
        "term" => 28,
        "email" | "account" | "name" => 26,
        _ => 12,
    };
    let letters = u32::try_from(column.name.len() + 2).unwrap_or(12);
    f64::from(letters.max(least))
}

/// A value as its column wants it.
fn filled(column: &Column, text: &str) -> FilledCell {
    let value = match look(column.kind) {
        _ if text.is_empty() => Filled::Blank,
        Look::Date => parse_iso(text).map_or_else(|| Filled::Text(text.to_owned()), Filled::Date),
        Look::Percent | Look::General | Look::Left if is_number(text) => Filled::Number(text.to_owned()),
        _ => Filled::Text(text.to_owned()),
    };
    FilledCell { value, look: None, choices: Vec::new() }
}

/// Whether a spreadsheet keeps a number exactly: it has 15 digits.
fn is_number(text: &str) -> bool {
    let digits = text.trim_start_matches(['-', '0', '.']).bytes().filter(u8::is_ascii_digit).count();
    digits <= 15 && parse_decimal(text).is_some()
}

/// Every term and reading with its default, or what `given` says instead: name, value, meaning.
fn term_rows(given: &[Vec<String>]) -> Vec<Vec<FilledCell>> {
    let value_of = |name: &str, default: &'static str| {
        let own = given.iter().find_map(|row| match row.as_slice() {
            [term, value, ..] if table_key(term) == name => Some(value.as_str()),
            _ => None,
        });
        own.unwrap_or(default).to_owned()
    };
    let text = |text: &str| FilledCell { value: Filled::Text(text.to_owned()), look: None, choices: Vec::new() };
    let terms = TERM_LIST.iter().map(|term| {
        let mut value = term_value(&value_of(term.name, term.default), term.choices);
        if term.name.ends_with("_date") {
            value.look = Some(Look::Date);
        }
        vec![text(term.name), value, text(term.help)]
    });
    let readings = READINGS.iter().map(|reading| {
        let name = format!("reading.{}", reading.name);
        let default = reading.values.first().copied().unwrap_or("");
        let value = term_value(&value_of(&name, default), reading.values);
        vec![text(&name), value, text(reading.why)]
    });
    terms.chain(readings).collect()
}

/// A term's value: a number as a number, a date as a date, all else as text.
fn term_value(text: &str, choices: &[&str]) -> FilledCell {
    let date = parse_iso(text);
    let number = is_number(text);
    let (value, look) = match (date, number) {
        _ if text.is_empty() => (Filled::Blank, None),
        (Some(date), _) => (Filled::Date(date), Some(Look::Date)),
        (None, true) => (Filled::Number(text.to_owned()), None),
        (None, false) => (Filled::Text(text.to_owned()), Some(Look::Text)),
    };
    FilledCell { value, look, choices: choices.iter().map(|c| (*c).to_owned()).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::xlsx::package;

    fn parts(bytes: &[u8]) -> Vec<(String, String)> {
        let parts = package::read(bytes).expect("a zip");
        parts
            .iter()
            .map(|p| (p.name.clone(), String::from_utf8_lossy(&p.plain().expect("a part")).into_owned()))
            .collect()
    }

    /// `RATABLE_BLESS=1 cargo test --lib new` writes the template anew.
    #[test]
    fn the_template_is_in_step_with_the_schema() {
        let wanted = blank::write("Case", &sheets(|_| Vec::new())).expect("a workbook");
        if std::env::var_os("RATABLE_BLESS").is_some() {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/case.xlsx");
            return std::fs::write(path, &wanted).expect("templates/case.xlsx can be written");
        }
        assert!(parts(&wanted) == parts(TEMPLATE), "templates/case.xlsx is not what the schema says");
    }
}
