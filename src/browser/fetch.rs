//! Requests that carry no file: `fetch`, by gloo-net.

use gloo_net::http::{Method, RequestBuilder};
use js_sys::Uint8Array;
use web_sys::AbortController;

use super::event::network;
use super::stream::Chunks;
use super::timer;
use crate::flow::{Failure, SMALL_REQUEST_MILLIS};
use crate::http::{self, Body, MAX_BODY, Request, Response};
use crate::time::parse_retry_after;

/// Sends the request and reads the answer to its end. Dropping the future aborts the request.
pub(super) async fn send(request: &Request, url: &str) -> Result<Response, Failure> {
    timer::within(SMALL_REQUEST_MILLIS, exchange(request, url)).await.unwrap_or(Err(Failure::Timeout))
}

async fn exchange(request: &Request, url: &str) -> Result<Response, Failure> {
    let abort = AbortOnDrop(AbortController::new().map_err(network)?);
    let method = match request.method {
        http::Method::Get => Method::GET,
        http::Method::Post => Method::POST,
        http::Method::Put => Method::PUT,
        http::Method::Delete => Method::DELETE,
    };
    let builder = RequestBuilder::new(url).method(method).abort_signal(Some(&abort.0.signal()));
    let builder = request.headers.iter().fold(builder, |builder, (name, value)| builder.header(name, value));
    let ready = match &request.body {
        Body::Json(text) => builder.header("Content-Type", "application/json").body(text.as_str()),
        Body::Empty | Body::File | Body::Form(_) => builder.build(),
    };
    let answer = ready.map_err(network)?.send().await.map_err(network)?;
    Ok(Response {
        status: answer.status(),
        retry_after_millis: answer.headers().get("retry-after").and_then(|text| parse_retry_after(&text, timer::now())),
        body: read(&answer).await?,
    })
}

async fn read(answer: &gloo_net::http::Response) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    let Some(stream) = answer.body() else { return Ok(body) };
    let chunks = Chunks::new(&stream);
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
