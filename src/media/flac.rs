//! FLAC: the stream information, and the last frame if the stream information has no length.
//!
//! <https://www.rfc-editor.org/rfc/rfc9639>

use crate::media::cursor::{Cursor, Fields};
use crate::media::duration::{checked, seconds};
use crate::media::error::Stop;
use crate::media::window::TAIL;
use crate::media::{Fact, Media};

pub(crate) fn matches(file: Cursor<'_>) -> Result<bool, Stop> {
    file.starts_with(b"fLaC")
}

pub(crate) fn parse(mut file: Cursor<'_>, media: &mut Media) -> Result<(), Stop> {
    media.has_video = Fact::Known(false);
    media.has_audio = Fact::Known(true);
    media.codecs.push("FLAC");
    let info = StreamInfo::read(file.fields(42)?, 8);
    let stated = seconds(info.samples, info.rate);
    media.duration = checked(stated, file.window().size(), &|| Ok(seconds(last_sample(file, &info)?, info.rate)))?;
    Ok(())
}

/// The fields of the first metadata block (§8.2) that are used.
pub(crate) struct StreamInfo {
    /// Samples in a frame, if all frames have the same number.
    block: u64,
    pub(crate) rate: u32,
    /// Samples in the whole stream; 0 if unknown.
    pub(crate) samples: u64,
}

impl StreamInfo {
    /// Reads the block that starts at `at`.
    pub(crate) fn read(fields: Fields<'_>, at: usize) -> Self {
        // 20 bits of rate, 3 of channels, 5 of sample size, 36 of samples.
        let packed = fields.be64(at + 10);
        Self { block: fields.be16(at + 2).into(), rate: fields.be24(at + 10) >> 4, samples: packed & 0xF_FFFF_FFFF }
    }
}

/// Returns the number of the sample after the last frame that starts in the tail.
fn last_sample(file: Cursor<'_>, info: &StreamInfo) -> Result<u64, Stop> {
    let (_, tail) = file.window().tail(TAIL)?;
    let mut at = tail.len();
    while let Some(before) = at.checked_sub(1) {
        at = before;
        if let Some(frame @ [0xFF, 0xF8 | 0xF9, ..]) = tail.get(at..)
            && let Some(sample) = frame_end(frame, info)
        {
            return Ok(sample);
        }
    }
    Ok(0)
}

/// Returns the number of the sample after the frame whose header (§9.1) starts here, or `None` if the checksum does not
/// match.
fn frame_end(bytes: &[u8], info: &StreamInfo) -> Option<u64> {
    let (&[_, sync, sizes, _], rest) = bytes.split_first_chunk()?;
    let (number, number_len) = coded_number(rest)?;
    let after_number = rest.get(number_len..)?;
    let (block, block_len) = match sizes >> 4 {
        0 => return None,
        1 => (192, 0),
        code @ 2..=5 => (144 << code, 0),
        6 => (u64::from(*after_number.first()?) + 1, 1),
        7 => (u64::from(u16::from_be_bytes(*after_number.first_chunk()?)) + 1, 2),
        code => (1 << code, 0),
    };
    let rate_len = match sizes & 0x0F {
        12 => 1,
        13 | 14 => 2,
        15 => return None,
        _ => 0,
    };
    let (header, rest) = bytes.split_at_checked(4 + number_len + block_len + rate_len)?;
    let first = if sync & 1 == 0 { number.checked_mul(info.block)? } else { number };
    (crc8(header) == *rest.first()?).then_some(first.checked_add(block)?)
}

/// Returns a number in UTF-8's encoding, extended to 36 bits, and its length in bytes.
fn coded_number(bytes: &[u8]) -> Option<(u64, usize)> {
    let first = *bytes.first()?;
    let len = match first.leading_ones() {
        0 => return Some((first.into(), 1)),
        ones @ 2..=7 => ones,
        _ => return None,
    };
    let mut number = u64::from(first & 0x7F_u8.checked_shr(len).unwrap_or(0));
    for byte in bytes.get(1..len as usize)? {
        number = number << 6 | u64::from(byte & 0x3F);
    }
    Some((number, len as usize))
}

/// CRC-8 with the polynomial x^8 + x^2 + x + 1.
fn crc8(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ byte, |crc: u8, _| if crc & 0x80 == 0 { crc << 1 } else { crc << 1 ^ 0x07 })
    })
}
