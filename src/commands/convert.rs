//! `ratable convert`: a case in another form: an Open Cap Format package, a workbook as `new` would have it, CSV files.

use super::{DONE, Failure, not_written, plan, print};
use crate::cli::{ConvertArgs, ConvertTo, Format};
use crate::input::canonical::{self, Canonical};
use crate::input::schema::{CLASSES, REGISTER, TERMS, Table};
use crate::input::{Loaded, ReadOptions, is_table_file, load_rows};
use crate::model::{Case, Date, HolderIx, Lot, iso};
use crate::ocf::is_zip;
use crate::ocf::write::{Cells, Content, write};
use crate::output::fault::explained;
use crate::output::folder::{Folder, write_file};
use crate::output::problems;
use crate::output::replace::exists;
use crate::output::xlsx::blank;
use crate::text::guarded;
use std::fs;
use std::io::{self, Cursor, Write};
use std::path::Path;

/// A workbook with more rows than this opens slowly everywhere, and takes more memory than CSV would.
const MOST_ROWS: usize = 250_000;

/// Writes it, and says what may be wrong with the case.
/// Errors: [`Failure::Usage`] where what would be written is there already.
pub(crate) fn convert(args: &ConvertArgs) -> Result<u8, Failure> {
    let path = &args.case;
    let as_of = args.date.as_deref().map(|date| plan::date("--date", date)).transpose()?;
    let encoding = plan::encoding(args.encoding.as_deref())?;
    allowed(args)?;
    let options = ReadOptions { encoding, as_of, ..ReadOptions::default() };
    let read = load_rows(path, &options);
    let (loaded, tables) =
        read.map_err(|error| Failure::Machine(explained(&path.to_string_lossy(), &error).to_string()))?;
    let Loaded { case: Some(case), problems, .. } = &loaded else {
        return Err(Failure::Problems(loaded.problems));
    };
    if let (ConvertTo::Ocf, Some(date), Some(of)) = (args.to, as_of, case.terms.register_date)
        && date < of
    {
        let (date, of) = (iso(date), iso(of));
        let why = format!("--date {date}: the register is of {of}; give that day or a later one, or leave --date out.");
        return Err(Failure::Usage(why));
    }
    let write = || match args.to {
        ConvertTo::Xlsx => write_file(&args.out, &workbook(case, &tables)?, args.force),
        ConvertTo::Csv => write_folder(&args.out, &csv_files(case, &tables)?, args.force),
        ConvertTo::Ocf if is_zip(&args.out) => {
            write_file(&args.out, &zipped(&package(case, &tables, as_of)?)?, args.force)
        }
        ConvertTo::Ocf => write_folder(&args.out, &package(case, &tables, as_of)?, args.force),
    };
    write().map_err(not_written(&args.out))?;
    if args.print.format == Format::Json {
        let file = args.out.display().to_string();
        print::line(serde_json::json!({"file": file, "problems": problems::list(problems)}));
    } else {
        if !problems.is_empty() {
            print::line(problems::text(problems, false));
        }
        if !args.print.quiet {
            print::line(format_args!("{}, with account and tax numbers in full", args.out.display()));
        }
    }
    Ok(DONE)
}

