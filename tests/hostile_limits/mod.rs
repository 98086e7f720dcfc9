//! Hostile files against the program as a process that may take a gigabyte of addresses and ten seconds of processors:
//! each ends with a problem that names the file, or is read.

#![cfg(unix)]

mod confined;

use self::confined::Piece::{self, Noise, Once, Times};
use self::confined::{END, HEAD, HEADERS, LIMITS, SHEET, STRINGS, check, confined, fixture, part, refused, with_part};
use ratable::internals::output::{Part, Writer, read};
use std::fs;
use std::io::Write;
use std::path::Path;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

#[test]
fn three_gigabytes_of_blanks() {
    let Some(machine) = confined("three gigabytes of blanks") else { return };
    let gigabyte = 1u64 << 30;
    let blanks = [
        ("rows", "<row></row>"),
        ("cells", "<row r=\"2\"><c r=\"A2\"/></row>"),
        ("spaces", "                                "),
        ("comments", "<!--                          -->"),
        ("marks", "<a/>"),
    ];
    for (name, blank) in blanks {
        let sheet =
            part(SHEET, &[Once(HEAD), Once(HEADERS), Times(3 * gigabyte / blank.len() as u64, blank), Once(END)]);
        with_part(&machine, &format!("{name}.xlsx"), "case.xlsx", &sheet);
        refused(&machine, &format!("{name}.xlsx"), "register.file.too-large-unpacked");
        // The zip says that it is small.
        with_part(&machine, &format!("{name}-lies.xlsx"), "case.xlsx", &Part { size: 1000, ..sheet });
        let came = check(&machine, &format!("{name}-lies.xlsx")).with(3);
        assert!(came.out.contains("too-large-unpacked") || came.out.contains("damaged"), "{}", came.out);
    }
    // Beside what cannot be deflated, more blanks are believed.
    for (name, blank) in blanks.into_iter().filter(|(name, _)| ["cells", "marks"].contains(name)) {
        let times = (14 * gigabyte / 10) / blank.len() as u64;
        let sheet = part(SHEET, &[Once(HEAD), Once(HEADERS), Noise(16), Times(times, blank), Once(END)]);
        with_part(&machine, &format!("{name}-padded.xlsx"), "case.xlsx", &sheet);
        let came = check(&machine, &format!("{name}-padded.xlsx"));
        let refused = came.code == Some(3) && came.out.contains("\"register.file.");
        assert!(refused || (came.code == Some(0) && came.out.contains("\"lots\":0")), "{}{}", came.out, came.err);
    }
}

#[test]
fn a_string_table_of_three_gigabytes() {
    let Some(machine) = confined("a string table of three gigabytes") else { return };
    let gigabyte = 1u64 << 30;
    for (name, text) in
        [("blank", "<si><t>      </t></si>"), ("none", "<si/>"), ("long", "<si><t>AAAAAAAAAAAAAAAAAAAAAAAA</t></si>")]
    {
        for (size, noise, shown) in [(3 * gigabyte, 0, "large"), (gigabyte, 14, "padded")] {
            if noise > 0 && name != "none" {
                continue;
            }
            let pieces = [Once("<sst>"), Noise(noise), Times(size / text.len() as u64, text), Once("</sst>")];
            let strings = part(STRINGS, &pieces);
            let file = format!("{name}-{shown}.xlsx");
            with_part(&machine, &file, "case-libreoffice.xlsx", &strings);
            refused(&machine, &file, "case.file.too-large-unpacked");
            if size > gigabyte {
                with_part(&machine, &file, "case-libreoffice.xlsx", &Part { size: 1000, ..strings });
                let came = check(&machine, &file).with(3);
                assert!(came.out.contains("too-large-unpacked") || came.out.contains("damaged"), "{}", came.out);
            }
        }
    }
}

#[test]
fn number_formats_by_the_million() {
    let Some(machine) = confined("number formats by the million") else { return };
    let code = format!("<numFmt numFmtId=\"7\" formatCode=\"{}\"/>", "g".repeat(30_000));
    let styles = part(
        "xl/styles.xml",
        &[
            Once("<styleSheet>"),
            Once(&code),
            Once("<cellXfs>"),
            Times(1_000_000, "<xf numFmtId=\"7\"/>"),
            Once("</cellXfs></styleSheet>"),
        ],
    );
    with_part(&machine, "styles.xlsx", "case.xlsx", &styles);
    refused(&machine, "styles.xlsx", "case.file.too-large-unpacked");
}

