//! Streams of frames without a container, such as MP3 and ADTS: finds the first frame, and estimates the number of
//! frames.

use core::time::Duration;

use crate::media::cursor::Cursor;
use crate::media::duration::seconds;
use crate::media::error::Stop;
use crate::media::mpeg_audio::id3;
use crate::media::window::{HEAD, Window};
use crate::media::{Fact, Media, Reason};

/// The values of a frame's header.
pub(crate) struct Frame {
    /// The length of the frame in bytes, including its header.
    pub(crate) len: usize,
    pub(crate) samples: u32,
    /// Samples per second.
    pub(crate) rate: u32,
    /// The bits that all frames of a stream have in common.
    pub(crate) kind: [u8; 3],
}

/// Reads a frame's header. An MP3 header is only the first four bytes.
pub(crate) type Header = fn([u8; 7]) -> Option<Frame>;

/// The number of consecutive frames that cannot be an accident. Far into a file without a tag that announces audio,
/// more are required.
const CHAIN: u32 = 4;
const FAR: u64 = 4 << 10;
const FAR_CHAIN: u32 = 12;
/// Large enough for a chain: an ADTS frame has at most 8,191 bytes.
const CHAIN_BYTES: u64 = 32 << 10;
/// Bytes of junk that may precede the first frame.
const JUNK: u64 = HEAD as u64;
/// In a stream up to this length, all frames are counted.
const COUNTED: u64 = 3 * HEAD as u64;
/// Once this many ranges have been read, an estimate reads no more.
const MAX_SEARCH_READS: usize = 3;

/// The start of a stream.
pub(crate) struct Start<'w> {
    /// The first frame, and its position.
    pub(crate) frame: Frame,
    pub(crate) at: Cursor<'w>,
    /// Whether the result is certain: nothing precedes the frame, and a chain follows it. Otherwise the stream's data
    /// is only an estimate.
    pub(crate) is_certain: bool,
}

/// Returns the start of the stream, if there is one.
pub(crate) fn start(file: Cursor<'_>, header: Header) -> Result<Option<Start<'_>>, Stop> {
    let is_announced = file.at() > 0;
    let mut file = id3::padded(file)?;
    let bytes = file.window().read_up_to(file.at(), JUNK + CHAIN_BYTES)?;
    let is_all = bytes.len() as u64 == file.left();
    // Without a tag before them, a single frame after junk may be junk as well.
    let at_end = is_all.then_some(if is_announced { 1 } else { 2 });
    let far = if is_announced { JUNK } else { FAR };
    let Some(at) = find_chain(bytes, header, at_end, far).filter(|at| *at as u64 <= JUNK) else { return Ok(None) };
    let is_certain = at == 0 && is_chain(bytes, header, None, CHAIN);
    file.skip(at as u64)?;
    Ok(bytes.get(at..).and_then(|bytes| frame(bytes, header)).map(|frame| Start { frame, at: file, is_certain }))
}

/// Returns the start of the first chain of frames. More than `far` bytes into the file, the chain must be longer. If
/// the bytes end with the file, `at_end` frames are enough after junk.
fn find_chain(bytes: &[u8], header: Header, at_end: Option<u32>, far: u64) -> Option<usize> {
    let mut at = 0;
    while let Some(rest) = bytes.get(at..) {
        // Every header starts with eight sync bits.
        at += rest.iter().position(|byte| *byte == 0xFF)?;
        let at_end = at_end.map(|least| if at == 0 { 1 } else { least });
        let chain = if at as u64 > far { FAR_CHAIN } else { CHAIN };
        if is_chain(bytes.get(at..)?, header, at_end, chain) {
            return Some(at);
        }
        at += 1;
    }
    None
}

fn frame(bytes: &[u8], header: Header) -> Option<Frame> {
    bytes.first_chunk().copied().and_then(header)
}

/// Returns whether frames of one kind follow each other here: a chain of them, or at least `at_end` frames if the file
/// ends.
fn is_chain(mut bytes: &[u8], header: Header, at_end: Option<u32>, chain: u32) -> bool {
    let Some(Frame { kind, .. }) = frame(bytes, header) else { return false };
    for found in 0..chain {
        let is_enough = at_end.is_some_and(|least| found >= least);
        if is_enough && (bytes.is_empty() || bytes.starts_with(b"TAG") || bytes.starts_with(b"APETAGEX")) {
            return true;
        }
        let Some(next) = frame(bytes, header).filter(|frame| frame.kind == kind) else { return false };
        let Some(rest) = bytes.get(next.len..) else {
            // The last frame is truncated.
            return is_enough;
        };
        bytes = rest;
    }
    true
}

/// Sets the facts of a stream, which contains audio only.
pub(crate) fn fill(media: &mut Media, is_certain: bool) {
    let fact = if is_certain { Fact::Known } else { Fact::Estimated };
    media.has_video = fact(false);
    media.has_audio = fact(true);
}

/// Estimates the running time of a stream: from all of its frames, or from the mean of those at the start, at the end
/// and, if that is cheap, in the middle.
///
/// The result is never more than an estimate, because such a stream does not declare its end.
pub(crate) fn estimate(window: &Window, start: u64, end: u64, header: Header) -> Result<Fact<Duration>, Stop> {
    let len = end.saturating_sub(start);
    let sample = if len <= COUNTED { len } else { HEAD as u64 };
    let (mut frames, mut bytes, mut clock) = (0_u64, 0, None);
    for offset in [0, len - sample, (len - sample) / 2] {
        let from = start.saturating_add(offset);
        let is_cheap = window.reads() < MAX_SEARCH_READS || window.peek(from, 1).is_some();
        // All frames of a short stream have been read at once.
        if !is_cheap || (offset == 0 && clock.is_some()) {
            continue;
        }
        let mut rest = window.read_up_to(from, sample)?;
        loop {
            // Junk between two frames is skipped.
            let at = find_chain(rest, header, None, u64::MAX);
            rest = at.and_then(|at| rest.get(at..)).unwrap_or(rest);
            while let Some(next) = frame(rest, header) {
                let Some(after) = rest.get(next.len..) else { break };
                frames += 1;
                bytes += next.len as u64;
                clock = Some((next.samples, next.rate));
                rest = after;
            }
            if at.is_none() {
                break;
            }
        }
    }
    let count = if len <= COUNTED { Some(frames) } else { len.saturating_mul(frames).checked_div(bytes) };
    Ok(match (clock, count) {
        (Some((samples, rate)), Some(count)) => seconds(count.saturating_mul(samples.into()), rate).estimated(),
        _ => Fact::Unknown(Reason::Damaged),
    })
}