/// Refuses a place that is taken by what no conversion wrote, or would be, without `--force`, by one.
fn allowed(args: &ConvertArgs) -> Result<(), Failure> {
    let refused = |why: &str| Err(Failure::Usage(format!("--out {}: {why}", args.out.display())));
    let name = args.out.file_name().map_or_else(String::new, |name| name.to_string_lossy().to_lowercase());
    let is_xlsx = args.out.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("xlsx"));
    if args.to == ConvertTo::Xlsx && !is_xlsx {
        return refused("the workbook's name must end in .xlsx.");
    }
    if args.to == ConvertTo::Ocf && is_zip(&args.out) && !name.ends_with(".ocf.zip") {
        return refused("a package in one file is called so: its name must end in .ocf.zip.");
    }
    if !exists(&args.out) {
        return Ok(());
    }
    if !args.force {
        return refused("it exists already: give --force to replace it, or another name.");
    }
    let real = args.out.canonicalize().ok();
    let read = args.case.canonicalize().ok();
    if real.zip(read).is_some_and(|(real, read)| read.starts_with(&real) || real.starts_with(&read)) {
        return refused("this is what the command reads; give another name.");
    }
    let is_folder = args.out.is_dir();
    if is_folder == (args.to == ConvertTo::Xlsx || is_zip(&args.out)) {
        return refused("it is there already as something else; give another name.");
    }
    let is_ours = |name: &str| is_table_file(name) || name.ends_with(".ocf.json");
    let mut entries = fs::read_dir(&args.out).into_iter().flatten().flatten();
    if is_folder && entries.any(|entry| !is_ours(&entry.file_name().to_string_lossy())) {
        return refused("it is not replaced, --force or not: it has other files, which would be lost.");
    }
    Ok(())
}

/// Refuses a form that has no place for holders without lots where the case's tables name one.
fn all_have_rows(case: &Case) -> io::Result<()> {
    let named: Vec<(&str, HolderIx)> = case
        .ballots
        .iter()
        .map(|ballot| ("ballots", ballot.holder))
        .chain(case.carry.iter().flat_map(|carry| carry.carried.list()).map(|(holder, _)| ("carry", *holder)))
        .chain(case.carried_payments.sums.iter().map(|(holder, _)| ("carried_payments", *holder)))
        .collect();
    match named.into_iter().find(|(_, holder)| case.register.lots_of(*holder).is_empty()) {
        None => Ok(()),
        Some((table, holder)) => Err(io::Error::other(format!(
            "the table {table} names the holder {}, who has no shares and so no row in such a register: take --to ocf",
            case.register.id(holder)
        ))),
    }
}

/// The terms as they are to stand in another form: its numbers have points and its dates are ISO.
fn is_kept(table: &Table, row: &[String], to_package: bool) -> bool {
    let term = row.first().map_or("", String::as_str);
    table.name != TERMS.name
        || !(["date_format", "decimal_mark"].contains(&term) || (to_package && term == "register_date"))
}

fn workbook(case: &Case, tables: &[Canonical]) -> io::Result<Vec<u8>> {
    all_have_rows(case)?;
    let most = tables.iter().map(|table| table.rows.len()).chain([case.register.lots().len()]).max().unwrap_or(0);
    if most > MOST_ROWS {
        return Err(io::Error::other(format!("a table has {most} rows, more than {MOST_ROWS}: take --to csv")));
    }
    let rows = |name: &str| -> Vec<Vec<String>> {
        if name == REGISTER.name {
            let names = REGISTER.columns.iter().map(|column| column.name);
            let row = |lot| names.clone().map(|name| canonical::lot(case, lot, name)).collect();
            return case.register.lots().iter().map(row).collect();
        }
        let found = tables.iter().find(|canonical| canonical.table.name == name);
        let kept = found.into_iter().flat_map(|found| found.rows.iter().filter(|row| is_kept(found.table, row, false)));
        kept.cloned().collect()
    };
    blank::write(&case.name, &[], rows).map_err(io::Error::other)
}

/// A table's file: the columns that are required or have a value.
fn csv_file<R>(table: &Table, rows: &[R], cell: impl Fn(&R, usize) -> String) -> Vec<u8> {
    let is_kept = |ix: &usize| table.columns[*ix].required || rows.iter().any(|row| !cell(row, *ix).is_empty());
    let columns: Vec<usize> = (0..table.columns.len()).filter(is_kept).collect();
    let mut out = Vec::new();
    line(&mut out, columns.iter().map(|ix| table.columns[*ix].name));
    for row in rows {
        line(&mut out, columns.iter().map(|ix| cell(row, *ix)));
    }
    out
}

