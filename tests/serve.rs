//! The page over plain HTTP: what a person drops, asks and takes away, and what nobody else gets. The same in a browser:
//! `tests/serve_browser.rs`.

#![cfg(feature = "serve")]

use crate::support::command::run_in;
use crate::support::page::{Server, folders};
use std::fs;
use std::io::{Cursor, Read, Write};
use std::path::Path;
use std::time::{Duration, Instant};
use zip::write::SimpleFileOptions;

const CAPSTONE: &[u8] = include_bytes!("../sample-data/capstone.xlsx");
const DIVIDEND: &str = "command=dividend&date=2006-06-15";

/// A zip of files.
fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// The files of a zip are those below a folder, byte for byte.
fn assert_same(zip: &[u8], folder: &Path) {
    let mut archive = zip::ZipArchive::new(Cursor::new(zip)).unwrap();
    let mut files = 0;
    for ix in 0..archive.len() {
        let mut entry = archive.by_index(ix).unwrap();
        let (name, mut bytes) = (entry.name().unwrap().into_owned(), Vec::new());
        entry.read_to_end(&mut bytes).unwrap();
        let path = folder.parent().unwrap().join(&name);
        assert!(bytes == fs::read(&path).unwrap(), "{name} differs");
        files += 1;
    }
    let count = |folder: &Path| folders(folder).iter().filter(|path| path.is_file()).count();
    let holders = folder.join("holders");
    assert_eq!(files, count(folder) + if holders.exists() { count(&holders) } else { 0 });
}

#[test]
fn the_sample_is_understood_run_and_taken_away_as_the_command_line_writes_it() {
    let server = Server::start();
    let case = server.opened("/sample/capstone");
    server.post(&format!("{case}/read"), "");
    let page = server.get(&case).text();
    assert!(page.contains("Ready: no problems") && page.contains("384 lots of 303 holders"), "{page}");
    let preview = server.ran(&case, DIVIDEND);
    for figure in ["690,514.07", "43,181.97", "647,332.10"] {
        assert!(preview.contains(figure), "{figure}: {preview}");
    }
    let (_, zip) = server.taken(&case, "what=folder");
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("capstone.xlsx"), CAPSTONE).unwrap();
    let ran = run_in(place.path(), &["dividend", "capstone.xlsx", "--date", "2006-06-15"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_same(&zip, &place.path().join("capstone-dividend-2006-06-15"));
}

#[test]
fn holders_are_searched_sorted_and_explained_as_on_the_command_line() {
    let server = Server::start();
    let case = server.dropped("", &[("capstone.xlsx", CAPSTONE)]);
    server.ran(&case, DIVIDEND);
    let all = server.get(&format!("{case}/holders")).text();
    assert!(all.contains("301 holders") && all.contains("page 1 of 7"), "{all}");
    let id = all.split("data-holder=\"").nth(1).unwrap().split('"').next().unwrap();
    let found = server.get(&format!("{case}/holders?q={id}")).text();
    assert!(found.contains("1 holder") && !found.contains("301"), "{found}");
    let amounts = |page: &str| -> Vec<i128> {
        let cells = page.split("<td class=\"n\">").skip(1).map(|cell| cell.split('<').next().unwrap());
        cells.map(|cell| cell.replace([',', '.'], "").parse().unwrap_or(0)).collect()
    };
    let sorted = amounts(&server.get(&format!("{case}/holders?sort=-amount")).text());
    assert!(sorted.len() == 50 && sorted.is_sorted_by(|a, b| a >= b) && sorted[0] > sorted[49], "{sorted:?}");

    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("capstone.xlsx"), CAPSTONE).unwrap();
    let ran =
        run_in(place.path(), &["dividend", "capstone.xlsx", "--date", "2006-06-15", "--explain", id, "--out", "out"]);
    let derivation = server.get(&format!("{case}/holder?id={id}")).text();
    let total = ran.stdout.lines().find(|line| line.starts_with("Total:")).unwrap();
    assert!(derivation.contains(total), "{total}: {derivation}");
    let statement = server.get(&format!("{case}/statement?id={id}"));
    assert!(statement.body == fs::read(place.path().join(format!("out/holders/{id}.xlsx"))).unwrap());
    assert!(statement.header("content-disposition").contains(&format!("{id}.xlsx")), "{:?}", statement.headers);
    assert_eq!(server.get(&format!("{case}/holder?id=nobody")).status, 404);
}

