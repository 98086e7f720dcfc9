//! How a cell's style shows its number (ECMA-376 part 1, 18.8.30 and 18.8.31): as a date, a time, a percentage, with all its
//! digits.

use super::super::package::Package;
use super::super::xml::{Xml, attribute};
use crate::spreadsheet::digits::Digits;
use crate::spreadsheet::row::{Epoch, Fault, Shown};
use quick_xml::events::Event;
use std::collections::HashMap;

/// More styles than Excel allows.
const STYLE_LIMIT: usize = 200_000;
/// More number formats than Excel allows.
const CODE_LIMIT: usize = 10_000;

/// The longest code that Excel allows, in letters.
const LONGEST_CODE: usize = 255;

/// For each cell style how it shows numbers.
/// Errors: What is wrong with the file.
pub(crate) fn read(package: &mut Package, path: &str, epoch: Epoch) -> Result<Vec<Shown>, Fault> {
    let mut xml = Xml::new(package.part(path)?);
    let mut codes: HashMap<u32, String> = HashMap::new();
    let mut formats: Vec<u32> = Vec::new();
    let mut in_cell_formats = false;
    loop {
        match xml.next()? {
            Event::Start(e) => match e.local_name().as_ref() {
                "numFmt" => {
                    let id = attribute(&e, "numFmtId").and_then(|v| v.parse().ok());
                    if codes.len() < CODE_LIMIT
                        && let (Some(id), Some(code)) = (id, attribute(&e, "formatCode"))
                    {
                        codes.insert(id, code);
                    }
                }
                "cellXfs" => in_cell_formats = true,
                "xf" if in_cell_formats && formats.len() < STYLE_LIMIT => {
                    formats.push(attribute(&e, "numFmtId").and_then(|v| v.parse().ok()).unwrap_or(0));
                }
                _ => {}
            },
            Event::End(e) if e.local_name().as_ref() == "cellXfs" => in_cell_formats = false,
            Event::Eof => break,
            _ => {}
        }
    }
    let shown = |id: u32| codes.get(&id).map_or_else(|| builtin(id, epoch), |code| of_code(code, epoch));
    Ok(formats.into_iter().map(shown).collect())
}

/// A built-in number format.
pub(crate) fn builtin(id: u32, epoch: Epoch) -> Shown {
    match id {
        9 | 10 => Shown::Percent,
        14..=17 | 22 | 27..=31 | 34..=36 | 50..=58 => Shown::Date(epoch),
        18..=21 | 32 | 33 | 45..=47 => Shown::Time,
        _ => Shown::Plain,
    }
}

/// A number format by its code: its first section, without quoted text, colours and fillings.
pub(crate) fn of_code(code: &str, epoch: Epoch) -> Shown {
    let (mut date, mut time, mut percent, mut month) = (false, false, false, false);
    let end = code.char_indices().nth(LONGEST_CODE).map_or(code.len(), |(at, _)| at);
    let mut letters = code.get(..end).unwrap_or_default().chars();
    while let Some(letter) = letters.next() {
        match letter.to_ascii_lowercase() {
            ';' => break,
            '"' => while letters.next().is_some_and(|c| c != '"') {},
            '\\' | '_' | '*' => {
                letters.next();
            }
            '[' => {
                let inside: String = letters.by_ref().take_while(|c| *c != ']').collect();
                let unit = inside.to_ascii_lowercase();
                time |= !unit.is_empty() && ['h', 'm', 's'].iter().any(|u| unit.chars().all(|c| c == *u));
            }
            'y' | 'd' => date = true,
            'h' | 's' => time = true,
            'm' => month = true,
            '%' => percent = true,
            'g' if letters.as_str().get(..6).is_some_and(|next| next.eq_ignore_ascii_case("eneral")) => {
                return Shown::Plain;
            }
            _ => {}
        }
    }
    match (date, time, month) {
        (true, ..) => Shown::Date(epoch),
        (_, true, _) => Shown::Time,
        (.., true) => Shown::Date(epoch),
        _ if percent => Shown::Percent,
        _ => Digits::of_code(code).map_or(Shown::Plain, Shown::Digits),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_show_what_excel_shows() {
        let date = Shown::Date(Epoch::Y1900);
        for (code, shown) in [
            ("General", Shown::Plain),
            ("#,##0.00_);[Red](#,##0.00)", Shown::Plain),
            ("0.00 \"days\"", Shown::Plain),
            ("[$€-407] #,##0.00", Shown::Plain),
            ("0.0%", Shown::Percent),
            ("dd.mm.yyyy", date),
            ("[$-409]d\\-mmm\\-yy;@", date),
            ("mmmm", date),
            ("m/d/yy h:mm", date),
            ("h:mm AM/PM", Shown::Time),
            ("[h]:mm:ss", Shown::Time),
            ("mm:ss.0", Shown::Time),
        ] {
            assert_eq!(of_code(code, Epoch::Y1900), shown, "{code}");
        }
    }
}
