//! Reading a Blob: a range of it, or the whole Blob into the digest.

use js_sys::Uint8Array;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;

use super::host_callbacks::HostCallbacks;
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

/// A range as a Blob, which is not read.
#[expect(clippy::cast_precision_loss, reason = "a Blob is shorter than 2^53")]
pub(super) fn slice(blob: &Blob, offset: u64, len: u64) -> Result<Blob, JsValue> {
    blob.slice_with_f64_and_f64(offset as f64, (offset + len) as f64)
}

/// Computes the SHA-256 of a file, and reports the number of bytes done after each chunk.
///
/// Returns `None` if the file cannot be read, or if its length is not its size because it has changed.
pub(super) async fn digest(blob: &Blob, callbacks: &HostCallbacks, on_bytes: &dyn Fn(u64)) -> Option<Checksum> {
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
        reader.release(&chunk, callbacks);
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
    /// `WebKit` reads a stream as fast as it can, even if nobody does: a file of 512 MiB would be in memory as a whole. The
    /// next slice is read while one is hashed.
    Slices {
        blob: &'a Blob,
        ahead: Option<JsFuture>,
    },
}

impl<'a> Reader<'a> {
    fn new(blob: &'a Blob) -> Self {
        let slices = Self::Slices { blob, ahead: None };
        // The stream of the file itself would be read at once.
        let Ok(nothing) = Blob::new() else { return slices };
        if Chunks::reusing_memory(&nothing.stream()).is_err() {
            return slices;
        }
        Chunks::reusing_memory(&blob.stream()).map_or(slices, Self::Stream)
    }

    /// Returns the next bytes, `Some(None)` at the end; `None` if they cannot be read.
    async fn next(&mut self, offset: u64) -> Option<Option<Uint8Array>> {
        match self {
            Self::Stream(chunks) => chunks.next().await.ok(),
            Self::Slices { blob, ahead } => {
                let len = slice_len(blob, offset);
                if len == 0 {
                    return Some(None);
                }
                let reading = ahead.take().or_else(|| read_slice(blob, offset))?;
                let bytes = Uint8Array::new(&reading.await.ok()?);
                *ahead = read_slice(blob, offset + len);
                // A shorter slice means that the file was truncated.
                (u64::from(bytes.length()) == len).then_some(Some(bytes))
            }
        }
    }

    /// Takes back bytes that have been copied. `WebKit` would keep those of a whole file.
    fn release(&self, bytes: &Uint8Array, callbacks: &HostCallbacks) {
        if matches!(self, Self::Slices { .. }) {
            callbacks.free(bytes);
        }
    }
}

/// The length of the slice that starts there.
fn slice_len(blob: &Blob, offset: u64) -> u64 {
    size(blob).saturating_sub(offset).min(SLICE)
}

/// Begins to read the slice that starts there, if there is one.
fn read_slice(blob: &Blob, offset: u64) -> Option<JsFuture> {
    let len = slice_len(blob, offset);
    (len > 0).then(|| slice(blob, offset, len).ok())?.map(|slice| JsFuture::from(slice.array_buffer()))
}
