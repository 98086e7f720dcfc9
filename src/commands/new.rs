//! `ratable new`: a case workbook to fill in, or one that is filled in.

mod example;

use super::failure::{DONE, Failure};
use super::print;
use crate::cli::{Format, NewArgs};
use crate::output::folder::write_file;
use crate::output::xlsx::blank;
use crate::output::xlsx::statement::builtin;
use crate::output::xlsx::statement::fields::StatementKind;
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
        return blank::write("Case", &VENTURE, |_| Vec::new()).map_err(io::Error::other);
    }
    if !args.example {
        return Ok(TEMPLATE.to_vec());
    }
    blank::write("Example case", &[], example_rows).map_err(io::Error::other)
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
    blank::write(title, &[], rows)
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
        let wanted = blank::write("Case", &[], |_| Vec::new()).expect("a workbook");
        if std::env::var_os("RATABLE_BLESS").is_some() {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/case.xlsx");
            return std::fs::write(path, &wanted).expect("templates/case.xlsx can be written");
        }
        assert!(parts(&wanted) == parts(TEMPLATE), "templates/case.xlsx is not what the schema says");
    }
}
