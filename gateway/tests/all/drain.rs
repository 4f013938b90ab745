//! How the gateway stops: after a delay no new connections, then the end of the running requests.

use std::time::Duration;

use crate::common::log::Lines;
use crate::common::raw::{Connection, Provider, head};
use tokio::net::TcpStream;

const SHORT: Duration = Duration::from_millis(300);

#[tokio::test]
async fn a_running_request_finishes_and_others_are_refused() {
    let provider = Provider::start().await;
    let gateway = provider.gateway_with(&[], |config| config.serve.drain_delay = SHORT).await;
    let address = gateway.handle.address;
    let mut running = Connection::to(&gateway).await;
    running.send(head(4, "") + "form").await;
    let mut connection = provider.accept().await;
    connection.message().await;
    let stopping = tokio::spawn(gateway.handle.stop());
    tokio::time::sleep(SHORT / 3).await;
    assert!(TcpStream::connect(address).await.is_ok(), "during the delay");
    tokio::time::sleep(SHORT).await;
    assert!(TcpStream::connect(address).await.is_err(), "after the delay");
    assert!(!stopping.is_finished());
    connection.respond("201 Created", "{}").await;
    assert_eq!(running.message().await.status(), 201);
    running.rest().await;
    tokio::time::timeout(Duration::from_secs(5), stopping).await.expect("an end").expect("no panic");
}

#[tokio::test]
async fn a_request_that_does_not_finish_is_closed_with_a_log_line() {
    let lines = Lines::capture();
    let provider = Provider::start().await;
    let gateway = provider.gateway_with(&[], |config| config.serve.drain = SHORT).await;
    let mut running = Connection::to(&gateway).await;
    running.send(head(4, "") + "form").await;
    let mut connection = provider.accept().await;
    connection.message().await;
    tokio::time::timeout(Duration::from_secs(3), gateway.handle.stop()).await.expect("an end");
    assert_eq!(running.rest().await, b"");
    assert_eq!(connection.rest().await, b"");
    assert_eq!(lines.with("closing connections that are still open connections=1").len(), 1, "{lines:?}");
}
