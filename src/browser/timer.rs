//! Time and chance: the clock, the seed, sleeps and time limits.

use core::future::{Future, poll_fn};
use core::pin::{Pin, pin};
use core::task::{Context, Poll};

use js_sys::{Date, Function, Math, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::MessageChannel;

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

/// How long work may hold the event loop.
const TURN_MILLIS: u64 = 8;

/// Gives the event loop a turn now and then. A stream's chunks come as microtasks: a loop over them lets no answer, no
/// progress and no cancel through until it ends.
pub(super) struct Turn {
    channel: MessageChannel,
    since: u64,
}

impl Turn {
    pub(super) fn new() -> Result<Self, JsValue> {
        Ok(Self { channel: MessageChannel::new()?, since: now() })
    }

    /// Waits for a turn, if the last was long enough ago. By a message, for nested timers wait at least 4 ms.
    pub(super) async fn pass(&mut self) {
        if now().saturating_sub(self.since) < TURN_MILLIS {
            return;
        }
        let message = Promise::new(&mut |resolve, _| {
            self.channel.port1().set_onmessage(Some(&resolve));
            // Nothing is transferred that could fail to be.
            let _ = self.channel.port2().post_message(&JsValue::NULL);
        });
        let _ = JsFuture::from(message).await;
        self.since = now();
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.channel.port1().close();
    }
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
