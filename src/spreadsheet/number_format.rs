//! How a number format shows a number (ECMA-376 part 1, 18.8.30 and 18.8.31): as a date, a time, a percentage, with a
//! currency beside it, with all its digits.

use crate::quantity::{Ratio, plain};
use num_traits::Signed;
use std::collections::HashMap;

/// The first day that a workbook counts from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Epoch {
    /// Day 1 is 1 January 1900, and 29 February 1900 exists (as in Lotus 1-2-3).
    #[default]
    Y1900,
    /// Day 0 is 1 January 1904 (older Excel for the Macintosh).
    Y1904,
}

/// What a number format shows beside a number: `€`, `CHF`, `days`. At most ten bytes; longer ones are cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unit {
    bytes: [u8; 10],
    len: u8,
}

impl Unit {
    /// A unit as the format writes it; none of nothing but blanks.
    pub fn new(text: &str) -> Option<Self> {
        let mut unit = Self { bytes: [0; 10], len: 0 };
        for letter in text.trim().chars() {
            let end = usize::from(unit.len) + letter.len_utf8();
            let Some(place) = unit.bytes.get_mut(usize::from(unit.len)..end) else { break };
            letter.encode_utf8(place);
            unit.len = u8::try_from(end).ok()?;
        }
        (unit.len > 0).then_some(unit)
    }

    /// What a text shows beside the number that it is shown for: a currency, a sign of percent, more digits, a minus.
    pub fn of_shown(text: &str, number: &str) -> Option<Self> {
        let text = text.trim();
        let bare = text.trim_start_matches(['-', '−', '(']);
        let digits: String = bare.chars().filter(char::is_ascii_digit).collect();
        if bare.len() < text.len() && !number.starts_with('-') && !digits.is_empty() {
            return Self::new(text.get(..text.len() - bare.len())?);
        }
        if let Some(more) = bare.strip_prefix(number).filter(|more| more.bytes().all(|b| b.is_ascii_digit())) {
            return Self::new(more);
        }
        let of_number = |c: char| c.is_ascii_digit() || "., -+/)'’\u{a0}\u{202f}".contains(c);
        let beside = if bare.starts_with(of_number) {
            bare.trim_start_matches(of_number)
        } else {
            bare.trim_end_matches(of_number)
        };
        let unit = Self::new(beside).filter(|_| !beside.trim_end_matches(of_number).eq_ignore_ascii_case("e"))?;
        // `1K` for 1000 is what the cell holds.
        let is_scaled = unit.thousands().is_some() && !digits.starts_with(number.split('.').next()?);
        (!is_scaled).then_some(unit)
    }

    /// Whether the number beside it is not what is meant: `1x` is a multiple, `1%` a hundredth, `1 thousand` and `1` with
    /// `000` behind it are more, `-1` and `(1)` less.
    pub(crate) fn is_factor(&self) -> bool {
        let has = |c: char| c.is_ascii_digit() || c == '%';
        self.is_times() || self.text().contains(has) || self.is_minus() || self.thousands().is_some()
    }

    /// Whether it makes a number that is not negative look like one that is.
    fn is_minus(&self) -> bool {
        self.text().starts_with(['-', '−', '('])
    }

    /// A number with it, as it is shown.
    pub(crate) fn beside(&self, number: &str) -> String {
        let unit = self.text();
        match unit.chars().next() {
            Some('(') => format!("({number})"),
            Some(_) if self.is_minus() => format!("-{number}"),
            Some(first) if first.is_alphabetic() && unit.len() > 1 => format!("{number} {unit}"),
            _ => format!("{number}{unit}"),
        }
    }

    /// By how many thousands it multiplies a number beside it: 1 for `k`, 2 for `million`, 0 where it is a hundredth of it;
    /// none of a word that is no scale.
    fn thousands(&self) -> Option<usize> {
        let word = self.text().trim_end_matches('.').to_lowercase();
        SCALES.iter().position(|words| words.split(' ').any(|one| one == word))
    }

