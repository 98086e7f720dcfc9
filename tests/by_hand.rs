//! `--explain` read against a calculation by hand: H-0027 of the sample workbook, who holds two cohorts of Series A and
//! Common, is paid in cash and in kind, has tax withheld, and stands behind a quarter that was passed over.
//!
//! The figures beside the lines were worked out with exact fractions from the tables of `sample-data/capstone.xlsx` and
//! the Certificate, apart from the program. H-001 and H-004 of `sample-data/small` are worked out in its README.
//!
//! M: 100 × 3/2 = 150 from 2005-10-03, × 1/3 = 50 from 2006-02-06, × 8,832,914/8,412,306 = 220822850/4206153
//! (52.499956611184…) from 2006-05-08.

use crate::support::command::run_in;
use crate::support::{Company, case};
use std::path::Path;

/// What `ratable COMMAND sample --date 2006-06-15 --explain HOLDER` prints.
fn explained(command: &str, sample: &str, holder: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let case = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-data").join(sample);
    let case = case.to_str().unwrap();
    let arguments = [command, case, "--date", "2006-06-15", "--explain", holder, "--out", "out", "--workbooks", "none"];
    let ran = run_in(folder.path(), &[&arguments[..], &["--quiet"]].concat());
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    ran.stdout
}

/// The lines that must be there, in this order.
fn holds(text: &str, lines: &[&str]) {
    let mut rest = text;
    for line in lines {
        let at = rest.find(line).unwrap_or_else(|| panic!("{line:?} is not there, or not in its place:\n{text}"));
        rest = &rest[at + line.len()..];
    }
}

#[test]
fn a_dividend_on_two_cohorts_brought_forward() {
    let text = explained("dividend", "capstone.xlsx", "H-0027");
    holds(
        &text,
        &[
            // F is 2005-08-01, so Q1 is 2005-09-15 and R1 2005-08-31. 12 August is before R1; 10 April 2006 lies between
            // 15 March and its quarter's record date of 31 May.
            "5 shares of Series A Preferred, certificate A-0027, issued 2005-08-12, accruing from 2005-08-12\n",
            "400 shares of Series A Preferred, certificate A-0123, issued 2006-04-10, accruing from 2006-03-15\n",
            // The quarter: M × 0.0333 = 1.748248555152, to the cent.
            "  Series A Preferred, as held on 2006-05-31\n",
            "Declared on 2006-05-16: 0.0333 USD for each share of Common, times 52.499956611184… (100 × 3/2 for the \
             subdivision of 2005-10-03, × 1/3 for the combination of 2006-02-06, × ",
            "for the stock dividend of 2006-05-08): from 0.00 to 1.748248555152",
            "rounded to the nearest cent: from 1.748248555152 to 1.75  [reading half a cent is rounded up]\n",
            // Brought forward by the first cohort, March 2006: 0.02 of record on 30 January, a week before the combination,
            // × 150, and 0.0333 of record on 28 February × 50: 3 + 1.665 = 4.665, half a cent away from zero: 4.67.
            "Plus what is unpaid from earlier quarters (4.67 for 2006-03-15), without interest: from 1.75 to 6.42\n",
            "Meridian Fuel Cells common stock for each share, with what is unpaid from earlier quarters (0.25 for 2006-03-15): \
             0.25\n",
            "Solano Wind warrants for each share, with what is unpaid from earlier quarters (0.5 for 2006-03-15): 0.5\n",
            "Paid for each share, which is all that is owed: 6.42\n",
            "Paid for each share, which is all that is owed: 1.75\n",
            // 32.10 + 700.00; a quarter of it is 183.025, half a cent away from zero: 183.03.
            "§2(a)        Together: 5 × 6.42 + 400 × 1.75, rounded to the smallest unit: 732.10\n",
            "Withholding  Tax withheld at 25 % of the gross amount: 183.03\n",
            // In kind, March's: M on 15 March, as the record date of 31 May is later: 50 × 0.005 × 5 and 50 × 0.01 × 5.
            "Meridian Fuel Cells common stock: each lot's shares times its own rate; the quantity is rounded down: 1.25\n",
            "Solano Wind warrants: each lot's shares times its own rate; the quantity is rounded down: 2.5\n",
            // Common: 535 × 0.0333 = 17.8155; a quarter of 17.82 is 4.455, half a cent away from zero: 4.46.
            "  Common Stock\n",
            "§4(a)(i)     0.0333 USD for each share held on 2006-05-31, declared by the Board on 2006-05-16: dividends on \
             Series A were in arrears on that day, which the clause forbids; none are now: ",
            "Declaration  Together: 535 × 0.0333, rounded to the smallest unit: 17.82\n",
            "Tax withheld at 25 % of the gross amount: 4.46\n",
            "535 × 0.005 Meridian Fuel Cells common stock, the quantity rounded down: 2.675\n",
            "USD on 405 shares of Series A Preferred: gross 732.10, withheld 183.03, net 549.07\n",
            // 732.10 + 17.82; 183.03 + 4.46.
            "Total: gross 749.92, withheld 187.49, net 562.43 USD",
        ],
    );
}

