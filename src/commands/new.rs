//! `ratable new`: a case workbook to fill in, or one that is filled in.

use super::{Failure, Told, not_written};
use crate::cli::NewArgs;
use crate::output::folder::write_file;
use crate::output::xlsx::blank;
use crate::output::xlsx::statement::builtin;
use crate::output::xlsx::statement::fields::StatementKind;
use serde_json::json;
use std::io;
use std::path::Path;

/// The blank workbook, which a team may restyle; a test keeps it in step with the schema.
const TEMPLATE: &[u8] = include_bytes!("../../templates/case.xlsx");

/// Writes it, and says what to do with it.
/// Errors: [`Failure::Usage`] where the file is there already, or would not be called a workbook.
pub(crate) fn new(args: &NewArgs) -> Result<Told, Failure> {
    let (path, shown) = (&args.path, args.path.display().to_string());
    if args.layouts {
        return layouts(path, args.force);
    }
    if !path.extension().is_some_and(|e| e.eq_ignore_ascii_case("xlsx")) {
        return Err(Failure::Usage(format!("{shown}: the workbook's name must end in .xlsx.")));
    }
    if path.exists() && !args.force {
        return Err(Failure::Usage(format!("{shown} exists already: give --force to replace it, or another name.")));
    }
    contents(args).and_then(|bytes| write_file(path, &bytes, args.force)).map_err(not_written(path))?;
    let next = if args.example {
        format!("Try: ratable dividend {shown} --date {EXAMPLE_DATE}")
    } else {
        format!("Fill in the sheet Register (the others as needed), then: ratable check {shown}")
    };
    let value = json!({"file": shown, "problems": []});
    Ok(Told { lines: vec![shown, next], value })
}

/// Writes the layouts of statements into a folder.
fn layouts(folder: &Path, force: bool) -> Result<Told, Failure> {
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
    write().map_err(not_written(folder))?;
    let mut lines = paths.map(|path| path.display().to_string()).to_vec();
    let value = json!({"files": lines, "problems": []});
    lines.push(format!("Restyle one, then: ratable dividend CASE --date DATE --template {}", lines[0]));
    Ok(Told { lines, value })
}

fn contents(args: &NewArgs) -> io::Result<Vec<u8>> {
    if args.venture {
        let columns: Vec<&str> = VENTURE.split(' ').collect();
        return blank::write("Case", &columns, |_| Vec::new()).map_err(io::Error::other);
    }
    if !args.example {
        return Ok(TEMPLATE.to_vec());
    }
    blank::write("Example case", &[], example_rows).map_err(io::Error::other)
}

/// A year of a company that split its stock: the tables of `--example`, cells apart by `|`, for each table's first columns.
const EXAMPLE: &str = include_str!("../../templates/example.txt");

/// The quarter date to try it with.
const EXAMPLE_DATE: &str = "2025-09-15";

fn example_rows(table: &str) -> Vec<Vec<String>> {
    let from = EXAMPLE.lines().skip_while(|line| line.strip_prefix("# ") != Some(table)).skip(1);
    let rows = from.take_while(|line| !line.starts_with("# "));
    rows.map(|row| row.split('|').map(str::to_owned).collect()).collect()
}

/// The columns of `classes` that a venture-backed company fills in.
const VENTURE: &str = "class name kind ranking order original_price liquidation_preference participation participation_cap \
    conversion_ratio exercise_price dividend_rate accrued_on_conversion";
