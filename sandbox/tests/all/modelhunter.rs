//! ModelHunter's job, request by request: through the proxy, to storage, and back by the asset's URL.

use std::time::Duration;

use crate::common::{Gateway, png, send};
use serde_json::json;

#[tokio::test]
async fn a_photo_becomes_an_asset_with_the_same_bytes() {
    let gateway = Gateway::start(&[]).await;
    let photo = png(640, 480, 300_000);
    let ticket = gateway.ticket("image/png", photo.len()).await;
    assert!(ticket.url.starts_with(&gateway.addresses.storage), "the PUT crosses origins");
    assert_eq!(ticket.expires_at.len(), "2025-01-15T10:15:00Z".len());

    let stored = gateway.put(&ticket.url, "image/png", photo.clone()).await;
    assert_eq!(stored.status, 200, "{stored:?}");
    assert_eq!(stored.header("access-control-allow-origin"), "*");
    assert_eq!(stored.header("access-control-expose-headers"), "", "a page reads no header");

    let completed = gateway.complete(&ticket.id).await;
    assert_eq!(completed.status, 200, "{completed:?}");
    let answer = completed.json();
    assert_eq!(answer["success"], true);
    let data = &answer["data"];
    assert_eq!((&data["id"], &data["size_bytes"]), (&json!(ticket.id), &json!(photo.len())));
    assert_eq!((&data["filename"], &data["content_type"]), (&json!("photo.png"), &json!("image/png")));

    let url = data["url"].as_str().expect("url");
    assert!(url.ends_with(&format!("/sandbox/modelhunter/cdn/{}.png", ticket.id)), "{url}");
    let asset = send(gateway.client.get(url)).await;
    assert_eq!((asset.status.as_u16(), asset.header("content-type")), (200, "image/png"));
    assert!(asset.body == photo, "the asset has the photo's bytes");
    assert_eq!(asset.header("access-control-allow-origin"), "*");

    assert_eq!(gateway.complete(&ticket.id).await.json(), answer, "confirming twice confirms the same file");
}

#[tokio::test]
async fn announcements_keep_the_pages_limits() {
    let gateway = Gateway::start(&[]).await;
    let cases = [
        (json!({ "filename": "a.png", "contentType": "image/png", "sizeBytes": 50_000_000 }), 200, ""),
        (json!({ "filename": "a.png", "contentType": "image/png", "sizeBytes": 50_000_001 }), 413, "file_too_large"),
        (json!({ "filename": "a.mp4", "contentType": "video/mp4", "sizeBytes": 500_000_000 }), 200, ""),
        (json!({ "filename": "a.mp4", "contentType": "video/mp4", "sizeBytes": 500_000_001 }), 413, "file_too_large"),
        (json!({ "filename": "a.png", "contentType": "image/png", "sizeBytes": 0 }), 400, "invalid_size"),
        (json!({ "filename": "a.gif", "contentType": "image/gif", "sizeBytes": 9 }), 400, "unsupported_type"),
        (json!({ "filename": "", "contentType": "image/png", "sizeBytes": 9 }), 400, "invalid_filename"),
        (json!({ "filename": "a.png", "content_type": "image/png", "sizeBytes": 9 }), 400, "invalid_request"),
        (json!({ "filename": "a.png", "contentType": "image/png", "sizeBytes": "9" }), 400, "invalid_request"),
        (json!({ "filename": "a.png", "contentType": "image/png" }), 400, "invalid_request"),
    ];
    for (body, status, code) in cases {
        let reply = gateway.post_json("/providers/modelhunter/api/v1/files/upload-url", &body).await;
        assert_eq!(reply.status, status, "{body}: {reply:?}");
        let answer = reply.json();
        assert_eq!(answer["success"], status == 200, "{body}");
        assert_eq!(answer["error"]["code"].as_str().unwrap_or_default(), code, "{body}");
    }
}

#[tokio::test]
async fn a_key_is_required() {
    let gateway = Gateway::start(&[]).await;
    for key in ["", "Bearer", "Bearer wrong", "Bearer sandbox-key2", "sandbox-key"] {
        let request =
            gateway.request("POST", "/sandbox/modelhunter/api/v1/files/file_1/complete").header("Authorization", key);
        let reply = send(request).await;
        assert_eq!((reply.status.as_u16(), &reply.json()["success"]), (401, &json!(false)), "{key}");
    }
}

