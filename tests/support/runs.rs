//! Runs of a case, in this process, shown as short texts to compare with.
//!
//! A holding is named by its holder for Series A, and `holder/class` for another class.

use super::Company;
use ratable::internals::Problem;
use ratable::internals::model::Case;
use ratable::internals::model::{Date, iso, parse_iso};
use ratable::internals::model::{
    Midpoint, Ratio, Units, fixed, fraction, parse_decimal, plain, scaled_fixed, scaled_plain, shares_ratio,
    terminating, units_from_ratio,
};
use ratable::internals::runs::DividendPlan;
use ratable::internals::runs::ExchangeOutcome;
use ratable::internals::runs::LiquidationPlan;
use ratable::internals::runs::PaymentRow;
use ratable::internals::runs::{self, Refusal};
use ratable::internals::runs::{ActionsOutcome, CaptableOutcome, VoteOutcome};
use ratable::internals::runs::{CohortDividend, DividendOutcome};
use ratable::internals::runs::{LiquidationOutcome, LiquidationRow, Turn};

/// Decimals that show whether a figure is cut to the 12 that it should have.
const BEYOND: u32 = 18;

/// A run's outcome with the case it is of.
pub struct Run<T> {
    pub case: Case,
    pub outcome: T,
}

/// Why a run was refused: `3 register.shares.over-issue`, or `4 run.common.arrears` where the Certificate forbids it.
pub type Refused = String;

fn refused(refusal: Refusal) -> Refused {
    match refusal {
        Refusal::Problems(list) => {
            let codes: Vec<&str> = list.iter().map(|p| p.code.as_str()).collect();
            format!("3 {}", codes.join(", "))
        }
        Refusal::Forbidden(problem) => format!("4 {}", problem.code),
    }
}

/// A day as it is written.
pub fn day(text: &str) -> Date {
    parse_iso(text).unwrap_or_else(|| panic!("{text} is no date"))
}

fn units(case: &Case, amount: &str) -> Units {
    let value = parse_decimal(amount).unwrap_or_else(|| panic!("{amount} is no amount"));
    units_from_ratio(&value, case.terms.currency_decimals).unwrap_or_else(|| panic!("{amount} has too many decimals"))
}

fn codes(warnings: &[Problem]) -> String {
    warnings.iter().map(|p| p.code.as_str()).collect::<Vec<_>>().join(", ")
}

fn holding(case: &Case, holder: u32, class: u16) -> String {
    let (id, class) = (case.register.id(holder), &case.classes.get(class).id);
    if class == "series-a" { id.to_owned() } else { format!("{id}/{class}") }
}

impl Company {
    /// A dividend run that must succeed.
    pub fn dividend(&self, date: &str) -> Run<DividendOutcome> {
        self.try_dividend(date, "").unwrap_or_else(|refused| panic!("the dividend of {date} was refused: {refused}"))
    }

    /// A dividend run of a sum that must succeed.
    pub fn dividend_of(&self, date: &str, funds: &str) -> Run<DividendOutcome> {
        self.try_dividend(date, funds).unwrap_or_else(|refused| panic!("the dividend of {date} was refused: {refused}"))
    }

    /// A dividend run; without `funds` everything due is paid.
    pub fn try_dividend(&self, date: &str, funds: &str) -> Result<Run<DividendOutcome>, Refused> {
        self.dividend_plan(date, None, funds, &[])
    }

    /// A dividend run that pays on another day than its own.
    pub fn dividend_paid_on(&self, date: &str, pay_date: &str) -> Result<Run<DividendOutcome>, Refused> {
        self.dividend_plan(date, Some(pay_date), "", &[])
    }

    /// A dividend run in spite of clauses.
    pub fn dividend_in_spite_of(&self, date: &str, funds: &str, clauses: &[&str]) -> Run<DividendOutcome> {
        self.dividend_plan(date, None, funds, clauses).unwrap_or_else(|refused| panic!("refused: {refused}"))
    }

    fn dividend_plan(
        &self,
        date: &str,
        pay_date: Option<&str>,
        funds: &str,
        clauses: &[&str],
    ) -> Result<Run<DividendOutcome>, Refused> {
        let case = self.load();
        let plan = DividendPlan {
            date: day(date),
            pay_date: pay_date.map(day),
            funds: (!funds.is_empty()).then(|| units(&case, funds)),
            acknowledged: clauses.iter().map(|c| (*c).to_owned()).collect(),
        };
        runs::dividend::run(&case, &plan).map(|outcome| Run { outcome, case }).map_err(refused)
    }

