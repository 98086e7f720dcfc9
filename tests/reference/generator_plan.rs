//! The generator's second half: the tables that depend on results (payments, arrears, proceeds,
//! consideration, actions, meetings, ballots), and the command lines.

use super::case::{CASH, Case, Payment, Ranking, SERIES_A};
use super::date::Date;
use super::generator::{Days, Tables, read, row, table};
use super::number::{Q, fixed, floor, int, parse, plain, unit};
use super::random::Random;
use num_traits::Zero;
use std::path::Path;

const SETS: &[&str] = &[
    "reading.cash_dividends=exclude",
    "reading.cash_dividends=include",
    "reading.split_timing=at-payment",
    "reading.split_timing=at-declaration",
    "reading.midpoint=half-even",
    "reading.first_period=uniform",
    "reading.first_period=per-lot",
    "reading.partial_payment=proportional",
    "reading.partial_payment=equal-capped",
    "reading.in_kind=cash-equivalent",
    "reading.in_kind=in-kind",
    "reading.six_quarters=count-unpaid",
    "reading.common_adjustment=highest",
    "reading.common_adjustment=base",
    "reading.common_adjustment=mean",
    "reading.stub=exclude",
    "reading.fractions=cash-in-lieu",
    "reading.fractions=keep",
    "liquidation_shape=greater-of",
    "default_quarters=1",
    "minimum_quarterly_dividend=0.25",
    "class_quorum=0.01",
];

/// Makes the rest of the case, and its command lines.
pub fn finish(random: &mut Random, tables: &mut Tables, days: &Days, anchor: Date, dir: &Path) -> Vec<Vec<String>> {
    table(tables, "payments", "date,amount,quarter,asset,status");
    table(
        tables,
        "arrears",
        "as_of,default_since,accrual_start,quarter,asset,dividend_per_share,paid_per_share,set_apart",
    );
    table(tables, "proceeds", "date,amount");
    table(tables, "consideration", "component,amount,fair_value");
    table(tables, "actions", "date,action,class,amount,entitled,series_a_amount,offer_to_all,in_exchange_for");
    let columns = "kind,requested_date,requesting_shares,ordered_by_board,called_date,meeting_date,next_annual_meeting,right_exercised,vacancies,preferred_shares_present";
    table(tables, "meetings", columns);
    table(tables, "ballots", "matter,kind,holder_id,class,choice,shares");
    consideration(random, tables);
    let first_proceeds = proceeds(random, tables, days, anchor, dir);
    let Some(case) = read(tables, dir) else {
        return commands(random, &Case::default(), days, anchor, anchor, first_proceeds);
    };
    let case = payments(random, tables, case, days, anchor);
    let case = arrears(random, tables, case, days, dir);
    let vote_day = if random.chance(60) { days.quarter(random) } else { days.any(random) };
    let earliest = case.term_date("register_date").max(case.arrears.first().map(|row| row.as_of));
    let vote_day = if random.chance(90) { vote_day.max(earliest.unwrap_or(vote_day)) } else { vote_day };
    actions(random, tables, &case, days);
    meetings(random, tables, &case, days, vote_day);
    ballots(random, tables, &case, vote_day);
    commands(random, &case, days, anchor, vote_day, first_proceeds)
}

fn currency(tables: &Tables) -> String {
    let given = tables["terms"].iter().find(|row| row[0] == "currency");
    given.map_or_else(|| "USD".into(), |row| row[1].clone())
}

fn consideration(random: &mut Random, tables: &mut Tables) {
    let currency = currency(tables);
    if random.chance(75) {
        let amount = format!("{}.{:06}", random.between(0, 30), random.between(0, 999_999));
        row(tables, "consideration", &[&currency, &amount, ""]);
    }
    for asset in ["Acquirer", "Warrant", "CVR"] {
        if random.chance(35) {
            let value = random.text_or_blank(12, &["19", "26.50", "0.333333", "89.3504"]);
            let amount = format!("{}.{:04}", random.between(0, 2), random.between(1, 9999));
            row(tables, "consideration", &[asset, &amount, &value]);
        }
    }
    if random.chance(12) {
        row(tables, "consideration", &[&currency, "0.333", ""]);
    }
}

