//! The `register` table.

use super::Kind::{Class, Date, Id, Rate, Shares, Text, Words, YesNo};
use super::{Table, column, required};

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
        required("holder_name", Text, "The holder's name, the same on all of the holder's rows.").alias(
            "Name, Full Name, Holder, Name of Holder, Shareholder, Shareholder Name, Name of Shareholder, \
             Stockholder, Stockholder Name, Name of Stockholder, Investor, Investor Name, Registered Name, \
             Registered Holder, Holder of Record, Registration, Registration 1, Registration Line 1, Name 1, Owner, \
             Owner Name, Stakeholder, Stakeholder Name, Member, Member Name",
        ),
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
        .alias("Treasury Shares, Treasury Stock, Held in Treasury, In Treasury"),
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
