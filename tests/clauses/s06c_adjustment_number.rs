//! §6(c): the Adjustment Number, adjusted with the Common; Series A share counts and the 1.00 never are.

use crate::support::case;

/// The Common Adjustment is the preference over the Adjustment Number; participation goes in its ratio to 1.
#[test]
fn adjusted_with_the_common() {
    for (adjustment, sum, expected, breakpoints) in [
        (
            "2006-06-15, subdivision, 4:1",
            "600",
            "A 400.00, C/common 200.00",
            "preference 0, common-adjustment 200, participation 300",
        ),
        (
            "2006-06-16, subdivision, 4:1",
            "1200",
            "A 400.00, C/common 800.00",
            "preference 0, common-adjustment 200, participation 600",
        ),
        (
            "2005-07-18, subdivision, 4:1",
            "1200",
            "A 400.00, C/common 800.00",
            "preference 0, common-adjustment 200, participation 600",
        ),
    ] {
        // M = 400 or 100. 40,000 Common shares.
        let company = case(&format!(
            "register: holder_id, class, shares, issue_date
             A, series-a, 200, 2005-12-15
             C, common, 40000,

             adjustments: effective_date, kind, ratio
             {adjustment}"
        ));
        let run = company.liquidate("2006-06-15", sum);
        assert_eq!(run.paid(), expected, "{adjustment}");
        assert_eq!(run.breakpoints(), breakpoints, "{adjustment}");
        assert_eq!(run.preferences(), "2005-12-15 1", "{adjustment}");
    }
}
