//! What is refused: requests, tokens and parts.

use serde_json::{Value, json};

use super::{ARGS, PART, Upload, announce, error, post, unfinished};
use crate::common::{Gateway, png, send, sha256};

#[tokio::test]
async fn what_cannot_be_staged_cannot_be_begun() {
    let gateway = Gateway::start(&["--staging-max-bytes", "5000"]).await;
    let with = |name: &str, value: Value| {
        let mut body = announce(&[0; 9]);
        body[name] = value;
        body
    };
    for (body, status, code) in [
        (with("size_bytes", json!(5000)), 200, ""),
        (with("provider", Value::Null), 200, ""),
        (with("size_bytes", json!(5001)), 413, "too_large"),
        (with("size_bytes", json!(0)), 400, "invalid_request"),
        (with("size_bytes", json!(-1)), 400, "invalid_request"),
        (with("content_type", json!("text/html")), 415, "unsupported_type"),
        (with("provider", json!("nobody")), 400, "invalid_request"),
        (with("sha256", json!(sha256(b""))), 400, "invalid_request"),
        (json!({ "content_type": "image/png" }), 400, "invalid_request"),
        (json!([]), 400, "invalid_request"),
    ] {
        let reply = post(&gateway, None, "", &body).await;
        assert_eq!(error(&reply), (status, code.to_owned()), "{body}");
    }
    assert_eq!(unfinished(&gateway).await.len(), 2);
    for path in ["", "/sign", "/list", "/complete", "/abort"] {
        assert_eq!(send(gateway.request("GET", &format!("/staging/uploads{path}"))).await.status, 405, "{path}");
    }
}

#[tokio::test]
async fn numbers_and_checksums_are_checked() {
    let gateway = Gateway::start(&ARGS).await;
    let photo = png(640, 480, 2_000);
    let upload = Upload::begin(&gateway, &photo).await;
    let (last, digest) = (upload.numbers().len(), sha256(b""));
    let sign = async |parts: Value| upload.post("/sign", json!({ "parts": parts })).await;
    let part = |number: Value, digest: &str| json!([{ "number": number, "sha256": digest }]);
    assert_eq!(sign(part(json!(1), &digest)).await.status, 200);
    assert_eq!(sign(part(json!(last), &digest.to_uppercase())).await.status, 200);
    let many = |count| Value::from(vec![part(json!(1), &digest)[0].clone(); count]);
    assert_eq!(sign(many(16)).await.status, 200);
    let range = format!("1 to {last}");
    for (parts, texts) in [
        (part(json!(0), &digest), ["number is 0;", &range]),
        (part(json!(last + 1), &digest), ["number is 4;", &range]),
        (part(json!(u64::MAX), &digest), ["number is 18446744073709551615;", &range]),
        (part(json!(-1), &digest), ["-1", ""]),
        (part(json!(1.5), &digest), ["1.5", ""]),
        (part(json!(1), &digest[1..]), ["sha256 of part 1", "64"]),
        (part(json!(1), &digest.replace('e', "g")), ["sha256 of part 1", "64"]),
        (json!([]), ["0 entries", "1 to 16"]),
        (many(17), ["17 entries", "1 to 16"]),
        (json!({}), ["", ""]),
    ] {
        let reply = sign(parts.clone()).await;
        assert_eq!(error(&reply), (400, "invalid_request".to_owned()), "{parts}");
        let message = reply.json()["error"]["message"].as_str().expect("a message").to_owned();
        assert!(texts.iter().all(|text| message.contains(text)), "{message}");
    }
    for (digests, text) in [
        (upload.digests()[1..].to_vec(), "2 entries; the upload has 3 parts"),
        ([upload.digests(), vec![digest.clone()]].concat(), "4 entries; the upload has 3 parts"),
        (vec![digest.clone(), "x".repeat(64), digest.clone()], "sha256 of part 2"),
    ] {
        let reply = upload.post("/complete", json!({ "sha256": digests })).await;
        assert_eq!(error(&reply), (400, "invalid_request".to_owned()));
        assert!(reply.text().contains(text), "{reply:?}");
    }
    let long = " ".repeat(16 << 10);
    let reply = upload.post("/list", json!({ "token": long })).await;
    assert_eq!(reply.status, 200, "the helper replaces it: {reply:?}");
    assert_eq!(error(&post(&gateway, None, "/list", &json!({ "token": long })).await).1, "invalid_request");
}

