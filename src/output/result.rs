//! `result.json`: the whole outcome, machine-readable.

use super::RunInfo;
use super::manifest::readings;
use crate::model::{Case, Date, iso};
use crate::outcome::{
    ActionsOutcome, Apportionment, CaptableOutcome, Distribution, DividendOutcome, ExchangeOutcome, LiquidationOutcome,
    MultipleOutcome, OtherRun, ReadingEffect, Turn, VoteOutcome, WaterfallStep,
};
use crate::quantity::{
    PER_SHARE_DECIMALS, Ratio, SHARE_DECIMALS, Units, fixed, fraction, plain, scaled_fixed, scaled_plain, shares_ratio,
    terminating, units_up,
};
use serde_json::{Value, json};

fn list<'i, T: 'i>(items: impl IntoIterator<Item = &'i T>, one: impl Fn(&'i T) -> Value) -> Value {
    items.into_iter().map(one).collect()
}

/// A per-share amount, exact to 12 decimals.
pub(super) fn per_share(value: &Ratio) -> String {
    plain(value, PER_SHARE_DECIMALS)
}

pub(super) fn shares(micros: u128) -> String {
    plain(&shares_ratio(micros), SHARE_DECIMALS)
}

fn multiple(outcome: &MultipleOutcome) -> Value {
    json!({"fraction": fraction(&outcome.value), "decimal": plain(&outcome.value, PER_SHARE_DECIMALS)})
}

/// What earlier runs found too small to pay and this one adds to payments, by holder.
fn carried_in(case: &Case) -> Value {
    let decimals = case.terms.currency_decimals;
    let one = |holder, amount| json!({"holder_id": case.register.id(holder), "amount": scaled_fixed(amount, decimals)});
    list(&case.carried_payments.sums, |(holder, amount)| one(*holder, *amount))
}

/// F, where it comes from, and Q1.
pub(crate) fn first_issuance(case: &Case) -> Value {
    case.first_issued().map_or(
        Value::Null,
        |f| json!({"date": iso(f.date), "source": f.source, "first_quarter": iso(f.first_quarter)}),
    )
}

fn adjustments(outcome: &MultipleOutcome) -> Value {
    list(&outcome.adjustments, |a| {
        json!({
            "effective_date": iso(a.date), "kind": a.kind, "factor": fraction(&a.factor),
            "before": fraction(&a.before), "after": fraction(&a.after), "passed_over": a.passed_over,
        })
    })
}

/// The steps of a waterfall, each with the class and cohort that it is of.
fn waterfall_steps(case: &Case, steps: &[WaterfallStep]) -> Value {
    list(steps, |s| {
        let mut value = json!(s.step);
        if let Some((class, start)) = s.of {
            value["class"] = json!(case.classes.get(class).id);
            value["accrual_start"] = json!(start.map(iso));
        }
        value
    })
}

fn warnings(run: &RunInfo) -> Value {
    list(run.warnings, |problem| {
        let mut value = json!(problem);
        value.as_object_mut().and_then(|fields| fields.shift_remove("value"));
        value
    })
}

fn apportionments(all: &[Apportionment], decimals: u32) -> Value {
    list(all, |a| {
        json!({
            "what": a.what, "sum": scaled_fixed(a.sum, decimals), "holdings": a.holdings, "left_over": a.left_over,
            "by_tie_rule": a.by_tie_rule,
        })
    })
}

fn effects(all: &[ReadingEffect], decimals: u32) -> Value {
    list(all, |e| {
        let (would_pay, more, what) = match &e.other {
            OtherRun::Pays { total, rows } => (Some(scaled_fixed(*total, decimals)), "rows_that_differ", json!(rows)),
            OtherRun::Refused(why) => (None, "refused", json!(why)),
        };
        json!({
            "reading": e.reading, "value": e.value, "would_pay": would_pay,
            "instead_of": scaled_fixed(e.instead_of, decimals), more: what,
        })
    })
}

/// A result: what every one begins with, and its own `body`.
fn result(case: &Case, run: &RunInfo, date: Option<Date>, by: Option<&MultipleOutcome>, body: Value) -> Value {
    let mut result = json!({
        "command": run.command,
        "date": date.map(iso),
        "company": case.terms.company,
        "currency": case.terms.currency,
        "multiple": by.map(multiple),
        "first_issuance": first_issuance(case),
        "readings": readings(case),
    });
    if let (Value::Object(all), Value::Object(body)) = (&mut result, body) {
        all.extend(body);
    }
    result
}

