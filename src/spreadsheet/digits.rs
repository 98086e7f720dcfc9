//! Numbers that a spreadsheet shows with all their digits: `000110044` in the format `000000000`, `012-34-5678` in
//! `000-00-0000`. Where a text is wanted (an id, an account), what is shown is what is meant (SPEC 3).

use crate::quantity::{Ratio, plain};
use num_traits::Signed;

/// A number format of zeros, with hyphens or blanks between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Digits {
    /// How many digits are shown at least.
    count: u8,
    /// Bit `i`: a mark stands before the last `i` digits.
    marks: u32,
    /// The mark.
    mark: u8,
}

/// More digits than a number has.
const MOST: usize = 30;

impl Digits {
    /// The format of a code's first section, where it is one that shows more than the number itself.
    pub(crate) fn of_code(code: &str) -> Option<Self> {
        let section = code.split(';').next()?;
        // Marks stand between quotes, behind a backslash, or by themselves.
        let pattern: Vec<u8> = section.bytes().filter(|b| !matches!(b, b'\\' | b'"')).collect();
        pattern.iter().all(|b| matches!(b, b'0' | b'-' | b' ')).then_some(())?;
        Self::of(&pattern)
    }

    /// The format in which `number` is shown as `text`: with zeros before it, or hyphens in it.
    pub(crate) fn of_shown(text: &str, number: &str) -> Option<Self> {
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
    pub(crate) fn shown(self, value: &Ratio) -> Option<String> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantity::parse_decimal;

    fn in_code(code: &str, number: &str) -> Option<String> {
        Digits::of_code(code)?.shown(&parse_decimal(number)?)
    }

    #[test]
    fn codes_of_zeros_show_all_their_digits() {
        for (code, number, shown) in [
            ("000000000", "110044", "000110044"),
            ("000000000", "21000021", "021000021"),
            ("00", "123", "123"),
            ("00", "0", "00"),
            ("000-00-0000", "12345678", "012-34-5678"),
            ("000\\-00\\-0000", "12345678", "012-34-5678"),
            ("00000\"-\"0000;@", "123456789", "12345-6789"),
            ("000\\-00\\-0000", "1234567890", "1234-56-7890"),
            ("0000 0000", "12345", "0001 2345"),
        ] {
            assert_eq!(in_code(code, number).as_deref(), Some(shown), "{code} {number}");
        }
        for code in ["General", "0", "", "0.00", "#,##0", "00%", "[>9]000;0", "-000", "000-", "0-0 0", "00\"x\""] {
            assert_eq!(Digits::of_code(code), None, "{code}");
        }
        for number in ["-1", "0.5"] {
            assert_eq!(in_code("000", number), None);
        }
    }

    #[test]
    fn a_shown_text_tells_its_format() {
        for (text, number) in [("000110044", "110044"), ("012-34-5678", "12345678"), ("00", "0")] {
            let format = Digits::of_shown(text, number).and_then(|d| d.shown(&parse_decimal(number)?));
            assert_eq!(format.as_deref(), Some(text));
        }
        for (text, number) in [("-5", "-5"), ("12 345", "12345"), ("1.5", "1.5"), ("007", "8"), ("5", "5")] {
            assert_eq!(Digits::of_shown(text, number), None, "{text}");
        }
    }
}
