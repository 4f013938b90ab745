//! Seam 1's objects: what JavaScript gives and gets, as plain structs for serde-wasm-bindgen.

use js_sys::JSON;
use serde::Serialize;
use wasm_bindgen::JsValue;

use crate::check::Verdict;
use crate::error::Error;
use crate::file::InspectedFile;
use crate::flow::{Delivery, Event, Output, Sent, Stage};
use crate::media::{Fact, Orientation};
use crate::options::Setting;
use crate::providers::library::{Library, Page};
use crate::providers::{Asset, Provider};
use crate::rules::{Limits, Value, Violation};

/// Serializing plain structs of strings, numbers and lists cannot fail.
fn object(value: &impl Serialize) -> JsValue {
    serde_wasm_bindgen::to_value(value).unwrap_or(JsValue::UNDEFINED)
}

fn list<T>(items: impl IntoIterator<Item = T>, convert: impl Fn(T) -> JsValue) -> JsValue {
    items.into_iter().map(convert).collect::<js_sys::Array>().into()
}

/// Adds a value that is no plain struct, under a name.
fn with(object: JsValue, name: &str, value: &JsValue) -> JsValue {
    // Fails only on a frozen object or a primitive.
    let _ = js_sys::Reflect::set(&object, &name.into(), value);
    object
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MediaObject<'a> {
    name: &'a str,
    declared_type: &'a str,
    mismatch: bool,
    bytes: u64,
    mime: &'static str,
    format: &'static str,
    extension: &'static str,
    kind: &'static str,
    width: Option<u32>,
    height: Option<u32>,
    stored_width: Option<u32>,
    stored_height: Option<u32>,
    orientation: Option<u8>,
    animated: Option<bool>,
    duration: Option<f64>,
    has_video: Option<bool>,
    has_audio: Option<bool>,
    codecs: &'a [&'static str],
    complete: Option<bool>,
    estimated: Vec<&'static str>,
}

/// What a file is, as `probe` gives it.
fn inspected(file: &InspectedFile) -> JsValue {
    let media = file.media();
    let shown = media.displayed_size().value();
    let stored = media.stored_size.value();
    object(&MediaObject {
        name: &file.candidate().name,
        declared_type: &file.candidate().declared_type,
        mismatch: file.mismatched(),
        bytes: file.size(),
        mime: media.format.mime(),
        format: media.format.name(),
        extension: media.format.extension(),
        kind: media.format.kind().as_str(),
        width: shown.map(|size| size.width),
        height: shown.map(|size| size.height),
        stored_width: stored.map(|size| size.width),
        stored_height: stored.map(|size| size.height),
        orientation: media.orientation.value().map(Orientation::exif),
        animated: media.animated.value(),
        duration: media.duration.value().map(|duration| duration.as_secs_f64()),
        has_video: media.has_video.value(),
        has_audio: media.has_audio.value(),
        codecs: &media.codecs,
        complete: media.complete.value(),
        estimated: matches!(media.duration, Fact::Estimated(_)).then_some("duration").into_iter().collect(),
    })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AssetObject<'a> {
    r#ref: Option<&'a str>,
    url: Option<&'a str>,
    uri: Option<&'a str>,
    id: Option<&'a str>,
    provider: Option<&'static str>,
    status: Option<&'a str>,
    sha256: Option<String>,
    expires_at_millis: Option<u64>,
}

/// What a task gives.
pub(super) fn output(output: &Output, provider: Option<&'static str>) -> JsValue {
    match output {
        Output::Delivery(delivery) => self::delivery(delivery, provider),
        Output::Inspected(file) => inspected(file),
        Output::Verdicts(all) => verdicts(all),
        Output::Checksum(checksum) => checksum.hex().into(),
        Output::Page(page) => self::page(page, provider),
        Output::Done => JsValue::UNDEFINED,
    }
}

fn asset(asset: &Asset, provider: Option<&'static str>, status: Option<&str>, sent: Option<&Sent>) -> JsValue {
    let result = object(&AssetObject {
        r#ref: asset.reference(),
        url: asset.url.as_deref(),
        uri: asset.uri.as_deref(),
        id: asset.id.as_deref(),
        provider,
        status,
        sha256: sent.map(|sent| sent.checksum.hex()),
        expires_at_millis: asset.expires_at_millis,
    });
    with(result, "raw", &parsed(&asset.raw))
}

