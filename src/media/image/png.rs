//! PNG and APNG: the header chunk, the chunks before the pixels, and whether the last chunk is present.
//!
//! <https://www.w3.org/TR/png-3/>

use crate::media::cursor::{Cursor, find, tags};
use crate::media::error::Stop;
use crate::media::image::exif;
use crate::media::window::TAIL;
use crate::media::{Fact, Media, Orientation, Reason, size};

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
tags! {
    IHDR = b"IHDR";
    ACTL = b"acTL";
    EXIF = b"eXIf";
    TEXT = b"tEXt";
    IDAT = b"IDAT";
    IEND = b"IEND";
}
/// The last chunk without its length: its type, and the checksum of no data.
const LAST: &[u8] = b"IEND\xaeB`\x82";
/// Bytes of a text profile that are read. The first directory of EXIF is at its start.
const PROFILE: u64 = 4 << 10;
/// Large enough to contain the start of a chunk: common writers limit chunks to 64 KiB, or write only one.
const RESYNC: u64 = 160 << 10;

pub(crate) fn matches(file: Cursor<'_>) -> Result<bool, Stop> {
    file.starts_with(SIGNATURE)
}

pub(crate) fn parse(mut file: Cursor<'_>, media: &mut Media) -> Result<(), Stop> {
    file.skip(SIGNATURE.len() as u64)?;
    let mut frames = 1;
    loop {
        let mut chunk = Chunk::next(&mut file)?;
        match chunk.kind {
            // If a chunk is repeated, the first counts, as in decoders. The same applies to EXIF.
            IHDR if media.stored_size == Fact::Unknown(Reason::Absent) => {
                let header = chunk.data.fields(8)?;
                media.stored_size = size(header.be32(0), header.be32(4));
            }
            // Must precede the pixels, because a decoder must know it before it draws. Numbers are at most 2^31 − 1
            // (§7.1); decoders ignore a chunk with a larger one.
            ACTL => frames = chunk.data.be32()?.cast_signed(),
            EXIF | TEXT => chunk.read_orientation(media)?,
            IDAT => {
                media.animated = Fact::Known(frames > 1);
                break file.skip(chunk.beyond)?;
            }
            IEND => return Err(Stop::Damaged),
            // Other chunks are skipped, including Apple's CgBI, which precedes IHDR.
            _ => {}
        }
        file.skip(chunk.beyond)?;
    }
    match walk(file, media) {
        Err(Stop::Need) => ending(file, media),
        done => done,
    }
}

struct Chunk<'w> {
    kind: u32,
    data: Cursor<'w>,
    /// Bytes from the start of the data to the next chunk.
    beyond: u64,
}

impl<'w> Chunk<'w> {
    /// Returns the chunk at the cursor, and moves the cursor to its data.
    fn next(file: &mut Cursor<'w>) -> Result<Self, Stop> {
        let header = file.fields(8)?;
        let (len, kind) = (u64::from(header.be32(0)), header.be32(4));
        if !kind.to_be_bytes().iter().all(u8::is_ascii_alphabetic) {
            return Err(Stop::Damaged);
        }
        Ok(Self { kind, data: file.clone().split(len), beyond: len + 4 })
    }

    /// Reads the orientation from EXIF. If EXIF is repeated, the first counts.
    fn read_orientation(&self, media: &mut Media) -> Result<(), Stop> {
        if media.orientation != Fact::Unknown(Reason::Absent) {
            return Ok(());
        }
        if self.kind == EXIF {
            exif::read(self.data, media)?;
        } else if self.data.starts_with(b"Raw profile type ")? {
            // Not every viewer reads this profile.
            media.orientation = profile_in_text({ self.data }.rest(PROFILE)?).estimated();
        }
        Ok(())
    }
}

/// Returns the orientation from a profile that `ImageMagick` stored as text: hexadecimal digits in lines of 36 bytes. A
/// line break can split an EXIF entry only before its value.
fn profile_in_text(text: &[u8]) -> Fact<Orientation> {
    let value = |entry: &[u8], last_digit: usize| {
        let value = text.get(find(text, entry)? + entry.len()..)?;
        value.get(last_digit + usize::from(value.starts_with(b"\n"))).copied()
    };
    // Tag, type and a count of 1, in either byte order.
    let digit = value(b"1201030001000000", 1).or_else(|| value(b"0112000300000001", 3));
    exif::orientation_from_tag(digit.unwrap_or(0).wrapping_sub(b'0').into())
}

/// Returns the EXIF value of the orientation from such a text.
pub(crate) fn orientation_in_text(text: &[u8]) -> Option<u8> {
    profile_in_text(text).value().map(Orientation::exif)
}

/// Walks from one chunk to the last.
fn walk(mut file: Cursor<'_>, media: &mut Media) -> Result<(), Stop> {
    loop {
        let chunk = Chunk::next(&mut file)?;
        file.skip(chunk.beyond)?;
        match chunk.kind {
            // The third edition allows EXIF after the pixels too.
            EXIF | TEXT => chunk.read_orientation(media)?,
            IEND => {
                media.complete = Fact::Known(true);
                return Ok(());
            }
            _ => {}
        }
    }
}

/// Looks for the last chunk from the end of the file, if there are too many pixel chunks to visit.
fn ending(file: Cursor<'_>, media: &mut Media) -> Result<(), Stop> {
    let window = file.window();
    let chunks = |start: u64, kind: usize| window.span((start + kind as u64).saturating_sub(4), window.size());
    let (start, tail) = window.tail(TAIL)?;
    if find(tail, LAST).is_some() {
        // Bytes after the last chunk do not belong to the image, so an image followed by junk is complete.
        media.complete = Fact::Known(true);
        return find(tail, &EXIF.to_be_bytes()).map_or(Ok(()), |at| walk(chunks(start, at), media));
    }
    let (start, tail) = window.tail(RESYNC)?;
    match find(tail, &IDAT.to_be_bytes()) {
        Some(at) => walk(chunks(start, at), media),
        None => walk(file, media),
    }
}
