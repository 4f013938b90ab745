//! Runs a task over a mock network, and collects its result, events and requests.

use core::cell::Cell;

use js_sys::{Array, Function, Reflect, Uint8Array};
use mediaferry::browser;
use wasm_bindgen::prelude::*;
use web_sys::{Blob, File};

pub(super) const PHOTO: &[u8] = include_bytes!("../fixtures/e2e/cat.jpg");

#[wasm_bindgen(module = "/tests/browser/stubs.js")]
extern "C" {
    /// Replaces `XMLHttpRequest` and `fetch`; each request takes the next step of the script.
    #[wasm_bindgen(js_name = installMockNetwork)]
    pub(super) fn install_mock_network(script: &str);
    /// The requests so far.
    pub(super) fn requests() -> Array;
    /// Makes waits a thousand times shorter.
    #[wasm_bindgen(js_name = useFastClock)]
    pub(super) fn use_fast_clock();
    /// The milliseconds since then, by the clock that the shell reads.
    #[wasm_bindgen(js_name = elapsedMillis)]
    pub(super) fn elapsed_millis() -> f64;
    /// Restores what the mocks replaced.
    pub(super) fn restore();
    /// A Blob of this many MiB, each filled with its index.
    #[wasm_bindgen(js_name = numberedBlob)]
    pub(super) fn numbered_blob(mebibytes: u32) -> Blob;
    /// Makes a Blob report another size.
    #[wasm_bindgen(js_name = pretendSize)]
    pub(super) fn pretend_size(blob: &Blob, size: f64);
    /// A Blob of zeros whose bytes are all available at once, so that a reader never waits.
    #[wasm_bindgen(js_name = readyBlob)]
    pub(super) fn ready_blob(mebibytes: u32) -> Blob;
    /// Counts how often another task runs.
    #[wasm_bindgen(js_name = countTicks)]
    pub(super) fn count_ticks();
    /// Stops counting and returns the count.
    pub(super) fn ticks() -> u32;
    /// A host that only reads.
    #[wasm_bindgen(js_name = makeHost)]
    fn host() -> Function;
    /// A function that passes events on, and keeps the outcome, which is the last one, in its property `outcome`.
    #[wasm_bindgen(js_name = keepingOutcome)]
    fn keeping_outcome(on_event: &Function) -> Function;
    /// A function that records its arguments in its property `events`.
    pub(super) fn recorder() -> Function;
    /// A callback that returns these responses in turn and records its arguments in its property `events`.
    pub(super) fn responding(responses: &str) -> Function;
    /// Waits until all ready tasks have run.
    pub(super) async fn settle();
}

pub(super) fn blob(parts: &[&[u8]]) -> Blob {
    let parts: Array = parts.iter().map(|part| Uint8Array::from(*part)).collect();
    Blob::new_with_u8_array_sequence(&parts).expect("a Blob")
}

pub(super) fn photo(name: &str) -> Blob {
    File::new_with_u8_array_sequence(&Array::of1(&Uint8Array::from(PHOTO)), name).expect("a File").into()
}

pub(super) fn get(object: &JsValue, name: &str) -> JsValue {
    name.split('.').fold(object.clone(), |object, name| Reflect::get(&object, &name.into()).expect(name))
}

pub(super) fn text(object: &JsValue, name: &str) -> String {
    get(object, name).as_string().unwrap_or_else(|| panic!("{name} is not a string"))
}

pub(super) fn number(object: &JsValue, name: &str) -> f64 {
    get(object, name).as_f64().unwrap_or_else(|| panic!("{name} is not a number"))
}

pub(super) const ASSET: &str = r#"{"body":{"id":"file_1","url":"https://cdn.test/file_1.jpg"}}"#;
pub(super) const TICKET: &str = r#"{"body":{"success":true,"data":{"upload_url":"https://storage.test/key?X-Amz-Signature=abc","file_id":"file_1"}}}"#;
pub(super) const DONE: &str =
    r#"{"body":{"success":true,"data":{"id":"file_1","url":"https://cdn.test/file_1.jpg","size_bytes":21474}}}"#;

