//! WebP: the canvas, EXIF, and whether there is a second frame.
//!
//! <https://developers.google.com/speed/webp/docs/riff_container>

use crate::media::cursor::{Cursor, tags};
use crate::media::error::{Stop, optional};
use crate::media::image::exif;
use crate::media::riff::Chunk;
use crate::media::{Fact, Media, Reason, riff, size};

tags! {
    WEBP = b"WEBP";
    VP8 = b"VP8 ";
    VP8L = b"VP8L";
    VP8X = b"VP8X";
    ANMF = b"ANMF";
    EXIF = b"EXIF";
}
/// Flags of the extended header.
const ANIMATION: u8 = 0x02;
const HAS_EXIF: u8 = 0x08;

pub(crate) fn matches(file: Cursor<'_>) -> Result<bool, Stop> {
    riff::is_form(file, WEBP)
}

pub(crate) fn parse(file: Cursor<'_>, media: &mut Media) -> Result<(), Stop> {
    let (mut chunks, is_whole) = riff::open(file)?;
    media.complete = Fact::Known(is_whole);
    let mut first = Chunk::next(&mut chunks)?;
    let header = first.data.fields(match first.id {
        VP8L => 5,
        _ => 10,
    })?;
    match first.id {
        // RFC 6386 §9.1: a key frame's tag and start code, then 14 bits and 2 bits of scaling for each side.
        VP8 if header.array(3) == [0x9D, 0x01, 0x2A] => {
            media.stored_size = size((header.le16(6) & 0x3FFF).into(), (header.le16(8) & 0x3FFF).into());
        }
        VP8L if header.u8(0) == 0x2F => {
            let bits = header.le32(1);
            media.stored_size = size((bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1);
        }
        VP8X => {
            // Each side less 1, in 24 bits.
            media.stored_size = size((header.le32(4) & 0xFF_FFFF) + 1, (header.le32(6) >> 8) + 1);
            return extended(chunks, header.u8(0), media);
        }
        _ => return Err(Stop::Damaged),
    }
    media.animated = Fact::Known(false);
    Ok(())
}

/// Reads the chunks after the extended header: frames, then EXIF.
fn extended(mut chunks: Cursor<'_>, flags: u8, media: &mut Media) -> Result<(), Stop> {
    let mut frames = 0;
    if flags & ANIMATION == 0 {
        media.animated = Fact::Known(false);
        if flags & HAS_EXIF == 0 {
            return Ok(());
        }
    }
    while chunks.left() > 0 {
        let chunk = match Chunk::next(&mut chunks) {
            // EXIF comes last, and is not worth a read for each frame before it.
            Err(Stop::Need) if frames > 1 => {
                media.orientation = Fact::Unknown(Reason::Budget);
                return Ok(());
            }
            chunk => optional(chunk)?,
        };
        // Padding at the end.
        let Some(chunk) = chunk else { break };
        match chunk.id {
            ANMF => frames += 1,
            // If EXIF is repeated, the first counts.
            EXIF if media.orientation == Fact::Unknown(Reason::Absent) => {
                exif::read(chunk.data, media)?;
                // All facts are known.
                if media.animated.value().is_some() {
                    return Ok(());
                }
            }
            _ => {}
        }
        if frames > 1 {
            media.animated = Fact::Known(true);
        }
    }
    if media.complete != Fact::Known(true) {
        return Err(Stop::End);
    }
    media.animated = Fact::Known(frames > 1);
    Ok(())
}
