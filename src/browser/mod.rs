//! The shell: performs the flow's effects with the browser's own tools, and decides nothing.
//!
//! This is seam 1: a few functions exported to JavaScript, plain objects in and out. An error is an object with a
//! `code`; a cancelled call rejects with `undefined`, for the facade knows the signal's reason.

use js_sys::Function;
use wasm_bindgen::prelude::*;
use web_sys::{AbortSignal, Blob};

use crate::error::ErrorCode;
use crate::flow::Stage;
use crate::json::Json;
use crate::media::Kind;
use crate::providers;
use crate::rules::Rule;
use crate::text;

mod blob;
mod body;
mod call;
mod convert;
mod drive;
mod event;
mod fetch;
mod formats;
mod header;
mod object;
mod page;
mod pass;
mod stream;
mod timer;
mod xhr;

use call::Call;
use drive::Driver;
use page::Page;

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

/// Performs a task; [`Call::read`] says how `call` names it. `on_event` is called with each event, `ask` with what
/// the core wants to know of the page and with what it is about, and gives a promise of that.
/// Gives what the task gives, or rejects with an error object, or with `undefined` once `signal` has aborted.
#[wasm_bindgen(js_name = perform)]
pub async fn perform(
    source: Option<Blob>,
    call: String,
    signal: AbortSignal,
    on_event: Function,
    ask: Function,
) -> Result<JsValue, JsValue> {
    let Call { task, way } = Call::read(&call, source.as_ref())?;
    Driver::new(task, source, way, Page { on_event, ask }).run(&signal).await
}

/// The limits on one generation request that references of these kinds, separated by spaces, break together.
#[wasm_bindgen(js_name = checkTogether)]
pub fn check_together(call: &str, kinds: &str) -> Result<JsValue, JsValue> {
    let json = Json::read(call.as_bytes()).map_err(|_| JsValue::UNDEFINED)?;
    let provider = call::chosen(json)?;
    let kinds: Vec<Kind> = text::split(kinds, b' ').filter_map(Kind::of).collect();
    Ok(convert::violations(&provider.profile().rules.check_together(&kinds)))
}