    /// A liquidation that must succeed.
    pub fn liquidate(&self, date: &str, proceeds: &str) -> Run<LiquidationOutcome> {
        self.try_liquidate(date, proceeds).unwrap_or_else(|refused| panic!("the liquidation was refused: {refused}"))
    }

    /// A liquidation; without `proceeds` the rows of that date are distributed.
    pub fn try_liquidate(&self, date: &str, proceeds: &str) -> Result<Run<LiquidationOutcome>, Refused> {
        let case = self.load();
        let proceeds = (!proceeds.is_empty()).then(|| units(&case, proceeds));
        let plan = LiquidationPlan { date: day(date), proceeds, scenarios: Vec::new(), breakeven: None };
        runs::liquidation::run(&case, &plan).map(|outcome| Run { outcome, case }).map_err(refused)
    }

    /// The cells that a liquidation which is refused points to.
    pub fn liquidation_refused_at(&self, date: &str) -> Vec<String> {
        let plan = LiquidationPlan { date: day(date), proceeds: Some(100), scenarios: Vec::new(), breakeven: None };
        match runs::liquidation::run(&self.load(), &plan) {
            Err(Refusal::Problems(problems)) => problems.into_iter().filter_map(|p| p.place.cell).collect(),
            _ => panic!("not refused for problems"),
        }
    }

    /// Scenarios of these sums.
    pub fn scenarios(&self, date: &str, sums: &[&str]) -> Run<LiquidationOutcome> {
        let case = self.load();
        let scenarios = sums.iter().map(|sum| units(&case, sum)).collect();
        let plan = LiquidationPlan { date: day(date), proceeds: None, scenarios, breakeven: None };
        let outcome = runs::liquidation::run(&case, &plan).map_err(refused);
        Run { outcome: outcome.unwrap_or_else(|refused| panic!("refused: {refused}")), case }
    }

    /// An exchange that must succeed.
    pub fn exchange(&self, date: &str) -> Run<ExchangeOutcome> {
        self.try_exchange(date).unwrap_or_else(|refused| panic!("the exchange was refused: {refused}"))
    }

    /// An exchange.
    pub fn try_exchange(&self, date: &str) -> Result<Run<ExchangeOutcome>, Refused> {
        let case = self.load();
        runs::exchange::run(&case, day(date)).map(|outcome| Run { outcome, case }).map_err(refused)
    }

    /// A vote that must succeed.
    pub fn vote(&self, date: &str) -> Run<VoteOutcome> {
        self.try_vote(date).unwrap_or_else(|refused| panic!("the vote was refused: {refused}"))
    }

    /// A vote.
    pub fn try_vote(&self, date: &str) -> Result<Run<VoteOutcome>, Refused> {
        let case = self.load();
        runs::vote::run(&case, day(date)).map(|outcome| Run { outcome, case }).map_err(refused)
    }

    /// Verdicts on the planned actions.
    pub fn actions(&self) -> Run<ActionsOutcome> {
        let case = self.load();
        let outcome = runs::actions::run(&case).map_err(refused);
        Run { outcome: outcome.unwrap_or_else(|refused| panic!("the actions were refused: {refused}")), case }
    }

    /// The cap table, which must succeed.
    pub fn captable(&self, date: &str) -> Run<CaptableOutcome> {
        self.try_captable(date).unwrap_or_else(|refused| panic!("the cap table was refused: {refused}"))
    }

    /// The cap table.
    pub fn try_captable(&self, date: &str) -> Result<Run<CaptableOutcome>, Refused> {
        let case = self.load();
        runs::captable::run(&case, day(date)).map(|outcome| Run { outcome, case }).map_err(refused)
    }
}

/// The refusal of a run that must not succeed.
pub fn refusal<T>(run: Result<Run<T>, Refused>) -> Refused {
    match run {
        Ok(_) => "done".to_owned(),
        Err(refused) => refused,
    }
}

impl<T> Run<T> {
    fn money(&self, units: Units) -> String {
        scaled_fixed(units, self.case.terms.currency_decimals)
    }

    fn payments(&self, rows: &[PaymentRow], assets: &[&str], cash: bool) -> String {
        let shown = rows.iter().filter(|r| r.is_cash() == cash).map(|r| {
            let who = holding(&self.case, r.holder, r.class);
            match usize::from(r.asset).checked_sub(1) {
                None => format!("{who} {}", self.money(r.gross)),
                Some(at) => format!("{who} {} {}", scaled_plain(r.gross, 6), assets[at]),
            }
        });
        shown.collect::<Vec<_>>().join(", ")
    }
}

