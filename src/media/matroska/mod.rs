//! WebM and Matroska: the segment's information and tracks, and the last cluster of a recording without a duration.
//!
//! <https://www.rfc-editor.org/rfc/rfc9559>

pub(crate) mod ebml;

use core::mem::replace;
use core::time::Duration;

use crate::media::cursor::{Cursor, Fields};
use crate::media::duration::checked;
use crate::media::error::{Stop, optional};
use crate::media::lengths::is_whole;
use crate::media::matroska::ebml::{Element, coded};
use crate::media::window::{LONG_TAILS, Window};
use crate::media::{Fact, Format, Media, Reason, Size, codecs, h264, h265, size};

const EBML: u32 = 0x1A45_DFA3;
const DOC_TYPE: u32 = 0x4282;
const SEGMENT: u32 = 0x1853_8067;
const SEEK_HEAD: u32 = 0x114D_9B74;
const SEEK: u32 = 0x4DBB;
const SEEK_ID: u32 = 0x53AB;
const SEEK_POSITION: u32 = 0x53AC;
const INFO: u32 = 0x1549_A966;
const TIMESTAMP_SCALE: u32 = 0x2A_D7B1;
const DURATION: u32 = 0x4489;
const TRACKS: u32 = 0x1654_AE6B;
const TRACK_ENTRY: u32 = 0xAE;
const TRACK_TYPE: u32 = 0x83;
const CODEC_ID: u32 = 0x86;
const CODEC_PRIVATE: u32 = 0x63A2;
const FLAG_ENABLED: u32 = 0xB9;
const VIDEO: u32 = 0xE0;
const AUDIO: u32 = 0xE1;
const PIXEL_WIDTH: u32 = 0xB0;
const PIXEL_HEIGHT: u32 = 0xBA;
const CLUSTER: u32 = 0x1F43_B675;
const TIMESTAMP: u32 = 0xE7;
const SIMPLE_BLOCK: u32 = 0xA3;
const BLOCK_GROUP: u32 = 0xA0;
const BLOCK: u32 = 0xA1;
const BLOCK_DURATION: u32 = 0x9B;
const CUES: u32 = 0x1C53_BB6B;

/// The most tracks that are read.
const MAX_TRACKS: usize = 64;
/// Bytes of a codec's private data that are read.
const PRIVATE: u64 = 2048;
/// Nanoseconds in a tick, if the file does not specify it.
const USUAL_SCALE: u64 = 1_000_000;

pub(crate) fn matches(mut file: Cursor<'_>) -> Result<bool, Stop> {
    Ok(file.be32()? == EBML)
}

pub(crate) fn parse(mut file: Cursor<'_>, media: &mut Media) -> Result<(), Stop> {
    let mut header = Element::next(&mut file)?.body;
    let mut doc_type: &[u8] = b"";
    while header.left() > 0 {
        let mut element = Element::next(&mut header)?;
        if element.id == DOC_TYPE {
            doc_type = element.body.rest(16)?;
        }
    }
    // Zeros may pad the name.
    let is =
        |name: &[u8]| doc_type.strip_prefix(name).is_some_and(|rest| matches!(rest.trim_ascii_end(), [] | [0, ..]));
    media.format = if is(b"webm") {
        Format::Webm
    } else if is(b"matroska") {
        Format::Mkv
    } else {
        return Err(file.window().refuse("an EBML document"));
    };
    let segment = loop {
        let element = Element::next(&mut file)?;
        if element.id == SEGMENT {
            break element;
        }
    };
    // The declared length may be wrong, so it is not a bound. A recorder leaves it unknown or 0, and may stop at any
    // point.
    let len = segment.len.unwrap_or(0);
    media.complete = Fact::Known(is_whole(len, segment.body.left(), segment.body.at()));
    let window = file.window();
    let mut found = Segment::default();
    found.search(window.span(segment.body.at(), window.size()), media)?;
    let scale = found.scale.unwrap_or(USUAL_SCALE);
    // Recordings by browsers have no duration.
    media.duration = checked(time(found.duration, scale), window.size(), &|| last_cluster(window, scale))?;
    Ok(())
}

