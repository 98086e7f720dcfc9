//! Numbers and texts in the binary formats, XLS and XLSB: little-endian, and never past the end of what is there.

/// Bytes that are taken from the front.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bytes<'b>(pub &'b [u8]);

impl<'b> Bytes<'b> {
    /// The next `count` bytes; `None` where there are fewer.
    pub(crate) fn take(&mut self, count: usize) -> Option<&'b [u8]> {
        let (front, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(front)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    /// A byte.
    pub(crate) fn u8(&mut self) -> Option<u8> {
        self.array::<1>().map(|[b]| b)
    }

    /// Two bytes.
    pub(crate) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }

    /// Four bytes.
    pub(crate) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    /// Eight bytes: a binary floating point number, as the decimal that it stands for.
    pub(crate) fn real(&mut self) -> Option<String> {
        self.array().map(f64::from_le_bytes).map(decimal)
    }

    /// Text in UTF-16, `count` units of it.
    pub(crate) fn wide(&mut self, count: usize) -> Option<String> {
        Some(wide(self.take(count.checked_mul(2)?)?))
    }

    /// A text of XLSB: its length in four bytes, then UTF-16. Four bytes of ones stand for none.
    pub(crate) fn long_text(&mut self) -> Option<String> {
        match self.u32()? {
            u32::MAX => Some(String::new()),
            count => self.wide(usize::try_from(count).ok()?),
        }
    }
}

/// UTF-16, little-endian.
pub(crate) fn wide(bytes: &[u8]) -> String {
    encoding_rs::UTF_16LE.decode_without_bom_handling(bytes).0.into_owned()
}

/// The shortest decimal that stands for a binary floating point number, as XLSX stores it.
pub(crate) fn decimal(value: f64) -> String {
    format!("{value:?}")
}

/// A packed number ([MS-XLS] 2.5.217, [MS-XLSB] 2.5.122): an integer or the upper bits of a real, perhaps in hundredths.
#[allow(clippy::float_arithmetic, reason = "the format keeps a double, and hundredths of it")]
pub(crate) fn packed_number(packed: u32) -> String {
    let value = if packed & 2 != 0 {
        f64::from(i32::from_le_bytes(packed.to_le_bytes()) >> 2)
    } else {
        f64::from_bits(u64::from(packed & !3) << 32)
    };
    decimal(if packed & 1 != 0 { value / 100.0 } else { value })
}

/// An error value as the cell shows it.
pub(crate) fn error_value(code: u8) -> &'static str {
    match code {
        0x00 => "#NULL!",
        0x07 => "#DIV/0!",
        0x0f => "#VALUE!",
        0x17 => "#REF!",
        0x1d => "#NAME?",
        0x24 => "#NUM!",
        0x2a => "#N/A",
        0x2b => "#GETTING_DATA",
        _ => "#UNKNOWN!",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_numbers_are_unpacked() {
        assert_eq!(packed_number((123 << 2) | 2), "123.0");
        assert_eq!(packed_number((1234 << 2) | 3), "12.34");
        assert_eq!(packed_number(u32::from_le_bytes((-5i32 << 2 | 2).to_le_bytes())), "-5.0");
        assert_eq!(packed_number(0x3ff8_0000), "1.5");
    }
}
