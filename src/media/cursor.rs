//! The readers that parsers use: a cursor over a span of the file, fields by their offsets, and four-character tags.

use crate::media::error::{Stop, optional};
use crate::media::window::Window;
pub(crate) use crate::text::find;

/// Bytes that a search reads in one step.
const SEARCH: u64 = 512;

/// Reads a span of the file in order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cursor<'w> {
    window: &'w Window,
    at: u64,
    end: u64,
}

impl Window {
    /// Returns a cursor over the whole file.
    pub(crate) const fn cursor(&self) -> Cursor<'_> {
        self.span(0, self.size())
    }

    /// Returns a cursor over the bytes from `start` to `end`, or to the end of the file.
    pub(crate) const fn span(&self, start: u64, end: u64) -> Cursor<'_> {
        Cursor::new(self, start, if end < self.size() { end } else { self.size() })
    }
}

impl<'w> Cursor<'w> {
    /// Creates a cursor over the bytes from `at` to `end`; `end` must be within the file.
    pub(crate) const fn new(window: &'w Window, at: u64, end: u64) -> Self {
        Self { window, at, end }
    }

    pub(crate) fn u8(&mut self) -> Result<u8, Stop> {
        self.array().map(u8::from_be_bytes)
    }

    pub(crate) fn be16(&mut self) -> Result<u16, Stop> {
        self.array().map(u16::from_be_bytes)
    }

    pub(crate) fn be32(&mut self) -> Result<u32, Stop> {
        self.array().map(u32::from_be_bytes)
    }

    pub(crate) fn be64(&mut self) -> Result<u64, Stop> {
        self.array().map(u64::from_be_bytes)
    }

    pub(crate) const fn window(&self) -> &'w Window {
        self.window
    }

    /// Returns the offset in the file of the next read.
    pub(crate) const fn at(&self) -> u64 {
        self.at
    }

    /// Returns the offset in the file of the span's end.
    pub(crate) const fn end(&self) -> u64 {
        self.end
    }

    /// Returns the number of bytes left in the span. Not inlined in the wasm, because it has many callers.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    pub(crate) const fn left(&self) -> u64 {
        self.end.saturating_sub(self.at)
    }

    /// Returns the next `len` bytes.
    pub(crate) fn take(&mut self, len: usize) -> Result<&'w [u8], Stop> {
        if len as u64 > self.left() {
            return Err(self.past_end());
        }
        let bytes = self.window.read(self.at, len)?;
        self.at += len as u64;
        Ok(bytes)
    }

    /// Returns the next `N` bytes.
    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], Stop> {
        self.take(N)?.try_into().map_err(|_| Stop::Damaged)
    }

    /// Returns the next `len` bytes as [`Fields`].
    pub(crate) fn fields(&mut self, len: usize) -> Result<Fields<'w>, Stop> {
        self.take(len).map(Fields)
    }

    /// Returns up to `len` bytes as [`Fields`]; fewer if the span ends.
    pub(crate) fn fields_up_to(&mut self, len: u64) -> Result<Fields<'w>, Stop> {
        self.rest(len).map(Fields)
    }

    /// Returns whether the next bytes are `bytes`. Does not move the cursor.
    pub(crate) fn starts_with(mut self, bytes: &[u8]) -> Result<bool, Stop> {
        Ok(optional(self.take(bytes.len()))? == Some(bytes))
    }

    /// Returns the remaining bytes of the span, but at most `max`.
    pub(crate) fn rest(&mut self, max: u64) -> Result<&'w [u8], Stop> {
        self.take(usize::try_from(self.left().min(max)).map_err(|_| Stop::Budget)?)
    }

    /// Skips to the next byte with this value.
    pub(crate) fn skip_to(&mut self, byte: u8) -> Result<(), Stop> {
        loop {
            let part = { *self }.rest(SEARCH)?;
            if part.is_empty() {
                return Err(self.past_end());
            }
            let found = part.iter().position(|next| *next == byte);
            self.at += found.unwrap_or(part.len()) as u64;
            if found.is_some() {
                return Ok(());
            }
        }
    }

    /// Skips zeros. Some writers pad with them between the parts of a file.
    pub(crate) fn skip_zeros(&mut self) -> Result<(), Stop> {
        while { *self }.u8()? == 0 {
            let part = { *self }.rest(SEARCH)?;
            self.at += part.iter().take_while(|next| **next == 0).count() as u64;
        }
        Ok(())
    }

    /// Skips `len` bytes without reading them. Fails if the span has fewer.
    pub(crate) fn skip(&mut self, len: u64) -> Result<(), Stop> {
        if len > self.left() {
            return Err(self.past_end());
        }
        self.at += len;
        Ok(())
    }

    /// Returns the next `len` bytes as a span of their own, truncated at the end of this one, and moves this cursor
    /// past them.
    #[cfg_attr(target_arch = "wasm32", inline(never))]
    pub(crate) fn split(&mut self, len: u64) -> Self {
        let start = self.at;
        self.at = self.at.saturating_add(len).min(self.end.max(start));
        Self { end: self.at, ..Self { at: start, ..*self } }
    }

    /// Returns this span from the position of `inner`: enters a part without losing the rest of the whole.
    pub(crate) const fn enter(self, inner: Self) -> Self {
        Self { at: inner.at, ..self }
    }

    /// A read past the end of the file is [`Stop::End`]; a read past any other span is damage.
    const fn past_end(&self) -> Stop {
        if self.end == self.window.size() { Stop::End } else { Stop::Damaged }
    }
}

