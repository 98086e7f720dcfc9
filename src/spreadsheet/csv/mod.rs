//! CSV files: their encoding, their delimiter, their records.

mod decode;
pub(crate) mod records;
mod split;

pub(crate) use decode::{known_encoding, open};
pub(crate) use records::{Chunk, Records};
