//! The probe over files, read in ranges as a browser does, and what holds for every result.

use core::time::Duration;

use mediaferry::media::{Fact, Media, Probe, ProbeError, ProbeStep};

/// The most ranges that a probe may read.
pub const MAX_RANGES: usize = 64;
/// The most bytes that a probe may read.
pub const MAX_BYTES: usize = 8 << 20;

/// The result of a probe, and what it read.
pub struct ProbeRun {
    /// The facts, or why there are none.
    pub result: Result<Media, ProbeError>,
    /// The number of ranges.
    pub ranges: usize,
    /// The number of bytes in all ranges.
    pub bytes: usize,
}

/// Probes a file of this size that `read` reads; panics if the probe exceeds its budget.
pub fn probe_with(size: u64, mut read: impl FnMut(u64, usize) -> Vec<u8>) -> ProbeRun {
    let mut probe = Probe::new(size);
    let (mut ranges, mut bytes) = (0, 0);
    loop {
        match probe.step() {
            ProbeStep::Need { offset, len } => {
                ranges += 1;
                bytes += len;
                assert!(len > 0 && offset + len as u64 <= size, "{len} bytes at {offset} of {size}");
                assert!(ranges <= MAX_RANGES && bytes <= MAX_BYTES, "{ranges} ranges, {bytes} bytes");
                probe.supply(&read(offset, len));
            }
            ProbeStep::Done(result) => return ProbeRun { result, ranges, bytes },
        }
    }
}

/// Probes a file in memory and counts the reads.
pub fn probe_counted(file: &[u8]) -> ProbeRun {
    probe_with(file.len() as u64, |offset, len| {
        let start = usize::try_from(offset).unwrap();
        file[start..start + len].to_vec()
    })
}

/// Probes a file in memory.
pub fn probe(file: &[u8]) -> Result<Media, ProbeError> {
    probe_counted(file).result
}

/// Returns the fact that is known of a file and of its prefix, and differs. A prefix may lack a fact or have an estimate
/// of it; only `complete` may differ.
pub fn contradicted_fact(whole: &Media, part: &Media) -> Option<&'static str> {
    fn differ<T: Copy + PartialEq>(whole: Fact<T>, part: Fact<T>) -> bool {
        matches!((whole.known(), part.known()), (Some(whole), Some(part)) if whole != part)
    }
    [
        (differ(whole.stored_size, part.stored_size), "size"),
        (differ(whole.orientation, part.orientation), "orientation"),
        (differ(whole.animated, part.animated), "animated"),
        (differ(whole.duration, part.duration), "duration"),
        (differ(whole.has_video, part.has_video), "video"),
        (differ(whole.has_audio, part.has_audio), "audio"),
    ]
    .into_iter()
    .find_map(|(differs, fact)| differs.then_some(fact))
}

/// Whether a file of this length can have these facts.
pub fn is_possible(media: &Media, len: u64) -> bool {
    let seconds = |fact: Option<Duration>| fact.map_or(0, |time| time.as_secs());
    // A second has at least 16 bytes; an estimate has at most about a minute per byte.
    let time = seconds(media.duration.known()) <= len / 16 && seconds(media.duration.value()) / 64 <= len;
    let is_whole_or_unknown = media.complete != Fact::Known(false) || media.duration.known().is_none();
    let sides = media
        .stored_size
        .value()
        .is_none_or(|size| [size.width, size.height].iter().all(|side| (1..=0x7FFF_FFFF).contains(side)));
    time && is_whole_or_unknown && sides
}
