//! RIFF chunks, which AVI, WAV and WebP share.
//!
//! <https://learn.microsoft.com/windows/win32/xaudio2/resource-interchange-file-format--riff->

pub(crate) mod avi;
pub(crate) mod wav;

use crate::media::cursor::{Cursor, Fields, is_tag, tags};
use crate::media::error::Stop;

tags! {
    RIFF = b"RIFF";
    // EBU's names for files larger than 4 GiB.
    RF64 = b"RF64";
    BW64 = b"BW64";
}

/// A chunk of a RIFF file.
pub(crate) struct Chunk<'w> {
    pub(crate) id: u32,
    /// The declared length.
    pub(crate) len: u32,
    /// The data, truncated at the end of the file.
    pub(crate) data: Cursor<'w>,
}

impl<'w> Chunk<'w> {
    /// Returns the chunk at the cursor, and moves the cursor past it. Chunks start at even offsets.
    pub(crate) fn next(file: &mut Cursor<'w>) -> Result<Self, Stop> {
        let header = file.fields(8)?;
        let (id, len) = (header.be32(0), header.le32(4));
        let data = file.split(len.into());
        file.split((len & 1).into());
        Ok(Self { id, len, data })
    }

    /// Returns the next chunk, as players find it: after zeros that pad the chunks, and after a chunk of odd length
    /// without padding.
    pub(crate) fn next_padded(file: &mut Cursor<'w>) -> Result<Self, Stop> {
        file.skip_zeros()?;
        let chunk = Self::next(file)?;
        let window = file.window();
        let after = window.span(chunk.data.end(), window.size());
        if window.peek(after.at(), 4).is_some_and(|id| is_tag(Fields(id).be32(0))) {
            *file = after;
        }
        Ok(chunk)
    }
}

/// Returns whether the file is a RIFF file of this form.
pub(crate) fn is_form(mut file: Cursor<'_>, form: u32) -> Result<bool, Stop> {
    let header = file.fields(12)?;
    Ok(matches!(header.be32(0), RIFF | RF64 | BW64) && header.be32(8) == form)
}

/// Returns the chunks of the form, and whether they are all present. Bytes after the form are excluded.
///
/// A writer that cannot seek back leaves a length of 0 or 2^32 − 1; others include the header.
pub(crate) fn open(mut file: Cursor<'_>) -> Result<(Cursor<'_>, bool), Stop> {
    let len = file.fields(8)?.le32(4);
    let is_open = matches!(len, 0 | u32::MAX);
    let mut chunks = if is_open { file } else { file.split(len.into()) };
    let missing = u64::from(len) - chunks.left().min(len.into());
    chunks.skip(4)?;
    Ok((chunks, is_open || missing <= u64::from(len / 16).min(8)))
}
