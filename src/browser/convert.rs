//! Converts the core's values to JavaScript objects (seam 1).

use js_sys::{Array, JSON};
use wasm_bindgen::JsValue;

use super::js_object::{JsObject, js};
use crate::error::Error;
use crate::file::InspectedFile;
use crate::media::{Fact, Orientation};
use crate::providers::Asset;
use crate::providers::assets_api::{Listed, Page};
use crate::rules::{self, Violation};
use crate::tasks::{Output, Task, Verdict};
use crate::upload::{Event, Stage, Upload, UploadResult};

/// The facts of a file.
fn media(file: &InspectedFile) -> JsObject {
    let media = file.media();
    let shown = media.displayed_size().value();
    let stored = media.stored_size.value();
    let out = JsObject::default();
    out.set("name", file.candidate().name.as_str());
    out.set("declaredType", file.candidate().declared_type.as_str());
    out.set("mismatch", file.mismatched());
    out.count("bytes", file.size());
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
    out.put("codecs", list(&media.codecs, js));
    out.set("complete", media.complete.value());
    out.set("hasLocation", media.has_location);
    let estimated = matches!(media.duration, Fact::Estimated(_)).then_some("duration");
    out.put("estimated", list(estimated.as_slice(), js));
    out
}

/// The result of a task.
pub(super) fn output(output: &Output, provider: Option<&str>) -> JsValue {
    match output {
        Output::UploadResult(upload_result) => self::upload_result(upload_result, provider),
        Output::Inspected(file) => media(file).into(),
        Output::Verdicts(verdicts) => list(verdicts, verdict),
        Output::Violations(violations) => list(violations, violation),
        Output::Checksum(checksum) => js(&checksum.hex()),
        Output::Page(page) => self::page(page, provider),
        Output::Done => JsValue::UNDEFINED,
    }
}

/// The asset, as `upload` returns it.
fn upload_result(upload_result: &UploadResult, provider: Option<&str>) -> JsValue {
    let out = asset(&upload_result.asset, &upload_result.raw, provider);
    if let Some(sent) = &upload_result.sent {
        out.set("sha256", sent.checksum.map(|checksum| checksum.hex()));
        out.put("media", media(&sent.file).into());
    }
    out.put("requestFragment", parsed(&upload_result.request_fragment));
    out.into()
}

/// A page of a list of assets.
fn page(page: &Page, provider: Option<&str>) -> JsValue {
    let listed = |listed: &Listed| {
        let out = asset(&listed.asset, &listed.raw, provider);
        out.set("status", listed.status.as_str());
        out
    };
    let out = JsObject::default();
    out.count("total", page.total);
    out.put("assets", list(&page.assets, listed));
    out.into()
}

fn asset(asset: &Asset, raw: &str, provider: Option<&str>) -> JsObject {
    let out = JsObject::default();
    out.set("ref", asset.reference());
    out.set("url", asset.url.as_deref());
    out.set("uri", asset.uri.as_deref());
    out.set("id", asset.id.as_deref());
    out.set("provider", provider);
    out.count("expiresAtMillis", asset.expires_at_millis);
    out.put("raw", parsed(raw));
    out
}

/// Parses a JSON text.
fn parsed(json: &str) -> JsValue {
    JSON::parse(json).unwrap_or(JsValue::NULL)
}

/// Converts a slice to an array.
fn list<T, J: Into<JsValue>>(items: &[T], convert: impl Fn(&T) -> J) -> JsValue {
    let out = Array::new();
    for item in items {
        out.push(&convert(item).into());
    }
    out.into()
}

