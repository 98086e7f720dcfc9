//! Random valid cases over what SPEC allows, weighted towards boundaries, and command lines for them.
//!
//! The tables that depend on no result are made here: terms, classes, the register, adjustments,
//! declarations, record dates. `generator_plan` adds payments, arrears and everything after them.

use super::case::Case;
use super::date::Date;
use super::generator_plan;
use super::number::{parse, plain, sum, unit};
use super::random::Random;
use std::collections::BTreeMap;
use std::path::Path;

const QUARTER_DATES: &[&str] = &[
    "",
    "",
    "",
    "01-15,04-15,07-15,10-15",
    "03-31,06-30,09-30,12-31",
    "01-31,04-30,07-31,10-31",
    "02-28,05-31,08-31,11-30",
    "01-01,04-01,07-01,10-01",
    "02-10,05-20,08-05,12-24",
];

const READINGS: &[(&str, &[&str])] = &[
    ("cash_dividends", &["exclude", "include"]),
    ("split_timing", &["at-payment", "at-declaration"]),
    ("midpoint", &["half-even", "half-up"]),
    ("first_period", &["uniform", "per-lot"]),
    ("partial_payment", &["proportional", "equal-capped"]),
    ("in_kind", &["cash-equivalent", "in-kind"]),
    ("six_quarters", &["count-unpaid", "equivalents"]),
    ("common_adjustment", &["highest", "base", "mean"]),
    ("stub", &["exclude", "include"]),
    ("fractions", &["cash-in-lieu", "keep"]),
];

const HOLDER_IDS: &[&str] = &[
    "1", "2", "10", "007", "H001", "h001", "H2", "é1", "é2", "Z/1", "Z/2", "K 1", "K-1", "twin", "a,b", "q\"q", "O'N",
    "東1", "ß", "x.y", "CON", "n:1", "p*q", "=F1", "+9", "-3", "@at", "ÅÄ", "zz", "_u",
];

const NAMES: &[&str] = &[
    "Plain Holder",
    "Brown & Co.",
    "O'Neil Trust",
    "Dupont \"DD\" SA",
    "Çelik, Ayşe",
    "東京投資",
    "Übersee GmbH",
    "=Odd Name",
    "+1 Capital",
    "-Dash LP",
    "@home fund",
    "Fifth Third",
    "Zed  Double Space",
    "Ann Lee",
];

/// A table by name: its header, then its rows.
pub type Tables = BTreeMap<&'static str, Vec<Vec<String>>>;

/// The days that matter in a case.
pub struct Days {
    pub first: Date,
    pub last: Date,
    /// Quarter dates from Q1 to `last`.
    pub quarters: Vec<Date>,
    /// First issuance, quarter and record dates, the days before and after them.
    pub boundaries: Vec<Date>,
}

impl Days {
    /// A day of the case: a boundary in two of three.
    pub fn any(&self, random: &mut Random) -> Date {
        if random.chance(66) { *random.pick(&self.boundaries) } else { random.day(self.first, self.last) }
    }

    /// A day of the case on or after another.
    pub fn any_from(&self, random: &mut Random, from: Date) -> Date {
        self.any(random).max(from.plus(random.between(0, 3)))
    }

    /// A quarter date, of the later ones in two of three.
    pub fn quarter(&self, random: &mut Random) -> Date {
        let half = self.quarters.len() / 2;
        let later = random.chance(66);
        *random.pick(if later { &self.quarters[half..] } else { &self.quarters })
    }
}

/// Writes the case of a seed as CSV tables into `dir` (in the place of any there), and returns
/// command lines for it.
///
/// # Panics
/// Where the folder cannot be written.
pub fn write_case(seed: u64, dir: &Path) -> Vec<Vec<String>> {
    std::fs::create_dir_all(dir).expect("a folder");
    for entry in std::fs::read_dir(dir).expect("a folder").flatten() {
        if entry.path().extension().is_some_and(|extension| extension == "csv") {
            std::fs::remove_file(entry.path()).expect("an old table");
        }
    }
    let random = &mut Random::new(seed);
    let mut tables = Tables::new();
    table(&mut tables, "terms", "term,value");
    let days = terms(random, &mut tables, dir);
    let anchor = if random.chance(80) { days.quarter(random) } else { days.any(random) };
    let classes = classes(random, &mut tables, anchor);
    register(random, &mut tables, &days, &classes);
    adjustments(random, &mut tables, &days);
    declarations(random, &mut tables, &days);
    authorized(random, &mut tables, dir);
    let commands = generator_plan::finish(random, &mut tables, &days, anchor, dir);
    write(&tables, dir);
    commands
}