/// Probes or hashes a Blob.
pub(super) async fn of_blob(method: &str, source: Blob) -> Result<JsValue, JsValue> {
    let call = ["{\"method\":\"", method, "\"}"].concat();
    run(new_id(), Some(source), call, &Function::default(), host()).await
}

pub(super) async fn probe(source: Blob) -> Result<JsValue, JsValue> {
    of_blob("probe", source).await
}

pub(super) async fn sha256(source: Blob) -> Result<JsValue, JsValue> {
    of_blob("sha256", source).await
}

/// Uploads the photo over a mock network; returns the result and all events.
pub(super) async fn upload(provider: &str, script: &[&str], id: u32) -> (Result<JsValue, JsValue>, Vec<JsValue>) {
    let call = ["{\"method\":\"upload\",\"provider\":\"", provider, "\""].concat();
    run_over_network(Some(photo("cat.jpg")), &call, script, id).await
}

/// Runs a task over a mock network. `call` is JSON without its closing brace.
pub(super) async fn run_over_network(
    source: Option<Blob>,
    call: &str,
    script: &[&str],
    id: u32,
) -> (Result<JsValue, JsValue>, Vec<JsValue>) {
    let record = recorder();
    let result = perform(source, call, script, id, record.clone(), host()).await;
    (result, recorded(&record))
}

/// Uploads the photo with these callback responses over a mock network; returns the result and the callback calls.
pub(super) async fn upload_with_callbacks(
    options: &str,
    responses: &[&str],
    script: &[&str],
) -> (Result<JsValue, JsValue>, Vec<JsValue>) {
    let responses: Array = responses.iter().map(|response| JsValue::from_str(response)).collect();
    let callback = responding(&String::from(js_sys::JSON::stringify(&responses).expect("texts")));
    let call = ["{\"method\":\"upload\",", options].concat();
    let result = perform(Some(photo("cat.jpg")), &call, script, new_id(), recorder(), callback.clone()).await;
    (result, recorded(&callback))
}

pub(super) async fn perform(
    source: Option<Blob>,
    call: &str,
    script: &[&str],
    id: u32,
    on_event: Function,
    ask: Function,
) -> Result<JsValue, JsValue> {
    install_mock_network(&["[", &script.join(","), "]"].concat());
    let call = [call, ",\"gateway\":\"http://gateway.test/\"}"].concat();
    let result = run(id, source, call, &on_event, ask).await;
    restore();
    result
}

async fn run(
    id: u32,
    source: Option<Blob>,
    call: String,
    on_event: &Function,
    ask: Function,
) -> Result<JsValue, JsValue> {
    let on_event = keeping_outcome(on_event);
    browser::run_task(id, source, call, on_event.clone(), ask).await?;
    outcome(&get(&on_event, "outcome"))
}

/// What a function of the stubs has recorded.
pub(super) fn recorded(function: &Function) -> Vec<JsValue> {
    Array::from(&get(function, "events")).iter().collect()
}

/// The id of a task.
pub(super) fn new_id() -> u32 {
    thread_local!(static NEXT: Cell<u32> = const { Cell::new(0) });
    NEXT.set(NEXT.get() + 1);
    NEXT.get()
}

/// The value of a result; otherwise the facts of a failure, `undefined` if cancelled, or the exception.
fn outcome(outcome: &JsValue) -> Result<JsValue, JsValue> {
    match text(outcome, "type").as_str() {
        "result" => Ok(get(outcome, "value")),
        "failure" => Err(get(outcome, "facts")),
        "cancelled" => Err(JsValue::UNDEFINED),
        other => panic!("an outcome of type {other}"),
    }
}

/// The field of this name of all events of a type.
pub(super) fn of(events: &[JsValue], kind: &str, name: &str) -> Vec<JsValue> {
    events.iter().filter(|event| text(event, "type") == kind).map(|event| get(event, name)).collect()
}

pub(super) fn request(index: u32) -> JsValue {
    requests().get(index)
}
