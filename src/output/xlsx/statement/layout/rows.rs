//! Where a template's rows go once its repeated rows are there as often as needed, and the references to them.

use crate::output::xlsx::statement::Group;
use crate::spreadsheet::a1;

/// Template rows that are repeated together for each item of a group; numbered from 1, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    /// The first row.
    pub first: u32,
    /// The last row.
    pub last: u32,
    /// What they are repeated for.
    pub group: Group,
}

impl Block {
    /// How many rows one item takes.
    pub(crate) fn height(&self) -> u32 {
        self.last - self.first + 1
    }
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

    /// Writes it as it stands in the copy for `item` of block `at`.
    pub(crate) fn write_in_copy(&self, out: &mut Vec<u8>, map: &RowMap, at: usize, item: u32) {
        let own = |end: &End| end.row.is_some_and(|row| map.block(row) == Some(at));
        if own(&self.start) && self.end.as_ref().is_none_or(own) {
            self.start.write(out, |row| map.copy(row, item));
            if let Some(end) = &self.end {
                out.push(b':');
                end.write(out, |row| map.copy(row, item));
            }
        } else {
            self.write(out, map);
        }
    }
}

/// A whole number in decimal.
pub(crate) fn write_number(out: &mut Vec<u8>, n: u32) {
    let mut digits = [0u8; 10];
    let (mut rest, mut at) = (n, 10);
    loop {
        at -= 1;
        if let Some(slot) = digits.get_mut(at) {
            *slot = b'0' + u8::try_from(rest % 10).unwrap_or(0);
        }
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.extend_from_slice(digits.get(at..).unwrap_or(b""));
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
        assert_eq!(written("B9", |a, out| a.write_in_copy(out, &map, 1, 1)), "B13");
        assert_eq!(written("B6", |a, out| a.write_in_copy(out, &map, 1, 1)), "B8");
    }

    #[test]
    fn what_is_no_reference() {
        assert_eq!(Area::parse("SUM(A1)"), None);
        assert_eq!(Area::parse("A"), None);
        assert_eq!(Area::parse("ABCD1"), None);
        assert_eq!(Area::list("A1:B2 C3").len(), 2);
    }
}
