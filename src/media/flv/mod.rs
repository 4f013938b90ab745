//! FLV: what the metadata says, the streams that the first tags show, and the time of the last tag.
//!
//! Adobe Flash Video File Format Specification 10.1, annex E

pub(crate) mod amf;
pub(crate) mod video;

use core::time::Duration;

use crate::media::cursor::{Cursor, Fields};
use crate::media::duration::{checked, seconds};
use crate::media::error::{Stop, lenient};
use crate::media::flv::amf::Metadata;
use crate::media::lengths::is_whole;
use crate::media::window::{TAIL, Window};
use crate::media::{Fact, Media, Reason, size};

const AUDIO: u8 = 8;
const VIDEO: u8 = 9;
const SCRIPT: u8 = 18;
/// Of a tag, behind the length of the tag before.
const HEADER: u32 = 11;
/// In the header's flags.
const HAS_VIDEO: u8 = 1;
const HAS_AUDIO: u8 = 4;
/// Tags and reads that are spent until every stream has shown itself; those that the header promises are worth a read.
const FIRST_TAGS: u32 = 64;
const PATIENT_READS: usize = 2;
/// What a picture's size may take of its tag.
const PICTURE: u64 = 512;

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
    // What the header or the metadata promise and the first tags do not show may still come.
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

/// Reads tags until every stream has shown itself. The header's flags may be wrong, or 0.
fn first_tags(mut file: Cursor<'_>, promised: u8, metadata: &mut Metadata, media: &mut Media) -> Result<(), Stop> {
    for _ in 0..FIRST_TAGS {
        let (video, audio) = (media.has_video.value().is_none(), media.has_audio.value().is_none());
        if metadata.is_read && !video && !audio {
            break;
        }
        let is_missing = video && promised & HAS_VIDEO != 0 || audio && promised & HAS_AUDIO != 0 || video && audio;
        let patience = if is_missing || !metadata.is_read { PATIENT_READS } else { 0 };
        file.skip(4)?;
        // The length of the last tag ends the file, or junk follows it.
        if file.left() < HEADER.into() {
            break;
        }
        let mut tag = match Tag::next(&mut file) {
            Err(Stop::Need) if file.window().reads() > patience => break,
            Err(Stop::Damaged) => break,
            tag => tag?,
        };
        // Metadata comes first, or not at all.
        metadata.is_read |= tag.kind != SCRIPT;
        match tag.kind {
            SCRIPT => {
                lenient(amf::read(tag.body, metadata))?;
            }
            VIDEO if media.stored_size.value().is_none() => {
                let (codec, picture) = video::read(tag.body.rest(PICTURE)?);
                if video {
                    media.codecs.extend(codec);
                }
                media.has_video = Fact::Known(true);
                media.stored_size = picture.map_or(media.stored_size, |(width, height)| size(width, height));
            }
            AUDIO if audio => {
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

/// Whether this is a tag's header: of a kind that there is, and of stream 0, as all are.
fn is_tag(header: Fields<'_>) -> bool {
    matches!(header.u8(0), AUDIO | VIDEO | SCRIPT) && header.be24(8) == 0
}

/// Where the last tag of a stream ends, and its time. Something may follow it.
fn last_tag(window: &Window) -> Result<Option<(u64, u32)>, Stop> {
    let (start, tail) = window.tail(TAIL)?;
    let mut end = tail.len();
    while let Some(at) = end.checked_sub(4) {
        // Behind each tag stands its length. Only the tag at the very end is worth a read, should it be longer than this.
        let len = Fields(tail).be32(at);
        if len as usize <= at || end == tail.len() {
            let place = start + end as u64;
            let header = window.span(place.saturating_sub(4 + u64::from(len)), place).fields_up_to(HEADER.into())?;
            if is_tag(header) && header.u8(0) != SCRIPT && header.be24(1) + HEADER == len {
                // The highest byte of the time was added behind the others.
                return Ok(Some((place, u32::from(header.u8(7)) << 24 | header.be24(4))));
            }
        }
        end -= 1;
    }
    Ok(None)
}

/// The time of the last tag. If a recording stopped between two tags, nothing tells that there were more.
fn last_time(window: &Window) -> Result<Fact<Duration>, Stop> {
    let last = last_tag(window)?;
    Ok(last.map_or(Fact::Unknown(Reason::Absent), |(_, millis)| seconds(millis.into(), 1000)))
}

/// Whether the file ends in the middle of a tag: its metadata may be that of another file.
fn ends_in_tag(window: &Window) -> Result<bool, Stop> {
    let Some((end, _)) = last_tag(window)? else { return Ok(true) };
    Ok(is_tag(window.span(end, window.size()).fields_up_to(HEADER.into())?))
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
