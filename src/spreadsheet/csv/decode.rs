//! From a file's bytes to UTF-8: byte order marks, UTF-16, `--encoding`.

use crate::spreadsheet::row::Fault;
use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};
use std::io::{self, Read};

/// Whether `--encoding` names an encoding.
pub(crate) fn known_encoding(name: &str) -> bool {
    Encoding::for_label(name.trim().as_bytes()).is_some()
}

/// Opens the text of a CSV file as UTF-8 (which is still to be validated where the file is UTF-8 itself). A byte
/// order mark wins over `encoding`.
/// Errors: A machine failure.
pub(crate) fn open(mut file: impl Read + Send + 'static, encoding: Option<&str>) -> io::Result<Box<dyn Read + Send>> {
    let mut start = Vec::with_capacity(3);
    file.by_ref().take(3).read_to_end(&mut start)?;
    let bom = Encoding::for_bom(&start);
    let named = encoding.and_then(|name| Encoding::for_label(name.trim().as_bytes()));
    let (encoding, skip) = bom.unwrap_or((named.unwrap_or(UTF_8), 0));
    start.drain(..skip.min(start.len()));
    let bytes = io::Cursor::new(start).chain(file);
    if encoding == UTF_8 {
        return Ok(Box::new(bytes));
    }
    let decoder = encoding.new_decoder_without_bom_handling();
    Ok(Box::new(Transcoder { bytes, decoder, encoding, input: vec![0; 64 * 1024], from: 0, to: 0, last: false }))
}

/// Decodes on the fly.
struct Transcoder<R> {
    bytes: R,
    decoder: Decoder,
    encoding: &'static Encoding,
    input: Vec<u8>,
    from: usize,
    to: usize,
    last: bool,
}

impl<R: Read> Read for Transcoder<R> {
    fn read(&mut self, output: &mut [u8]) -> io::Result<usize> {
        if output.len() < 16 {
            return Err(io::Error::other("a buffer too small to decode into"));
        }
        loop {
            if self.from == self.to && !self.last {
                self.from = 0;
                self.to = self.bytes.read(&mut self.input)?;
                self.last = self.to == 0;
            }
            let input = self.input.get(self.from..self.to).unwrap_or_default();
            let (result, read, written) = self.decoder.decode_to_utf8_without_replacement(input, output, self.last);
            self.from += read;
            match result {
                DecoderResult::Malformed(..) => return Err(Malformed::io(self.encoding)),
                _ if written > 0 || (self.last && self.from == self.to) => return Ok(written),
                DecoderResult::InputEmpty | DecoderResult::OutputFull => {}
            }
        }
    }
}

/// Bytes that the encoding does not have.
#[derive(Debug)]
pub(crate) struct Malformed(&'static str);

impl Malformed {
    fn io(encoding: &'static Encoding) -> io::Error {
        io::Error::new(io::ErrorKind::InvalidData, Self(encoding.name()))
    }

    /// The fault behind an error of [`open`]'s reader, where it is one of content.
    pub(crate) fn fault(error: &io::Error) -> Option<Fault> {
        let found = error.get_ref()?.downcast_ref::<Self>()?;
        let utf_16 = found.0 == UTF_16LE.name() || found.0 == UTF_16BE.name();
        let help = if utf_16 {
            "Save the file again from the program it came from, in Excel as 'CSV UTF-8 (Comma delimited)'."
        } else {
            "Name another encoding with --encoding, or in Excel save the file as 'CSV UTF-8 (Comma delimited)'."
        };
        Some(Fault::new("wrong-encoding", format!("The file holds bytes that {} does not have.", found.0), help))
    }
}

impl std::fmt::Display for Malformed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "bytes that {} does not have", self.0)
    }
}

impl std::error::Error for Malformed {}
