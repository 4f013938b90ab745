//! How a file is divided into parts, and whether the stored parts are those of the page.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ring::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};

use crate::bucket::StoredPart;

/// S3 permits 10,000 parts.
const MAX_PARTS: u64 = 9000;
const MIB: u64 = 1 << 20;

/// The parts of a file: all have the same size, except the last, which is the rest. R2 requires this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Layout {
    #[serde(rename = "s")]
    pub(super) size: u64,
    #[serde(rename = "p")]
    pub(super) part_size: u64,
}

impl Layout {
    /// Divides a file of at least one byte into at most [`MAX_PARTS`] parts of at least `smallest` bytes.
    pub(super) fn new(size: u64, smallest: u64) -> Self {
        let unit = smallest.clamp(1, MIB);
        let part_size = size.div_ceil(MAX_PARTS).next_multiple_of(unit).max(smallest);
        Self { size, part_size }
    }

    pub(super) fn parts(self) -> u64 {
        self.size.div_ceil(self.part_size)
    }

    /// The number of bytes of a part; `None` if there is no such part.
    pub(super) fn part_bytes(self, number: u64) -> Option<u64> {
        let start = number.checked_sub(1)?.checked_mul(self.part_size)?;
        Some(self.size.checked_sub(start)?.min(self.part_size)).filter(|bytes| *bytes > 0)
    }

    /// The numbers of the parts that are missing, or that are not those with these SHA-256. A store may keep no
    /// checksums; it may keep parts that no page should have sent, and these are ignored.
    pub(super) fn differing(self, manifest: &[[u8; 32]], stored: &[StoredPart]) -> Vec<u64> {
        let differs = |(number, digest): &(u64, &[u8; 32])| {
            let part = stored.binary_search_by_key(number, |part| part.number.into()).ok();
            !part.and_then(|at| stored.get(at)).is_some_and(|part| {
                let same = part.sha256.as_ref().is_none_or(|base64| *base64 == BASE64_STANDARD.encode(digest));
                same && self.part_bytes(*number) == Some(part.size)
            })
        };
        (1..).zip(manifest).filter(differs).map(|(number, _)| number).collect()
    }
}

/// The checksum that S3 keeps of an object of these parts.
pub(super) fn composite(manifest: &[[u8; 32]]) -> String {
    let mut context = Context::new(&SHA256);
    for digest in manifest {
        context.update(digest);
    }
    format!("{}-{}", BASE64_STANDARD.encode(context.finish()), manifest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALLEST: u64 = 8 * MIB;

    #[test]
    fn parts_have_8_mib_until_there_would_be_more_than_9000() {
        let largest = SMALLEST * MAX_PARTS;
        for (size, part_size, parts) in [
            (1, SMALLEST, 1),
            (SMALLEST - 1, SMALLEST, 1),
            (SMALLEST, SMALLEST, 1),
            (SMALLEST + 1, SMALLEST, 2),
            (largest - 1, SMALLEST, 9000),
            (largest, SMALLEST, 9000),
            (largest + 1, SMALLEST + MIB, 8001),
            (2 << 40, 234 * MIB, 8963),
        ] {
            let layout = Layout::new(size, SMALLEST);
            assert_eq!((layout.part_size, layout.parts()), (part_size, parts), "{size}");
        }
        assert_eq!(Layout::new(10_000, 1), Layout { size: 10_000, part_size: 2 });
    }

    #[test]
    fn the_parts_are_the_file() {
        for size in [1, 9, 10, 11, 20, 95] {
            let layout = Layout { size, part_size: 10 };
            let bytes: Vec<_> = (1..=layout.parts()).map(|number| layout.part_bytes(number).expect("a part")).collect();
            assert_eq!(bytes.iter().sum::<u64>(), size);
            assert!(bytes[..bytes.len() - 1].iter().all(|bytes| *bytes == 10), "{bytes:?}");
            for number in [0, layout.parts() + 1, u64::MAX] {
                assert_eq!(layout.part_bytes(number), None, "{size}: {number}");
            }
        }
    }

    #[test]
    fn each_part_must_have_its_number_size_and_checksum() {
        let layout = Layout { size: 25, part_size: 10 };
        let manifest = [[1; 32], [2; 32], [3; 32]];
        let part = |number: u16, size, digest: Option<[u8; 32]>| StoredPart {
            number,
            size,
            etag: "\"x\"".to_owned(),
            sha256: digest.map(|digest| BASE64_STANDARD.encode(digest)),
        };
        let good = [part(1, 10, Some([1; 32])), part(2, 10, None), part(3, 5, Some([3; 32]))];
        assert_eq!(layout.differing(&manifest, &good), [0; 0]);
        assert_eq!(layout.differing(&manifest, &[&good[..], &[part(4, 10, None)]].concat()), [0; 0]);
        assert_eq!(layout.differing(&manifest, &[]), [1, 2, 3]);
        assert_eq!(layout.differing(&manifest, &good[1..]), [1]);
        let changed = |at: usize, part| {
            let mut parts = good.clone();
            parts[at] = part;
            layout.differing(&manifest, &parts)
        };
        assert_eq!(changed(0, part(1, 10, Some([2; 32]))), [1]);
        assert_eq!(changed(0, part(1, 9, Some([1; 32]))), [1]);
        assert_eq!(changed(2, part(3, 10, Some([3; 32]))), [3]);
        assert_eq!(changed(2, part(4, 5, Some([3; 32]))), [3]);
    }

    #[test]
    fn the_composite_checksum_is_that_of_the_checksums() {
        // Computed with Python's hashlib.
        let digest = |text: &str| {
            let mut bytes = [0; 32];
            bytes.copy_from_slice(ring::digest::digest(&SHA256, text.as_bytes()).as_ref());
            bytes
        };
        assert_eq!(composite(&[digest("a"), digest("b")]), "5aAf7hTg7VxIcU8iGA8lrYNltT+XefedxKPX6Tlj+Uo=-2");
    }
}
