//! Every endpoint with the credentials of every other user: none reaches what Alice has created.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use mediaferry::providers::PROVIDERS;
use ring::hmac;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::common::{Gateway, Reply, send};
use crate::valkey::Server;

pub(crate) const SECRET: &str = "a-secret-of-at-least-32-bytes-for-tests";
const ATTEMPT: &str = "0123456789abcdef0123456789abcdef";

/// All five providers in one: remembers the names of its files and what it has carried out.
#[derive(Clone, Default)]
struct Provider(Arc<Mutex<Files>>);

#[derive(Default)]
struct Files {
    names: Vec<String>,
    requests: Vec<String>,
}

async fn respond(State(provider): State<Provider>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = String::from_utf8(to_bytes(body, 1 << 20).await.expect("a body").to_vec()).expect("text");
    let mut files = provider.0.lock().expect("files");
    let path = parts.uri.path().to_owned();
    files.requests.push(format!("{} {path}", parts.method));
    let json: Value = serde_json::from_str(&body).unwrap_or_default();
    let sent_name = json["filename"].as_str().or_else(|| body.split("filename=\"").nth(1)?.split('"').next());
    let sent_name = sent_name.map(str::to_owned);
    let id = || path.split('/').find_map(|segment| segment.parse::<usize>().ok());
    let name = |files: &Files| id().and_then(|id| files.names.get(id).cloned());
    let body = match (&parts.method, path.as_str()) {
        (&Method::POST, path) if path.ends_with("/complete") => match name(&files) {
            Some(name) => json!({ "success": true, "data": { "id": id(), "filename": name } }),
            None => return StatusCode::NOT_FOUND.into_response(),
        },
        (&Method::POST, _) => {
            files.names.push(sent_name.unwrap_or_else(|| "from-a-url.png".to_owned()));
            let (id, name) = (files.names.len() - 1, files.names.last());
            json!({ "assetId": id.to_string(), "data": { "id": id, "file_id": id.to_string(), "file_name": name } })
        }
        (&Method::DELETE, _) => json!({ "data": { "deleted": true } }),
        (_, path) if path.contains("/list/") => {
            let items = files.names.iter().enumerate().map(|(id, name)| json!({ "id": id, "file_name": name }));
            json!({ "data": { "items": items.collect::<Vec<_>>() } })
        }
        _ => json!({ "status": "Active", "data": { "id": id(), "file_name": name(&files) } }),
    };
    ([("content-type", "application/json")], body.to_string()).into_response()
}

/// A token as the application's backend mints it.
pub(crate) fn token(secret: &str, user: &str, seconds: i64) -> String {
    use base64::Engine;
    let encode = |bytes: &[u8]| base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(bytes);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a time").as_secs().cast_signed();
    let payload = format!("v1.{}", encode(json!({ "sub": user, "exp": now + seconds }).to_string().as_bytes()));
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    format!("{payload}.{}", encode(hmac::sign(&key, payload.as_bytes()).as_ref()))
}

async fn start() -> (Gateway, Provider) {
    let provider = Provider::default();
    (instance(&provider, &[]).await, provider)
}

/// A gateway with further variables; another one of the same provider is another instance.
async fn instance(provider: &Provider, more: &[(&str, &str)]) -> Gateway {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let origin = format!("http://{}", listener.local_addr().expect("an IP address"));
    let app = Router::new().fallback(any(respond)).with_state(provider.clone());
    tokio::spawn(async move { axum::serve(listener, app).await });
    let mut variables = vec![
        ("MEDIAFERRY_IDENTITY_MODE".to_owned(), "token".to_owned()),
        ("MEDIAFERRY_IDENTITY_SECRET".to_owned(), SECRET.to_owned()),
        ("MEDIAFERRY_IDENTITY_OWNER_SECRET".to_owned(), "another-secret-of-at-least-32-bytes".to_owned()),
    ];
    for id in PROVIDERS.iter().map(|provider| provider.profile().id.to_uppercase()) {
        variables.push((format!("MEDIAFERRY_{id}_ORIGIN"), origin.clone()));
        variables.push((format!("MEDIAFERRY_{id}_KEY"), "k".to_owned()));
    }
    for (name, value) in [
        ("ENDPOINT", "https://s3.example"),
        ("REGION", "auto"),
        ("BUCKET", "bucket-1"),
        ("ACCESS_KEY_ID", "id"),
        ("SECRET_ACCESS_KEY", "secret"),
    ] {
        variables.push((format!("MEDIAFERRY_S3_{name}"), value.to_owned()));
    }
    let variables = variables.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    Gateway::start(&[], &variables.chain(more.iter().copied()).collect::<Vec<_>>()).await
}

