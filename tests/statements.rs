//! What a holder's statement says beside its figures: address, status, dates, what is owed, why nothing is paid, the year.

use crate::support::command::run_in;
use crate::support::workbooks::parts;
use calamine::{Data, Reader, Xlsx};
use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;

/// Runs a line of arguments in `folder`, and expects it to be done.
fn done(folder: &Path, line: &str) {
    let ran = run_in(folder, &line.split(' ').collect::<Vec<_>>());
    assert_eq!(ran.code, 0, "{line}: {}{}", ran.stdout, ran.stderr);
}

/// Every text and number of a holder's statement, a line each, sheet by sheet.
fn statement(folder: &Path, path: &str) -> String {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(fs::read(folder.join(path)).expect(path))).unwrap();
    let mut text = String::new();
    for (name, range) in book.worksheets() {
        text += &format!("== {name}\n");
        for (.., value) in range.used_cells().filter(|(.., value)| **value != Data::Empty) {
            text += &format!("{value}\n");
        }
    }
    text
}

fn case(folder: &Path) {
    let case = folder.join("case");
    fs::create_dir(&case).unwrap();
    for (name, text) in [
        (
            "register.csv",
            "holder_id,holder_name,class,shares,issue_date,street,town,state,postal_code,country,payment_method,account,bank_code\n\
             A,Ann,series-a,10,2006-01-10,1 Elm St,Springfield,VT,05156,US,check,,\n\
             B,Bea,series-a,10,2006-01-10,Hauptstr. 2,Köln,,50667,DE,,,\n\
             C,Cy,series-a,10,2006-06-02,,,,,,check,,\n",
        ),
        (
            "declarations.csv",
            "declared_date,kind,amount,asset,series_a_declared_date\n2006-02-20,cash,0.02,,2006-02-20\n\
             2006-04-20,cash,0.03,,2006-04-20\n",
        ),
        ("record_dates.csv", "payment_date,record_date\n2006-03-15,2006-02-28\n2006-06-15,2006-05-31\n"),
        ("terms.csv", "term,value\ncompany,Elm Inc.\ncontact,holders@elm.example\n"),
    ] {
        fs::write(case.join(name), text).unwrap();
    }
}

#[test]
fn an_advice_says_who_how_when_and_what_is_owed() {
    let top = tempfile::tempdir().unwrap();
    case(top.path());
    done(top.path(), "dividend case --date 2006-03-15 --out first --funds 30");
    let a = statement(top.path(), "first/holders/A.xlsx");
    // 10 × 100 × 0.02 = 20 are due to each, of 40 in all; 30 are paid, so 15 each.
    for wanted in [
        "Ann\n",
        "1 Elm St\n",
        "Springfield, VT 05156\n",
        "A check for USD 15.00 goes to this address, dated March 15, 2006.\n",
        "dividends of USD 5.00 on your Series A Junior Participating Preferred Stock stay unpaid",
        "holders@elm.example; please quote the reference d20060315-A\n",
        "none on file\n",
        "d20060315-A\n",
        "== Computation\n",
        "Declared on February 20, 2006: 0.02 USD for each share of Common, times 100\n",
        "cash dividends on Common are matched",
    ] {
        assert!(a.contains(wanted), "{wanted:?} is not in {a}");
    }
    assert!(!a.contains("cash_dividends") && !a.contains("2006-0"), "{a}");
    let b = statement(top.path(), "first/holders/B.xlsx");
    let held = "Held: USD 15.00 is not paid yet, since we do not know how to pay you. Please send your bank details to \
                holders@elm.example.\n";
    assert!(b.contains(held) && b.contains("50667 Köln\n") && b.contains("DE\n"), "{b}");
}

