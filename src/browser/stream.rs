//! A `ReadableStream` of bytes, chunk by chunk.
//!
//! `getReader()` and not `for await`: WebKit has no async iteration over streams.

use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReadableStream, ReadableStreamDefaultReader};

/// Reads a stream to its end; dropping it cancels the stream.
pub(super) struct Chunks(ReadableStreamDefaultReader);

impl Chunks {
    pub(super) fn new(stream: &ReadableStream) -> Self {
        Self(stream.get_reader().unchecked_into())
    }

    /// The next chunk, `None` at the end.
    pub(super) async fn next(&self) -> Result<Option<Uint8Array>, JsValue> {
        let result = JsFuture::from(self.0.read()).await?;
        if Reflect::get(&result, &"done".into())?.is_truthy() {
            return Ok(None);
        }
        Reflect::get(&result, &"value".into())?.dyn_into().map(Some)
    }
}

impl Drop for Chunks {
    fn drop(&mut self) {
        // Cancelling a stream that has ended does nothing; its promise is of no interest.
        let _ = self.0.cancel();
    }
}
