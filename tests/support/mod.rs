//! What the tests are written in: a case from a literal, one call, the figures beside it.
//!
//! ```ignore
//! let company = case("
//!     register: holder_id, class, shares, issue_date
//!     A, series-a, 100, 2006-01-20          # before the first record date
//!     C, common, 5000,
//!
//!     declarations: declared_date, kind, amount
//!     2006-02-01, cash, 0.02
//! ");
//! assert_eq!(company.dividend("2006-03-15").cash(), "A 200.00");
//! ```

pub mod browser;
pub mod command;
pub mod files;
pub mod forged;
pub mod page;
pub mod random;
pub mod runs;
pub mod vector;
pub mod workbooks;

use ratable::internals::Severity;
use ratable::internals::input::{Loaded, ReadOptions, load};
use ratable::internals::model::Case;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Does `work` with threads of its own, so that tests beside it need not wait for rayon's common ones.
pub fn with_own_threads<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new().build().expect("threads").install(work)
}

/// A case of CSV tables, as they stand in the text of a test.
#[derive(Clone, Debug, Default)]
pub struct Company {
    tables: Vec<(String, Vec<Vec<String>>)>,
    set: Vec<(String, String)>,
}

/// A case from a literal: each table begins with its name, a colon and its columns, and has a row on each line after
/// that. Cells are trimmed, ` #` begins a comment, blank lines do not count. A register without `holder_name` takes the
/// ids for names.
pub fn case(literal: &str) -> Company {
    Company::default().with(literal)
}

impl Company {
    /// The same case with these tables added, or put in the place of those of the same name.
    pub fn with(&self, literal: &str) -> Self {
        let mut company = self.clone();
        for (name, rows) in tables(literal) {
            company.tables.retain(|(known, _)| *known != name);
            company.tables.push((name, rows));
        }
        company
    }

    /// The same case with rows added to a table that it has.
    pub fn and(&self, table: &str, rows: &str) -> Self {
        let mut company = self.clone();
        let found = company.tables.iter_mut().find(|(name, _)| name == table);
        let (_, list) = found.unwrap_or_else(|| panic!("the case has no table {table} to add rows to"));
        for row in lines(rows) {
            let mut cells = cells(&row);
            if table == "register" && cells.len() + 1 == list[0].len() && list[0][1] == "holder_name" {
                cells.insert(1, cells[0].clone());
            }
            list.push(cells);
        }
        company
    }

    /// The same case under another term or reading, as by `--set`.
    pub fn set(&self, term: &str, value: &str) -> Self {
        let mut company = self.clone();
        company.set.push((term.to_owned(), value.to_owned()));
        company
    }

    /// Terms and readings set by [`Company::set`].
    pub fn overrides(&self) -> &[(String, String)] {
        &self.set
    }

    /// A table's rows, its header first.
    pub fn rows(&self, table: &str) -> &[Vec<String>] {
        self.tables.iter().find(|(name, _)| name == table).map_or(&[], |(_, rows)| rows)
    }

    /// The same case with a table's rows (header first) replaced.
    pub fn with_rows(&self, table: &str, rows: Vec<Vec<String>>) -> Self {
        let mut company = self.clone();
        company.tables.retain(|(known, _)| known != table);
        company.tables.push((table.to_owned(), rows));
        company
    }

    /// The same case without a table.
    pub fn without(&self, table: &str) -> Self {
        let mut company = self.clone();
        company.tables.retain(|(known, _)| known != table);
        company
    }

    /// Writes the tables into `folder`, a CSV file each.
    pub fn write(&self, folder: &Path) {
        for (name, rows) in &self.tables {
            let mut writer = csv::WriterBuilder::new().flexible(true).from_path(folder.join(format!("{name}.csv")));
            let writer = writer.as_mut().expect("a table's file can be made");
            for row in rows {
                writer.write_record(row).expect("a row can be written");
            }
            writer.flush().expect("a table can be written");
        }
    }

    /// A folder of its own with the case in it, at `case` below the folder's top.
    pub fn folder(&self) -> (TempDir, PathBuf) {
        let top = tempfile::tempdir().expect("a folder for the case");
        let path = top.path().join("case");
        std::fs::create_dir(&path).expect("a folder for the case");
        self.write(&path);
        (top, path)
    }

    /// What came of reading it.
    pub fn read(&self) -> Loaded {
        let (_top, path) = self.folder();
        let options = ReadOptions { set: self.set.clone(), ..ReadOptions::default() };
        load(&path, &options).expect("the case's files can be read")
    }

    /// The codes of the errors found in reading it, with their cells: `register.shares.not-positive C2`.
    pub fn errors(&self) -> String {
        let errors = self.read().problems.into_iter().filter(|p| p.severity == Severity::Error);
        let shown = errors.map(|p| format!("{} {}", p.code, p.place.cell.unwrap_or_default()).trim().to_owned());
        shown.collect::<Vec<_>>().join(", ")
    }

    /// The case, which has no errors.
    pub fn load(&self) -> Case {
        let loaded = self.read();
        loaded.case.unwrap_or_else(|| panic!("the case has problems: {:#?}", loaded.problems))
    }
}

fn tables(literal: &str) -> Vec<(String, Vec<Vec<String>>)> {
    let mut tables: Vec<(String, Vec<Vec<String>>)> = Vec::new();
    for line in lines(literal) {
        match line.split_once(':').filter(|(name, _)| name.chars().all(|c| c.is_ascii_lowercase() || c == '_')) {
            Some((name, columns)) => tables.push((name.to_owned(), vec![cells(columns)])),
            None => tables.last_mut().expect("a literal begins with `table: columns`").1.push(cells(&line)),
        }
    }
    for (name, rows) in &mut tables {
        if name == "register" && !rows[0].iter().any(|c| c == "holder_name") {
            for (at, row) in rows.iter_mut().enumerate() {
                row.insert(1, if at == 0 { "holder_name".to_owned() } else { row[0].clone() });
            }
        }
    }
    tables
}

fn lines(literal: &str) -> Vec<String> {
    let bare = literal.lines().map(|line| line.split(" #").next().unwrap_or("").trim().to_owned());
    bare.filter(|line| !line.is_empty()).collect()
}

/// Cells between commas, trimmed; one in double quotes may hold commas.
fn cells(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    for letter in line.chars() {
        match letter {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            _ => cells.last_mut().expect("a cell").push(letter),
        }
    }
    cells.iter().map(|cell| cell.trim().to_owned()).collect()
}
