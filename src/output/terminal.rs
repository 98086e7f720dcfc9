//! What happened, in a few lines that a person understands.

use super::instructions::Payout;
use crate::model::{Case, ClassIx, iso};
use crate::outcome::{
    ActionsOutcome, Breakeven, CaptableOutcome, ClassVotes, DividendOutcome, ExchangeOutcome, LiquidationOutcome,
    SeatStatus, VoteOutcome,
};
use crate::output::xlsx::scenarios::in_words;
use crate::quantity::{
    Midpoint, Ratio, Units, fixed, fraction, plain, scaled_plain, shares_ratio, terminating, units_up, whole,
};
use crate::text::{grouped, money, plural};
use std::collections::BTreeMap;

struct Page<'a> {
    case: &'a Case,
    lines: Vec<String>,
}

impl<'a> Page<'a> {
    fn new(case: &'a Case, title: &str) -> Self {
        let company = if case.terms.company.is_empty() { &case.name } else { &case.terms.company };
        Self { case, lines: vec![format!("{company}: {title}")] }
    }

    fn money(&self, units: Units) -> String {
        money(units, self.case.terms.currency_decimals)
    }

    fn line(&mut self, text: impl Into<String>) {
        self.lines.push(format!("  {}", text.into()));
    }

    /// What of the run's payments waits, and why.
    fn held(&mut self, payout: &Payout) {
        let Payout { held, held_amount, small, small_amount, .. } = *payout;
        let mut waits = |count: usize, amount: Units, why: &str| {
            if count > 0 {
                let (payments, amount) = (plural(count, "payment"), self.money(amount));
                self.line(format!("Held: {payments}, {amount} {}; {why}", self.case.terms.currency));
            }
        };
        let why = "on hold, or account details missing (payment-instructions.csv)";
        waits(held - small, held_amount - small_amount, why);
        waits(small, small_amount, "below the minimum, and added by the next run (carried_payments.csv)");
    }

    /// Class names to the left, figures to the right, in columns; at most six, the rest counted.
    fn table(&mut self, rows: &[(String, String)]) {
        const MOST: usize = 6;
        let wide = |text: &str| text.chars().count();
        let left = rows.iter().map(|(name, _)| wide(name)).max().unwrap_or(0);
        let right = rows.iter().map(|(_, figure)| wide(figure)).max().unwrap_or(0);
        for (name, figure) in rows.iter().take(MOST) {
            let gap = " ".repeat(left - wide(name) + 2 + right - wide(figure));
            self.lines.push(format!("  {name}{gap}{figure}"));
        }
        if rows.len() > MOST {
            self.line(format!("… and {} more, in summary.xlsx", rows.len() - MOST));
        }
    }

    fn by_class(&mut self, amounts: impl Iterator<Item = (ClassIx, Units)>) {
        let name = |class: ClassIx| self.case.classes.get(class).name.clone();
        let rows: Vec<_> =
            by_class(amounts).into_iter().map(|(class, units)| (name(class), self.money(units))).collect();
        self.table(&rows);
    }
}

/// What each class comes to, in class order.
pub(crate) fn by_class(amounts: impl Iterator<Item = (ClassIx, Units)>) -> Vec<(ClassIx, Units)> {
    let mut sums: BTreeMap<ClassIx, Units> = BTreeMap::new();
    for (class, units) in amounts {
        *sums.entry(class).or_insert(0) += units;
    }
    sums.into_iter().collect()
}

pub(crate) fn dividend(case: &Case, outcome: &DividendOutcome, payout: &Payout) -> Vec<String> {
    let currency = &case.terms.currency;
    let mut page =
        Page::new(case, &format!("dividend of {}, holders of record {}", iso(outcome.date), iso(outcome.record_date)));
    page.by_class(outcome.rows.iter().filter(|r| r.is_cash()).map(|r| (r.class, r.gross)));
    let t = &outcome.totals;
    let (gross, withheld, net) = (page.money(t.gross), page.money(t.withheld), page.money(t.net));
    page.line(format!(
        "Paid {gross} {currency} gross, {withheld} withheld, {net} net, to {}",
        plural(payout.payments, "holder")
    ));
    if outcome.earlier_quarters != 0 {
        page.line(format!("Of which {} {currency} from earlier quarters", page.money(outcome.earlier_quarters)));
    }
    for asset in &outcome.assets {
        let quantity = grouped(&scaled_plain(asset.delivered, crate::quantity::SHARE_DECIMALS));
        page.line(format!("Delivered {quantity} {}", asset.name));
    }
    if t.unpaid != 0 || t.not_distributed != 0 {
        page.line(format!(
            "Unpaid {} of {} due; not distributed {}",
            page.money(t.unpaid),
            page.money(t.due),
            page.money(t.not_distributed)
        ));
    }
    let e = &outcome.default_period;
    let behind = plain(&e.quarters_in_arrears, 2);
    match e.since {
        Some(since) => page
            .line(format!("Default period since {} (§3(c)(i)); {behind} quarterly dividends in arrears", iso(since))),
        None if behind != "0" => {
            page.line(format!("Series A is {behind} quarterly dividends in arrears; no default period runs"));
        }
        None => {}
    }
    page.held(payout);
    page.lines
}

