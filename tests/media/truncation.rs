//! Files that are cut, damaged, or that shrink while they are read.

use std::fs;

use mediaferry::media::{Fact, Kind, ProbeError};
use mediaferry_testing::corpus::{all_files, fixtures, generated};
use mediaferry_testing::probe::{contradicted_fact, probe, probe_with};
use mediaferry_testing::random::Random;

use crate::reads::with_virtual_data;

#[test]
fn truncated_file_never_contradicts_the_whole() {
    for path in all_files().into_iter().chain(fixtures("tests/fixtures/fuzz")) {
        let file = fs::read(&path).unwrap();
        let Ok(whole) = probe(&file) else { continue };
        // Every cut of a small file; of others those near the start, near the end, and some between.
        let step = (file.len() / 48).max(1);
        let cuts: Vec<_> = if file.len() <= 1500 {
            (0..file.len()).collect()
        } else {
            let ends = (0..128).chain(file.len() - 40..file.len());
            ends.chain((1..48).map(|cut| cut * step)).collect()
        };
        // A picture may end early and be followed by anything; a video may not, but for a last box that says nothing, or where
        // tags follow its end.
        let is_video = whole.format.kind() == Kind::Video && whole.complete == Fact::Known(true);
        let ends_as_it_says = is_video && !is_open(&file) && !path.to_string_lossy().contains("-behind.");
        for cut in cuts {
            let Ok(part) = probe(&file[..cut]) else { continue };
            let fact = contradicted_fact(&whole, &part);
            assert!(fact.is_none(), "{} cut at {cut}: {fact:?}, {part:?} of {whole:?}", path.display());
            let is_lost = ends_as_it_says && part.complete == Fact::Known(true);
            assert!(
                !is_lost || cut > file.len() / 10 * 9,
                "{} cut at {cut} of {} is called complete",
                path.display(),
                file.len()
            );
        }
    }
}

/// Whether a video states no length, as recordings do: it is complete wherever it ends.
fn is_open(file: &[u8]) -> bool {
    let states = |bytes: &[u8]| file.windows(bytes.len()).any(|part| part == bytes);
    let segment = b"\x18\x53\x80\x67";
    let lengths = [&b"\x01\xFF\xFF\xFF\xFF\xFF\xFF\xFF"[..], b"\xFF", b"\x01\0\0\0\0\0\0\0"];
    lengths.iter().any(|len| states(&[segment, *len].concat()))
        || states(b"\0\0\0\0movi")
        // It is complete wherever a tag ends.
        || file.starts_with(b"FLV")
        || states(b"\x7F\xFF\xF0\0mdat")
}

#[test]
fn probe_of_a_damaged_file_ends_within_the_budget() {
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    for path in fixtures("tests/fixtures/media") {
        let file = fs::read(&path).unwrap();
        for _ in 0..300 {
            let mut file = file.clone();
            for _ in 0..=random.next(4) {
                let at = random.next(file.len());
                let edge = [0, 1, 0x7F, 0x80, 0xFF, u8::try_from(random.next(256)).unwrap()][random.next(6)];
                let end = (at + 1 + random.next(8)).min(file.len());
                file[at..end].fill(edge);
            }
            if random.next(4) == 0 {
                file.truncate(random.next(file.len()));
            }
            // Any result will do; it must be within the budget.
            drop(probe(&file));
        }
    }
}

#[test]
fn file_that_shrinks_during_the_probe_is_unreadable() {
    let run = probe_with(1 << 20, |_, len| vec![0; len - 1]);
    assert_eq!(run.result, Err(ProbeError::Unreadable));
    // The second read of a video whose movie box comes last finds nothing.
    let video = generated("moov-last.mp4");
    let mut reads = 0;
    let run = probe_with(video.len() as u64 + (1 << 30), |offset, len| {
        reads += 1;
        if reads > 1 { Vec::new() } else { with_virtual_data(&video, 1 << 30, offset, len) }
    });
    assert_eq!((run.result, reads), (Err(ProbeError::Unreadable), 2));
}
