//! Votes.

use super::cases;
use crate::support::random::{company, quarter_date};
use num_traits::Zero;
use proptest::prelude::*;
use ratable::internals::model::{Ratio, fraction, scaled_plain, whole};

proptest! {
    #![proptest_config(cases(40))]

    /// The votes of the whole are the sum of the votes of the parts, to the last fraction.
    #[test]
    fn the_whole_is_the_sum_of_its_parts(company in company(), date in quarter_date()) {
        let run = company.on(date).vote(date);
        let votes = |r: &ratable::internals::runs::VoteRow| r.shares.to_ratio() * &run.outcome.votes_per_share[usize::from(r.class)];
        let sum = run.outcome.rows.iter().fold(whole(0), |sum, row| sum + votes(row));
        prop_assert_eq!(&sum, &run.outcome.votes);
        prop_assert_eq!(&sum, &company.on(date).captable(date).outcome.votes);
    }

    /// A holding cut into any lots and given to any holders votes the same, and so does one cut by hand.
    #[test]
    fn however_it_is_cut(parts in proptest::collection::vec((1u64..1_000_000_000, 0u8..5, 0i64..700), 1..12), date in quarter_date()) {
        let micros: u64 = parts.iter().map(|(micros, ..)| micros).sum();
        let adjustments = "adjustments: effective_date, kind, ratio
            2005-11-01, combination, 1:3
            2006-08-01, subdivision, 7:2";
        let rows: Vec<String> = parts
            .iter()
            .map(|(micros, holder, _)| format!("H{holder}, series-a, {}, 2005-08-01", scaled_plain(i128::from(*micros), 6)))
            .collect();
        let register = "register: holder_id, class, shares, issue_date";
        let cut = crate::support::case(&format!("{register}\n{}\n\n{adjustments}", rows.join("\n")));
        let whole_lot = format!("W, series-a, {}, 2005-08-01", scaled_plain(i128::from(micros), 6));
        let uncut = crate::support::case(&format!("{register}\n{whole_lot}\n\n{adjustments}"));
        prop_assert_eq!(cut.vote(date).outcome.votes, uncut.vote(date).outcome.votes);
    }

    /// However many splits lead to it, the same number of Common shares gives the same votes.
    #[test]
    fn whatever_the_split_history(splits in proptest::collection::vec((1u64..60, 1u64..60), 1..7)) {
        let register = "register: holder_id, class, shares, issue_date
            A, series-a, 12.345678, 2005-08-01
            C, common, 1000,";
        let word = |after: u64, before: u64| if after < before { "combination" } else { "subdivision" };
        let step = |(at, (after, before)): (usize, &(u64, u64))| {
            format!("2006-01-{:02}, {}, {after}:{before}", at + 1, word(*after, *before))
        };
        let steps: Vec<String> = splits.iter().enumerate().map(step).collect();
        let product = splits.iter().fold(whole(1), |product, (after, before)| product * Ratio::new((*after).into(), (*before).into()));
        prop_assume!(!product.is_zero());
        let (after, before) = (product.numer().to_string(), product.denom().to_string());
        let kind = if product < whole(1) { "combination" } else { "subdivision" };
        let table = "adjustments: effective_date, kind, ratio";
        let many = crate::support::case(&format!("{register}\n\n{table}\n{}", steps.join("\n")));
        let one = crate::support::case(&format!("{register}\n\n{table}\n2006-01-15, {kind}, {after}:{before}"));
        let votes = |company: &crate::support::Company| fraction(&company.vote("2006-03-15").outcome.votes);
        prop_assert_eq!(votes(&many), votes(&one));
    }
}