/// What to do with a run that pays, whose folder and case are at these paths.
pub(crate) fn to_pay(payout: &Payout, folder: &str, case: &str) -> Option<String> {
    (payout.ready > 0).then(|| {
        format!(
            "To pay (or --as nacha, --as checks): ratable pay {folder} --case {case} --as pain.001 --out payments.xml"
        )
    })
}

/// How the next quarter goes on from a dividend run.
pub(crate) fn next_quarter(
    case: &Case,
    outcome: &DividendOutcome,
    payout: &Payout,
    folder: &str,
    path: &str,
) -> [String; 2] {
    let has_table = case.after.is_none() && case.carried_payments.of.is_some();
    let carried = match (payout.small > 0, has_table) {
        (true, false) => ", and keep carried_payments.csv as its table carried_payments",
        (true, true) => ", and put carried_payments.csv in the place of its table carried_payments",
        (false, true) => ", and take its table carried_payments away: it is in this run's payments",
        (false, false) => "",
    };
    // A class that compounds is paid on the dates on which it does alone; those of the rarest are the others' too.
    let quarters = &case.terms.quarter_dates;
    let held = outcome.classes.iter().filter(|class| class.shares > 0);
    let mut rates = held.filter_map(|class| case.classes.get(class.class).rate.as_ref()).peekable();
    let kept = if rates.peek().is_some() {
        // Payments on a class with a rate have no rows in `payments`.
        "put arrears.csv and carry.csv in the place of its tables arrears and carry"
    } else {
        "add the rows of payments.csv to its table payments"
    };
    let next = rates.filter_map(|rate| rate.compounding.next(quarters, outcome.date)).max();
    let next = iso(next.unwrap_or_else(|| quarters.after(outcome.date)));
    [
        format!("Next quarter: ratable dividend {path} --date {next} --after {folder}"),
        format!("  Where the case keeps a history instead, {kept}{carried}."),
    ]
}

pub(crate) fn liquidation(case: &Case, outcome: &LiquidationOutcome, payout: &Payout) -> Vec<String> {
    let currency = &case.terms.currency;
    let mut page = Page::new(case, &format!("liquidation distribution of {}", iso(outcome.date)));
    if let Some(distribution) = &outcome.distribution {
        page.by_class(distribution.rows.iter().map(|r| (r.class, r.total)));
        let t = &distribution.totals;
        let (distributed, proceeds) = (page.money(t.distributed), page.money(t.proceeds));
        page.line(format!(
            "Distributed {distributed} of {proceeds} {currency} to {}",
            plural(payout.payments, "holder")
        ));
        if distribution.prior > 0 {
            page.line(format!("After {} in earlier installments", page.money(distribution.prior)));
        }
        if t.undistributed != 0 {
            page.line(format!("Undistributed: {} that nobody is entitled to", page.money(t.undistributed)));
        }
        page.held(payout);
    }
    let points = outcome.breakpoints.iter();
    let at = |value: &Ratio| grouped(&fixed(value, case.terms.currency_decimals, Midpoint::HalfUp));
    let points: Vec<(String, String)> = points.map(|b| (at(&b.at), in_words(case, b))).collect();
    if !points.is_empty() {
        page.line("What changes as the sum rises");
        let width = points.iter().map(|(at, _)| at.len()).max().unwrap_or(0);
        for (at, what) in &points {
            page.line(format!("  {at:>width$}  {what}"));
        }
    }
    if let Some(breakeven) = &outcome.breakeven {
        let Breakeven { holder, amount, at } = breakeven;
        let gets = format!("{holder} gets {} {currency}", page.money(*amount));
        page.line(match at {
            Some(at) => {
                let up = page.money(units_up(at, case.terms.currency_decimals));
                format!("{gets} at {up} {currency}, exactly {}", terminating(at).unwrap_or_else(|| fraction(at)))
            }
            None => format!("{gets} at no sum"),
        });
    }
    let sums = outcome.scenarios.sums.len();
    if sums > 0 {
        page.line(format!("{} scenarios in scenarios.csv and scenarios.xlsx", grouped(&sums.to_string())));
    }
    page.lines
}

/// How many holders get something in an exchange; its rows come in their order.
pub(super) fn exchanging(outcome: &ExchangeOutcome) -> String {
    plural(outcome.rows.chunk_by(|a, b| a.holder == b.holder).count(), "holder")
}

