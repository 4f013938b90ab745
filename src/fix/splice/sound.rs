//! FLAC, MP3 and Ogg: overwrites locations in the comments of FLAC and in the ID3 tags of MP3. In Ogg, whose pages have
//! checksums, they are only found.
//!
//! <https://www.rfc-editor.org/rfc/rfc9639#section-8>, <https://id3.org/id3v2.4.0-frames> §4.2.6 and §4.10,
//! <https://xiph.org/vorbis/doc/v-comment.html>

use super::output::Output;
use super::reader::{DAMAGED, Reader, Stop};
use super::{Removal, Strip, UnsafeReason, embedded, position, xmp};

/// Bytes of an Ogg file in which comments are looked for: a cover may precede them. Then the letters of a comment's name, and
/// the letters of the comment that are searched.
const START: u64 = 4 << 20;
const NAME: usize = 32;
const COMMENT: usize = 200;
/// Bytes at the end of an MP3 in which tags are looked for.
const END: u64 = 64 << 10;
/// The types of a FLAC file's blocks, and the flag of the last block.
const APPLICATION: u8 = 2;
const COMMENTS: u8 = 4;
const PICTURE: u8 = 6;
const LAST: u8 = 0x80;
/// Flags of a frame that is compressed or encrypted, in either version.
const COMPRESSED: u8 = 0xCC;
/// Bytes of the header of a tag, and of a frame.
const HEADER: usize = 10;

#[derive(Debug, Default)]
pub(super) struct Sound {
    at: u64,
    is_flac: bool,
    is_walked: bool,
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
        while !self.is_walked {
            match *reader.up_to(self.at, HEADER as u64)? {
                [kind, a, b, c, ..] if self.is_flac => {
                    let len = u64::from(u32::from_be_bytes([0, a, b, c]));
                    let edit = match kind & !LAST {
                        COMMENTS => Some(edit_comments as Edit),
                        PICTURE => Some(embedded::remove_locations as Edit),
                        APPLICATION => Some(edit_application as Edit),
                        _ => None,
                    };
                    self.part(4 + len, edit, reader, output)?;
                    self.is_walked = kind & LAST != 0;
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
                _ => self.is_walked = true,
            }
        }
        if !self.is_flac {
            let end = reader.up_to(self.at.max(reader.size().saturating_sub(END)), END)?;
            // Of an APE tag, or of another version of ID3.
            let names_location = |name: &&[u8]| {
                crate::text::find(end, name).and_then(|at| end.get(at..)).is_some_and(position::may_be_in)
            };
            if [&b"APETAGEX"[..], b"TAG", b"ID3"].iter().any(names_location) {
                return Err(Stop::Unsafe(UnsafeReason::Format));
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
            if xmp::is_place(name) || position::is_in(value) {
                removed += overwrite(value, b' ');
            }
        }
    }
    removed
}

/// Overwrites the data of an application.
fn edit_application(block: &mut [u8]) -> u64 {
    let data = block.get_mut(8..).unwrap_or_default();
    if position::may_be_in(data) { overwrite(data, 0) } else { 0 }
}

/// Overwrites the frames of an ID3 tag that name a location with empty ones.
fn edit_tag(tag: &mut [u8]) -> u64 {
    let mut removed = 0;
    let version = tag.get(3).copied().unwrap_or(0);
    let mut rest = tag.get_mut(HEADER..).unwrap_or_default();
    while let [b'A'..=b'Z', b, c, d, e, f, g, h, _, flags, ..] = *rest {
        let (header, len) = match version {
            2 => (6, u32::from_be_bytes([0, d, e, f]) as usize),
            3 => (HEADER, u32::from_be_bytes([e, f, g, h]) as usize),
            _ => (HEADER, safe([e, f, g, h])),
        };
        let (frame, after) = rest.split_at_mut(header.saturating_add(len).min(rest.len()));
        rest = after;
        let is_text = frame.starts_with(b"T") && [b, c] != *b"XX";
        let is_picture = matches!(frame, [b'P', b'I', b'C', ..] | [b'A', b'P', b'I', b'C', ..]);
        let Some(contents) = frame.get_mut(header..) else { break };
        // The encoding of the text precedes it, and the mark of UTF-16.
        let start = if contents.first() == Some(&1) { 3 } else { 1 };
        if is_picture {
            removed += embedded::remove_locations(contents);
        } else if position::is_in(contents)
            // A title may name a location. What is compressed cannot be searched.
            || !is_text
                && (header == HEADER && flags & COMPRESSED != 0
                    || position::may_be_in(contents)
                    || xmp::is_place(contents.get(start..).unwrap_or_default()))
        {
            removed += overwrite(contents.get_mut(1..).unwrap_or_default(), 0);
        }
    }
    // Padding, or what cannot be read.
    removed + if position::may_be_in(rest) { overwrite(rest, 0) } else { 0 }
}

/// Overwrites a text. Returns the number of bytes, or 0 if it is overwritten already.
fn overwrite(text: &mut [u8], with: u8) -> u64 {
    if text.iter().all(|byte| *byte == with) {
        return 0;
    }
    text.fill(with);
    text.len() as u64
}

/// Returns whether one of the comments has a name that names a location, or states a position.
fn names_location(bytes: &[u8]) -> bool {
    let is_letter = |byte: &&u8| byte.is_ascii_alphabetic() || matches!(**byte, b'_' | b'-' | b'.' | b':' | b' ');
    bytes.iter().enumerate().filter(|(_, byte)| **byte == b'=').any(|(end, _)| {
        let (before, after) = bytes.split_at(end);
        let len = before.iter().rev().take(NAME).take_while(is_letter).count();
        // Sounds have shorter ones by accident.
        len > 3
            && (xmp::is_place(before.get(end - len..).unwrap_or_default())
                || position::is_in(after.get(..COMMENT).unwrap_or(after)))
    })
}
