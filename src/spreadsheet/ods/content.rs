//! The XML of an ODS: sheets, rows, cells, their values and texts.

use super::super::a1::{COLUMNS, ROWS};
use super::super::faults::bomb;
use super::super::package::{Package, Part};
use super::super::row::offset;
use super::super::workbook::Sheet;
use super::super::xml::{Xml, attribute, reference};
use super::{PackedCell, PackedRow, PackedSheet};
use crate::model::calendar::iso_date_time;
use crate::spreadsheet::number_format::{Digits, Unit};
use crate::spreadsheet::{Content, Fault, Region, Shown};
use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event};
use std::borrow::Cow;
use std::collections::HashSet;

/// More cells than are kept.
const KEPT_LIMIT: usize = 16_000_000;
/// More styles that hide their sheet than there are sheets.
const STYLE_LIMIT: usize = 10_000;
/// The text of a cell, of which a spreadsheet shows 32,767 letters.
const CELL_TEXT_LIMIT: usize = 4 << 20;
/// All text of a sheet.
const TEXT_LIMIT: usize = 256 << 20;

/// Whether the manifest says that the content is encrypted.
pub(crate) fn is_encrypted(package: &mut Package) -> Result<bool, Fault> {
    let mut xml = Xml::lenient(package.small_part("META-INF/manifest.xml")?);
    loop {
        match xml.next()? {
            Event::Start(e) if e.local_name().as_ref() == "encryption-data" => return Ok(true),
            Event::Eof => return Ok(false),
            _ => {}
        }
    }
}

pub(crate) fn read(part: Part) -> Result<(Vec<Sheet>, Vec<PackedSheet>), Fault> {
    let mut xml = Xml::new(part);
    let mut reader = Reader::default();
    loop {
        let event = xml.next()?;
        if matches!(event, Event::Eof) {
            break;
        }
        reader.event(&event)?;
    }
    Ok((reader.sheets, reader.packed))
}

#[derive(Default)]
struct Reader {
    sheets: Vec<Sheet>,
    packed: Vec<PackedSheet>,
    /// The table style that is being read, and those that hide their sheet.
    style: String,
    hiding: HashSet<String>,
    /// Tables inside tables are not sheets.
    tables: u32,
    /// The row that is being read, and the column of its next cell.
    row: PackedRow,
    column: u32,
    cell: Option<CellState>,
    kept: usize,
}

#[derive(Default)]
struct CellState {
    repeated: u32,
    /// How many columns and rows it is merged over.
    columns: u32,
    rows: u32,
    currency: String,
    kind: String,
    value: String,
    has_formula: bool,
    /// `LibreOffice` says so of a formula that came to an error.
    is_error: bool,
    text: String,
    paragraphs: u32,
    in_paragraph: u32,
    /// Inside a comment or a drawing, whose text is not the cell's.
    in_comment: u32,
}

