//! Enums whose values have words in tables.

/// An enum, each of its values with its word.
macro_rules! worded {
    ($(#[$meta:meta])* $vis:vis enum $name:ident { $($(#[$about:meta])* $value:ident = $word:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        $vis enum $name { $($(#[$about])* $value,)* }

        impl $name {
            /// The words, in the order of [`Self::VALUES`].
            $vis const WORDS: &'static [&'static str] = &[$($word),*];

            #[allow(dead_code, reason = "some are written only")]
            $vis const VALUES: &'static [Self] = &[$(Self::$value),*];

            $vis fn word(self) -> &'static str {
                Self::WORDS[self as usize]
            }
        }
    };
}

pub(crate) use worded;
