//! The figures that `sample-data/small/README.md` works out by hand are what the binary gives: every table of it is
//! read, and its rows are looked up in the files of the run.

use crate::support::command::run_in;
use crate::support::files::{files, table};
use ratable::internals::model::parse_decimal;
use std::collections::BTreeMap;
use std::path::Path;

type Rows = Vec<Vec<String>>;

/// The tables of a section of the README, each without its header and rule.
fn tables(section: &str) -> Vec<Rows> {
    let readme = include_str!("../sample-data/small/README.md");
    let (_, text) = readme.split_once(&format!("\n## {section}")).unwrap_or_else(|| panic!("no section {section}"));
    let text = text.split("\n## ").next().unwrap_or(text);
    let mut tables: Vec<Rows> = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        match line.strip_prefix('|') {
            Some(cells) => {
                if !inside {
                    tables.push(Vec::new());
                }
                let cells = cells.trim_end_matches('|').split('|').map(|c| c.trim().replace("**", ""));
                tables.last_mut().expect("a table").push(cells.collect());
                inside = true;
            }
            None => inside = false,
        }
    }
    tables.iter_mut().for_each(|rows| drop(rows.drain(..2)));
    tables
}

/// What a command wrote.
struct Output(BTreeMap<String, Vec<u8>>);

fn run(line: &str) -> Output {
    let top = tempfile::tempdir().expect("a folder");
    let out = top.path().join("out");
    let mut words = line.split(' ');
    let command = words.next().expect("a command");
    let mut arguments =
        vec![command, "sample-data/small", "--out", out.to_str().expect("a path"), "--workbooks", "none"];
    arguments.extend(words);
    let ran = run_in(Path::new(env!("CARGO_MANIFEST_DIR")), &arguments);
    assert_eq!(ran.code, 0, "{line}: {}", ran.stderr);
    Output(files(&out))
}

impl Output {
    /// A CSV file's rows by column name.
    fn rows(&self, name: &str) -> Vec<BTreeMap<String, String>> {
        let rows = table(std::str::from_utf8(&self.0[name]).expect("UTF-8"));
        let header = rows[0].clone();
        rows[1..].iter().map(|row| header.iter().cloned().zip(row.iter().cloned()).collect()).collect()
    }

    fn result(&self) -> serde_json::Value {
        serde_json::from_slice(&self.0["result.json"]).expect("JSON")
    }
}

/// The last number of a cell: `1 + 4.15 + 3.00 = 8.15`, `$1,818.0525`, `12.12035%`.
fn number(cell: &str) -> ratable::internals::model::Ratio {
    let last = cell.rsplit('=').next().unwrap_or(cell);
    let digits: String = last.chars().filter(|c| c.is_ascii_digit() || ".-".contains(*c)).collect();
    parse_decimal(&digits).unwrap_or_else(|| panic!("{cell:?} is no number"))
}

/// The same number, however it is written.
#[track_caller]
fn same(readme: &str, found: &str, what: &str) {
    let readme = if readme.is_empty() { "0" } else { readme };
    assert_eq!(number(readme), number(found), "{what}: the README says {readme}, the run {found}");
}

fn class(name: &str) -> &str {
    match name {
        "Series A" => "series-a",
        "Common" => "common",
        other => panic!("{other} is no class"),
    }
}

/// The row of a holding, and of an asset where the table has them.
fn row<'a>(
    rows: &'a [BTreeMap<String, String>],
    holder: &str,
    class: &str,
    asset: &str,
) -> &'a BTreeMap<String, String> {
    let found = rows
        .iter()
        .find(|row| row["holder_id"] == holder && row["class"] == class && row.get("asset").is_none_or(|a| a == asset));
    found.unwrap_or_else(|| panic!("no row of {holder} {class} {asset}"))
}

#[test]
fn who_holds_what() {
    let company = ratable::internals::input::load(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-data/small"),
        &ratable::internals::input::ReadOptions::default(),
    );
    let case = company.expect("the sample").case.expect("the sample has no problems");
    let starts = ratable::internals::runs::Context::new(&case).accrual;
    let lots = &tables("Who holds what")[0];
    assert_eq!(lots.len(), 8);
    for line in lots.iter().filter(|line| line[3].starts_with('2')) {
        let holder = case.register.find(&line[0][..5]).expect("a holder");
        let lot = case.register.lots_of(holder).iter().find(|l| l.class == case.classes.series_a()).expect("a lot");
        same(&line[1], &lot.shares.to_string(), &line[0]);
        let issued = lot.issue_date.expect("a date");
        assert_eq!(line[2], ratable::internals::model::iso(issued), "{}", line[0]);
        assert_eq!(line[3], ratable::internals::model::iso(starts.of(issued).expect("a start").start), "{}", line[0]);
    }
}

