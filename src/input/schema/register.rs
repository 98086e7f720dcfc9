//! The `register` table, and a ledger of transactions in its place: issues, transfers and cancellations, row by row.

use super::Kind::{Class, Date, Id, Rate, Shares, Text, Words, YesNo};
use super::{Column, Table, column, index_of, required};

pub(crate) const REGISTER: Table = Table {
    name: "register",
    help: "One row per lot: shares of one class, issued to one holder on one date. A Total or Subtotal row is checked.",
    columns: &[
        required("holder_id", Id, "The holder's number or code, the same on all of the holder's rows.").alias(
            "Holder No., Holder Number, Holder Code, Shareholder ID, Shareholder No., Shareholder Number, \
             Stockholder ID, Stockholder No., Stockholder Number, Investor ID, Investor No., Account No., \
             Account Number, Account ID, Stakeholder ID, Stakeholder No., Member No., Member ID, \
             Registered Holder ID, External ID, HIN/SRN, HIN, SRN",
        ),
        required("holder_name", Text, "The holder's name, the same on all of the holder's rows.")
            .alias(
                "Name, Full Name, Holder, Name of Holder, Shareholder, Shareholder Name, Name of Shareholder, \
             Stockholder, Stockholder Name, Name of Stockholder, Investor, Investor Name, Registered Name, \
             Registered Holder, Holder of Record, Registration, Registration 1, Registration Line 1, Name 1, Owner, \
             Owner Name, Stakeholder, Stakeholder Name, Member, Member Name",
            )
            .not("First Name, Last Name, Given Name, Family Name, Surname, Forename, Middle Name, Vorname, Nachname"),
        required("class", Class, "series-a, common, or a class of the classes table; its name will do.").alias(
            "Share Class, Class of Shares, Stock Class, Stock Class Name, Class of Stock, Class ID, Class Name, \
             Security, Security Class, Series, Type of Shares, Issue, Class of Security",
        ),
        required("shares", Shares, "How many shares, above 0, with at most 6 decimals.").summed().alias(
            "No. of Shares, Number of Shares, Num Shares, # of Shares, Nr of Shares, Share Count, Shares Held, \
             Units, Units Held, Shares Owned, Shares Issued, Quantity, Qty, Share Quantity, Share Balance, \
             Quantity Issued, Holding, Holdings, Total Shares, Balance",
        ),
        column(
            "issue_date",
            Date,
            "The day on which the company first issued these shares; needed for Series A. Not the date of a transfer.",
        )
        .alias(
            "Date of Issue, Date Issued, Issued On, Issued Date, Issuance Date, Date of Issuance, \
             Original Issue Date, Date of Original Issue, Acquired, Acquisition Date, Date Acquired",
        )
        .not("Certificate Date, Transfer Date, Date of Certificate, Date of Transfer, Cert Date"),
        column("certificate", Id, "The certificate's number; each only once.").alias(
            "Certificate No., Certificate Number, Certificate ID, Cert, Cert No., Cert Number, Cert ID, \
             Stock Certificate, Stock Certificate No., Security ID",
        ),
        column("retired_date", Date, "The day on which the company retired these shares (§5); blank while held.")
            .alias(
                "Retired, Retired On, Date Retired, Retirement Date, Date of Retirement, Cancelled, Canceled, \
                 Cancelled Date, Canceled Date, Date Cancelled, Date Canceled, Cancellation Date, Canceled On, \
                 Cancelled On",
            ),
        column(
            "treasury",
            Words(&["yes", "no", "subsidiary"]),
            "yes for shares that the company holds itself, never for Series A (§5); subsidiary for those that one of \
             its subsidiaries holds: they do not vote.",
        )
        .alias("Treasury Shares, Treasury Stock, Held in Treasury, In Treasury, Held by Company, Held by the Company"),
        column("withholding_rate", Rate, "Tax withheld from cash: 0.24 or 24%. Blank: as on the holder's other rows.")
            .alias(
                "Withholding, Withholding %, Withholding Tax, Withholding Tax Rate, Tax Withholding Rate, WHT, \
                 WHT Rate, Backup Withholding",
            ),
        column("tax_id", Id, "The holder's tax number; shown masked everywhere.").alias(
            "Tax ID No., Tax ID Number, Tax Number, Tax No., Taxpayer ID, Taxpayer Identification Number, TIN, SSN, \
             EIN, SSN/EIN",
        ),
        column("address", Text, "The last address on the company's books; notices go there (§3).")
            .alias("Mailing Address, Postal Address, Address of Record, Registered Address, Street Address"),
        column("country", Text, "The holder's country, such as US.").alias("Country Code, Country of Residence"),
        column("email", Text, "The holder's e-mail address.")
            .alias("E-mail, Email Address, E-mail Address, Stakeholder Email"),
        column("payee_name", Text, "Whom to pay, where it is not the holder.")
            .alias("Payee, Pay To, Beneficiary, Beneficiary Name, Account Holder, Name on Account"),
        column("payment_method", Text, "How to pay: wire, check, …; without it the payment is held.")
            .alias("Method, Pay Method, Method of Payment, Payment Type, Pay By"),
        column("account", Id, "The bank account to pay into; shown masked everywhere but in payment files.")
            .alias("Bank Account, Bank Account No., Bank Account Number, IBAN"),
        column("bank_code", Id, "The bank's code: routing number, BIC, …").alias(
            "BIC, SWIFT, SWIFT or BIC, SWIFT Code, BIC/SWIFT, ABA, ABA No., ABA Number, Routing No., Routing Number, \
             Bank ID, Sort Code",
        ),
        column("hold", YesNo, "yes to hold the holder's payments back.")
            .alias("On Hold, Payment Hold, Stop, Stop Payment"),
        column("street", Text, "Street and number, for bank files and cheques.").alias("Address 1, Address Line 1"),
        column("town", Text, "Town or city.").alias("City, Town or City, Town/City"),
        column("state", Text, "State or province.").alias("Province, State/Province, Region"),
        column("postal_code", Id, "Postal code.").alias("ZIP, ZIP Code, Postcode, Post Code, Zip / Postal Code"),
        column("payee_kind", Words(&["person", "company"]), "Whether a person or a company is paid.")
            .alias("Payee Type"),
    ],
};

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
            .alias("Transaction Type, Type of Transaction, Transaction, Category, Event, Event Type, Movement, Type"),
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
        column("from_class", Text, "The class of the shares that were given.")
            .alias("Seller Share Class, From Share Class, Converted From"),
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
