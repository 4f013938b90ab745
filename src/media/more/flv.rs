//! FLV: what the metadata says, the streams that the first tags show, and the time of the last tag.
//!
//! Adobe Flash Video File Format Specification 10.1, annex E

use core::time::Duration;

use super::amf::{self, Metadata};
use super::cursor::{Cursor, Fields};
use super::flv_video;
use super::lengths::is_whole;
use super::window::{Stop, TAIL, Window, lenient};
use super::{Fact, Media, Reason, checked, seconds, size};

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

pub(super) fn matches(mut file: Cursor<'_>) -> Result<bool, Stop> {
    let header = file.fields(9)?;
    Ok(header.0.starts_with(b"FLV") && header.u8(3) < 5 && matches!(header.be32(5), 9..=0xFF))
}

pub(super) fn parse(mut file: Cursor<'_>, media: &mut Media) -> Result<(), Stop> {
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
        // Metadata often comes from another file. One that ends with a tag is not cut, or nobody can tell.
        let is_cut = !is_whole(len, window.size(), 0);
        media.complete = if is_cut && tag_before(window, window.size())?.is_some() {
            Fact::Unknown(Reason::Absent)
        } else {
            Fact::Known(!is_cut)
        };
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
        // The length of the last tag ends the file.
        if file.left() == 0 {
            break;
        }
        let mut tag = match Tag::next(&mut file) {
            Err(Stop::Need) if file.window().reads() > patience => break,
            tag => tag?,
        };
        // Metadata comes first, or not at all.
        metadata.is_read |= tag.kind != SCRIPT;
        match tag.kind {
            SCRIPT => {
                lenient(amf::read(tag.body, metadata))?;
            }
            VIDEO if media.stored_size.value().is_none() => {
                let (codec, picture) = flv_video::read(tag.body.rest(PICTURE)?);
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
        // The stream's number is always 0.
        if header.be24(8) != 0 {
            return Err(Stop::Damaged);
        }
        let len = header.be24(1).into();
        let body = { *file }.split(len);
        file.skip(len)?;
        Ok(Self { kind: header.u8(0), body })
    }
}

/// The kind and the time of the tag whose length, behind it, ends there.
fn tag_before(window: &Window, end: u64) -> Result<Option<(u8, u32)>, Stop> {
    let len = window.span(end.saturating_sub(4), end).fields_up_to(4)?.be32(0);
    let start = end.saturating_sub(4 + u64::from(len));
    let header = window.span(start, end).fields_up_to(HEADER.into())?;
    let is_tag =
        matches!(header.u8(0), AUDIO | VIDEO | SCRIPT) && header.be24(1) + HEADER == len && header.be24(8) == 0;
    Ok(is_tag.then(|| (header.u8(0), millis(header))))
}

/// A tag's time, of which the highest byte was added behind the others.
fn millis(header: Fields<'_>) -> u32 {
    u32::from(header.u8(7)) << 24 | header.be24(4)
}

/// The time of the last tag. Something may follow it.
fn last_time(window: &Window) -> Result<Fact<Duration>, Stop> {
    let (start, tail) = window.tail(TAIL)?;
    for (at, len) in tail.windows(4).enumerate().rev() {
        // Only the tag at the very end is worth a read, should it be longer than what is looked at.
        let is_here = Fields(len).be32(0) as usize <= at || at + 4 == tail.len();
        if is_here && let Some((AUDIO | VIDEO, millis)) = tag_before(window, start + at as u64 + 4)? {
            // Where a recording stopped between two tags, nothing tells that there were more.
            return Ok(seconds(millis.into(), 1000));
        }
    }
    Ok(Fact::Unknown(Reason::Absent))
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
