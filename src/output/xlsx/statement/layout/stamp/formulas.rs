//! A statement's formulas, with the addresses that the layout gives their cells.

use super::super::rows::{Block, RowMap, write_number};
use super::SheetStamp;
use crate::output::xlsx::statement::{Cell as Source, Column, Field, Formula};

impl<'a> SheetStamp<'a, '_, '_> {
    /// Writes a formula; none where the layout lacks a cell that it takes, and what was written is to be dropped.
    pub(super) fn formula(&mut self, formula: &Formula) -> Option<()> {
        match *formula {
            Formula::Same(a) => self.address(a),
            Formula::Product(a, b) => {
                self.address(a)?;
                self.out.push(b'*');
                self.address(b)
            }
            Formula::RoundedProduct(a, b, d) => self.rounded("ROUND(", d, |s| s.operation(&[a, b], b'*')),
            Formula::RoundedDownProduct(a, b, d) => self.rounded("ROUNDDOWN(", d, |s| s.operation(&[a, b], b'*')),
            Formula::Sum(column) => self.sum(column),
            Formula::RoundedSum(column, d) => self.rounded("ROUND(", d, |s| s.sum(column)),
            Formula::RoundedDownSum(column, d) => self.rounded("ROUNDDOWN(", d, |s| s.sum(column)),
            Formula::RoundedSumProduct(a, b, d) => self.rounded("ROUND(", d, |s| {
                s.out.extend_from_slice(b"SUMPRODUCT(");
                s.range(a)?;
                s.out.push(b',');
                s.range(b)?;
                s.out.push(b')');
                Some(())
            }),
            Formula::Plus(a, b, d) => self.rounded("ROUND(", d, |s| s.operation(&[a, b], b'+')),
            Formula::Minus(a, b, d) => self.rounded("ROUND(", d, |s| s.operation(&[a, b], b'-')),
            Formula::Plus4(cells, d) => self.rounded("ROUND(", d, |s| s.operation(&cells, b'+')),
            Formula::SumInCurrency { keys, currency, values, decimals } => self.rounded("ROUND(", decimals, |s| {
                s.out.extend_from_slice(b"SUMIF(");
                s.range(keys)?;
                s.out.push(b',');
                s.address(currency)?;
                s.out.push(b',');
                s.range(values)?;
                s.out.push(b')');
                Some(())
            }),
        }
    }

    fn rounded(&mut self, name: &str, decimals: u32, inner: impl FnOnce(&mut Self) -> Option<()>) -> Option<()> {
        self.out.extend_from_slice(name.as_bytes());
        inner(self)?;
        self.out.push(b',');
        write_number(self.out, decimals);
        self.out.push(b')');
        Some(())
    }

    fn operation(&mut self, cells: &[Source], operator: u8) -> Option<()> {
        for (at, cell) in cells.iter().enumerate() {
            if at > 0 {
                self.out.push(operator);
            }
            self.address(*cell)?;
        }
        Some(())
    }

    fn sum(&mut self, column: Column) -> Option<()> {
        self.out.extend_from_slice(b"SUM(");
        if self.range(column).is_none() {
            // Items of several rows each: one after the other, for what is between may hold numbers too.
            if column.to - column.from > 60 {
                return None;
            }
            for row in column.from..=column.to {
                if row > column.from {
                    self.out.push(b',');
                }
                self.address(Source { field: column.field, row })?;
            }
        }
        self.out.push(b')');
        Some(())
    }

    fn address(&mut self, cell: Source) -> Option<()> {
        let (letters, row) = self.home(cell.field)?;
        let map = RowMap { blocks: &self.sheet.blocks, counts: &self.counts };
        let number = map.copy(row, u32::from(cell.row));
        self.out.extend_from_slice(letters.as_bytes());
        write_number(self.out, number);
        Some(())
    }

    /// Consecutive cells of a column; none, and nothing written, where each item takes several rows.
    fn range(&mut self, column: Column) -> Option<()> {
        let (_, row) = self.home(column.field)?;
        let map = RowMap { blocks: &self.sheet.blocks, counts: &self.counts };
        let height = map.block(row).and_then(|at| self.sheet.blocks.get(at)).map_or(1, Block::height);
        if height > 1 && column.to > column.from {
            return None;
        }
        self.address(Source { field: column.field, row: column.from })?;
        if column.to > column.from {
            self.out.push(b':');
            self.address(Source { field: column.field, row: column.to })?;
        }
        Some(())
    }

    fn home(&self, field: Field) -> Option<(&'a str, u32)> {
        self.sheet.home(field)
    }
}
