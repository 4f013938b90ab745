//! A call over a played line: what goes into it, and what comes of it.

use core::cell::Cell;

use js_sys::{Array, Function, Reflect, Uint8Array};
use mediaferry::browser;
use wasm_bindgen::prelude::*;
use web_sys::{Blob, File};

pub(super) const PHOTO: &[u8] = include_bytes!("../fixtures/e2e/cat.jpg");

#[wasm_bindgen(module = "/tests/browser/stubs.js")]
extern "C" {
    /// Puts a played line in place of `XMLHttpRequest` and `fetch`; each request takes the next step of the script.
    #[wasm_bindgen(js_name = playLine)]
    pub(super) fn play_line(script: &str);
    /// The requests so far.
    pub(super) fn requests() -> Array;
    /// Makes waits a thousand times as short.
    pub(super) fn hurry();
    /// How many milliseconds were waited since then, by the clock that the shell saw.
    pub(super) fn hurried() -> f64;
    /// Puts everything back.
    pub(super) fn restore();
    /// So many parts of a MiB each, filled with their own number.
    #[wasm_bindgen(js_name = numberedBlob)]
    pub(super) fn numbered_blob(mebibytes: u32) -> Blob;
    /// Makes a Blob promise another size than it has.
    #[wasm_bindgen(js_name = pretendSize)]
    pub(super) fn pretend_size(blob: &Blob, size: f64);
    /// A Blob of zeros whose every byte is ready at once, so that nobody ever has to wait for it.
    #[wasm_bindgen(js_name = readyBlob)]
    pub(super) fn ready_blob(mebibytes: u32) -> Blob;
    /// Counts how often something else has its turn.
    #[wasm_bindgen(js_name = countTurns)]
    pub(super) fn count_turns();
    /// How often that was, and no longer.
    pub(super) fn turns() -> u32;
    /// A function that keeps what it is called with in its own `events`.
    pub(super) fn recorder() -> Function;
    /// A page that gives these answers in turn, and keeps what it was asked in its own `events`.
    pub(super) fn answering(answers: &str) -> Function;
    /// Waits until everything that is ready has run.
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
    get(object, name).as_string().unwrap_or_else(|| panic!("{name} is no text"))
}

pub(super) fn number(object: &JsValue, name: &str) -> f64 {
    get(object, name).as_f64().unwrap_or_else(|| panic!("{name} is no number"))
}

pub(super) const ASSET: &str = r#"{"body":{"id":"file_1","url":"https://cdn.test/file_1.jpg"}}"#;
pub(super) const TICKET: &str = r#"{"body":{"success":true,"data":{"upload_url":"https://storage.test/key?X-Amz-Signature=abc","file_id":"file_1"}}}"#;
pub(super) const DONE: &str =
    r#"{"body":{"success":true,"data":{"id":"file_1","url":"https://cdn.test/file_1.jpg","size_bytes":21474}}}"#;

/// Looks at a Blob, or hashes it.
pub(super) async fn of_blob(method: &str, source: Blob) -> Result<JsValue, JsValue> {
    let call = ["{\"method\":\"", method, "\"}"].concat();
    outcome(browser::run_task(new_id(), Some(source), call, Function::default(), Function::default()).await)
}

pub(super) async fn probe(source: Blob) -> Result<JsValue, JsValue> {
    of_blob("probe", source).await
}

pub(super) async fn sha256(source: Blob) -> Result<JsValue, JsValue> {
    of_blob("sha256", source).await
}

/// Uploads the photo over a played line, and tells what came of it and all events.
pub(super) async fn upload(provider: &str, script: &[&str], id: u32) -> (Result<JsValue, JsValue>, Vec<JsValue>) {
    let call = ["{\"method\":\"upload\",\"provider\":\"", provider, "\""].concat();
    over_line(Some(photo("cat.jpg")), &call, script, id).await
}

/// Performs a call, begun as JSON and still open, over a played line.
pub(super) async fn over_line(
    source: Option<Blob>,
    call: &str,
    script: &[&str],
    id: u32,
) -> (Result<JsValue, JsValue>, Vec<JsValue>) {
    let record = recorder();
    let result = perform(source, call, script, id, record.clone(), Function::default()).await;
    (result, kept(&record))
}

/// Uploads the photo for a page that gives these answers, over a played line; tells what came of it and what was asked.
pub(super) async fn with_page(
    way: &str,
    answers: &[&str],
    script: &[&str],
) -> (Result<JsValue, JsValue>, Vec<JsValue>) {
    let answers: Array = answers.iter().map(|answer| JsValue::from_str(answer)).collect();
    let page = answering(&String::from(js_sys::JSON::stringify(&answers).expect("texts")));
    let call = ["{\"method\":\"upload\",", way].concat();
    let result = perform(Some(photo("cat.jpg")), &call, script, new_id(), recorder(), page.clone()).await;
    (result, kept(&page))
}

pub(super) async fn perform(
    source: Option<Blob>,
    call: &str,
    script: &[&str],
    id: u32,
    on_event: Function,
    ask: Function,
) -> Result<JsValue, JsValue> {
    play_line(&["[", &script.join(","), "]"].concat());
    let call = [call, ",\"gateway\":\"http://gateway.test/\"}"].concat();
    let result = outcome(browser::run_task(id, source, call, on_event, ask).await);
    restore();
    result
}

/// What a function of the stubs has kept.
pub(super) fn kept(function: &Function) -> Vec<JsValue> {
    Array::from(&get(function, "events")).iter().collect()
}

/// The id of a task.
pub(super) fn new_id() -> u32 {
    thread_local!(static NEXT: Cell<u32> = const { Cell::new(0) });
    NEXT.set(NEXT.get() + 1);
    NEXT.get()
}

/// The value of a result; the facts of a failure, `undefined` of a cancelled task, or what was thrown.
fn outcome(outcome: Result<JsValue, JsValue>) -> Result<JsValue, JsValue> {
    let outcome = outcome?;
    match text(&outcome, "type").as_str() {
        "result" => Ok(get(&outcome, "value")),
        "failure" => Err(get(&outcome, "facts")),
        "cancelled" => Err(JsValue::UNDEFINED),
        other => panic!("an outcome of type {other}"),
    }
}

/// What the events of a type tell, which is in the field of this name.
pub(super) fn of(events: &[JsValue], kind: &str, name: &str) -> Vec<JsValue> {
    events.iter().filter(|event| text(event, "type") == kind).map(|event| get(event, name)).collect()
}

pub(super) fn request(index: u32) -> JsValue {
    requests().get(index)
}