#[test]
fn a_liquidation_of_two_cohorts_after_an_installment() {
    let text = explained("liquidate", "capstone.xlsx", "H-0027");
    holds(
        &text,
        &[
            // L: 1 + 6.42 + 0.25 × 21.40 + 0.5 × 0.85, and 1 + 1.75.
            "Plus 6.42 of accrued and unpaid cash dividends to 2006-06-15: from 1.00 to 7.42\n",
            "for accrued and unpaid Meridian Fuel Cells common stock at fair value: from 7.42 to 12.77\n",
            "for accrued and unpaid Solano Wind warrants at fair value: from 12.77 to 13.195\n",
            "of accrued and unpaid cash dividends to 2006-06-15: from 1.00 to 2.75\n",
            // 3,500,000 on 12 June and 25,000,000 now; Series C first: 40,000 × (100 + 3.50).
            "§6(a)        To distribute, with what earlier installments paid: from 25,000,000.00 to 28,500,000.00\n",
            "§9           Senior series of order 1: 4,140,000.00 is due in all; left after that: from 28,500,000.00 to 24,360,000.00\n",
            // Series A's 32,681.973218 × 13.195 + 19,723.703333 × 2.75 + 2,050.37 × 1.00 = 487,529.190777… and Series B's
            // 20,000 × 25.4375 = 508,750.
            "Series A Liquidation Preference, with parity: 996,279.190777 is due in all; left after that: from 24,360,000.00 to 23,363,720.809223",
            "§6(a)        To a share of Series A Preferred accruing from 2005-08-12: 13.195\n",
            "§6(a)        To a share of Series A Preferred accruing from 2006-03-15: 2.75\n",
            // L̄ = 487,529.190777… / 54,456.046551 shares; / M; × 8,838,614 shares of Common.
            "§6(a)        Common Adjustment of 0.170527949849 a share (8.952709968041, the mean Series A Liquidation \
             Preference, divided by 52.499956611184… (100 × 3/2 for",
            "): 1,507,230.724922 is due in all; left after that",
            "[reading the Common Adjustment rests on the average preference of a share]\n",
            "To a share of Common Stock: 0.170527949849\n",
            // 21,856,490.0843… / (M × 54,456.046551 + 8,838,614) = 1.868466683948, and M times that.
            "§6(a), 6(c)  To a share of Series A Preferred accruing from 2006-03-15: 98.094419836724\n",
            "§6(a), 6(c)  To a share of Common Stock: 1.868466683948\n",
            // 5 × 13.195 + 400 × 2.75 + 405 × 98.094419836724 = 40,894.215; the first installment went to Series C alone.
            "Rounding     Series A Preferred: 405 shares at these amounts, less what earlier installments paid, in whole \
             units; those that are left over of the sum go one each to the largest remainders: 40,894.22\n",
            // 535 × 2.038994633797 = 1,090.8621.
            "Rounding     Common Stock: 535 shares at these amounts",
            "preference 1,165.98, Common Adjustment 0.00, participation 39,728.24, rounding 0.00, net 40,894.22",
            "Total: 41,985.08 USD",
        ],
    );
    // Nothing of cohorts that are not the holder's.
    assert!(!text.contains("2005-08-18") && !text.contains("Series C Preferred:"), "{text}");
}

