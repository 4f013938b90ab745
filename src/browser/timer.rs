//! Time and chance: the clock, the seed, sleeps and time limits.

use core::future::{Future, poll_fn};
use core::pin::{Pin, pin};
use core::task::{Context, Poll};

use core::cell::Cell;

use js_sys::{Date, Function, Math, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, MessageChannel};

use super::blob;
use super::event::{self, Happened};
use crate::clock::{AwakeClock, Now, TICK_MILLIS};
use crate::flow::{Failure, Liveness, Wake};
use crate::http::Response;

thread_local! {
    static CLOCK: Cell<AwakeClock> = const { Cell::new(AwakeClock::new()) };
    static MOVED_AT: Cell<u64> = const { Cell::new(0) };
}

/// This moment.
pub(super) fn now() -> Now {
    let monotonic = whole(PERFORMANCE.with(Performance::now));
    let mut clock = CLOCK.get();
    let awake = clock.read(monotonic);
    CLOCK.set(clock);
    Now { awake, monotonic, wall: wall() }
}

/// Milliseconds since 1970, by the user's clock.
pub(super) fn wall() -> u64 {
    whole(Date::now())
}

/// Notes that bytes of some request have moved: others may have been waiting for them.
pub(super) fn something_moved() {
    MOVED_AT.set(now().awake);
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "milliseconds are below 2^53")]
const fn whole(millis: f64) -> u64 {
    millis as u64
}

/// A seed for spreading retries.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the low digits are as good as any")]
pub(super) fn random_seed() -> u64 {
    (Math::random() * 9_007_199_254_740_992.0) as u64
}

/// Sleeps so long, or until the wake-up comes.
pub(super) async fn sleep(millis: u64, wake: Wake) {
    let name = match wake {
        Wake::Never => {
            let _: Option<()> = within(millis, core::future::pending()).await;
            return;
        }
        // A worker does not get these events of its page everywhere; `js/host.ts` passes them on under these names.
        Wake::Online => "mediaferry-online",
        Wake::Visible => "mediaferry-visible",
    };
    let mut happened = pin!(Happened::new(&event::scope(), name));
    let ends = now().awake + millis;
    while let Some(left) = ends.checked_sub(now().awake).filter(|left| *left > 0) {
        let is_over = within(left.min(TICK_MILLIS), happened.as_mut()).await.is_some();
        // A page that itself runs in a worker may get no event at all.
        if is_over || (wake == Wake::Online && !event::is_offline()) {
            return;
        }
    }
}

/// What the request gives, or why it counts as dead. While nothing moves, the file that is being sent is looked at.
pub(super) async fn alive(
    watched: &Cell<Liveness>,
    mut request: Pin<&mut dyn Future<Output = Result<Response, Failure>>>,
    file: Option<&Blob>,
) -> Result<Response, Failure> {
    let mut is_late = false;
    loop {
        let before = watched.get();
        if let Some(ended) = within(TICK_MILLIS, request.as_mut()).await {
            return ended;
        }
        let left = watched.get().left(now().awake, MOVED_AT.get());
        if is_late {
            left?;
        }
        // Reports that came while the page stood still are still on their way: they get one more turn.
        is_late = left.is_err();
        if before == watched.get() && before.is_sending() && !blob::is_whole(file).await {
            return Err(Failure::Unreadable);
        }
    }
}

/// What the future gives, or `None` once the time is up; the future is dropped then. The time is time awake.
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

/// How long work may hold the event loop.
const TURN_MILLIS: u64 = 8;

/// Gives the event loop a turn now and then. A stream's chunks come as microtasks: a loop over them lets no answer, no
/// progress and no cancel through until it ends.
pub(super) struct Turn {
    channel: MessageChannel,
    /// On the monotonic clock.
    since: u64,
}

impl Turn {
    pub(super) fn new() -> Result<Self, JsValue> {
        Ok(Self { channel: MessageChannel::new()?, since: now().monotonic })
    }

    /// Waits for a turn, if the last was long enough ago. By a message, for nested timers wait at least 4 ms.
    pub(super) async fn pass(&mut self) {
        if now().monotonic.saturating_sub(self.since) < TURN_MILLIS {
            return;
        }
        let message = Promise::new(&mut |resolve, _| {
            self.channel.port1().set_onmessage(Some(&resolve));
            // Nothing is transferred that could fail to be.
            let _ = self.channel.port2().post_message(&JsValue::NULL);
        });
        let _ = JsFuture::from(message).await;
        self.since = now().monotonic;
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.channel.port1().close();
    }
}

/// A timer as a future, of the browser's own time; dropping it clears the timer.
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

    type Performance;
    #[wasm_bindgen(thread_local_v2, js_name = performance)]
    static PERFORMANCE: Performance;
    #[wasm_bindgen(method)]
    fn now(this: &Performance) -> f64;
}
