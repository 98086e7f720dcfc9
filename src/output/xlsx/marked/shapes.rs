//! The comments of a sheet of the copy: their words, and the boxes in which they are shown.

use super::splice::{Splice, Tag, Tags, attribute, escaped, local, prefix};
use super::{Mark, SheetMarks, address, clean, position};
use std::fmt::Write;
use std::io;

/// Who wrote the comments.
const AUTHOR: &str = "ratable";
/// Shapes are numbered by blocks of so many.
const BLOCK: usize = 1_024;
/// The first block of ours: past those of any workbook that people make by hand.
const FIRST_BLOCK: usize = 100;

/// The comments of a sheet that has none.
pub(crate) fn comments(marks: &SheetMarks) -> String {
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<comments \
         xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><authors><author>{AUTHOR}</author></authors>\
         <commentList>"
    );
    for (cell, mark) in marks {
        comment(&mut text, "", 0, *cell, mark);
    }
    text.push_str("</commentList></comments>");
    text
}

fn comment(text: &mut String, p: &str, author: usize, (row, column): (u32, u32), mark: &Mark) {
    let _ = write!(
        text,
        "<{p}comment ref=\"{}\" authorId=\"{author}\"><{p}text>{}</{p}text></{p}comment>",
        address(row, column),
        words(p, &mark.text)
    );
}

fn words(p: &str, text: &str) -> String {
    format!("<{p}r><{p}t xml:space=\"preserve\">{}</{p}t></{p}r>", cell_text(text))
}

/// Text of a cell or a comment, as XML has it.
pub(crate) fn cell_text(text: &str) -> String {
    // `_x0041_` in a workbook stands for `A`.
    escaped(&clean(text).replace("_x", "_x005F_x"))
}

/// The comments that a sheet has, with those of the marks; a cell that has one gets more words in it. Also which marks
/// were new, and so need a box.
/// Errors: They are not as workbooks have them.
pub(crate) fn with_comments(text: &str, marks: &SheetMarks) -> io::Result<(String, SheetMarks)> {
    let mut splice = Splice::new(text);
    let (mut tags, mut p, mut authors) = (Tags::of(text), String::new(), 0);
    let (mut new, mut here) = (marks.clone(), None);
    let mut ended = false;
    while let Some(tag) = tags.next()? {
        match tag {
            Tag::Start(tag, _) | Tag::Empty(tag, _) if local(&tag) == "comments" => p = prefix(&tag),
            Tag::Start(tag, _) if local(&tag) == "author" => authors += 1,
            Tag::Start(tag, _) if local(&tag) == "comment" => {
                here = attribute(&tag, "ref").and_then(|cell| position(&cell));
            }
            Tag::Empty(tag, _) if local(&tag) == "author" => authors += 1,
            Tag::End(name, range) if name == "text" => {
                let mark = here.take().and_then(|cell| new.remove(&cell));
                if let Some(mark) = mark {
                    splice.insert(range.start, words(&p, &format!("\n\n{}", mark.text)));
                }
            }
            Tag::End(name, range) if name == "authors" => {
                splice.insert(range.start, format!("<{p}author>{AUTHOR}</{p}author>"));
            }
            Tag::End(name, range) if name == "commentList" => {
                let mut more = String::new();
                for (cell, mark) in &new {
                    comment(&mut more, &p, authors, *cell, mark);
                }
                splice.insert(range.start, more);
                ended = true;
            }
            _ => {}
        }
    }
    if !ended {
        return Err(io::Error::other("the comments are not as workbooks have them"));
    }
    Ok((splice.finish()?, new))
}

/// How shapes are numbered, over the whole workbook.
#[derive(Debug, Default)]
pub(crate) struct Numbers(usize);

impl Numbers {
    /// The first number of `count` shapes, and the blocks that they are in.
    fn take(&mut self, count: usize) -> (usize, Vec<String>) {
        let blocks = count.div_ceil(BLOCK - 1).max(1);
        let first = FIRST_BLOCK + self.0;
        self.0 += blocks;
        (first, (first..first + blocks).map(|block| block.to_string()).collect())
    }
}

const TYPE: &str = "<v:shapetype id=\"_x0000_t202\" coordsize=\"21600,21600\" o:spt=\"202\" \
     path=\"m,l,21600r21600,l21600,xe\"><v:stroke joinstyle=\"miter\"/><v:path gradientshapeok=\"t\" \
     o:connecttype=\"rect\"/></v:shapetype>";

/// The boxes of comments, on a sheet that has no shapes.
pub(crate) fn boxes(marks: &SheetMarks, numbers: &mut Numbers) -> String {
    let (first, blocks) = numbers.take(marks.len());
    format!(
        "<xml xmlns:v=\"urn:schemas-microsoft-com:vml\" xmlns:o=\"urn:schemas-microsoft-com:office:office\" \
         xmlns:x=\"urn:schemas-microsoft-com:office:excel\"><o:shapelayout v:ext=\"edit\"><o:idmap v:ext=\"edit\" \
         data=\"{}\"/></o:shapelayout>{TYPE}{}</xml>",
        blocks.join(","),
        shapes(marks, first)
    )
}