impl Reader {
    fn event(&mut self, event: &Event) -> Result<(), Fault> {
        match event {
            Event::Start(e) => return self.start(e),
            Event::End(e) => {
                if let Some(cell) = self.cell.as_mut().filter(|_| is_beside_text(e.name().as_ref())) {
                    cell.in_comment = cell.in_comment.saturating_sub(1);
                }
                return self.end(e.local_name().as_ref());
            }
            Event::Text(t) => self.text(&t.xml10_content()),
            Event::CData(t) => self.text(&t.xml10_content()),
            Event::GeneralRef(r) => self.text(&reference(r)?),
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, text: &str) {
        let cell = self.cell.as_mut().filter(|c| c.in_paragraph > 0 && c.in_comment == 0);
        if let Some(cell) = cell.filter(|c| c.text.len() <= CELL_TEXT_LIMIT) {
            cell.text.push_str(text);
        }
    }

    fn start(&mut self, e: &BytesStart) -> Result<(), Fault> {
        match e.local_name().as_ref() {
            "style" => self.style = attribute(e, "name").unwrap_or_default(),
            "table-properties" if attribute(e, "display").as_deref() == Some("false") => {
                if self.hiding.len() < STYLE_LIMIT {
                    self.hiding.insert(self.style.clone());
                }
            }
            "table" => self.begin_table(e)?,
            "table-row" if self.tables == 1 => {
                let visibility = attribute(e, "visibility");
                self.row.repeated = repeated(e, "number-rows-repeated");
                self.row.hidden = visibility.is_some_and(|v| v != "visible");
                self.column = 0;
                self.row.first_cell = self.packed.last().map_or(0, |p| offset(p.cells.len()));
            }
            "table-cell" | "covered-table-cell" if self.tables == 1 => self.cell = Some(CellState::new(e)),
            name => {
                if let Some(cell) = &mut self.cell {
                    cell.inner(name, e);
                }
            }
        }
        Ok(())
    }

    fn begin_table(&mut self, e: &BytesStart) -> Result<(), Fault> {
        self.tables += 1;
        if self.tables == 1 {
            let hidden = attribute(e, "style-name").is_some_and(|s| self.hiding.contains(&s));
            self.sheets.push(Sheet { name: attribute(e, "name").unwrap_or_default(), hidden });
            self.packed.push(PackedSheet::default());
            self.row = PackedRow { number: 1, ..PackedRow::default() };
        }
        super::super::sheets_within(self.sheets.len())
    }

    fn end(&mut self, name: &str) -> Result<(), Fault> {
        match name {
            "table" => self.tables = self.tables.saturating_sub(1),
            "table-row" if self.tables == 1 => self.end_row(),
            "table-cell" | "covered-table-cell" if self.tables == 1 => return self.end_cell(),
            "p" => {
                if let Some(cell) = &mut self.cell {
                    cell.in_paragraph = cell.in_paragraph.saturating_sub(1);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn end_row(&mut self) {
        let Some(sheet) = self.packed.last_mut() else { return };
        self.row.end_cell = offset(sheet.cells.len());
        if self.row.number > ROWS {
            sheet.cells.truncate(self.row.first_cell as usize);
        } else if self.row.first_cell < self.row.end_cell {
            sheet.rows.push(self.row);
        }
        self.row.number = self.row.number.saturating_add(self.row.repeated);
    }

    fn end_cell(&mut self) -> Result<(), Fault> {
        let Some(cell) = self.cell.take() else { return Ok(()) };
        let column = self.column;
        self.column = column.saturating_add(cell.repeated);
        if cell.text.len() > CELL_TEXT_LIMIT {
            return Err(bomb("one of its cells holds too much"));
        }
        let Some((content, text)) = cell.value() else { return Ok(()) };
        let Some(sheet) = self.packed.last_mut() else { return Ok(()) };
        self.kept += 1;
        if self.kept > KEPT_LIMIT || sheet.text.len() + text.len() > TEXT_LIMIT {
            return Err(bomb("its sheets hold more than can be kept"));
        }
        if column < COLUMNS {
            let (start, len) = (offset(sheet.text.len()), offset(text.len()));
            sheet.text.push_str(&text);
            let repeated = cell.repeated.min(COLUMNS - column);
            sheet.cells.push(PackedCell { column, repeated, content, start, len });
            if cell.columns > 1 || cell.rows > 1 {
                let row = self.row.number;
                sheet.merged.push(Region {
                    rows: (row, row.saturating_add(cell.rows - 1).min(ROWS)),
                    columns: (column, column.saturating_add(cell.columns - 1).min(COLUMNS - 1)),
                });
            }
        }
        Ok(())
    }
}

/// Whether an element's texts are not the cell's that it stands in: comments, text boxes and other drawings.
fn is_beside_text(name: &str) -> bool {
    name == "office:annotation" || name.starts_with("draw:")
}

fn repeated(e: &BytesStart, name: &str) -> u32 {
    attribute(e, name).and_then(|n| n.parse().ok()).unwrap_or(1).max(1)
}

impl CellState {
    fn new(e: &BytesStart) -> Self {
        let mut cell = Self { repeated: 1, columns: 1, rows: 1, ..Self::default() };
        for attribute in e.attributes().with_checks(false).flatten() {
            let value = || unescape(&attribute.value).map(Cow::into_owned).unwrap_or_default();
            let count = || attribute.value.parse().unwrap_or(1).max(1);
            match attribute.key.as_ref() {
                "table:number-columns-repeated" => cell.repeated = count(),
                "table:number-columns-spanned" => cell.columns = count(),
                "table:number-rows-spanned" => cell.rows = count(),
                "office:currency" => cell.currency = value(),
                // A formula that may give an empty text gave one, where it has no result.
                "table:formula" => cell.has_formula = !value().contains("\"\""),
                "calcext:value-type" => cell.is_error = &*attribute.value == "error",
                "office:value-type" => cell.kind = value(),
                "office:value"
                | "office:date-value"
                | "office:time-value"
                | "office:boolean-value"
                | "office:string-value" => {
                    cell.value = value();
                }
                _ => {}
            }
        }
        cell
    }

    /// Takes an element inside the cell.
    fn inner(&mut self, name: &str, e: &BytesStart) {
        match name {
            _ if is_beside_text(e.name().as_ref()) => self.in_comment += 1,
            "p" => {
                if self.in_comment == 0 && self.in_paragraph == 0 {
                    if self.paragraphs > 0 {
                        self.text.push('\n');
                    }
                    self.paragraphs += 1;
                }
                self.in_paragraph += 1;
            }
            "s" if self.in_comment == 0 => {
                let spaces = attribute(e, "c").and_then(|n| n.parse::<usize>().ok()).unwrap_or(1);
                if self.text.len() <= CELL_TEXT_LIMIT {
                    self.text.extend(std::iter::repeat_n(' ', spaces.min(32_767)));
                }
            }
            "tab" if self.in_comment == 0 => self.text.push('\t'),
            "line-break" if self.in_comment == 0 => self.text.push('\n'),
            _ => {}
        }
    }

    /// What the cell holds; none where it is blank.
    fn value(&self) -> Option<(Content, String)> {
        let number = |shown| Some((Content::Number(shown), self.value.clone()));
        if self.is_error {
            return Some((Content::Error, self.text.trim().to_owned()));
        }
        match self.kind.as_str() {
            "float" => {
                number(match (Digits::of_shown(&self.text, &self.value), Unit::of_shown(&self.text, &self.value)) {
                    (Some(digits), _) => Shown::Digits(digits),
                    (None, unit) => unit.map_or(Shown::Plain, Shown::Unit),
                })
            }
            "currency" => number(Unit::new(&self.currency).map_or(Shown::Plain, Shown::Unit)),
            "percentage" => number(Shown::Percent),
            "date" => match iso_date_time(&self.value) {
                Some(date) => Some((Content::Date(date), String::new())),
                None => Some((Content::Text, self.value.clone())),
            },
            "time" => {
                Some((Content::Number(Shown::Time), part_of_day(&self.value).unwrap_or_else(|| self.value.clone())))
            }
            "boolean" => Some((Content::Bool(self.value == "true"), String::new())),
            _ if self.text.is_empty() && !self.value.is_empty() => Some((Content::Text, self.value.clone())),
            "" if self.has_formula && self.text.is_empty() => Some((Content::NeverCalculated, String::new())),
            _ if self.text.is_empty() => None,
            _ => Some((Content::Text, self.text.clone())),
        }
    }
}

/// `PT03H02M00S` as the part of a day that a spreadsheet would store.
#[allow(clippy::float_arithmetic, reason = "a time of day is kept as Excel keeps it: a part of a day")]
fn part_of_day(duration: &str) -> Option<String> {
    let rest = duration.strip_prefix("PT")?;
    let (hours, rest) = rest.split_once('H')?;
    let (minutes, _) = rest.split_once('M')?;
    let minutes: u32 = hours.parse::<u32>().ok()?.checked_mul(60)?.checked_add(minutes.parse().ok()?)?;
    Some((f64::from(minutes) / 1440.0).to_string())
}
