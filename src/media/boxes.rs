//! The boxes of ISO base media files: a size, a type, a body.
//!
//! ISO/IEC 14496-12 §4.2; <https://developer.apple.com/documentation/quicktime-file-format>

use super::window::{Cursor, Stop};

/// A box, which QuickTime calls an atom.
pub(super) struct Atom<'w> {
    pub(super) kind: [u8; 4],
    /// What is in it, as far as its surroundings go.
    pub(super) body: Cursor<'w>,
    /// Whether it would go further than that.
    pub(super) cut: bool,
}

impl<'w> Atom<'w> {
    /// The box at the cursor, which goes on behind it.
    pub(super) fn next(file: &mut Cursor<'w>) -> Result<Self, Stop> {
        let mut header = *file;
        let start = header.at();
        let size = header.be32()?;
        let kind = header.array()?;
        let size = match size {
            // To the end.
            0 => file.left(),
            1 => header.be64()?,
            size => size.into(),
        };
        // A box holds at least its own header, so every step advances.
        let len = size.checked_sub(header.at() - start).ok_or(Stop::Damaged)?;
        let cut = len > header.left();
        let body = header.split(len);
        *file = header;
        Ok(Self { kind, body, cut })
    }

    /// Version and flags, which open a full box.
    pub(super) fn version(&mut self) -> Result<(u8, u32), Stop> {
        let word = self.body.be32()?;
        Ok((word.to_be_bytes()[0], word & 0x00FF_FFFF))
    }

    /// A number of 32 bits in version 0, of 64 in version 1. All ones say that it is not known.
    pub(super) fn number(&mut self, version: u8) -> Result<u64, Stop> {
        if version == 0 {
            return self.body.be32().map(|number| if number == u32::MAX { 0 } else { number.into() });
        }
        self.body.be64().map(|number| if number == u64::MAX { 0 } else { number })
    }
}
