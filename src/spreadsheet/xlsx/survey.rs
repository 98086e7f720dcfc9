//! What an XLSX is made of, looked at before calamine opens it: which parts it will read, that each is whole, and that none
//! would take more memory than there is.

use super::super::cells::SheetFacts;
use super::super::faults::{bomb, damaged, not_understood};
use super::super::ooxml::{Relation, relations, relations_part};
use super::super::package::{Package, Part};
use super::super::xml::{Xml, attribute};
use super::super::{Fault, Sheet, sheets_within};
use super::sheet::{Budget, local_name, scan, whole_mark};
use memchr::{memchr_iter, memmem, memrchr};
use quick_xml::events::Event;
use std::collections::HashSet;

/// What the table of shared texts may come to in memory: its bytes, and for each text that it takes a place.
const TEXTS_LIMIT: usize = 400 << 20;
const TEXT_PLACE: usize = 80;
/// More shared texts than may be announced and not come.
const ANNOUNCED_FREELY: usize = 1 << 20;
/// More marks than any workbook's styles, and what they may come to in memory.
const STYLE_MARKS: usize = 1 << 20;
const STYLES_LIMIT: usize = 256 << 20;

/// A sheet of cells, and the part that holds them.
pub(super) struct Listed {
    pub sheet: Sheet,
    path: String,
    /// Whether the workbook asks for its formulas to be calculated, so that a result of 0 may be none.
    is_to_be_calculated: bool,
}

/// Surveys all but the sheets.
pub(super) fn workbook(package: &mut Package, path: &str) -> Result<Vec<Listed>, Fault> {
    let folder = path.rfind('/').map_or("", |at| path.get(..=at).unwrap_or_default());
    let xml = package.text(&relations_part(path))?;
    let relations = relations(&xml, path);
    // calamine joins a target to the folder as it is written, and looks for texts and styles by their usual names.
    let as_usual = |relation: &Relation| {
        let inside = relation.target.strip_prefix(folder).unwrap_or("/");
        let written = [inside, &format!("/{}", relation.target)]
            .iter()
            .any(|target| xml.contains(&format!("\"{target}\"")) || xml.contains(&format!("'{target}'")));
        match relation.kind.as_str() {
            "worksheet" => written,
            "sharedStrings" => inside.eq_ignore_ascii_case("sharedStrings.xml"),
            "styles" => inside.eq_ignore_ascii_case("styles.xml"),
            _ => true,
        }
    };
    if !relations.iter().all(as_usual) {
        return Err(not_understood("its parts do not lie where they usually do"));
    }
    let ids: HashSet<&str> = relations.iter().map(|relation| relation.id.as_str()).collect();
    if ids.len() < relations.len() {
        return Err(damaged("two relationships have one id"));
    }
    for (part, survey) in [
        ("sharedStrings.xml", texts as fn(&mut Package, &str) -> Result<(), Fault>),
        ("styles.xml", styles),
        ("theme/theme1.xml", |package, path| package.text(path).map(drop)),
    ] {
        let part = format!("{folder}{part}");
        if package.has(&part) {
            survey(package, &part)?;
        }
    }
    listed(package, path, &relations)
}

/// The sheets of cells that the workbook lists.
fn listed(package: &mut Package, path: &str, relations: &[Relation]) -> Result<Vec<Listed>, Fault> {
    let mut xml = Xml::new(package.small_part(path)?);
    let (mut sheets, mut names, mut count) = (Vec::<Listed>::new(), HashSet::new(), 0);
    loop {
        match xml.next()? {
            Event::Start(e) if e.local_name().as_ref() == "sheet" => {
                let name = attribute(&e, "name").unwrap_or_default();
                let hidden = attribute(&e, "state").is_some_and(|s| s != "visible");
                let id = attribute(&e, "id").unwrap_or_default();
                let relation = relations.iter().find(|r| r.id == id && r.kind == "worksheet");
                names.insert(name.clone());
                count += 1;
                sheets_within(count)?;
                let sheet = Sheet { name, hidden };
                let path = relation.map(|relation| relation.target.clone());
                sheets.extend(path.map(|path| Listed { sheet, path, is_to_be_calculated: false }));
            }
            Event::Start(e) if e.local_name().as_ref() == "calcPr" => {
                let asks = attribute(&e, "fullCalcOnLoad").is_some_and(|asks| matches!(asks.as_str(), "1" | "true"));
                for listed in &mut sheets {
                    listed.is_to_be_calculated = asks;
                }
            }
            Event::Eof if names.len() < count => return Err(damaged("two of its sheets have one name")),
            Event::Eof => return Ok(sheets),
            _ => {}
        }
    }
}

/// Surveys the sheets, each of which may be damaged by itself.
pub(super) fn sheets(package: &mut Package, listed: &[Listed]) -> Vec<Result<SheetFacts, Fault>> {
    let mut budget = Budget::default();
    let mut one = |listed: &Listed| scan(package.part(&listed.path)?, &mut budget, listed.is_to_be_calculated);
    listed.iter().map(&mut one).collect()
}

/// The table of shared texts: how many there really are, and how much it comes to.
fn texts(package: &mut Package, path: &str) -> Result<(), Fault> {
    let items = [memmem::Finder::new("<si"), memmem::Finder::new(":si")];
    let (mut announced, mut count, mut size) = (None, 0usize, 0usize);
    each_piece(package.part(path)?, |piece| {
        announced = announced.or_else(|| {
            let start = memmem::find(piece, b"uniqueCount=")? + "uniqueCount=\"".len();
            let digits = piece.get(start..)?.iter().take_while(|byte| byte.is_ascii_digit()).take(20).count();
            std::str::from_utf8(piece.get(start..start + digits)?).ok()?.parse::<usize>().ok().or(Some(usize::MAX))
        });
        count += items.iter().map(|item| item.find_iter(piece).count()).sum::<usize>();
        size += piece.len();
        if count * TEXT_PLACE + size > TEXTS_LIMIT {
            return Err(bomb(&format!("its texts take more than {} MB", TEXTS_LIMIT >> 20)));
        }
        Ok(())
    })?;
    if announced.is_some_and(|announced| announced > count.max(ANNOUNCED_FREELY)) {
        return Err(damaged("its table of texts says that it holds far more of them than it does"));
    }
    Ok(())
}

/// The styles: each format of cells takes its own copy of a number format and of a font's name.
fn styles(package: &mut Package, path: &str) -> Result<(), Fault> {
    let (mut marks, mut formats, mut longest) = (0usize, 0usize, 0usize);
    each_piece(package.part(path)?, |piece| {
        for at in memchr_iter(b'<', piece) {
            let mark = whole_mark(piece.get(at + 1..).unwrap_or_default());
            marks += 1;
            formats += usize::from(local_name(mark) == b"xf");
            longest = longest.max(mark.len());
        }
        if marks > STYLE_MARKS || formats.saturating_mul(1_000 + 3 * longest) > STYLES_LIMIT {
            return Err(bomb("it has more styles than any workbook's"));
        }
        Ok(())
    })
}

/// Hands over a part's XML in pieces of whole marks.
/// Errors: A document type, which no workbook declares, and whose entities could multiply.
fn each_piece(part: Part, mut each: impl FnMut(&[u8]) -> Result<(), Fault>) -> Result<(), Fault> {
    part.scan(|block, at_end| {
        if memmem::find(block, b"<!DOCTYPE").is_some() {
            return Err(damaged("it declares a document type"));
        }
        let taken = if at_end { block.len() } else { memrchr(b'<', block).unwrap_or(0) };
        each(block.get(..taken).unwrap_or_default())?;
        Ok(taken)
    })
}