/// The least register, with a cell that is wrong.
fn register(shares: &str) -> String {
    format!(
        "holder_id,holder_name,class,shares,issue_date\nA,Ann,series-a,{shares},2006-01-20\nB,Ben,common,5000,2005-01-01\n"
    )
}

#[test]
fn a_wrong_cell_is_shown_in_its_sheet_and_a_corrected_file_is_ready() {
    let server = Server::start();
    let case = server.dropped("", &[("register.csv", register("ten").as_bytes())]);
    let page = server.get(&case).text();
    assert!(page.contains("Not ready: 1 problem") && page.contains("D2"), "{page}");
    let at = page.split("data-first=\"").nth(1).unwrap().split('"').next().unwrap();
    let sheet = server.get(&format!("{case}/sheet?problem={at}")).text();
    assert!(sheet.contains("<td class=\"mark error\">") && sheet.contains(">ten<") && sheet.contains("Ann"), "{sheet}");
    let workbook = server.get(&format!("{case}/problems.xlsx"));
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("register.csv"), register("ten")).unwrap();
    let ran = run_in(place.path(), &["check", "register.csv", "--report", "problems.xlsx"]);
    assert_eq!(ran.code, 3);
    assert!(workbook.body == fs::read(place.path().join("problems.xlsx")).unwrap());

    let again = server.dropped("", &[("register.csv", register("10").as_bytes())]);
    assert!(server.get(&again).text().contains("Ready: no problems"));
}

#[test]
fn settings_of_reading_are_those_of_the_command_line() {
    let server = Server::start();
    let case = server.dropped("", &[("register.csv", register("\"1.250\"").replace(',', ";").as_bytes())]);
    assert!(server.get(&case).text().contains("Not ready"));
    server.post(&format!("{case}/read"), "set=decimal_mark%3D.&encoding=");
    let page = server.get(&case).text();
    assert!(page.contains("Ready") && page.contains("1.25"), "{page}");
}

/// Who goes on from a run on the page drops all that the next one needs.
#[test]
fn the_files_that_the_next_run_needs_are_all_named() {
    let server = Server::start();
    let (register, declared) = (register("10"), "declared_date,kind,amount\n2006-02-01,cash,0.02\n");
    let files = [("register.csv", register.as_bytes()), ("declarations.csv", declared.as_bytes())];
    let page = server.ran(&server.dropped("case", &files), DIVIDEND);
    assert!(page.contains("drop its arrears.csv, carry.csv and, where it has one, carried_payments.csv"), "{page}");
}

#[test]
fn csv_files_and_zips_of_them_are_one_case() {
    let server = Server::start();
    let terms = b"term,value\ncompany,Zip Works\n".as_slice();
    let register = register("10");
    let files = [("register.csv", register.as_bytes()), ("terms.csv", terms)];
    let loose = server.get(&server.dropped("zipworks", &files)).text();
    assert!(loose.contains("<h1>zipworks</h1>") && loose.contains("Ready"), "{loose}");
    let flat = server.get(&server.dropped("", &[("zipworks.zip", &zipped(&files))])).text();
    assert!(flat.contains("<h1>zipworks</h1>") && flat.contains("Ready"), "{flat}");
    let inside =
        zipped(&[("top/register.csv", register.as_bytes()), ("top/terms.csv", terms), ("__MACOSX/top/._x", b"")]);
    assert!(server.get(&server.dropped("", &[("a.zip", &inside)])).text().contains("<h1>top</h1>"));
    let lone = server.get(&server.dropped("", &[("a.zip", &zipped(&[("capstone.xlsx", CAPSTONE)]))])).text();
    assert!(lone.contains("<h1>capstone</h1>") && lone.contains("384 lots"), "{lone}");
}