/// The asset, as `upload` gives it.
fn delivery(delivery: &Delivery, provider: Option<&'static str>) -> JsValue {
    let sent = delivery.sent.as_ref();
    let result = asset(&delivery.asset, provider, None, sent);
    let result = with(result, "requestFragment", &parsed(&delivery.request_fragment));
    match sent {
        Some(sent) => with(result, "media", &inspected(&sent.file)),
        None => result,
    }
}

#[derive(Serialize)]
struct PageObject {
    total: u64,
}

/// A page of a list of assets.
fn page(page: &Page, provider: Option<&'static str>) -> JsValue {
    let assets = list(&page.assets, |listed| asset(&listed.asset, provider, Some(&listed.status), None));
    with(object(&PageObject { total: page.total }), "assets", &assets)
}

/// A JSON text as a value.
fn parsed(json: &str) -> JsValue {
    JSON::parse(json).unwrap_or(JsValue::NULL)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EventObject {
    r#type: &'static str,
    stage: Option<&'static str>,
    fraction: Option<f64>,
    sent_bytes: Option<u64>,
    total_bytes: Option<u64>,
    bytes_per_second: Option<f64>,
    seconds_left: Option<f64>,
    error: Option<&'static str>,
    attempt: Option<u32>,
    delay_millis: Option<u64>,
}

/// One event, told apart by its `type`.
pub(super) fn event(event: &Event) -> JsValue {
    let mut out = EventObject {
        r#type: "stage",
        stage: None,
        fraction: None,
        sent_bytes: None,
        total_bytes: None,
        bytes_per_second: None,
        seconds_left: None,
        error: None,
        attempt: None,
        delay_millis: None,
    };
    match event {
        Event::Stage(stage) => out.stage = Some(stage.as_str()),
        Event::Inspected(file) => {
            out.r#type = "inspected";
            return with(object(&out), "media", &inspected(file));
        }
        Event::Advice(advice) => {
            out.r#type = "advice";
            return with(object(&out), "advice", &violations(advice));
        }
        Event::Progress(progress) => {
            out.r#type = "progress";
            out.fraction = Some(progress.fraction);
            out.sent_bytes = Some(progress.sent_bytes);
            out.total_bytes = Some(progress.total_bytes);
            out.bytes_per_second = progress.bytes_per_second;
            out.seconds_left = progress.seconds_left;
        }
        Event::Retry { error, attempt, delay_millis } => {
            out.r#type = "retry";
            out.error = Some(error.as_str());
            out.attempt = Some(*attempt);
            out.delay_millis = Some(*delay_millis);
        }
    }
    object(&out)
}

#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct ErrorObject<'a> {
    code: &'static str,
    retryable: bool,
    unclear: bool,
    stage: Option<&'static str>,
    provider: Option<&'static str>,
    status: Option<u16>,
    retry_after_millis: Option<u64>,
    provider_code: Option<&'a str>,
    field: Option<&'static str>,
    sent: Option<&'a str>,
    held: Option<&'a str>,
    limit: Option<u32>,
    after_millis: Option<u64>,
}

/// An error, from which the facade makes an `UploadError`.
pub(super) fn error(error: &Error, stage: Option<Stage>, provider: Option<&'static str>, unclear: bool) -> JsValue {
    let mut out = ErrorObject {
        code: error.code().as_str(),
        retryable: error.retryable() && !unclear,
        unclear,
        stage: stage.map(Stage::as_str),
        provider,
        ..ErrorObject::default()
    };
    match error {
        Error::Rejected(violations) | Error::UnrecognisedFile(violations) => {
            return with(object(&out), "violations", &self::violations(violations));
        }
        Error::RateLimited { retry_after_millis } => out.retry_after_millis = *retry_after_millis,
        Error::Unavailable { status, retry_after_millis } => {
            out.status = Some(*status);
            out.retry_after_millis = *retry_after_millis;
        }
        Error::TicketExpired { status } => out.status = Some(*status),
        Error::Refused { status, provider_code } => {
            out.status = Some(*status);
            out.provider_code = provider_code.as_deref();
        }
        Error::MalformedResponse { what } => out.field = Some(what),
        Error::Integrity { field, sent, held } => {
            out.field = Some(field);
            out.sent = Some(sent);
            out.held = Some(held);
        }
        Error::Quota { limit } => out.limit = Some(*limit),
        Error::ProcessingFailed { provider_code } => out.provider_code = provider_code.as_deref(),
        Error::TimedOut { after_millis } => out.after_millis = Some(*after_millis),
        Error::UnreadableFile
        | Error::Network
        | Error::NetworkTimeout
        | Error::Stalled
        | Error::Offline
        | Error::Unauthenticated
        | Error::TooLarge => {}
    }
    object(&out)
}

