//! The tables `terms`, `classes` and `columns`.

use super::Kind::{Date, Id, Number, PerShare, Rate, Text, Value, Whole, Words};
use super::{NOTE, Table, column, required};
use crate::model::{Compounding, DayCount, Worded};

pub(crate) const TERMS: Table = Table {
    name: "terms",
    help: "The certificate's terms and the readings; whatever is left out is as in the Certificate.",
    columns: &[
        required("term", Text, "The term's name.").alias("Terms, Setting, Parameter, Name, Item"),
        required("value", Value, "Its value; blank: as in the Certificate.").alias("Values, Setting Value"),
        NOTE,
    ],
};

const RANKINGS: [&str; 3] = ["senior", "parity", "junior"];

pub(crate) const CLASSES: Table = Table {
    name: "classes",
    help: "The other classes, one per row: preferred stock (by §9 senior unless its terms say otherwise), other common, \
           options, warrants.",
    columns: &[
        required("class", Id, "The class's id, as the register names it.")
            .alias("Class ID, Share Class, Series, Class of Stock, Class of Shares"),
        column("name", Text, "Its name, as people know it.").alias("Class Name, Series Name, Full Name, Title"),
        column("ranking", Words(&RANKINGS), "Its rank upon liquidation against Series A; blank: senior (§9).")
            .alias("Rank, Liquidation Ranking, Liquidation Rank, Ranks"),
        column("dividend_ranking", Words(&RANKINGS), "Its rank as to dividends; blank: as its ranking.")
            .alias("Dividend Rank"),
        column("order", Whole, "Among seniors, and among juniors: the smaller is paid first; blank: 1.")
            .alias("Rank Order, Priority, Seniority"),
        column(
            "liquidation_preference",
            PerShare,
            "How much per share upon liquidation: an amount, or 1.5x for so many times the original price.",
        )
        .alias("Liquidation Multiple, Liquidation Preference per Share, Liq Pref, Preference, Preference per Share"),
        column("accrued_dividends", PerShare, "What is unpaid per share on accrued_as_of.")
            .alias("Accrued Dividends per Share, Accrued, Accrued and Unpaid, Unpaid Dividends"),
        column(
            "accrued_as_of",
            Date,
            "The date that accrued_dividends is of: the run's, or with a dividend_rate one before it.",
        )
        .alias("Accrued As Of Date, As Of, As Of Date"),
        column("quarters_in_arrears", Number, "How many quarterly dividends it is behind (§3(c)).")
            .alias("Quarters Behind, Dividends in Arrears"),
        column("votes_per_share", Number, "Votes per share; blank: none.").alias("Votes, Vote per Share"),
        column("authorized_shares", Number, "Shares authorised, where known.")
            .alias("Authorized, Authorised, Authorised Shares, Shares Authorized, Shares Authorised"),
        column("kind", Words(&["preferred", "common", "option", "warrant"]), "What it is; blank: preferred.")
            .alias("Type, Class Type, Security Type"),
        column("original_price", PerShare, "The original issue price of a share.")
            .alias("Original Issue Price, OIP, Issue Price"),
        column(
            "participation",
            Words(&["none", "full", "capped"]),
            "What preferred stock gets beside its preference: none (the default), full, or capped.",
        )
        .alias("Participating"),
        column(
            "participation_cap",
            PerShare,
            "The most that a capped share gets, its preference included: an amount, or 3x.",
        )
        .alias("Cap, Participation Cap Multiple"),
        column(
            "conversion_ratio",
            Number,
            "Common shares for one share, on the run's date; blank: preferred stock that does not take part does not \
             convert, all other has 1.",
        )
        .alias("Conversion Rate, Converts At"),
        column("accrued_on_conversion", Words(&["lost", "kept"]), "Accrued dividends when it converts; blank: lost.")
            .alias("Dividends on Conversion"),
        column("exercise_price", PerShare, "What an option or warrant pays for a Common share.")
            .alias("Strike, Strike Price"),
        column("dividend_rate", Rate, "Its cumulative dividend a year, of the original price, such as 8%.")
            .alias("Cumulative Dividend, Dividend Rate per Year"),
        column("day_count", Words(DayCount::WORDS), "How parts of a year are counted; blank: 30/360.")
            .alias("Day Count Convention"),
        column(
            "compounding",
            Words(Compounding::WORDS),
            "On which quarter dates unpaid dividends compound; blank: none.",
        )
        .alias("Compounds"),
        column("dividends_from", Date, "When dividends begin to accrue; blank: on each lot's issue_date.")
            .alias("Dividends Accrue From, Accrual Date"),
        column(
            "common_dividends",
            Words(&["none", "as-converted"]),
            "Whether it takes part in dividends on Common; blank: other common does, all other does not.",
        )
        .alias("Participates in Common Dividends"),
    ],
};

pub(crate) const COLUMNS: Table = Table {
    name: "columns",
    help: "Your own headers: which header stands for which column of which table.",
    columns: &[
        required("table", Text, "The table's name, such as register.").alias("Sheet"),
        required("column", Text, "The column's name here, such as holder_id.").alias("Field"),
        required("header", Text, "The header in your table.").alias("Your Header, Own Header, Heading"),
    ],
};
