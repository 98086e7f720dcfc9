//! How statements and reports write dates, and the paper that they are printed on, by language and region.

use super::{Date, iso};

/// One language and region of the term `locale`. The words stay English.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Locale {
    /// Such as `en-US`.
    pub tag: &'static str,
    pattern: Pattern,
    is_letter: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pattern {
    /// `June 15, 2006`
    MonthFirst,
    /// `15 June 2006`
    DayFirst,
    /// Day, month, year with this between them.
    Digits(char),
    /// `2006-06-15`
    Iso,
    /// `2006/06/15`
    YearFirst,
}

const fn of(tag: &'static str, pattern: Pattern, is_letter: bool) -> Locale {
    Locale { tag, pattern, is_letter }
}

/// Those that the term may name; the first is the default.
pub(crate) const LOCALES: [Locale; 26] = [
    of("en-US", Pattern::MonthFirst, true),
    of("en-GB", Pattern::DayFirst, false),
    of("en-AU", Pattern::DayFirst, false),
    of("en-CA", Pattern::MonthFirst, true),
    of("en-IE", Pattern::DayFirst, false),
    of("en-IN", Pattern::DayFirst, false),
    of("en-NZ", Pattern::DayFirst, false),
    of("en-SG", Pattern::DayFirst, false),
    of("de-AT", Pattern::Digits('.'), false),
    of("de-CH", Pattern::Digits('.'), false),
    of("de-DE", Pattern::Digits('.'), false),
    of("da-DK", Pattern::Digits('.'), false),
    of("es-ES", Pattern::Digits('/'), false),
    of("es-MX", Pattern::Digits('/'), true),
    of("fi-FI", Pattern::Digits('.'), false),
    of("fr-CA", Pattern::Iso, true),
    of("fr-CH", Pattern::Digits('.'), false),
    of("fr-FR", Pattern::Digits('/'), false),
    of("it-IT", Pattern::Digits('/'), false),
    of("ja-JP", Pattern::YearFirst, false),
    of("nb-NO", Pattern::Digits('.'), false),
    of("nl-NL", Pattern::Digits('-'), false),
    of("pl-PL", Pattern::Digits('.'), false),
    of("pt-BR", Pattern::Digits('/'), false),
    of("pt-PT", Pattern::Digits('/'), false),
    of("sv-SE", Pattern::Iso, false),
];

impl Default for Locale {
    fn default() -> Self {
        LOCALES[0]
    }
}

impl Locale {
    /// Dates as files have them.
    pub(crate) const ISO: Self = of("", Pattern::Iso, false);

    pub fn find(tag: &str) -> Option<Self> {
        LOCALES.into_iter().find(|locale| locale.tag.eq_ignore_ascii_case(&tag.trim().replace('_', "-")))
    }

    pub fn date(self, date: Date) -> String {
        let (year, month, day) = (date.year(), u8::from(date.month()), date.day());
        match self.pattern {
            Pattern::MonthFirst => format!("{} {day}, {year}", date.month()),
            Pattern::DayFirst => format!("{day} {} {year}", date.month()),
            Pattern::Digits(mark) => format!("{day:02}{mark}{month:02}{mark}{year}"),
            Pattern::Iso => iso(date),
            Pattern::YearFirst => format!("{year}/{month:02}/{day:02}"),
        }
    }

    /// The paper as spreadsheets number it: Letter or A4.
    pub fn paper(self) -> u8 {
        if self.is_letter { 1 } else { 9 }
    }

    /// The same as a spreadsheet's number format.
    pub fn date_format(self) -> &'static str {
        match self.pattern {
            Pattern::MonthFirst => "[$-409]mmmm d, yyyy",
            Pattern::DayFirst => "[$-809]d mmmm yyyy",
            Pattern::Digits('.') => "dd\\.mm\\.yyyy",
            Pattern::Digits('-') => "dd\\-mm\\-yyyy",
            Pattern::Digits(_) => "dd\\/mm\\/yyyy",
            Pattern::Iso => "yyyy\\-mm\\-dd",
            Pattern::YearFirst => "yyyy\\/mm\\/dd",
        }
    }

    /// A text whose dates are written as `2006-06-15`, with its dates as here.
    pub fn in_words(self, text: &str) -> std::borrow::Cow<'_, str> {
        if self.pattern == Pattern::Iso || !text.contains('-') {
            return text.into();
        }
        let is_beside = |c: char| !c.is_ascii_alphanumeric() && c != '-';
        let mut out = String::with_capacity(text.len());
        for piece in text.split_inclusive(is_beside) {
            let word = piece.trim_end_matches(is_beside);
            let date = super::calendar::parse_iso(word).map(|date| self.date(date));
            out.push_str(date.as_deref().unwrap_or(word));
            out.push_str(&piece[word.len()..]);
        }
        out.into()
    }
}
