//! Distinguishes text from media, before any format is tried.

/// Bytes of a file that are checked for text.
const TEXT: usize = 512;
/// A shorter text could be the start of any format.
const MIN_TEXT: usize = 16;

/// Returns the part of the head that is checked.
pub(crate) fn start(head: &[u8]) -> &[u8] {
    head.get(..TEXT).unwrap_or(head)
}

/// Returns whether the file starts like a text.
///
/// This also applies if the first letters are a format's signature: no format continues for this long without zeros or
/// other control bytes. The control bytes are those of <https://mimesniff.spec.whatwg.org/#binary-data-byte>.
pub(crate) fn is_text(head: &[u8]) -> bool {
    let start = start(head);
    let is_binary = |byte: &u8| matches!(byte, 0..=8 | 0x0B | 0x0E..=0x1A | 0x1C..=0x1F);
    !start.iter().any(is_binary) && is_utf8(start) && start.len() >= MIN_TEXT
}

/// Returns whether the bytes are UTF-8; the last character may be truncated. The standard library's check takes four
/// times the space.
fn is_utf8(bytes: &[u8]) -> bool {
    // Bytes that are left of the character.
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