#[test]
fn who_is_paid_nothing_is_told_why_and_the_year_adds_up() {
    let top = tempfile::tempdir().unwrap();
    case(top.path());
    done(top.path(), "dividend case --date 2006-03-15 --out first");
    done(top.path(), "dividend case --date 2006-06-15 --after first --out second --set locale=de-DE");
    let c = statement(top.path(), "second/holders/C.xlsx");
    let why = "Nothing is paid to you this time: 10 shares were issued on 02.06.2006, after the record date 31.05.2006, and \
               are not entitled to this payment";
    assert!(c.contains(why), "{c}");
    let a = statement(top.path(), "second/holders/A.xlsx");
    // 20 in March and 30 in June.
    assert!(a.contains("In 2006, with the dividend of 15.03.2006\n50\n0\n50\n"), "{a}");
    assert!(!a.contains("is for earlier quarters"), "{a}");
    // Of 40 due in March 30 were paid: 5 to each are left, and come first in June.
    done(top.path(), "dividend case --date 2006-03-15 --out part --funds 30");
    done(top.path(), "dividend case --date 2006-06-15 --after part --out third");
    let a = statement(top.path(), "third/holders/A.xlsx");
    let earlier =
        "USD 5.00 of the dividend on your Series A Junior Participating Preferred Stock is for earlier quarters.\n";
    assert!(a.contains(earlier), "{a}");
    done(top.path(), "verify second --case case --after first");
    let wrong = run_in(top.path(), &["check", "case", "--set", "locale=en-UK"]);
    assert!(wrong.code == 3 && wrong.stdout.contains("en-US"), "{}{}", wrong.stdout, wrong.stderr);
}

#[test]
fn a_long_name_goes_on_in_the_next_line_of_the_letter() {
    let top = tempfile::tempdir().unwrap();
    case(top.path());
    let register = top.path().join("case/register.csv");
    let name = "The Trustees of the Very Long Named Family Settlement of 1998 for the Benefit of Grandchildren";
    fs::write(&register, fs::read_to_string(&register).unwrap().replace("A,Ann,", &format!("A,{name},"))).unwrap();
    done(top.path(), "dividend case --date 2006-03-15 --out run");
    let a = statement(top.path(), "run/holders/A.xlsx");
    let lines = [
        "The Trustees of the Very Long Named Family Settlement of",
        "1998 for the Benefit of Grandchildren",
        "1 Elm St",
    ];
    for line in lines {
        assert!(a.contains(&format!("\n{line}\n")), "{line}: {a}");
    }
}

#[test]
fn layouts_are_written_to_be_restyled_and_one_that_would_hide_a_delivery_is_refused() {
    let top = tempfile::tempdir().unwrap();
    case(top.path());
    done(top.path(), "new --layouts layouts");
    done(top.path(), "dividend case --date 2006-03-15 --template layouts/statement-dividend.xlsx --out own");
    let same = |file: &str| statement(top.path(), &format!("{file}/holders/A.xlsx"));
    done(top.path(), "dividend case --date 2006-03-15 --out built-in");
    assert_eq!(same("own"), same("built-in"));
    let again = run_in(top.path(), &["new", "--layouts", "layouts"]);
    assert!(again.code == 2 && again.stderr.contains("--force"), "{}{}", again.stdout, again.stderr);
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write(0, 0, "{{payment.class}}").unwrap().write(0, 1, "{{payment.net}}").unwrap();
    book.save(top.path().join("old.xlsx")).unwrap();
    let declared =
        "declared_date,kind,amount,asset,series_a_declared_date\n2006-02-20,in-kind,0.02,Elm bonds,2006-02-20\n";
    fs::write(top.path().join("case/declarations.csv"), declared).unwrap();
    let line = "dividend case --date 2006-03-15 --template old.xlsx --out old";
    let ran = run_in(top.path(), &line.split(' ').collect::<Vec<_>>());
    assert!(ran.code == 1 && ran.stderr.contains("{{delivery.asset}}"), "{} {}{}", ran.code, ran.stdout, ran.stderr);
}

/// A white PNG picture.
fn png(width: u32, height: u32) -> Vec<u8> {
    let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    for _ in 0..height {
        zlib.write_all(&vec![0xFF; width as usize + 1]).unwrap();
    }
    let head = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 0, 0, 0, 0]].concat();
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, data) in [(b"IHDR", head), (b"IDAT", zlib.finish().unwrap()), (b"IEND", Vec::new())] {
        let length = u32::try_from(data.len()).unwrap().to_be_bytes();
        let body = [&kind[..], &data].concat();
        png.extend([&length[..], &body, &crc32fast::hash(&body).to_be_bytes()].concat());
    }
    png
}

