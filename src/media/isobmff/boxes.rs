//! The boxes of ISO base media files: a size, a type, a body.
//!
//! ISO/IEC 14496-12 §4.2; <https://developer.apple.com/documentation/quicktime-file-format>

use crate::media::cursor::{Cursor, Fields};
use crate::media::error::Stop;
use crate::media::lengths::is_whole;

/// A box, which QuickTime calls an atom.
pub(crate) struct Atom<'w> {
    pub(crate) kind: u32,
    /// The body, truncated at the end of the enclosing span.
    pub(crate) body: Cursor<'w>,
    /// The declared length of the body, which may exceed the enclosing span.
    len: u64,
    /// Whether the box has no length, and so ends with the enclosing span.
    pub(crate) open: bool,
}

impl<'w> Atom<'w> {
    /// Returns the box at the cursor, and moves the cursor past it.
    pub(crate) fn next(file: &mut Cursor<'w>) -> Result<Self, Stop> {
        let mut header = *file;
        let start = header.at();
        let fields = header.fields(8)?;
        let size = match fields.be32(0) {
            // The box extends to the end, wherever that is.
            0 => u64::MAX,
            1 => header.be64()?,
            size => size.into(),
        };
        // A box contains at least its own header, so every step advances.
        let len = size.checked_sub(header.at() - start).ok_or(Stop::Damaged)?;
        let body = header.split(len);
        *file = header;
        Ok(Self { kind: fields.be32(4), body, len, open: fields.be32(0) == 0 })
    }

    /// Returns whether the enclosing span ends before the box does, or the box has no length.
    pub(crate) fn is_short(&self) -> bool {
        self.lacks(1)
    }

    /// Returns whether so many bytes of the box are missing.
    pub(crate) fn lacks(&self, bytes: u64) -> bool {
        self.len.saturating_sub(self.body.left()) >= bytes
    }

    /// Returns whether too many bytes are missing for a writer's error.
    pub(crate) fn is_cut(&self) -> bool {
        !is_whole(self.len, self.body.left(), 16)
    }

    /// Returns up to `len` bytes from the start of the body; past its end, all bytes are 0.
    pub(crate) fn fields(&self, len: u64) -> Result<Fields<'w>, Stop> {
        { self.body }.fields_up_to(len)
    }
}

/// Returns a number of a full box. `at` is its offset in version 0, and `wide_at` in version 1, in which it has 64
/// bits. Returns 0 for a number of all ones, which means unknown.
pub(crate) fn number(full: Fields<'_>, at: usize, wide_at: usize) -> u64 {
    if full.u8(0) == 0 {
        let number = full.be32(at);
        return if number == u32::MAX { 0 } else { number.into() };
    }
    let number = full.be64(wide_at);
    if number == u64::MAX { 0 } else { number }
}
