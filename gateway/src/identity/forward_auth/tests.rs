use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode as Status;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use futures::future::join_all;
use tokio::time::{sleep, timeout};

use super::super::testing::{USER_HEADER, client, request, serve};
use super::*;

/// The default of the setting.
const CACHE: Duration = Duration::from_secs(10);

/// The requests that the session endpoint received.
type Seen = Arc<Mutex<Vec<HeaderMap>>>;

/// A session endpoint: `session=<user>` is a session of that user, or of the kind that the name says.
async fn respond(seen: Seen, request: Request) -> Response {
    seen.lock().expect("a list").push(request.headers().clone());
    let cookie = request.headers().get(header::COOKIE).map(|cookie| cookie.to_str().expect("text").to_owned());
    match cookie.as_deref().unwrap_or("session=none") {
        "session=expired" => Status::UNAUTHORIZED.into_response(),
        "session=forbidden" => Status::FORBIDDEN.into_response(),
        "session=broken" => Status::INTERNAL_SERVER_ERROR.into_response(),
        "session=login" => Redirect::to("/login").into_response(),
        "session=none" => Status::OK.into_response(),
        "session=twice" => {
            let mut response = [(USER_HEADER, "alice")].into_response();
            response.headers_mut().append(USER_HEADER, "bob".parse().expect("a value"));
            response
        }
        "session=slow" => {
            sleep(Duration::from_millis(200)).await;
            [(USER_HEADER, "slow")].into_response()
        }
        cookie => (Status::NO_CONTENT, [(USER_HEADER, cookie.replace("session=", ""))]).into_response(),
    }
}

async fn endpoint(cache: Duration) -> (Seen, ForwardAuth) {
    let seen = Seen::default();
    let shared = Arc::clone(&seen);
    let handler = get(move |request| respond(Arc::clone(&shared), request));
    let app = Router::new().route("/", handler).route("/login", get(async || [(USER_HEADER, "alice")]));
    let config = ForwardAuthConfig { url: serve(app).await, header: USER_HEADER, cache };
    (seen, ForwardAuth::new(config, &client()))
}

async fn subject(method: &ForwardAuth, headers: &[(&str, &str)]) -> Result<String, IdentityError> {
    method.subject(&request(headers)).await.map(|subject| subject.as_str().to_owned())
}

async fn cookie(method: &ForwardAuth, user: &str) -> Result<String, IdentityError> {
    subject(method, &[("cookie", &format!("session={user}"))]).await
}

fn count(seen: &Seen) -> usize {
    seen.lock().expect("a list").len()
}

#[tokio::test]
async fn a_session_is_asked_for_once_and_again_after_the_cache_time() {
    let (seen, method) = endpoint(Duration::from_millis(300)).await;
    for _ in 0..3 {
        assert_eq!(cookie(&method, "alice").await, Ok("alice".into()));
    }
    assert_eq!(count(&seen), 1);
    sleep(Duration::from_millis(350)).await;
    assert_eq!(cookie(&method, "alice").await, Ok("alice".into()));
    assert_eq!(count(&seen), 2);
}

#[tokio::test]
async fn a_cache_time_of_zero_asks_for_every_request() {
    let (seen, method) = endpoint(Duration::ZERO).await;
    for _ in 0..3 {
        assert_eq!(cookie(&method, "alice").await, Ok("alice".into()));
    }
    assert_eq!(count(&seen), 3);
}

#[tokio::test]
async fn a_session_is_never_returned_for_other_credentials() {
    let (seen, method) = endpoint(CACHE).await;
    let users: Vec<_> = (0..300).map(|number| format!("user-{}", number % 100)).collect();
    let all = join_all(users.iter().map(|user| cookie(&method, user))).await;
    let expected: Vec<_> = users.into_iter().map(Ok).collect();
    assert_eq!(all, expected);
    assert_eq!(count(&seen), 100);
}

