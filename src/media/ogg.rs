//! Ogg: the streams that start on the first pages, and the time at the end of the last pages.
//!
//! <https://www.rfc-editor.org/rfc/rfc3533>;
//! Theora: <https://www.theora.org/doc/Theora.pdf> §6.2; Vorbis I §4.2.2; Opus: RFC 7845 §5.1

use core::time::Duration;

use crate::media::cursor::{Cursor, find, find_all, tags};
use crate::media::duration::seconds;
use crate::media::error::{Stop, optional};
use crate::media::flac::StreamInfo;
use crate::media::format_names::names;
use crate::media::window::TAIL;
use crate::media::{Fact, Format, Media, Reason, size};

/// The start of every page, in the only version.
const CAPTURE: &[u8] = b"OggS\0";
names! {
    /// The signatures of the first packet of a stream.
    CODECS:
    0, b"\x80theora" => "Theora";
    0, b"\x01vorbis" => "Vorbis";
    0, b"OpusHea" => "Opus";
    0, b"Speex  " => "Speex";
    0, b"\x7FFLAC" => "FLAC";
    0, b"\x01video\0" => "OGM";
    0, b"BBCD\0\0\0" => "Dirac";
    0, b"OVP80\x01\x01" => "VP8";
}
tags! {
    THEORA = b"\x80the";
    VORBIS = b"\x01vor";
    OPUS = b"Opus";
    SPEEX = b"Spee";
    FLAC = b"\x7FFLA";
    VP8 = b"OVP8";
}
/// More streams than any player lists.
const MAX_STREAMS: usize = 32;
/// The number of pages within which the first page of every stream occurs, and the longest time that one page can
/// contain: 255 packets of a codec's usual length, which is more than any writer combines.
const FIRST_PAGES: u32 = 8;
const LONGEST_PAGE: Duration = Duration::from_secs(16);
const FIRST: u8 = 0x02;
const LAST: u8 = 0x04;
/// The position of a page on which no packet ends.
const NO_POSITION: u64 = u64::MAX;
/// Stray bytes that may occur between two pages.
const STRAY: u64 = 64 << 10;
/// A longer tail, because the pages of one stream may fill the end of the file.
const LONG_TAIL: u64 = 512 << 10;

pub(crate) fn matches(file: Cursor<'_>) -> Result<bool, Stop> {
    file.starts_with(CAPTURE)
}

pub(crate) fn parse(mut file: Cursor<'_>, media: &mut Media) -> Result<(), Stop> {
    let (mut streams, mut serials) = (Vec::new(), Vec::new());
    let mut page = Page::next(&mut file)?;
    let mut pages = file;
    while page.flags & FIRST != 0 && serials.len() < MAX_STREAMS {
        // Some writers repeat a page.
        if !serials.contains(&page.serial) {
            serials.push(page.serial);
            if let Some(stream) = Stream::open(&page, media)? {
                media.codecs.push(stream.codec);
                streams.push(stream);
            }
        }
        pages = file;
        page = Page::next(&mut file)?;
    }
    let has_video = streams.iter().any(|stream| stream.is_video);
    if has_video {
        media.format = Format::OggVideo;
    }
    if !streams.is_empty() {
        media.has_video = Fact::Known(has_video);
        media.has_audio = Fact::Known(streams.iter().any(|stream| !stream.is_video));
    }
    let is_late = start_late(pages, &mut streams)?;
    for len in [TAIL, LONG_TAIL] {
        media.duration = ending(pages, &mut streams, &serials, len, media)?;
        if media.duration != Fact::Unknown(Reason::Absent) {
            break;
        }
    }
    if is_late {
        media.duration = media.duration.estimated();
    }
    Ok(())
}

struct Page<'w> {
    flags: u8,
    position: u64,
    serial: u32,
    body: Cursor<'w>,
    /// Whether the file ends before the page does.
    cut: bool,
}

impl<'w> Page<'w> {
    /// Returns the next page, and moves the cursor past it. Skips stray bytes before it, as players do.
    fn next(file: &mut Cursor<'w>) -> Result<Self, Stop> {
        if !file.starts_with(CAPTURE)? {
            let stray = find({ *file }.rest(STRAY)?, CAPTURE).ok_or(Stop::Damaged)?;
            file.skip(stray as u64)?;
        }
        let header = file.fields(27)?;
        let (flags, position, serial) = (header.u8(5), header.le64(6), header.le32(14));
        let segments = header.u8(26);
        let len = file.take(segments.into())?.iter().map(|len| u64::from(*len)).sum();
        let cut = len > file.left();
        Ok(Self { flags, position, serial, body: file.split(len), cut })
    }
}

/// A logical stream.
struct Stream {
    serial: u32,
    codec: &'static str,
    is_video: bool,
    clock: Clock,
    /// Whether its first page with a position has been read.
    is_started: bool,
    /// The time at the end of its last page, once that has been read.
    end: Option<Duration>,
}

/// How the position of a page is converted to a time.
enum Clock {
    /// A number of samples, the first few of which are skipped.
    Samples {
        rate: u32,
        skipped: u64,
    },
    /// The number of the last key frame, and in the low `shift` bits the number of frames since then; the frame rate is
    /// `rate / per`.
    Frames {
        shift: u32,
        rate: u32,
        per: u32,
    },
    Unknown,
}

