//! How tall a row must be for its wrapped texts to show in full.
//!
//! Spreadsheets fit a row to wrapped text by themselves only where the cell is not merged and the row has no height
//! of its own; a statement's sentences run over merged cells, so the height is worked out here, a little generously.

/// The height of a line of text in a table.
pub(crate) const LINE_POINTS: f64 = 13.5;

/// How many characters of a table's text a column of that width takes: widths are counted in a larger font, and there are
/// margins and an indent.
pub(crate) fn characters(width: f64) -> f64 {
    (width - 2.0) * 1.1
}

/// Whether a text may take more than a line: a quick look that never says no where it does.
pub(crate) fn may_wrap(text: &str, width: f64) -> bool {
    let bytes = u32::try_from(text.len()).map_or(f64::MAX, f64::from);
    bytes * 1.8 > width || text.contains('\n') || is_tall(text)
}

/// Whether a text has letters of a script whose fonts are taller than Latin ones: Hebrew, Arabic, India's, the Far East's.
pub fn is_tall(text: &str) -> bool {
    // In UTF-8 all of them begin with a byte from here on; nearly no text has one.
    const FIRST: u8 = 0xD6;
    let tall = |c| matches!(c, '\u{0590}'..='\u{11FF}' | '\u{2E80}'..='\u{D7FF}' | '\u{F900}'..='\u{FEFC}' | '\u{FF00}'..='\u{3FFFF}');
    text.bytes().any(|b| b >= FIRST) && text.chars().any(tall)
}

/// How many lines a text takes at a width in characters.
pub fn lines(text: &str, width: f64) -> u32 {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a width between 1 and 70,000")]
    let hundredths = (width.clamp(1.0, 70_000.0) * 100.0) as usize;
    text.split('\n').map(|line| wrapped(line, hundredths)).sum()
}

/// The lines of one paragraph; widths in hundredths of a digit's.
fn wrapped(line: &str, width: usize) -> u32 {
    if length(line) <= width {
        return 1;
    }
    let (mut lines, mut used) = (1, 0);
    for word in line.split_inclusive(' ') {
        let length = length(word);
        if used > 0 && used + length > width + if word.ends_with(' ') { 100 } else { 0 } {
            lines += 1;
            used = 0;
        }
        used += length;
        while used > width {
            // A word longer than the line, or letters that break anywhere.
            lines += 1;
            used -= width;
        }
    }
    lines
}

/// [`breadth_of`] plain letters, of which most texts are.
const PLAIN: [u8; 128] = {
    let (mut breadths, mut letter) = ([0; 128], 0u8);
    while letter < 128 {
        breadths[letter as usize] = breadth_of(letter as char);
        letter += 1;
    }
    breadths
};

/// A text's breadth in one line.
fn length(text: &str) -> usize {
    let plain = |letter: u8| PLAIN.get(usize::from(letter)).map(|breadth| usize::from(*breadth));
    let any = |c| usize::from(breadth_of(c));
    text.bytes().map(plain).sum::<Option<usize>>().unwrap_or_else(|| text.chars().map(any).sum())
}

/// A letter's width against a digit's, in hundredths: Calibri's, and a little more, since fonts differ.
const fn breadth_of(c: char) -> u8 {
    match c {
        'i' | 'j' | 'l' | '\'' | 'I' | ' ' | '.' | ',' | ':' | ';' | '!' | '|' => 52,
        'f' | 'r' | 't' | '-' | '(' | ')' | '[' | ']' | 'J' | '/' => 74,
        'c' | 's' | 'z' | 'k' | 'v' | 'x' | 'y' | 'a' | 'e' | 'g' | 'L' | 'F' | 'S' | 'T' | 'Y' | 'Z' => 98,
        'm' | 'w' | 'M' | 'W' | '@' | '%' | '\u{2014}' => 178,
        'A' | 'C' | 'D' | 'G' | 'H' | 'N' | 'O' | 'Q' | 'U' | 'V' | '&' => 135,
        '\u{1100}'..='\u{11FF}'
        | '\u{2E80}'..='\u{D7FF}'
        | '\u{F900}'..='\u{FAFF}'
        | '\u{FF00}'..='\u{FFEF}'
        | '\u{1F000}'..='\u{3FFFF}' => 205,
        _ => 108,
    }
}

/// A row is at most 409 points tall.
const MOST_PIXELS: f64 = 545.0;

/// The height in pixels of a row of that many lines in a font of that size, of Latin or of taller letters.
pub fn pixels(lines: u32, size: f64, tall: bool) -> u32 {
    // 11 points take 20 pixels, 10 take 18, 9 take 16; a third more where the letters are tall.
    let line = (size * if tall { 2.4 } else { 1.82 }).ceil();
    let pixels = (f64::from(lines) * line).min(MOST_PIXELS);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 545")]
    let pixels = pixels as u32;
    pixels
}
