//! How fast `ratable` is against programs that do the least that its work includes: `cargo bench`.
//!
//! Every goal is a ratio within one run on one machine, so it says something on any. The two sides of a ratio are run in
//! turn, and the median of the pairs is shown. Inputs are made in a folder on tmpfs (`/dev/shm` where there is one) and,
//! where a line says so, on the disk (the target folder).
//!
//! `cargo test --bench goals -- --quick` runs the same on small inputs, once, with the program that the tests have, and
//! judges what comes out rather than how fast: that is for continuous integration, where time means nothing.
//! `cargo bench -- NAME…` runs the lines whose name has a NAME in it.

mod inputs;
mod measure;
#[allow(dead_code, reason = "the bench needs the page alone")]
#[path = "../../tests/support/mod.rs"]
mod support;
mod yardsticks;

use measure::{Ratable, Table, in_turn};
use std::io;
use std::path::{Path, PathBuf};

/// How much of everything.
struct Scale {
    /// Lots in the CSV registers.
    lots: usize,
    /// Ten times as many.
    many_lots: usize,
    /// Holders of the twelve classes.
    stack_holders: usize,
    /// Scenarios of the lots in CSV; a tenth of them of the twelve classes.
    scenarios: u32,
    /// Lots in the workbook.
    workbook_lots: usize,
    /// Lots in the workbook that is dropped on the page.
    page_lots: usize,
    /// Holders with a statement each.
    statements: usize,
    /// Payments in the bank's file.
    payments: usize,
    /// How often each side runs.
    runs: usize,
}

const FULL: Scale = Scale {
    lots: 1_000_000,
    many_lots: 10_000_000,
    stack_holders: 50_000,
    scenarios: 100_000,
    workbook_lots: 500_000,
    page_lots: 50_000,
    statements: 20_000,
    payments: 200_000,
    runs: 5,
};
const QUICK: Scale = Scale {
    lots: 30_000,
    many_lots: 300_000,
    stack_holders: 2_000,
    scenarios: 1_000,
    workbook_lots: 20_000,
    page_lots: 2_000,
    statements: 300,
    payments: 2_000,
    runs: 1,
};

fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let quick = arguments.iter().any(|a| a == "--quick");
    let wanted: Vec<&String> = arguments.iter().filter(|a| !a.starts_with("--")).collect();
    let scale = if quick { QUICK } else { FULL };
    let shm = Path::new("/dev/shm");
    let memory = if shm.is_dir() { tempfile::tempdir_in(shm)? } else { tempfile::tempdir()? };
    let disk = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let bench = Bench {
        ratable: Ratable::new(env!("CARGO_BIN_EXE_ratable")),
        memory: memory.path().to_path_buf(),
        disk: disk.path().to_path_buf(),
        scale,
        table: Table::new(quick),
    };
    #[allow(clippy::type_complexity, reason = "a table of names and functions")]
    let sections: [(&str, fn(&Bench) -> io::Result<()>); 12] = [
        ("start-up", start_up),
        ("csv", csv),
        ("vote", vote),
        ("in kind", in_kind),
        ("scenarios", scenarios),
        ("ten times the lots", ten_times),
        ("workbook", workbook),
        ("statements", statements),
        ("jobs", jobs),
        ("200 holders", two_hundred),
        ("pay", pay),
        ("page", page),
    ];
    for (name, section) in sections {
        if wanted.is_empty() || wanted.iter().any(|w| name.contains(w.as_str())) {
            section(&bench)?;
        }
    }
    bench.table.end()
}

struct Bench {
    ratable: Ratable,
    memory: PathBuf,
    disk: PathBuf,
    scale: Scale,
    table: Table,
}

impl Bench {
    fn lots_case(&self, lots: usize) -> io::Result<PathBuf> {
        let folder = self.memory.join(format!("lots-{lots}"));
        if !folder.is_dir() {
            inputs::csv_case(&folder, lots)?;
        }
        Ok(folder)
    }
}

/// Starting, and nothing else.
fn start_up(bench: &Bench) -> io::Result<()> {
    let runs = bench.scale.runs * 8;
    let mut times: Vec<f64> = Vec::new();
    for _ in 0..runs {
        times.push(bench.ratable.run(&["--version"])?.seconds);
    }
    bench.table.at_most("start-up (--version), ms", measure::median(&mut times) * 1_000.0, 8.0);
    Ok(())
}

