//! FLAC, MP3 and Ogg: overwrites locations in the comments of FLAC and in the ID3 tags of MP3. In Ogg, whose pages have
//! checksums, they are only found.
//!
//! <https://www.rfc-editor.org/rfc/rfc9639#section-8>, <https://id3.org/id3v2.4.0-frames> §4.2.6 and §4.10,
//! <https://xiph.org/vorbis/doc/v-comment.html>

use super::output::Output;
use super::reader::{DAMAGED, Reader, Stop};
use super::{Removal, Strip, UnsafeReason, position, xmp};

/// Bytes of an Ogg file in which comments are looked for, and the most letters of a comment's name.
const START: u64 = 64 << 10;
const NAME: usize = 32;
/// The type of a FLAC file's block of comments, and the flag of the last block.
const COMMENTS: u8 = 4;
const LAST: u8 = 0x80;
/// Bytes of the header of a tag, and of a frame.
const HEADER: usize = 10;

#[derive(Debug, Default)]
pub(super) struct Sound {
    at: u64,
    is_flac: bool,
}

/// Overwrites the locations in a part of the file. Returns the number of bytes.
type Edit = fn(&mut [u8]) -> u64;

/// Returns whether a file with these first bytes is a sound whose comments are known.
pub(super) fn matches(head: &[u8]) -> bool {
    // A frame of MP3 has no comments, and one of AAC a layer of zero.
    matches!(head, [b'f', b'L', b'a', b'C', ..] | [b'I', b'D', b'3', ..] | [b'O', b'g', b'g', b'S', ..])
        || matches!(head, [0xFF, second, ..] if *second >= 0xE0 && second & 6 != 0)
}

impl Sound {
    pub(super) fn run(&mut self, reader: &Reader, output: &mut Output, strip: Option<Strip>) -> Result<(), Stop> {
        if strip != Some(Strip::Location) {
            return Err(Stop::Unsafe(UnsafeReason::Format));
        }
        loop {
            match *reader.up_to(self.at, HEADER as u64)? {
                [kind, a, b, c, ..] if self.is_flac => {
                    let len = u64::from(u32::from_be_bytes([0, a, b, c]));
                    let edit = (kind & !LAST == COMMENTS).then_some(edit_comments as Edit);
                    self.part(4 + len, edit, reader, output)?;
                    if kind & LAST != 0 {
                        break;
                    }
                }
                [b'I', b'D', b'3', _, _, flags, a, b, c, d] => {
                    let footer = if flags & 0x10 == 0 { 0 } else { HEADER };
                    self.part((HEADER + safe([a, b, c, d]) + footer) as u64, Some(edit_tag), reader, output)?;
                }
                [b'f', b'L', b'a', b'C', ..] => {
                    self.part(4, None, reader, output)?;
                    self.is_flac = true;
                }
                [b'O', b'g', b'g', b'S', ..] if names_location(reader.up_to(self.at, START)?) => {
                    return Err(Stop::Unsafe(UnsafeReason::Format));
                }
                _ => break,
            }
        }
        output.keep(self.at, reader.size().checked_sub(self.at).ok_or(DAMAGED)?)
    }

    /// Copies the next part of the file, or what an edit makes of it.
    fn part(&mut self, len: u64, edit: Option<Edit>, reader: &Reader, output: &mut Output) -> Result<(), Stop> {
        let mut removed = 0;
        if let Some(edit) = edit {
            let mut part = reader.get(self.at, usize::try_from(len).map_err(|_| DAMAGED)?)?.to_vec();
            removed = edit(&mut part);
            if removed > 0 {
                output.push(&part)?;
                output.removed(Removal::Gps, removed);
            }
        }
        if removed == 0 {
            output.keep(self.at, len)?;
        }
        self.at += len;
        Ok(())
    }
}

/// Returns a number of seven bits in each byte.
fn safe(bytes: [u8; 4]) -> usize {
    bytes.iter().fold(0, |number, byte| number << 7 | usize::from(byte & 0x7F))
}

/// Overwrites comments with spaces: those whose names name a location, and those that state a position.
fn edit_comments(block: &mut [u8]) -> u64 {
    let mut removed = 0;
    let mut rest = block.get_mut(4..).unwrap_or_default();
    let mut is_first = true;
    while let Some((len, after)) = rest.split_first_chunk_mut() {
        let Some((text, after)) = after.split_at_mut_checked(u32::from_le_bytes(*len) as usize) else { break };
        // The first text is the name of the software, and the number of comments follows.
        rest = if is_first { after.get_mut(4..).unwrap_or_default() } else { after };
        is_first = false;
        if let Some(end) = text.iter().position(|byte| *byte == b'=') {
            let (name, value) = text.split_at_mut(end + 1);
            if xmp::has_location(name) || position::is_in(value) {
                removed += overwrite(value, b' ');
            }
        }
    }
    removed
}

/// Overwrites the user's texts and the comments of an ID3 tag that name a location with empty ones.
fn edit_tag(tag: &mut [u8]) -> u64 {
    let mut removed = 0;
    let is_safe = tag.get(3) == Some(&4);
    let mut rest = tag;
    while let Some(at) = rest.windows(4).position(|name| matches!(name, b"TXXX" | b"COMM")) {
        let (_, frame) = rest.split_at_mut(at);
        let len = frame.get(4..).and_then(|len| len.first_chunk()).copied().unwrap_or_default();
        let len = if is_safe { safe(len) } else { u32::from_be_bytes(len) as usize };
        let (frame, after) = frame.split_at_mut(HEADER.saturating_add(len).min(frame.len()));
        // The encoding of the text precedes it, and the mark of UTF-16.
        if frame.get(HEADER..).is_some_and(xmp::has_location) {
            removed += overwrite(frame.get_mut(HEADER + 1..).unwrap_or_default(), 0);
        }
        rest = after;
    }
    removed
}

/// Overwrites a text. Returns the number of bytes, or 0 if it is overwritten already.
fn overwrite(text: &mut [u8], with: u8) -> u64 {
    if text.iter().all(|byte| *byte == with) {
        return 0;
    }
    text.fill(with);
    text.len() as u64
}

/// Returns whether one of the comments has a name that names a location.
fn names_location(bytes: &[u8]) -> bool {
    let is_letter = |byte: &&u8| byte.is_ascii_alphabetic() || matches!(**byte, b'_' | b'-' | b'.' | b':' | b' ');
    let ends = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'=');
    let mut names = ends.filter_map(|(end, _)| {
        let before = bytes.get(..end)?;
        let len = before.iter().rev().take(NAME).take_while(is_letter).count();
        before.get(end - len..)
    });
    names.any(xmp::has_location)
}
