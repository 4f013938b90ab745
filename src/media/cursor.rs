//! What parsers read with: a cursor over a span of the file, fields by their offsets, and four-character tags.

use super::window::{Stop, Window, lenient};
pub(super) use crate::text::find;

/// What a search looks at in one step.
const SEARCH: u64 = 512;

/// Reads in order, within a span of the file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'w> {
    window: &'w Window,
    at: u64,
    end: u64,
}

impl<'w> Cursor<'w> {
    /// The bytes from `at` to `end`, which lies within the file.
    pub(super) const fn new(window: &'w Window, at: u64, end: u64) -> Self {
        Self { window, at, end }
    }

    pub(super) fn u8(&mut self) -> Result<u8, Stop> {
        self.array().map(u8::from_be_bytes)
    }

    pub(super) fn be16(&mut self) -> Result<u16, Stop> {
        self.array().map(u16::from_be_bytes)
    }

    pub(super) fn be32(&mut self) -> Result<u32, Stop> {
        self.array().map(u32::from_be_bytes)
    }

    pub(super) fn be64(&mut self) -> Result<u64, Stop> {
        self.array().map(u64::from_be_bytes)
    }

    pub(super) const fn window(&self) -> &'w Window {
        self.window
    }

    /// Where the next read starts, in the file.
    pub(super) const fn at(&self) -> u64 {
        self.at
    }

    /// Where the span ends, in the file.
    pub(super) const fn end(&self) -> u64 {
        self.end
    }

    /// Bytes left in the span. Called, not inlined, as it is asked for everywhere.
    #[inline(never)]
    pub(super) const fn left(&self) -> u64 {
        self.end.saturating_sub(self.at)
    }

    /// The next `len` bytes.
    pub(super) fn take(&mut self, len: usize) -> Result<&'w [u8], Stop> {
        if len as u64 > self.left() {
            return Err(self.past_end());
        }
        let bytes = self.window.read(self.at, len)?;
        self.at += len as u64;
        Ok(bytes)
    }

    /// The next `N` bytes.
    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], Stop> {
        self.take(N)?.try_into().map_err(|_| Stop::Damaged)
    }

    /// The next `len` bytes, to be picked from.
    pub(super) fn fields(&mut self, len: usize) -> Result<Fields<'w>, Stop> {
        self.take(len).map(Fields)
    }

    /// The same of a span that may be shorter.
    pub(super) fn fields_up_to(&mut self, len: u64) -> Result<Fields<'w>, Stop> {
        self.rest(len).map(Fields)
    }

    /// Whether the span goes on with these bytes; the cursor stays.
    pub(super) fn starts_with(mut self, bytes: &[u8]) -> Result<bool, Stop> {
        Ok(lenient(self.take(bytes.len()))? == Some(bytes))
    }

    /// All bytes of the span that are left, if they are no more than `max`.
    pub(super) fn rest(&mut self, max: u64) -> Result<&'w [u8], Stop> {
        self.take(usize::try_from(self.left().min(max)).map_err(|_| Stop::Budget)?)
    }

    /// Passes over all bytes before the next one of this value.
    pub(super) fn skip_to(&mut self, byte: u8) -> Result<(), Stop> {
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

    /// Passes over zeros: some writers pad with them between the parts of a file.
    pub(super) fn skip_zeros(&mut self) -> Result<(), Stop> {
        while { *self }.u8()? == 0 {
            let part = { *self }.rest(SEARCH)?;
            self.at += part.iter().take_while(|next| **next == 0).count() as u64;
        }
        Ok(())
    }

    /// Passes over `len` bytes without reading them. The span may end exactly there, not before.
    pub(super) fn skip(&mut self, len: u64) -> Result<(), Stop> {
        if len > self.left() {
            return Err(self.past_end());
        }
        self.at += len;
        Ok(())
    }

    /// The next `len` bytes as a span of their own, cut where this one ends; this cursor goes on behind them.
    #[inline(never)]
    pub(super) fn split(&mut self, len: u64) -> Self {
        let start = self.at;
        self.at = self.at.saturating_add(len).min(self.end.max(start));
        Self { end: self.at, ..Self { at: start, ..*self } }
    }

    /// This span from where `inner` stands: steps into a part without leaving the whole.
    pub(super) const fn enter(self, inner: Self) -> Self {
        Self { at: inner.at, ..self }
    }

    /// Reading past a span is damage; past the file, its end.
    const fn past_end(&self) -> Stop {
        if self.end == self.window.size() { Stop::End } else { Stop::Damaged }
    }
}

/// A structure in memory, of which numbers are picked by the offsets that its specification gives. Past its end all is 0.
#[derive(Clone, Copy)]
pub(super) struct Fields<'w>(pub(super) &'w [u8]);

/// Fixed-width integers. WebAssembly has no instruction that swaps bytes, so each is a function that is called.
macro_rules! integers {
    ($($name:ident: $type:ident, $from:ident;)+) => {
        $(#[inline(never)]
        pub(super) fn $name(self, at: usize) -> $type {
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

    pub(super) fn array<const N: usize>(self, at: usize) -> [u8; N] {
        self.0.get(at..).and_then(<[u8]>::first_chunk).copied().unwrap_or([0; N])
    }

    /// 24 bits.
    pub(super) fn be24(self, at: usize) -> u32 {
        self.be32(at) >> 8
    }
}

/// Four characters as the number that they are in big endian: the names of boxes and chunks.
///
/// As numbers they are compared at once; a `match` over byte strings is compiled to a comparison of each byte.
macro_rules! tags {
    ($($name:ident = $text:literal;)+) => {
        $(const $name: u32 = u32::from_be_bytes(*$text);)+
    };
}
pub(super) use tags;

/// Whether this could be a tag: it can be printed.
pub(super) fn is_tag(tag: u32) -> bool {
    tag.to_be_bytes().iter().all(|byte| matches!(byte, b' '..=b'~'))
}

/// Whether a list of tags, one after the other, has this one.
pub(super) fn is_listed(list: &[u8], tag: u32) -> bool {
    list.chunks_exact(4).any(|known| known.eq_ignore_ascii_case(&tag.to_be_bytes()))
}

/// All positions of `needle` in `bytes`.
pub(super) fn find_all(bytes: &[u8], needle: &[u8]) -> impl Iterator<Item = usize> {
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
    fn a_span_ends_before_the_file() {
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
