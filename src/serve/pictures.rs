//! Pictures as SVG: what each class gets of every sum, and how far each tier is paid. Positions are whole thousandths.

use crate::model::{Case, ClassIx};
use crate::outcome::{Distribution, LiquidationOutcome, Scenarios, TierRow};
use crate::output::xlsx::scenarios::in_words;
use crate::quantity::{Midpoint, Ratio, Units, fixed, power_of_ten, whole};
use crate::text::{grouped, money, plural};
use maud::{Markup, html};
use num_traits::{ToPrimitive, Zero};
use serde_json::{Value, json};

const WIDTH: i128 = 1_000;
const HEIGHT: i128 = 400;

/// What every class gets of each sum: its cohorts together.
fn totals(scenarios: &Scenarios) -> Vec<(ClassIx, Vec<Units>)> {
    let mut classes: Vec<ClassIx> = scenarios.columns.iter().map(|(class, _)| *class).collect();
    classes.dedup();
    let gets = |class: ClassIx, cells: &[(Units, i128)]| {
        let own = scenarios.columns.iter().zip(cells).filter(|((of, _), _)| *of == class);
        own.map(|(_, (units, _))| units).sum()
    };
    let of = |class| (class, scenarios.by_sum().map(|(_, cells)| gets(class, cells)).collect());
    classes.into_iter().map(of).collect()
}

/// The same as [`part`] to a tenth: lines are straight.
fn tenths(value: Units, most: Units, length: i128) -> String {
    let tenths = part(value, most, length * 10);
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// The part `value` of `most`, as a length of at most `length`.
fn part(value: Units, most: Units, length: i128) -> i128 {
    value * length / most.max(1)
}

/// The least of 1, 2, 5, 10, 20, 50 and so on that is not below a number.
pub(super) fn round(least: Units) -> Units {
    let tens = std::iter::successors(Some(1), |ten: &Units| ten.checked_mul(10));
    tens.flat_map(|ten| [1, 2, 5].map(|first| first * ten)).find(|step| *step >= least).unwrap_or(least)
}

/// Where an axis up to `most` is marked, with what stands there: round sums, four to ten of them.
fn marks(most: Units, decimals: u32) -> Vec<(Units, String)> {
    let step = round(most / 10 + 1);
    let all = std::iter::successors(Some(0), |at| Some(at + step)).take_while(|at| *at <= most);
    let unit = 10i128.pow(decimals);
    let said = |at: Units| match step / unit {
        1_000_000.. => format!("{}m", grouped(&(at / unit / 1_000_000).to_string())),
        1_000.. => format!("{}k", grouped(&(at / unit / 1_000).to_string())),
        _ => grouped(&(at / unit).to_string()),
    };
    all.map(|at| (at, said(at))).collect()
}

fn line(sums: &[Units], totals: &[Units], most: Units, highest: Units) -> String {
    let point = |(sum, units): (&Units, &Units)| {
        format!("{},{}", tenths(*sum, most, WIDTH), tenths(highest - units, highest, HEIGHT))
    };
    sums.iter().zip(totals).map(point).collect::<Vec<_>>().join(" ")
}

/// What each class gets, sum by sum; a slider and the pointer choose a sum, whose figures are the program's.
pub(super) fn curve(case: &Case, run: &LiquidationOutcome, curve: &LiquidationOutcome) -> Markup {
    let decimals = case.terms.currency_decimals;
    let (sums, classes) = (&curve.scenarios.sums, totals(&curve.scenarios));
    let most = sums.last().copied().unwrap_or(0);
    let highest = classes.iter().flat_map(|(_, totals)| totals.iter().copied()).max().unwrap_or(0);
    let (x, y) = (|sum| part(sum, most, WIDTH), |units| HEIGHT - part(units, highest, HEIGHT));
    let given = run.distribution.as_ref().map(|d| d.totals.proceeds + d.prior);
    let start = given.and_then(|given| sums.iter().position(|sum| *sum == given)).unwrap_or(sums.len() / 2);
    let name = |class: ClassIx| case.classes.get(class).name.as_str();
    let at = |at: &Ratio| grouped(&fixed(at, decimals, Midpoint::HalfUp));
    html! {
        figure.curve #curve aria-labelledby="curve-title" data-points=(figures(case, sums, &classes).to_string()) data-start=(start) {
            figcaption #curve-title { "What each class gets of every sum (" (case.terms.currency) ")" }
            svg viewBox=(format!("-70 -14 {} {}", WIDTH + 90, HEIGHT + 50)) role="img" aria-label="Payoff curve; the figures of a sum are in the table below" {
                @for (at, said) in marks(highest, decimals) {
                    line.axis x1="0" x2=(WIDTH) y1=(y(at)) y2=(y(at)) {}
                    text.label x="-8" y=(y(at) + 5) text-anchor="end" { (said) }
                }
                @for (ix, (at, said)) in marks(most, decimals).into_iter().enumerate() {
                    text.label.odd[ix % 2 == 1] x=(x(at)) y=(HEIGHT + 26) text-anchor="middle" { (said) }
                }
                @for point in &run.breakpoints {
                    @if let Some(at) = (&point.at * power_of_ten(decimals)).to_integer().to_i128() {
                        line.turn x1=(x(at)) x2=(x(at)) y1="0" y2=(HEIGHT) {}
                    }
                }
                @for (ix, (_, totals)) in classes.iter().enumerate() {
                    polyline class=(format!("series s{}", ix % 10))
                        points=(line(sums, totals, most, highest)) {}
                }
                line.pointer #pointer x1="0" x2="0" y1="0" y2=(HEIGHT) {}
            }
            div.slider {
                label for="sum" { "Sum" }
                input type="range" id="sum" min="0" max=(sums.len().saturating_sub(1)) value=(start);
                output #sum-said for="sum" {}
            }
            div.scroll tabindex="0" role="region" aria-label="What each class gets of the sum" {
                table {
                    thead { tr { th scope="col" { "Class" } th.n scope="col" { "gets (" (case.terms.currency) ")" } } }
                    tbody #gets {
                        @for (ix, (class, totals)) in classes.iter().enumerate() {
                            tr { th scope="row" { span class=(format!("swatch s{}", ix % 10)) {} " " (name(*class)) } td.n { (money(totals[start], decimals)) } }
                        }
                    }
                }
            }
            p.hint { "Each class's total, rounded on its own; what its holders are paid is cut into whole units and may differ by a few." }
            details {
                summary { (plural(run.breakpoints.len(), "sum")) " at which something changes" }
                ul { @for point in &run.breakpoints { li { (at(&point.at)) ": " (in_words(case, point)) } } }
            }
        }
    }
}

