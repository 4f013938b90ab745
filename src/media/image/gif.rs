//! GIF: the logical screen, and a walk over the blocks up to the second frame.
//!
//! <https://www.w3.org/Graphics/GIF/spec-gif89a.txt>

use crate::media::cursor::Cursor;
use crate::media::error::Stop;
use crate::media::{Fact, Media, Reason, size};

pub(crate) fn matches(mut file: Cursor<'_>) -> Result<bool, Stop> {
    let header = file.fields_up_to(13)?.0;
    // A text may start with these letters. It then also has letters at the place of the size and the flags.
    let is_text = |rest: &[u8]| rest.len() == 7 && rest.iter().all(|byte| *byte >= b' ');
    Ok(matches!(header, [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', rest @ ..] if !is_text(rest)))
}

pub(crate) fn parse(mut file: Cursor<'_>, media: &mut Media) -> Result<(), Stop> {
    let screen = file.fields(13)?;
    media.stored_size = size(screen.le16(6).into(), screen.le16(8).into());
    colours(&mut file, screen.u8(10))?;
    match walk(file, media) {
        // After the second frame, only `complete` is unknown, which is not worth a read.
        Err(Stop::Need) if media.animated.value().is_some() => {
            media.complete = Fact::Unknown(Reason::Budget);
            Ok(())
        }
        walked => walked,
    }
}

fn walk(mut file: Cursor<'_>, media: &mut Media) -> Result<(), Stop> {
    let mut frames = 0;
    loop {
        if file.left() == 0 && frames > 0 {
            // Many writers omit the trailer, and decoders accept that. The file may also have been truncated between
            // two frames.
            media.animated = if frames > 1 { Fact::Known(true) } else { Fact::Estimated(false) };
            media.complete = Fact::Unknown(Reason::Damaged);
            return Ok(());
        }
        match file.u8()? {
            // An extra terminator, which decoders skip.
            0 => continue,
            // An extension: its label, then blocks.
            0x21 => file.skip(1)?,
            // A frame: its position and size, its colours, the LZW code size, then blocks.
            0x2C => {
                let flags = file.fields(9)?.u8(8);
                frames += 1;
                if frames > 1 {
                    media.animated = Fact::Known(true);
                }
                colours(&mut file, flags)?;
                file.skip(1)?;
            }
            0x3B => {
                media.animated = Fact::Known(frames > 1);
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

/// Skips a colour table, if the flags announce one.
fn colours(file: &mut Cursor<'_>, flags: u8) -> Result<(), Stop> {
    if flags & 0x80 == 0 { Ok(()) } else { file.skip(6 << (flags & 7)) }
}