impl Run<DividendOutcome> {
    /// What holders carry on of payments in part: `A -0.006666666667`.
    pub fn carried(&self) -> Vec<String> {
        let list = self.outcome.carry.list().iter();
        list.map(|(holder, carried)| format!("{} {}", self.case.register.id(*holder), scaled_plain(*carried, 18)))
            .collect()
    }

    /// What every holding gets in cash, before withholding: `A 600.00, B 200.00, C/common 12.50`.
    pub fn cash(&self) -> String {
        self.payments(&self.outcome.rows, &[], true)
    }

    /// What every holding is delivered: `A 27 Tidewater, C/common 45 Tidewater`.
    pub fn in_kind(&self) -> String {
        let assets: Vec<&str> = self.outcome.assets.iter().map(|a| a.name.as_str()).collect();
        self.payments(&self.outcome.rows, &assets, false)
    }

    /// Tax withheld: `A 0.31`.
    pub fn withheld(&self) -> String {
        let cash = self.outcome.rows.iter().filter(|r| r.is_cash());
        let shown = cash.map(|r| format!("{} {}", holding(&self.case, r.holder, r.class), self.money(r.withheld)));
        shown.collect::<Vec<_>>().join(", ")
    }

    /// `due 9.00 gross 6.00 unpaid 3.00 not_distributed 0.00`.
    pub fn totals(&self) -> String {
        let t = &self.outcome.totals;
        let [due, gross, unpaid, over] = [t.due, t.gross, t.unpaid, t.not_distributed].map(|units| self.money(units));
        format!("due {due} gross {gross} unpaid {unpaid} not_distributed {over}")
    }

    /// Cash per share of every cohort: `2006-01-10: 1.5 + 3.5 = 5, paid 5`.
    pub fn cohorts(&self) -> Vec<String> {
        let p = |value: &Ratio| plain(value, BEYOND);
        let shown = self.outcome.cohorts.iter().map(|c| {
            let (start, brought, current) = (iso(c.accrual_start), p(&c.brought_forward), p(&c.current));
            format!("{start}: {brought} + {current} = {}, paid {}", p(&c.due), p(&c.paid))
        });
        shown.collect()
    }

    /// e after the run, and since when a default period runs: `2.5`, `6.5 since 2007-12-15`.
    pub fn in_arrears(&self) -> String {
        let e = &self.outcome.default_period;
        let since = e.since.map(|date| format!(" since {}", iso(date))).unwrap_or_default();
        format!("{}{since}", plain(&e.quarters_in_arrears, 12))
    }

    /// When dividends accrue on lots of each issue date: `2006-02-28 → 2005-12-15`.
    pub fn accrual(&self) -> Vec<String> {
        self.outcome.accrual.0.iter().map(|a| format!("{} → {}", iso(a.issue_date), iso(a.start))).collect()
    }

    /// Units of assets due per share of every cohort: `2005-12-15 0.3 Tidewater`.
    pub fn in_kind_per_share(&self) -> String {
        let assets = |c: &CohortDividend| {
            let each = c.in_kind.iter().map(|(at, amount)| (plain(amount, BEYOND), &self.outcome.assets[*at].name));
            each.map(|(amount, name)| format!("{} {amount} {name}", iso(c.accrual_start))).collect::<Vec<_>>()
        };
        self.outcome.cohorts.iter().flat_map(assets).collect::<Vec<_>>().join(", ")
    }

    /// The rows of `arrears.csv`: `2005-12-15 2006-03-15 5 paid 3.5`, with the asset, and `set apart` where it is.
    pub fn arrears(&self) -> Vec<String> {
        let shown = self.outcome.arrears.iter().map(|row| {
            let r = &row.entry;
            let asset = r.asset.as_deref().map(|a| format!("{a} ")).unwrap_or_default();
            let (due, paid) = (plain(&r.dividend, BEYOND), plain(&r.paid, BEYOND));
            let set_apart = if r.set_apart { " set apart" } else { "" };
            format!("{} {} {asset}{due} paid {paid}{set_apart}", iso(row.accrual_start), iso(r.quarter))
        });
        shown.collect()
    }

    /// The rows of `payments.csv`: `966.30, full Tidewater`.
    pub fn payments_out(&self) -> String {
        let shown = self.outcome.payments.iter().map(|p| {
            let amount = p.amount.map_or_else(|| "full".to_owned(), |units| self.money(units));
            p.asset.as_ref().map_or(amount.clone(), |asset| format!("{amount} {asset}"))
        });
        shown.collect::<Vec<_>>().join(", ")
    }