#[tokio::test]
async fn concurrent_requests_of_one_session_share_one_subrequest() {
    let (seen, method) = endpoint(CACHE).await;
    let all = join_all((0..50).map(|_| cookie(&method, "slow"))).await;
    assert!(all.iter().all(|user| user.as_deref() == Ok("slow")));
    assert_eq!(count(&seen), 1);
}

#[tokio::test]
async fn a_client_that_disconnects_does_not_fail_the_others() {
    let (_, method) = endpoint(CACHE).await;
    let (first, second) =
        tokio::join!(timeout(Duration::from_millis(50), cookie(&method, "slow")), cookie(&method, "slow"));
    assert!(first.is_err());
    assert_eq!(second, Ok("slow".into()));
}

#[tokio::test]
async fn sessions_that_are_refused_are_not_kept() {
    let (seen, method) = endpoint(CACHE).await;
    for user in ["expired", "forbidden"] {
        for _ in 0..2 {
            assert_eq!(cookie(&method, user).await, Err(IdentityError::Unauthorized(Reason::Session)));
        }
    }
    assert_eq!(count(&seen), 4);
}

#[tokio::test]
async fn responses_without_a_clear_answer_are_unavailable() {
    let (_, mut method) = endpoint(CACHE).await;
    method.timeout = Duration::from_millis(50);
    for user in ["broken", "login", "none", "twice", "slow"] {
        assert_eq!(cookie(&method, user).await, Err(IdentityError::Unavailable), "{user}");
    }
}

#[tokio::test]
async fn an_endpoint_that_cannot_be_reached_is_unavailable() {
    let url = Url::parse("http://127.0.0.1:1/").expect("a URL");
    let config = ForwardAuthConfig { url, header: USER_HEADER, cache: CACHE };
    assert_eq!(cookie(&ForwardAuth::new(config, &client()), "alice").await, Err(IdentityError::Unavailable));
}

#[tokio::test]
async fn the_subrequest_has_the_credentials_and_the_request_line_and_nothing_else() {
    let (seen, method) = endpoint(CACHE).await;
    let mut parts = request(&[
        ("cookie", "session=alice"),
        ("authorization", "Basic YTpi"),
        ("x-mediaferry-user", "mallory"),
        ("x-forwarded-uri", "/public"),
        ("content-type", "image/png"),
        ("content-length", "5"),
    ]);
    parts.method = axum::http::Method::POST;
    parts.uri = "/staging?signature=x".parse().expect("a URI");
    assert!(method.subject(&parts).await.is_ok());
    let seen = seen.lock().expect("a list");
    let mut headers: Vec<_> =
        seen[0].iter().map(|(name, value)| format!("{name}: {}", value.to_str().expect("text"))).collect();
    headers.retain(|header| !["host", "accept", "user-agent"].contains(&header.split(':').next().expect("a name")));
    headers.sort();
    assert_eq!(
        headers,
        ["authorization: Basic YTpi", "cookie: session=alice", "x-forwarded-method: POST", "x-forwarded-uri: /staging"]
    );
}

#[tokio::test]
async fn requests_without_credentials_are_refused_without_a_subrequest() {
    let (seen, method) = endpoint(CACHE).await;
    let refused = Err(IdentityError::Unauthorized(Reason::MissingSession));
    assert_eq!(subject(&method, &[("x-mediaferry-user", "alice")]).await, refused);
    assert_eq!(count(&seen), 0);
}

#[test]
fn credentials_that_differ_in_a_header_or_a_boundary_have_different_fingerprints() {
    let mut seen = std::collections::HashSet::new();
    for headers in [
        &[("cookie", "ab")][..],
        &[("cookie", "a"), ("cookie", "b")],
        &[("cookie", "acookieb")],
        &[("cookie", "b"), ("cookie", "a")],
        &[("authorization", "ab")],
        &[("cookie", "a"), ("authorization", "b")],
        &[("cookie", "b"), ("authorization", "a")],
        &[("cookie", ""), ("authorization", "ab")],
        &[("cookie", "ab"), ("authorization", "")],
    ] {
        assert!(seen.insert(fingerprint(&credentials(&request(headers).headers))), "{headers:?}");
    }
}
