//! WAV, with RF64 and BW64 for what RIFF cannot count: the format chunk and the length of the data.
//!
//! <https://www.mmsp.ece.mcgill.ca/Documents/AudioFormats/WAVE/WAVE.html>; RF64: <https://tech.ebu.ch/docs/tech/tech3306.pdf>

use super::cursor::{Cursor, Fields, tags};
use super::riff::{self, Chunk};
use super::window::Stop;
use super::{Fact, Media, codecs, seconds};

tags! {
    WAVE = b"WAVE";
    DS64 = b"ds64";
    FMT = b"fmt ";
    FACT = b"fact";
    DATA = b"data";
}
/// Formats of samples.
const PCM: u16 = 0x0001;
const FLOAT: u16 = 0x0003;
const EXTENSIBLE: u16 = 0xFFFE;

pub(super) fn matches(file: Cursor<'_>) -> Result<bool, Stop> {
    riff::is_form(file, WAVE)
}

pub(super) fn parse(file: Cursor<'_>, media: &mut Media) -> Result<(), Stop> {
    media.has_video = Fact::Known(false);
    media.has_audio = Fact::Known(true);
    // The data's own length says all that the form's would.
    let mut chunks = file;
    chunks.skip(12)?;
    let mut rate = None;
    let (mut samples, mut long_data) = (0, None);
    loop {
        let mut chunk = Chunk::next(&mut chunks)?;
        let data = &mut chunk.data;
        match chunk.id {
            DS64 => long_data = Some(data.fields(16)?.le64(8)),
            FMT => rate = Some(Rate::read(data.fields_up_to(26)?, media)),
            FACT => samples = data.fields(4)?.le32(0),
            DATA => {
                let rate = rate.ok_or(Stop::Damaged)?;
                let rest = file.window().span(data.at(), u64::MAX).left();
                let (len, declared) = match (chunk.len, long_data) {
                    (u32::MAX, Some(len)) => (len, true),
                    // What a writer leaves that could not go back.
                    (0 | u32::MAX, None) => (rest, false),
                    (len, _) => (len.into(), true),
                };
                let time = match rate {
                    Rate::Bytes(rate) => seconds(len, rate),
                    Rate::Compressed { samples: rate, .. } if samples > 0 && declared => seconds(samples.into(), rate),
                    Rate::Compressed { bytes, .. } => seconds(len, bytes),
                };
                media.duration = if declared { time } else { time.estimated() };
                if declared {
                    media.complete = Fact::Known(len <= rest);
                }
                return Ok(());
            }
            _ => {}
        }
    }
}

/// How fast the data passes, by the second.
#[derive(Clone, Copy)]
enum Rate {
    /// Plain samples, of which each takes the same bytes.
    Bytes(u32),
    Compressed {
        samples: u32,
        bytes: u32,
    },
}

impl Rate {
    fn read(format: Fields<'_>, media: &mut Media) -> Self {
        let (samples, bytes, frame) = (format.le32(4), format.le32(8), u32::from(format.le16(12)));
        let tag = match format.le16(0) {
            EXTENSIBLE => format.le16(24),
            tag => tag,
        };
        media.codecs.extend(codecs::by_wave_tag(tag));
        match (tag, samples.checked_mul(frame)) {
            // Writers get the bytes per second wrong more often than what they follow from.
            (PCM | FLOAT, Some(product @ 1..)) => Self::Bytes(product),
            _ => Self::Compressed { samples, bytes },
        }
    }
}
