//! The shell in a real browser, in a dedicated worker as in production: Blobs, hashing, XHR, abort, timeouts, errors.
//!
//! The tests call the exported functions. `stubs.js` is a mock network; the end-to-end tests in `tests/e2e` use a server.

#![cfg(target_arch = "wasm32")]
#![expect(clippy::float_cmp, reason = "JavaScript's whole numbers are exact")]

use mediaferry::browser::{cancel_task, set_paused};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

mod mock_network;

use mock_network::*;

wasm_bindgen_test_configure!(run_in_dedicated_worker);

const MOVIE: &[u8] = include_bytes!("../fixtures/e2e/bt601.mp4");
const PHOTO_SHA256: &str = "f8dcbaf051bfb52ea7a9481cbe3b125210c236518762b0be65444bfc073792db";

#[wasm_bindgen_test]
async fn probe_reads_a_movie_box_at_the_end() {
    // 3 MiB of media data between the file type and the movie box, which comes last.
    let at = MOVIE.windows(4).position(|window| window == b"mdat").expect("mdat") - 4;
    let filler = vec![0; 3 << 20];
    let len = u32::try_from(filler.len() + 8).expect("a length");
    let free = [&len.to_be_bytes()[..], b"free"].concat();
    let movie = probe(blob(&[&MOVIE[..at], &free, &filler, &MOVIE[at..]])).await.expect("a movie");
    assert_eq!((text(&movie, "mime").as_str(), number(&movie, "width")), ("video/mp4", 360.0));
    assert!((number(&movie, "duration") - 1.088).abs() < 0.03);
}

#[wasm_bindgen_test]
async fn probe_of_half_a_photo_is_incomplete() {
    let whole = probe(blob(&[PHOTO])).await.expect("a photo");
    let cut = probe(blob(&[&PHOTO[..PHOTO.len() / 2]])).await.expect("half a photo");
    assert_eq!((get(&whole, "complete"), get(&cut, "complete")), (JsValue::TRUE, JsValue::FALSE));
    assert_eq!(number(&cut, "bytes"), number(&whole, "bytes") / 2.0);
}

#[wasm_bindgen_test]
async fn empty_blob_is_rejected_with_its_rule() {
    let error = probe(blob(&[])).await.expect_err("nothing");
    assert_eq!((text(&error, "code"), text(&error, "stage")), ("rejected".into(), "inspect".into()));
    assert_eq!(text(&error, "violations.0.rule"), "min_bytes");
}

#[wasm_bindgen_test]
async fn blob_shorter_than_its_size_is_unreadable() {
    let shrunk = blob(&[PHOTO]);
    pretend_size(&shrunk, 30_000.0);
    let error = sha256(shrunk).await.expect_err("it shrank");
    assert_eq!((text(&error, "code"), text(&error, "stage")), ("unreadable_file".into(), "hash".into()));
}

#[wasm_bindgen_test]
async fn sha256_of_64_mib_is_correct() {
    let digest = sha256(numbered_blob(64)).await.expect("a digest");
    assert_eq!(digest, "53533a909d7179bf06ded406612e4afd5bf53fe972658495580ab6ff2bc2f05d");
    assert_eq!(sha256(blob(&[])).await.expect("a digest"), EMPTY_SHA256);
}

#[wasm_bindgen_test]
async fn hashing_yields_to_other_tasks() {
    count_ticks();
    sha256(ready_blob(64)).await.expect("a digest");
    // Responses and an abort are tasks too: they must not wait until the whole file is hashed.
    let ticks = ticks();
    assert!(ticks >= 4, "{ticks} ticks");
}

const EMPTY_SHA256: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

#[wasm_bindgen_test]
async fn upload_returns_the_asset_and_sends_no_credential() {
    let (result, _) = upload("modelhunter", &[TICKET, "{}", DONE], new_id()).await;
    let asset = result.expect("an asset");
    assert_eq!(text(&asset, "ref"), "https://cdn.test/file_1.jpg");
    assert_eq!(text(&asset, "sha256"), PHOTO_SHA256);
    let put = request(1);
    assert_eq!((text(&put, "method").as_str(), requests().length()), ("PUT", 3));
    assert!(text(&put, "url").starts_with("https://storage.test/key?"));
    let headers = js_sys::Object::keys(get(&put, "headers").unchecked_ref::<js_sys::Object>());
    assert_eq!(headers.join(",").as_string().as_deref(), Some("content-type"));
    assert_eq!(text(&put, "headers.content-type"), "image/jpeg");
}

