//! The page that called: it hears what happens, and is asked what only it can tell.

use js_sys::{Function, Promise};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::convert;
use crate::flow::Event;

pub(super) struct Page {
    pub(super) on_event: Function,
    pub(super) ask: Function,
}

impl Page {
    pub(super) fn tell(&self, event: &Event) {
        // A listener that throws is the page's own affair; the upload goes on.
        let _ = self.on_event.call1(&JsValue::UNDEFINED, &convert::event(event));
    }

    /// Asks, and waits for the answer. Rejects with what the page threw.
    pub(super) async fn ask(&self, what: &str, about: &JsValue) -> Result<JsValue, JsValue> {
        let answer = self.ask.call2(&JsValue::UNDEFINED, &what.into(), about)?;
        JsFuture::from(answer.unchecked_into::<Promise>()).await
    }
}
