//! A ledger of transactions in the register's place: issues, transfers and cancellations, row by row.

use super::Kind::{Class, Date, Id, Shares, Text};
use super::register::REGISTER;
use super::{Column, Table, column, index_of, required};

/// A column of the register, with headers that mean it in ledgers alone.
const fn of_register(name: &str) -> Column {
    REGISTER.columns[index_of(&REGISTER, name)]
}

/// The ledger; no table of a case's own, but what a register may be.
pub(crate) static LEDGER: Table = Table {
    name: "ledger",
    help: "One row per transaction: shares issued, transferred or cancelled.",
    columns: &[
        required("date", Date, "The day of the transaction.").alias(
            "Date of Transaction, Transaction Date, Trade Date, Value Date, Settlement Date, Effective Date, \
             Date of Transfer, Transfer Date, Issue Date, Date Issued, Date of Issue",
        ),
        required("class", Class, "The class of the shares.").alias(of_register("class").aliases),
        required("shares", Shares, "How many shares, above 0.").alias(of_register("shares").aliases),
        column("kind", Text, "issue, transfer or cancellation.")
            .alias("Transaction Type, Type of Transaction, Transaction, Category, Event, Event Type, Movement"),
        column("to", Text, "Who gets the shares.").alias(
            "Buyer, Buyer Name, Buying/Receiving Holder, Transferee, Transferee Name, To Holder, To Stakeholder, \
             To Whom Transferred, Transferred To, Issued To, Holder, Holder Name, Shareholder, Shareholder Name, \
             Stockholder, Stockholder Name, Name of Stockholder, Stakeholder, Stakeholder Name",
        ),
        column("from", Text, "Who gave them; blank for an issue.").alias(
            "Seller, Seller Name, Selling/Redeeming Holder, Selling/Redeeming Holder (redemptions & transfers only), \
             Transferor, Transferor Name, From Holder, From Stakeholder, From Whom Transferred, \
             From Whom Shares Were Transferred, Transferred From, Received From",
        ),
        column("to_id", Id, "The number of who gets them.")
            .alias("To ID, Buyer ID, Transferee ID, Holder ID, Shareholder ID, Stockholder ID, Stakeholder ID"),
        column("from_id", Id, "The number of who gave them.").alias("From ID, Seller ID, Transferor ID"),
        column("from_email", Text, "The e-mail address of who gave them.").alias("Seller Email"),
        column("first_name", Text, "The given name of who gets them.").alias("First Name"),
        column("last_name", Text, "The family name of who gets them.").alias("Last Name"),
        column("company_name", Text, "The name of the company that gets them.").alias("Company Name, Institution Name"),
        column("certificate", Id, "The certificate that they are put on.").alias(
            "Certificate No., Certificate Number, New Certificate, New Certificate No., Certificate Issued, \
             Cert No., Security ID",
        ),
        column("from_certificate", Id, "The certificates that were surrendered.").alias(
            "From Certificate No., Old Certificate, Old Certificate No., Certificate Surrendered, \
             Certificates Surrendered, Surrendered Certificate, Source Certificate, From Security ID",
        ),
        of_register("withholding_rate"),
        of_register("tax_id"),
        of_register("address"),
        of_register("country"),
        of_register("email"),
        of_register("payee_name"),
        of_register("payment_method"),
        of_register("account"),
        of_register("bank_code"),
        of_register("street"),
        of_register("town"),
        of_register("state"),
        of_register("postal_code"),
    ],
};

/// The first of the columns that are the register's own, of the holder who gets the shares.
pub(crate) const OF_HOLDER: usize = index_of(&LEDGER, "withholding_rate");