/// The data of a segment, except its media.
#[derive(Default)]
struct Segment<'w> {
    scale: Option<u64>,
    duration: f64,
    has_info: bool,
    has_tracks: bool,
    tracks: Vec<Track<'w>>,
    /// The target of a seek head entry, and the positions of the information and the tracks in the seek head.
    target: u64,
    info_at: Option<u64>,
    tracks_at: Option<u64>,
}

#[derive(Default)]
struct Track<'w> {
    /// 1 is video, 2 is audio.
    kind: u64,
    is_disabled: bool,
    width: u64,
    height: u64,
    codec: &'w [u8],
    private: &'w [u8],
}

impl<'w> Segment<'w> {
    /// Looks for information and tracks in the order of the file or, once clusters begin, at the positions in the seek head.
    fn search(&mut self, segment: Cursor<'w>, media: &mut Media) -> Result<(), Stop> {
        let mut at = segment;
        while !self.has_info || !self.has_tracks {
            let element = Element::next(&mut at)?;
            // The first of each, should there be several.
            let is_read = match element.id {
                SEEK_HEAD => true,
                INFO => !replace(&mut self.has_info, true),
                TRACKS => !replace(&mut self.has_tracks, true),
                _ => false,
            };
            if is_read {
                optional(self.walk(element.whole()?))?;
                if element.id == TRACKS {
                    self.fill(media);
                }
            } else if element.id == CLUSTER {
                let elsewhere = if self.has_info { self.tracks_at.take() } else { self.info_at.take() };
                if let Some(offset) = elsewhere {
                    at = segment;
                    at.skip(offset)?;
                } else if element.len.is_none() {
                    // The identifiers of its children are none of those above.
                    at = at.enter(element.body);
                }
            }
        }
        Ok(())
    }

    /// Reads what is in an element, all of which the file has: what follows adds nothing to it, whatever lengths are
    /// declared within.
    ///
    /// Elements that hold others are entered by passing over their header only: an identifier means the same everywhere.
    fn walk(&mut self, mut at: Cursor<'w>) -> Result<(), Stop> {
        while at.left() > 0 {
            let element = Element::next(&mut at)?;
            let body = element.body;
            match element.id {
                TRACK_ENTRY if self.tracks.len() < MAX_TRACKS => self.tracks.push(Track::default()),
                SEEK | VIDEO => self.read(element)?,
                _ => {
                    self.read(element)?;
                    continue;
                }
            }
            at = at.enter(body);
        }
        Ok(())
    }

    /// Reads an element that holds a value.
    fn read(&mut self, mut element: Element<'w>) -> Result<(), Stop> {
        match element.id {
            SEEK_ID => self.target = element.number()?,
            SEEK_POSITION if self.target == INFO.into() => self.info_at = Some(element.number()?),
            SEEK_POSITION if self.target == TRACKS.into() => self.tracks_at = Some(element.number()?),
            TIMESTAMP_SCALE => self.scale = Some(element.number()?),
            DURATION => self.duration = element.float()?,
            id => {
                let Some(track) = self.tracks.last_mut() else { return Ok(()) };
                match id {
                    TRACK_TYPE => track.kind = element.number()?,
                    FLAG_ENABLED => track.is_disabled = element.number()? == 0,
                    CODEC_ID => track.codec = element.body.rest(32)?,
                    CODEC_PRIVATE => track.private = element.body.rest(PRIVATE)?,
                    // These elements also identify the type, if it is missing.
                    VIDEO => track.kind = track.kind.max(1),
                    AUDIO if track.kind == 0 => track.kind = 2,
                    PIXEL_WIDTH => track.width = element.number()?,
                    PIXEL_HEIGHT => track.height = element.number()?,
                    _ => {}
                }
            }
        }
        Ok(())
    }

