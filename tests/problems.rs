//! docs/problems.md is what `ratable explain` prints: it has an entry for every code that the program can give, and its
//! examples are true.

use crate::support::command::run_in;
use ratable::internals::input::{ReadOptions, load};
use ratable::internals::output::problem_page::{Entry, cells, entries, find};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &Path, extension: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, extension, found);
        } else if path.extension().is_some_and(|e| e == extension) {
            found.push(path);
        }
    }
}

/// The string literals of a source, each with what stands before it.
fn literals(text: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(open) = text[from..].find('"').map(|at| from + at) {
        let line = text[..open].rfind('\n').map_or(0, |at| at + 1);
        if text[line..open].contains("//") || text[..open].ends_with('\'') || text[..open].ends_with('\\') {
            from = open + 1;
            continue;
        }
        let raw = text[..open].ends_with("r#") || text[..open].ends_with('r');
        let mut close = open + 1;
        while !text[close..].starts_with('"') {
            let Some(next) = text[close..].chars().next() else { return found };
            let escape = if next == '\\' && !raw { 1 } else { 0 };
            close += next.len_utf8() + escape;
        }
        found.push((&text[..open], &text[open + 1..close]));
        from = close + 1;
    }
    found
}

fn is_word(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b == b'-' || b == b'_')
}

/// The codes that stand in the source, with `{}` for what is filled in, and the last parts that stand alone.
fn in_source() -> (BTreeSet<String>, BTreeSet<String>) {
    let mut sources = Vec::new();
    files(&root().join("src"), "rs", &mut sources);
    assert!(sources.len() > 200, "the sources are there");
    let (mut codes, mut last_parts) = (BTreeSet::new(), BTreeSet::new());
    // Files that begin so are no codes.
    let is_file =
        |text: &str| [".csv", ".json", ".xlsx", ".xml", ".txt", ".ocf", ".zip"].iter().any(|e| text.contains(e));
    // Calls whose argument is the last part of a code.
    let calls = ["Refusal::new(", "Fault::new(", ".refuse(", ".reject(", ".warn(", "wrong("];
    for path in sources {
        let text = fs::read_to_string(&path).unwrap();
        if path.ends_with("output/problem_page.rs") || path.ends_with("cli.rs") {
            continue;
        }
        let in_ocf = path.components().any(|c| c.as_os_str() == "ocf");
        for (before, literal) in literals(&text) {
            let parts: Vec<&str> = literal.split('.').collect();
            let filled = |part: &str| is_word(part) || (part.starts_with('{') && part.ends_with('}'));
            if parts.len() == 3 && parts.iter().all(|part| filled(part)) && !is_file(literal) {
                codes.insert(literal.to_owned());
            }
            if in_ocf && parts.len() == 2 && parts.iter().all(|part| is_word(part)) && !is_file(literal) {
                codes.insert(format!("ocf.{literal}"));
            }
            // A word in kebab case as the first words of such a call, or the second argument.
            let before = before.trim_end();
            let call = calls.iter().filter_map(|call| Some((before.rfind(call)? + call.len(), *call))).max();
            let Some((at, call)) = call else { continue };
            let between = &before[at..];
            let depth = between.matches('(').count() as i64 - between.matches(')').count() as i64;
            let comma = between.matches(',').count();
            let position = match call {
                "Refusal::new(" | "Fault::new(" => 0,
                "wrong(" => 2,
                _ => 1,
            };
            let closed = depth < 0 || between.contains(';');
            if !closed && comma == position && is_word(literal) && (literal.contains('-') || position < 2) {
                last_parts.insert(literal.to_owned());
            }
        }
    }
    (codes, last_parts)
}

#[test]
fn every_code_of_the_source_has_an_entry() {
    let (codes, last_parts) = in_source();
    assert!(codes.len() > 140 && last_parts.len() > 40, "{} codes, {} last parts", codes.len(), last_parts.len());
    let known: Vec<Entry> = entries().collect();
    let matches = |code: &str| {
        let parts: Vec<&str> = code.split('.').collect();
        known.iter().any(|entry| {
            let any = |part: &str| part.starts_with('{') || part.bytes().all(|b| b.is_ascii_uppercase());
            let entry: Vec<&str> = entry.code.split('.').collect();
            entry.len() == 3 && entry.iter().zip(&parts).all(|(e, p)| any(e) || any(p) || e == p)
        })
    };
    let missing: Vec<&String> = codes.iter().filter(|code| !matches(code)).collect();
    assert!(missing.is_empty(), "docs/problems.md has no entry for {missing:#?}");
    let ends = |what: &str| known.iter().any(|entry| entry.code.rsplit('.').next() == Some(what));
    let missing: Vec<&String> = last_parts.iter().filter(|what| !ends(what)).collect();
    assert!(missing.is_empty(), "docs/problems.md has no entry that ends in {missing:#?}");
}

