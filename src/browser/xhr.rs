//! Requests that carry a body: `XMLHttpRequest`, the only one that reports upload progress in every engine, and so the
//! only one that tells whether anything of a request has left.

use core::cell::Cell;
use core::pin::pin;

use js_sys::{ArrayBuffer, Promise, Uint8Array};
use wasm_bindgen::prelude::{Closure, ScopedClosure};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, FormData, ProgressEvent, XmlHttpRequest, XmlHttpRequestResponseType};

use super::event::network;
use super::{blob, header, timer};
use crate::flow::{Failure, Liveness};
use crate::http::{Body, Field, MAX_BODY, Request, Response};

/// Sends the request and tells how many bytes of its body have left. Dropping the future aborts the request.
pub(super) async fn send(
    request: &Request,
    url: &str,
    file: Option<&Blob>,
    on_sent: impl Fn(u64),
) -> Result<Response, Failure> {
    let size = match &request.body {
        Body::Json(text) => text.len() as u64,
        _ => file.map_or(0, blob::size),
    };
    let watched = Cell::new(Liveness::of_body(size, timer::now().awake));
    let is_too_long = Cell::new(false);
    let sending = |event: ProgressEvent| {
        let mut moved = watched.get();
        moved.sent(whole(event.loaded()), whole(event.total()), timer::now().awake);
        watched.set(moved);
        timer::something_moved();
        on_sent(whole(event.loaded()));
    };
    let running = Running(XmlHttpRequest::new().map_err(network)?);
    let receiving = |event: ProgressEvent| {
        timer::something_moved();
        if whole(event.loaded()) > MAX_BODY as u64 {
            is_too_long.set(true);
            // The only thing that can fail here is a request that has ended.
            let _ = running.0.abort();
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

/// A request that is aborted when nobody waits for it any more.
struct Running(XmlHttpRequest);

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
        let xhr = &self.0;
        xhr.open(request.method.as_str(), url)?;
        xhr.set_response_type(XmlHttpRequestResponseType::Arraybuffer);
        if matches!(request.body, Body::Json(_)) {
            xhr.set_request_header("Content-Type", "application/json")?;
        }
        for (name, value) in &request.headers {
            xhr.set_request_header(name, value)?;
        }
        xhr.upload()?.set_onprogress(Some(sending.as_ref().unchecked_ref()));
        xhr.set_onprogress(Some(receiving.as_ref().unchecked_ref()));
        let ended = Promise::new(&mut |resolve, reject| {
            xhr.set_onload(Some(&resolve));
            xhr.set_onerror(Some(&reject));
            // Safari fires `abort` when it drops a connection, asked or not.
            xhr.set_onabort(Some(&reject));
        });
        match (&request.body, file) {
            (Body::File, Some(file)) => xhr.send_with_opt_blob(Some(file))?,
            (Body::Form(fields), Some(file)) => xhr.send_with_opt_form_data(Some(&form(fields, file)?))?,
            (Body::Json(text), _) => xhr.send_with_opt_str(Some(text))?,
            _ => xhr.send()?,
        }
        Ok(JsFuture::from(ended))
    }

    fn response(&self) -> Result<Response, Failure> {
        let body: ArrayBuffer = self.0.response().map_err(network)?.dyn_into().map_err(network)?;
        // Asking for a header that CORS hides makes Chromium complain in the console; asking for all does not.
        let headers = self.0.get_all_response_headers().unwrap_or_default();
        Ok(Response {
            status: self.0.status().map_err(network)?,
            retry_after_millis: header::retry_after(&|name| header::find(&headers, name)),
            body: Uint8Array::new(&body).to_vec(),
        })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let xhr = &self.0;
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

/// The form with the file under its sniffed type; the bytes are not copied.
fn form(fields: &[Field], file: &Blob) -> Result<FormData, JsValue> {
    let form = FormData::new()?;
    for field in fields {
        match field {
            Field::Text { name, value } => form.append_with_str(name, value)?,
            Field::File { name, file_name, mime } => {
                let typed = file.slice_with_f64_and_f64_and_content_type(0.0, file.size(), mime)?;
                form.append_with_blob_and_filename(name, &typed, file_name)?;
            }
        }
    }
    Ok(form)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of bytes")]
const fn whole(bytes: f64) -> u64 {
    bytes as u64
}
