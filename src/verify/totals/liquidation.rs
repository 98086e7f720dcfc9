//! A liquidation's control totals: the holdings' parts, the tiers, the scenarios.

use super::{Audit, add};
use crate::problem::Problem;
use crate::quantity::Units;
use serde_json::Value;
use std::collections::BTreeMap;

/// The control total of the tiers, and where it is.
const AT: (&str, &str) = ("tiers", "tiers.csv");

impl Audit<'_> {
    pub(crate) fn liquidate(&mut self) -> Result<(), Problem> {
        if self.result.get("totals").is_some_and(Value::is_object) {
            self.waterfall()?;
        }
        self.scenarios()
    }

    fn waterfall(&mut self) -> Result<(), Problem> {
        let (mut total, mut rounding, mut rows) = (0, 0, 0);
        let mut by_class: BTreeMap<String, Units> = BTreeMap::new();
        self.each_holding(|audit, table| {
            let amount = |column| table.units(column, audit.decimals);
            let parts = amount("preference")? + amount("common_adjustment")? + amount("participation")?;
            let (spread, row) = (amount("rounding")?, amount("total")?);
            if parts + spread != row {
                let message = "total: this is not the three parts and the rounding together.";
                audit.cell("totals.total.differs", table, "total", message);
            }
            total += row;
            rounding += spread;
            rows += 1;
            add(&mut by_class, table.text("class"), row);
            Ok(Some(row))
        })?;
        let file = "distribution.csv";
        let (proceeds, distributed) = (self.cash("/totals/proceeds"), self.cash("/totals/distributed"));
        let (undistributed, stated) = (self.cash("/totals/undistributed"), self.cash("/totals/rounding"));
        self.agree("distributed", file, total, distributed, "total, summed over all holdings");
        self.agree("rounding", file, rounding, stated, "rounding, summed over all holdings");
        let what = "proceeds, which are what is distributed and what is not";
        self.agree("proceeds", file, total + undistributed, proceeds, what);
        let prior = self.stated("/prior", self.decimals).unwrap_or(0);
        self.tiers(total + prior, (prior == 0).then_some((by_class, rows)))
    }

    /// The tiers, which are cumulative over installments and each rounded, against the holdings.
    fn tiers(&mut self, paid: Units, classes: Option<(BTreeMap<String, Units>, Units)>) -> Result<(), Problem> {
        let columns = ["tier", "class", "accrual_start", "shares", "due", "paid", "paid_per_share"];
        self.rows("tiers.csv", "tiers", &columns)?;
        let Some(mut table) = self.table("tiers.csv")? else { return Ok(()) };
        let (mut sum, mut tiers) = (0, 0);
        let mut by_class: BTreeMap<String, Units> = BTreeMap::new();
        while table.advance()? {
            let paid = table.units("paid", self.decimals)?;
            sum += paid;
            tiers += 1;
            add(&mut by_class, table.text("class"), paid);
        }
        self.agree_within(tiers + 1, self.decimals, AT, [sum, paid], "paid, summed over all tiers");
        let Some((holdings, rows)) = classes else { return Ok(()) };
        for (class, sum) in by_class {
            let paid = holdings.get(&class).copied().unwrap_or(0);
            // A holding is within a unit of its exact part.
            let what = format!("paid to {class}, summed over all tiers");
            self.agree_within(tiers + rows, self.decimals, AT, [sum, paid], &what);
        }
        Ok(())
    }

    /// No scenario pays more than its sum.
    fn scenarios(&mut self) -> Result<(), Problem> {
        if !self.folder.join("scenarios.csv").is_file() {
            return Ok(());
        }
        let Some(mut table) = self.table("scenarios.csv")? else { return Ok(()) };
        let mut sums: BTreeMap<Units, (Units, Units)> = BTreeMap::new();
        while table.advance()? {
            let (sum, rows) = sums.entry(table.units("proceeds", self.decimals)?).or_default();
            *sum += table.units("total", self.decimals)?;
            *rows += 1;
        }
        for (proceeds, (sum, rows)) in sums {
            let at = ("scenarios", "scenarios.csv");
            self.agree_within(rows, self.decimals, at, [sum.max(proceeds), proceeds], "total of a scenario");
        }
        Ok(())
    }
}
