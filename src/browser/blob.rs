//! Reading a Blob: a range of it, or the whole Blob into the digest.

use js_sys::{Array, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, MessageChannel};

use super::stream::Chunks;
use super::yielder::Yielder;
use crate::digest::{Checksum, Digest};

/// The size in bytes.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "Blob.size is a whole number below 2^53")]
pub(super) fn size(blob: &Blob) -> u64 {
    blob.size() as u64
}

/// Reads the whole Blob.
pub(super) async fn read(blob: &Blob) -> Option<Uint8Array> {
    Some(Uint8Array::new(&JsFuture::from(blob.array_buffer()).await.ok()?))
}

/// Reads a range. Returns fewer bytes if the Blob has become shorter, and `None` if it cannot be read.
pub(super) async fn range(blob: &Blob, offset: u64, len: usize) -> Option<Uint8Array> {
    if offset == 0 && len as u64 == size(blob) {
        // Chromium takes longer to make a slice than to read a small file.
        return read(blob).await;
    }
    read(&slice(blob, offset, len as u64).ok()?).await
}

/// A range as a Blob, which is not read.
#[expect(clippy::cast_precision_loss, reason = "a Blob is shorter than 2^53")]
pub(super) fn slice(blob: &Blob, offset: u64, len: u64) -> Result<Blob, JsValue> {
    blob.slice_with_f64_and_f64(offset as f64, (offset + len) as f64)
}

/// Frees the memory of bytes now: engines do so late. Nobody receives the message that they are sent with.
///
/// `transfer(0)` is no alternative: Chromium 156 keeps the memory, and no longer counts it when it decides whether to collect
/// garbage. A file of 512 MiB in parts then needs 512 MiB.
pub(super) fn free(bytes: &Uint8Array) {
    let Ok(channel) = MessageChannel::new() else { return };
    channel.port2().close();
    let _ = channel.port1().post_message_with_transferable(&JsValue::NULL, &Array::of1(&bytes.buffer()));
    channel.port1().close();
}

/// Whether the last byte can still be read.
pub(super) async fn is_whole(blob: &Blob) -> bool {
    let size = size(blob);
    size == 0 || range(blob, size - 1, 1).await.is_some_and(|byte| byte.length() == 1)
}

/// Computes the SHA-256 of a file, and reports the number of bytes done after each chunk.
///
/// Returns `None` if the file cannot be read, or if its length is not its size because it has changed.
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

/// The size of one read if the engine cannot read a stream into a buffer.
const SLICE: u64 = 4 << 20;

/// Reads a Blob from its beginning to its end.
enum Reader<'a> {
    Stream(Chunks),
    /// `WebKit` reads a stream as fast as it can, even if its chunks are not consumed: a file of 512 MiB would be in
    /// memory as a whole.
    Slices(&'a Blob),
}

impl<'a> Reader<'a> {
    fn new(blob: &'a Blob) -> Self {
        Chunks::reusing_memory(&blob.stream()).map_or(Self::Slices(blob), Self::Stream)
    }

    /// Returns the next bytes, empty at the end; `None` if they cannot be read.
    async fn next(&mut self, offset: u64) -> Option<Option<Uint8Array>> {
        match self {
            Self::Stream(chunks) => chunks.next().await.ok(),
            Self::Slices(blob) => {
                let left = size(blob).saturating_sub(offset).min(SLICE);
                if left == 0 {
                    return Some(None);
                }
                // A shorter slice means that the file was truncated.
                let len = usize::try_from(left).ok()?;
                range(blob, offset, len).await.filter(|slice| slice.length() as usize == len).map(Some)
            }
        }
    }
}
