//! Numbers as people write them in text: marks between thousands, currencies, brackets for what is negative. What could be
//! read in two ways is refused, never guessed.

use super::{NOT_A_NUMBER, Refusal, Style};
use crate::model::DecimalMark;
use crate::quantity::{Decimal, decimal};

pub(crate) const TWO_READINGS: &str = "two-readings";

/// Marks between thousands that are never decimal marks.
const SPACES: [char; 6] = [' ', '\u{a0}', '\u{202f}', '\u{2009}', '\'', '’'];

/// What a text number may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// One number, whatever the decimal mark.
    Plain(Decimal),
    /// One number, which only this mark gives: it shows how its file writes numbers.
    Only(DecimalMark, Decimal),
    /// `1.250`: one number with a decimal point, another with a decimal comma.
    Either { point: Decimal, comma: Decimal },
}

/// Digits and marks, without a sign or a currency; `None` where they are no number.
fn reading(text: &str) -> Option<Reading> {
    let with = |mark| with_mark(text, mark);
    match (with(DecimalMark::Point), with(DecimalMark::Comma)) {
        (Some(point), Some(comma)) if point == comma => Some(Reading::Plain(point)),
        (Some(point), Some(comma)) => Some(Reading::Either { point, comma }),
        (Some(point), None) => Some(Reading::Only(DecimalMark::Point, point)),
        (None, Some(comma)) => Some(Reading::Only(DecimalMark::Comma, comma)),
        (None, None) => None,
    }
}

/// The number with this decimal mark; `None` where groups of thousands have not three digits, or begin with 0.
fn with_mark(text: &str, mark: DecimalMark) -> Option<Decimal> {
    let (point, other) = match mark {
        DecimalMark::Point => ('.', ','),
        DecimalMark::Comma => (',', '.'),
    };
    let is_digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    let (integral, fraction) = text.split_once(point).unwrap_or((text, ""));
    if !is_digits(fraction) || (integral.is_empty() && fraction.is_empty()) {
        return None;
    }
    if is_digits(integral) {
        return decimal(&format!("{integral}.{fraction}"));
    }
    let separator = integral.chars().find(|c| *c == other || SPACES.contains(c))?;
    let groups: Vec<&str> = integral.split(separator).collect();
    let (first, rest) = groups.split_first()?;
    let grouped = (1..=3).contains(&first.len()) && !first.starts_with('0') && rest.iter().all(|g| g.len() == 3);
    (grouped && groups.iter().all(|g| is_digits(g))).then(|| decimal(&format!("{}.{fraction}", groups.concat())))?
}

/// Signs of currencies, each with the codes that it stands for.
const SIGNS: &str = "$ USD CAD AUD NZD HKD SGD TWD MXN BRL ARS CLP COP JMD BMD KYD BSD; US$ USD; C$ CAD; CA$ CAD; A$ \
                     AUD; NZ$ NZD; HK$ HKD; S$ SGD; NT$ TWD; R$ BRL; € EUR; £ GBP EGP FKP GIP SHP; ¥ JPY CNY; ￥ JPY \
                     CNY; kr SEK NOK DKK ISK; kr. SEK NOK DKK ISK; Fr. CHF; ₹ INR; ₩ KRW; zł PLN; Kč CZK; ₽ RUB";

/// Codes of currencies that stand beside amounts.
const CODES: &str = "USD EUR GBP JPY CNY CHF CAD AUD NZD HKD SGD TWD MXN BRL ARS CLP COP SEK NOK DKK ISK PLN CZK HUF \
                     RON BGN TRY RUB UAH ILS AED SAR KWD BHD EGP ZAR NGN KES INR KRW THB IDR MYR PHP";

impl Style {
    /// Whether a sign or code is the case's own currency; `None` where it is no currency's.
    pub(crate) fn is_own(&self, text: &str) -> Option<bool> {
        let own = self.currency.as_str();
        let is = |code: &str| code.eq_ignore_ascii_case(own);
        // On a command line, which is read before its cases, a dollar sign says nothing.
        if is(text) || (own.is_empty() && text == "$") {
            return Some(true);
        }
        let mut signs = SIGNS.split("; ").filter_map(|sign| sign.split_once(' '));
        if let Some((sign, codes)) = signs.find(|(sign, _)| sign.to_lowercase() == text.to_lowercase()) {
            // Every dollar is one: of currencies that are not listed too.
            let dollar = sign == "$" && own.len() == 3 && own.to_ascii_uppercase().ends_with('D');
            return Some(dollar || codes.split(' ').any(is));
        }
        CODES.split(' ').any(|code| code.eq_ignore_ascii_case(text)).then_some(false)
    }

