//! Columns of the register that nobody reads, and that speak of shares that are gone, or are none yet.

use super::schema::header_key;
use super::words::has_word;
use crate::model::text_key::says_no_value;

/// A column that nobody reads and whose header speaks of shares that are gone, or of their status.
#[derive(Clone, Debug)]
pub(crate) struct Gone {
    pub column: u32,
    pub header: String,
    kind: GoneKind,
    /// Whether it holds how many of the row's shares are left.
    pub is_left: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum GoneKind {
    /// Whatever stands in it says that shares are gone, but for a no.
    Gone,
    /// One of the words of [`GONE`] says so; of a status of the shares themselves also those of [`NOT_THERE`].
    Status { of_shares: bool },
    /// A no says so.
    There,
    /// What kind of transaction or of security the row is: one of the words of [`TAKEN`], [`TAKING`] or [`NOT_ISSUED`] says so.
    Entry,
    /// What a share is bought for, by an option or a warrant.
    Price,
    /// How much of a grant has vested.
    Vested,
    /// The day of which the row is: two days in one register count shares twice.
    AsOf,
}

/// Beginnings of words that say that shares are gone.
const GONE: &str = "cancel cxl redeem redemption repurchase buyback void convert conversion forfeit surrender terminat retire \
                    transferred cease cessation sold dispos rescind delet withdrawn storn annul gelösch";
/// Other statuses of shares that are not outstanding.
const NOT_THERE: &str = "closed treasury unissued draft pending lapsed bought exchanged";
/// Headers of kinds of transactions; words for those that take shares away, and beginnings of such words.
const ENTRY: &str = "type action transaction transactiontype movement buysell inout drcr debitcredit securitytype awardtype \
                     granttype equitytype sharetype stocktype assettype instrument instrumenttype";
const TAKEN: &str = "sell dr debit out";
const TAKING: &str = "cancel redeem redemption repurchase buyback surrender forfeit";
const NOT_ISSUED: &str = "treasury reserved unissued ungranted";
/// Kinds of rights to shares that are not issued yet.
const RIGHTS: &str =
    "option options iso isos nso nsos nqso warrant warrants safe safes rsu rsus sar sars note notes kiss phantom";
/// Headers of what options and warrants cost to exercise, and of what of them has vested.
const PRICE: &str = "exerciseprice strike strikeprice grantprice optionprice";
const VESTED: &str = "vested quantityvested vestedquantity vestedshares sharesvested vestedoptions optionsvested";
/// Headers of days of which a row is.
const AS_OF: &str = "asof asofdate snapshotdate positiondate balancedate quarterend monthend yearend";
/// Headers of how many shares are left.
const LEFT: &str = "quantityoutstanding sharesoutstanding outstandingshares sharesout currentshares remainingshares";
/// Headers whose no says that the shares are not outstanding.
const THERE: &str = "active isactive outstanding isoutstanding current iscurrent";

fn begins(word: &str, starts: &str) -> bool {
    starts.split(' ').any(|start| word.starts_with(start))
}

/// Whether a header's key is that of how many shares are left.
pub(super) fn is_left(key: &str) -> bool {
    has_word(LEFT, key)
}

impl Gone {
    pub(super) fn of(column: u32, header: &str) -> Option<Self> {
        let words: Vec<String> =
            header.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase).filter(|w| !w.is_empty()).collect();
        let has = |word: &str| words.iter().any(|w| w == word);
        let begins = |starts: &str| words.iter().any(|word| begins(word, starts));
        // A price or a ratio of conversion says nothing of shares that were converted, nor a legend that was removed.
        let of_terms = begins("ratio price rate convertible voidable redeemable right feature legend restrict");
        let out = has("out") && begins("transfer sold bought") || (has("bought") && has("back"));
        let speaks = !of_terms && (begins(GONE) || begins("remov") || out);
        let key = words.concat();
        let is_left = is_left(&key);
        let of_shares =
            words.iter().all(|word| has_word("status share shares stock certificate cert security holding lot", word));
        let kind = if has("status") && !speaks {
            GoneKind::Status { of_shares }
        } else if has_word(THERE, &key) {
            GoneKind::There
        } else if has_word(ENTRY, &key) {
            GoneKind::Entry
        } else if has_word(AS_OF, &key) {
            GoneKind::AsOf
        } else if has_word(PRICE, &key) {
            GoneKind::Price
        } else if has_word(VESTED, &key) {
            GoneKind::Vested
        } else {
            GoneKind::Gone
        };
        (speaks || kind != GoneKind::Gone || is_left).then(|| Self { column, header: header.to_owned(), kind, is_left })
    }

    /// Whether it holds how many shares are gone.
    pub(super) fn is_count(&self) -> bool {
        self.kind == GoneKind::Gone && header_key(&self.header).contains("quantity")
    }

    pub(crate) fn is_as_of(&self) -> bool {
        self.kind == GoneKind::AsOf
    }

    pub(crate) fn is_price(&self) -> bool {
        self.kind == GoneKind::Price
    }

    pub(crate) fn is_vested(&self) -> bool {
        self.kind == GoneKind::Vested
    }

    /// Whether a value says that the row is of options, warrants or other rights to shares.
    pub(crate) fn is_right(&self, value: &str) -> bool {
        let mut words = value.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase);
        self.kind == GoneKind::Entry && words.any(|word| has_word(RIGHTS, &word))
    }

    /// Whether a value says that the row's shares are gone.
    pub(crate) fn says(&self, value: &str) -> bool {
        let value = value.trim().to_lowercase();
        let mut words = value.split(|c: char| !c.is_alphanumeric());
        let zero = value.trim_matches(['0', '.', ',']).is_empty();
        match self.kind {
            GoneKind::Status { of_shares } => {
                let gone = |word: &str| {
                    begins(word, GONE) || has_word("expired inactive", word) || (of_shares && has_word(NOT_THERE, word))
                };
                words.any(gone) && !value.starts_with("not ")
            }
            GoneKind::Entry => {
                let taken = |word| has_word(TAKEN, word) || has_word(NOT_ISSUED, word);
                words.any(|word| taken(word) || (begins(word, TAKING) && word != "redeemable"))
            }
            GoneKind::AsOf | GoneKind::Price | GoneKind::Vested => false,
            GoneKind::There => zero || has_word("no n false", &value),
            GoneKind::Gone => !(zero || has_word("no n false", &value) || says_no_value(&value)),
        }
    }
}
