//! What counts as progress of an upload: the bytes that the provider takes, not those that the gateway takes.

use std::time::{Duration, Instant};

use crate::common::raw::{Connection, Provider, head};

/// More than all buffers between a client and a provider.
const LARGE: usize = 30_000_000;

fn timed_out(sent: bool) -> (u16, String, Option<bool>) {
    (504, "provider_timed_out".to_owned(), Some(sent))
}

#[tokio::test]
async fn a_provider_that_reads_slowly_gets_the_whole_body() {
    const PIECE: usize = 8 << 10;
    const PIECES: usize = 48;
    let provider = Provider::with_small_buffers();
    let gateway = provider.gateway(&["--upstream-seconds", "2"]).await;
    let mut client = Connection::to(&gateway).await;
    client.send(head(PIECES * PIECE, "")).await;
    let sending = tokio::spawn(async move {
        client.push(&vec![7; PIECES * PIECE]).await;
        client.message().await
    });
    let mut connection = provider.accept().await;
    connection.head().await;
    // 64 KiB per second.
    for _ in 0..PIECES {
        tokio::time::sleep(Duration::from_millis(125)).await;
        connection.body(PIECE).await;
    }
    connection.respond("201 Created", "{}").await;
    assert_eq!(sending.await.expect("a response").status(), 201);
}

#[tokio::test]
async fn a_provider_that_stops_reading_times_out_and_is_cut_off_at_once() {
    let provider = Provider::with_small_buffers();
    let gateway = provider.gateway(&["--upstream-seconds", "2"]).await;
    let mut client = Connection::to(&gateway).await;
    client.send(head(LARGE, "")).await;
    let start = Instant::now();
    // The client must read while it sends: the response comes before the end of its body.
    let (mut reading, mut writing) = client.split();
    let sending = tokio::spawn(async move { writing.push(&vec![7; LARGE]).await });
    let mut connection = provider.accept().await;
    connection.head().await;
    assert_eq!(reading.message().await.error(), timed_out(true));
    let took = start.elapsed();
    assert!(took > Duration::from_secs(2) && took < Duration::from_secs(4), "{took:?}");
    assert!(connection.is_reset().await);
    sending.abort();
}

#[tokio::test]
async fn a_body_that_the_provider_never_got_to_the_end_of_may_be_sent_again() {
    let id = "mediaferry-attempt: 0123456789abcdef0123456789abcdef\r\n";
    // The gateway takes the whole body, but the provider's socket does not.
    let body = vec![7; 100_000];
    let provider = Provider::with_small_buffers();
    let gateway = provider.gateway(&["--upstream-seconds", "1"]).await;
    let mut client = Connection::to(&gateway).await;
    client.send(head(body.len(), id)).await;
    client.send(&body).await;
    let stopped = provider.accept().await;
    assert_eq!(client.message().await.error(), timed_out(true));
    assert!(stopped.is_reset().await);
    client.send(head(4, id) + "form").await;
    let mut connection = provider.accept().await;
    assert_eq!(connection.message().await.body, b"form");
    connection.respond("201 Created", "{}").await;
    assert_eq!(client.message().await.status(), 201);
}

#[tokio::test]
async fn a_client_that_disconnects_during_the_response_ends_it() {
    let provider = Provider::start().await;
    let gateway = provider.gateway(&[]).await;
    let mut client = Connection::to(&gateway).await;
    let mut connection = provider.forwarded_form(&mut client).await;
    connection.send("HTTP/1.1 201 Created\r\nContent-Length: 9\r\n\r\n{").await;
    client.head().await;
    client.reset();
    assert!(connection.is_reset().await);
}

#[tokio::test]
async fn a_connection_is_used_again_after_a_response_of_any_framing() {
    let provider = Provider::start().await;
    let gateway = provider.gateway(&[]).await;
    let mut client = Connection::to(&gateway).await;
    client.send(head(4, "") + "form").await;
    let mut connection = provider.accept().await;
    for response in [
        "200 OK\r\nContent-Length: 2\r\n\r\n{}",
        "200 OK\r\nContent-Length: 0\r\n\r\n",
        "204 No Content\r\n\r\n",
        "200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    ] {
        assert_eq!(connection.message().await.body, b"form");
        connection.send(format!("HTTP/1.1 {response}")).await;
        let chunked = response.contains("chunked");
        let message = client.message().await;
        if chunked {
            assert_eq!(client.body(12).await, b"2\r\n{}\r\n0\r\n\r\n");
        }
        assert!((200..300).contains(&message.status()), "{response}");
        client.send(head(4, "") + "form").await;
    }
    assert_eq!(connection.message().await.body, b"form");
    provider.is_left_alone().await;
}
