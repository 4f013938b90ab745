//! Seam 1's objects: what JavaScript gets of the core's values.

use js_sys::{Array, JSON, Reflect};
use wasm_bindgen::JsValue;

use super::object::{Field, Fields};
use crate::check::Verdict;
use crate::error::Error;
use crate::file::InspectedFile;
use crate::flow::{Delivery, Event, Output, Stage};
use crate::media::{Fact, Orientation};
use crate::providers::Asset;
use crate::providers::library::{Listed, Page};
use crate::rules::{self, Violation};

/// What a file is.
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

/// What a task gives.
pub(super) fn output(output: &Output, provider: Option<&'static str>) -> JsValue {
    match output {
        Output::Delivery(delivery) => self::delivery(delivery, provider),
        Output::Inspected(file) => media(file).into_js(),
        Output::Verdicts(verdicts) => verdicts.iter().map(verdict).collect::<Field<'_>>().into_js(),
        Output::Checksum(checksum) => checksum.hex().into(),
        Output::Page(page) => self::page(page, provider),
        Output::Done => JsValue::UNDEFINED,
    }
}

/// The asset, as `upload` gives it.
fn delivery(delivery: &Delivery, provider: Option<&'static str>) -> JsValue {
    let mut out = asset(&delivery.asset, provider);
    let sha256 = delivery.sent.as_ref().map(|sent| sent.checksum.hex());
    out.set("sha256", sha256.as_deref());
    out.set("media", delivery.sent.as_ref().map(|sent| media(&sent.file)));
    let out = with(out.into_js(), "raw", &parsed(&delivery.asset.raw));
    with(out, "requestFragment", &parsed(&delivery.request_fragment))
}

/// A page of a list of assets.
fn page(page: &Page, provider: Option<&'static str>) -> JsValue {
    let listed = |listed: &Listed| {
        let mut out = asset(&listed.asset, provider);
        out.set("status", listed.status.as_str());
        with(out.into_js(), "raw", &parsed(&listed.asset.raw))
    };
    let assets: Array = page.assets.iter().map(listed).collect();
    let mut out = Fields::default();
    out.set("total", page.total);
    with(out.into_js(), "assets", &assets)
}

fn asset<'a>(asset: &'a Asset, provider: Option<&'static str>) -> Fields<'a> {
    let mut out = Fields::default();
    out.set("ref", asset.reference());
    out.set("url", asset.url.as_deref());
    out.set("uri", asset.uri.as_deref());
    out.set("id", asset.id.as_deref());
    out.set("provider", provider);
    out.set("expiresAtMillis", asset.expires_at_millis);
    out
}

/// A JSON text as a value.
fn parsed(json: &str) -> JsValue {
    JSON::parse(json).unwrap_or(JsValue::NULL)
}

/// Adds a value that is JavaScript's already.
fn with(object: JsValue, name: &str, value: &JsValue) -> JsValue {
    // Fails only on a frozen object or a primitive.
    let _ = Reflect::set(&object, &name.into(), value);
    object
}

/// One event: its `type`, and one field with what it tells.
pub(super) fn event(event: &Event) -> JsValue {
    let mut told = Fields::default();
    let (kind, name, what): (&str, _, Field<'_>) = match event {
        Event::Stage(stage) => ("stage", "stage", stage.as_str().into()),
        Event::Inspected(file) => ("inspected", "media", media(file).into()),
        Event::Advice(advice) => ("advice", "advice", advice.iter().map(violation).collect()),
        Event::Progress(progress) => {
            told.set("fraction", progress.fraction);
            told.set("sentBytes", progress.sent_bytes);
            told.set("totalBytes", progress.total_bytes);
            told.set("bytesPerSecond", progress.bytes_per_second);
            told.set("secondsLeft", progress.seconds_left);
            ("progress", "progress", told.into())
        }
        Event::Retry { error, attempt, delay_millis } => {
            told.set("error", error.as_str());
            told.set("attempt", *attempt);
            told.set("delayMillis", *delay_millis);
            ("retry", "retry", told.into())
        }
        Event::Paused => ("status", "status", "paused".into()),
    };
    let mut out = Fields::default();
    out.set("type", kind);
    out.set(name, what);
    out.into_js()
}

/// An error, from which the facade makes an `UploadError`.
pub(super) fn error(error: &Error, stage: Option<Stage>, provider: Option<&'static str>, unclear: bool) -> JsValue {
    let mut out = Fields::default();
    out.set("code", error.code().as_str());
    out.set("retryable", error.retryable() && !unclear);
    out.set("unclear", unclear);
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

/// Broken limits, or advice.
pub(super) fn violations(violations: &[Violation]) -> JsValue {
    violations.iter().map(violation).collect::<Field<'_>>().into_js()
}

fn verdict(verdict: &Verdict) -> Fields<'_> {
    let mut out = Fields::default();
    out.set("provider", verdict.provider.profile().id);
    let takes = match (verdict.violations.is_empty(), verdict.advice.is_empty()) {
        (true, true) => "yes",
        (true, false) => "advice",
        (false, _) => "no",
    };
    out.set("takes", takes);
    out.set("violations", verdict.violations.iter().map(violation).collect::<Field<'_>>());
    out.set("advice", verdict.advice.iter().map(violation).collect::<Field<'_>>());
    out
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
