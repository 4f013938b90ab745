//! A DOM event as a future, and what the browser says about the line.

use core::cell::RefCell;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use std::rc::Rc;

use js_sys::Reflect;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::EventTarget;

use crate::flow::Failure;

/// Ready once an event of this name has come. Dropping it removes the listener.
pub(super) struct Happened {
    target: EventTarget,
    name: &'static str,
    state: Rc<RefCell<State>>,
    listener: Closure<dyn FnMut()>,
}

#[derive(Default)]
struct State {
    happened: bool,
    waker: Option<Waker>,
}

impl Happened {
    pub(super) fn new(target: &EventTarget, name: &'static str) -> Self {
        let state = Rc::<RefCell<State>>::default();
        let listener = Closure::new({
            let state = Rc::clone(&state);
            move || {
                let State { waker, .. } = state.replace(State { happened: true, waker: None });
                if let Some(waker) = waker {
                    waker.wake();
                }
            }
        });
        // Fails only on a target that is none, and then nothing will ever happen there.
        let _ = target.add_event_listener_with_callback(name, listener.as_ref().unchecked_ref());
        Self { target: target.clone(), name, state, listener }
    }
}

impl Future for Happened {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = self.state.borrow_mut();
        if state.happened {
            return Poll::Ready(());
        }
        state.waker = Some(cx.waker().clone());
        Poll::Pending
    }
}

impl Drop for Happened {
    fn drop(&mut self) {
        let _ = self.target.remove_event_listener_with_callback(self.name, self.listener.as_ref().unchecked_ref());
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
fn is_offline() -> bool {
    Reflect::get(&scope(), &"navigator".into())
        .and_then(|navigator| Reflect::get(&navigator, &"onLine".into()))
        .is_ok_and(|online| online == JsValue::FALSE)
}