/// A zip in which two files have one name, as careless programs make it.
fn twice(name: &str, one: &[u8], other: &[u8]) -> Vec<u8> {
    let like = name.replacen('r', "R", 1);
    let mut bytes = zipped(&[(name, one), (&like, other)]);
    let at = |bytes: &[u8]| bytes.windows(like.len()).position(|window| window == like.as_bytes());
    while let Some(at) = at(&bytes) {
        bytes[at..at + name.len()].copy_from_slice(name.as_bytes());
    }
    bytes
}

/// A zip whose files say that a password opens them.
fn locked(mut bytes: Vec<u8>) -> Vec<u8> {
    for (mark, flags) in [(b"PK\x03\x04", 6), (b"PK\x01\x02", 8)] {
        let places: Vec<usize> = (0..bytes.len() - 4).filter(|at| bytes[*at..].starts_with(mark)).collect();
        places.iter().for_each(|at| bytes[at + flags] |= 1);
    }
    bytes
}

#[test]
fn zips_are_unpacked_as_people_make_them_or_refused_in_words_that_help() {
    let server = Server::start();
    let (register, other) = (register("10"), register("20"));
    let (register, other) = (register.as_bytes(), other.as_bytes());
    let terms = b"term,value\ncompany,Deep Works\n".as_slice();
    let page = |name: &str, bytes: &[u8]| server.get(&server.dropped("", &[(name, bytes)])).text();
    let deep = [
        ("2026/q2/acme/register.csv", register),
        ("2026/q2/acme/terms.csv", terms),
        ("2026/q2/acme/.~lock.register.csv#", b"x"),
        ("2026/q2/acme/~$terms.xlsx", b"x"),
        ("__MACOSX/2026/q2/acme/._register.csv", b"x"),
    ];
    let read = page("a.zip", &zipped(&deep));
    assert!(read.contains("<h1>acme</h1>") && read.contains("Ready"), "{read}");
    // A table of another name, alone in a zip, is the register as it is when dropped alone.
    let lone = page("a.zip", &zipped(&[("Holders 2026.csv", register)]));
    assert!(lone.contains("<h1>Holders 2026</h1>") && lone.contains("Ready"), "{lone}");
    let inner = zipped(&[("register.csv", register)]);
    let wrong = [
        (zipped(&[("top/register.csv", register), ("top/more/terms.csv", terms)]), "lies in a folder of its own"),
        (twice("register.csv", register, other), "two of its parts have one name"),
        (zipped(&[("inner.zip", &inner)]), "there is another zip in it, inner.zip"),
        (locked(inner.clone()), "it is protected with a password. Make it again without one"),
        (CAPSTONE.to_vec(), "it is a workbook. Give its name the ending .xlsx"),
        (zipped(&[]), "it has 0 files"),
        (
            zipped(&[("a.csv/", b""), ("con.csv", register), ("register.csv", register)]),
            "a name that a file cannot have",
        ),
        (inner[..inner.len() - 30].to_vec(), "it is damaged or incomplete"),
    ];
    for (bytes, why) in wrong {
        let refused = page("a.zip", &bytes);
        assert!(refused.contains("This could not be read") && refused.contains(why), "{why}: {refused}");
        assert!(!refused.contains("The workbook is damaged"), "{refused}");
    }
    let together = server.get(&server.dropped("case", &[("a.xlsx", CAPSTONE), ("b.xlsx", CAPSTONE)])).text();
    assert!(together.contains("A workbook or a zip is a case of its own: drop"), "{together}");
}

/// The number of the run that a preview shows.
fn number(preview: &str) -> &str {
    preview.split("data-run=\"").nth(1).unwrap().split('"').next().unwrap()
}

