//! The tables of what happens after a run: who pays, how it is booked, what became of the payments.

use super::Kind::{Cash, Date, Id, Text, Words};
use super::{Table, column, required};

pub(crate) const BANK: Table = Table {
    name: "bank",
    help: "Who pays, for the bank's files: name, account, bank_code, street, town, country and so on.",
    columns: &[
        required("term", Text, "The term's name, such as account.").alias("Name, Setting"),
        required("value", Id, "Its value.").alias("Setting Value"),
    ],
};

pub(crate) const ACCOUNTS: Table = Table {
    name: "accounts",
    help: "The names of your ledger's accounts, for the journal.",
    columns: &[
        required("role", Text, "The role, such as cash, or dividends-payable:series-a for one class."),
        required("account", Id, "The account's name in your ledger.").alias("Account Name, Ledger Account"),
    ],
};

pub(crate) const PAYMENT_STATUS: Table = Table {
    name: "payment_status",
    help: "What became of payments that were sent, by reference; for reissue, and so that pay does not send them again.",
    columns: &[
        required("reference", Id, "The payment's reference, as in payment-instructions.csv.")
            .alias("Payment Reference, End To End Id, EndToEndId"),
        required("status", Words(&["settled", "returned", "stopped", "void"]), "settled, returned, stopped or void."),
        required("date", Date, "The day on which it settled, came back or was stopped.").alias("Status Date"),
        column("reason", Text, "Why, as the bank says.").alias("Return Reason, Note"),
        column("amount", Cash, "The amount that the bank names, which must be the payment's.")
            .alias("Payment Amount, Transaction Amount, Returned Amount, Return Amount, Settled Amount"),
    ],
};