#[test]
fn every_code_that_a_test_sees_has_an_entry() {
    let mut found: BTreeSet<String> = BTreeSet::new();
    let mut expected = Vec::new();
    files(&root().join("tests/invalid"), "txt", &mut expected);
    for path in expected {
        let text = fs::read_to_string(path).unwrap();
        let codes = text.lines().filter(|line| ["error ", "warning ", "note "].iter().any(|s| line.starts_with(s)));
        found.extend(codes.map(|line| line.split(' ').nth(1).unwrap().to_owned()));
    }
    let mut results = Vec::new();
    files(&root().join("tests/golden"), "json", &mut results);
    for path in results {
        let result: serde_json::Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
        let codes = result["warnings"].as_array().into_iter().flatten().filter_map(|warning| warning["code"].as_str());
        found.extend(codes.map(str::to_owned));
    }
    // What the tests name: codes with a table of the program, perhaps with a cell behind them; but for those that are made
    // up, to be told, or looked for in vain.
    let mut tests = Vec::new();
    files(&root().join("tests"), "rs", &mut tests);
    let are_made_up = |path: &Path| path.ends_with("problems.rs") || path.ends_with("units/messages.rs");
    for path in tests.iter().filter(|path| !are_made_up(path)) {
        let text = fs::read_to_string(path).unwrap();
        for (_, literal) in literals(&text) {
            let code = literal.split(' ').next().unwrap();
            let parts: Vec<&str> = code.split('.').collect();
            let tables =
                ["register", "terms", "classes", "declarations", "run", "payments", "arrears", "totals", "recomputed"];
            if parts.len() == 3
                && tables.contains(&parts[0])
                && parts.iter().all(|part| is_word(part))
                && !code.contains(".x")
            {
                found.insert(code.to_owned());
            }
        }
    }
    assert!(found.len() > 120, "{}", found.len());
    let missing: Vec<&String> = found.iter().filter(|code| find(code).is_none()).collect();
    assert!(missing.is_empty(), "docs/problems.md has no entry for {missing:#?}");
}

#[test]
fn entries_are_complete_and_no_code_is_there_twice() {
    let mut seen = BTreeSet::new();
    for entry in entries() {
        assert!(seen.insert(entry.code), "{} is there twice", entry.code);
        let kinds = ["Error", "Warning", "Note"];
        assert!(kinds.iter().any(|kind| entry.body.starts_with(kind)), "{}: {}", entry.code, entry.body);
        assert!(entry.body.contains("**What to do:** "), "{}", entry.code);
    }
    assert!(seen.len() > 200, "{}", seen.len());
}

/// An example of the page: the rows of each table, and what is run.
#[derive(Default)]
struct Example {
    code: String,
    /// Name, headers, rows.
    tables: Vec<(String, Vec<String>, Vec<Vec<String>>)>,
    run: Option<String>,
    /// What stands between the fields of its CSV files.
    delimiter: char,
}

fn example(entry: &Entry) -> Option<Example> {
    let mut example = Example {
        code: entry.code.to_owned(),
        delimiter: if entry.body.contains("with semicolons") { ';' } else { ',' },
        ..Example::default()
    };
    for block in entry.body.split("\n\n") {
        if let Some(code) = block.strip_prefix("Example: `") {
            example.code = code.trim_end_matches('`').to_owned();
        } else if let Some(run) = block.strip_prefix("Run: `") {
            example.run = Some(run.trim_end_matches('`').to_owned());
        } else if block.starts_with('|') {
            let mut rows = block.lines().map(|line| cells(line).map(str::to_owned).collect::<Vec<String>>());
            let mut header = rows.next().unwrap();
            let name = header.remove(0);
            let rows: Vec<Vec<String>> = rows.skip(1).collect();
            assert!(rows.iter().all(|row| ["bad", "good", "both"].contains(&row[0].as_str())), "{}", entry.code);
            example.tables.push((name, header, rows));
        }
    }
    (!example.tables.is_empty()).then_some(example)
}

const REGISTER: &str = "holder_id,holder_name,class,shares,issue_date,country,tax_id\n\
                        H1,Ada Byron,series-a,100,2006-01-20,US,111-11-1111\n\
                        H2,Bob Cole,common,1000,2006-01-20,US,222-22-2222\n";

impl Example {
    /// Writes the case of the rows that are `which`; returns the command that is run, if one is.
    fn write(&self, case: &Path, which: &str) -> Option<String> {
        fs::create_dir_all(case).unwrap();
        let delimiter = self.delimiter.to_string();
        fs::write(case.join("register.csv"), REGISTER.replace(',', &delimiter)).unwrap();
        let mut run = self.run.clone();
        let mut written = BTreeSet::new();
        for (name, header, rows) in &self.tables {
            let rows: Vec<&Vec<String>> = rows.iter().filter(|row| row[0] == which || row[0] == "both").collect();
            if rows.is_empty() {
                continue;
            }
            if name == "command" {
                run = Some(rows[0][1].trim_matches('`').to_owned());
                continue;
            }
            let quoted =
                |cell: &String| if cell.contains(self.delimiter) { format!("\"{cell}\"") } else { cell.clone() };
            let line = |cells: &[String]| cells.iter().map(quoted).collect::<Vec<_>>().join(&delimiter) + "\n";
            let text: String = rows.iter().map(|row| line(&row[1..])).collect();
            assert!(written.insert(name.clone()), "{}: two tables {name} of {which} rows", self.code);
            fs::write(case.join(format!("{name}.csv")), line(header) + &text).unwrap();
        }
        run
    }