    /// The rows of `declarations.csv`: `2006-02-01 × 100 = 2 for 2006-03-15`.
    pub fn declarations(&self) -> Vec<String> {
        let shown = self.outcome.declarations.iter().map(|d| {
            let declared = &self.case.declarations[d.declaration];
            let (date, multiple) = (iso(declared.declared_date), fraction(&d.multiple));
            format!("{date} × {multiple} = {} for {}", plain(&d.series_a_amount, BEYOND), iso(d.quarter))
        });
        shown.collect()
    }

    /// The codes of the run's warnings.
    pub fn warnings(&self) -> String {
        codes(&self.outcome.warnings)
    }
}

impl Run<LiquidationOutcome> {
    /// The codes of the run's warnings.
    pub fn warnings(&self) -> String {
        codes(&self.outcome.warnings)
    }

    fn rows(&self) -> &[LiquidationRow] {
        &self.outcome.distribution.as_ref().expect("a sum was distributed").rows
    }

    /// What every holding gets: `H1 43559.66, C1/common 697674.42`.
    pub fn paid(&self) -> String {
        let rows = self.rows().iter();
        let shown = rows.map(|r| format!("{} {}", holding(&self.case, r.holder, r.class), self.money(r.total)));
        shown.collect::<Vec<_>>().join(", ")
    }

    /// What every holding gets, in its parts: `H1 2.78 + 0.00 + 11.10 + 0.00 = 13.88` (the last part is rounding).
    pub fn parts(&self) -> Vec<String> {
        let shown = self.rows().iter().map(|r| {
            let parts = [r.preference(), r.common_adjustment(), r.participation, r.rounding()];
            let [preference, adjustment, participation, rounding] = parts.map(|units| self.money(units));
            let (who, total) = (holding(&self.case, r.holder, r.class), self.money(r.total));
            format!("{who} {preference} + {adjustment} + {participation} + {rounding} = {total}")
        });
        shown.collect()
    }

    /// The rows of `tiers.csv`: `preference series-a 2006-01-10: 3.5 of 7 a share, 70.00 of 140.00`.
    pub fn tiers(&self) -> Vec<String> {
        let decimals = self.case.terms.currency_decimals;
        let money = |value: &Ratio| fixed(value, decimals, Midpoint::HalfUp);
        let tiers = &self.outcome.distribution.as_ref().expect("a sum was distributed").tiers;
        let shown = tiers.iter().map(|t| {
            let cohort = t.accrual_start.map(|start| format!(" {}", iso(start))).unwrap_or_default();
            let due = t.due.as_ref().map(|due| format!(" of {}", money(due))).unwrap_or_default();
            let (class, paid) = (&self.case.classes.get(t.class).id, plain(&t.paid_per_share, 12));
            format!("{} {class}{cohort}: {paid} a share, {}{due}", t.tier, money(&t.paid))
        });
        shown.collect()
    }

    /// Where each tier begins: `preference 0, common-adjustment 5248, participation 15744`.
    pub fn breakpoints(&self) -> String {
        let points = self.outcome.breakpoints.iter().filter_map(|b| match &b.what {
            Turn::Tier(tier) => Some((tier, &b.at)),
            Turn::Event { .. } => None,
        });
        let shown = points.map(|(tier, at)| format!("{tier} {}", terminating(at).unwrap_or_else(|| fraction(at))));
        shown.collect::<Vec<_>>().join(", ")
    }

    /// L(c) by cohort: `2006-01-10 9, 2006-06-15 1`.
    pub fn preferences(&self) -> String {
        let cohorts = self.outcome.cohorts.iter();
        let shown = cohorts.map(|c| format!("{} {}", iso(c.accrual_start), plain(&c.preference, 12)));
        shown.collect::<Vec<_>>().join(", ")
    }

    /// The rows of `scenarios.csv`: `100.00 series-a 2006-01-10: 50.00, 0.5 a share`.
    pub fn scenario_rows(&self) -> Vec<String> {
        let decimals = self.case.terms.currency_decimals;
        let scenarios = &self.outcome.scenarios;
        let mut shown = Vec::new();
        for (sum, cells) in scenarios.by_sum() {
            for ((class, start), (total, per_share)) in scenarios.columns.iter().zip(cells) {
                let cohort = start.map(|start| format!(" {}", iso(start))).unwrap_or_default();
                let (sum, class) = (self.money(sum), &self.case.classes.get(*class).id);
                let (total, each) = (scaled_fixed(*total, decimals), scaled_plain(*per_share, 12));
                shown.push(format!("{sum} {class}{cohort}: {total}, {each} a share"));
            }
        }
        shown
    }

