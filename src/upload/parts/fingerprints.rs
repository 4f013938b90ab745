//! What a continuation knows of the parts that storage has: the first bytes of each part's SHA-256. A file that is picked again
//! is recognised by them, whatever its name.

use crate::base64;
use crate::digest::Checksum;

/// All fingerprints together have at most this many bytes, so that a page can store a continuation.
const MAX_BYTES: usize = 9_000;
/// The length of one: at most this many bytes.
const MAX_WIDTH: usize = 16;

/// The fingerprints of the stored parts of one file; zeros for the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fingerprints {
    width: usize,
    bytes: Vec<u8>,
}

impl Fingerprints {
    /// No part of a file with this many parts.
    pub(super) fn none(parts: usize) -> Self {
        let width = (MAX_BYTES / parts.max(1)).clamp(1, MAX_WIDTH);
        Self { width, bytes: vec![0; parts * width] }
    }

    /// Reads the text of a continuation; `None` if it is not that of a file with this many parts.
    pub(super) fn read(text: &str, parts: usize) -> Option<Self> {
        let (bytes, none) = (base64::decode(text)?, Self::none(parts));
        (bytes.len() == none.bytes.len()).then_some(Self { bytes, ..none })
    }

    /// The text for a continuation.
    pub(super) fn to_text(&self) -> String {
        base64::encode(&self.bytes)
    }

    /// The number of stored parts.
    pub(super) fn count(&self) -> usize {
        self.bytes.chunks(self.width).filter(|known| is_known(known)).count()
    }

    /// Whether the part with this index is known to be stored.
    pub(super) fn has(&self, index: usize) -> bool {
        self.bytes.chunks(self.width).nth(index).is_some_and(is_known)
    }

    /// Whether the stored part may have this digest.
    pub(super) fn matches(&self, index: usize, digest: &Checksum) -> bool {
        self.bytes.chunks(self.width).nth(index) == Some(&*self.fingerprint(Some(digest)))
    }

    /// Records that a part is stored or, without a digest, no longer.
    pub(super) fn set(&mut self, index: usize, digest: Option<&Checksum>) {
        let fingerprint = self.fingerprint(digest);
        if let Some(known) = self.bytes.chunks_mut(self.width).nth(index) {
            known.copy_from_slice(&fingerprint);
        }
    }

    /// The first bytes of a digest. Zeros mean that a part is not stored, so the last byte of a fingerprint is not 0 if all
    /// others are.
    fn fingerprint(&self, digest: Option<&Checksum>) -> Vec<u8> {
        let Some(digest) = digest else { return vec![0; self.width] };
        let mut first = digest.bytes().get(..self.width).unwrap_or_default().to_vec();
        if !is_known(&first)
            && let Some(last) = first.last_mut()
        {
            *last = 1;
        }
        first
    }
}

fn is_known(fingerprint: &[u8]) -> bool {
    fingerprint.iter().any(|byte| *byte != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprints_survive_as_text_of_at_most_12_kb() {
        for parts in [1, 3, 562, 563, 9_000, 10_000] {
            let mut stored = Fingerprints::none(parts);
            let digest = Checksum::from([0xAB; 32]);
            stored.set(parts - 1, Some(&digest));
            let text = stored.to_text();
            assert!(text.len() <= 13_400, "{parts} parts have {} characters", text.len());
            let read = Fingerprints::read(&text, parts).unwrap();
            assert_eq!((&read, read.count(), read.has(parts - 1)), (&stored, 1, true));
            assert!(read.matches(parts - 1, &digest) && !read.matches(parts - 1, &Checksum::from([0xAC; 32])));
            assert_eq!(Fingerprints::read(&text, parts + 1_000), None);
        }
    }

    #[test]
    fn digest_of_zeros_is_not_an_absent_part() {
        let mut stored = Fingerprints::none(9_000);
        let zeros = Checksum::from([0; 32]);
        stored.set(7, Some(&zeros));
        assert!(stored.has(7) && stored.matches(7, &zeros) && !stored.has(6));
        stored.set(7, None);
        assert!(!stored.has(7) && !stored.matches(7, &zeros));
    }
}
