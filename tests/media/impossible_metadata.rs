//! Impossible metadata: a fact is never known if the file is too small for it.

use std::fs;

use mediaferry_testing::corpus::{all_files, describe};
use mediaferry_testing::probe::{is_possible, probe};

/// A field that reported something: what stands before it, how far behind that it is, and its bytes.
type Reported = (&'static [u8], usize, usize);

/// The fields from which times, sizes and counts are computed.
const FIELDS: &[Reported] = &[
    // ISO base media: clocks and times of the movie, its tracks and their media, of extensions, an index and fragments.
    (b"mvhd", 16, 4),
    (b"mvhd", 20, 4),
    (b"mdhd", 16, 4),
    (b"mdhd", 20, 4),
    (b"tkhd", 24, 4),
    (b"mehd", 8, 4),
    (b"trex", 16, 4),
    (b"sidx", 12, 4),
    (b"sidx", 36, 4),
    (b"tfdt", 8, 4),
    (b"tfdt", 8, 8),
    (b"trun", 8, 4),
    (b"stsd", 44, 4),
    (b"ispe", 8, 8),
    // RIFF.
    (b"avih", 8, 4),
    (b"avih", 24, 4),
    (b"avih", 40, 8),
    (b"strh", 28, 4),
    (b"strh", 32, 4),
    (b"strh", 40, 4),
    (b"dmlh", 8, 4),
    (b"fmt ", 12, 4),
    (b"fmt ", 16, 4),
    (b"fmt ", 20, 2),
    (b"fact", 8, 4),
    (b"data", 4, 4),
    (b"ds64", 16, 8),
    // Matroska: the scale and the duration, a cluster's time, and a block's.
    (b"\x2A\xD7\xB1", 4, 3),
    (b"\x44\x89", 3, 8),
    (b"\xB0", 2, 2),
    // ASF: play duration and preroll.
    (b"\xA1\xDC\xAB\x8C", 64, 8),
    (b"\xA1\xDC\xAB\x8C", 80, 8),
    // FLV and AMF.
    (b"duration", 9, 8),
    (b"width", 6, 8),
    (b"filesize", 9, 8),
    // Ogg: positions and rates.
    (b"OggS", 6, 8),
    (b"vorbis", 11, 4),
    (b"OpusHead", 10, 2),
    (b"theora", 15, 6),
    (b"theora", 21, 8),
    // FLAC and MP3.
    (b"fLaC", 18, 8),
    (b"Xing", 8, 4),
    (b"Xing", 12, 4),
    (b"Info", 8, 4),
    (b"VBRI", 14, 4),
    // Pictures.
    (b"IHDR", 4, 8),
    (b"acTL", 4, 4),
    (b"BM", 18, 8),
];

/// What damaged or hostile fields hold, as bytes that are repeated.
const VALUES: [[u8; 8]; 8] = [
    [0; 8],
    [0, 0, 0, 1, 0, 0, 0, 1],
    [1; 8],
    [0x7F, 0xFF, 0xFF, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF],
    [0x80, 0, 0, 0, 0x80, 0, 0, 0],
    [0xFF; 8],
    // Floating numbers: infinite, and one with 300 digits.
    [0x7F, 0xF0, 0, 0, 0, 0, 0, 0],
    [0x7E, 0x37, 0xE4, 0x3C, 0x88, 0, 0, 0],
];

#[test]
fn impossible_metadata_is_never_known() {
    let mut count = 0;
    for path in all_files() {
        let file = fs::read(&path).unwrap();
        // The reported of large files are those of small ones.
        if file.len() > 40 << 10 {
            continue;
        }
        for (before, offset, len) in FIELDS {
            let places: Vec<_> = file
                .windows(before.len())
                .enumerate()
                .filter(|(_, at)| at == before)
                .map(|(at, _)| at + offset)
                .collect();
            // Where the letters are an accident, more places than any header has.
            let places = places.get(..places.len().min(4)).unwrap_or_default();
            for value in VALUES {
                for end in 1..=places.len() {
                    let mut changed = file.clone();
                    for at in places[end - 1..].iter().filter(|at| **at + len <= file.len()) {
                        changed[*at..at + len].copy_from_slice(&value[..*len]);
                    }
                    count += 1;
                    if let Ok(media) = probe(&changed) {
                        let name = path.file_name().unwrap().to_string_lossy();
                        let what = String::from_utf8_lossy(before);
                        assert!(
                            is_possible(&media, changed.len() as u64),
                            "{name} with {value:x?} at {offset} of {what}: {}",
                            describe(&Ok(media))
                        );
                    }
                }
            }
        }
    }
    assert!(count > 1000, "{count} changes");
}
