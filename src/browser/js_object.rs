//! The one shape of everything that JavaScript gets.
//!
//! Values of the core become JavaScript's by serde-wasm-bindgen; objects and lists are put together by hand, for its own
//! ways to do that are 1 KB more of wasm: a hash map for fields' names, `Map`s, and errors of texts that are formatted.

use js_sys::{Object, Reflect};
use serde::Serialize;
use wasm_bindgen::JsValue;

/// A plain object, made field by field.
#[derive(Default)]
pub(super) struct JsObject(Object);

impl JsObject {
    /// Sets a text, a flag or a number; `None` is left out.
    pub(super) fn set(&self, name: &str, value: impl Into<JsValue>) {
        self.put(name, value.into());
    }

    /// Sets a number of 64 bits, of which [`Self::set`] would make a `BigInt`.
    #[expect(clippy::cast_precision_loss, reason = "bytes and milliseconds are below 2^53")]
    pub(super) fn count(&self, name: &str, value: impl Into<Option<u64>>) {
        self.set(name, value.into().map(|value| value as f64));
    }

    /// Sets what is JavaScript's already, unless it is `undefined`.
    #[expect(clippy::needless_pass_by_value, reason = "it is made for this everywhere")]
    pub(super) fn put(&self, name: &str, value: JsValue) {
        if !value.is_undefined() {
            // Fails only on a frozen object or a primitive.
            let _ = Reflect::set(&self.0, &name.into(), &value);
        }
    }
}

impl From<JsObject> for JsValue {
    fn from(fields: JsObject) -> Self {
        fields.0.into()
    }
}

/// A text or a number below 2^53; serializing these cannot fail.
pub(super) fn js(value: &impl Serialize) -> JsValue {
    serde_wasm_bindgen::to_value(value).unwrap_or_default()
}
