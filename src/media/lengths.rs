//! Lengths that a file declares: which of them mean that the file was cut, and which its writer got wrong.
//!
//! Writers that cannot seek back leave a placeholder: sox and espeak `7FFFF000`, arecord `80000000`, `ffmpeg` to a pipe
//! `FFFFFFFF` less its header. Others count the header that the length stands in, or a few bytes too many. Every player
//! plays such files, so none of them counts as cut.

/// Bytes that a length may be off by beside its own header.
const FEW: u64 = 16;

/// Whether `len` declared bytes are all there, where the file has `left` bytes for them. `header` is what the writer may
/// have counted as well.
pub(crate) fn is_whole(len: u64, left: u64, header: u64) -> bool {
    // In proportion: a few bytes of a short part may be all of it.
    let missing = len.saturating_sub(left);
    missing <= (header + FEW).min(len / 16) || is_placeholder(len)
}

/// Whether a length is one of those that stand in for a length that was not known.
pub(crate) const fn is_placeholder(len: u64) -> bool {
    // 2^31 and 2^32, less or more some headers; above 2^50 there are no files.
    matches!(len, 0 | 0x7FFF_0000..=0x8001_0000 | 0xFFFF_0000..=0xFFFF_FFFF | 0x4_0000_0000_0000..)
}
