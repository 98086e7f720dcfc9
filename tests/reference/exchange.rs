//! SPEC 4.11 (§7): merger or consolidation.

use super::case::{CASH, COMMON, Case, SERIES_A};
use super::date::Date;
use super::number::{Q, floor, int};
use super::outputs::{guarded, header, number};
use super::{Outcome, Stop, problem};
use num_traits::Zero;
use std::collections::BTreeMap;

impl Case {
    /// `ratable exchange --date D`.
    pub fn exchange(&self, date: Date) -> Result<Outcome, Stop> {
        self.check_register(date)?;
        self.replay(date, date)?;
        if self.consideration.is_empty() {
            return problem("no consideration");
        }
        // Per Common share; the currency first, then assets by name.
        let mut components: BTreeMap<&str, Q> = BTreeMap::new();
        for component in &self.consideration {
            *components.entry(&component.asset).or_default() += &component.amount;
        }
        let mut distribution = header("holder_id,holder_name,class,shares,asset,gross,withheld,net");
        let mut net: BTreeMap<String, Q> = BTreeMap::new();
        let mut total = Q::zero();
        for holding in self.holdings_on(date) {
            let times = match holding.class.as_str() {
                SERIES_A => self.multiple(date),
                COMMON => int(1),
                _ => continue,
            };
            let mut cash: Option<Q> = None;
            let mut quantities: BTreeMap<&str, Q> = BTreeMap::new();
            for (asset, amount) in &components {
                let exact = &holding.shares * &times * amount;
                if *asset == CASH {
                    cash = Some(cash.unwrap_or_default() + self.round(&exact));
                } else if self.reads("fractions", "keep") {
                    quantities.insert(asset, floor(&exact, 6));
                } else {
                    let whole = exact.floor();
                    let fraction = exact - &whole;
                    quantities.insert(asset, whole);
                    if !fraction.is_zero() {
                        let value = self.component_value(asset)?;
                        cash = Some(cash.unwrap_or_default() + self.round(&(fraction * value)));
                    }
                }
            }
            let mut row = |asset: &str, gross: String, withheld: String| {
                distribution.push(vec![
                    guarded(&holding.holder_id),
                    guarded(&self.holders[&holding.holder_id].name),
                    holding.class.clone(),
                    number(&holding.shares),
                    guarded(&self.asset_name(asset)),
                    gross.clone(),
                    withheld,
                    gross,
                ]);
            };
            if let Some(cash) = cash {
                row(CASH, self.money(&cash), self.money(&Q::zero()));
                *net.entry(holding.holder_id.clone()).or_default() += &cash;
                total += cash;
            }
            for (asset, quantity) in quantities {
                row(asset, number(&quantity), "0".into());
            }
        }
        let mut outcome = Outcome::done(Some(&self.multiple(date)));
        outcome.total("gross", self.money(&total));
        outcome.total("withheld", self.money(&Q::zero()));
        outcome.total("net", self.money(&total));
        outcome.files.insert("distribution.csv".into(), distribution);
        self.instructions(&net, date, &mut outcome);
        Ok(outcome)
    }

    /// The `fair_value` of a component.
    fn component_value(&self, asset: &str) -> Result<Q, Stop> {
        let stated = self.consideration.iter().filter(|component| component.asset == asset);
        match stated.filter_map(|component| component.fair_value.clone()).next_back() {
            Some(value) => Ok(value),
            None => problem(format!("no fair_value of {asset}")),
        }
    }
}
