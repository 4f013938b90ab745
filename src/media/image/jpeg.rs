//! JPEG: the marker walk to the frame header, EXIF, and whether the scans end.
//!
//! <https://www.w3.org/Graphics/JPEG/itu-t81.pdf>, annex B

use crate::media::cursor::{Cursor, find};
use crate::media::error::Stop;
use crate::media::image::exif;
use crate::media::window::TAIL;
use crate::media::{Fact, Media, Reason, size};

const RST0: u8 = 0xD0;
const RST7: u8 = 0xD7;
const SOI: u8 = 0xD8;
const EOI: u8 = 0xD9;
const SOS: u8 = 0xDA;
const DHT: u8 = 0xC4;
const APP1: u8 = 0xE1;

pub(crate) fn matches(file: Cursor<'_>) -> Result<bool, Stop> {
    file.starts_with(&[0xFF, SOI, 0xFF])
}

pub(crate) fn parse(mut file: Cursor<'_>, media: &mut Media) -> Result<(), Stop> {
    file.skip(2)?;
    loop {
        let marker = marker(&mut file)?;
        let Some(mut segment) = segment(&mut file, marker)? else { continue };
        match marker {
            // Every start of frame, including JPEG-LS (0xF7); the gaps are DHT, JPG and DAC.
            0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF | 0xF7 => {
                let frame = segment.fields(5)?;
                // The frame of the main image comes first, and later ones are ignored.
                if media.stored_size == Fact::Unknown(Reason::Absent) {
                    media.stored_size = size(frame.be16(3).into(), frame.be16(1).into());
                }
            }
            APP1 if media.orientation == Fact::Unknown(Reason::Absent) && segment.starts_with(exif::PREFIX)? => {
                exif::read(segment, media)?;
            }
            SOS => return ending(file, media),
            EOI => return Err(Stop::Damaged),
            _ => {}
        }
    }
}

/// Returns the next marker. Fill bytes may precede it. Skips junk, including a stuffed byte, as decoders do: 00, and in
/// JPEG-LS any up to 7F.
fn marker(file: &mut Cursor<'_>) -> Result<u8, Stop> {
    loop {
        file.skip_to(0xFF)?;
        let mut marker = 0xFF;
        while marker == 0xFF {
            marker = file.u8()?;
        }
        if marker > 0x7F {
            return Ok(marker);
        }
    }
}

/// Returns the contents of a marker's segment, and moves the cursor past it. Returns `None` for a marker without a
/// segment.
fn segment<'w>(file: &mut Cursor<'w>, marker: u8) -> Result<Option<Cursor<'w>>, Stop> {
    if matches!(marker, RST0..=RST7 | SOI) {
        return Ok(None);
    }
    if marker == EOI {
        return Ok(Some(file.split(0)));
    }
    let len = u64::from(file.be16()?).checked_sub(2).ok_or(Stop::Damaged)?;
    let segment = file.split(len);
    if segment.left() < len { Err(Stop::End) } else { Ok(Some(segment)) }
}

/// Finds out whether the scans end with the end marker. Whatever follows that marker (the other images of an MPO, the
/// video of a motion photo, padding) is not read.
fn ending(mut file: Cursor<'_>, media: &mut Media) -> Result<(), Stop> {
    if file.left() > TAIL {
        let (_, tail) = file.window().tail(TAIL)?;
        if find(tail, &[0xFF, EOI]).is_some() {
            media.complete = Fact::Known(true);
        } else if is_entropy_coded(tail) {
            return Err(Stop::End);
        }
        return Ok(());
    }
    loop {
        let marker = marker(&mut file)?;
        if marker == EOI {
            media.complete = Fact::Known(true);
            return Ok(());
        }
        segment(&mut file, marker)?;
    }
}

/// Returns whether all of this can be the middle of a scan: every FF is stuffed with 00, or starts one of the few
/// markers that are allowed there.
fn is_entropy_coded(bytes: &[u8]) -> bool {
    let mut stuffed = false;
    for pair in bytes.windows(2) {
        match pair {
            [0xFF, 0] => stuffed = true,
            [0xFF, 0xFF | RST0..=RST7 | DHT | SOS] | [..=0xFE, _] => {}
            _ => return false,
        }
    }
    stuffed
}
