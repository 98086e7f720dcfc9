//! SPEC 9: the worked examples, as cases written from literals.

use super::{Outcome, run};
use std::path::PathBuf;

/// A case from literals: (table, its CSV), in a folder of its own.
fn case(name: &str, tables: &[(&str, &str)]) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("reference-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    for (table, csv) in tables {
        std::fs::write(folder.join(format!("{table}.csv")), csv).expect("a table");
    }
    folder
}

fn outcome(folder: &std::path::Path, line: &str) -> Outcome {
    let argv: Vec<String> = line.split(' ').map(String::from).collect();
    let outcome = run(folder, &argv);
    assert_eq!(outcome.exit, 0, "{}", outcome.why);
    outcome
}

/// A column of distribution.csv.
fn column(outcome: &Outcome, name: &str) -> Vec<String> {
    let rows = &outcome.files["distribution.csv"];
    let index = rows[0].iter().position(|header| header == name).expect("a column");
    rows[1..].iter().map(|row| row[index].clone()).collect()
}

#[test]
fn e1_split_mid_quarter() {
    let folder = case(
        "e1",
        &[
            (
                "register",
                "holder_id,holder_name,class,shares,issue_date\n\
                 1,A,series-a,1200,2005-12-15\n2,B,series-a,0.37,2005-12-15\n3,C,series-a,45.5,2005-12-15\n",
            ),
            (
                "adjustments",
                "effective_date,kind,common_before,common_after\n2006-05-01,subdivision,10000000,15000000\n",
            ),
            ("declarations", "declared_date,kind,amount\n2006-04-03,cash,0.0333\n2006-05-20,cash,0.025\n"),
        ],
    );
    let gross = |sets: &str| column(&outcome(&folder, &format!("dividend --date 2006-06-15{sets}")), "gross");
    assert_eq!(gross(""), ["8496.00", "2.62", "322.14"]);
    assert_eq!(gross(" --set reading.split_timing=at-payment")[0], "10500.00");
    assert_eq!(gross(" --set reading.split_timing=at-payment --set reading.midpoint=half-even")[0], "10488.00");
    assert_eq!(gross(" --set reading.cash_dividends=exclude"), ["0.00", "0.00", "0.00"]);
}

#[test]
fn e2_lots() {
    let folder = case(
        "e2",
        &[
            (
                "register",
                "holder_id,holder_name,class,shares,issue_date\n\
                 A,A,series-a,100,2006-01-20\nB,B,series-a,50,2006-02-10\nC,C,series-a,40,2006-02-28\n\
                 D,D,series-a,30,2006-03-01\nE,E,series-a,20,2006-03-15\nF,F,series-a,10,2006-05-31\n\
                 G,G,series-a,5.25,2006-06-01\n",
            ),
            ("record_dates", "payment_date,record_date\n2006-03-15,2006-02-28\n2006-06-15,2006-05-31\n"),
            (
                "declarations",
                "declared_date,kind,amount\n2006-02-01,cash,0.02\n2006-02-20,cash,0.03\n2006-03-15,cash,0.01\n\
                 2006-04-10,cash,0.04\n",
            ),
            ("payments", "date,amount,quarter\n2006-03-15,full,2006-03-15\n2006-06-15,full,2006-06-15\n"),
        ],
    );
    let first = outcome(&folder, "dividend --date 2006-03-15");
    assert_eq!(column(&first, "holder_id"), ["A", "B", "C"]);
    assert_eq!(column(&first, "gross"), ["600.00", "200.00", "240.00"]);
    let second = outcome(&folder, "dividend --date 2006-06-15");
    assert_eq!(column(&second, "gross"), ["400.00", "200.00", "160.00", "120.00", "80.00", "40.00"]);
}

#[test]
fn e3_partial_payment() {
    let folder = case(
        "e3",
        &[
            (
                "register",
                "holder_id,holder_name,class,shares,issue_date\n\
                 H1,A,series-a,100,2006-01-01\nH2,B,series-a,60,2006-02-01\nH3,C,series-a,40.5,2006-02-20\n\
                 H4,D,series-a,20,2006-03-10\n",
            ),
            (
                "declarations",
                "declared_date,kind,amount\n2006-01-15,cash,0.06\n2006-02-10,cash,0.0325\n2006-03-01,cash,0.0075\n",
            ),
        ],
    );
    let gross = |sets: &str| {
        let line = format!("dividend --date 2006-03-15 --funds 600.00{sets}");
        column(&outcome(&folder, &line), "gross")
    };
    assert_eq!(gross(""), ["356.02", "213.61", "30.37", "0.00"]);
    assert_eq!(gross(" --set reading.partial_payment=proportional"), ["472.30", "113.35", "14.35", "0.00"]);
}

#[test]
fn e4_liquidation() {
    let folder = case(
        "e4",
        &[
            (
                "register",
                "holder_id,holder_name,class,shares,issue_date\n\
                 H1,A,series-a,600,2006-04-01\nH2,B,series-a,400,2006-05-25\nC1,C,common,1500000,\nC2,D,common,500000,\n",
            ),
            ("terms", "term,value\nmultiple,150\n"),
            ("declarations", "declared_date,kind,amount\n2006-04-20,cash,0.0472\n"),
        ],
    );
    let total = |reading: &str| {
        let line = format!("liquidate --date 2006-06-20 --proceeds 1000000 --set reading.common_adjustment={reading}");
        column(&outcome(&folder, &line), "total")
    };
    assert_eq!(total("mean"), ["697674.42", "232558.14", "43559.66", "26207.78"]);
    assert_eq!(total("highest"), ["699650.23", "233216.75", "41979.01", "25154.01"]);
    assert_eq!(total("base"), ["694710.70", "231570.23", "45930.64", "27788.43"]);
}

#[test]
fn e5_default_period() {
    let folder = case(
        "e5",
        &[
            ("register", "holder_id,holder_name,class,shares,issue_date\n1,A,series-a,100,2005-12-15\n"),
            (
                "declarations",
                "declared_date,kind,amount\n2006-03-01,cash,0.02\n2006-09-01,cash,0.01\n2006-12-01,cash,0.04\n\
                 2007-03-01,cash,0.01\n2007-06-01,cash,0.01\n2007-09-01,cash,0.03\n2007-12-01,cash,0.02\n",
            ),
            ("payments", "date,amount,quarter\n2006-12-15,100.00,2006-12-15\n"),
        ],
    );
    let since = |sets: &str| {
        let line = format!("dividend --date 2007-12-15 --funds 0.00{sets}");
        outcome(&folder, &line).files["arrears.csv"][1][1].clone()
    };
    assert_eq!(since(""), "2007-12-15");
    assert_eq!(since(" --set reading.six_quarters=count-unpaid"), "2007-09-15");
}
