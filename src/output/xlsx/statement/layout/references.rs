//! Where a template's rows go once its repeated rows are there as often as needed, and the references to them, alone
//! and in formulas.

use crate::output::xlsx::statement::Group;
use crate::spreadsheet::a1;
use crate::spreadsheet::ooxml::escape;
use crate::text::write_plain;

/// Template rows that are repeated together for each item of a group; numbered from 1, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    pub first: u32,
    pub last: u32,
    pub group: Group,
}

impl Block {
    pub(crate) fn height(&self) -> u32 {
        self.last - self.first + 1
    }
}

/// A copy of repeated rows: of which block, and for which item of its list.
#[derive(Clone, Copy, Debug)]
pub struct RowCopy {
    pub block: usize,
    pub item: u32,
}

/// Template rows to stamped rows, for one statement.
#[derive(Clone, Copy, Debug)]
pub struct RowMap<'a> {
    pub blocks: &'a [Block],
    /// How many times each is there: at least once, since an empty list leaves one blank row.
    pub counts: &'a [u32],
}

impl RowMap<'_> {
    /// Where a row starts: of a repeated row, its first copy.
    pub(crate) fn first(&self, row: u32) -> u32 {
        self.shifted(row, |_| 0)
    }

    /// Where a row ends: of a repeated row, its last copy.
    pub(crate) fn last(&self, row: u32) -> u32 {
        self.shifted(row, |count| count - 1)
    }

    pub(crate) fn copy(&self, row: u32, item: u32) -> u32 {
        self.shifted(row, |_| item)
    }

    fn shifted(&self, row: u32, item: impl Fn(u32) -> u32) -> u32 {
        let mut extra = 0u32;
        for (block, count) in self.blocks.iter().zip(self.counts) {
            if row < block.first {
                break;
            }
            if row <= block.last {
                return row.saturating_add(extra).saturating_add(item(*count).saturating_mul(block.height()));
            }
            extra = extra.saturating_add((count - 1).saturating_mul(block.height()));
        }
        row.saturating_add(extra)
    }

    pub(crate) fn block(&self, row: u32) -> Option<usize> {
        self.blocks.iter().position(|b| (b.first..=b.last).contains(&row))
    }
}

/// A reference such as `$A$1`, `B2:C9`, `A:H` or `3:4`, in the pieces that matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Area {
    start: End,
    end: Option<End>,
}

/// A corner of an area: its column as written (with `$`, may be empty) and its row (none in `A:H`).
#[derive(Clone, Debug, PartialEq, Eq)]
struct End {
    column: String,
    fixed: bool,
    row: Option<u32>,
}

impl End {
    fn parse(text: &str) -> Option<(Self, &str)> {
        let dollar = text.strip_prefix('$').filter(|after| after.starts_with(|c: char| c.is_ascii_alphabetic()));
        let rest = dollar.unwrap_or(text);
        let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        if letters > 3 {
            return None;
        }
        let column = text.get(..text.len() - rest.len() + letters)?.to_owned();
        let rest = rest.get(letters..)?;
        let (fixed, after) = rest.strip_prefix('$').map_or((false, rest), |after| (true, after));
        let digits = after.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 {
            return (letters > 0).then_some((Self { column, fixed: false, row: None }, rest));
        }
        let row = after.get(..digits)?.parse().ok().filter(|r| (1..=a1::ROWS).contains(r))?;
        Some((Self { column, fixed, row: Some(row) }, after.get(digits..)?))
    }

    fn write(&self, out: &mut Vec<u8>, map: impl Fn(u32) -> u32) {
        out.extend_from_slice(self.column.as_bytes());
        if let Some(row) = self.row {
            if self.fixed {
                out.push(b'$');
            }
            write_number(out, map(row));
        }
    }

    fn column_index(&self) -> Option<u32> {
        a1::column(self.column.trim_start_matches('$'))
    }

