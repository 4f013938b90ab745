//! Reads of a Blob: a range of it, or all of it through the digest.

use js_sys::Uint8Array;
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;

use super::stream::Chunks;
use super::yielder::Yielder;
use crate::digest::{Checksum, Digest};

/// Bytes.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "Blob.size is a whole number below 2^53")]
pub(super) fn size(blob: &Blob) -> u64 {
    blob.size() as u64
}

/// These bytes; fewer where the Blob has become shorter, `None` where it cannot be read.
#[expect(clippy::cast_precision_loss, reason = "a Blob is shorter than 2^53")]
pub(super) async fn range(blob: &Blob, offset: u64, len: usize) -> Option<Uint8Array> {
    let slice = blob.slice_with_f64_and_f64(offset as f64, (offset + len as u64) as f64).ok()?;
    let buffer = JsFuture::from(slice.array_buffer()).await.ok()?;
    Some(Uint8Array::new(&buffer))
}

/// Whether all of a file can still be read, as far as its last byte tells: it may be cut short, changed or deleted.
pub(super) async fn is_whole(blob: Option<&Blob>) -> bool {
    let Some(blob) = blob else { return true };
    let size = size(blob);
    size == 0 || range(blob, size - 1, 1).await.is_some_and(|byte| byte.length() == 1)
}

/// The SHA-256 of all of it, telling after each chunk how many bytes are done.
///
/// A Blob that gives more or fewer bytes than it promised has changed, and is unreadable: `None`.
pub(super) async fn digest(blob: &Blob, on_bytes: &dyn Fn(u64)) -> Option<Checksum> {
    let mut reader = Reader::new(blob);
    let mut yielder = Yielder::new().ok()?;
    let mut digest = Digest::new();
    let mut buffer = Vec::new();
    let mut done = 0;
    while let Some(chunk) = reader.next(done).await? {
        let len = chunk.length() as usize;
        if buffer.len() < len {
            buffer.resize(len, 0);
        }
        let bytes = buffer.get_mut(..len)?;
        chunk.copy_to(bytes);
        digest.update(bytes);
        done += len as u64;
        on_bytes(done);
        yielder.maybe_yield().await;
    }
    (done == size(blob)).then(|| digest.finish())
}

/// How much is read at once where there is no stream that can be read into a buffer.
const SLICE: u64 = 4 << 20;

/// Reads a Blob from its beginning to its end.
enum Reader<'a> {
    Stream(Chunks),
    /// `WebKit` reads a stream as fast as it can, whether anybody takes its chunks or not: a file of 512 MiB would be in
    /// memory as a whole.
    Slices(&'a Blob),
}

impl<'a> Reader<'a> {
    fn new(blob: &'a Blob) -> Self {
        Chunks::reusing_memory(&blob.stream()).map_or(Self::Slices(blob), Self::Stream)
    }

    /// The bytes from here on, `None` where they cannot be read; no bytes at the end.
    async fn next(&mut self, offset: u64) -> Option<Option<Uint8Array>> {
        match self {
            Self::Stream(chunks) => chunks.next().await.ok(),
            Self::Slices(blob) => {
                let left = size(blob).saturating_sub(offset).min(SLICE);
                if left == 0 {
                    return Some(None);
                }
                // A slice that is shorter than that is of a file that was cut short.
                let len = usize::try_from(left).ok()?;
                range(blob, offset, len).await.filter(|slice| slice.length() as usize == len).map(Some)
            }
        }
    }
}
