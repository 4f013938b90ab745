//! Our own bucket: a ticket, the PUT by its first URL, the GET by its second, on the embedded storage.

mod other_s3;
mod parts;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::common::{Gateway, Reply, png, send, sha256};
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use tempfile::TempDir;

/// The answer to a request for a ticket.
struct Ticket {
    put_url: String,
    get_url: String,
    answer: Value,
}

async fn ticket(gateway: &Gateway, body: &Value) -> Ticket {
    let reply = gateway.post_json("/staging", body).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let answer = reply.json();
    let url = |name: &str| answer[name].as_str().expect(name).to_owned();
    Ticket { put_url: url("put_url"), get_url: url("get_url"), answer }
}

fn announce(bytes: &[u8]) -> Value {
    json!({ "content_type": "image/png", "size_bytes": bytes.len() })
}

fn put(gateway: &Gateway, url: &str, content_type: &str, bytes: &[u8]) -> RequestBuilder {
    let put = gateway.client.put(url).header("Content-Type", content_type).header("x-amz-acl", "private");
    put.header("if-none-match", "*").body(bytes.to_vec())
}

async fn get(gateway: &Gateway, url: &str) -> Reply {
    send(gateway.client.get(url)).await
}

/// The same URL with another last digit of its signature.
fn forged(url: &str) -> String {
    url[..url.len() - 1].to_owned() + if url.ends_with('0') { "1" } else { "0" }
}

/// The key in a presigned URL.
fn key(url: &str) -> &str {
    let path = url.split('?').next().expect("a path");
    &path[path.find("/staging/").expect("the key") + 1..]
}

