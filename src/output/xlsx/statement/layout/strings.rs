//! The texts of a template's cells, shared or in the cells themselves, to look for placeholders in.

use crate::spreadsheet::ooxml::unescape;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Error, Reader, Writer};

/// A text of a template's cells.
#[derive(Clone, Debug)]
pub(crate) enum TemplateString {
    /// Without formatting.
    Plain(String),
    /// With formatting: its XML.
    Rich(String),
}

impl TemplateString {
    /// From what is between `<si>` and `</si>`, or `<is>` and `</is>`.
    pub(crate) fn new(inner: &str) -> Self {
        let text = inner.strip_prefix("<t>").or_else(|| inner.strip_prefix("<t xml:space=\"preserve\">"));
        match text.and_then(|text| text.strip_suffix("</t>")).filter(|text| !text.contains('<')) {
            Some(text) => Self::Plain(unescape(text).into_owned()),
            None => Self::Rich(inner.to_owned()),
        }
    }

    pub(crate) fn is_rich(&self) -> bool {
        matches!(self, Self::Rich(_))
    }

    /// The text to look for placeholders in: of rich text, its XML.
    pub(crate) fn searched(&self) -> &str {
        let (Self::Plain(text) | Self::Rich(text)) = self;
        text
    }
}

/// Reads the workbook's shared strings; also gives the part anew, without those that hold placeholders: what is filled
/// in stands in the cells, and the others keep their numbers.
pub(crate) fn read(xml: &str) -> Result<(Vec<TemplateString>, String), Error> {
    let mut strings = Vec::new();
    let mut reader = Reader::from_str(xml);
    let mut kept = Writer::new(Vec::new());
    loop {
        match reader.read_event()? {
            Event::Eof => break,
            Event::Start(tag) if tag.local_name().as_ref() == "si" => {
                let inner = reader.read_text(tag.name())?;
                let string = TemplateString::new(&inner);
                if string.searched().contains("{{") {
                    kept.create_element("si").write_inner_content(|w| w.create_element("t").write_empty().map(drop))?;
                } else {
                    kept.get_mut().extend_from_slice(format!("<si>{}</si>", &*inner).as_bytes());
                }
                strings.push(string);
            }
            Event::Empty(tag) if tag.local_name().as_ref() == "si" => {
                strings.push(TemplateString::new("<t></t>"));
                kept.write_event(Event::Empty(BytesStart::new("si")))?;
            }
            event => kept.write_event(event)?,
        }
    }
    Ok((strings, String::from_utf8_lossy(&kept.into_inner()).into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_keep_their_numbers_and_placeholders_go() {
        let xml = "<sst count=\"3\"><si><t>To {{holder_name}}</t></si><si/>\
                   <si><r><t>a &amp; b</t></r></si><si><t>a &amp; b</t></si></sst>";
        let (strings, kept) = read(xml).unwrap();
        assert_eq!(strings.len(), 4);
        assert!(strings[2].is_rich());
        assert_eq!(strings[3].searched(), "a & b");
        assert_eq!(kept, xml.replace("<t>To {{holder_name}}</t>", "<t/>"));
    }
}
