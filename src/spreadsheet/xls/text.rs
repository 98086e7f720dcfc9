//! Texts in BIFF: in Unicode or a code page, shared or in their cells, running over the ends of records.

use super::super::binary::{Bytes, wide};
use super::super::xlsx::strings::Strings;
use super::record::cut;
use crate::spreadsheet::row::Fault;

/// How texts are written.
#[derive(Clone, Copy)]
pub(crate) enum Letters {
    /// BIFF8: a flag, then one byte a letter (Latin-1) or two.
    Unicode,
    /// BIFF5: one byte a letter, or more, in the workbook's code page.
    CodePage(&'static encoding_rs::Encoding),
}

impl Letters {
    /// A text of `count` letters.
    pub(crate) fn read(self, bytes: &mut Bytes, count: usize) -> Option<String> {
        match self {
            Self::Unicode if bytes.u8()? & 1 != 0 => bytes.wide(count),
            Self::Unicode => Some(bytes.take(count)?.iter().map(|b| char::from(*b)).collect()),
            Self::CodePage(page) => Some(page.decode_without_bom_handling(bytes.take(count)?).0.into_owned()),
        }
    }

    /// Takes the code page of a BIFF5 workbook's texts.
    pub(crate) fn set_code_page(&mut self, number: u16) {
        let label = match number {
            932 => "shift_jis".to_owned(),
            936 => "gbk".to_owned(),
            949 => "euc-kr".to_owned(),
            950 => "big5".to_owned(),
            10000 | 32768 => "macintosh".to_owned(),
            other => format!("windows-{other}"),
        };
        if let (Letters::CodePage(page), Some(named)) = (self, encoding_rs::Encoding::for_label(label.as_bytes())) {
            *page = named;
        }
    }
}

/// The shared strings ([MS-XLS] 2.4.265), whose letters may run on in the next record after a new flag.
pub(crate) fn shared_strings(parts: &[&[u8]]) -> Result<Strings, Fault> {
    let mut reader = Continued::new(parts);
    reader.take(4).ok_or_else(cut)?;
    let count = reader.u32().ok_or_else(cut)?;
    let mut strings = Strings::default();
    let mut text = String::new();
    for _ in 0..count {
        if reader.at_end() {
            break;
        }
        reader.string(&mut text).ok_or_else(cut)?;
        strings.push(&text)?;
    }
    Ok(strings)
}

/// A record's bytes that run on in others.
pub(crate) struct Continued<'b> {
    parts: &'b [&'b [u8]],
    bytes: Bytes<'b>,
    part: usize,
}

impl<'b> Continued<'b> {
    /// From a record and what continues it.
    pub(crate) fn new(parts: &'b [&'b [u8]]) -> Self {
        Self { parts, bytes: Bytes(parts.first().copied().unwrap_or_default()), part: 0 }
    }
}

impl Continued<'_> {
    fn at_end(&mut self) -> bool {
        self.bytes.0.is_empty() && !self.advance()
    }

    fn advance(&mut self) -> bool {
        self.part += 1;
        let part = self.parts.get(self.part).copied();
        self.bytes = Bytes(part.unwrap_or_default());
        part.is_some()
    }

    /// Bytes that may run over the end of a record.
    fn take(&mut self, count: usize) -> Option<Vec<u8>> {
        let mut taken = Vec::with_capacity(count.min(4096));
        while taken.len() < count {
            if self.bytes.0.is_empty() && !self.advance() {
                return None;
            }
            let here = self.bytes.0.len().min(count - taken.len());
            taken.extend_from_slice(self.bytes.take(here)?);
        }
        Some(taken)
    }

    fn u8(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    fn u16(&mut self) -> Option<u16> {
        Bytes(&self.take(2)?).u16()
    }

    fn u32(&mut self) -> Option<u32> {
        Bytes(&self.take(4)?).u32()
    }

    fn string(&mut self, text: &mut String) -> Option<()> {
        text.clear();
        let mut left = usize::from(self.u16()?);
        let flags = self.u8()?;
        let runs = if flags & 8 != 0 { usize::from(self.u16()?) } else { 0 };
        let extra = if flags & 4 != 0 { self.u32()? as usize } else { 0 };
        let mut is_wide = flags & 1 != 0;
        while left > 0 {
            if self.bytes.0.is_empty() {
                if !self.advance() {
                    return None;
                }
                is_wide = self.bytes.u8()? & 1 != 0;
            }
            let size = if is_wide { 2 } else { 1 };
            let here = (self.bytes.0.len() / size).min(left);
            if here == 0 {
                return None;
            }
            let letters = self.bytes.take(here * size)?;
            if is_wide {
                text.push_str(&wide(letters));
            } else {
                text.extend(letters.iter().map(|b| char::from(*b)));
            }
            left -= here;
        }
        self.skip(runs.checked_mul(4)?)?;
        self.skip(extra)
    }

    fn skip(&mut self, mut count: usize) -> Option<()> {
        while count > 0 {
            if self.bytes.0.is_empty() && !self.advance() {
                return None;
            }
            let here = self.bytes.0.len().min(count);
            self.bytes.take(here)?;
            count -= here;
        }
        Some(())
    }
}

/// A text without runs, which may run on in the next record.
pub(crate) fn plain_string(reader: &mut Continued) -> Option<String> {
    let mut left = usize::from(reader.u16()?);
    let mut is_wide = reader.u8()? & 1 != 0;
    let mut text = String::new();
    while left > 0 {
        if reader.bytes.0.is_empty() {
            if !reader.advance() {
                return None;
            }
            is_wide = reader.bytes.u8()? & 1 != 0;
        }
        let size = if is_wide { 2 } else { 1 };
        let here = (reader.bytes.0.len() / size).min(left);
        let letters = reader.bytes.take(here.checked_mul(size).filter(|n| *n > 0)?)?;
        if is_wide {
            text.push_str(&wide(letters));
        } else {
            text.extend(letters.iter().map(|b| char::from(*b)));
        }
        left -= here;
    }
    Some(text)
}