#[tokio::test]
async fn a_url_is_for_one_object_of_one_type_and_length() {
    let gateway = Gateway::start(&[]).await;
    let photo = png(200, 200, 1000);
    let ticket = gateway.ticket("image/png", photo.len()).await;
    let bare = ticket.url.split('?').next().expect("a URL").to_owned();
    let last = if ticket.url.ends_with('0') { "1" } else { "0" };
    let forged = ticket.url[..ticket.url.len() - 1].to_owned() + last;
    let cases = [
        ("another type", ticket.url.clone(), "image/jpeg", photo.clone()),
        ("another length", ticket.url.clone(), "image/png", photo[1..].to_vec()),
        ("another object", ticket.url.replacen("file_", "filf_", 1), "image/png", photo.clone()),
        ("a longer life", ticket.url.replace("X-Amz-Expires=900", "X-Amz-Expires=901"), "image/png", photo.clone()),
        ("another signature", forged, "image/png", photo.clone()),
        ("no signature", bare.clone(), "image/png", photo.clone()),
    ];
    for (what, url, content_type, bytes) in cases {
        let reply = gateway.put(&url, content_type, bytes).await;
        assert_eq!(reply.status, 403, "{what}: {reply:?}");
        assert_eq!(reply.header("access-control-allow-origin"), "*", "{what}: a page could not read this refusal");
    }
    for (method, url) in [("GET", bare.as_str()), ("DELETE", &bare), ("GET", &gateway.addresses.storage)] {
        let request = gateway.client.request(method.parse().expect("a method"), url);
        assert_eq!(send(request).await.status, 403, "anonymous {method} {url}");
    }
    assert_eq!(gateway.complete(&ticket.id).await.status, 409, "none of them stored anything");
}

#[tokio::test]
async fn a_url_ends() {
    let gateway = Gateway::start(&["--staging-ticket-seconds", "1"]).await;
    let photo = png(200, 200, 0);
    let ticket = gateway.ticket("image/png", photo.len()).await;
    tokio::time::sleep(Duration::from_millis(2100)).await;
    let reply = gateway.put(&ticket.url, "image/png", photo).await;
    assert_eq!(reply.status, 403, "{reply:?}");
    assert!(reply.text().contains("expired"), "{reply:?}");
}

#[tokio::test]
async fn only_what_was_announced_becomes_an_asset() {
    let gateway = Gateway::start(&[]).await;
    assert_eq!(gateway.complete("file_0123456789abcdef0123456789abcdef").await.status, 404);

    let ticket = gateway.ticket("image/png", 100).await;
    let early = gateway.complete(&ticket.id).await;
    assert_eq!((early.status.as_u16(), &early.json()["error"]["code"]), (409, &json!("file_not_uploaded")));
    let url = format!("/sandbox/modelhunter/cdn/{}.png", ticket.id);
    assert_eq!(send(gateway.request("GET", &url)).await.status, 404);

    let cases = [
        ("image/png", b"<html>not a picture</html>".to_vec(), "content_mismatch"),
        ("image/jpeg", png(200, 200, 0), "content_mismatch"),
        ("image/png", png(127, 128, 0), "invalid_file"),
        ("image/png", png(128, 513, 0), "invalid_file"),
    ];
    for (content_type, bytes, code) in cases {
        let ticket = gateway.ticket(content_type, bytes.len()).await;
        assert_eq!(gateway.put(&ticket.url, content_type, bytes).await.status, 200);
        let reply = gateway.complete(&ticket.id).await;
        assert_eq!((reply.status.as_u16(), reply.json()["error"]["code"].as_str()), (400, Some(code)), "{reply:?}");
        let url = format!("/sandbox/modelhunter/cdn/{}.png", ticket.id);
        assert_eq!(send(gateway.request("GET", &url)).await.status, 404, "{code}");
    }
}

#[tokio::test]
async fn bytes_that_fail_their_checksum_are_not_kept() {
    let gateway = Gateway::start(&[]).await;
    let photo = png(200, 200, 0);
    let ticket = gateway.ticket("image/png", photo.len()).await;
    let put = gateway.client.put(&ticket.url).header("Content-Type", "image/png");
    let reply = send(put.header("Content-MD5", "AAAAAAAAAAAAAAAAAAAAAA==").body(photo)).await;
    assert_eq!(reply.status, 400, "{reply:?}");
    assert!(reply.text().contains("BadDigest"), "{reply:?}");
    let reply = gateway.complete(&ticket.id).await;
    assert_eq!((reply.status.as_u16(), &reply.json()["error"]["code"]), (409, &json!("file_not_uploaded")));
}
