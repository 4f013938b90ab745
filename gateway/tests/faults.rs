//! Faults on demand, cut connections, and that neither leaves half an object.

mod common;

use std::time::{Duration, Instant};

use common::{Gateway, form, png, send, try_send};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const TICKET: &str = "/providers/modelhunter/api/v1/files/upload-url";

fn announcement(size: usize) -> Value {
    json!({ "filename": "a.png", "contentType": "image/png", "sizeBytes": size })
}

#[tokio::test]
async fn storage_is_unavailable_twice_and_then_fine() {
    let gateway = Gateway::start(&[]).await;
    gateway.fault(json!([{ "at": "storage", "method": "PUT", "times": 2, "fault": { "status": 503, "retry_after": "1", "body": "busy" } }])).await;
    let photo = png(200, 200, 2_000_000);
    let ticket = gateway.ticket("image/png", photo.len()).await;
    for _ in 0..2 {
        let reply = gateway.put(&ticket.url, "image/png", photo.clone()).await;
        assert_eq!((reply.status.as_u16(), reply.header("retry-after"), reply.text().as_str()), (503, "1", "busy"));
        assert_eq!(reply.header("access-control-allow-origin"), "*");
    }
    assert_eq!(gateway.put(&ticket.url, "image/png", photo).await.status, 200);
    assert_eq!(gateway.complete(&ticket.id).await.status, 200);
}

#[tokio::test]
async fn a_cut_put_leaves_no_object() {
    let gateway = Gateway::start(&[]).await;
    gateway.fault(json!([{ "at": "storage", "method": "PUT", "fault": { "cut_after_bytes": 100_000 } }])).await;
    let photo = png(200, 200, 1_000_000);
    let ticket = gateway.ticket("image/png", photo.len()).await;
    let put = || gateway.client.put(&ticket.url).header("Content-Type", "image/png").body(photo.clone());
    assert!(try_send(put()).await.is_err(), "the connection is cut, not answered");
    assert_eq!(gateway.complete(&ticket.id).await.status, 409);
    assert_eq!(send(put()).await.status, 200, "the fault struck once");
    assert_eq!(gateway.complete(&ticket.id).await.status, 200);
}

#[tokio::test]
async fn a_client_that_goes_away_leaves_no_object() {
    let gateway = Gateway::start(&[]).await;
    let photo = png(200, 200, 1_000_000);
    let ticket = gateway.ticket("image/png", photo.len()).await;
    let host = gateway.addresses.storage.strip_prefix("http://").expect("a host");
    let path = ticket.url.strip_prefix(&gateway.addresses.storage).expect("a path");
    let head = format!(
        "PUT {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: image/png\r\nContent-Length: {}\r\n\r\n",
        photo.len()
    );
    let mut stream = TcpStream::connect(host).await.expect("a connection");
    stream.write_all(head.as_bytes()).await.expect("the head");
    stream.write_all(&photo[..500_000]).await.expect("a half");
    tokio::time::sleep(Duration::from_millis(100)).await;
    drop(stream);
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(gateway.complete(&ticket.id).await.status, 409);
    let left: Vec<_> = std::fs::read_dir(gateway.folder.path().join("store"))
        .expect("the store")
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.contains(".tmp."))
        .collect();
    assert_eq!(left, Vec::<String>::new(), "temporary files are removed");
}

#[tokio::test]
async fn an_answer_can_be_lost_after_the_work_is_done() {
    let gateway = Gateway::start(&[]).await;
    gateway.fault(json!([{ "at": "storage", "fault": { "cut": "before_answer" } }])).await;
    let photo = png(200, 200, 1000);
    let ticket = gateway.ticket("image/png", photo.len()).await;
    let put = gateway.client.put(&ticket.url).header("Content-Type", "image/png").body(photo.clone());
    assert!(try_send(put).await.is_err());
    assert_eq!(gateway.complete(&ticket.id).await.status, 200);

    // Behind the proxy, a lost answer is a 502: the page cannot know whether the form was taken.
    gateway.fault(json!([{ "at": "relaydance", "path": "/v1/files", "fault": { "cut": "before_answer" } }])).await;
    let (body, content_type) = form(&[("file", "a.png", None, &photo)]);
    let post = gateway.ask("POST", "/providers/relaydance/v1/files").header("Content-Type", content_type).body(body);
    let reply = send(post).await;
    assert_eq!((reply.status.as_u16(), &reply.json()["error"]["code"]), (502, &json!("provider_unreachable")));
}

