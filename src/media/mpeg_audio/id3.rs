//! ID3 and APE tags around a stream: the start and the end of the audio.
//!
//! <https://id3.org/id3v2.4.0-structure> §3.1, <https://id3.org/ID3v1>,
//! <https://wiki.hydrogenaud.io/index.php?title=APEv2_specification>

use crate::media::cursor::Cursor;
use crate::media::error::{Stop, optional};
use crate::media::window::{TAIL, Window};

const ID3V1: u64 = 128;
const APE_FRAME: u64 = 32;
/// Flag of an APE tag: the tag starts with a copy of its footer.
const APE_HAS_HEADER: u32 = 1 << 31;
/// Bytes of zeros that may follow a tag.
const PADDING: u64 = 1 << 20;
/// The most tags at the end that are skipped.
const LAST_TAGS: u32 = 2;

/// Returns the file from the end of the tags at its start, of which there may be several. Zeros may pad them.
pub(crate) fn skip_id3(mut file: Cursor<'_>) -> Result<Cursor<'_>, Stop> {
    let mut next = padded(file)?;
    while optional(skip_tag(&mut next))? == Some(true) {
        file = next;
        next = padded(file)?;
    }
    Ok(file)
}

/// Returns the file without the zeros at the cursor, if other bytes follow them.
pub(crate) fn padded(file: Cursor<'_>) -> Result<Cursor<'_>, Stop> {
    let mut zeros = file.window().span(file.at(), file.at().saturating_add(PADDING));
    Ok(if optional(zeros.skip_zeros())?.is_some() { file.enter(zeros) } else { file })
}

/// Skips a tag, if there is one at the cursor.
fn skip_tag(file: &mut Cursor<'_>) -> Result<bool, Stop> {
    let start = { *file }.fields_up_to(16)?;
    if start.0.starts_with(b"APETAGEX") {
        file.split(APE_FRAME + u64::from(start.le32(12)));
        return Ok(true);
    }
    if !start.0.starts_with(b"ID3") || !matches!(start.u8(3), 2..=4) {
        return Ok(false);
    }
    file.skip(10)?;
    // Each byte has seven bits. Some writers use all eight, which is visible in the highest bit, or in the bytes after
    // the tag.
    let plain = start.be32(6);
    let mut safe = u64::from(plain & 0x7F | plain >> 1 & 0x3F80 | plain >> 2 & 0x1F_C000 | plain >> 3 & 0xFE0_0000);
    if start.u8(3) == 4 && start.u8(5) & 0x10 != 0 {
        // The footer.
        safe += 10;
    }
    let after = |len| {
        let mut after = *file;
        after.split(len);
        after.fields_up_to(2)
    };
    // Padding, a frame, or the start of another tag or of a container.
    let is_start = matches!(after(safe)?.u8(0), 0 | 0xFF | 0x1A | b'0' | b'A'..=b'z');
    let is_plain = plain & 0x8080_8080 != 0 || !is_start && matches!(after(plain.into())?.be16(0), 0xFFE0..=0xFFFE);
    file.split(if is_plain { plain.into() } else { safe });
    Ok(true)
}

/// Returns the end of the audio: before a tag of version 1 and an APE tag, in either order.
pub(crate) fn end_of_audio(window: &Window) -> Result<u64, Stop> {
    let (start, _) = window.tail(TAIL)?;
    let mut end = window.size();
    for _ in 0..LAST_TAGS {
        let last = |end: u64, len| window.span(end.saturating_sub(len).max(start), end).fields_up_to(len);
        if last(end, ID3V1)?.0.starts_with(b"TAG") {
            end -= ID3V1;
        }
        let footer = last(end, APE_FRAME)?;
        if footer.0.starts_with(b"APETAGEX") {
            let header = if footer.le32(20) & APE_HAS_HEADER == 0 { 0 } else { APE_FRAME };
            end = end.saturating_sub(u64::from(footer.le32(12)) + header);
        }
    }
    Ok(end)
}
