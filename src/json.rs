//! Just enough JSON for providers' answers: strict, bounded in depth, without floats; why it is our own is
//! `docs/decisions/0003-own-json-reader.md`.
//!
//! Numbers stay text, so a `u64` past 2^53 is exact and no float parser is linked. Of equal keys the last one counts,
//! as in `JSON.parse`. The fields a provider adds are never looked at.

use crate::error::Error;

/// Deeper nesting is refused, so the stack is bounded whatever the input.
const MAX_DEPTH: u32 = 32;

/// A JSON value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number as it was written.
    Number(String),
    /// A string, unescaped.
    String(String),
    /// An array.
    Array(Vec<Self>),
    /// An object, in order.
    Object(Vec<(String, Self)>),
}

impl Json {
    /// Reads one value, and gives the text back beside it.
    pub fn read(bytes: &[u8]) -> Result<(Self, String), Error> {
        let text = core::str::from_utf8(bytes).map_err(|_| malformed("body"))?;
        let mut reader = Reader { text, at: 0 };
        let value = reader.value(MAX_DEPTH).filter(|_| reader.peek().is_none());
        Ok((value.ok_or_else(|| malformed("body"))?, text.to_owned()))
    }

    /// The value of a field, `null` included.
    pub fn field(&self, name: &'static str) -> Result<&Self, Error> {
        match self {
            Self::Object(fields) => fields.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value),
            _ => None,
        }
        .ok_or_else(|| malformed(name))
    }

    /// A field that is a string.
    pub fn text(&self, name: &'static str) -> Result<&str, Error> {
        match self.field(name)? {
            Self::String(text) => Ok(text),
            _ => Err(malformed(name)),
        }
    }

    /// A field that is a whole number, written plainly.
    pub fn u64(&self, name: &'static str) -> Result<u64, Error> {
        match self.field(name)? {
            Self::Number(digits) => digits.parse().map_err(|_| malformed(name)),
            _ => Err(malformed(name)),
        }
    }

    /// A field that is `true` or `false`.
    pub fn bool(&self, name: &'static str) -> Result<bool, Error> {
        match self.field(name)? {
            Self::Bool(value) => Ok(*value),
            _ => Err(malformed(name)),
        }
    }

    /// A field that is a string fit to be one segment of a path.
    pub fn path_segment(&self, name: &'static str) -> Result<&str, Error> {
        let text = self.text(name)?;
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~');
        let fit = text.chars().all(plain) && text.contains(|c: char| c.is_ascii_alphanumeric());
        if fit { Ok(text) } else { Err(malformed(name)) }
    }
}

/// An object of fields whose values are JSON already.
#[must_use]
pub fn object(fields: &[(&str, String)]) -> String {
    let fields: Vec<String> = fields.iter().map(|(name, value)| [&string(name), ":", value].concat()).collect();
    ["{", &fields.join(","), "}"].concat()
}

/// A string with its quotes.
#[must_use]
pub fn string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\0'..='\x1f' => {
                let digit = |nibble: u32| char::from_digit(nibble, 16).unwrap_or('0');
                out.push_str("\\u00");
                out.extend([digit(u32::from(c) >> 4), digit(u32::from(c) & 15)]);
            }
            _ => out.push(c),
        }
    }
    out.push('"');
    out
}

