//! What is nobody else's business stays where it belongs, and what holders are called does no harm.

use crate::machine::{Machine, assert_same, contains, files, names, parts, skipped, texts};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

const COMMANDS: [&str; 8] = [
    "dividend case --date 2006-03-15 --explain H-000001",
    "dividend case --date 2006-03-15 --archive",
    "liquidate case --date 2006-03-15 --scenarios 0:1000000:50000 --explain H-000001",
    "exchange case --date 2006-03-15 --explain H-000001",
    "vote case --date 2006-03-15 --explain H-000001",
    "actions case",
    "captable case --date 2006-03-15",
    "statements run --case case --shard 1/2",
];

fn machine() -> Machine {
    let machine = Machine::new();
    machine.case("case", 5);
    machine.run("dividend case --date 2006-03-15 --out run --workbooks none --quiet").done();
    machine
}

#[test]
fn accounts_and_tax_numbers_are_in_the_payment_instructions_alone() {
    let machine = machine();
    for command in COMMANDS {
        for format in ["", "--format json"] {
            let came = machine.run(&format!("{command} {format} --out out --force")).done();
            assert!(!came.out.contains("ACCT-") && !came.out.contains("TAX-"), "{command} prints one");
        }
        for (name, bytes) in files(&machine.path("out")) {
            let texts = texts(&bytes);
            let has = |secret: &str| texts.iter().any(|text| contains(text, secret));
            assert_eq!(has("ACCT-000001"), name == "payment-instructions.csv", "{command}: account in {name}");
            assert!(!has("TAX-000001"), "{command}: tax number in {name}");
        }
    }
}

#[test]
fn problems_show_the_last_letters_of_accounts_and_tax_numbers_alone() {
    let machine = machine();
    let long = "X".repeat(40_000);
    let register = format!(
        "holder_id,holder_name,class,shares,issue_date,tax_id,account\n\
         H-1,One,series-a,0,2006-01-02,TAX-SECRET-1,ACCT-SECRET-1\n\
         H-1,One,series-a,5,2006-01-02,TAX-SECRET-2,ACCT-SECRET-2{long}\n"
    );
    fs::write(machine.path("case/register.csv"), register).unwrap();
    for format in ["text", "json"] {
        let came = machine.run(&format!("check case --format {format}")).with(3);
        for secret in ["TAX-SECRET", "ACCT-SECRET"] {
            assert!(!came.out.contains(secret) && !came.err.contains(secret), "{}{}", came.out, came.err);
        }
    }
}

fn assert_private(path: &Path) {
    let found = fs::symlink_metadata(path).unwrap();
    let expected = if found.is_dir() { 0o700 } else { 0o600 };
    assert_eq!(found.permissions().mode() & 0o777, expected, "{}", path.display());
    if found.is_dir() {
        names(path).iter().for_each(|name| assert_private(&path.join(name)));
    }
}

#[test]
fn what_is_written_is_its_owner_s_alone_whatever_the_umask() {
    let machine = machine();
    for command in COMMANDS {
        machine.shell(&format!("umask 0; $ratable {command} --out made/for/it --quiet")).done();
        assert_private(&machine.path("made"));
        machine.shell("rm -r made").done();
    }
    machine.shell("umask 0; $ratable dividend case run/../case --date 2006-03-15 --out several --quiet").with(2);
    machine.shell("umask 0; $ratable statements run --case case --shard 1/1 --out part --quiet").done();
    machine.shell("umask 0; $ratable merge run part --out merged --quiet").done();
    machine.shell("umask 0; $ratable new new.xlsx --example").done();
    for name in ["part", "merged", "new.xlsx"] {
        assert_private(&machine.path(name));
    }
}

#[test]
fn nothing_needs_a_network() {
    let machine = machine();
    if machine.shell("unshare -n true").code != Some(0) {
        return skipped("no network", "this machine lets nobody run without one (unshare -n)");
    }
    for command in COMMANDS {
        machine.shell(&format!("unshare -n $ratable {command} --out out --force --quiet")).done();
    }
    machine.shell("unshare -n $ratable verify run --case case").done();
}

