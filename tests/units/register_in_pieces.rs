//! Reading in pieces comes to what reading row by row comes to: the same register, the same problems at the same places.

use ratable::internals::input::register_of;
use ratable::internals::model::{Classes, Detail, Worded};
use ratable::internals::spreadsheet::{Records, Row, Rows, RowsError};
use std::io::Read;

/// Hands a file out in small reads, so that it comes in many pieces.
struct Trickle(std::io::Cursor<Vec<u8>>);

impl Read for Trickle {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let len = buffer.len().min(1_000);
        self.0.read(&mut buffer[..len])
    }
}

/// Records that come row by row only.
struct RowByRow(Records);

impl Rows for RowByRow {
    fn next(&mut self, row: &mut Row) -> Result<bool, RowsError> {
        self.0.next(row)
    }
}

/// Everything that came of a register, as text.
fn read(bytes: &[u8], in_pieces: bool) -> String {
    let classes = Classes::new("Series A Junior Participating Preferred Stock", "Common Stock", Vec::new());
    let records = Records::new(Box::new(Trickle(std::io::Cursor::new(bytes.to_vec()))), &|_| 0).unwrap();
    let mut records = records.in_pieces_of(4 << 10);
    let came =
        if in_pieces { register_of(&mut records, &classes) } else { register_of(&mut RowByRow(records), &classes) };
    let mut text = format!("{} rows\n", came.data_rows);
    match came.register {
        Err(error) => text += &format!("{error:?}\n"),
        Ok(None) => text += "no header\n",
        Ok(Some(register)) => {
            for lot in register.lots() {
                let details =
                    Detail::VALUES.iter().map(|detail| register.detail(lot.holder, *detail)).collect::<Vec<_>>();
                text += &format!(
                    "{} {} {} {details:?} {:?} {} {lot:?}\n",
                    register.id(lot.holder),
                    register.name(lot.holder),
                    register.certificate(lot),
                    register.stated_withholding_rate(lot.holder),
                    register.hold(lot.holder),
                );
            }
        }
    }
    for problem in came.problems {
        text += &format!("{problem:?}\n");
    }
    // A text's place in memory is not part of what was read.
    text.split("certificate: Span").map(|part| part.split_once('}').map_or(part, |(_, rest)| rest)).collect()
}

/// Numbers that look random, the same for a seed every time.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or(0) % n
    }

    fn of<'t>(&mut self, list: &[&'t str]) -> &'t str {
        list[self.below(list.len())]
    }
}

const HEADER: &str = "holder_id,holder_name,ours,class,shares,issue_date,certificate,retired_date,treasury,withholding_rate,\
                      country,payment_method,account,bank_code,hold";

/// Texts that are out of the ordinary, by column.
const ODD: [(usize, &[&str]); 14] = [
    (0, &["", " H00001 ", "#N/A", "Total", "Subtotal", "Ștefan", "12"]),
    (
        1,
        &[
            "\"two\nlines, one cell\"",
            "\"said \"\"so\"\"\"",
            "a \"quoted\" word",
            "  ",
            "Somebody Else",
            "\" padded \"",
        ],
    ),
    (3, &["preferred", "\"common\""]),
    (4, &["0", "\"1,234.50\"", "1.2345678", "#REF!"]),
    (5, &["7/8/2005", "2005-02-30", "38546", ""]),
    (6, &["C-1", "#VALUE!"]),
    (7, &["2001-01-01"]),
    (8, &["yes", "perhaps"]),
    (9, &["0.9", "240%"]),
    (10, &["UK", "Germany", "de", "Uk", "X"]),
    (11, &["#NAME?"]),
    (12, &["DE89 3704 0044 0532 0130 00", "DE89370400440532013001", "gb82west12345698765432", "n/a", "1.2E+15"]),
    (13, &["021000022", "0210-00021", "cobadeff", "a bank"]),
    (14, &["maybe", "\"no\""]),
];

