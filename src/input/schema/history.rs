//! The tables of what happened.

use super::{Column, Kind, NOTE, Table};
use crate::model::events::AdjustmentKind;
use crate::model::worded::Worded;

pub(crate) const ADJUSTMENTS: Table = Table {
    name: "adjustments",
    help: "Stock dividends, subdivisions and combinations of Common. Give the counts, or the ratio after:before.",
    columns: &[
        Column::new("effective_date", Kind::Date, "It takes effect at the start of this date.")
            .required()
            .alias("Effective, Date Effective, Ex Date, Date"),
        Column::new(
            "kind",
            Kind::Words(AdjustmentKind::WORDS),
            "stock-dividend, subdivision (a split) or combination (a reverse split).",
        )
        .required()
        .alias("Type, Event, Adjustment"),
        Column::new("common_before", Kind::Shares, "Common shares outstanding immediately before.")
            .alias("Before, Shares Before, Common Shares Before"),
        Column::new("common_after", Kind::Shares, "Common shares outstanding immediately after.")
            .alias("After, Shares After, Common Shares After"),
        Column::new(
            "ratio",
            Kind::Ratio,
            "After to before, as text: 3:2 makes three shares of two. Counts win over it.",
        )
        .alias("Split Ratio, Split"),
        Column::new("declared_date", Kind::Date, "When a stock dividend was declared.")
            .alias("Declared, Declaration Date, Date Declared"),
        NOTE,
    ],
};

pub(crate) const DECLARATIONS: Table = Table {
    name: "declarations",
    help: "Every dividend and distribution declared on Common, in cash or in kind, but stock dividends.",
    columns: &[
        Column::new("declared_date", Kind::Date, "The day on which the Board declared it.")
            .required()
            .alias("Declared, Declaration Date, Date Declared"),
        Column::new("kind", Kind::Words(&["cash", "in-kind"]), "cash or in-kind.")
            .required()
            .alias("Type, Dividend Type"),
        Column::new("amount", Kind::PerShare, "How much per Common share: currency, or units of the asset.")
            .required()
            .alias("Amount per Share, Per Share, Per Common Share, Dividend per Share, Rate per Share"),
        Column::new("asset", Kind::Text, "What is distributed in kind, such as SpinCo; blank for cash.")
            .alias("Property, Asset Name"),
        Column::new("fair_value", Kind::PerShare, "Cash per unit of the asset.")
            .alias("Fair Market Value, FMV, Fair Value per Unit, Value per Unit"),
        Column::new("record_date", Kind::Date, "Common's record date; blank: the payment date.")
            .alias("Date of Record"),
        Column::new("payment_date", Kind::Date, "The day on which Common is paid.")
            .alias("Pay Date, Payable, Payable Date, Date Paid, Paid On"),
        Column::new(
            "series_a_declared_date",
            Kind::Date,
            "The day on which the matching Series A dividend was declared (§2(b)).",
        )
        .alias("Series A Declared, Series A Declaration Date"),
        NOTE,
    ],
};

pub(crate) const RECORD_DATES: Table = Table {
    name: "record_dates",
    help: "The record date of a quarter date or of another payment, where the Board fixed one (§2(c)).",
    columns: &[
        Column::new("payment_date", Kind::Date, "A quarter date, or the date of another dividend run.")
            .required()
            .alias("Quarter, Quarter Date, Quarterly Dividend Payment Date, Pay Date, Dividend Payment Date"),
        Column::new("record_date", Kind::Date, "Its record date, at most 30 days before it.")
            .required()
            .alias("Date of Record"),
    ],
};

pub(crate) const PAYMENTS: Table = Table {
    name: "payments",
    help: "What was paid on Series A, in order of date, where no arrears table is kept.",
    columns: &[
        Column::new("date", Kind::Date, "The day of the payment.")
            .required()
            .alias("Payment Date, Pay Date, Paid On, Date Paid"),
        Column::new("amount", Kind::CashOrFull, "The sum paid on Series A, or the word full.")
            .required()
            .alias("Paid, Amount Paid, Sum, Payment Amount"),
        Column::new("quarter", Kind::Date, "The quarter date, or day, that it pays up to; blank: by its date.")
            .alias("Quarter Date, For Quarter"),
        Column::new("asset", Kind::Text, "The asset delivered; blank for cash.").alias("Property, Asset Name"),
        Column::new("status", Kind::Words(&["paid", "set-apart"]), "paid, or set-apart (§3(c)(i)); blank: paid.")
            .alias("State"),
        NOTE,
    ],
};

pub(crate) const ARREARS: Table = Table {
    name: "arrears",
    help: "Where Series A stood on a date, from the last run's arrears.csv; instead of a history of payments.",
    columns: &[
        Column::new("as_of", Kind::Date, "The date that all rows stand as of.").required().alias("As Of Date"),
        Column::new("default_since", Kind::Date, "Since when a default period runs (§3(c)(i)); blank: none does.")
            .alias("In Default Since"),
        Column::new("class", Kind::Class, "The class; blank: Series A."),
        Column::new("accrual_start", Kind::Date, "The date from which the cohort's dividends accrue (§2(c)).")
            .required(),
        Column::new("quarter", Kind::Date, "The quarter date.").required().alias("Quarter Date"),
        Column::new("asset", Kind::Text, "The asset; the currency or blank for cash.").alias("Property, Asset Name"),
        Column::new("dividend_per_share", Kind::PerShare, "What was due per share.")
            .required()
            .alias("Dividend, Due per Share"),
        Column::new("paid_per_share", Kind::PerShare, "What of it was paid.").required().alias("Paid"),
        Column::new("set_apart", Kind::YesNo, "yes where the rest is set apart.").alias("Apart"),
    ],
};

pub(crate) const CARRY: Table = Table {
    name: "carry",
    help: "What holders carry of payments in part, from the last run's carry.csv; beside its arrears.",
    columns: &[
        Column::new("as_of", Kind::Date, "The date of the arrears.").required().alias("As Of Date"),
        Column::new("holder_id", Kind::Id, "The holder's id in the register.").required(),
        Column::new("carried", Kind::Number, "Cash to 18 decimals; negative where the holder had more than its part.")
            .required(),
    ],
};

pub(crate) const CARRIED_PAYMENTS: Table = Table {
    name: "carried_payments",
    help: "Payments below the term minimum_payment, from the last run's carried_payments.csv.",
    columns: &[
        Column::new("as_of", Kind::Date, "The date of the run that carried them.").required().alias("As Of Date"),
        Column::new("holder_id", Kind::Id, "The holder's id in the register.").required(),
        Column::new("amount", Kind::Cash, "What the next payment is to add.").required(),
    ],
};

pub(crate) const PROCEEDS: Table = Table {
    name: "proceeds",
    help: "The sums distributed upon liquidation, installment by installment.",
    columns: &[
        Column::new("date", Kind::Date, "The day of the distribution.").required().alias("Distribution Date"),
        Column::new("amount", Kind::Cash, "The sum distributed.")
            .required()
            .summed()
            .alias("Proceeds, Sum, Net Proceeds"),
        NOTE,
    ],
};