/// Ids as nobody should give them; each is one holder.
fn hostile() -> Vec<String> {
    let mut ids: Vec<String> = [
        "../../x",
        "..",
        "/etc/passwd",
        "C:\\x",
        "CON",
        "con",
        "nul.txt",
        "a:b",
        "a/b",
        "a*b?",
        "Case",
        "case",
        "CASE",
        "\u{e9}",
        "e\u{301}",
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "'quoted",
        "a,b",
        "a\"b",
        "<b>&amp;",
        "{{holder_id}}",
        "\u{202e}txt",
        "陈",
        "%s%n",
        "$(touch pwned)",
        "`touch pwned`",
        "a~b",
        "name.",
        ".hidden",
        "--force",
        "H 1",
    ]
    .map(str::to_owned)
    .to_vec();
    ids.push("x".repeat(300));
    ids.push(format!("{}y", "x".repeat(299)));
    ids
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// A case of hostile holders, whose names are hostile too.
fn hostile_case(machine: &Machine) {
    let folder = machine.path("case");
    fs::create_dir(&folder).unwrap();
    let mut register = "holder_id,holder_name,class,shares,issue_date,account,payment_method,email\n".to_owned();
    for id in hostile() {
        let id = quoted(&id);
        register +=
            &format!("{id},{},series-a,10,2006-01-02,{id},=cmd|' /C calc'!A0,@x\n", quoted("=HYPERLINK(\"x\")"));
    }
    fs::write(folder.join("register.csv"), register).unwrap();
    fs::write(
        folder.join("declarations.csv"),
        "declared_date,kind,amount,asset,payment_date,fair_value\n\
         2006-02-01,cash,0.02,,2006-03-15,\n\
         2006-02-01,in-kind,1,=2+2,2006-03-15,3\n",
    )
    .unwrap();
    fs::write(folder.join("terms.csv"), "term,value\ncompany,=1+1\n").unwrap();
    fs::write(folder.join("proceeds.csv"), "date,amount\n2006-03-15,75000.00\n").unwrap();
}

#[test]
fn every_hostile_id_gets_a_workbook_under_a_name_that_is_safe_everywhere() {
    let machine = Machine::new();
    hostile_case(&machine);
    for kind in ["", "--archive"] {
        machine.run(&format!("dividend case --date 2006-03-15 --out out --force --quiet {kind}")).done();
        let books = match kind {
            "" => names(&machine.path("out/holders")),
            _ => parts(&fs::read(machine.path("out/holders.zip")).unwrap()).unwrap().into_keys().collect(),
        };
        // Two of them are one id: \u{e9}, and e with its accent apart.
        assert_eq!(books.len(), hostile().len() - 1);
        let mut folded: Vec<String> = books.iter().map(|name| name.to_lowercase()).collect();
        folded.sort();
        folded.dedup();
        assert_eq!(folded.len(), books.len(), "two names differ by case alone");
        for name in &books {
            let stem = name.strip_suffix(".xlsx").unwrap();
            assert!(
                name.len() < 128 && stem.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.~ ".contains(&b)),
                "{name}"
            );
            assert!(!stem.starts_with(['.', ' ']) && !stem.ends_with(['.', ' ']), "{name}");
            assert!(!["con", "nul", "prn", "aux"].contains(&stem.split('.').next().unwrap().to_lowercase().as_str()));
        }
        machine.run("verify out --case case --quiet").done();
        for index in 1..=3 {
            machine.run(&format!("statements out --case case --shard {index}/3 --out p{index} --force --quiet")).done();
        }
        machine.run("merge out p3 p2 p1 --out merged --force --quiet").done();
        assert_same(&machine.path("out"), &machine.path("merged"));
    }
    assert_eq!(machine.names(), ["case", "merged", "out", "p1", "p2", "p3"]);
}

#[test]
fn text_that_a_spreadsheet_would_run_is_text() {
    let machine = Machine::new();
    hostile_case(&machine);
    for command in ["dividend", "liquidate", "vote"] {
        machine.run(&format!("{command} case --date 2006-03-15 --out out --force --quiet")).done();
        for (name, bytes) in files(&machine.path("out")) {
            if name.ends_with(".csv") {
                let mut reader = csv::ReaderBuilder::new().from_reader(bytes.as_slice());
                for cell in reader.records().flat_map(|row| row.unwrap().iter().map(str::to_owned).collect::<Vec<_>>())
                {
                    let runs = cell.starts_with(['=', '+', '@', '\t', '\r', '-']);
                    assert!(!runs || cell.parse::<f64>().is_ok(), "{name}: {cell}");
                }
            }
            for (part, bytes) in parts(&bytes).into_iter().flatten().filter(|(part, _)| part.contains("/worksheets/")) {
                let text = String::from_utf8(bytes).unwrap();
                for formula in text.split("<f>").skip(1).map(|rest| rest.split("</f>").next().unwrap()) {
                    for hostile in ["HYPERLINK(\"x", "HYPERLINK(&quot;x", "1+1", "2+2", "cmd|", "touch", "SUM(A1)"] {
                        assert!(!formula.contains(hostile), "{name} {part}: {formula}");
                    }
                }
                // One holder is called `{{holder_id}}`, and is so called in the end: what is stamped is not read again.
                let (own, other) = (name.contains("__holder_id__"), text.replace("{{holder_id}}", ""));
                assert!(!other.contains("{{"), "{name} {part} was not stamped");
                assert!(!own || other != text, "{name} {part} was stamped twice");
            }
        }
    }
    assert_eq!(machine.names(), ["case", "out"]);
}
