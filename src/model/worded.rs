//! Enums whose values have words in tables.

/// An enum whose values have words, in the order of its values.
pub trait Worded: Copy + 'static {
    const WORDS: &'static [&'static str];
    const VALUES: &'static [Self];
}

/// An enum, each of its values with its word.
macro_rules! worded {
    ($(#[$meta:meta])* $vis:vis enum $name:ident { $($(#[$about:meta])* $value:ident = $word:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        $vis enum $name { $($(#[$about])* $value,)* }

        impl $crate::model::worded::Worded for $name {
            const WORDS: &'static [&'static str] = &[$($word),*];
            const VALUES: &'static [Self] = &[$(Self::$value),*];
        }

        impl $name {
            $vis fn word(self) -> &'static str {
                <Self as $crate::model::worded::Worded>::WORDS[self as usize]
            }
        }
    };
}

pub(crate) use worded;