#[test]
fn what_is_taken_away_is_of_the_run_that_is_shown() {
    let server = Server::start();
    let case = server.opened("/sample/small");
    server.post(&format!("{case}/read"), "");
    let place = tempfile::tempdir().unwrap();
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-data/small");
    let folder = "small-dividend-2006-06-15";
    let on_command_line = |more: &[&str]| {
        let mut words = vec!["dividend", sample.to_str().unwrap(), "--date", "2006-06-15", "--force"];
        words.extend(more);
        let ran = run_in(place.path(), &words);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
    };
    let first = server.ran(&case, DIVIDEND);
    on_command_line(&[]);
    assert_same(&server.taken(&case, "what=folder").1, &place.path().join(folder));
    // Its folder has the same name as the one before.
    let second = server.ran(&case, &format!("{DIVIDEND}&funds=900&acknowledge=4(a)(i)"));
    on_command_line(&["--funds", "900", "--acknowledge", "4(a)(i)"]);
    let form = format!("what=folder&run={}", number(&second));
    assert_same(&server.taken(&case, &form).1, &place.path().join(folder));

    // A window that shows the first run yet gets nothing of the second.
    let kind = [("Content-Type", "application/x-www-form-urlencoded")];
    let old = number(&first);
    assert_ne!(old, number(&second));
    for what in ["what=folder", "what=bank&as=nacha", "what=journal&as=csv"] {
        let refused = server.ask("POST", &format!("{case}/take"), &kind, format!("{what}&run={old}").as_bytes());
        assert_eq!(refused.status, 409, "{what}");
        assert!(refused.text().contains("Make this one again"), "{}", refused.text());
    }
    for path in ["holders?", "holder?id=H-001&", "statement?id=H-001&"] {
        assert_eq!(server.get(&format!("{case}/{path}run={old}")).status, 409, "{path}");
        assert_eq!(server.get(&format!("{case}/{path}run={}", number(&second))).status, 200, "{path}");
    }
    // With a bank's file comes what becomes of each payment.
    let (said, file) = server.taken(&case, "what=bank&as=nacha");
    let record = said.split("href=\"").nth(2).unwrap().split('"').next().unwrap().replace("&amp;", "&");
    let record: serde_json::Value = serde_json::from_slice(&server.get(&record).body).unwrap();
    assert_eq!(record["size"], file.len());
    assert_eq!(server.get(&format!("{case}/taken?number=1")).status, 404);
}

#[test]
fn many_uploads_at_once_come_to_no_more_than_a_case_may_have() {
    let server = Server::start();
    let case = server.opened("/case");
    let put = |at: usize| server.ask("PUT", &format!("{case}/file?name={at}.csv&folder=f"), &[], &[b'x'; 4_096]).status;
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..80).map(|at| scope.spawn(move || put(at))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 204).count(), 64, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 413).count(), 16, "{statuses:?}");
}

#[test]
fn what_to_do_next_is_said_in_the_words_of_the_page() {
    let server = Server::start();
    let venture = server.opened("/sample/venture");
    server.post(&format!("{venture}/read"), "");
    let nothing = server.ran(&venture, "command=liquidate&date=2026-06-30");
    assert!(nothing.contains("Give one with Proceeds") && nothing.contains("or try sums with Scenarios"), "{nothing}");
    let small = server.opened("/sample/small");
    server.post(&format!("{small}/read"), "");
    let forbidden = server.ran(&small, &format!("{DIVIDEND}&funds=900"));
    assert!(forbidden.contains("(more Funds)") && forbidden.contains("go on with the button below"), "{forbidden}");
    let header = register("10").replace(",shares,", ",Holding size,");
    let case = server.dropped("", &[("register.csv", header.as_bytes())]);
    let page = server.get(&case).text();
    assert!(page.contains("Not ready") && page.contains("under Settings of reading"), "{page}");
    let seen = page.replace("&#39;", "'");
    assert!(!seen.split("<details").next().unwrap().contains("--"), "{seen}");
    server.post(&format!("{case}/read"), "column=register.shares%3DHolding+size");
    assert!(server.get(&case).text().contains("Ready: no problems"));
    server.ran(&small, DIVIDEND);
    let (checks, _) = server.taken(&small, "what=bank&as=checks");
    assert!(checks.contains("It was not made") && checks.contains("First check number: give"), "{checks}");
    let (letters, _) = server.taken(&small, "what=bank&as=checks&first-number=abc");
    assert!(letters.contains("First check number: give it in digits"), "{letters}");
}

