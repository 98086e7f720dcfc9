//! §5: shares that the company acquires "shall be retired and cancelled", and come back only as a new series.

use crate::support::runs::refusal;
use crate::support::{Company, case};

fn company() -> Company {
    case(
        "register: holder_id, class, shares, issue_date, retired_date
         A, series-a, 60, 2005-12-15,
         B, series-a, 40, 2005-12-15, 2006-04-10
         C, common, 1000,,

         declarations: declared_date, kind, amount
         2006-02-01, cash, 0.01

         consideration: component, amount
         USD, 1.00",
    )
}

/// From the day of its retirement a lot is out of everything.
#[test]
fn retired_from_its_day() {
    let company = company();
    assert_eq!(company.dividend("2006-04-09").cash(), "A 60.00, B 40.00");
    assert_eq!(company.dividend("2006-04-10").cash(), "A 60.00");
    assert_eq!(company.exchange("2006-04-09").cash(), "A 6000.00, B 4000.00, C/common 1000.00");
    assert_eq!(company.exchange("2006-04-10").cash(), "A 6000.00, C/common 1000.00");
    assert_eq!(company.vote("2006-04-09").votes(), "A 6000, B 4000, C/common 1000");
    assert_eq!(company.vote("2006-04-10").votes(), "A 6000, C/common 1000");
    assert_eq!(company.liquidate("2006-04-09", "100").paid(), "A 60.00, B 40.00, C/common 0.00");
    assert_eq!(company.liquidate("2006-04-10", "100").paid(), "A 100.00, C/common 0.00");
}

/// Common retires the same way.
#[test]
fn retired_common() {
    let company = company().and("register", "D, common, 10,, 2006-04-10\nE, common, 10, 2006-04-10,");
    assert_eq!(company.exchange("2006-04-09").cash(), "A 6000.00, B 4000.00, C/common 1000.00, D/common 10.00");
    assert_eq!(company.exchange("2006-04-10").cash(), "A 6000.00, C/common 1000.00, E/common 10.00");
}

/// They "become authorized but unissued shares of Preferred Stock", not of this series: they use up what is authorised.
#[test]
fn retired_shares_do_not_come_back() {
    for (authorized, expected) in [("100", "done"), ("99.999999", "3 register.shares.over-issue")] {
        let company = company().set("authorized_shares", authorized);
        assert_eq!(refusal(company.try_captable("2006-04-10")), expected, "{authorized}");
    }
    let company = company().with("actions: date, action\n2006-01-10, series-a-reissue\n2006-04-20, series-a-reissue");
    assert_eq!(company.actions().verdicts(), ["5", "5"]);
}

/// Series A cannot be held in treasury; Common can, and is not outstanding.
#[test]
fn no_series_a_in_treasury() {
    let company = case(
        "register: holder_id, class, shares, issue_date, treasury
         A, series-a, 60, 2005-12-15,
         T, common, 40,, yes
         C, common, 10,,",
    );
    assert_eq!(company.vote("2006-04-10").votes(), "A 6000, C/common 10");
    let held = company.and("register", "T, series-a, 1, 2005-12-15, yes");
    assert_eq!(held.errors(), "register.treasury.series-a F5");
}

/// The first issuance is that of a lot retired since.
#[test]
fn first_issuance_by_a_retired_lot() {
    let company = case(
        "register: holder_id, class, shares, issue_date, retired_date
         A, series-a, 1, 2006-03-20,
         B, series-a, 1, 2006-01-20, 2006-02-20

         declarations: declared_date, kind, amount
         2006-03-10, cash, 0.01",
    );
    // F = 01-20, so Q1 = 03-15, and A accrues from it; if F were 03-20, A would accrue from that day.
    assert_eq!(company.dividend("2006-06-15").accrual(), ["2006-01-20 → 2006-01-20", "2006-03-20 → 2006-03-15"]);
}
