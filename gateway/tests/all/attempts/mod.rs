//! Once-only requests: each id reaches the provider once, whatever becomes of the connections.

mod broken;
mod questions;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::common::raw::{Connection, FILES, Message, Provider, head};
use crate::common::{Gateway, Reply, send};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::{Router, routing::post};
use futures::future::join_all;

/// An id of 32 digits.
fn id(number: usize) -> String {
    format!("{number:032x}")
}

/// The headers of a once-only request.
fn once(number: usize) -> String {
    format!("mediaferry-attempt: {}\r\n", id(number))
}

/// The headers of a deliberate repetition.
fn again(number: usize, seconds: u64) -> String {
    format!("{}mediaferry-attempt-age: {seconds}\r\n", once(number))
}

/// Sends a whole request on a connection of its own.
async fn ask(gateway: &Gateway, headers: &str) -> Connection {
    let mut client = Connection::to(gateway).await;
    client.send(head(4, headers) + "form").await;
    client
}

/// Takes a whole request at the provider, and answers it.
async fn serve(provider: &Provider, status: &str, body: &str) -> Message {
    let mut connection = provider.accept().await;
    let request = connection.message().await;
    connection.respond(status, body).await;
    request
}

/// Jumps over so much time.
async fn jump(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

#[tokio::test]
async fn a_repetition_after_the_end_gets_the_same_response() {
    let provider = Provider::start().await;
    let gateway = provider.gateway(&[]).await;
    for (number, status) in
        ["201 Created", "429 Too Many Requests\r\nRetry-After: 7", "500 Oops"].into_iter().enumerate()
    {
        let mut client = ask(&gateway, &once(number)).await;
        let request = serve(&provider, &format!("{status}\r\nSet-Cookie: a=b"), "{\"id\":1}").await;
        assert_eq!(request.body, b"form");
        assert!(!request.head.contains("mediaferry-attempt"), "{}", request.head);
        let first = client.message().await;
        assert!(first.head.starts_with(&format!("HTTP/1.1 {}", &status[..3])), "{first:?}");
        assert_eq!(first.head.contains("retry-after: 7\r\n"), status.starts_with("429"), "{first:?}");
        assert!(first.head.contains("content-type: application/json\r\n") && first.body == b"{\"id\":1}", "{first:?}");
        client.send(head(4, &once(number)) + "form").await;
        assert_eq!(client.message().await, first, "on the same connection");
        assert_eq!(ask(&gateway, &again(number, 1)).await.message().await, first, "on another");
    }
    provider.is_left_alone().await;
}

#[tokio::test]
async fn only_the_same_request_is_a_repetition() {
    let provider = Provider::start().await;
    let gateway = provider.gateway(&[]).await;
    for headers in [once(1), once(2), String::new(), String::new(), "mediaferry-attempt-age: 9\r\n".to_owned()] {
        let mut client = ask(&gateway, &headers).await;
        serve(&provider, "201 Created", "{}").await;
        assert_eq!(client.message().await.status(), 201, "{headers}");
    }
    let elsewhere =
        gateway.request("POST", "/providers/worldrouter/v1/images/uploads").header("mediaferry-attempt", id(1));
    assert_eq!(send(elsewhere).await.json()["error"]["code"], "not_configured");
}

#[tokio::test]
async fn a_repetition_while_the_first_runs_waits_for_it() {
    let provider = Provider::start().await;
    let gateway = provider.gateway(&[]).await;
    let mut first = ask(&gateway, &once(1)).await;
    let mut connection = provider.accept().await;
    assert_eq!(connection.message().await.body, b"form");
    // Its body is read, though nobody needs it: a client may read no response before it has sent everything.
    let mut second = Connection::to(&gateway).await;
    second.send(head(20_000_000, &once(1))).await;
    tokio::time::timeout(Duration::from_secs(20), second.send(vec![b'x'; 20_000_000])).await.expect("the body is read");
    provider.is_left_alone().await;
    connection.respond("201 Created", "{\"id\":1}").await;
    let (first, second) = (first.message().await, second.message().await);
    assert_eq!((first.status(), first.body.as_slice()), (201, &b"{\"id\":1}"[..]));
    assert_eq!(first, second);
}

#[tokio::test]
async fn a_repetition_that_sends_no_body_gets_the_response_all_the_same() {
    let provider = Provider::start().await;
    let gateway = provider.gateway(&[]).await;
    let mut first = ask(&gateway, &once(1)).await;
    serve(&provider, "201 Created", "{}").await;
    assert_eq!(first.message().await.status(), 201);
    let mut second = Connection::to(&gateway).await;
    second.send(head(1_000_000, &once(1)) + "a part").await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    jump(Duration::from_secs(31)).await;
    let response = second.message().await;
    assert!(response.status() == 201 && response.head.contains("connection: close"), "{response:?}");
}

#[tokio::test]
async fn a_body_streams_through_once() {
    let provider = Provider::start().await;
    let gateway = provider.gateway(&[]).await;
    let mut client = Connection::to(&gateway).await;
    client.send(head(8, &once(1)) + "one ").await;
    let mut connection = provider.accept().await;
    connection.head().await;
    assert_eq!(connection.body(4).await, b"one ", "the first half comes alone");
    client.send("half").await;
    assert_eq!(connection.body(4).await, b"half");
    connection.respond("201 Created", "{}").await;
    assert_eq!(client.message().await.status(), 201);
}

#[tokio::test]
async fn a_longer_response_is_streamed_and_not_repeated() {
    const LIMIT: usize = 1 << 20;
    let provider = Provider::start().await;
    let gateway = provider.gateway(&[]).await;
    for (number, length) in [LIMIT, LIMIT + 1, 5 * LIMIT].into_iter().enumerate() {
        let mut client = ask(&gateway, &once(number)).await;
        let text = "x".repeat(length);
        let ((), response) =
            tokio::join!(async { drop(serve(&provider, "201 Created", &text).await) }, client.message());
        assert!(response.status() == 201 && response.body == text.as_bytes(), "{length}");
        let repeated = ask(&gateway, &once(number)).await.message().await;
        if length > LIMIT {
            assert_eq!(repeated.error(), (409, "attempt_forgotten".to_owned(), None));
        } else {
            assert!(repeated == response, "{length}");
        }
    }
    provider.is_left_alone().await;
}

#[tokio::test]
async fn ids_and_ages_are_checked() {
    let provider = Provider::start().await;
    let gateway = provider.gateway(&[]).await;
    for headers in [
        "mediaferry-attempt: 1\r\n".to_owned(),
        format!("mediaferry-attempt: {}\r\n", id(0xabc).to_uppercase()),
        format!("{}{}", once(1), once(1)),
        format!("{}mediaferry-attempt-age: 1.5\r\n", once(1)),
    ] {
        assert_eq!(
            ask(&gateway, &headers).await.message().await.error(),
            (400, "bad_attempt".to_owned(), None),
            "{headers}"
        );
    }
    provider.is_left_alone().await;
}

#[tokio::test]
async fn what_may_be_forgotten_is_not_forwarded() {
    let forgotten = (409, "attempt_forgotten".to_owned(), None);
    let provider = Provider::start().await;
    let gateway = provider.gateway(&[]).await;
    assert_eq!(ask(&gateway, &again(1, 0)).await.message().await.error(), forgotten, "it has just started");
    jump(Duration::from_mins(5)).await;
    let mut never_seen = ask(&gateway, &again(2, 60)).await;
    serve(&provider, "201 Created", "{}").await;
    assert_eq!(never_seen.message().await.status(), 201);
    assert_eq!(ask(&gateway, &again(3, 300)).await.message().await.error(), forgotten, "before the start");
    jump(Duration::from_mins(14)).await;
    assert_eq!(ask(&gateway, &again(2, 900)).await.message().await.status(), 201, "it is remembered");
    jump(Duration::from_mins(2)).await;
    assert_eq!(ask(&gateway, &again(2, 1000)).await.message().await.error(), forgotten, "it was remembered");
    provider.is_left_alone().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_reach_the_provider_once_each() {
    let count = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&count);
    let app = Router::new().route(
        "/v1/files",
        post(async move |request: Request| {
            let body = axum::body::to_bytes(request.into_body(), usize::MAX).await.expect("a whole body");
            counter.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(Duration::from_millis(20)).await;
            (StatusCode::CREATED, body)
        }),
    );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let origin = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, app).await });
    let gateway = Gateway::in_front_of(&origin, &[]).await;
    let ask = |number: usize| {
        let body = format!("{number} ").repeat(10_000);
        send(gateway.request("POST", FILES).header("mediaferry-attempt", id(number)).body(body))
    };
    let replies: Vec<Reply> = join_all((0..400).map(|at| ask(at % 100))).await;
    for (at, reply) in replies.iter().enumerate() {
        assert!(reply.status == 201 && reply.text().starts_with(&format!("{} ", at % 100)), "{at}: {}", reply.status);
    }
    assert_eq!(count.load(Ordering::Relaxed), 100);
}
