//! A sheet's XML, mark by mark and without a reader of XML: what calamine does not tell of it, and what calamine would get
//! wrong in silence.

use super::super::cells::SheetFacts;
use super::super::faults::{bomb, damaged, not_understood};
use super::super::package::Part;
use super::super::{Content, Fault, Region, a1};
use memchr::{memchr, memchr_iter, memmem, memrchr};
use quick_xml::escape::unescape;
use std::borrow::Cow;

/// What all sheets of a workbook may come to: more marks than those of 20 million cells, and bytes.
const MARK_LIMIT: u64 = 90_000_000;
const BYTE_LIMIT: u64 = 3 << 29;
/// More merged ranges, and more formulas without a result, than are kept.
const KEPT_LIMIT: usize = 1 << 20;

/// What was read of a workbook's sheets so far.
#[derive(Default)]
pub(super) struct Budget {
    marks: u64,
    bytes: u64,
}

/// Surveys a sheet, of a workbook that asks for its formulas `to_be_calculated` or not.
/// Errors: It is damaged, too large, or written as calamine does not understand.
pub(super) fn scan(part: Part, budget: &mut Budget, to_be_calculated: bool) -> Result<SheetFacts, Fault> {
    let mut sheet = SheetScan { to_be_calculated, ..SheetScan::default() };
    part.scan(|block, at_end| {
        let taken = if at_end { block.len() } else { sheet.end_of_cells(block) };
        let piece = block.get(..taken).unwrap_or_default();
        budget.bytes += taken as u64;
        budget.marks += memchr_iter(b'<', piece).count() as u64;
        if budget.marks > MARK_LIMIT || budget.bytes > BYTE_LIMIT {
            return Err(bomb("its sheets have more in them than any workbook's"));
        }
        sheet.piece(piece)?;
        Ok(taken)
    })?;
    if sheet.place == Place::After { Ok(sheet.facts) } else { Err(damaged("a sheet ends in the middle")) }
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Place {
    #[default]
    Before,
    InCells,
    After,
}

#[derive(Default)]
struct SheetScan {
    place: Place,
    /// The prefix of the sheet's elements, with its colon; mostly none.
    prefix: Vec<u8>,
    /// The number of the latest row.
    row: u32,
    /// Whether the workbook asks for its formulas to be calculated.
    to_be_calculated: bool,
    facts: SheetFacts,
}

/// The name of a mark without its prefix.
pub(super) fn local_name(mark: &[u8]) -> &[u8] {
    let len = mark.iter().take_while(|byte| !matches!(byte, b' ' | b'>' | b'/' | b'\t' | b'\n' | b'\r')).count();
    let name = mark.get(..len).unwrap_or_default();
    memrchr(b':', name).map_or(name, |colon| name.get(colon + 1..).unwrap_or_default())
}

/// A mark up to its end.
pub(super) fn whole_mark(mark: &[u8]) -> &[u8] {
    mark.get(..memchr(b'>', mark).unwrap_or(mark.len())).unwrap_or_default()
}

/// The text between a mark and the next.
fn text_after(mark: &[u8]) -> &[u8] {
    let Some(end) = memchr(b'>', mark).filter(|end| !whole_mark(mark).ends_with(b"/") && *end > 0) else { return b"" };
    let text = mark.get(end + 1..).unwrap_or_default();
    text.get(..memchr(b'<', text).unwrap_or(text.len())).unwrap_or_default()
}

fn attribute<'m>(mark: &'m [u8], name: &[u8]) -> Option<&'m str> {
    let mark = whole_mark(mark);
    memmem::find_iter(mark, name).find_map(|at| {
        let before = mark.get(at.checked_sub(1)?)?;
        let [b'=', quote @ (b'"' | b'\''), value @ ..] = mark.get(at + name.len()..)? else { return None };
        let value = value.get(..memchr(*quote, value)?).filter(|_| before.is_ascii_whitespace())?;
        std::str::from_utf8(value).ok()
    })
}

/// A cell of which all marks so far were seen.
#[derive(Default)]
struct CellScan<'b> {
    mark: &'b [u8],
    formula: Option<&'b [u8]>,
    value: Option<&'b [u8]>,
    has_inline_text: bool,
}

impl SheetScan {
    /// Where a block is to be cut so that no cell is: at the start of its last cell or row, or of its last mark.
    fn end_of_cells(&self, block: &[u8]) -> usize {
        let data = memmem::rfind(block, b"sheetData").and_then(|at| memrchr(b'<', block.get(..at)?));
        let is_closed = data.is_some_and(|at| block.get(at + 1) == Some(&b'/'));
        let mut end = memrchr(b'<', block).unwrap_or(0);
        let in_cells = self.place == Place::InCells || (self.place == Place::Before && data.is_some());
        while in_cells && !is_closed && !matches!(local_name(block.get(end + 1..).unwrap_or_default()), b"c" | b"row") {
            match memrchr(b'<', block.get(..end).unwrap_or_default()) {
                Some(before) => end = before,
                None => return 0,
            }
        }
        end
    }

