//! Small cases and outcomes for the tests of this folder: made by hand, with figures that the Certificate gives.

use crate::model::Case;
use crate::model::calendar::{Date, RecordDates, day};
use crate::model::class::{Class, Classes, Rank};
use crate::model::register::{Detail, Lot, Register};
use crate::model::terms::Terms;
use crate::outcome::dividend::{
    AssetDelivery, CohortDividend, DefaultPeriod, DividendOutcome, DividendTotals, QuarterState,
};
use crate::outcome::step::Step;
use crate::outcome::{
    AccrualStart, AccrualStarts, AdjustmentStep, Apportionment, MultipleOutcome, OtherRun, PaymentRow, ReadingEffect,
};
use crate::output::RunInfo;
use crate::problem::{Place, Problem};
use crate::quantity::{Ratio, Shares, parse_decimal, whole};
use crate::spreadsheet::hash::Input;

pub(crate) fn d(text: &str) -> Date {
    crate::model::calendar::parse_iso(text).unwrap_or_else(|| day(2000, 1, 1).unwrap())
}

pub(crate) fn r(text: &str) -> Ratio {
    match text.split_once('/') {
        Some((n, m)) => parse_decimal(n).unwrap() / parse_decimal(m).unwrap(),
        None => parse_decimal(text).unwrap(),
    }
}

/// A register of (id, name, class id, shares, issue date, certificate).
pub(crate) fn case(company: &str, lots: &[(&str, &str, &str, &str, &str, &str)]) -> Case {
    let terms = Terms { company: company.to_owned(), ..Terms::default() };
    let senior = Class::bare("series-s", "Series S Senior Preferred", Rank::Senior);
    let classes = Classes::new(&terms.series_name, &terms.common_name, vec![senior]);
    let mut register = Register::default();
    let mut known: Vec<&str> = Vec::new();
    for (row, (id, name, class, shares, issued, certificate)) in (2u32..).zip(lots) {
        let at = known.iter().position(|k| k == id).unwrap_or_else(|| {
            let holder = register.add_holder(id, name).unwrap();
            known.push(id);
            if *id == "0007" {
                register.set_withholding_rate(holder, r("0.24"));
                register.fill_detail(holder, Detail::TaxId, "123-45-6789").unwrap();
                register.fill_detail(holder, Detail::Account, "GB33BUKB20201555555555").unwrap();
                register.fill_detail(holder, Detail::PaymentMethod, "wire").unwrap();
                register
                    .fill_detail(
                        holder,
                        Detail::Address,
                        "12 Long Lane, Apartment 4, Los Angeles, CA 90001, United States of America",
                    )
                    .unwrap();
                register.fill_detail(holder, Detail::Country, "US").unwrap();
            }
            known.len() - 1
        });
        let certificate = register.add_text(certificate).unwrap();
        register.add_lot(Lot {
            holder: u32::try_from(at).unwrap(),
            row,
            shares: Shares::from_micros(u64::try_from((r(shares) * whole(1_000_000)).to_integer()).unwrap()),
            issue_date: (!issued.is_empty()).then(|| d(issued)),
            retired_date: None,
            certificate,
            class: classes.find(class).unwrap(),
            treasury: crate::model::register::Treasury::No,
        });
    }
    register.finish();
    Case {
        left_alone: Vec::new(),
        after: None,
        carry: None,
        carried_payments: Vec::new(),
        name: "sample".to_owned(),
        terms,
        classes,
        register: std::sync::Arc::new(register),
        adjustments: Vec::new(),
        declarations: Vec::new(),
        record_dates: RecordDates::default(),
        payments: Vec::new(),
        arrears: None,
        proceeds: Vec::new(),
        consideration: Vec::new(),
        actions: Vec::new(),
        meetings: Vec::new(),
        ballots: Vec::new(),
        board: None,
    }
}