#[test]
fn first_quarter() {
    let cohorts = run("dividend --date 2006-03-15 --set register_date=2006-03-15").result();
    let mut found = 0;
    let mut paid = ratable::internals::model::whole(0);
    for line in tables("The first quarter")[0].iter().filter(|line| !line[0].is_empty()) {
        let cohorts = cohorts["cohorts"].as_array().expect("cohorts");
        let cohort = cohorts.iter().find(|c| c["accrual_start"] == line[0].as_str()).expect("a cohort");
        let text = |name: &str| cohort[name].as_str().expect("a figure").to_owned();
        same(&line[1], &text("shares"), &line[0]);
        same(&line[2], &text("due"), &line[0]);
        same(&line[4], &text("paid"), &line[0]);
        let exact = |name: &str| ratable::internals::model::parse_decimal(&text(name)).expect("a number");
        paid += exact("shares") * exact("paid");
        same(&line[6], &text("unpaid"), &line[0]);
        found += 1;
    }
    assert_eq!(found, 3);
    same("635.00", &ratable::internals::model::plain(&paid, 12), "paid in all");
}

#[test]
fn dividend() {
    let output = run("dividend --date 2006-06-15");
    let (rows, result) = (output.rows("distribution.csv"), output.result());
    let tables = tables("dividend on 2006-06-15");
    for line in &tables[1] {
        let cohorts = result["cohorts"].as_array().expect("cohorts");
        let cohort = cohorts.iter().find(|c| c["accrual_start"] == line[0].as_str()).expect("a cohort");
        for (column, name) in [(1, "shares"), (2, "brought_forward"), (3, "current"), (4, "due")] {
            same(&line[column], cohort[name].as_str().expect("a figure"), &format!("{} {name}", line[0]));
        }
    }
    let holders: Vec<_> = tables[2].iter().filter(|line| line[0].starts_with("H-")).collect();
    assert_eq!(holders.len() * 2, rows.len(), "every row of the run, cash and in kind, is in the README");
    for line in holders {
        let (cash, asset) =
            (row(&rows, &line[0], class(&line[1]), "USD"), row(&rows, &line[0], class(&line[1]), "Tidewater shares"));
        for (column, name) in [(2, "shares"), (4, "gross"), (6, "withheld"), (7, "net")] {
            same(&line[column], &cash[name], &format!("{} {name}", line[0]));
        }
        same(&line[8], &asset["net"], &format!("{} in kind", line[0]));
    }
    let all = tables[2].last().expect("a row of totals");
    for (column, name) in [(4, "gross"), (6, "withheld"), (7, "net")] {
        same(&all[column], result["totals"][name].as_str().expect("a total"), name);
    }
    let instructions = output.rows("payment-instructions.csv");
    assert_eq!(instructions.len(), 9);
    let held: Vec<&str> =
        instructions.iter().filter(|r| r["status"] == "held").map(|r| r["holder_id"].as_str()).collect();
    assert_eq!(held, ["H-005", "H-006"]);
    assert_eq!(instructions.iter().find(|r| r["holder_id"] == "H-001").expect("H-001")["amount"], "598.50");
    for line in &tables[3] {
        let method = [("pain.001", "wire"), ("nacha", "ach"), ("checks", "check")].iter().find(|f| f.0 == line[0]);
        let method = method.expect("a format").1;
        let paid = instructions.iter().filter(|row| row["status"] == "pay" && row["method"] == method);
        let (holders, amounts): (Vec<_>, Vec<_>) =
            paid.map(|r| (r["holder_id"].as_str(), number(&r["amount"]))).unzip();
        assert_eq!(holders.join(", "), line[1], "by {method}");
        assert_eq!(holders.len().to_string(), line[2], "by {method}");
        assert_eq!(amounts.into_iter().reduce(|a, b| a + b), Some(number(&line[3])), "by {method}");
    }
    let short = run_in(
        Path::new(env!("CARGO_MANIFEST_DIR")),
        &["dividend", "sample-data/small", "--date", "2006-06-15", "--funds", "900.00"],
    );
    assert_eq!(short.code, 4, "{}", short.stderr);
}

