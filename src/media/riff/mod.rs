//! RIFF's chunks, which AVI, WAV and WebP share.
//!
//! <https://learn.microsoft.com/windows/win32/xaudio2/resource-interchange-file-format--riff->

pub(crate) mod avi;
pub(crate) mod wav;

use crate::media::cursor::{Cursor, Fields, is_tag, tags};
use crate::media::error::Stop;

tags! {
    RIFF = b"RIFF";
    // EBU's names for one of more than 4 GiB.
    RF64 = b"RF64";
    BW64 = b"BW64";
}

/// A chunk of a RIFF file.
pub(crate) struct Chunk<'w> {
    pub(crate) id: u32,
    /// The length it declares.
    pub(crate) len: u32,
    /// Its data, as far as the file goes.
    pub(crate) data: Cursor<'w>,
}

impl<'w> Chunk<'w> {
    /// The chunk at the cursor; the cursor moves behind it. Chunks start at even places.
    pub(crate) fn next(file: &mut Cursor<'w>) -> Result<Self, Stop> {
        let header = file.fields(8)?;
        let (id, len) = (header.be32(0), header.le32(4));
        let data = file.split(len.into());
        file.split((len & 1).into());
        Ok(Self { id, len, data })
    }

    /// The next chunk, as players find it where zeros pad the chunks, or where one of an odd length is not padded at all.
    pub(crate) fn next_padded(file: &mut Cursor<'w>) -> Result<Self, Stop> {
        file.skip_zeros()?;
        let chunk = Self::next(file)?;
        let window = file.window();
        let behind = window.span(chunk.data.end(), window.size());
        if window.peek(behind.at(), 4).is_some_and(|id| is_tag(Fields(id).be32(0))) {
            *file = behind;
        }
        Ok(chunk)
    }
}

/// Whether the file is a RIFF of this form.
pub(crate) fn is_form(mut file: Cursor<'_>, form: u32) -> Result<bool, Stop> {
    let header = file.fields(12)?;
    Ok(matches!(header.be32(0), RIFF | RF64 | BW64) && header.be32(8) == form)
}

/// The chunks of the form, and whether they are all there. What follows the form is none of it.
///
/// A length of 0 or 2^32 − 1 is what a writer leaves that could not go back; others count the header, too.
pub(crate) fn open(mut file: Cursor<'_>) -> Result<(Cursor<'_>, bool), Stop> {
    let len = file.fields(8)?.le32(4);
    let is_open = matches!(len, 0 | u32::MAX);
    let mut chunks = if is_open { file } else { file.split(len.into()) };
    let missing = u64::from(len) - chunks.left().min(len.into());
    chunks.skip(4)?;
    Ok((chunks, is_open || missing <= u64::from(len / 16).min(8)))
}
