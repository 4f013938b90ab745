//! A `ReadableStream` of bytes, chunk by chunk.
//!
//! `getReader()` and not `for await`: WebKit has no async iteration over streams.

use js_sys::{ArrayBuffer, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::ReadableStream;

/// What a reader with a buffer of its own asks for.
const CHUNK: u32 = 1 << 20;

/// Reads a stream to its end; dropping it cancels the stream.
pub(super) struct Chunks {
    /// Held while it is read from: Chromium collects a reader that nothing holds, and the read that it owes is never done.
    reader: Reader,
    /// The memory to read into, where the stream can do that.
    buffer: Option<ArrayBuffer>,
}

impl Chunks {
    /// Reads in the stream's own chunks.
    pub(super) fn new(stream: &ReadableStream) -> Result<Self, JsValue> {
        Ok(Self { reader: stream.unchecked_ref::<Stream>().get_reader(&JsValue::UNDEFINED)?, buffer: None })
    }

    /// Reads into one buffer again and again; fails where the engine cannot (`WebKit`). A long stream's own chunks are
    /// garbage that is collected late, 100 MB of it for a file of 256 MiB.
    pub(super) fn reusing_memory(stream: &ReadableStream) -> Result<Self, JsValue> {
        let options = Object::new();
        Reflect::set(&options, &"mode".into(), &"byob".into())?;
        let reader = stream.unchecked_ref::<Stream>().get_reader(&options)?;
        Ok(Self { reader, buffer: Some(ArrayBuffer::new(CHUNK)) })
    }

    /// The next chunk, `None` at the end. It is good until the next call.
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
        // On a stream that broke off the promise rejects: without a handler, that would be an unhandled rejection.
        let cancelled = JsFuture::from(self.reader.cancel());
        spawn_local(async { drop(cancelled.await) });
    }
}

// web-sys has two readers for what is one here, and a `getReader` whose refusal cannot be caught.
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
