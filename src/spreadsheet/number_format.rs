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

    /// The sign behind a number that is shown as a multiple or as a percentage.
    pub(super) fn of_shown(text: &str) -> Option<Self> {
        let sign = text.trim().trim_start_matches(|c: char| c.is_ascii_digit() || "., -".contains(c));
        Self::new(sign).filter(Self::is_factor)
    }

    /// Whether the number beside it is not what is meant: `1x` is a multiple, `1%` a hundredth.
    pub(crate) fn is_factor(&self) -> bool {
        self.is_times() || self.text().contains('%')
    }

    pub(crate) fn is_times(&self) -> bool {
        matches!(self.text(), "x" | "X" | "×")
    }

    pub(crate) fn text(&self) -> &str {
        self.bytes.get(..usize::from(self.len)).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or("")
    }
}

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
            '$' | 'x' => unit.push(letter),
            symbol if !symbol.is_ascii() => unit.push(symbol),
            _ => {}
        }
    }
    match (date, time, month) {
        (true, ..) => Shown::Date(epoch),
        (_, true, _) => Shown::Time,
        (.., true) => Shown::Date(epoch),
        _ if percent => Shown::Percent,
        _ => match Digits::of_code(code) {
            Some(digits) => Shown::Digits(digits),
            None => {
                Unit::new(unit.trim_matches(|c: char| !c.is_alphanumeric() && c.is_ascii() && !matches!(c, '$' | '%')))
                    .map_or(Shown::Plain, Shown::Unit)
            }
        },
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
