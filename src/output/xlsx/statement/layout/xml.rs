//! XML as Excel writes it.

use std::borrow::Cow;

/// Escapes text between tags as Excel does: `& < >`, and control characters as `_xHHHH_`.
pub(crate) fn escape(out: &mut Vec<u8>, text: &str) {
    let mut plain = 0;
    let bytes = text.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        let replacement: &[u8] = match byte {
            b'&' => b"&amp;",
            b'<' => b"&lt;",
            b'>' => b"&gt;",
            b'\t' | b'\n' | 0x20..=0xEE | 0xF0..=0xFF => continue,
            // U+FFFE and U+FFFF are EF BF BE and EF BF BF.
            0xEF => match bytes.get(at + 1..at + 3) {
                Some([0xBF, 0xBE]) => b"_xFFFE_",
                Some([0xBF, 0xBF]) => b"_xFFFF_",
                _ => continue,
            },
            control => {
                out.extend_from_slice(bytes.get(plain..at).unwrap_or(b""));
                out.extend_from_slice(format!("_x{control:04X}_").as_bytes());
                plain = at + 1;
                continue;
            }
        };
        out.extend_from_slice(bytes.get(plain..at).unwrap_or(b""));
        out.extend_from_slice(replacement);
        plain = at + if *byte == 0xEF { 3 } else { 1 };
    }
    out.extend_from_slice(bytes.get(plain..).unwrap_or(b""));
}

/// Escapes a shared string: a literal `_x0041_` must not be taken for an escaped character.
pub(crate) fn escape_string(out: &mut Vec<u8>, text: &str) {
    if text.contains("_x") { escape(out, &escape_escapes(text)) } else { escape(out, text) }
}

fn escape_escapes(text: &str) -> Cow<'_, str> {
    let is_escape = |at: usize| {
        let hex = text.get(at + 2..at + 6).is_some_and(|h| h.bytes().all(|b| b.is_ascii_hexdigit()));
        hex && text.get(at + 6..at + 7) == Some("_")
    };
    let mut escaped = String::new();
    let mut done = 0;
    for (at, _) in text.match_indices("_x").filter(|(at, _)| is_escape(*at)) {
        escaped.push_str(text.get(done..at).unwrap_or(""));
        escaped.push_str("_x005F");
        done = at;
    }
    if done == 0 && escaped.is_empty() {
        return Cow::Borrowed(text);
    }
    escaped.push_str(text.get(done..).unwrap_or(""));
    Cow::Owned(escaped)
}

/// Whether Excel needs `xml:space="preserve"` for a text.
pub(crate) fn needs_preserve(text: &str) -> bool {
    let space = ['\t', '\n', ' '];
    text.starts_with(space) || text.ends_with(space)
}

/// The text behind XML's own escapes.
pub(crate) fn unescape(text: &str) -> Cow<'_, str> {
    quick_xml::escape::unescape(text).unwrap_or(Cow::Borrowed(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaped_as_excel_does() {
        let mut out = Vec::new();
        escape_string(&mut out, "a<b>&\u{1}\u{FFFF} 日本 _x0041_ _x00");
        assert_eq!(String::from_utf8(out).unwrap(), "a&lt;b&gt;&amp;_x0001__xFFFF_ 日本 _x005F_x0041_ _x00");
    }
}
