//! A minimal JSON reader for providers' responses: strict grammar, no floats. `docs/decisions/0003-own-json-reader.md`
//! explains why it is our own.
//!
//! A value is a slice of the text, checked once; a field is found by scanning. Numbers stay text, so a `u64` above 2^53
//! is exact. Of equal keys the last one counts. A byte order mark, invalid UTF-8 and deep nesting are accepted as in
//! `response.json()`, because they may occur in fields that are not used.

use crate::error::Error;
use crate::{text, time, url};

mod reader;
mod write;

pub use write::{list, object, string};

use reader::Reader;

/// A JSON value, as its source text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Json<'a>(&'a [u8]);

/// A part of a response that is missing or has another type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed(pub &'static str);

impl Malformed {
    /// The text ends inside its value. WebKit reports a response whose connection broke as complete.
    pub const CUT: Self = Self("end of body");
}

impl From<Malformed> for Error {
    fn from(malformed: Malformed) -> Self {
        if malformed == Malformed::CUT {
            return Self::Network;
        }
        Self::MalformedResponse { what: malformed.0.into(), status: None }
    }
}

impl<'a> Json<'a> {
    /// Checks that the bytes are one JSON value.
    pub fn read(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes));
        match reader.value() {
            Some(value) if reader.peek().is_none() => Ok(Self(value)),
            None if reader.is_at_end() => Err(Malformed::CUT),
            _ => Err(Malformed("body")),
        }
    }

    /// The source text of the value.
    #[must_use]
    pub fn to_text(self) -> String {
        text::lossy(self.0)
    }

    /// Whether this is the source text of the value.
    #[must_use]
    pub fn is(self, text: &str) -> bool {
        self.0 == text.as_bytes()
    }

    /// Whether the value is an object.
    #[must_use]
    pub const fn is_object(self) -> bool {
        matches!(self.0, [b'{', ..])
    }

    /// Returns the value of a field, also if it is `null`.
    pub fn field(self, name: &'static str) -> Result<Self, Malformed> {
        self.find(name).ok_or(Malformed(name))
    }

    /// The names of an object's fields; none for another value.
    #[must_use]
    pub fn names(self) -> Vec<String> {
        let mut names = Vec::new();
        if self.is_object() {
            // The text was checked when it was read.
            let _whole = Reader::new(self.0).members(b'}', |reader| {
                names.push(reader.pair()?.0);
                Some(())
            });
        }
        names
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

    /// The value, if it is an integer without sign, fraction or exponent.
    #[must_use]
    pub fn whole(self) -> Option<u64> {
        let add = |number: u64, byte: u8| {
            let digit = char::from(byte).to_digit(10)?;
            // The compiler's own overflow check is a 128-bit multiplication.
            (number <= u64::MAX / 10).then(|| number * 10)?.checked_add(digit.into())
        };
        self.0.iter().try_fold(0, |number, byte| add(number, *byte))
    }

    /// A field that is an integer without sign, fraction or exponent.
    pub fn u64(self, name: &'static str) -> Result<u64, Malformed> {
        self.field(name)?.whole().ok_or(Malformed(name))
    }

    /// A field that is `true` or `false`.
    pub fn bool(self, name: &'static str) -> Result<bool, Malformed> {
        match self.field(name)?.0 {
            b"true" => Ok(true),
            b"false" => Ok(false),
            _ => Err(Malformed(name)),
        }
    }

    /// A field that is an RFC 3339 time, in milliseconds since 1970; `None` if it is missing or has another form.
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
                    items.push(Json(reader.value()?));
                    Some(())
                })
                .is_some();
        if whole { Ok(items) } else { Err(Malformed(name)) }
    }

    /// A field that is a list of `{ "name": …, "value": … }`, in order.
    pub fn pairs(self, name: &'static str) -> Result<Vec<(String, String)>, Malformed> {
        let mut pairs = Vec::new();
        for pair in self.items(name)? {
            pairs.push((pair.text("name")?, pair.text("value")?));
        }
        Ok(pairs)
    }

    /// A field that is an id: a string, or a number as it is written.
    pub fn id(self, name: &'static str) -> Result<String, Malformed> {
        let value = self.field(name)?;
        let number = || value.whole().map(|_| value.to_text());
        value.string().or_else(number).ok_or(Malformed(name))
    }

    /// An id that can be one segment of a path.
    pub fn path_segment(self, name: &'static str) -> Result<String, Malformed> {
        let text = self.id(name)?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~');
        let fit = text.bytes().all(plain) && text.bytes().any(|byte| byte.is_ascii_alphanumeric());
        if fit { Ok(text) } else { Err(Malformed(name)) }
    }

    /// A field that is a complete URL. A browser would resolve any other text, even an empty one, against the page's
    /// own URL.
    pub fn url(self, name: &'static str) -> Result<String, Malformed> {
        self.text(name).ok().filter(|text| url::is_http_url(text)).ok_or(Malformed(name))
    }

    fn find(self, name: &str) -> Option<Self> {
        let mut found = None;
        let mut reader = Reader::new(self.0);
        (reader.peek()? == b'{').then_some(())?;
        reader.members(b'}', |reader| {
            let (key, value) = reader.pair()?;
            if key == name {
                found = Some(Json(value));
            }
            Some(())
        })?;
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Json<'_>, Malformed> {
        Json::read(text.as_bytes())
    }

    /// Decodes a string that was checked before.
    fn unescaped(json: &str) -> String {
        let object = ["{\"s\":", json, "}"].concat();
        read(&object).unwrap().text("s").unwrap()
    }

    #[test]
    fn reads_what_rfc_8259_allows() {
        let json = read(r#" { "a" : [ 1 , -0.5e+2 , true , null ] , "b" : { "c" : "d" } , "b" : "last" } "#).unwrap();
        assert_eq!(json.text("b").unwrap(), "last");
        assert_eq!(json.field("a").unwrap().to_text(), "[ 1 , -0.5e+2 , true , null ]");
        assert_eq!(
            read(r#"{"a":{"b":{"c":18446744073709551615}}}"#).unwrap().field("a").unwrap().field("b").unwrap().u64("c"),
            Ok(u64::MAX)
        );
        for text in ["[]", "{}", "0", "\"\"", "null", " [ ] "] {
            assert!(read(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn rejects_what_rfc_8259_does_not_allow() {
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
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn truncated_text_is_distinguished_from_invalid_text() {
        let whole = r#"{"a":[1,true,"x\u00e9",{"b":null}],"c":"d"}"#;
        assert!(read(whole).is_ok());
        for end in 0..whole.len() {
            assert_eq!(Json::read(&whole.as_bytes()[..end]), Err(Malformed::CUT), "{}", &whole[..end]);
        }
        for wrong in ["[1,]", "<html>", "{\"a\":trux}", "[1 2]", "1 2", "\"\\x\"", "{'a':1}"] {
            assert_eq!(read(wrong), Err(Malformed("body")), "{wrong}");
        }
        assert_eq!(Error::from(Malformed::CUT), Error::Network);
    }

    #[test]
    fn unread_fields_may_have_any_content() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        let json = ["\u{feff}{\"deep\":", &nested(100_000), ",\"id\":\"f\"}"].concat();
        assert_eq!(read(&json).unwrap().text("id").unwrap(), "f");
        let json = Json::read(b"{\"id\":\"f\",\"name\":\"\xe9\"}").unwrap();
        assert_eq!((json.text("id").unwrap(), json.text("name").unwrap()), ("f".to_owned(), "\u{fffd}".to_owned()));
        assert_eq!(read(&"[".repeat(1_000_000)), Err(Malformed::CUT));
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
        for (url, good) in
            [("http://127.0.0.1:1/a?b", true), ("https://...", true), ("https://a:b/", false), ("", false)]
        {
            assert_eq!(read(&object(&[("u", string(url))])).unwrap().url("u").is_ok(), good, "{url}");
        }
        assert_eq!(read("[1]").unwrap().text("id"), Err(Malformed("id")));
    }
}
