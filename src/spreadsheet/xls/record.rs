//! The records of a BIFF stream.

use super::super::binary::Bytes;
use super::super::package::damaged;
use crate::spreadsheet::row::Fault;

/// One record and what follows it in `CONTINUE` records.
pub(crate) struct Record<'b> {
    /// Its type.
    pub kind: u16,
    /// Its body, and the bodies of what continues it.
    pub parts: Vec<&'b [u8]>,
}

impl<'b> Record<'b> {
    /// Its own body.
    pub(crate) fn bytes(&self) -> Bytes<'b> {
        Bytes(self.parts.first().copied().unwrap_or_default())
    }
}

pub(crate) const CONTINUE: u16 = 0x003c;
pub(crate) const END: u16 = 0x000a;
pub(crate) const BEGIN: u16 = 0x0809;

/// The record at `at`, which is moved past it; none at the end.
pub(crate) fn next_record<'b>(stream: &'b [u8], at: &mut usize) -> Option<Record<'b>> {
    let (kind, body) = raw_record(stream, at)?;
    let mut record = Record { kind, parts: vec![body] };
    loop {
        let mut ahead = *at;
        match raw_record(stream, &mut ahead) {
            Some((CONTINUE, body)) => {
                record.parts.push(body);
                *at = ahead;
            }
            _ => return Some(record),
        }
    }
}

pub(crate) fn raw_record<'b>(stream: &'b [u8], at: &mut usize) -> Option<(u16, &'b [u8])> {
    let mut bytes = Bytes(stream.get(*at..)?);
    let kind = bytes.u16()?;
    let length = usize::from(bytes.u16()?);
    let body = bytes.take(length)?;
    *at += 4 + length;
    Some((kind, body))
}

pub(crate) fn cut() -> Fault {
    damaged("a record is too short")
}