#[test]
fn what_the_certificate_forbids_is_said_and_goes_on_when_acknowledged() {
    let server = Server::start();
    let case = server.dropped("", &[("capstone.xlsx", CAPSTONE)]);
    let forbidden = server.ran(&case, &format!("{DIVIDEND}&funds=1000"));
    assert!(forbidden.contains("forbids this run") && forbidden.contains("4(a)(i)"), "{forbidden}");
    let done = server.ran(&case, &format!("{DIVIDEND}&funds=1000&acknowledge=4(a)(i)"));
    assert!(done.contains("Not distributed") || done.contains("Unpaid"), "{done}");
    let wrong = server.ran(&case, &format!("{DIVIDEND}&funds=much"));
    assert!(wrong.contains("This run cannot be made") && wrong.contains("Funds"), "{wrong}");
}

#[test]
fn another_reading_makes_another_run_and_the_cases_own_needs_no_flag() {
    let server = Server::start();
    let case = server.dropped("", &[("capstone.xlsx", CAPSTONE)]);
    let own = server.ran(&case, &format!("{DIVIDEND}&reading.split_timing=at-record"));
    assert!(!own.contains("--set=") && own.contains("at-payment"), "{own}");
    let other = server.ran(&case, &format!("{DIVIDEND}&reading.split_timing=at-payment"));
    assert!(other.contains("--set=reading.split_timing=at-payment") && !other.contains("690,514.07 gross"), "{other}");
    let (_, zip) = server.taken(&case, "what=folder");
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("capstone.xlsx"), CAPSTONE).unwrap();
    let set = "reading.split_timing=at-payment";
    let ran = run_in(place.path(), &["dividend", "capstone.xlsx", "--date", "2006-06-15", "--set", set]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_same(&zip, &place.path().join("capstone-dividend-2006-06-15"));
}

#[test]
fn an_exit_has_its_curve_its_bank_file_and_its_journal() {
    let server = Server::start();
    let case = server.opened("/sample/venture");
    server.post(&format!("{case}/read"), "");
    let form = "command=liquidate&date=2026-06-30&proceeds=20000000&scenarios=0:40000000:10000000";
    let preview = server.ran(&case, form);
    // The figures that sample-data/venture/README.md works out by hand.
    assert!(
        preview.contains("<polyline") && preview.contains("\"20,000,000.00\"")
            || preview.contains("&quot;20,000,000.00&quot;")
    );
    assert!(
        preview.contains("5,933,928.57")
            && preview.contains("48,145,000.00: Series AA")
            && preview.contains("86,235,000.00"),
        "{preview}"
    );

    let place = tempfile::tempdir().unwrap();
    let venture = place.path().join("venture");
    fs::create_dir(&venture).unwrap();
    for name in ["accounts.csv", "bank.csv", "classes.csv", "register.csv", "terms.csv"] {
        let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-data/venture").join(name);
        fs::copy(sample, venture.join(name)).unwrap();
    }
    let run = [
        "liquidate",
        "venture",
        "--date",
        "2026-06-30",
        "--proceeds",
        "20000000",
        "--scenarios",
        "0:40000000:10000000",
    ];
    let ran = run_in(place.path(), &run);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let out = "venture-liquidate-2026-06-30";
    assert_same(&server.taken(&case, "what=folder").1, &place.path().join(out));

    let journal = run_in(place.path(), &["journal", out, "--as", "beancount", "--out", "x.beancount"]);
    assert_eq!(journal.code, 0, "{}", journal.stderr);
    assert!(server.taken(&case, "what=journal&as=beancount").1 == fs::read(place.path().join("x.beancount")).unwrap());
    let bank =
        run_in(place.path(), &["pay", out, "--case", "venture", "--as", "pain.001", "--out", &format!("{out}.xml")]);
    let (said, file) = server.taken(&case, "what=bank&as=pain.001");
    if bank.code == 0 {
        assert!(file == fs::read(place.path().join(format!("{out}.xml"))).unwrap());
        assert!(said.contains("SHA-256") && !said.contains(server.temp.path().to_str().unwrap()), "{said}");
    } else {
        assert!(said.contains("It was not made"), "{}: {said}", bank.stderr);
    }
}

