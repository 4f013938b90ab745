//! A `ReadableStream` of bytes, chunk by chunk.
//!
//! `getReader()` and not `for await`: WebKit has no async iteration over streams.

use js_sys::{ArrayBuffer, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::ReadableStream;

/// The buffer size of a reader that reads into a buffer.
const CHUNK: u32 = 1 << 20;

/// Reads a stream to its end; dropping it cancels the stream.
pub(super) struct Chunks {
    /// Held while a read is pending: Chromium collects an unreferenced reader, and its read then never completes.
    reader: Reader,
    /// The buffer to read into, if the stream supports that.
    buffer: Option<ArrayBuffer>,
}

impl Chunks {
    /// Reads the stream's own chunks.
    pub(super) fn new(stream: &ReadableStream) -> Result<Self, JsValue> {
        Ok(Self { reader: stream.unchecked_ref::<Stream>().get_reader(&JsValue::UNDEFINED)?, buffer: None })
    }

    /// Reads into one buffer repeatedly; fails if the engine does not support it (`WebKit`). Otherwise the chunks of a
    /// long stream are garbage that is collected late: 100 MB for a file of 256 MiB.
    pub(super) fn reusing_memory(stream: &ReadableStream) -> Result<Self, JsValue> {
        let options = Object::new();
        Reflect::set(&options, &"mode".into(), &"byob".into())?;
        let reader = stream.unchecked_ref::<Stream>().get_reader(&options)?;
        Ok(Self { reader, buffer: Some(ArrayBuffer::new(CHUNK)) })
    }

    /// Returns the next chunk, or `None` at the end. The chunk is valid until the next call.
    pub(super) async fn next(&mut self) -> Result<Option<Uint8Array>, JsValue> {
        let view = self.buffer.take().map_or(JsValue::UNDEFINED, |buffer| Uint8Array::new(&buffer).into());
        let result: Read = JsFuture::from(self.reader.read(&view)).await?.unchecked_into();
        if result.done() {
            return Ok(None);
        }
        let chunk = result.value();
        if !view.is_undefined() {
            self.buffer = Some(chunk.buffer());
        }
        Ok(Some(chunk))
    }
}

impl Drop for Chunks {
    fn drop(&mut self) {
        // The promise rejects if the stream has failed: without a handler, that would be an unhandled rejection.
        let cancelled = JsFuture::from(self.reader.cancel());
        spawn_local(async { drop(cancelled.await) });
    }
}

// web-sys has two reader types for this one, and a `getReader` whose exception cannot be caught.
#[wasm_bindgen]
extern "C" {
    type Stream;
    #[wasm_bindgen(method, catch, js_name = getReader)]
    fn get_reader(this: &Stream, options: &JsValue) -> Result<Reader, JsValue>;

    type Reader;
    #[wasm_bindgen(method)]
    fn read(this: &Reader, view: &JsValue) -> Promise;
    #[wasm_bindgen(method)]
    fn cancel(this: &Reader) -> Promise;

    type Read;
    #[wasm_bindgen(method, getter)]
    fn done(this: &Read) -> bool;
    #[wasm_bindgen(method, getter)]
    fn value(this: &Read) -> Uint8Array;
}
