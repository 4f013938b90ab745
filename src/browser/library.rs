//! Requests beside an upload, such as a page of a list: sent, repeated where that is safe, cancelled with their signal.

use core::future::{Future, poll_fn};
use core::pin::pin;
use core::task::Poll;

use wasm_bindgen::JsValue;
use web_sys::AbortSignal;

use super::call::Gateway;
use super::event::Happened;
use super::{convert, fetch, timer};
use crate::error::Error;
use crate::flow::Retry;
use crate::http::{Request, Response};

/// Sends one request and reads its answer; rejects as an upload does.
pub(super) async fn exchange(
    gateway: &Gateway,
    request: &Request,
    signal: &AbortSignal,
    read: &dyn Fn(&Response) -> Result<JsValue, Error>,
) -> Result<JsValue, JsValue> {
    if signal.aborted() {
        return Err(JsValue::UNDEFINED);
    }
    let mut aborted = pin!(Happened::new(signal, "abort"));
    let mut sending = pin!(send(gateway, request, read));
    poll_fn(|cx| {
        if aborted.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Err(JsValue::UNDEFINED));
        }
        sending.as_mut().poll(cx).map_err(|error| convert::error(&error, None, None, false))
    })
    .await
}

async fn send(
    gateway: &Gateway,
    request: &Request,
    read: &dyn Fn(&Response) -> Result<JsValue, Error>,
) -> Result<JsValue, Error> {
    let url = gateway.url(&request.target);
    let mut retry = Retry::new(timer::random_seed());
    loop {
        let answer = fetch::send(request, &url).await.map_err(Error::from);
        let error = match answer.and_then(|response| read(&response)) {
            Ok(value) => return Ok(value),
            Err(error) => error,
        };
        let Some((millis, wake)) = retry.wait_after(&error, request.repeat, timer::now()) else { return Err(error) };
        timer::sleep(millis, wake).await;
    }
}
