//! WAV, including RF64 and BW64 for files larger than 4 GiB: the format chunk and the length of the data.
//!
//! <https://www.mmsp.ece.mcgill.ca/Documents/AudioFormats/WAVE/WAVE.html>;
//! RF64: <https://tech.ebu.ch/docs/tech/tech3306.pdf>

use crate::media::cursor::{Cursor, tags};
use crate::media::duration::{is_near, seconds};
use crate::media::error::Stop;
use crate::media::lengths::{is_placeholder, is_whole};
use crate::media::riff::Chunk;
use crate::media::{Fact, Media, codecs, riff};

tags! {
    WAVE = b"WAVE";
    DS64 = b"ds64";
    FMT = b"fmt ";
    FACT = b"fact";
    DATA = b"data";
}
/// Sample formats.
const PCM: u16 = 0x0001;
const FLOAT: u16 = 0x0003;
const EXTENSIBLE: u16 = 0xFFFE;

pub(crate) fn matches(file: Cursor<'_>) -> Result<bool, Stop> {
    riff::is_form(file, WAVE)
}

pub(crate) fn parse(file: Cursor<'_>, media: &mut Media) -> Result<(), Stop> {
    media.has_video = Fact::Known(false);
    media.has_audio = Fact::Known(true);
    // The length of the data makes that of the form redundant.
    let mut chunks = file;
    chunks.skip(12)?;
    let (mut format, mut data) = (None, None);
    let (mut counted, mut long_data) = (0, None);
    // If a chunk is repeated, the first counts.
    let (format, (short_len, start)) = loop {
        if let Some(found) = format.zip(data) {
            break found;
        }
        let mut chunk = Chunk::next_padded(&mut chunks)?;
        match chunk.id {
            DS64 if long_data.is_none() => long_data = Some(chunk.data.fields(16)?.le64(8)),
            FMT if format.is_none() => format = Some(chunk.data.fields_up_to(26)?),
            FACT => counted = chunk.data.fields(4)?.le32(0),
            DATA => data = data.or(Some((chunk.len, chunk.data.at()))),
            _ => {}
        }
    };
    let left = file.window().span(start, u64::MAX).left();
    let len = match long_data {
        Some(len) if short_len == u32::MAX => len,
        _ => short_len.into(),
    };
    media.complete = Fact::Known(is_whole(len, left, start));
    // If the writer left the length open, the file's own length counts.
    let is_open = is_placeholder(len) && len > left || len == 0;
    let (samples, bytes, frame) = (format.le32(4), format.le32(8), u32::from(format.le16(12)));
    let tag = match format.le16(0) {
        EXTENSIBLE => format.le16(24),
        tag => tag,
    };
    media.codecs.extend(codecs::by_wave_tag(tag));
    // In PCM, writers set the bytes per second incorrectly more often than the values that it is computed from.
    let plain = if matches!(tag, PCM | FLOAT) { samples.wrapping_mul(frame) } else { 0 };
    media.duration = seconds(if is_open { left } else { len }, if plain > 0 { plain } else { bytes });
    if is_open {
        media.duration = media.duration.estimated();
    } else if plain == 0
        && let Fact::Known(time) = seconds(counted.into(), samples)
    {
        // If two times differ, one of them is wrong.
        let is_sure = media.duration.value().is_none_or(|by_bytes| is_near(time, by_bytes));
        media.duration = if is_sure { Fact::Known(time) } else { Fact::Estimated(time) };
    }
    Ok(())
}
