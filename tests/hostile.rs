//! Files that mean harm, or that something happened to: each ends with a problem that names the file.
//! `hostile_limits` has those that would take all time and memory, and looks at both.

use ratable::internals::input::{Loaded, ReadOptions, load};
use std::fs;
use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

fn fixture(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/formats").join(name)).expect("a fixture")
}

fn check(path: &Path) -> Loaded {
    load(path, &ReadOptions::default()).expect("a hostile file is a problem, not a failure")
}

/// Writes a file in a folder of its own.
fn file(name: &str, bytes: &[u8]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    fs::write(&path, bytes).expect("a file");
    (folder, path)
}

/// The code of the only problem, which names the file.
fn code(name: &str, bytes: &[u8]) -> String {
    let (_folder, path) = file(name, bytes);
    let loaded = check(&path);
    assert!(loaded.case.is_none(), "{name}");
    let problem = loaded.problems.first().expect("a problem");
    if std::env::var_os("RATABLE_LOUD").is_some() {
        eprintln!("{:?}", loaded.problems);
    }
    assert_eq!(problem.place.file.as_deref(), Some(name));
    problem.code.clone()
}

/// A workbook with one part replaced by what `write` writes.
fn with_part(source: &[u8], part: &str, write: impl Fn(&mut dyn Write)) -> Vec<u8> {
    let mut archive = ZipArchive::new(Cursor::new(source)).expect("a zip");
    let mut out = ZipWriter::new(Cursor::new(Vec::new()));
    for ix in 0..archive.len() {
        let mut entry = archive.by_index(ix).expect("an entry");
        let name = entry.name().expect("a name").into_owned();
        out.start_file(&name, SimpleFileOptions::default().large_file(true)).expect("an entry");
        if name == part {
            write(&mut out);
        } else {
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).expect("a part");
            out.write_all(&bytes).expect("a part");
        }
    }
    out.finish().expect("a zip").into_inner()
}

fn repeated(out: &mut dyn Write, piece: &str, times: usize) {
    let block = piece.repeat(1000);
    for _ in 0..times / 1000 {
        out.write_all(block.as_bytes()).expect("written");
    }
}

const SHEET: &str = "xl/worksheets/sheet1.xml";
const HEAD: &str = "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>";

fn sheet(body: impl Fn(&mut dyn Write)) -> Vec<u8> {
    with_part(&fixture("case.xlsx"), SHEET, |out| {
        out.write_all(HEAD.as_bytes()).expect("written");
        body(out);
    })
}

#[test]
fn a_sheet_that_unpacks_to_far_more_than_it_takes() {
    for row in ["<row></row>", "<row r=\"1\"></row>"] {
        let bomb = sheet(|out| {
            let header = ["holder_id", "holder_name", "class", "shares"];
            let cells = header.map(|name| format!("<c t=\"inlineStr\"><is><t>{name}</t></is></c>"));
            write!(out, "<row>{}</row>", cells.concat()).expect("written");
            repeated(out, row, 8_000_000);
        });
        assert_eq!(code("bomb.xlsx", &bomb), "register.file.too-large-unpacked");
    }
}

#[test]
fn a_text_without_an_end() {
    let bomb = sheet(|out| {
        out.write_all(b"<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>").expect("written");
        repeated(out, "AAAAAAAAAA", 4_000_000);
    });
    assert_eq!(code("bomb.xlsx", &bomb), "register.file.too-large-unpacked");
}

#[test]
fn a_cell_again_and_again_in_one_row() {
    let bomb = sheet(|out| {
        out.write_all(b"<row r=\"1\">").expect("written");
        repeated(out, "<c r=\"A1\"><v>1</v></c>", 100_000);
        out.write_all(b"</row></sheetData></worksheet>").expect("written");
    });
    assert_eq!(code("bomb.xlsx", &bomb), "register.file.too-large-unpacked");
}

#[test]
fn shared_texts_that_unpack_to_far_more_than_they_take() {
    let bomb = with_part(&fixture("case-libreoffice.xlsx"), "xl/sharedStrings.xml", |out| {
        out.write_all(b"<sst>").expect("written");
        repeated(out, "<si><t>AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA</t></si>", 3_000_000);
    });
    assert_eq!(code("bomb.xlsx", &bomb), "case.file.too-large-unpacked");
}

#[test]
fn relations_by_the_million() {
    let bomb = with_part(&fixture("case.xlsx"), "xl/_rels/workbook.xml.rels", |out| {
        out.write_all(b"<Relationships>").expect("written");
        repeated(out, "<Relationship Id=\"a\" Type=\"b\" Target=\"c\"/>", 1_000_000);
    });
    assert_eq!(code("bomb.xlsx", &bomb), "case.file.too-large-unpacked");
}

