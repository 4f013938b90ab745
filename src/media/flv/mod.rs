//! FLV: the metadata, the streams in the first tags, and the time of the last tag.
//!
//! Adobe Flash Video File Format Specification 10.1, annex E

pub(crate) mod amf;
pub(crate) mod video;

use core::time::Duration;

use crate::media::cursor::{Cursor, Fields};
use crate::media::duration::{checked, seconds};
use crate::media::error::{Stop, optional};
use crate::media::flv::amf::Metadata;
use crate::media::lengths::is_whole;
use crate::media::window::{TAIL, Window};
use crate::media::{Fact, Media, Reason, size};

const AUDIO: u8 = 8;
const VIDEO: u8 = 9;
const SCRIPT: u8 = 18;
/// Bytes of a tag's header, after the length of the previous tag.
const HEADER: u32 = 11;
/// Flags of the file header.
const HAS_VIDEO: u8 = 1;
const HAS_AUDIO: u8 = 4;
/// Tags that are read until every stream has appeared, and the reads that are spent on streams that the header
/// announces.
const FIRST_TAGS: u32 = 64;
const MAX_READS_FOR_MISSING: usize = 2;
/// Bytes of a tag that are read to find the video's size.
const SIZE_BYTES: u64 = 512;

pub(crate) fn matches(mut file: Cursor<'_>) -> Result<bool, Stop> {
    let header = file.fields(9)?;
    Ok(header.0.starts_with(b"FLV") && header.u8(3) < 5 && matches!(header.be32(5), 9..=0xFF))
}

pub(crate) fn parse(mut file: Cursor<'_>, media: &mut Media) -> Result<(), Stop> {
    let header = { file }.fields(9)?;
    let promised = header.u8(4);
    file.skip(header.be32(5).into())?;
    let window = file.window();
    let mut metadata = Metadata::default();
    let walked = first_tags(file, promised, &mut metadata, media);
    if let Err(stop @ (Stop::Need | Stop::Budget)) = walked {
        return Err(stop);
    }
    let stated = size(whole(metadata.width), whole(metadata.height)).estimated();
    // Streams that the header or the metadata announce may start after the first tags.
    if media.has_video.value().is_none() {
        media.has_video = Fact::Estimated(promised & HAS_VIDEO != 0 || stated.value().is_some());
    }
    if media.has_audio.value().is_none() {
        media.has_audio = Fact::Estimated(promised & HAS_AUDIO != 0);
    }
    if media.stored_size.value().is_none() && media.has_video.value() == Some(true) {
        media.stored_size = stated;
    }
    let len = whole(metadata.filesize).into();
    if len > 0 {
        media.complete = Fact::Known(is_whole(len, window.size(), 0) || !ends_in_tag(window)?);
    }
    let stated = seconds(whole(metadata.duration * 1000.0).into(), 1000);
    media.duration = checked(stated, window.size(), &|| last_time(window))?;
    walked
}

/// Reads tags until every stream has appeared. The header's flags may be wrong, or 0.
fn first_tags(mut file: Cursor<'_>, promised: u8, metadata: &mut Metadata, media: &mut Media) -> Result<(), Stop> {
    for _ in 0..FIRST_TAGS {
        let (video, audio) = (media.has_video.value().is_none(), media.has_audio.value().is_none());
        if metadata.is_read && !video && !audio {
            break;
        }
        let is_missing = video && promised & HAS_VIDEO != 0 || audio && promised & HAS_AUDIO != 0 || video && audio;
        let max_reads = if is_missing || !metadata.is_read { MAX_READS_FOR_MISSING } else { 0 };
        file.skip(4)?;
        // The file ends with the length of the last tag, or with junk after it.
        if file.left() < HEADER.into() {
            break;
        }
        let mut tag = match Tag::next(&mut file) {
            Err(Stop::Need) if file.window().reads() > max_reads => break,
            Err(Stop::Damaged) => break,
            tag => tag?,
        };
        // Metadata is in the first tag, or absent.
        metadata.is_read |= tag.kind != SCRIPT;
        match tag.kind {
            SCRIPT => {
                optional(amf::read(tag.body, metadata))?;
            }
            VIDEO if media.stored_size.value().is_none() => {
                let (codec, pixels) = video::read(tag.body.rest(SIZE_BYTES)?);
                if video {
                    media.codecs.extend(codec);
                }
                media.has_video = Fact::Known(true);
                media.stored_size = pixels.map_or(media.stored_size, |(width, height)| size(width, height));
            }
            AUDIO if audio => {
                media.has_audio = Fact::Known(true);
                media.codecs.extend(audio_codec(tag.body.u8()? >> 4));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Converts a number of the metadata, which are all floating-point. Invalid numbers become 0.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates, and NaN becomes 0")]
const fn whole(number: f64) -> u32 {
    number as u32
}

struct Tag<'w> {
    kind: u8,
    body: Cursor<'w>,
}

impl<'w> Tag<'w> {
    fn next(file: &mut Cursor<'w>) -> Result<Self, Stop> {
        let header = file.fields(11)?;
        if !is_tag(header) {
            return Err(Stop::Damaged);
        }
        let len = header.be24(1).into();
        let body = { *file }.split(len);
        file.skip(len)?;
        Ok(Self { kind: header.u8(0), body })
    }
}

/// Returns whether this is a tag's header: it has a known type and stream 0, like all tags.
fn is_tag(header: Fields<'_>) -> bool {
    matches!(header.u8(0), AUDIO | VIDEO | SCRIPT) && header.be24(8) == 0
}

/// Returns the end and the time of a stream's last tag. Other bytes may follow it.
fn last_tag(window: &Window) -> Result<Option<(u64, u32)>, Stop> {
    let (start, tail) = window.tail(TAIL)?;
    let mut end = tail.len();
    while let Some(at) = end.checked_sub(4) {
        // The length of a tag follows it. Only a tag at the very end may be longer than the tail and need another read.
        let len = Fields(tail).be32(at);
        if len as usize <= at || end == tail.len() {
            let place = start + end as u64;
            let header = window.span(place.saturating_sub(4 + u64::from(len)), place).fields_up_to(HEADER.into())?;
            if is_tag(header) && header.u8(0) != SCRIPT && header.be24(1) + HEADER == len {
                // The highest byte of the time follows the other three, because it was added later.
                return Ok(Some((place, u32::from(header.u8(7)) << 24 | header.be24(4))));
            }
        }
        end -= 1;
    }
    Ok(None)
}

/// Returns the time of the last tag. A recording that stopped between two tags cannot be detected as incomplete.
fn last_time(window: &Window) -> Result<Fact<Duration>, Stop> {
    let last = last_tag(window)?;
    Ok(last.map_or(Fact::Unknown(Reason::Absent), |(_, millis)| seconds(millis.into(), 1000)))
}

/// Returns whether the file ends in the middle of a tag. If it does not, the metadata may describe another file.
fn ends_in_tag(window: &Window) -> Result<bool, Stop> {
    let Some((end, _)) = last_tag(window)? else { return Ok(true) };
    Ok(is_tag(window.span(end, window.size()).fields_up_to(HEADER.into())?))
}

/// Returns the codec of an audio tag.
const fn audio_codec(format: u8) -> Option<&'static str> {
    Some(match format {
        0 | 3 | 7 | 8 => "PCM",
        1 => "ADPCM",
        2 | 14 => "MP3",
        4..=6 => "Nellymoser",
        10 => "AAC",
        11 => "Speex",
        _ => return None,
    })
}
