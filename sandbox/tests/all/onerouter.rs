//! OneRouter's job: a form or a URL becomes an asset, which is processed, listed and deleted.

use crate::common::{Gateway, Reply, form, png, send, sha256, site};
use serde_json::{Value, json};

const DIRECT: &str = "/sandbox/onerouter";
const PROXIED: &str = "/providers/onerouter";
const MODEL: (&str, &str, Option<&str>, &[u8]) = ("model", "", None, b"seedance-2.0");

type Part<'a> = (&'a str, &'a str, Option<&'a str>, &'a [u8]);

async fn ask(gateway: &Gateway, method: &str, path: &str) -> Reply {
    send(gateway.request(method, &format!("{DIRECT}{path}")).header("Authorization", "Bearer sandbox-key")).await
}

async fn post_form(gateway: &Gateway, parts: &[Part<'_>]) -> Reply {
    let (body, content_type) = form(parts);
    let post = gateway.request("POST", &format!("{DIRECT}/v1/upload/resources")).header("Content-Type", content_type);
    send(post.header("Authorization", "Bearer sandbox-key").body(body)).await
}

async fn post_json(gateway: &Gateway, body: &str) -> Reply {
    let post =
        gateway.request("POST", &format!("{DIRECT}/v1/upload/resources")).header("Content-Type", "application/json");
    send(post.header("Authorization", "Bearer sandbox-key").body(body.to_owned())).await
}

/// The asset of a URL, as the answer to its upload shows it.
async fn post_url(gateway: &Gateway, url: &str) -> Value {
    let reply = post_json(gateway, &json!({ "model": "seedance-2.0", "file": url }).to_string()).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    data(&reply)
}

async fn post_photo(gateway: &Gateway, photo: &[u8]) -> Value {
    let reply = post_form(gateway, &[MODEL, ("file", "photo.png", Some("image/png"), photo)]).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    data(&reply)
}

async fn status(gateway: &Gateway, id: &Value) -> Value {
    let reply = ask(gateway, "GET", &format!("/v1/status/resources/{id}")).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    data(&reply)
}

/// What is in the page's envelope.
fn data(reply: &Reply) -> Value {
    let mut json = reply.json();
    assert_eq!((&json["code"], &json["message"]), (&json!(200), &json!("success")), "{json}");
    json["data"].take()
}

fn refused(reply: &Reply, code: u16, what: &str) {
    let json = reply.json();
    assert_eq!((reply.status.as_u16(), &json["code"]), (code, &json!(code)), "{what}: {json}");
    assert!(json["data"].is_null() && json["message"].as_str().is_some_and(|text| !text.is_empty()), "{what}: {json}");
    assert_eq!(json.as_object().map(serde_json::Map::len), Some(3), "{what}: {json}");
}

fn fields(json: &Value) -> Vec<&str> {
    let mut fields: Vec<_> = json.as_object().expect("an object").keys().map(String::as_str).collect();
    fields.sort_unstable();
    fields
}

/// The fields of the page's first answer.
const FIELDS: [&str; 17] = [
    "asset_type",
    "content_type",
    "created_at",
    "description",
    "file_ext",
    "file_name",
    "file_size_bytes",
    "gcs_url",
    "id",
    "last_polled_at",
    "sha256_hash",
    "source_url",
    "status",
    "updated_at",
    "upload_source",
    "upstream_asset_uri",
    "upstream_status",
];

fn with<'a>(more: &[&'a str]) -> Vec<&'a str> {
    let mut fields: Vec<_> = FIELDS.into_iter().chain(more.iter().copied()).collect();
    fields.sort_unstable();
    fields
}

#[tokio::test]
async fn a_form_is_processed_and_then_active() {
    let gateway = Gateway::start(&["--processing-millis", "300"]).await;
    let photo = png(100, 50, 3_000_000);
    let made = post_photo(&gateway, &photo).await;
    assert_eq!(fields(&made), FIELDS);
    for (field, value) in [
        ("id", json!(1)),
        ("upstream_status", json!("Processing")),
        ("asset_type", json!("Image")),
        ("description", json!("")),
        ("upload_source", json!("local_file")),
        ("source_url", json!("")),
        ("file_name", json!("photo.png")),
        ("content_type", json!("image/png")),
        ("file_ext", json!(".png")),
        ("file_size_bytes", json!(photo.len())),
        ("sha256_hash", json!(sha256(&photo))),
        ("status", json!("processing")),
    ] {
        assert_eq!(made[field], value, "{field}");
    }
    let uri = made["upstream_asset_uri"].as_str().expect("a URI");
    let (time, letters) = uri.strip_prefix("asset://asset-").and_then(|rest| rest.split_once('-')).expect("a URI");
    assert!(time.len() == 14 && time.bytes().all(|byte| byte.is_ascii_digit()), "{uri}");
    assert!(
        letters.len() == 5 && letters.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()),
        "{uri}"
    );

    let early = status(&gateway, &made["id"]).await;
    assert_eq!(early, made, "nothing has changed while it is processed");
    tokio::time::sleep(std::time::Duration::from_millis(320)).await;
    let active = status(&gateway, &made["id"]).await;
    assert_eq!(fields(&active), with(&["active_at"]));
    assert_eq!((&active["status"], &active["upstream_status"]), (&json!("active"), &json!("Active")));
    for field in ["id", "upstream_asset_uri", "sha256_hash", "created_at", "gcs_url"] {
        assert_eq!(active[field], made[field], "{field}");
    }
    let asset = send(gateway.client.get(active["gcs_url"].as_str().expect("a URL"))).await;
    assert_eq!((asset.status.as_u16(), asset.header("content-type")), (200, "image/png"));
    assert!(asset.body == photo, "the asset has the photo's bytes");
}

