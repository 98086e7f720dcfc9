//! One table-driven test per rule, in the order of the Certificate's clauses, with the boundary on both sides.
//!
//! Each fails when its rule is broken: `tests/README.md` lists the break that was tried for every one of them.

mod s01_amount;
mod s02a_dividends;
mod s02a_multiple;
mod s02b_declarations;
mod s02c_accrual;
mod s02c_arrears;
mod s02c_partial;
mod s02c_record_date;
mod s03_subsidiaries_shares;
mod s03a_votes;
mod s03b_together;
mod s03c_board;
mod s03c_default_period;
mod s03c_elections;
mod s03c_meetings;
mod s04a_restrictions;
mod s04b_subsidiaries;
mod s05_reacquired;
mod s06a_liquidation;
mod s06b_shortfall;
mod s06c_adjustment_number;
mod s07_exchange;
mod s08_redemption;
mod s09_ranking;
mod s10_amendment;
mod s11_fractions;
mod terms_of_the_family;
mod told_with_a_run;
