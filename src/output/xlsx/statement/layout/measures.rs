//! What of a template decides about the heights of its rows: widths of columns, and styles that wrap.

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
