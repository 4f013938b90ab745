//! Requests that carry no file: `fetch`, whose answers gloo-net reads. What builds and sends requests there would cost 3 KB, the
//! texts of its errors among them, so web-sys builds them.

use js_sys::{Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, RequestInit};

use super::event::network;
use super::stream::Chunks;
use super::timer;
use crate::flow::{Failure, SMALL_REQUEST_MILLIS};
use crate::http::{Body, MAX_BODY, Request, Response};
use crate::time::parse_retry_after;

/// Sends the request and reads the answer to its end. Dropping the future aborts the request.
pub(super) async fn send(request: &Request, url: &str) -> Result<Response, Failure> {
    timer::within(SMALL_REQUEST_MILLIS, exchange(request, url)).await.unwrap_or(Err(Failure::Timeout))
}

async fn exchange(request: &Request, url: &str) -> Result<Response, Failure> {
    let abort = AbortOnDrop(AbortController::new().map_err(network)?);
    let init = RequestInit::new();
    init.set_method(request.method.as_str());
    init.set_signal(Some(&abort.0.signal()));
    if let Body::Json(text) = &request.body {
        init.set_body(&text.as_str().into());
    }
    let fetch = web_sys::Request::new_with_str_and_init(url, &init).map_err(network)?;
    let headers = fetch.headers();
    if matches!(request.body, Body::Json(_)) {
        headers.set("Content-Type", "application/json").map_err(network)?;
    }
    for (name, value) in &request.headers {
        headers.set(name, value).map_err(network)?;
    }
    let answer = JsFuture::from(start(&fetch)).await.map_err(network)?;
    let answer = gloo_net::http::Response::from(answer.unchecked_into::<web_sys::Response>());
    Ok(Response {
        status: answer.status(),
        retry_after_millis: answer.headers().get("retry-after").and_then(|text| parse_retry_after(&text, timer::now())),
        body: read(&answer).await?,
    })
}

async fn read(answer: &gloo_net::http::Response) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    let Some(stream) = answer.body() else { return Ok(body) };
    let mut chunks = Chunks::new(&stream).map_err(network)?;
    while let Some(chunk) = chunks.next().await.map_err(network)? {
        if body.len() + chunk.length() as usize > MAX_BODY {
            return Err(Failure::AnswerTooLong);
        }
        body.extend(Uint8Array::to_vec(&chunk));
    }
    Ok(body)
}

struct AbortOnDrop(AbortController);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = fetch)]
    fn start(request: &web_sys::Request) -> Promise;
}
