//! Texts in the characters that a bank's format has.

use any_ascii::any_ascii_char;
use serde::Serialize;
use std::borrow::Cow;
use unicode_normalization::UnicodeNormalization;

/// A format's characters by their bytes: beyond ASCII there are none.
type Characters = [bool; 256];

/// SWIFT's set x, which every bank takes: letters, digits, blanks and `/ - ? : ( ) . , ' +`.
pub static SWIFT: Characters = table(true);
/// Printable ASCII, as NACHA's records have it.
pub static ASCII: Characters = table(false);

const fn table(swift: bool) -> Characters {
    let (mut table, mut byte) = ([false; 256], b' ');
    while byte <= b'~' {
        let sign = matches!(byte, b' ' | b'/' | b'-' | b'?' | b':' | b'(' | b')' | b'.' | b',' | b'\'' | b'+');
        table[byte as usize] = !swift || sign || byte.is_ascii_alphanumeric();
        byte += 1;
    }
    table
}

/// A text that was changed to fit a format.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Replaced {
    /// Of what: `name`, `town`.
    pub field: &'static str,
    /// As it was.
    pub from: String,
    /// As the file has it.
    pub to: String,
}

/// Fits texts into a format, and lists what was changed.
#[derive(Debug)]
pub struct Fitting {
    characters: &'static Characters,
    /// What was changed.
    pub replaced: Vec<Replaced>,
}

impl Fitting {
    pub fn new(characters: &'static Characters) -> Self {
        Self { characters, replaced: Vec::new() }
    }

    /// `text` in the format's characters, at most `most` of them.
    pub fn fit<'t>(&mut self, field: &'static str, text: &'t str, most: usize) -> Cow<'t, str> {
        if is_fit(text, self.characters, most) {
            return Cow::Borrowed(text);
        }
        let fitted = fitted(text, self.characters, most);
        if fitted != text.trim() {
            self.replaced.push(Replaced { field, from: text.to_owned(), to: fitted.clone() });
        }
        Cow::Owned(fitted)
    }
}

/// Whether a text names something: full stops in the place of what a format does not have do not.
pub(crate) fn is_named(text: &str) -> bool {
    text.contains(|c: char| c.is_ascii_alphanumeric())
}

/// Whether nothing is to be changed, as in most texts.
fn is_fit(text: &str, characters: &Characters, most: usize) -> bool {
    // A blank before the first, so that there is none at the start; all of it is looked at, which takes less time than to
    // ask each time whether to go on.
    let fits = |(fits, before): (u8, u8), byte: u8| {
        (fits & u8::from(characters[usize::from(byte)]) & u8::from([byte, before] != [b' '; 2]), byte)
    };
    text.len() <= most && text.bytes().fold((1, b' '), fits).0 == 1 && !text.ends_with(' ')
}

/// Letters of other alphabets by their nearest Latin ones, other signs by a full stop; blanks once; cut at `most`.
fn fitted(text: &str, characters: &Characters, most: usize) -> String {
    let mut out = String::with_capacity(text.len());
    let has = |c: char| u8::try_from(c).is_ok_and(|byte| characters[usize::from(byte)]);
    for c in text.nfc() {
        match c {
            c if c.is_whitespace() => out.push(' '),
            c if has(c) => out.push(c),
            '&' => out.push('+'),
            '_' => out.push('-'),
            c => {
                let latin = any_ascii_char(c);
                let fits = |c: char| if has(c) { c } else { '.' };
                out.extend(if latin.is_empty() { "." } else { latin }.chars().map(fits));
            }
        }
    }
    let mut once = out.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    once.truncate(most);
    once.truncate(once.trim_end().len());
    once
}
