//! With identity, a token belongs to its user.

use serde_json::{Value, json};

use super::{ARGS, Upload, error, post, unfinished};
use crate::common::{Gateway, png, sha256};

/// The secret of the proxy that authenticates users.
pub(super) const PROXY_SECRET: &str = "the-proxy-secret-of-at-least-32-bytes";

const IDENTITY: [(&str, &str); 3] = [
    ("MEDIAFERRY_IDENTITY_MODE", "trusted-header"),
    ("MEDIAFERRY_IDENTITY_SECRET", PROXY_SECRET),
    ("MEDIAFERRY_IDENTITY_OWNER_SECRET", "an-owner-secret-of-at-least-32-bytes"),
];

#[tokio::test]
async fn nobody_uses_the_token_of_another_user() {
    let gateway = Gateway::start_with(&ARGS, &IDENTITY).await;
    let photo = png(640, 480, 2_000);
    let upload = Upload::begin_as(&gateway, Some("alice"), &photo).await;
    upload.store(&upload.numbers()).await;
    let bodies = [
        ("/sign", json!({ "parts": [{ "number": 1, "sha256": sha256(upload.part(1)) }] })),
        ("/list", json!({})),
        ("/complete", json!({ "sha256": upload.digests() })),
        ("/abort", json!({})),
    ];
    for (path, mut body) in bodies {
        body["token"] = upload.token.clone().into();
        let reply = post(&gateway, Some("mallory"), path, &body).await;
        assert_eq!(error(&reply), (404, "upload_not_found".to_owned()), "{path}");
        assert_eq!(error(&post(&gateway, None, path, &body).await), (401, "unauthorized".to_owned()), "{path}");
    }
    let stored = unfinished(&gateway).await;
    assert_eq!((stored.len(), &stored[0]["parts"]), (1, &json!([1, 2, 3])), "it is untouched");
    let completed = upload.complete().await;
    let url = completed.json()["get_url"].as_str().expect("a URL").to_owned();
    let name = super::key(&url).strip_prefix("staging/").expect("the folder");
    assert!(name.split('-').nth(1) == Some("apiframe") && name.split('-').next().map(str::len) == Some(24), "{name}");
    assert!(upload.download(&completed).await.body == photo);
}

#[tokio::test]
async fn after_a_rotation_of_the_key_a_token_is_still_valid() {
    let gateway = Gateway::start_with(&ARGS, &IDENTITY).await;
    let photo = png(640, 480, 2_000);
    let token = Upload::begin_as(&gateway, Some("alice"), &photo).await.token;
    let rotated = [
        ("MEDIAFERRY_IDENTITY_OWNER_SECRET", "another-owner-secret-of-at-least-32-bytes"),
        ("MEDIAFERRY_IDENTITY_PREVIOUS_OWNER_SECRET", IDENTITY[2].1),
    ];
    let other = Gateway::start_with(&ARGS, &[&IDENTITY[..2], &rotated].concat()).await;
    let body = json!({ "token": token, "parts": [{ "number": 1, "sha256": sha256(b"") }] });
    let reply = post(&other, Some("alice"), "/sign", &body).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let forgotten = Gateway::start_with(&ARGS, &[&IDENTITY[..2], &rotated[..1]].concat()).await;
    assert_eq!(error(&post(&forgotten, Some("alice"), "/sign", &body).await), (400, "invalid_token".to_owned()));
    assert_ne!(body["token"], Value::Null);
}