fn line(out: &mut Vec<u8>, cells: impl Iterator<Item = impl AsRef<str>>) {
    for (ix, cell) in cells.enumerate() {
        let cell = cell.as_ref();
        if ix > 0 {
            out.push(b',');
        }
        // A negative number is no formula.
        let number = crate::quantity::parse_decimal(cell).is_some();
        let cell = if number { cell.into() } else { guarded(cell) };
        if cell.contains([',', '"', '\n', '\r']) || cell.trim() != cell {
            out.extend_from_slice(format!("\"{}\"", cell.replace('"', "\"\"")).as_bytes());
        } else {
            out.extend_from_slice(cell.as_bytes());
        }
    }
    out.push(b'\n');
}

/// The files of all tables but these. An empty table of arrears still says that there are none.
fn other_files<'t>(
    tables: &'t [Canonical],
    except: &'t [&str],
    to_package: bool,
) -> impl Iterator<Item = (String, Vec<u8>)> + 't {
    let others = tables.iter().filter(|found| !except.contains(&found.table.name));
    others.map(move |Canonical { table, rows }| {
        let rows: Vec<&Vec<String>> = rows.iter().filter(|row| is_kept(table, row, to_package)).collect();
        (format!("{}.csv", table.name), csv_file(table, &rows, |row, ix| row[ix].clone()))
    })
}

fn csv_files(case: &Case, tables: &[Canonical]) -> io::Result<Vec<(String, Vec<u8>)>> {
    all_have_rows(case)?;
    let cell = |lot: &Lot, ix: usize| canonical::lot(case, lot, REGISTER.columns[ix].name);
    let mut files = vec![("register.csv".to_owned(), csv_file(&REGISTER, case.register.lots(), cell))];
    files.extend(other_files(tables, &[], false));
    Ok(files)
}

fn package(case: &Case, tables: &[Canonical], as_of: Option<Date>) -> io::Result<Vec<(String, Vec<u8>)>> {
    let rows = |name: &str| -> Vec<Cells> {
        let Some(found) = tables.iter().find(|found| found.table.name == name) else { return Vec::new() };
        let cells = |row: &Vec<String>| {
            let named = found.table.columns.iter().zip(row).filter(|(_, value)| !value.is_empty());
            named.map(|(column, value)| (column.name, value.clone())).collect()
        };
        found.rows.iter().map(cells).collect()
    };
    let term = |name: &str| {
        let terms = tables.iter().find(|found| found.table.name == TERMS.name)?;
        let row = terms.rows.iter().find(|row| row.first().is_some_and(|term| term == name))?;
        row.get(1).filter(|value| !value.is_empty()).cloned()
    };
    let holder = |ix| -> Cells {
        let cells = REGISTER.columns.iter().map(|column| (column.name, canonical::holder(case, ix, column.name)));
        cells.filter(|(_, value)| !value.is_empty()).collect()
    };
    let content = Content {
        case,
        series_authorized: term("authorized_shares").or_else(|| Some(case.terms.authorized_shares.to_string())),
        common_authorized: term("common_authorized_shares"),
        as_of,
        holders: (0..case.register.holder_count()).map(holder).collect(),
        classes: rows(CLASSES.name),
        adjustments: rows("adjustments"),
    };
    let mut files = write(&content)?;
    files.extend(other_files(tables, &[CLASSES.name, "adjustments"], true));
    Ok(files)
}

fn write_folder(path: &Path, files: &[(String, Vec<u8>)], force: bool) -> io::Result<()> {
    let folder = Folder::start(path)?;
    for (name, bytes) in files {
        folder.write(name, bytes)?;
    }
    folder.publish(force)
}

fn zipped(files: &[(String, Vec<u8>)]) -> io::Result<Vec<u8>> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    // A fixed time, so that the same case gives the same bytes.
    let options = zip::write::SimpleFileOptions::default().last_modified_time(zip::DateTime::default());
    for (name, bytes) in files {
        zip.start_file(name.as_str(), options)?;
        zip.write_all(bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}