/// Sends a request with a body that fits the endpoint.
async fn request(gateway: &Gateway, token: Option<&str>, method: &str, path: &str, headers: &[(&str, &str)]) -> Reply {
    let form = path.ends_with("/v1/files") || path.ends_with("/uploads");
    let (content_type, body) = match (method, form) {
        ("POST", true) => (
            "multipart/form-data; boundary=B",
            "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\n1\r\n--B--\r\n".to_owned(),
        ),
        ("POST", false) if path == "/staging" => {
            ("application/json", json!({ "content_type": "image/png", "size_bytes": 9 }).to_string())
        }
        ("POST", false) => {
            ("application/json", json!({ "filename": "a.png", "url": "https://a.example/b" }).to_string())
        }
        _ => ("", String::new()),
    };
    let mut request = gateway.request(method, path).body(body);
    if !content_type.is_empty() {
        request = request.header("content-type", content_type);
    }
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    send(headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))).await
}

/// Every method and path of every provider, with this id, and the gateway's own.
fn routes(id: &str) -> Vec<(String, String)> {
    let endpoints = PROVIDERS.iter().flat_map(|provider| {
        let profile = provider.profile();
        profile.endpoints.iter().map(move |endpoint| {
            let segments = endpoint.path.split('/').map(|part| if part.starts_with('{') { id } else { part });
            let path = segments.collect::<Vec<_>>().join("/");
            (endpoint.method.as_str().to_owned(), format!("/providers/{}{path}", profile.id))
        })
    });
    let own = [("POST", "/staging".to_owned()), ("GET", format!("/attempts/{ATTEMPT}?age=0"))];
    endpoints.chain(own.map(|(method, path)| (method.to_owned(), path))).collect()
}

#[tokio::test]
async fn without_valid_credentials_no_route_can_be_reached() {
    let (gateway, provider) = start().await;
    let valid = token(SECRET, "alice", 60);
    let tampered = valid.replacen("v1.", "v1.A", 1);
    let credentials = [
        None,
        Some(""),
        Some("x"),
        Some(&token(SECRET, "alice", -120)),
        Some(&token("another-secret-of-at-least-32-bytes", "alice", 60)),
        Some(&tampered),
        Some(&valid[..valid.len() - 2]),
    ];
    for (method, path) in routes("0") {
        for credential in credentials {
            let reply = request(&gateway, credential, &method, &path, &[]).await;
            assert_eq!(reply.error(), (401, "unauthorized".to_owned()), "{method} {path} {credential:?}");
        }
    }
    assert!(provider.0.lock().expect("files").requests.is_empty());
}

#[tokio::test]
async fn no_other_user_reaches_what_alice_has_created() {
    let (gateway, provider) = start().await;
    let (alice, bob) = (token(SECRET, "alice", 60), token(SECRET, "bob", 60));
    // One asset of Alice at each provider, by every endpoint that creates one.
    let creating: Vec<_> =
        routes("none").into_iter().filter(|(method, path)| method == "POST" && !path.contains("none")).collect();
    for (method, path) in &creating {
        assert_eq!(request(&gateway, Some(&alice), method, path, &[]).await.status, 200, "{path}");
    }
    let created = provider.0.lock().expect("files").names.len();
    for id in 0..created {
        for (method, path) in routes(&id.to_string())
            .into_iter()
            .filter(|(_, path)| path.starts_with("/providers/") && path.contains(&format!("/{id}")))
        {
            let reply = request(&gateway, Some(&bob), &method, &path, &[]).await;
            assert_eq!(reply.error(), (404, "not_found".to_owned()), "{method} {path}");
        }
    }
    let list = "/providers/onerouter/v1/list/resources";
    let items = |reply: Reply| reply.json()["data"]["items"].as_array().expect("items").clone();
    assert_eq!(items(request(&gateway, Some(&bob), "GET", list, &[]).await), Vec::<Value>::new());
    assert!(!items(request(&gateway, Some(&alice), "GET", list, &[]).await).is_empty());
    let requests = provider.0.lock().expect("files").requests.clone();
    assert!(!requests.iter().any(|request| request.starts_with("DELETE")), "{requests:?}");
}

