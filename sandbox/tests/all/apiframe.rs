//! Apiframe's job: a URL is registered, fetched after the answer, and asked about until it is there.

use std::time::{Duration, Instant};

use crate::common::{Gateway, Reply, png, send, site};
use serde_json::{Value, json};

const DIRECT: &str = "/sandbox/apiframe";
const PROXIED: &str = "/providers/apiframe";

async fn create(gateway: &Gateway, body: &str) -> Reply {
    let post =
        gateway.request("POST", &format!("{DIRECT}/v2/assets/create")).header("Content-Type", "application/json");
    send(post.header("X-API-Key", "sandbox-key").body(body.to_owned())).await
}

async fn register(gateway: &Gateway, url: &str, kind: &str) -> String {
    let reply = create(gateway, &json!({ "url": url, "type": kind }).to_string()).await;
    assert_eq!(reply.status, 201, "{reply:?}");
    let json = reply.json();
    assert_eq!(json.as_object().map(serde_json::Map::len), Some(1), "{json}");
    json["assetId"].as_str().expect("an id").to_owned()
}

async fn ask(gateway: &Gateway, id: &str) -> Reply {
    send(gateway.request("GET", &format!("{DIRECT}/v2/assets/{id}")).header("X-API-Key", "sandbox-key")).await
}

