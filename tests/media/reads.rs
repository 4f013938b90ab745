//! How much is read, and in which order.

use std::fs;

use mediaferry::media::{Fact, Probe, ProbeError, ProbeStep, Reason};
use mediaferry_testing::corpus::{all_files, describe, generated};
use mediaferry_testing::probe::{MAX_RANGES, probe, probe_counted, probe_with};

#[test]
fn video_of_5_gib_needs_two_small_reads() {
    let video = generated("moov-last.mp4");
    let more = 5 << 30;
    let run = probe_with(video.len() as u64 + more, |offset, len| with_virtual_data(&video, more, offset, len));
    assert_eq!(describe(&run.result), describe(&probe(&video)));
    assert!(run.ranges <= 2 && run.bytes <= 128 << 10, "{} ranges, {} bytes", run.ranges, run.bytes);
}

/// `moov-last.mp4` with so many more bytes of media data, without making them.
pub(crate) fn with_virtual_data(video: &[u8], more: u64, offset: u64, len: usize) -> Vec<u8> {
    let mdat = video.windows(4).position(|kind| kind == b"mdat").unwrap() - 4;
    let data = 500;
    let header = [&1_u32.to_be_bytes()[..], b"mdat", &(8 + data as u64 + more).to_be_bytes()].concat();
    let front = [&video[..mdat], &header].concat();
    let back = &video[mdat + 8 + data..];
    let back_at = front.len() as u64 + data as u64 + more - 8;
    (offset..offset + len as u64)
        .map(|at| match (front.get(usize::try_from(at).unwrap()), at.checked_sub(back_at)) {
            (Some(byte), _) => *byte,
            (None, Some(at)) => back.get(usize::try_from(at).unwrap()).copied().unwrap_or(0),
            (None, None) => 0x55,
        })
        .collect()
}

#[test]
fn repeated_step_returns_the_same_result() {
    let mut probe = Probe::new(200_000);
    let first = probe.step();
    assert_eq!(first, ProbeStep::Need { offset: 0, len: 65_536 });
    assert_eq!(probe.step(), first);
    probe.supply(&vec![0x55; 65_536]);
    let done = probe.step();
    assert!(matches!(done, ProbeStep::Done(Err(_))));
    assert_eq!(probe.step(), done);
    assert_eq!(Probe::new(0).step(), ProbeStep::Done(Err(ProbeError::Unrecognised { looks_like: None })));
}

#[test]
fn ordinary_files_need_at_most_three_ranges() {
    for path in all_files() {
        let file = fs::read(&path).unwrap();
        let run = probe_counted(&file);
        assert!(run.ranges <= 3 && run.bytes <= 192 << 10, "{}: {} ranges", path.display(), run.ranges);
    }
}

#[test]
fn ranges_over_the_budget_are_not_read() {
    // A video of 20,000 boxes, each of a mebibyte, among which the movie box would have to be looked for.
    let free = [&0x10_0000_u32.to_be_bytes()[..], b"free"].concat();
    let size = 20_000 << 20;
    let run = probe_with(size, |offset, len| {
        let byte = |at: u64| {
            if at < 12 {
                b"\0\0\0\x0Cftypisom"[usize::try_from(at).unwrap()]
            } else {
                *free.get(usize::try_from((at - 12) % (1 << 20)).unwrap()).unwrap_or(&0)
            }
        };
        (offset..offset + len as u64).map(byte).collect()
    });
    assert_eq!(run.ranges, MAX_RANGES);
    assert_eq!(run.result.unwrap().duration, Fact::Unknown(Reason::Budget));
}