fn seconds(answer: &Value, name: &str) -> i64 {
    let text = answer[name].as_str().expect(name);
    assert_eq!(text.len(), "2026-01-15T10:15:00Z".len(), "{text}");
    text.parse::<jiff::Timestamp>().expect("a time").as_second()
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// Staged objects and the notes on them.
fn staged(gateway: &Gateway) -> usize {
    // "staging/" in base64, as far as it does not depend on what follows.
    let ours = |path: &&PathBuf| {
        let path = path.to_str().expect("a path");
        path.contains("/staging/") || path.contains(".object-c3RhZ2luZy")
    };
    files(gateway.folder.path()).iter().filter(ours).count()
}

#[tokio::test]
async fn what_was_put_can_be_got() {
    let gateway = Gateway::start(&[]).await;
    let photo = png(640, 480, 300_000);
    let ticket = ticket(&gateway, &announce(&photo)).await;
    assert!(ticket.put_url.starts_with(&gateway.addresses.storage), "{}", ticket.put_url);
    let headers = json!([{ "name": "x-amz-acl", "value": "private" }, { "name": "if-none-match", "value": "*" }]);
    assert_eq!(ticket.answer["headers"], headers);
    let now = jiff::Timestamp::now().as_second();
    assert!((now + 895..=now + 900).contains(&seconds(&ticket.answer, "expires_at")));
    assert!((now + 86_395..=now + 86_400).contains(&seconds(&ticket.answer, "get_expires_at")));

    assert_eq!(get(&gateway, &ticket.get_url).await.status, 404, "nothing is there yet");
    let reply = send(put(&gateway, &ticket.put_url, "image/png", &photo)).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let reply = get(&gateway, &ticket.get_url).await;
    assert_eq!((reply.status.as_u16(), reply.header("content-type")), (200, "image/png"));
    assert!(reply.body == photo, "the same bytes");
    let range = send(gateway.client.get(&ticket.get_url).header("Range", "bytes=10-19")).await;
    assert_eq!((range.status.as_u16(), range.body.as_slice()), (206, &photo[10..20]));
}

#[tokio::test]
async fn a_checksum_is_verified_by_storage() {
    let gateway = Gateway::start(&[]).await;
    let photo = png(200, 200, 1000);
    let mut body = announce(&photo);
    body["sha256"] = json!(sha256(&photo));
    let ticket = ticket(&gateway, &body).await;
    let checksum = ticket.answer["headers"][2]["value"].as_str().expect("a checksum");
    assert!(ticket.put_url.contains("x-amz-checksum-sha256"), "{}", ticket.put_url);
    let put = |bytes: &[u8]| put(&gateway, &ticket.put_url, "image/png", bytes);

    let without = send(put(&photo)).await;
    assert_eq!(without.status, 403, "the header is signed: {without:?}");
    let other = send(put(&photo).header("x-amz-checksum-sha256", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")).await;
    assert_eq!(other.status, 403, "so is its value: {other:?}");
    let mut changed = photo.clone();
    changed[500] ^= 1;
    let damaged = send(put(&changed).header("x-amz-checksum-sha256", checksum)).await;
    assert_eq!(damaged.status, 400, "{damaged:?}");
    assert!(damaged.text().contains("BadDigest"), "{damaged:?}");
    assert_eq!(get(&gateway, &ticket.get_url).await.status, 404, "nothing was kept");
    let good = send(put(&photo).header("x-amz-checksum-sha256", checksum)).await;
    assert_eq!(good.status, 200, "{good:?}");
    assert!(get(&gateway, &ticket.get_url).await.body == photo);
}

#[tokio::test]
async fn a_ticket_is_for_one_object_of_one_type_and_length() {
    let gateway = Gateway::start(&[]).await;
    let photo = png(200, 200, 1000);
    let ticket = ticket(&gateway, &announce(&photo)).await;
    let bare = |url: &str| url.split('?').next().expect("a URL").to_owned();
    let url = ticket.put_url.as_str();
    let cases = [
        ("another type", url.to_owned(), "text/html", &photo[..]),
        ("another length", url.to_owned(), "image/png", &photo[1..]),
        ("another object", url.replacen("/staging/", "/staging/0", 1), "image/png", &photo),
        ("a longer life", url.replace("X-Amz-Expires=900", "X-Amz-Expires=901"), "image/png", &photo),
        ("another signature", forged(url), "image/png", &photo),
        ("no signature", bare(url), "image/png", &photo),
        ("the other URL", ticket.get_url.clone(), "image/png", &photo),
    ];
    for (what, url, content_type, bytes) in cases {
        let reply = send(put(&gateway, &url, content_type, bytes).header("Origin", "http://page.example")).await;
        assert_eq!(reply.status, 403, "{what}: {reply:?}");
        assert_eq!(reply.header("access-control-allow-origin"), "*", "{what}: a page could not read this refusal");
    }
    assert_eq!(staged(&gateway), 0, "none of them stored anything");

    assert_eq!(send(put(&gateway, url, "image/png", &photo)).await.status, 200);
    for url in [forged(&ticket.get_url), bare(&ticket.get_url), ticket.put_url.clone()] {
        assert_eq!(get(&gateway, &url).await.status, 403, "{url}");
    }
    let longer = ticket.get_url.replace("X-Amz-Expires=86400", "X-Amz-Expires=86401");
    assert_ne!(longer, ticket.get_url);
    assert_eq!(get(&gateway, &longer).await.status, 403);
}

#[tokio::test]
async fn another_acl_is_rejected() {
    let gateway = Gateway::start(&[]).await;
    let photo = png(200, 200, 0);
    let url = ticket(&gateway, &announce(&photo)).await.put_url;
    for acl in [None, Some("public-read")] {
        let put = gateway.client.put(&url).header("Content-Type", "image/png").header("if-none-match", "*");
        let put = put.body(photo.clone());
        let put = acl.map_or(put.try_clone(), |acl| put.try_clone().map(|put| put.header("x-amz-acl", acl)));
        assert_eq!(send(put.expect("a request")).await.status, 403, "{acl:?}");
    }
}

#[tokio::test]
async fn a_ticket_cannot_replace_its_object() {
    let gateway = Gateway::start(&[]).await;
    let photo = png(200, 200, 0);
    let ticket = ticket(&gateway, &announce(&photo)).await;
    let url = &ticket.put_url;
    let without = gateway.client.put(url).header("Content-Type", "image/png").header("x-amz-acl", "private");
    assert_eq!(send(without.body(photo.clone())).await.status, 403, "the header is signed");
    assert_eq!(send(put(&gateway, url, "image/png", &photo)).await.status, 200);
    let mut other = photo.clone();
    other[20] ^= 1;
    assert_eq!(send(put(&gateway, url, "image/png", &other)).await.status, 412);
    assert!(get(&gateway, &ticket.get_url).await.body == photo);
}

#[tokio::test]
async fn urls_end() {
    let folder = TempDir::new().expect("a folder");
    let gateway = Gateway::start_in(folder, &["--staging-ticket-seconds", "2"], &[], |config| {
        config.staging.get_lifetime = Duration::from_secs(2);
    })
    .await;
    let photo = png(200, 200, 0);
    let (used, unused) = (ticket(&gateway, &announce(&photo)).await, ticket(&gateway, &announce(&photo)).await);
    assert_eq!(send(put(&gateway, &used.put_url, "image/png", &photo)).await.status, 200);
    assert_eq!(get(&gateway, &used.get_url).await.status, 200);
    tokio::time::sleep(Duration::from_millis(3100)).await;
    for reply in [send(put(&gateway, &unused.put_url, "image/png", &photo)).await, get(&gateway, &used.get_url).await] {
        assert_eq!(reply.status, 403, "{reply:?}");
        assert!(reply.text().contains("expired"), "{reply:?}");
    }
}

#[tokio::test]
async fn keys_cannot_be_guessed() {
    let gateway = Gateway::start(&[]).await;
    let mut keys = Vec::new();
    for (content_type, extension) in [("image/png", ".png"), ("image/png", ".png"), ("video/quicktime", ".mov")] {
        let ticket = ticket(&gateway, &json!({ "content_type": content_type, "size_bytes": 9 })).await;
        let key = key(&ticket.put_url).to_owned();
        assert_eq!(key, self::key(&ticket.get_url));
        let random = key.strip_prefix("staging/").and_then(|key| key.strip_suffix(extension)).expect("the shape");
        assert!(random.len() == 64 && random.bytes().all(|byte| byte.is_ascii_hexdigit()), "{key}");
        assert!(!keys.contains(&key), "{key}");
        keys.push(key);
    }
}

#[tokio::test]
async fn what_cannot_be_staged_is_refused() {
    let gateway = Gateway::start(&[]).await;
    let sha256 = "0123456789abcdef".repeat(4);
    let file = |content_type: &str| json!({ "content_type": content_type, "size_bytes": 9 });
    let with = |name: &str, value: Value| {
        let mut body = file("video/mp4");
        body[name] = value;
        body
    };
    let cases = [
        (file("video/mp4"), 200, ""),
        (with("sha256", json!(sha256)), 200, ""),
        (with("sha256", json!(sha256.to_uppercase())), 200, ""),
        (file("text/html"), 415, "unsupported_type"),
        (file("image/svg+xml"), 415, "unsupported_type"),
        (file("application/octet-stream"), 415, "unsupported_type"),
        (file("image/jpg"), 415, "unsupported_type"),
        (file("IMAGE/PNG"), 415, "unsupported_type"),
        (file("image/png; charset=x"), 415, "unsupported_type"),
        (file("image/png\r\nx: y"), 415, "unsupported_type"),
        (file(""), 415, "unsupported_type"),
        (with("size_bytes", json!(0)), 400, "invalid_request"),
        (with("size_bytes", json!(-1)), 400, "invalid_request"),
        (with("size_bytes", json!(1.5)), 400, "invalid_request"),
        (with("size_bytes", json!("9")), 400, "invalid_request"),
        (with("size_bytes", json!(1e30)), 400, "invalid_request"),
        (with("sha256", json!("")), 400, "invalid_request"),
        (with("sha256", json!(sha256[1..])), 400, "invalid_request"),
        (with("sha256", json!(format!("{sha256}0"))), 400, "invalid_request"),
        (with("sha256", json!(sha256.replace('a', "g"))), 400, "invalid_request"),
        (with("sha256", json!(7)), 400, "invalid_request"),
        (with("filename", json!("a.mp4")), 400, "invalid_request"),
        (with("provider", json!("apiframe")), 200, ""),
        (with("provider", json!("nobody")), 400, "invalid_request"),
        (with("provider", json!("")), 400, "invalid_request"),
        (with("provider", json!(["apiframe"])), 400, "invalid_request"),
        (json!({ "content_type": "video/mp4" }), 400, "invalid_request"),
        (json!({ "size_bytes": 9 }), 400, "invalid_request"),
        (json!([]), 400, "invalid_request"),
    ];
    for (body, status, code) in cases {
        let reply = gateway.post_json("/staging", &body).await;
        assert_eq!(reply.status, status, "{body}: {reply:?}");
        let error = &reply.json()["error"];
        assert_eq!(error["code"].as_str().unwrap_or_default(), code, "{body}");
        assert_eq!(error["message"].is_string(), status != 200, "{body}");
    }
    let good = file("video/mp4").to_string();
    let long = " ".repeat(4096) + &good;
    let json = "application/json";
    for (content_type, body) in [(json, "{"), (json, ""), (json, &long), ("text/plain", &good)] {
        let reply =
            send(gateway.request("POST", "/staging").header("Content-Type", content_type).body(body.to_owned())).await;
        assert_eq!((reply.status.as_u16(), &reply.json()["error"]["code"]), (400, &json!("invalid_request")), "{body}");
    }
    assert_eq!(send(gateway.request("GET", "/staging")).await.status, 405);
}

#[tokio::test]
async fn the_cap_is_kept() {
    let ask = async |gateway: &Gateway, size: u64| {
        gateway.post_json("/staging", &json!({ "content_type": "video/mp4", "size_bytes": size })).await
    };
    let large = u64::pow(2, 30) * 5;
    let text = large.to_string();
    for (args, limit) in
        [(&[][..], 1_000_000_000), (&["--staging-max-bytes", "1000"], 1000), (&["--staging-max-bytes", &text], large)]
    {
        let gateway = Gateway::start(args).await;
        for size in [limit - 1, limit] {
            assert_eq!(ask(&gateway, size).await.status, 200, "{size}");
        }
        for size in [limit + 1, u64::MAX] {
            let reply = ask(&gateway, size).await;
            assert_eq!(reply.status, 413, "{size}");
            let error = &reply.json()["error"];
            assert_eq!(
                (&error["code"], &error["size"], &error["limit"]),
                (&json!("too_large"), &json!(size), &json!(limit))
            );
        }
    }
}

#[tokio::test]
async fn listed_pages_may_ask() {
    let gateway = Gateway::start(&["--allow-origin", "https://app.example"]).await;
    let request = gateway.request("POST", "/staging").header("Origin", "https://app.example");
    let body = json!({ "content_type": "image/png", "size_bytes": 9 }).to_string();
    let reply = send(request.header("Content-Type", "application/json").body(body)).await;
    assert_eq!((reply.status.as_u16(), reply.header("access-control-allow-origin")), (200, "https://app.example"));
}

#[tokio::test]
async fn old_staged_files_go_at_the_start_and_nothing_else() {
    let gateway = Gateway::start(&[]).await;
    let photo = png(200, 200, 1000);
    let asset = gateway.ticket("image/png", photo.len()).await;
    assert_eq!(gateway.put(&asset.url, "image/png", photo.clone()).await.status, 200);
    assert_eq!(gateway.complete(&asset.id).await.status, 200);
    let old = ticket(&gateway, &announce(&photo)).await;
    assert_eq!(send(put(&gateway, &old.put_url, "image/png", &photo)).await.status, 200);
    // A day for the GET, a quarter of an hour for the PUT, and a minute.
    let age = SystemTime::now() - Duration::from_mins(24 * 60 + 15 + 1);
    for path in files(gateway.folder.path()) {
        fs::File::options().write(true).open(path).expect("a file").set_modified(age).expect("a time");
    }
    let new = ticket(&gateway, &announce(&photo)).await;
    assert_eq!(send(put(&gateway, &new.put_url, "image/png", &photo)).await.status, 200);
    let all = files(gateway.folder.path());

    gateway.handle.stop().await;
    let gateway = Gateway::start_in(gateway.folder, &[], &[], |_| {}).await;
    let left = files(gateway.folder.path());
    let gone: Vec<_> = all.iter().filter(|path| !left.contains(path)).collect();
    assert_eq!(gone.len(), 3, "the object, its type and its checksums: {gone:?}");
    assert_eq!(staged(&gateway), 3, "the new one's");
    let store = gateway.folder.path().join("store/mediaferry");
    assert!(!store.join(key(&old.put_url)).exists() && store.join(key(&new.put_url)).exists());
    assert_eq!(gateway.complete(&asset.id).await.status, 200, "the sandbox keeps its own for a week");
}

#[tokio::test]
async fn old_staged_files_go_while_the_gateway_runs() {
    let folder = TempDir::new().expect("a folder");
    let gateway = Gateway::start_in(folder, &["--staging-ticket-seconds", "1"], &[], |config| {
        config.staging.get_lifetime = Duration::from_secs(1);
    })
    .await;
    let photo = png(200, 200, 0);
    let ticket = ticket(&gateway, &announce(&photo)).await;
    assert_eq!(send(put(&gateway, &ticket.put_url, "image/png", &photo)).await.status, 200);
    assert_eq!(staged(&gateway), 3);
    for _ in 0..100 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        if staged(&gateway) == 0 {
            return;
        }
    }
    panic!("still there: {:?}", files(gateway.folder.path()));
}

#[tokio::test]
async fn storage_sends_cors_headers_to_any_page_also_with_an_error() {
    let gateway = Gateway::start(&[]).await;
    let ticket = gateway.ticket("image/png", 100).await;
    let preflight = gateway
        .client
        .request("OPTIONS".parse().expect("a method"), &ticket.url)
        .header("Origin", "http://page.example")
        .header("Access-Control-Request-Method", "PUT")
        .header("Access-Control-Request-Headers", "content-type,x-amz-checksum-sha256");
    let reply = send(preflight).await;
    assert_eq!((reply.status.as_u16(), reply.header("access-control-allow-origin")), (200, "*"));
    assert!(reply.header("access-control-allow-methods").contains("PUT"));
    assert!(!reply.header("access-control-max-age").is_empty());
    let refused = gateway.put(&ticket.url, "image/png", vec![0; 99]).await;
    assert_eq!((refused.status.as_u16(), refused.header("access-control-allow-origin")), (403, "*"));
}