/// A million lots in CSV, all outputs but the holders' workbooks.
fn csv(bench: &Bench) -> io::Result<()> {
    let lots = bench.scale.lots;
    let case = bench.lots_case(lots)?;
    let register = case.join("register.csv");
    for (what, place) in [("tmpfs", &bench.memory), ("disk", &bench.disk)] {
        let rewritten = place.join("rewritten.csv");
        let dividend = || bench.ratable.dividend(&case, &place.join("dividend"), &["--workbooks", "none"]);
        let liquidate = || bench.ratable.liquidate(&case, &place.join("liquidation"), &[]);
        let rewrite = || measure::timed(|| yardsticks::rewrite_csv(&register, &rewritten));
        let ratio = in_turn(bench.scale.runs, dividend, rewrite)?;
        bench.table.at_most(&format!("dividend, {lots} lots, against csv rewritten ({what})"), ratio.ratio, 8.0);
        let ratio = in_turn(bench.scale.runs, liquidate, rewrite)?;
        bench.table.at_most(&format!("liquidate, {lots} lots, against csv rewritten ({what})"), ratio.ratio, 11.0);
    }
    let dividend = || bench.ratable.dividend(&case, &bench.memory.join("dividend"), &["--workbooks", "none"]);
    let sheet = || measure::timed(|| yardsticks::holdings_sheet(&bench.memory.join("sheet.xlsx"), lots));
    let against = in_turn(bench.scale.runs.min(3), dividend, sheet)?;
    bench.table.at_most("the whole dividend run against rust_xlsxwriter's holdings sheet alone", against.ratio, 0.5);
    let bytes = against.first.peak_bytes / lots as f64;
    bench.table.at_most("peak memory of the dividend run, bytes a lot", bytes, 250.0);
    let liquidation = bench.ratable.liquidate(&case, &bench.memory.join("liquidation"), &[])?;
    bench.table.at_most("peak memory of the liquidation, bytes a lot", liquidation.peak_bytes / lots as f64, 250.0);
    bench.table.same_folders("two jobs write what one writes", &bench.ratable, &case, &bench.memory)
}

/// What every holding votes, against what every holding is paid.
fn vote(bench: &Bench) -> io::Result<()> {
    let lots = bench.scale.lots;
    let case = bench.lots_case(lots)?;
    let vote = || bench.ratable.vote(&case, &bench.memory.join("vote"));
    let dividend = || bench.ratable.dividend(&case, &bench.memory.join("dividend"), &["--workbooks", "none"]);
    let ratio = in_turn(bench.scale.runs.min(3), vote, dividend)?;
    bench.table.at_most(&format!("vote, {lots} lots, against dividend"), ratio.ratio, 2.0);
    Ok(())
}

/// A dividend that delivers an asset beside its cash, against one of cash alone.
fn in_kind(bench: &Bench) -> io::Result<()> {
    let lots = bench.scale.lots;
    let (cash_case, in_kind_case) = (bench.lots_case(lots)?, bench.memory.join("in-kind"));
    inputs::csv_case(&in_kind_case, lots)?;
    inputs::add_delivery(&in_kind_case)?;
    let run = |case: &Path| bench.ratable.dividend(case, &bench.memory.join("dividend"), &["--workbooks", "none"]);
    let ratio = in_turn(bench.scale.runs.min(3), || run(&in_kind_case), || run(&cash_case))?;
    bench.table.at_most(&format!("dividend with deliveries, {lots} lots, against cash alone"), ratio.ratio, 2.0);
    std::fs::remove_dir_all(&in_kind_case)
}

