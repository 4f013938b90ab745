//! The shell: performs the core's effects with the browser's APIs, and makes no decisions.
//!
//! This is seam 1: a few functions exported to JavaScript, plain objects in and out.

use js_sys::Function;
use wasm_bindgen::prelude::*;
use web_sys::Blob;

use crate::error::ErrorCode;
use crate::media::Kind;
use crate::providers;
use crate::rules::Rule;
use crate::tasks::Method;
use crate::upload::Stage;

mod blob;
mod body;
mod clock;
mod control;
mod convert;
mod driver;
mod event;
mod fetch;
mod formats;
mod gateway_auth;
mod header;
mod host_callbacks;
mod js_object;
mod liveness;
mod part_hasher;
mod source_file;
mod stream;
mod task_request;
mod timer;
mod xhr;
mod yielder;

use control::Control;
use driver::Driver;
use host_callbacks::HostCallbacks;
use js_object::JsObject;
use task_request::{Rejected, TaskRequest};

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
#[wasm_bindgen(typescript_custom_section)]
const METHOD: &'static str = Method::TYPESCRIPT;

/// Runs a task; `TaskRequest::read` documents `call`. `on_event` is called with each event, and at last with the outcome:
/// `{ type: 'result', value }`, `{ type: 'failure', facts }` or `{ type: 'cancelled' }`. `query` is called with a query of
/// the core and its data, and returns a promise of the reply.
///
/// Rejects only with a `TypeError` for a programming error.
#[wasm_bindgen(js_name = runTask)]
pub async fn run_task(
    id: u32,
    source: Option<Blob>,
    call: String,
    on_event: Function,
    query: Function,
) -> Result<(), JsValue> {
    let control = Control::of(id);
    let callbacks = HostCallbacks { on_event, query };
    let outcome = match TaskRequest::read(&call, source.as_ref()) {
        Ok(request) => {
            Driver::new(request, source, callbacks).run(&control).await;
            Ok(())
        }
        Err(Rejected::Failure(facts)) => {
            let outcome = JsObject::default();
            outcome.set("type", "failure");
            outcome.put("facts", facts);
            callbacks.report(&outcome.into());
            Ok(())
        }
        Err(Rejected::Exception(error)) => Err(error),
    };
    Control::forget(id);
    outcome
}

/// Pauses or resumes a running task.
#[wasm_bindgen(js_name = setPaused)]
pub fn set_paused(id: u32, paused: bool) {
    Control::of(id).set_paused(paused);
}

/// Cancels a running task.
#[wasm_bindgen(js_name = cancelTask)]
pub fn cancel_task(id: u32) {
    Control::of(id).cancel();
}
