//! One spelling for each asset, matter and nominee: names are compared caseless, and those that look the same are one, so
//! what two rows spell in two ways is one thing, and goes by the spelling that came first.

use super::Findings;
use crate::model::Case;
use crate::model::class::fold;
use crate::model::events::{Ballot, BallotKind, PaymentKind};
use crate::model::text_key::shown;
use crate::problem::Problem;
use std::collections::BTreeMap;

/// First spellings, by what is compared.
#[derive(Debug, Default)]
struct Spellings(BTreeMap<String, String>);

impl Spellings {
    /// Takes the first spelling of a name over; it is the first where there was none.
    fn unify(&mut self, name: &mut String) {
        let first = self.0.entry(fold(name)).or_insert_with(|| shown(name).into_owned());
        if first != name {
            name.clone_from(first);
        }
    }
}

/// Gives every asset, matter and nominee one spelling. What is declared comes first; of two declarations, the earlier.
pub(crate) fn unify(case: &mut Case, findings: &mut Findings) {
    let mut assets = Spellings::default();
    case.declarations.iter_mut().filter_map(|d| d.asset.as_mut()).for_each(|asset| assets.unify(asset));
    let arrears = case.arrears.iter_mut().flat_map(|table| &mut table.rows);
    arrears.filter_map(|row| row.entry.asset.as_mut()).for_each(|asset| assets.unify(asset));
    for payment in &mut case.payments {
        let PaymentKind::Asset(asset) = &mut payment.kind else { continue };
        if !assets.0.contains_key(&fold(asset)) {
            let message = format!("asset: no declaration and no arrears are of {asset}, so this row delivers nothing.");
            let help = "Correct the asset's name, or complete declarations.";
            let place = payment.place.cell("asset");
            let problem = Problem::warning("payments.asset.unknown", place, message, help);
            findings.push(problem.with_value(asset.clone()));
        }
        assets.unify(asset);
    }
    case.consideration.iter_mut().filter_map(|c| c.asset.as_mut()).for_each(|asset| assets.unify(asset));
    ballots(&mut case.ballots, findings);
}

fn ballots(ballots: &mut [Ballot], findings: &mut Findings) {
    let mut matters = Spellings::default();
    let mut kinds: BTreeMap<String, BallotKind> = BTreeMap::new();
    let mut nominees: BTreeMap<String, Spellings> = BTreeMap::new();
    for ballot in ballots {
        matters.unify(&mut ballot.matter);
        let kind = *kinds.entry(ballot.matter.clone()).or_insert(ballot.kind);
        if kind != ballot.kind {
            let (matter, here, first) = (&ballot.matter, ballot.kind.word(), kind.word());
            let message = format!("kind: {matter} is voted on as {first} in its first row, and as {here} here.");
            let help = "Make the kind the same on all rows of the matter, or give the second vote a name of its own.";
            findings.push(
                Problem::error("ballots.kind.differs", ballot.place.cell("kind"), message, help).with_value(here),
            );
        }
        if ballot.kind == BallotKind::Directors {
            nominees.entry(ballot.matter.clone()).or_default().unify(&mut ballot.choice);
        }
    }
}
