//! From a file's bytes to UTF-8: byte order marks, UTF-16, `--encoding`.

use crate::spreadsheet::{Fault, not_csv};
use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};
use std::io::{self, BufRead, BufReader, Read};

/// Whether `--encoding` names an encoding.
pub(crate) fn known_encoding(name: &str) -> bool {
    Encoding::for_label(name.trim().as_bytes()).is_some()
}

/// Opens the text of a CSV file as UTF-8 (which is still to be validated where the file is UTF-8 itself). A byte
/// order mark wins over `encoding`. What is wrong with the content is a [`Fault`] inside the reader's error.
pub(crate) fn open(mut file: impl Read + Send + 'static, encoding: Option<&str>) -> io::Result<Box<dyn Read + Send>> {
    let mut start = Vec::with_capacity(512);
    file.by_ref().take(512).read_to_end(&mut start)?;
    let bom = Encoding::for_bom(&start);
    let named = encoding.and_then(|name| Encoding::for_label(name.trim().as_bytes()));
    let (encoding, skip) = bom.unwrap_or((named.unwrap_or(UTF_8), 0));
    start.drain(..skip.min(start.len()));
    if let Some(fault) = not_csv(&start) {
        return Ok(Box::new(Refused(fault)));
    }
    let bytes = io::Cursor::new(start).chain(file);
    if encoding == UTF_8 {
        return Ok(Box::new(bytes));
    }
    let decoder = encoding.new_decoder_without_bom_handling();
    Ok(Box::new(Transcoder { bytes: BufReader::with_capacity(64 << 10, bytes), decoder, encoding }))
}

/// Decodes on the fly.
struct Transcoder<R> {
    bytes: BufReader<R>,
    decoder: Decoder,
    encoding: &'static Encoding,
}

impl<R: Read> Read for Transcoder<R> {
    fn read(&mut self, output: &mut [u8]) -> io::Result<usize> {
        if output.len() < 16 {
            return Err(io::Error::other("a buffer too small to decode into"));
        }
        loop {
            let input = self.bytes.fill_buf()?;
            let at_end = input.is_empty();
            let (result, read, written) = self.decoder.decode_to_utf8_without_replacement(input, output, at_end);
            self.bytes.consume(read);
            match result {
                DecoderResult::Malformed(..) => return Err(malformed(self.encoding)),
                _ if written > 0 || at_end => return Ok(written),
                DecoderResult::InputEmpty | DecoderResult::OutputFull => {}
            }
        }
    }
}

/// A file that is no CSV: the first read says so.
struct Refused(Fault);

impl Read for Refused {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::new(io::ErrorKind::InvalidData, self.0.clone()))
    }
}

/// Bytes that the encoding does not have.
fn malformed(encoding: &'static Encoding) -> io::Error {
    let help = if encoding == UTF_16LE || encoding == UTF_16BE {
        "Save the file again from the program it came from, in Excel as 'CSV UTF-8 (Comma delimited)'."
    } else {
        "Name another encoding with --encoding, or in Excel save the file as 'CSV UTF-8 (Comma delimited)'."
    };
    let message = format!("The file holds bytes that {} does not have.", encoding.name());
    io::Error::new(io::ErrorKind::InvalidData, Fault::new("wrong-encoding", message, help))
}