#[test]
fn liquidate() {
    let output = run("liquidate --date 2006-06-15");
    let (rows, result) = (output.rows("distribution.csv"), output.result());
    let tables = tables("liquidate on 2006-06-15");
    for line in tables[0].iter().filter(|line| !line[0].is_empty()) {
        let cohorts = result["cohorts"].as_array().expect("cohorts");
        let cohort = cohorts.iter().find(|c| c["accrual_start"] == line[0].as_str()).expect("a cohort");
        same(&line[1], cohort["shares"].as_str().expect("shares"), &line[0]);
        same(&line[2], cohort["liquidation_preference"].as_str().expect("L"), &line[0]);
    }
    let holders: Vec<_> = tables[1].iter().filter(|line| line[0].starts_with("H-")).collect();
    assert_eq!(holders.len(), rows.len());
    for line in holders {
        let found = row(&rows, &line[0], class(&line[1]), "");
        let columns = ["shares", "preference", "common_adjustment", "participation", "rounding", "total"];
        for (cell, name) in line[2..].iter().zip(columns) {
            same(cell, &found[name], &format!("{} {name}", line[0]));
        }
    }
    let at: Vec<&str> =
        result["breakpoints"].as_array().expect("breakpoints").iter().filter_map(|b| b["at"].as_str()).collect();
    assert_eq!(at, ["0", "1818.0525", "15000"]);
    let apportioned = &result["apportionments"][0];
    assert_eq!((&apportioned["left_over"], &apportioned["by_tie_rule"]), (&2.into(), &0.into()));
}

#[test]
fn exchange() {
    let output = run("exchange --date 2006-06-15");
    let rows = output.rows("distribution.csv");
    let lines = &tables("exchange on 2006-06-15")[0];
    for line in lines.iter().filter(|line| line[0].starts_with("H-")) {
        let (cash, asset) =
            (row(&rows, &line[0], class(&line[1]), "USD"), row(&rows, &line[0], class(&line[1]), "Meridian shares"));
        same(&line[2], &cash["shares"], &line[0]);
        same(&line[3], &cash["net"], &line[0]);
        same(&line[4], &asset["net"], &line[0]);
    }
    assert_eq!(2 * (lines.len() - 1), rows.len());
    let result = output.result();
    same(&lines.last().expect("totals")[3], result["totals"]["net"].as_str().expect("net"), "all");
    let warned =
        result["warnings"].as_array().expect("warnings").iter().any(|w| w["code"] == "run.exchange.unpaid-dividends");
    assert!(warned, "unpaid dividends are warned of");
}

#[test]
fn vote() {
    let output = run("vote --date 2006-06-15");
    let (tallies, tables) = (output.rows("tallies.csv"), tables("vote on 2006-06-15"));
    for line in &tables[0] {
        let matter = line[0].split(" (").next().expect("a matter");
        let of_matter: Vec<_> = tallies.iter().filter(|t| t["matter"] == matter).collect();
        assert!(of_matter.iter().all(|t| t["outcome"] == line[4]), "{matter}: {of_matter:?}");
        for (column, choice) in [(1, "for"), (2, "against"), (3, "abstain")] {
            if let Some(tally) = of_matter.iter().find(|t| t["choice"] == choice) {
                same(&line[column], &tally["votes"], &format!("{matter} {choice}"));
            }
        }
    }
    assert_eq!(tallies.iter().filter(|t| t["kind"] != "directors").count(), 6);
    for (line, meeting) in tables[1].iter().zip(output.rows("meetings.csv")) {
        assert!(line[0].starts_with(&format!("{}, {}", meeting["row"], meeting["kind"])), "{line:?}");
        assert_eq!(line[1], meeting["verdict"], "{line:?}: {}", meeting["reason"]);
    }
    same("300,000", output.result()["totals"]["votes"].as_str().expect("votes"), "all votes");
}

#[test]
fn actions() {
    let output = run("actions");
    let (rows, lines) = (output.rows("actions.csv"), &tables("actions")[0]);
    assert_eq!(rows.len(), lines.len());
    for (line, row) in lines.iter().zip(rows) {
        assert_eq!(line[..2], [row["row"].clone(), row["date"].clone()]);
        assert!(line[2].starts_with(&row["action"]), "{line:?}");
        assert_eq!(line[3..5], [row["verdict"].clone(), row["clause"].clone()], "{line:?}");
    }
}

#[test]
fn captable() {
    let rows = run("captable --date 2006-06-15").rows("captable.csv");
    for line in &tables("captable on 2006-06-15")[0] {
        let row = rows.iter().find(|r| r["class"] == class(&line[0])).expect("a class");
        let columns =
            ["authorized", "outstanding", "retired", "available", "votes", "ownership_percent", "vote_percent"];
        for (cell, name) in line[1..].iter().zip(columns) {
            same(cell, &row[name], &format!("{} {name}", line[0]));
        }
    }
    assert_eq!(rows.len(), 2);
}
