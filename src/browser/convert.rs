//! Seam 1's objects: what JavaScript gets, as [`Fields`] for serde-wasm-bindgen.

use js_sys::{JSON, Reflect};
use serde::{Serialize, Serializer};
use wasm_bindgen::JsValue;

use crate::error::Error;
use crate::file::InspectedFile;
use crate::flow::{Delivery, Event, Stage};
use crate::media::{Fact, Orientation};
use crate::providers::Provider;
use crate::rules::{self, Limits, Violation};

/// A plain object. One type for all of them: each struct that derives `Serialize` is code of its own, and
/// serde-wasm-bindgen keeps a hash map for structs' names.
#[derive(Default)]
struct Fields<'a>(Vec<(&'static str, Field<'a>)>);

enum Field<'a> {
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
    fn set(&mut self, name: &'static str, value: impl Into<Field<'a>>) {
        self.push(name, value.into());
    }

    fn push(&mut self, name: &'static str, value: Field<'a>) {
        if !matches!(value, Field::Missing) {
            self.0.push((name, value));
        }
    }

    fn into_js(self) -> JsValue {
        Field::Object(self).into_js()
    }
}

impl Field<'_> {
    /// Serializing texts, numbers and lists cannot fail.
    fn into_js(self) -> JsValue {
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

impl<'a, T: Into<Self>> From<Option<T>> for Field<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Missing, Into::into)
    }
}

impl<'a, T: Into<Self>> FromIterator<T> for Field<'a> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self::List(items.into_iter().map(Into::into).collect())
    }
}

/// What a file is, as `probe` gives it.
pub(super) fn inspected(file: &InspectedFile) -> JsValue {
    media(file).into_js()
}

