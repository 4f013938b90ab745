//! `mediaferry-gateway doctor`, with a bucket and a provider that misbehave in one way each.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use jiff::SignedDuration;
use tokio::net::TcpListener;

use crate::common::bucket::{self, Behaviour, SECRET};
use crate::common::multipart::Operation;
use crate::program::command;

/// Runs the command; returns its exit code and its lines.
async fn doctor(variables: Vec<(String, String)>) -> (Option<i32>, Vec<String>) {
    let output = tokio::task::spawn_blocking(|| command().arg("doctor").envs(variables).output());
    let output = output.await.expect("a task").expect("a process");
    let text = String::from_utf8([output.stdout, output.stderr].concat()).expect("text");
    for secret in [SECRET, "river-live-1", "X-Amz", "Signature=", "Bearer"] {
        assert!(!text.contains(secret), "{secret} is in {text}");
    }
    (output.status.code(), text.lines().map(str::to_owned).collect())
}

async fn with_bucket(behaviour: Behaviour) -> (Option<i32>, Vec<String>) {
    let (endpoint, objects) = bucket::start(behaviour).await;
    let found = doctor(owned(&bucket::variables(&endpoint))).await;
    assert_eq!(objects.lock().expect("objects").len(), 0, "no object remains");
    found
}

fn owned(variables: &[(&str, &str)]) -> Vec<(String, String)> {
    variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// The only failed line.
fn failure((code, lines): (Option<i32>, Vec<String>)) -> String {
    let failed: Vec<_> = lines.iter().filter(|line| line.starts_with("FAILED")).collect();
    assert_eq!((code, failed.len()), (Some(1), 1), "{lines:#?}");
    failed[0].clone()
}

#[tokio::test]
async fn a_working_bucket_passes_every_test() {
    let (code, lines) = with_bucket(Behaviour::default()).await;
    assert_eq!(code, Some(0), "{lines:#?}");
    let names = ["clock", "bucket put", "bucket get", "bucket delete", "bucket parts", "bucket cors https://app"];
    for name in names {
        assert!(lines.iter().any(|line| line.starts_with(&format!("ok      {name}"))), "{name}: {lines:#?}");
    }
}

#[tokio::test]
async fn a_wrong_secret_is_named() {
    let behaviour = Behaviour { error: Some("SignatureDoesNotMatch"), ..Behaviour::default() };
    let line = failure(with_bucket(behaviour).await);
    assert!(
        line.starts_with("FAILED  bucket put: status 403 SignatureDoesNotMatch; check s3.secret_access_key"),
        "{line}"
    );
}

#[tokio::test]
async fn a_missing_cors_rule_is_printed() {
    for cors in [None, Some(("https://other.example", "*")), Some(("*", "content-type"))] {
        let line = failure(with_bucket(Behaviour { cors, ..Behaviour::default() }).await);
        let (start, rule) = line.split_once("set this CORS rule for the bucket: ").expect("a rule");
        assert!(start.starts_with("FAILED  bucket cors https://app.example: "), "{line}");
        let rule: serde_json::Value = serde_json::from_str(rule).expect("JSON");
        let rule = &rule["CORSRules"][0];
        assert_eq!(rule["AllowedOrigins"][0], "https://app.example");
        assert_eq!(rule["AllowedHeaders"], serde_json::json!(["x-amz-acl", "x-amz-checksum-sha256", "content-type"]));
    }
}

#[tokio::test]
async fn a_clock_that_is_20_minutes_off_is_named() {
    for (ahead, text) in [(20, "s behind that of the bucket"), (-20, "s ahead of that of the bucket")] {
        let behaviour = Behaviour { ahead: SignedDuration::from_mins(ahead), ..Behaviour::default() };
        let line = failure(with_bucket(behaviour).await);
        assert!(line.starts_with("FAILED  clock: 1") && line.contains(text) && line.contains("synchronize"), "{line}");
    }
}

#[tokio::test]
async fn whether_the_store_honours_if_none_match_is_tested() {
    let cors = Some(("https://app.example", "content-type, x-amz-acl, x-amz-checksum-sha256, if-none-match"));
    for (conditional, wanted, start) in [
        (true, false, "note    bucket if-none-match: an upload URL can replace"),
        (false, false, "note    bucket if-none-match: the store ignores it"),
        (true, true, "ok      bucket if-none-match: "),
        (false, true, "FAILED  bucket if-none-match: the store ignores it"),
    ] {
        let (endpoint, _) = bucket::start(Behaviour { cors, conditional, ..Behaviour::default() }).await;
        let mut variables = owned(&bucket::variables(&endpoint));
        variables.extend(owned(&[("MEDIAFERRY_S3_IF_NONE_MATCH", if wanted { "true" } else { "false" })]));
        let (code, lines) = doctor(variables).await;
        assert_eq!(code, Some(i32::from(start.starts_with("FAILED"))), "{lines:#?}");
        assert!(lines.iter().any(|line| line.starts_with(start)), "{start} is not in {lines:#?}");
    }
    let (endpoint, _) = bucket::start(Behaviour::default()).await;
    let mut variables = owned(&bucket::variables(&endpoint));
    variables.extend(owned(&[("MEDIAFERRY_S3_IF_NONE_MATCH", "true")]));
    let line = failure(doctor(variables).await);
    assert!(line.contains("does not allow the header if-none-match") && line.contains(r#""if-none-match""#), "{line}");
}

#[tokio::test]
async fn what_a_bucket_cannot_do_with_parts_is_named() {
    let (_, lines) = with_bucket(Behaviour::default()).await;
    let works = "ok      bucket parts: uploads in parts work; the store does not keep the SHA-256 of a part";
    assert!(lines.iter().any(|line| line == works), "{lines:#?}");
    for (operation, code, start) in [
        (
            Operation::Create,
            0,
            "note    bucket parts: large files are sent in one PUT, because the store does not create",
        ),
        (
            Operation::ListParts,
            0,
            "note    bucket parts: large files are sent in one PUT, because the store does not list",
        ),
        (
            Operation::PutPart,
            1,
            "FAILED  bucket parts: a part is rejected: status 403 AccessDenied; grant s3:PutObject",
        ),
    ] {
        let (exit, lines) = with_bucket(Behaviour { rejected: Some(operation), ..Behaviour::default() }).await;
        let line = lines.iter().find(|line| line.starts_with(start));
        assert!(line.is_some_and(|line| line.contains("AccessDenied") && line.contains("grant")), "{lines:#?}");
        assert_eq!(exit, Some(code), "{lines:#?}");
    }
    let (endpoint, _) = bucket::start(Behaviour { rejected: Some(Operation::Abort), ..Behaviour::default() }).await;
    let (code, lines) = doctor(owned(&bucket::variables(&endpoint))).await;
    let start = "note    bucket parts: the store does not abort them";
    assert!(lines.iter().any(|line| line.starts_with(start)), "{lines:#?}");
    assert_eq!(code, Some(0));
}

#[tokio::test]
async fn an_unreachable_bucket_and_provider_are_named() {
    let mut variables = owned(&bucket::variables("http://127.0.0.1:1"));
    variables.extend(owned(&[
        ("MEDIAFERRY_RELAYDANCE_ORIGIN", "http://127.0.0.1:1"),
        ("MEDIAFERRY_RELAYDANCE_KEY", "river-live-1"),
    ]));
    let (code, lines) = doctor(variables).await;
    assert_eq!(code, Some(1));
    for (name, setting) in [("bucket put", "s3.endpoint"), ("provider relaydance", "providers.relaydance.origin")] {
        let line = lines.iter().find(|line| line.starts_with(&format!("FAILED  {name}"))).expect(name);
        assert!(line.contains("onnection refused") && line.contains(setting), "{line}");
    }
}

#[tokio::test]
async fn a_provider_is_reached_without_the_key() {
    let heads = Arc::new(Mutex::new(Vec::new()));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let origin = format!("http://{}", listener.local_addr().expect("an IP address"));
    let seen = Arc::clone(&heads);
    let app = Router::new().fallback(async move |request: Request| {
        seen.lock().expect("heads").push(format!("{:?}", request.headers()));
        StatusCode::NOT_FOUND
    });
    tokio::spawn(async move { axum::serve(listener, app).await });
    let variables = [("MEDIAFERRY_RELAYDANCE_ORIGIN", origin.as_str()), ("MEDIAFERRY_RELAYDANCE_KEY", "river-live-1")];
    let (code, lines) = doctor(owned(&variables)).await;
    assert_eq!(code, Some(0), "{lines:#?}");
    assert!(lines.iter().any(|line| line.starts_with("ok      provider relaydance: ")), "{lines:#?}");
    let heads = heads.lock().expect("heads");
    assert!(heads.len() == 1 && !heads[0].contains("authorization"), "{heads:?}");
}

#[tokio::test]
async fn unreachable_servers_of_identity_limits_and_hooks_are_named() {
    let closed = "http://127.0.0.1:1/x?token=querysecret";
    let variables = [
        ("MEDIAFERRY_IDENTITY_MODE", "jwt"),
        ("MEDIAFERRY_IDENTITY_JWKS_URL", "http://127.0.0.1:1/keys"),
        ("MEDIAFERRY_IDENTITY_ISSUER", "https://issuer.example"),
        ("MEDIAFERRY_IDENTITY_AUDIENCE", "mediaferry"),
        ("MEDIAFERRY_IDENTITY_OWNER_SECRET", "an-owner-secret-of-at-least-32-bytes"),
        ("MEDIAFERRY_HOOKS_PRE_CREATE", closed),
        ("MEDIAFERRY_HOOKS_SECRET", "whsec_bWVkaWFmZXJyeS1ob29rLXRlc3Qtc2VjcmV0LTAwMDE="),
        ("MEDIAFERRY_VALKEY", "redis://user:swordfish@127.0.0.1:1/0"),
    ];
    let (code, lines) = doctor(variables.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()).await;
    assert_eq!(code, Some(1), "{lines:?}");
    for start in ["FAILED  jwks: ", "FAILED  hook pre-create: ", "FAILED  valkey: "] {
        assert!(lines.iter().any(|line| line.starts_with(start)), "{start} is missing in {lines:?}");
    }
    assert!(!lines.concat().contains("querysecret") && !lines.concat().contains("swordfish"), "{lines:?}");
}
