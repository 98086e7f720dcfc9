//! How tall a row must be for its wrapped texts to show whole.
//!
//! Spreadsheets fit a row to wrapped text by themselves only where the cell is not merged and the row has no height
//! of its own; a statement's sentences run over merged cells, so the height is worked out here, a little generously.

use crate::spreadsheet::ooxml::attribute;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// The columns' widths, in characters of the standard font.
#[derive(Clone, Debug, Default)]
pub(crate) struct Columns {
    widths: Vec<(u32, u32, f64)>,
    default: Option<f64>,
    row_height: Option<f64>,
}

impl Columns {
    /// Takes a `<col>`.
    pub(crate) fn add(&mut self, tag: &BytesStart) {
        let number = |name| attribute(tag, name).and_then(|text| measure(&text, 255.0));
        let column = |name| attribute(tag, name).and_then(|text| text.parse::<u32>().ok());
        if let (Some(first), Some(last), Some(width)) = (column("min"), column("max"), number("width")) {
            self.widths.push((first.saturating_sub(1), last.saturating_sub(1), width));
        }
    }

    /// Takes the `<sheetFormatPr>`.
    pub(crate) fn set_defaults(&mut self, tag: &BytesStart) {
        self.default = attribute(tag, "defaultColWidth").and_then(|text| measure(&text, 255.0));
        self.row_height = attribute(tag, "defaultRowHeight").and_then(|text| measure(&text, 409.5));
    }

    /// The width of columns `first` to `last`, both included, from 0.
    pub(crate) fn width(&self, first: u32, last: u32) -> f64 {
        let one = |column: u32| {
            let known = self.widths.iter().find(|(from, to, _)| (*from..=*to).contains(&column));
            known.map_or(self.default.unwrap_or(8.43), |(.., width)| *width)
        };
        (first..=last.min(first + 256)).map(one).sum()
    }

    /// The height of a row that has none of its own, in points.
    pub(crate) fn row_height(&self) -> f64 {
        self.row_height.unwrap_or(15.0)
    }
}

/// A measure that a spreadsheet may have: from none to `most`.
fn measure(text: &str, most: f64) -> Option<f64> {
    text.parse().ok().filter(|measure| (0.0..=most).contains(measure))
}

/// What of the styles decides about heights: for each cell style whether it wraps, and its font's size in points.
#[derive(Clone, Debug, Default)]
pub(crate) struct Styles(Vec<(bool, f64)>);

impl Styles {
    /// Reads `styles.xml`; what cannot be read counts as not wrapping.
    pub(crate) fn read(text: &str) -> Self {
        let mut reader = Reader::from_str(text);
        let (mut sizes, mut styles) = (Vec::new(), Vec::new());
        let (mut in_fonts, mut in_xfs) = (false, false);
        while let Ok(event) = reader.read_event() {
            match event {
                Event::Eof => break,
                Event::Start(tag) | Event::Empty(tag) => match tag.local_name().as_ref() {
                    "fonts" => in_fonts = true,
                    "cellXfs" => in_xfs = true,
                    "font" if in_fonts => sizes.push(11.0),
                    "sz" if in_fonts => {
                        let size = attribute(&tag, "val").and_then(|v| measure(&v, 409.0)).filter(|size| *size >= 1.0);
                        if let (Some(last), Some(size)) = (sizes.last_mut(), size) {
                            *last = size;
                        }
                    }
                    "xf" if in_xfs => {
                        let font = attribute(&tag, "fontId").and_then(|id| id.parse::<usize>().ok());
                        let size = font.and_then(|id| sizes.get(id)).copied().unwrap_or(11.0);
                        styles.push((false, size));
                    }
                    "alignment" if in_xfs => {
                        let wraps = attribute(&tag, "wrapText").is_some_and(|w| w == "1" || w == "true");
                        if let Some(style) = styles.last_mut() {
                            style.0 = wraps;
                        }
                    }
                    _ => {}
                },
                Event::End(tag) => match tag.local_name().as_ref() {
                    "fonts" => in_fonts = false,
                    "cellXfs" => in_xfs = false,
                    _ => {}
                },
                _ => {}
            }
        }
        Self(styles)
    }

    /// The font's size of a style that wraps.
    pub(crate) fn wraps(&self, style: Option<u32>) -> Option<f64> {
        let style = self.0.get(style.unwrap_or(0) as usize)?;
        style.0.then_some(style.1)
    }
}

/// Whether a text may take more than a line: a quick look that never says no where it does.
pub(crate) fn may_wrap(text: &str, width: f64) -> bool {
    let bytes = u32::try_from(text.len()).map_or(f64::MAX, f64::from);
    bytes * 1.8 > width || text.contains('\n') || is_tall(text)
}

/// Whether a text has letters of a script whose fonts are taller than Latin ones: Hebrew, Arabic, India's, the Far East's.
pub(crate) fn is_tall(text: &str) -> bool {
    // In UTF-8 all of them begin with a byte from here on; nearly no text has one.
    const FIRST: u8 = 0xD6;
    let tall = |c| matches!(c, '\u{0590}'..='\u{11FF}' | '\u{2E80}'..='\u{D7FF}' | '\u{F900}'..='\u{FEFC}' | '\u{FF00}'..='\u{3FFFF}');
    text.bytes().any(|b| b >= FIRST) && text.chars().any(tall)
}

/// How many lines a text takes at a width in characters.
pub(crate) fn lines(text: &str, width: f64) -> u32 {
    text.split('\n').map(|line| wrapped(line, width)).sum()
}

fn wrapped(line: &str, width: f64) -> u32 {
    let (mut lines, mut used) = (1u32, 0.0);
    for word in line.split_inclusive(' ') {
        let length: f64 = word.chars().map(breadth).sum();
        if used > 0.0 && used + length - if word.ends_with(' ') { 1.0 } else { 0.0 } > width {
            lines += 1;
            used = 0.0;
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

/// A letter's width against a digit's, in hundredths: Calibri's, and a little more, since fonts differ.
fn breadth(c: char) -> f64 {
    let hundredths = match c {
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
    };
    f64::from(hundredths) / 100.0
}

/// A row is at most 409 points tall.
const MOST_PIXELS: f64 = 545.0;

/// The height in pixels of a row of that many lines in a font of that size, of Latin or of taller letters.
pub(crate) fn pixels(lines: u32, size: f64, tall: bool) -> u32 {
    // 11 points take 20 pixels, 10 take 18, 9 take 16; a third more where the letters are tall.
    let line = (size * if tall { 2.4 } else { 1.82 }).ceil();
    let pixels = (f64::from(lines) * line).min(MOST_PIXELS);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 545")]
    let whole = pixels as u32;
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_at_words() {
        assert_eq!(lines("one two three", 15.0), 1);
        assert_eq!(lines("one two three", 8.0), 2);
        assert_eq!(lines("one\ntwo", 20.0), 2);
        assert_eq!(lines("日本語の会社", 7.0), 2);
        assert_eq!(lines("aaaaaaaaaaaaaaaaaaaaaaa", 10.0), 3);
        assert_eq!(lines("", 10.0), 1);
    }

    #[test]
    fn letters_of_the_east_need_taller_rows() {
        assert!(["東京", "شركة", "תל אביב", "कंपनी"].into_iter().all(is_tall));
        assert!(!["Ada", "Łukasz Żółkiewska", "•••• 0001", "90 × 5 → 450", "Œuvre “x” — €"].into_iter().any(is_tall));
        assert!(pixels(1, 10.0, true) > 20, "more than a row has by itself");
        assert_eq!(pixels(2, 10.0, false), 38);
    }
}