#[tokio::test]
async fn a_provider_can_be_slow_limited_or_answer_html() {
    let gateway = Gateway::start(&[]).await;
    gateway
        .fault(json!([
            { "at": "modelhunter", "fault": { "delay_millis": 300 } },
            { "at": "modelhunter", "fault": { "status": 429, "retry_after": "7" } },
            { "at": "modelhunter", "method": "POST", "path": "/api/v1/files/upload", "fault": { "body": "<html>hello</html>" } },
        ]))
        .await;
    let start = Instant::now();
    assert_eq!(gateway.post_json(TICKET, &announcement(9)).await.status, 200);
    assert!(start.elapsed() >= Duration::from_millis(300));
    let limited = gateway.post_json(TICKET, &announcement(9)).await;
    assert_eq!((limited.status.as_u16(), limited.header("retry-after")), (429, "7"));
    let html = gateway.post_json(TICKET, &announcement(9)).await;
    assert_eq!((html.status.as_u16(), html.text().as_str()), (200, "<html>hello</html>"));
    assert!(html.header("content-type").starts_with("text/html"));
    assert_eq!(gateway.post_json(TICKET, &announcement(9)).await.status, 200);
}

#[tokio::test]
async fn faults_can_be_seen_and_cleared() {
    let gateway = Gateway::start(&[]).await;
    gateway.fault(json!([{ "at": "modelhunter", "times": 9, "fault": { "status": 500 } }])).await;
    let queue = send(gateway.ask("GET", "/sandbox/faults")).await.json();
    assert_eq!((queue.as_array().map(Vec::len), &queue[0]["times"]), (Some(1), &json!(9)));
    assert_eq!(send(gateway.ask("DELETE", "/sandbox/faults")).await.status, 204);
    assert_eq!(gateway.post_json(TICKET, &announcement(9)).await.status, 200);
    let bad = gateway.post_json("/sandbox/faults", &json!([{ "at": "nowhere", "fault": { "status": 500 } }])).await;
    assert_eq!((bad.status.as_u16(), &bad.json()["error"]["code"]), (400, &json!("bad_fault")));
}

#[tokio::test]
async fn an_early_refusal_reaches_a_client_that_is_still_sending() {
    let gateway = Gateway::start(&[]).await;
    let ticket = gateway.ticket("image/png", 40_000_000).await;
    let host = gateway.addresses.storage.strip_prefix("http://").expect("a host");
    let path = ticket.url.strip_prefix(&gateway.addresses.storage).expect("a path");
    let head =
        format!("PUT {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: image/gif\r\nContent-Length: 40000000\r\n\r\n");
    let mut stream = TcpStream::connect(host).await.expect("a connection");
    stream.write_all(head.as_bytes()).await.expect("the head");
    for _ in 0..40 {
        stream.write_all(&vec![0; 1_000_000]).await.expect("the refused body is read to its end");
    }
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.expect("an answer");
    assert_eq!(&answer, b"HTTP/1.1 403");
}

#[tokio::test]
async fn with_real_providers_there_is_no_sandbox() {
    let real =
        |id: &str| [(format!("MEDIAFERRY_{id}_ORIGIN"), "http://127.0.0.1:1"), (format!("MEDIAFERRY_{id}_KEY"), "k")];
    let variables: Vec<_> =
        mediaferry::providers::PROVIDERS.iter().flat_map(|p| real(&p.profile().id.to_uppercase())).collect();
    let variables: Vec<_> = variables.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    let gateway = Gateway::start_with(&[], &variables).await;
    for path in ["/sandbox/faults", "/sandbox/modelhunter/cdn/file_1.png"] {
        assert_eq!(send(gateway.ask("GET", path)).await.status, 404, "{path}");
    }
    assert!(!gateway.post_json("/sandbox/faults", &json!([])).await.status.is_success());
    assert_eq!(gateway.post_json(TICKET, &announcement(9)).await.status, 502);
}

#[tokio::test]
async fn while_a_cut_is_queued_no_connection_serves_twice() {
    let gateway = Gateway::start(&[]).await;
    let host = gateway.addresses.storage.strip_prefix("http://").expect("a host");
    let head = format!("OPTIONS /mediaferry/x HTTP/1.1\r\nHost: {host}\r\nOrigin: http://page.example\r\n\r\n");
    let mut used = TcpStream::connect(host).await.expect("a connection");
    let mut answer = [0; 4096];
    for _ in 0..2 {
        used.write_all(head.as_bytes()).await.expect("a request");
        let read = used.read(&mut answer).await.expect("an answer");
        assert!(!String::from_utf8_lossy(&answer[..read]).contains("connection: close"));
    }
    gateway.fault(json!([{ "at": "storage", "method": "PUT", "fault": { "cut": "before_answer" } }])).await;
    let end = tokio::time::timeout(Duration::from_secs(2), used.read(&mut answer)).await;
    assert_eq!(end.expect("the old connection ends").expect("in order"), 0);
    let mut fresh = TcpStream::connect(host).await.expect("a connection");
    fresh.write_all(head.as_bytes()).await.expect("a request");
    let mut text = String::new();
    fresh.read_to_string(&mut text).await.expect("an answer and an end");
    assert!(text.starts_with("HTTP/1.1 200") && text.contains("connection: close"), "{text}");
}
