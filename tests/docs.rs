//! The pages of `docs/` say what the program does. `RATABLE_GOLDEN=write cargo test docs::` writes the parts of
//! `docs/files.md` that the tables of the program give.

use ratable::internals::input::{Kind, TABLES, TERM_LIST};
use ratable::internals::output::StatementKind;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

const BEGIN: &str = "<!-- The tables: written by tests/docs.rs from the program's own. -->\n";
const END: &str = "<!-- End of the tables. -->\n";
const BEGIN_PLACEHOLDERS: &str = "<!-- The placeholders: written by tests/docs.rs from the program's own. -->\n";
const END_PLACEHOLDERS: &str = "<!-- End of the placeholders. -->\n";

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn page(name: &str) -> String {
    std::fs::read_to_string(root().join("docs").join(name)).expect("the page is there")
}

fn takes(kind: Kind) -> String {
    match kind {
        Kind::Text => "text".to_owned(),
        Kind::Id => "an id".to_owned(),
        Kind::Class => "a class".to_owned(),
        Kind::Words(words) => words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", "),
        Kind::YesNo => "`yes`, `no`".to_owned(),
        Kind::Date => "a date".to_owned(),
        Kind::Shares => "shares".to_owned(),
        Kind::Cash => "an amount".to_owned(),
        Kind::PerShare => "an amount per share".to_owned(),
        Kind::CashOrFull => "an amount, or `full`".to_owned(),
        Kind::Rate => "a rate".to_owned(),
        Kind::Number => "a number".to_owned(),
        Kind::Whole => "a whole number".to_owned(),
        Kind::Ratio => "a ratio (`3:2`)".to_owned(),
        Kind::Value => "a value".to_owned(),
    }
}

/// A text as a cell of a Markdown table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

fn tables() -> String {
    let mut text = String::new();
    for table in TABLES {
        let _ = write!(text, "\n### `{}`\n\n{}\n\n", table.name, table.help);
        text += "| column | takes | what goes in | other headers that are understood |\n|---|---|---|---|\n";
        for column in table.columns {
            let star = if column.required { "\\*" } else { "" };
            let _ = writeln!(
                text,
                "| `{}`{star} | {} | {} | {} |",
                column.name,
                takes(column.kind),
                cell(column.help),
                cell(column.aliases)
            );
        }
    }
    text += "\n### The terms\n\n| term | default | what it means |\n|---|---|---|\n";
    for term in &TERM_LIST {
        let default = if term.default.is_empty() { String::new() } else { format!("`{}`", term.default) };
        let others: String = term.choices.iter().skip(1).map(|word| format!(", `{word}`")).collect();
        let _ = writeln!(text, "| `{}` | {default}{others} | {} |", term.name, cell(term.help));
    }
    text + "\n"
}

fn placeholders() -> String {
    let mut kinds: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut order: Vec<(&str, &str)> = Vec::new();
    for (kind, word) in StatementKind::ALL.into_iter().zip(["dividend", "liquidation", "exchange"]) {
        for (name, help) in kind.placeholders() {
            kinds.entry(name).or_default().push(word);
            if !order.contains(&(name, help)) {
                order.push((name, help));
            }
        }
    }
    let mut text = "\n| placeholder | what it is | in statements of |\n|---|---|---|\n".to_owned();
    for (name, help) in order {
        let of = &kinds[name];
        let of = if of.len() == 3 { "all".to_owned() } else { of.join(", ") };
        let _ = writeln!(text, "| `{{{{{name}}}}}` | {} | {of} |", cell(help));
    }
    text + "\n"
}

/// A page with what stands between two marks written anew.
fn between(page: &str, begin: &str, end: &str, text: &str) -> String {
    let (head, rest) = page.split_once(begin).expect("the mark where it begins");
    let (_, tail) = rest.split_once(end).expect("the mark where it ends");
    format!("{head}{begin}{text}{end}{tail}")
}

#[test]
fn every_table_column_and_placeholder_is_in_the_page_of_files() {
    let old = page("files.md");
    let new = between(&old, BEGIN, END, &tables());
    let new = between(&new, BEGIN_PLACEHOLDERS, END_PLACEHOLDERS, &placeholders());
    if std::env::var("RATABLE_GOLDEN").is_ok_and(|what| what == "write") {
        std::fs::write(root().join("docs/files.md"), new).expect("the page can be written");
        return;
    }
    assert!(old == new, "docs/files.md is not in step: RATABLE_GOLDEN=write cargo test docs::");
}

