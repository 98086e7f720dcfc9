//! §8: "The shares … shall not be redeemable."

use crate::support::case;

/// Never, with arrears or without, to all or to one.
#[test]
fn never() {
    let company = case(
        "register: holder_id, class, shares, issue_date
         A, series-a, 100, 2005-12-15

         declarations: declared_date, kind, amount
         2006-02-01, cash, 0.01

         actions: date, action, offer_to_all, in_exchange_for
         2006-03-15, series-a-redemption,,
         2006-03-16, series-a-redemption,,
         2006-03-15, series-a-redemption, yes, junior-stock",
    );
    assert_eq!(company.actions().verdicts(), ["8", "8", "8"]);
}
