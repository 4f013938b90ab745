//! Completions that go wrong at the storage, and storage that is unavailable or cannot do it.

use std::fs;

use serde_json::{Value, json};

use super::{ARGS, Upload, announce, error, key, post, unfinished};
use crate::common::{Gateway, png};

/// A fault of the storage for requests with this method and query.
fn fault(method: &str, query: &str, fault: &Value) -> Value {
    json!({ "at": "storage", "method": method, "query": query, "fault": fault })
}

fn internal_error() -> Value {
    json!({ "body": "<Error><Code>InternalError</Code></Error>", "content_type": "application/xml" })
}

#[tokio::test]
async fn an_upload_can_be_completed_twice() {
    let gateway = Gateway::start(&ARGS).await;
    let photo = png(640, 480, 4_300);
    let upload = Upload::begin(&gateway, &photo).await;
    upload.store(&upload.numbers()).await;
    let first = upload.complete().await;
    let url = first.json()["get_url"].as_str().expect("a URL").to_owned();
    let object = gateway.folder.path().join("store/mediaferry").join(key(&url));
    let modified = || fs::metadata(&object).expect("the object").modified().expect("a time");
    let before = modified();
    let second = upload.complete().await;
    assert_eq!(key(second.json()["get_url"].as_str().expect("a URL")), key(&url));
    assert!(upload.download(&first).await.body == photo && upload.download(&second).await.body == photo);
    assert_eq!(modified(), before, "it was not stored again");
}

#[tokio::test]
async fn an_upload_can_be_completed_twice_at_the_same_time() {
    let gateway = Gateway::start(&ARGS).await;
    let photo = png(640, 480, 4_300);
    let upload = Upload::begin(&gateway, &photo).await;
    upload.store(&upload.numbers()).await;
    let (one, other) = tokio::join!(upload.complete(), upload.complete());
    for reply in [one, other] {
        assert!(upload.download(&reply).await.body == photo);
    }
}

#[tokio::test]
async fn a_lost_response_to_a_completion_does_not_matter() {
    let gateway = Gateway::start(&ARGS).await;
    let photo = png(640, 480, 4_300);
    let upload = Upload::begin(&gateway, &photo).await;
    upload.store(&upload.numbers()).await;
    gateway.fault(json!([fault("POST", "uploadId", &json!({ "cut": "before_answer" }))])).await;
    assert!(upload.download(&upload.complete().await).await.body == photo);
    assert_eq!(unfinished(&gateway).await, [Value::Null; 0]);
}

#[tokio::test]
async fn an_error_with_status_200_is_no_completion_and_can_be_repeated() {
    let gateway = Gateway::start(&ARGS).await;
    let photo = png(640, 480, 4_300);
    let upload = Upload::begin(&gateway, &photo).await;
    upload.store(&upload.numbers()).await;
    gateway.fault(json!([fault("POST", "uploadId", &internal_error())])).await;
    assert_eq!(error(&upload.complete().await), (503, "storage_unavailable".to_owned()));
    assert_eq!(unfinished(&gateway).await.len(), 1);
    assert!(upload.download(&upload.complete().await).await.body == photo);
}

#[tokio::test]
async fn unavailable_storage_is_reported_with_its_retry_after() {
    let gateway = Gateway::start(&ARGS).await;
    let photo = png(640, 480, 4_300);
    let upload = Upload::begin(&gateway, &photo).await;
    upload.store(&upload.numbers()).await;
    let slow_down = json!({ "status": 503, "retry_after": "7", "body": "<Error><Code>SlowDown</Code></Error>" });
    let lost = json!({ "cut": "before_answer" });
    let requests = [
        ("create", "POST", "uploads"),
        ("list", "GET", "uploadId"),
        ("complete", "POST", "uploadId"),
        ("abort", "DELETE", "uploadId"),
    ];
    for (operation, method, query) in requests {
        let attempt = async || match operation {
            "create" => post(&gateway, None, "", &announce(&photo)).await,
            "list" => upload.list().await,
            "complete" => upload.complete().await,
            _ => upload.post("/abort", json!({})).await,
        };
        gateway.fault(json!([fault(method, query, &slow_down)])).await;
        let reply = attempt().await;
        assert_eq!(error(&reply), (503, "storage_unavailable".to_owned()), "{operation}");
        assert_eq!(reply.header("retry-after"), "7", "{operation}");
        // A lost response to a completion is resolved, and an abort has then happened.
        if matches!(operation, "create" | "list") {
            gateway.fault(json!([fault(method, query, &lost)])).await;
            assert_eq!(error(&attempt().await), (502, "storage_unreachable".to_owned()), "{operation}");
        }
    }
    assert_eq!(upload.list().await.json()["parts"].as_array().map(Vec::len), Some(5), "nothing has changed");
}

#[tokio::test]
async fn the_page_is_told_to_use_one_put_if_storage_takes_no_parts() {
    let gateway = Gateway::start(&ARGS).await;
    let photo = png(640, 480, 4_300);
    let denied = json!({ "status": 403, "body": "<Error><Code>AccessDenied</Code></Error>" });
    let unknown = json!({ "status": 501, "body": "<Error><Code>NotImplemented</Code></Error>" });
    for (method, query, answer) in
        [("POST", "uploads", &denied), ("POST", "uploads", &unknown), ("GET", "uploadId", &denied)]
    {
        gateway.fault(json!([fault(method, query, answer)])).await;
        let reply = post(&gateway, None, "", &announce(&photo)).await;
        assert_eq!(error(&reply), (404, "not_found".to_owned()), "{method} {query}");
    }
    assert_eq!(unfinished(&gateway).await, [Value::Null; 0], "the created one was aborted");
}
