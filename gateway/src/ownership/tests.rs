use axum::body::to_bytes;
use axum::http::{HeaderMap, Request};
use mediaferry::http::Method;
use mediaferry::providers::PROVIDERS;
use serde_json::json;

use super::*;
use crate::identity::{OwnerKeys, SecretPair, SharedSecret, Subject};
use crate::log::Details;

fn caller(id: &str) -> Caller {
    let current = SharedSecret::new(&"o".repeat(32)).expect("a secret");
    OwnerKeys::new(SecretPair { current, previous: None }).caller(Subject::new(id).expect("a subject"))
}

/// The claim of a caller to one endpoint.
async fn claim(
    owners: &Arc<Owners>,
    user: &str,
    (provider, method, path): (&str, Method, &str),
) -> Result<Claim, Refusal> {
    let profile = PROVIDERS.iter().map(|provider| provider.profile()).find(|profile| profile.id == provider);
    let profile = profile.expect("a provider");
    let endpoint = profile.endpoints.iter().find(|endpoint| endpoint.matches(method, path)).expect("an endpoint");
    Claim::new(profile, endpoint, path, &caller(user), owners).await.map(|claim| claim.expect("a verified user"))
}

fn response(body: &Value) -> Kept {
    Kept { status: StatusCode::OK, headers: HeaderMap::new(), body: body.to_string().into(), details: Details::NONE }
}

async fn apply(claim: &Claim, body: Value) -> (u16, Value) {
    let applied = claim.apply(response(&body)).await;
    (applied.status.as_u16(), serde_json::from_slice(&applied.body).expect("JSON"))
}

const CREATE: (&str, Method, &str) = ("apiframe", Method::Post, "/v2/assets/create");
const STATUS: (&str, Method, &str) = ("apiframe", Method::Get, "/v2/assets/abc");
const LIST: (&str, Method, &str) = ("onerouter", Method::Get, "/v1/list/resources");
const COMPLETE: (&str, Method, &str) = ("modelhunter", Method::Post, "/api/v1/files/file_1/complete");
const DELETE: (&str, Method, &str) = ("onerouter", Method::Delete, "/v1/delete/resources/2");

#[tokio::test]
async fn without_a_user_nothing_is_restricted() {
    let profile = PROVIDERS[0].profile();
    let owners = Arc::new(Owners::new(None));
    let claim = Claim::new(profile, &profile.endpoints[0], "/", &Caller::ANONYMOUS, &owners).await;
    assert!(claim.expect("no refusal").is_none());
}

#[tokio::test]
async fn an_id_that_no_response_shows_belongs_to_its_creator() {
    let owners = Arc::new(Owners::new(None));
    assert_eq!(claim(&owners, "alice", STATUS).await.err(), Some(NOT_YOURS), "unknown");
    let create = claim(&owners, "alice", CREATE).await.expect("a claim");
    assert_eq!(apply(&create, json!({ "assetId": "abc" })).await, (200, json!({ "assetId": "abc" })));
    let status = claim(&owners, "alice", STATUS).await.expect("a claim");
    assert_eq!(apply(&status, json!({ "status": "Active" })).await, (200, json!({ "status": "Active" })));
    assert_eq!(claim(&owners, "bob", STATUS).await.err(), Some(NOT_YOURS));
}

#[tokio::test]
async fn a_name_with_the_callers_tag_shows_the_owner_and_loses_the_tag() {
    let owners = Arc::new(Owners::new(None));
    let body = json!({ "data": { "id": "file_1", "filename": caller("alice").owner.file_name("a.png") } });
    let alice = claim(&owners, "alice", COMPLETE).await.expect("a claim");
    assert_eq!(apply(&alice, body.clone()).await, (200, json!({ "data": { "id": "file_1", "filename": "a.png" } })));
    let bob = claim(&owners, "bob", COMPLETE).await.expect("a claim");
    for body in [body, json!({ "data": { "filename": "a.png" } }), json!({ "data": {} }), json!("text")] {
        let (status, json) = apply(&bob, body).await;
        assert_eq!((status, &json["error"]["code"]), (404, &json!("not_found")));
    }
    let html =
        Kept { status: StatusCode::OK, headers: HeaderMap::new(), body: "<html>".into(), details: Details::NONE };
    assert_eq!(bob.apply(html).await.status, 404);
    let failed = Kept { status: StatusCode::CONFLICT, ..response(&json!({ "code": "x" })) };
    assert_eq!(bob.apply(failed.clone()).await, failed);
}

