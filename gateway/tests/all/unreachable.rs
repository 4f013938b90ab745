//! What the gateway says if there is no response: whether any part of the request may have reached the provider.

use std::time::Duration;

use crate::common::Gateway;
use crate::common::raw::{Connection, Message, Provider, head};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

/// Larger than all buffers between the client and the provider.
const LARGE: usize = 30_000_000;

/// The response to a whole request with a short body.
async fn response_from(origin: &str, args: &[&str]) -> Message {
    let gateway = Gateway::in_front_of(origin, args).await;
    let mut client = Connection::to(&gateway).await;
    client.send(head(4, "") + "form").await;
    client.message().await
}

fn unreachable(sent: bool) -> (u16, String, Option<bool>) {
    (502, "provider_unreachable".to_owned(), Some(sent))
}

fn timed_out(sent: bool) -> (u16, String, Option<bool>) {
    (504, "provider_timed_out".to_owned(), Some(sent))
}

#[tokio::test]
async fn a_refused_connection_has_carried_nothing() {
    let port = TcpListener::bind("127.0.0.1:0").await.expect("a port").local_addr().expect("an address").port();
    assert_eq!(response_from(&format!("http://127.0.0.1:{port}"), &[]).await.error(), unreachable(false));
}

#[tokio::test]
async fn a_name_that_does_not_resolve_has_carried_nothing() {
    assert_eq!(response_from("http://no-such-host.invalid", &[]).await.error(), unreachable(false));
}

#[tokio::test]
async fn a_failed_tls_handshake_has_carried_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let origin = format!("https://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
    });
    assert_eq!(response_from(&origin, &[]).await.error(), unreachable(false));
}

#[tokio::test]
async fn a_connection_that_closes_before_the_body_has_carried_none_of_it() {
    let provider = Provider::start().await;
    let gateway = provider.gateway(&[]).await;
    let mut client = Connection::to(&gateway).await;
    client.send(head(4, "")).await;
    let mut connection = provider.accept().await;
    connection.head().await;
    drop(connection);
    assert_eq!(client.message().await.error(), unreachable(false));
}

#[tokio::test]
async fn a_connection_that_closes_without_reading_may_have_carried_the_request() {
    let provider = Provider::start().await;
    let gateway = provider.gateway(&[]).await;
    let mut client = Connection::to(&gateway).await;
    client.send(head(4, "") + "form").await;
    let connection = provider.accept().await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    connection.reset();
    assert_eq!(client.message().await.error(), unreachable(true));
}

#[tokio::test]
async fn a_connection_that_closes_after_a_part_of_the_body_has_carried_it() {
    let provider = Provider::start().await;
    let gateway = provider.gateway(&[]).await;
    let mut client = Connection::to(&gateway).await;
    client.send(head(LARGE, "") + "a part").await;
    let mut connection = provider.accept().await;
    connection.head().await;
    connection.body(6).await;
    drop(connection);
    assert_eq!(client.message().await.error(), unreachable(true));
}

#[tokio::test]
async fn a_connection_that_closes_after_the_whole_body_has_carried_it() {
    let provider = Provider::start().await;
    let gateway = provider.gateway(&[]).await;
    let mut client = Connection::to(&gateway).await;
    client.send(head(4, "") + "form").await;
    let mut connection = provider.accept().await;
    assert_eq!(connection.message().await.body, b"form");
    drop(connection);
    assert_eq!(client.message().await.error(), unreachable(true));
}

#[tokio::test]
async fn a_request_without_a_body_is_its_head() {
    let provider = Provider::start().await;
    let gateway = provider.gateway(&[]).await;
    let mut client = Connection::to(&gateway).await;
    client.send(head(0, "")).await;
    let mut connection = provider.accept().await;
    connection.head().await;
    drop(connection);
    assert_eq!(client.message().await.error(), unreachable(true));
    drop(provider);
    client.send(head(0, "")).await;
    assert_eq!(client.message().await.error(), unreachable(false), "refused");
}

#[tokio::test]
async fn a_connection_that_died_while_it_was_idle_is_replaced() {
    let provider = Provider::start().await;
    let gateway = provider.gateway(&[]).await;
    let mut client = Connection::to(&gateway).await;
    let mut connection = provider.forwarded_form(&mut client).await;
    connection.respond("201 Created", "1").await;
    assert_eq!(client.message().await.status(), 201);
    drop(connection);
    tokio::time::sleep(Duration::from_millis(100)).await;
    let mut connection = provider.forwarded_form(&mut client).await;
    connection.respond("201 Created", "2").await;
    assert_eq!(client.message().await.body, b"2");
    drop((connection, provider));
    tokio::time::sleep(Duration::from_millis(100)).await;
    client.send(head(4, "") + "form").await;
    assert_eq!(client.message().await.error(), unreachable(false));
}

#[tokio::test]
async fn a_silent_provider_may_have_done_its_work() {
    let provider = Provider::start().await;
    let gateway = provider.gateway(&["--upstream-seconds", "1"]).await;
    for body in ["", "form"] {
        let mut client = Connection::to(&gateway).await;
        client.send(head(body.len(), "") + body).await;
        assert_eq!(client.message().await.error(), timed_out(true), "{body}");
    }
    let mut client = Connection::to(&gateway).await;
    client.send(head(4, "")).await;
    assert_eq!(client.message().await.error(), timed_out(false), "the client has sent no body");
}

#[tokio::test]
async fn after_a_timeout_the_rest_of_the_body_stays_here() {
    let provider = Provider::start().await;
    let gateway = provider.gateway(&["--upstream-seconds", "1"]).await;
    let mut client = Connection::to(&gateway).await;
    client.send(head(10, "") + "half ").await;
    let mut connection = provider.accept().await;
    connection.head().await;
    connection.body(5).await;
    assert_eq!(client.message().await.error(), timed_out(true));
    client.send("whole").await;
    assert_eq!(connection.rest().await, b"");
}

#[tokio::test]
async fn a_client_that_breaks_off_is_not_the_providers_fault() {
    let provider = Provider::start().await;
    let gateway = provider.gateway(&[]).await;
    let mut client = Connection::to(&gateway).await;
    client
        .send("POST /providers/relaydance/v1/files HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n")
        .await;
    client.send("4\r\nform\r\nno chunk").await;
    let response = client.message().await;
    assert_eq!(response.error(), (400, "incomplete_request".to_owned(), Some(true)));
    let mut connection = provider.accept().await;
    connection.head().await;
    assert_eq!(connection.rest().await, b"4\r\nform\r\n");
}
