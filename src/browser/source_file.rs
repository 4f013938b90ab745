//! The file of a task. A small file is read once: the bytes that are probed are hashed.
//!
//! What is sent is the file itself. Chromium keeps bytes that were sent until it collects garbage, which they do not hasten: 1,000
//! files of 256 KiB needed 323 MiB.

use core::cell::{Cell, RefCell};

use js_sys::Uint8Array;
use wasm_bindgen::JsValue;
use web_sys::Blob;

use super::blob;
use super::host_callbacks::HostCallbacks;

/// The size up to which a file that will be hashed is read as a whole.
const MAX_SIZE: u64 = 1 << 20;
/// The most bytes that are kept, over all tasks. Other files are read again.
const MAX_KEPT: u64 = 16 << 20;

thread_local! {
    static KEPT: Cell<u64> = const { Cell::new(0) };
}

/// A file, and its bytes from the first read until they are hashed.
pub(super) struct SourceFile {
    blob: Blob,
    is_hashed: bool,
    kept: RefCell<Option<Kept>>,
    callbacks: HostCallbacks,
}

impl SourceFile {
    pub(super) const fn new(blob: Blob, is_hashed: bool, callbacks: HostCallbacks) -> Self {
        Self { blob, is_hashed, kept: RefCell::new(None), callbacks }
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
        let Some(bytes) = self.bytes() else { return self.read(offset, len as u64).await };
        let start = u32::try_from(offset).ok()?;
        Some(bytes.subarray(start, start.checked_add(u32::try_from(len).ok()?)?))
    }

    /// Whether the last byte can still be read: the file may have been truncated, changed or deleted.
    pub(super) async fn is_whole(&self) -> bool {
        let Some(last) = self.size().checked_sub(1) else { return true };
        self.read(last, 1).await.is_some_and(|byte| byte.length() == 1)
    }

    /// Reads the whole file, if it is small.
    async fn keep(&self) {
        let size = self.size();
        if !self.is_hashed || size > MAX_SIZE || KEPT.get() + size > MAX_KEPT {
            return;
        }
        let reservation = Reservation::new(size);
        if let Some(bytes) = self.read(0, size).await
            && u64::from(bytes.length()) == size
        {
            self.kept.replace(Some(Kept { bytes, callbacks: self.callbacks.clone(), _reservation: reservation }));
        }
    }

    /// Has the host read a range: it reads a few files at a time.
    async fn read(&self, offset: u64, len: u64) -> Option<Uint8Array> {
        // Chromium takes longer to make a slice than to read a small file.
        let is_whole = offset == 0 && len == self.size();
        let part = if is_whole { self.blob.clone() } else { blob::slice(&self.blob, offset, len).ok()? };
        Some(Uint8Array::new(&self.callbacks.query("readBlob", &part).await.ok()?))
    }

    /// The bytes of the whole file, if they are kept.
    fn bytes(&self) -> Option<Uint8Array> {
        self.kept.borrow().as_ref().map(|kept| kept.bytes.clone())
    }

    /// The bytes of the whole file, if they are kept, otherwise the Blob.
    pub(super) fn bytes_or_blob(&self) -> JsValue {
        self.bytes().map_or_else(|| self.blob().into(), Into::into)
    }

    /// Keeps the bytes no longer.
    pub(super) fn forget(&self) {
        self.kept.replace(None);
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