/// SPEC 9, E1: 7.08 a share.
#[allow(clippy::too_many_lines, reason = "an outcome has many fields")]
pub(crate) fn e1() -> (Case, DividendOutcome) {
    let case = case(
        "Capstone Turbine Corporation",
        &[
            (
                "0007",
                "Ada Lovelace and Charles Babbage, as joint tenants with right of survivorship and not as tenants in common",
                "series-a",
                "1200",
                "2005-12-15",
                "A-0001",
            ),
            ("0007", "", "series-a", "50", "2006-05-30", "00012"),
            ("H2", "株式会社サンプル・ホールディングス", "series-a", "0.37", "2005-12-15", "A-0002"),
            ("H3", "شركة المثال القابضة", "series-a", "45.5", "2005-12-15", "A-0003"),
            ("H4", "=1+1 & <Sons>", "series-a", "10", "2006-06-15", "+A4"),
        ],
    );
    let series_a = case.classes.series_a();
    let step = |clause, what: &str, after: &str| Step::new(clause, what, after);
    let cohort = CohortDividend {
        accrual_start: d("2005-12-15"),
        shares: 1_245_870_000,
        brought_forward: whole(0),
        current: r("7.08"),
        due: r("7.08"),
        paid: r("7.08"),
        unpaid: whole(0),
        in_kind: vec![(0, r("0.125"))],
        steps: vec![
            step("2(a)", "100 × 0.0333 declared on 2006-04-03, before the split of 2006-05-01", "3.33"),
            step("2(a)", "150 × 0.025 declared on 2006-05-20", "3.75").from("3.33"),
            step("2(a)", "The sum, rounded to the nearest cent", "7.08")
                .from("7.08")
                .reading(crate::model::reading::MidpointReading::HalfUp),
            step("2(c)", "Accrues from the quarter date next preceding the date of issue", "2005-12-15"),
        ],
    };
    let cash = |holder, shares: u64, gross: i128, withheld| PaymentRow {
        holder,
        class: series_a,
        asset: 0,
        shares,
        gross,
        withheld,
    };
    let kind =
        |holder, shares: u64, gross: i128| PaymentRow { holder, class: series_a, asset: 1, shares, gross, withheld: 0 };
    let rows = vec![
        cash(0, 1_200_000_000, 849_600, 203_904),
        kind(0, 1_200_000_000, 150_000_000),
        cash(1, 370_000, 262, 0),
        kind(1, 370_000, 46_250),
        cash(2, 45_500_000, 32_214, 0),
        kind(2, 45_500_000, 5_687_500),
    ];
    let outcome = DividendOutcome {
        earlier_quarters: 0,
        common_cash: 0,
        carried: crate::model::carry::Carry::default(),
        carry: crate::model::carry::Carry::default(),
        date: d("2006-06-15"),
        pay_date: d("2006-06-16"),
        record_date: d("2006-05-31"),
        funds: None,
        multiple: MultipleOutcome {
            value: whole(150),
            adjustments: vec![AdjustmentStep {
                date: d("2006-05-01"),
                kind: "subdivision",
                factor: r("1.5"),
                before: whole(100),
                after: whole(150),
                passed_over: None,
            }],
        },
        accrual: AccrualStarts(vec![
            AccrualStart { issue_date: d("2005-12-15"), start: d("2005-12-15"), why: "2(c): issued on a quarter date" },
            AccrualStart {
                issue_date: d("2006-05-30"),
                start: d("2006-06-15"),
                why: "2(c): issued after the record date",
            },
            AccrualStart { issue_date: d("2006-06-15"), start: d("2006-06-15"), why: "2(c): issued on a quarter date" },
        ]),
        cohorts: vec![cohort],
        classes: Vec::new(),
        common: Vec::new(),
        assets: vec![AssetDelivery { name: "Warrants".into(), fair_value: None, delivered: 155_733_750 }],
        rows,
        apportionments: vec![Apportionment {
            what: "Series A".into(),
            sum: 882_076,
            holdings: 3,
            left_over: 0,
            by_tie_rule: 0,
        }],
        totals: DividendTotals {
            due: 882_076,
            gross: 882_076,
            withheld: 203_904,
            net: 678_172,
            unpaid: 0,
            not_distributed: 0,
        },
        default_period: DefaultPeriod { quarters_in_arrears: whole(0), since: None, steps: Vec::new() },
        restrictions: Vec::new(),
        arrears: Vec::new(),
        payments: Vec::new(),
        declarations: Vec::new(),
        history: vec![
            QuarterState { quarter: d("2006-03-15"), quarters_in_arrears: r("1.5"), unpaid_per_share: r("3.2") },
            QuarterState { quarter: d("2006-06-15"), quarters_in_arrears: whole(0), unpaid_per_share: whole(0) },
        ],
        readings: vec![ReadingEffect {
            reading: "cash_dividends",
            value: "exclude",
            instead_of: 882_076,
            other: OtherRun::Pays { total: 0, rows: 3 },
        }],
        warnings: vec![Problem::warning(
            "declarations.series_a_declared_date.missing",
            Place { file: Some("small.xlsx".into()), sheet: Some("declarations".into()), cell: Some("F3".into()) },
            "The dividend of 2006-05-20 has no matching Series A declaration.",
            "Have the Board declare it (2(b)).",
        )],
        acknowledged: vec!["4(a)(i)".into()],
    };
    (case, outcome)
}

/// What the tests' runs were read from.
pub(crate) fn inputs() -> Vec<Input> {
    vec![Input { path: "sample.xlsx".into(), size: 12_345, sha256: "ab".repeat(32) }]
}

/// A run's information.
pub(crate) fn run<'a>(command: &'static str, warnings: &'a [Problem], inputs: &'a [Input]) -> RunInfo<'a> {
    RunInfo { command, warnings, inputs }
}