/// An amount of money with the currency's decimals: tiny, middling or huge.
fn money(random: &mut Random, decimals: u32) -> String {
    let whole = match random.between(1, 5) {
        1 => random.between(0, 9),
        2 => random.between(0, 999),
        3 => random.between(0, 99_999),
        4 => random.between(0, 9_999_999),
        _ => random.between(0, 99_999_999_999),
    };
    if decimals == 0 {
        return whole.to_string();
    }
    random.decimal(0, decimals as usize).replacen('0', &whole.to_string(), 1)
}

/// Rows of proceeds: mostly after the last issue, retirement and adjustment. Their first day.
fn proceeds(random: &mut Random, tables: &mut Tables, days: &Days, anchor: Date, dir: &Path) -> Option<Date> {
    let case = read(tables, dir).unwrap_or_default();
    let decimals = if case.terms.is_empty() { 2 } else { case.decimals() };
    let lots = case.lots.iter().flat_map(|lot| [lot.issued, lot.retired]).flatten();
    let settled = lots.chain(case.adjustments.iter().map(|adjustment| adjustment.effective)).max();
    let accrued = case.classes.iter().any(|class| !class.accrued_dividends.is_zero());
    let mut first = None;
    for number in 0..*random.pick(&[0, 1, 1, 2, 3]) {
        let day = if number == 0 && accrued && random.chance(60) {
            anchor
        } else if random.chance(80) {
            let settled = settled.unwrap_or(days.first);
            let late = random.day(settled, settled.plus(150));
            if accrued { late.min(anchor) } else { late }
        } else {
            days.any(random)
        };
        row(tables, "proceeds", &[&day.to_string(), &money(random, decimals)]);
        first = Some(first.map_or(day, |first: Date| first.min(day)));
    }
    first
}

/// A payment history: quarter by quarter, whatever the rules allow.
fn payments(random: &mut Random, tables: &mut Tables, mut case: Case, days: &Days, anchor: Date) -> Case {
    let paid_percent = *random.pick(&[0, 20, 50, 80, 100]);
    let last = days.last.plus(40);
    let mut when = days.quarters.clone();
    when.push(days.any(random));
    when.sort_unstable();
    for day in when {
        // What is paid as of the run's own day stands in the way of --funds: not too often.
        if !random.chance(paid_percent) || (day == anchor && random.chance(70)) {
            continue;
        }
        let quarter_day = days.quarters.contains(&day);
        let (date, quarter) = match random.between(1, 6) {
            _ if !quarter_day => (day, None),
            1 => (day.plus(random.between(1, 6)), None),
            2 => (day.plus(random.between(0, 40)), Some(day)),
            3 => (day, None),
            _ => (day, Some(day)),
        };
        let Ok(ledger) = case.replay(day, day.plus(-1)) else { continue };
        let full = case.full_total(&ledger, day);
        let smallest = unit(case.decimals());
        let amount = match random.between(1, 12) {
            1..=4 => None,
            5 => Some(full.clone()),
            6 => Some((&full - &smallest).max(Q::zero())),
            7 => Some(Q::zero()),
            8 => Some(&full + &smallest),
            9 => Some(smallest.clone()),
            _ => Some(floor(&(&full * Q::new(random.between(1, 99).into(), 100.into())), case.decimals())),
        };
        let set_apart = amount.is_none() && random.chance(30);
        let payment = Payment { date, amount, quarter, asset: CASH.into(), set_apart };
        keep(tables, &mut case, payment, last, random);
        for asset in ledger.assets() {
            if random.chance(40) {
                let payment = Payment { date, amount: None, quarter, asset, set_apart: false };
                keep(tables, &mut case, payment, last, random);
            }
        }
        if random.chance(6) {
            let payment = Payment { date, amount: Some(smallest), quarter, asset: CASH.into(), set_apart: false };
            keep(tables, &mut case, payment, last, random);
        }
    }
    case
}

/// Adds a payment, unless the ledger then has a problem.
fn keep(tables: &mut Tables, case: &mut Case, payment: Payment, last: Date, random: &mut Random) {
    case.payments.push(payment.clone());
    let day = case.as_of(&payment);
    let sound = case.replay(day.max(last), day.max(last)).is_ok();
    if !sound && random.chance(98) {
        case.payments.pop();
        return;
    }
    let amount = payment.amount.map_or_else(|| "full".to_string(), |amount| fixed(&amount, case.decimals()));
    let asset = match payment.asset.as_str() {
        CASH => random.text(&["", &currency(tables)]),
        asset => asset.into(),
    };
    let status = if payment.set_apart { "set-apart".to_string() } else { random.text(&["paid", "paid", "paid", ""]) };
    let quarter = payment.quarter.map_or_else(String::new, |quarter| quarter.to_string());
    row(tables, "payments", &[&payment.date.to_string(), &amount, &quarter, &asset, &status]);
}

