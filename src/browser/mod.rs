//! The shell: performs the flow's effects with the browser's own tools, and decides nothing.
//!
//! This is seam 1: a few functions exported to JavaScript, plain objects in and out. An error is an object with a
//! `code`; a cancelled call rejects with `undefined`, for the facade knows the signal's reason.

use js_sys::Function;
use wasm_bindgen::prelude::*;
use web_sys::{AbortSignal, Blob, File};

use crate::error::{Error, ErrorCode};
use crate::file::{Candidate, InspectedFile};
use crate::flow::{Next, Stage, Upload};
use crate::media::{Kind, Probe, ProbeError, ProbeStep};
use crate::providers::{self, PROVIDERS};
use crate::rules::{self, Rule, Value, Violation};

mod blob;
mod convert;
mod drive;
mod event;
mod fetch;
mod stream;
mod timer;
mod xhr;

/// std's own allocator is twice the code.
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

#[wasm_bindgen(typescript_custom_section)]
const PROVIDER_ID: &'static str = providers::PROVIDER_ID_TYPESCRIPT;
#[wasm_bindgen(typescript_custom_section)]
const ERROR_CODE: &'static str = ErrorCode::TYPESCRIPT;
#[wasm_bindgen(typescript_custom_section)]
const STAGE: &'static str = Stage::TYPESCRIPT;
#[wasm_bindgen(typescript_custom_section)]
const RULE: &'static str = Rule::TYPESCRIPT;
#[wasm_bindgen(typescript_custom_section)]
const KIND: &'static str = Kind::TYPESCRIPT;

/// Uploads a Blob to the provider with this id by the gateway at this absolute address; `on_event` is called with each
/// event. Gives the asset, or rejects with an error object, or with `undefined` once `signal` has aborted.
#[wasm_bindgen(js_name = upload)]
pub async fn upload(
    source: Blob,
    provider: String,
    gateway: String,
    signal: AbortSignal,
    on_event: Function,
) -> Result<JsValue, JsValue> {
    let provider = providers::by_id(&provider).ok_or_else(|| unknown_provider(&provider))?;
    let id = provider.profile().id;
    let upload = Upload::new(provider, candidate(&source), timer::random_seed());
    let driver = drive::Driver::new(upload, source, gateway, on_event);
    match driver.run(&signal).await {
        Next::Finish(result) => match *result {
            Ok(delivery) => Ok(convert::delivery(&delivery, id)),
            Err(error) => Err(convert::error(&error, Some(driver.stage()), Some(id))),
        },
        Next::Cancelled | Next::Continue | Next::Perform(_) => Err(JsValue::UNDEFINED),
    }
}

/// Says what a Blob is, from a few small ranges of it.
#[wasm_bindgen(js_name = probe)]
pub async fn probe(source: Blob) -> Result<JsValue, JsValue> {
    let candidate = candidate(&source);
    let refuse = |error: Error| convert::error(&error, Some(Stage::Inspect), None);
    if candidate.size == 0 {
        return Err(refuse(Error::Rejected(vec![rules::empty_file()])));
    }
    let mut probe = Probe::new(candidate.size);
    loop {
        match probe.step() {
            ProbeStep::Need { offset, len } => match blob::read(&source, offset, len).await {
                Some(bytes) => probe.supply(&bytes),
                None => return Err(refuse(Error::UnreadableFile)),
            },
            ProbeStep::Done(Ok(media)) => return Ok(convert::inspected(&InspectedFile::new(candidate, media))),
            ProbeStep::Done(Err(ProbeError::Unreadable)) => return Err(refuse(Error::UnreadableFile)),
            ProbeStep::Done(Err(ProbeError::Unrecognised { looks_like })) => {
                let actual = looks_like.map_or(Value::Nothing, Value::Text);
                let violation = Violation { rule: Rule::Format, actual, limit: Value::Nothing };
                return Err(refuse(Error::UnrecognisedFile(vec![violation])));
            }
        }
    }
}

/// The SHA-256 of a Blob, 64 hexadecimal digits; rejects with an error object where it cannot be read.
#[wasm_bindgen(js_name = sha256)]
pub async fn sha256(source: Blob) -> Result<String, JsValue> {
    let checksum = blob::digest(&source, &|_| ()).await;
    checksum
        .map(|checksum| checksum.hex())
        .ok_or_else(|| convert::error(&Error::UnreadableFile, Some(Stage::Hash), None))
}

/// The providers and what each takes.
#[wasm_bindgen(js_name = providers)]
#[must_use]
pub fn all_providers() -> JsValue {
    convert::providers(PROVIDERS)
}

fn candidate(source: &Blob) -> Candidate {
    let name = source.dyn_ref::<File>().map(File::name).unwrap_or_default();
    Candidate { name, declared_type: source.type_(), size: blob::size(source) }
}

fn unknown_provider(id: &str) -> JsValue {
    let known: Vec<&str> = PROVIDERS.iter().map(|provider| provider.profile().id).collect();
    js_sys::TypeError::new(&["unknown provider '", id, "'; known: ", &known.join(", ")].concat()).into()
}
