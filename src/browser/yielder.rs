//! Yields to the event loop during long work.

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::MessageChannel;

use super::clock::now;

/// How long work may block the event loop.
const TURN_MILLIS: u64 = 8;

/// Yields to the event loop periodically. A stream's chunks arrive as microtasks: a loop over them would block
/// responses, progress and cancellation until it ends.
pub(super) struct Yielder {
    channel: MessageChannel,
    /// On the monotonic clock.
    since: u64,
}

impl Yielder {
    pub(super) fn new() -> Result<Self, JsValue> {
        Ok(Self { channel: MessageChannel::new()?, since: now().monotonic })
    }

    /// Yields if the last yield was long enough ago. It uses a message, because nested timers wait at least 4 ms.
    pub(super) async fn maybe_yield(&mut self) {
        if now().monotonic.saturating_sub(self.since) < TURN_MILLIS {
            return;
        }
        let message = Promise::new(&mut |resolve, _| {
            self.channel.port1().set_onmessage(Some(&resolve));
            // This cannot fail, because nothing is transferred.
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
