//! The rows of a sheet (ECMA-376 part 1, 18.3.1.73).

use super::super::package::{Part, bomb, damaged};
use super::super::xml::{Xml, attribute, flag, push_reference};
use super::elements::Elements;
use super::quick::Cursor;
use super::strings::{Strings, TextReader};
use crate::model::calendar::iso_date_time;
use crate::spreadsheet::row::{Content, Fault, Row, Rows, RowsError, Shown};
use quick_xml::events::{BytesStart, Event};

/// A spreadsheet's rows and columns.
const ROW_LIMIT: u32 = 1_048_576;
const COLUMN_LIMIT: u32 = 16_384;
/// The text of one row.
const ROW_TEXT_LIMIT: usize = 64 << 20;

/// The rows of a sheet as they are unpacked.
pub(crate) struct SheetRows<'s> {
    xml: Xml<'s>,
    strings: &'s Strings,
    shown: &'s [Shown],
    /// The number of the latest row.
    number: u32,
    cell: CellState,
    inside_data: bool,
    /// Rows by the bytes, from the second on, as long as they are of the usual shapes.
    elements: Option<Elements>,
}

/// The cell that is being read.
#[derive(Default)]
struct CellState {
    column: u32,
    /// The column after the latest cell's, for cells without an address.
    next_column: u32,
    kind: String,
    style: usize,
    value: String,
    inline: TextReader,
    inside: Inside,
    has_formula: bool,
    formula: String,
}

/// Which part of a cell is being read.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Inside {
    #[default]
    Nothing,
    Value,
    Formula,
    Inline,
}

impl<'s> SheetRows<'s> {
    /// Reads a sheet's XML.
    pub(crate) fn new(xml: Xml<'s>, strings: &'s Strings, shown: &'s [Shown]) -> Self {
        let elements = Some(Elements::new(b"<row", b"</row>"));
        Self { xml, strings, shown, number: 0, cell: CellState::default(), inside_data: false, elements }
    }

    /// Reads every row by the events, which is what reading by the bytes is held against.
    #[cfg(test)]
    pub(crate) fn by_events_only(&mut self) {
        self.elements = None;
    }

    /// Reads a row by its bytes; `None` where the events have to go on.
    fn read_element(&mut self, row: &mut Row) -> Result<Option<bool>, Fault> {
        let Some(elements) = self.elements.as_mut().filter(|_| self.inside_data) else { return Ok(None) };
        let Some(element) = elements.next(self.xml.part()) else {
            self.elements = None;
            return Ok(None);
        };
        let bytes = elements.bytes(&element);
        if let Some(number) = quick_row(bytes, self.number, row, self.strings, self.shown) {
            self.number = number;
            row.sort();
            return Ok(Some(true));
        }
        let mut alone = SheetRows::new(Xml::new(Part::piece(bytes)), self.strings, self.shown);
        (alone.number, alone.inside_data, alone.elements) = (self.number, true, None);
        let found = alone.read(row)?;
        self.number = alone.number;
        self.xml.spend(alone.xml.events())?;
        if found { Ok(Some(true)) } else { Err(damaged("a row is not closed")) }
    }

    fn read(&mut self, row: &mut Row) -> Result<bool, Fault> {
        let mut open = false;
        let (mut size, mut cells) = (0, 0u32);
        loop {
            let event = self.xml.next()?;
            match &event {
                Event::Start(e) => match e.local_name().as_ref() {
                    "sheetData" => self.inside_data = true,
                    "row" if self.inside_data => {
                        self.number = row_number(e, self.number)?;
                        row.clear(self.number);
                        row.hidden = flag(e, "hidden");
                        self.cell.next_column = 0;
                        open = true;
                    }
                    "c" if open => self.cell.begin(e)?,
                    "f" if open => {
                        self.cell.has_formula = true;
                        self.cell.inside = Inside::Formula;
                    }
                    "v" if open => self.cell.inside = Inside::Value,
                    "is" if open => {
                        self.cell.inside = Inside::Inline;
                        self.cell.inline.begin();
                    }
                    _ if self.cell.inside == Inside::Inline => self.cell.inline.event(&event)?,
                    _ => {}
                },
                Event::End(e) => match e.local_name().as_ref() {
                    "c" if open => {
                        size += self.cell.finish(row, self.strings, self.shown)?;
                        cells += 1;
                        if size > ROW_TEXT_LIMIT || cells > 2 * COLUMN_LIMIT {
                            return Err(bomb(&format!("row {} holds too much", self.number)));
                        }
                    }
                    "v" | "f" | "is" => self.cell.inside = Inside::Nothing,
                    "row" if open => {
                        row.sort();
                        return Ok(true);
                    }
                    // The rest is read too, since the checksum stands at the part's end.
                    "sheetData" => self.inside_data = false,
                    _ if self.cell.inside == Inside::Inline => self.cell.inline.event(&event)?,
                    _ => {}
                },
                Event::Eof if self.inside_data => return Err(damaged("a sheet ends in the middle")),
                Event::Eof => return Ok(false),
                _ => self.cell.text(&event)?,
            }
        }
    }
}

impl Rows for SheetRows<'_> {
    fn next(&mut self, row: &mut Row) -> Result<bool, RowsError> {
        let found = self.read_element(row).and_then(|found| found.map_or_else(|| self.read(row), Ok));
        found.map_err(RowsError::Content)
    }
}

