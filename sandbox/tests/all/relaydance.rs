//! RelayDance's job: one form through the proxy, and the bytes back by the asset's URL.

use crate::common::{Gateway, Reply, form, png, send};

type Part<'a> = (&'a str, &'a str, Option<&'a str>, &'a [u8]);

async fn post(gateway: &Gateway, parts: &[Part<'_>]) -> Reply {
    let (body, content_type) = form(parts);
    send(gateway.request("POST", "/providers/relaydance/v1/files").header("Content-Type", content_type).body(body))
        .await
}

fn objects(gateway: &Gateway) -> usize {
    std::fs::read_dir(gateway.folder.path().join("store/mediaferry/relaydance")).map_or(0, Iterator::count)
}

#[tokio::test]
async fn a_form_becomes_an_asset_with_the_same_bytes() {
    let gateway = Gateway::start(&[]).await;
    let photo = png(100, 50, 3_000_000);
    // curl names the type, Python's requests does not.
    for content_type in [Some("image/png"), None] {
        let reply = post(&gateway, &[("file", "photo.png", content_type, &photo)]).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        let answer = reply.json();
        let (id, url) = (answer["id"].as_str().expect("id"), answer["url"].as_str().expect("url"));
        assert!(url.ends_with(&format!("/{id}.png")), "{url}");
        let asset = send(gateway.client.get(url)).await;
        assert_eq!((asset.status.as_u16(), asset.header("content-type")), (200, "image/png"));
        assert!(asset.body == photo, "the asset has the photo's bytes");
    }
}

#[tokio::test]
async fn other_forms_are_refused_and_leave_nothing() {
    let gateway = Gateway::start(&[]).await;
    let photo = png(100, 50, 0);
    let file: Part<'_> = ("file", "a.png", Some("image/png"), &photo);
    let cases: [(&str, &[Part<'_>]); 6] = [
        ("another field", &[("image", "a.png", Some("image/png"), &photo)]),
        ("a field more", &[file, ("model", "", None, b"x")]),
        ("two files", &[file, file]),
        ("no field", &[]),
        ("no media", &[("file", "a.png", Some("image/png"), b"<html></html>")]),
        ("another type", &[("file", "a.jpg", Some("image/jpeg"), &photo)]),
    ];
    for (what, parts) in cases {
        let reply = post(&gateway, parts).await;
        assert_eq!(reply.status, 400, "{what}: {reply:?}");
        assert!(reply.json()["error"]["message"].is_string(), "{what}");
    }
    let path = "/providers/relaydance/v1/files";
    let (body, content_type) = form(&[file]);
    let cut = body[..body.len() - 20].to_vec();
    let reply = send(gateway.request("POST", path).header("Content-Type", content_type).body(cut)).await;
    assert_eq!(reply.status, 400, "a form without its end: {reply:?}");
    let reply = send(gateway.request("POST", path).header("Content-Type", "application/json").body("{}")).await;
    assert_eq!(reply.status, 400, "no form: {reply:?}");
    let reply =
        send(gateway.request("POST", "/sandbox/relaydance/v1/files").header("Content-Type", content_type).body(body))
            .await;
    assert_eq!(reply.status, 401, "no key: {reply:?}");
    assert_eq!(objects(&gateway), 0);
}