/// Many sums, against one.
fn scenarios(bench: &Bench) -> io::Result<()> {
    let stack = bench.memory.join("stack");
    inputs::stack_case(&stack, bench.scale.stack_holders)?;
    let lots = bench.lots_case(bench.scale.lots)?;
    let cases = [
        (format!("{} holders of 12 classes", bench.scale.stack_holders), &stack, bench.scale.scenarios / 10),
        (format!("{} lots", bench.scale.lots), &lots, bench.scale.scenarios),
    ];
    for (what, case, steps) in cases {
        let range = format!("0:{steps}000000:1000000");
        let out = bench.memory.join("scenarios");
        let with = || bench.ratable.liquidate(case, &out, &["--scenarios", &range]);
        let without = || bench.ratable.liquidate(case, &out, &[]);
        let ratio = in_turn(bench.scale.runs.min(3), with, without)?;
        bench.table.at_most(&format!("{steps} scenarios, {what}, against none"), ratio.ratio, 3.0);
        let megabytes = ratio.first.peak_bytes / 1e6;
        bench.table.at_most(&format!("peak memory of {steps} scenarios, {what}, MB"), megabytes, 400.0);
    }
    std::fs::remove_dir_all(&stack)
}

/// Ten times the lots.
fn ten_times(bench: &Bench) -> io::Result<()> {
    let (few, many) = (bench.lots_case(bench.scale.lots)?, bench.lots_case(bench.scale.many_lots)?);
    let out = bench.memory.join("scaled");
    let large = || bench.ratable.dividend(&many, &out, &["--workbooks", "none"]);
    let small = || bench.ratable.dividend(&few, &out, &["--workbooks", "none"]);
    let ratio = in_turn(bench.scale.runs.min(3), large, small)?;
    bench.table.at_most("time for 10 times the lots", ratio.ratio, 11.0);
    let gigabytes = ratio.first.peak_bytes / 1e9;
    bench.table.at_most(&format!("peak memory at {} lots, GB", bench.scale.many_lots), gigabytes, 3.0);
    std::fs::remove_dir_all(&many)?;
    std::fs::remove_dir_all(&out)
}

/// A register in a workbook.
fn workbook(bench: &Bench) -> io::Result<()> {
    let lots = bench.scale.workbook_lots;
    let case = bench.memory.join("case.xlsx");
    inputs::workbook_case(&case, lots)?;
    let dividend = || bench.ratable.dividend(&case, &bench.memory.join("workbook"), &["--workbooks", "none"]);
    let cells = || measure::timed(|| yardsticks::read_cells(&case));
    let ratio = in_turn(bench.scale.runs.min(3), dividend, cells)?;
    bench.table.at_most(&format!("dividend, {lots} lots in XLSX, against calamine's bare cells"), ratio.ratio, 1.7);
    Ok(())
}

/// A workbook for each of many holders.
fn statements(bench: &Bench) -> io::Result<()> {
    let count = bench.scale.statements;
    let case = bench.memory.join("holders");
    inputs::holders_case(&case, count)?;
    let runs = bench.scale.runs.min(3);
    for (what, place) in [("tmpfs", &bench.memory), ("disk", &bench.disk)] {
        let out = place.join("statements");
        let with = || bench.ratable.dividend(&case, &out, &["--workbooks", "all"]);
        let size = with().and_then(|_| measure::mean_size(&out.join("holders")))?;
        let others = place.join("others");
        if what == "tmpfs" {
            let theirs = || measure::timed(|| yardsticks::statements(&others, count));
            let ratio = in_turn(runs, with, theirs)?;
            bench.table.at_most(
                &format!("a run with {count} statements against rust_xlsxwriter's, two threads ({what})"),
                ratio.ratio,
                0.2,
            );
        }
        let files = || measure::timed(|| yardsticks::plain_files(&others, count, size));
        let ratio = in_turn(runs, with, files)?;
        let goal = if what == "disk" { 1.5 } else { f64::INFINITY };
        bench.table.at_most(
            &format!("a run with {count} statements against plain files of {size} bytes ({what})"),
            ratio.ratio,
            goal,
        );
    }
    Ok(())
}

/// One job and two.
fn jobs(bench: &Bench) -> io::Result<()> {
    let case = bench.memory.join("holders");
    if !case.is_dir() {
        inputs::holders_case(&case, bench.scale.statements)?;
    }
    let out = bench.memory.join("jobs");
    let run = |jobs: &str| bench.ratable.dividend(&case, &out, &["--workbooks", "all", "--jobs", jobs]);
    let ratio = in_turn(bench.scale.runs.min(3), || run("2"), || run("1"))?;
    bench.table.at_most("two jobs against one, with workbooks", ratio.ratio, 0.6);
    Ok(())
}

