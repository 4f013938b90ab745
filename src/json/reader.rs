//! Scans a JSON text according to RFC 8259, and returns the source bytes of values.

use crate::text;

/// A position in a JSON text.
pub(super) struct Reader<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    /// Creates a reader at the beginning of the text.
    pub(super) const fn new(text: &'a [u8]) -> Self {
        Self { text, at: 0 }
    }

    /// Whether all bytes are read: a text that is rejected here may have been cut.
    pub(super) const fn is_at_end(&self) -> bool {
        self.at >= self.text.len()
    }

    fn byte(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    /// The next byte that is not white space, without reading it.
    pub(super) fn peek(&mut self) -> Option<u8> {
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

    /// Reads a value and returns its source text. Nesting costs one byte per level, and no stack.
    pub(super) fn value(&mut self) -> Option<&'a [u8]> {
        self.peek()?;
        let start = self.at;
        let mut open = Vec::new();
        loop {
            match self.peek()? {
                b'n' => self.word(b"null")?,
                b't' => self.word(b"true")?,
                b'f' => self.word(b"false")?,
                b'"' => drop(self.string()?),
                bracket @ (b'[' | b'{') => {
                    self.at += 1;
                    // In ASCII, an opening bracket and its closing bracket differ by 2.
                    let close = bracket + 2;
                    if self.peek()? != close {
                        if bracket == b'{' {
                            self.key()?;
                        }
                        open.push(close);
                        continue;
                    }
                    self.at += 1;
                }
                _ => self.number()?,
            }
            // A value has ended, and perhaps the values that contain it.
            loop {
                let Some(close) = open.last().copied() else { return self.text.get(start..self.at) };
                let next = self.peek()?;
                if next == b',' {
                    self.at += 1;
                    if close == b'}' {
                        self.peek()?;
                        self.key()?;
                    }
                    break;
                }
                self.eat(close).then_some(())?;
                open.pop();
            }
        }
    }

    /// Reads a name and its colon.
    fn key(&mut self) -> Option<String> {
        let key = self.string()?;
        self.peek()?;
        self.eat(b':').then_some(key)
    }

    pub(super) fn pair(&mut self) -> Option<(String, &'a [u8])> {
        Some((self.key()?, self.value()?))
    }

    fn word(&mut self, word: &[u8]) -> Option<()> {
        word.iter().all(|byte| self.eat(*byte)).then_some(())
    }

    /// Reads the members between the opening bracket here and `close`, separated by commas.
    pub(super) fn members(&mut self, close: u8, mut member: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
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

    fn number(&mut self) -> Option<()> {
        self.eat(b'-');
        if !self.eat(b'0') {
            self.digits()?; // a digit after a leading 0 is left unread, which the caller rejects
        }
        if self.eat(b'.') {
            self.digits()?;
        }
        if self.eat(b'e') || self.eat(b'E') {
            let _sign = self.eat(b'+') || self.eat(b'-');
            self.digits()?;
        }
        Some(())
    }

    /// Reads a string; invalid UTF-8 becomes U+FFFD, as in browsers.
    pub(super) fn string(&mut self) -> Option<String> {
        self.eat(b'"').then_some(())?;
        let mut out = String::new();
        loop {
            let start = self.at;
            while !matches!(self.byte()?, b'"' | b'\\' | 0..=0x1f) {
                self.at += 1;
            }
            out.push_str(&text::lossy(self.text.get(start..self.at)?));
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
            _ => {
                self.at -= 1;
                return None;
            }
        })
    }

    /// Reads the digits after `\u`. Half a surrogate pair becomes U+FFFD: a lone surrogate in a file's description must
    /// not fail an upload.
    fn utf16(&mut self) -> Option<char> {
        let high = self.hex4()?;
        let pair_follows = self.text.get(self.at..self.at + 2) == Some(b"\\u");
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
        let mut number = 0;
        for _ in 0..4 {
            number = number << 4 | char::from(self.byte()?).to_digit(16)?;
            self.at += 1;
        }
        Some(number)
    }
}