#[test]
fn a_hundred_thousand_entries_and_a_bomb_in_a_bomb() {
    let Some(machine) = confined("a hundred thousand entries") else { return };
    let mut zip = ZipWriter::new(fs::File::create(machine.path("entries.xlsx")).unwrap());
    for ix in 0..100_000 {
        zip.start_file(format!("{ix}"), SimpleFileOptions::default()).unwrap();
    }
    zip.finish().unwrap();
    refused(&machine, "entries.xlsx", "case.file.too-large-unpacked");

    let mut inner = fs::read(machine.path("entries.xlsx")).unwrap();
    for _ in 0..5 {
        let mut zip = ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for copy in 0..4 {
            zip.start_file(format!("{copy}.xlsx"), SimpleFileOptions::default()).unwrap();
            zip.write_all(&inner).unwrap();
        }
        inner = zip.finish().unwrap().into_inner();
    }
    fs::write(machine.path("nested.xlsx"), inner).unwrap();
    refused(&machine, "nested.xlsx", "case.file.not-a-workbook");
}

#[test]
fn two_far_cells_and_rows_of_a_million_columns() {
    let Some(machine) = confined("two far cells") else { return };
    let far = "<row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row>";
    let lot = "<row r=\"2\"><c r=\"A2\" t=\"inlineStr\"><is><t>H1</t></is></c><c r=\"B2\" t=\"inlineStr\"><is><t>Ada</t></is></c>\
               <c r=\"C2\" t=\"inlineStr\"><is><t>common</t></is></c><c r=\"D2\"><v>1</v></c></row>";
    with_part(
        &machine,
        "far.xlsx",
        "case.xlsx",
        &part(SHEET, &[Once(HEAD), Once(HEADERS), Once(lot), Once(far), Once(END)]),
    );
    check(&machine, "far.xlsx").says("\"lots\":1");

    for (name, cell) in [("cells", "<c><v>1</v></c>"), ("texts", "<c t=\"inlineStr\"><is><t>A</t></is></c>")] {
        let wide =
            part(SHEET, &[Once(HEAD), Once(HEADERS), Once("<row>"), Times(1_000_000, cell), Once("</row>"), Once(END)]);
        with_part(&machine, "wide.xlsx", "case.xlsx", &wide);
        let came = check(&machine, "wide.xlsx").with(3);
        assert!(came.out.contains("\"register.file."), "{name}: {}", came.out);
    }
    let row = "H1,Ada,common,1".to_owned() + &",1".repeat(1_000_000);
    fs::write(machine.path("wide.csv"), format!("holder_id,holder_name,class,shares\n{row}\n")).unwrap();
    refused(&machine, "wide.csv", "register.file.too-many-columns");

    let content = |cells: &str| {
        let head = "<office:document-content xmlns:office=\"o\" xmlns:table=\"t\"><office:body><office:spreadsheet>\
                    <table:table table:name=\"register\">";
        let end = "</table:table></office:spreadsheet></office:body></office:document-content>";
        part(
            "content.xml",
            &[Once(head), Once("<table:table-row>"), Times(1_000_000, cells), Once("</table:table-row>"), Once(end)],
        )
    };
    let cell = "<table:table-cell office:value-type=\"float\" office:value=\"1\"/>";
    with_part(&machine, "wide.ods", "case.ods", &content(cell));
    check(&machine, "wide.ods").with(3);
}

