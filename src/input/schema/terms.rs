//! The `terms` and `classes` tables.

use super::{Column, Kind, NOTE, Table};

/// The terms.
pub(crate) const TERMS: Table = Table {
    name: "terms",
    help: "The certificate's terms and the readings; whatever is left out is as in the Certificate.",
    total: None,
    columns: &[
        Column::new("term", Kind::Text, "The term's name.").required().alias(&[
            "Terms",
            "Setting",
            "Parameter",
            "Name",
            "Item",
        ]),
        Column::new("value", Kind::Value, "Its value; blank: as in the Certificate.")
            .required()
            .alias(&["Values", "Setting Value"]),
        NOTE,
    ],
};

/// Words of a ranking.
pub(crate) const RANKINGS: [&str; 3] = ["senior", "parity", "junior"];

/// The other series of stock.
pub(crate) const CLASSES: Table = Table {
    name: "classes",
    help: "The other series of preferred stock, one per row. By §9 they are senior unless their terms say otherwise.",
    total: None,
    columns: &[
        Column::new("class", Kind::Id, "The class's id, as the register names it.").required().alias(&[
            "Class ID",
            "Share Class",
            "Series",
            "Class of Stock",
            "Class of Shares",
        ]),
        Column::new("name", Kind::Text, "Its name, as people know it.").alias(&[
            "Class Name",
            "Series Name",
            "Full Name",
            "Title",
        ]),
        Column::new(
            "ranking",
            Kind::Words(&RANKINGS),
            "Its rank upon liquidation against Series A; blank: senior (§9).",
        )
        .alias(&["Rank", "Liquidation Ranking", "Liquidation Rank", "Ranks"]),
        Column::new("dividend_ranking", Kind::Words(&RANKINGS), "Its rank as to dividends; blank: as its ranking.")
            .alias(&["Dividend Rank"]),
        Column::new("order", Kind::Whole, "Among seniors, and among juniors: the smaller is paid first; blank: 1.")
            .alias(&["Rank Order", "Priority", "Seniority"]),
        Column::new("liquidation_preference", Kind::PerShare, "How much per share upon liquidation.").alias(&[
            "Liquidation Preference per Share",
            "Liq Pref",
            "Preference",
            "Preference per Share",
        ]),
        Column::new("accrued_dividends", Kind::PerShare, "What is unpaid per share on accrued_as_of.").alias(&[
            "Accrued Dividends per Share",
            "Accrued",
            "Accrued and Unpaid",
            "Unpaid Dividends",
        ]),
        Column::new("accrued_as_of", Kind::Date, "The date that accrued_dividends is of; it must be the run's date.")
            .alias(&["Accrued As Of Date", "As Of", "As Of Date"]),
        Column::new("quarters_in_arrears", Kind::Number, "How many quarterly dividends it is behind (§3(c)).")
            .alias(&["Quarters Behind", "Dividends in Arrears"]),
        Column::new("votes_per_share", Kind::Number, "Votes per share; blank: none.")
            .alias(&["Votes", "Vote per Share"]),
        Column::new("authorized_shares", Kind::Number, "Shares authorised, where known.").alias(&[
            "Authorized",
            "Authorised",
            "Authorised Shares",
            "Shares Authorized",
            "Shares Authorised",
        ]),
    ],
};