    pub(crate) fn is_times(&self) -> bool {
        matches!(self.text(), "x" | "X" | "×")
    }

    pub(crate) fn text(&self) -> &str {
        self.bytes.get(..usize::from(self.len)).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or("")
    }
}

/// Words and signs for hundredths, thousands, millions and thousands of millions.
const SCALES: [&str; 4] = [
    "¢ c ct cts cent cents p pence",
    "000 k t thousand thousands tsd",
    "000000 m mm mn mio million millions",
    "bn mrd billion billions",
];

/// How a spreadsheet shows a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shown {
    #[default]
    Plain,
    /// As a whole number with all the digits of its format.
    Digits(Digits),
    /// As a number with a currency or another unit beside it.
    Unit(Unit),
    Percent,
    /// As a date, with or without a time of day.
    Date(Epoch),
    /// As a time of day or a duration.
    Time,
}

/// The longest code that Excel allows, in letters.
const LONGEST_CODE: usize = 255;

/// The number format of a style by its number: one of the workbook's own codes, or built in.
pub(crate) fn of_style(codes: &HashMap<u16, String>, id: u16, epoch: Epoch) -> Shown {
    if let Some(code) = codes.get(&id) {
        return of_code(code, epoch);
    }
    match id {
        9 | 10 => Shown::Percent,
        14..=17 | 22 | 27..=31 | 34..=36 | 50..=58 => Shown::Date(epoch),
        18..=21 | 32 | 33 | 45..=47 => Shown::Time,
        _ => Shown::Plain,
    }
}

/// A number format by its code: its first section, without quoted text, colours and fillings.
pub fn of_code(code: &str, epoch: Epoch) -> Shown {
    let (mut date, mut time, mut percent, mut month) = (false, false, false, false);
    let mut unit = String::new();
    // What stands before the digits; the commas behind them, each of which leaves three of them out; a condition.
    let (mut before, mut commas, mut is_for_some) = (None, 0, false);
    let end = code.char_indices().nth(LONGEST_CODE).map_or(code.len(), |(at, _)| at);
    let mut letters = code.get(..end).unwrap_or_default().chars();
    while let Some(letter) = letters.next() {
        match letter.to_ascii_lowercase() {
            ';' => break,
            '"' => unit.extend(letters.by_ref().take_while(|c| *c != '"')),
            '\\' => unit.extend(letters.next()),
            '_' | '*' => {
                letters.next();
            }
            '[' => {
                let inside: String = letters.by_ref().take_while(|c| *c != ']').collect();
                if let Some(symbol) = inside.strip_prefix('$') {
                    unit.push_str(symbol.split('-').next().unwrap_or_default());
                }
                is_for_some |= inside.starts_with(['<', '>', '=']);
                let inside = inside.to_ascii_lowercase();
                time |= !inside.is_empty() && ['h', 'm', 's'].iter().any(|u| inside.chars().all(|c| c == *u));
            }
            'y' | 'd' => date = true,
            'h' | 's' => time = true,
            'm' => month = true,
            '%' => percent = true,
            'g' if letters.as_str().get(..6).is_some_and(|next| next.eq_ignore_ascii_case("eneral")) => {
                letters.nth(5);
            }
            '0' | '#' | '?' => {
                before.get_or_insert_with(|| unit.clone());
                commas = 0;
            }
            ',' => commas += 1,
            '$' | 'x' | '-' | '(' | ')' => unit.push(letter),
            symbol if !symbol.is_ascii() => unit.push(symbol),
            _ => {}
        }
    }
    match (date, time, month) {
        (true, ..) => Shown::Date(epoch),
        (_, true, _) => Shown::Time,
        (.., true) => Shown::Date(epoch),
        _ if percent => Shown::Percent,
        _ => {
            let has_digits = unit.contains(|c: char| c.is_ascii_digit());
            if let Some(digits) = Digits::of_code(code).filter(|_| !has_digits) {
                return Shown::Digits(digits);
            }
            let before = before.unwrap_or_default();
            let sign = before.trim().chars().find(|c| matches!(c, '-' | '−' | '('));
            let is_sign = |sign: &char| before.trim().starts_with(*sign) || !before.contains(char::is_alphanumeric);
            if let Some(sign) = sign.filter(|sign| is_sign(sign) && !is_for_some && !before.contains(')')) {
                return Unit::new(sign.encode_utf8(&mut [0; 4])).map_or(Shown::Plain, Shown::Unit);
            }
            let is_mark = |c: char| !c.is_alphanumeric() && c.is_ascii() && !matches!(c, '$' | '%');
            let unit = Unit::new(unit.trim_matches(is_mark));
            let unit = unit.filter(|unit| commas == 0 || unit.thousands() != Some(commas));
            unit.map_or(Shown::Plain, Shown::Unit)
        }
    }
}

