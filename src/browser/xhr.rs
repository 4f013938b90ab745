//! Requests with a body: `XMLHttpRequest`, the only API that reports upload progress in every engine, and so the only
//! one that shows whether any byte was sent.

use core::cell::{Cell, OnceCell};
use core::pin::pin;

use js_sys::{ArrayBuffer, Function, Promise, Reflect, Uint8Array};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{ProgressEvent, XmlHttpRequest, XmlHttpRequestResponseType};

use super::event::network;
use super::source_file::SourceFile;
use super::{body, clock, header, liveness};
use crate::http::{MAX_BODY, Request, Response};
use crate::upload::{Failure, Liveness};

/// Sends the request and reports the number of body bytes sent. Dropping the future aborts the request.
pub(super) async fn send(
    request: &Request,
    url: &str,
    file: Option<&SourceFile>,
    on_sent: impl Fn(u64),
) -> Result<Response, Failure> {
    let watched = Cell::new(Liveness::of_body(body::size(request, file), clock::now().awake));
    let is_too_long = Cell::new(false);
    let sending = |event: ProgressEvent| {
        let mut moved = watched.get();
        moved.sent(whole(event.loaded()), whole(event.total()), clock::now().awake);
        watched.set(moved);
        liveness::something_moved();
        on_sent(whole(event.loaded()));
    };
    let running = Running { xhr: XmlHttpRequest::new().map_err(network)?, reject: OnceCell::new() };
    let receiving = |event: ProgressEvent| {
        liveness::something_moved();
        if whole(event.loaded()) > MAX_BODY as u64 {
            is_too_long.set(true);
            running.give_up();
        }
    };
    let sending = Closure::<dyn Fn(ProgressEvent)>::borrow_aborting(&sending);
    let receiving = Closure::<dyn Fn(ProgressEvent)>::borrow_aborting(&receiving);
    let ended = running.start(request, url, file, &sending, &receiving).map_err(network)?;
    let ended = async {
        match ended.await {
            Ok(_) => running.response(),
            Err(_) if is_too_long.get() => Err(Failure::ResponseTooLong),
            // Browsers report a file that has changed as a failed connection.
            Err(_) if !liveness::is_whole(file).await => Err(Failure::Unreadable),
            Err(error) => Err(network(error)),
        }
    };
    liveness::alive(&watched, pin!(ended), file).await
}

/// Whether `XMLHttpRequest` exists: Node and service workers do not have it.
pub(super) fn exists() -> bool {
    Reflect::has(&js_sys::global(), &"XMLHttpRequest".into()) == Ok(true)
}

/// A request that is aborted when it is dropped.
struct Running {
    xhr: XmlHttpRequest,
    /// Ends the wait for the request.
    reject: OnceCell<Function>,
}

impl Running {
    /// Sends the request. The future resolves when the request ends, and rejects if there is no response.
    fn start(
        &self,
        request: &Request,
        url: &str,
        file: Option<&SourceFile>,
        sending: &ScopedClosure<'_, dyn Fn(ProgressEvent)>,
        receiving: &ScopedClosure<'_, dyn Fn(ProgressEvent)>,
    ) -> Result<JsFuture, JsValue> {
        let xhr = &self.xhr;
        xhr.open(request.method.as_str(), url)?;
        xhr.set_response_type(XmlHttpRequestResponseType::Arraybuffer);
        for (name, value) in body::headers(request) {
            xhr.set_request_header(name, value)?;
        }
        xhr.upload()?.set_onprogress(Some(sending.as_ref().unchecked_ref()));
        xhr.set_onprogress(Some(receiving.as_ref().unchecked_ref()));
        let ended = Promise::new(&mut |resolve, reject| {
            xhr.set_onload(Some(&resolve));
            xhr.set_onerror(Some(&reject));
            // Safari also fires `abort` when it drops a connection.
            xhr.set_onabort(Some(&reject));
            let _ = self.reject.set(reject);
        });
        xhr.unchecked_ref::<Sends>().send(&body::of(request, file)?)?;
        Ok(JsFuture::from(ended))
    }

    /// Ends the wait. `abort()` is not enough: Chromium then fires no event if the last byte has just arrived.
    fn give_up(&self) {
        let _ = self.reject.get().map(|reject| reject.call0(&JsValue::UNDEFINED));
    }

    fn response(&self) -> Result<Response, Failure> {
        let body: ArrayBuffer = self.xhr.response().map_err(network)?.dyn_into().map_err(network)?;
        // Getting a header that CORS hides logs an error in Chromium's console; getting all headers does not.
        let headers = self.xhr.get_all_response_headers().unwrap_or_default();
        Ok(Response {
            status: self.xhr.status().map_err(network)?,
            retry_after_millis: header::retry_after(&|name| header::find(&headers, name)),
            body: Uint8Array::new(&body).to_vec(),
        })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let xhr = &self.xhr;
        xhr.set_onload(None);
        xhr.set_onerror(None);
        xhr.set_onabort(None);
        xhr.set_onprogress(None);
        if let Ok(upload) = xhr.upload() {
            upload.set_onprogress(None);
        }
        // This has no effect on a request that has ended.
        let _ = xhr.abort();
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of bytes")]
const fn whole(bytes: f64) -> u64 {
    bytes as u64
}

// web-sys has a separate method for each type of body.
#[wasm_bindgen]
extern "C" {
    type Sends;
    #[wasm_bindgen(method, catch)]
    fn send(this: &Sends, body: &JsValue) -> Result<(), JsValue>;
}