/// Writes all tables that have rows.
pub fn write(tables: &Tables, dir: &Path) {
    for (name, rows) in tables {
        let path = dir.join(format!("{name}.csv"));
        if rows.len() == 1 && *name != "register" {
            let _ = std::fs::remove_file(path);
            continue;
        }
        let mut writer = csv::Writer::from_path(path).expect("a table");
        for row in rows {
            writer.write_record(row).expect("a row");
        }
        writer.flush().expect("a table");
    }
}

/// The case as it is so far; none where it has problems.
pub fn read(tables: &Tables, dir: &Path) -> Option<Case> {
    write(tables, dir);
    Case::read(dir, &[]).ok()
}

/// Begins a table.
pub fn table(tables: &mut Tables, name: &'static str, columns: &str) {
    tables.insert(name, vec![columns.split(',').map(String::from).collect()]);
}

/// Adds a row to a table.
pub fn row(tables: &mut Tables, name: &'static str, cells: &[&str]) {
    tables.get_mut(name).expect("a table").push(cells.iter().map(|cell| (*cell).to_string()).collect());
}

/// Terms and `record_dates`; and the days that follow from them.
fn terms(random: &mut Random, tables: &mut Tables, dir: &Path) -> Days {
    let set = |tables: &mut Tables, term: &str, value: &str| {
        if !value.is_empty() {
            row(tables, "terms", &[term, value]);
        }
    };
    set(tables, "company", &random.text(&["Acme, Inc.", "Écrin SA", "Capstone Turbine Corporation"]));
    let (currency, decimals) =
        *random.pick(&[("", ""), ("", ""), ("", ""), ("EUR", ""), ("KWD", "3"), ("JPY", "0"), ("CHF", "2")]);
    set(tables, "currency", currency);
    set(tables, "currency_decimals", decimals);
    set(tables, "quarter_dates", &random.text(QUARTER_DATES));
    set(tables, "multiple", &random.text_or_blank(50, &["1", "10", "1000", "10000", "0.5", "7.25"]));
    set(tables, "votes_per_share", &random.text_or_blank(60, &["0.1", "1", "1000", "0.333333"]));
    set(tables, "minimum_quarterly_dividend", &random.text_or_blank(70, &["0.005", "0.25", "1.00", "0.000001"]));
    set(tables, "liquidation_preference", &random.text_or_blank(55, &["0.01", "1", "10.50", "100", "1000"]));
    set(tables, "liquidation_shape", &random.text_or_blank(70, &["greater-of", "greater-of", "common-adjustment"]));
    set(tables, "default_quarters", &random.text_or_blank(20, &["1", "1", "2", "2", "3", "4", "6"]));
    set(tables, "default_directors", &random.text_or_blank(50, &["1", "2", "3"]));
    set(tables, "class_quorum", &random.text_or_blank(60, &["0.05", "0.3333", "0.5", "1"]));
    set(tables, "amendment_majority", &random.text_or_blank(60, &["0.666666666667", "0.75", "0.5"]));
    set(tables, "common_authorized_shares", &random.text_or_blank(50, &["77000000000"]));
    for (reading, values) in READINGS {
        if random.chance(16) {
            set(tables, &format!("reading.{reading}"), &random.text(values));
        }
    }

    // First issuance, on any day between the Rights Declaration Date and a year later.
    let first = Date::parse("2005-07-19").expect("a date").plus(random.between(0, 400));
    let quarter_case = read(tables, dir);
    let quarter_case = quarter_case.unwrap_or_default();
    let first = match random.between(1, 10) {
        1 => quarter_case.next_quarter(first),
        2 => quarter_case.next_quarter(first).plus(-1),
        3 => quarter_case.next_quarter(first).plus(1),
        4 => quarter_case.next_quarter(first).plus(-random.between(1, 31)),
        _ => first,
    };
    set(tables, "first_issuance_date", &if random.chance(25) { first.to_string() } else { String::new() });
    let last = first.plus(random.between(120, 950));
    let mut quarters = Vec::new();
    let mut quarter = quarter_case.next_quarter(first);
    while quarter <= last || quarters.len() < 2 {
        quarters.push(quarter);
        quarter = quarter_case.next_quarter(quarter);
    }
    table(tables, "record_dates", "payment_date,record_date");
    let mut boundaries = vec![first, first.plus(1)];
    for quarter in &quarters {
        let before = *random.pick(&[0, 0, 1, 1, 2, 14, 15, 29, 30, 30]);
        if random.chance(75) {
            row(tables, "record_dates", &[&quarter.to_string(), &quarter.plus(-before).to_string()]);
            boundaries.extend([-1, 0, 1].map(|days| quarter.plus(days - before)));
        }
        boundaries.extend([-1, 0, 1].map(|days| quarter.plus(days)));
    }
    let last = *quarters.last().expect("two quarters");
    boundaries.retain(|day| first <= *day && *day <= last.plus(1));
    if random.chance(40) {
        set(tables, "register_date", &random.day(first.plus(-20), first.plus((last.0 - first.0) / 2)).to_string());
    }
    Days { first, last, quarters, boundaries }
}

