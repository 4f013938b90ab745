//! Tells texts from media, before any format is tried.

/// How much of a file is looked at to call it text.
const TEXT: usize = 512;
/// Shorter texts could be the start of anything.
const LEAST_TEXT: usize = 16;

/// What of the head is looked at.
pub(super) fn start(head: &[u8]) -> &[u8] {
    head.get(..TEXT).unwrap_or(head)
}

/// Whether the file starts like a text.
///
/// Whatever format its first letters may name: none goes on for so long without binary zeros or other control bytes.
/// The bytes are those of <https://mimesniff.spec.whatwg.org/#binary-data-byte>.
pub(super) fn is_text(head: &[u8]) -> bool {
    let start = start(head);
    let is_binary = |byte: &u8| matches!(byte, 0..=8 | 0x0B | 0x0E..=0x1A | 0x1C..=0x1F);
    // A character may be cut in half.
    let is_utf8 = core::str::from_utf8(start).map_or_else(|error| error.error_len().is_none(), |_| true);
    start.len() >= LEAST_TEXT && is_utf8 && !start.iter().any(is_binary)
}
