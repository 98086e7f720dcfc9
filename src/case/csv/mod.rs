//! CSV files: their encoding, their delimiter, their records.

mod decode;
mod records;

pub use decode::{known_encoding, open};
pub use records::{Chunk, Records};
