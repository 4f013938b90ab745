//! A DOM event as a future, and whether the browser is offline.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::EventTarget;

use crate::upload::Failure;

/// Completes when an event with this name fires. Dropping it removes the listener.
pub(super) struct EventFuture {
    target: EventTarget,
    name: &'static str,
    listener: Function,
    event: JsFuture,
}

impl EventFuture {
    pub(super) fn new(target: &EventTarget, name: &'static str) -> Self {
        let mut listener = JsValue::UNDEFINED;
        let event = Promise::new(&mut |resolve, _| listener = resolve.into());
        let listener = listener.unchecked_into();
        // This fails only if the target is not an `EventTarget`, which then never fires an event.
        let _ = target.add_event_listener_with_callback(name, &listener);
        Self { target: target.clone(), name, listener, event: JsFuture::from(event) }
    }
}

impl Future for EventFuture {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.event).poll(cx).map(|_| ())
    }
}

impl Drop for EventFuture {
    fn drop(&mut self) {
        let _ = self.target.remove_event_listener_with_callback(self.name, &self.listener);
    }
}

/// The global scope of the worker or window.
pub(super) fn scope() -> EventTarget {
    js_sys::global().unchecked_into()
}

/// The failure for a request without a response. Browsers do not report the reason; only `navigator.onLine` is known.
pub(super) fn network<E>(_: E) -> Failure {
    if is_offline() { Failure::Offline } else { Failure::Network }
}

/// Whether the browser reports that it is offline. It may report online although it is offline.
pub(super) fn is_offline() -> bool {
    // Node 20 has no navigator.
    let navigator = js_sys::global().unchecked_into::<Scope>().navigator();
    navigator.and_then(|navigator| navigator.on_line()) == Some(false)
}

// web-sys declares it only for windows and for workers, separately.
#[wasm_bindgen]
extern "C" {
    type Scope;
    #[wasm_bindgen(method, getter)]
    fn navigator(this: &Scope) -> Option<Navigator>;

    type Navigator;
    #[wasm_bindgen(method, getter, js_name = onLine)]
    fn on_line(this: &Navigator) -> Option<bool>;
}
