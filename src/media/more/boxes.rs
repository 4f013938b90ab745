//! The boxes of ISO base media files: a size, a type, a body.
//!
//! ISO/IEC 14496-12 §4.2; <https://developer.apple.com/documentation/quicktime-file-format>

use super::cursor::{Cursor, Fields};
use super::lengths::is_whole;
use super::window::Stop;

/// A box, which QuickTime calls an atom.
pub(super) struct Atom<'w> {
    pub(super) kind: u32,
    /// What is in it, as far as its surroundings go.
    pub(super) body: Cursor<'w>,
    /// The length of its body, which may go further than that.
    len: u64,
    /// Whether it says no length, and so ends where its surroundings do.
    pub(super) open: bool,
}

impl<'w> Atom<'w> {
    /// The box at the cursor; the cursor moves behind it.
    pub(super) fn next(file: &mut Cursor<'w>) -> Result<Self, Stop> {
        let mut header = *file;
        let start = header.at();
        let fields = header.fields(8)?;
        let size = match fields.be32(0) {
            // To the end, wherever that is.
            0 => u64::MAX,
            1 => header.be64()?,
            size => size.into(),
        };
        // A box holds at least its own header, so every step advances.
        let len = size.checked_sub(header.at() - start).ok_or(Stop::Damaged)?;
        let body = header.split(len);
        *file = header;
        Ok(Self { kind: fields.be32(4), body, len, open: fields.be32(0) == 0 })
    }

    /// Whether its surroundings end before it does, or it does not say where it ends.
    pub(super) fn is_short(&self) -> bool {
        self.lacks(1)
    }

    /// Whether so many bytes of it are missing.
    pub(super) fn lacks(&self, bytes: u64) -> bool {
        self.len.saturating_sub(self.body.left()) >= bytes
    }

    /// Whether so much is missing that it is no error of its writer's.
    pub(super) fn is_cut(&self) -> bool {
        !is_whole(self.len, self.body.left(), 16)
    }

    /// The start of its body, up to so many bytes; past its end all is 0.
    pub(super) fn fields(&self, len: u64) -> Result<Fields<'w>, Stop> {
        { self.body }.fields_up_to(len)
    }
}

/// A number of a full box, by its offset in version 0 and in version 1, where those before it are twice as wide and so is
/// this one. All ones say that it is not known.
pub(super) fn number(full: Fields<'_>, at: usize, wide_at: usize) -> u64 {
    if full.u8(0) == 0 {
        let number = full.be32(at);
        return if number == u32::MAX { 0 } else { number.into() };
    }
    let number = full.be64(wide_at);
    if number == u64::MAX { 0 } else { number }
}
