//! SHA-256 by WebCrypto: native and off the thread, but only for bytes that are in memory as a whole.

use core::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::{Rc, Weak};

use js_sys::{Function, Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use web_sys::Blob;

use super::blob;
use crate::digest::Checksum;

/// The size of the largest file that is hashed at once, and the number of bytes that are hashed at the same time.
pub(super) const MAX_BYTES: u64 = 32 << 20;

/// Returns the checksum of a Blob; `None` if it cannot be read, or without WebCrypto, which only secure contexts have.
/// `bytes` are its bytes, if they have been read.
pub(super) async fn digest(blob: &Blob, bytes: Option<Uint8Array>) -> Option<Checksum> {
    let subtle = js_sys::global().unchecked_into::<Scope>().crypto()?.subtle()?;
    let wanted = Rc::new(());
    let job = hash(subtle, blob.clone(), bytes, Rc::downgrade(&wanted));
    // It runs on its own, so that a paused task does not keep its turn.
    let digest = JsFuture::from(future_to_promise(job)).await.ok()?;
    let digest: [u8; 32] = Uint8Array::new(&digest).to_vec().try_into().ok()?;
    Some(digest.into())
}

async fn hash(subtle: Subtle, blob: Blob, bytes: Option<Uint8Array>, wanted: Weak<()>) -> Result<JsValue, JsValue> {
    let size = blob::size(&blob);
    let _turn = Turn::new(size).await;
    if wanted.strong_count() == 0 {
        return Err(JsValue::UNDEFINED);
    }
    let bytes = match bytes {
        Some(bytes) => bytes,
        None => Uint8Array::new(&JsFuture::from(blob.array_buffer()).await?),
    };
    if u64::from(bytes.length()) != size {
        return Err(JsValue::UNDEFINED);
    }
    JsFuture::from(subtle.digest("SHA-256", &bytes)).await
}

thread_local! {
    static IN_USE: Cell<u64> = const { Cell::new(0) };
    /// The sizes of the files that wait, and the functions that end their waits.
    static WAITING: RefCell<VecDeque<(u64, Function)>> = const { RefCell::new(VecDeque::new()) };
}

/// Permission to have this many bytes in memory.
struct Turn(u64);

impl Turn {
    async fn new(bytes: u64) -> Self {
        let wait = Promise::new(&mut |resolve, _| {
            WAITING.with_borrow_mut(|waiting| waiting.push_back((bytes, resolve)));
        });
        grant();
        let _ = JsFuture::from(wait).await;
        Self(bytes)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        IN_USE.set(IN_USE.get() - self.0);
        grant();
    }
}

/// Ends the waits of the files at the front of the queue that fit into memory now.
fn grant() {
    WAITING.with_borrow_mut(|waiting| {
        while let Some((bytes, resolve)) = waiting.pop_front_if(|(bytes, _)| IN_USE.get() + *bytes <= MAX_BYTES) {
            IN_USE.set(IN_USE.get() + bytes);
            let _ = resolve.call0(&JsValue::UNDEFINED);
        }
    });
}

// web-sys would add both types with all their methods' glue for each kind of scope.
#[wasm_bindgen]
extern "C" {
    type Scope;
    #[wasm_bindgen(method, getter)]
    fn crypto(this: &Scope) -> Option<Crypto>;

    type Crypto;
    #[wasm_bindgen(method, getter)]
    fn subtle(this: &Crypto) -> Option<Subtle>;

    type Subtle;
    #[wasm_bindgen(method)]
    fn digest(this: &Subtle, algorithm: &str, data: &Uint8Array) -> Promise;
}
