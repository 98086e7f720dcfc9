//! The parts of a workbook, how they refer to each other, and those that are changed or added.

use super::super::splice::{Splice, Tag, Tags, again, attribute, escaped, local, prefix};
use super::{MAIN, OFFICE, unlike};
use crate::output::xlsx::package::{Part, Writer, read};
use quick_xml::events::BytesStart;
use std::collections::BTreeMap;
use std::io;

const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
/// More than this is not taken apart in memory: such a case is copied cell by cell.
const LARGEST: u64 = 768 << 20;

/// A relationship: its id, the end of its type, and the part.
#[derive(Clone, Debug)]
pub(crate) struct Relation {
    /// Its id.
    pub id: String,
    /// Its type.
    pub kind: String,
    /// The part that it leads to.
    pub target: String,
}

/// What the workbook's own part says.
pub(crate) struct Book {
    /// Its part.
    pub path: String,
    /// Its sheets, in order.
    pub sheets: Vec<Listing>,
    /// What it refers to.
    pub relations: Vec<Relation>,
}

/// A sheet that the workbook lists.
pub(crate) struct Listing {
    /// Its name.
    pub name: String,
    /// The id of its relationship.
    pub relation: String,
}

impl Book {
    /// The part of a kind that the workbook refers to.
    pub(crate) fn related(&self, kind: &str) -> Option<String> {
        self.relations.iter().find(|r| r.kind.ends_with(kind)).map(|r| r.target.clone())
    }

    /// The part of a worksheet, by its relationship.
    pub(crate) fn path(&self, id: &str) -> Option<String> {
        let relation = self.relations.iter().find(|r| r.id == id && r.kind.ends_with("/worksheet"));
        relation.map(|r| r.target.clone())
    }
}

/// The parts, and those that are changed or added.
pub(crate) struct Package {
    parts: Vec<Part>,
    new: BTreeMap<String, String>,
    /// Parts that are left out, in lower case.
    pub gone: Vec<String>,
}

/// The part that says what each part is.
pub(crate) const TYPES: &str = "[Content_Types].xml";

impl Package {
    /// Takes a workbook apart.
    /// Errors: It is not as workbooks have it.
    pub(crate) fn open(bytes: &[u8]) -> io::Result<Self> {
        let parts = read(bytes)?;
        if parts.iter().map(|part| u64::from(part.size)).sum::<u64>() > LARGEST {
            return Err(unlike("it is too large"));
        }
        Ok(Self { parts, new: BTreeMap::new(), gone: Vec::new() })
    }

    /// A part's name as it is written, whatever its case.
    fn name(&self, path: &str) -> Option<String> {
        let same = |name: &str| name.eq_ignore_ascii_case(path);
        let new = self.new.keys().find(|name| same(name)).cloned();
        new.or_else(|| self.parts.iter().find(|part| same(&part.name)).map(|part| part.name.clone()))
    }

    /// A part's text, as it is by now.
    /// Errors: It is not as workbooks have it.
    pub(crate) fn text(&self, path: &str) -> io::Result<String> {
        let name = self.name(path).ok_or_else(|| unlike(&format!("{path} is missing")))?;
        if let Some(text) = self.new.get(&name) {
            return Ok(text.clone());
        }
        let part = self.parts.iter().find(|part| part.name == name).ok_or_else(|| unlike("a part is missing"))?;
        let text = String::from_utf8(part.plain()?).map_err(io::Error::other)?;
        Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
    }

    /// Changes a part, or adds it.
    pub(crate) fn put(&mut self, path: &str, text: String) {
        let name = self.name(path).unwrap_or_else(|| path.to_owned());
        self.new.insert(name, text);
    }

    /// A name that no part has: `before`, a number, `after`.
    pub(crate) fn free(&self, before: &str, after: &str) -> String {
        let mut names = (1u32..).map(|number| format!("{before}{number}{after}"));
        names.find(|name| self.name(name).is_none()).unwrap_or_default()
    }

    /// What the workbook's own part says.
    /// Errors: It is not as workbooks have it.
    pub(crate) fn workbook(&self) -> io::Result<Book> {
        let root = self.relations("")?;
        let path = root.iter().find(|r| r.kind.ends_with("/officeDocument")).map(|r| r.target.clone());
        let path = path.ok_or_else(|| unlike("it has no workbook"))?;
        let text = self.text(&path)?;
        if !text.contains(MAIN) {
            return Err(unlike("it is of another kind"));
        }
        let (mut tags, mut sheets) = (Tags::of(&text), Vec::new());
        while let Some(tag) = tags.next()? {
            if let Tag::Start(tag, _) | Tag::Empty(tag, _) = tag
                && local(&tag) == "sheet"
            {
                let (name, relation) = (attribute(&tag, "name"), attribute(&tag, "id"));
                sheets.push(Listing { name: name.unwrap_or_default(), relation: relation.unwrap_or_default() });
            }
        }
        let relations = self.relations(&path)?;
        Ok(Book { path, sheets, relations })
    }

