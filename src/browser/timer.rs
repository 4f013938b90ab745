//! Sleeps and time limits.

use core::future::{Future, poll_fn};
use core::pin::{Pin, pin};
use core::task::{Context, Poll};

use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::clock::now;
use super::event::{self, EventFuture};
use crate::clock::TICK_MILLIS;
use crate::upload::WakeOn;

/// Sleeps for this time, or until the wake-up event.
pub(super) async fn sleep(millis: u64, wake: WakeOn) {
    let name = match wake {
        WakeOn::Never => {
            let _: Option<()> = within(millis, core::future::pending()).await;
            return;
        }
        // Not every browser fires the page's events in a worker; `js/runtime/run-core.ts` forwards them under these names.
        WakeOn::Online => "mediaferry-online",
        WakeOn::Visible => "mediaferry-visible",
    };
    let mut happened = pin!(EventFuture::new(&event::scope(), name));
    let ends = now().awake + millis;
    while let Some(left) = ends.checked_sub(now().awake).filter(|left| *left > 0) {
        let is_over = within(left.min(TICK_MILLIS), happened.as_mut()).await.is_some();
        // If the page itself runs in a worker, it may get no event at all.
        if is_over || (wake == WakeOn::Online && !event::is_offline()) {
            return;
        }
    }
}

/// Returns the future's result, or `None` after this time awake; the future is then dropped.
pub(super) async fn within<T>(millis: u64, future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    let ends = now().awake + millis;
    loop {
        let left = ends.saturating_sub(now().awake);
        let mut timeout = Timeout::new(left.min(TICK_MILLIS));
        let ended = poll_fn(|cx| match future.as_mut().poll(cx) {
            Poll::Ready(value) => Poll::Ready(Some(value)),
            Poll::Pending => Pin::new(&mut timeout).poll(cx).map(|()| None),
        })
        .await;
        if ended.is_some() || left <= TICK_MILLIS {
            return ended;
        }
    }
}

/// A timer as a future, in the browser's own time; dropping it clears the timer.
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

// These exist in windows and workers, but web-sys declares them only as methods of one or the other.
#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(callback: &Function, millis: u32) -> JsValue;
    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(id: &JsValue);
}
