//! The proxy's promises: the allow-list, the key, no other credential, bodies that stream, and errors that say what happened.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::common::raw::{FILES, KEY};
use crate::common::{Gateway, send, try_send};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Router, routing::any};
use futures::{StreamExt, stream};
use tokio::net::TcpListener;
use tokio::sync::{Notify, oneshot};

/// A provider that does what the test says and remembers what it was asked.
#[derive(Clone, Default)]
struct Provider {
    heads: Arc<Mutex<Vec<String>>>,
    first_chunk: Arc<Notify>,
}

async fn provider_answers(State(provider): State<Provider>, request: Request) -> Response {
    let headers: Vec<_> = request
        .headers()
        .iter()
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap_or_default()))
        .collect();
    let head = format!("{} {}\n{}\n", request.method(), request.uri(), headers.join("\n"));
    provider.heads.lock().expect("heads").push(head);
    match request.headers().get("accept").and_then(|wish| wish.to_str().ok()) {
        Some("limit") => {
            (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "9"), (header::SET_COOKIE, "a=b")], "slow down")
                .into_response()
        }
        Some("redirect") => (StatusCode::FOUND, [(header::LOCATION, "http://127.0.0.1:1/steal")]).into_response(),
        Some("stall") => {
            Body::from_stream(stream::once(async { Ok::<_, std::io::Error>("{\"re") }).chain(stream::pending()))
                .into_response()
        }
        Some("silence") => std::future::pending().await,
        _ => {
            let mut body = request.into_body().into_data_stream();
            let mut read = 0;
            while let Some(Ok(chunk)) = body.next().await {
                read += chunk.len();
                provider.first_chunk.notify_one();
            }
            ([(header::CONTENT_TYPE, "application/json")], format!("{{\"read\":{read}}}")).into_response()
        }
    }
}

/// A gateway in front of such a provider.
async fn start(args: &[&str]) -> (Gateway, Provider) {
    let provider = Provider::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let origin = format!("http://{}/base", listener.local_addr().expect("an address"));
    let app = Router::new().fallback(any(provider_answers)).with_state(provider.clone());
    tokio::spawn(async move { axum::serve(listener, app).await });
    let variables = ["RELAYDANCE", "MODELHUNTER"]
        .map(|id| [(format!("MEDIAFERRY_{id}_ORIGIN"), origin.as_str()), (format!("MEDIAFERRY_{id}_KEY"), KEY)]);
    let variables: Vec<_> = variables.iter().flatten().map(|(name, value)| (name.as_str(), *value)).collect();
    (Gateway::start(args, &variables).await, provider)
}

impl Provider {
    fn heads(&self) -> Vec<String> {
        self.heads.lock().expect("heads").clone()
    }
}

#[tokio::test]
async fn the_key_is_added_and_nothing_of_the_client_gets_through() {
    let (gateway, provider) = start(&[]).await;
    let request = gateway
        .request("POST", &format!("{FILES}?page=1"))
        .header("Content-Type", "multipart/form-data; boundary=x")
        .header("Accept", "application/json")
        .header("Authorization", "Bearer of-the-page")
        .header("Cookie", "session=1")
        .header("X-Forwarded-For", "10.0.0.1")
        .header("Connection", "keep-alive, x-hop")
        .header("X-Hop", "1")
        .header("Referer", "http://127.0.0.1/page?secret")
        .body(vec![7; 1000]);
    let reply = send(request).await;
    assert_eq!((reply.status.as_u16(), reply.text().as_str()), (200, "{\"read\":1000}"));
    assert_eq!(reply.header("content-type"), "application/json");
    let head = provider.heads().remove(0);
    assert!(head.starts_with("POST /base/v1/files?page=1\n"), "{head}");
    for line in [
        "authorization: Bearer river_live_51f2\n",
        "content-type: multipart/form-data; boundary=x\n",
        "accept: application/json\n",
        "content-length: 1000\n",
    ] {
        assert!(head.contains(line), "{line} is missing in {head}");
    }
    for word in ["of-the-page", "cookie", "forwarded", "hop", "referer", "origin", "transfer-encoding"] {
        assert!(!head.contains(word), "{word} is in {head}");
    }
}