/// What a JPEG picture says of its size, between its first mark and its last.
fn jpeg(width: u16, height: u16) -> Vec<u8> {
    let app = b"\xFF\xD8\xFF\xE0\x00\x10JFIF\x00\x01\x01\x01\x00\x48\x00\x48\x00\x00";
    let size = [&height.to_be_bytes()[..], &width.to_be_bytes()].concat();
    let scan = b"\xFF\xDA\x00\x08\x01\x01\x00\x00\x3F\x00\x00\xFF\xD9";
    [&app[..], b"\xFF\xC0\x00\x0B\x08", &size, b"\x01\x01\x11\x00", scan].concat()
}

/// How large the picture of a statement is, in pixels; none where there is none.
fn picture(folder: &Path, path: &str) -> Option<(f64, f64)> {
    let parts = ratable::internals::output::read(&fs::read(folder.join(path)).unwrap()).unwrap();
    let drawing = parts.iter().find(|part| part.name == "xl/drawings/drawing1.xml")?;
    let xml = String::from_utf8(drawing.plain().unwrap()).unwrap();
    let measure = |name: &str| {
        let (_, rest) = xml.split_once("<a:ext ")?.1.split_once(&format!("{name}=\""))?;
        rest.split('"').next()?.parse::<f64>().ok().map(|emu| emu / 9525.0)
    };
    Some((measure("cx")?, measure("cy")?))
}

#[test]
fn a_logo_keeps_its_shape_and_its_place_and_what_is_none_is_told() {
    let top = tempfile::tempdir().unwrap();
    case(top.path());
    fs::write(top.path().join("outside.png"), png(100, 40)).unwrap();
    let line = |logo: &str| {
        let set = format!("logo={logo}");
        let line = ["dividend", "case", "--date", "2006-03-15", "--out", "out", "--force", "--set", &set];
        run_in(top.path(), &line)
    };
    for (name, bytes, size) in [
        ("wide.png", png(4000, 20), (190.0, 1.0)),
        ("tall.png", png(30, 3000), (0.5, 52.0)),
        ("tiny.png", png(8, 8), (8.0, 8.0)),
        ("large.png", png(1900, 520), (190.0, 52.0)),
        ("photo.jpg", jpeg(640, 480), (69.0, 52.0)),
    ] {
        fs::write(top.path().join("case").join(name), bytes).unwrap();
        let ran = line(name);
        assert_eq!(ran.code, 0, "{name}: {}{}", ran.stdout, ran.stderr);
        let (width, height) = picture(top.path(), "out/holders/A.xlsx").unwrap();
        assert!((width - size.0).abs() <= 1.0 && (height - size.1).abs() <= 1.0, "{name}: {width} × {height}");
    }
    fs::write(top.path().join("case/text.png"), "no picture").unwrap();
    let cut = &png(40, 40)[..50];
    fs::write(top.path().join("case/cut.png"), cut).unwrap();
    fs::write(top.path().join("case/huge.png"), [png(40, 40), vec![0; 5 << 20]].concat()).unwrap();
    for (name, says) in [
        ("none.png", "no file beside the tables"),
        ("../outside.png", "not the name of a file alone"),
        ("/etc/passwd", "not the name of a file alone"),
        ("..", "not the name of a file alone"),
        ("text.png", "no complete PNG or JPEG picture"),
        ("cut.png", "no complete PNG or JPEG picture"),
        ("huge.png", "larger than 2 MB"),
    ] {
        let ran = line(name);
        assert!(ran.code == 3 && ran.stderr.contains(says), "{name}: {} {}{}", ran.code, ran.stdout, ran.stderr);
        let checked = run_in(top.path(), &["check", "case", "--set", &format!("logo={name}")]);
        assert!(checked.code == 3 && checked.stdout.contains(says), "{name}: {checked:?}");
    }
}

/// A sheet of a workbook as it prints.
struct Page {
    name: String,
    paper: u32,
    is_landscape: bool,
    /// Pages side by side, and from top to bottom; none where that is free.
    fit: (f64, Option<f64>),
    /// The columns that print, and the rows, in points.
    size: (f64, f64),
}

