//! Requests without a body, or all requests if there is no `XMLHttpRequest`: `fetch`, whose responses gloo-net reads.
//! Its request builder would add 3 KB, partly for error texts, so the requests are built with web-sys.

use core::cell::Cell;
use core::pin::pin;

use js_sys::{Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, RequestInit};

use super::event::network;
use super::source_file::SourceFile;
use super::stream::Chunks;
use super::{body, clock, header, liveness};
use crate::http::{Body, MAX_BODY, Request, Response};
use crate::upload::{Failure, Liveness};

/// Sends the request and reads the whole response. Dropping the future aborts the request.
pub(super) async fn send(request: &Request, url: &str, file: Option<&SourceFile>) -> Result<Response, Failure> {
    let now = clock::now().awake;
    let watched = Cell::new(match &request.body {
        Body::Empty => Liveness::of_bodyless(now),
        _ => Liveness::of_unseen_body(body::size(request, file), now),
    });
    liveness::alive(&watched, pin!(exchange(request, url, file)), file).await
}

async fn exchange(request: &Request, url: &str, file: Option<&SourceFile>) -> Result<Response, Failure> {
    let abort = AbortOnDrop(AbortController::new().map_err(network)?);
    let init = RequestInit::new();
    init.set_method(request.method.as_str());
    init.set_signal(Some(&abort.0.signal()));
    init.set_body(&body::of(request, file).map_err(network)?);
    let fetch = web_sys::Request::new_with_str_and_init(url, &init).map_err(network)?;
    let headers = fetch.headers();
    for (name, value) in body::headers(request) {
        headers.set(name, value).map_err(network)?;
    }
    let response = JsFuture::from(start(&fetch)).await.map_err(network)?;
    let response = gloo_net::http::Response::from(response.unchecked_into::<web_sys::Response>());
    Ok(Response {
        status: response.status(),
        retry_after_millis: header::retry_after(&|name| response.headers().get(name)),
        body: read(&response).await?,
    })
}

async fn read(response: &gloo_net::http::Response) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    let Some(stream) = response.body() else { return Ok(body) };
    let mut chunks = Chunks::new(&stream).map_err(network)?;
    while let Some(chunk) = chunks.next().await.map_err(network)? {
        liveness::something_moved();
        if body.len() + chunk.length() as usize > MAX_BODY {
            return Err(Failure::ResponseTooLong);
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
