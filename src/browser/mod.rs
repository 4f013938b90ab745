//! The shell: performs the flow's effects with the browser's own tools, and decides nothing.
//!
//! This is seam 1: a few functions exported to JavaScript, plain objects in and out. An error is an object with a
//! `code`; a cancelled call rejects with `undefined`, for the facade knows the signal's reason.

use js_sys::Function;
use wasm_bindgen::prelude::*;
use web_sys::{AbortSignal, Blob, File};

use crate::check;
use crate::error::{Error, ErrorCode};
use crate::file::{Candidate, InspectedFile};
use crate::flow::{Failure, Next, Stage, Upload};
use crate::http::Response;
use crate::media::{Kind, Probe, ProbeStep};
use crate::providers::{self, PROVIDERS};
use crate::rules::{self, Rule, Value};

mod blob;
mod call;
mod convert;
mod drive;
mod event;
mod fetch;
mod library;
mod stream;
mod timer;
mod xhr;

use call::Call;

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

/// Uploads a Blob, or without one the call's address; [`Call::read`] says what a call is. `on_event` is called with each
/// event. Gives the asset, or rejects with an error object, or with `undefined` once `signal` has aborted.
#[wasm_bindgen(js_name = upload)]
pub async fn upload(
    source: Option<Blob>,
    call: String,
    signal: AbortSignal,
    on_event: Function,
) -> Result<JsValue, JsValue> {
    let Call { provider, options, gateway, address } = Call::read(&call)?;
    let id = provider.profile().id;
    let seed = timer::random_seed();
    let upload = match &source {
        Some(blob) => Upload::new(provider, options, candidate(blob), seed),
        None => Upload::of_address(provider, options, address.unwrap_or_default(), seed),
    };
    let driver = drive::Driver::new(upload, source, gateway, on_event);
    match driver.run(&signal).await {
        Next::Finish(result) => match *result {
            Ok(delivery) => Ok(convert::delivery(&delivery, id)),
            Err(error) => {
                let (stage, unclear) = driver.ended();
                Err(convert::error(&error, Some(stage), Some(id), unclear))
            }
        },
        Next::Cancelled | Next::Continue | Next::Perform(_) => Err(JsValue::UNDEFINED),
    }
}

/// Says what a Blob is, from a few small ranges of it.
#[wasm_bindgen(js_name = probe)]
pub async fn probe(source: Blob) -> Result<JsValue, JsValue> {
    match inspect(&source).await {
        Ok(file) => Ok(convert::inspected(&file)),
        Err(error) => Err(convert::error(&error, Some(Stage::Inspect), None, false)),
    }
}

/// Says of each provider whether it takes a Blob; rejects with an error object where the Blob cannot be read.
#[wasm_bindgen(js_name = check)]
pub async fn check(source: Blob) -> Result<JsValue, JsValue> {
    let verdicts = check::check(&inspect(&source).await);
    verdicts
        .map(|verdicts| convert::verdicts(&verdicts))
        .map_err(|error| convert::error(&error, Some(Stage::Inspect), None, false))
}

/// The limits on one generation request that references of these kinds, separated by spaces, break together.
#[wasm_bindgen(js_name = checkTogether)]
pub fn check_together(call: &str, kinds: &str) -> Result<JsValue, JsValue> {
    let Call { provider, options, .. } = Call::read(call)?;
    let known = |word: &str| Kind::ALL.iter().copied().find(|kind| kind.as_str() == word);
    let kinds: Vec<Kind> = kinds.split(' ').filter_map(known).collect();
    Ok(convert::violations(&provider.rules(&options).check_together(&kinds)))
}

/// One page, counted from 1, of the assets that the account has: `{ assets, total }`. Without a size, as long as can be.
#[wasm_bindgen(js_name = list)]
pub async fn list(call: String, page: u32, page_size: Option<u32>, signal: AbortSignal) -> Result<JsValue, JsValue> {
    let Call { provider, gateway, .. } = Call::read(&call)?;
    let library = provider.library().ok_or_else(|| call::no_library(provider.profile()))?;
    let most = library.max_page_size();
    let page_size = page_size.unwrap_or(most);
    if !(1..=most).contains(&page_size) {
        let error = Error::Rejected(vec![rules::page_size(page_size, most)]);
        return Err(convert::error(&error, None, Some(provider.profile().id), false));
    }
    let read = |response: &Response| Ok(convert::page(&library.read_list(response)?, provider.profile().id));
    library::exchange(&gateway, &library.list(page, page_size), &signal, &read).await
}

/// Removes an asset; gives `undefined`.
#[wasm_bindgen(js_name = remove)]
pub async fn remove(call: String, id: String, signal: AbortSignal) -> Result<JsValue, JsValue> {
    let Call { provider, gateway, .. } = Call::read(&call)?;
    let library = provider.library().ok_or_else(|| call::no_library(provider.profile()))?;
    let read = |response: &Response| library.read_delete(response).map(|()| JsValue::UNDEFINED);
    library::exchange(&gateway, &library.delete(&id), &signal, &read).await
}

/// The SHA-256 of a Blob, 64 hexadecimal digits; rejects with an error object where it cannot be read.
#[wasm_bindgen(js_name = sha256)]
pub async fn sha256(source: Blob) -> Result<String, JsValue> {
    let checksum = blob::digest(&source, &|_| ()).await;
    let refuse = |failure: Failure| convert::error(&failure.into(), Some(Stage::Hash), None, false);
    checksum.map(|checksum| checksum.hex()).map_err(refuse)
}

/// The providers and what each takes.
#[wasm_bindgen(js_name = providers)]
#[must_use]
pub fn all_providers() -> JsValue {
    convert::providers(PROVIDERS)
}

async fn inspect(source: &Blob) -> Result<InspectedFile, Error> {
    let candidate = candidate(source);
    if candidate.size == 0 {
        return Err(Error::Rejected(vec![rules::empty_file()]));
    }
    let mut probe = Probe::new(candidate.size);
    loop {
        match probe.step() {
            ProbeStep::Need { offset, len } => probe.supply(&blob::read(source, offset, len).await?),
            ProbeStep::Done(found) => {
                let media = found.map_err(|error| Error::of_probe(error, Value::Nothing))?;
                return Ok(InspectedFile::new(candidate, media));
            }
        }
    }
}

fn candidate(source: &Blob) -> Candidate {
    let name = source.dyn_ref::<File>().map(File::name).unwrap_or_default();
    Candidate { name, declared_type: source.type_(), size: blob::size(source) }
}