/// Every sheet of a workbook, but the sheets of charts alone.
fn pages(folder: &Path, path: &str) -> Vec<Page> {
    let parts = ratable::internals::output::read(&fs::read(folder.join(path)).expect(path)).unwrap();
    let sheets = parts.iter().filter(|part| part.name.starts_with("xl/worksheets/sheet"));
    let mut pages = Vec::new();
    for part in sheets {
        let xml = String::from_utf8(part.plain().unwrap()).unwrap();
        let tree = roxmltree::Document::parse(&xml).unwrap();
        let all = |name: &'static str| tree.descendants().filter(move |node| node.tag_name().name() == name);
        let number = |node: roxmltree::Node, name: &str| node.attribute(name).and_then(|text| text.parse::<f64>().ok());
        let setup = all("pageSetup").next().expect("every sheet has its page");
        let columns = all("col").map(|col| {
            let count = number(col, "max").unwrap() - number(col, "min").unwrap() + 1.0;
            // A width counts digits of 7 pixels, and 5 pixels of margins; a pixel is 0.75 points.
            count * (number(col, "width").unwrap() * 7.0) * 0.75
        });
        let rows = all("row").filter(|row| row.attribute("hidden").is_none());
        pages.push(Page {
            name: format!("{path} {}", part.name),
            paper: setup.attribute("paperSize").map_or(1, |paper| paper.parse().unwrap()),
            is_landscape: setup.attribute("orientation") == Some("landscape"),
            fit: (
                number(setup, "fitToWidth").unwrap_or(1.0),
                Some(number(setup, "fitToHeight").unwrap_or(1.0)).filter(|n| *n > 0.0),
            ),
            size: (columns.sum(), rows.map(|row| number(row, "ht").unwrap_or(15.0)).sum()),
        });
    }
    pages
}

/// Every sheet prints on the paper of the locale, and letters of ten points at eight at least.
#[test]
fn every_page_can_be_read_on_the_paper_of_the_locale() {
    let top = tempfile::tempdir().unwrap();
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-data");
    let run = |line: &str, sample: &str, out: &str, locale: &str| {
        let mut words: Vec<&str> = line.split(' ').collect();
        let (case, set) = (home.join(sample), format!("locale={locale}"));
        words.extend([case.to_str().unwrap(), "--out", out, "--set", &set]);
        let ran = run_in(top.path(), &words);
        assert_eq!(ran.code, 0, "{line}: {}{}", ran.stdout, ran.stderr);
    };
    for (locale, paper, points) in [("en-US", 1, (612.0, 792.0)), ("de-DE", 9, (595.3, 841.9))] {
        let out = |name: &str| format!("{locale}-{name}");
        run(
            "dividend --date 2006-06-15 --workbooks H-0001,H-0005 --funds 200000 --acknowledge 4(a)(i)",
            "capstone.xlsx",
            &out("dividend"),
            locale,
        );
        run(
            "liquidate --date 2026-06-30 --proceeds 20000000 --scenarios 0:100000000:2000000",
            "venture",
            &out("exit"),
            locale,
        );
        run("vote --date 2006-06-15", "capstone.xlsx", &out("vote"), locale);
        run("actions", "capstone.xlsx", &out("actions"), locale);
        run("captable --date 2006-06-15", "capstone.xlsx", &out("captable"), locale);
        run("exchange --date 2006-06-15 --workbooks H-0001", "capstone.xlsx", &out("exchange"), locale);
        let books = [
            "dividend/summary.xlsx",
            "dividend/holders/H-0001.xlsx",
            "exit/summary.xlsx",
            "exit/scenarios.xlsx",
            "exit/holders/E-04.xlsx",
            "vote/summary.xlsx",
            "actions/summary.xlsx",
            "captable/summary.xlsx",
            "exchange/summary.xlsx",
            "exchange/holders/H-0001.xlsx",
        ];
        let pages = books.into_iter().flat_map(|book| pages(top.path(), &out(book)));
        // A sheet without cells is a chart.
        for page in pages.filter(|page| page.size.0 > 0.0) {
            assert_eq!(page.paper, paper, "{}", page.name);
            let (wide, high) = if page.is_landscape { (points.1, points.0) } else { points };
            // Margins are at most 0.6 inches at the sides, and 0.75 above and below.
            let across = (wide - 86.4) * page.fit.0 / page.size.0;
            assert!(across >= 0.78, "{}: {across} of its size in width", page.name);
            let down = page.fit.1.map_or(1.0, |pages| (high - 108.0) * pages / page.size.1);
            assert!(down >= 0.78, "{}: {down} of its size in height", page.name);
        }
        let mut book: Xlsx<_> =
            Xlsx::new(Cursor::new(fs::read(top.path().join(out("dividend/summary.xlsx"))).unwrap())).unwrap();
        for (name, range) in book.worksheets() {
            for (.., value) in range.used_cells() {
                assert!(!value.to_string().contains("2006-0") || name == "Readings", "{name}: {value}");
            }
        }
    }
}