#[test]
fn rows_and_cells_repeated_to_a_grid() {
    let ods = |cells: &str| {
        let head = "<office:document-content xmlns:office=\"o\" xmlns:table=\"t\"><office:body><office:spreadsheet>\
                    <table:table table:name=\"register\">";
        with_part(&fixture("case.ods"), "content.xml", |out| {
            write!(out, "{head}{cells}</table:table></office:spreadsheet></office:body></office:document-content>")
                .expect("written");
        })
    };
    let grid = "<table:table-row table:number-rows-repeated=\"1048576\"><table:table-cell \
                table:number-columns-repeated=\"16384\" office:value-type=\"float\" office:value=\"1\"/></table:table-row>";
    assert_eq!(code("grid.ods", &ods(grid)), "case.file.too-large-unpacked");
    let blank = "<table:table-row table:number-rows-repeated=\"4000000000\"><table:table-cell \
                 table:number-columns-repeated=\"4000000000\"/></table:table-row>";
    assert_eq!(code("blank.ods", &ods(blank)), "register.header.missing");
}

#[test]
fn xml_that_is_nested_without_end() {
    assert_eq!(code("deep.xlsx", &sheet(|out| repeated(out, "<a>", 100_000))), "register.file.damaged");
}

#[test]
fn entities_are_not_followed() {
    for declared in ["SYSTEM \"file:///etc/passwd\"", "\"aaaaaaaa\""] {
        let tricky = with_part(&fixture("case.xlsx"), SHEET, |out| {
            write!(
                out,
                "<!DOCTYPE l [<!ENTITY a {declared}>]>{HEAD}<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>&a;</t>"
            )
            .expect("written");
        });
        assert_eq!(code("entities.xlsx", &tricky), "register.file.damaged");
    }
}

#[test]
fn a_workbook_in_a_workbook_is_not_opened() {
    let mut out = ZipWriter::new(Cursor::new(Vec::new()));
    out.start_file("inner.xlsx", SimpleFileOptions::default()).expect("an entry");
    out.write_all(&fixture("case.xlsx")).expect("written");
    let bytes = out.finish().expect("a zip").into_inner();
    assert_eq!(code("nested.xlsx", &bytes), "case.file.not-a-workbook");
}

#[test]
fn a_byte_changed_in_a_sheet_is_noticed_by_its_checksum() {
    // Stored, so that the changed byte is a changed figure and nothing else.
    let mut archive = ZipArchive::new(Cursor::new(fixture("case.xlsx"))).expect("a zip");
    let mut out = ZipWriter::new(Cursor::new(Vec::new()));
    for ix in 0..archive.len() {
        let mut entry = archive.by_index(ix).expect("an entry");
        let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        out.start_file(entry.name().expect("a name"), stored).expect("an entry");
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).expect("a part");
        out.write_all(&bytes).expect("a part");
    }
    let mut bytes = out.finish().expect("a zip").into_inner();
    let figure = b"<v>1200</v>";
    let at = bytes.windows(figure.len()).position(|w| w == figure).expect("a figure");
    bytes[at + 3] = b'2';
    assert_eq!(code("changed.xlsx", &bytes), "register.file.damaged");
}

#[test]
fn files_cut_off_anywhere_or_with_bytes_changed_never_break_the_reader() {
    let mut state = 0x2545_f491_u32;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state as usize % below
    };
    for name in ["case.xlsx", "case.xlsb", "case.xls", "case.ods", "csv-utf-16le/register.csv"] {
        let whole = fixture(name);
        let short = name.rsplit('/').next().unwrap_or(name);
        for _ in 0..120 {
            let (_folder, path) = file(short, &whole[..random(whole.len())]);
            check(&path);
            let mut changed = whole.clone();
            for _ in 0..=random(20) {
                let at = random(changed.len());
                changed[at] = u8::try_from(random(256)).unwrap_or(0);
            }
            let (_folder, path) = file(short, &changed);
            check(&path);
        }
    }
}

#[test]
fn csv_that_is_no_csv() {
    let header = "holder_id,holder_name,class,shares\n";
    let zeros = [header.as_bytes(), &vec![0; 100_000]].concat();
    assert_eq!(code("zeros.csv", &zeros), "register.file.not-text");
    let unclosed = format!("{header}H1,\"{}", "x".repeat(20 << 20));
    assert_eq!(code("quote.csv", unclosed.as_bytes()), "register.file.endless-record");
    for endless in ["a,".repeat(10 << 20).into_bytes(), [0xe9].repeat(10 << 20)] {
        assert_eq!(code("endless.csv", &endless), "register.file.endless-record");
    }
    let wide = format!("{}\n", "a,".repeat(1_000_000));
    assert_eq!(code("wide.csv", wide.as_bytes()), "register.file.too-many-columns");
}

#[test]
fn a_table_that_breaks_off_says_nothing_of_the_next_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("a file");
    write("register.csv", "holder_id,holder_name,class,shares,issue_date\nH1,Ada,series-a,1,2005-08-20\n");
    let rows = "4/3/06,cash,0.01\n".repeat(30);
    write("declarations.csv", &format!("declared_date,kind,amount\n{rows}\"never closed\n"));
    write("record_dates.csv", "payment_date,record_date\n2006-06-15,2006-05-31\n");
    let problems = check(folder.path()).problems;
    let codes: Vec<&str> = problems.iter().map(|problem| problem.code.as_str()).collect();
    assert_eq!(codes, ["declarations.file.endless-record"]);
}

