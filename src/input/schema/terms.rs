//! The tables `terms`, `classes` and `columns`.

use super::{Column, Kind, NOTE, Table};
use crate::model::class::{Compounding, DayCount};
use crate::model::worded::Worded;

pub(crate) const TERMS: Table = Table {
    name: "terms",
    help: "The certificate's terms and the readings; whatever is left out is as in the Certificate.",
    columns: &[
        Column::new("term", Kind::Text, "The term's name.").required().alias("Terms, Setting, Parameter, Name, Item"),
        Column::new("value", Kind::Value, "Its value; blank: as in the Certificate.")
            .required()
            .alias("Values, Setting Value"),
        NOTE,
    ],
};

pub(crate) const CLASSES: Table = Table {
    name: "classes",
    help: "The other classes, one per row: preferred stock (by §9 senior unless its terms say otherwise), other common, \
           options, warrants.",
    columns: &[
        Column::new("class", Kind::Id, "The class's id, as the register names it.")
            .required()
            .alias("Class ID, Share Class, Series, Class of Stock, Class of Shares"),
        Column::new("name", Kind::Text, "Its name, as people know it.")
            .alias("Class Name, Series Name, Full Name, Title"),
        Column::new(
            "ranking",
            Kind::Words(&["senior", "parity", "junior"]),
            "Its rank upon liquidation against Series A; blank: senior (§9).",
        )
        .alias("Rank, Liquidation Ranking, Liquidation Rank, Ranks"),
        Column::new(
            "dividend_ranking",
            Kind::Words(&["senior", "parity", "junior"]),
            "Its rank as to dividends; blank: as its ranking.",
        )
        .alias("Dividend Rank"),
        Column::new("order", Kind::Whole, "Among seniors, and among juniors: the smaller is paid first; blank: 1.")
            .alias("Rank Order, Priority, Seniority"),
        Column::new(
            "liquidation_preference",
            Kind::PerShare,
            "How much per share upon liquidation: an amount, or 1.5x for so many times the original price.",
        )
        .alias("Liquidation Multiple, Liquidation Preference per Share, Liq Pref, Preference, Preference per Share"),
        Column::new("accrued_dividends", Kind::PerShare, "What is unpaid per share on accrued_as_of.")
            .alias("Accrued Dividends per Share, Accrued, Accrued and Unpaid, Unpaid Dividends"),
        Column::new(
            "accrued_as_of",
            Kind::Date,
            "The date that accrued_dividends is of: the run's, or with a dividend_rate one before it.",
        )
        .alias("Accrued As Of Date, As Of, As Of Date"),
        Column::new("quarters_in_arrears", Kind::Number, "How many quarterly dividends it is behind (§3(c)).")
            .alias("Quarters Behind, Dividends in Arrears"),
        Column::new("votes_per_share", Kind::Number, "Votes per share; blank: none.").alias("Votes, Vote per Share"),
        Column::new("authorized_shares", Kind::Number, "Shares authorised, where known.")
            .alias("Authorized, Authorised, Authorised Shares, Shares Authorized, Shares Authorised"),
        Column::new(
            "kind",
            Kind::Words(&["preferred", "common", "option", "warrant"]),
            "What it is; blank: preferred.",
        )
        .alias("Type, Class Type, Security Type"),
        Column::new("original_price", Kind::PerShare, "The original issue price of a share.")
            .alias("Original Issue Price, OIP, Issue Price"),
        Column::new(
            "participation",
            Kind::Words(&["none", "full", "capped"]),
            "What preferred stock gets beside its preference: none (the default), full, or capped.",
        )
        .alias("Participating"),
        Column::new(
            "participation_cap",
            Kind::PerShare,
            "The most that a capped share gets, its preference included: an amount, or 3x.",
        )
        .alias("Cap, Participation Cap Multiple"),
        Column::new(
            "conversion_ratio",
            Kind::Number,
            "Common shares for one share, on the run's date; blank: preferred stock that does not take part does not \
             convert, all other has 1.",
        )
        .alias("Conversion Rate, Converts At"),
        Column::new(
            "accrued_on_conversion",
            Kind::Words(&["lost", "kept"]),
            "Accrued dividends when it converts; blank: lost.",
        )
        .alias("Dividends on Conversion"),
        Column::new("exercise_price", Kind::PerShare, "What an option or warrant pays for a Common share.")
            .alias("Strike, Strike Price"),
        Column::new("dividend_rate", Kind::Rate, "Its cumulative dividend a year, of the original price, such as 8%.")
            .alias("Cumulative Dividend, Dividend Rate per Year"),
        Column::new("day_count", Kind::Words(DayCount::WORDS), "How parts of a year are counted; blank: 30/360.")
            .alias("Day Count Convention"),
        Column::new(
            "compounding",
            Kind::Words(Compounding::WORDS),
            "On which quarter dates unpaid dividends compound; blank: none.",
        )
        .alias("Compounds"),
        Column::new("dividends_from", Kind::Date, "When dividends begin to accrue; blank: on each lot's issue_date.")
            .alias("Dividends Accrue From, Accrual Date"),
        Column::new(
            "common_dividends",
            Kind::Words(&["none", "as-converted"]),
            "Whether it takes part in dividends on Common; blank: other common does, all other does not.",
        )
        .alias("Participates in Common Dividends"),
    ],
};

pub(crate) const COLUMNS: Table = Table {
    name: "columns",
    help: "Your own headers: which header stands for which column of which table.",
    columns: &[
        Column::new("table", Kind::Text, "The table's name, such as register.").required().alias("Sheet"),
        Column::new("column", Kind::Text, "The column's name here, such as holder_id.").required().alias("Field"),
        Column::new("header", Kind::Text, "The header in your table.")
            .required()
            .alias("Your Header, Own Header, Heading"),
    ],
};