    fn piece(&mut self, piece: &[u8]) -> Result<(), Fault> {
        let mut cell = CellScan::default();
        // Digits are believed at sight but where they may be no index and no number.
        let may_be_inline = memmem::find(piece, b"inlineStr").is_some();
        for at in memchr_iter(b'<', piece) {
            let mark = piece.get(at + 1..).unwrap_or_default();
            if self.place != Place::InCells {
                self.around_cells(mark)?;
                continue;
            }
            match mark {
                [b'!' | b'?', ..] => return Err(not_understood("comments or marked text stand between its cells")),
                [b'/', ..] => {
                    let name = mark.get(1 + self.prefix.len()..).unwrap_or_default();
                    if name.starts_with(b"sheetData") {
                        self.finish(&std::mem::take(&mut cell))?;
                        self.place = Place::After;
                    }
                    continue;
                }
                _ => {}
            }
            let Some(name) = mark.strip_prefix(self.prefix.as_slice()) else { continue };
            match name {
                [b'v', b'>' | b' ' | b'/', ..] => {
                    let value = name.get(2..).unwrap_or_default();
                    let digits = value.iter().take_while(|byte| byte.is_ascii_digit()).count();
                    if may_be_inline || digits == 0 || value.get(digits) != Some(&b'<') {
                        Self::odd_value(&cell, text_after(name))?;
                        cell.value = Some(text_after(name));
                    } else {
                        cell.value = value.get(..digits);
                    }
                }
                [b'c', b' ' | b'>' | b'/' | b'\t' | b'\n' | b'\r', ..] => {
                    self.finish(&cell)?;
                    cell = CellScan { mark: name, ..CellScan::default() };
                }
                [b'f', b' ' | b'>' | b'/' | b'\t' | b'\n' | b'\r', ..] => {
                    if cell.value.is_some() || cell.has_inline_text {
                        return Err(Self::odd(&cell, "a value stands before its formula"));
                    }
                    cell.formula = Some(text_after(name));
                }
                [b'i', b's', b' ' | b'>' | b'/', ..] => cell.has_inline_text = true,
                [b'r', b'o', b'w', b' ' | b'>' | b'/' | b'\t' | b'\n' | b'\r', ..] => {
                    self.finish(&std::mem::take(&mut cell))?;
                    let number = attribute(name, b"r").and_then(|number| number.trim().parse().ok());
                    self.row = number.unwrap_or_else(|| self.row.saturating_add(1));
                    if attribute(name, b"hidden").is_some_and(|hidden| matches!(hidden, "1" | "true")) {
                        self.facts.hidden.insert(self.row);
                    }
                }
                _ => {}
            }
        }
        self.finish(&cell)
    }

    /// What stands before the cells and after them.
    fn around_cells(&mut self, mark: &[u8]) -> Result<(), Fault> {
        let name = local_name(mark);
        match (self.place, name) {
            (_, [b'!', b'-', b'-', ..]) => {
                let text = mark.get(..memchr(b'<', mark).unwrap_or(mark.len())).unwrap_or_default();
                if memmem::find(text, b"-->").is_none() {
                    return Err(not_understood("a comment holds marks"));
                }
            }
            (_, [b'!', ..]) => return Err(damaged("it declares a document type")),
            (Place::Before, b"sheetData") => {
                let prefix = memmem::find(mark, name).and_then(|at| mark.get(..at)).unwrap_or_default();
                self.prefix = prefix.to_vec();
                self.place = if whole_mark(mark).ends_with(b"/") { Place::After } else { Place::InCells };
            }
            (Place::After, b"mergeCell") => {
                let ends = attribute(mark, b"ref").and_then(|range| range.split_once(':'));
                if let Some((first, last)) = ends.and_then(|(a, b)| Some((a1::parse(a)?, a1::parse(b)?))) {
                    self.facts.merged.push(Region { rows: (first.1, last.1), columns: (first.0, last.0) });
                }
            }
            _ => {}
        }
        self.within()
    }

    fn within(&self) -> Result<(), Fault> {
        let kept = self.facts.merged.len() + self.facts.cells.len();
        if kept > KEPT_LIMIT { Err(bomb("a sheet has more merged cells and formulas than any")) } else { Ok(()) }
    }

    /// Refuses a value that calamine would take for another, or for none.
    fn odd_value(cell: &CellScan, value: &[u8]) -> Result<(), Fault> {
        let is_reference = |text: &[u8]| memchr(b'&', text).is_some();
        let is_read = match attribute(cell.mark, b"t") {
            Some("s") => value.iter().all(u8::is_ascii_digit),
            Some("str" | "d") => true,
            Some("inlineStr" | "is") => value.is_empty() && !cell.has_inline_text,
            _ => !is_reference(value),
        };
        if is_read { Ok(()) } else { Err(Self::odd(cell, "a cell's value is written in an unusual way")) }
    }

    fn odd(cell: &CellScan, what: &str) -> Fault {
        let fault = not_understood(what);
        match attribute(cell.mark, b"r") {
            Some(at) => fault.at(at.to_owned()),
            None => fault,
        }
    }

    /// A cell is whole: a formula without a result was never calculated, unless its result is an empty text. Libraries that
    /// do not calculate write 0 for every result, and ask for the workbook to be calculated; programs that did do not ask.
    fn finish(&mut self, cell: &CellScan) -> Result<(), Fault> {
        let Some(formula) = cell.formula.filter(|_| !cell.has_inline_text) else { return Ok(()) };
        match cell.value {
            Some([]) if attribute(cell.mark, b"t") == Some("str") => return Ok(()),
            Some([]) | None => {}
            Some(b"0") if self.to_be_calculated && matches!(attribute(cell.mark, b"t"), None | Some("n")) => {}
            Some(_) => return Ok(()),
        }
        let Some((column, row)) = attribute(cell.mark, b"r").and_then(a1::parse) else {
            return Err(not_understood("a formula was never calculated, in a cell without an address"));
        };
        let formula = String::from_utf8_lossy(formula);
        let formula = format!("={}", unescape(&formula).unwrap_or(Cow::Borrowed(&formula)));
        self.facts.cells.insert((row, column), (Content::NeverCalculated, formula));
        self.within()
    }
}
