//! `ratable check`: reads everything, says what it was understood as, reports every problem; writes nothing but, with
//! `--report`, a copy of the case with its problems marked.

use super::batch_report::{BatchReport, Ending};
use super::failure::PROBLEMS;
use super::plan;
use super::{DONE, Failure, ReadPlan, not_written, print, progress, read_case};
use crate::cli::CheckArgs;
use crate::input::Loaded;
use crate::input::copy::Copy;
use crate::input::schema::{REGISTER, header_key};
use crate::input::understood::{ClassUnderstood, ColumnUnderstood, TableUnderstood};
use crate::model::{Case, Date, iso};
use crate::output::brief::Totals;
use crate::output::folder::write_file;
use crate::output::replace::exists;
use crate::output::{problems, result, xlsx};
use crate::problem::Problem;
use crate::quantity::{plain, shares_ratio};
use crate::runs::{Context, Refusal, Replay, Until};
use crate::text::{grouped, plural};
use serde_json::{Value, json};
use std::io::{self, IsTerminal};
use std::path::Path;

/// Runs it: all that was understood of one case, a line for each of several; the highest code wins.
pub(crate) fn check(args: &CheckArgs) -> Result<u8, Failure> {
    let mut read = plan::read(&args.read)?;
    let date = args.date.as_deref().map(|d| plan::date("--date", d)).transpose()?;
    read.options.as_of = date;
    Ok(match read.cases.as_slice() {
        [path] => one(path, &read, date, args.report.as_deref().map(|report| (report, args.force))),
        _ if args.report.is_some() => {
            return Err(Failure::Usage("--report: one case has one report; give the cases one by one.".to_owned()));
        }
        _ => several(&read, date),
    })
}

fn one(path: &Path, read: &ReadPlan, date: Option<Date>, report: Option<(&Path, bool)>) -> u8 {
    let allowed = report.map_or(Ok(()), |(file, force)| report_allowed(file, force, path));
    let reported = allowed.and_then(|()| loaded(path, read, date)).and_then(|loaded| {
        let written = report.map(|(file, force)| write_report(file, force, path, read, &loaded));
        written.transpose().map(|_| loaded)
    });
    let loaded = match reported {
        Ok(loaded) => loaded,
        Err(failure) => return print::failure(read.json, path, &failure, ""),
    };
    if read.json {
        print::line(json(&loaded));
    } else {
        show(path, &loaded, read.quiet, date.is_none());
        if let Some((file, _)) = report.filter(|_| !read.quiet) {
            print::line(format_args!("Report: {}, with account and tax numbers in full", file.display()));
        }
    }
    if loaded.problems.iter().any(Problem::is_error) { PROBLEMS } else { DONE }
}

/// A line for each case, then what is wrong.
fn several(read: &ReadPlan, date: Option<Date>) -> u8 {
    let mut overview = BatchReport::new(read);
    for (number, path) in (1..).zip(&read.cases) {
        progress::case(number, read.cases.len());
        match loaded(path, read, date) {
            Ok(loaded) if loaded.problems.iter().any(Problem::is_error) => {
                overview.failed(path, Failure::Problems(loaded.problems));
            }
            Ok(loaded) => overview.done(path, &verdict(&loaded.problems), || json(&loaded)),
            Err(failure) => overview.failed(path, failure),
        }
    }
    let ending = Ending { done: "ready", outcome: "not ready.", last: "", wrong_on_stdout: true };
    overview.end(&Totals::default(), &ending)
}

/// Reads a case, with what is wrong as of the date.
pub(crate) fn loaded(path: &Path, read: &ReadPlan, date: Option<Date>) -> Result<Loaded, Failure> {
    let read = read_case(read, path)?;
    let of_logo = read.of_logo();
    let mut loaded = read.loaded;
    loaded.problems.extend(of_logo);
    if let (Some(case), Some(date)) = (loaded.case.as_ref().or(loaded.draft.as_ref()), date) {
        loaded.problems.extend(as_of(case, date, loaded.case.is_some()));
    }
    Ok(loaded)
}

/// What is wrong with the case as of a date; where it is whole, with its history until then too.
fn as_of(case: &Case, date: Date, whole: bool) -> Vec<Problem> {
    let context = Context::new(case);
    let mut problems = context.date_problems(date);
    problems.extend(context.arrears_problem(date));
    problems.extend(context.accrued_problems(date));
    if whole && problems.is_empty() {
        let history = Replay::new(&context).run(Until::EndOf(date));
        problems.extend(history.err().into_iter().flat_map(Refusal::into_problems));
    }
    problems.extend(context.ignored(context.calendar.record_dates.of(date)));
    problems
}

fn show(path: &Path, loaded: &Loaded, quiet: bool, undated: bool) {
    if !loaded.problems.is_empty() {
        print::styled(&problems::text(&loaded.problems, print::color() && std::io::stdout().is_terminal()));
    }
    if !quiet {
        print::line(path.display());
        for line in understood(loaded) {
            print::line(problems::one_line(&line));
        }
        if let Some(first) = loaded.case.as_ref().and_then(Case::first_issued) {
            let (date, source, quarter) = (iso(first.date), first.in_words(), iso(first.first_quarter));
            print::line(format_args!("  Series A first issued on {date} ({source}), first quarter date {quarter}"));
        }
        if undated && loaded.case.is_some() {
            print::line(
                "  Not checked without --date: shares issued against those authorised, register_date, and payments, arrears \
                 and accrued dividends as of a day",
            );
        }
        print::line(verdict(&loaded.problems));
        if let Some(more) = problems::more_about(&loaded.problems) {
            print::line(more);
        }
        if loaded.case.is_some() {
            print::line(format_args!(
                "Next: ratable dividend {} --date D, or another run of ratable --help",
                print::typed(path)
            ));
        }
    }
}

