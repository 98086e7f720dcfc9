//! Texts of a template that hold placeholders.

use crate::input::words::nearest;
use crate::output::xlsx::statement::{Field, Group, StatementKind};

/// A piece of a text: words as they stand (escaped, in rich text and headers), or a placeholder.
#[derive(Clone, Debug)]
pub(crate) enum TextPiece {
    Words(String),
    Field(Field),
}

/// A text of a template's cell, or of its header or footer; empty where it has no placeholder.
#[derive(Clone, Debug, Default)]
pub(crate) struct Text(pub Vec<TextPiece>);

/// What is wrong with a text of a template: a problem without its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub code: &'static str,
    pub message: String,
    /// What to do; none where the names that exist are to be told, which is worked out once and not for every cell.
    pub help: Option<&'static str>,
    pub value: Option<String>,
}

impl Fault {
    pub(crate) fn new(code: &'static str, message: impl Into<String>, help: &'static str) -> Self {
        Self { code, message: message.into(), help: Some(help), value: None }
    }

    fn unknown(name: &str) -> Self {
        let message = format!("There is no placeholder {{{{{name}}}}}.");
        let value = Some(format!("{{{{{name}}}}}"));
        Self { code: "template.placeholder.unknown", message, help: None, value }
    }

    fn unclosed(text: &str) -> Self {
        let fault = Self::new(
            "template.placeholder.unclosed",
            "A placeholder begins here that does not end, or whose letters are formatted differently.",
            "Type it anew in one go, as in {{holder_name}}.",
        );
        Self { value: Some(text.chars().take(40).collect()), ..fault }
    }
}

/// What to do about `{{name}}`, which does not exist.
pub(crate) fn near_or_all(placeholder: &str, kind: StatementKind) -> String {
    let names: Vec<&str> = kind.placeholders().map(|(name, _)| name).collect();
    match nearest(placeholder.trim_matches(['{', '}']), &names) {
        Some(near) => format!("Did you mean {{{{{near}}}}}?"),
        None => those_that_exist(kind),
    }
}

pub(crate) fn those_that_exist(kind: StatementKind) -> String {
    let names: Vec<&str> = kind.placeholders().map(|(name, _)| name).collect();
    format!("These exist: {}.", names.join(", "))
}

impl Text {
    pub(crate) fn parse(text: &str, kind: StatementKind) -> Result<Self, Fault> {
        let (mut pieces, mut rest) = (Vec::new(), text);
        while let Some(open) = rest.find("{{") {
            let (words, placeholder) = rest.split_at(open);
            let closed = placeholder.split_at(2).1.split_once("}}").filter(|(name, _)| !name.contains('<'));
            let (name, after) = closed.ok_or_else(|| Fault::unclosed(placeholder))?;
            let field = Field::find(name.trim(), kind).ok_or_else(|| Fault::unknown(name.trim()))?;
            if !words.is_empty() {
                pieces.push(TextPiece::Words(words.to_owned()));
            }
            pieces.push(TextPiece::Field(field));
            rest = after;
        }
        if !pieces.is_empty() && !rest.is_empty() {
            pieces.push(TextPiece::Words(rest.to_owned()));
        }
        Ok(Self(pieces))
    }

    pub(crate) fn fields(&self) -> Vec<Field> {
        let field = |piece: &TextPiece| if let TextPiece::Field(field) = piece { Some(*field) } else { None };
        self.0.iter().filter_map(field).collect()
    }
}

/// What a row is repeated for that holds these placeholders and what is repeated for `group`.
pub(crate) fn joined(group: Group, fields: &[Field]) -> Result<Group, Fault> {
    fields.iter().try_fold(group, |group, field| match (group, field.group) {
        (Group::Single, other) | (other, Group::Single) => Ok(other),
        (a, b) if a == b => Ok(a),
        _ => Err(Fault::new(
            "template.row.two-lists",
            "This row holds placeholders of two lists (lots, steps, payments), so it cannot be repeated for both.",
            "Give each list rows of its own.",
        )),
    })
}
