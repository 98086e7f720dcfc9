//! Where a template's rows go once its repeated rows are there as often as needed, and the references to them, alone
//! and in formulas.

use crate::output::xlsx::statement::Group;
use crate::spreadsheet::a1;
use crate::spreadsheet::ooxml::escape;
use crate::text::write_plain;

/// Template rows that are repeated together for each item of a group; numbered from 1, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    pub first: u32,
    pub last: u32,
    pub group: Group,
}

impl Block {
    /// How many rows one item takes.
    pub(crate) fn height(&self) -> u32 {
        self.last - self.first + 1
    }
}

/// A copy of repeated rows: of which block, and for which item of its list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RowCopy {
    pub block: usize,
    pub item: u32,
}

/// Template rows to stamped rows, for one statement.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RowMap<'a> {
    /// The blocks, from the top.
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

    /// Where the copy of a row for one item is.
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

    /// The block that a template row is in.
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
        let mut rest = text;
        let mut column = String::new();
        if let Some(after) = rest.strip_prefix('$')
            && after.starts_with(|c: char| c.is_ascii_alphabetic())
        {
            column.push('$');
            rest = after;
        }
        let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        if letters > 3 {
            return None;
        }
        column.push_str(rest.get(..letters)?);
        rest = rest.get(letters..)?;
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

    fn moved(&self, down: i64, right: i64) -> String {
        let mut text = match self.column_index() {
            Some(index) if !self.column.starts_with('$') => {
                let moved = u32::try_from(i64::from(index) + right).unwrap_or(0);
                a1::letters(moved)
            }
            _ => self.column.clone(),
        };
        if let Some(row) = self.row {
            let moved = if self.fixed { i64::from(row) } else { (i64::from(row) + down).max(1) };
            if self.fixed {
                text.push('$');
            }
            text.push_str(&moved.to_string());
        }
        text
    }

    fn is_cell(&self) -> bool {
        self.row.is_some() && !self.column.is_empty()
    }
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
        start.is_cell().then_some((Self { start, end: None }, rest))
    }

    /// A list of references parted by spaces, as `sqref` holds.
    pub(crate) fn list(text: &str) -> Vec<Self> {
        text.split(' ').filter_map(|one| Self::parse(one).map(|(area, _)| area)).collect()
    }

    /// The first row, where the area names rows.
    pub(crate) fn first_row(&self) -> Option<u32> {
        self.start.row
    }

    /// The last row, where the area names rows.
    fn last_row(&self) -> Option<u32> {
        self.end.as_ref().unwrap_or(&self.start).row
    }

    /// Whether its first cell is the one in that row and column (from 0).
    pub(crate) fn starts_at(&self, row: u32, column: u32) -> bool {
        self.start.row == Some(row) && self.start.column_index() == Some(column)
    }

    /// The first and the last column, from 0, where the area names columns.
    pub(crate) fn columns(&self) -> Option<(u32, u32)> {
        let end = self.end.as_ref().unwrap_or(&self.start);
        Some((self.start.column_index()?, end.column_index()?))
    }

    /// The area as a formula that is copied to a cell `down` and `right` of its own has it.
    pub(crate) fn moved(&self, down: i64, right: i64) -> String {
        let mut text = self.start.moved(down, right);
        if let Some(end) = &self.end {
            text.push(':');
            text.push_str(&end.moved(down, right));
        }
        text
    }

    /// Writes it as it stands outside of repeated rows: over all copies of what it covers.
    pub(crate) fn write(&self, out: &mut Vec<u8>, map: &RowMap) {
        self.start.write(out, |row| map.first(row));
        if let Some(end) = &self.end {
            out.push(b':');
            end.write(out, |row| map.last(row));
        }
    }

    /// Writes it with every copy of one cell as a range: what a conditional format on a repeated row covers.
    pub(crate) fn write_stretched(&self, out: &mut Vec<u8>, map: &RowMap) {
        self.start.write(out, |row| map.first(row));
        let end = self.end.as_ref().unwrap_or(&self.start);
        let grows = end.row.is_some_and(|row| map.last(row) != map.first(row));
        if self.end.is_some() || grows {
            out.push(b':');
            end.write(out, |row| map.last(row));
        }
    }

    /// Writes it as it stands in a copy of repeated rows: within them, it is to that copy.
    pub(crate) fn write_in_copy(&self, out: &mut Vec<u8>, map: &RowMap, copy: RowCopy) {
        let own = |end: &End| end.row.is_some_and(|row| map.block(row) == Some(copy.block));
        if own(&self.start) && self.end.as_ref().is_none_or(own) {
            self.start.write(out, |row| map.copy(row, copy.item));
            if let Some(end) = &self.end {
                out.push(b':');
                end.write(out, |row| map.copy(row, copy.item));
            }
        } else {
            self.write(out, map);
        }
    }
}

/// Longer than any formula: 8,192 characters.
const LONGEST: usize = 4 * 8_192;

#[derive(Clone, Debug, Default)]
pub(crate) struct Expression(Vec<Token>);

#[derive(Clone, Debug)]
enum Token {
    Text(String),
    /// A reference to the stamped sheet.
    Area(Area),
}

