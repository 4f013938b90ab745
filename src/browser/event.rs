//! A DOM event as a future, and what the browser says about the line.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::EventTarget;

use crate::flow::Failure;

/// Ready once an event of this name has come. Dropping it removes the listener.
pub(super) struct Happened {
    target: EventTarget,
    name: &'static str,
    listener: Function,
    event: JsFuture,
}

impl Happened {
    pub(super) fn new(target: &EventTarget, name: &'static str) -> Self {
        let mut listener = JsValue::UNDEFINED;
        let event = Promise::new(&mut |resolve, _| listener = resolve.into());
        let listener = listener.unchecked_into();
        // Fails only on a target that is none, and then nothing will ever happen there.
        let _ = target.add_event_listener_with_callback(name, &listener);
        Self { target: target.clone(), name, listener, event: JsFuture::from(event) }
    }
}

impl Future for Happened {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.event).poll(cx).map(|_| ())
    }
}

impl Drop for Happened {
    fn drop(&mut self) {
        let _ = self.target.remove_event_listener_with_callback(self.name, &self.listener);
    }
}

/// The worker's or the window's global scope.
pub(super) fn scope() -> EventTarget {
    js_sys::global().unchecked_into()
}

/// What a failed request means. The browser keeps the reason to itself; only whether there is a line can be asked.
pub(super) fn network<E>(_: E) -> Failure {
    if is_offline() { Failure::Offline } else { Failure::Network }
}

/// Whether the browser says that it is offline. It may be wrong when it says that it is not.
pub(super) fn is_offline() -> bool {
    // Node 20 has no navigator.
    let navigator = js_sys::global().unchecked_into::<Scope>().navigator();
    navigator.and_then(|navigator| navigator.on_line()) == Some(false)
}

// web-sys knows it only as the window's or as a worker's.
#[wasm_bindgen]
extern "C" {
    type Scope;
    #[wasm_bindgen(method, getter)]
    fn navigator(this: &Scope) -> Option<Navigator>;

    type Navigator;
    #[wasm_bindgen(method, getter, js_name = onLine)]
    fn on_line(this: &Navigator) -> Option<bool>;
}
