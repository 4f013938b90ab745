//! The file of a task. A small file is read once: the bytes that are probed are hashed and sent.

use core::cell::{Cell, RefCell};

use js_sys::Uint8Array;
use wasm_bindgen::JsValue;
use web_sys::Blob;

use super::blob;
use super::host_callbacks::HostCallbacks;

/// The size up to which the bytes are sent, and not the Blob. In Chromium that is faster up to here, and slower above.
const SENT_AS_BYTES: u64 = 256 << 10;
/// The size up to which a file that will be hashed is read as a whole.
const HASHED_FROM_MEMORY: u64 = 1 << 20;
/// The most bytes that are kept, over all tasks. Other files are read again.
const MAX_KEPT: u64 = 16 << 20;

thread_local! {
    static KEPT: Cell<u64> = const { Cell::new(0) };
}

/// A file, and its bytes from the first read until they have been sent.
pub(super) struct SourceFile {
    blob: Blob,
    /// The size up to which it is kept.
    max_kept: u64,
    kept: RefCell<Option<Kept>>,
    callbacks: HostCallbacks,
}

impl SourceFile {
    pub(super) const fn new(blob: Blob, is_sent: bool, is_hashed: bool, callbacks: HostCallbacks) -> Self {
        let max_kept = match (is_sent, is_hashed) {
            (false, _) => 0,
            (true, false) => SENT_AS_BYTES,
            (true, true) => HASHED_FROM_MEMORY,
        };
        Self { blob, max_kept, kept: RefCell::new(None), callbacks }
    }

    pub(super) const fn blob(&self) -> &Blob {
        &self.blob
    }

    pub(super) fn size(&self) -> u64 {
        blob::size(&self.blob)
    }

    /// Reads a range. Returns fewer bytes if the file has become shorter, and `None` if it cannot be read.
    pub(super) async fn range(&self, offset: u64, len: usize) -> Option<Uint8Array> {
        if offset == 0 {
            self.keep().await;
        }
        let Some(bytes) = self.bytes() else { return blob::range(&self.blob, offset, len).await };
        let start = u32::try_from(offset).ok()?;
        Some(bytes.subarray(start, start.checked_add(u32::try_from(len).ok()?)?))
    }

    /// Reads the whole file, if it is small.
    async fn keep(&self) {
        let size = self.size();
        if size > self.max_kept || KEPT.get() + size > MAX_KEPT {
            return;
        }
        let reservation = Reservation::new(size);
        if let Some(bytes) = blob::read(&self.blob).await
            && u64::from(bytes.length()) == size
        {
            self.kept.replace(Some(Kept { bytes, callbacks: self.callbacks.clone(), _reservation: reservation }));
        }
    }

    /// The bytes of the whole file, if they are kept.
    pub(super) fn bytes(&self) -> Option<Uint8Array> {
        self.kept.borrow().as_ref().map(|kept| kept.bytes.clone())
    }

    /// The bytes of the whole file, if they are kept, otherwise the Blob.
    pub(super) fn bytes_or_blob(&self) -> JsValue {
        self.bytes().map_or_else(|| self.blob().into(), Into::into)
    }

    /// What is sent: the bytes of a small file, or the Blob.
    pub(super) fn body(&self) -> JsValue {
        if self.size() <= SENT_AS_BYTES { self.bytes_or_blob() } else { self.blob().into() }
    }

    /// Keeps the bytes no longer.
    pub(super) fn forget(&self) {
        self.kept.replace(None);
    }

    /// Whether the file can still be sent: it may have been truncated, changed or deleted.
    pub(super) async fn is_whole(&self) -> bool {
        self.bytes().is_some() || blob::is_whole(&self.blob).await
    }
}

struct Kept {
    bytes: Uint8Array,
    callbacks: HostCallbacks,
    _reservation: Reservation,
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.callbacks.free(&self.bytes);
    }
}

/// Bytes that count as kept until this is dropped.
struct Reservation(u64);

impl Reservation {
    fn new(bytes: u64) -> Self {
        KEPT.set(KEPT.get() + bytes);
        Self(bytes)
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        KEPT.set(KEPT.get() - self.0);
    }
}