/// The cell beside a text of a sheet: its value, and its formula.
fn beside(folder: &Path, path: &str, sheet: &str, text: &str, columns: usize) -> (String, String) {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(fs::read(folder.join(path)).expect(path))).unwrap();
    let values = book.worksheet_range(sheet).unwrap();
    let formulas = book.worksheet_formula(sheet).unwrap();
    let shown = |value: &Data| value.to_string();
    let (row, column, _) = values.used_cells().find(|(.., value)| shown(value) == text).expect(text);
    let (top, left) = values.start().unwrap();
    let at = (top + u32::try_from(row).unwrap(), left + u32::try_from(column + columns).unwrap());
    (values.get_value(at).unwrap().to_string(), formulas.get_value(at).cloned().unwrap_or_default())
}

#[test]
fn a_fraction_paid_in_cash_is_named_with_its_price_and_recalculates() {
    let top = tempfile::tempdir().unwrap();
    case(top.path());
    let write = |name: &str, text: &str| fs::write(top.path().join("case").join(name), text).unwrap();
    write(
        "register.csv",
        "holder_id,holder_name,class,shares,issue_date\nA,Ann,series-a,3,2006-01-10\nB,Bea,common,21,\n",
    );
    write(
        "declarations.csv",
        "declared_date,kind,amount,asset,fair_value,payment_date\n2006-02-20,cash,0.02,,,\n\
         2006-02-21,in-kind,0.008,Elm bonds,12.50,2006-03-15\n2006-02-21,in-kind,0.0033,Oak notes,7,2006-03-15\n",
    );
    write("consideration.csv", "component,amount,fair_value\nUSD,1.25,\nElm bonds,0.007,12.50\n");
    done(top.path(), "dividend case --date 2006-03-15 --set reading.fractions=cash-in-lieu --out run");
    // 3 × 0.8 = 2.4 bonds and 3 × 0.33 = 0.99 notes: 0.4 × 12.50 + 0.99 × 7 = 5.00 + 6.93.
    let a = |sheet, text, columns| beside(top.path(), "run/holders/A.xlsx", sheet, text, columns);
    let fraction = a("Computation", "The fraction of Elm bonds that is not delivered", 2);
    assert!(fraction.0 == "0.4" && fraction.1.starts_with("ROUND(") && fraction.1.contains('-'), "{fraction:?}");
    assert_eq!(a("Computation", "Its price, the fair value of one", 2).0, "12.5");
    let cash = a("Computation", "0.4 at 12.50, in cash, rounded to the smallest unit", 2);
    assert!(cash.0 == "5" && cash.1.starts_with("ROUND(") && cash.1.contains('*'), "{cash:?}");
    let unit = a("Shares", "USD", 3);
    assert!(unit.0 == "11.93" && unit.1.contains('+'), "{unit:?}");
    done(top.path(), "dividend case --date 2006-03-15 --set reading.fractions=keep --out kept");
    assert!(!statement(top.path(), "kept/holders/A.xlsx").contains("Cash in lieu"));
    let b = statement(top.path(), "run/holders/B.xlsx");
    // 21 × 0.008 and 21 × 0.0033.
    for wanted in ["0.168 at 12.50, in cash", "\n2.1\n", "0.0693 at 7.00, in cash", "\n0.49\n", "\n2.59\n"] {
        assert!(b.contains(wanted), "{wanted:?} is not in {b}");
    }
    done(top.path(), "exchange case --date 2006-03-15 --set reading.fractions=cash-in-lieu --out merger");
    let cash = "0.1 at 12.50, in cash, rounded to the smallest unit";
    assert_eq!(beside(top.path(), "merger/holders/A.xlsx", "Computation", cash, 2).0, "1.25");
}

