//! A reissue: every reference once, adding up to the run's net, and a new instruction for each that is paid again.

use super::Audit;
use crate::problem::Problem;
use crate::quantity::Units;
use std::collections::{BTreeMap, HashSet};

impl Audit<'_> {
    /// Every control total of a reissue.
    pub(crate) fn reissue(&mut self) -> Result<(), Problem> {
        let file = "reconciliation.csv";
        let Some(mut table) = self.table(file)? else { return Ok(()) };
        let (mut net, mut seen, mut again) = (0, HashSet::new(), BTreeMap::new());
        while table.advance()? {
            let amount = table.units("amount", self.decimals)?;
            net += amount;
            if !seen.insert(table.text("reference").to_owned()) {
                self.cell("totals.references.differ", &table, "reference", "reference: this one is there twice.");
            }
            if !table.text("new_reference").is_empty() {
                again.insert(table.text("new_reference").to_owned(), amount);
            }
        }
        let (stated, reissued) = (self.cash("/totals/net"), self.cash("/totals/reissued"));
        self.agree("net", file, net, stated, "net, summed over all references");
        self.agree("reissued", file, again.values().sum::<Units>(), reissued, "paid again");
        let Some(mut table) = self.table("payment-instructions.csv")? else { return Ok(()) };
        while table.advance()? {
            let amount = table.units("amount", self.decimals)?;
            if again.remove(table.text("reference")) != Some(amount) {
                let message = format!("amount: {file} pays no such amount under this reference.");
                self.cell("totals.instructions.differ", &table, "amount", message);
            }
        }
        self.checked += 1;
        if !again.is_empty() {
            self.differs(
                "instructions",
                "References that are to be paid again are missing.",
                "payment-instructions.csv",
            );
        }
        Ok(())
    }
}
