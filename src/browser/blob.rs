//! Reads of a Blob: a range of it, or all of it through the digest.

use js_sys::Uint8Array;
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;

use super::stream::Chunks;
use super::timer::Turn;
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

/// The SHA-256 of all of it, telling after each chunk how many bytes are done.
///
/// A Blob that gives more or fewer bytes than it promised has changed, and is unreadable: `None`.
pub(super) async fn digest(blob: &Blob, on_bytes: &dyn Fn(u64)) -> Option<Checksum> {
    let mut chunks = Chunks::reusing_memory(&blob.stream()).ok()?;
    let mut turn = Turn::new().ok()?;
    let mut digest = Digest::new();
    let mut buffer = Vec::new();
    let mut done = 0;
    while let Some(chunk) = chunks.next().await.ok()? {
        let len = chunk.length() as usize;
        if buffer.len() < len {
            buffer.resize(len, 0);
        }
        let bytes = buffer.get_mut(..len)?;
        chunk.copy_to(bytes);
        digest.update(bytes);
        done += len as u64;
        on_bytes(done);
        turn.pass().await;
    }
    (done == size(blob)).then(|| digest.finish())
}
