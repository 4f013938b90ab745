//! Requests that carry a body: `XMLHttpRequest`, the only one that reports upload progress in every engine, and so the
//! only one that tells whether anything of a request has left.

use core::cell::{Cell, OnceCell};
use core::pin::pin;

use js_sys::{ArrayBuffer, Function, Promise, Reflect, Uint8Array};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, ProgressEvent, XmlHttpRequest, XmlHttpRequestResponseType};

use super::event::network;
use super::{blob, body, clock, header, timer};
use crate::http::{MAX_BODY, Request, Response};
use crate::upload::{Failure, Liveness};

/// Sends the request and tells how many bytes of its body have left. Dropping the future aborts the request.
pub(super) async fn send(
    request: &Request,
    url: &str,
    file: Option<&Blob>,
    on_sent: impl Fn(u64),
) -> Result<Response, Failure> {
    let watched = Cell::new(Liveness::of_body(body::size(request, file), clock::now().awake));
    let is_too_long = Cell::new(false);
    let sending = |event: ProgressEvent| {
        let mut moved = watched.get();
        moved.sent(whole(event.loaded()), whole(event.total()), clock::now().awake);
        watched.set(moved);
        timer::something_moved();
        on_sent(whole(event.loaded()));
    };
    let running = Running { xhr: XmlHttpRequest::new().map_err(network)?, reject: OnceCell::new() };
    let receiving = |event: ProgressEvent| {
        timer::something_moved();
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
            Err(_) if is_too_long.get() => Err(Failure::AnswerTooLong),
            // Browsers tell of a file that has changed as of a connection that broke.
            Err(_) if !blob::is_whole(file).await => Err(Failure::Unreadable),
            Err(error) => Err(network(error)),
        }
    };
    timer::alive(&watched, pin!(ended), file).await
}

/// Whether there is one here: Node and service workers have none.
pub(super) fn exists() -> bool {
    Reflect::has(&js_sys::global(), &"XMLHttpRequest".into()) == Ok(true)
}

/// A request that is aborted when nobody waits for it any more.
struct Running {
    xhr: XmlHttpRequest,
    /// Ends the wait for it.
    reject: OnceCell<Function>,
}

impl Running {
    /// Sends; the future ends with the request, in an error where no response came.
    fn start(
        &self,
        request: &Request,
        url: &str,
        file: Option<&Blob>,
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
            // Safari fires `abort` when it drops a connection, asked or not.
            xhr.set_onabort(Some(&reject));
            let _ = self.reject.set(reject);
        });
        xhr.unchecked_ref::<Sends>().send(&body::of(request, file)?)?;
        Ok(JsFuture::from(ended))
    }

    /// Ends the wait. Aborting would not do: Chromium then fires no event if the last byte has just come.
    fn give_up(&self) {
        let _ = self.reject.get().map(|reject| reject.call0(&JsValue::UNDEFINED));
    }

    fn response(&self) -> Result<Response, Failure> {
        let body: ArrayBuffer = self.xhr.response().map_err(network)?.dyn_into().map_err(network)?;
        // Asking for a header that CORS hides makes Chromium complain in the console; asking for all does not.
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
        // Does nothing to a request that has ended.
        let _ = xhr.abort();
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of bytes")]
const fn whole(bytes: f64) -> u64 {
    bytes as u64
}

// web-sys has a method for each type of body.
#[wasm_bindgen]
extern "C" {
    type Sends;
    #[wasm_bindgen(method, catch)]
    fn send(this: &Sends, body: &JsValue) -> Result<(), JsValue>;
}
