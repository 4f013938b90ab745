//! AAC in ADTS frames.
//!
//! ISO/IEC 13818-7 §6.2; <https://wiki.multimedia.cx/index.php/ADTS>

use crate::media::Media;
use crate::media::cursor::Cursor;
use crate::media::error::Stop;
use crate::media::mpeg_audio::frames::Frame;
use crate::media::mpeg_audio::{frames, id3};

const RATES: [u32; 13] = [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350];

pub(crate) fn matches(file: Cursor<'_>) -> Result<bool, Stop> {
    Ok(frames::start(file, header)?.is_some())
}

pub(crate) fn parse(file: Cursor<'_>, media: &mut Media) -> Result<(), Stop> {
    let start = frames::start(file, header)?.ok_or(Stop::Damaged)?;
    frames::fill(media, start.is_certain);
    media.codecs.push("AAC");
    let end = id3::end_of_audio(file.window())?;
    media.duration = frames::estimate(file.window(), start.at.at(), end, header)?;
    Ok(())
}

fn header(bytes: [u8; 7]) -> Option<Frame> {
    let [0xFF, id, format, channels, len, blocks, more] = bytes else { return None };
    // A sync word of twelve bits, then the version (MPEG-2 or 4), layer 0, and whether a checksum follows.
    if id & 0xF6 != 0xF0 {
        return None;
    }
    let rate = *RATES.get(usize::from(format >> 2 & 0x0F))?;
    let len = usize::from(channels & 0x03) << 11 | usize::from(len) << 3 | usize::from(blocks >> 5);
    let samples = 1024 * (u32::from(more & 0x03) + 1);
    (len >= 7).then_some(Frame { len, samples, rate, kind: [id, format & 0xFD, channels & 0xC0] })
}