/// A number format of zeros, with hyphens or blanks between them: `000110044` in the format `000000000`, `012-34-5678` in
/// `000-00-0000`. Where a text is wanted (an id, an account), what is shown is what is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digits {
    /// How many digits are shown at least.
    count: u8,
    /// Bit `i`: a mark stands before the last `i` digits.
    marks: u32,
    mark: u8,
}

/// More digits than a number has.
const MOST: usize = 30;

impl Digits {
    /// The format of a code's first section, where it is one that shows more than the number itself.
    pub fn of_code(code: &str) -> Option<Self> {
        let section = code.split(';').next()?;
        // Marks stand between quotes, behind a backslash, or by themselves.
        let pattern: Vec<u8> = section.bytes().filter(|b| !matches!(b, b'\\' | b'"')).collect();
        pattern.iter().all(|b| matches!(b, b'0' | b'-' | b' ')).then_some(())?;
        Self::of(&pattern)
    }

    /// The format in which `number` is shown as `text`: with zeros before it, or hyphens in it.
    pub fn of_shown(text: &str, number: &str) -> Option<Self> {
        let text = text.trim();
        text.bytes().all(|b| b.is_ascii_digit() || b == b'-').then_some(())?;
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        if digits.trim_start_matches('0') != number.trim_start_matches('0') {
            return None;
        }
        Self::of(text.as_bytes())
    }

    fn of(pattern: &[u8]) -> Option<Self> {
        let is_mark = |b: &&u8| !b.is_ascii_digit();
        let mark = pattern.iter().find(is_mark).copied();
        let count = pattern.iter().filter(|b| b.is_ascii_digit()).count();
        let ends_are_digits = [pattern.first(), pattern.last()].iter().all(|b| b.is_some_and(u8::is_ascii_digit));
        let one_mark = pattern.iter().filter(is_mark).all(|b| Some(*b) == mark);
        if !ends_are_digits || !one_mark || count > MOST || (count < 2 && mark.is_none()) {
            return None;
        }
        let (mut marks, mut after) = (0u32, 0u32);
        for byte in pattern.iter().rev() {
            if byte.is_ascii_digit() {
                after += 1;
            } else {
                marks |= 1 << after;
            }
        }
        Some(Self { count: u8::try_from(count).ok()?, marks, mark: mark.unwrap_or(b'-') })
    }

    /// What is shown for a whole number that is not negative; none for any other.
    pub fn shown(self, value: &Ratio) -> Option<String> {
        if value.is_negative() || !value.is_integer() {
            return None;
        }
        let digits = format!("{:0>width$}", plain(value, 0), width = usize::from(self.count));
        let mut text = String::new();
        for (at, digit) in digits.chars().enumerate() {
            let left = digits.len() - at;
            if at > 0 && left < 32 && self.marks & (1 << left) != 0 {
                text.push(char::from(self.mark));
            }
            text.push(digit);
        }
        Some(text)
    }
}
