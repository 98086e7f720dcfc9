//! §4(b): no subsidiary may acquire what the company itself could not.

use crate::support::case;

/// As if the company acquired it; without arrears it may.
#[test]
fn as_the_company_itself() {
    for (row, expected) in [
        ("common,,", "4(a)(i), 4(b)"),
        ("Common Stock,,", "4(a)(i), 4(b)"),
        ("low,,", "4(a)(i), 4(b)"),
        ("par,,", "4(a)(iii), 4(b)"),
        ("par,, junior-stock", "allowed"),
        ("series-a,,", "4(a)(iv), 4(b)"),
        ("series-a, yes,", "allowed"),
        ("top,,", "allowed"),
    ] {
        let company = case(&format!(
            "register: holder_id, class, shares, issue_date
             A, series-a, 100, 2005-12-15

             classes: class, ranking
             par, parity
             low, junior
             top, senior

             declarations: declared_date, kind, amount
             2006-02-01, cash, 0.01

             actions: date, action, class, offer_to_all, in_exchange_for
             2006-03-15, subsidiary-acquisition, {row}
             2006-03-16, subsidiary-acquisition, {row}"
        ));
        assert_eq!(company.actions().verdicts(), ["allowed", expected], "{row}");
    }
}