/// Sometimes the ledger comes from a table that an earlier run wrote.
fn arrears(random: &mut Random, tables: &mut Tables, case: Case, days: &Days, dir: &Path) -> Case {
    if !random.chance(22) {
        return case;
    }
    let day = if random.chance(85) { days.quarter(random) } else { days.any(random) };
    let mut argv: Vec<String> =
        ["dividend", "--date", &day.to_string(), "--acknowledge", "4(a)(i)"].map(String::from).to_vec();
    let without_accrued = tables["classes"].clone();
    for cells in tables.get_mut("classes").expect("a table").iter_mut().skip(1) {
        cells[6] = String::new();
    }
    super::generator::write(tables, dir);
    tables.insert("classes", without_accrued);
    let all = super::run(dir, &argv);
    if random.chance(80) && all.exit == 0 {
        argv.extend(["--funds".to_string(), share_of(random, &all.totals["due"], case.decimals())]);
    }
    let run = super::run(dir, &argv);
    let Some(rows) = run.files.get("arrears.csv").filter(|rows| rows.len() > 1) else { return case };
    tables.insert("arrears", rows.clone());
    // The table holds what was paid as of its day; the rows of payments may stay or go.
    if random.chance(60) {
        let before =
            |cells: &Vec<String>| cells[0] == "date" || Date::parse(&cells[0]).is_some_and(|date| date > day.plus(6));
        tables.get_mut("payments").expect("a table").retain(before);
    }
    match read(tables, dir) {
        Some(read) if read.replay(days.last.plus(40), days.last.plus(40)).is_ok() => read,
        _ => {
            // Later payments no longer fit: without them.
            tables.get_mut("payments").expect("a table").truncate(1);
            read(tables, dir).unwrap_or(case)
        }
    }
}

/// A part of a sum: nothing, a unit, a fraction, one unit less, all of it, more.
fn share_of(random: &mut Random, due: &str, decimals: u32) -> String {
    let due = parse(due).expect("a sum");
    let smallest = unit(decimals);
    let part = match random.between(1, 12) {
        1 => Q::zero(),
        2 => smallest,
        3 => &due / int(100),
        4 => &due / int(3),
        5 => &due / int(2),
        6 => &due * Q::new(9.into(), 10.into()),
        7 => &due - smallest,
        8 => due.clone(),
        9 => &due + smallest,
        10 => &due * int(2),
        _ => &due * Q::new(random.between(1, 999).into(), 1000.into()),
    };
    fixed(&floor(&part.max(Q::zero()), decimals), decimals)
}

fn actions(random: &mut Random, tables: &mut Tables, case: &Case, days: &Days) {
    let mut subjects = vec![SERIES_A.to_string(), "common".into()];
    subjects.extend(case.classes.iter().map(|class| class.id.clone()));
    let earliest = case.arrears.first().map_or(days.first, |row| row.as_of);
    for _ in 0..random.between(0, 9) {
        let day = if random.chance(98) { days.any_from(random, earliest) } else { days.any(random) };
        let action = random.text(&[
            "junior-dividend",
            "junior-stock-dividend",
            "junior-acquisition",
            "parity-dividend",
            "parity-dividend",
            "parity-acquisition",
            "series-a-acquisition",
            "subsidiary-acquisition",
            "series-a-redemption",
            "series-a-reissue",
        ]);
        let day_text = day.to_string();
        let to_all = random.text_or_blank(40, &["yes", "no"]);
        let exchange = random.text_or_blank(40, &["junior-stock", "cash"]);
        if action != "parity-dividend" {
            let class = if action == "subsidiary-acquisition" { random.pick(&subjects).clone() } else { String::new() };
            row(tables, "actions", &[&day_text, &action, &class, "", "", "", &to_all, &exchange]);
            continue;
        }
        // Paid ratably, or nearly so.
        let Ok(ledger) = case.replay(day, day) else { continue };
        let due: Q = case.cohort_shares(day).iter().map(|(start, n)| n * ledger.unpaid(*start, day, CASH)).sum();
        let percent = *random.pick(&[1, 25, 50, 100]);
        for class in case.classes.iter().filter(|class| class.dividend_ranking == Ranking::Parity) {
            if random.chance(12) {
                continue;
            }
            let entitled = *random.pick(&[1000, 31_500, 777]);
            let amount = int(entitled) * Q::new(percent.into(), 100.into());
            let series_a = case.round(&(&due * &amount / int(entitled)));
            let off = unit(case.decimals()) * int(*random.pick(&[0, 0, 0, 0, 1, 2, 10]));
            let amount = if random.chance(4) { String::new() } else { plain(&amount, case.decimals()) };
            let series_a = fixed(&(series_a + off), case.decimals());
            let entitled = entitled.to_string();
            row(tables, "actions", &[&day_text, &action, &class.id, &amount, &entitled, &series_a, "", ""]);
        }
    }
}