    /// The codes that the case gives, and those of them that are errors.
    fn codes(&self, top: &Path, which: &str) -> (Vec<String>, Vec<String>) {
        let case = top.join(which);
        let Some(run) = self.write(&case, which) else {
            let loaded = load(&case, &ReadOptions::default()).unwrap();
            let codes = |errors: bool| {
                let found = loaded.problems.iter().filter(|problem| !errors || problem.is_error());
                found.map(|problem| format!("{}: {}", problem.code, problem.message)).collect()
            };
            return (codes(false), codes(true));
        };
        let words = run.strip_prefix("ratable ").unwrap().split(' ');
        let mut words: Vec<&str> = words.map(|word| if word == "CASE" { which } else { word }).collect();
        words.extend(["--format", "json"]);
        let out = format!("{which}-out");
        if words[0] != "check" {
            words.extend(["--workbooks", "none", "--out", out.as_str()]);
        }
        let ran = run_in(top, &words);
        let said: serde_json::Value =
            serde_json::from_str(&ran.stdout).unwrap_or_else(|e| panic!("{run}: {e}: {ran:?}"));
        let one =
            |p: &serde_json::Value| format!("{}: {}", p["code"].as_str().unwrap(), p["message"].as_str().unwrap());
        let all = ["problems", "warnings", "notes"].iter().filter_map(|list| said[list].as_array()).flatten();
        let all: Vec<&serde_json::Value> = all.collect();
        let errors = if ran.code == 0 { Vec::new() } else { all.iter().map(|p| one(p)).collect() };
        (all.iter().map(|p| one(p)).collect(), errors)
    }
}

#[test]
fn every_bad_row_gives_its_problem_and_no_good_row_does() {
    let mut wrong = Vec::new();
    let mut tried = 0;
    for example in entries().filter_map(|entry| example(&entry)) {
        let top = tempfile::tempdir().unwrap();
        let is = |found: &String| found.starts_with(&format!("{}: ", example.code));
        let (bad, _) = example.codes(top.path(), "bad");
        let (good, errors) = example.codes(top.path(), "good");
        if !bad.iter().any(is) {
            wrong.push(format!("{}: the bad rows give {bad:#?}", example.code));
        }
        if good.iter().any(is) || !errors.is_empty() {
            wrong.push(format!("{}: the good rows give {good:#?}", example.code));
        }
        assert!(find(&example.code).is_some(), "{}", example.code);
        tried += 1;
    }
    assert!(wrong.is_empty(), "{} of {tried}\n{}", wrong.len(), wrong.join("\n"));
    assert!(tried > 120, "{tried} examples");
}

#[test]
fn explain_prints_an_entry_lists_all_and_asks_what_was_meant() {
    let top = tempfile::tempdir().unwrap();
    let ran = run_in(top.path(), &["explain", "register.shares.not-a-number", "run.common.arrears"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert!(
        ran.stdout.contains("Type a plain number such as 1250.5.") && ran.stdout.contains("\nrun.common.arrears\n")
    );
    let all = run_in(top.path(), &["explain"]);
    assert_eq!(all.stdout.lines().count(), entries().count());
    let none = run_in(top.path(), &["explain", "register.shares.not-a-numbr"]);
    assert_eq!((none.code, none.stdout.as_str()), (2, ""));
    assert!(none.stderr.contains("Did you mean one of these? register.shares.not-a-number"), "{}", none.stderr);
}

/// What `check` and a run that is refused name at their end can be typed.
#[test]
fn problems_end_with_how_to_read_more() {
    let top = tempfile::tempdir().unwrap();
    fs::write(top.path().join("r.csv"), REGISTER.replace("100,", "ten,")).unwrap();
    for words in [["check", "r.csv", "--date", "2006-06-15"], ["dividend", "r.csv", "--date", "2006-06-15"]] {
        let ran = run_in(top.path(), &words);
        let said = if words[0] == "check" { &ran.stdout } else { &ran.stderr };
        let last = said.lines().last().unwrap();
        let typed = last.strip_prefix("For more, with an example: ratable ").unwrap_or_else(|| panic!("{said}"));
        assert_eq!(run_in(top.path(), &typed.split(' ').collect::<Vec<_>>()).code, 0, "{typed}");
    }
}
