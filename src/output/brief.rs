//! What a run of one of many cases came to, in a line, and what all of them come to.

use super::instructions::Payout;
use super::terminal::exchanging;
use crate::model::{Case, iso};
use crate::outcome::{
    ActionsOutcome, CaptableOutcome, DividendOutcome, ExchangeOutcome, LiquidationOutcome, VoteOutcome,
};
use crate::quantity::{Units, scaled_fixed};
use crate::text::{grouped, money, plural};
use std::collections::BTreeMap;

/// What happened to one of many cases.
pub(crate) struct Brief {
    pub line: String,
    /// Cash that can be added up over cases, by name, in smallest units of the case's currency.
    pub sums: Vec<(&'static str, Units)>,
}

impl Brief {
    fn said(line: String) -> Self {
        Self { line, sums: Vec::new() }
    }
}

fn cash(case: &Case, units: Units) -> String {
    format!("{} {}", money(units, case.terms.currency_decimals), case.terms.currency)
}

/// What of a run's payments waits.
fn held(payout: &Payout) -> String {
    match payout.held {
        0 => String::new(),
        held => format!(", {} held", grouped(&held.to_string())),
    }
}

pub(crate) fn dividend(case: &Case, outcome: &DividendOutcome, payout: &Payout) -> Brief {
    let t = &outcome.totals;
    let mut line = format!("{} net to {}", cash(case, t.net), plural(payout.payments, "holder"));
    if t.unpaid != 0 {
        line = format!("{line}, {} unpaid", money(t.unpaid, case.terms.currency_decimals));
    }
    line.push_str(&held(payout));
    Brief { line, sums: vec![("gross", t.gross), ("withheld", t.withheld), ("net", t.net)] }
}

pub(crate) fn liquidation(case: &Case, outcome: &LiquidationOutcome, payout: &Payout) -> Brief {
    let Some(distribution) = &outcome.distribution else {
        return Brief::said(format!("{} scenarios", grouped(&outcome.scenarios.sums.len().to_string())));
    };
    let t = &distribution.totals;
    let people = plural(payout.payments, "holder");
    let line = format!("{} distributed to {people}{}", cash(case, t.distributed), held(payout));
    Brief { line, sums: vec![("proceeds", t.proceeds), ("distributed", t.distributed)] }
}

pub(crate) fn exchange(case: &Case, outcome: &ExchangeOutcome, payout: &Payout) -> Brief {
    let line = format!("{} in cash for {}{}", cash(case, outcome.gross), exchanging(outcome), held(payout));
    Brief { line, sums: vec![("cash", outcome.gross)] }
}

pub(crate) fn vote(outcome: &VoteOutcome) -> Brief {
    Brief::said(match outcome.default_period.since {
        Some(since) => format!("default period since {}", iso(since)),
        None => "no default period".to_owned(),
    })
}

pub(crate) fn actions(outcome: &ActionsOutcome) -> Brief {
    let allowed = outcome.verdicts.iter().filter(|v| v.allowed).count();
    Brief::said(format!("{allowed} allowed, {} prohibited", outcome.verdicts.len() - allowed))
}

pub(crate) fn captable(outcome: &CaptableOutcome) -> Brief {
    let outstanding = outcome.rows.iter().filter(|row| row.outstanding > 0).count();
    Brief::said(format!("{outstanding} of {} classes outstanding", outcome.rows.len()))
}

/// Sums over cases: each currency by itself, in the order of their codes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Totals(BTreeMap<(String, u32), Vec<(&'static str, Units)>>);

impl Totals {
    pub(crate) fn add(&mut self, case: &Case, brief: &Brief) {
        if brief.sums.is_empty() {
            return;
        }
        let sums = self.0.entry((case.terms.currency.clone(), case.terms.currency_decimals)).or_default();
        for (name, units) in &brief.sums {
            match sums.iter_mut().find(|(known, _)| known == name) {
                Some((_, sum)) => *sum += units,
                None => sums.push((name, *units)),
            }
        }
    }

    /// A line for each currency: `Total USD: 906,744.68 gross, 57,842.70 withheld, 848,901.98 net`.
    pub(crate) fn lines(&self) -> Vec<String> {
        let line = |((currency, decimals), sums): (&(String, u32), &Vec<(&str, Units)>)| {
            let sums: Vec<String> =
                sums.iter().map(|(name, sum)| format!("{} {name}", money(*sum, *decimals))).collect();
            format!("Total {currency}: {}", sums.join(", "))
        };
        self.0.iter().map(line).collect()
    }

    /// `[{"currency":"USD","gross":"906744.68",…}]`.
    pub(crate) fn json(&self) -> serde_json::Value {
        let one = |((currency, decimals), sums): (&(String, u32), &Vec<(&str, Units)>)| {
            let mut value = serde_json::json!({ "currency": currency });
            for (name, sum) in sums {
                value[*name] = scaled_fixed(*sum, *decimals).into();
            }
            value
        };
        self.0.iter().map(one).collect()
    }
}
