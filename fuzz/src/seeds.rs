//! What fuzzing starts from: the samples, the tests' fixtures, and cases with a known defect.

use super::parts::{join, split};
use super::targets::project;
use std::fs;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

/// Parts of a workbook that no reader looks at, or that would only make every input longer.
const LEFT_OUT: [&str; 7] =
    ["docprops/", "/theme/", "thumbnails/", "configurations2/", "settings.xml", "meta.xml", "manifest.rdf"];
/// An input longer than this is no seed.
const LONGEST: usize = 48 << 10;

/// The seeds of a target, by name.
pub fn of(target: &str) -> Vec<(String, Vec<u8>)> {
    let seeds = match target {
        "csv" => csv(),
        "values" => values(),
        "status" => statuses(),
        "template" => books(&["templates"], &["xlsx"], "statement"),
        "check" => cases(),
        "xlsx" => books(&["tests/fixtures", "tests/invalid"], &["xlsx", "xlsm"], ""),
        other => books(&["tests/fixtures", "tests/invalid"], &[other], ""),
    };
    seeds.into_iter().filter(|(_, bytes)| bytes.len() <= LONGEST).collect()
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// The files below folders whose names end so, by their path with `-`; without what fuzzers found.
fn named(folders: &[&str], endings: &[&str]) -> Vec<(String, PathBuf)> {
    let mut found = Vec::new();
    folders.iter().for_each(|folder| files(&project().join(folder), &mut found));
    let name = |path: &Path| {
        let inside = path.strip_prefix(project()).unwrap_or(path);
        inside.to_string_lossy().replace(['/', '\\'], "-")
    };
    found.retain(|path| !name(path).starts_with("tests-fixtures-fuzz"));
    found.retain(|path| path.extension().is_some_and(|e| endings.iter().any(|ending| e == *ending)));
    found.into_iter().map(|path| (name(&path), path)).collect()
}

/// Workbooks, each as it stands and as parts.
fn books(folders: &[&str], endings: &[&str], containing: &str) -> Vec<(String, Vec<u8>)> {
    let mut seeds = Vec::new();
    for (name, path) in named(folders, endings).into_iter().filter(|(name, _)| name.contains(containing)) {
        let bytes = fs::read(&path).expect("a fixture");
        let parts = if bytes.starts_with(b"PK") { unzipped(&bytes) } else { stream(&bytes) };
        seeds.extend(parts.map(|parts| (format!("{name}.parts"), join(&parts))));
        seeds.push((name, bytes));
    }
    seeds
}

fn unzipped(bytes: &[u8]) -> Option<Vec<(String, Vec<u8>)>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).ok()?;
    let mut parts = Vec::new();
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at).ok()?;
        let name = entry.name().ok()?.into_owned();
        let lower = format!("/{}", name.to_lowercase());
        let is_styles = lower == "/styles.xml";
        if is_styles || name.ends_with('/') || LEFT_OUT.iter().any(|left_out| lower.contains(left_out)) {
            continue;
        }
        let mut content = Vec::new();
        entry.read_to_end(&mut content).ok()?;
        parts.push((name, content));
    }
    Some(parts)
}

/// The workbook stream of a compound file of our fixtures, where it is found by its first record.
fn stream(bytes: &[u8]) -> Option<Vec<(String, Vec<u8>)>> {
    let sectors = || (512..bytes.len()).step_by(512);
    let at = sectors().find(|at| matches!(bytes[*at..], [9, 8 | 4 | 2 | 0, _, 0, 0, 5 | 6, 5, 0, ..]))?;
    // Sectors of a small file follow each other; what comes after the last one is not read.
    let excel5 = bytes[at + 5] == 5;
    Some(vec![(if excel5 { "Book" } else { "Workbook" }.to_owned(), bytes[at..].to_vec())])
}