    /// The relationships of a part; of the package, where the path is empty.
    /// Errors: It is not as workbooks have it.
    pub(crate) fn relations(&self, path: &str) -> io::Result<Vec<Relation>> {
        let of = relations_of(path);
        if self.name(&of).is_none() {
            return Ok(Vec::new());
        }
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let (text, mut relations) = (self.text(&of)?, Vec::new());
        let mut tags = Tags::of(&text);
        while let Some(tag) = tags.next()? {
            if let Tag::Start(tag, _) | Tag::Empty(tag, _) = tag
                && local(&tag) == "Relationship"
            {
                let target = attribute(&tag, "Target").unwrap_or_default();
                relations.push(Relation {
                    id: attribute(&tag, "Id").unwrap_or_default(),
                    kind: attribute(&tag, "Type").unwrap_or_default(),
                    target: resolved(folder, &target),
                });
            }
        }
        Ok(relations)
    }

    /// Adds a relationship of a part to another, and gives its id.
    /// Errors: It is not as workbooks have it.
    pub(crate) fn relate(&mut self, path: &str, kind: &str, target: &str) -> io::Result<String> {
        let of = relations_of(path);
        let known = self.relations(path)?;
        let mut ids = (1u32..).map(|number| format!("rIdRatable{number}"));
        let id = ids.find(|id| known.iter().all(|r| r.id != *id)).unwrap_or_default();
        let text = match self.name(&of) {
            Some(_) => self.text(&of)?,
            None => format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<Relationships \
                 xmlns=\"{PACKAGE}\"></Relationships>"
            ),
        };
        let relation = |p: &str| {
            format!("<{p}Relationship Id=\"{id}\" Type=\"{OFFICE}/{kind}\" Target=\"/{}\"/>", escaped(target))
        };
        let text = appended(&text, "Relationships", relation)?;
        self.put(&of, text);
        Ok(id)
    }

    /// Says what kind a part is.
    /// Errors: It is not as workbooks have it.
    pub(crate) fn declare(&mut self, path: &str, kind: &str) -> io::Result<()> {
        let text = self.text(TYPES)?;
        let declared = |p: &str| format!("<{p}Override PartName=\"/{}\" ContentType=\"{kind}\"/>", escaped(path));
        let text = appended(&text, "Types", declared)?;
        self.put(TYPES, text);
        Ok(())
    }

    /// The workbook, with all parts that were not changed as they were.
    /// Errors: It is not as workbooks have it.
    pub(crate) fn finish(self) -> io::Result<Vec<u8>> {
        let mut writer =
            Writer::with_capacity(self.parts.iter().map(|part| part.bytes.len()).sum::<usize>() + (1 << 16));
        let mut new = self.new;
        for part in &self.parts {
            match new.remove(&part.name) {
                _ if self.gone.contains(&part.name.to_lowercase()) => {}
                Some(text) => writer.deflate(&part.name, text.as_bytes())?,
                None => writer.copy(part),
            }
        }
        for (name, text) in new {
            writer.deflate(&name, text.as_bytes())?;
        }
        Ok(writer.finish())
    }
}

/// Where the relationships of a part are.
pub(crate) fn relations_of(path: &str) -> String {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    if folder.is_empty() { format!("_rels/{name}.rels") } else { format!("{folder}/_rels/{name}.rels") }
}

/// A relationship's target as a part's name.
fn resolved(folder: &str, target: &str) -> String {
    if let Some(absolute) = target.strip_prefix('/') {
        return absolute.to_owned();
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "." | "" => {}
            ".." => drop(parts.pop()),
            other => parts.push(other),
        }
    }
    parts.join("/")
}

/// A text with something more at the end of its root element, which is told its prefix.
fn appended(text: &str, root: &str, what: impl Fn(&str) -> String) -> io::Result<String> {
    let (mut tags, mut splice, mut p) = (Tags::of(text), Splice::new(text), String::new());
    let mut done = false;
    while let Some(tag) = tags.next()? {
        match tag {
            Tag::Start(tag, _) if local(&tag) == root => p = prefix(&tag),
            Tag::End(name, range) if name == root => {
                splice.insert(range.start, what(&p));
                done = true;
            }
            Tag::Empty(tag, range) if local(&tag) == root => {
                let p = prefix(&tag);
                splice.replace(range, format!("{}{}</{p}{root}>", again(&tag, &[], "", false), what(&p)));
                done = true;
            }
            _ => {}
        }
    }
    if done { splice.finish() } else { Err(unlike(&format!("it has no {root}"))) }
}

/// A text without the empty elements that `is_gone`.
/// Errors: It is no XML.
pub(crate) fn without(text: &str, is_gone: impl Fn(&BytesStart) -> bool) -> io::Result<String> {
    let (mut tags, mut splice) = (Tags::of(text), Splice::new(text));
    while let Some(tag) = tags.next()? {
        if let Tag::Empty(tag, range) = tag
            && is_gone(&tag)
        {
            splice.replace(range, String::new());
        }
    }
    splice.finish()
}