/// The shapes that a sheet has, and the boxes of comments behind them. Such a part need not be well-formed XML.
/// Errors: It is not as workbooks have it.
pub(crate) fn with_boxes(text: &str, marks: &SheetMarks, numbers: &mut Numbers) -> io::Result<String> {
    let unknown = || io::Error::other("the comments' boxes are not as workbooks have them");
    let named = ["xmlns:v=", "xmlns:o=", "xmlns:x="].iter().all(|name| text.contains(name));
    let end = text.rfind("</xml>").filter(|_| named).ok_or_else(unknown)?;
    let (first, blocks) = numbers.take(marks.len());
    let mut splice = Splice::new(text);
    if let Some(map) = text.find("<o:idmap") {
        let data = text.get(map..).and_then(|rest| rest.find("data=\"")).map(|at| map + at + "data=\"".len());
        let data = data.filter(|at| *at < map + 200).ok_or_else(unknown)?;
        splice.insert(data, format!("{},", blocks.join(",")));
    }
    let kind = if text.contains("_x0000_t202\"") { "" } else { TYPE };
    splice.insert(end, format!("{kind}{}", shapes(marks, first)));
    splice.finish()
}

fn shapes(marks: &SheetMarks, first_block: usize) -> String {
    let mut text = String::new();
    for (at, ((row, column), mark)) in marks.iter().enumerate() {
        let number = (first_block + at / (BLOCK - 1)) * BLOCK + at % (BLOCK - 1) + 1;
        let lines: usize = mark.text.lines().map(|line| 1 + line.chars().count() / 45).sum();
        // From the cell's upper right, three columns wide, and as high as its words.
        let (top, bottom) =
            (row.saturating_sub(1), row.saturating_sub(1) + u32::try_from(lines).unwrap_or(4).clamp(4, 20));
        let (left, right) = (column + 1, column + 5);
        let _ = write!(
            text,
            "<v:shape id=\"_x0000_s{number}\" type=\"#_x0000_t202\" \
             style=\"position:absolute;margin-left:60pt;margin-top:2pt;width:240pt;height:80pt;z-index:{};visibility:hidden\" \
             fillcolor=\"#ffffe1\" o:insetmode=\"auto\"><v:fill color2=\"#ffffe1\"/><v:shadow on=\"t\" color=\"black\" \
             obscured=\"t\"/><v:path o:connecttype=\"none\"/><v:textbox style=\"mso-direction-alt:auto\"><div \
             style=\"text-align:left\"></div></v:textbox><x:ClientData ObjectType=\"Note\"><x:MoveWithCells/>\
             <x:SizeWithCells/><x:Anchor>{left}, 15, {top}, 2, {right}, 15, {bottom}, 4</x:Anchor>\
             <x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>",
            at + 1
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Severity;

    #[test]
    fn a_cell_with_a_comment_keeps_it_and_gets_more_words() {
        let mark = || Mark { severity: Severity::Error, text: "a < b".to_owned() };
        let marks: SheetMarks = [((0, 0), mark()), ((1, 1), mark())].into();
        let text = "<comments><authors><author>Ada</author></authors><commentList><comment ref=\"A1\" authorId=\"0\">\
                    <text><t>Mine</t></text></comment></commentList></comments>";
        let (text, new) = with_comments(text, &marks).unwrap();
        let run = "<r><t xml:space=\"preserve\">a &lt; b</t></r>";
        assert_eq!(
            text,
            format!(
                "<comments><authors><author>Ada</author><author>ratable</author></authors><commentList><comment ref=\"A1\" \
                 authorId=\"0\"><text><t>Mine</t>{}</text></comment><comment ref=\"B2\" authorId=\"1\"><text>{run}</text></comment>\
                 </commentList></comments>",
                run.replace("a &lt;", "\n\na &lt;")
            )
        );
        assert_eq!(new.keys().copied().collect::<Vec<_>>(), [(1, 1)]);
    }

    #[test]
    fn boxes_have_numbers_of_their_own() {
        let mark = |row: u32| ((row, 0), Mark { severity: Severity::Note, text: String::new() });
        let marks: SheetMarks = (0..2_000).map(mark).collect();
        let mut numbers = Numbers::default();
        let (one, two) = (boxes(&marks, &mut numbers), boxes(&marks, &mut numbers));
        let ids = |text: &str| -> Vec<String> {
            text.split("<v:shape id=\"").skip(1).filter_map(|rest| rest.split('"').next().map(str::to_owned)).collect()
        };
        let mut all = [ids(&one), ids(&two)].concat();
        assert_eq!(all.len(), 4_000);
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 4_000);
        let more = with_boxes(&one, &marks, &mut numbers).unwrap();
        assert!(more.contains("data=\"104,105,100,101\"") && more.matches("<v:shapetype").count() == 1);
    }
}
