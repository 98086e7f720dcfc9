//! A small deterministic source of choices for the generator (splitmix64).

use super::date::Date;

/// The same seed gives the same choices, on every machine.
pub struct Random(u64);

impl Random {
    /// Starts from a seed.
    pub fn new(seed: u64) -> Random {
        Random(seed ^ 0x5EED_CA5E_0000_2006)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// `low` to `high`, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        let width = u64::try_from(high - low + 1).expect("low ≤ high");
        low + i64::try_from(self.next() % width).expect("a small number")
    }

    /// True in so many of a hundred.
    pub fn chance(&mut self, percent: i64) -> bool {
        self.between(1, 100) <= percent
    }

    /// A place in a list of some length.
    pub fn index(&mut self, length: usize) -> usize {
        let length = i64::try_from(length).expect("a short list");
        usize::try_from(self.between(0, length - 1)).expect("an index")
    }

    /// One of some values.
    pub fn pick<'a, T>(&mut self, values: &'a [T]) -> &'a T {
        &values[self.index(values.len())]
    }

    /// One of some texts.
    pub fn text(&mut self, values: &[&str]) -> String {
        (*self.pick(values)).to_string()
    }

    /// A text of the list, or blank in so many of a hundred.
    pub fn text_or_blank(&mut self, blank_percent: i64, values: &[&str]) -> String {
        if self.chance(blank_percent) { String::new() } else { self.text(values) }
    }

    /// A day from `first` to `last`.
    pub fn day(&mut self, first: Date, last: Date) -> Date {
        Date(self.between(first.0, last.0.max(first.0)))
    }

    /// A decimal with exactly so many decimals, below `limit`.
    pub fn decimal(&mut self, limit: i64, decimals: usize) -> String {
        let whole = self.between(0, limit);
        let digits: String = (0..decimals).map(|_| self.text(&["0", "1", "2", "3", "5", "6", "7", "9"])).collect();
        if decimals == 0 { whole.to_string() } else { format!("{whole}.{digits}") }
    }

    /// Puts a list into another order.
    pub fn shuffle<T>(&mut self, values: &mut [T]) {
        for index in (1..values.len()).rev() {
            values.swap(index, self.index(index + 1));
        }
    }
}