const fn malformed(what: &'static str) -> Error {
    Error::MalformedResponse { what }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The next byte that is not white space, left in place.
    fn peek(&mut self) -> Option<u8> {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.byte() {
            self.at += 1;
        }
        self.byte()
    }

    fn eat(&mut self, wanted: u8) -> bool {
        let found = self.byte() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    fn word(&mut self, word: &str, value: Json) -> Option<Json> {
        self.text.get(self.at..)?.starts_with(word).then(|| {
            self.at += word.len();
            value
        })
    }

    fn value(&mut self, depth: u32) -> Option<Json> {
        match self.peek()? {
            b'n' => self.word("null", Json::Null),
            b't' => self.word("true", Json::Bool(true)),
            b'f' => self.word("false", Json::Bool(false)),
            b'"' => self.string().map(Json::String),
            b'[' => self.array(depth.checked_sub(1)?),
            b'{' => self.object(depth.checked_sub(1)?),
            _ => self.number(),
        }
    }

    fn array(&mut self, depth: u32) -> Option<Json> {
        let mut items = Vec::new();
        self.members(b']', |reader| {
            items.push(reader.value(depth)?);
            Some(())
        })?;
        Some(Json::Array(items))
    }

    fn object(&mut self, depth: u32) -> Option<Json> {
        let mut fields = Vec::new();
        self.members(b'}', |reader| {
            let key = reader.string()?;
            reader.peek();
            reader.eat(b':').then_some(())?;
            fields.push((key, reader.value(depth)?));
            Some(())
        })?;
        Some(Json::Object(fields))
    }

    /// What stands between the bracket here and `close`, separated by commas.
    fn members(&mut self, close: u8, mut member: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.at += 1;
        if self.peek()? == close {
            self.at += 1;
            return Some(());
        }
        loop {
            self.peek();
            member(self)?;
            self.peek();
            if self.eat(close) {
                return Some(());
            }
            self.eat(b',').then_some(())?;
        }
    }

    fn digits(&mut self) -> Option<()> {
        let start = self.at;
        while self.byte().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        (self.at > start).then_some(())
    }

    fn number(&mut self) -> Option<Json> {
        let start = self.at;
        self.eat(b'-');
        if !self.eat(b'0') {
            self.digits()?; // a digit after a leading 0 is left over, and refused by whoever reads on
        }
        if self.eat(b'.') {
            self.digits()?;
        }
        if self.eat(b'e') || self.eat(b'E') {
            let _sign = self.eat(b'+') || self.eat(b'-');
            self.digits()?;
        }
        Some(Json::Number(self.text.get(start..self.at)?.to_owned()))
    }

    fn string(&mut self) -> Option<String> {
        self.eat(b'"').then_some(())?;
        let mut out = String::new();
        loop {
            let start = self.at;
            while !matches!(self.byte()?, b'"' | b'\\' | 0..=0x1f) {
                self.at += 1;
            }
            out.push_str(self.text.get(start..self.at)?);
            if self.eat(b'"') {
                return Some(out);
            }
            self.eat(b'\\').then_some(())?;
            out.push(self.escape()?);
        }
    }

    fn escape(&mut self) -> Option<char> {
        let letter = self.byte()?;
        self.at += 1;
        Some(match letter {
            b'"' | b'\\' | b'/' => char::from(letter),
            b'b' => '\x08',
            b'f' => '\x0c',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => self.utf16()?,
            _ => return None,
        })
    }

    /// What follows `\u`. Half a surrogate pair becomes U+FFFD: a stray one in a file's description must not fail an upload.
    fn utf16(&mut self) -> Option<char> {
        let high = self.hex4()?;
        let pair_follows = self.text.get(self.at..)?.starts_with("\\u");
        if high & 0xfc00 == 0xd800 && pair_follows {
            let after_high = self.at;
            self.at += 2;
            let low = self.hex4()?;
            if low & 0xfc00 == 0xdc00 {
                return char::from_u32(0x1_0000 + ((high & 0x3ff) << 10) + (low & 0x3ff));
            }
            self.at = after_high;
        }
        Some(char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn hex4(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4)?;
        let plain = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        self.at += 4;
        plain.then(|| u32::from_str_radix(digits, 16).ok())?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<Json> {
        Json::read(text.as_bytes()).ok().map(|(json, _)| json)
    }

    #[test]
    fn reads_what_rfc_8259_allows() {
        let json = read(r#" { "a" : [ 1 , -0.5e+2 , true , null ] , "b" : { "c" : "d" } , "b" : "last" } "#).unwrap();
        assert_eq!(json.text("b"), Ok("last"));
        let Ok(Json::Array(items)) = json.field("a") else { panic!("{json:?}") };
        assert_eq!(items.get(1), Some(&Json::Number("-0.5e+2".into())));
        assert_eq!(read("[]"), Some(Json::Array(vec![])));
        assert_eq!(read("{}"), Some(Json::Object(vec![])));
        assert_eq!(read("18446744073709551615").map(|n| n == Json::Number("18446744073709551615".into())), Some(true));
    }

    #[test]
    fn refuses_what_it_does_not() {
        let bad = ["", "[", "[1", "[1,]", "{\"a\"}", "{\"a\":}", "{a:1}", "01", "1.", "1e", "-", "+1", "tru", "\"", "\"\\x\"", "\"\\u12\"", "\"\\u+123\"", "\"a\nb\"", "1 2", "<html>"];
        for text in bad {
            assert_eq!(read(text), None, "{text}");
        }
        assert!(Json::read(b"\"\xff\"").is_err());
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(read(&nested(32)).is_some());
        assert!(read(&nested(33)).is_none());
        assert!(read(&"[".repeat(1_000_000)).is_none());
    }

    #[test]
    fn strings_survive_both_ways() {
        for text in ["", "plain", "q\"b\\s/", "tab\tnew\nnul\0", "Grüße 漢字 🎬", "\u{7f}\u{2028}"] {
            assert_eq!(read(&string(text)), Some(Json::String(text.into())), "{text:?}");
        }
        assert_eq!(read(r#""\ud83c\udfac \u00e9""#), Some(Json::String("🎬 é".into())));
        assert_eq!(read(r#""\ud83c!\udfac\ud83cA""#), Some(Json::String("\u{fffd}!\u{fffd}\u{fffd}A".into())));
    }

    #[test]
    fn a_missing_or_other_field_is_named() {
        let json = read(r#"{"n":1.5,"s":"x/../y","t":true}"#).unwrap();
        assert_eq!(json.text("id"), Err(Error::MalformedResponse { what: "id" }));
        assert_eq!(json.u64("n"), Err(Error::MalformedResponse { what: "n" }));
        assert_eq!(json.bool("s"), Err(Error::MalformedResponse { what: "s" }));
        assert_eq!(json.path_segment("s"), Err(Error::MalformedResponse { what: "s" }));
        assert_eq!(json.bool("t"), Ok(true));
    }
}