#[tokio::test]
async fn a_list_has_the_callers_assets_only() {
    let owners = Arc::new(Owners::new(None));
    owners.remember("onerouter", "3", caller("alice").owner).await;
    owners.remember("onerouter", "4", caller("bob").owner).await;
    let item = |id: u32, name: String| json!({ "id": id, "file_name": name });
    let items = [
        item(1, caller("alice").owner.file_name("a.png")),
        item(2, caller("bob").owner.file_name("b.png")),
        item(3, "from-a-url.png".into()),
        item(4, "from-a-url.png".into()),
        item(5, "someone.png".into()),
        json!({ "id": 6 }),
    ];
    let list = claim(&owners, "alice", LIST).await.expect("a claim");
    let (status, json) = apply(&list, json!({ "data": { "items": items, "total": 6 } })).await;
    let own = [item(1, "a.png".into()), item(3, "from-a-url.png".into())];
    assert_eq!((status, json), (200, json!({ "data": { "items": own, "total": 6 } })));
}

#[tokio::test]
async fn a_delete_reads_the_asset_first_unless_the_owner_is_known() {
    let owners = Arc::new(Owners::new(None));
    let delete = claim(&owners, "alice", DELETE).await.expect("a claim");
    assert_eq!(delete.check_first().as_deref(), Some("/v1/status/resources/2"));
    let shown = |name: String| delete.is_shown_by(&response(&json!({ "data": { "file_name": name } })));
    assert!(shown(caller("alice").owner.file_name("a.png")));
    assert!(!shown(caller("bob").owner.file_name("a.png")) && !shown("a.png".into()));
    owners.remember("onerouter", "2", caller("alice").owner).await;
    let known = claim(&owners, "alice", DELETE).await.expect("a claim");
    assert_eq!(known.check_first(), None);
    assert_eq!(claim(&owners, "bob", DELETE).await.err(), Some(NOT_YOURS));
    apply(&known, json!({ "data": { "deleted": true } })).await;
    assert!(claim(&owners, "alice", DELETE).await.expect("a claim").check_first().is_some(), "forgotten");
}

/// The request body after marking, and its length header.
async fn mark(claim: &Claim, content_type: &str, body: &str) -> Result<(String, String), Refusal> {
    let request = Request::builder().header("content-type", content_type).header("content-length", body.len());
    let (mut parts, ()) = request.body(()).expect("a request").into_parts();
    let marked = claim.mark(&mut parts, Body::from(body.to_owned())).await?;
    let text = to_bytes(marked, usize::MAX).await.map_err(|_| NO_FORM)?;
    let length = parts.headers[header::CONTENT_LENGTH].to_str().expect("text").to_owned();
    Ok((String::from_utf8(text.to_vec()).expect("text"), length))
}

#[tokio::test]
async fn file_names_get_the_tag_on_their_way() {
    let owners = Arc::new(Owners::new(None));
    let ticket = claim(&owners, "alice", ("modelhunter", Method::Post, "/api/v1/files/upload-url")).await;
    let ticket = ticket.expect("a claim");
    let (text, length) =
        mark(&ticket, "application/json", r#"{"filename":"a.png","sizeBytes":9}"#).await.expect("JSON");
    let json: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(json, json!({ "filename": caller("alice").owner.file_name("a.png"), "sizeBytes": 9 }));
    assert_eq!(length, text.len().to_string());

    let form = claim(&owners, "alice", ("relaydance", Method::Post, "/v1/files")).await.expect("a claim");
    let body = "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\n1\r\n--B--\r\n";
    let (text, length) = mark(&form, "multipart/form-data; boundary=B", body).await.expect("a form");
    assert!(text.contains(&format!("filename=\"{}-a.png\"", caller("alice").owner)), "{text}");
    assert_eq!(length, text.len().to_string());

    for (content_type, body) in [("text/plain", "x"), ("application/json", "[1]"), ("application/json", "{"), ("", "")]
    {
        assert!(mark(&ticket, content_type, body).await.is_err(), "{content_type} {body}");
    }
}

#[tokio::test]
async fn the_largest_length_of_a_form_does_not_overflow() {
    let owners = Arc::new(Owners::new(None));
    let claim = claim(&owners, "alice", ("relaydance", Method::Post, "/v1/files")).await.expect("a claim");
    let request = Request::builder().header("content-type", "multipart/form-data; boundary=B");
    let (mut parts, ()) =
        request.header("content-length", u64::MAX.to_string()).body(()).expect("a request").into_parts();
    let _form = claim.mark(&mut parts, Body::empty()).await.expect("a form");
    assert_eq!(parts.headers["content-length"], u64::MAX.to_string());
}