#[test]
fn nobody_is_answered_without_the_secret_or_in_another_pages_name() {
    let server = Server::start();
    let case = server.opened("/sample/capstone");
    let status = |method: &str, path: &str, headers: &[(&str, &str)]| server.ask(method, path, headers, b"").status;
    let port = server.port;
    for path in ["/", "/page.js", &case, "/nothing"] {
        assert_eq!(status("GET", path, &[("Cookie", "")]), 403, "{path}");
        assert_eq!(status("GET", path, &[("Cookie", &format!("ratable-{port}=0000"))]), 403, "{path}");
        for host in ["evil.example", &format!("evil.example:{port}"), "127.0.0.1", &format!("127.0.0.1:{}", port ^ 1)] {
            assert_eq!(status("GET", path, &[("Host", host)]), 403, "{path} {host}");
        }
        assert_eq!(status("GET", path, &[("Sec-Fetch-Site", "cross-site")]), 403, "{path}");
        assert_eq!(status("GET", path, &[("Origin", "http://evil.example")]), 403, "{path}");
    }
    for origin in ["", "null", "http://evil.example", "https://127.0.0.1", &format!("http://127.0.0.1:{}", port ^ 1)] {
        assert_eq!(status("POST", "/case", &[("Origin", origin)]), 403, "{origin}");
        assert_eq!(status("POST", &format!("{case}/close"), &[("Origin", origin)]), 403, "{origin}");
    }
    assert_eq!(status("POST", "/case", &[("Sec-Fetch-Site", "same-site")]), 403);
    let wrong = format!("/enter/{}", "0".repeat(server.secret().len()));
    assert_eq!((status("GET", &wrong, &[]), status("GET", "/enter/", &[])), (403, 403));
    // By its other names it is the same.
    assert_eq!(status("GET", "/", &[("Host", &format!("localhost:{port}"))]), 200);
    assert_eq!(status("GET", "/", &[("Sec-Fetch-Site", "none")]), 200);

    let page = server.get("/");
    let policy = page.header("content-security-policy");
    assert!(
        policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'") && !policy.contains("unsafe")
    );
    assert_eq!((page.header("cache-control"), page.header("x-content-type-options")), ("no-store", "nosniff"));
    assert!(!page.text().contains("<style") && !page.text().contains(" style=") && !page.text().contains(" onclick"));
    let entered = server.get(&format!("/enter/{}", server.secret()));
    let cookie = entered.header("set-cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict") && !cookie.contains(server.secret()));
}

#[test]
fn names_lead_nowhere_and_too_much_is_refused() {
    let server = Server::start();
    let case = server.opened("/case");
    for name in ["..%2Fevil.csv", "%2Fetc%2Fpasswd", "a%5Cb.csv", "..", "", ".hidden", "a%00b.csv", "con.csv"] {
        let put = server.ask("PUT", &format!("{case}/file?name={name}"), &[], b"x");
        assert_eq!(put.status, 400, "{name}");
        let put = server.ask("PUT", &format!("{case}/file?name=register.csv&folder={name}"), &[], b"x");
        assert_eq!(put.status, if name.is_empty() { 204 } else { 400 }, "{name}");
    }
    let put = |name: &str| {
        let name: String = url::form_urlencoded::byte_serialize(name.as_bytes()).collect();
        server.ask("PUT", &format!("{case}/file?name={name}"), &[], b"x").status
    };
    let long = "x".repeat(200);
    let wrong = "|.|..|../x.csv|/etc/passwd|a/b.csv|a\\b.csv|C:x.csv|.bashrc|a\0b|a\nb|nul.csv|COM1|x.|x |a:stream";
    for name in wrong.split('|').chain([long.as_str()]) {
        assert_eq!(put(name), 400, "{name:?}");
    }
    for name in ["Cap table 2025.xlsx", "été.csv", "a..b.csv"] {
        assert_eq!(put(name), 204, "{name}");
    }
    let outside: Vec<_> = folders(server.temp.path());
    assert_eq!(outside.len(), 1, "{outside:?}");
    // What two files would both be is one too many.
    assert_eq!(server.ask("PUT", &format!("{case}/file?name=register.csv"), &[], b"x").status, 400);

    let many = server.opened("/case");
    let statuses: Vec<u16> =
        (0..66).map(|at| server.ask("PUT", &format!("{many}/file?name={at}.csv&folder=f"), &[], b"x").status).collect();
    assert_eq!((statuses[63], statuses[64], statuses[65]), (204, 413, 413));

    let slip = zipped(&[("../../evil.csv", b"x"), ("register.csv", b"x")]);
    let page = server.get(&server.dropped("", &[("slip.zip", &slip)])).text();
    assert!(page.contains("The zip is not unpacked"), "{page}");
}

