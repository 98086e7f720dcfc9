//! `distribution.csv` beside `payment-instructions.csv`: every holder's cash, and the sums of a dividend or an exchange.

use super::{Audit, add};
use crate::problem::Problem;
use crate::quantity::{SHARE_DECIMALS, Units, scaled_fixed};
use crate::text::guarded;
use crate::verify::table::Table;
use serde_json::Value;
use std::collections::BTreeMap;

/// Sums of a dividend's or an exchange's `distribution.csv`.
#[derive(Debug, Default)]
struct Sums {
    /// Cash: gross, withheld, net.
    cash: [Units; 3],
    /// Gross cash by class.
    by_class: BTreeMap<String, Units>,
    /// Quantities by asset, in millionths.
    assets: BTreeMap<String, Units>,
}

impl Audit<'_> {
    pub(crate) fn dividend(&mut self) -> Result<(), Problem> {
        let sums = self.distributed()?;
        let (due, unpaid) = (self.cash("/totals/due"), self.cash("/totals/unpaid"));
        self.agree("unpaid", "result.json", due - sums.cash[0], unpaid, "unpaid, which is due less gross");
        let common = self.cash("/common_cash");
        self.classes(&sums, common);
        self.delivered(&sums);
        // Cash in lieu of fractions joins the holdings' cash without coming out of the funds (`docs/rules.md`, "Dividend run").
        let in_lieu = self.text("/readings/fractions") == Some("cash-in-lieu") && !sums.assets.is_empty();
        if !in_lieu {
            self.funds(&sums, common);
            self.ledger(&sums)?;
        }
        Ok(())
    }

    pub(crate) fn exchange(&mut self) -> Result<(), Problem> {
        self.distributed().map(drop)
    }

    /// Re-adds `distribution.csv` of a dividend or an exchange.
    fn distributed(&mut self) -> Result<Sums, Problem> {
        let currency = guarded(self.text("/currency").unwrap_or_default()).into_owned();
        let mut sums = Sums::default();
        self.each_holding(|audit, table| {
            let asset = table.text("asset");
            let decimals = if asset == currency { audit.decimals } else { SHARE_DECIMALS };
            let amount = |column| table.units(column, decimals);
            let [gross, withheld, net] = [amount("gross")?, amount("withheld")?, amount("net")?];
            if gross - withheld != net {
                audit.cell("totals.net.differs", table, "net", "net: this is not gross less withheld.");
            }
            if asset != currency {
                add(&mut sums.assets, asset, gross);
                return Ok(None);
            }
            for (sum, amount) in sums.cash.iter_mut().zip([gross, withheld, net]) {
                *sum += amount;
            }
            add(&mut sums.by_class, table.text("class"), gross);
            Ok(Some(net))
        })?;
        for (name, sum) in ["gross", "withheld", "net"].into_iter().zip(sums.cash) {
            let stated = self.cash(&format!("/totals/{name}"));
            self.agree(name, "distribution.csv", sum, stated, &format!("{name}, summed over all holdings"));
        }
        Ok(sums)
    }

    /// Reads `distribution.csv` row by row. `cash` says what a row pays its holder, if it is cash; every holder's sum
    /// must be what `payment-instructions.csv` says, whose rows come in the same order.
    pub(crate) fn each_holding(
        &mut self,
        mut cash: impl FnMut(&mut Self, &Table) -> Result<Option<Units>, Problem>,
    ) -> Result<(), Problem> {
        let (Some(mut table), Some(mut instructions)) =
            (self.table("distribution.csv")?, self.table("payment-instructions.csv")?)
        else {
            return Ok(());
        };
        let mut carried = self.carried_in();
        let (mut holder, mut paid) = (String::new(), None);
        while table.advance()? {
            let Some(amount) = cash(self, &table)? else { continue };
            match &mut paid {
                Some(sum) if *holder == *table.text("holder_id") => *sum += amount,
                _ => {
                    self.instruction(&mut instructions, &holder, paid, &mut carried)?;
                    paid = Some(amount);
                    holder.clear();
                    holder.push_str(table.text("holder_id"));
                }
            }
        }
        self.instruction(&mut instructions, &holder, paid, &mut carried)?;
        while instructions.advance()? {
            if self.is_carried_in(&instructions, &mut carried)? {
                continue;
            }
            let message = "holder_id: distribution.csv has no cash for this payment.";
            self.cell("totals.instructions.differ", &instructions, "holder_id", message);
        }
        self.checked += 1;
        Ok(())
    }

    /// What earlier runs left to pay, by holder.
    fn carried_in(&self) -> BTreeMap<String, Units> {
        let count = self.result.get("carried_in").and_then(Value::as_array).map_or(0, Vec::len);
        let one = |at: usize| {
            let holder = guarded(self.text(&format!("/carried_in/{at}/holder_id"))?).into_owned();
            Some((holder, self.stated(&format!("/carried_in/{at}/amount"), self.decimals)?))
        };
        (0..count).filter_map(one).collect()
    }

    /// Whether an instruction pays what an earlier run left, to a holder whom this one pays nothing.
    fn is_carried_in(&mut self, instructions: &Table, carried: &mut BTreeMap<String, Units>) -> Result<bool, Problem> {
        let amount = instructions.units("amount", self.decimals)?;
        Ok(carried.remove(instructions.text("holder_id")) == Some(amount))
    }

    /// The next instruction, which must pay a holder what was `paid`, if anything was.
    fn instruction(
        &mut self,
        instructions: &mut Table,
        holder: &str,
        paid: Option<Units>,
        carried: &mut BTreeMap<String, Units>,
    ) -> Result<(), Problem> {
        let Some(paid) = paid else { return Ok(()) };
        let sum = paid + carried.remove(holder).unwrap_or(0);
        let mut found = instructions.advance()?;
        while found && instructions.text("holder_id") != holder && self.is_carried_in(instructions, carried)? {
            found = instructions.advance()?;
        }
        if !found {
            let message = format!("holder_id: there is no payment to {holder}, whom distribution.csv has cash for.");
            self.cell("totals.instructions.differ", instructions, "holder_id", message);
        } else if instructions.text("holder_id") != holder {
            let message = format!("holder_id: distribution.csv has {holder} here.");
            self.cell("totals.instructions.differ", instructions, "holder_id", message);
        } else if instructions.units("amount", self.decimals)? != sum {
            let sum = scaled_fixed(sum, self.decimals);
            let message = format!("amount: distribution.csv has {sum} for this holder, net.");
            self.cell("totals.instructions.differ", instructions, "amount", message);
        }
        Ok(())
    }

    /// What other preferred classes were paid, beside what those get that take part in dividends on Common.
    fn classes(&mut self, sums: &Sums, common: Units) {
        let classes = self.result.get("classes").and_then(Value::as_array).map_or(0, Vec::len);
        let mut stated = Vec::with_capacity(classes);
        for at in 0..classes {
            let class = guarded(self.text(&format!("/classes/{at}/class")).unwrap_or_default()).into_owned();
            stated.push((class, self.cash(&format!("/classes/{at}/paid"))));
        }
        let is_common = |class: &str| class != "series-a" && stated.iter().all(|(other, _)| other != class);
        let on_common: Units = sums.by_class.iter().filter(|(class, _)| is_common(class)).map(|(_, sum)| sum).sum();
        let mut as_converted = common - on_common;
        for (class, paid) in stated {
            let sum = sums.by_class.get(&class).copied().unwrap_or(0);
            let beside = (sum - paid).clamp(0, as_converted.max(0));
            as_converted -= beside;
            self.agree("class", "distribution.csv", sum - beside, paid, &format!("paid to {class}"));
        }
        if as_converted != 0 {
            let what = "paid as dividends on Common";
            self.agree("class", "distribution.csv", common - as_converted, common, what);
        }
    }

    /// What was delivered of each asset.
    fn delivered(&mut self, sums: &Sums) {
        let assets = self.result.get("assets").and_then(Value::as_array).map_or(0, Vec::len);
        for at in 0..assets {
            let asset = self.text(&format!("/assets/{at}/asset")).unwrap_or_default().to_owned();
            let stated = self.stated(&format!("/assets/{at}/delivered"), SHARE_DECIMALS).unwrap_or(0);
            let sum = sums.assets.get(guarded(&asset).as_ref()).copied().unwrap_or(0);
            let what = format!("{asset} delivered");
            self.agree_within(0, SHARE_DECIMALS, ("assets", "distribution.csv"), [sum, stated], &what);
        }
    }

    /// Funds are what they paid on preferred stock, and what is left of them.
    fn funds(&mut self, sums: &Sums, common: Units) {
        let Some(funds) = self.stated("/funds", self.decimals) else { return };
        let (left, preferred) = (self.cash("/totals/not_distributed"), sums.cash[0] - common);
        let what = "funds, which are what preferred stock is paid and what is not distributed";
        self.agree("funds", "distribution.csv", preferred + left, funds, what);
    }

    /// `payments.csv` enters into the ledger what Series A is paid.
    fn ledger(&mut self, sums: &Sums) -> Result<(), Problem> {
        let Some(mut table) = self.table("payments.csv")? else { return Ok(()) };
        let currency = guarded(self.text("/currency").unwrap_or_default()).into_owned();
        let paid = sums.by_class.get("series-a").copied().unwrap_or(0);
        while table.advance()? {
            if table.text("asset") == currency {
                let stated = table.units("amount", self.decimals)?;
                self.agree("ledger", "payments.csv", stated, paid, "paid to Series A");
            }
        }
        Ok(())
    }
}
