//! What the gateway adds to and passes on of responses.

use crate::common::raw::{Connection, Provider, head};
use crate::common::{Gateway, send};

#[tokio::test]
async fn a_provider_is_asked_not_to_compress_and_compressed_responses_keep_their_header() {
    let provider = Provider::start().await;
    let gateway = provider.gateway(&[]).await;
    let mut client = Connection::to(&gateway).await;
    client.send(head(4, "Accept-Encoding: gzip, br\r\n") + "form").await;
    let mut connection = provider.accept().await;
    let request = connection.message().await.head.to_ascii_lowercase();
    assert!(request.contains("accept-encoding: identity\r\n") && !request.contains("gzip"), "{request}");
    connection.respond("200 OK\r\nContent-Encoding: gzip", "not really").await;
    let message = client.message().await;
    assert!(message.head.contains("content-encoding: gzip\r\n"), "{}", message.head);
    assert_eq!(message.body, b"not really");
}

#[tokio::test]
async fn no_response_is_sniffed() {
    let provider = Provider::start().await;
    let gateway = provider.gateway(&[]).await;
    for path in ["/healthz", "/nothing", "/providers/nobody/v1/files", "/staging"] {
        assert_eq!(send(gateway.request("GET", path)).await.header("x-content-type-options"), "nosniff", "{path}");
    }
    let mut client = Connection::to(&gateway).await;
    let mut connection = provider.forwarded_form(&mut client).await;
    connection.respond("200 OK\r\nX-Content-Type-Options: sniff", "<html>").await;
    let message = client.message().await;
    assert_eq!(message.head.matches("x-content-type-options: nosniff\r\n").count(), 1, "{}", message.head);
}

#[tokio::test]
async fn a_page_of_another_origin_can_read_the_providers_id_of_a_request() {
    let gateway = Gateway::start(&["--allow-origin", "https://app.example"], &[]).await;
    let request = gateway.request("POST", "/providers/nobody/v1/files").header("Origin", "https://app.example");
    let exposed = send(request).await.header("access-control-expose-headers").to_owned();
    assert!(exposed.contains("x-provider-request-id") && exposed.contains("retry-after"), "{exposed}");
}

#[tokio::test]
async fn a_url_that_is_too_long_is_rejected() {
    let gateway = Gateway::in_front_of("http://127.0.0.1:1", &[]).await;
    for length in [9_000, 60_000, 65_000, 70_000] {
        let mut client = Connection::to(&gateway).await;
        let path = "a".repeat(length);
        client.send(format!("GET /providers/relaydance/v1/{path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")).await;
        assert_eq!(client.message().await.status(), 414, "{length}");
    }
}

#[tokio::test]
async fn a_change_of_the_protocol_is_no_response() {
    let provider = Provider::start().await;
    let gateway = provider.gateway(&[]).await;
    let mut client = Connection::to(&gateway).await;
    let mut connection = provider.forwarded_form(&mut client).await;
    connection.send("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n").await;
    assert_eq!(client.message().await.error(), (502, "provider_unreachable".to_owned(), Some(true)));
    assert_eq!(connection.rest().await, b"", "the connection is not used again");
}
