//! Limits and the `pre-create` hook, as a page meets them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::extract::rejection::BytesRejection;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::{Router, routing::any};
use serde_json::json;
use tokio::net::TcpListener;

use crate::common::raw::{FILES, KEY};
use crate::common::{Gateway, Reply, send, try_send};
use crate::receiver::{Receiver, secret};

/// A provider that counts the forms it has received completely.
pub(crate) async fn provider() -> (String, Arc<AtomicUsize>) {
    let count = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&count);
    let respond = async move |body: Result<axum::body::Bytes, BytesRejection>| {
        if body.is_ok() {
            counter.fetch_add(1, Ordering::SeqCst);
        }
        axum::Json(json!({ "url": "https://cdn.example/a.png" }))
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let origin = format!("http://{}", listener.local_addr().expect("an IP address"));
    let app = Router::new().fallback(any(respond)).layer(axum::extract::DefaultBodyLimit::disable());
    tokio::spawn(async move { axum::serve(listener, app).await });
    (origin, count)
}

async fn start(variables: &[(&str, &str)]) -> (Gateway, Arc<AtomicUsize>) {
    let (origin, count) = provider().await;
    let own = [("MEDIAFERRY_RELAYDANCE_ORIGIN", origin.as_str()), ("MEDIAFERRY_RELAYDANCE_KEY", KEY)];
    (Gateway::start(&["--allow-origin", "https://app.example"], &[&own, variables].concat()).await, count)
}

/// Sends a form with a file of this size.
async fn upload(gateway: &Gateway, size: usize, headers: &[(&str, &str)]) -> Reply {
    let head =
        "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n";
    let body = [head.as_bytes(), &vec![7; size], b"\r\n--B--\r\n"].concat();
    let request = gateway.request("POST", FILES).header("content-type", "multipart/form-data; boundary=B").body(body);
    send(headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))).await
}

#[tokio::test]
async fn uploads_beyond_the_rate_get_429_that_a_page_can_read() {
    let (gateway, count) = start(&[("MEDIAFERRY_LIMITS_UPLOADS_PER_MINUTE", "2")]).await;
    let page = [("origin", "https://app.example")];
    for _ in 0..2 {
        let preflight = gateway.request("OPTIONS", FILES).header("origin", "https://app.example");
        send(preflight.header("access-control-request-method", "POST")).await;
        assert_eq!(upload(&gateway, 10, &page).await.status, 200);
    }
    let limited = upload(&gateway, 10, &page).await;
    assert_eq!(limited.error(), (429, "rate_limited".to_owned()));
    assert_eq!(limited.json()["error"]["sent"], false);
    assert_eq!(limited.header("access-control-allow-origin"), "https://app.example");
    assert!(limited.header("access-control-expose-headers").contains("retry-after"));
    assert!((1..=60).contains(&limited.header("retry-after").parse::<u32>().expect("seconds")));
    assert_eq!(count.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_repetition_counts_once() {
    let (gateway, count) = start(&[("MEDIAFERRY_LIMITS_UPLOADS_PER_MINUTE", "1")]).await;
    let once = [("mediaferry-attempt", "0123456789abcdef0123456789abcdef")];
    for _ in 0..3 {
        assert_eq!(upload(&gateway, 10, &once).await.status, 200);
    }
    assert_eq!(count.load(Ordering::SeqCst), 1);
    assert_eq!(upload(&gateway, 10, &[]).await.status, 429);
}

#[tokio::test]
async fn a_completed_upload_frees_its_place() {
    let respond = async |uri: axum::http::Uri| {
        let complete = uri.path().ends_with("/complete");
        let data = if complete { json!({ "id": "file_1" }) } else { json!({ "file_id": "file_1" }) };
        axum::Json(json!({ "success": true, "data": data }))
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let origin = format!("http://{}", listener.local_addr().expect("an IP address"));
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(any(respond))).await });
    let variables = [
        ("MEDIAFERRY_MODELHUNTER_ORIGIN", origin.as_str()),
        ("MEDIAFERRY_MODELHUNTER_KEY", KEY),
        ("MEDIAFERRY_LIMITS_CONCURRENT_UPLOADS", "1"),
    ];
    let gateway = Gateway::start(&[], &variables).await;
    let path = "/providers/modelhunter/api/v1/files";
    let ticket =
        async || gateway.post_json(&format!("{path}/upload-url"), &json!({ "filename": "a.png" })).await.status;
    assert_eq!(ticket().await, 200);
    assert_eq!(ticket().await, 429, "the first upload is running");
    assert_eq!(gateway.post_json(&format!("{path}/file_1/complete"), &json!({})).await.status, 200);
    assert_eq!(ticket().await, 200);
}