/// Reads a row of the usual shape and gives its number; `None` where it has another.
fn quick_row(bytes: &[u8], latest: u32, row: &mut Row, strings: &Strings, shown: &[Shown]) -> Option<u32> {
    let mut cursor = Cursor::new(bytes);
    cursor.take(b"<row")?;
    let attributes = cursor.attributes()?;
    let number = match attributes.reference {
        Some(number) => number.parse().ok()?,
        None => latest.checked_add(1)?,
    };
    if !(1..=ROW_LIMIT).contains(&number) {
        return None;
    }
    row.clear(number);
    row.hidden = attributes.hidden;
    let (mut next_column, mut size, mut cells) = (0, 0, 0u32);
    loop {
        cursor.blanks();
        // `<row r="3"/>` has no cells and no end of its own.
        if attributes.is_empty || cursor.take(b"</row>").is_some() {
            break;
        }
        cursor.take(b"<c")?;
        cells += 1;
        let cell = cursor.attributes()?;
        let column = cell.reference.map_or(Some(next_column), column_of).filter(|column| *column < COLUMN_LIMIT)?;
        next_column = column + 1;
        let style = cell.style.map_or(Some(0), |style| style.parse().ok())?;
        let text = if cell.is_empty {
            std::borrow::Cow::Borrowed("")
        } else if cell.kind == "inlineStr" {
            cursor.take(b"<is>")?;
            let text = cursor.text_element()?;
            cursor.take(b"</is></c>")?;
            text
        } else {
            cursor.take(b"<v>")?;
            let text = cursor.text()?;
            cursor.take(b"</v></c>")?;
            text
        };
        let (content, text) = match (cell.kind, text.as_ref()) {
            ("s" | "inlineStr" | "str" | "n" | "", "") => continue,
            ("s", index) => (Content::Text, strings.get(index.parse().ok()?)?),
            ("inlineStr" | "str", text) => (Content::Text, text),
            ("n" | "", value) if !value.trim().is_empty() => {
                (Content::Number(shown.get(style).copied().unwrap_or_default()), value)
            }
            _ => return None,
        };
        row.push(column, content, text);
        size += text.len();
        if size > ROW_TEXT_LIMIT || cells > COLUMN_LIMIT {
            return None;
        }
    }
    Some(number)
}

fn row_number(element: &BytesStart, latest: u32) -> Result<u32, Fault> {
    let number = match attribute(element, "r") {
        Some(number) => number.trim().parse().ok(),
        None => latest.checked_add(1),
    };
    number.filter(|n| (1..=ROW_LIMIT).contains(n)).ok_or_else(|| damaged("a row has a number that no sheet has"))
}

impl CellState {
    fn begin(&mut self, element: &BytesStart) -> Result<(), Fault> {
        self.column = self.next_column;
        self.style = 0;
        self.kind.clear();
        self.value.clear();
        self.formula.clear();
        self.formula.push('=');
        self.inline.begin();
        (self.inside, self.has_formula) = (Inside::Nothing, false);
        for attribute in element.attributes().with_checks(false).flatten() {
            match attribute.key.local_name().as_ref() {
                "r" => {
                    self.column = column_of(&attribute.value).ok_or_else(|| damaged("a cell has no valid address"))?;
                }
                "s" => self.style = attribute.value.parse().unwrap_or(0),
                "t" => self.kind.push_str(&attribute.value),
                _ => {}
            }
        }
        if self.column >= COLUMN_LIMIT {
            return Err(damaged("a cell lies beyond the last column"));
        }
        self.next_column = self.column + 1;
        Ok(())
    }

    /// Takes text inside the cell.
    fn text(&mut self, event: &Event) -> Result<(), Fault> {
        let text = match self.inside {
            Inside::Inline => return self.inline.event(event),
            Inside::Value => &mut self.value,
            Inside::Formula => &mut self.formula,
            Inside::Nothing => return Ok(()),
        };
        match event {
            Event::Text(t) => text.push_str(&t.xml10_content()),
            Event::CData(t) => text.push_str(&t.xml10_content()),
            Event::GeneralRef(r) => push_reference(r, text)?,
            _ => {}
        }
        if text.len() > ROW_TEXT_LIMIT {
            return Err(bomb("one of its cells holds too much"));
        }
        Ok(())
    }

    /// Adds the cell to the row, and says how much text it took.
    fn finish(&mut self, row: &mut Row, strings: &Strings, shown: &[Shown]) -> Result<usize, Fault> {
        let value = self.value.as_str();
        let (content, text) = match self.kind.as_str() {
            "s" if value.trim().is_empty() => return Ok(0),
            "s" => {
                let shared = value.trim().parse().ok().and_then(|ix| strings.get(ix));
                (Content::Text, shared.ok_or_else(|| damaged("a cell's text is missing"))?)
            }
            "inlineStr" => {
                self.inline.unescape();
                (Content::Text, self.inline.text.as_str())
            }
            "str" => (Content::Text, value),
            "b" => (Content::Bool(value.trim() == "1"), value),
            "e" => (Content::Error, value),
            _ if value.trim().is_empty() && self.has_formula => (Content::NeverCalculated, self.formula.as_str()),
            _ if value.trim().is_empty() => return Ok(0),
            "d" => match iso_date_time(value) {
                Some(date) => (Content::Date(date), value),
                None => (Content::Text, value),
            },
            _ => (Content::Number(shown.get(self.style).copied().unwrap_or_default()), value),
        };
        row.push(self.column, content, text);
        Ok(text.len())
    }
}

/// The column of an address such as `AB12`.
fn column_of(address: &str) -> Option<u32> {
    let letters = address.bytes().take_while(u8::is_ascii_alphabetic);
    let number = letters.take(4).fold(0u32, |n, b| n * 26 + u32::from(b.to_ascii_uppercase() - b'A') + 1);
    number.checked_sub(1)
}
