//! Hashing a file in parts: each part is read once, for its own digest and that of the whole file.

use core::cell::RefCell;

use js_sys::Uint8Array;
use web_sys::Blob;

use super::blob;
use super::host_callbacks::HostCallbacks;
use super::yielder::Yielder;
use crate::digest::{Checksum, Digest};
use crate::upload::Input;

/// How many bytes are copied into the module at a time.
const CHUNK: u32 = 1 << 20;

/// The digest of all parts so far.
#[derive(Default)]
pub(super) struct PartHasher(RefCell<Digest>);

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
        let bytes = blob::range(blob, offset, usize::try_from(len).ok()?).await?;
        let is_last = offset + len == blob::size(blob);
        let hashed = self.hash_bytes(&bytes, offset, whole, callbacks).await;
        let is_whole = u64::from(bytes.length()) == len;
        blob::free(&bytes);
        let (part, digest) = hashed.filter(|_| is_whole)?;
        let whole = (whole && is_last).then(|| digest.clone().finish());
        self.0.replace(digest);
        Some(Input::PartHashed { part, whole })
    }

    /// The digest of these bytes, and of the file up to their end.
    async fn hash_bytes(
        &self,
        bytes: &Uint8Array,
        offset: u64,
        whole: bool,
        callbacks: &HostCallbacks,
    ) -> Option<(Checksum, Digest)> {
        // The host hashes off this thread, meanwhile.
        let native = callbacks.digest(bytes);
        let mut digest = if offset == 0 { Digest::new() } else { self.0.borrow().clone() };
        if whole {
            update(&mut digest, bytes).await?;
        }
        if let Some(part) = native.await {
            return Some((part, digest));
        }
        let mut part = Digest::new();
        update(&mut part, bytes).await?;
        Some((part.finish(), digest))
    }
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
