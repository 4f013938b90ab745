//! Reads along a JSON text by RFC 8259, and gives what it steps over as the text that it is.

/// A place in a JSON text.
pub(super) struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    /// The text's beginning.
    pub(super) const fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The next byte that is not white space, left in place.
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

    /// Steps over a value and gives its text.
    pub(super) fn value(&mut self, depth: u32) -> Option<&'a str> {
        let first = self.peek()?;
        let start = self.at;
        match first {
            b'n' => self.word("null")?,
            b't' => self.word("true")?,
            b'f' => self.word("false")?,
            b'"' => drop(self.string()?),
            b'[' => {
                let depth = depth.checked_sub(1)?;
                self.members(b']', |reader| reader.value(depth).map(drop))?;
            }
            b'{' => {
                let depth = depth.checked_sub(1)?;
                self.members(b'}', |reader| reader.pair(depth).map(drop))?;
            }
            _ => self.number()?,
        }
        self.text.get(start..self.at)
    }

    pub(super) fn pair(&mut self, depth: u32) -> Option<(String, &'a str)> {
        let key = self.string()?;
        self.peek();
        self.eat(b':').then_some(())?;
        Some((key, self.value(depth)?))
    }

    fn word(&mut self, word: &str) -> Option<()> {
        let found = self.text.get(self.at..self.at + word.len()) == Some(word);
        self.at += word.len();
        found.then_some(())
    }

    /// What stands between the bracket here and `close`, separated by commas.
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
            self.digits()?; // a digit after a leading 0 is left over, and refused by whoever reads on
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

    pub(super) fn string(&mut self) -> Option<String> {
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
        let pair_follows = self.text.get(self.at..self.at + 2) == Some("\\u");
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
        self.at += 4;
        digits.chars().try_fold(0, |number, digit| Some(number << 4 | digit.to_digit(16)?))
    }
}
