//! The placeholders that a statement's layout may use: `{{holder_name}}`, `{{lot.shares}}`, ….

#![allow(unreachable_pub, reason = "one macro makes five modules, of which tests see two")]

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StatementKind {
    Dividend,
    Liquidation,
    Exchange,
}

impl StatementKind {
    pub const ALL: [Self; 3] = [Self::Dividend, Self::Liquidation, Self::Exchange];

    /// The layout's file in `templates/`.
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Dividend => "statement-dividend.xlsx",
            Self::Liquidation => "statement-liquidation.xlsx",
            Self::Exchange => "statement-exchange.xlsx",
        }
    }

    /// The placeholders of its layouts, each with what it is.
    pub fn placeholders(self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let all = Group::EVERY.into_iter().flat_map(Group::fields).filter(move |field| self.is_in(field.kinds));
        all.map(|field| (field.name, field.help))
    }

    /// Whether it is one of these: `D`, `L`, `X` together.
    pub(super) fn is_in(self, kinds: u8) -> bool {
        kinds & (1 << self as u8) != 0
    }
}

/// What a row that holds a placeholder is repeated for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Group {
    /// Once: the holder and the run.
    Single,
    Lot,
    Step,
    /// For each payment in cash: a class.
    Payment,
    /// For each delivery in kind: a class and an asset.
    Delivery,
}

/// One placeholder: its group, and its index among the group's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Field {
    pub group: Group,
    pub index: u8,
}

#[derive(Clone, Copy, Debug)]
pub struct FieldInfo {
    /// What stands between the braces.
    pub name: &'static str,
    pub help: &'static str,
    kinds: u8,
}

pub(super) const D: u8 = 1 << StatementKind::Dividend as u8;
pub(super) const L: u8 = 1 << StatementKind::Liquidation as u8;
pub(super) const X: u8 = 1 << StatementKind::Exchange as u8;
pub(super) const ALL: u8 = D | L | X;

macro_rules! fields {
    ($module:ident, $group:expr, $($name:ident = $text:literal, $kinds:expr, $help:literal;)*) => {
        #[doc = concat!("Placeholders of a ", stringify!($module), ".")]
        pub mod $module {
            #[allow(unused_imports, reason = "not every list has placeholders of each kind")]
            use super::{ALL, D, Field, FieldInfo, Group, L, X};
            #[allow(non_camel_case_types, clippy::upper_case_acronyms, reason = "only there to count")]
            #[repr(u8)]
            enum Index { $($name,)* }
            $(
                #[doc = $help]
                pub const $name: Field = Field { group: $group, index: Index::$name as u8 };
            )*
            pub(crate) const INFO: &[FieldInfo] = &[$(FieldInfo { name: $text, help: $help, kinds: $kinds },)*];
        }
    };
}

fields! { single, Group::Single,
    COMPANY = "company", ALL, "the company";
    SERIES = "series", ALL, "the name of the series of preferred stock";
    RUN = "run", ALL, "which run this is, in words";
    RUN_DATE = "run_date", ALL, "the date of the run";
    RECORD_DATE = "record_date", ALL, "the day at whose close holders are entitled";
    PAY_DATE = "pay_date", ALL, "the day of payment";
    CURRENCY = "currency", ALL, "the currency's code";
    HOLDER_ID = "holder_id", ALL, "the holder's id";
    HOLDER_NAME = "holder_name", ALL, "the holder's name";
    LETTER_1 = "letter_1", ALL, "the holder's name and address as on a letter, the first line";
    LETTER_2 = "letter_2", ALL, "the second line";
    LETTER_3 = "letter_3", ALL, "the third line";
    LETTER_4 = "letter_4", ALL, "the fourth line";
    LETTER_5 = "letter_5", ALL, "the fifth line";
    ADDRESS = "address", ALL, "the holder's address";
    COUNTRY = "country", ALL, "the holder's country";
    EMAIL = "email", ALL, "the holder's e-mail address";
    TAX_ID = "tax_id", ALL, "the last four characters of the holder's tax id, or that none is on file";
    PAYEE_NAME = "payee_name", ALL, "who is paid";
    PAYMENT_METHOD = "payment_method", ALL, "how the holder is paid";
    ACCOUNT = "account", ALL, "the last four characters of the holder's account";
    BANK_CODE = "bank_code", ALL, "the code of the holder's bank";
    REFERENCE = "reference", ALL, "the payment's reference, as in payment-instructions.csv";
    STATUS = "status", ALL, "how it is paid, or that it is held and why, or why nothing is paid";
    OWED = "owed", D, "what is still owed on the holder's shares after a payment in part";
    OWED_NOTE = "owed_note", D, "the same in a sentence";
    EARLIER_NOTE = "earlier_note", D, "how much of the dividend is for earlier quarters, in a sentence";
    YEAR = "year", D, "the year that the next three sum up, where the run goes on from earlier ones";
    YEAR_GROSS = "year_gross", D, "cash of that year before withholding, with this run's";
    YEAR_WITHHELD = "year_withheld", D, "tax withheld in that year";
    YEAR_NET = "year_net", D, "cash of that year after withholding";
    CONTACT = "contact", ALL, "whom to ask: the term contact, or else the company";
    MULTIPLE = "multiple", ALL, "the multiple on the date of the run (100, as adjusted)";
    SHARES = "shares", ALL, "the holder's shares, all lots listed";
    GROSS = "gross", ALL, "cash before withholding";
    WITHHOLDING_RATE = "withholding_rate", D, "the rate at which tax is withheld";
    WITHHELD = "withheld", D, "tax withheld";
    NET = "net", ALL, "cash after withholding";
    READINGS = "readings", ALL, "the readings that the steps rest on, in words";
    ACKNOWLEDGED = "acknowledged", ALL, "the clauses that stood in the way and were acknowledged";
    NOTE = "note", ALL, "how to read the statement";
}

