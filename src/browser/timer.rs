//! Time and chance: the clock, the seed, sleeps and time limits.

use core::future::{Future, poll_fn};
use core::pin::pin;
use core::task::Poll;

use gloo_timers::future::TimeoutFuture;
use js_sys::{Date, Math};

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
        Wake::Never => return timeout(millis).await,
        Wake::Online => "online",
        // A worker does not see the page's `visibilitychange`; `js/host.ts` passes it on under this name.
        Wake::Visible => "mediaferry-visible",
    };
    within(millis, Happened::new(&event::scope(), name)).await;
}

/// What the future gives, or `None` once the time is up; the future is dropped then.
pub(super) async fn within<T>(millis: u64, future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    let mut timeout = pin!(timeout(millis));
    poll_fn(|cx| match future.as_mut().poll(cx) {
        Poll::Ready(value) => Poll::Ready(Some(value)),
        Poll::Pending => timeout.as_mut().poll(cx).map(|()| None),
    })
    .await
}

fn timeout(millis: u64) -> TimeoutFuture {
    TimeoutFuture::new(u32::try_from(millis).unwrap_or(u32::MAX))
}
