//! Just enough JSON for providers' answers: strict, bounded in depth, without floats; why it is our own is
//! `docs/decisions/0003-own-json-reader.md`.
//!
//! A value is the text it stands in, checked once; a field is found by reading along. Numbers stay text, so a `u64` past
//! 2^53 is exact. Of equal keys the last one counts, as in `JSON.parse`. The fields a provider adds are never looked at.

use crate::error::Error;
use crate::time;

mod reader;
mod write;

pub use write::{list, object, string};

use reader::Reader;

/// Deeper nesting is refused, so the stack is bounded whatever the input.
const MAX_DEPTH: u32 = 32;

/// A JSON value, as the text that it was written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Json<'a>(&'a str);

/// A part of an answer that is missing or of another type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed(pub &'static str);

impl From<Malformed> for Error {
    fn from(Malformed(what): Malformed) -> Self {
        Self::MalformedResponse { what }
    }
}

impl<'a> Json<'a> {
    /// Checks that the bytes are one JSON value.
    pub fn read(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let text = core::str::from_utf8(bytes).map_err(|_| Malformed("body"))?;
        let mut reader = Reader::new(text);
        let value = reader.value(MAX_DEPTH).filter(|_| reader.peek().is_none());
        value.map(Json).ok_or(Malformed("body"))
    }

    /// The text of the value.
    #[must_use]
    pub const fn as_str(self) -> &'a str {
        self.0
    }

    /// The value of a field, `null` included.
    pub fn field(self, name: &'static str) -> Result<Self, Malformed> {
        self.find(name).ok_or(Malformed(name))
    }

    /// The value, if it is a string.
    #[must_use]
    pub fn string(self) -> Option<String> {
        Reader::new(self.0).string()
    }

    /// A field that is a string.
    pub fn text(self, name: &'static str) -> Result<String, Malformed> {
        self.field(name)?.string().ok_or(Malformed(name))
    }

    /// A field that is a whole number, written plainly.
    pub fn u64(self, name: &'static str) -> Result<u64, Malformed> {
        let add = |number: u64, byte: u8| {
            let digit = char::from(byte).to_digit(10)?;
            // The compiler's own check is a multiplication of 128 bits.
            (number <= u64::MAX / 10).then(|| number * 10)?.checked_add(digit.into())
        };
        self.field(name)?.0.bytes().try_fold(0, add).ok_or(Malformed(name))
    }

    /// A field that is `true` or `false`.
    pub fn bool(self, name: &'static str) -> Result<bool, Malformed> {
        match self.field(name)?.0 {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(Malformed(name)),
        }
    }

    /// A field that is an RFC 3339 time, in milliseconds since 1970; `None` where there is none, or another kind of time.
    #[must_use]
    pub fn time(self, name: &'static str) -> Option<u64> {
        time::parse_rfc3339(&self.text(name).ok()?)
    }

    /// A field that is a list.
    pub fn items(self, name: &'static str) -> Result<Vec<Self>, Malformed> {
        let list = self.field(name)?;
        let mut items = Vec::new();
        let mut reader = Reader::new(list.0);
        let whole = reader.peek() == Some(b'[')
            && reader
                .members(b']', |reader| {
                    items.push(Json(reader.value(MAX_DEPTH)?));
                    Some(())
                })
                .is_some();
        if whole { Ok(items) } else { Err(Malformed(name)) }
    }

    /// A field that is a list of `{ "name": …, "value": … }`, in its order.
    pub fn pairs(self, name: &'static str) -> Result<Vec<(String, String)>, Malformed> {
        let mut pairs = Vec::new();
        for pair in self.items(name)? {
            pairs.push((pair.text("name")?, pair.text("value")?));
        }
        Ok(pairs)
    }

    /// A field that is a string fit to be one segment of a path.
    pub fn path_segment(self, name: &'static str) -> Result<String, Malformed> {
        let text = self.text(name)?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~');
        let fit = text.bytes().all(plain) && text.bytes().any(|byte| byte.is_ascii_alphanumeric());
        if fit { Ok(text) } else { Err(Malformed(name)) }
    }

    /// A field that is a complete URL. In a browser any other text, even an empty one, would mean a place on the page's own site.
    pub fn url(self, name: &'static str) -> Result<String, Malformed> {
        self.text(name).ok().filter(|text| is_web_address(text)).ok_or(Malformed(name))
    }

    fn find(self, name: &str) -> Option<Self> {
        let mut found = None;
        let mut reader = Reader::new(self.0);
        (reader.peek()? == b'{').then_some(())?;
        reader.members(b'}', |reader| {
            let (key, value) = reader.pair(MAX_DEPTH)?;
            if key == name {
                found = Some(Json(value));
            }
            Some(())
        })?;
        found
    }
}

