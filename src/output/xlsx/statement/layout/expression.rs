//! The formulas that a template brings along, cut at their references so that these can shift.

use super::rows::{Area, RowMap};

/// Longer than any formula: 8,192 characters.
const LONGEST: usize = 4 * 8_192;

/// A formula in pieces.
#[derive(Clone, Debug, Default)]
pub(crate) struct Expression(Vec<Token>);

#[derive(Clone, Debug)]
enum Token {
    Text(String),
    /// A reference to the stamped sheet.
    Area(Area),
}

/// Where a formula stands.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Standing {
    /// In a row that is there once, or in a conditional format or a name.
    Outside,
    /// In the copy for an item of a block.
    Copy {
        /// The block.
        block: usize,
        /// The item.
        item: u32,
    },
}

impl Expression {
    /// Cuts a formula (plain, not escaped). References that name a sheet count where `own` says it is the stamped one;
    /// those that name none count where `unqualified` says so.
    pub(crate) fn parse(text: &str, own: &dyn Fn(&str) -> bool, unqualified: bool) -> Self {
        if text.len() > LONGEST {
            return Self(vec![Token::Text(text.to_owned())]);
        }
        let mut tokens = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        // Whether a reference may begin here, and whether it would be one to the stamped sheet.
        let (mut fresh, mut counts) = (true, unqualified);
        while let Some(c) = rest.chars().next() {
            if c == '"' {
                let end = quoted(rest, '"');
                literal.push_str(rest.get(..end).unwrap_or(rest));
                rest = rest.get(end..).unwrap_or("");
                (fresh, counts) = (false, unqualified);
                continue;
            }
            if fresh && let Some((name, after)) = sheet_name(rest) {
                literal.push_str(rest.get(..rest.len() - after.len()).unwrap_or(""));
                rest = after;
                counts = own(&name);
                continue;
            }
            if fresh
                && let Some((area, after)) = Area::parse(rest)
                && !continues(after)
            {
                if counts {
                    tokens.push(Token::Text(std::mem::take(&mut literal)));
                    tokens.push(Token::Area(area));
                } else {
                    literal.push_str(rest.get(..rest.len() - after.len()).unwrap_or(""));
                }
                rest = after;
                (fresh, counts) = (false, unqualified);
                continue;
            }
            literal.push(c);
            rest = rest.get(c.len_utf8()..).unwrap_or("");
            fresh = !(c.is_alphanumeric() || matches!(c, '_' | '.' | '$' | '!' | '\''));
            counts = unqualified;
        }
        tokens.push(Token::Text(literal));
        Self(tokens)
    }

    /// Whether nothing in it shifts.
    pub(crate) fn is_constant(&self) -> bool {
        self.0.iter().all(|token| matches!(token, Token::Text(_)))
    }

    /// Whether it refers to rows of the stamped sheet.
    pub(crate) fn names_rows(&self) -> bool {
        self.0.iter().any(|token| matches!(token, Token::Area(area) if area.first_row().is_some()))
    }

    /// Writes it, escaped for XML, with its references where their rows went.
    pub(crate) fn write(&self, out: &mut Vec<u8>, map: &RowMap, standing: Standing) {
        for token in &self.0 {
            match (token, standing) {
                (Token::Text(text), _) => crate::spreadsheet::ooxml::escape(out, text),
                (Token::Area(area), Standing::Outside) => area.write(out, map),
                (Token::Area(area), Standing::Copy { block, item }) => area.write_in_copy(out, map, block, item),
            }
        }
    }
}

/// A formula that another cell shares, as that cell has it: moved `down` rows and `right` columns.
pub(crate) fn moved(text: &str, down: i64, right: i64) -> String {
    let expression = Expression::parse(text, &|_| true, true);
    let mut out = String::new();
    for token in &expression.0 {
        match token {
            Token::Text(text) => out.push_str(text),
            Token::Area(area) => out.push_str(&area.moved(down, right)),
        }
    }
    out
}

/// The length of the quoted text at the start of `text`, with doubled quotes inside.
fn quoted(text: &str, quote: char) -> usize {
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c == quote {
            if chars.peek().is_some_and(|(_, next)| *next == quote) {
                chars.next();
            } else {
                return at + 1;
            }
        }
    }
    text.len()
}

/// A sheet's name with its `!` at the start of `text`, and what follows.
fn sheet_name(text: &str) -> Option<(String, &str)> {
    if text.starts_with('\'') {
        let end = quoted(text, '\'');
        let after = text.get(end..)?.strip_prefix('!')?;
        return Some((text.get(1..end - 1)?.replace("''", "'"), after));
    }
    let len = text.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.')))?;
    let after = text.get(len..)?.strip_prefix('!')?;
    (len > 0).then(|| (text.get(..len).unwrap_or("").to_owned(), after))
}

/// Whether what looked like a reference goes on as a name or a function: `LOG10(`, `A1B`, `Q3_total`.
fn continues(after: &str) -> bool {
    after.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '(' | '.' | '!'))
}

#[cfg(test)]
mod tests {
    use super::super::rows::Block;
    use super::*;
    use crate::output::xlsx::statement::Group;

    fn shifted(text: &str) -> String {
        let blocks = [Block { first: 5, last: 5, group: Group::Lot }];
        let map = RowMap { blocks: &blocks, counts: &[3] };
        let mut out = Vec::new();
        Expression::parse(text, &|name| name == "My 'Sheet", true).write(&mut out, &map, Standing::Outside);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_shared_formula_moves() {
        assert_eq!(moved("A1*$B$1+Other!C1", 2, 1), "B3*$B$1+Other!D3");
        assert_eq!(moved("SUM(A$1:A1)", 2, 0), "SUM(A$1:A3)");
    }

    #[test]
    fn references_shift_and_nothing_else_does() {
        assert_eq!(shifted("SUM(E5:E5)*E6"), "SUM(E5:E7)*E8");
        assert_eq!(shifted("LOG10(E9)&\"E9\"&Q9_total"), "LOG10(E11)&amp;\"E9\"&amp;Q9_total");
        assert_eq!(shifted("'My ''Sheet'!$A$9+Other!A9+A9"), "'My ''Sheet'!$A$11+Other!A9+A11");
        assert_eq!(shifted("IF(A9<B9,$A$9,1E9)"), "IF(A11&lt;B11,$A$11,1E9)");
    }
}