/// Converts an event to an object with its `type` and one field.
pub(super) fn event(event: &Event) -> JsValue {
    let fields = JsObject::default();
    let (kind, name, what) = match event {
        Event::Stage(stage) => ("stage", "stage", js(&stage.as_str())),
        Event::Inspected(file) => ("inspected", "media", media(file).into()),
        Event::Warnings(warnings) => ("warnings", "warnings", list(warnings, violation)),
        Event::Progress(progress) => {
            fields.set("fraction", progress.fraction);
            fields.count("sentBytes", progress.sent_bytes);
            fields.count("totalBytes", progress.total_bytes);
            fields.set("bytesPerSecond", progress.bytes_per_second);
            fields.set("secondsLeft", progress.seconds_left);
            ("progress", "progress", fields.into())
        }
        Event::Known(known) => {
            fields.set("hasSent", known.has_sent);
            fields.set("outcomeUnknown", known.is_outcome_unknown);
            fields.set("id", known.asset_id.as_deref());
            fields.set("continuation", known.continuation.as_deref());
            ("known", "known", fields.into())
        }
        Event::Retry { error, attempt, delay_millis, remaining_millis } => {
            fields.set("error", error.as_str());
            fields.set("attempt", *attempt);
            fields.count("delayMillis", *delay_millis);
            fields.count("remainingMillis", *remaining_millis);
            ("retry", "retry", fields.into())
        }
        Event::Restarted => ("restarted", "", JsValue::UNDEFINED),
        Event::Paused => ("status", "status", js(&"paused")),
    };
    let out = JsObject::default();
    out.set("type", kind);
    out.put(name, what);
    out.into()
}

/// Converts an error to the facts from which the facade creates an `UploadError`.
pub(super) fn error(error: &Error, provider: Option<&str>, task: &dyn Task) -> JsValue {
    let upload = task.upload();
    let outcome_unknown = upload.is_some_and(Upload::is_outcome_unknown);
    let out = of_error(error, provider);
    out.set("retryable", error.retryable() && !outcome_unknown);
    out.set("outcomeUnknown", outcome_unknown);
    out.set("stage", task.stage().map(Stage::as_str));
    out.set("id", upload.and_then(Upload::asset_id));
    out.set("continuation", upload.and_then(Upload::continuation));
    out.into()
}

/// The facts of an error that do not depend on the task.
pub(super) fn of_error(error: &Error, provider: Option<&str>) -> JsObject {
    let out = JsObject::default();
    out.set("code", error.code().as_str());
    out.set("retryable", error.retryable());
    out.set("outcomeUnknown", false);
    out.set("provider", provider);
    if let Some(refusal) = error.refusal() {
        out.set("status", u32::from(refusal.status));
        out.set("providerMessage", refusal.provider_code.as_deref());
        out.count("retryAfterMillis", refusal.retry_after_millis);
    }
    match error {
        Error::Rejected(violations) | Error::UnrecognisedFile(violations) => {
            out.put("violations", list(violations, violation));
        }
        Error::MalformedResponse { what, status } => {
            out.set("field", &**what);
            out.set("status", status.map(u32::from));
        }
        Error::Integrity { field, expected, actual } => {
            out.set("field", *field);
            out.set("expected", expected.as_str());
            out.set("actual", actual.as_str());
        }
        Error::Quota { limit, .. } => out.set("limit", *limit),
        Error::ProcessingFailed { provider_code } => out.set("providerMessage", provider_code.as_deref()),
        Error::TimedOut { after_millis } => out.count("afterMillis", *after_millis),
        _ => {}
    }
    out
}

fn verdict(verdict: &Verdict) -> JsObject {
    let out = JsObject::default();
    out.set("provider", verdict.provider.profile().id);
    out.set("accepted", verdict.violations.is_empty());
    out.put("violations", list(&verdict.violations, violation));
    out.put("warnings", list(&verdict.warnings, violation));
    out
}

fn violation(violation: &Violation) -> JsObject {
    let out = JsObject::default();
    out.set("rule", violation.rule.as_str());
    out.put("actual", value(&violation.actual));
    out.put("limit", value(&violation.limit));
    out
}

fn value(value: &rules::Value) -> JsValue {
    match value {
        rules::Value::Number(number) => js(number),
        rules::Value::Text(text) => js(text),
        rules::Value::Raw(text) => JSON::parse(text).unwrap_or_else(|_| js(text)),
        rules::Value::Accepted(items) => list(items, js),
        rules::Value::List(items) => list(items, js),
        rules::Value::Nothing => JsValue::NULL,
    }
}