/// Whether a case can be run, in a sentence.
pub(crate) fn verdict(problems: &[Problem]) -> String {
    let counts = problems::counts(problems.iter());
    if problems.iter().any(Problem::is_error) {
        format!("Not ready: {counts}.")
    } else if problems.is_empty() {
        "Ready: no problems.".to_owned()
    } else {
        format!("Ready: no problems ({counts}).")
    }
}

fn understood(loaded: &Loaded) -> Vec<String> {
    let (understood, mut lines) = (&loaded.understood, Vec::new());
    for table in understood.tables.iter().filter(|table| table.rows > 0 || table.table == REGISTER.name) {
        lines.extend(table_lines(table));
    }
    if !understood.ignored.is_empty() {
        lines.push(format!("  not read: {}", understood.ignored.join(", ")));
    }
    if let Some(register) = loaded.register() {
        let part = if loaded.case.is_some() { "" } else { ", without the rows that have problems" };
        lines.push(format!("  {} of {}{part}", plural(register.lots, "lot"), plural(register.holders, "holder")));
        lines.extend(register.classes.iter().map(class_line));
    }
    lines
}

fn table_lines(table: &TableUnderstood) -> Vec<String> {
    let sheet = table.sheet.as_ref().map_or_else(|| table.file.clone(), |sheet| format!("sheet {sheet}"));
    let first =
        format!("  {}: {sheet}, headers in row {}, {}", table.table, table.header_row, plural(table.rows, "row"));
    let columns = table.columns.iter().map(|ColumnUnderstood { column, header }| {
        let (letters, text) = (header.letters(), &header.text);
        if header_key(text) == header_key(column) {
            format!("{letters} {column}")
        } else {
            format!("{letters} {text} = {column}")
        }
    });
    let columns: Vec<String> = columns.collect();
    let mut lines = vec![first];
    lines.extend(table.manner.map(|manner| format!("      reads like {manner}")));
    lines.push(format!("      {}", columns.join(", ")));
    if !table.ignored.is_empty() {
        let ignored: Vec<String> = table.ignored.iter().map(|h| format!("{} {}", h.letters(), h.text)).collect();
        lines.push(format!("      not read: {}", ignored.join(", ")));
    }
    lines
}

fn class_line(class: &ClassUnderstood) -> String {
    let shares = |micros: u128| grouped(&plain(&shares_ratio(micros), 6));
    let others = [(class.retired_micros, "retired"), (class.treasury_micros, "in treasury")];
    let others = others.iter().filter(|(micros, _)| *micros > 0);
    let others: Vec<String> = others.map(|(micros, word)| format!(", {} of them {word}", shares(*micros))).collect();
    let others = others.concat();
    format!("      {}: {} shares in {}{others}", class.class, shares(class.micros), plural(class.lots, "lot"))
}

fn json(loaded: &Loaded) -> Value {
    json!({
        "case": loaded.name,
        "tables": loaded.understood.tables,
        "ignored": loaded.understood.ignored,
        "register": loaded.register(),
        "first_issuance": loaded.case.as_ref().map(result::first_issuance),
        "problems": problems::list(&loaded.problems),
    })
}

/// Refuses a file that is there already and is not to be replaced, or that is the case or in it.
fn report_allowed(file: &Path, force: bool, case: &Path) -> Result<(), Failure> {
    let refused = |why: &str| Err(Failure::Usage(format!("--report {}: {why}", file.display())));
    if !file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("xlsx")) {
        return refused("the workbook's name must end in .xlsx.");
    }
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if let (Ok(folder), Ok(case)) = (folder.canonicalize(), case.canonicalize())
        && folder.starts_with(&case)
    {
        return refused("it would be in the case's own folder; give a file outside it.");
    }
    if is_same(file, case) {
        return refused("this is the case itself, which is never written to; give another file.");
    }
    if exists(file) && !force {
        return refused("it exists already: give --force to replace it, or another file.");
    }
    Ok(())
}

/// Whether two paths lead to one file, links and all.
fn is_same(one: &Path, other: &Path) -> bool {
    let by_path = one.canonicalize().ok().zip(other.canonicalize().ok()).is_some_and(|(one, other)| one == other);
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let identity = |path: &Path| path.metadata().ok().map(|found| (found.dev(), found.ino()));
        by_path || identity(one).is_some_and(|one| Some(one) == identity(other))
    }
    #[cfg(not(unix))]
    by_path
}

fn write_report(file: &Path, force: bool, case: &Path, read: &ReadPlan, loaded: &Loaded) -> Result<(), Failure> {
    let bytes = annotated_copy(case, read, &loaded.name, &loaded.problems).map_err(not_written(file))?;
    report_allowed(file, force, case)?;
    write_file(file, &bytes, force).map_err(not_written(file))
}

/// The copy of the case at `path`, as a workbook's bytes.
pub(crate) fn annotated_copy(path: &Path, read: &ReadPlan, name: &str, problems: &[Problem]) -> io::Result<Vec<u8>> {
    let mut copy = Copy::open(path, &read.options)?;
    let pages = copy.pages();
    xlsx::annotated_copy::write(name, problems, &pages, &mut |page, take| copy.rows(page, take))
}
