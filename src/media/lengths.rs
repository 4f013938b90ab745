//! Declared lengths: which of them mean that the file is truncated, and which are errors of the writer.
//!
//! Writers that cannot seek back leave a placeholder: sox and espeak `7FFFF000`, arecord `80000000`, `ffmpeg` to a pipe
//! `FFFFFFFF` less its header. Others include the header that contains the length, or a few extra bytes. Every player
//! accepts such files, so none of them counts as truncated.

/// Bytes that a length may differ by, in addition to its own header.
const FEW: u64 = 16;

/// Returns whether `len` declared bytes are all present in a file with `left` bytes for them. `header` is the number of
/// bytes that the writer may have included by mistake.
pub(crate) fn is_whole(len: u64, left: u64, header: u64) -> bool {
    // The tolerance is proportional, because a few bytes may be all of a short part.
    let missing = len.saturating_sub(left);
    missing <= (header + FEW).min(len / 16) || is_placeholder(len)
}

/// Returns whether a length is a placeholder for an unknown length.
pub(crate) const fn is_placeholder(len: u64) -> bool {
    // Near 2^31 and 2^32, to allow for headers. No file is larger than 2^50.
    matches!(len, 0 | 0x7FFF_0000..=0x8001_0000 | 0xFFFF_0000..=0xFFFF_FFFF | 0x4_0000_0000_0000..)
}
