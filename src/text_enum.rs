//! A macro for enums that are also words: one list gives the variants, their stable text and the TypeScript union.

/// Declares a fieldless enum with `as_str`, `ALL` and a TypeScript union of its words in `TYPESCRIPT`.
///
/// The npm package's types come from here, so a word cannot be known to Rust and unknown to TypeScript.
macro_rules! text_enum {
    (
        $(#[$meta:meta])*
        pub enum $name:ident { $( $(#[$variant_meta:meta])* $variant:ident = $text:literal, )+ }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $( $(#[$variant_meta])* $variant, )+ }

        impl $name {
            /// Every variant, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The same words as a TypeScript union type.
            pub const TYPESCRIPT: &'static str =
                concat!("export type ", stringify!($name), " =" $(, "\n  | '", $text, "'")+, ";\n");

            /// The stable word for this variant, as JavaScript sees it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }
    };
}

pub(crate) use text_enum;