#[test]
fn a_statement_without_series_a_cites_the_classes_terms_and_no_certificate() {
    let top = tempfile::tempdir().unwrap();
    let venture = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-data/venture");
    for line in ["liquidate --date 2026-06-30 --proceeds 20000000", "dividend --date 2026-06-15"] {
        let words = format!("{line} --out run --force --format text");
        let words: Vec<&str> = words.split(' ').chain([venture.to_str().unwrap()]).collect();
        let ran = run_in(top.path(), &words);
        assert_eq!(ran.code, 0, "{line}: {}", ran.stderr);
        for entry in fs::read_dir(top.path().join("run/holders")).unwrap().map(Result::unwrap) {
            let path = format!("run/holders/{}", entry.file_name().to_str().unwrap());
            let text = statement(top.path(), &path);
            let mut book: Xlsx<_> = Xlsx::new(Cursor::new(fs::read(top.path().join(&path)).unwrap())).unwrap();
            let steps = book.worksheet_range("Computation").unwrap();
            let clauses = steps.rows().map(|row| row[0].to_string());
            let cited: Vec<String> = clauses.filter(|c| c.starts_with(|c: char| c.is_ascii_digit())).collect();
            assert!(cited.is_empty() && !text.contains("certificate of designation"), "{path}: {cited:?} {text}");
            assert!(text.contains("Terms are those of the classes themselves"), "{path}: {text}");
        }
    }
}

#[test]
fn who_is_due_less_than_a_cent_is_told_so() {
    let top = tempfile::tempdir().unwrap();
    case(top.path());
    let register = top.path().join("case/register.csv");
    fs::write(&register, fs::read_to_string(&register).unwrap() + "D,Dot,series-a,0.002,2006-01-10,,,,,,check,,\n")
        .unwrap();
    done(top.path(), "dividend case --date 2006-03-15 --out run");
    let d = statement(top.path(), "run/holders/D.xlsx");
    let why = "Nothing is paid to you this time: what is due on your shares is less than the smallest unit.\n";
    assert!(d.contains(why), "{d}");
}

#[test]
fn a_summary_breaks_a_long_title_and_says_which_tiers_are_of_all_installments() {
    let top = tempfile::tempdir().unwrap();
    case(top.path());
    let long = "The Very Long Named Elm and Oak Holdings International Corporation of the State of Delaware";
    fs::write(top.path().join("case/proceeds.csv"), "date,amount\n2006-03-20,30\n").unwrap();
    done(top.path(), "liquidate case --date 2006-03-20 --out first");
    let short = parts(&fs::read(top.path().join("first/summary.xlsx")).unwrap());
    assert!(!short["xl/worksheets/sheet1.xml"].contains("<mergeCell ref=\"A1:F1\"/>"));
    assert!(!statement(top.path(), "first/summary.xlsx").contains("all installments until now together"));
    fs::write(top.path().join("case/terms.csv"), format!("term,value\ncompany,{long}\n")).unwrap();
    done(top.path(), "liquidate case --date 2006-03-25 --proceeds 30 --out second");
    let summary = parts(&fs::read(top.path().join("second/summary.xlsx")).unwrap());
    assert!(summary["xl/worksheets/sheet1.xml"].contains("<mergeCell ref=\"A1:F1\"/>"));
    let text = statement(top.path(), "second/summary.xlsx");
    assert!(text.contains("What each class gets per tier; all installments until now together\n"), "{text}");
}

#[test]
fn the_terminal_says_votes_and_what_is_fully_diluted() {
    let top = tempfile::tempdir().unwrap();
    case(top.path());
    let said = |line: &str| run_in(top.path(), &line.split(' ').collect::<Vec<_>>()).stdout;
    let vote = said("vote case --date 2006-03-15 --out vote");
    assert!(vote.contains("Series A Junior Participating Preferred Stock  2,000 votes\n"), "{vote}");
    fs::write(top.path().join("case/classes.csv"), "class,kind,conversion_ratio,exercise_price\nplan,option,2,0.10\n")
        .unwrap();
    let register = top.path().join("case/register.csv");
    fs::write(&register, fs::read_to_string(&register).unwrap() + "D,Dot,plan,40,,,,,,,check,,\n").unwrap();
    // 20 of Series A and 40 options for two shares each: 20 and 80 of 100.
    let table = said("captable case --date 2006-03-15 --out table");
    assert!(table.contains("40 shares, 0.00 % of votes, 80.00 % fully diluted\n"), "{table}");
    assert!(table.contains("  In all 60 shares, 100 fully diluted\n"), "{table}");
    let summary = statement(top.path(), "table/summary.xlsx");
    assert!(summary.contains("Fully diluted %\n") && summary.contains("Fully diluted shares\n100\n"), "{summary}");
}