#[test]
fn cells_as_long_as_a_spreadsheet_has_them_are_read() {
    let text = format!("holder_id,holder_name,class,shares\nH1,{},common,1\n", "x".repeat(32_767));
    let (_folder, path) = file("long.csv", text.as_bytes());
    assert_eq!(check(&path).case.expect("a case").register.name(0).len(), 32_767);
}

#[cfg(unix)]
#[test]
fn links_devices_pipes_and_folders_in_place_of_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = |name: &str| {
        let case = folder.path().join(name);
        fs::create_dir(&case).expect("a folder");
        case
    };
    let code = |case: &Path| check(case).problems.first().expect("a problem").code.clone();

    let outside = folder.path().join("outside.csv");
    fs::write(&outside, "holder_id,holder_name,class,shares\nH1,Ada,common,1\n").expect("a file");
    let linked = place("linked");
    std::os::unix::fs::symlink(&outside, linked.join("register.csv")).expect("a link");
    assert_eq!(code(&linked), "register.file.link-leaves-folder");

    let device = place("device");
    std::os::unix::fs::symlink("/dev/zero", device.join("register.csv")).expect("a link");
    assert_eq!(code(&device), "register.file.link-leaves-folder");
    assert_eq!(code(Path::new("/dev/zero")), "case.file.not-a-file");

    let inside = place("inside");
    fs::copy(&outside, inside.join("holders.txt")).expect("a copy");
    std::os::unix::fs::symlink("holders.txt", inside.join("register.csv")).expect("a link");
    assert!(check(&inside).case.is_some(), "a link within the folder is followed");

    let nested = place("nested");
    fs::create_dir(nested.join("register.csv")).expect("a folder");
    assert_eq!(code(&nested), "register.file.not-a-file");

    let piped = place("piped");
    let made = std::process::Command::new("mkfifo").arg(piped.join("register.csv")).status();
    if made.is_ok_and(|status| status.success()) {
        assert_eq!(code(&piped), "register.file.not-a-file");
    }
}

#[cfg(unix)]
#[test]
fn a_file_of_a_hundred_gigabytes_of_nothing() {
    for (name, wanted) in [("sparse.csv", "register.file.not-text"), ("sparse.xlsx", "case.file.too-large")] {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(name);
        let file = fs::File::create(&path).expect("a file");
        // Not every file system holds one.
        if file.set_len(100 << 30).is_ok() {
            assert_eq!(check(&path).problems.first().expect("a problem").code, wanted);
        }
    }
}

#[test]
fn old_and_foreign_formats_are_called_what_they_are() {
    let says = |bytes: &[u8]| {
        let (_folder, path) = file("register.xls", bytes);
        let problem = check(&path).problems.into_iter().next().expect("a problem");
        assert!(problem.help.contains("save it as an Excel workbook (.xlsx)"), "{}", problem.help);
        format!("{} {}", problem.code, problem.message)
    };
    for (start, wanted) in [
        (&b"\x09\x00\x04\x00\x02\x00\x10\x00"[..], "too-old The workbook is one of Excel 2"),
        (b"\x09\x02\x06\x00\x00\x00\x10\x00\x00\x00", "too-old The workbook is one of Excel 3"),
        (b"\x09\x04\x06\x00\x00\x00\x10\x00\x00\x00", "too-old The workbook is one of Excel 4"),
        (b"ID;PWXL;N;E\r\nC;Y1;X1;K\"holder_id\"\r\nE\r\n", "too-old The workbook is a SYLK file"),
        (b"TABLE\r\n0,1\r\n\"EXCEL\"\r\n", "too-old The workbook is a file in the Data Interchange Format"),
        (b"<html><table>", "not-a-workbook The file is called a workbook, and is a web page"),
    ] {
        let said = says(start);
        assert!(said.contains(wanted), "{said}");
    }
    // The same under the name of a CSV file.
    let called_csv = |bytes: &[u8]| {
        let (_folder, path) = file("register.csv", bytes);
        check(&path).problems.into_iter().next().map(|p| format!("{} {}", p.code, p.message)).unwrap_or_default()
    };
    for (start, wanted) in [
        (&b"ID;PWXL;N;E\r\nC;Y1;X1;K\"holder_id\"\r\nE\r\n"[..], "is a SYLK file (.slk) inside"),
        (b"TABLE\r\n0,1\r\n\"EXCEL\"\r\n", "is a file in the Data Interchange Format (.dif) inside"),
        (b"\xef\xbb\xbf<!DOCTYPE html><table>", "is a web page inside"),
        (b"PK\x03\x04\x14\x00\x06\x00", "is a workbook inside"),
        (b"%PDF-1.7\n", "is a PDF document inside"),
    ] {
        let said = called_csv(start);
        assert!(said.starts_with("register.file.not-csv") && said.contains(wanted), "{said}");
    }
    for headers in ["ID;PRICE;SHARES\nC;5;1\n", "ID;Price\nC;5\n", "table\n0\n"] {
        assert!(!called_csv(headers.as_bytes()).contains("not-csv"), "{headers}");
    }
}