    /// `proceeds 10.00 distributed 9.00 undistributed 1.00`.
    pub fn totals(&self) -> String {
        let t = &self.outcome.distribution.as_ref().expect("a sum was distributed").totals;
        let [proceeds, distributed, rest] = [t.proceeds, t.distributed, t.undistributed].map(|units| self.money(units));
        format!("proceeds {proceeds} distributed {distributed} undistributed {rest}")
    }
}

impl Run<ExchangeOutcome> {
    /// Cash by holding.
    pub fn cash(&self) -> String {
        self.payments(&self.outcome.rows, &[], true)
    }

    /// Securities and other property by holding.
    pub fn in_kind(&self) -> String {
        let assets: Vec<&str> = self.outcome.assets.iter().map(String::as_str).collect();
        self.payments(&self.outcome.rows, &assets, false)
    }

    /// The codes of the run's warnings.
    pub fn warnings(&self) -> String {
        codes(&self.outcome.warnings)
    }
}

impl Run<VoteOutcome> {
    /// Votes of every holding, exact: `A 100/3, C/common 500`.
    pub fn votes(&self) -> String {
        let shown = self.outcome.rows.iter().map(|r| {
            let votes = r.voting_shares.to_ratio() * &self.outcome.votes_per_share[usize::from(r.class)];
            format!("{} {}", holding(&self.case, r.holder, r.class), fraction(&votes))
        });
        shown.collect::<Vec<_>>().join(", ")
    }

    /// The tallies: `Merger: for 300 not-decided`.
    pub fn tallies(&self) -> Vec<String> {
        let tallies = self.outcome.tallies.iter();
        tallies.map(|t| format!("{}: {} {} {}", t.matter, t.choice, fraction(&t.votes), t.outcome)).collect()
    }

    /// The meetings' verdicts: `valid, invalid`.
    pub fn meetings(&self) -> String {
        let meetings = self.outcome.meetings.iter();
        meetings.map(|m| if m.valid { "valid" } else { "invalid" }).collect::<Vec<_>>().join(", ")
    }

    /// Why.
    pub fn reasons(&self) -> Vec<&str> {
        self.outcome.meetings.iter().map(|m| m.reason.as_str()).collect()
    }

    /// Since when a default period runs: a date, or `-`.
    pub fn default_since(&self) -> String {
        self.outcome.default_period.since.map_or_else(|| "-".to_owned(), iso)
    }

    /// The codes of the run's warnings.
    pub fn warnings(&self) -> String {
        codes(&self.outcome.warnings)
    }
}

impl Run<ActionsOutcome> {
    /// A verdict for each row: `allowed`, or the clauses that prohibit it, `4(a)(i), 4(b)`.
    pub fn verdicts(&self) -> Vec<String> {
        let verdicts = self.outcome.verdicts.iter();
        verdicts.map(|v| if v.allowed { "allowed".to_owned() } else { v.clauses.join(", ") }).collect()
    }

    /// The codes of the run's warnings.
    pub fn warnings(&self) -> String {
        codes(&self.outcome.warnings)
    }
}

impl Run<CaptableOutcome> {
    /// `series-a: 1000000 authorized, 250.37 outstanding, 20 retired, 999729.63 available`.
    pub fn classes(&self) -> Vec<String> {
        let shares = |micros: u128| plain(&shares_ratio(micros), 6);
        let shown = self.outcome.rows.iter().map(|r| {
            let authorized = r.authorized.map_or_else(|| "-".to_owned(), shares);
            let available = r.available.map_or_else(|| "-".to_owned(), |a| scaled_plain(a, 6));
            let (class, outstanding, retired) =
                (&self.case.classes.get(r.class).id, shares(r.outstanding), shares(r.retired));
            format!(
                "{class}: {authorized} authorized, {outstanding} outstanding, {retired} retired, {available} available"
            )
        });
        shown.collect()
    }

    /// `series-a 0.25% of shares, 20% of votes`.
    pub fn percents(&self) -> Vec<String> {
        let shown = self.outcome.rows.iter().map(|r| {
            let (class, own, vote) =
                (&self.case.classes.get(r.class).id, plain(&r.ownership_percent, 6), plain(&r.vote_percent, 6));
            format!("{class} {own}% of shares, {vote}% of votes")
        });
        shown.collect()
    }
}
