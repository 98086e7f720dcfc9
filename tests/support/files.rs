//! Files of an output folder, read and compared.

use ratable::internals::model::parse_decimal;
use std::collections::BTreeMap;
use std::path::Path;

/// A CSV file's rows, the header first.
pub fn table(text: &str) -> Vec<Vec<String>> {
    let reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let rows = reader.into_records().map(|row| row.expect("CSV").iter().map(str::to_owned).collect());
    rows.collect()
}

/// Whether two cells say the same: numbers as decimals, everything else as text.
pub fn same(a: &str, b: &str) -> bool {
    let number = |text: &str| {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let bare = [whole, fraction].iter().all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
        bare.then(|| parse_decimal(text)).flatten()
    };
    a == b || number(a).zip(number(b)).is_some_and(|(a, b)| a == b)
}

/// Every file below a folder by its path in it, with `/`.
pub fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    walk(folder, "", &mut found);
    found
}

fn walk(folder: &Path, prefix: &str, found: &mut BTreeMap<String, Vec<u8>>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let entry = entry.expect("an entry");
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type().expect("a type").is_dir() {
            walk(&entry.path(), &format!("{name}/"), found);
        } else {
            found.insert(name, std::fs::read(entry.path()).expect("a file"));
        }
    }
}