pub(crate) fn exchange(case: &Case, outcome: &ExchangeOutcome, payout: &Payout) -> Vec<String> {
    let mut page = Page::new(case, &format!("exchange of {} (§7)", iso(outcome.date)));
    for component in &outcome.components {
        let name = component.asset.as_ref().unwrap_or(&case.terms.currency);
        page.line(format!(
            "{name}: {} per Common share, {} per Series A share ({} times)",
            plain(&component.per_common_share, 12),
            plain(&component.per_series_a_share, 12),
            fraction(&outcome.multiple.value)
        ));
    }
    let gross = page.money(outcome.gross);
    page.line(format!("Cash {gross} {} in all, for {}", case.terms.currency, exchanging(outcome)));
    page.held(payout);
    page.lines
}

pub(crate) fn vote(case: &Case, outcome: &VoteOutcome) -> Vec<String> {
    let mut page = Page::new(case, &format!("votes on the record date {}", iso(outcome.date)));
    let votes = |class: &ClassVotes| {
        let votes = shares_ratio(class.voting_shares) * &outcome.votes_per_share[usize::from(class.class)];
        (case.classes.get(class.class).name.clone(), format!("{} votes", grouped(&plain(&votes, 6))))
    };
    let rows: Vec<(String, String)> = outcome.shares.iter().map(votes).collect();
    page.table(&rows);
    match outcome.default_period.since {
        Some(since) => {
            page.line(format!("A default period runs since {}: the preferred elect directors (§3(c)(i))", iso(since)));
        }
        None => page.line("No default period runs"),
    }
    let decided = outcome.tallies.iter().filter(|t| ["passes", "elected", "tie"].contains(&t.outcome));
    let mut said: Vec<String> = decided
        .map(|t| format!("{}: {} {}", t.matter, if t.outcome == "passes" { "amendment" } else { &t.choice }, t.outcome))
        .collect();
    said.dedup();
    for line in said.into_iter().take(4) {
        page.line(line);
    }
    let invalid = outcome.meetings.iter().filter(|m| !m.valid).count();
    if !outcome.meetings.is_empty() {
        page.line(format!("{} meetings, {invalid} of them invalid (meetings.csv)", outcome.meetings.len()));
    }
    if let Some(board) = &outcome.board {
        let vacant = board.rows.iter().filter(|row| row.status == SeatStatus::Vacant).count();
        let fixed = if board.frozen { ", their number fixed by §3(c)(ii)" } else { "" };
        let vacancies = if vacant == 1 { "1 vacancy".to_owned() } else { format!("{vacant} vacancies") };
        page.line(format!("{} in office{fixed}, {vacancies} (board.csv)", plural(board.in_office, "director")));
    }
    page.lines
}

pub(crate) fn actions(case: &Case, outcome: &ActionsOutcome) -> Vec<String> {
    let mut page = Page::new(case, "planned corporate actions");
    let prohibited: Vec<_> = outcome.verdicts.iter().filter(|v| !v.allowed).collect();
    page.line(format!("{} allowed, {} prohibited", outcome.verdicts.len() - prohibited.len(), prohibited.len()));
    for verdict in prohibited.iter().take(6) {
        let clauses = verdict.clauses.join(", ");
        page.line(format!(
            "row {}, {} {}: prohibited by §{clauses}: {}",
            verdict.row,
            iso(verdict.date),
            verdict.action,
            verdict.reason
        ));
    }
    if prohibited.len() > 6 {
        page.line(format!("… and {} more, in actions.csv", prohibited.len() - 6));
    }
    page.lines
}

pub(crate) fn captable(case: &Case, outcome: &CaptableOutcome) -> Vec<String> {
    let mut page = Page::new(case, &format!("cap table of {}", iso(outcome.date)));
    let row = |r: &crate::outcome::CaptableRow| {
        let shares = grouped(&plain(&shares_ratio(r.outstanding), 6));
        let [votes, diluted] =
            [&r.vote_percent, &r.fully_diluted_percent].map(|percent| fixed(percent, 2, Midpoint::HalfUp));
        let name = case.classes.get(r.class).name.clone();
        (name, format!("{shares} shares, {votes} % of votes, {diluted} % fully diluted"))
    };
    let rows: Vec<(String, String)> = outcome.rows.iter().map(row).collect();
    page.table(&rows);
    let diluted = outcome.rows.iter().fold(whole(0), |sum, row| sum + &row.fully_diluted);
    let [shares, diluted] = [shares_ratio(outcome.shares), diluted].map(|shares| grouped(&plain(&shares, 6)));
    page.line(format!("In all {shares} shares, {diluted} fully diluted"));
    page.lines
}
