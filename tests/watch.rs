//! `ratable watch`: cases dropped into a folder.

#![cfg(unix)]

use crate::support::command::{Ran, ratable, run_in};
use crate::support::files::files;
use crate::support::{Company, case};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const PATIENCE: Duration = Duration::from_secs(60);

fn company() -> Company {
    case(
        "register: holder_id, holder_name, class, shares, issue_date
         A, Ada, series-a, 100, 2005-12-15
         B, Ben, series-a, 60.5, 2005-12-15

         declarations: declared_date, kind, amount, series_a_declared_date
         2006-02-01, cash, 0.01, 2006-02-01
         2006-05-01, cash, 0.02, 2006-05-01",
    )
}

/// A folder with `in` and, by and by, `out`.
struct Desk(TempDir);

fn desk() -> Desk {
    let desk = Desk(tempfile::tempdir().unwrap());
    fs::create_dir(desk.path("in")).unwrap();
    desk
}

impl Desk {
    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn drop_case(&self, name: &str, company: &Company) {
        let path = self.path("in").join(name);
        fs::create_dir_all(&path).unwrap();
        company.write(&path);
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Watches once, and gives what was said without the times.
    fn once(&self, flags: &str) -> (Ran, Vec<String>) {
        let line = format!("watch in --out out --once --interval 0.05 {flags}");
        let ran = run_in(self.0.path(), &line.split_whitespace().collect::<Vec<_>>());
        let said = ran.stdout.lines().map(|line| without_time(line).to_owned()).collect();
        (ran, said)
    }

    fn watch(&self, flags: &str) -> Watching {
        let words = format!("watch in --out out {flags}");
        let mut command = ratable();
        command.args(words.split_whitespace()).current_dir(self.0.path());
        let said = fs::File::create(self.path("said")).unwrap();
        Watching(command.stdout(said).stderr(Stdio::piped()).spawn().unwrap(), self.path("said"))
    }
}

/// `2006-06-15T14:03:22Z  case  done (0.1 s)` without its beginning and end.
fn without_time(line: &str) -> &str {
    assert!(line.len() > 22 && &line[10..11] == "T" && &line[19..22] == "Z  ", "{line}");
    line[22..].split(" (").next().unwrap()
}

struct Watching(Child, PathBuf);

impl Watching {
    /// Ends it as Ctrl-C does, and gives its exit code and what it said.
    fn interrupt(mut self) -> (Option<i32>, Vec<String>, String) {
        kill_process(Pid::from_child(&self.0), Signal::INT).unwrap();
        let mut err = String::new();
        self.0.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        let code = self.0.wait().unwrap().code();
        let out = fs::read_to_string(&self.1).unwrap();
        (code, out.lines().map(str::to_owned).collect(), err)
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn wait_for(what: &str, mut there: impl FnMut() -> bool) {
    let start = Instant::now();
    while !there() {
        assert!(start.elapsed() < PATIENCE, "{what} never came");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_case_that_is_copied_slowly_is_taken_once_and_whole() {
    let desk = desk();
    let watching = desk.watch("--interval 0.4");
    let path = desk.path("in/slow.csv");
    let mut text = "holder_id,holder_name,class,shares,issue_date\n".to_owned();
    for piece in 0..12 {
        for row in 0..10 {
            text.push_str(&format!("H{piece}{row},Holder {piece} {row},series-a,10,2005-12-15\n"));
        }
        fs::write(&path, &text).unwrap();
        assert!(!desk.path("out/slow").exists(), "it was taken before its copy had finished");
        std::thread::sleep(Duration::from_millis(150));
    }
    wait_for("out/slow", || desk.text("said").contains("  slow  "));
    assert_eq!(desk.text("out/slow/distribution.csv").lines().count(), 1 + 120);
    let (code, said, err) = watching.interrupt();
    assert_eq!((code, err.as_str()), (Some(0), ""));
    assert_eq!(said.iter().filter(|line| line.contains("  slow  ")).count(), 1, "{said:?}");
    assert_eq!(without_time(said.last().unwrap()), "stopped; nothing half-written was left behind");
}

#[test]
fn distributions_and_reports_appear_as_folders_of_the_cases_names() {
    let desk = desk();
    desk.drop_case("good", &company());
    desk.drop_case("bad", &company().and("register", "C, Cleo, series-a, many, 2005-12-15"));
    fs::write(desk.path("in/letter.pdf"), "x").unwrap();
    fs::write(desk.path("in/~$good.xlsx"), "x").unwrap();
    fs::write(desk.path("in/later.csv.part"), "x").unwrap();
    let (ran, said) = desk.once("");
    assert_eq!((ran.code, ran.stderr.as_str()), (3, ""));
    assert_eq!(
        said[1..],
        [
            "bad               1 problem: out/bad/problems.xlsx",
            "good              2006-03-15: 160.50 USD net to 2 holders, 2 held, 2 warnings",
            "letter            1 problem: out/letter/problems.xlsx",
        ]
    );
    let names = |folder: &str| files(&desk.path(folder)).into_keys().collect::<Vec<_>>();
    assert_eq!(names("out/bad"), ["problems.json", "problems.txt", "problems.xlsx"]);
    assert!(desk.text("out/bad/problems.txt").starts_with("register: 1 problem\n  D4, register.csv  shares: "));
    assert!(desk.text("out/letter/problems.txt").contains("neither a workbook"));
    let report: Value = serde_json::from_str(&desk.text("out/bad/problems.json")).unwrap();
    assert_eq!(report["problems"][0]["code"], "register.shares.not-a-number");

    // It is the very folder that the command makes.
    let plain = run_in(desk.0.path(), &["dividend", "in/good", "--date", "2006-03-15", "--out", "plain"]);
    assert_eq!(plain.code, 0);
    assert!(files(&desk.path("out/good")) == files(&desk.path("plain")));
    assert_eq!(run_in(desk.0.path(), &["verify", "out/good", "--case", "in/good"]).code, 0);
}

#[test]
fn what_is_done_stays_and_what_changed_is_done_again() {
    let desk = desk();
    desk.drop_case("one", &company());
    desk.drop_case("two", &company().and("register", "C, Cleo, series-a, many, 2005-12-15"));
    assert_eq!(desk.once("").0.code, 3);
    let identity = |name: &str| {
        use std::os::unix::fs::MetadataExt;
        desk.path(name).metadata().unwrap().ino()
    };
    let before = (identity("out/one"), identity("out/two"));
    // Touched, but not changed.
    let register = fs::read(desk.path("in/one/register.csv")).unwrap();
    fs::write(desk.path("in/one/register.csv"), &register).unwrap();
    fs::write(desk.path("in/one/notes.txt"), "no table").unwrap();
    let (ran, said) = desk.once("");
    assert_eq!((ran.code, said.len()), (0, 1), "{said:?}");
    assert_eq!((identity("out/one"), identity("out/two")), before);
    // Mended, broken, and with a table more.
    desk.drop_case("two", &company());
    fs::write(desk.path("in/one/terms.csv"), "term,value\ncurrency,EUR\n").unwrap();
    let (ran, said) = desk.once("");
    assert_eq!(ran.code, 0);
    assert!(said[1].contains("160.50 EUR") && said[2].contains("160.50 USD"), "{said:?}");
    assert!(!desk.path("out/two/problems.txt").exists() && desk.path("out/two/distribution.csv").exists());
    fs::write(desk.path("in/one/terms.csv"), "term,value\ncurrency,much\nx,1\n").unwrap();
    assert_eq!(desk.once("").0.code, 3);
    assert!(desk.path("out/one/problems.txt").exists() && !desk.path("out/one/distribution.csv").exists());
    // Another date is another run; what is taken away is done again.
    let (_, said) = desk.once("--date 2006-06-15");
    assert!(said[2].starts_with("two               2006-06-15: "), "{said:?}");
    fs::remove_dir_all(desk.path("out/two")).unwrap();
    let (_, said) = desk.once("--date 2006-06-15");
    assert_eq!(said.len(), 2, "{said:?}");
    let left: Vec<String> =
        fs::read_dir(desk.path("out")).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(left.len(), 2, "nothing else lies there: {left:?}");
}

#[test]
fn a_case_that_is_replaced_while_it_is_watched_is_done_again() {
    let desk = desk();
    let watching = desk.watch("--interval 0.1 --format json");
    desk.drop_case("case", &company().and("register", "C, Cleo, series-a, many, 2005-12-15"));
    wait_for("the report", || desk.path("out/case/problems.txt").exists());
    let names: Vec<String> = files(&desk.path("out/case")).into_keys().collect();
    assert_eq!(names, ["problems.json", "problems.txt", "problems.xlsx"], "it appears whole");
    wait_for("its event", || desk.text("said").contains("\"event\":\"problems\""));
    desk.drop_case("case", &company());
    wait_for("the distribution", || desk.text("said").contains("\"event\":\"done\""));
    assert!(desk.path("out/case/manifest.json").exists() && !desk.path("out/case/problems.txt").exists());
    let (code, said, _) = watching.interrupt();
    assert_eq!(code, Some(0));
    let events: Vec<Value> = said.iter().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let kinds: Vec<&str> = events.iter().map(|event| event["event"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["watching", "problems", "done", "stopped"]);
    assert_eq!((&events[1]["case"], &events[1]["code"]), (&Value::from("case"), &Value::from(3)));
    assert_eq!(events[1]["problems"][0]["cell"], "D4");
    assert_eq!(events[2]["totals"][0]["net"], "160.50");
    assert_eq!(events[2]["date"], "2006-03-15");
}

#[test]
fn the_date_is_the_first_that_the_case_does_not_cover() {
    let date = |company: Company, name: &str| {
        let desk = desk();
        desk.drop_case(name, &company);
        let (ran, said) = desk.once("");
        assert_eq!(ran.code, 0, "{said:?}{}", ran.stderr);
        said[1].trim_start_matches(name).trim().split(':').next().unwrap().to_owned()
    };
    assert_eq!(date(company(), "nothing"), "2006-03-15");
    let paid = |rows: &str| company().with(&format!("payments: date, amount, quarter\n{rows}"));
    assert_eq!(date(paid("2006-03-15, full, 2006-03-15"), "paid"), "2006-06-15");
    assert_eq!(date(paid("2006-03-10, full, 2006-03-15"), "early"), "2006-06-15");
    assert_eq!(date(paid("2006-03-20, full,"), "late"), "2006-06-15");
    // What a run writes for the next one leads on to it.
    let desk = desk();
    desk.drop_case("case", &company());
    assert_eq!(desk.once("").0.code, 0);
    fs::copy(desk.path("out/case/arrears.csv"), desk.path("in/case/arrears.csv")).unwrap();
    let (_, said) = desk.once("");
    assert_eq!(said[1], "case              2006-06-15: 321.00 USD net to 2 holders, 2 held, 2 warnings");
}

#[test]
fn what_others_put_there_is_never_replaced() {
    let desk = desk();
    desk.drop_case("case", &company());
    fs::create_dir_all(desk.path("out/case")).unwrap();
    fs::write(desk.path("out/case/mine.txt"), "mine").unwrap();
    let (ran, said) = desk.once("");
    assert_eq!(
        (ran.code, said[1].as_str()),
        (2, "case              out/case was not written by a watch and is not replaced; move it away")
    );
    assert_eq!(desk.text("out/case/mine.txt"), "mine");
    // Nor is one case by another of the same name.
    fs::write(desk.path("in/twin.csv"), "holder_id,holder_name,class,shares,issue_date\nA,Ada,series-a,1,2005-12-15\n")
        .unwrap();
    desk.drop_case("Twin", &company());
    let (ran, said) = desk.once("");
    assert_eq!(ran.code, 2);
    assert_eq!(said.iter().filter(|line| line.contains("has the same name")).count(), 2, "{said:?}");
    assert!(!desk.path("out/twin").exists() && !desk.path("out/Twin").exists());
}

#[test]
fn what_cannot_be_watched_is_refused() {
    let desk = desk();
    fs::write(desk.path("file"), "").unwrap();
    for (line, why) in [
        ("watch nowhere --out out", "no such folder"),
        ("watch in --out in", "where they are dropped"),
        ("watch in --out in/../in", "where they are dropped"),
        ("watch in --out file", "not a folder"),
        ("watch in --out out --interval 0", "--interval 0"),
        ("watch in --out out --interval soon", "--interval soon"),
        ("watch in --out out --date today", "--date today"),
        ("watch in --out out --template file", "file"),
        ("watch in", "--out"),
    ] {
        let ran = run_in(desk.0.path(), &line.split(' ').collect::<Vec<_>>());
        assert_eq!(ran.code, 2, "{line}: {}{}", ran.stdout, ran.stderr);
        assert!(ran.stderr.contains(why), "{line}: {}", ran.stderr);
    }
    // What comes of cases may lie among them.
    desk.drop_case("case", &company());
    for _ in 0..2 {
        assert_eq!(run_in(desk.0.path(), &["watch", "in", "--out", "in/out", "--once", "--interval", "0.05"]).code, 0);
    }
    let inside: Vec<_> = fs::read_dir(desk.path("in/out")).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(inside, ["case"]);
}

#[test]
fn interrupted_in_the_middle_of_a_case_it_leaves_nothing_half_written() {
    let desk = desk();
    let mut register = "holder_id,holder_name,class,shares,issue_date\n".to_owned();
    for holder in 0..3_000 {
        register.push_str(&format!("H{holder},Holder {holder},series-a,10,2005-12-15\n"));
    }
    fs::write(desk.path("in/large.csv"), register).unwrap();
    let watching = desk.watch("--interval 0.05");
    let partial = |path: &Path| {
        let names =
            fs::read_dir(path).into_iter().flatten().flatten().map(|e| e.file_name().to_string_lossy().into_owned());
        names.filter(|name| name.ends_with(".partial")).any(|name| path.join(name).join("holders").exists())
    };
    wait_for("the folder being written", || partial(&desk.path("out")) || desk.path("out/large").exists());
    assert!(!desk.path("out/large").exists(), "the case was too small for this test");
    let (code, said, err) = watching.interrupt();
    assert_eq!((code, err.as_str()), (Some(0), ""), "{said:?}");
    let left: Vec<_> = fs::read_dir(desk.path("out")).into_iter().flatten().collect();
    assert!(left.is_empty(), "{left:?}");
    // And the next one does it.
    assert_eq!(desk.once("--workbooks none").0.code, 0);
    assert!(desk.path("out/large/distribution.csv").exists());
}
