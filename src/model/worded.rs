//! Enums whose values have words in tables.

/// An enum, each of its values with its word.
macro_rules! worded {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$about:meta])* $value:ident = $word:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$about])* $value,)* }

        impl $name {
            /// The words, in the order of [`Self::VALUES`].
            pub const WORDS: &'static [&'static str] = &[$($word),*];

            #[allow(dead_code, reason = "some are written only")]
            pub const VALUES: &'static [Self] = &[$(Self::$value),*];

            pub fn word(self) -> &'static str {
                Self::WORDS[self as usize]
            }
        }
    };
}

pub(crate) use worded;