#[test]
fn cells_of_32767_characters_by_the_hundred_thousand() {
    let Some(machine) = confined("cells of 32,767 characters") else { return };
    let long = "x".repeat(32_767);
    // The text stands in the file once, and every row shows it.
    let strings = part(STRINGS, &[Once(&format!("<sst><si><t>{long}</t></si></sst>"))]);
    let mut rows = String::new();
    for row in 2..100_002 {
        rows.push_str(&format!("<row><c t=\"inlineStr\"><is><t>H{row}</t></is></c><c t=\"s\"><v>0</v></c>"));
        rows.push_str("<c t=\"inlineStr\"><is><t>common</t></is></c><c><v>1</v></c></row>");
    }
    let sheet = part(SHEET, &[Once(HEAD), Once(HEADERS), Once(&rows), Once(END)]);
    let mut zip = Writer::default();
    for part in fixture("case-libreoffice.xlsx") {
        zip.copy(match part.name.as_str() {
            SHEET => &sheet,
            STRINGS => &strings,
            _ => &part,
        });
    }
    fs::write(machine.path("long.xlsx"), zip.finish()).unwrap();
    refused(&machine, "long.xlsx", "register.file.too-large-unpacked");

    // The same by repetition.
    let cells = format!(
        "<table:table-row table:number-rows-repeated=\"1000000\"><table:table-cell office:value-type=\"string\"><text:p>H</text:p>\
         </table:table-cell><table:table-cell office:value-type=\"string\"><text:p>{long}</text:p></table:table-cell>\
         </table:table-row>"
    );
    let headers = "<table:table-row><table:table-cell><text:p>holder_id</text:p></table:table-cell><table:table-cell>\
                   <text:p>holder_name</text:p></table:table-cell><table:table-cell><text:p>class</text:p></table:table-cell>\
                   <table:table-cell><text:p>shares</text:p></table:table-cell></table:table-row>";
    let content = format!(
        "<office:document-content xmlns:office=\"o\" xmlns:table=\"t\" xmlns:text=\"x\"><office:body><office:spreadsheet>\
         <table:table table:name=\"register\">{headers}{cells}</table:table></office:spreadsheet></office:body>\
         </office:document-content>"
    );
    with_part(&machine, "long.ods", "case.ods", &part("content.xml", &[Once(&content)]));
    refused(&machine, "long.ods", "register.file.too-large-unpacked");

    // In CSV each stands for itself.
    let mut csv = String::from("holder_id,holder_name,class,shares\n");
    (0..2_000).for_each(|row| csv.push_str(&format!("H{row},{long},common,1\n")));
    fs::write(machine.path("long.csv"), csv).unwrap();
    check(&machine, "long.csv").done().says("\"lots\":2000");
}

#[test]
fn cells_and_lists_that_grow_as_they_are_read() {
    let Some(machine) = confined("cells that grow") else { return };
    let content = |cell: &[Piece]| {
        let head = "<office:document-content xmlns:office=\"o\" xmlns:table=\"t\" xmlns:text=\"x\"><office:body><office:spreadsheet>\
                    <table:table table:name=\"register\"><table:table-row>";
        let end = "</table:table-row></table:table></office:spreadsheet></office:body></office:document-content>";
        let mut whole = part("content.xml", &[Once(head)]);
        let inner = part("content.xml", cell);
        let tail = part("content.xml", &[Once(end)]);
        let plain = [whole.plain(), inner.plain(), tail.plain()].map(Result::unwrap).concat();
        whole = Part::deflate("content.xml", &plain).unwrap();
        whole
    };
    let text = |inner: Piece<'static>| {
        content(&[
            Once("<table:table-cell table:number-columns-repeated=\"16384\"><text:p>"),
            inner,
            Once("</text:p></table:table-cell>"),
        ])
    };
    with_part(&machine, "spaces.ods", "case.ods", &text(Times(1_000_000, "<text:s text:c=\"32767\"/>")));
    refused(&machine, "spaces.ods", "case.file.too-large-unpacked");
    with_part(&machine, "repeated.ods", "case.ods", &text(Times(1_000_000, "x")));
    refused(&machine, "repeated.ods", "register.file.too-large-unpacked");

    let piece = format!("<![CDATA[{}]]>", "1".repeat(1_000_000));
    let sheet = part(
        SHEET,
        &[Once(HEAD), Noise(14), Once("<row><c><v>"), Times(1_200, &piece), Once("</v></c></row>"), Once(END)],
    );
    with_part(&machine, "pieces.xlsx", "case.xlsx", &sheet);
    refused(&machine, "pieces.xlsx", "register.file.too-large-unpacked");

    let sheets =
        [Once("<workbook><sheets>"), Times(200_000, "<sheet name=\"a\" id=\"b\"/>"), Once("</sheets></workbook>")];
    with_part(&machine, "sheets.xlsx", "case.xlsx", &part("xl/workbook.xml", &sheets));
    refused(&machine, "sheets.xlsx", "case.file.too-large-unpacked");
}

