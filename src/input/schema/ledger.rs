//! A ledger of transactions in the register's place: issues, transfers and cancellations, row by row.

use super::register::REGISTER;
use super::{Column, Kind, Table, index_of};

/// A column of the register, with headers that mean it in ledgers alone.
const fn of_register(name: &str) -> Column {
    REGISTER.columns[index_of(&REGISTER, name)]
}

/// The ledger; no table of a case's own, but what a register may be.
pub(crate) static LEDGER: Table = Table {
    name: "ledger",
    help: "One row per transaction: shares issued, transferred or cancelled.",
    columns: &[
        Column::new("date", Kind::Date, "The day of the transaction.").required().alias(
            "Date of Transaction, Transaction Date, Trade Date, Value Date, Settlement Date, Effective Date, \
             Date of Transfer, Transfer Date, Issue Date, Date Issued, Date of Issue",
        ),
        Column::new("class", Kind::Class, "The class of the shares.").required().alias(of_register("class").aliases),
        Column::new("shares", Kind::Shares, "How many shares, above 0.")
            .required()
            .alias(of_register("shares").aliases),
        Column::new("kind", Kind::Text, "issue, transfer or cancellation.")
            .alias("Transaction Type, Type of Transaction, Transaction, Category, Event, Event Type, Movement"),
        Column::new("to", Kind::Text, "Who gets the shares.").alias(
            "Buyer, Buyer Name, Buying/Receiving Holder, Transferee, Transferee Name, To Holder, \
             To Stakeholder, To Whom Transferred, Transferred To, Issued To, Holder, Holder Name, Shareholder, \
             Shareholder Name, Stockholder, Stockholder Name, Name of Stockholder, Stakeholder, \
             Stakeholder Name",
        ),
        Column::new("from", Kind::Text, "Who gave them; blank for an issue.").alias(
            "Seller, Seller Name, Selling/Redeeming Holder, \
             Selling/Redeeming Holder (redemptions & transfers only), Transferor, Transferor Name, From Holder, \
             From Stakeholder, From Whom Transferred, From Whom Shares Were Transferred, Transferred From, \
             Received From",
        ),
        Column::new("to_id", Kind::Id, "The number of who gets them.")
            .alias("To ID, Buyer ID, Transferee ID, Holder ID, Shareholder ID, Stockholder ID, Stakeholder ID"),
        Column::new("from_id", Kind::Id, "The number of who gave them.").alias("From ID, Seller ID, Transferor ID"),
        Column::new("from_email", Kind::Text, "The e-mail address of who gave them.").alias("Seller Email"),
        Column::new("first_name", Kind::Text, "The given name of who gets them.").alias("First Name"),
        Column::new("last_name", Kind::Text, "The family name of who gets them.").alias("Last Name"),
        Column::new("company_name", Kind::Text, "The name of the company that gets them.")
            .alias("Company Name, Institution Name"),
        Column::new("certificate", Kind::Id, "The certificate that they are put on.").alias(
            "Certificate No., Certificate Number, New Certificate, New Certificate No., Certificate Issued, \
             Cert No., Security ID",
        ),
        Column::new("from_certificate", Kind::Id, "The certificates that were surrendered.").alias(
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
