//! Cases worked out by hand from the Certificate's words, before anything was run.
//!
//! Each file of `law/` begins with the sentence that the case rests on and the computation. Sections follow:
//!
//! ```text
//! == register.csv                   a table of the case
//! == run dividend --date D          a command line; {0} is the folder of the first run
//! A series-a USD 300.00 72.00       the holding's gross (liquidate: total), and what is withheld
//! R series-a USD nothing            no such row, or nothing in it
//! in-all A series-a USD 1.00        of all runs together
//! tallies.csv 1 outcome elected     a cell
//! result first_issuance.source term an entry of result.json
//! told CODE                         a warning
//! exit 4
//! ```

use crate::support::command::run_in;
use crate::support::files::{same, table};
use ratable::internals::model::{Ratio, parse_decimal, whole};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

type Row = BTreeMap<String, String>;

/// A CSV file's rows by column.
fn rows(path: &Path) -> Vec<Row> {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let all = table(&text);
    all[1..].iter().map(|row| all[0].iter().cloned().zip(row.iter().cloned()).collect()).collect()
}

/// What a holding got, and what was withheld of it; none where it has no row. The holding: `A series-a USD`.
fn got(rows: &[Row], holding: &str) -> Option<(String, String)> {
    let found = rows.iter().find(|row| {
        let asset = row.get("asset").map(|asset| format!(" {asset}")).unwrap_or_default();
        format!("{} {}{asset}", row["holder_id"], row["class"]) == holding
    })?;
    let cell = |name: &str| found.get(name).cloned();
    Some((cell("gross").or_else(|| cell("total"))?, cell("withheld").unwrap_or_default()))
}

/// A line's last words, and the rest before them.
fn last_words(line: &str, count: usize) -> (&str, Vec<&str>) {
    let mut words: Vec<&str> = line.rsplitn(count + 1, ' ').collect();
    let rest = words.pop().unwrap();
    words.reverse();
    (rest, words)
}

/// What is wrong with one expectation after a run that wrote `outs.last()`.
fn wrong(line: &str, outs: &[PathBuf]) -> Option<String> {
    let out = outs.last().unwrap();
    let result = || -> serde_json::Value {
        serde_json::from_str(&std::fs::read_to_string(out.join("result.json")).unwrap()).unwrap()
    };
    let (kind, of) = line.split_once(' ').unwrap();
    let (wanted, found) = match kind {
        "told" => {
            let warnings = result()["warnings"].clone();
            let told: Vec<&str> = warnings.as_array().unwrap().iter().filter_map(|w| w["code"].as_str()).collect();
            (of.to_owned(), told.into_iter().filter(|code| *code == of).take(1).collect())
        }
        "result" => {
            let (path, wanted) = of.split_once(' ').unwrap();
            let value = path.split('.').fold(result(), |value, key| value[key].clone());
            (wanted.to_owned(), value.as_str().unwrap_or("nothing").to_owned())
        }
        "in-all" => {
            let (holding, wanted) = last_words(of, 1);
            let paid = |out: &PathBuf| got(&rows(&out.join("distribution.csv")), holding).unwrap().0;
            let all: Ratio = outs.iter().fold(whole(0), |sum, out| sum + parse_decimal(&paid(out)).unwrap());
            (wanted[0].to_owned(), ratable::internals::model::plain(&all, 12))
        }
        file if file.ends_with(".csv") => {
            let words: Vec<&str> = of.splitn(3, ' ').collect();
            let row: usize = words[0].parse().unwrap();
            (words[2].to_owned(), rows(&out.join(file))[row - 1][words[1]].clone())
        }
        _ => {
            let rows = rows(&out.join("distribution.csv"));
            let is_figure = |word: &str| parse_decimal(word).is_some();
            let (two, figures) = last_words(line, 2);
            let withheld = figures.iter().all(|word| is_figure(word)).then_some(figures[1]);
            let holding = if withheld.is_some() { two } else { last_words(line, 1).0 };
            let (gross, tax) = got(&rows, holding).unwrap_or(("nothing".into(), String::new()));
            if let Some(withheld) = withheld.filter(|withheld| !same(withheld, &tax)) {
                return Some(format!("{line}: {withheld} withheld expected, {tax} found"));
            }
            let wanted = if withheld.is_some() { figures[0] } else { figures[1] };
            let nothing = wanted == "nothing" && parse_decimal(&gross).is_some_and(|gross| gross == whole(0));
            (wanted.to_owned(), if nothing { "nothing".into() } else { gross })
        }
    };
    (!same(&wanted, &found)).then(|| format!("{line}: {found:?} found"))
}

/// Runs all command lines of a case; what is wrong, and how many expectations were looked at.
fn run(text: &str) -> (Vec<String>, usize) {
    let top = tempfile::tempdir().unwrap();
    let case = top.path().join("case");
    std::fs::create_dir(&case).unwrap();
    let (mut outs, mut faults, mut count) = (Vec::new(), Vec::new(), 0);
    for section in text.split("\n== ").skip(1) {
        let (head, body) = section.split_once('\n').unwrap();
        let Some(command) = head.strip_prefix("run ") else {
            std::fs::write(case.join(head), format!("{}\n", body.trim())).unwrap();
            continue;
        };
        outs.push(top.path().join(format!("out-{}", outs.len())));
        let mut words: Vec<String> = command.split(' ').map(str::to_owned).collect();
        for (ix, out) in outs.iter().enumerate() {
            words.iter_mut().for_each(|word| *word = word.replace(&format!("{{{ix}}}"), out.to_str().unwrap()));
        }
        words.insert(1, case.to_str().unwrap().to_owned());
        words.extend(["--out", outs.last().unwrap().to_str().unwrap(), "--workbooks", "none"].map(str::to_owned));
        let ran = run_in(top.path(), &words.iter().map(String::as_str).collect::<Vec<_>>());
        let expected: Vec<&str> = body.lines().filter(|line| !line.is_empty()).collect();
        let exit = expected.iter().find_map(|line| line.strip_prefix("exit ")).unwrap_or("0");
        count += expected.len();
        if ran.code.to_string() != exit {
            faults.push(format!("{command}: exit {exit} expected, {} found: {}{}", ran.code, ran.stdout, ran.stderr));
        } else if ran.code == 0 {
            faults.extend(expected.iter().filter_map(|line| wrong(line, &outs)).map(|f| format!("{command}: {f}")));
        }
    }
    (faults, count)
}

#[test]
fn the_cases_worked_out_by_hand_agree() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/law");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let (mut faults, mut cases, mut expectations) = (Vec::new(), 0, 0);
    for path in paths {
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.starts_with('§') && text.contains("\n== run "), "{}", path.display());
        let (wrong, count) = run(&text);
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        faults.extend(wrong.into_iter().map(|fault| format!("{name}: {fault}")));
        (cases, expectations) = (cases + 1, expectations + count);
    }
    println!("{cases} cases, {expectations} expectations, {} wrong", faults.len());
    assert!(faults.is_empty() && cases >= 39 && expectations >= 180, "{cases} {expectations}\n{}", faults.join("\n"));
}
