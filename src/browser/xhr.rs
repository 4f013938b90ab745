//! Requests that carry the file: `XMLHttpRequest`, the only one that reports upload progress in every engine.

use core::cell::Cell;
use core::pin::pin;

use js_sys::{ArrayBuffer, Promise, Uint8Array};
use wasm_bindgen::prelude::{Closure, ScopedClosure};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, FormData, ProgressEvent, XmlHttpRequest, XmlHttpRequestResponseType};

use super::event::network;
use super::timer;
use crate::flow::{ANSWER_MILLIS, Failure, STALL_MILLIS};
use crate::http::{Body, Field, MAX_BODY, Request, Response};
use crate::text;
use crate::time::parse_retry_after;

/// Sends the request and tells how many bytes of its body have left. Dropping the future aborts the request.
pub(super) async fn send(
    request: &Request,
    url: &str,
    file: &Blob,
    on_sent: impl Fn(u64),
) -> Result<Response, Failure> {
    let moved_at = Cell::new(timer::now());
    let all_sent = Cell::new(false);
    let progress = |event: ProgressEvent| {
        moved_at.set(timer::now());
        all_sent.set(event.loaded() >= event.total());
        on_sent(whole(event.loaded()));
    };
    let progress = Closure::<dyn Fn(ProgressEvent)>::borrow_aborting(&progress);
    let running = Running(XmlHttpRequest::new().map_err(network)?);
    let mut ended = pin!(running.start(request, url, file, &progress).map_err(network)?);
    loop {
        let limit = if all_sent.get() { ANSWER_MILLIS } else { STALL_MILLIS };
        let quiet = || timer::now().saturating_sub(moved_at.get());
        match timer::within(limit.saturating_sub(quiet()), ended.as_mut()).await {
            Some(Ok(_)) => return running.answer(),
            Some(Err(error)) => return Err(network(error)),
            None if quiet() < limit => {}
            None if all_sent.get() => return Err(Failure::Timeout),
            None => return Err(Failure::Stalled),
        }
    }
}

/// A request that is aborted when nobody waits for it any more.
struct Running(XmlHttpRequest);

impl Running {
    /// Sends; the future ends with the request, in an error where no answer came.
    fn start(
        &self,
        request: &Request,
        url: &str,
        file: &Blob,
        progress: &ScopedClosure<'_, dyn Fn(ProgressEvent)>,
    ) -> Result<JsFuture, JsValue> {
        let xhr = &self.0;
        xhr.open(request.method.as_str(), url)?;
        xhr.set_response_type(XmlHttpRequestResponseType::Arraybuffer);
        for (name, value) in &request.headers {
            xhr.set_request_header(name, value)?;
        }
        xhr.upload()?.set_onprogress(Some(progress.as_ref().unchecked_ref()));
        let ended = Promise::new(&mut |resolve, reject| {
            xhr.set_onload(Some(&resolve));
            xhr.set_onerror(Some(&reject));
            // Safari fires `abort` when it drops a connection, asked or not.
            xhr.set_onabort(Some(&reject));
        });
        match &request.body {
            Body::File => xhr.send_with_opt_blob(Some(file))?,
            Body::Form(fields) => xhr.send_with_opt_form_data(Some(&form(fields, file)?))?,
            Body::Json(text) => xhr.send_with_opt_str(Some(text))?,
            Body::Empty => xhr.send()?,
        }
        Ok(JsFuture::from(ended))
    }

    fn answer(&self) -> Result<Response, Failure> {
        let body: ArrayBuffer = self.0.response().map_err(network)?.dyn_into().map_err(network)?;
        if body.byte_length() as usize > MAX_BODY {
            return Err(Failure::AnswerTooLong);
        }
        Ok(Response {
            status: self.0.status().map_err(network)?,
            retry_after_millis: self.retry_after().and_then(|text| parse_retry_after(&text, timer::now())),
            body: Uint8Array::new(&body).to_vec(),
        })
    }

    /// From the list of all headers: asking for a header that CORS hides makes Chromium complain in the console.
    fn retry_after(&self) -> Option<String> {
        let headers = self.0.get_all_response_headers().ok()?;
        let value = |line: &str| line.strip_prefix("retry-after:").map(str::to_owned);
        text::split(&headers.to_ascii_lowercase(), b'\n').find_map(value)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let xhr = &self.0;
        xhr.set_onload(None);
        xhr.set_onerror(None);
        xhr.set_onabort(None);
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
