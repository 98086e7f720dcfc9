//! Texts of a template that hold placeholders.

use crate::output::xlsx::statement::{Field, Group, StatementKind};

/// A text of a template's cell, or of its header or footer.
#[derive(Clone, Debug)]
pub(crate) enum Text {
    /// Nothing to fill in.
    Static,
    /// Nothing but one placeholder: the cell takes on the value's own type.
    Value(Field),
    /// Placeholders among words.
    Mixed(Vec<Piece>),
}

#[derive(Clone, Debug)]
pub(crate) enum Piece {
    /// Words, as they stand (escaped, in rich text and headers).
    Words(String),
    Field(Field),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Unknown(String),
    /// `{{` without `}}`, or with formatting in between.
    Unclosed(String),
    /// Placeholders that repeat the row for different things.
    TwoGroups,
    /// One that repeats rows, where there are none.
    NotHere(String),
}

impl Text {
    /// Reads a text's placeholders.
    pub(crate) fn parse(text: &str, kind: StatementKind) -> Result<Self, Fault> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(open) = rest.find("{{") {
            let (words, after) = rest.split_at(open);
            let body = after.get(2..).unwrap_or("");
            let close = body.find("}}").ok_or_else(|| Fault::Unclosed(excerpt(after)))?;
            let name = body.get(..close).unwrap_or("").trim();
            if name.contains('<') {
                return Err(Fault::Unclosed(excerpt(after)));
            }
            let field = Field::find(name, kind).ok_or_else(|| Fault::Unknown(name.to_owned()))?;
            if !words.is_empty() {
                pieces.push(Piece::Words(words.to_owned()));
            }
            pieces.push(Piece::Field(field));
            rest = body.get(close + 2..).unwrap_or("");
        }
        Ok(match pieces.as_slice() {
            [] => Self::Static,
            [Piece::Field(field)] if rest.is_empty() => Self::Value(*field),
            _ => {
                if !rest.is_empty() {
                    pieces.push(Piece::Words(rest.to_owned()));
                }
                Self::Mixed(pieces)
            }
        })
    }

    pub(crate) fn fields(&self) -> Vec<Field> {
        match self {
            Self::Static => Vec::new(),
            Self::Value(field) => vec![*field],
            Self::Mixed(pieces) => pieces
                .iter()
                .filter_map(|piece| match piece {
                    Piece::Field(field) => Some(*field),
                    Piece::Words(_) => None,
                })
                .collect(),
        }
    }

    pub(crate) fn group(&self) -> Result<Group, Fault> {
        let mut group = Group::Single;
        for field in self.fields() {
            group = join(group, field.group)?;
        }
        Ok(group)
    }
}

/// The group of two things in one row.
pub(crate) fn join(a: Group, b: Group) -> Result<Group, Fault> {
    match (a, b) {
        (Group::Single, other) | (other, Group::Single) => Ok(other),
        (a, b) if a == b => Ok(a),
        _ => Err(Fault::TwoGroups),
    }
}

fn excerpt(text: &str) -> String {
    text.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::xlsx::statement::fields::{lot, single};

    #[test]
    fn placeholders_are_found() {
        let parse = |text: &str| Text::parse(text, StatementKind::Dividend);
        assert!(matches!(parse("Gross"), Ok(Text::Static)));
        assert!(matches!(parse("{{ gross }}"), Ok(Text::Value(f)) if f == single::GROSS));
        assert_eq!(parse("Paid {{pay_date}} by {{company}}.").unwrap().fields().len(), 2);
        assert_eq!(parse("{{lot.shares}}").unwrap().fields(), [lot::SHARES]);
        assert_eq!(parse("{{grosss}}").unwrap_err(), Fault::Unknown("grosss".into()));
        assert_eq!(parse("{{lot.preference}}").unwrap_err(), Fault::Unknown("lot.preference".into()));
        assert_eq!(parse("{{gross").unwrap_err(), Fault::Unclosed("{{gross".into()));
        assert_eq!(parse("{{lot.shares}} {{step.what}}").unwrap().group(), Err(Fault::TwoGroups));
    }
}
