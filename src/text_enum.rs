//! A macro for enums with a stable text: one list defines the variants, their text and the TypeScript union.

/// Declares a fieldless enum with `as_str`, `ALL` and, in `TYPESCRIPT`, a TypeScript union of its texts with the doc
/// comments.
///
/// The npm package's types are generated from it, so Rust and TypeScript cannot differ.
macro_rules! text_enum {
    (
        $(#[doc = $doc:literal])+
        $(#[repr($repr:ident)])?
        pub enum $name:ident { $( $(#[doc = $variant_doc:literal])+ $variant:ident = $text:literal, )+ }
    ) => {
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        $(#[repr($repr)])?
        pub enum $name { $( $(#[doc = $variant_doc])+ $variant, )+ }

        impl $name {
            /// Every variant, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The texts as a TypeScript union type.
            pub const TYPESCRIPT: &'static str = concat!(
                "/**", $($doc,)+ " */\nexport type ", stringify!($name), " ="
                $(, "\n  /**", $($variant_doc,)+ " */\n  | '", $text, "'")+, ";\n"
            );

            /// The stable text of this variant, as JavaScript sees it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }
    };
}

pub(crate) use text_enum;
