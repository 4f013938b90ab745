//! ID3 and APE tags around a stream: where the sound starts and ends.
//!
//! <https://id3.org/id3v2.4.0-structure> §3.1, <https://id3.org/ID3v1>, <https://wiki.hydrogenaud.io/index.php?title=APEv2_specification>,
//! <https://id3.org/Lyrics3v2>

use super::cursor::Cursor;
use super::window::{Stop, TAIL, Window, lenient};

const ID3V1: u64 = 128;
const APE_FRAME: u64 = 32;
/// In an APE tag's flags: it starts with a copy of its footer.
const APE_HAS_HEADER: u32 = 1 << 31;
/// Zeros that may follow a tag.
const PADDING: u64 = 1 << 20;
/// Tags at the end.
const LAST_TAGS: u32 = 4;

/// The file from behind the tags that it starts with, however many follow each other, and from behind what pads them.
pub(super) fn behind(mut file: Cursor<'_>) -> Result<Cursor<'_>, Stop> {
    loop {
        let mut next = file;
        if lenient(skip_tag(&mut next))? != Some(true) {
            return Ok(file);
        }
        file = padded(next)?;
    }
}

/// The file from behind the zeros that it goes on with, if something follows them.
pub(super) fn padded(file: Cursor<'_>) -> Result<Cursor<'_>, Stop> {
    let mut zeros = file.window().span(file.at(), file.at().saturating_add(PADDING));
    Ok(if lenient(zeros.skip_zeros())?.is_some() { file.enter(zeros) } else { file })
}

/// Passes over a tag, if there is one at the cursor.
fn skip_tag(file: &mut Cursor<'_>) -> Result<bool, Stop> {
    let start = *file;
    match file.array::<10>()? {
        [b'I', b'D', b'3', version @ 2..=4, _, flags, size @ ..] => {
            let footer = if version == 4 && flags & 0x10 != 0 { 10 } else { 0 };
            let plain = u64::from(u32::from_be_bytes(size));
            // Seven bits to a byte. Some writers use all eight, which shows in the highest, or in what follows the tag.
            let safe = size.into_iter().fold(0, |len, byte| len << 7 | u64::from(byte)) + footer;
            let is_plain = if size.iter().any(|byte| *byte >= 0x80) {
                true
            } else {
                let behind = |len: u64| {
                    let mut behind = *file;
                    behind.skip(len)?;
                    behind.be16()
                };
                // Letters open another tag, or a container.
                let is_start = |bytes: u16| matches!(bytes.to_be_bytes(), [0 | 0xFF, _] | [b'A'..=b'z', _]);
                let is_frame = |bytes: u16| bytes >> 5 == 0x7FF;
                lenient(behind(safe))?.is_some_and(|bytes| !is_start(bytes))
                    && lenient(behind(plain))?.is_some_and(is_frame)
            };
            file.split(if is_plain { plain } else { safe });
        }
        [b'A', b'P', b'E', b'T', b'A', b'G', b'E', b'X', ..] => {
            let header = { start }.fields(16)?;
            file.split(u64::from(header.le32(12)) + APE_FRAME - 10);
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// Where the sound ends: before the tags at the end, in whatever order they follow each other.
pub(super) fn end_of_sound(window: &Window) -> Result<u64, Stop> {
    let (start, _) = window.tail(TAIL)?;
    let mut end = window.size();
    for _ in 0..LAST_TAGS {
        // What the last bytes of a tag have in them.
        let last = |len: u64| window.span(end.saturating_sub(len).max(start), end).fields_up_to(len);
        let (footer, lyrics, id3v1, id3v2) = (last(APE_FRAME)?, last(15)?, last(ID3V1)?, last(10)?);
        let len = if id3v1.0.starts_with(b"TAG") {
            ID3V1
        } else if footer.0.starts_with(b"APETAGEX") {
            u64::from(footer.le32(12)) + if footer.le32(20) & APE_HAS_HEADER == 0 { 0 } else { APE_FRAME }
        } else if lyrics.0.ends_with(b"LYRICS200") {
            15 + lyrics.0.iter().take(6).fold(0, |len, digit| len * 10 + u64::from(digit & 0x0F))
        } else if let [b'3', b'D', b'I', _, _, _, size @ ..] = id3v2.0 {
            20 + size.iter().fold(0, |len, byte| len << 7 | u64::from(byte & 0x7F))
        } else {
            break;
        };
        end = end.saturating_sub(len);
    }
    Ok(end)
}
