//! Cases of any size, the same every time.

use rust_xlsxwriter::{Format, Workbook};
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// Numbers that look random.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or(0) % n
    }
}

/// One row of a register.
struct Lot {
    holder: usize,
    series_a: bool,
    /// In millionths.
    shares: usize,
    issued: String,
}

/// Seven holders for ten lots; two thirds of the lots are Series A, of 33 issue dates.
fn lots(count: usize) -> impl Iterator<Item = Lot> {
    let mut random = Random(0x2005_0718);
    (0..count).map(move |_| {
        let holder = random.below((count * 7 / 10).max(1));
        let series_a = random.below(3) > 0;
        let month = random.below(11);
        let shares = if series_a { random.below(2_000_000_000) + 1 } else { (random.below(100_000) + 1) * 1_000_000 };
        let (year, month) = if month < 5 { (2005, month + 8) } else { (2006, month - 4) };
        let issued = if series_a {
            format!("{year}-{month:02}-{:02}", random.below(3) * 9 + 3)
        } else {
            "2004-01-02".to_owned()
        };
        Lot { holder, series_a, shares, issued }
    })
}

/// Declarations and terms beside a register.
fn other_tables(folder: &Path) -> io::Result<()> {
    fs::write(folder.join("terms.csv"), "term,value\ncompany,Large Company\nauthorized_shares,9000000000000\n")?;
    let declarations = "declared_date,kind,amount,payment_date,series_a_declared_date\n\
                        2005-08-20,cash,0.03,,2005-08-20\n2005-11-20,cash,0.0333,,2005-11-20\n\
                        2006-02-20,cash,0.01,,2006-02-20\n2006-05-20,cash,0.025,2006-06-15,2006-05-20\n";
    fs::write(folder.join("declarations.csv"), declarations)
}

/// A delivery in kind, declared beside the dividends in cash.
pub fn add_delivery(folder: &Path) -> io::Result<()> {
    let declarations = "declared_date,kind,amount,asset,payment_date,series_a_declared_date\n\
                        2005-08-20,cash,0.03,,,2005-08-20\n2005-11-20,cash,0.0333,,,2005-11-20\n\
                        2006-02-20,cash,0.01,,,2006-02-20\n2006-05-20,cash,0.025,,2006-06-15,2006-05-20\n\
                        2006-05-20,in-kind,0.0125,SpinCo shares,2006-06-15,2006-05-20\n";
    fs::write(folder.join("declarations.csv"), declarations)
}

/// A folder with a register of so many lots.
pub fn csv_case(folder: &Path, count: usize) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    other_tables(folder)?;
    let mut out = BufWriter::new(File::create(folder.join("register.csv"))?);
    writeln!(out, "holder_id,holder_name,class,shares,issue_date")?;
    for lot in lots(count) {
        let Lot { holder, shares, issued, .. } = lot;
        write!(out, "H{holder:07},Holder Number {holder} & Family Trust,")?;
        if lot.series_a {
            writeln!(out, "series-a,{}.{:06},{issued}", shares / 1_000_000, shares % 1_000_000)?;
        } else {
            writeln!(out, "common,{},{issued}", shares / 1_000_000)?;
        }
    }
    out.flush()
}

/// Twelve classes of a company with venture investors, without any Series A.
const STACK: &str = "class,name,kind,ranking,order,original_price,liquidation_preference,participation,participation_cap,conversion_ratio,exercise_price
seed,Seed,preferred,senior,6,0.50,1x,none,,1,
aa,Series AA,preferred,senior,5,1.00,1x,capped,3x,1,
b,Series B,preferred,senior,4,1.50,1x,none,,1,
c,Series C,preferred,senior,3,2.00,1x,full,,1,
d,Series D,preferred,senior,2,4.00,1x,none,,1.1,
e,Series E,preferred,senior,1,6.00,1.5x,capped,2x,1,
class-b,Class B,common,,,,,,,0.5,
plan-1,Options at 0.10,option,,,,,,,,0.10
plan-2,Options at 0.75,option,,,,,,,,0.75
plan-3,Options at 2.50,option,,,,,,,,2.50
bank,Warrant,warrant,,,,,,,,1.00
";

