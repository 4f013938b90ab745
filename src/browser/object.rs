//! The one shape of everything that JavaScript gets, for serde-wasm-bindgen.

use serde::{Serialize, Serializer};
use wasm_bindgen::JsValue;

/// A plain object. One type for all of them: each struct that derives `Serialize` is code of its own, and
/// serde-wasm-bindgen keeps a hash map for structs' names.
#[derive(Default)]
pub(super) struct Fields<'a>(Vec<(&'static str, Field<'a>)>);

pub(super) enum Field<'a> {
    /// Left out of the object.
    Missing,
    Null,
    Flag(bool),
    Number(f64),
    Text(&'a str),
    List(Vec<Self>),
    Object(Fields<'a>),
}

impl<'a> Fields<'a> {
    pub(super) fn set(&mut self, name: &'static str, value: impl Into<Field<'a>>) {
        self.push(name, value.into());
    }

    fn push(&mut self, name: &'static str, value: Field<'a>) {
        if !matches!(value, Field::Missing) {
            self.0.push((name, value));
        }
    }

    pub(super) fn into_js(self) -> JsValue {
        Field::Object(self).into_js()
    }
}

impl Field<'_> {
    /// Serializing texts, numbers and lists cannot fail.
    pub(super) fn into_js(self) -> JsValue {
        let serializer = serde_wasm_bindgen::Serializer::new();
        let serializer = serializer.serialize_maps_as_objects(true).serialize_missing_as_null(true);
        self.serialize(&serializer).unwrap_or(JsValue::UNDEFINED)
    }
}

impl Serialize for Field<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Missing | Self::Null => serializer.serialize_unit(),
            Self::Flag(value) => serializer.serialize_bool(*value),
            Self::Number(value) => serializer.serialize_f64(*value),
            Self::Text(value) => serializer.serialize_str(value),
            Self::List(items) => serializer.collect_seq(items),
            Self::Object(Fields(fields)) => serializer.collect_map(fields.iter().map(|(name, value)| (name, value))),
        }
    }
}

impl From<bool> for Field<'_> {
    fn from(value: bool) -> Self {
        Self::Flag(value)
    }
}

impl From<f64> for Field<'_> {
    fn from(value: f64) -> Self {
        Self::Number(value)
    }
}

impl From<u32> for Field<'_> {
    fn from(value: u32) -> Self {
        Self::Number(value.into())
    }
}

impl From<u64> for Field<'_> {
    #[expect(clippy::cast_precision_loss, reason = "bytes and milliseconds are below 2^53")]
    fn from(value: u64) -> Self {
        Self::Number(value as f64)
    }
}

impl<'a> From<&'a str> for Field<'a> {
    fn from(value: &'a str) -> Self {
        Self::Text(value)
    }
}

impl<'a> From<Fields<'a>> for Field<'a> {
    fn from(value: Fields<'a>) -> Self {
        Self::Object(value)
    }
}

impl<T: Into<Self>> From<Option<T>> for Field<'_> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Missing, Into::into)
    }
}

impl<T: Into<Self>> FromIterator<T> for Field<'_> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self::List(items.into_iter().map(Into::into).collect())
    }
}