#[tokio::test]
async fn a_url_is_fetched() {
    let gateway = Gateway::start(&["--processing-millis", "0"]).await;
    let photo = png(100, 50, 3_000_000);
    let site = site(photo.clone()).await;
    // Five redirects are few, and the last leads to a URL with a query.
    for (at, path) in ["/photo.png?X-Amz-Signature=river", "/steps/5"].into_iter().enumerate() {
        let made = post_url(&gateway, &format!("{site}{path}")).await;
        assert_eq!(fields(&made), FIELDS);
        assert_eq!(made["status"], "processing", "the page's answer to an upload");
        assert_eq!((&made["id"], &made["upload_source"]), (&json!(at + 1), &json!("remote_url")));
        assert_eq!((&made["sha256_hash"], &made["file_size_bytes"]), (&json!(sha256(&photo)), &json!(photo.len())));
        assert!(!made.to_string().contains("river"), "a query is a credential: {made}");
        let active = status(&gateway, &made["id"]).await;
        assert_eq!(active["status"], "active");
        let asset = send(gateway.client.get(active["gcs_url"].as_str().expect("a URL"))).await;
        assert!(asset.body == photo, "the asset has the photo's bytes");
    }
    let named = status(&gateway, &json!(1)).await;
    assert_eq!((&named["file_name"], &named["source_url"]), (&json!("photo.png"), &json!(format!("{site}/photo.png"))));
    let staged = post_url(&gateway, &gateway.stage(&photo).await).await;
    assert_eq!(staged["sha256_hash"], sha256(&photo));
    assert!(!staged.to_string().contains("X-Amz"), "a query is a credential: {staged}");
    // The bytes that it serves itself can be fetched as well.
    let again = post_url(&gateway, named["gcs_url"].as_str().expect("a URL")).await;
    assert_eq!(again["sha256_hash"], sha256(&photo));
}

#[tokio::test]
async fn a_url_that_leads_to_no_media_makes_an_asset_that_fails() {
    let gateway = Gateway::start(&["--processing-millis", "0"]).await;
    let site = site(png(100, 50, 0)).await;
    let bare: Vec<_> = FIELDS
        .into_iter()
        .filter(|field| !["asset_type", "content_type", "file_ext", "gcs_url"].contains(field))
        .collect();
    let nothing: Vec<_> =
        bare.iter().copied().filter(|field| !["file_size_bytes", "sha256_hash"].contains(field)).collect();
    let cases = [
        (format!("{site}/page.png"), "unsupported_file", &bare),
        (format!("{site}/missing.png"), "fetch_failed", &nothing),
        (format!("{site}/steps/6"), "fetch_failed", &nothing),
        (format!("{site}/elsewhere"), "fetch_failed", &nothing),
        (format!("{site}/broken.png"), "fetch_failed", &nothing),
        (format!("{site}/large.png"), "file_too_large", &nothing),
        ("http://127.0.0.1:1/photo.png?key=river".to_owned(), "fetch_failed", &nothing),
    ];
    for (url, code, known) in cases {
        let made = post_url(&gateway, &url).await;
        assert_eq!((&made["status"], fields(&made)), (&json!("processing"), known.clone()), "{url}");
        let failed = status(&gateway, &made["id"]).await;
        assert_eq!((&failed["status"], &failed["upstream_status"]), (&json!("failed"), &json!("Failed")), "{url}");
        assert_eq!(failed["failure_code"], code, "{url}");
        assert!(failed["active_at"].is_null(), "{url}");
    }
    assert_eq!(gateway.objects("onerouter"), 7, "records alone, and no bytes");
}

