//! `ratable check`: reads everything, says what it was understood as, reports every problem, writes nothing.

use super::job::{DONE, MACHINE, PROBLEMS};
use super::plan::{self, ReadPlan, Usage};
use super::print;
use crate::case::understood::{ClassUnderstood, TableUnderstood, Understood};
use crate::case::{Loaded, ReadOptions, load};
use crate::cli::CheckArgs;
use crate::model::Case;
use crate::model::calendar::Date;
use crate::problem::Problem;
use crate::quantity::{plain, shares_ratio};
use crate::report::problems::{self, plural};
use crate::report::terminal::grouped;
use crate::runs::context::Context;
use serde_json::{Value, json};
use std::path::Path;

/// Runs it; the highest code of all cases wins.
///
/// # Errors
/// [`Usage`].
pub fn check(args: &CheckArgs) -> Result<u8, Usage> {
    let read = plan::read(&args.read)?;
    let date = args.date.as_deref().map(|d| plan::date("--date", d)).transpose()?;
    let codes = read.cases.iter().map(|path| one(path, &read, date));
    Ok(codes.max().unwrap_or(DONE))
}

fn one(path: &Path, read: &ReadPlan, date: Option<Date>) -> u8 {
    let options = ReadOptions { encoding: read.encoding.clone(), set: read.set.clone() };
    let mut loaded = match load(path, &options) {
        Ok(loaded) => loaded,
        Err(error) => {
            print::complain(&format!("{}: {error}", path.display()));
            return MACHINE;
        }
    };
    if let (Some(case), Some(date)) = (&loaded.case, date) {
        loaded.problems.extend(as_of(case, date));
    }
    if read.json {
        print::line(json(&loaded));
    } else {
        show(path, &loaded, read.quiet);
    }
    if loaded.problems.iter().any(Problem::is_error) { PROBLEMS } else { DONE }
}

/// What is wrong with the case as of a date.
fn as_of(case: &Case, date: Date) -> Vec<Problem> {
    let context = Context::new(case);
    let mut problems = context.date_problems(date);
    problems.extend(context.arrears_problem(date));
    problems.extend(context.accrued_problems(date));
    problems.extend(context.ignored_adjustments());
    problems
}

fn show(path: &Path, loaded: &Loaded, quiet: bool) {
    if !quiet {
        print::line(path.display());
        print::line(understood(&loaded.understood).trim_end());
    }
    if !loaded.problems.is_empty() {
        print::line(problems::text(&loaded.problems, print::color()));
    }
    if !quiet {
        print::line(verdict(&loaded.problems));
    }
}

fn verdict(problems: &[Problem]) -> String {
    let counts = problems::counts(problems.iter());
    if problems.iter().any(Problem::is_error) {
        format!("Not ready: {counts}.")
    } else if problems.is_empty() {
        "Ready: no problems.".to_owned()
    } else {
        format!("Ready: no problems ({counts}).")
    }
}

/// What was understood, as lines.
fn understood(understood: &Understood) -> String {
    let mut lines = Vec::new();
    for table in &understood.tables {
        lines.extend(table_lines(table));
    }
    if !understood.ignored.is_empty() {
        lines.push(format!("  left alone: {}", understood.ignored.join(", ")));
    }
    if let Some(register) = &understood.register {
        let (lots, holders) = (grouped(&register.lots.to_string()), grouped(&register.holders.to_string()));
        lines.push(format!("  {lots} lots of {holders} holders"));
        lines.extend(register.classes.iter().map(class_line));
    }
    lines.into_iter().map(|line| problems::one_line(&line) + "\n").collect()
}

fn table_lines(table: &TableUnderstood) -> Vec<String> {
    let sheet = table.sheet.as_ref().map_or_else(|| table.file.clone(), |sheet| format!("sheet {sheet}"));
    let rows = usize::try_from(table.rows).unwrap_or(usize::MAX);
    let first = format!("  {}: {sheet}, headers in row {}, {}", table.table, table.header_row, plural(rows, "row"));
    let columns = table.columns.iter().map(|c| {
        let own = crate::case::schema::header_key(&c.header) != crate::case::schema::header_key(c.column);
        if own { format!("{} {} = {}", c.letters, c.header, c.column) } else { format!("{} {}", c.letters, c.column) }
    });
    let columns: Vec<String> = columns.collect();
    let mut lines = vec![first, format!("      {}", columns.join(", "))];
    if !table.ignored.is_empty() {
        let ignored: Vec<String> = table.ignored.iter().map(|(header, at)| format!("{at} {header}")).collect();
        lines.push(format!("      left alone: {}", ignored.join(", ")));
    }
    lines
}

fn class_line(class: &ClassUnderstood) -> String {
    let shares = |micros: u128| grouped(&plain(&shares_ratio(micros), 6));
    let mut line = format!("      {}: {} shares in {} lots", class.class, shares(class.micros), class.lots);
    for (micros, word) in [(class.retired_micros, "retired"), (class.treasury_micros, "in treasury")] {
        if micros > 0 {
            line.push_str(&format!(", {} of them {word}", shares(micros)));
        }
    }
    line
}

fn json(loaded: &Loaded) -> Value {
    let tables = loaded.understood.tables.iter().map(|t| {
        let columns = t
            .columns
            .iter()
            .map(|c| json!({"column": c.column, "cell": format!("{}{}", c.letters, t.header_row), "header": c.header}));
        let ignored =
            t.ignored.iter().map(|(header, at)| json!({"cell": format!("{at}{}", t.header_row), "header": header}));
        json!({
            "table": t.table,
            "file": t.file,
            "sheet": t.sheet,
            "header_row": t.header_row,
            "rows": t.rows,
            "columns": columns.collect::<Vec<_>>(),
            "ignored": ignored.collect::<Vec<_>>(),
        })
    });
    let register = loaded.understood.register.as_ref().map(|r| {
        let shares = |micros: u128| plain(&shares_ratio(micros), 6);
        let classes = r.classes.iter().map(|c| {
            json!({
                "class": c.class,
                "lots": c.lots,
                "shares": shares(c.micros),
                "retired": shares(c.retired_micros),
                "treasury": shares(c.treasury_micros),
            })
        });
        json!({"lots": r.lots, "holders": r.holders, "classes": classes.collect::<Vec<_>>()})
    });
    json!({
        "case": loaded.name,
        "tables": tables.collect::<Vec<_>>(),
        "ignored": loaded.understood.ignored,
        "register": register,
        "problems": problems::list(&loaded.problems),
    })
}
