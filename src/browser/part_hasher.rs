//! Hashing a file in parts: each part is read once, for its own digest and that of the whole file. While one part is added to the
//! digest of the whole file here, the host reads and hashes the next one.

use core::cell::RefCell;

use js_sys::{Array, Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use web_sys::Blob;

use super::blob;
use super::host_callbacks::{self, HostCallbacks};
use super::yielder::Yielder;
use crate::digest::{Checksum, Digest};
use crate::upload::Input;

/// How many bytes are copied into the module at a time.
const CHUNK: u32 = 1 << 20;

/// The digest of all parts so far, and the part that is hashed ahead.
#[derive(Default)]
pub(super) struct PartHasher {
    whole: RefCell<Digest>,
    ahead: RefCell<Option<Ahead>>,
}

/// A part that the host reads and hashes: a promise of its bytes and of a promise of its digest.
struct Ahead {
    offset: u64,
    promise: Promise,
}

impl PartHasher {
    /// Hashes the next part. Returns `None` if it cannot be read, or is shorter because the file has changed.
    ///
    /// A part that is hashed again, because the first time was interrupted, counts once.
    pub(super) async fn hash(
        &self,
        blob: &Blob,
        (offset, len): (u64, u64),
        whole: bool,
        callbacks: &HostCallbacks,
    ) -> Option<Input> {
        let (end, size) = (offset + len, blob::size(blob));
        let ahead = self.ahead.take().filter(|ahead| ahead.offset == offset);
        let begun = ahead.map_or_else(|| begin(blob, (offset, len), callbacks), |ahead| Some(ahead.promise))?;
        let read: Array = JsFuture::from(begun).await.ok()?.dyn_into().ok()?;
        let (bytes, native): (Uint8Array, Promise) = (read.get(0).unchecked_into(), read.get(1).unchecked_into());
        if end < size {
            let next = begin(blob, (end, len.min(size - end)), callbacks);
            self.ahead.replace(next.map(|promise| Ahead { offset: end, promise }));
        }
        let hashed = self.hash_bytes(&bytes, native, offset, whole).await;
        let is_whole = u64::from(bytes.length()) == len;
        callbacks.free(&bytes);
        let (part, digest) = hashed.filter(|_| is_whole)?;
        let whole = (whole && end == size).then(|| digest.clone().finish());
        self.whole.replace(digest);
        Some(Input::PartHashed { part, whole })
    }

    /// The digest of these bytes, and of the file up to their end.
    async fn hash_bytes(
        &self,
        bytes: &Uint8Array,
        native: Promise,
        offset: u64,
        whole: bool,
    ) -> Option<(Checksum, Digest)> {
        let mut digest = if offset == 0 { Digest::new() } else { self.whole.borrow().clone() };
        if whole {
            update(&mut digest, bytes).await?;
        }
        if let Some(part) = host_callbacks::checksum(JsFuture::from(native)).await {
            return Some((part, digest));
        }
        let mut part = Digest::new();
        update(&mut part, bytes).await?;
        Some((part.finish(), digest))
    }
}

/// Begins to read a part, and then to hash it off this thread. Resolves to `undefined` if it cannot be read, because nobody may
/// wait for a part that was begun ahead.
fn begin(blob: &Blob, (offset, len): (u64, u64), callbacks: &HostCallbacks) -> Option<Promise> {
    let part = blob::slice(blob, offset, len).ok()?;
    let callbacks = callbacks.clone();
    Some(future_to_promise(async move {
        let bytes = blob::read(&part).await;
        Ok(bytes.map_or(JsValue::UNDEFINED, |bytes| Array::of2(&bytes, &callbacks.ask("digest", &bytes)).into()))
    }))
}

/// Adds the bytes to the digest, without blocking the event loop.
async fn update(digest: &mut Digest, bytes: &Uint8Array) -> Option<()> {
    let mut yielder = Yielder::new().ok()?;
    let mut buffer = vec![0; CHUNK as usize];
    let mut start = 0;
    loop {
        let chunk = bytes.subarray(start, bytes.length().min(start + CHUNK));
        let part = buffer.get_mut(..chunk.length() as usize)?;
        if part.is_empty() {
            return Some(());
        }
        chunk.copy_to(part);
        digest.update(part);
        start += chunk.length();
        yielder.maybe_yield().await;
    }
}