/// Broken limits, or advice.
pub(super) fn violations(violations: &[Violation]) -> JsValue {
    list(violations, violation)
}

/// What each provider says to a file.
fn verdicts(verdicts: &[Verdict]) -> JsValue {
    list(verdicts, |verdict| {
        let takes = match (verdict.violations.is_empty(), verdict.advice.is_empty()) {
            (true, true) => "yes",
            (true, false) => "advice",
            (false, _) => "no",
        };
        let out = with(js_sys::Object::new().into(), "provider", &verdict.provider.profile().id.into());
        let out = with(out, "takes", &takes.into());
        let out = with(out, "violations", &violations(&verdict.violations));
        with(out, "advice", &violations(&verdict.advice))
    })
}

fn violation(violation: &Violation) -> JsValue {
    let out = js_sys::Object::new().into();
    let out = with(out, "rule", &violation.rule.as_str().into());
    let out = with(out, "actual", &value(&violation.actual));
    with(out, "limit", &value(&violation.limit))
}

fn value(value: &Value) -> JsValue {
    match value {
        Value::Number(number) => (*number).into(),
        Value::Text(text) => (*text).into(),
        Value::List(items) => list(items, |item| JsValue::from_str(item)),
        Value::Nothing => JsValue::NULL,
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ProviderObject {
    id: &'static str,
    name: &'static str,
    home: &'static str,
    takes_addresses: bool,
    max_page_size: Option<u32>,
    lifetime: Option<u64>,
    max_images: Option<u32>,
    max_videos: Option<u32>,
    max_audio: Option<u32>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LimitsObject {
    formats: Vec<&'static str>,
    mimes: Vec<&'static str>,
    extensions: Vec<&'static str>,
    max_bytes: Option<u64>,
    advised_bytes: Option<u64>,
    min_width: Option<u32>,
    min_height: Option<u32>,
    max_aspect_ratio: Option<u32>,
    min_duration: Option<u32>,
    max_duration: Option<u32>,
}

#[derive(Serialize)]
struct SettingObject {
    name: &'static str,
    required: bool,
    values: &'static [&'static str],
}

/// The providers with their limits.
pub(super) fn providers(providers: &[&'static dyn Provider]) -> JsValue {
    list(providers, |provider| {
        let profile = provider.profile();
        let per_request = profile.rules.per_request;
        let out = object(&ProviderObject {
            id: profile.id,
            name: profile.name,
            home: profile.home,
            takes_addresses: profile.takes_addresses,
            max_page_size: provider.library().map(Library::max_page_size),
            lifetime: profile.lifetime.map(|lifetime| lifetime.as_secs()),
            max_images: per_request.map(|most| most.images),
            max_videos: per_request.map(|most| most.videos),
            max_audio: per_request.map(|most| most.audio),
        });
        let settings = list(profile.settings, |&Setting { name, required, values }| {
            object(&SettingObject { name, required, values })
        });
        let out = with(out, "options", &settings);
        with(out, "accepts", &list(profile.rules.accepts, limits))
    })
}

fn limits(limits: &Limits) -> JsValue {
    object(&LimitsObject {
        formats: limits.formats.iter().map(|format| format.name()).collect(),
        mimes: limits.formats.iter().map(|format| format.mime()).collect(),
        extensions: limits.formats.iter().map(|format| format.extension()).collect(),
        max_bytes: limits.max_bytes,
        advised_bytes: limits.advised_bytes,
        min_width: limits.min_size.map(|size| size.width),
        min_height: limits.min_size.map(|size| size.height),
        max_aspect_ratio: limits.max_aspect_ratio,
        min_duration: limits.duration_seconds.map(|(min, _)| min),
        max_duration: limits.duration_seconds.map(|(_, max)| max),
    })
}