#[test]
fn three_hundred_megabytes_and_bombs_are_refused() {
    let server = Server::start();
    let case = server.opened("/case");
    let large = server.ask("PUT", &format!("{case}/file?name=large.csv"), &[], &vec![b'x'; 300 << 20]);
    assert_eq!(large.status, 413, "{}", large.text());
    let left = folders(&folders(&server.folders()[0])[0]);
    assert!(left.iter().all(|folder| folders(folder).is_empty()), "{left:?}");

    // A hundred megabytes of blanks, of which a zip makes a tenth of one.
    let mut bomb = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default();
    bomb.start_file("register.csv", options).unwrap();
    let blanks = vec![b' '; 1 << 20];
    (0..100).for_each(|_| bomb.write_all(&blanks).unwrap());
    let bytes = bomb.finish().unwrap().into_inner();
    let page = server.get(&server.dropped("", &[("bomb.zip", &bytes)])).text();
    assert!(page.contains("The zip is not unpacked"), "{page}");
}

#[test]
fn who_sends_a_large_file_that_is_not_taken_hears_why() {
    let server = Server::start();
    let case = server.opened("/case");
    let put = |name: &str| server.ask("PUT", &format!("{case}/file?name={name}"), &[], &vec![b'x'; 32 << 20]);
    for _ in 0..8 {
        let named = put("a%2Fb.csv");
        assert_eq!(named.status, 400, "{}", named.text());
        assert!(named.text().contains("Rename it"), "{}", named.text());
    }
    assert_eq!(put("register.csv").status, 204);
    let again = put("register.csv");
    assert!(again.text().contains("was dropped twice"), "{}: {}", again.status, again.text());
}

