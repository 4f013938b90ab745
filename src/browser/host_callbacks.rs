//! Callbacks of the host: events for the page, and queries for the page.

use core::future::Future;
use core::pin::Pin;

use js_sys::{Function, Promise, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::event::network;
use super::{clock, timer};
use crate::digest::Checksum;
use crate::http::{Body, Request, Response};
use crate::json::Json;
use crate::time::parse_retry_after;
use crate::upload::{Failure, RESPONSE_MILLIS};

#[derive(Clone)]
pub(super) struct HostCallbacks {
    pub(super) on_event: Function,
    pub(super) query: Function,
}

impl HostCallbacks {
    /// Reports an event or the outcome.
    pub(super) fn report(&self, event: &JsValue) {
        // An exception in a listener does not end the upload.
        let _ = self.on_event.call1(&JsValue::UNDEFINED, event);
    }

    /// Sends a query to the page. If the page throws, the facade ends the call.
    pub(super) fn query(&self, what: &str, about: &JsValue) -> JsFuture {
        JsFuture::from(self.ask(what, about))
    }

    /// Sends a query to the page, and returns its promise.
    pub(super) fn ask(&self, what: &str, about: &JsValue) -> Promise {
        let promise = self.query.call2(&JsValue::UNDEFINED, &what.into(), about);
        promise.map_or_else(|error| Promise::reject(&error), |reply| Promise::resolve(&reply))
    }

    /// Starts to compute the SHA-256 of a file or its bytes, if the host can do that at once.
    pub(super) fn digest(&self, source: &JsValue) -> impl Future<Output = Option<Checksum>> + use<> {
        checksum(self.query("digest", source))
    }

    /// Frees the memory of bytes now: engines do so late.
    pub(super) fn free(&self, bytes: &Uint8Array) {
        let _ = self.query.call2(&JsValue::UNDEFINED, &"freeBuffer".into(), &bytes.buffer());
    }

    /// Calls a callback of the page, with the time limit of a server that has received the whole request.
    pub(super) async fn send(&self, callback: &str, request: &Request) -> Result<Response, Failure> {
        let about = if let Body::Json(about) = &request.body { about } else { "" };
        let mut pending = self.query(callback, &about.into());
        let reply = timer::within(RESPONSE_MILLIS, Pin::new(&mut pending)).await.ok_or(Failure::Timeout)?;
        let text = reply.map_err(network)?.as_string().unwrap_or_default();
        match response(&text) {
            Some(response) if response.status > 0 => Ok(response),
            Some(_) => Err(network(())),
            // A malformed result is not a network failure: a retry would not help.
            None => Ok(Response { status: 200, body: b"?".to_vec(), ..Response::default() }),
        }
    }
}

/// Reads the host's digest; `None` if it has none.
pub(super) async fn checksum(digest: JsFuture) -> Option<Checksum> {
    let digest = digest.await.ok()?.dyn_into::<Uint8Array>().ok()?;
    <[u8; 32]>::try_from(digest.to_vec()).ok().map(Checksum::from)
}

/// Reads `{ status, retryAfter?, body? }`; the status is 0 if the page could not connect.
fn response(text: &str) -> Option<Response> {
    let json = Json::read(text.as_bytes()).ok()?;
    let retry_after = json.text("retryAfter").ok();
    Some(Response {
        status: json.u64("status").ok()?.try_into().ok()?,
        retry_after_millis: retry_after.and_then(|text| parse_retry_after(&text, clock::wall())),
        body: json.field("body").map(|body| body.to_text().into()).unwrap_or_default(),
    })
}
