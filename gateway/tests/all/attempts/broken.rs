//! Connections that break: the client's, which must not end or repeat a request, and the provider's.

use std::time::Duration;

use super::{again, ask, jump, once, serve};
use crate::common::Gateway;
use crate::common::raw::{Connection, Provider, head};

/// Longer than it takes the gateway to notice a closed connection.
const NOTICE: Duration = Duration::from_millis(200);

#[tokio::test]
async fn a_request_whose_client_vanishes_after_the_body_is_completed() {
    let provider = Provider::start().await;
    let gateway = provider.gateway(&[]).await;
    let first = ask(&gateway, &once(1)).await;
    let mut connection = provider.accept().await;
    connection.message().await;
    first.reset();
    tokio::time::sleep(NOTICE).await;
    let mut second = ask(&gateway, &once(1)).await;
    tokio::time::sleep(NOTICE).await;
    connection.respond("201 Created", "{\"id\":1}").await;
    assert_eq!(second.message().await.body, b"{\"id\":1}");
    assert_eq!(ask(&gateway, &again(1, 1)).await.message().await.body, b"{\"id\":1}");
    provider.is_left_alone().await;
}

#[tokio::test]
async fn a_request_without_an_id_ends_with_its_client() {
    let provider = Provider::start().await;
    let gateway = provider.gateway(&[]).await;
    let client = ask(&gateway, "").await;
    let mut connection = provider.accept().await;
    connection.message().await;
    drop(client);
    assert_eq!(connection.rest().await, b"");
}

#[tokio::test]
async fn a_request_whose_client_vanishes_before_its_body_is_complete_has_no_effect() {
    let provider = Provider::start().await;
    let gateway = provider.gateway(&[]).await;
    for reset in [true, false] {
        let mut first = Connection::to(&gateway).await;
        first.send(head(10, &once(1)) + "half ").await;
        let mut connection = provider.accept().await;
        connection.head().await;
        assert_eq!(connection.body(5).await, b"half ");
        if reset {
            first.reset();
        } else {
            drop(first);
        }
        assert_eq!(connection.rest().await, b"", "the provider sees that it is incomplete");
    }
    let mut second = ask(&gateway, &once(1)).await;
    assert_eq!(serve(&provider, "201 Created", "{}").await.body, b"form");
    assert_eq!(second.message().await.status(), 201);
}

#[tokio::test]
async fn a_repetition_that_waits_for_an_incomplete_request_takes_its_place() {
    let provider = Provider::start().await;
    let gateway = provider.gateway(&[]).await;
    let mut first = Connection::to(&gateway).await;
    first.send(head(10, &once(1)) + "half ").await;
    let mut connection = provider.accept().await;
    connection.head().await;
    let mut second = ask(&gateway, &once(1)).await;
    let mut third = ask(&gateway, &once(1)).await;
    provider.is_left_alone().await;
    drop(first);
    assert_eq!(connection.rest().await, b"half ");
    assert_eq!(serve(&provider, "201 Created", "{\"id\":1}").await.body, b"form");
    assert_eq!(second.message().await.body, b"{\"id\":1}");
    assert_eq!(third.message().await.body, b"{\"id\":1}");
    provider.is_left_alone().await;
}

#[tokio::test]
async fn a_client_that_is_gone_without_a_word_does_not_hold_its_repetition_back() {
    let provider = Provider::start().await;
    let gateway = provider.gateway(&[]).await;
    let mut first = Connection::to(&gateway).await;
    first.send(head(10, &once(1)) + "half ").await;
    let mut connection = provider.accept().await;
    connection.head().await;
    jump(Duration::from_secs(11)).await;
    first.send("who").await;
    connection.body(8).await;
    let mut second = ask(&gateway, &once(1)).await;
    tokio::time::sleep(NOTICE).await;
    jump(Duration::from_secs(9)).await;
    provider.is_left_alone().await;
    jump(Duration::from_secs(1)).await;
    assert_eq!(connection.rest().await, b"");
    assert_eq!(serve(&provider, "201 Created", "{}").await.body, b"form");
    assert_eq!(second.message().await.status(), 201);
}

