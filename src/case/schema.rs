//! Every table of a case: its columns, what they are called, what goes in. Said once: reading, messages, the blank
//! workbook of `ratable new` and the documentation all come from here.

use crate::model::events::ActionKind;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Free text.
    Text,
    /// An identifier: text, even where it looks like a number.
    Id,
    /// A class id or name.
    Class,
    /// One of these words.
    Words(&'static [&'static str]),
    /// `yes` or `no`.
    YesNo,
    /// A day.
    Date,
    /// A number of shares, above 0.
    Shares,
    /// An amount of cash.
    Cash,
    /// An amount per share or per unit.
    PerShare,
    /// An amount of cash, or `full`.
    CashOrFull,
    /// A rate from 0 to 100 %.
    Rate,
    /// A number that is not negative.
    Number,
    /// A whole number that is not negative.
    Whole,
    /// `3:2`.
    Ratio,
    /// A term's value: each term has its own kind.
    Value,
}

/// One column of a table.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// Other headers that mean it.
    pub aliases: &'static [&'static str],
    /// Headers that look like it and mean something else.
    pub lookalikes: &'static [&'static str],
    /// What it holds.
    pub kind: Kind,
    /// Whether the table cannot be read without it.
    pub required: bool,
    /// What goes in, for the person who fills it in.
    pub help: &'static str,
}

impl Column {
    const fn new(name: &'static str, kind: Kind, help: &'static str) -> Self {
        Self { name, aliases: &[], lookalikes: &[], kind, required: false, help }
    }

    const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    const fn alias(self, aliases: &'static [&'static str]) -> Self {
        Self { aliases, ..self }
    }

    const fn not(self, lookalikes: &'static [&'static str]) -> Self {
        Self { lookalikes, ..self }
    }
}

/// One table.
#[derive(Debug)]
pub struct Table {
    /// Its name: the sheet's or the file's.
    pub name: &'static str,
    /// What it is for, for the person who fills it in.
    pub help: &'static str,
    /// Its columns.
    pub columns: &'static [Column],
    /// The column that a `Total` row sums.
    pub total: Option<&'static str>,
}

impl Table {
    /// The index of a column by its name.
    #[must_use]
    pub fn index(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|c| c.name == column)
    }

    /// The table of this name; case, spaces, `-` and `_` do not count.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Table> {
        let wanted = table_key(name);
        TABLES.into_iter().find(|t| t.name == wanted)
    }
}

/// A table's or term's name as it is compared: lower case, spaces and `-` as `_`.
#[must_use]
pub fn table_key(name: &str) -> String {
    name.trim().to_lowercase().replace([' ', '-'], "_")
}

