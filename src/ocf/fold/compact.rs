//! What transactions are made of, in little memory: there may be millions of them.

use crate::model::{Span, TextPool};
use crate::quantity::Ratio;
use hashbrown::{DefaultHashBuilder, HashTable};
use std::hash::BuildHasher;
use std::ops::Deref;

/// Ids, each once, by their numbers.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// Their texts, and others.
    pub texts: TextPool,
    spans: Vec<Span>,
    found: HashTable<u32>,
    hasher: DefaultHashBuilder,
    /// Whether there was more than fits.
    pub full: bool,
}

impl Names {
    /// The number of an id, and whether it is a new one.
    pub(super) fn number(&mut self, id: &str) -> (u32, bool) {
        let Self { texts, spans, found, hasher, full } = self;
        let text = |number: u32| spans.get(number as usize).map_or("", |span| texts.get(*span));
        let hash = hasher.hash_one(id);
        if let Some(number) = found.find(hash, |number| text(*number) == id) {
            return (*number, false);
        }
        found.reserve(1, |number| hasher.hash_one(text(*number)));
        let number = u32::try_from(spans.len()).unwrap_or(super::NONE);
        let span = texts.push(id).filter(|_| number != super::NONE);
        *full |= span.is_none();
        spans.push(span.unwrap_or_default());
        found.insert_unique(hash, number, |_| hash);
        (number, true)
    }

    pub(super) fn span(&self, number: u32) -> Span {
        self.spans.get(number as usize).copied().unwrap_or_default()
    }

    pub(super) fn text(&self, number: u32) -> &str {
        self.texts.get(self.span(number))
    }
}

/// A number of shares.
#[derive(Clone, Debug)]
pub(crate) enum Amount {
    /// Denominator and numerator.
    Small(u32, u64),
    Large(Box<Ratio>),
}

impl From<Ratio> for Amount {
    fn from(value: Ratio) -> Self {
        match (u32::try_from(value.denom()), u64::try_from(value.numer())) {
            (Ok(denominator), Ok(numerator)) => Self::Small(denominator, numerator),
            _ => Self::Large(Box::new(value)),
        }
    }
}

impl Amount {
    pub(crate) fn ratio(&self) -> Ratio {
        match self {
            Self::Small(denominator, numerator) => Ratio::new_raw((*numerator).into(), (*denominator).into()),
            Self::Large(value) => Ratio::clone(value),
        }
    }
}

/// Securities, of which there is mostly one.
#[derive(Debug)]
pub(super) enum Few {
    One(u32),
    Others(Box<[u32]>),
}

impl FromIterator<u32> for Few {
    fn from_iter<I: IntoIterator<Item = u32>>(securities: I) -> Self {
        match securities.into_iter().collect::<Vec<u32>>().as_slice() {
            [only] => Self::One(*only),
            others => Self::Others(others.into()),
        }
    }
}

impl Deref for Few {
    type Target = [u32];

    fn deref(&self) -> &[u32] {
        match self {
            Self::One(security) => std::slice::from_ref(security),
            Self::Others(securities) => securities,
        }
    }
}
