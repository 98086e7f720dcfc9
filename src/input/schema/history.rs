//! The tables of what happened.

use super::Kind::{Cash, CashOrFull, Class, Date, Id, Number, PerShare, Ratio, Shares, Text, Words, YesNo};
use super::{NOTE, Table, column, required};
use crate::model::Worded;
use crate::model::events::AdjustmentKind;

pub(crate) const ADJUSTMENTS: Table = Table {
    name: "adjustments",
    help: "Stock dividends, subdivisions and combinations of Common. Give the counts, or the ratio after:before.",
    columns: &[
        required("effective_date", Date, "It takes effect at the start of this date.")
            .alias("Effective, Date Effective, Ex Date, Date"),
        required(
            "kind",
            Words(AdjustmentKind::WORDS),
            "stock-dividend, subdivision (a split) or combination (a reverse split).",
        )
        .alias("Type, Event, Adjustment"),
        column("common_before", Shares, "Common shares outstanding immediately before.")
            .alias("Before, Shares Before, Common Shares Before"),
        column("common_after", Shares, "Common shares outstanding immediately after.")
            .alias("After, Shares After, Common Shares After"),
        column("ratio", Ratio, "After to before, as text: 3:2 makes three shares of two. Counts win over it.")
            .alias("Split Ratio, Split"),
        column("declared_date", Date, "When a stock dividend was declared.")
            .alias("Declared, Declaration Date, Date Declared"),
        NOTE,
    ],
};

pub(crate) const DECLARATIONS: Table = Table {
    name: "declarations",
    help: "Every dividend and distribution declared on Common, in cash or in kind, but stock dividends.",
    columns: &[
        required("declared_date", Date, "The day on which the Board declared it.")
            .alias("Declared, Declaration Date, Date Declared"),
        required("kind", Words(&["cash", "in-kind"]), "cash or in-kind.").alias("Type, Dividend Type"),
        required("amount", PerShare, "How much per Common share: currency, or units of the asset.")
            .alias("Amount per Share, Per Share, Per Common Share, Dividend per Share, Rate per Share"),
        column("asset", Text, "What is distributed in kind, such as SpinCo; blank for cash.")
            .alias("Property, Asset Name"),
        column("fair_value", PerShare, "Cash per unit of the asset.")
            .alias("Fair Market Value, FMV, Fair Value per Unit, Value per Unit"),
        column("record_date", Date, "Common's record date; blank: the payment date.").alias("Date of Record"),
        column("payment_date", Date, "The day on which Common is paid.")
            .alias("Pay Date, Payable, Payable Date, Date Paid, Paid On"),
        column("series_a_declared_date", Date, "The day on which the matching Series A dividend was declared (§2(b)).")
            .alias("Series A Declared, Series A Declaration Date"),
        NOTE,
    ],
};

pub(crate) const RECORD_DATES: Table = Table {
    name: "record_dates",
    help: "The record date of a quarter date or of another payment, where the Board fixed one (§2(c)).",
    columns: &[
        required("payment_date", Date, "A quarter date, or the date of another dividend run.")
            .alias("Quarter, Quarter Date, Quarterly Dividend Payment Date, Pay Date, Dividend Payment Date"),
        required("record_date", Date, "Its record date, at most 30 days before it.").alias("Date of Record"),
    ],
};

pub(crate) const PAYMENTS: Table = Table {
    name: "payments",
    help: "What was paid on Series A, in order of date, where no arrears table is kept.",
    columns: &[
        required("date", Date, "The day of the payment.").alias("Payment Date, Pay Date, Paid On, Date Paid"),
        required("amount", CashOrFull, "The sum paid on Series A, or the word full.")
            .alias("Paid, Amount Paid, Sum, Payment Amount"),
        column("quarter", Date, "The quarter date, or day, that it pays up to; blank: by its date.")
            .alias("Quarter Date, For Quarter"),
        column("asset", Text, "The asset delivered; blank for cash.").alias("Property, Asset Name"),
        column("status", Words(&["paid", "set-apart"]), "paid, or set-apart (§3(c)(i)); blank: paid.").alias("State"),
        NOTE,
    ],
};

pub(crate) const ARREARS: Table = Table {
    name: "arrears",
    help: "Where Series A stood on a date, from the last run's arrears.csv; instead of a history of payments.",
    columns: &[
        required("as_of", Date, "The date that all rows stand as of.").alias("As Of Date"),
        column("default_since", Date, "Since when a default period runs (§3(c)(i)); blank: none does.")
            .alias("In Default Since"),
        column("class", Class, "The class; blank: Series A."),
        required("accrual_start", Date, "The date from which the cohort's dividends accrue (§2(c))."),
        required("quarter", Date, "The quarter date.").alias("Quarter Date"),
        column("asset", Text, "The asset; the currency or blank for cash.").alias("Property, Asset Name"),
        required("dividend_per_share", PerShare, "What was due per share.").alias("Dividend, Due per Share"),
        required("paid_per_share", PerShare, "What of it was paid.").alias("Paid"),
        column("set_apart", YesNo, "yes where the rest is set apart.").alias("Apart"),
    ],
};

pub(crate) const CARRY: Table = Table {
    name: "carry",
    help: "What holders carry of payments in part, from the last run's carry.csv; beside its arrears.",
    columns: &[
        required("as_of", Date, "The date of the arrears.").alias("As Of Date"),
        required("holder_id", Id, "The holder's id in the register."),
        required("carried", Number, "Cash to 18 decimals; negative where the holder had more than its part."),
    ],
};

pub(crate) const CARRIED_PAYMENTS: Table = Table {
    name: "carried_payments",
    help: "Payments below the term minimum_payment, from the last run's carried_payments.csv.",
    columns: &[
        required("as_of", Date, "The date of the run that carried them.").alias("As Of Date"),
        required("holder_id", Id, "The holder's id in the register."),
        required("amount", Cash, "What the next payment is to add."),
    ],
};

pub(crate) const PROCEEDS: Table = Table {
    name: "proceeds",
    help: "The sums distributed upon liquidation, installment by installment.",
    columns: &[
        required("date", Date, "The day of the distribution.").alias("Distribution Date"),
        required("amount", Cash, "The sum distributed.").summed().alias("Proceeds, Sum, Net Proceeds"),
        NOTE,
    ],
};