#[tokio::test]
async fn a_form_beyond_the_limit_is_rejected_before_and_while_it_is_sent() {
    let (gateway, count) = start(&[("MEDIAFERRY_LIMITS_MAX_FORM_BYTES", "100000")]).await;
    assert_eq!(upload(&gateway, 99_000, &[]).await.status, 200);
    assert_eq!(upload(&gateway, 100_000, &[]).await.error(), (413, "too_large".to_owned()));
    let chunks = futures::stream::iter((0..200).map(|_| Ok::<_, std::io::Error>(vec![7_u8; 1000])));
    let chunked = gateway.request("POST", FILES).body(reqwest::Body::wrap_stream(chunks));
    assert!(try_send(chunked).await.is_ok_and(|reply| reply.status.is_client_error()));
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn the_app_is_asked_before_an_upload_and_its_message_reaches_the_page() {
    let receiver = Receiver::start().await;
    receiver.respond(|received| {
        if received.body["data"]["file_name"] == "a.png" {
            axum::Json(json!({ "reject": { "message": "Your plan has no images." } })).into_response()
        } else {
            StatusCode::NO_CONTENT.into_response()
        }
    });
    let (url, secret) = (receiver.url.to_string(), secret(1));
    let (gateway, count) =
        start(&[("MEDIAFERRY_HOOKS_PRE_CREATE", url.as_str()), ("MEDIAFERRY_HOOKS_SECRET", &secret)]).await;
    let rejected = upload(&gateway, 10, &[]).await;
    assert_eq!(rejected.error(), (403, "rejected".to_owned()));
    assert_eq!(rejected.json()["error"]["message"], "Your plan has no images.");
    assert_eq!(count.load(Ordering::SeqCst), 0);
    let other = gateway.request("POST", FILES).header("content-type", "text/plain").body("no form");
    assert_eq!(send(other).await.status, 200);
}

#[tokio::test]
async fn an_upload_that_does_not_get_its_turn_costs_nothing() {
    let receiver = Receiver::start().await;
    let (url, secret) = (receiver.url.to_string(), secret(1));
    let (gateway, count) = start(&[
        ("MEDIAFERRY_HOOKS_PRE_CREATE", url.as_str()),
        ("MEDIAFERRY_HOOKS_SECRET", &secret),
        ("MEDIAFERRY_LIMITS_UPLOADS_PER_MINUTE", "2"),
        ("MEDIAFERRY_LIMITS_BYTES_PER_DAY", "1000"),
        ("MEDIAFERRY_LIMITS_ACCOUNT_WAIT_SECONDS", "0"),
        ("MEDIAFERRY_ACCOUNTS_RELAYDANCE_CREATES", "1"),
    ])
    .await;
    assert_eq!(upload(&gateway, 300, &[]).await.status, 200);
    for _ in 0..4 {
        let busy = upload(&gateway, 300, &[]).await;
        assert_eq!(busy.json()["error"]["scope"], "creates_per_minute");
    }
    assert_eq!((count.load(Ordering::SeqCst), receiver.received().len()), (1, 1), "the app was asked once");
}

#[tokio::test]
async fn an_upload_that_is_rejected_gives_its_turn_back() {
    let receiver = Receiver::start().await;
    receiver.respond(|_| axum::Json(json!({ "reject": { "message": "Not now." } })).into_response());
    let (url, secret) = (receiver.url.to_string(), secret(1));
    let (gateway, _) = start(&[
        ("MEDIAFERRY_HOOKS_PRE_CREATE", url.as_str()),
        ("MEDIAFERRY_HOOKS_SECRET", &secret),
        ("MEDIAFERRY_LIMITS_ACCOUNT_WAIT_SECONDS", "0"),
        ("MEDIAFERRY_ACCOUNTS_RELAYDANCE_CREATES", "1"),
    ])
    .await;
    for _ in 0..3 {
        assert_eq!(upload(&gateway, 10, &[]).await.error(), (403, "rejected".to_owned()));
    }
    receiver.respond(|_| StatusCode::NO_CONTENT.into_response());
    assert_eq!(upload(&gateway, 10, &[]).await.status, 200);
}

#[tokio::test]
async fn an_upload_that_does_not_reach_the_provider_costs_nothing() {
    let variables = [
        ("MEDIAFERRY_RELAYDANCE_ORIGIN", "http://127.0.0.1:1"),
        ("MEDIAFERRY_RELAYDANCE_KEY", KEY),
        ("MEDIAFERRY_LIMITS_UPLOADS_PER_MINUTE", "1"),
        ("MEDIAFERRY_LIMITS_BYTES_PER_DAY", "1000"),
    ];
    let gateway = Gateway::start(&[], &variables).await;
    for id in ["0", "1", "2"] {
        assert_eq!(upload(&gateway, 500, &[]).await.error(), (502, "provider_unreachable".to_owned()));
        let once = [("mediaferry-attempt", id.repeat(32))];
        let once = once.each_ref().map(|(name, value)| (*name, value.as_str()));
        assert_eq!(upload(&gateway, 500, &once).await.error(), (502, "provider_unreachable".to_owned()));
    }
}

#[tokio::test]
async fn an_app_that_allows_nothing_denies_the_upload() {
    let receiver = Receiver::start().await;
    let (url, secret) = (receiver.url.to_string(), secret(1));
    let (gateway, count) =
        start(&[("MEDIAFERRY_HOOKS_PRE_CREATE", url.as_str()), ("MEDIAFERRY_HOOKS_SECRET", &secret)]).await;
    for (limit, expected) in [
        ("max_bytes", (413, "too_large")),
        ("bytes_per_day", (413, "too_large")),
        ("uploads_per_minute", (429, "rate_limited")),
        ("concurrent_uploads", (429, "rate_limited")),
    ] {
        receiver.respond(move |_| axum::Json(json!({ "limits": { limit: 0 } })).into_response());
        assert_eq!(upload(&gateway, 10, &[]).await.error(), (expected.0, expected.1.to_owned()), "{limit}");
    }
    assert_eq!(count.load(Ordering::SeqCst), 0);
    receiver.respond(|_| StatusCode::NO_CONTENT.into_response());
    assert_eq!(upload(&gateway, 10, &[]).await.status, 200);
}

#[tokio::test]
async fn the_words_in_the_name_of_a_file_do_not_matter() {
    let variables = [("MEDIAFERRY_LIMITS_KINDS", "image")];
    let (gateway, count) = start(&variables).await;
    for name in ["My Filename.png", "filename=a.png", "a; filename=b.png"] {
        let form = format!(
            "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: image/png\r\n\r\n1\r\n--B--\r\n"
        );
        let request = gateway.request("POST", FILES).header("content-type", "multipart/form-data; boundary=B");
        assert_eq!(send(request.body(form)).await.status, 200, "{name}");
    }
    assert_eq!(count.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn a_user_beyond_a_limit_does_not_wait_for_a_turn() {
    let (gateway, _) = start(&[
        ("MEDIAFERRY_LIMITS_UPLOADS_PER_MINUTE", "1"),
        ("MEDIAFERRY_LIMITS_ACCOUNT_WAIT_SECONDS", "25"),
        ("MEDIAFERRY_ACCOUNTS_RELAYDANCE_CREATES", "1"),
    ])
    .await;
    assert_eq!(upload(&gateway, 10, &[]).await.status, 200);
    let waiting = tokio::time::timeout(std::time::Duration::from_secs(10), upload(&gateway, 10, &[]));
    let denied = waiting.await.expect("a response at once");
    assert_eq!(denied.json()["error"]["scope"], "uploads_per_minute");
}
