//! FLV: what the metadata says, the streams that the first tags show, and the time of the last tag.
//!
//! Adobe Flash Video File Format Specification 10.1, annex E

use core::time::Duration;

use super::amf::{self, Metadata};
use super::cursor::Cursor;
use super::flv_video;
use super::window::{Stop, TAIL, Window, lenient};
use super::{Fact, Media, Reason, seconds, size};

const AUDIO: u8 = 8;
const VIDEO: u8 = 9;
const SCRIPT: u8 = 18;
/// Of a tag, behind the length of the tag before.
const HEADER: u64 = 11;
/// In the header's flags.
const HAS_VIDEO: u8 = 1;
const HAS_AUDIO: u8 = 4;
/// Tags and reads that are spent until every stream that the header promises has shown itself.
const FIRST_TAGS: u32 = 64;
const PATIENT_READS: usize = 2;
/// What a picture's size may take of its tag.
const PICTURE: u64 = 512;

pub(super) fn matches(mut file: Cursor<'_>) -> Result<bool, Stop> {
    let header = file.fields(9)?;
    Ok(header.0.starts_with(b"FLV\x01") && header.be32(5) == 9)
}

pub(super) fn parse(mut file: Cursor<'_>, media: &mut Media) -> Result<(), Stop> {
    let promised = file.fields(9)?.u8(4);
    let mut metadata = Metadata::default();
    let walked = first_tags(file, promised, &mut metadata, media);
    if let Err(stop @ (Stop::Need | Stop::Budget)) = walked {
        return Err(stop);
    }
    // What the header promises and the first tags do not show may still come.
    for (stream, flag) in [(&mut media.has_video, HAS_VIDEO), (&mut media.has_audio, HAS_AUDIO)] {
        if stream.value().is_none() {
            *stream = Fact::Estimated(promised & flag != 0);
        }
    }
    if media.stored_size.value().is_none() && media.has_video.value() == Some(true) {
        media.stored_size = size(whole(metadata.width), whole(metadata.height)).estimated();
    }
    if metadata.filesize > 0.0 {
        media.complete = Fact::Known(u64::from(whole(metadata.filesize)) <= file.window().size());
    }
    media.duration = match seconds(whole(metadata.duration * 1000.0).into(), 1000) {
        Fact::Unknown(_) => last_time(file.window())?,
        known => known,
    };
    walked
}

/// Reads tags until every promised stream has shown itself.
fn first_tags(mut file: Cursor<'_>, promised: u8, metadata: &mut Metadata, media: &mut Media) -> Result<(), Stop> {
    for _ in 0..FIRST_TAGS {
        let is_seen = |stream: Fact<bool>, flag: u8| stream.value().is_some() || promised & flag == 0;
        if metadata.is_read && is_seen(media.has_video, HAS_VIDEO) && is_seen(media.has_audio, HAS_AUDIO) {
            break;
        }
        file.skip(4)?;
        // The length of the last tag ends the file.
        if file.left() == 0 {
            break;
        }
        let mut tag = match Tag::next(&mut file) {
            Err(Stop::Need) if metadata.is_read && file.window().reads() > PATIENT_READS => break,
            tag => tag?,
        };
        // Metadata comes first, or not at all.
        metadata.is_read |= tag.kind != SCRIPT;
        match tag.kind {
            SCRIPT => {
                lenient(amf::read(tag.body, metadata))?;
            }
            VIDEO if media.has_video.value().is_none() => {
                media.has_video = Fact::Known(true);
                let (codec, picture) = flv_video::read(tag.body.rest(PICTURE)?);
                media.codecs.extend(codec);
                media.stored_size = picture.map_or(media.stored_size, |(width, height)| size(width, height));
            }
            AUDIO if media.has_audio.value().is_none() => {
                media.has_audio = Fact::Known(true);
                media.codecs.extend(sound(tag.body.u8()? >> 4));
            }
            _ => {}
        }
    }
    Ok(())
}

/// A number of the metadata, which are all floating; those that make no sense become 0.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates, and NaN gives 0")]
const fn whole(number: f64) -> u32 {
    number as u32
}

struct Tag<'w> {
    kind: u8,
    millis: u32,
    body: Cursor<'w>,
}

impl<'w> Tag<'w> {
    fn next(file: &mut Cursor<'w>) -> Result<Self, Stop> {
        let header = file.fields(11)?;
        // The stream's number is always 0.
        if header.be24(8) != 0 {
            return Err(Stop::Damaged);
        }
        let len = header.be24(1).into();
        let body = { *file }.split(len);
        file.skip(len)?;
        // The highest byte of the time was added behind the others.
        let millis = u32::from(header.u8(7)) << 24 | header.be24(4);
        Ok(Self { kind: header.u8(0), millis, body })
    }
}

/// The time of the last tag, whose length the last four bytes of the file give.
fn last_time(window: &Window) -> Result<Fact<Duration>, Stop> {
    let (start, tail) = window.tail(TAIL)?;
    let end = start + tail.len() as u64;
    let len = tail.last_chunk().map_or(0, |len| u64::from(u32::from_be_bytes(*len)));
    let Some(at) = end.checked_sub(4 + len).filter(|_| len >= HEADER) else { return Ok(Fact::Unknown(Reason::Absent)) };
    let tag = lenient(Tag::next(&mut window.span(at, end)))?.filter(|tag| tag.body.end() + 4 == end);
    // Where a recording stopped between two tags, nothing tells that there were more.
    Ok(tag.map_or(Fact::Unknown(Reason::Absent), |tag| seconds(tag.millis.into(), 1000).estimated()))
}

/// The codec of an audio tag.
const fn sound(format: u8) -> Option<&'static str> {
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
