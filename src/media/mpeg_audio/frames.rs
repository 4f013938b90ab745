//! Streams of frames without a container, as MP3 and ADTS are: finding the first, and guessing how many there are.

use core::time::Duration;

use crate::media::cursor::Cursor;
use crate::media::duration::seconds;
use crate::media::error::Stop;
use crate::media::mpeg_audio::id3;
use crate::media::window::{HEAD, Window};
use crate::media::{Fact, Media, Reason};

/// What a frame's header says.
pub(crate) struct Frame {
    /// Bytes, with the header.
    pub(crate) len: usize,
    pub(crate) samples: u32,
    /// Samples per second.
    pub(crate) rate: u32,
    /// What all frames of a stream have in common.
    pub(crate) sort: [u8; 3],
}

/// Reads a frame's header, of which an MP3 frame has only the first four bytes.
pub(crate) type Header = fn([u8; 7]) -> Option<Frame>;

/// So many frames in a row are no accident. Far into a file that no tag announces as sound, some more are wanted.
const CHAIN: u32 = 4;
const FAR: u64 = 4 << 10;
const FAR_CHAIN: u32 = 12;
/// Enough for a chain: ADTS frames have up to 8,191 bytes.
const CHAIN_BYTES: u64 = 32 << 10;
/// Junk that may precede the first frame.
const JUNK: u64 = HEAD as u64;
/// Of a stream that is no longer, all frames are counted.
const COUNTED: u64 = 3 * HEAD as u64;
/// Reads after which no more are spent on an estimate.
const PATIENT_READS: usize = 3;

/// Where a stream starts.
pub(crate) struct Start<'w> {
    /// The first frame, and where it stands.
    pub(crate) frame: Frame,
    pub(crate) at: Cursor<'w>,
    /// Whether whatever follows would change nothing about that: nothing precedes the frame, and a chain follows it.
    /// Otherwise what the stream says is as good as a guess.
    pub(crate) is_certain: bool,
}

/// Where the stream starts, if there is one.
pub(crate) fn start(file: Cursor<'_>, header: Header) -> Result<Option<Start<'_>>, Stop> {
    let is_announced = file.at() > 0;
    let mut file = id3::padded(file)?;
    let bytes = file.window().read_up_to(file.at(), JUNK + CHAIN_BYTES)?;
    let is_all = bytes.len() as u64 == file.left();
    // Without a tag that announces them, a single frame behind junk may be junk as well.
    let at_end = is_all.then_some(if is_announced { 1 } else { 2 });
    let far = if is_announced { JUNK } else { FAR };
    let Some(at) = find_chain(bytes, header, at_end, far).filter(|at| *at as u64 <= JUNK) else { return Ok(None) };
    let is_certain = at == 0 && is_chain(bytes, header, None, CHAIN);
    file.skip(at as u64)?;
    Ok(bytes.get(at..).and_then(|bytes| frame(bytes, header)).map(|frame| Start { frame, at: file, is_certain }))
}

/// Where the first chain of frames starts, which is longer behind `far` bytes. Where the bytes end with the file, so many
/// are enough behind junk.
fn find_chain(bytes: &[u8], header: Header, at_end: Option<u32>, far: u64) -> Option<usize> {
    let mut at = 0;
    while let Some(rest) = bytes.get(at..) {
        // Every header starts with eight bits of sync.
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

/// Whether frames of one sort follow each other here: a chain of them, or at least so many where the file ends.
fn is_chain(mut bytes: &[u8], header: Header, at_end: Option<u32>, chain: u32) -> bool {
    let Some(Frame { sort, .. }) = frame(bytes, header) else { return false };
    for found in 0..chain {
        let is_enough = at_end.is_some_and(|least| found >= least);
        if is_enough && (bytes.is_empty() || bytes.starts_with(b"TAG") || bytes.starts_with(b"APETAGEX")) {
            return true;
        }
        let Some(next) = frame(bytes, header).filter(|frame| frame.sort == sort) else { return false };
        let Some(rest) = bytes.get(next.len..) else {
            // The last one is cut short.
            return is_enough;
        };
        bytes = rest;
    }
    true
}

/// What there is in a stream: sound alone.
pub(crate) fn tell(media: &mut Media, is_certain: bool) {
    let fact = if is_certain { Fact::Known } else { Fact::Estimated };
    media.has_video = fact(false);
    media.has_audio = fact(true);
}

/// How long a stream runs: by all of its frames, or by the mean of those at the start, at the end and, if it comes cheap, in
/// the middle.
///
/// Never more than an estimate: nothing in such a stream says where it ends.
pub(crate) fn estimate(window: &Window, start: u64, end: u64, header: Header) -> Result<Fact<Duration>, Stop> {
    let len = end.saturating_sub(start);
    let sample = if len <= COUNTED { len } else { HEAD as u64 };
    let (mut frames, mut bytes, mut clock) = (0_u64, 0, None);
    for offset in [0, len - sample, (len - sample) / 2] {
        let from = start.saturating_add(offset);
        let is_cheap = window.reads() < PATIENT_READS || window.peek(from, 1).is_some();
        // All of a short one has been seen at once.
        if !is_cheap || (offset == 0 && clock.is_some()) {
            continue;
        }
        let mut rest = window.read_up_to(from, sample)?;
        loop {
            // Junk between two frames is passed over.
            let at = find_chain(rest, header, None, u64::MAX);
            rest = at.and_then(|at| rest.get(at..)).unwrap_or(rest);
            while let Some(next) = frame(rest, header) {
                let Some(behind) = rest.get(next.len..) else { break };
                frames += 1;
                bytes += next.len as u64;
                clock = Some((next.samples, next.rate));
                rest = behind;
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