#[test]
fn tables_of_a_hundred_thousand_rows_where_a_few_are_usual() {
    let Some(machine) = confined("long tables") else { return };
    machine.case("case", 1);
    let tables = [
        ("terms", "term,value", "term N,N"),
        ("classes", "class,name", "class-N,Class N"),
        ("columns", "table,column,header", "register,holder_id,Header N"),
        ("record_dates", "quarter_date,record_date", "2006-03-15,N"),
        ("meetings", "meeting,date,kind", "M-N,2006-03-15,annual"),
        ("ballots", "meeting,class,holder_id,choice,shares", "M-N,common,H-000001,for,1"),
        ("adjustments", "effective_date,kind,ratio", "2006-03-15,subdivision,2:1"),
        ("payments", "date,quarter_date,amount_per_share", "2006-03-15,2006-03-15,N"),
        ("arrears", "as_of,quarter_date,amount_per_share", "2006-03-15,2005-12-15,N"),
    ];
    for (table, header, row) in tables {
        let rows: String = (0..100_000).map(|n| row.replace('N', &n.to_string()) + "\n").collect();
        let path = machine.path(format!("case/{table}.csv"));
        let before = fs::read(&path).ok();
        fs::write(&path, format!("{header}\n{rows}")).unwrap();
        let came = check(&machine, "case");
        assert!(matches!(came.code, Some(0 | 3)), "{table}: {:?} {}", came.code, came.err);
        println!("{table}: as above");
        match before {
            Some(before) => fs::write(&path, before).unwrap(),
            None => fs::remove_file(&path).unwrap(),
        }
    }
}

#[test]
fn xml_that_is_deep_and_entities_that_multiply() {
    let Some(machine) = confined("deep XML") else { return };
    let deep = part(SHEET, &[Once(HEAD), Times(5_000_000, "<a>")]);
    with_part(&machine, "deep.xlsx", "case.xlsx", &deep);
    refused(&machine, "deep.xlsx", "register.file.damaged");

    let mut laughs = String::from("<!DOCTYPE l [<!ENTITY a0 \"ha\">");
    for n in 1..30 {
        laughs.push_str(&format!("<!ENTITY a{n} \"&a{};&a{};&a{};&a{};\">", n - 1, n - 1, n - 1, n - 1));
    }
    let cell = "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>&a29;</t></is></c></row>";
    for head in [format!("{laughs}]>"), String::new()] {
        let sheet = part(SHEET, &[Once(&head), Once(HEAD), Once(cell), Once(END)]);
        with_part(&machine, "laughs.xlsx", "case.xlsx", &sheet);
        refused(&machine, "laughs.xlsx", "register.file.damaged");
    }
    let manifest = part("META-INF/manifest.xml", &[Once(&laughs), Once("]><manifest>&a29;</manifest>")]);
    with_part(&machine, "laughs.ods", "case.ods", &manifest);
    check(&machine, "laughs.ods");
}

#[test]
fn a_wrong_checksum_in_each_packed_format() {
    let Some(machine) = confined("wrong checksums") else { return };
    for (name, damaged) in
        [("case.xlsx", SHEET), ("case.xlsb", "xl/worksheets/sheet1.bin"), ("case.ods", "content.xml")]
    {
        let found = fixture(name).into_iter().find(|part| part.name == damaged).unwrap();
        with_part(&machine, name, name, &Part { crc: found.crc ^ 1, ..found });
        let came = check(&machine, name).with(3);
        assert!(came.out.contains(".file.damaged\""), "{}", came.out);
    }
}

