//! Texts as they are compared: two that look the same are one. Unicode's compatibility forms (NFKC), without characters
//! that nobody sees, and with every kind of blank as one blank.

use std::borrow::Cow;
use unicode_normalization::UnicodeNormalization;

/// Whether a text is what it is compared as already, as nearly all are.
pub(crate) fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    // Counted to the end, many bytes are looked at in one step.
    let odd = bytes.iter().filter(|byte| !(b' '..=b'~').contains(*byte)).count();
    let pairs = bytes.iter().zip(bytes.iter().skip(1));
    odd == 0 && pairs.filter(|(a, b)| **a == b' ' && **b == b' ').count() == 0
}

/// Whether a character shows nothing: of no width, a direction's mark, a soft hyphen, a control character.
fn is_invisible(letter: char) -> bool {
    matches!(letter, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
        || (letter.is_control() && !letter.is_whitespace())
}

/// The first character that shows nothing, named.
pub(crate) fn invisible(text: &str) -> Option<String> {
    let found = text.chars().find(|c| is_invisible(*c))?;
    let name = match found {
        '\u{ad}' => "SOFT HYPHEN",
        '\u{200b}' => "ZERO WIDTH SPACE",
        '\u{200c}' => "ZERO WIDTH NON-JOINER",
        '\u{200d}' => "ZERO WIDTH JOINER",
        '\u{200e}' => "LEFT-TO-RIGHT MARK",
        '\u{200f}' => "RIGHT-TO-LEFT MARK",
        '\u{2060}' => "WORD JOINER",
        '\u{feff}' => "ZERO WIDTH NO-BREAK SPACE",
        _ => "a character that shows nothing",
    };
    Some(format!("{name} (U+{:04X})", u32::from(found)))
}

/// A text as it is shown: trimmed, without characters that show nothing.
pub(crate) fn shown(text: &str) -> Cow<'_, str> {
    let trimmed = text.trim();
    if is_plain(trimmed) || !trimmed.chars().any(is_invisible) {
        return Cow::Borrowed(trimmed);
    }
    let visible: String = trimmed.chars().filter(|c| !is_invisible(*c)).collect();
    Cow::Owned(visible.trim().to_owned())
}

pub(crate) fn key(text: &str) -> Cow<'_, str> {
    let trimmed = text.trim();
    if is_plain(trimmed) {
        return Cow::Borrowed(trimmed);
    }
    let visible: String = trimmed.chars().filter(|c| !is_invisible(*c)).collect();
    let composed: String = visible.nfkc().collect();
    Cow::Owned(composed.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Whether two texts are compared as one.
pub(crate) fn same(a: &str, b: &str) -> bool {
    a == b || ((!is_plain(a) || !is_plain(b)) && key(a) == key(b))
}

/// Text that was decoded in another encoding than it was written in: `Ã©` for `é`, or a replacement character.
pub(crate) fn is_garbled(text: &str) -> bool {
    // What the second byte of a letter becomes in windows-1252.
    const SECOND: &str = "‚ƒ„…†‡ˆ‰‹Œ‘’“”•–—˜™›œ";
    if text.is_ascii() {
        return false;
    }
    let is_second = |c: char| ('\u{80}'..='\u{bf}').contains(&c) || SECOND.contains(c);
    let mut pairs = text.chars().zip(text.chars().skip(1));
    let of_two = pairs.any(|(a, b)| matches!(a, 'Ã' | 'Â' | 'Å' | 'Ä') && is_second(b));
    of_two || text.contains('\u{fffd}') || text.contains("â€")
}

/// Words that mean nothing where an id, a name or an account is wanted: what programs write for no value, and what people
/// write for what stands above, such as `"` or `〃`.
pub(crate) fn means_nothing(text: &str) -> bool {
    const DITTO: [&str; 4] = ["ditto", "do.", "dto.", "idem"];
    const SIGNS: &str = "\"'`´¨„“”‟″‘’‚′〃,-–— ";
    let text = text.trim();
    let is_signs = !text.is_empty() && text.chars().all(|c| SIGNS.contains(c));
    is_signs || says_no_value(text) || DITTO.iter().any(|word| word.eq_ignore_ascii_case(text))
}

/// What programs write for no value.
pub(crate) fn says_no_value(text: &str) -> bool {
    const WORDS: [&str; 15] =
        ["nan", "null", "none", "n/a", "#n/a", "na", "n.a.", "tbd", "unknown", "xxx", "-", "--", "—", "0", "nil"];
    let text = text.trim();
    (1..=7).contains(&text.len()) && WORDS.iter().any(|word| word.eq_ignore_ascii_case(text))
}
