//! What the run that `--after` names paid each holder in cash, for statements of the same year.

use super::EarlierRun;
use crate::model::YearToDate;
use crate::model::register::{HolderIx, Register};
use crate::model::terms::Terms;
use crate::quantity::{Units, parse_decimal, units_from_ratio};
use std::collections::BTreeMap;

/// Reads the run's `distribution.csv`, which was found to be as it was written; none where it cannot be read.
pub(crate) fn year_to_date(run: &EarlierRun, register: &Register, terms: &Terms) -> Option<YearToDate> {
    let mut reader = csv::Reader::from_path(run.folder.join("distribution.csv")).ok()?;
    let headers = reader.headers().ok()?.clone();
    let at = |name: &str| headers.iter().position(|header| header == name);
    let [id, asset, gross, withheld] = [at("holder_id")?, at("asset")?, at("gross")?, at("withheld")?];
    let mut sums: BTreeMap<HolderIx, (Units, Units)> = BTreeMap::new();
    for row in reader.into_records() {
        let row = row.ok()?;
        let units = |at: usize| units_from_ratio(&parse_decimal(row.get(at)?)?, terms.currency_decimals);
        // A holder who has sold everything since gets no statement.
        if row.get(asset)? == terms.currency
            && let Some(holder) = register.find(row.get(id)?)
        {
            let sum = sums.entry(holder).or_default();
            *sum = (sum.0 + units(gross)?, sum.1 + units(withheld)?);
        }
    }
    Some(YearToDate { date: run.date, sums: sums.into_iter().collect() })
}