fn wait_until(what: &str, is: impl Fn() -> bool) {
    let until = Instant::now() + Duration::from_secs(30);
    while !is() {
        assert!(Instant::now() < until, "waited for {what}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn a_case_goes_when_its_last_page_closes() {
    let server = Server::start();
    let case = server.dropped("", &[("register.csv", register("10").as_bytes())]);
    let name = |page: &str| page.split("data-page=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let (one, two) = (name(&server.get(&case).text()), name(&server.get(&case).text()));
    let here = || folders(&server.folders()[0]).len();
    let close = |page: &str| server.ask("POST", &format!("{case}/close"), &[], page.as_bytes()).status;
    assert_eq!(close(&one), 204);
    std::thread::sleep(Duration::from_secs(8));
    assert_eq!(here(), 1, "another page shows it");
    // A page that is loaded again closes first.
    close(&two);
    let three = name(&server.get(&case).text());
    std::thread::sleep(Duration::from_secs(8));
    assert_eq!(here(), 1, "it was loaded again");
    close(&three);
    wait_until("the case to go", || here() == 0);
    assert_eq!(server.get(&case).status, 404);
}

#[test]
#[cfg(unix)]
fn folders_are_private_and_gone_after_an_interruption_and_after_a_crash() {
    use std::os::unix::fs::PermissionsExt;
    let server = Server::start();
    server.dropped("", &[("register.csv", register("10").as_bytes())]);
    let private = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let folder = server.folders().pop().unwrap();
    assert_eq!((private(&folder), private(&folders(&folder)[0])), (0o700, 0o700));
    let temp = server.killed();
    assert_eq!(folders(temp.path()).len(), 1, "a killed program removes nothing");
    let mut next = Server::start_in(temp);
    let now = next.folders();
    assert!(now.len() == 1 && now[0] != folder, "{now:?}");
    next.dropped("", &[("register.csv", register("10").as_bytes())]);
    assert_eq!(next.interrupted(), Some(0));
    assert_eq!(next.folders().len(), 0);
}

#[test]
fn two_cases_are_apart_and_work_can_be_cancelled() {
    let server = Server::start();
    let one = server.dropped("", &[("register.csv", register("10").as_bytes())]);
    let two = server.dropped("", &[("capstone.xlsx", CAPSTONE)]);
    server.ran(&two, DIVIDEND);
    assert_eq!(server.get(&format!("{one}/preview")).status, 409);
    assert!(server.get(&one).text().contains("2 lots") && server.get(&two).text().contains("384 lots"));
    // Work that was done cannot be cancelled any more; its answer stands.
    assert_eq!(server.ask("POST", &format!("{two}/cancel"), &[], b"").status, 204);
    assert_eq!(server.get(&format!("{two}/preview")).status, 200);
    let events = server.get(&format!("{two}/progress"));
    assert_eq!(events.header("content-type"), "text/event-stream");
    assert!(events.text().contains("\"stage\":\"done\""), "{}", events.text());
}

/// A case whose workbooks take a while.
fn large(server: &Server) -> String {
    let mut register = "holder_id,holder_name,class,shares,issue_date\n".to_owned();
    (0..30_000).for_each(|at| register += &format!("H{at},Holder {at},series-a,10,2006-01-20\n"));
    let declarations = b"declared_date,kind,amount\n2006-05-20,cash,0.02\n".as_slice();
    server.dropped("large", &[("register.csv", register.as_bytes()), ("declarations.csv", declarations)])
}

#[test]
fn two_work_at_once_and_the_third_waits() {
    let server = Server::start();
    let cases: Vec<String> = (0..3).map(|_| large(&server)).collect();
    let kind = [("Content-Type", "application/x-www-form-urlencoded")];
    let take = |case: &String| {
        server.ran(case, DIVIDEND);
        server.ask("POST", &format!("{case}/take"), &kind, b"what=folder").text()
    };
    assert!(take(&cases[0]).contains("\"working\"") && take(&cases[1]).contains("\"working\""));
    let third = server.ask("POST", &format!("{}/run", cases[2]), &kind, DIVIDEND.as_bytes()).text();
    assert!(third.contains("\"waiting\""), "{third}");
    server.ask("POST", &format!("{}/cancel", cases[0]), &[], b"");
    let state = || server.get(&format!("{}/state", cases[2])).text();
    wait_until("the third to have its turn", || state().contains("\"done\""));
    server.ask("POST", &format!("{}/cancel", cases[1]), &[], b"");
}

#[test]
fn long_work_tells_how_far_it_is_and_is_cancelled() {
    let server = Server::start();
    let case = large(&server);
    server.ran(&case, DIVIDEND);
    let kind = [("Content-Type", "application/x-www-form-urlencoded")];
    let begun = server.ask("POST", &format!("{case}/take"), &kind, b"what=folder");
    assert!(begun.text().contains("\"stage\":\"working\""), "{}", begun.text());
    let state = || server.get(&format!("{case}/state")).text();
    wait_until("workbooks to be counted", || state().contains("writing workbooks") && !state().contains("\"done\":0,"));
    assert!(state().contains("\"of\":30000"), "{}", state());
    assert_eq!(server.ask("POST", &format!("{case}/cancel"), &[], b"").status, 204);
    assert!(state().contains("cancelled"), "{}", state());
    // Nothing half-written is left, and it can be asked again.
    let folder = folders(&server.folders()[0]).pop().unwrap();
    wait_until("what was written to go", || !folder.join("out").exists() || folders(&folder.join("out")).is_empty());
    assert!(server.ran(&case, DIVIDEND).contains("Paid"));
}
