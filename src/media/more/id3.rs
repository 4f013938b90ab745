//! ID3 and APE tags around a stream: where the sound starts and ends.
//!
//! <https://id3.org/id3v2.4.0-structure> §3.1, <https://id3.org/ID3v1>, <https://wiki.hydrogenaud.io/index.php?title=APEv2_specification>

use super::cursor::Cursor;
use super::window::{Stop, TAIL, Window, lenient};

const ID3V1: u64 = 128;
const APE_FRAME: u64 = 32;
/// In an APE tag's flags: it starts with a copy of its footer.
const APE_HAS_HEADER: u32 = 1 << 31;

/// The file from behind the tags that it starts with, however many follow each other.
pub(super) fn behind(mut file: Cursor<'_>) -> Result<Cursor<'_>, Stop> {
    loop {
        let mut next = file;
        let Some(len) = lenient(tag(&mut next))?.flatten() else { return Ok(file) };
        next.split(len);
        file = next;
    }
}

/// The length of the tag's body, if there is one at the cursor.
fn tag(file: &mut Cursor<'_>) -> Result<Option<u64>, Stop> {
    Ok(match file.array()? {
        [b'I', b'D', b'3', version @ 2..=4, _, flags, a @ ..0x80, b @ ..0x80, c @ ..0x80, d @ ..0x80] => {
            let footer = if version == 4 && flags & 0x10 != 0 { 10 } else { 0 };
            Some([a, b, c, d].into_iter().fold(0, |len, byte| len << 7 | u64::from(byte)) + footer)
        }
        _ => None,
    })
}

/// Where the sound ends: before a tag of version 1, and an APE tag before that.
pub(super) fn end_of_sound(window: &Window) -> Result<u64, Stop> {
    let (start, _) = window.tail(TAIL)?;
    let mut end = window.size();
    if { window.span(end.saturating_sub(ID3V1), end) }.starts_with(b"TAG")? {
        end -= ID3V1;
    }
    let footer = window.span(end.saturating_sub(APE_FRAME).max(start), end).fields_up_to(APE_FRAME)?;
    if footer.0.starts_with(b"APETAGEX") {
        let header = if footer.le32(20) & APE_HAS_HEADER == 0 { 0 } else { APE_FRAME };
        end = end.saturating_sub(u64::from(footer.le32(12)) + header);
    }
    Ok(end)
}