/// Other series of preferred stock; their ids.
fn classes(random: &mut Random, tables: &mut Tables, anchor: Date) -> Vec<String> {
    table(
        tables,
        "classes",
        "class,name,ranking,dividend_ranking,order,liquidation_preference,accrued_dividends,accrued_as_of,quarters_in_arrears,votes_per_share,authorized_shares",
    );
    let mut ids = Vec::new();
    let count = *random.pick(&[0, 0, 0, 1, 1, 2, 2, 3, 4]);
    let plain_accrued = random.chance(35);
    for letter in ["b", "c", "d", "e"].iter().take(count) {
        let ranking = random.text(&["senior", "parity", "parity", "junior", ""]);
        let id = format!("{}-{letter}", if ranking.is_empty() { "any" } else { &ranking });
        let name = format!("Series {} Preferred", letter.to_uppercase());
        let accrued = if plain_accrued {
            random.text(&["", "0"])
        } else {
            random.text(&["0", "0.5", "12", "31.5", "0.125", "3.1416", "0.005", "0.333333333333"])
        };
        let nothing = accrued.is_empty() || accrued == "0";
        let as_of = if nothing && random.chance(50) { String::new() } else { anchor.to_string() };
        row(
            tables,
            "classes",
            &[
                &id,
                &name,
                &ranking,
                &random.text_or_blank(60, &["senior", "parity", "junior"]),
                &random.text_or_blank(40, &["1", "1", "2", "5"]),
                &random.text_or_blank(15, &["1", "10.125", "25", "1000", "0.000000000001"]),
                &accrued,
                &as_of,
                &random.text_or_blank(30, &["0", "1", "2", "6", "8"]),
                &random.text_or_blank(30, &["1", "0.25", "10", "0.333333"]),
                &random.text_or_blank(40, &["500000", "1000000"]),
            ],
        );
        ids.push(id);
    }
    ids
}

/// Some shares of a lot.
fn shares(random: &mut Random, common: bool) -> String {
    match random.between(1, 12) {
        1 => "0.000001".into(),
        2 => "0.37".into(),
        3 => "45.5".into(),
        4 => "33.333333".into(),
        5 => "100".into(),
        6 => random.text(&["1", "7", "0.5", "0.01"]),
        7 => format!("{}.{:06}", random.between(0, 999), random.between(1, 999_999)),
        8 => format!("{}.{:02}", random.between(0, 9999), random.between(1, 99)),
        9 | 10 if common => random.between(1_000_000, 900_000_000).to_string(),
        11 if common => format!("{}.{}", random.between(1000, 9_000_000), random.between(1, 9)),
        _ => random.between(1, 5000).to_string(),
    }
}

/// A holder's particulars: name, withholding rate, and the columns from address to hold.
struct Profile {
    id: String,
    name: String,
    rate: String,
    details: [String; 7],
}

fn profiles(random: &mut Random) -> Vec<Profile> {
    let mut ids: Vec<&str> = HOLDER_IDS.to_vec();
    random.shuffle(&mut ids);
    let count = usize::try_from(random.between(1, 9)).expect("a count");
    let mut profiles = Vec::new();
    for id in ids.into_iter().take(count) {
        let name = random.text(NAMES);
        let name = if random.chance(40) { format!("{name} {id}") } else { name };
        let [method, account, bank] = match random.between(1, 4) {
            1 => ["wire", "=12", "DEUTDEFF"],
            2 => ["ach", "0001234", "021000021"],
            3 => ["check", "", ""],
            _ => ["", "", ""],
        };
        profiles.push(Profile {
            id: id.into(),
            name,
            rate: random
                .text_or_blank(20, &["0", "0.125", "0.24", "24%", "15%", "0.3", "30%", "12.5%", "100%", "33.3333%"]),
            details: [
                random.text_or_blank(40, &["1 Main St", "Rue \"X\", 5", "-5 Street"]),
                random.text_or_blank(40, &["US", "FR", "JP"]),
                random.text_or_blank(70, &["a@b.example"]),
                random.text_or_blank(60, &["Nominee & Sons", "=Payee"]),
                method.into(),
                account.into(),
                bank.into(),
            ],
        });
    }
    profiles
}

