//! GIF: the logical screen, and a walk over the blocks as far as the second picture.
//!
//! <https://www.w3.org/Graphics/GIF/spec-gif89a.txt>

use super::window::{Cursor, Stop};
use super::{Fact, Media, Reason, size};

pub(super) fn matches(mut file: Cursor<'_>) -> Result<bool, Stop> {
    Ok(matches!(&file.array()?, b"GIF87a" | b"GIF89a"))
}

pub(super) fn parse(mut file: Cursor<'_>, media: &mut Media) -> Result<(), Stop> {
    file.skip(6)?;
    media.stored_size = size(file.le16()?.into(), file.le16()?.into());
    let flags = file.u8()?;
    file.skip(2)?;
    colours(&mut file, flags)?;
    match walk(file, media) {
        // A second picture is all that the rest could tell; whether it ends well is not worth reading it.
        Err(Stop::Need { .. }) if media.animated.value().is_some() => {
            media.complete = Fact::Unknown(Reason::Budget);
            Ok(())
        }
        walked => walked,
    }
}

fn walk(mut file: Cursor<'_>, media: &mut Media) -> Result<(), Stop> {
    let mut pictures = 0;
    loop {
        match file.u8()? {
            // An extension: its label, then blocks.
            0x21 => file.skip(1)?,
            // A picture: its place and size, its colours, LZW's code size, then blocks.
            0x2C => {
                file.skip(8)?;
                let flags = file.u8()?;
                pictures += 1;
                if pictures == 2 {
                    media.animated = Fact::Known(true);
                }
                colours(&mut file, flags)?;
                file.skip(1)?;
            }
            0x3B => {
                media.animated = Fact::Known(pictures > 1);
                media.complete = Fact::Known(true);
                return Ok(());
            }
            _ => return Err(Stop::Damaged),
        }
        loop {
            match file.u8()? {
                0 => break,
                len => file.skip(len.into())?,
            }
        }
    }
}

/// Passes over a colour table, if the flags announce one.
fn colours(file: &mut Cursor<'_>, flags: u8) -> Result<(), Stop> {
    if flags & 0x80 == 0 { Ok(()) } else { file.skip(6 << (flags & 7)) }
}
