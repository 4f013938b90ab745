//! ASF, the Windows Media container: the properties of the file and of its streams.
//!
//! <https://learn.microsoft.com/windows/win32/wmformat/overview-of-the-asf-format>

use crate::media::cursor::{Cursor, Fields};
use crate::media::duration::seconds;
use crate::media::error::Stop;
use crate::media::lengths::is_whole;
use crate::media::{Fact, Media, codecs, size};

/// A GUID as it is stored, with the first three groups in little endian. Compare it with `==`; a `match` compiles to a
/// comparison of each byte.
type Guid = [u8; 16];
const HEADER: Guid = *b"\x30\x26\xB2\x75\x8E\x66\xCF\x11\xA6\xD9\x00\xAA\x00\x62\xCE\x6C";
const FILE_PROPERTIES: Guid = *b"\xA1\xDC\xAB\x8C\x47\xA9\xCF\x11\x8E\xE4\x00\xC0\x0C\x20\x53\x65";
const STREAM_PROPERTIES: Guid = *b"\x91\x07\xDC\xB7\xB7\xA9\xCF\x11\x8E\xE6\x00\xC0\x0C\x20\x53\x65";
const VIDEO: Guid = *b"\xC0\xEF\x19\xBC\x4D\x5B\xCF\x11\xA8\xFD\x00\x80\x5F\x5C\x44\x2B";
const AUDIO: Guid = *b"\x40\x9E\x69\xF8\x4D\x5B\xCF\x11\xA8\xFD\x00\x80\x5F\x5C\x44\x2B";

/// Bytes of an object's header: a GUID and a 64-bit length.
const OBJECT: u64 = 24;
/// Times are in units of 100 ns; the preroll is in milliseconds.
const TICKS_PER_SECOND: u32 = 10_000_000;
const TICKS_PER_MILLI: u64 = 10_000;
/// Flag: the file is being recorded, so its lengths are not valid.
const BROADCAST: u32 = 1;

pub(crate) fn matches(file: Cursor<'_>) -> Result<bool, Stop> {
    file.starts_with(&HEADER)
}

pub(crate) fn parse(mut file: Cursor<'_>, media: &mut Media) -> Result<(), Stop> {
    let len = file.fields(24)?.le64(16).checked_sub(OBJECT).ok_or(Stop::Damaged)?;
    let mut header = file.split(len);
    // Streams may be declared to its very end.
    if len > header.left() {
        return Err(Stop::End);
    }
    header.skip(6)?;
    let (mut video, mut audio, mut properties) = (false, false, false);
    while header.left() >= OBJECT {
        let object = header.fields(24)?;
        // Padding follows the last object.
        let Some(len) = object.le64(16).checked_sub(OBJECT) else { break };
        let data = header.split(len).fields_up_to(96)?;
        if object.0.starts_with(&FILE_PROPERTIES) && !properties {
            properties = true;
            read_properties(data, file.window().size(), media);
        } else if object.0.starts_with(&STREAM_PROPERTIES) {
            if data.0.starts_with(&VIDEO) && !video {
                video = true;
                // A flag and a length follow the size, then a bitmap header with the codec as its compression.
                media.stored_size = size(data.le32(54), data.le32(58));
                media.codecs.extend(codecs::by_tag(data.be32(81)));
            } else if data.0.starts_with(&AUDIO) {
                audio = true;
                media.codecs.extend(codecs::by_wave_tag(data.le16(54)));
            }
        }
    }
    if !video && !audio {
        return Err(Stop::Damaged);
    }
    if !video {
        return Err(file.window().refuse("WMA"));
    }
    media.has_video = Fact::Known(true);
    media.has_audio = Fact::Known(audio);
    Ok(())
}

fn read_properties(data: Fields<'_>, size_of_file: u64, media: &mut Media) {
    if data.le32(64) & BROADCAST == 0 {
        let preroll = data.le64(56).saturating_mul(TICKS_PER_MILLI);
        media.duration = seconds(data.le64(40).saturating_sub(preroll), TICKS_PER_SECOND);
        media.complete = Fact::Known(is_whole(data.le64(16), size_of_file, 0));
    }
}
