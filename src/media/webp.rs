//! WebP: the canvas, EXIF and whether there is a second frame.
//!
//! <https://developers.google.com/speed/webp/docs/riff_container>

use super::riff::{self, Chunk};
use super::window::{Cursor, Stop};
use super::{Fact, Media, Reason, exif, size};

const ANIMATION: u8 = 0x02;
const EXIF: u8 = 0x08;

pub(super) fn matches(file: Cursor<'_>) -> Result<bool, Stop> {
    riff::is_form(file, *b"WEBP")
}

pub(super) fn parse(file: Cursor<'_>, media: &mut Media) -> Result<(), Stop> {
    let (mut chunks, complete) = riff::open(file)?;
    media.complete = complete;
    let mut first = Chunk::next(&mut chunks)?;
    let data = &mut first.data;
    match &first.id {
        b"VP8 " => {
            // RFC 6386 §9.1: a key frame's tag and start code, then 14 bits each and 2 bits of scaling.
            data.skip(3)?;
            if data.array()? != [0x9D, 0x01, 0x2A] {
                return Err(Stop::Damaged);
            }
            media.stored_size = size((data.le16()? & 0x3FFF).into(), (data.le16()? & 0x3FFF).into());
        }
        b"VP8L" => {
            if data.u8()? != 0x2F {
                return Err(Stop::Damaged);
            }
            let bits = data.le32()?;
            media.stored_size = size((bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1);
        }
        b"VP8X" => {
            let flags = data.le32()?.to_le_bytes()[0];
            let mut side = || data.array::<3>().map(|[low, mid, high]| u32::from_le_bytes([low, mid, high, 0]) + 1);
            media.stored_size = size(side()?, side()?);
            return extended(chunks, flags, media);
        }
        _ => return Err(Stop::Damaged),
    }
    media.animated = Fact::Known(false);
    Ok(())
}

/// The chunks behind the extended header: frames, then EXIF.
fn extended(mut chunks: Cursor<'_>, flags: u8, media: &mut Media) -> Result<(), Stop> {
    let mut frames = 0;
    if flags & ANIMATION == 0 {
        media.animated = Fact::Known(false);
        if flags & EXIF == 0 {
            return Ok(());
        }
    }
    while chunks.left() > 0 {
        let chunk = match Chunk::next(&mut chunks) {
            // EXIF comes last: not worth a read for each of the frames before it.
            Err(Stop::Need { .. }) if frames > 1 => {
                media.orientation = Fact::Unknown(Reason::Budget);
                return Ok(());
            }
            chunk => chunk?,
        };
        match &chunk.id {
            b"ANMF" => frames += 1,
            b"EXIF" => {
                media.orientation = exif::orientation(chunk.data)?;
                // Nothing else is missing.
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
