//! What a finished run gave each holding, from its `distribution.csv`, and what an asset is worth, from its result.

use super::Refused;
use super::run::{Run, place};
use crate::problem::Problem;
use crate::quantity::{Midpoint, Ratio, SHARE_DECIMALS, Units, parse_decimal, power_of_ten, round_half, units_ratio};
use crate::text::unguarded;
use crate::verify::table::Table;
use num_traits::ToPrimitive;
use serde_json::Value;
use std::collections::BTreeMap;

/// What a holding got of one asset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Given {
    pub holder_id: String,
    pub holder_name: String,
    pub class: String,
    pub asset: Option<String>,
    /// Cash in smallest units, or millionths of the asset.
    pub gross: Units,
    /// Tax withheld from cash.
    pub withheld: Units,
}

#[derive(Debug, Default)]
pub(crate) struct FairValues(BTreeMap<String, Ratio>);

impl FairValues {
    /// Those that a run's result states.
    pub(crate) fn read(run: &Run) -> Result<Self, Refused> {
        let path = run.folder.join("result.json");
        let result: Value = serde_json::from_slice(&std::fs::read(path)?).map_err(|error| {
            let message = format!("The result cannot be read: {error}.");
            Problem::error("result.file.unreadable", place(&run.folder, "result.json"), message, "Make the run again.")
        })?;
        let list = |name: &str| result[name].as_array().cloned().unwrap_or_default();
        let stated = list("assets").into_iter().chain(list("components")).filter_map(|asset| {
            let name = asset["asset"].as_str().or(asset["component"].as_str())?.to_owned();
            Some((name, parse_decimal(asset["fair_value"].as_str()?)?))
        });
        Ok(Self(stated.collect()))
    }

    /// What so many millionths of an asset are worth, rounded once; none where nothing states it.
    pub(crate) fn of(&self, asset: &str, quantity: Units, run: &Run) -> Option<Units> {
        let midpoint = match run.manifest.readings["midpoint"].as_str() {
            Some("half-even") => Midpoint::HalfEven,
            _ => Midpoint::HalfUp,
        };
        let value = self.0.get(asset)? * units_ratio(quantity, SHARE_DECIMALS) * power_of_ten(run.decimals);
        round_half(&value, midpoint).to_i128()
    }
}

/// Shows every row of a run's distribution; a reissue has none, for what it pays is of the run before it.
pub(crate) fn each(run: &Run, mut show: impl FnMut(Given)) -> Result<(), Refused> {
    if run.is_reissue() {
        return Ok(());
    }
    let file = "distribution.csv";
    let Some(mut table) = Table::open(&run.folder, file)? else {
        let help = "Take the folder from a backup, or make the run again.";
        let place = place(&run.folder, file);
        return Err(Problem::error("distribution.file.missing", place, "This file is missing.", help).into());
    };
    let liquidates = run.first_command() == "liquidate";
    while table.advance()? {
        let text = |column: &'static str| unguarded(table.text(column)).to_owned();
        let asset = (!liquidates && text("asset") != run.currency).then(|| text("asset"));
        let (column, decimals) =
            (if liquidates { "total" } else { "gross" }, if asset.is_some() { SHARE_DECIMALS } else { run.decimals });
        show(Given {
            holder_id: text("holder_id"),
            holder_name: text("holder_name"),
            class: text("class"),
            gross: table.units(column, decimals)?,
            withheld: if liquidates || asset.is_some() { 0 } else { table.units("withheld", run.decimals)? },
            asset,
        });
    }
    Ok(())
}