/// What most companies have.
fn two_hundred(bench: &Bench) -> io::Result<()> {
    let case = bench.memory.join("small");
    inputs::holders_case(&case, 200)?;
    let mut times = Vec::new();
    for _ in 0..bench.scale.runs * 2 {
        times.push(bench.ratable.dividend(&case, &bench.memory.join("small-out"), &["--workbooks", "all"])?.seconds);
    }
    bench.table.at_most("200 holders with all workbooks, ms", measure::median(&mut times) * 1_000.0, 100.0);
    Ok(())
}

/// A bank's file and the list of what became of each payment, against writing the bytes of both.
fn pay(bench: &Bench) -> io::Result<()> {
    let count = bench.scale.payments;
    let case = bench.memory.join("paid");
    inputs::paid_case(&case, count)?;
    for (what, place) in [("tmpfs", &bench.memory), ("disk", &bench.disk)] {
        let (run, file) = (place.join("paid-run"), place.join("payments.xml"));
        bench.ratable.dividend(&case, &run, &["--workbooks", "none"])?;
        let paid = || bench.ratable.pay(&run, &case, &file);
        paid()?;
        let bytes = [std::fs::read(&file)?, std::fs::read(place.join("payments.xml.json"))?];
        // In a folder of their own: what lies beside the file is read by `pay`, in search of payments that it carries.
        let apart = place.join("apart");
        std::fs::create_dir_all(&apart)?;
        let copies = [apart.join("copy.xml"), apart.join("copy.xml.json")];
        let copied = || {
            measure::timed(|| copies.iter().zip(&bytes).try_for_each(|(copy, bytes)| yardsticks::written(copy, bytes)))
        };
        let ratio = in_turn(bench.scale.runs, paid, copied)?;
        let goal = if what == "disk" { 3.0 } else { f64::INFINITY };
        let size = bytes.iter().map(Vec::len).sum::<usize>() / 1_000_000;
        bench.table.at_most(
            &format!("pay, {count} payments, against writing its file and list, {size} MB ({what})"),
            ratio.ratio,
            goal,
        );
        let megabytes = ratio.first.peak_bytes / 1e6;
        bench.table.at_most(&format!("peak memory of pay, {count} payments, MB ({what})"), megabytes, f64::INFINITY);
    }
    Ok(())
}

/// What a person waits for on the page.
fn page(bench: &Bench) -> io::Result<()> {
    let server = support::page::Server::start();
    let (lots, path) = (bench.scale.page_lots, bench.memory.join("page.xlsx"));
    inputs::workbook_case(&path, lots)?;
    let bytes = std::fs::read(&path)?;
    let dropped = || {
        measure::timed(|| {
            let case = server.dropped("", &[("page.xlsx", &bytes)]);
            let page = server.get(&case).text();
            if page.contains("Ready") { Ok(()) } else { Err(io::Error::other(page)) }
        })
    };
    let check = || bench.ratable.run(&["check", &path.to_string_lossy(), "--quiet"]);
    let ratio = in_turn(bench.scale.runs, dropped, check)?;
    bench.table.at_most(&format!("page: {lots} lots in XLSX from drop to understood, against check"), ratio.ratio, 1.5);

    let folder = bench.memory.join("page");
    inputs::holders_case(&folder, 200)?;
    let files: Vec<(String, Vec<u8>)> = std::fs::read_dir(&folder)?
        .map(|entry| entry.and_then(|e| Ok((e.file_name().to_string_lossy().into_owned(), std::fs::read(e.path())?))))
        .collect::<io::Result<_>>()?;
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let case = server.dropped("page", &files);
    let mut times = Vec::new();
    for _ in 0..bench.scale.runs * 2 {
        let taken = measure::timed(|| {
            let preview = server.ran(&case, "command=dividend&date=2006-06-15");
            if preview.contains("Paid") { Ok(()) } else { Err(io::Error::other(preview)) }
        });
        times.push(taken?.seconds);
    }
    bench.table.at_most("page: 200 holders to preview, ms", measure::median(&mut times) * 1_000.0, 300.0);
    Ok(())
}
