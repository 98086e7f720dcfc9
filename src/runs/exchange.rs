//! §7: what each share is exchanged for in a merger or consolidation (`docs/rules.md`, "Exchange").

use super::effects::effects;
use super::in_kind::deliver_to_all;
use super::{Context, Refusal, Replay, Until, no_problems};
use crate::holdings::{Holding, Holdings, ScaledPerShare};
use crate::model::events::Component;
use crate::model::{Case, Date, Rank};
use crate::outcome::{ComponentOutcome, ExchangeOutcome, PaymentRow, Step};
use crate::problem::{Place, Problem};
use crate::quantity::{Ratio, Units, whole};
use crate::text::{amount, readable};
use rayon::prelude::*;

/// Runs an exchange as of `date`, and again under each other reading that it can depend on.
pub fn run(case: &Case, date: Date) -> Result<ExchangeOutcome, Refusal> {
    let mut outcome = run_once(case, date)?;
    let again = |case: &Case| run_once(case, date).map(|o| (o.gross, o.rows));
    outcome.readings = effects(case, &["midpoint", "fractions"], &(outcome.gross, &outcome.rows), again);
    Ok(outcome)
}

fn run_once(case: &Case, date: Date) -> Result<ExchangeOutcome, Refusal> {
    let context = Context::new(case);
    let mut problems = context.date_problems(date);
    problems.extend(context.arrears_problem(date));
    if case.consideration.is_empty() {
        let message = "The case does not say what a Common share is exchanged for.";
        let help = "Add a consideration table: a row for the cash and one for each security or other property.";
        problems.push(Problem::error("consideration.table.empty", Place::default(), message, help));
    }
    no_problems(problems)?;
    let dividends = context.dividends();
    let state = Replay::new(&context).run(Until::EndOf(date))?;
    let behind = context.shares_on(date).keys().any(|cohort| state.ledger.is_behind(*cohort, date));
    let components = components(&context, date);
    let (series_a, common) = (case.classes.series_a(), case.classes.common());
    let holdings = context.holdings(date, |lot| lot.class == series_a || lot.class == common)?;
    let rows = rows(&context, &holdings, &components)?;
    let multiple = context.multiple.outcome(date);
    let mut warnings = dividends.unmatched(date);
    warnings.extend(context.ignored(date));
    for (ix, class) in case.classes.iter().filter(|(_, class)| class.rank > Rank::Common) {
        if context.outstanding(ix, date)? > 0 {
            let message =
                format!("{} is not exchanged: §7 provides only for Series A, by what Common gets.", class.name);
            let help = "See what its own terms, or the merger agreement, say of it.";
            warnings.push(Problem::warning("run.exchange.not-exchanged", class.place.cell("class"), message, help));
        }
    }
    if behind {
        warnings.push(Problem::warning(
            "run.exchange.unpaid-dividends",
            context.register_place(),
            format!("Series A has unpaid dividends on {date}; they are not part of the exchange."),
            "Pay them, or settle them in the merger agreement.",
        ));
    }
    Ok(ExchangeOutcome {
        date,
        steps: steps(&context, date, &components),
        assets: components.iter().filter_map(|c| c.asset.clone()).collect(),
        gross: rows.iter().filter(|r| r.is_cash()).map(|r| r.gross).sum(),
        multiple,
        components,
        rows,
        readings: Vec::new(),
        warnings,
    })
}

/// The consideration, cash first, then assets by name; rows of one component are summed.
fn components(context: &Context, date: Date) -> Vec<ComponentOutcome> {
    let multiple = context.multiple.at(date);
    let mut list: Vec<ComponentOutcome> = Vec::new();
    for Component { asset, amount, fair_value, .. } in &context.case.consideration {
        let at = list.iter().position(|c| c.asset == *asset).unwrap_or_else(|| {
            let (asset, zero) = (asset.clone(), whole(0));
            let (per_common_share, per_series_a_share) = (zero.clone(), zero);
            list.push(ComponentOutcome { asset, per_common_share, per_series_a_share, fair_value: None });
            list.len() - 1
        });
        let component = &mut list[at];
        component.per_common_share += amount;
        component.per_series_a_share += amount * &multiple;
        component.fair_value = fair_value.clone().or_else(|| component.fair_value.take());
    }
    list.sort_by(|a, b| a.asset.cmp(&b.asset));
    list
}

fn per_share(context: &Context, component: &ComponentOutcome) -> Vec<Ratio> {
    let common = context.case.classes.common();
    let class = |ix| if ix == common { component.per_common_share.clone() } else { whole(0) };
    context.group_values(class, |_| component.per_series_a_share.clone())
}

fn rows(context: &Context, holdings: &Holdings, components: &[ComponentOutcome]) -> Result<Vec<PaymentRow>, Refusal> {
    let midpoint = context.case.terms.readings.midpoint();
    let mut cash: Vec<Option<Units>> = vec![None; holdings.list().len()];
    let mut rows: Vec<PaymentRow> = Vec::new();
    let mut slot = 0;
    for component in components {
        let Some(asset) = &component.asset else {
            let values = ScaledPerShare::new(&per_share(context, component), context.decimals());
            cash = values.all_rounded(holdings, midpoint).into_iter().map(Some).collect();
            continue;
        };
        slot += 1;
        let fair_value = component.fair_value.clone().ok_or_else(|| no_fair_value(context, asset));
        let deliveries = deliver_to_all(context, holdings, &per_share(context, component), &fair_value)?;
        for ((holding, delivery), cash) in holdings.list().iter().zip(deliveries).zip(&mut cash) {
            rows.push(row(holding, slot, delivery.quantity));
            if let Some(in_lieu) = delivery.in_lieu {
                *cash = Some(cash.unwrap_or(0) + in_lieu);
            }
        }
    }
    let cash = holdings.list().iter().zip(cash);
    rows.extend(cash.filter_map(|(holding, cash)| cash.map(|gross| row(holding, 0, gross))));
    rows.par_sort_unstable_by_key(|row| (row.holder, row.class, row.asset));
    Ok(rows)
}

fn no_fair_value(context: &Context, asset: &str) -> Problem {
    let stated = context.case.consideration.iter().find(|row| row.asset.as_deref() == Some(asset));
    let message = format!(
        "Fractions of {asset} are paid in cash (reading fractions=cash-in-lieu), and its fair value is not stated."
    );
    let help = "Enter the cash value of one unit in fair_value.";
    let row = &stated.expect("a component has its row").place;
    row.error("consideration.fair_value.missing", message, help)
}

fn row(holding: &Holding, asset: u16, gross: Units) -> PaymentRow {
    PaymentRow { holder: holding.holder, class: holding.class, asset, shares: holding.shares, gross, withheld: 0 }
}

fn steps(context: &Context, date: Date, components: &[ComponentOutcome]) -> Vec<Step> {
    let terms = &context.case.terms;
    let multiple = context.multiple.derivation(date);
    let each = components.iter().map(|component| {
        let decimals = if component.asset.is_none() { terms.currency_decimals } else { 0 };
        let name = component.asset.as_deref().unwrap_or(&terms.currency);
        let what = format!(
            "{name} for each share of {}: the {} for a share of Common times {multiple}",
            terms.series_name,
            readable(&component.per_common_share, decimals)
        );
        Step::new("7", what, amount(&component.per_series_a_share, decimals))
    });
    each.collect()
}
