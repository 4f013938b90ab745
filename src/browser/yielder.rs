//! Yielding to the event loop in long work.

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::MessageChannel;

use super::clock::now;

/// How long work may hold the event loop.
const TURN_MILLIS: u64 = 8;

/// Yields to the event loop now and then. A stream's chunks come as microtasks: a loop over them would let no response, no
/// progress and no cancellation through until it ends.
pub(super) struct Yielder {
    channel: MessageChannel,
    /// On the monotonic clock.
    since: u64,
}

impl Yielder {
    pub(super) fn new() -> Result<Self, JsValue> {
        Ok(Self { channel: MessageChannel::new()?, since: now().monotonic })
    }

    /// Yields if the last time is long enough ago. By a message, because nested timers wait at least 4 ms.
    pub(super) async fn maybe_yield(&mut self) {
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

impl Drop for Yielder {
    fn drop(&mut self) {
        self.channel.port1().close();
    }
}