    /// As a formula has it that is copied to a cell `down` and `right` of its own.
    fn moved(&self, down: i64, right: i64) -> Self {
        let moved = |at: u32, by: i64| u32::try_from(i64::from(at) + by).unwrap_or(0);
        let column = match self.column_index() {
            Some(index) if !self.column.starts_with('$') => a1::letters(moved(index, right)),
            _ => self.column.clone(),
        };
        let row = self.row.map(|row| if self.fixed { row } else { moved(row, down).max(1) });
        Self { column, fixed: self.fixed, row }
    }
}

/// How a reference is to be written.
#[derive(Clone, Copy, Debug)]
pub enum Cover {
    /// As it stands outside of repeated rows: over all copies of what it covers.
    Around,
    /// The same, with every copy of one cell as a range: what a conditional format on a repeated row covers.
    Stretched,
    /// As it stands in a copy of repeated rows: within them, it is to that copy.
    Copy(RowCopy),
}

impl Area {
    /// The reference at the start of `text`, and what follows it.
    pub(crate) fn parse(text: &str) -> Option<(Self, &str)> {
        let (start, rest) = End::parse(text)?;
        if let Some(after) = rest.strip_prefix(':')
            && let Some((end, rest)) = End::parse(after)
            && start.row.is_some() == end.row.is_some()
            && start.column.is_empty() == end.column.is_empty()
        {
            return Some((Self { start, end: Some(end) }, rest));
        }
        let is_cell = start.row.is_some() && !start.column.is_empty();
        is_cell.then_some((Self { start, end: None }, rest))
    }

    fn last(&self) -> &End {
        self.end.as_ref().unwrap_or(&self.start)
    }

    /// The first row, where the area names rows.
    pub(crate) fn first_row(&self) -> Option<u32> {
        self.start.row
    }

    /// The last column (from 0) of the area that starts in this row and column.
    pub(crate) fn last_column_from(&self, row: u32, column: u32) -> Option<u32> {
        let starts = self.start.row == Some(row) && self.start.column_index() == Some(column);
        self.last().column_index().filter(|_| starts)
    }

    pub(crate) fn write(&self, out: &mut Vec<u8>, map: &RowMap, cover: Cover) {
        let end = self.last();
        let is_own = |copy: RowCopy| {
            let own = |end: &End| end.row.is_some_and(|row| map.block(row) == Some(copy.block));
            own(&self.start) && own(end)
        };
        let item = if let Cover::Copy(copy) = cover { Some(copy).filter(|copy| is_own(*copy)) } else { None };
        self.start.write(out, |row| item.map_or_else(|| map.first(row), |copy| map.copy(row, copy.item)));
        let stretched = matches!(cover, Cover::Stretched) && end.row.is_some_and(|row| map.last(row) != map.first(row));
        if self.end.is_some() || stretched {
            out.push(b':');
            end.write(out, |row| item.map_or_else(|| map.last(row), |copy| map.copy(row, copy.item)));
        }
    }
}

/// Longer than any formula: 8,192 characters.
const LONGEST: usize = 4 * 8_192;

#[derive(Clone, Debug, Default)]
pub struct Expression(Vec<Token>);

#[derive(Clone, Debug)]
enum Token {
    Text(String),
    /// A reference, and whether it is to the stamped sheet.
    Area(Area, bool),
}

