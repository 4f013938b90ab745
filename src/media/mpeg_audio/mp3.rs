//! MP3, and layer II of the same standards: frames, and the summary that encoders write into the first frame.
//!
//! <http://www.mp3-tech.org/programmer/frame_header.html>;
//! Xing, Info and VBRI: <https://www.codeproject.com/Articles/8295/MPEG-Audio-Frame-Header>

use crate::media::cursor::{Cursor, Fields, find};
use crate::media::duration::seconds;
use crate::media::error::Stop;
use crate::media::mpeg_audio::frames::{Frame, Start};
use crate::media::mpeg_audio::{frames, id3};
use crate::media::{Fact, Media};

/// Kilobits per second in MPEG-1 layer III, in MPEG-1 layer II, and in both layers of MPEG-2 and 2.5.
const BIT_RATES: [[u16; 14]; 3] = [
    [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
    [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
    [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
];
/// Samples per second in MPEG-1; a half and a quarter of that in MPEG-2 and 2.5.
const RATES: [u32; 3] = [44_100, 48_000, 32_000];
/// Bytes of the first frame within which the summary starts.
const SUMMARY: usize = 64;
/// A summary may be off by a tag or a frame, but not by half of a short file.
const SLACK: u64 = 4096;
/// Bytes in the shortest frame.
const SHORTEST: u64 = 24;

pub(crate) fn matches(file: Cursor<'_>) -> Result<bool, Stop> {
    // If a tag extends to the end of the file, the audio is missing.
    let is_tag_only = file.at() > 0 && file.left() == 0;
    Ok(is_tag_only || frames::start(file, header)?.is_some())
}

pub(crate) fn parse(file: Cursor<'_>, media: &mut Media) -> Result<(), Stop> {
    frames::fill(media, false);
    let Start { frame, at: first, is_certain } = frames::start(file, header)?.ok_or(Stop::End)?;
    frames::fill(media, is_certain);
    media.codecs.push(if frame.layer() == 2 { "MP2" } else { "MP3" });
    let end = id3::end_of_audio(file.window())?;
    let len = end.saturating_sub(first.at());
    match summary({ first }.rest(frame.len as u64)?) {
        Some((frames @ 1.., bytes)) if u64::from(frames) * SHORTEST <= len.max(bytes) => {
            let counted = seconds(u64::from(frames) * u64::from(frame.samples), frame.rate);
            media.duration = if is_certain { counted } else { counted.estimated() };
            if bytes > 0 {
                let slack = (bytes / 16).min(SLACK);
                // Some summaries include the tags.
                let is_whole = bytes <= len + slack || bytes.abs_diff(file.window().size()) <= slack;
                media.complete = Fact::Known(is_whole);
            }
            // Frames were appended that the summary does not include.
            if bytes > 0 && bytes + len / 32 + SLACK < len {
                let after = file.window().span(first.at() + bytes, end).fields_up_to(7)?;
                if header(after.array(0)).is_some() {
                    media.duration = frames::estimate(file.window(), first.at(), end, header)?;
                }
            }
        }
        _ => media.duration = frames::estimate(file.window(), first.at(), end, header)?,
    }
    Ok(())
}

fn header(bytes: [u8; 7]) -> Option<Frame> {
    let [0xFF, id, format, mode, ..] = bytes else { return None };
    if id & 0xE0 != 0xE0 {
        return None;
    }
    let (version, layer) = (id >> 3 & 0x03, id >> 1 & 0x03);
    // MPEG-1 is 3, MPEG-2 is 2, MPEG-2.5 is 0; layer III is 1, layer II is 2.
    let halvings = match version {
        3 => 0,
        2 => 1,
        0 => 2,
        _ => return None,
    };
    let (table, samples) = match (layer, halvings) {
        (1, 0) => (0, 1152),
        (1, _) => (2, 576),
        (2, 0) => (1, 1152),
        (2, _) => (2, 1152),
        _ => return None,
    };
    // The free format and the forbidden rates are rejected.
    let index = usize::from(format >> 4).checked_sub(1)?;
    let kilobits = u32::from(*BIT_RATES.get(table)?.get(index)?);
    let rate = *RATES.get(usize::from(format >> 2 & 0x03))? >> halvings;
    let padding = u32::from(format >> 1 & 0x01);
    let len = usize::try_from(samples / 8 * kilobits * 1000 / rate + padding).ok()?;
    // Mono or not. The other modes may change from frame to frame.
    let mono = u8::from(mode >> 6 == 3);
    Some(Frame { len, samples, rate, kind: [id & 0xFE, format & 0x0C, mono] })
}

impl Frame {
    const fn layer(&self) -> u8 {
        let [id, ..] = self.kind;
        4 - (id >> 1 & 0x03)
    }
}

/// Returns the numbers of frames and bytes from the summary that the first frame contains in place of audio. The number
/// of bytes is 0 if it is absent.
fn summary(frame: &[u8]) -> Option<(u32, u64)> {
    let start = frame.get(..SUMMARY).unwrap_or(frame);
    let at = |name: &[u8]| find(start, name);
    let fields = Fields(frame);
    if let Some(at) = at(b"VBRI") {
        return Some((fields.be32(at + 14), fields.be32(at + 10).into()));
    }
    let at = at(b"Xing").or_else(|| at(b"Info"))?;
    // Flags determine which numbers follow; frames precede bytes.
    match fields.be32(at + 4) & 3 {
        3 => Some((fields.be32(at + 8), fields.be32(at + 12).into())),
        1 => Some((fields.be32(at + 8), 0)),
        _ => None,
    }
}
