//! RIFF's chunks, which AVI, WAV and WebP share.
//!
//! <https://learn.microsoft.com/windows/win32/xaudio2/resource-interchange-file-format--riff->

use super::cursor::{Cursor, tags};
use super::lengths::is_placeholder;
use super::window::Stop;

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
    /// The next chunk; the cursor moves behind it. Zeros before it are passed over: some writers pad with them.
    pub(super) fn next(file: &mut Cursor<'w>) -> Result<Self, Stop> {
        file.skip_zeros()?;
        let header = file.fields(8)?;
        let (id, len) = (header.be32(0), header.le32(4));
        let data = file.split(len.into());
        // Chunks start at even places, but some writers leave out the byte that sees to it.
        let follows_at_once = || file.window().peek(file.at(), 4).is_some_and(|id| id.iter().all(u8::is_ascii_graphic));
        if len & 1 != 0 && !follows_at_once() {
            file.split(1);
        }
        Ok(Self { id, len, data })
    }
}

/// Whether the file is a RIFF of this form.
pub(super) fn is_form(mut file: Cursor<'_>, form: u32) -> Result<bool, Stop> {
    let header = file.fields(12)?;
    Ok(matches!(header.be32(0), RIFF | RF64 | BW64) && header.be32(8) == form)
}

/// The chunks of the form, and the length that the form declares for them.
///
/// What follows the form is none of it, but a length that is none bounds nothing.
pub(super) fn open(mut file: Cursor<'_>) -> Result<(Cursor<'_>, u64), Stop> {
    let len = file.fields(8)?.le32(4).into();
    let mut chunks = if is_placeholder(len) { file } else { file.split(len) };
    chunks.skip(4)?;
    Ok((chunks, len))
}