#[wasm_bindgen_test]
async fn progress_never_decreases_and_ends_at_1() {
    let broken = r#"{"sent":[4000,9000,16000],"total":21474,"broken":true}"#;
    let whole = r#"{"sent":[1000,21474],"total":21474}"#;
    let (result, events) = upload("modelhunter", &[TICKET, broken, whole, DONE], new_id()).await;
    assert!(result.is_ok(), "{result:?}");
    let progress = of(&events, "progress", "progress");
    let fractions: Vec<f64> = progress.iter().map(|event| number(event, "fraction")).collect();
    assert!(fractions.is_sorted(), "{fractions:?}");
    assert!(fractions.iter().filter(|fraction| **fraction < 1.0).count() >= 4, "{fractions:?}");
    assert_eq!(fractions.last(), Some(&1.0));
    let sent: Vec<f64> = progress.iter().map(|event| number(event, "sentBytes")).collect();
    assert!(sent.contains(&4000.0) && sent.last() == Some(&21474.0), "{sent:?}");
    let retry = of(&events, "retry", "retry");
    assert_eq!((retry.len(), text(&retry[0], "error")), (1, "network".into()));
}

#[wasm_bindgen_test]
async fn cancel_aborts_the_request() {
    let id = new_id();
    wasm_bindgen_futures::spawn_local(async move {
        while requests().length() == 0 {
            settle().await;
        }
        cancel_task(id);
    });
    let (result, _) = upload("relaydance", &[r#""silence""#], id).await;
    assert_eq!(result, Err(JsValue::UNDEFINED));
    assert!(get(&request(0), "aborted").is_truthy() && get(&request(0), "onload").is_falsy());
    let id = new_id();
    cancel_task(id);
    let (result, events) = upload("relaydance", &[ASSET], id).await;
    assert_eq!((result, events.len(), requests().length()), (Err(JsValue::UNDEFINED), 0, 0));
}

#[wasm_bindgen_test]
async fn pause_aborts_the_request_until_the_task_resumes() {
    let id = new_id();
    let pause = move |paused: bool| set_paused(id, paused);
    wasm_bindgen_futures::spawn_local(async move {
        while requests().length() < 2 {
            settle().await;
        }
        pause(true);
        settle().await;
        assert!(get(&request(1), "aborted").is_truthy() && requests().length() == 2);
        // Two changes at once have no effect.
        pause(false);
        pause(true);
        settle().await;
        assert_eq!(requests().length(), 2);
        pause(false);
    });
    let (result, events) = upload("modelhunter", &[TICKET, r#""silence""#, r#"{"sent":[21474]}"#, DONE], id).await;
    assert!(result.is_ok(), "{result:?}");
    assert_eq!(requests().length(), 4);
    assert!(of(&events, "retry", "retry").is_empty(), "a pause is no failure");
}

#[wasm_bindgen_test]
async fn stalled_request_is_aborted_after_30_seconds() {
    use_fast_clock();
    let stops = r#"{"sent":[1000],"total":21474,"silent":true}"#;
    let (result, _) = upload("relaydance", &[stops, r#"{"body":{"state":"forgotten"}}"#], new_id()).await;
    let error = result.expect_err("no response");
    let (retryable, outcome_unknown) = (get(&error, "retryable"), get(&error, "outcomeUnknown"));
    assert_eq!((text(&error, "code"), retryable, outcome_unknown), ("stalled".into(), JsValue::FALSE, JsValue::TRUE));
    assert_eq!(get(&request(0), "aborted"), JsValue::TRUE);
    assert!((30_000.0..60_000.0).contains(&elapsed_millis()), "{} ms", elapsed_millis());
}

#[wasm_bindgen_test]
async fn missing_response_times_out_after_the_retry_budget() {
    use_fast_clock();
    let silent = r#"{"sent":[100],"silent":true}"#;
    let (result, _) = upload("modelhunter", &[silent, silent], new_id()).await;
    let error = result.expect_err("no ticket");
    assert_eq!((text(&error, "code"), text(&error, "stage")), ("network_timeout".into(), "ticket".into()));
    assert_eq!(requests().length(), 2);
    assert!(requests().iter().all(|request| get(&request, "aborted").is_truthy()));
    assert!(elapsed_millis() >= 300_000.0, "{} ms", elapsed_millis());
}

#[wasm_bindgen_test]
async fn errors_have_a_code_and_facts() {
    let (result, _) = upload("relaydance", &[r#"{"status":401}"#], new_id()).await;
    let error = result.expect_err("no key");
    assert_eq!((text(&error, "code"), text(&error, "provider")), ("unauthenticated".into(), "relaydance".into()));
    let refused = r#"{"status":422,"body":{"error":{"code":"bad_file"}}}"#;
    let (result, _) = upload("relaydance", &[refused], new_id()).await;
    let error = result.expect_err("a refusal");
    assert_eq!((text(&error, "code"), number(&error, "status")), ("refused".into(), 422.0));
    assert_eq!((text(&error, "providerMessage"), get(&error, "retryable")), ("bad_file".into(), JsValue::FALSE));
    let (result, _) = upload("nowhere", &[], new_id()).await;
    let error = result.expect_err("no such provider");
    assert!(error.is_instance_of::<js_sys::TypeError>());
}

#[wasm_bindgen_test]
async fn url_is_submitted_and_polled() {
    let call = r#"{"method":"upload","provider":"apiframe","url":"https://example.com/a.mp4?sig=1""#;
    let script = [r#"{"status":201,"body":{"assetId":"a1"}}"#, r#"{"body":{"status":"Active","url":null}}"#];
    use_fast_clock();
    let (result, events) = run_over_network(None, call, &script, new_id()).await;
    let asset = result.expect("an asset");
    assert_eq!(text(&asset, "ref"), "asset://a1");
    assert_eq!(text(&asset, "requestFragment.seedanceParams.reference_video_urls.0"), "asset://a1");
    assert!(get(&asset, "sha256").is_undefined() && of(&events, "inspected", "media").is_empty());
    assert_eq!(text(&request(1), "url"), "http://gateway.test/providers/apiframe/v2/assets/a1");
}

const IN_PARTS: &str =
    r#"{"method":"upload","provider":"onerouter","options":{"model":"a","route":"url"},"multipartThreshold":1"#;
const CREATED: &str = r#"{"body":{"token":"t","part_size":20000}}"#;
const SIGNED_PARTS: &str = r#"{"body":{"parts":[
    {"number":1,"put_url":"https://bucket.test/1?sig=1","headers":[{"name":"x-amz-checksum-sha256","value":"a="}]},
    {"number":2,"put_url":"https://bucket.test/2?sig=1","headers":[]}]}}"#;
const COMPLETED: &str = r#"{"body":{"get_url":"https://bucket.test/object?sig=2"}}"#;
const ACTIVE: &str = r#"{"body":{"code":200,"data":{"id":7,"status":"active","upstream_asset_uri":"asset://7","file_size_bytes":21474}}}"#;

#[wasm_bindgen_test]
async fn file_is_sent_in_parts_that_are_hashed_once() {
    let put = r#"{"sent":[700,1474],"total":1474}"#;
    let script = [CREATED, SIGNED_PARTS, put, SIGNED_PARTS, put, COMPLETED, ACTIVE];
    let (result, events) = run_over_network(Some(photo("cat.jpg")), IN_PARTS, &script, new_id()).await;
    assert_eq!(text(&result.expect("an asset"), "sha256"), PHOTO_SHA256);
    for (at, path, bytes) in [(2, "1", 20_000.0), (4, "2", 1_474.0)] {
        let put = request(at);
        assert_eq!(text(&put, "url"), ["https://bucket.test/", path, "?sig=1"].concat());
        assert_eq!((text(&put, "method").as_str(), number(&put, "sentBody.size")), ("PUT", bytes));
        assert_eq!(text(&put, "sentBody.type"), "");
    }
    assert_eq!(text(&request(2), "headers.x-amz-checksum-sha256"), "a=");
    let known = of(&events, "known", "known");
    let continuations = known.iter().filter_map(|known| get(known, "continuation").as_string());
    let parts: Vec<String> = continuations.filter(|text| text.starts_with(r#"{"phase":"parts""#)).collect();
    let begins = r#"{"phase":"parts","token":"t","size":21474,"partSize":20000,"digests":""#;
    assert!(!parts.is_empty() && parts.iter().all(|text| text.starts_with(begins)), "{parts:?}");
}

#[wasm_bindgen_test]
async fn cancel_aborts_every_part() {
    let id = new_id();
    wasm_bindgen_futures::spawn_local(async move {
        while requests().length() < 5 {
            settle().await;
        }
        cancel_task(id);
    });
    let silence = r#""silence""#;
    let script = [CREATED, SIGNED_PARTS, silence, SIGNED_PARTS, silence];
    let (result, _) = run_over_network(Some(photo("cat.jpg")), IN_PARTS, &script, id).await;
    assert_eq!(result, Err(JsValue::UNDEFINED));
    for at in [2, 4] {
        assert!(get(&request(at), "aborted").is_truthy(), "part at {at}");
    }
}

#[wasm_bindgen_test]
async fn discard_removes_the_parts_of_a_continuation() {
    let call = r#"{"method":"discard","provider":"apiframe","continuation":"{\"phase\":\"parts\",\"token\":\"t\"}""#;
    let (result, _) = run_over_network(None, call, &[r#"{"status":204}"#], new_id()).await;
    assert_eq!(result, Ok(JsValue::UNDEFINED));
    assert_eq!(text(&request(0), "url"), "http://gateway.test/staging/uploads/abort");
    let other = r#"{"method":"discard","provider":"apiframe","continuation":"{\"phase\":\"url\"}""#;
    let (result, _) = run_over_network(None, other, &[], new_id()).await;
    assert!(result.expect_err("nothing to discard").is_instance_of::<js_sys::TypeError>());
}

#[wasm_bindgen_test]
async fn list_is_retried_after_a_503() {
    let call = r#"{"method":"list","provider":"onerouter","page":2,"pageSize":1"#;
    let page = r#"{"body":{"code":200,"data":{"items":[{"id":7,"status":"processing"}],"total":2}}}"#;
    use_fast_clock();
    let (result, _) = run_over_network(None, call, &[r#"{"status":503}"#, page], new_id()).await;
    let page = result.expect("a page");
    assert_eq!((number(&page, "total"), text(&page, "assets.0.id").as_str()), (2.0, "7"));
    assert_eq!(text(&page, "assets.0.status"), "processing");
    let wanted = "http://gateway.test/providers/onerouter/v1/list/resources?page=2&page_size=1";
    assert_eq!(text(&request(1), "url"), wanted);
    let (result, _) =
        run_over_network(None, r#"{"method":"delete","provider":"onerouter","id":"../x""#, &[], new_id()).await;
    assert!(result.expect_err("no id").is_instance_of::<js_sys::TypeError>());
}

const CUSTOM: &str = r#""provider":{"id":"mine","name":"Mine"}"#;
const SIGNED: &str =
    r#"{"status":200,"body":{"url":"https://bucket.test/a?sig=1","headers":[{"name":"x-acl","value":"private"}]}}"#;
const CONFIRMED: &str = r#"{"status":200,"body":{"url":"https://cdn.test/a.jpg","more":[1]}}"#;

#[wasm_bindgen_test]
async fn custom_provider_signs_and_confirms_by_callbacks() {
    let (result, calls) = upload_with_callbacks(CUSTOM, &[SIGNED, CONFIRMED], &["{}"]).await;
    let asset = result.expect("an asset");
    assert_eq!((text(&asset, "ref").as_str(), text(&asset, "provider").as_str()), ("https://cdn.test/a.jpg", "mine"));
    assert_eq!(number(&asset, "raw.more.0"), 1.0);
    let callbacks: Vec<String> = calls.iter().map(|call| text(call, "what")).collect();
    assert_eq!(callbacks, ["sign", "confirm"]);
    assert_eq!(text(&calls[0], "about"), r#"{"name":"cat.jpg","mime":"image/jpeg","bytes":21474}"#);
    assert!(text(&calls[1], "about").contains(PHOTO_SHA256));
    assert_eq!((text(&request(0), "method").as_str(), requests().length()), ("PUT", 1));
    assert_eq!(
        (text(&request(0), "headers.content-type"), text(&request(0), "headers.x-acl")),
        ("image/jpeg".into(), "private".into())
    );
}

#[wasm_bindgen_test]
async fn callback_response_is_treated_like_a_server_response() {
    use_fast_clock();
    let busy = r#"{"status":503,"retryAfter":"7"}"#;
    let (result, calls) = upload_with_callbacks(CUSTOM, &[busy, r#"{"status":0}"#, SIGNED, CONFIRMED], &["{}"]).await;
    assert!(result.is_ok() && calls.len() == 4, "{result:?}");
    assert!(elapsed_millis() >= 7_000.0, "{} ms", elapsed_millis());
    let (result, _) = upload_with_callbacks(CUSTOM, &[r#"{"status":403,"body":{"message":"not yours"}}"#], &[]).await;
    let error = result.expect_err("a refusal");
    assert_eq!((text(&error, "code"), text(&error, "providerMessage")), ("refused".into(), "not yours".into()));
    assert_eq!((text(&error, "provider"), text(&error, "stage")), ("mine".into(), "ticket".into()));
    use_fast_clock();
    let (result, calls) = upload_with_callbacks(CUSTOM, &[], &[]).await;
    assert_eq!((text(&result.expect_err("silence"), "code"), calls.len()), ("network_timeout".into(), 2));
}

#[wasm_bindgen_test]
async fn unknown_mime_in_a_definition_is_a_type_error() {
    let call = r#""provider":{"id":"mine","name":"Mine","rules":[{"mimes":["image/nope"]}]}"#;
    let (result, _) = upload_with_callbacks(call, &[], &[]).await;
    let error = result.expect_err("no type");
    assert!(
        error.is_instance_of::<js_sys::TypeError>() && text(&error, "message").contains("'image/nope'"),
        "{error:?}"
    );
}

#[wasm_bindgen_test]
async fn token_is_requested_once_and_again_after_a_401() {
    let call = r#""provider":"modelhunter","token":true,"headers":[{"name":"x-tenant","value":"7"}]"#;
    let refused = r#"{"status":401}"#;
    use_fast_clock();
    let (result, calls) =
        upload_with_callbacks(call, &["Bearer old", "Bearer new"], &[refused, TICKET, "{}", DONE]).await;
    assert!(result.is_ok(), "{result:?}");
    let reasons: Vec<String> = calls.iter().map(|call| text(call, "what") + " " + &text(call, "about")).collect();
    assert_eq!(reasons, ["token initial", "token unauthorized"]);
    let auth_headers =
        |index| (get(&request(index), "headers.authorization"), get(&request(index), "headers.x-tenant"));
    assert_eq!(auth_headers(0), ("Bearer old".into(), "7".into()));
    assert_eq!(
        [auth_headers(1), auth_headers(3)],
        [("Bearer new".into(), "7".into()), ("Bearer new".into(), "7".into())]
    );
    let put = js_sys::Object::keys(get(&request(2), "headers").unchecked_ref::<js_sys::Object>());
    assert_eq!(put.join(",").as_string().as_deref(), Some("content-type"), "storage receives neither");

    let (result, calls) = upload_with_callbacks(call, &["Bearer old", "Bearer new"], &[refused, refused]).await;
    assert_eq!((text(&result.expect_err("no"), "code"), calls.len()), ("unauthenticated".into(), 2));
    let fixed = r#""provider":"relaydance","headers":[{"name":"Authorization","value":"Bearer fixed"}]"#;
    let (result, calls) = upload_with_callbacks(fixed, &[], &[refused]).await;
    assert_eq!((text(&result.expect_err("no"), "code"), calls.len()), ("unauthenticated".into(), 0));
    assert_eq!(text(&request(0), "headers.authorization"), "Bearer fixed");
}
