//! RIFF's chunks, which AVI, WAV and WebP share.
//!
//! <https://learn.microsoft.com/windows/win32/xaudio2/resource-interchange-file-format--riff->

use super::cursor::{Cursor, tags};
use super::window::Stop;
use super::{Fact, Reason};

tags! {
    RIFF = b"RIFF";
    // EBU's names for one of more than 4 GiB.
    RF64 = b"RF64";
    BW64 = b"BW64";
}

/// A chunk of a RIFF file.
pub(super) struct Chunk<'w> {
    pub(super) id: u32,
    /// The length it declares.
    pub(super) len: u32,
    /// Its data, as far as the file goes.
    pub(super) data: Cursor<'w>,
}

impl<'w> Chunk<'w> {
    /// The chunk at the cursor, which goes on behind it. Chunks start at even places.
    pub(super) fn next(file: &mut Cursor<'w>) -> Result<Self, Stop> {
        let header = file.fields(8)?;
        let (id, len) = (header.be32(0), header.le32(4));
        let data = file.split(len.into());
        file.split((len & 1).into());
        Ok(Self { id, len, data })
    }
}

/// Whether the file is a RIFF of this form.
pub(super) fn is_form(mut file: Cursor<'_>, form: u32) -> Result<bool, Stop> {
    let header = file.fields(12)?;
    Ok(matches!(header.be32(0), RIFF | RF64 | BW64) && header.be32(8) == form)
}

/// The chunks of the form, and whether the file is as long as its header says.
///
/// A length of 0 or 2^32 − 1 is what a writer leaves that could not go back: it says nothing.
pub(super) fn open(mut file: Cursor<'_>) -> Result<(Cursor<'_>, Fact<bool>), Stop> {
    let len = file.fields(8)?.le32(4);
    let mut chunks = file;
    let complete = if matches!(len, 0 | u32::MAX) {
        Fact::Unknown(Reason::Absent)
    } else {
        chunks = file.split(len.into());
        Fact::Known(chunks.left() == u64::from(len))
    };
    chunks.skip(4)?;
    Ok((chunks, complete))
}