fn media(file: &InspectedFile) -> Fields<'_> {
    let media = file.media();
    let shown = media.displayed_size().value();
    let stored = media.stored_size.value();
    let mut out = Fields::default();
    out.set("name", file.candidate().name.as_str());
    out.set("declaredType", file.candidate().declared_type.as_str());
    out.set("mismatch", file.mismatched());
    out.set("bytes", file.size());
    out.set("mime", media.format.mime());
    out.set("format", media.format.name());
    out.set("extension", media.format.extension());
    out.set("kind", media.format.kind().as_str());
    out.set("width", shown.map(|size| size.width));
    out.set("height", shown.map(|size| size.height));
    out.set("storedWidth", stored.map(|size| size.width));
    out.set("storedHeight", stored.map(|size| size.height));
    out.set("orientation", media.orientation.value().map(Orientation::exif).map(u32::from));
    out.set("animated", media.animated.value());
    out.set("duration", media.duration.value().map(|duration| duration.as_secs_f64()));
    out.set("hasVideo", media.has_video.value());
    out.set("hasAudio", media.has_audio.value());
    out.set("codecs", media.codecs.iter().copied().collect::<Field<'_>>());
    out.set("complete", media.complete.value());
    let estimated = matches!(media.duration, Fact::Estimated(_)).then_some("duration");
    out.set("estimated", estimated.into_iter().collect::<Field<'_>>());
    out
}

/// The asset, as `upload` gives it.
pub(super) fn delivery(delivery: &Delivery, provider: &'static str) -> JsValue {
    let asset = &delivery.asset;
    let sha256 = delivery.checksum.hex();
    let mut out = Fields::default();
    out.set("ref", asset.reference());
    out.set("url", asset.url.as_deref());
    out.set("uri", asset.uri.as_deref());
    out.set("id", asset.id.as_deref());
    out.set("provider", provider);
    out.set("media", media(&delivery.file));
    out.set("sha256", sha256.as_str());
    out.set("expiresAtMillis", asset.expires_at_millis);
    let out = out.into_js();
    // Fails only on a frozen object or a primitive.
    let _ = Reflect::set(&out, &"raw".into(), &JSON::parse(&asset.raw).unwrap_or(JsValue::NULL));
    out
}

/// One event, told apart by its `type`.
pub(super) fn event(event: &Event) -> JsValue {
    let mut out = Fields::default();
    match event {
        Event::Stage(stage) => {
            out.set("type", "stage");
            out.set("stage", stage.as_str());
        }
        Event::Inspected(file) => {
            out.set("type", "inspected");
            out.set("media", media(file));
        }
        Event::Progress(progress) => {
            out.set("type", "progress");
            out.set("fraction", progress.fraction);
            out.set("sentBytes", progress.sent_bytes);
            out.set("totalBytes", progress.total_bytes);
            out.set("bytesPerSecond", progress.bytes_per_second);
            out.set("secondsLeft", progress.seconds_left);
        }
        Event::Retry { error, attempt, delay_millis } => {
            out.set("type", "retry");
            out.set("error", error.as_str());
            out.set("attempt", *attempt);
            out.set("delayMillis", *delay_millis);
        }
    }
    out.into_js()
}

/// An error, from which the facade makes an `UploadError`.
pub(super) fn error(error: &Error, stage: Option<Stage>, provider: Option<&'static str>) -> JsValue {
    let mut out = Fields::default();
    out.set("code", error.code().as_str());
    out.set("retryable", error.retryable());
    out.set("stage", stage.map(Stage::as_str));
    out.set("provider", provider);
    match error {
        Error::Rejected(violations) | Error::UnrecognisedFile(violations) => {
            out.set("violations", violations.iter().map(violation).collect::<Field<'_>>());
        }
        Error::RateLimited { retry_after_millis } => out.set("retryAfterMillis", *retry_after_millis),
        Error::Unavailable { status, retry_after_millis } => {
            out.set("status", u32::from(*status));
            out.set("retryAfterMillis", *retry_after_millis);
        }
        Error::TicketExpired { status } => out.set("status", u32::from(*status)),
        Error::Refused { status, provider_code } => {
            out.set("status", u32::from(*status));
            out.set("providerCode", provider_code.as_deref());
        }
        Error::MalformedResponse { what } => out.set("field", *what),
        Error::Integrity { field, sent, held } => {
            out.set("field", *field);
            out.set("sent", sent.as_str());
            out.set("held", held.as_str());
        }
        Error::Quota { limit } => out.set("limit", *limit),
        Error::ProcessingFailed { provider_code } => out.set("providerCode", provider_code.as_deref()),
        Error::TimedOut { after_millis } => out.set("afterMillis", *after_millis),
        Error::UnreadableFile
        | Error::Network
        | Error::NetworkTimeout
        | Error::Stalled
        | Error::Offline
        | Error::Unauthenticated
        | Error::TooLarge => {}
    }
    out.into_js()
}

fn violation(violation: &Violation) -> Fields<'_> {
    let mut out = Fields::default();
    out.set("rule", violation.rule.as_str());
    out.set("actual", value(&violation.actual));
    out.set("limit", value(&violation.limit));
    out
}

fn value(value: &rules::Value) -> Field<'_> {
    match value {
        rules::Value::Number(number) => Field::Number(*number),
        rules::Value::Text(text) => Field::Text(text),
        rules::Value::List(items) => items.iter().copied().collect(),
        rules::Value::Nothing => Field::Null,
    }
}

/// The providers with their limits.
pub(super) fn providers(providers: &[&'static dyn Provider]) -> JsValue {
    let object = |provider: &&'static dyn Provider| {
        let profile = provider.profile();
        let mut out = Fields::default();
        out.set("id", profile.id);
        out.set("name", profile.name);
        out.set("home", profile.home);
        out.set("accepts", profile.rules.accepts.iter().map(limits).collect::<Field<'_>>());
        out
    };
    providers.iter().map(object).collect::<Field<'_>>().into_js()
}

fn limits(limits: &Limits) -> Fields<'_> {
    let mut out = Fields::default();
    out.set("mimes", limits.formats.iter().map(|format| format.mime()).collect::<Field<'_>>());
    out.set("extensions", limits.formats.iter().map(|format| format.extension()).collect::<Field<'_>>());
    out.set("maxBytes", limits.max_bytes);
    out.set("minWidth", limits.min_size.map(|size| size.width));
    out.set("minHeight", limits.min_size.map(|size| size.height));
    out.set("maxAspectRatio", limits.max_aspect_ratio);
    out.set("minDuration", limits.duration_seconds.map(|(min, _)| min));
    out.set("maxDuration", limits.duration_seconds.map(|(_, max)| max));
    out
}
