//! The splicer over files, read in ranges as a browser does, and what holds for every result.

use mediaferry::fix::splice::{Changes, Piece, Splice, SpliceStep, Splicer, Strip, UnsafeReason};
use mediaferry::media::{Fact, Format, Kind, Media, Orientation};

use crate::probe::probe;

/// The most bytes that a splicer may request at once.
pub const MAX_READ: usize = 16 << 20;

/// Every change that may be made to a file.
pub const CHANGES: [Changes; 6] = [
    Changes { strip: Some(Strip::Location), remux: false, faststart: false },
    Changes { strip: Some(Strip::Metadata), remux: false, faststart: false },
    Changes { strip: None, remux: true, faststart: false },
    Changes { strip: None, remux: false, faststart: true },
    Changes { strip: Some(Strip::Location), remux: false, faststart: true },
    Changes { strip: Some(Strip::Metadata), remux: true, faststart: true },
];

/// The result of a splicer, and what it read.
pub struct SpliceRun {
    /// The splice list, or why there is none.
    pub result: Result<Splice, UnsafeReason>,
    /// The number of ranges.
    pub ranges: usize,
    /// The number of bytes in all ranges.
    pub bytes: u64,
}

/// Splices a file of this size that `read` reads; panics if a range is not within the file.
pub fn splice_with(size: u64, changes: Changes, mut read: impl FnMut(u64, usize) -> Vec<u8>) -> SpliceRun {
    let mut splicer = Splicer::new(size, changes);
    let (mut ranges, mut bytes) = (0, 0);
    loop {
        let step = splicer.step();
        assert_eq!(splicer.step(), step, "repeated step");
        let result = match step {
            SpliceStep::Read { offset, len } => {
                ranges += 1;
                bytes += len as u64;
                assert!(len > 0 && len <= MAX_READ, "{len} bytes at {offset}");
                assert!(offset + len as u64 <= size, "{len} bytes at {offset} of {size}");
                splicer.supply(&read(offset, len));
                continue;
            }
            SpliceStep::Done(splice) => {
                assert_pieces(&splice, size);
                Ok(splice)
            }
            SpliceStep::Unsafe(reason) => Err(reason),
        };
        return SpliceRun { result, ranges, bytes };
    }
}

/// The ranges are within the file, in its order and not adjacent; no piece is empty.
fn assert_pieces(splice: &Splice, size: u64) {
    let mut at = 0;
    let mut was_range = false;
    for piece in &splice.pieces {
        was_range = match piece {
            Piece::Bytes(bytes) => {
                assert!(!bytes.is_empty());
                false
            }
            Piece::Range { offset, len } => {
                assert!(*len > 0 && *offset >= at && offset + len <= size, "{:?} of {size}", splice.pieces);
                assert!(!was_range || *offset > at, "{:?}", splice.pieces);
                at = offset + len;
                true
            }
        };
    }
}

/// Splices a file in memory and returns its new bytes.
pub fn splice(file: &[u8], changes: Changes) -> Result<(Vec<u8>, Splice), UnsafeReason> {
    let read = |offset: u64, len: usize| {
        let start = usize::try_from(offset).unwrap();
        file[start..start + len].to_vec()
    };
    let splice = splice_with(file.len() as u64, changes, read).result?;
    Ok((compose(file, &splice), splice))
}

fn compose(file: &[u8], splice: &Splice) -> Vec<u8> {
    let mut out = Vec::new();
    for piece in &splice.pieces {
        match piece {
            Piece::Bytes(bytes) => out.extend(bytes),
            Piece::Range { offset, len } => {
                let start = usize::try_from(*offset).unwrap();
                out.extend(&file[start..start + usize::try_from(*len).unwrap()]);
            }
        }
    }
    out
}

/// The ranges of a splice are within the file and in order; the new file has the same facts, and needs no further change.
pub fn splice_target(file: &[u8]) {
    for changes in CHANGES {
        let Ok((new, first)) = splice(file, changes) else { continue };
        let (before, after) = (probe(file), probe(&new));
        if let Ok(before) = before {
            let after = after.unwrap_or_else(|error| panic!("{changes:?}: {error:?} after {before:?}"));
            let fact = changed_fact(&before, &after, first.format);
            // The probe searches the end of a large JPEG for its last marker, and walks through a small one.
            // It takes a reserved marker in a scan for a segment, which is a stuffed bit in JPEG-LS.
            let is_reserved = |pair: &[u8]| matches!(pair, [0xFF, 1..=0xBF]);
            let is_open = file.len() > 64 << 10 || file.windows(2).any(is_reserved);
            let fact = fact.filter(|fact| *fact != "complete" || before.format != Format::Jpeg || !is_open);
            assert!(fact.is_none(), "{changes:?}: {fact:?}\n  {before:?}\n  {after:?}");
        }
        if let Ok((again, repeated)) = splice(&new, Changes { remux: false, ..changes }) {
            assert!(
                repeated.removed.is_empty(),
                "{changes:?}: again {:?}, first {:?}",
                repeated.removed,
                first.removed
            );
            assert!(again == new, "{changes:?}: changed again without a removal");
        }
    }
}

/// Returns the fact that is known of both files, and differs. Tracks that players do not show, and codecs of them, may be
/// missing.
pub fn changed_fact(before: &Media, after: &Media, format: Option<Format>) -> Option<&'static str> {
    fn differ<T: Copy + PartialEq>(before: Fact<T>, after: Fact<T>) -> bool {
        before.value().is_some() && before.value() != after.value()
    }
    let upright = |fact: Fact<Orientation>| fact.value().unwrap_or(Orientation::UPRIGHT);
    let is_turned = before.orientation.value().is_some() && upright(before.orientation) != upright(after.orientation);
    // Without a size, no decoder shows the image.
    let is_image_known = before.stored_size.value().is_some() || before.format.kind() != Kind::Image;
    [
        (format.unwrap_or(before.format) != after.format, "format"),
        (differ(before.stored_size, after.stored_size), "size"),
        (is_turned, "orientation"),
        (differ(before.animated, after.animated), "animated"),
        (differ(before.duration, after.duration), "duration"),
        (differ(before.has_video, after.has_video), "video"),
        (differ(before.has_audio, after.has_audio), "audio"),
        (!before.codecs.is_empty() && before.codecs != after.codecs, "codecs"),
        (is_image_known && before.complete == Fact::Known(true) && after.complete == Fact::Known(false), "complete"),
    ]
    .into_iter()
    .find_map(|(differs, fact)| differs.then_some(fact))
}
