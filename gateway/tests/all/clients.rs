//! Clients that are slow, silent or too many.

use std::time::{Duration, Instant};

use crate::common::Gateway;
use crate::common::raw::{Connection, Provider, head};
use futures::future::join_all;
use mediaferry_gateway::{Config, Pace, Timeouts, files};

const SECOND: Duration = Duration::from_secs(1);

/// The limits of the gateway, shortened.
fn short(config: &mut Config) {
    config.serve.timeouts = Timeouts { head: SECOND, idle: 2 * SECOND, write: SECOND };
    config.serve.pace = Pace { idle: SECOND, min_rate: 1000, grace: 2 * SECOND };
}

fn staging(length: usize) -> String {
    format!(
        "POST /staging HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    )
}

#[tokio::test]
async fn bodies_that_stall_are_closed_in_time() {
    files::raise_limit();
    let gateway = Gateway::start_changed(&[], &[], short).await;
    let start = Instant::now();
    let stalled = join_all((0..500).map(|_| async {
        let mut client = Connection::to(&gateway).await;
        client.send(staging(100) + "{").await;
        let status = client.message().await.status();
        client.rest().await;
        status
    }));
    let statuses = stalled.await;
    assert!(statuses.iter().all(|status| *status == 400), "{statuses:?}");
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_body_that_trickles_ends_although_it_never_stalls() {
    let provider = Provider::start().await;
    let gateway = provider.gateway_with(&[], short).await;
    let mut client = Connection::to(&gateway).await;
    client.send(head(10_000, "") + "x").await;
    let start = Instant::now();
    let (mut reading, mut writing) = client.split();
    let trickle = tokio::spawn(async move {
        loop {
            tokio::time::sleep(Duration::from_millis(100)).await;
            writing.push(b"x").await;
        }
    });
    let mut connection = provider.accept().await;
    connection.head().await;
    let slow = (408, "request_timed_out".to_owned(), Some(true));
    assert_eq!(reading.message().await.error(), slow);
    assert!(start.elapsed() > SECOND && start.elapsed() < 5 * SECOND, "{:?}", start.elapsed());
    trickle.abort();
    let received = connection.rest().await;
    assert!(received.iter().all(|byte| *byte == b'x') && received.len() < 100, "{received:?}");
}

#[tokio::test]
async fn a_head_that_trickles_and_a_connection_without_a_request_end() {
    let gateway = Gateway::start_changed(&[], &[], short).await;
    let mut idle = Connection::to(&gateway).await;
    let mut trickle = Connection::to(&gateway).await;
    let start = Instant::now();
    trickle.send("GET /healthz HT").await;
    trickle.rest().await;
    assert!(start.elapsed() >= SECOND && start.elapsed() < 2 * SECOND, "{:?}", start.elapsed());
    idle.rest().await;
    assert!(start.elapsed() >= 2 * SECOND && start.elapsed() < 4 * SECOND, "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_client_that_reads_no_response_is_dropped() {
    let provider = Provider::start().await;
    let gateway = provider.gateway_with(&[], short).await;
    let mut client = Connection::to(&gateway).await;
    let mut connection = provider.forwarded_form(&mut client).await;
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 50000000\r\n\r\n").await;
    let body = vec![7; 50_000_000];
    let pushing = tokio::time::timeout(10 * SECOND, connection.push(&body));
    pushing.await.expect("the gateway closes the connection");
    assert!(client.is_reset().await);
}

#[tokio::test]
async fn a_client_that_reads_a_response_slowly_gets_all_of_it() {
    let provider = Provider::start().await;
    let gateway = provider.gateway_with(&[], short).await;
    let mut client = Connection::to_with_small_buffers(&gateway).await;
    let mut connection = provider.forwarded_form(&mut client).await;
    // More than the system would take.
    let body = "x".repeat(4_000_000);
    let responding = tokio::spawn(async move { connection.respond("200 OK", &body).await });
    client.head().await;
    for _ in 0..80 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        client.body(50_000).await;
    }
    responding.await.expect("a response");
}

#[tokio::test]
async fn connections_beyond_the_limit_are_rejected() {
    let provider = Provider::start().await;
    let gateway = provider.gateway_with(&[], |config| config.serve.max_connections = Some(1)).await;
    let mut first = Connection::to(&gateway).await;
    first.send(head(4, "") + "form").await;
    let mut connection = provider.accept().await;
    connection.message().await;
    let mut second = Connection::to(&gateway).await;
    second.send(head(4, "") + "form").await;
    let rejected = second.message().await;
    assert_eq!(rejected.error(), (503, "overloaded".to_owned(), None));
    assert!(rejected.head.contains("retry-after: 2\r\n"), "{}", rejected.head);
    second.rest().await;
    connection.respond("201 Created", "{}").await;
    assert_eq!(first.message().await.status(), 201);
    drop(first);
    tokio::time::sleep(Duration::from_millis(100)).await;
    let mut third = Connection::to(&gateway).await;
    third.send(head(4, "") + "form").await;
    assert_eq!(connection.message().await.body, b"form");
}