#[test]
fn an_exchange_for_cash_and_securities() {
    let text = explained("exchange", "capstone.xlsx", "H-0027");
    holds(
        &text,
        &[
            // M × 2.15 = 112.874906714045 and M × 0.045 = 2.362498047503; 405 × that = 45,714.3372….
            "§7           USD for each share of Series A Preferred: the 2.15 for a share of Common times 52.499956611184… (100 × 3/2",
            "): 112.874906714045\n",
            "§7           Series A Preferred: 405 × 112.874906714045",
            " USD, rounded to the smallest unit: 45,714.34\n",
            // 405 × 2.362498047503 = 956.8117092….
            "§7, 11       Series A Preferred: 405 × 2.362498047503",
            "rounded down to 6 decimals: 956.811709\n",
            "Merger       Common Stock: 535 × 2.15 USD, rounded to the smallest unit: 1,150.25\n",
            "Merger       Common Stock: 535 × 0.045 Meridian Power plc ordinary shares, rounded down to 6 decimals: 24.075\n",
            // 45,714.34 + 1,150.25.
            "Total: 46,864.59 USD",
        ],
    );
}

#[test]
fn votes_of_a_fractional_multiple() {
    let text = explained("vote", "capstone.xlsx", "H-0027");
    holds(
        &text,
        &[
            "§3(a)        subdivision of Common on 2005-10-03: the votes of a Series A share times 3/2\n",
            "§3(a)        combination of Common on 2006-02-06: the votes of a Series A share times 1/3\n",
            "§3(a)        Votes per share of Series A Preferred: from 100 to 52.499956611184…\n",
            // 405 × 220822850/4206153.
            "405 shares of Series A Preferred × 52.499956611184… = 21,262.482428 votes, exactly 29811084750/1402051\n",
            "535 shares of Common Stock × 1 = 535 votes\n",
            // M × 54,456.046551 + 2 × 20,000 + 8,838,614.
            "Total: 21,797.482428 of 11,737,554.081144 votes",
        ],
    );
}

#[test]
fn a_holder_of_common_alone_is_not_told_of_series_a() {
    // H-010: 163 shares before the split, 244.5 after it; 244.5 × 0.01 = 2.445, half a cent away from zero.
    let text = explained("dividend", "small", "H-010");
    holds(&text, &["  Common Stock\n", "§4(a)(i)     0.01 USD for each share", "Declaration  Together: 244.5 × 0.01"]);
    assert!(!text.contains("§2(") && text.contains("Total: gross 2.45, withheld 0.00, net 2.45 USD"), "{text}");
    // §7 is about Series A; 244.5 × 2.50 = 611.25 is the merger's own.
    let text = explained("exchange", "small", "H-010");
    assert!(!text.contains('§') && text.contains("Total: 611.25 USD"), "{text}");
    // 244.5 × (0.05 + 0.20) = 61.125, and the cent that is left over goes to H-004.
    let text = explained("liquidate", "small", "H-010");
    holds(&text, &["To a share of Common Stock: 0.05\n", "To a share of Common Stock: 0.20\n", "Total: 61.12 USD"]);
    assert!(!text.contains("To a share of Series A"), "{text}");
}

#[test]
fn lots_that_are_owed_different_quantities_in_kind() {
    // 0.01 W declared on 2005-08-20 and 0.02 on 2005-09-10, M = 100. The lot of 10 August accrues from then and is owed
    // both, 3 a share; that of 1 September, between R1 (31 August) and Q1 (15 September), is owed none of Q1's, and 1 for
    // the 0.01 of 2005-11-01: 10 × (3 + 1) + 20 × 1 = 60.
    let folder = tempfile::tempdir().unwrap();
    let case = folder.path().join("case");
    std::fs::create_dir(&case).unwrap();
    for (name, text) in [
        (
            "register.csv",
            "holder_id,holder_name,class,shares,issue_date\nH,Holder,series-a,10,2005-08-10\nH,Holder,series-a,20,2005-09-01\n",
        ),
        (
            "declarations.csv",
            "declared_date,kind,amount,asset,series_a_declared_date\n2005-08-20,in-kind,0.01,W,2005-08-20\n\
             2005-09-10,in-kind,0.02,W,2005-09-10\n2005-11-01,in-kind,0.01,W,2005-11-01\n",
        ),
        ("record_dates.csv", "payment_date,record_date\n2005-09-15,2005-08-31\n"),
    ] {
        std::fs::write(case.join(name), text).unwrap();
    }
    let arguments = ["dividend", "case", "--date", "2005-12-15", "--explain", "H", "--out", "out", "--quiet"];
    let ran = run_in(folder.path(), &arguments);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    holds(
        &ran.stdout,
        &[
            "W: each lot's shares times its own rate; the quantity is rounded down: 60\n",
            "60 W on 30 shares of Series A Junior Participating Preferred Stock (a value: lots differ per share)\n",
        ],
    );
}

