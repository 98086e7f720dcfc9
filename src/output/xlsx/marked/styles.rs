//! The styles of the copy: the workbook's own, and behind them those that marks and the list take.

use super::splice::{Splice, Tag, Tags, again, local, prefix};
use crate::problem::Severity;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::io;
use std::ops::Range;

/// The colours behind problems, warnings and notes, and behind headings.
const FILLS: [&str; 4] = ["FFF8CBAD", "FFFFE699", "FFE8EEF5", "FFE8EEF5"];

/// Styles of the list.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Listed {
    /// The title above it.
    Title,
    /// The headings of its columns.
    Heading,
    /// Text, wrapped.
    Text,
    /// A link, wrapped.
    Link,
    /// The word that says how grave it is.
    Weight(Severity),
}

/// A workbook's styles as they are, and those asked for so far.
pub(crate) struct Styles<'x> {
    text: &'x str,
    prefix: String,
    /// How many fonts and fills there are, and the cells' formats as they are written.
    fonts: usize,
    fills: usize,
    formats: Vec<&'x str>,
    /// Where fonts, fills and cells' formats end, and where their counts stand.
    ends: [usize; 3],
    heads: Vec<(Range<usize>, String)>,
    /// The formats that are added.
    added: Vec<String>,
    marked: BTreeMap<(usize, Severity), usize>,
}

/// The lists that are added to.
const LISTS: [&str; 3] = ["fonts", "fills", "cellXfs"];

impl<'x> Styles<'x> {
    /// Reads them.
    /// Errors: They are not as workbooks have them.
    pub(crate) fn read(text: &'x str) -> io::Result<Self> {
        let mut styles = Self {
            text,
            prefix: String::new(),
            fonts: 0,
            fills: 0,
            formats: Vec::new(),
            ends: [0; 3],
            heads: Vec::new(),
            added: Vec::new(),
            marked: BTreeMap::new(),
        };
        let mut tags = Tags::of(text);
        let (mut path, mut open): (Vec<String>, usize) = (Vec::new(), 0);
        while let Some(tag) = tags.next()? {
            match tag {
                Tag::Start(tag, range) => {
                    if path.is_empty() {
                        styles.prefix = prefix(&tag);
                    }
                    path.push(local(&tag));
                    match path.len() {
                        2 if LISTS.contains(&local(&tag).as_str()) => {
                            styles.heads.push((range, again(&tag, &["count"], "", false)));
                        }
                        3 => open = range.start,
                        _ => {}
                    }
                }
                Tag::Empty(_, range) if path.len() == 2 => styles.item(&path[1], range),
                Tag::Empty(..) => {}
                Tag::End(name, range) => {
                    if path.len() == 3 {
                        styles.item(&path[1], open..range.end);
                    }
                    if let Some(list) = LISTS.iter().position(|list| path.len() == 2 && *list == name) {
                        styles.ends[list] = range.start;
                    }
                    path.pop();
                }
            }
        }
        if styles.ends.contains(&0) || styles.formats.is_empty() {
            return Err(io::Error::other("the styles are not as workbooks have them"));
        }
        Ok(styles)
    }

    fn item(&mut self, list: &str, range: Range<usize>) {
        match list {
            "fonts" => self.fonts += 1,
            "fills" => self.fills += 1,
            "cellXfs" => self.formats.push(self.text.get(range).unwrap_or_default()),
            _ => {}
        }
    }

    /// The style of a cell of style `of` once it is marked.
    /// Errors: There is no such style.
    pub(crate) fn marked(&mut self, of: usize, severity: Severity) -> io::Result<usize> {
        if let Some(known) = self.marked.get(&(of, severity)) {
            return Ok(*known);
        }
        let format = self.formats.get(of).ok_or_else(|| io::Error::other(format!("there is no style {of}")))?;
        let fill = self.fills + severity as usize;
        let with = format!("fillId=\"{fill}\" applyFill=\"1\"");
        let mut splice = Splice::new(format);
        match Tags::of(format).next()? {
            Some(Tag::Start(tag, range)) => splice.replace(range, again(&tag, &["fillId", "applyFill"], &with, false)),
            Some(Tag::Empty(tag, range)) => splice.replace(range, again(&tag, &["fillId", "applyFill"], &with, true)),
            _ => return Err(io::Error::other("a style is not as workbooks have them")),
        }
        let new = self.add(splice.finish()?);
        self.marked.insert((of, severity), new);
        Ok(new)
    }

    /// A style of the list.
    pub(crate) fn listed(&mut self, look: Listed) -> usize {
        let p = self.prefix.clone();
        let (font, fill, wrap) = match look {
            Listed::Title => (1, None, ""),
            Listed::Heading => (0, Some(3), ""),
            Listed::Text => (3, None, " wrapText=\"1\""),
            Listed::Link => (2, None, " wrapText=\"1\""),
            Listed::Weight(severity) => (3, Some(severity as usize), " wrapText=\"1\""),
        };
        let (font, fill) = (self.fonts + font, fill.map_or(0, |fill| self.fills + fill));
        self.add(format!(
            "<{p}xf numFmtId=\"0\" fontId=\"{font}\" fillId=\"{fill}\" borderId=\"0\" xfId=\"0\" applyFont=\"1\" \
             applyFill=\"1\" applyAlignment=\"1\"><{p}alignment vertical=\"top\"{wrap}/></{p}xf>"
        ))
    }

    fn add(&mut self, format: String) -> usize {
        let same = self.added.iter().position(|other| *other == format);
        let at = same.unwrap_or_else(|| {
            self.added.push(format);
            self.added.len() - 1
        });
        self.formats.len() + at
    }

    /// The styles with all that was asked for.
    /// Errors: None is expected.
    pub(crate) fn finish(self) -> io::Result<String> {
        let p = &self.prefix;
        let font = |inner: &str| format!("<{p}font>{inner}<{p}name val=\"Calibri\"/></{p}font>");
        let fonts = [
            font(&format!("<{p}b/><{p}sz val=\"11\"/>")),
            font(&format!("<{p}b/><{p}sz val=\"14\"/><{p}color rgb=\"FF1F3A5F\"/>")),
            font(&format!("<{p}u/><{p}sz val=\"11\"/><{p}color rgb=\"FF0563C1\"/>")),
            font(&format!("<{p}sz val=\"11\"/>")),
        ];
        let mut fills = String::new();
        for color in FILLS {
            let _ = write!(
                fills,
                "<{p}fill><{p}patternFill patternType=\"solid\"><{p}fgColor rgb=\"{color}\"/><{p}bgColor \
                 indexed=\"64\"/></{p}patternFill></{p}fill>"
            );
        }
        let mut splice = Splice::new(self.text);
        for (range, head) in self.heads {
            splice.replace(range, head);
        }
        let [fonts_end, fills_end, formats_end] = self.ends;
        splice.insert(fonts_end, fonts.concat());
        splice.insert(fills_end, fills);
        splice.insert(formats_end, self.added.concat());
        splice.finish()
    }
}