#[tokio::test]
async fn a_tampered_token_is_refused() {
    let gateway = Gateway::start(&ARGS).await;
    let photo = png(640, 480, 2_000);
    let upload = Upload::begin(&gateway, &photo).await;
    let other = Gateway::start(&ARGS).await;
    let foreign = Upload::begin(&other, &photo).await.token;
    let mut changed = upload.token.clone().into_bytes();
    changed[60] ^= 1;
    let changed = String::from_utf8(changed).expect("text");
    for token in ["", "x", &upload.token[1..], &upload.token[..upload.token.len() - 4], &changed, &foreign] {
        for path in ["/sign", "/list", "/complete", "/abort"] {
            let mut body = json!({ "token": token });
            if path == "/sign" {
                body["parts"] = json!([]);
            } else if path == "/complete" {
                body["sha256"] = json!(upload.digests());
            }
            let reply = post(&gateway, None, path, &body).await;
            assert_eq!(error(&reply), (400, "invalid_token".to_owned()), "{path} {token}");
        }
    }
    assert_eq!(unfinished(&gateway).await.len(), 1);
}

#[tokio::test]
async fn storage_refuses_a_part_of_another_size_or_content() {
    let gateway = Gateway::start(&ARGS).await;
    let photo = png(640, 480, 2_000);
    let upload = Upload::begin(&gateway, &photo).await;
    let mut changed = upload.part(1).to_vec();
    changed[500] ^= 1;
    let reply = upload.put(1, &changed).await;
    assert!(reply.status == 400 && reply.text().contains("BadDigest"), "{reply:?}");
    assert_eq!(upload.put(1, &photo[..PART - 1]).await.status, 403, "the length is signed");
    assert_eq!(upload.put(1, &photo[..=PART]).await.status, 403, "the length is signed");
    let (url, checksum) = upload.sign(1).await;
    let put = |url: &str| gateway.client.put(url).body(upload.part(1).to_vec());
    assert_eq!(send(put(&url)).await.status, 403, "the checksum is signed");
    for (from, to) in [("partNumber=1", "partNumber=2"), ("/staging/", "/staging/0")] {
        let url = url.replacen(from, to, 1);
        assert_eq!(send(put(&url).header("x-amz-checksum-sha256", &checksum)).await.status, 403, "{to}");
    }
    assert_eq!(upload.list().await.json(), json!({ "status": "open", "parts": [] }), "nothing was kept");
}

#[tokio::test]
async fn an_incomplete_upload_is_not_completed() {
    let gateway = Gateway::start(&ARGS).await;
    let photo = png(640, 480, 4_300);
    let upload = Upload::begin(&gateway, &photo).await;
    upload.store(&[1, 4]).await;
    let reply = upload.complete().await;
    assert_eq!(error(&reply), (409, "parts_differ".to_owned()));
    assert_eq!(reply.json()["error"]["parts"], json!([2, 3, 5]));
    assert_eq!(unfinished(&gateway).await.len(), 1, "it can be continued");
    upload.store(&[2, 3, 5]).await;
    assert!(upload.download(&upload.complete().await).await.body == photo);
}

#[tokio::test]
async fn a_false_manifest_is_not_completed() {
    let gateway = Gateway::start(&ARGS).await;
    let photo = png(640, 480, 4_300);
    let upload = Upload::begin(&gateway, &photo).await;
    upload.store(&upload.numbers()).await;
    let mut manifest = upload.digests();
    manifest.swap(1, 3);
    for _ in 0..2 {
        let reply = upload.post("/complete", json!({ "sha256": manifest })).await;
        assert_eq!(error(&reply), (409, "parts_differ".to_owned()));
        assert_eq!(reply.json()["error"]["parts"], json!([2, 4]));
    }
    let completed = upload.complete().await;
    assert!(upload.download(&completed).await.body == photo);
    // The object's checksum shows it, although the parts are gone.
    let reply = upload.post("/complete", json!({ "sha256": manifest })).await;
    assert_eq!(reply.json()["error"]["parts"], json!([1, 2, 3, 4, 5]), "{reply:?}");
}