/// Whether this is a complete `http:` or `https:` URL.
#[must_use]
pub fn is_web_address(text: &str) -> bool {
    let host = after_scheme(text).and_then(|rest| rest.bytes().next());
    host.is_some_and(|first| !matches!(first, b'/' | b'?' | b'#' | b'\\' | b':'))
        && text.bytes().all(|byte| byte > b' ')
}

/// What follows `http://` or `https://`.
pub(crate) fn after_scheme(text: &str) -> Option<&str> {
    let starts = |scheme: &&str| text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    ["https://", "http://"].iter().copied().find(starts).and_then(|scheme| text.get(scheme.len()..))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Json<'_>, Malformed> {
        Json::read(text.as_bytes())
    }

    /// A string after it has been read.
    fn unescaped(json: &str) -> String {
        let object = ["{\"s\":", json, "}"].concat();
        read(&object).unwrap().text("s").unwrap()
    }

    #[test]
    fn reads_what_rfc_8259_allows() {
        let json = read(r#" { "a" : [ 1 , -0.5e+2 , true , null ] , "b" : { "c" : "d" } , "b" : "last" } "#).unwrap();
        assert_eq!(json.text("b").unwrap(), "last");
        assert_eq!(json.field("a").unwrap().as_str(), "[ 1 , -0.5e+2 , true , null ]");
        assert_eq!(
            read(r#"{"a":{"b":{"c":18446744073709551615}}}"#).unwrap().field("a").unwrap().field("b").unwrap().u64("c"),
            Ok(u64::MAX)
        );
        for text in ["[]", "{}", "0", "\"\"", "null", " [ ] "] {
            assert!(read(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn refuses_what_it_does_not() {
        let bad = [
            "",
            "[",
            "[1",
            "[1,]",
            "[1 2]",
            "{\"a\"}",
            "{\"a\":}",
            "{a:1}",
            "{\"a\":1,}",
            "01",
            "1.",
            "1e",
            "-",
            "+1",
            "tru",
            "\"",
            "\"\\x\"",
            "\"\\u12\"",
            "\"\\u+123\"",
            "\"a\nb\"",
            "1 2",
            "<html>",
        ];
        for text in bad {
            assert_eq!(read(text), Err(Malformed("body")), "{text}");
        }
        assert!(Json::read(b"\"\xff\"").is_err());
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(read(&nested(32)).is_ok());
        assert!(read(&nested(33)).is_err());
        assert!(read(&"[".repeat(1_000_000)).is_err());
    }

    #[test]
    fn strings_survive_both_ways() {
        for text in ["", "plain", "q\"b\\s/", "tab\tnew\nnul\0", "Grüße 漢字 🎬", "\u{7f}\u{2028}"] {
            assert_eq!(unescaped(&string(text)), text);
        }
        assert_eq!(unescaped(r#""\ud83c\udfac \u00e9""#), "🎬 é");
        assert_eq!(unescaped(r#""\ud83c!\udfac\ud83cA""#), "\u{fffd}!\u{fffd}\u{fffd}A");
    }

    #[test]
    fn a_missing_or_other_field_is_named() {
        let json = read(r#"{"n":1.5,"s":"x/../y","t":true}"#).unwrap();
        assert_eq!(json.text("id"), Err(Malformed("id")));
        assert_eq!(json.text("n"), Err(Malformed("n")));
        assert_eq!(json.u64("n"), Err(Malformed("n")));
        assert_eq!(json.u64("s"), Err(Malformed("s")));
        assert_eq!(json.bool("s"), Err(Malformed("s")));
        assert_eq!(json.path_segment("s"), Err(Malformed("s")));
        assert_eq!(json.bool("t"), Ok(true));
        for (url, good) in [
            ("http://127.0.0.1:1/a?b", true),
            ("https://...", true),
            ("https://例え.jp/絵.png", true),
            ("https://a b", false),
            ("https://", false),
            ("/a", false),
            ("", false),
            ("data:,", false),
        ] {
            assert_eq!(read(&object(&[("u", string(url))])).unwrap().url("u").is_ok(), good, "{url}");
        }
        assert_eq!(read("[1]").unwrap().text("id"), Err(Malformed("id")));
    }
}
