//! Files through the probe, as a browser reads them, and what must hold for every answer.

use core::time::Duration;

use mediaferry::media::{Fact, Media, Probe, ProbeError, ProbeStep};

pub(crate) const MAX_RANGES: usize = 64;
pub(crate) const MAX_BYTES: usize = 8 << 20;

/// What a probe said, and what it took.
pub(crate) struct Answer {
    pub(crate) result: Result<Media, ProbeError>,
    pub(crate) ranges: usize,
    pub(crate) bytes: usize,
}

/// Probes a file of this size, of which `read` gives the bytes; no probe may exceed its budget.
pub(crate) fn probe_with(size: u64, mut read: impl FnMut(u64, usize) -> Vec<u8>) -> Answer {
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
            ProbeStep::Done(result) => return Answer { result, ranges, bytes },
        }
    }
}

/// Probes a file in memory.
pub(crate) fn answer(file: &[u8]) -> Answer {
    probe_with(file.len() as u64, |offset, len| {
        let start = usize::try_from(offset).unwrap();
        file[start..start + len].to_vec()
    })
}

pub(crate) fn probe(file: &[u8]) -> Result<Media, ProbeError> {
    answer(file).result
}

/// Two answers about the same file may not contradict each other in what they call known. A cut may lose a fact, or make
/// a guess of it; whether the file is whole is what a cut changes.
pub(crate) fn contradicted_fact(whole: &Media, part: &Media) -> Option<&'static str> {
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

/// What holds for every answer, whatever the file reported.
pub(crate) fn is_possible(media: &Media, len: u64) -> bool {
    let seconds = |fact: Option<Duration>| fact.map_or(0, |time| time.as_secs());
    // Sixteen bytes for a second at the least; a minute in a byte is no estimate either.
    let time = seconds(media.duration.known()) <= len / 16 && seconds(media.duration.value()) / 64 <= len;
    let is_about_what_is_there = media.complete != Fact::Known(false) || media.duration.known().is_none();
    let sides = media
        .stored_size
        .value()
        .is_none_or(|size| [size.width, size.height].iter().all(|side| (1..=0x7FFF_FFFF).contains(side)));
    time && is_about_what_is_there && sides
}