pub(crate) fn dividend(case: &Case, outcome: &DividendOutcome, run: &RunInfo) -> Value {
    let decimals = case.terms.currency_decimals;
    let money = |units: Units| scaled_fixed(units, decimals);
    let t = &outcome.totals;
    let e = &outcome.default_period;
    let body = json!({
        "pay_date": iso(outcome.pay_date),
        "record_date": iso(outcome.record_date),
        "funds": outcome.funds.map(money),
        "carried_in": carried_in(case),
        "earlier_quarters": money(outcome.earlier_quarters),
        "common_cash": money(outcome.common_cash),
        "totals": {
            "due": money(t.due), "gross": money(t.gross), "withheld": money(t.withheld), "net": money(t.net),
            "unpaid": money(t.unpaid), "not_distributed": money(t.not_distributed),
        },
        "cohorts": list(&outcome.cohorts, |c| json!({
            "accrual_start": iso(c.accrual_start), "shares": shares(c.shares),
            "brought_forward": per_share(&c.brought_forward), "current": per_share(&c.current),
            "due": per_share(&c.due), "paid": per_share(&c.paid), "unpaid": per_share(&c.unpaid),
            "in_kind": list(&c.in_kind, |(at, amount)| {
                json!({"asset": outcome.assets[*at].name, "per_share": per_share(amount)})
            }),
            "steps": c.steps,
        })),
        "classes": list(&outcome.classes, |c| json!({
            "class": case.classes.get(c.class).id, "shares": shares(c.shares),
            "due": money(c.due), "paid": money(c.paid), "unpaid": money(c.due - c.paid),
            "cohorts": list(&c.cohorts, |c| json!({
                "accrual_start": c.accrual_start.map(iso), "shares": shares(c.shares),
                "due_per_share": per_share(&c.due_per_share), "paid_per_share": per_share(&c.paid_per_share),
                "steps": c.steps,
            })),
        })),
        "common": list(&outcome.common, |p| json!({
            "record_date": iso(p.record_date), "amount": per_share(&p.amount), "steps": p.steps,
            "asset": p.asset.map_or(&case.terms.currency, |at| &outcome.assets[at].name),
        })),
        "assets": list(&outcome.assets, |a| json!({
            "asset": a.name, "fair_value": a.fair_value.as_ref().map(per_share),
            "delivered": scaled_plain(a.delivered, SHARE_DECIMALS),
        })),
        "default_period": {
            "quarters_in_arrears": per_share(&e.quarters_in_arrears),
            "since": e.since.map(iso),
            "steps": outcome.default_steps,
        },
        "history": list(&outcome.history, |h| json!({
            "quarter": iso(h.quarter), "quarters_in_arrears": per_share(&h.quarters_in_arrears),
            "unpaid_per_share": per_share(&h.unpaid_per_share),
        })),
        "apportionments": apportionments(&outcome.apportionments, decimals),
        "adjustments": adjustments(&outcome.multiple),
        "other_readings": effects(&outcome.readings, decimals),
        "acknowledged": outcome.acknowledged,
        "restrictions": outcome.restrictions,
        "warnings": warnings(run),
    });
    result(case, run, Some(outcome.date), Some(&outcome.multiple), body)
}

pub(crate) fn liquidation(case: &Case, outcome: &LiquidationOutcome, run: &RunInfo) -> Value {
    let decimals = case.terms.currency_decimals;
    let money = |units: Units| scaled_fixed(units, decimals);
    let exact = |sum: &Ratio| terminating(sum).unwrap_or_else(|| fraction(sum));
    let breakpoints = list(&outcome.breakpoints, |point| match &point.what {
        Turn::Tier(tier) => json!({"tier": tier, "at": exact(&point.at)}),
        Turn::Event { event, class, accrual_start } => {
            let mut value = json!({"event": event, "class": case.classes.get(*class).id, "at": exact(&point.at)});
            if let Some(start) = accrual_start {
                value["accrual_start"] = json!(iso(*start));
            }
            value
        }
    });
    let breakeven = outcome.breakeven.as_ref().map(|b| {
        let at = b.at.as_ref().map(|at| money(units_up(at, decimals)));
        let amount = money(b.amount);
        json!({"holder_id": b.holder, "amount": amount, "at": at, "fraction": b.at.as_ref().map(fraction)})
    });
    let distribution = outcome.distribution.as_ref();
    let midpoint = case.terms.readings.midpoint();
    let body = json!({
        "totals": distribution.map(|Distribution { totals: t, .. }| json!({
            "proceeds": money(t.proceeds), "distributed": money(t.distributed),
            "undistributed": money(t.undistributed), "rounding": money(t.rounding),
        })),
        "carried_in": carried_in(case),
        "prior": distribution.map(|d| money(d.prior)),
        "tiers": list(distribution.into_iter().flat_map(|d| &d.tiers), |t| json!({
            "tier": t.tier, "class": case.classes.get(t.class).id, "accrual_start": t.accrual_start.map(iso),
            "shares": shares(t.shares), "due": t.due.as_ref().map(|d| fixed(d, decimals, midpoint)),
            "paid": fixed(&t.paid, decimals, midpoint), "paid_per_share": per_share(&t.paid_per_share),
        })),
        "breakpoints": breakpoints,
        "breakeven": breakeven,
        "cohorts": list(&outcome.cohorts, |c| json!({
            "accrual_start": iso(c.accrual_start), "shares": shares(c.shares),
            "liquidation_preference": per_share(&c.preference), "steps": c.steps,
        })),
        "steps": distribution.map(|d| waterfall_steps(case, &d.steps)),
        "apportionments": distribution.map(|d| apportionments(&d.apportionments, decimals)),
        "adjustments": adjustments(&outcome.multiple),
        "other_readings": distribution.map(|d| effects(&d.readings, decimals)),
        "acknowledged": [],
        "warnings": warnings(run),
    });
    result(case, run, Some(outcome.date), Some(&outcome.multiple), body)
}

