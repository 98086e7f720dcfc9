//! Examples that others published, typed again with their figures: each says where it is from.

use crate::support::command::run_in;
use std::collections::BTreeMap;
use std::fs;

const CLASSES: &str = "class,name,kind,ranking,order,original_price,liquidation_preference,participation,participation_cap,\
                       conversion_ratio,accrued_dividends,accrued_as_of,accrued_on_conversion,exercise_price";

/// A company with these classes and holdings (holder, class, shares).
struct Company {
    folder: tempfile::TempDir,
}

impl Company {
    fn new(currency: &str, classes: &[&str], holdings: &[(&str, &str, u32)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let case = folder.path().join("case");
        fs::create_dir(&case).unwrap();
        let write = |name: &str, text: String| fs::write(case.join(name), text).unwrap();
        write("terms.csv", format!("term,value\ncompany,As published\ncurrency,{currency}\n"));
        write("classes.csv", format!("{CLASSES}\n{}\n", classes.join("\n")));
        let lots =
            holdings.iter().map(|(holder, class, shares)| format!("{holder},{holder},{class},{shares},2020-01-02\n"));
        write("register.csv", format!("holder_id,holder_name,class,shares,issue_date\n{}", lots.collect::<String>()));
        Self { folder }
    }

    fn run(&self, proceeds: &str) -> std::path::PathBuf {
        let out = self.folder.path().join(proceeds);
        let arguments = ["liquidate", "case", "--date", "2024-12-31", "--proceeds", proceeds, "--out", proceeds];
        let ran = run_in(self.folder.path(), &[&arguments[..], &["--workbooks", "none", "--quiet"]].concat());
        assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
        out
    }

    /// What each holder gets, in whole units of the currency.
    fn of(&self, proceeds: &str) -> BTreeMap<String, String> {
        let mut reader = csv::Reader::from_path(self.run(proceeds).join("distribution.csv")).unwrap();
        let row = |row: csv::StringRecord| (row[0].to_owned(), row[8].to_owned());
        reader.records().map(|found| row(found.unwrap())).collect()
    }

    fn gets(&self, proceeds: &str, wanted: &[(&str, &str)]) {
        let found = self.of(proceeds);
        for (holder, total) in wanted {
            assert_eq!(found[*holder], *total, "{holder} of {proceeds}");
        }
    }

    /// Every sum at which something changes, with what does.
    fn breakpoints(&self) -> Vec<(String, String)> {
        let text = fs::read_to_string(self.run("1").join("result.json")).unwrap();
        let result: serde_json::Value = serde_json::from_str(&text).unwrap();
        let word = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        let point = |point: &serde_json::Value| {
            let class = word(&point["class"]);
            let what =
                if class.is_empty() { word(&point["tier"]) } else { format!("{class} {}", word(&point["event"])) };
            (word(&point["at"]), what)
        };
        result["breakpoints"].as_array().unwrap().iter().map(point).collect()
    }
}

/// "Example 1: a bad exit" of "Common? Preferred? Founder? Making Sense Of Startup Shares", datadriveninvestor.com: 10M in
/// the A, 20M in the B, sold for 25M: the B gets 20M, the A 5M, and no one else anything.
#[test]
fn a_stack_that_is_not_covered() {
    let classes =
        ["a,Series A,preferred,senior,2,10,1x,none,,1,,,,", "b,Series B,preferred,senior,1,20,1x,none,,1,,,,"];
    let company = Company::new(
        "USD",
        &classes,
        &[("A", "a", 1_000_000), ("B", "b", 1_000_000), ("Founders", "common", 5_000_000)],
    );
    company.gets("25000000", &[("B", "20000000.00"), ("A", "5000000.00"), ("Founders", "0.00")]);
}

/// "The Exit Math" of caplink.capital/captable/participating-preferred: 5M for 25 %, founders 60 %, an option pool of 15 %,
/// an exit at 20M. Without participation the investor is indifferent there; with it he gets 8.75M.
#[test]
fn where_one_converts_and_the_double_dip() {
    let holdings = [("Investor", "a", 250_000), ("Founders", "common", 600_000), ("Pool", "common", 150_000)];
    let of = |participation: &str| {
        Company::new("EUR", &[&format!("a,Series A,preferred,senior,1,20,1x,{participation},,1,,,,")], &holdings)
    };
    let simple = of("none");
    simple.gets("20000000", &[("Investor", "5000000.00"), ("Founders", "12000000.00"), ("Pool", "3000000.00")]);
    assert!(
        simple.breakpoints().contains(&("20000000".to_owned(), "a converts".to_owned())),
        "{:?}",
        simple.breakpoints()
    );
    let double = of("full");
    double.gets("20000000", &[("Investor", "8750000.00"), ("Founders", "9000000.00"), ("Pool", "2250000.00")]);
}

/// "Capped participation preferreds: the real impact", parts 1 and 2, venturesouth.vc: 2M for 25 %, participation capped at
/// 4 times. Of 10M it gets 4M, against 2.5M without participation; from 26M to 32M it stays at 8M; of 33M it converts and
/// gets 8.25M.
#[test]
fn a_cap_and_its_flat_zone() {
    let holdings = [("Angels", "a", 250_000), ("Others", "common", 750_000)];
    let of =
        |terms: &str| Company::new("USD", &[&format!("a,Series A,preferred,senior,1,8,1x,{terms},1,,,,")], &holdings);
    let capped = of("capped,4x");
    for (exit, angels) in [
        ("1000000", "1000000.00"),
        ("2000000", "2000000.00"),
        ("10000000", "4000000.00"),
        ("26000000", "8000000.00"),
        ("29000000", "8000000.00"),
        ("32000000", "8000000.00"),
        ("33000000", "8250000.00"),
    ] {
        capped.gets(exit, &[("Angels", angels)]);
    }
    let points = capped.breakpoints();
    for point in [("26000000", "a capped"), ("32000000", "a converts")] {
        assert!(points.contains(&(point.0.to_owned(), point.1.to_owned())), "{points:?}");
    }
    of("none,").gets("10000000", &[("Angels", "2500000.00")]);
    // "The cap cost us $1.25M compared to the fully participating", and 0.25M more than without participation.
    of("full,").gets("31000000", &[("Angels", "9250000.00")]);
    of("none,").gets("31000000", &[("Angels", "7750000.00")]);
}

/// "Understanding warrants treatment", slideshare.net/aks_india, scenario 1: 1,000 shares each of Series A at 1.00 with 0.50
/// of dividends, of warrants at 1.00, options at 0.20 and common. The breakpoints are 1,500, 1,700, 3,300 and 4,800.
#[test]
fn options_and_warrants_net_of_what_they_cost() {
    let classes = [
        "a,Series A,preferred,senior,1,1,1x,none,,1,0.50,2024-12-31,lost,",
        "options,Options at 0.20,option,,,,,,,,,,,0.20",
        "warrants,Series A warrants,warrant,,,,,,,,,,,1.00",
    ];
    let holdings =
        [("A", "a", 1_000), ("Staff", "options", 1_000), ("Bank", "warrants", 1_000), ("Founder", "common", 1_000)];
    let company = Company::new("USD", &classes, &holdings);
    let wanted = [
        ("0", "senior-1"),
        ("1500", "participation"),
        ("1700", "options exercises"),
        ("3300", "warrants exercises"),
        ("4800", "a converts"),
    ];
    let wanted: Vec<(String, String)> =
        wanted.iter().map(|(at, what)| ((*at).to_owned(), (*what).to_owned())).collect();
    assert_eq!(company.breakpoints(), wanted);
    company.gets("1700", &[("A", "1500.00"), ("Founder", "200.00"), ("Staff", "0.00")]);
    company.gets("3300", &[("Founder", "1000.00"), ("Staff", "800.00"), ("Bank", "0.00")]);
    company.gets("4800", &[("A", "1500.00"), ("Founder", "1500.00"), ("Staff", "1300.00"), ("Bank", "500.00")]);
    company.gets("5200", &[("A", "1600.00"), ("Founder", "1600.00"), ("Staff", "1400.00"), ("Bank", "600.00")]);
}
