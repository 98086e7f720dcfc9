//! Lists as other people's tools and transfer agents export them, made up in their manner: from the file to statements
//! without a mapping. `docs/from.md` names the public pages that their columns are known from.

use crate::support::command::run_in;
use crate::support::files::table;
use serde_json::Value;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// 2.00 a share of Series A, 0.02 a share of Common, to who holds them on 31 May.
const DECLARATIONS: &str = "declared_date,kind,amount,record_date,payment_date,series_a_declared_date\n\
                            2006-04-03,cash,0.02,2006-05-31,2006-06-15,2006-04-03\n";

/// A folder whose register is this list.
fn case(list: &str) -> TempDir {
    let top = tempfile::tempdir().unwrap();
    fs::create_dir(top.path().join("case")).unwrap();
    fs::write(top.path().join("case/register.csv"), list).unwrap();
    fs::write(top.path().join("case/declarations.csv"), DECLARATIONS).unwrap();
    top
}

fn check(top: &Path, more: &str) -> (i32, Value) {
    let line = format!("check case --format json {more}");
    let ran = run_in(top, &line.split_whitespace().collect::<Vec<_>>());
    (ran.code, serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{line}: {ran:?}")))
}

/// What a list comes to: whose it reads like, and what its holders are paid: holder, class, gross, day of first issue.
struct Export {
    reads_like: Value,
    paid: Vec<String>,
    statements: usize,
}

fn run(list: &str, more: &str) -> Export {
    let top = case(list);
    let (code, said) = check(top.path(), &format!("--date 2006-06-15 {more}"));
    assert_eq!(code, 0, "{said:#}");
    let tables = said["tables"].as_array().unwrap();
    let reads_like = tables.iter().find(|table| table["table"] == "register").expect("a register")["manner"].clone();
    let line = format!("dividend case --date 2006-06-15 --out run {more}");
    let ran = run_in(top.path(), &line.split_whitespace().collect::<Vec<_>>());
    assert_eq!(ran.code, 0, "{ran:?}");
    let rows = table(&fs::read_to_string(top.path().join("run/distribution.csv")).unwrap());
    let at = |name: &str| rows[0].iter().position(|column| column == name).unwrap();
    let (holder, class, gross) = (at("holder_id"), at("class"), at("gross"));
    let mut paid: Vec<String> =
        rows[1..].iter().map(|row| format!("{} {} {}", row[holder], row[class], row[gross])).collect();
    paid.sort();
    Export { reads_like, paid, statements: fs::read_dir(top.path().join("run/holders")).unwrap().count() }
}

#[test]
fn cartas_ledger_of_securities() {
    let export = run(
        "Security ID,Stakeholder Name,Stakeholder ID,Share Class,Quantity Issued,Quantity Canceled,Quantity Transferred,Issue Date,Canceled Date\n\
         SA-1,Ada Byron,101,Series A Preferred,100,0,0,01/20/2006,\n\
         SA-2,Grace Murray,102,Series A Preferred,50,50,0,01/20/2006,02/20/2006\n\
         CS-1,Ada Byron,101,Common,\"1,500\",0,0,06/14/2004,\n",
        "--set date_format=mdy",
    );
    assert_eq!(export.reads_like, "Carta's ledger of securities");
    assert_eq!(export.paid, ["101 common 30.00", "101 series-a 200.00"]);
    assert_eq!(export.statements, 1);
}

#[test]
fn cartas_shareholder_overview() {
    let export = run(
        "Shareholder,Address,External ID,Security Class,Shares,Cost,Email,Country,Latest Registration Date\n\
         Ada Byron,12 Main St,7,Ordinary Shares,1000,10.00,ada@example.com,GB,2006-01-20\n\
         Murray Holdings Ltd,1 Quay,8,Ordinary Shares,2500,25.00,desk@example.com,GB,2006-01-20\n",
        "",
    );
    assert_eq!(export.reads_like, "Carta's shareholder overview (Europe)");
    assert_eq!(export.paid, ["7 common 20.00", "8 common 50.00"]);
    assert_eq!(export.statements, 2);
}

const PULLEY: &str = "Stakeholder Name,Email,Share Class,Certificate,Quantity,Price Per Share,Issue Date\n\
                      Ada Byron,ada@example.com,Series A,A-1,100,1.00,2006-01-20\n\
                      Ada Byron,ada@example.com,Common,CS-1,500,0.01,2005-01-20\n\
                      Jane Smith,jane@example.com,Common,CS-2,1000,0.01,2005-01-20\n";

#[test]
fn pulleys_shares_by_name() {
    let export = run(PULLEY, "");
    assert_eq!(export.reads_like, "Pulley's list of shares");
    assert_eq!(export.paid, ["Ada Byron common 10.00", "Ada Byron series-a 200.00", "Jane Smith common 20.00"]);
    assert_eq!(export.statements, 2);
    // Two e-mail addresses may be two holders of one name.
    let top = case(&PULLEY.replacen("ada@example.com", "a.byron@example.com", 1));
    let (code, said) = check(top.path(), "");
    assert_eq!((code, errors(&said)), (3, vec!["register.email.two-holders B3".to_owned()]), "{said:#}");
}

const REGISTRY_DIRECT: &str = "Security,Buying/Receiving holder,Selling/Redeeming holder (redemptions & transfers only),Category,Date,Quantity,Price\n\
     Common,Mrs Ada Byron- I100000001,,ALLOTMENT,14/06/2004,1000,0.10\n\
     Common,Joan Clarke- I100000003,,ALLOTMENT,14/06/2005,500,0.10\n\
     Series A,Mrs Ada Byron- I100000001,,ALLOTMENT,20/01/2006,150,1.00\n\
     Series A,Murray Pty Ltd- I100000002,,ALLOTMENT,20/01/2006,90,1.00\n\
     Series A,Joan Clarke- I100000003,Mrs Ada Byron- I100000001,OFF MARKET TRANSFER,10/04/2006,50,1.20\n\
     Series A,,Murray Pty Ltd- I100000002,REDEMPTION,12/04/2006,40,1.00\n\
     Common,Mrs Ada Byron- I100000001,,ALLOTMENT,01/02/2006,600,0.10\n\
     Common,Joan Clarke- I100000003,Mrs Ada Byron- I100000001,OFF MARKET TRANSFER,10/04/2006,1200,0.20\n\
     Common,Joan Clarke- I100000003,,ALLOTMENT,01/07/2006,9000,0.10\n";

/// Shares that move keep the day of their first issue: Joan's Series A would else have accrued from April. What happened
/// after the run's date did not happen yet.
#[test]
fn registry_directs_transactions_fold_into_lots() {
    let export = run(REGISTRY_DIRECT, "--set date_format=dmy");
    assert_eq!(export.reads_like, "Registry Direct's transactions");
    let paid = [
        "I100000001 common 8.00",
        "I100000001 series-a 200.00",
        "I100000002 series-a 100.00",
        "I100000003 common 34.00",
        "I100000003 series-a 100.00",
    ];
    assert_eq!(export.paid, paid);
    assert_eq!(export.statements, 3);
    // The same from the last row to the first.
    let mut rows: Vec<&str> = REGISTRY_DIRECT.lines().collect();
    rows[1..].reverse();
    assert_eq!(run(&rows.join("\n"), "--set date_format=dmy").paid, paid);
    let lots = converted(REGISTRY_DIRECT, "term,value\ndate_format,dmy\n");
    assert!(lots.contains(&"I100000003,Joan Clarke,series-a,50,2006-01-20,".to_owned()), "{lots:?}");
    assert!(lots.iter().any(|lot| lot.starts_with("I100000002,Murray Pty Ltd,series-a,40,2006-01-20,")), "{lots:?}");
}

/// The lots of a list, as `convert` writes them: the first six columns.
fn converted(list: &str, terms: &str) -> Vec<String> {
    let top = case(list);
    fs::write(top.path().join("case/terms.csv"), terms).unwrap();
    let line = "convert case --to csv --out csv --date 2006-06-15";
    let ran = run_in(top.path(), &line.split(' ').collect::<Vec<_>>());
    assert_eq!(ran.code, 0, "{ran:?}");
    let rows = table(&fs::read_to_string(top.path().join("csv/register.csv")).unwrap());
    let names = ["holder_id", "holder_name", "class", "shares", "issue_date", "certificate"];
    let at = names.map(|name| rows[0].iter().position(|column| column == name));
    let cell = |row: &[String], at: Option<usize>| at.map_or(String::new(), |at| row[at].clone());
    rows[1..].iter().map(|row| at.map(|at| cell(row, at)).join(",")).collect()
}

#[test]
fn registry_directs_holdings() {
    let export = run(
        "Holder,HIN/SRN,Security,TFN quoted?,Tax type,Bank details provided?,Email,Address,Quantity,Current price\n\
         Mrs Ada Byron,I100000001,Ordinary Shares,Yes,Individual,Yes,ada@example.com,1 Row,1000,0.20\n\
         Joan Clarke,I100000003,Ordinary Shares,No,Individual,No,joan@example.com,2 Row,500,0.20\n",
        "",
    );
    assert_eq!(export.reads_like, "Registry Direct's holdings");
    assert_eq!(export.paid, ["I100000001 common 20.00", "I100000003 common 10.00"]);
    assert_eq!(export.statements, 2);
}

#[test]
fn capdesks_import_file_with_transfers() {
    let export = run(
        "first_name,last_name,email,registration_number,company_name,address1,city,postcode,country,seller_email,price,quantity,date,share_class\n\
         Ada,Byron,ada@example.com,,,1 Row,London,N1 1AA,GB,,1.00,100,2006-01-20,Series A\n\
         ,,desk@example.com,00123,Murray Holdings Ltd,2 Quay,Leeds,LS2 1AA,GB,,1.00,50,2006-02-20,Series A\n\
         Joan,Clarke,joan@example.com,,,3 Row,London,N1 1AB,GB,ada@example.com,1.10,40,2006-04-01,Series A\n",
        "",
    );
    assert_eq!(export.reads_like, "Capdesk's import file with transfers");
    let paid =
        ["ada@example.com series-a 120.00", "desk@example.com series-a 100.00", "joan@example.com series-a 80.00"];
    assert_eq!(export.paid, paid);
    assert_eq!(export.statements, 3);
}

/// The page of the spreadsheet, and that of the CSV file before it, which has more columns. Who has the same e-mail address
/// is one holder; a company goes by its address too.
#[test]
fn capdesks_import_file_of_issues() {
    let sheet = "First name,Last name,Registration number,Company name,Country,Email,Stakeholder category,Price,Quantity,Date of Transaction,Share class\n\
                 Ada,Byron,,,GB,ada@example.com,founder,1.00,100,2006-01-20,Series A\n\
                 Ada,Byron,,,GB,ada@example.com,founder,0.10,500,2005-01-20,Common\n\
                 ,,00123,Murray Holdings Ltd,GB,desk@example.com,vc,1.00,50,2006-01-20,Series A\n";
    let file = "first_name,last name,email,registration_number,company_name,address1,city,postcode,country,investor_category,price,quantity,date,share_class,funding_round\n\
                Ada,Byron,ada@example.com,,,1 Row,London,N1 1AA,GB,founder,1.00,100,2006-01-20,Series A,Seed\n\
                Ada,Byron,ada@example.com,,,1 Row,London,N1 1AA,GB,founder,0.10,500,2005-01-20,Common,\n\
                ,,desk@example.com,00123,Murray Holdings Ltd,2 Quay,Leeds,LS2 1AA,GB,vc,1.00,50,2006-01-20,Series A,Seed\n";
    for list in [sheet, file] {
        let export = run(list, "");
        assert_eq!(export.reads_like, "Capdesk's import file of issues");
        let paid =
            ["ada@example.com common 10.00", "ada@example.com series-a 200.00", "desk@example.com series-a 100.00"];
        assert_eq!(export.paid, paid);
        assert_eq!(export.statements, 2);
    }
    let lots = converted(file, "term,value\n");
    assert!(lots.contains(&"desk@example.com,Murray Holdings Ltd,series-a,50,2006-01-20,".to_owned()), "{lots:?}");
    // A day in American or British order is asked for, not chosen; one person under two names is told.
    for (from, to, problem) in [
        (",2006-01-20,", ",01/02/2006,", "ledger.date.text-date J2"),
        (
            "Ada,Byron,,,GB,ada@example.com,founder,0.10",
            "Eve,Byron,,,GB,ada@example.com,founder,0.10",
            "ledger.to.two-names A3",
        ),
        (",100,", ",-100,", "ledger.shares.negative I2"),
    ] {
        let top = case(&sheet.replacen(from, to, 1));
        let (code, said) = check(top.path(), "");
        assert_eq!((code, errors(&said)), (3, vec![problem.to_owned()]), "{said:#}");
    }
}

#[test]
fn a_transfer_agents_registered_list() {
    let export = run(
        "Account Number,Registration 1,Registration 2,Address Line 1,City,State,ZIP Code,Issue,Cert No,Total Shares,Date of Issue,Cancellation Date\n\
         0000012345,ADA BYRON &,GRACE MURRAY JT TEN,12 MAIN STREET,BOSTON,MA,02108,SERIES A PREFERRED,000123,100,2006-01-20,\n\
         0000012346,JOAN CLARKE,,1 ELM STREET,BOSTON,MA,02109,COMMON,000124,500,2005-01-20,\n",
        "",
    );
    assert_eq!(export.reads_like, "a transfer agent's registered list");
    assert_eq!(export.paid, ["0000012345 series-a 200.00", "0000012346 common 10.00"]);
    assert_eq!(export.statements, 2);
}

/// It names shareholders, and no shares.
#[test]
fn captable_ios_shareholders_are_no_register() {
    let top = case(
        "Type,First Name,Last Name,Institution Name,Fund Name,Role,Email,Address,City,State / Province,Zip / Postal Code,Country\n\
         Individual,Ada,Byron,,,Investor,ada@example.com,1 Row,Boston,MA,02108,US\n",
    );
    let (code, said) = check(top.path(), "");
    assert_eq!(code, 3);
    let told = said.to_string();
    assert!(told.contains("The column shares is missing") && told.contains("reads like captable.io's list"), "{told}");
}

/// The tabs of its import list name holders and classes, and no shares. With its certificates beside them, the list is a
/// register, and its ID of five digits is the holder's.
#[test]
fn captable_ios_import_list() {
    let tabs = [
        "ID,Name,Email,Type,State / Province,Country\n10001,Ada Byron,ada@example.com,Founder,MA,USA\n",
        "Stock Class Name,Class Type,Certificate Name Prefix,Board Approval Date,Shares Authorized,Seniority\n\
         Series A,Preferred,PS,05/25/2005,1000,1\n",
    ];
    for (tab, reads_like) in tabs.into_iter().zip([Some("captable.io's import list"), None]) {
        let top = case(tab);
        let (code, said) = check(top.path(), "");
        assert_eq!(code, 3);
        let told = said.to_string();
        assert!(told.contains("The column shares is missing"), "{told}");
        assert!(reads_like.is_none_or(|tool| told.contains(&format!("reads like {tool}"))), "{told}");
    }
    let export = run(
        "ID,Name,Email,Type,State / Province,Country,Stock Class Name,Certificate,Shares,Issue Date\n\
         10001,Ada Byron,ada@example.com,Founder,MA,USA,Series A,PS-1,100,2006-01-20\n\
         10001,Ada Byron,ada@example.com,Founder,MA,USA,Common,CSS-1,500,2005-01-20\n\
         10002,Joan Clarke,joan@example.com,Angel,MA,USA,Common,CSS-2,1000,2005-01-20\n",
        "",
    );
    assert_eq!(export.reads_like, "captable.io's import list");
    assert_eq!(export.paid, ["10001 common 10.00", "10001 series-a 200.00", "10002 common 20.00"]);
    assert_eq!(export.statements, 2);
}

const CERTIFICATES: &str = "Date,Transaction Type,Stockholder,Stockholder ID,Class,Certificate,From Certificate,No. of Shares\n\
                            2006-01-20,Original issue,Ada Byron,101,Series A,A-1,,100\n\
                            2006-02-20,Original issue,Ada Byron,101,Series A,A-2,,50\n\
                            2006-03-01,Transfer,Joan Clarke,103,Series A,A-3,A-1,60\n\
                            2006-03-01,Transfer,Ada Byron,101,Series A,A-4,A-1,40\n\
                            2006-03-01,Transfer,Ada Byron,101,Series A,A-5,\"A-2, A-4\",90\n\
                            2006-04-01,Cancellation,,,Series A,,A-5,20\n";

/// A stock ledger: what is left of a certificate goes onto another, and those of one day may stand in any order.
#[test]
fn a_stock_ledger_of_certificates() {
    let export = run(CERTIFICATES, "");
    assert_eq!(export.reads_like, Value::Null);
    assert_eq!(export.paid, ["101 series-a 140.00", "103 series-a 120.00"]);
    let lots = converted(CERTIFICATES, "term,value\n");
    // Of A-5 the 40 first issued in January go first: 20 of them are cancelled.
    let expected = [
        "101,Ada Byron,series-a,20,2006-01-20,A-5",
        "101,Ada Byron,series-a,20,2006-01-20,",
        "101,Ada Byron,series-a,50,2006-02-20,",
        "103,Joan Clarke,series-a,60,2006-01-20,A-3",
    ];
    let mut found = lots.clone();
    found.sort();
    let mut wanted = expected.map(str::to_owned).to_vec();
    wanted.sort();
    assert_eq!(found, wanted);
    let mut rows: Vec<&str> = CERTIFICATES.lines().collect();
    rows.swap(4, 5);
    assert_eq!(run(&rows.join("\n"), "").paid, export.paid);
}

fn errors(said: &Value) -> Vec<String> {
    let problems = said["problems"].as_array().unwrap().iter().filter(|problem| problem["severity"] == "error");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    problems.map(|p| format!("{} {}", text(&p["code"]), text(&p["cell"]))).collect()
}

/// Each ledger that does not add up is refused at the row, and never read in one of two ways.
#[test]
fn ledgers_that_do_not_add_up_name_the_row() {
    let changed = |from: &str, to: &str| {
        assert!(CERTIFICATES.contains(from), "{from}");
        CERTIFICATES.replace(from, to)
    };
    let holders = "Date,Transaction Type,To,From,Class,Shares\n\
                   2006-01-20,Issue,Ada,,Series A,100\n\
                   2006-02-20,Issue,Ada,,Series A,50\n";
    let cases = [
        (changed("A-1,40", "A-1,41"), "ledger.quantity.more-than-there-is A5"),
        (changed(",A-3,A-1,60", ",A-3,A-9,60"), "ledger.security_id.not-there A4"),
        (changed(",A-3,A-1,60", ",A-2,A-1,60"), "ledger.security_id.twice A4"),
        (changed("A-1,40", "A-4,40"), "ledger.transactions.circle A5"),
        (changed("\"A-2, A-4\",90", "\"A-2, A-4\",80"), "ledger.quantity.does-not-add-up A6"),
        (changed("Series A,,A-5,20", "Series A,,,20"), "ledger.from.missing "),
        (changed("Cancellation", "Conversion"), "ledger.kind.unknown B7"),
        (format!("{holders}2006-03-01,Transfer,Joan,Ada,Series A,151\n"), "ledger.shares.more-than-there-are A4"),
        (format!("{holders}2006-03-01,Transfer,Joan,Ada,Series A,60\n"), "ledger.shares.which A4"),
        (format!("{holders}2006-03-01,Transfer,Joan,Eve,Series A,150\n"), "ledger.from.unknown D4"),
        (format!("{holders}2006-03-01,Transfer,Joan,,Series A,150\n"), "ledger.from.missing "),
        (format!("{holders}2006-03-01,Issue,Joan,Ada,Series A,150\n"), "ledger.from.of-an-issue D4"),
    ];
    for (list, problem) in cases {
        let top = case(&list);
        let (code, said) = check(top.path(), "--date 2006-06-15");
        let found = errors(&said);
        assert_eq!(code, 3, "{problem}: {said:#}");
        assert!(found.iter().any(|found| found.starts_with(problem)), "{problem}: {found:?}\n{list}");
        let line = "dividend case --date 2006-06-15 --out run";
        assert_eq!(run_in(top.path(), &line.split(' ').collect::<Vec<_>>()).code, 3, "{list}");
        assert!(!top.path().join("run").exists());
    }
    // All that a holder has may move, whenever it was issued.
    let all = run(&format!("{holders}2006-03-01,Transfer,Joan,Ada,Series A,150\n"), "");
    assert_eq!(all.paid, ["Joan series-a 300.00"]);
}

/// A column of kinds is no ledger's where it says what holders are.
#[test]
fn a_register_with_kinds_stays_a_register() {
    let export = run(
        "Shareholder ID,Shareholder,Kind,Class,Shares,Issue Date\n1,Ada Byron,Individual,Common,1000,2005-01-20\n",
        "",
    );
    assert_eq!(export.paid, ["1 common 20.00"]);
}
