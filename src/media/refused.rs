//! Names for files that are none of the formats, so that people learn what they picked.

/// What the start of a file looks like to people.
pub(super) fn name(head: &[u8]) -> Option<&'static str> {
    is_text(head).then_some("text")
}

/// How much of a file is looked at to call it text.
const TEXT: usize = 512;
/// Shorter texts could be the start of anything.
const LEAST_TEXT: usize = 16;

/// Whether a file starts like text, whatever format its first letters name: no media format does without binary zeros or
/// other control bytes for so long. The bytes are those of <https://mimesniff.spec.whatwg.org/#binary-data-byte>.
pub(super) fn is_text(head: &[u8]) -> bool {
    let start = head.get(..TEXT).unwrap_or(head);
    let is_binary = |byte: &u8| matches!(byte, 0..=8 | 0x0B | 0x0E..=0x1A | 0x1C..=0x1F);
    let valid = match core::str::from_utf8(start) {
        Ok(_) => true,
        // A character may be cut in half.
        Err(error) => error.error_len().is_none(),
    };
    start.len() >= LEAST_TEXT && valid && !start.iter().any(is_binary)
}
