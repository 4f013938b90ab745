//! The `pre-create` hook.

use std::time::{Duration, Instant};

use axum::Json;
use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use mediaferry_gateway::hooks::{HookOutcome, HookSecret, Hooks, HooksConfig, PreCreate, PreCreateError};
use mediaferry_gateway::limits::LowerLimits;
use serde_json::{Value, json};

use crate::receiver::{Receiver, config, is_valid, secret};

const UPLOAD: PreCreate<'_> = PreCreate {
    subject: "ada",
    provider: Some("apiframe"),
    content_type: Some("image/png"),
    size_bytes: Some(62_000_000),
    sha256: None,
    file_name: Some("sommer ☀.png"),
};

fn hooks(receiver: &Receiver) -> Hooks {
    start(HooksConfig { post_finish: None, ..config(receiver) })
}

fn start(config: HooksConfig) -> Hooks {
    Hooks::start(config, None).expect("hooks")
}

fn json_response(body: Value) -> Response {
    Json(body).into_response()
}

#[tokio::test]
async fn app_receives_the_upload_with_a_signature_for_each_secret() {
    let receiver = Receiver::start().await;
    let secrets = [1, 2].map(|number| HookSecret::parse(&secret(number)).expect("a secret"));
    let hooks = start(HooksConfig { post_finish: None, secrets: secrets.to_vec(), ..config(&receiver) });
    assert_eq!(hooks.pre_create(&UPLOAD).await, Ok(LowerLimits::default()));
    let requests = receiver.received();
    let [request] = requests.as_slice() else { panic!("{} requests", requests.len()) };
    assert_eq!(request.body["type"], "pre-create");
    assert_eq!(
        request.body["data"],
        json!({
            "subject": "ada", "provider": "apiframe", "content_type": "image/png", "size_bytes": 62_000_000, "sha256": null,
            "file_name": "sommer ☀.png",
        })
    );
    assert!(is_valid(request, &secret(1)) && is_valid(request, &secret(2)) && !is_valid(request, &secret(3)));
    assert_eq!(hooks.counts().get(HookOutcome::Accepted), 1);
}

#[tokio::test]
async fn app_can_accept_reject_or_lower_limits() {
    let receiver = Receiver::start().await;
    let hooks = hooks(&receiver);
    for body in [json!({}), json!({ "limits": {}, "reject": null, "more": [1] })] {
        receiver.respond(move |_| json_response(body.clone()));
        assert_eq!(hooks.pre_create(&UPLOAD).await, Ok(LowerLimits::default()));
    }
    receiver.respond(|_| json_response(json!({ "limits": { "max_bytes": 7, "concurrent_uploads": 1 } })));
    let lower = LowerLimits { max_bytes: Some(7), concurrent_uploads: Some(1), ..LowerLimits::default() };
    assert_eq!(hooks.pre_create(&UPLOAD).await, Ok(lower));

    for (message, shown) in [
        ("Your plan ends at 50 MB.".to_owned(), "Your plan ends at 50 MB.".to_owned()),
        ("a\u{1b}[31m\r\nb".to_owned(), "a[31mb".to_owned()),
        ("é".repeat(501), "é".repeat(500)),
        (" \n".to_owned(), "The upload was rejected.".to_owned()),
    ] {
        receiver.respond(move |_| json_response(json!({ "reject": { "message": message }, "limits": {} })));
        assert_eq!(hooks.pre_create(&UPLOAD).await, Err(PreCreateError::Rejected(shown)));
    }
    assert_eq!(hooks.counts().get(HookOutcome::Rejected), 4);
}

#[tokio::test]
async fn without_a_valid_response_the_upload_is_rejected_unless_configured() {
    let receiver = Receiver::start().await;
    let closed = hooks(&receiver);
    let open = start(HooksConfig { post_finish: None, fail_open: true, ..config(&receiver) });
    let responders: [fn() -> Response; 8] = [
        || StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        || (StatusCode::FORBIDDEN, Json(json!({ "reject": { "message": "by a firewall" } }))).into_response(),
        || (StatusCode::OK, "accepted").into_response(),
        || json_response(json!({ "limits": { "max_bytes": -1 } })),
        || json_response(json!({ "reject": "no" })),
        || json_response(json!({ "more": "x".repeat(64 * 1024) })),
        || (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, "/elsewhere")]).into_response(),
        || Body::from_stream(futures::stream::pending::<Result<String, std::io::Error>>()).into_response(),
    ];
    let count = responders.len();
    for responder in responders {
        receiver.respond(move |_| responder());
        let start = Instant::now();
        assert_eq!(closed.pre_create(&UPLOAD).await, Err(PreCreateError::Unavailable));
        assert!(start.elapsed() < Duration::from_secs(2));
        assert_eq!(open.pre_create(&UPLOAD).await, Ok(LowerLimits::default()));
    }
    assert!(receiver.received().iter().all(|request| request.path == "/hooks"), "redirects are not followed");
    assert_eq!(receiver.received().len(), 2 * count, "one request per upload");
    assert_eq!((closed.counts().get(HookOutcome::Failed), open.counts().get(HookOutcome::Failed)), (8, 8));
}

#[tokio::test]
async fn app_that_cannot_be_reached_or_is_silent_ends_in_time() {
    let receiver = Receiver::start().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let silent = format!("http://{}/", listener.local_addr().expect("an address"));
    for url in ["http://127.0.0.1:1/", &silent] {
        let config = HooksConfig { pre_create: url.parse().ok(), post_finish: None, ..config(&receiver) };
        let start_time = Instant::now();
        assert_eq!(start(config).pre_create(&UPLOAD).await, Err(PreCreateError::Unavailable));
        assert!(start_time.elapsed() < Duration::from_secs(2));
    }
}

#[tokio::test]
async fn rejection_is_a_403_and_an_unavailable_app_a_503() {
    let rejected = PreCreateError::Rejected("No.".to_owned()).into_response();
    assert_eq!(rejected.status(), StatusCode::FORBIDDEN);
    let body = axum::body::to_bytes(rejected.into_body(), 1000).await.expect("a body");
    let expected = json!({ "error": { "code": "rejected", "message": "No.", "sent": false } });
    assert_eq!(serde_json::from_slice::<Value>(&body).expect("JSON"), expected);
    let unavailable = PreCreateError::Unavailable.into_response();
    assert_eq!(
        (unavailable.status(), &unavailable.headers()["retry-after"]),
        (StatusCode::SERVICE_UNAVAILABLE, &"5".parse().expect("a header"))
    );
}

#[tokio::test]
async fn without_a_hook_every_upload_is_accepted() {
    assert_eq!(start(HooksConfig::default()).pre_create(&UPLOAD).await, Ok(LowerLimits::default()));
}
