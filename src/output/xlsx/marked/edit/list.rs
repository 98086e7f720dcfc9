//! The list of problems as a sheet's XML.

use super::super::address;
use super::super::front::{COLUMNS, Heading, Line, MOST_LINKS, TITLE_POINTS, WHERE};
use super::super::shapes::cell_text;
use super::super::splice::escaped;
use super::super::styles::{Listed, Styles};
use super::MAIN;
use std::fmt::Write;

/// The list of problems as a sheet.
pub(crate) fn sheet(heading: &Heading, lines: impl Iterator<Item = Line>, styles: &mut Styles) -> String {
    let (title, head) = (styles.listed(Listed::Title), styles.listed(Listed::Heading));
    let (text, link) = (styles.listed(Listed::Text), styles.listed(Listed::Link));
    let mut cols = String::new();
    for (at, (_, width)) in COLUMNS.iter().enumerate() {
        let _ = write!(cols, "<col min=\"{0}\" max=\"{0}\" width=\"{width}\" customWidth=\"1\"/>", at + 1);
    }
    let (mut rows, mut links, mut row) = (String::new(), String::new(), 0);
    single(&mut rows, row, title, &heading.title);
    for line in &heading.lines {
        row += 1;
        single(&mut rows, row, 0, line);
    }
    row += 2;
    let top = row;
    let _ = write!(rows, "<row r=\"{}\">", row + 1);
    for (column, (name, _)) in (0..).zip(COLUMNS) {
        cell(&mut rows, row, column, head, name);
    }
    rows.push_str("</row>");
    let mut linked = 0;
    for line in lines {
        row += 1;
        let weight = styles.listed(Listed::Weight(line.severity));
        let _ = write!(rows, "<row r=\"{}\" ht=\"{}\" customHeight=\"1\">", row + 1, line.height());
        for ((column, at), words) in (0u32..).zip(0usize..).zip(&line.cells) {
            let style = match &line.link {
                _ if at == 0 => weight,
                Some((sheet, target)) if at == WHERE && linked < MOST_LINKS => {
                    linked += 1;
                    let place = format!("'{}'!{target}", sheet.replace('\'', "''"));
                    let here = address(row, column);
                    let _ = write!(links, "<hyperlink ref=\"{here}\" location=\"{}\"/>", escaped(&place));
                    link
                }
                _ => text,
            };
            cell(&mut rows, row, column, style, words);
        }
        rows.push_str("</row>");
    }
    let links = if links.is_empty() { String::new() } else { format!("<hyperlinks>{links}</hyperlinks>") };
    let last = address(row, u32::try_from(COLUMNS.len()).unwrap_or(1) - 1);
    let filter = format!("<autoFilter ref=\"{}:{last}\"/>", address(top, 0));
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<worksheet xmlns=\"{MAIN}\"><sheetPr><pageSetUpPr \
         fitToPage=\"1\"/></sheetPr><sheetViews><sheetView tabSelected=\"1\" workbookViewId=\"0\"><pane ySplit=\"{0}\" \
         topLeftCell=\"A{1}\" activePane=\"bottomLeft\" state=\"frozen\"/></sheetView></sheetViews><cols>{cols}</cols>\
         <sheetData>{rows}</sheetData>{filter}{links}<pageSetup orientation=\"landscape\" fitToHeight=\"0\"/></worksheet>",
        top + 1,
        top + 2
    )
}

fn single(rows: &mut String, row: u32, style: usize, words: &str) {
    let height = if row == 0 { TITLE_POINTS } else { 15 };
    let _ = write!(rows, "<row r=\"{}\" ht=\"{height}\" customHeight=\"1\">", row + 1);
    cell(rows, row, 0, style, words);
    rows.push_str("</row>");
}

fn cell(rows: &mut String, row: u32, column: u32, style: usize, words: &str) {
    let _ = write!(
        rows,
        "<c r=\"{}\" s=\"{style}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{}</t></is></c>",
        address(row, column),
        cell_text(words)
    );
}
