//! Exchanges.

use super::cases;
use crate::support::random::{company, quarter_date};
use proptest::prelude::*;
use ratable::internals::model::{Ratio, round_half, scaled_plain, whole};

proptest! {
    #![proptest_config(cases(40))]

    /// An exchange for cash pays the two classes in the ratio in which they participate last in a liquidation.
    #[test]
    fn in_the_ratio_of_the_last_tier(company in company(), date in quarter_date(), amount in 1u64..1_000_000) {
        let amount_text = scaled_plain(i128::from(amount), 4);
        let company = company
            .on(date)
            .with(&format!("consideration: component, amount\nUSD, {amount_text}"))
            .and("register", "H9, common, 1000,,");
        let exchange = company.exchange(date);
        let liquidation = company.liquidate(date, "999999999999.99");
        let per_share = |class: u16| {
            let tiers = &liquidation.outcome.distribution.as_ref().expect("a distribution").tiers;
            let last = tiers.iter().find(|t| t.tier == "participation" && t.class == class);
            last.map(|t| t.paid_per_share.clone()).expect("participation")
        };
        let (series_a, common) = (exchange.case.classes.series_a(), exchange.case.classes.common());
        let component = &exchange.outcome.components[0];
        prop_assert_eq!(
            &component.per_series_a_share / &component.per_common_share,
            per_share(series_a) / per_share(common)
        );
        // And each holding gets its shares times that, rounded.
        let midpoint = exchange.case.terms.readings.midpoint();
        for row in &exchange.outcome.rows {
            let value = if row.class == series_a { &component.per_series_a_share } else { &component.per_common_share };
            let exact: Ratio = Ratio::new(row.shares.into(), 1_000_000.into()) * value * whole(100);
            prop_assert_eq!(round_half(&exact, midpoint), row.gross.into());
        }
    }
}