impl Expression {
    /// Cuts a formula (plain, not escaped). References that name a sheet count where `own` says it is the stamped one;
    /// those that name none count where `unqualified` says so.
    pub(crate) fn parse(text: &str, own: &dyn Fn(&str) -> bool, unqualified: bool) -> Self {
        if text.len() > LONGEST {
            return Self(vec![Token::Text(text.to_owned())]);
        }
        let mut tokens = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        // Whether a reference may begin here, and whether it would be one to the stamped sheet.
        let (mut fresh, mut counts) = (true, unqualified);
        while let Some(c) = rest.chars().next() {
            if c == '"' {
                let end = quoted(rest, '"');
                literal.push_str(rest.get(..end).unwrap_or(rest));
                rest = rest.get(end..).unwrap_or("");
                (fresh, counts) = (false, unqualified);
                continue;
            }
            if fresh && let Some((name, after)) = sheet_name(rest) {
                literal.push_str(rest.get(..rest.len() - after.len()).unwrap_or(""));
                rest = after;
                counts = own(&name);
                continue;
            }
            if fresh
                && let Some((area, after)) = Area::parse(rest)
                && !continues(after)
            {
                if counts {
                    tokens.push(Token::Text(std::mem::take(&mut literal)));
                    tokens.push(Token::Area(area));
                } else {
                    literal.push_str(rest.get(..rest.len() - after.len()).unwrap_or(""));
                }
                rest = after;
                (fresh, counts) = (false, unqualified);
                continue;
            }
            literal.push(c);
            rest = rest.get(c.len_utf8()..).unwrap_or("");
            fresh = !(c.is_alphanumeric() || matches!(c, '_' | '.' | '$' | '!' | '\''));
            counts = unqualified;
        }
        tokens.push(Token::Text(literal));
        Self(tokens)
    }

    /// Whether nothing in it shifts.
    pub(crate) fn is_constant(&self) -> bool {
        self.0.iter().all(|token| matches!(token, Token::Text(_)))
    }

    /// Whether it refers to a row from `first` on of the stamped sheet.
    pub(crate) fn names_rows_from(&self, first: u32) -> bool {
        self.0.iter().any(|token| matches!(token, Token::Area(area) if area.last_row().is_some_and(|row| row >= first)))
    }

    /// Writes it, escaped for XML, with its references where their rows went; `copy` is where the formula itself stands.
    pub(crate) fn write(&self, out: &mut Vec<u8>, map: &RowMap, copy: Option<RowCopy>) {
        for token in &self.0 {
            match (token, copy) {
                (Token::Text(text), _) => escape(out, text),
                (Token::Area(area), None) => area.write(out, map),
                (Token::Area(area), Some(copy)) => area.write_in_copy(out, map, copy),
            }
        }
    }
}

/// A formula that another cell shares, as that cell has it: moved `down` rows and `right` columns.
pub(crate) fn moved(text: &str, down: i64, right: i64) -> String {
    let expression = Expression::parse(text, &|_| true, true);
    let mut out = String::new();
    for token in &expression.0 {
        match token {
            Token::Text(text) => out.push_str(text),
            Token::Area(area) => out.push_str(&area.moved(down, right)),
        }
    }
    out
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

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str, write: impl Fn(&Area, &mut Vec<u8>)) -> String {
        let (area, rest) = Area::parse(text).unwrap();
        assert_eq!(rest, "");
        let mut out = Vec::new();
        write(&area, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn rows_below_a_repeated_row_shift() {
        let blocks = [Block { first: 5, last: 5, group: Group::Lot }, Block { first: 9, last: 10, group: Group::Step }];
        let map = RowMap { blocks: &blocks, counts: &[3, 2] };
        assert_eq!([4, 5, 6, 9, 10, 11].map(|r| map.first(r)), [4, 5, 8, 11, 12, 15]);
        assert_eq!([4, 5, 6, 9, 10, 11].map(|r| map.last(r)), [4, 7, 8, 13, 14, 15]);
        assert_eq!(written("E5:E5", |a, out| a.write(out, &map)), "E5:E7");
        assert_eq!(written("E5", |a, out| a.write(out, &map)), "E5");
        assert_eq!(written("E5", |a, out| a.write_stretched(out, &map)), "E5:E7");
        assert_eq!(written("$A$1:$H$11", |a, out| a.write(out, &map)), "$A$1:$H$15");
        assert_eq!(written("A:H", |a, out| a.write(out, &map)), "A:H");
        assert_eq!(written("$4:$6", |a, out| a.write(out, &map)), "$4:$8");
        assert_eq!(written("B9", |a, out| a.write_in_copy(out, &map, RowCopy { block: 1, item: 1 })), "B13");
        assert_eq!(written("B6", |a, out| a.write_in_copy(out, &map, RowCopy { block: 1, item: 1 })), "B8");
    }

    #[test]
    fn what_is_no_reference() {
        assert_eq!(Area::parse("SUM(A1)"), None);
        assert_eq!(Area::parse("A"), None);
        assert_eq!(Area::parse("ABCD1"), None);
        assert_eq!(Area::list("A1:B2 C3").len(), 2);
    }

    fn shifted(text: &str) -> String {
        let blocks = [Block { first: 5, last: 5, group: Group::Lot }];
        let map = RowMap { blocks: &blocks, counts: &[3] };
        let mut out = Vec::new();
        Expression::parse(text, &|name| name == "My 'Sheet", true).write(&mut out, &map, None);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_shared_formula_moves() {
        assert_eq!(moved("A1*$B$1+Other!C1", 2, 1), "B3*$B$1+Other!D3");
        assert_eq!(moved("SUM(A$1:A1)", 2, 0), "SUM(A$1:A3)");
    }

    #[test]
    fn references_shift_and_nothing_else_does() {
        assert_eq!(shifted("SUM(E5:E5)*E6"), "SUM(E5:E7)*E8");
        assert_eq!(shifted("LOG10(E9)&\"E9\"&Q9_total"), "LOG10(E11)&amp;\"E9\"&amp;Q9_total");
        assert_eq!(shifted("'My ''Sheet'!$A$9+Other!A9+A9"), "'My ''Sheet'!$A$11+Other!A9+A11");
        assert_eq!(shifted("IF(A9<B9,$A$9,1E9)"), "IF(A11&lt;B11,$A$11,1E9)");
    }
}