#[tokio::test]
async fn a_request_without_a_body_is_never_incomplete() {
    let provider = Provider::start().await;
    let gateway = provider.gateway(&[]).await;
    let mut first = Connection::to(&gateway).await;
    first.send(head(0, &once(1))).await;
    let mut connection = provider.accept().await;
    connection.head().await;
    let mut second = Connection::to(&gateway).await;
    second.send(head(0, &once(1))).await;
    tokio::time::sleep(NOTICE).await;
    jump(Duration::from_secs(20)).await;
    provider.is_left_alone().await;
    connection.respond("201 Created", "{}").await;
    assert_eq!((first.message().await.status(), second.message().await.status()), (201, 201));
}

#[tokio::test]
async fn a_request_is_not_sent_again_on_another_connection() {
    let provider = Provider::start().await;
    let gateway = provider.gateway(&[]).await;
    let mut client = ask(&gateway, &once(1)).await;
    let mut connection = provider.accept().await;
    connection.message().await;
    connection.respond("201 Created", "{}").await;
    assert_eq!(client.message().await.status(), 201);
    client.send(head(4, &once(2)) + "form").await;
    assert_eq!(connection.message().await.body, b"form", "on the connection that was used before");
    drop(connection);
    let unknown = client.message().await;
    assert_eq!(unknown.error(), (502, "provider_unreachable".to_owned(), Some(true)));
    assert_eq!(ask(&gateway, &again(2, 1)).await.message().await, unknown, "nor for a repetition");
    provider.is_left_alone().await;
}

#[tokio::test]
async fn an_unknown_outcome_stays_unknown() {
    let provider = Provider::start().await;
    let gateway = provider.gateway(&["--upstream-seconds", "1"]).await;
    let mut silent = ask(&gateway, &once(1)).await;
    let _silence = provider.accept().await;
    let silent = silent.message().await;
    assert_eq!(silent.error(), (504, "provider_timed_out".to_owned(), Some(true)));
    assert_eq!(ask(&gateway, &once(1)).await.message().await, silent);

    for (number, start, error) in
        [(2, "HTTP/1.1 201 Created\r\nContent-Length: 9\r\n\r\n{\"id\"", 502), (3, "nonsense\r\n\r\n", 502)]
    {
        let mut broken = ask(&gateway, &once(number)).await;
        let mut connection = provider.accept().await;
        connection.message().await;
        connection.send(start).await;
        drop(connection);
        let broken = broken.message().await;
        assert_eq!(broken.error(), (error, "provider_unreachable".to_owned(), Some(true)), "{start}");
        assert_eq!(ask(&gateway, &once(number)).await.message().await, broken, "{start}");
    }
    let mut stalled = ask(&gateway, &once(4)).await;
    let mut connection = provider.accept().await;
    connection.message().await;
    connection.send("HTTP/1.1 201 Created\r\nContent-Length: 9\r\n\r\n{\"id\"").await;
    let stalled = stalled.message().await;
    assert_eq!(stalled.error(), (504, "provider_timed_out".to_owned(), Some(true)));
    assert_eq!(ask(&gateway, &once(4)).await.message().await, stalled);
    provider.is_left_alone().await;
}

#[tokio::test]
async fn a_request_of_which_the_provider_has_seen_nothing_or_a_part_may_come_again() {
    let provider = Provider::start().await;
    let gateway = provider.gateway(&[]).await;
    let mut cut = Connection::to(&gateway).await;
    cut.send(head(10, &once(1)) + "half ").await;
    let mut connection = provider.accept().await;
    connection.head().await;
    connection.body(5).await;
    drop(connection);
    assert_eq!(cut.message().await.error(), (502, "provider_unreachable".to_owned(), Some(true)));
    let mut again = ask(&gateway, &once(1)).await;
    serve(&provider, "201 Created", "{}").await;
    assert_eq!(again.message().await.status(), 201);

    let port = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.local_addr().expect("an address").port()
    };
    let gateway = Gateway::in_front_of(&format!("http://127.0.0.1:{port}"), &[]).await;
    let refused = ask(&gateway, &once(1)).await.message().await;
    assert_eq!(refused.error(), (502, "provider_unreachable".to_owned(), Some(false)));
    let back = Provider::on(port).await;
    let mut again = ask(&gateway, &once(1)).await;
    serve(&back, "201 Created", "{}").await;
    assert_eq!(again.message().await.status(), 201);
}
