//! How values of the core become JavaScript values.
//!
//! serde-wasm-bindgen converts single values. Objects and lists are built by hand, because its own code for them adds 1
//! KB of wasm: a hash map for field names, `Map`s, and formatted error texts.

use js_sys::{Object, Reflect};
use serde::Serialize;
use wasm_bindgen::JsValue;

/// A plain object, built field by field.
#[derive(Default)]
pub(super) struct JsObject(Object);

impl JsObject {
    /// Sets a string, a boolean or a number; `None` is left out.
    pub(super) fn set(&self, name: &str, value: impl Into<JsValue>) {
        self.put(name, value.into());
    }

    /// Sets a 64-bit number, which [`Self::set`] would convert to a `BigInt`.
    #[expect(clippy::cast_precision_loss, reason = "bytes and milliseconds are below 2^53")]
    pub(super) fn count(&self, name: &str, value: impl Into<Option<u64>>) {
        self.set(name, value.into().map(|value| value as f64));
    }

    /// Sets a JavaScript value, unless it is `undefined`.
    #[expect(clippy::needless_pass_by_value, reason = "it is made for this everywhere")]
    pub(super) fn put(&self, name: &str, value: JsValue) {
        if !value.is_undefined() {
            // This fails only on a frozen object or a primitive.
            let _ = Reflect::set(&self.0, &name.into(), &value);
        }
    }
}

impl From<JsObject> for JsValue {
    fn from(fields: JsObject) -> Self {
        fields.0.into()
    }
}

/// Converts a string or a number below 2^53, which cannot fail.
pub(super) fn js(value: &impl Serialize) -> JsValue {
    serde_wasm_bindgen::to_value(value).unwrap_or_default()
}