pub(crate) fn exchange(case: &Case, outcome: &ExchangeOutcome, run: &RunInfo) -> Value {
    let decimals = case.terms.currency_decimals;
    let money = |units: Units| scaled_fixed(units, decimals);
    let body = json!({
        "totals": {"gross": money(outcome.gross), "withheld": money(0), "net": money(outcome.gross)},
        "carried_in": carried_in(case),
        "components": list(&outcome.components, |c| json!({
            "component": c.asset.as_ref().unwrap_or(&case.terms.currency),
            "per_common_share": per_share(&c.per_common_share), "per_series_a_share": per_share(&c.per_series_a_share),
            "fair_value": c.fair_value.as_ref().map(per_share),
        })),
        "steps": outcome.steps,
        "adjustments": adjustments(&outcome.multiple),
        "other_readings": effects(&outcome.readings, decimals),
        "warnings": warnings(run),
    });
    result(case, run, Some(outcome.date), Some(&outcome.multiple), body)
}

pub(crate) fn vote(case: &Case, outcome: &VoteOutcome, run: &RunInfo) -> Value {
    let body = json!({
        "totals": {"votes": plain(&outcome.votes, 6)},
        "classes": list(&outcome.shares, |c| json!({
            "class": case.classes.get(c.class).id, "shares": shares(c.shares), "voting_shares": shares(c.voting_shares),
            "votes_per_share": fraction(&outcome.votes_per_share[usize::from(c.class)]),
        })),
        "default_period": {
            "quarters_in_arrears": per_share(&outcome.default_period.quarters_in_arrears),
            "since": outcome.default_period.since.map(iso),
        },
        "tallies": list(&outcome.tallies, |t| json!({
            "matter": t.matter, "kind": t.kind, "choice": t.choice, "votes": plain(&t.votes, 6), "outcome": t.outcome,
        })),
        "meetings": list(&outcome.meetings, |m| json!({
            "row": m.row, "kind": m.kind, "verdict": if m.valid { "valid" } else { "invalid" }, "reason": m.reason,
        })),
        "board": outcome.board.as_ref().map(|b| json!({
            "charter": b.charter, "in_office": b.in_office, "class_seats": b.class_seats, "frozen": b.frozen,
            "seats": list(&b.rows, |r| json!({
                "director": r.director, "elected_by": r.elected_by.word(), "elected_on": r.elected_on.map(iso),
                "status": r.status.word(), "until": r.until.map(iso), "reason": r.reason,
            })),
        })),
        "steps": outcome.steps,
        "adjustments": adjustments(&outcome.multiple),
        "warnings": warnings(run),
    });
    result(case, run, Some(outcome.date), Some(&outcome.multiple), body)
}

pub(crate) fn actions(case: &Case, outcome: &ActionsOutcome, run: &RunInfo) -> Value {
    let body = json!({
        "totals": {},
        "actions": list(&outcome.verdicts, |v| json!({
            "row": v.row, "date": iso(v.date), "action": v.action, "clauses": v.clauses, "reason": v.reason,
            "verdict": if v.allowed { "allowed" } else { "prohibited" },
        })),
        "warnings": warnings(run),
    });
    result(case, run, None, None, body)
}

pub(crate) fn captable(case: &Case, outcome: &CaptableOutcome, run: &RunInfo) -> Value {
    let body = json!({
        "totals": {"shares": shares(outcome.shares), "votes": plain(&outcome.votes, 6)},
        "classes": list(&outcome.rows, |r| json!({
            "class": case.classes.get(r.class).id, "authorized": r.authorized.map(shares),
            "outstanding": shares(r.outstanding), "retired": shares(r.retired),
            "available": r.available.map(|a| scaled_plain(a, SHARE_DECIMALS)),
            "votes": plain(&r.votes, 6), "ownership_percent": plain(&r.ownership_percent, 6),
            "vote_percent": plain(&r.vote_percent, 6), "fully_diluted": plain(&r.fully_diluted, 6),
            "fully_diluted_percent": plain(&r.fully_diluted_percent, 6),
        })),
        "adjustments": adjustments(&outcome.multiple),
        "warnings": warnings(run),
    });
    result(case, run, Some(outcome.date), Some(&outcome.multiple), body)
}
