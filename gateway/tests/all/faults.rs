//! Whose fault a failure is, in the log.

use std::time::Duration;

use crate::common::Gateway;
use crate::common::log::Lines;
use crate::common::raw::{Connection, FILES, Provider, head};

/// Longer than it takes the gateway to notice a closed connection.
const NOTICE: Duration = Duration::from_millis(200);
const CHUNKED: &str =
    "POST /providers/relaydance/v1/files HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n";

/// The only line about a request to the provider.
async fn line(lines: &Lines) -> String {
    tokio::time::sleep(NOTICE).await;
    let all = lines.with(&format!("path={FILES}"));
    assert_eq!(all.len(), 1, "{all:?}");
    all.into_iter().next().unwrap_or_default()
}

#[tokio::test]
async fn a_client_that_disconnects_is_logged_as_aborted_and_the_provider_is_not_blamed() {
    for (part, reset) in [("ha", false), ("ha", true), ("form", false), ("form", true)] {
        let lines = Lines::capture();
        let provider = Provider::start().await;
        let gateway = provider.gateway(&[]).await;
        let mut client = Connection::to(&gateway).await;
        client.send(head(4, "") + part).await;
        let mut connection = provider.accept().await;
        connection.head().await;
        connection.body(part.len()).await;
        if reset {
            client.reset();
        } else {
            drop(client);
        }
        connection.rest().await;
        let line = line(&lines).await;
        assert!(line.contains("status=aborted ") && line.contains(" fault=\"client\""), "{line}");
        assert_eq!(lines.with("WARN"), Vec::<String>::new(), "{part} {reset}");
    }
}

#[tokio::test]
async fn a_client_that_disconnects_during_the_response_is_logged_as_aborted() {
    let lines = Lines::capture();
    let provider = Provider::start().await;
    let gateway = provider.gateway(&[]).await;
    let mut client = Connection::to(&gateway).await;
    let mut connection = provider.forwarded_form(&mut client).await;
    connection.send("HTTP/1.1 201 Created\r\nContent-Length: 9\r\n\r\n{").await;
    client.head().await;
    client.reset();
    let line = line(&lines).await;
    assert!(
        line.contains("status=aborted ") && line.contains(" bytes_out=1 ") && line.contains(" fault=\"client\""),
        "{line}"
    );
}

#[tokio::test]
async fn an_invalid_body_is_the_clients_fault() {
    let lines = Lines::capture();
    let provider = Provider::start().await;
    let gateway = provider.gateway(&[]).await;
    let mut client = Connection::to(&gateway).await;
    client.send(CHUNKED).await;
    client.send("4\r\nform\r\nno chunk").await;
    assert_eq!(client.message().await.status(), 400);
    let line = line(&lines).await;
    assert!(line.contains("status=400 ") && line.contains(" fault=\"client\" upstream_millis="), "{line}");
    assert_eq!(lines.with("WARN"), Vec::<String>::new());
}

#[tokio::test]
async fn a_provider_that_is_silent_or_absent_is_at_fault() {
    let lines = Lines::capture();
    let provider = Provider::start().await;
    let gateway = provider.gateway(&["--upstream-seconds", "1"]).await;
    let mut client = Connection::to(&gateway).await;
    client.send(head(4, "") + "form").await;
    assert_eq!(client.message().await.status(), 504);
    let silent = line(&lines).await;
    assert!(silent.contains("status=504 ") && silent.contains(" fault=\"provider\" upstream_millis=1"), "{silent}");

    let lines = Lines::capture();
    let gateway = Gateway::in_front_of("http://127.0.0.1:1", &[]).await;
    let mut client = Connection::to(&gateway).await;
    client.send(head(4, "") + "form").await;
    assert_eq!(client.message().await.status(), 502);
    let absent = line(&lines).await;
    assert!(absent.contains("status=502 ") && absent.contains(" fault=\"provider\" upstream_millis="), "{absent}");
}

#[tokio::test]
async fn a_response_that_breaks_off_is_the_providers_fault() {
    let lines = Lines::capture();
    let provider = Provider::start().await;
    let gateway = provider.gateway(&[]).await;
    let mut client = Connection::to(&gateway).await;
    let mut connection = provider.forwarded_form(&mut client).await;
    connection.send("HTTP/1.1 201 Created\r\nContent-Length: 9\r\n\r\n{").await;
    client.head().await;
    drop(connection);
    client.rest().await;
    let line = line(&lines).await;
    assert!(line.contains("status=201 ") && line.contains(" fault=\"provider\""), "{line}");
}

#[tokio::test]
async fn the_providers_id_of_a_request_is_logged_and_returned() {
    let lines = Lines::capture();
    let provider = Provider::start().await;
    let gateway = provider.gateway(&[]).await;
    let mut client = Connection::to(&gateway).await;
    let mut connection = provider.forwarded_form(&mut client).await;
    connection.respond("429 Too Many Requests\r\ncf-ray: ray-1\r\nX-Request-Id: req-1", "{}").await;
    let message = client.message().await;
    assert!(message.head.contains("x-provider-request-id: req-1\r\n"), "{}", message.head);
    let line = line(&lines).await;
    assert!(line.contains("fault=\"provider\"") && line.contains(" provider_request_id=\"req-1\""), "{line}");
}