/// The preferred shares outstanding.
fn preferred(case: &Case, day: Date) -> Q {
    case.lots_on(day).iter().filter(|lot| lot.class != "common").map(|lot| lot.shares.clone()).sum()
}

fn meetings(random: &mut Random, tables: &mut Tables, case: &Case, days: &Days, vote_day: Date) {
    let all = preferred(case, vote_day);
    let near = |random: &mut Random, exact: Q| {
        let down = floor(&exact, 6);
        let value = match random.between(1, 6) {
            1 => down,
            2 => (down - unit(6)).max(Q::zero()),
            3 => down + unit(6),
            4 => Q::zero(),
            _ => int(99_999),
        };
        plain(&value, 6)
    };
    for _ in 0..random.between(0, 5) {
        let present =
            if random.chance(60) { String::new() } else { near(random, &all * case.term_number("class_quorum")) };
        let requested = days.any(random);
        if random.chance(35) {
            let day = requested.to_string();
            row(tables, "meetings", &["annual", "", "", "", "", &day, "", "", "", &present]);
            continue;
        }
        let called = requested.plus(*random.pick(&[0, 1, 5, 12, 15, 59, 60, 61, 75]));
        let held = requested.plus(*random.pick(&[18, 19, 20, 21, 40, 59, 60, 61, 80])).max(called.plus(1));
        let annual = called.plus(*random.pick(&[0, 1, 30, 59, 60, 61, 200]));
        row(
            tables,
            "meetings",
            &[
                "special",
                &requested.to_string(),
                &if random.chance(25) { String::new() } else { near(random, &all / int(10)) },
                &random.text_or_blank(40, &["yes", "no"]),
                &called.to_string(),
                &held.to_string(),
                &if random.chance(50) { String::new() } else { annual.to_string() },
                &random.text_or_blank(50, &["yes", "no", "no"]),
                &random.text_or_blank(30, &["0", "1", "2"]),
                &present,
            ],
        );
    }
}

fn ballots(random: &mut Random, tables: &mut Tables, case: &Case, vote_day: Date) {
    let holdings = case.holdings_on(vote_day);
    let seats = case.term("default_directors").parse().unwrap_or(2);
    for number in 0..random.between(0, 4) {
        let matter = format!("{} {number}", random.text(&["Matter", "=Matter", "Über"]));
        let kind = random.text(&["joint", "amendment", "directors", "directors"]);
        let turnout = *random.pick(&[15, 50, 85, 100]);
        for holding in &holdings {
            let may = match kind.as_str() {
                "joint" => true,
                "amendment" => holding.class == SERIES_A,
                _ => holding.class != "common",
            };
            if !may || !random.chance(turnout) {
                continue;
            }
            let mut ballot = |choice: &str, shares: &str| {
                row(tables, "ballots", &[&matter, &kind, &holding.holder_id, &holding.class, choice, shares]);
            };
            if kind == "directors" {
                let mut nominees = vec!["Ann", "Bob", "Cyd", "Dee"];
                random.shuffle(&mut nominees);
                for nominee in nominees.iter().take(usize::try_from(random.between(1, seats)).expect("a count")) {
                    let part = plain(&floor(&(&holding.shares / int(2)), 6).max(unit(6)), 6);
                    ballot(nominee, if random.chance(15) { &part } else { "" });
                }
            } else if random.chance(15) && holding.shares > unit(5) {
                let part = floor(&(&holding.shares / int(3)), 6);
                ballot("for", &plain(&part, 6));
                ballot("against", &plain(&(&holding.shares - &part), 6));
            } else {
                ballot(&random.text(&["for", "for", "against", "abstain"]), "");
            }
        }
    }
}