impl Expression {
    /// Cuts a formula (plain, not escaped). References that name a sheet are to the stamped one where `own` says so; those
    /// that name none where `unqualified` says so.
    pub fn parse(text: &str, own: &dyn Fn(&str) -> bool, unqualified: bool) -> Self {
        if text.len() > LONGEST {
            return Self(vec![Token::Text(text.to_owned())]);
        }
        let (mut tokens, mut literal, mut rest) = (Vec::new(), String::new(), text);
        // Whether a reference may begin here, and whether it would be one to the stamped sheet.
        let (mut fresh, mut counts) = (true, unqualified);
        while let Some(c) = rest.chars().next() {
            let name = if fresh { sheet_name(rest) } else { None };
            let area = if fresh && name.is_none() { Area::parse(rest) } else { None };
            let area = area.filter(|(_, after)| !continues(after));
            if let Some((area, after)) = area {
                tokens.extend([Token::Text(std::mem::take(&mut literal)), Token::Area(area, counts)]);
                (rest, fresh, counts) = (after, false, unqualified);
                continue;
            }
            let (is_name, len) = match &name {
                Some((_, after)) => (true, rest.len() - after.len()),
                None if c == '"' => (false, quoted(rest, '"')),
                None => (false, c.len_utf8()),
            };
            let (taken, after) = rest.split_at(len);
            literal.push_str(taken);
            rest = after;
            counts = name.map_or(unqualified, |(name, _)| own(&name));
            fresh = is_name || !(c.is_alphanumeric() || matches!(c, '_' | '.' | '$' | '!' | '\'' | '"'));
        }
        tokens.push(Token::Text(literal));
        Self(tokens)
    }

    /// References to the stamped sheet parted by spaces, as `sqref` holds them; what is none is left out.
    pub fn list(text: &str) -> Self {
        let areas = text.split(' ').filter_map(|one| Area::parse(one).map(|(area, _)| Token::Area(area, true)));
        let spaced = areas.flat_map(|area| [Token::Text(" ".to_owned()), area]);
        Self(spaced.skip(1).collect())
    }

    /// The rows to which it refers on the stamped sheet: the last of each reference.
    fn rows(&self) -> impl Iterator<Item = Option<u32>> {
        self.0.iter().filter_map(|token| if let Token::Area(area, true) = token { Some(area.last().row) } else { None })
    }

    /// Whether nothing in it shifts.
    pub(crate) fn is_constant(&self) -> bool {
        self.rows().next().is_none()
    }

    /// Whether it refers to a row from `first` on of the stamped sheet.
    pub(crate) fn names_rows_from(&self, first: u32) -> bool {
        self.rows().flatten().any(|row| row >= first)
    }

    /// As another cell has it that shares it, `down` rows and `right` columns from here.
    pub fn moved(&self, down: i64, right: i64) -> Self {
        let moved = |token: &Token| match token {
            Token::Area(Area { start, end }, own) => {
                let end = end.as_ref().map(|end| end.moved(down, right));
                Token::Area(Area { start: start.moved(down, right), end }, *own)
            }
            text @ Token::Text(_) => text.clone(),
        };
        Self(self.0.iter().map(moved).collect())
    }

    /// Writes it, escaped for XML, with its references where their rows went.
    pub fn write(&self, out: &mut Vec<u8>, map: &RowMap, cover: Cover) {
        for token in &self.0 {
            match token {
                Token::Text(text) => escape(out, text),
                Token::Area(area, true) => area.write(out, map, cover),
                Token::Area(area, false) => area.write(out, &RowMap { blocks: &[], counts: &[] }, cover),
            }
        }
    }
}

/// The length of the quoted text at the start of `text`, with doubled quotes inside.
fn quoted(text: &str, quote: char) -> usize {
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c == quote {
            if chars.peek().is_some_and(|(_, next)| *next == quote) {
                chars.next();
            } else {
                return at + 1;
            }
        }
    }
    text.len()
}

/// A sheet's name with its `!` at the start of `text`, and what follows.
fn sheet_name(text: &str) -> Option<(String, &str)> {
    if text.starts_with('\'') {
        let end = quoted(text, '\'');
        let after = text.get(end..)?.strip_prefix('!')?;
        return Some((text.get(1..end - 1)?.replace("''", "'"), after));
    }
    let len = text.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.')))?;
    let after = text.get(len..)?.strip_prefix('!')?;
    (len > 0).then(|| (text.get(..len).unwrap_or("").to_owned(), after))
}

/// Whether what looked like a reference goes on as a name or a function: `LOG10(`, `A1B`, `Q3_total`.
fn continues(after: &str) -> bool {
    after.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '(' | '.' | '!'))
}

pub(crate) fn write_number(out: &mut Vec<u8>, n: u32) {
    write_plain(out, n.into(), 0);
}
