//! What other readings would have paid (`docs/rules.md`, "Readings"): the same run made again under each other value, and compared.

use super::Refusal;
use crate::model::Case;
use crate::model::reading::READINGS;
use crate::outcome::{OtherRun, ReadingEffect};
use crate::quantity::Units;

/// Above this many lots the run is not made again: a comparison should not cost more than the run itself. There,
/// `--set reading.NAME=VALUE` into another folder gives the same figures.
pub(crate) const MOST_LOTS: usize = 100_000;

/// Makes the run again under each other value of the readings named in `readings`. `run` gives a total and the rows
/// that are compared.
pub(crate) fn effects<Row: PartialEq>(
    case: &Case,
    readings: &[&str],
    actual: &(Units, &[Row]),
    run: impl Fn(&Case) -> Result<(Units, Vec<Row>), Refusal>,
) -> Vec<ReadingEffect> {
    if case.register.lots().len() > MOST_LOTS {
        return Vec::new();
    }
    let mut effects = Vec::new();
    for (info, (_, current)) in READINGS.iter().zip(case.terms.readings.iter()) {
        if !readings.contains(&info.name) {
            continue;
        }
        for value in info.values.iter().filter(|value| **value != current) {
            let Some(other) = case.with_reading(info.name, value) else { continue };
            let other = match run(&other) {
                Ok((total, rows)) => {
                    let common = rows.iter().zip(actual.1).filter(|(a, b)| a != b).count();
                    let differ = common + rows.len().abs_diff(actual.1.len());
                    if differ == 0 {
                        continue;
                    }
                    OtherRun::Pays { total, rows: u64::try_from(differ).unwrap_or(u64::MAX) }
                }
                Err(refusal) => {
                    let first = refusal.into_problems().into_iter().next();
                    OtherRun::Refused(first.map(|problem| problem.message).unwrap_or_default())
                }
            };
            effects.push(ReadingEffect { reading: info.name, value, instead_of: actual.0, other });
        }
    }
    effects
}