fn csv() -> Vec<(String, Vec<u8>)> {
    let mut seeds = Vec::new();
    for (name, path) in named(&["sample-data", "tests/fixtures", "tests/invalid"], &["csv"]) {
        if !name.contains("register") && name.matches('-').count() > 3 {
            continue;
        }
        let bytes = fs::read(&path).expect("a fixture");
        let how: &[u8] = match bytes.as_slice() {
            [0xff, 0xfe, ..] => &[5],
            [0xfe, 0xff, ..] => &[6],
            _ if std::str::from_utf8(&bytes).is_err() => &[7],
            _ => &[0, 2, 3, 4, 8, 24],
        };
        let bytes = if matches!(how, [5 | 6]) { &bytes[2..] } else { &bytes[..] };
        // Each file once, in turn in each of the ways.
        let how = how[seeds.len() % how.len()];
        seeds.push((name, [&[how], bytes].concat()));
    }
    seeds
}

/// Lists of what banks say, as programs and as people write them.
fn statuses() -> Vec<(String, Vec<u8>)> {
    let lists = [
        "reference,status,date,reason\nd20060615-H-001,settled,2006-06-16,\nd20060615-H-002,returned,2006-06-20,account closed\n",
        "EndToEndId;Status;Status Date;Return Reason\r\nd20060615-H-003;stopped;20.06.2006;\r\nd20060615-H-003-r1;void;20.06.2006;\"lost; in the mail\"\r\n",
        "Returns of 20 June 2006\n\nPayment Reference\tstatus\tdate\tNote\nd20060615-007418\tReturned\t2006-06-20\tR03 no account\nTotal\t\t\t\n",
    ];
    (1..).zip(lists).map(|(at, list)| (format!("list-{at}"), list.as_bytes().to_vec())).collect()
}

fn cases() -> Vec<(String, Vec<u8>)> {
    let mut folders: Vec<PathBuf> = vec![project().join("sample-data/small")];
    let mut invalid = Vec::new();
    for (_, path) in named(&["tests/invalid", "tests/fixtures"], &["csv"]) {
        invalid.push(path.parent().expect("a folder").to_path_buf());
    }
    invalid.dedup();
    folders.extend(invalid);
    let seeds = folders.iter().enumerate().map(|(at, folder)| {
        let mut found = Vec::new();
        files(folder, &mut found);
        found.retain(|path| path.extension().is_some_and(|e| e == "csv"));
        let part = |path: &PathBuf| {
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            (name, fs::read(path).expect("a table"))
        };
        let mut parts: Vec<(String, Vec<u8>)> = found.iter().map(part).collect();
        parts.push(("date".to_owned(), b"2006-06-15".to_vec()));
        (format!("case-{at:03}"), join(&parts))
    });
    seeds.filter(|(_, seed)| split(seed).is_some()).collect()
}

fn values() -> Vec<(String, Vec<u8>)> {
    let texts = [
        (0, "1,234.50\n-12.5\n.5\n1e-7\n0.1234567890123\n2006-06-15\n0001-01-01\n9999-12-31\n02-29\n15 Mar\n1E400"),
        (1, "reading.midpoint=half-even\ncurrency_decimals=0\nmultiple=1000\nfirst_issuance_date=2005-07-18"),
        (2, "company,Smallwater\nmultiple,1000\nquarter_dates,\"03-15,06-15,09-15,12-15\"\ndecimal_mark,\",\""),
        (3, "12.345678\n2005-07-18\n24%"),
        (3, "(1,234.50)\n18 July 2005\n0.24\n"),
        (8, "1.234,5\n18.7.2005\n24 %"),
        (18, "1.234,5\n18/7/2005\n24 %"),
        (4, "12.5\n38551\n0.24\n0\n2\n1\ndd.mm.yyyy"),
        (9, "1E-7\n37089.0\n24.000000000000004\n6\n4\n1\n[h]:mm"),
    ];
    let terms = ratable::internals::input::TERM_LIST.map(|term| format!("{}={}", term.name, term.default)).join("\n");
    let mut seeds: Vec<(String, Vec<u8>)> = vec![("terms".to_owned(), [b"\x01", terms.as_bytes()].concat())];
    for (at, (how, text)) in texts.iter().enumerate() {
        seeds.push((format!("values-{at}"), [&[*how], text.as_bytes()].concat()));
    }
    seeds
}