#[tokio::test]
async fn what_is_not_as_the_page_says_is_refused_and_leaves_nothing() {
    let gateway = Gateway::start(&[]).await;
    let photo = png(100, 50, 0);
    let file: Part<'_> = ("file", "a.png", Some("image/png"), &photo);
    let long = [b'm'; 1025];
    let forms: [(&str, &[Part<'_>]); 8] = [
        ("no model", &[file]),
        ("an empty model", &[("model", "", None, b""), file]),
        ("a model without end", &[("model", "", None, &long), file]),
        ("two models", &[MODEL, file, MODEL]),
        ("no file", &[MODEL]),
        ("two files", &[MODEL, file, file]),
        ("a field more", &[MODEL, file, ("name", "", None, b"x")]),
        ("no media", &[MODEL, ("file", "a.png", Some("image/png"), b"<html></html>")]),
    ];
    for (what, parts) in forms {
        refused(&post_form(&gateway, parts).await, 400, what);
    }
    for body in [
        r#"{"file":"https://a.example/b.png"}"#,
        r#"{"model":"","file":"https://a.example/b.png"}"#,
        r#"{"model":"m"}"#,
        r#"{"model":"m","file":"ftp://a.example/b.png"}"#,
        r#"{"model":"m","file":"b.png"}"#,
        r#"{"model":"m","file":7}"#,
        r#"{"model":"m","file":"https://a.example/b.png","name":"x"}"#,
        "{",
    ] {
        refused(&post_json(&gateway, body).await, 400, body);
    }
    let (body, content_type) = form(&[MODEL, file]);
    let path = format!("{DIRECT}/v1/upload/resources");
    let keyed = |kind: &str| {
        gateway
            .request("POST", &path)
            .header("Authorization", "Bearer sandbox-key")
            .header("Content-Type", kind.to_owned())
    };
    refused(&send(keyed(content_type).body(body[..body.len() - 20].to_vec())).await, 400, "a form without its end");
    refused(&send(keyed("text/plain").body("x")).await, 400, "neither form nor JSON");
    for (method, path) in [
        ("POST", "/v1/upload/resources"),
        ("GET", "/v1/list/resources"),
        ("GET", "/v1/status/resources/1"),
        ("DELETE", "/v1/delete/resources/1"),
    ] {
        let keyless = gateway.request(method, &format!("{DIRECT}{path}"));
        refused(&send(keyless.header("X-API-Key", "sandbox-key")).await, 401, path);
    }
    assert_eq!(gateway.objects("onerouter"), 0);
    // The page forbids no wrong label: the content decides.
    let reply = post_form(&gateway, &[("file", "a.jpg", Some("image/jpeg"), &photo), MODEL]).await;
    assert_eq!(data(&reply)["content_type"], "image/png");
}

#[tokio::test]
async fn lists_are_paged_the_newest_first() {
    let gateway = Gateway::start(&[]).await;
    let photo = png(10, 10, 0);
    for _ in 0..21 {
        post_photo(&gateway, &photo).await;
    }
    let list = async |query: &str| ask(&gateway, "GET", &format!("/v1/list/resources{query}")).await;
    let ids = async |query: &str| {
        let page = data(&list(query).await);
        assert_eq!(page["total"], 21, "{query}");
        let ids: Vec<_> = page["items"].as_array().expect("items").iter().map(|item| item["id"].as_u64()).collect();
        (ids.into_iter().flatten().collect::<Vec<_>>(), page["page"].clone(), page["page_size"].clone())
    };
    let down = |from: u64, to: u64| (to..=from).rev().collect::<Vec<_>>();
    assert_eq!(ids("").await, (down(21, 2), json!(1), json!(20)));
    assert_eq!(ids("?page=2").await, (down(1, 1), json!(2), json!(20)));
    assert_eq!(ids("?page_size=5&page=3").await, (down(11, 7), json!(3), json!(5)));
    assert_eq!(ids("?page=1&page_size=100").await, (down(21, 1), json!(1), json!(100)));
    assert_eq!(ids("?page=4294967295&page_size=100").await.0, Vec::<u64>::new());
    for query in ["?page_size=101", "?page_size=0", "?page=0", "?page=x", "?page_size=-1", "?page="] {
        refused(&list(query).await, 400, query);
    }
    let item = data(&list("?page_size=1").await)["items"][0].take();
    assert_eq!(item, status(&gateway, &json!(21)).await, "a list shows what the status shows");
}

#[tokio::test]
async fn what_is_deleted_is_unknown() {
    let gateway = Gateway::start(&[]).await;
    let photo = png(10, 10, 0);
    let (first, second) = (post_photo(&gateway, &photo).await, post_photo(&gateway, &photo).await);
    let reply = ask(&gateway, "DELETE", "/v1/delete/resources/2").await;
    assert_eq!(data(&reply), json!({ "deleted": true }));
    for (method, path) in [
        ("DELETE", "/v1/delete/resources/2"),
        ("GET", "/v1/status/resources/2"),
        ("GET", "/v1/status/resources/7"),
        ("GET", "/v1/status/resources/x"),
        ("DELETE", "/v1/delete/resources/-1"),
    ] {
        refused(&ask(&gateway, method, path).await, 404, path);
    }
    assert_eq!(send(gateway.client.get(second["gcs_url"].as_str().expect("a URL"))).await.status, 404);
    assert_eq!(status(&gateway, &first["id"]).await["id"], 1);
    assert_eq!(data(&ask(&gateway, "GET", "/v1/list/resources").await)["total"], 1);
    assert_eq!(post_photo(&gateway, &photo).await["id"], 3, "an id is not given twice");
}

#[tokio::test]
async fn an_account_has_so_many_assets_and_no_more() {
    let gateway = Gateway::start(&[]).await;
    assert_eq!(send(gateway.request("GET", "/sandbox/settings")).await.json()["onerouter_assets"], 1000);
    gateway.set(json!({ "onerouter_assets": 2 })).await;
    let photo = png(10, 10, 0);
    let site = site(photo.clone()).await;
    let file: Part<'_> = ("file", "a.png", None, &photo);
    // Of four at once, two get the two places.
    let parts = [MODEL, file];
    let all = futures::future::join_all((0..4).map(|_| post_form(&gateway, &parts))).await;
    assert_eq!(all.iter().filter(|reply| reply.status == 200).count(), 2);
    let over = post_form(&gateway, &[MODEL, file]).await;
    refused(&over, 403, "one more form");
    let message = "A single account is permitted to upload up to 1,000 assets, if you require a higher limit, ";
    assert!(over.json()["message"].as_str().is_some_and(|text| text.starts_with(message)), "{over:?}");
    let body = json!({ "model": "m", "file": format!("{site}/photo.png") }).to_string();
    refused(&post_json(&gateway, &body).await, 403, "one more URL");
    assert_eq!(gateway.objects("onerouter"), 4, "two files and two records");

    let id = data(&ask(&gateway, "GET", "/v1/list/resources").await)["items"][0]["id"].clone();
    assert_eq!(ask(&gateway, "DELETE", &format!("/v1/delete/resources/{id}")).await.status, 200);
    assert_eq!(post_json(&gateway, &body).await.status, 200, "a deleted asset makes room");
}

#[tokio::test]
async fn assets_outlive_the_process() {
    let gateway = Gateway::start(&["--processing-millis", "0"]).await;
    let photo = png(10, 10, 0);
    let made = post_photo(&gateway, &photo).await;
    let before = status(&gateway, &made["id"]).await;
    let failed = post_url(&gateway, "http://127.0.0.1:1/a.png").await;
    // How long an asset is processed was settled when it was made.
    let gateway = gateway.restart(&["--processing-millis", "60000"]).await;
    let mut after = status(&gateway, &made["id"]).await;
    let url = after["gcs_url"].as_str().expect("a URL").to_owned();
    assert!(send(gateway.client.get(&url)).await.body == photo);
    after["gcs_url"] = before["gcs_url"].clone();
    assert_eq!(after, before, "but for the port of its URL");
    assert_eq!(status(&gateway, &failed["id"]).await["failure_code"], "fetch_failed");
    let next = post_photo(&gateway, &photo).await;
    assert_eq!((&next["id"], &status(&gateway, &next["id"]).await["status"]), (&json!(3), &json!("processing")));
}

#[tokio::test]
async fn all_of_it_goes_through_the_proxy() {
    let gateway = Gateway::start(&["--processing-millis", "0"]).await;
    let photo = png(10, 10, 0);
    let site = site(photo.clone()).await;
    let (body, content_type) = form(&[MODEL, ("file", "a.png", Some("image/png"), &photo)]);
    let post = gateway.request("POST", &format!("{PROXIED}/v1/upload/resources")).header("Content-Type", content_type);
    assert_eq!(data(&send(post.body(body)).await)["id"], 1);
    let body = json!({ "model": "m", "file": format!("{site}/photo.png") });
    assert_eq!(data(&gateway.post_json(&format!("{PROXIED}/v1/upload/resources"), &body).await)["id"], 2);
    let status = send(gateway.request("GET", &format!("{PROXIED}/v1/status/resources/2"))).await;
    assert_eq!(data(&status)["status"], "active");
    let page = send(gateway.request("GET", &format!("{PROXIED}/v1/list/resources?page=2&page_size=1"))).await;
    assert_eq!((&data(&page)["total"], &data(&page)["items"][0]["id"]), (&json!(2), &json!(1)));
    let deleted = send(gateway.request("DELETE", &format!("{PROXIED}/v1/delete/resources/1"))).await;
    assert_eq!(data(&deleted), json!({ "deleted": true }));
    refused(&send(gateway.request("GET", &format!("{PROXIED}/v1/status/resources/1"))).await, 404, "deleted");
}