    /// Refuses another currency than the case's, where `unit` is one's sign or code.
    pub(crate) fn own_currency(&self, unit: &str) -> Result<(), Refusal> {
        if self.is_own(unit.trim()) != Some(false) {
            return Ok(());
        }
        let own = if self.currency.is_empty() { "a plain number" } else { &self.currency };
        Err(Refusal::new(
            "foreign-currency",
            format!("this is marked {}, and the case is in {own}.", unit.trim()),
            format!("Type the amount in {own} without another currency's sign, or correct the term currency."),
        ))
    }

    /// Text as what it may be: `1,234.50`, `$1,234.50`, `(1,234.50)`, `1.234,50 €`.
    /// Errors: Another currency; no number.
    pub(crate) fn text_reading(&self, text: &str) -> Result<Reading, Refusal> {
        let not_a_number = || Refusal::new(NOT_A_NUMBER, "this is not a number.", self.number_help());
        let text = text.trim();
        let (brackets, text) = match text.strip_prefix('(').and_then(|t| t.strip_suffix(')')) {
            Some(inner) => (true, inner.trim()),
            None => (false, text),
        };
        let (before, rest) = sign(text);
        let rest = self.without_currency(rest)?;
        let (after, rest) = if before.is_some() { (None, rest) } else { sign(rest) };
        let sign = before.or(after);
        if brackets && sign.is_some() {
            return Err(not_a_number());
        }
        let found = reading(rest).ok_or_else(not_a_number)?;
        if !brackets && sign != Some('-') {
            return Ok(found);
        }
        let negative = |mut value: Decimal| {
            value.set_sign_negative(true);
            value
        };
        Ok(match found {
            Reading::Plain(value) => Reading::Plain(negative(value)),
            Reading::Only(mark, value) => Reading::Only(mark, negative(value)),
            Reading::Either { point, comma } => Reading::Either { point: negative(point), comma: negative(comma) },
        })
    }

    /// Text as a number, with the file's decimal mark.
    /// Errors: Why it is none, or that it could be two.
    pub(crate) fn text_number(&self, text: &str) -> Result<Decimal, Refusal> {
        let mark = if self.run_output && !text.contains(',') { Some(DecimalMark::Point) } else { self.decimal_mark };
        match (self.text_reading(text)?, mark) {
            (Reading::Plain(value), _) | (Reading::Only(_, value), None) => Ok(value),
            (Reading::Only(only, value), Some(mark)) if only == mark => Ok(value),
            (Reading::Only(..), Some(mark)) => {
                let mark = if mark == DecimalMark::Point { "point" } else { "comma" };
                let message = format!(
                    "this is not a number: its decimal mark is a {mark} here, and thousands have three digits and never begin \
                     with 0."
                );
                Err(Refusal::new(NOT_A_NUMBER, message, self.number_help()))
            }
            (Reading::Either { point, .. }, Some(DecimalMark::Point)) => Ok(point),
            (Reading::Either { comma, .. }, Some(DecimalMark::Comma)) => Ok(comma),
            (Reading::Either { point, comma }, None) => Err(Refusal::new(
                TWO_READINGS,
                format!("this can be read as {} or as {}.", point.normalize(), comma.normalize()),
                "Set the term decimal_mark to a point or to a comma, as the file writes its decimals.",
            )),
        }
    }

    /// The text without the currency before or behind it.
    fn without_currency<'t>(&self, text: &'t str) -> Result<&'t str, Refusal> {
        let is_number = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '−' | '+' | '\'' | '’');
        let text = text.trim();
        let from = text.find(is_number).unwrap_or(text.len());
        // `kr.` ends in a mark of numbers.
        let is_kr = |text: &str| text.len() > 1 && text.ends_with('.') && self.is_own(text).is_some();
        let from = if text.get(..=from).is_some_and(is_kr) { from.saturating_add(1) } else { from };
        let to = text.rfind(|c: char| c.is_ascii_digit() || c == '.' || c == ',').map_or(0, |at| at.saturating_add(1));
        let (before, after) = (text.get(..from).unwrap_or("").trim(), text.get(to..).unwrap_or("").trim());
        for (unit, rest) in [(before, text.get(from..)), (after, text.get(..to))] {
            if !unit.is_empty() && self.is_own(unit).is_some() {
                self.own_currency(unit)?;
                return Ok(rest.unwrap_or("").trim());
            }
        }
        Ok(text)
    }

    pub(super) fn number_help(&self) -> String {
        let (number, other) = match self.decimal_mark {
            Some(DecimalMark::Comma) => ("1250,5", "point"),
            _ => ("1250.5", "comma"),
        };
        format!(
            "Type a plain number such as {number}. If the file writes decimals with a {other}, set the term decimal_mark to a \
             {other}."
        )
    }
}

fn sign(text: &str) -> (Option<char>, &str) {
    let text = text.trim();
    match text.strip_prefix(['-', '−', '+']) {
        Some(rest) => (Some(if text.starts_with('+') { '+' } else { '-' }), rest.trim()),
        None => (None, text),
    }
}