/// A register; the smaller `odd`, the more of its rows are out of the ordinary.
fn register(random: &mut Random, rows: usize, odd: usize, end: &str) -> String {
    let mut text = format!("{HEADER}{end}");
    for row in 0..rows {
        let holder = random.below(rows / 2 + 1);
        let mut cells: Vec<String> = vec![
            format!("H{holder:05}"),
            format!("Holder {holder} é & Søn"),
            "x".to_owned(),
            random.of(&["series-a", "common", "Common Stock", "COMMON"]).to_owned(),
            format!("{}{}", random.below(90_000) + 1, random.of(&["", ".5", ".250001"])),
            random.of(&["2005-08-01", "2005-12-15", "2006-03-01"]).to_owned(),
            random.of(&["", &format!("C-{row}")]).to_owned(),
            random.of(&["", "", "2006-05-01"]).to_owned(),
            random.of(&["", "no"]).to_owned(),
            random.of(&["", ["0.24", "30%", "0"][holder % 3]]).to_owned(),
            random.of(&["", "US", "DE"]).to_owned(),
            random.of(&["", "ACH"]).to_owned(),
            random.of(&["", ["12345", "DE89370400440532013000", "X-1"][holder % 3]]).to_owned(),
            random.of(&["", ["021000021", "COBADEFFXXX", "ESSESESS"][holder % 3]]).to_owned(),
            random.of(&["", "", "no", "yes"]).to_owned(),
        ];
        if random.below(odd) == 0 {
            let odd = ODD.iter().flat_map(|(at, texts)| texts.iter().map(move |text| (*at, *text)));
            let odd: Vec<(usize, &str)> = odd.collect();
            let (at, what) = odd[random.below(odd.len())];
            cells[at] = what.to_owned();
        }
        text += &cells.join(",");
        text += if random.below(odd * 10) == 0 { random.of(&[",,", "\n,,,", "\n"]) } else { "" };
        text += end;
    }
    text
}

fn same(bytes: &[u8]) {
    let (pieces, rows) = (read(bytes, true), read(bytes, false));
    if let Some((ours, theirs)) = pieces.lines().zip(rows.lines()).find(|(a, b)| a != b) {
        panic!("in pieces: {ours}\nby rows:   {theirs}");
    }
    assert_eq!(pieces, rows);
}

#[test]
fn pieces_come_to_what_rows_come_to() {
    let mut random = Random(0x5eed);
    for (rows, odd) in [(10, 3), (19, 1_000), (20, 1_000), (400, 2), (3_000, 7), (3_000, 400), (6_000, 100_000)] {
        for end in ["\n", "\r\n"] {
            same(register(&mut random, rows, odd, end).as_bytes());
        }
    }
}

#[test]
fn a_register_in_order_comes_to_what_it_comes_to_in_another() {
    let row = |n: usize| format!("H{n:04},Holder {n},,series-a,{n}.5,2005-08-01,C-{n},,,,DE,ACH,{n},ESSESESS,no\n");
    let rows: Vec<String> = (1..2_000).map(row).collect();
    let text = |rows: &mut dyn Iterator<Item = &String>| format!("{HEADER}\n{}", rows.cloned().collect::<String>());
    let read = |text: String| {
        let lines = read(text.as_bytes(), true);
        let without_rows = lines.lines().map(|line| line.split_once("row: ").map_or(line, |(before, _)| before));
        without_rows.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(read(text(&mut rows.iter())), read(text(&mut rows.iter().rev())));
}

#[test]
fn a_file_without_a_last_line_break_ends_all_the_same() {
    let mut text = register(&mut Random(1), 2_000, 50, "\n");
    text.truncate(text.trim_end().len());
    same(text.as_bytes());
    text += ",\"no\"";
    same(text.as_bytes());
}

#[test]
fn a_file_of_carriage_returns_alone_is_read() {
    let text = register(&mut Random(2), 2_000, 100_000, "\r");
    same(text.as_bytes());
}

#[test]
fn what_ends_the_reading_ends_it_at_the_same_row() {
    let text = register(&mut Random(3), 3_000, 40, "\n");
    let at = text.len() * 3 / 4;
    for (ix, bad) in [&b"\xff\xfe"[..], b"\0", b"\n\"never closed"].into_iter().enumerate() {
        let mut bytes = text.clone().into_bytes();
        let line = at + bytes[at..].iter().position(|b| *b == b'\n').unwrap();
        bytes.splice(line..line, bad.iter().copied());
        same(&bytes);
        let wide = ",".repeat(20_000 + ix);
        let mut bytes = text.clone().into_bytes();
        bytes.splice(line..line, wide.into_bytes());
        same(&bytes);
    }
}

#[test]
fn a_record_larger_than_a_piece_is_read_by_itself() {
    let mut text = register(&mut Random(4), 500, 40, "\n");
    text += &format!("H9,\"{}\",x,common,5\n", "long and\n".repeat(40_000));
    text += register(&mut Random(5), 500, 40, "\n").split_once('\n').unwrap().1;
    same(text.as_bytes());
}