impl Stream {
    /// Returns the stream that a first page starts. Sets the size of a video stream.
    fn open(page: &Page<'_>, media: &mut Media) -> Result<Option<Self>, Stop> {
        let packet = { page.body }.fields_up_to(64)?;
        let samples = |rate| Clock::Samples { rate, skipped: 0 };
        // Skeletons, subtitles and other streams that are neither video nor audio have none of the signatures.
        let Some(codec) = CODECS.find(&|_, signature| packet.0.starts_with(signature)) else { return Ok(None) };
        let clock = match packet.be32(0) {
            THEORA => {
                let video_size = size(packet.be24(14), packet.be24(17));
                if media.stored_size.value().is_none() {
                    media.stored_size = video_size;
                }
                let shift = u32::from(packet.be16(40) >> 5 & 0x1F);
                Clock::Frames { shift, rate: packet.be32(22), per: packet.be32(26) }
            }
            VORBIS => samples(packet.le32(12)),
            // Positions are always at 48 kHz, whatever the rate of the input.
            OPUS => Clock::Samples { rate: 48_000, skipped: packet.le16(10).into() },
            SPEEX => samples(packet.le32(36)),
            FLAC => samples(StreamInfo::read(packet, 17).rate),
            VP8 => {
                media.stored_size = size(packet.be16(8).into(), packet.be16(10).into());
                Clock::Unknown
            }
            _ => Clock::Unknown,
        };
        let is_video = matches!(clock, Clock::Frames { .. } | Clock::Unknown);
        Ok(Some(Self { serial: page.serial, codec, is_video, clock, is_started: false, end: None }))
    }

    fn time(&self, position: u64) -> Fact<Duration> {
        match self.clock {
            Clock::Samples { rate, skipped } => seconds(position.saturating_sub(skipped), rate),
            Clock::Frames { shift, rate, per } => {
                let frames = (position >> shift).saturating_add(position & ((1 << shift) - 1));
                seconds(frames.saturating_mul(per.into()), rate)
            }
            Clock::Unknown => Fact::Unknown(Reason::Absent),
        }
    }
}

/// Returns whether the first audio page of a stream ends later than one page can reach, as in a recording that joined a
/// broadcast. The time of that stream is then counted from there.
fn start_late(mut file: Cursor<'_>, streams: &mut [Stream]) -> Result<bool, Stop> {
    let mut is_late = false;
    for _ in 0..FIRST_PAGES {
        let page = match Page::next(&mut file) {
            Err(Stop::Need) => break,
            page => optional(page)?,
        };
        let Some(page) = page else { break };
        let Some(stream) = streams.iter_mut().find(|stream| stream.serial == page.serial) else { continue };
        // The position of headers is 0, and only the first page after them counts.
        if page.position == NO_POSITION || page.position == 0 || core::mem::replace(&mut stream.is_started, true) {
            continue;
        }
        let time = stream.time(page.position).value();
        if let Clock::Samples { skipped, .. } = &mut stream.clock
            && time.is_some_and(|time| time > LONGEST_PAGE)
        {
            *skipped = page.position;
            is_late = true;
        }
    }
    Ok(is_late)
}

/// Returns the latest time of any stream at the end of the file, and sets whether the file is complete. `pages` are the
/// pages after the first ones.
fn ending(
    pages: Cursor<'_>,
    streams: &mut [Stream],
    serials: &[u32],
    len: u64,
    media: &mut Media,
) -> Result<Fact<Duration>, Stop> {
    let (window, after) = (pages.window(), pages.at());
    let (start, tail) = window.tail(len)?;
    // Streams whose last page has been found, one bit each.
    let mut ended = 0_u32;
    let mut is_damaged = false;
    media.complete = Fact::Unknown(Reason::Absent);
    for at in find_all(tail, CAPTURE) {
        let at = start + at as u64;
        let Some(page) = optional(Page::next(&mut window.span(at, window.size())))? else { continue };
        // Another stream follows the first ones. Only a walk over all pages would find where each ends.
        if at >= after && (page.flags & FIRST != 0 || !serials.contains(&page.serial)) {
            media.complete = Fact::Unknown(Reason::Budget);
            return Ok(Fact::Unknown(Reason::Budget));
        }
        if page.cut {
            media.complete = Fact::Known(false);
            break;
        }
        let Some(number) = streams.iter().position(|stream| stream.serial == page.serial) else { continue };
        if page.flags & LAST != 0 {
            ended |= 1 << number;
        }
        if page.position == NO_POSITION {
            continue;
        }
        if let Some(stream) = streams.get_mut(number)
            && let Some(time) = stream.time(page.position).value()
        {
            // A damaged page may contain any time. Then the previous page counts, but the result is an estimate.
            let is_possible = time.as_secs() <= window.size();
            is_damaged |= !is_possible;
            if is_possible {
                stream.end = Some(time);
            }
        }
    }
    let is_ended = !streams.is_empty() && ended.count_ones() as usize == streams.len();
    if is_ended && media.complete != Fact::Known(false) {
        media.complete = Fact::Known(true);
    }
    // Without the last page of each stream, a truncated file cannot be detected.
    let latest = streams.iter().filter_map(|stream| stream.end).max();
    let time = latest.map_or(Fact::Unknown(Reason::Absent), Fact::Known);
    let is_sure = media.complete == Fact::Known(true) && !is_damaged;
    Ok(if is_sure { time } else { time.estimated() })
}