/// A folder with a lot for each of so many holders, of twelve classes in turn.
pub fn stack_case(folder: &Path, holders: usize) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join("terms.csv"), "term,value\ncompany,Large Company\n")?;
    fs::write(folder.join("classes.csv"), STACK)?;
    let classes: Vec<&str> =
        STACK.lines().skip(1).filter_map(|line| line.split(',').next()).chain(["common"]).collect();
    let mut random = Random(0x2005_0718);
    let mut out = BufWriter::new(File::create(folder.join("register.csv"))?);
    writeln!(out, "holder_id,holder_name,class,shares,issue_date")?;
    for holder in 0..holders {
        let (class, shares) = (classes[holder % classes.len()], random.below(20_000) + 1);
        writeln!(out, "H{holder:06},Holder Number {holder} & Family Trust,{class},{shares},2005-08-20")?;
    }
    out.flush()
}

/// A folder with one Series A lot for each of so many holders, two for every third.
pub fn holders_case(folder: &Path, holders: usize) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    other_tables(folder)?;
    let mut out = BufWriter::new(File::create(folder.join("register.csv"))?);
    writeln!(out, "holder_id,holder_name,class,shares,issue_date,certificate,country,withholding_rate")?;
    for holder in 0..holders {
        let name = format!("H{holder:06},Holder Number {holder} & Family Trust");
        writeln!(out, "{name},series-a,{}.25,2005-08-20,A-{holder},US,0.24", holder % 900 + 10)?;
        if holder % 3 == 0 {
            writeln!(out, "{name},series-a,{},2006-02-10,B-{holder},US,0.24", holder % 90 + 10)?;
        }
    }
    out.flush()
}

/// A folder with one Series A lot for each of so many holders, their addresses and accounts, and who pays them.
pub fn paid_case(folder: &Path, holders: usize) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    other_tables(folder)?;
    let bank = "term,value\nname,Large Company\naccount,0001234567\nbank_code,021000021\ntown,New York\ncountry,US\n";
    fs::write(folder.join("bank.csv"), bank)?;
    let mut out = BufWriter::new(File::create(folder.join("register.csv"))?);
    writeln!(
        out,
        "holder_id,holder_name,class,shares,issue_date,payment_method,account,bank_code,street,town,postal_code,country"
    )?;
    for holder in 0..holders {
        write!(
            out,
            "H{holder:06},Holder Number {holder} + Family Trust,series-a,{}.25,2005-08-20,",
            holder % 900 + 10
        )?;
        writeln!(
            out,
            "wire,00{holder:08},021000021,{} Long Street,Springfield,{:05},US",
            holder % 300 + 1,
            holder % 99_999
        )?;
    }
    out.flush()
}

/// A workbook with a register of so many lots, as Excel would save it: texts shared, dates as numbers.
pub fn workbook_case(path: &Path, count: usize) -> io::Result<()> {
    let mut workbook = Workbook::new();
    let date = Format::new().set_num_format("yyyy-mm-dd");
    let sheet = workbook.add_worksheet().set_name("register").map_err(io::Error::other)?;
    let header = ["holder_id", "holder_name", "class", "shares", "issue_date", "certificate"];
    sheet.write_row(0, 0, header).map_err(io::Error::other)?;
    for (row, lot) in (1u32..).zip(lots(count)) {
        let Lot { holder, shares, issued, .. } = lot;
        let class = if lot.series_a { "series-a" } else { "common" };
        let write = |sheet: &mut rust_xlsxwriter::Worksheet| -> Result<(), rust_xlsxwriter::XlsxError> {
            sheet.write(row, 0, format!("H{holder:07}"))?;
            sheet.write(row, 1, format!("Holder Number {holder} & Family Trust"))?;
            sheet.write(row, 2, class)?;
            sheet.write(row, 3, shares as f64 / 1e6)?;
            sheet.write_with_format(row, 4, rust_xlsxwriter::ExcelDateTime::parse_from_str(&issued)?, &date)?;
            sheet.write(row, 5, format!("C-{row}"))?;
            Ok(())
        };
        write(sheet).map_err(io::Error::other)?;
    }
    let terms = workbook.add_worksheet().set_name("terms").map_err(io::Error::other)?;
    for (row, (term, value)) in
        (0u32..).zip([("term", "value"), ("company", "Large Company"), ("authorized_shares", "9000000000000")])
    {
        terms.write_row(row, 0, [term, value]).map_err(io::Error::other)?;
    }
    let declarations = workbook.add_worksheet().set_name("declarations").map_err(io::Error::other)?;
    for (row, values) in (0u32..).zip([
        ["declared_date", "kind", "amount", "series_a_declared_date"],
        ["2005-08-20", "cash", "0.03", "2005-08-20"],
        ["2006-05-20", "cash", "0.025", "2006-05-20"],
    ]) {
        declarations.write_row(row, 0, values).map_err(io::Error::other)?;
    }
    workbook.save(path).map_err(io::Error::other)
}