fields! { lot, Group::Lot,
    CLASS = "lot.class", ALL, "the lot's class";
    CERTIFICATE = "lot.certificate", ALL, "the lot's certificate";
    ISSUE_DATE = "lot.issue_date", ALL, "the day on which the company first issued the lot";
    ACCRUAL_START = "lot.accrual_start", D | L, "the day from which the lot's dividends accrue";
    ACCRUAL_WHY = "lot.accrual_why", D | L, "by which words of 2(c) they accrue from that day";
    SHARES = "lot.shares", ALL, "the lot's shares";
    PER_SHARE = "lot.per_share", D | L, "cash per share";
    AMOUNT = "lot.amount", D, "shares times cash per share, before rounding";
    PREFERENCE = "lot.preference", L, "preference per share";
    ADJUSTMENT = "lot.common_adjustment", L, "Common Adjustment per share";
    PARTICIPATION = "lot.participation", L, "participation per share";
    NOTE = "lot.note", ALL, "what is special about the lot";
}

fields! { step, Group::Step,
    CLAUSE = "step.clause", ALL, "the clause of the Certificate (or the rule) that the step rests on";
    WHAT = "step.what", ALL, "what is done, in a sentence";
    BEFORE = "step.before", ALL, "the figure before";
    AFTER = "step.after", ALL, "the figure after";
    READING = "step.reading", ALL, "the reading that the step rests on, in words";
}

fields! { payment, Group::Payment,
    CLASS = "payment.class", ALL, "the class paid on";
    ASSET = "payment.asset", ALL, "the currency";
    SHARES = "payment.shares", ALL, "the shares paid on";
    PER_SHARE = "payment.per_share", ALL, "amount per share, where it is one for all shares";
    ROUNDED = "payment.rounded", D | X, "the sum of the lots, rounded (or rounded down, where a sum is apportioned)";
    UNIT = "payment.unit", D | X, "a unit left over that went to this holding, or cash in lieu of a fraction";
    PREFERENCE = "payment.preference", L, "preference, rounded";
    ADJUSTMENT = "payment.common_adjustment", L, "Common Adjustment, rounded";
    PARTICIPATION = "payment.participation", L, "participation, rounded";
    PARTS = "payment.parts", L, "what the amount is made of, and what the class did, in words";
    ROUNDING = "payment.rounding", L, "the total less its three rounded parts";
    GROSS = "payment.gross", ALL, "before withholding";
    WITHHELD = "payment.withheld", D, "tax withheld";
    NET = "payment.net", ALL, "after withholding";
    NOTE = "payment.note", ALL, "what is special about the payment";
}

fields! { delivery, Group::Delivery,
    CLASS = "delivery.class", D | X, "the class delivered on";
    ASSET = "delivery.asset", D | X, "what is delivered";
    SHARES = "delivery.shares", D | X, "the shares delivered on";
    PER_SHARE = "delivery.per_share", D | X, "the quantity per share, where it is one for all shares";
    QUANTITY = "delivery.quantity", D | X, "the quantity delivered";
    NOTE = "delivery.note", D | X, "what is special about the delivery";
}

impl Group {
    pub fn fields(self) -> &'static [FieldInfo] {
        match self {
            Self::Single => single::INFO,
            Self::Lot => lot::INFO,
            Self::Step => step::INFO,
            Self::Payment => payment::INFO,
            Self::Delivery => delivery::INFO,
        }
    }

    pub(crate) const EVERY: [Self; 5] = [Self::Single, Self::Lot, Self::Step, Self::Payment, Self::Delivery];
}

impl Field {
    pub fn find(name: &str, kind: StatementKind) -> Option<Self> {
        Group::EVERY.into_iter().find_map(|group| {
            let at = group.fields().iter().position(|f| f.name == name && kind.is_in(f.kinds))?;
            u8::try_from(at).ok().map(|index| Self { group, index })
        })
    }

    /// What it is.
    pub fn info(self) -> &'static FieldInfo {
        &self.group.fields()[usize::from(self.index)]
    }
}