/// The header line of every CSV file that the golden runs wrote.
fn headers(folder: &Path, found: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            headers(&path, found);
        } else if path.extension().is_some_and(|e| e == "csv") {
            let text = std::fs::read_to_string(&path).expect("UTF-8");
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            let header = text.lines().next().unwrap_or_default().to_owned();
            let known = found.entry(format!("{name} {}", header.len())).or_insert(header.clone());
            assert_eq!(*known, header, "{name}");
        }
    }
}

#[test]
fn every_file_that_runs_write_is_in_the_page_of_files_with_its_columns() {
    let page = page("files.md");
    let mut found = BTreeMap::new();
    headers(&root().join("tests/golden"), &mut found);
    assert!(found.len() > 10, "the golden runs are there");
    for (name, header) in &found {
        let name = name.split(' ').next().expect("a name");
        assert!(page.contains(&format!("`{name}`")), "docs/files.md says nothing of {name}");
        assert!(page.contains(&format!("`{header}`")), "docs/files.md does not have the columns of {name}: {header}");
    }
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") && !path.ends_with("tests.rs") {
            found.push(path);
        }
    }
}

/// A term that is given its default changes nothing.
#[test]
fn the_defaults_that_are_told_are_those_that_hold() {
    let bare = crate::support::case("register: holder_id, class, shares\nA, common, 1");
    let told = TERM_LIST.iter().filter(|term| !term.default.is_empty());
    let given = told.fold(bare.clone(), |company, term| company.set(term.name, term.default)).load();
    let mut terms = given.terms;
    terms.places.clear();
    assert_eq!(format!("{terms:?}"), format!("{:?}", bare.load().terms));
}

/// A text between quotation marks that is words of small letters with commas between them is the header of a file.
#[test]
fn every_header_in_the_source_is_in_the_page_of_files() {
    // The sheet of what needs attention in tax.xlsx.
    const SHEETS: [&str; 1] = ["holder_id,name,what"];
    let (page, mut paths, mut seen) = (page("files.md"), Vec::new(), 0);
    sources(&root().join("src"), &mut paths);
    for path in paths {
        let text = std::fs::read_to_string(&path).expect("UTF-8");
        let lines = text.lines().map(str::trim_start).collect::<Vec<_>>().join("\n").replace("\\\n", "");
        for literal in lines.split('"') {
            let words: Vec<&str> = literal.split(',').collect();
            let is_word = |word: &&str| {
                !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
            };
            if words.len() < 3 || !words.iter().all(is_word) || SHEETS.contains(&literal) {
                continue;
            }
            seen += 1;
            assert!(
                page.contains(&format!("`{literal}`")),
                "docs/files.md does not have: {literal} ({})",
                path.display()
            );
        }
    }
    assert!(seen > 15, "{seen}");
}

#[test]
fn links_between_pages_lead_somewhere() {
    let pages: Vec<PathBuf> = std::fs::read_dir(root().join("docs"))
        .expect("docs")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|e| e == "md"))
        .chain([root().join("README.md"), root().join("tests/README.md")])
        .collect();
    assert!(pages.len() > 3, "the pages are there");
    for page in pages {
        let text = std::fs::read_to_string(&page).expect("UTF-8");
        for link in text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(link, _)| link) {
            let file = link.split('#').next().unwrap_or_default();
            if file.is_empty() || file.contains("://") || file.contains(' ') {
                continue;
            }
            let there = page.parent().expect("a folder").join(file).exists();
            assert!(there, "{}: {link}", page.display());
        }
    }
}

#[test]
fn every_dependency_has_its_reason() {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).expect("Cargo.toml");
    let page = page("contributing.md");
    let mut section = "";
    let mut seen = 0;
    for line in manifest.lines() {
        if line.starts_with('[') {
            section = line;
        } else if section.ends_with("dependencies]")
            && let Some((name, _)) = line.split_once(" = ")
        {
            seen += 1;
            assert!(page.contains(&format!("`{name}`")), "docs/contributing.md has no reason for {name}");
        }
    }
    assert!(seen > 20, "the dependencies are read");
}