/// What it comes to.
async fn outcome(gateway: &Gateway, id: &str) -> Value {
    let end = Instant::now() + Duration::from_secs(10);
    loop {
        let reply = ask(gateway, id).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        let json = reply.json();
        assert_eq!(json.as_object().map(serde_json::Map::len), Some(3), "{json}");
        if json["status"] != "Processing" {
            return json;
        }
        assert_eq!(json, json!({ "status": "Processing", "url": null, "errorMsg": null }));
        assert!(Instant::now() < end, "it is processed for ever");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

fn refused(reply: &Reply, status: u16, code: &str, what: &str) {
    let json = reply.json();
    assert_eq!((reply.status.as_u16(), &json["error"]["code"]), (status, &json!(code)), "{what}: {json}");
    assert!(json["error"]["message"].is_string(), "{what}: {json}");
}

#[tokio::test]
async fn a_url_becomes_an_asset_with_the_same_bytes() {
    let gateway = Gateway::start(&["--processing-millis", "300"]).await;
    let photo = png(100, 50, 3_000_000);
    let site = site(photo.clone()).await;
    let staged = gateway.stage(&photo).await;
    for url in [format!("{site}/photo.png?X-Amz-Signature=river"), format!("{site}/steps/5"), staged] {
        let start = Instant::now();
        let id = register(&gateway, &url, "image").await;
        let active = outcome(&gateway, &id).await;
        assert!(start.elapsed() >= Duration::from_millis(300), "it is processed for a while");
        assert_eq!((&active["status"], &active["errorMsg"]), (&json!("Active"), &Value::Null));
        let asset = send(gateway.client.get(active["url"].as_str().expect("a URL"))).await;
        assert_eq!((asset.status.as_u16(), asset.header("content-type")), (200, "image/png"));
        assert!(asset.body == photo, "the asset has the photo's bytes");
    }
}

#[tokio::test]
async fn a_url_that_leads_to_no_such_media_fails_and_says_why() {
    let gateway = Gateway::start(&["--processing-millis", "0"]).await;
    let site = site(png(100, 50, 0)).await;
    for (url, kind, why) in [
        (format!("{site}/page.png"), "image", "not a supported media file"),
        (format!("{site}/photo.png"), "video", "not of type video"),
        (format!("{site}/photo.png"), "audio", "not of type audio"),
        (format!("{site}/missing.png?key=river"), "image", "status 404"),
        (format!("{site}/steps/6"), "image", "redirects too often"),
        (format!("{site}/elsewhere"), "image", "redirects"),
        (format!("{site}/broken.png"), "image", "broke off"),
        (format!("{site}/large.png"), "image", "too large"),
        ("http://127.0.0.1:1/photo.png?key=river".to_owned(), "image", "could not be reached"),
    ] {
        let id = register(&gateway, &url, kind).await;
        let failed = outcome(&gateway, &id).await;
        assert_eq!((&failed["status"], &failed["url"]), (&json!("Failed"), &Value::Null), "{url}");
        let message = failed["errorMsg"].as_str().expect("a message");
        assert!(message.contains(why), "{url}: {message}");
        assert!(!message.contains("river"), "a query is a credential: {message}");
    }
    assert_eq!(gateway.objects("apiframe"), 9, "records alone, and no bytes");
}

#[tokio::test]
async fn a_failure_is_told_no_sooner_than_a_success() {
    let gateway = Gateway::start(&["--processing-millis", "60000"]).await;
    let id = register(&gateway, "http://127.0.0.1:1/photo.png", "image").await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(ask(&gateway, &id).await.json()["status"], "Processing");
    gateway.set(json!({ "processing_millis": 0 })).await;
    let id = register(&gateway, "http://127.0.0.1:1/photo.png", "image").await;
    assert_eq!(outcome(&gateway, &id).await["status"], "Failed");
}

#[tokio::test]
async fn what_is_not_as_the_page_says_is_refused_and_leaves_nothing() {
    let gateway = Gateway::start(&[]).await;
    for body in [
        r#"{"url":"https://a.example/b.png"}"#,
        r#"{"type":"image"}"#,
        r#"{"url":"https://a.example/b.png","type":"Image"}"#,
        r#"{"url":"https://a.example/b.png","type":"picture"}"#,
        r#"{"url":"ftp://a.example/b.png","type":"image"}"#,
        r#"{"url":"b.png","type":"image"}"#,
        r#"{"url":"https://a.example/b.png","type":"image","name":"b"}"#,
        "{",
    ] {
        refused(&create(&gateway, body).await, 400, "invalid_request", body);
    }
    let path = format!("{DIRECT}/v2/assets/create");
    let body = json!({ "url": "http://127.0.0.1:1/b.png", "type": "image" });
    refused(&gateway.post_json(&path, &body).await, 401, "unauthorized", "no key");
    let wrong = gateway.request("POST", &path).header("Content-Type", "application/json").body(body.to_string());
    let reply = send(wrong.header("Authorization", "Bearer sandbox-key")).await;
    refused(&reply, 401, "unauthorized", "the key in another header");
    assert_eq!(reply.header("www-authenticate"), "", "this key is no bearer token");
    for id in ["0123456789abcdef0123456789abcdef", "file_0123456789abcdef0123456789abcdef", "x"] {
        refused(&ask(&gateway, id).await, 404, "not_found", id);
    }
    assert_eq!(gateway.objects("apiframe"), 0);
}

#[tokio::test]
async fn assets_outlive_the_process_and_unfinished_ones_fail() {
    let gateway = Gateway::start(&["--processing-millis", "0"]).await;
    let photo = png(100, 50, 0);
    let site = site(photo.clone()).await;
    let active = register(&gateway, &format!("{site}/photo.png"), "image").await;
    let failed = register(&gateway, &format!("{site}/page.png"), "image").await;
    let slow = register(&gateway, &format!("{site}/slow.png"), "image").await;
    assert_eq!(outcome(&gateway, &active).await["status"], "Active");
    let said = outcome(&gateway, &failed).await;
    assert_eq!(ask(&gateway, &slow).await.json()["status"], "Processing");

    let gateway = gateway.restart(&["--processing-millis", "60000"]).await;
    let kept = outcome(&gateway, &active).await;
    assert!(send(gateway.client.get(kept["url"].as_str().expect("a URL"))).await.body == photo);
    assert_eq!(outcome(&gateway, &failed).await, said);
    let ended = outcome(&gateway, &slow).await;
    assert_eq!((&ended["status"], &ended["errorMsg"]), (&json!("Failed"), &json!("The download was interrupted.")));
}

#[tokio::test]
async fn all_of_it_goes_through_the_proxy() {
    let gateway = Gateway::start(&["--processing-millis", "0"]).await;
    let site = site(png(100, 50, 0)).await;
    let body = json!({ "url": format!("{site}/photo.png"), "type": "image" });
    let made = gateway.post_json(&format!("{PROXIED}/v2/assets/create"), &body).await;
    assert_eq!(made.status, 201, "{made:?}");
    let id = made.json()["assetId"].as_str().expect("an id").to_owned();
    assert_eq!(outcome(&gateway, &id).await["status"], "Active");
    let reply = send(gateway.request("GET", &format!("{PROXIED}/v2/assets/{id}"))).await;
    assert_eq!((reply.status.as_u16(), &reply.json()["status"]), (200, &json!("Active")));
}
