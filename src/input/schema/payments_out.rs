//! The tables of what happens after a run: who pays, how it is booked, what became of the payments.

use super::{Column, Kind, Table};

pub(crate) const BANK: Table = Table {
    name: "bank",
    help: "Who pays, for the bank's files: name, account, bank_code, street, town, country and so on.",
    columns: &[
        Column::new("term", Kind::Text, "The term's name, such as account.").required().alias("Name, Setting"),
        Column::new("value", Kind::Id, "Its value.").required().alias("Setting Value"),
    ],
};

pub(crate) const ACCOUNTS: Table = Table {
    name: "accounts",
    help: "The names of your ledger's accounts, for the journal.",
    columns: &[
        Column::new("role", Kind::Text, "The role, such as cash, or dividends-payable:series-a for one class.")
            .required(),
        Column::new("account", Kind::Id, "The account's name in your ledger.")
            .required()
            .alias("Account Name, Ledger Account"),
    ],
};

pub(crate) const PAYMENT_STATUS: Table = Table {
    name: "payment_status",
    help: "What became of payments that were sent, by reference; for reissue.",
    columns: &[
        Column::new("reference", Kind::Id, "The payment's reference, as in payment-instructions.csv.")
            .required()
            .alias("Payment Reference, End To End Id, EndToEndId"),
        Column::new(
            "status",
            Kind::Words(&["settled", "returned", "stopped", "void"]),
            "settled, returned, stopped or void.",
        )
        .required(),
        Column::new("date", Kind::Date, "The day on which it settled, came back or was stopped.")
            .required()
            .alias("Status Date"),
        Column::new("reason", Kind::Text, "Why, as the bank says.").alias("Return Reason, Note"),
    ],
};