    /// Sets the facts from the tracks that a player shows: those that are enabled, or all if none is enabled.
    fn fill(&self, media: &mut Media) {
        let any_is_enabled = self.tracks.iter().any(|track| !track.is_disabled);
        let (mut has_video, mut has_audio) = (false, false);
        for track in &self.tracks {
            if track.is_disabled && any_is_enabled {
                continue;
            }
            if track.kind == 1 && !has_video {
                has_video = true;
                media.stored_size = track.size();
            }
            has_audio |= track.kind == 2;
            media.codecs.extend(codecs::by_matroska_id(track.codec, track.private));
        }
        media.has_video = Fact::Known(has_video);
        media.has_audio = Fact::Known(has_audio);
        if has_audio && !has_video && media.format == Format::Webm {
            media.format = Format::WebmAudio;
        }
    }
}

impl Track<'_> {
    /// Returns the video's size. Some files leave it to the codec.
    fn size(&self) -> Fact<Size> {
        let side = |side| u32::try_from(side).unwrap_or(0);
        let configured = || h264::configuration(self.private).or_else(|| h265::configuration(self.private));
        let stated = (side(self.width), side(self.height));
        let (width, height) = if self.width == 0 { configured().unwrap_or(stated) } else { stated };
        size(width, height)
    }
}

/// Returns the time of `ticks` of `scale` nanoseconds, or unknown if that is not a valid time, for example NaN or
/// infinity.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "saturates")]
fn time(ticks: f64, scale: u64) -> Fact<Duration> {
    let nanos = ticks * scale as f64;
    let is_time = nanos >= 1.0 && nanos < u64::MAX as f64;
    if is_time { Fact::Known(Duration::from_nanos(nanos as u64)) } else { Fact::Unknown(Reason::Absent) }
}

/// Returns the time at the end of the last cluster.
fn last_cluster(window: &Window, scale: u64) -> Result<Fact<Duration>, Stop> {
    for len in LONG_TAILS {
        let (start, tail) = window.tail(len)?;
        for at in (0..tail.len()).rev() {
            if Fields(tail).be32(at) != CLUSTER {
                continue;
            }
            let mut cluster = window.span(start + at as u64, window.size());
            let Some(element) = optional(Element::next(&mut cluster))? else { continue };
            let Some(ticks) = last_block(element.body)? else { continue };
            return Ok(match ticks.checked_mul(scale) {
                None => Fact::Unknown(Reason::Damaged),
                // One frame, with an unknown duration.
                Some(0) => Fact::Unknown(Reason::Absent),
                Some(nanos) => Fact::Estimated(Duration::from_nanos(nanos)),
            });
        }
        if tail.len() as u64 == window.size() {
            break;
        }
    }
    Ok(Fact::Unknown(Reason::Absent))
}

/// Returns the end of a cluster's last block, in ticks from the start of the segment.
fn last_block(mut cluster: Cursor<'_>) -> Result<Option<u64>, Stop> {
    let (mut start, mut block, mut end) = (None, 0, None);
    while cluster.left() > 0 {
        let Some(mut element) = optional(Element::next(&mut cluster))? else { break };
        match element.id {
            TIMESTAMP => start = Some(element.number()?),
            BLOCK_GROUP => cluster = cluster.enter(element.body),
            SIMPLE_BLOCK | BLOCK => {
                let header = coded(&mut element.body, 8).and_then(|_| element.body.be16());
                let Some(relative) = optional(header)? else { break };
                block = start.unwrap_or(0).saturating_add_signed(relative.cast_signed().into());
                end = end.max(Some(block));
            }
            BLOCK_DURATION => end = end.max(Some(block.saturating_add(element.number()?))),
            CLUSTER | CUES => break,
            _ => {}
        }
    }
    Ok(end.filter(|_| start.is_some()))
}