/// The figures of the curve as the page shows them, with where they lie.
fn figures(case: &Case, sums: &[Units], classes: &[(ClassIx, Vec<Units>)]) -> Value {
    let decimals = case.terms.currency_decimals;
    let most = sums.last().copied().unwrap_or(0);
    json!({
        "x": sums.iter().map(|sum| part(*sum, most, WIDTH).to_i64()).collect::<Vec<_>>(),
        "sums": sums.iter().map(|sum| money(*sum, decimals)).collect::<Vec<_>>(),
        "totals": classes.iter().map(|(_, totals)| {
            totals.iter().map(|units| money(*units, decimals)).collect::<Vec<_>>()
        }).collect::<Vec<_>>(),
    })
}

pub(super) fn tiers(case: &Case, distribution: &Distribution) -> Markup {
    let of_tier = |rows: &[TierRow]| {
        let paid: Ratio = rows.iter().map(|row| &row.paid).sum();
        let due: Option<Ratio> = rows.iter().map(|row| row.due.as_ref()).sum();
        (rows[0].tier.clone(), paid, due)
    };
    let tiers: Vec<_> = distribution.tiers.chunk_by(|a, b| a.tier == b.tier).map(of_tier).collect();
    let most = tiers.iter().map(|(_, paid, due)| due.as_ref().unwrap_or(paid)).max();
    let length = |value: &Ratio| {
        let most = most.filter(|most| !most.is_zero());
        most.and_then(|most| (value * whole(WIDTH) / most).to_integer().to_i128()).unwrap_or(0)
    };
    let said = |value: &Ratio| grouped(&fixed(value, case.terms.currency_decimals, Midpoint::HalfUp));
    html! {
        figure.tiers aria-labelledby="tiers-title" {
            figcaption #tiers-title { "Tiers, in the order in which they are paid (" (case.terms.currency) ")" }
            div.scroll tabindex="0" role="region" aria-labelledby="tiers-title" {
                table {
                    thead { tr { th scope="col" { "Tier" } th scope="col" { span.visually-hidden { "Picture" } } th.n scope="col" { "Paid" } th.n scope="col" { "Due" } } }
                    tbody {
                        @for (tier, paid, due) in &tiers {
                            tr {
                                th scope="row" { (tier) }
                                td.bar { svg viewBox="0 0 1000 40" preserveAspectRatio="none" aria-hidden="true" {
                                    @if let Some(due) = due { rect.due x="0" y="4" height="32" width=(length(due)) {} }
                                    rect.paid x="0" y="4" height="32" width=(length(paid)) {}
                                } }
                                td.n { (said(paid)) }
                                td.n { (due.as_ref().map_or(String::new(), said)) }
                            }
                        }
                    }
                }
            }
        }
    }
}