/// The register: lots on awkward days, in no order.
fn register(random: &mut Random, tables: &mut Tables, days: &Days, classes: &[String]) {
    let columns = "holder_id,holder_name,class,shares,issue_date,certificate,retired_date,treasury,withholding_rate,tax_id,address,country,email,payee_name,payment_method,account,bank_code,hold";
    table(tables, "register", columns);
    let profiles = profiles(random);
    // (profile, class, shares, issued, retired, treasury)
    let mut lots: Vec<(usize, String, String, String, String, String)> = Vec::new();
    let series_a = if random.chance(3) { 0 } else { random.between(1, 12) };
    for number in 0..series_a {
        let issued = if number == 0 { days.first } else { days.any(random) };
        let retired_percent = if number == 0 { 8 } else { 18 };
        let retired =
            if random.chance(retired_percent) { days.any_from(random, issued).to_string() } else { String::new() };
        let holder = random.index(profiles.len());
        let treasury = random.text_or_blank(70, &["no"]);
        lots.push((holder, "series-a".into(), shares(random, false), issued.to_string(), retired, treasury));
    }
    let common = if random.chance(8) { 0 } else { *random.pick(&[1, 2, 3, 4, 5, 6]) };
    let others = classes.iter().flat_map(|class| std::iter::repeat_n(class.as_str(), 2));
    for class in std::iter::repeat_n("common", common).chain(others) {
        if class != "common" && random.chance(30) {
            continue;
        }
        let issued = match random.between(1, 10) {
            1..=4 => String::new(),
            5..=8 => days.first.plus(-random.between(0, 2000)).to_string(),
            _ => days.any(random).to_string(),
        };
        let from = Date::parse(&issued).unwrap_or(days.first);
        let retired = if random.chance(8) { days.any_from(random, from).to_string() } else { String::new() };
        let treasury = random.text_or_blank(50, &["no", "no", "no", "no", "yes"]);
        let holder = random.index(profiles.len());
        lots.push((holder, class.into(), shares(random, class == "common"), issued, retired, treasury));
    }
    // A twin holds exactly what another holds: equal remainders go by holder_id.
    if profiles.len() > 1 && random.chance(35) {
        let copies: Vec<_> = lots.iter().filter(|lot| lot.0 == 0).cloned().collect();
        lots.retain(|lot| lot.0 != 1);
        lots.extend(copies.into_iter().map(|lot| (1, lot.1, lot.2, lot.3, lot.4, lot.5)));
    }
    random.shuffle(&mut lots);
    for (number, (holder, class, shares, issued, retired, treasury)) in lots.iter().enumerate() {
        let profile = &profiles[*holder];
        let class = match class.as_str() {
            "common" if random.chance(4) => "Common Stock".to_string(),
            "series-a" if random.chance(4) => "SERIES-A".to_string(),
            other if !other.starts_with("series") && other != "common" && random.chance(8) => {
                format!("SERIES {} PREFERRED", other[other.len() - 1..].to_uppercase())
            }
            other => other.to_string(),
        };
        let certificate = if random.chance(70) { format!("C-{}", number + 1) } else { String::new() };
        let rate = if random.chance(30) { String::new() } else { profile.rate.clone() };
        let mut details = profile.details.clone();
        // Of a holder's rows the first that fills a field wins.
        if random.chance(15) {
            details[random.index(7)] = String::new();
        }
        let hold = random.text_or_blank(70, &["no", "yes"]);
        let mut cells: Vec<&str> =
            vec![&profile.id, &profile.name, &class, shares, issued, &certificate, retired, treasury, &rate, ""];
        cells.extend(details.iter().map(String::as_str));
        cells.push(&hold);
        row(tables, "register", &cells);
    }
}

