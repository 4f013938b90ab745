//! Tells texts from media, before any format is tried.

/// How much of a file is looked at to call it text.
const TEXT: usize = 512;
/// Shorter texts could be the start of anything.
const LEAST_TEXT: usize = 16;

/// What of the head is looked at.
pub(crate) fn start(head: &[u8]) -> &[u8] {
    head.get(..TEXT).unwrap_or(head)
}

/// Whether the file starts like a text.
///
/// Whatever format its first letters may name: none goes on for so long without binary zeros or other control bytes.
/// The bytes are those of <https://mimesniff.spec.whatwg.org/#binary-data-byte>.
pub(crate) fn is_text(head: &[u8]) -> bool {
    let start = start(head);
    let is_binary = |byte: &u8| matches!(byte, 0..=8 | 0x0B | 0x0E..=0x1A | 0x1C..=0x1F);
    start.len() >= LEAST_TEXT && is_utf8(start) && !start.iter().any(is_binary)
}

/// Whether characters follow each other, of which the last may be cut in half. std's own check is four times as long.
fn is_utf8(bytes: &[u8]) -> bool {
    // Bytes that the character goes on for.
    let mut left = 0;
    bytes.iter().all(|byte| match (byte.leading_ones(), left) {
        (0, 0) => true,
        (1, 1..) => {
            left -= 1;
            true
        }
        (ones @ 2..=4, 0) => {
            left = ones - 1;
            true
        }
        _ => false,
    })
}