#[tokio::test]
async fn an_attempt_belongs_to_its_user() {
    let (gateway, provider) = start().await;
    let (alice, bob) = (token(SECRET, "alice", 60), token(SECRET, "bob", 60));
    let path = "/providers/relaydance/v1/files";
    let once = [("mediaferry-attempt", ATTEMPT)];
    let creations = || provider.0.lock().expect("files").names.len();
    request(&gateway, Some(&alice), "POST", path, &once).await;
    request(&gateway, Some(&alice), "POST", path, &once).await;
    assert_eq!(creations(), 1, "Alice's repetition");
    request(&gateway, Some(&bob), "POST", path, &once).await;
    assert_eq!(creations(), 2, "Bob's request is another one");
    let tags: Vec<_> = provider.0.lock().expect("files").names.iter().map(|name| name[..24].to_owned()).collect();
    assert_ne!(tags[0], tags[1]);
    tokio::time::sleep(Duration::from_millis(10)).await;
    let outcome = format!("/attempts/{}?age=0", ATTEMPT.replace('0', "1"));
    assert_eq!(request(&gateway, Some(&alice), "GET", &outcome, &[]).await.json()["state"], "forgotten");
}

#[tokio::test]
async fn alice_keeps_her_assets_and_their_names() {
    let (gateway, provider) = start().await;
    let alice = token(SECRET, "alice", 60);
    let status = async |method, path: &str| request(&gateway, Some(&alice), method, path, &[]).await;
    status("POST", "/providers/modelhunter/api/v1/files/upload-url").await;
    let complete = status("POST", "/providers/modelhunter/api/v1/files/0/complete").await;
    assert_eq!((complete.status.as_u16(), &complete.json()["data"]["filename"]), (200, &json!("a.png")));
    assert!(provider.0.lock().expect("files").names[0].ends_with("-a.png"));
    status("POST", "/providers/apiframe/v2/assets/create").await;
    assert_eq!(status("GET", "/providers/apiframe/v2/assets/1").await.status, 200);
    let ticket = status("POST", "/staging").await.json();
    assert!(ticket["put_url"].as_str().expect("a URL").contains("/staging/"), "{ticket}");
}

#[tokio::test]
async fn instances_that_share_valkey_know_the_same_owners() {
    let Some(mut server) = Server::start().await else { return };
    let provider = Provider::default();
    let url = server.url();
    let shared = [("MEDIAFERRY_VALKEY", url.as_str())];
    let (one, two) = (instance(&provider, &shared).await, instance(&provider, &shared).await);
    let (alice, bob) = (token(SECRET, "alice", 60), token(SECRET, "bob", 60));
    let path = "/providers/apiframe/v2/assets/0";
    assert_eq!(request(&one, Some(&alice), "POST", "/providers/apiframe/v2/assets/create", &[]).await.status, 200);
    assert_eq!(request(&two, Some(&alice), "GET", path, &[]).await.status, 200);
    assert_eq!(request(&two, Some(&bob), "GET", path, &[]).await.error(), (404, "not_found".to_owned()));
    server.kill();
    assert_eq!(request(&one, Some(&alice), "GET", path, &[]).await.status, 200, "it remembers its own");
    assert_eq!(request(&two, Some(&alice), "GET", path, &[]).await.error(), (503, "owner_unavailable".to_owned()));
}

#[tokio::test]
async fn a_form_with_two_files_is_refused_and_the_message_says_so() {
    let (gateway, provider) = start().await;
    let file =
        |name: &str| format!("--B\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"a.png\"\r\n\r\nx\r\n");
    let request = gateway.request("POST", "/providers/relaydance/v1/files").bearer_auth(token(SECRET, "alice", 60));
    let request = request.header("content-type", "multipart/form-data; boundary=B");
    let refused = send(request.body([&file("a"), &file("b"), "--B--\r\n"].concat())).await;
    assert_eq!(refused.error(), (400, "incomplete_request".to_owned()));
    assert!(refused.text().contains("not a form with exactly one file"), "{}", refused.text());
    assert!(provider.0.lock().expect("files").names.is_empty());
}

#[tokio::test]
async fn a_check_of_the_owner_that_fails_says_nothing_about_the_request_itself() {
    let variables = [
        ("MEDIAFERRY_IDENTITY_MODE", "token"),
        ("MEDIAFERRY_IDENTITY_SECRET", SECRET),
        ("MEDIAFERRY_IDENTITY_OWNER_SECRET", "another-secret-of-at-least-32-bytes"),
        ("MEDIAFERRY_ONEROUTER_ORIGIN", "http://127.0.0.1:1"),
        ("MEDIAFERRY_ONEROUTER_KEY", "k"),
    ];
    let gateway = Gateway::start(&[], &variables).await;
    let request = gateway.request("DELETE", "/providers/onerouter/v1/delete/resources/7");
    let reply = send(request.bearer_auth(token(SECRET, "alice", 60))).await;
    assert_eq!(reply.error(), (502, "provider_unreachable".to_owned()));
    assert_eq!(reply.json()["error"]["sent"], Value::Null);
}