#[test]
fn devices_pipes_links_and_a_hundred_gigabytes_of_nothing() {
    let Some(machine) = confined("devices") else { return };
    machine
        .shell("mkdir linked loop && ln -s /etc/hostname linked/register.csv && ln -s register.csv loop/register.csv")
        .done();
    check(&machine, "linked").with(3).says("register.file.link-leaves-folder");
    check(&machine, "loop").with(3).says("register.file.link-leaves-folder");
    for device in ["/dev/zero", "/dev/full", "/dev/random"] {
        if Path::new(device).exists() {
            machine.shell(&format!("rm -rf device && mkdir device && ln -s {device} device/register.csv")).done();
            check(&machine, "device").with(3).says("register.file.link-leaves-folder");
            check(&machine, device).with(3).says("case.file.not-a-file");
        }
    }
    if machine.shell("mkfifo pipe.csv pipe.xlsx && mkdir pipes && mkfifo pipes/register.csv").code == Some(0) {
        for case in ["pipe.csv", "pipe.xlsx", "pipes"] {
            check(&machine, case).with(3).says("file.not-a-file");
        }
        machine.case("case", 1);
        for template in ["pipe.xlsx", "/dev/zero"] {
            let run = format!("dividend case --date 2006-03-15 --out out --template {template}");
            machine
                .shell(&format!("ulimit -v {} -t {}; exec $ratable {run}", LIMITS.0, LIMITS.1))
                .with(2)
                .says("--template");
        }
    }
    for (name, code) in [("nothing.csv", "register.file.not-text"), ("nothing.xlsx", "case.file.too-large")] {
        if machine.shell(&format!("truncate -s 100G {name}")).code == Some(0) {
            refused(&machine, name, code);
        }
    }
    // A register that goes on as nothing.
    if machine
        .shell(
            "printf 'holder_id,holder_name,class,shares\\nH1,Ada,common,1\\n' > tail.csv && truncate -s 100G tail.csv",
        )
        .code
        == Some(0)
    {
        refused(&machine, "tail.csv", "register.file.not-text");
    }
}

#[test]
fn templates_that_unpack_to_far_more_than_they_take_or_are_damaged() {
    let Some(machine) = confined("templates") else { return };
    machine.case("case", 3);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/statement-dividend.xlsx");
    let parts = read(&fs::read(path).unwrap()).unwrap();
    let theme = parts.iter().find(|part| part.name.contains("theme")).unwrap();
    let sheet = part(SHEET, &[Once("<worksheet><sheetData>"), Times(100_000_000, "<row></row>"), Once(END)]);
    let cases = [
        ("a bomb", sheet.clone()),
        ("a bomb that lies", Part { size: 1000, ..sheet }),
        ("a damaged part", Part { crc: theme.crc ^ 1, ..theme.clone() }),
        (
            "rows out of order",
            part(SHEET, &[Once("<worksheet><sheetData><row r=\"0\"><c r=\"A1\"/></row></sheetData></worksheet>")]),
        ),
    ];
    for (what, replaced) in cases {
        let mut zip = Writer::default();
        parts.iter().for_each(|part| zip.copy(if part.name == replaced.name { &replaced } else { part }));
        fs::write(machine.path("own.xlsx"), zip.finish()).unwrap();
        let run = "dividend case --date 2006-03-15 --out out --template own.xlsx --format json";
        let came = machine.shell(&format!("ulimit -v {} -t {}; exec $ratable {run}", LIMITS.0, LIMITS.1));
        assert_eq!(came.code, Some(3), "{what}: {}{}", came.out, came.err);
        assert!(
            format!("{}{}", came.out, came.err).contains("template.file.not-a-workbook"),
            "{what}: {}{}",
            came.out,
            came.err
        );
        assert!(!machine.path("out").exists(), "{what}");
    }
}

#[test]
fn stock_classes_of_one_name_by_the_thousand() {
    let Some(machine) = confined("stock classes of one name") else { return };
    fs::create_dir(machine.path("names")).unwrap();
    let class = |ix: usize| {
        format!(
            "{{\"object_type\":\"STOCK_CLASS\",\"id\":\"X {ix}\",\"name\":\"A\",\"class_type\":\"PREFERRED\",\"seniority\":\"1\"}}"
        )
    };
    let classes: Vec<String> = (0..10_000).map(class).collect();
    let classes = format!("{{\"file_type\":\"OCF_STOCK_CLASSES_FILE\",\"items\":[{}]}}", classes.join(","));
    fs::write(machine.path("names/StockClasses.ocf.json"), classes).unwrap();
    let manifest = r#"{"ocf_version":"1.2.0","file_type":"OCF_MANIFEST_FILE","as_of":"2024-12-31",
        "issuer":{"object_type":"ISSUER","id":"i","legal_name":"A"},
        "stock_classes_files":[{"filepath":"./StockClasses.ocf.json"}]}"#;
    fs::write(machine.path("names/Manifest.ocf.json"), manifest).unwrap();
    check(&machine, "names").says("\"problems\":");
}