#[tokio::test]
async fn only_the_profiles_requests_get_through() {
    let (gateway, provider) = start(&[]).await;
    let refused = [
        ("GET", FILES),
        ("DELETE", FILES),
        ("POST", "/providers/relaydance/v1/files/"),
        ("POST", "/providers/relaydance/v1/files/x"),
        ("POST", "/providers/relaydance/v1/video/generations"),
        ("POST", "/providers/relaydance//v1/files"),
        ("POST", "/providers/relaydance/v1/%66iles"),
        ("POST", "/providers/nobody/v1/files"),
        ("POST", "/providers/relaydance/api/v1/files/upload-url"),
        ("POST", "/providers/modelhunter/api/v1/files/%2e%2e/complete"),
        ("POST", "/providers/modelhunter/api/v1/files/a%2fb/complete"),
        ("POST", "/providers/modelhunter/api/v1/files/a%3fb/complete"),
    ];
    for (method, path) in refused {
        let reply = send(gateway.request(method, path)).await;
        assert_eq!(reply.status, 404, "{method} {path}: {reply:?}");
        assert_eq!(reply.json()["error"]["code"], "not_found", "{method} {path}");
    }
    assert_eq!(provider.heads(), Vec::<String>::new());
}

#[tokio::test]
async fn a_body_streams_through() {
    let (gateway, provider) = start(&[]).await;
    let (send_rest, rest) = oneshot::channel::<()>();
    let chunks = stream::once(async { Ok::<_, std::io::Error>(vec![1_u8; 5000]) }).chain(stream::once(async move {
        rest.await.expect("the sign to go on");
        Ok(vec![2_u8; 5000])
    }));
    let request =
        gateway.request("POST", FILES).header("Content-Length", 10_000).body(reqwest::Body::wrap_stream(chunks));
    let reply = tokio::spawn(send(request));
    // The provider has the first half while the page has not sent the second.
    tokio::time::timeout(Duration::from_secs(5), provider.first_chunk.notified())
        .await
        .expect("the first half arrives alone");
    send_rest.send(()).expect("still sending");
    assert_eq!(reply.await.expect("an answer").text(), "{\"read\":10000}");
}

#[tokio::test]
async fn answers_keep_status_and_retry_after_only() {
    let (gateway, _) = start(&[]).await;
    let limited = send(gateway.request("POST", FILES).header("Accept", "limit")).await;
    assert_eq!(
        (limited.status.as_u16(), limited.header("retry-after"), limited.text().as_str()),
        (429, "9", "slow down")
    );
    assert_eq!(limited.header("set-cookie"), "");
    let redirected = send(gateway.request("POST", FILES).header("Accept", "redirect")).await;
    assert_eq!((redirected.status.as_u16(), redirected.header("location")), (302, ""));
}

#[tokio::test]
async fn a_silent_or_absent_provider_is_told_apart() {
    let (gateway, _) = start(&["--upstream-seconds", "1"]).await;
    let silent = send(gateway.request("POST", FILES).header("Accept", "silence")).await;
    assert_eq!((silent.status.as_u16(), silent.json()["error"]["code"].as_str()), (504, Some("provider_timed_out")));
    let stalled = try_send(gateway.request("POST", FILES).header("Accept", "stall"));
    let stalled = tokio::time::timeout(Duration::from_secs(5), stalled).await.expect("an end");
    assert!(stalled.is_err(), "a response that stops in the middle ends as a broken connection");

    let gateway = Gateway::in_front_of("http://127.0.0.1:1", &[]).await;
    let absent = send(gateway.request("POST", FILES)).await;
    assert_eq!((absent.status.as_u16(), absent.json()["error"]["code"].as_str()), (502, Some("provider_unreachable")));
}

#[tokio::test]
async fn a_slow_upload_that_goes_on_is_not_timed_out() {
    let (gateway, _) = start(&["--upstream-seconds", "1"]).await;
    let chunks = stream::unfold(0, |sent| async move {
        tokio::time::sleep(Duration::from_millis(400)).await;
        (sent < 4).then(|| (Ok::<_, std::io::Error>(vec![0_u8; 1000]), sent + 1))
    });
    let reply = send(gateway.request("POST", FILES).body(reqwest::Body::wrap_stream(chunks))).await;
    assert_eq!((reply.status.as_u16(), reply.text().as_str()), (200, "{\"read\":4000}"));
}
