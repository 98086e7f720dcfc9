//! Account and bank identifiers: IBANs with their check digits (ISO 7064 mod 97-10), BICs, and routing numbers of the
//! American Bankers Association; and codes of countries.

use iban::{BaseIban, ParseBaseIbanError};
use std::borrow::Cow;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Iban {
    None,
    /// One, without blanks.
    Valid(String),
    /// One by its shape, with wrong check digits.
    WrongDigits,
}

/// Two letters, two digits, 11 to 30 letters or digits; blanks and a leading `IBAN` do not count.
pub(crate) fn iban(text: &str) -> Iban {
    if !text.trim_start().starts_with(|c: char| c.is_ascii_alphabetic()) {
        return Iban::None;
    }
    let letters: String = text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
    let body = letters.strip_prefix("IBAN").map_or(letters.as_str(), |rest| rest.trim_start_matches([':', '.']));
    match body.parse::<BaseIban>() {
        _ if !(15..=34).contains(&body.len()) => Iban::None,
        Ok(_) => Iban::Valid(body.to_owned()),
        Err(ParseBaseIbanError::InvalidChecksum) => Iban::WrongDigits,
        Err(ParseBaseIbanError::InvalidFormat) => Iban::None,
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum BankCode<'t> {
    None,
    /// A BIC of 8 or 11 letters and digits, in upper case.
    Bic(Cow<'t, str>),
    /// A routing number whose check is right.
    Aba(Cow<'t, str>),
    /// Nine digits whose check is wrong.
    WrongDigits,
}

/// A bank's code: a BIC, or nine digits of the American Bankers Association (weights 3 7 1). Blanks and `-` do not count.
pub(crate) fn bank_code(text: &str) -> BankCode<'_> {
    let passed_over = |c: char| c.is_whitespace() || c == '-';
    let code: Cow<str> = if text.contains(passed_over) { text.replace(passed_over, "").into() } else { text.into() };
    let bytes = code.as_bytes();
    let is_bic = matches!(bytes.len(), 8 | 11)
        && bytes.iter().take(6).all(u8::is_ascii_alphabetic)
        && bytes.iter().all(u8::is_ascii_alphanumeric);
    if is_bic {
        let is_upper = !bytes.iter().any(u8::is_ascii_lowercase);
        return BankCode::Bic(if is_upper { code } else { code.to_ascii_uppercase().into() });
    }
    if bytes.len() != 9 || !bytes.iter().all(u8::is_ascii_digit) {
        return BankCode::None;
    }
    let weighted =
        bytes.iter().zip([3, 7, 1, 3, 7, 1, 3, 7, 1]).map(|(digit, weight)| u32::from(digit - b'0') * weight);
    if weighted.sum::<u32>().is_multiple_of(10) { BankCode::Aba(code) } else { BankCode::WrongDigits }
}

/// The codes of countries (ISO 3166-1), in order, and XK for Kosovo, which banks use.
const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT \
     BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH \
     ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT \
     HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS \
     LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI \
     NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG \
     SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG \
     UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW";

/// Whether it is a country's code (ISO 3166).
pub(crate) fn is_country(code: &str) -> bool {
    let (codes, _) = COUNTRIES.as_bytes().as_chunks::<3>();
    // The last has no blank behind it.
    code == "ZW" || codes.binary_search_by(|known| known[..2].cmp(code.as_bytes())).is_ok()
}