/// Five to ten command lines.
fn commands(
    random: &mut Random,
    case: &Case,
    days: &Days,
    anchor: Date,
    vote_day: Date,
    first_proceeds: Option<Date>,
) -> Vec<Vec<String>> {
    let mut lines = Vec::new();
    let decimals = if case.terms.is_empty() { 2 } else { case.decimals() };
    let mut add = |random: &mut Random, parts: &[&str]| {
        let mut line: Vec<String> = parts.iter().map(|part| (*part).to_string()).collect();
        if random.chance(15) && !parts.contains(&"actions") {
            line.extend(["--set".into(), random.text(SETS)]);
        }
        lines.push(line);
    };
    let accrued = case.classes.iter().any(|class| !class.accrued_dividends.is_zero());
    let bound = if accrued { 90 } else { 35 };
    // A register or an arrears table newer than the day is a problem: not too often.
    let snapshot = case.terms.get("register_date").and_then(|date| Date::parse(date));
    let earliest = snapshot.max(case.arrears.first().map(|row| row.as_of)).unwrap_or(days.first);
    let some_day = |random: &mut Random, quarter: bool| {
        for _ in 0..8 {
            let day = if random.chance(bound) {
                anchor
            } else if quarter && random.chance(85) {
                days.quarter(random)
            } else {
                days.any(random)
            };
            if day >= earliest || random.chance(4) {
                return day;
            }
        }
        days.last
    };
    // Dividends: in full, and with sums around what is due.
    for _ in 0..random.between(2, 4) {
        let day = some_day(random, true);
        let date = day.to_string();
        let mut parts = vec!["dividend", "--date", &date];
        let all = case.terms.contains_key("company").then(|| case.dividend(day, None, day, &["4(a)(i)".into()]));
        let due = all.and_then(Result::ok).map_or_else(|| "600".to_string(), |outcome| outcome.totals["due"].clone());
        let funds = share_of(random, &due, decimals);
        let pay_date = day.plus(random.between(0, 4)).to_string();
        let stands = case.terms.contains_key("company") && case.payments_as_of(day).iter().any(|row| !row.set_apart);
        if random.chance(if stands { 8 } else { 70 }) {
            parts.extend(["--funds", &funds]);
        }
        if random.chance(40) {
            parts.extend(["--acknowledge", "4(a)(i)"]);
        }
        if random.chance(20) {
            parts.extend(["--pay-date", &pay_date]);
        }
        add(random, &parts);
    }
    // Liquidations: with the rows of proceeds, with a sum, with scenarios.
    for _ in 0..random.between(1, 3) {
        let mut day = some_day(random, false);
        if let Some(first) = first_proceeds.filter(|_| !accrued && random.chance(60)) {
            day = random.day(first, first.plus(120));
        }
        let from_table = case.proceeds.iter().map(|(day, _)| *day).max().filter(|_| random.chance(50));
        let date = from_table.unwrap_or(day).to_string();
        let sum = money(random, decimals);
        let mut parts = vec!["liquidate", "--date", &date];
        if from_table.is_none() || random.chance(15) {
            parts.extend(["--proceeds", &sum]);
        }
        let range = random.text(&["0:1000:125", "0:100000:12500", "0:10000000:1250000", "5:5:1", "0.01:0.1:0.03"]);
        if decimals > 1 && random.chance(20) {
            parts.extend(["--scenarios", &range]);
        }
        if random.chance(12) {
            parts.truncate(3);
        }
        add(random, &parts);
    }
    let day = some_day(random, false).to_string();
    if random.chance(70) {
        add(random, &["exchange", "--date", &day]);
    }
    if random.chance(80) {
        add(random, &["vote", "--date", &vote_day.to_string()]);
    }
    let day = some_day(random, false).to_string();
    if random.chance(70) {
        add(random, &["captable", "--date", &day]);
    }
    if random.chance(85) {
        add(random, &["actions"]);
    }
    lines.truncate(10);
    lines
}