/// What a dividend run of a small case prints of a holder.
fn explained_of(company: &Company, date: &str, funds: &[&str], holder: &str) -> String {
    let (folder, _) = company.folder();
    let arguments = ["dividend", "case", "--date", date, "--explain", holder, "--out", "out", "--quiet"];
    let ran = run_in(folder.path(), &[&arguments[..], funds].concat());
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    ran.stdout
}

#[test]
fn what_earlier_payments_in_part_left_over() {
    // Three shares are owed 1.00 each and were paid 1.00 together: A got 0.34, so 0.666666666667 − 0.006666666667 is left.
    let company = case(
        "register: holder_id, class, shares, issue_date
         A, series-a, 1, 2005-12-15
         B, series-a, 1, 2005-12-15
         C, series-a, 1, 2005-12-15

         declarations: declared_date, kind, amount
         2006-02-01, cash, 0.01",
    );
    let first = explained_of(&company, "2006-03-15", &["--funds", "1"], "A");
    holds(&first, &["Rounding     0.01 more: a unit left over", "dividends of USD 0.66 on your Series A"]);
    let paid = company.with("payments: date, amount\n2006-03-15, 1.00");
    let line = "Together: 1 × 0.666666666667, with -0.006666666667 carried from payments in part, rounded to the smallest \
                unit: 0.66";
    holds(&explained_of(&paid, "2006-06-15", &[], "A"), &[line, "gross 0.66"]);
    let second = explained_of(&paid, "2006-04-03", &["--funds", "1"], "B");
    holds(&second, &["rounded down to the smallest unit: 0.33", "0.01 more: carried from earlier payments in part"]);
}

#[test]
fn cash_in_lieu_beside_a_payment_in_part() {
    // 10.5 × 0.33 = 3.465 Spin: 0.465 × 10.07 = 4.68 in cash. The 20.00 are 10.5 × 1.904761904762 exactly.
    let company = case(
        "terms: term, value
         reading.fractions, cash-in-lieu

         register: holder_id, class, shares, issue_date
         A, series-a, 10.5, 2006-01-10
         B, series-a, 7.33, 2006-02-10

         declarations: declared_date, kind, amount, asset, fair_value, record_date, payment_date
         2006-02-01, cash, 0.02,,, 2006-02-01, 2006-04-15
         2006-02-20, in-kind, 0.0033, Spin, 10.07, 2006-02-20, 2006-04-15",
    );
    let text = explained_of(&company, "2006-03-15", &["--funds", "20"], "A");
    holds(&text, &["Cash in lieu 4.68 more, in cash in lieu of fractions of assets, and any unit left over: 24.68"]);
}

#[test]
fn tax_on_cash_and_deliveries_together() {
    // 30 % of 10.00 and of 10 Spin at 1.50 is 7.50.
    let company = case(
        "terms: term, value
         reading.withhold_in_kind, at-fair-value

         register: holder_id, class, shares, issue_date, withholding_rate
         A, series-a, 10, 2006-01-10, 0.3

         declarations: declared_date, kind, amount, asset, fair_value
         2006-02-05, cash, 0.01,,
         2006-02-05, in-kind, 0.01, Spin, 1.5",
    );
    let line = "Tax withheld at 30 % of cash and deliveries at fair value together, as far as the cash goes: 7.50";
    holds(&explained_of(&company, "2006-03-15", &[], "A"), &[line]);
}
