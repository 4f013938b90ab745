//! Faults on demand, cut connections, and that neither leaves half an object.

use std::time::{Duration, Instant};

use crate::common::{Gateway, form, png, send, sha256, try_send};
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
    let post =
        gateway.request("POST", "/providers/relaydance/v1/files").header("Content-Type", content_type).body(body);
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
async fn a_real_answer_can_be_made_to_lie() {
    let gateway = Gateway::start(&["--processing-millis", "0"]).await;
    let photo = png(20, 20, 0);
    let upload = async || {
        let (body, content_type) = form(&[("model", "", None, b"m"), ("file", "a.png", None, &photo)]);
        let post = gateway.request("POST", "/providers/onerouter/v1/upload/resources");
        send(post.header("Content-Type", content_type).body(body)).await.json()
    };
    let zeros = "0".repeat(64);
    gateway
        .fault(json!([
            { "at": "onerouter", "method": "POST", "fault": { "merge": { "data": { "sha256_hash": zeros } } } },
            { "at": "onerouter", "method": "POST", "fault": { "merge": { "data": { "status": "queued", "billing": { "credits": 3 }, "gcs_url": null } } } },
        ]))
        .await;
    let (lie, strange, honest) = (upload().await, upload().await, upload().await);
    assert_eq!((&lie["data"]["sha256_hash"], &lie["data"]["id"]), (&json!(zeros), &json!(1)));
    assert_eq!((&strange["data"]["status"], &strange["data"]["billing"]["credits"]), (&json!("queued"), &json!(3)));
    assert!(strange["data"].get("gcs_url").is_none() && honest["data"]["gcs_url"].is_string());
    assert_eq!((&honest["data"]["sha256_hash"], &honest["data"]["id"]), (&json!(sha256(&photo)), &json!(3)));

    let endless = json!({ "data": { "status": "processing", "upstream_status": "Processing", "active_at": null } });
    gateway
        .fault(json!([{ "at": "onerouter", "path": "/v1/status/", "times": 1_000_000, "fault": { "merge": endless } }]))
        .await;
    for _ in 0..3 {
        let reply = send(gateway.request("GET", "/providers/onerouter/v1/status/resources/3")).await.json();
        assert_eq!((&reply["data"]["status"], reply["data"].get("active_at")), (&json!("processing"), None));
    }
    assert_eq!(send(gateway.request("DELETE", "/sandbox/faults")).await.status, 204);
    let reply = send(gateway.request("GET", "/providers/onerouter/v1/status/resources/3")).await.json();
    assert_eq!(reply["data"]["status"], "active");
}

#[tokio::test]
async fn a_real_answer_can_be_broken_off() {
    let gateway = Gateway::start(&[]).await;
    gateway
        .fault(json!([
            { "at": "modelhunter", "fault": { "truncate": 40 } },
            { "at": "modelhunter", "fault": { "merge": { "success": "x" }, "truncate": 1_000_000, "delay_millis": 50 } },
            { "at": "modelhunter", "path": "/cdn/", "fault": { "merge": {} } },
        ]))
        .await;
    let cut = gateway.post_json(TICKET, &announcement(9)).await;
    assert_eq!((cut.status.as_u16(), cut.body.len(), cut.header("content-length")), (200, 40, "40"));
    assert!(cut.text().starts_with('{') && serde_json::from_slice::<Value>(&cut.body).is_err(), "{cut:?}");
    assert_eq!(cut.header("content-type"), "application/json");
    let whole = gateway.post_json(TICKET, &announcement(9)).await.json();
    assert!(whole["success"] == "x" && whole["data"]["upload_url"].is_string(), "{whole}");
    let odd = send(gateway.request("GET", "/sandbox/modelhunter/cdn/x.png")).await;
    assert_eq!(
        (odd.status.as_u16(), &odd.json()["error"]["code"]),
        (500, &json!("bad_fault")),
        "no JSON to merge with"
    );
}

#[tokio::test]
async fn settings_hold_until_they_are_left_out() {
    let gateway = Gateway::start(&["--processing-millis", "7"]).await;
    let now = async || send(gateway.request("GET", "/sandbox/settings")).await.json();
    let start = json!({ "processing_millis": 7, "onerouter_assets": 1000 });
    assert_eq!(now().await, start);
    gateway.set(json!({ "processing_millis": 0 })).await;
    assert_eq!(now().await, json!({ "processing_millis": 0, "onerouter_assets": 1000 }));
    gateway.set(json!({ "onerouter_assets": 3 })).await;
    assert_eq!(now().await, json!({ "processing_millis": 7, "onerouter_assets": 3 }));
    let put = async |origin: &str, body: &str| {
        let put = gateway.request("PUT", "/sandbox/settings").header("Content-Type", "application/json");
        send(put.header("Origin", origin.to_owned()).body(body.to_owned())).await
    };
    for bad in [r#"{"procesing_millis":0}"#, r#"{"processing_millis":-1}"#, "{"] {
        let reply = put(&gateway.addresses.gateway, bad).await;
        assert_eq!((reply.status.as_u16(), &reply.json()["error"]["code"]), (400, &json!("bad_settings")), "{bad}");
    }
    assert_eq!(put("http://page.example", "{}").await.status, 403);
    assert_eq!(now().await["onerouter_assets"], 3);
    gateway.set(json!({})).await;
    assert_eq!(now().await, start);
}

#[tokio::test]
async fn faults_can_be_seen_and_cleared() {
    let gateway = Gateway::start(&[]).await;
    gateway.fault(json!([{ "at": "modelhunter", "times": 9, "fault": { "status": 500 } }])).await;
    let queue = send(gateway.request("GET", "/sandbox/faults")).await.json();
    assert_eq!((queue.as_array().map(Vec::len), &queue[0]["times"]), (Some(1), &json!(9)));
    assert_eq!(send(gateway.request("DELETE", "/sandbox/faults")).await.status, 204);
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