/// A structure in memory. Its fields are read at the offsets that the specification states. Past its end, all bytes are
/// 0.
#[derive(Clone, Copy)]
pub(crate) struct Fields<'w>(pub(crate) &'w [u8]);

/// Fixed-width integers. WebAssembly has no instruction that swaps bytes, so each type has a function that is not
/// inlined there.
macro_rules! integers {
    ($($name:ident: $type:ident, $from:ident;)+) => {
        $(#[cfg_attr(target_arch = "wasm32", inline(never))]
        pub(crate) fn $name(self, at: usize) -> $type {
            $type::$from(self.array(at))
        })+
    };
}

impl Fields<'_> {
    integers! {
        u8: u8, from_be_bytes;
        be16: u16, from_be_bytes;
        be32: u32, from_be_bytes;
        be64: u64, from_be_bytes;
        le16: u16, from_le_bytes;
        le32: u32, from_le_bytes;
        le64: u64, from_le_bytes;
    }

    pub(crate) fn array<const N: usize>(self, at: usize) -> [u8; N] {
        self.0.get(at..).and_then(<[u8]>::first_chunk).copied().unwrap_or([0; N])
    }

    /// Returns 24 bits.
    pub(crate) fn be24(self, at: usize) -> u32 {
        self.be32(at) >> 8
    }
}

/// Four characters as one big-endian number: the names of boxes and chunks.
///
/// A number is compared at once; a `match` over byte strings compiles to a comparison of each byte.
macro_rules! tags {
    ($($name:ident = $text:literal;)+) => {
        $(const $name: u32 = u32::from_be_bytes(*$text);)+
    };
}
pub(crate) use tags;

/// Returns whether this can be a tag: all four characters are printable.
pub(crate) fn is_tag(tag: u32) -> bool {
    tag.to_be_bytes().iter().all(|byte| matches!(byte, b' '..=b'~'))
}

/// Returns whether a list of concatenated tags contains this one, ignoring case. The list must be in lower case.
pub(crate) fn is_listed(list: &[u8], tag: u32) -> bool {
    debug_assert!(!list.iter().any(u8::is_ascii_uppercase));
    let tag = tag.to_be_bytes().map(|byte| byte.to_ascii_lowercase());
    list.chunks_exact(4).any(|known| known == tag)
}

/// All positions of `needle` in `bytes`.
pub(crate) fn find_all(bytes: &[u8], needle: &[u8]) -> impl Iterator<Item = usize> {
    let mut start = 0;
    core::iter::from_fn(move || {
        let at = start + find(bytes.get(start..)?, needle)?;
        start = at + 1;
        Some(at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn read_past_a_span_is_damage_and_past_the_file_is_its_end() {
        let mut window = Window::new(100);
        assert_eq!(window.read(0, 1), Err(Stop::Need));
        window.supply(&[7; 100]).unwrap();
        let mut file = window.cursor();
        let mut part = file.split(10);
        assert_eq!((part.left(), file.at()), (10, 10));
        assert_eq!(part.skip(11), Err(Stop::Damaged));
        assert_eq!(part.be64(), Ok(0x0707_0707_0707_0707));
        assert_eq!(part.be32(), Err(Stop::Damaged));
        assert_eq!(file.skip(91), Err(Stop::End));
        assert_eq!(file.split(u64::MAX).left(), 90);
        assert_eq!(file.left(), 0);
    }

    #[test]
    fn fields_past_the_end_are_0() {
        let fields = Fields(&[1, 2, 3, 4, 5]);
        assert_eq!((fields.be16(1), fields.le16(1), fields.be32(2), fields.u8(9)), (0x0203, 0x0302, 0, 0));
    }
}
