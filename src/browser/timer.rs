//! Time and chance: the clock, the seed, sleeps and time limits.

use core::future::{Future, poll_fn};
use core::pin::{Pin, pin};
use core::task::{Context, Poll};

use js_sys::{Date, Function, Math, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::event::{self, Happened};
use crate::flow::Wake;

/// Milliseconds since 1970.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "Date.now() is a whole number below 2^53")]
pub(super) fn now() -> u64 {
    Date::now() as u64
}

/// A seed for spreading retries.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the low digits are as good as any")]
pub(super) fn random_seed() -> u64 {
    (Math::random() * 9_007_199_254_740_992.0) as u64
}

/// Sleeps so long, or until the wake-up comes.
pub(super) async fn sleep(millis: u64, wake: Wake) {
    let name = match wake {
        Wake::Never => return Timeout::new(millis).await,
        Wake::Online => "online",
        // A worker does not see the page's `visibilitychange`; `js/host.ts` passes it on under this name.
        Wake::Visible => "mediaferry-visible",
    };
    within(millis, Happened::new(&event::scope(), name)).await;
}

/// What the future gives, or `None` once the time is up; the future is dropped then.
pub(super) async fn within<T>(millis: u64, future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    let mut timeout = Timeout::new(millis);
    poll_fn(|cx| match future.as_mut().poll(cx) {
        Poll::Ready(value) => Poll::Ready(Some(value)),
        Poll::Pending => Pin::new(&mut timeout).poll(cx).map(|()| None),
    })
    .await
}

/// A timer as a future; dropping it clears the timer.
struct Timeout {
    id: JsValue,
    over: JsFuture,
}

impl Timeout {
    fn new(millis: u64) -> Self {
        let mut id = JsValue::UNDEFINED;
        let over =
            Promise::new(&mut |resolve, _| id = set_timeout(&resolve, u32::try_from(millis).unwrap_or(u32::MAX)));
        Self { id, over: JsFuture::from(over) }
    }
}

impl Future for Timeout {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.over).poll(cx).map(|_| ())
    }
}

impl Drop for Timeout {
    fn drop(&mut self) {
        clear_timeout(&self.id);
    }
}

// Both stand in the window as well as in a worker, and web-sys knows them only as methods of one or the other.
#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(callback: &Function, millis: u32) -> JsValue;
    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(id: &JsValue);
}