/// A header as it is compared: letters and digits alone, in lower case.
#[must_use]
pub fn header_key(header: &str) -> String {
    header.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

const NOTE: Column = Column::new("note", Kind::Text, "Anything you want to remember; not read.")
    .alias(&["Notes", "Comment", "Comments", "Remarks", "Remark"]);

/// The holder register.
pub const REGISTER: Table = Table {
    name: "register",
    help: "One row per lot: shares of one class, issued to one holder on one date. A Total or Subtotal row is checked.",
    total: Some("shares"),
    columns: &[
        Column::new("holder_id", Kind::Id, "The holder's number or code, the same on all of the holder's rows.")
            .required()
            .alias(&[
                "Holder No.",
                "Holder Number",
                "Holder Code",
                "Shareholder ID",
                "Shareholder No.",
                "Shareholder Number",
                "Stockholder ID",
                "Stockholder No.",
                "Stockholder Number",
                "Investor ID",
                "Investor No.",
                "Account No.",
                "Account Number",
                "Account ID",
                "Registered Holder ID",
            ]),
        Column::new("holder_name", Kind::Text, "The holder's name, the same on all of the holder's rows.")
            .required()
            .alias(&[
                "Name",
                "Full Name",
                "Name of Holder",
                "Shareholder",
                "Shareholder Name",
                "Name of Shareholder",
                "Stockholder",
                "Stockholder Name",
                "Name of Stockholder",
                "Investor",
                "Investor Name",
                "Registered Name",
                "Registered Holder",
                "Holder of Record",
                "Registration",
            ]),
        Column::new("class", Kind::Class, "series-a, common, or a class of the classes table; its name will do.")
            .required()
            .alias(&[
                "Share Class",
                "Class of Shares",
                "Stock Class",
                "Class of Stock",
                "Class ID",
                "Class Name",
                "Security",
                "Security Class",
                "Series",
                "Type of Shares",
            ]),
        Column::new("shares", Kind::Shares, "How many shares, above 0, with at most 6 decimals.").required().alias(&[
            "No. of Shares",
            "Number of Shares",
            "Num Shares",
            "# of Shares",
            "Nr of Shares",
            "Share Count",
            "Shares Held",
            "Shares Owned",
            "Shares Issued",
            "Quantity",
            "Qty",
            "Share Quantity",
            "Share Balance",
        ]),
        Column::new(
            "issue_date",
            Kind::Date,
            "The day on which the company first issued these shares; needed for Series A. Not the date of a transfer.",
        )
        .alias(&[
            "Date of Issue",
            "Date Issued",
            "Issued On",
            "Issued Date",
            "Issuance Date",
            "Date of Issuance",
            "Original Issue Date",
            "Date of Original Issue",
        ])
        .not(&["Certificate Date", "Transfer Date", "Date of Certificate", "Date of Transfer", "Cert Date"]),
        Column::new("certificate", Kind::Id, "The certificate's number; each only once.").alias(&[
            "Certificate No.",
            "Certificate Number",
            "Certificate ID",
            "Cert",
            "Cert No.",
            "Cert Number",
            "Cert ID",
            "Stock Certificate",
            "Stock Certificate No.",
        ]),
        Column::new(
            "retired_date",
            Kind::Date,
            "The day on which the company retired these shares (§5); blank while held.",
        )
        .alias(&[
            "Retired",
            "Retired On",
            "Date Retired",
            "Retirement Date",
            "Date of Retirement",
            "Cancelled",
            "Canceled",
            "Cancelled Date",
            "Canceled Date",
            "Date Cancelled",
            "Date Canceled",
            "Cancellation Date",
        ]),
        Column::new("treasury", Kind::YesNo, "yes for shares that the company holds itself; never for Series A (§5).")
            .alias(&["Treasury Shares", "Treasury Stock", "Held in Treasury", "In Treasury"]),
        Column::new(
            "withholding_rate",
            Kind::Rate,
            "Tax withheld from cash: 0.24 or 24%. Blank: as on the holder's other rows.",
        )
        .alias(&[
            "Withholding",
            "Withholding %",
            "Withholding Tax",
            "Withholding Tax Rate",
            "Tax Withholding Rate",
            "WHT",
            "WHT Rate",
            "Backup Withholding",
        ]),
        Column::new("tax_id", Kind::Id, "The holder's tax number; shown masked everywhere.").alias(&[
            "Tax ID No.",
            "Tax ID Number",
            "Tax Number",
            "Tax No.",
            "Taxpayer ID",
            "Taxpayer Identification Number",
            "TIN",
            "SSN",
            "EIN",
            "SSN/EIN",
        ]),
        Column::new("address", Kind::Text, "The last address on the company's books; notices go there (§3).").alias(&[
            "Mailing Address",
            "Postal Address",
            "Address of Record",
            "Registered Address",
            "Street Address",
        ]),
        Column::new("country", Kind::Text, "The holder's country, such as US.")
            .alias(&["Country Code", "Country of Residence"]),
        Column::new("email", Kind::Text, "The holder's e-mail address.").alias(&[
            "E-mail",
            "Email Address",
            "E-mail Address",
        ]),
        Column::new("payee_name", Kind::Text, "Whom to pay, where it is not the holder.").alias(&[
            "Payee",
            "Pay To",
            "Beneficiary",
            "Beneficiary Name",
            "Account Holder",
            "Name on Account",
        ]),
        Column::new("payment_method", Kind::Text, "How to pay: wire, check, …; without it the payment is held.")
            .alias(&["Method", "Pay Method", "Method of Payment", "Payment Type"]),
        Column::new("account", Kind::Id, "The bank account to pay into; shown masked everywhere but in payment files.")
            .alias(&["Bank Account", "Bank Account No.", "Bank Account Number", "IBAN"]),
        Column::new("bank_code", Kind::Id, "The bank's code: routing number, BIC, …").alias(&[
            "BIC",
            "SWIFT",
            "SWIFT Code",
            "BIC/SWIFT",
            "ABA",
            "ABA No.",
            "ABA Number",
            "Routing No.",
            "Routing Number",
            "Bank ID",
            "Sort Code",
        ]),
        Column::new("hold", Kind::YesNo, "yes to hold the holder's payments back.").alias(&["On Hold", "Payment Hold"]),
    ],
};

/// The terms.
pub const TERMS: Table = Table {
    name: "terms",
    help: "The certificate's terms and the readings; whatever is left out is as in the Certificate.",
    total: None,
    columns: &[
        Column::new("term", Kind::Text, "The term's name.").required().alias(&[
            "Terms",
            "Setting",
            "Parameter",
            "Name",
            "Item",
        ]),
        Column::new("value", Kind::Value, "Its value; blank: as in the Certificate.")
            .required()
            .alias(&["Values", "Setting Value"]),
        NOTE,
    ],
};

/// Words of a ranking.
pub const RANKINGS: [&str; 3] = ["senior", "parity", "junior"];

/// The other series of stock.
pub const CLASSES: Table = Table {
    name: "classes",
    help: "The other series of preferred stock, one per row. By §9 they are senior unless their terms say otherwise.",
    total: None,
    columns: &[
        Column::new("class", Kind::Id, "The class's id, as the register names it.").required().alias(&[
            "Class ID",
            "Share Class",
            "Series",
            "Class of Stock",
            "Class of Shares",
        ]),
        Column::new("name", Kind::Text, "Its name, as people know it.").alias(&[
            "Class Name",
            "Series Name",
            "Full Name",
            "Title",
        ]),
        Column::new(
            "ranking",
            Kind::Words(&RANKINGS),
            "Its rank upon liquidation against Series A; blank: senior (§9).",
        )
        .alias(&["Rank", "Liquidation Ranking", "Liquidation Rank", "Ranks"]),
        Column::new("dividend_ranking", Kind::Words(&RANKINGS), "Its rank as to dividends; blank: as its ranking.")
            .alias(&["Dividend Rank"]),
        Column::new("order", Kind::Whole, "Among seniors, and among juniors: the smaller is paid first; blank: 1.")
            .alias(&["Rank Order", "Priority", "Seniority"]),
        Column::new("liquidation_preference", Kind::PerShare, "How much per share upon liquidation.").alias(&[
            "Liquidation Preference per Share",
            "Liq Pref",
            "Preference",
            "Preference per Share",
        ]),
        Column::new("accrued_dividends", Kind::PerShare, "What is unpaid per share on accrued_as_of.").alias(&[
            "Accrued Dividends per Share",
            "Accrued",
            "Accrued and Unpaid",
            "Unpaid Dividends",
        ]),
        Column::new("accrued_as_of", Kind::Date, "The date that accrued_dividends is of; it must be the run's date.")
            .alias(&["Accrued As Of Date", "As Of", "As Of Date"]),
        Column::new("quarters_in_arrears", Kind::Number, "How many quarterly dividends it is behind (§3(c)).")
            .alias(&["Quarters Behind", "Dividends in Arrears"]),
        Column::new("votes_per_share", Kind::Number, "Votes per share; blank: none.")
            .alias(&["Votes", "Vote per Share"]),
        Column::new("authorized_shares", Kind::Number, "Shares authorised, where known.").alias(&[
            "Authorized",
            "Authorised",
            "Authorised Shares",
            "Shares Authorized",
            "Shares Authorised",
        ]),
    ],
};

/// Words of an adjustment's kind.
pub const ADJUSTMENT_KINDS: [&str; 3] = ["stock-dividend", "subdivision", "combination"];

/// Changes of the number of Common shares.
pub const ADJUSTMENTS: Table =
    Table {
        name: "adjustments",
        help: "Stock dividends, subdivisions and combinations of Common. Give the counts, or the ratio after:before.",
        total: None,
        columns: &[
            Column::new("effective_date", Kind::Date, "It takes effect at the start of this date.")
                .required()
                .alias(&["Effective", "Date Effective", "Ex Date", "Date"]),
            Column::new(
                "kind",
                Kind::Words(&ADJUSTMENT_KINDS),
                "stock-dividend, subdivision (a split) or combination (a reverse split).",
            )
            .required()
            .alias(&["Type", "Event", "Adjustment"]),
            Column::new("common_before", Kind::Shares, "Common shares outstanding immediately before.").alias(&[
                "Before",
                "Shares Before",
                "Common Shares Before",
            ]),
            Column::new("common_after", Kind::Shares, "Common shares outstanding immediately after.").alias(&[
                "After",
                "Shares After",
                "Common Shares After",
            ]),
            Column::new(
                "ratio",
                Kind::Ratio,
                "After to before, as text: 3:2 makes three shares of two. Counts win over it.",
            )
            .alias(&["Split Ratio", "Split"]),
            Column::new("declared_date", Kind::Date, "When a stock dividend was declared.").alias(&[
                "Declared",
                "Declaration Date",
                "Date Declared",
            ]),
            NOTE,
        ],
    };

/// Words of a declaration's kind.
pub const DECLARATION_KINDS: [&str; 2] = ["cash", "in-kind"];

/// Dividends and distributions on Common.
pub const DECLARATIONS: Table = Table {
    name: "declarations",
    help: "Every dividend and distribution declared on Common, in cash or in kind, but stock dividends.",
    total: None,
    columns: &[
        Column::new("declared_date", Kind::Date, "The day on which the Board declared it.").required().alias(&[
            "Declared",
            "Declaration Date",
            "Date Declared",
        ]),
        Column::new("kind", Kind::Words(&DECLARATION_KINDS), "cash or in-kind.")
            .required()
            .alias(&["Type", "Dividend Type"]),
        Column::new("amount", Kind::PerShare, "How much per Common share: currency, or units of the asset.")
            .required()
            .alias(&["Amount per Share", "Per Share", "Per Common Share", "Dividend per Share", "Rate per Share"]),
        Column::new("asset", Kind::Text, "What is distributed in kind, such as SpinCo; blank for cash.")
            .alias(&["Property", "Asset Name"]),
        Column::new("fair_value", Kind::PerShare, "Cash per unit of the asset.").alias(&[
            "Fair Market Value",
            "FMV",
            "Fair Value per Unit",
            "Value per Unit",
        ]),
        Column::new("record_date", Kind::Date, "Common's record date; blank: the payment date.")
            .alias(&["Date of Record"]),
        Column::new("payment_date", Kind::Date, "The day on which Common is paid.").alias(&[
            "Pay Date",
            "Payable",
            "Payable Date",
            "Date Paid",
            "Paid On",
        ]),
        Column::new(
            "series_a_declared_date",
            Kind::Date,
            "The day on which the matching Series A dividend was declared (§2(b)).",
        )
        .alias(&["Series A Declared", "Series A Declaration Date"]),
        NOTE,
    ],
};

/// Record dates of the quarters.
pub const RECORD_DATES: Table = Table {
    name: "record_dates",
    help: "The record date of a Quarterly Dividend Payment Date, where the Board fixed one (§2(c)).",
    total: None,
    columns: &[
        Column::new("payment_date", Kind::Date, "A quarter date.").required().alias(&[
            "Quarter",
            "Quarter Date",
            "Quarterly Dividend Payment Date",
            "Pay Date",
            "Dividend Payment Date",
        ]),
        Column::new("record_date", Kind::Date, "Its record date, at most 30 days before it.")
            .required()
            .alias(&["Date of Record"]),
    ],
};

/// Words of a payment's status.
pub const PAYMENT_STATUSES: [&str; 2] = ["paid", "set-apart"];

/// Payments to Series A.
pub const PAYMENTS: Table = Table {
    name: "payments",
    help: "What was paid on Series A, in order of date, where no arrears table is kept.",
    total: None,
    columns: &[
        Column::new("date", Kind::Date, "The day of the payment.").required().alias(&[
            "Payment Date",
            "Pay Date",
            "Paid On",
            "Date Paid",
        ]),
        Column::new("amount", Kind::CashOrFull, "The sum paid on Series A, or the word full.").required().alias(&[
            "Paid",
            "Amount Paid",
            "Sum",
            "Payment Amount",
        ]),
        Column::new("quarter", Kind::Date, "The quarter date that it pays up to; blank: by its date.")
            .alias(&["Quarter Date", "For Quarter"]),
        Column::new("asset", Kind::Text, "The asset delivered; blank for cash.").alias(&["Property", "Asset Name"]),
        Column::new("status", Kind::Words(&PAYMENT_STATUSES), "paid, or set-apart (§3(c)(i)); blank: paid.")
            .alias(&["State"]),
        NOTE,
    ],
};

/// The state brought forward.
pub const ARREARS: Table = Table {
    name: "arrears",
    help: "Where Series A stood on a date, from the last run's arrears.csv; instead of a history of payments.",
    total: None,
    columns: &[
        Column::new("as_of", Kind::Date, "The date that all rows stand as of.").required().alias(&["As Of Date"]),
        Column::new("default_since", Kind::Date, "Since when a default period runs (§3(c)(i)); blank: none does.")
            .alias(&["In Default Since"]),
        Column::new("accrual_start", Kind::Date, "The date from which the cohort's dividends accrue (§2(c)).")
            .required(),
        Column::new("quarter", Kind::Date, "The quarter date.").required().alias(&["Quarter Date"]),
        Column::new("asset", Kind::Text, "The asset; the currency or blank for cash.")
            .alias(&["Property", "Asset Name"]),
        Column::new("dividend_per_share", Kind::PerShare, "What was due per share.")
            .required()
            .alias(&["Dividend", "Due per Share"]),
        Column::new("paid_per_share", Kind::PerShare, "What of it was paid.").required().alias(&["Paid"]),
        Column::new("set_apart", Kind::YesNo, "yes where the rest is set apart.").alias(&["Apart"]),
    ],
};

/// Distributions upon liquidation.
pub const PROCEEDS: Table = Table {
    name: "proceeds",
    help: "The sums distributed upon liquidation, installment by installment.",
    total: Some("amount"),
    columns: &[
        Column::new("date", Kind::Date, "The day of the distribution.").required().alias(&["Distribution Date"]),
        Column::new("amount", Kind::Cash, "The sum distributed.").required().alias(&[
            "Proceeds",
            "Sum",
            "Net Proceeds",
        ]),
        NOTE,
    ],
};

/// The merger consideration.
pub const CONSIDERATION: Table = Table {
    name: "consideration",
    help: "What each Common share is exchanged for in a merger (§7): one row per component.",
    total: None,
    columns: &[
        Column::new("component", Kind::Text, "The currency, such as USD, or the name of an asset.")
            .required()
            .alias(&["Asset", "Consideration"]),
        Column::new("amount", Kind::PerShare, "How much per Common share.").required().alias(&[
            "Amount per Share",
            "Per Share",
            "Per Common Share",
        ]),
        Column::new("fair_value", Kind::PerShare, "Cash per unit of the asset.").alias(&[
            "Fair Market Value",
            "FMV",
            "Fair Value per Unit",
            "Value per Unit",
        ]),
    ],
};

/// Words of an action.
pub const ACTION_WORDS: [&str; 9] = {
    let mut words = [""; 9];
    let mut i = 0;
    while i < 9 {
        words[i] = ActionKind::WORDS[i].1;
        i += 1;
    }
    words
};

/// Planned corporate actions.
pub const ACTIONS: Table = Table {
    name: "actions",
    help: "Corporate actions that are planned, to learn which of them the Certificate allows (§4, §5, §8).",
    total: None,
    columns: &[
        Column::new("date", Kind::Date, "The day of the action.").required().alias(&["Action Date"]),
        Column::new("action", Kind::Words(&ACTION_WORDS), "What is planned.").required().alias(&["Kind", "Type"]),
        Column::new("class", Kind::Class, "The class concerned.").alias(&["Share Class", "Series", "Class of Stock"]),
        Column::new("amount", Kind::Cash, "parity-dividend: what is paid on the class.").alias(&["Amount Paid"]),
        Column::new("entitled", Kind::Cash, "parity-dividend: the total to which the class is entitled.")
            .alias(&["Entitlement"]),
        Column::new("series_a_amount", Kind::Cash, "parity-dividend: what is paid on Series A at the same time."),
        Column::new("offer_to_all", Kind::YesNo, "yes where a purchase is offered to all holders (§4(a)(iv))."),
        Column::new("in_exchange_for", Kind::Text, "What is given for the shares, such as junior-stock (§4(a)(iii))."),
        NOTE,
    ],
};

/// Words of a meeting's kind.
pub const MEETING_KINDS: [&str; 2] = ["special", "annual"];

/// Meetings of holders.
pub const MEETINGS: Table = Table {
    name: "meetings",
    help: "Meetings at which the preferred stock may elect directors (§3(c)).",
    total: None,
    columns: &[
        Column::new("kind", Kind::Words(&MEETING_KINDS), "special or annual.")
            .required()
            .alias(&["Type", "Meeting Type"]),
        Column::new("requested_date", Kind::Date, "When the Board ordered it or holders requested it.").alias(&[
            "Requested",
            "Request Date",
            "Date Requested",
        ]),
        Column::new("requesting_shares", Kind::Number, "Preferred shares of those who requested it."),
        Column::new("ordered_by_board", Kind::YesNo, "yes where the Board ordered it.").alias(&["Board Order"]),
        Column::new("called_date", Kind::Date, "When it was called.").alias(&["Called", "Date Called"]),
        Column::new("meeting_date", Kind::Date, "When it is held.").required().alias(&[
            "Date",
            "Held On",
            "Date of Meeting",
        ]),
        Column::new("next_annual_meeting", Kind::Date, "The date fixed for the next annual meeting."),
        Column::new("right_exercised", Kind::YesNo, "yes where the right was exercised before in this default period."),
        Column::new("vacancies", Kind::Whole, "Vacancies on the Board."),
        Column::new("preferred_shares_present", Kind::Number, "Preferred shares present in person or by proxy."),
    ],
};

/// Words of a ballot's kind.
pub const BALLOT_KINDS: [&str; 3] = ["joint", "amendment", "directors"];
/// Choices on a matter that is not an election.
pub const CHOICES: [&str; 3] = ["for", "against", "abstain"];

/// Ballots.
pub const BALLOTS: Table = Table {
    name: "ballots",
    help: "Ballots cast: a row per holder, class and choice.",
    total: None,
    columns: &[
        Column::new("matter", Kind::Text, "What is voted on.").required().alias(&["Proposal", "Resolution"]),
        Column::new("kind", Kind::Words(&BALLOT_KINDS), "joint (§3(b)), amendment (§10) or directors (§3(c)).")
            .required()
            .alias(&["Type"]),
        Column::new("holder_id", Kind::Id, "The holder's id, as in the register.").required().alias(&[
            "Holder No.",
            "Shareholder ID",
            "Shareholder No.",
            "Stockholder ID",
            "Account No.",
        ]),
        Column::new("class", Kind::Class, "The class voted.").required().alias(&[
            "Share Class",
            "Series",
            "Class of Stock",
        ]),
        Column::new("choice", Kind::Text, "for, against or abstain; for directors the nominee's name.")
            .required()
            .alias(&["Vote", "Nominee", "Ballot"]),
        Column::new("shares", Kind::Shares, "How many shares vote so; blank: all.").alias(&[
            "No. of Shares",
            "Number of Shares",
            "Shares Voted",
        ]),
    ],
};

/// The team's own headers.
pub const COLUMNS: Table = Table {
    name: "columns",
    help: "Your own headers: which header stands for which column of which table.",
    total: None,
    columns: &[
        Column::new("table", Kind::Text, "The table's name, such as register.").required().alias(&["Sheet"]),
        Column::new("column", Kind::Text, "The column's name here, such as holder_id.").required().alias(&["Field"]),
        Column::new("header", Kind::Text, "The header in your table.").required().alias(&[
            "Your Header",
            "Own Header",
            "Heading",
        ]),
    ],
};

/// Every table, in the order in which the blank workbook holds them.
pub static TABLES: [&Table; 14] = [
    &REGISTER,
    &TERMS,
    &CLASSES,
    &ADJUSTMENTS,
    &DECLARATIONS,
    &RECORD_DATES,
    &PAYMENTS,
    &ARREARS,
    &PROCEEDS,
    &CONSIDERATION,
    &ACTIONS,
    &MEETINGS,
    &BALLOTS,
    &COLUMNS,
];