/// Adjustments of all kinds, around the days that matter.
fn adjustments(random: &mut Random, tables: &mut Tables, days: &Days) {
    table(tables, "adjustments", "effective_date,kind,common_before,common_after,ratio,declared_date");
    for _ in 0..*random.pick(&[0, 0, 0, 1, 1, 1, 2, 3]) {
        let kind = random.text(&["stock-dividend", "subdivision", "combination"]);
        let rights = Date::parse("2005-07-18").expect("a date");
        let effective = match random.between(1, 10) {
            1 => rights,
            2 => rights.plus(random.between(-100, 60)),
            _ => days.any(random),
        };
        let (before, after, ratio) = match kind.as_str() {
            "stock-dividend" => *random.pick(&[
                ("", "", "11:10"),
                ("", "", "21:20"),
                ("", "", "1.05:1"),
                ("87193683", "94509595", ""),
                ("83116624", "95659516", "9:8"),
            ]),
            "subdivision" => *random.pick(&[
                ("", "", "3:2"),
                ("", "", "2:1"),
                ("10000000", "15000000", ""),
                ("1234567", "3703701", "9:8"),
                ("9", "10", ""),
            ]),
            _ => *random.pick(&[
                ("", "", "1:10"),
                ("", "", "2:3"),
                ("9000000", "2999987", ""),
                ("10000001", "1000000", "1:2"),
            ]),
        };
        let declared = match random.between(1, 10) {
            1..=2 => effective.plus(-random.between(0, 40)).to_string(),
            3 => rights.min(effective).to_string(),
            4 => rights.plus(1).min(effective).to_string(),
            _ => String::new(),
        };
        row(tables, "adjustments", &[&effective.to_string(), &kind, before, after, ratio, &declared]);
    }
}

/// Declarations on Common: many on boundaries, some payable on quarter dates.
fn declarations(random: &mut Random, tables: &mut Tables, days: &Days) {
    let columns = "declared_date,kind,amount,asset,fair_value,record_date,payment_date,series_a_declared_date";
    table(tables, "declarations", columns);
    for _ in 0..random.between(0, 12) {
        let declared = if random.chance(6) { days.first.plus(-random.between(1, 60)) } else { days.any(random) };
        let in_kind = random.chance(28);
        let amount = match random.between(1, 8) {
            1 => random.text(&["0.0333", "0.025", "0.005", "0.00995", "0.000049", "0.00005", "0.3333"]),
            2 => random.text(&["1", "0.3", "3.5", "0.05"]),
            3 => format!("0.{:012}", random.between(1, 999_999_999_999)),
            4 => format!("0.{:04}", random.between(1, 9999)),
            5 => format!("0.0{:05}", random.between(1, 99_999)),
            _ => format!("0.{:02}", random.between(1, 99)),
        };
        let (asset, fair_value) = if in_kind {
            let asset = random.text(&["SpinCo", "Widgets Inc", "Ünit, B", "aaa"]);
            (asset, random.text_or_blank(6, &["7", "51", "20.67", "0.333333", "32.3", "0.01"]))
        } else {
            (String::new(), String::new())
        };
        let payment = match random.between(1, 10) {
            1..=4 => None,
            5..=8 => days.quarters.iter().copied().find(|quarter| *quarter >= declared),
            _ => Some(declared.plus(random.between(0, 50))),
        };
        let record = payment.filter(|_| random.chance(50)).map(|payment| {
            let earliest = declared.max(payment.plus(-30));
            if random.chance(30) { payment } else { random.day(earliest, payment) }
        });
        let series_a = if random.chance(70) { declared.plus(random.between(0, 2)).to_string() } else { String::new() };
        let text = |day: Option<Date>| day.map_or_else(String::new, |day| day.to_string());
        row(
            tables,
            "declarations",
            &[
                &declared.to_string(),
                if in_kind { "in-kind" } else { "cash" },
                &amount,
                &asset,
                &fair_value,
                &text(record),
                &text(payment),
                &series_a,
            ],
        );
    }
}

/// `authorized_shares`: plenty, or exactly what was issued, or a little less.
fn authorized(random: &mut Random, tables: &mut Tables, dir: &Path) {
    let value = if random.chance(8) {
        let case = read(tables, dir).unwrap_or_default();
        let issued = sum(case.lots.iter().filter(|lot| lot.class == "series-a").map(|lot| &lot.shares));
        let short = if random.chance(25) { unit(6) } else { parse("0").expect("a number") };
        plain(&(issued - short).max(unit(6)), 6)
    } else {
        random.text(&["1000000", "9000000"])
    };
    row(tables, "terms", &["authorized_shares", &value]);
}
