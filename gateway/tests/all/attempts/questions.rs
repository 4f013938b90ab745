//! `GET /attempts/{id}?age=SECONDS`: what became of a request whose response was lost.

use std::time::Duration;

use serde_json::{Value, json};

use super::{ask, id, jump, once, serve};
use crate::common::raw::{Connection, Provider, head};
use crate::common::{Gateway, client, send};

async fn state(gateway: &Gateway, number: usize, age: u64) -> Value {
    // On a connection of its own: an idle one does not survive a jump.
    let url = format!("{}/attempts/{}?age={age}", gateway.url, id(number));
    let reply = send(client().get(url)).await;
    assert_eq!((reply.status.as_u16(), reply.header("cache-control")), (200, "no-store"), "{reply:?}");
    reply.json()
}

#[tokio::test]
async fn it_follows_a_request_to_its_end() {
    let provider = Provider::start().await;
    let gateway = provider.gateway(&[]).await;
    assert_eq!(state(&gateway, 1, 0).await, json!({ "state": "forgotten" }), "it has just started");
    jump(Duration::from_mins(1)).await;
    assert_eq!(state(&gateway, 1, 30).await, json!({ "state": "never_sent" }));
    assert_eq!(state(&gateway, 1, 60).await, json!({ "state": "forgotten" }), "before the start");
    let mut client = ask(&gateway, &once(1)).await;
    let mut connection = provider.accept().await;
    connection.message().await;
    assert_eq!(state(&gateway, 1, 0).await, json!({ "state": "running" }));
    connection.respond("429 Slow\r\nRetry-After: 7", "{\"a\":\"é\"}").await;
    client.message().await;
    let finished = json!({ "state": "finished", "status": 429, "retry_after_millis": 7000, "body": "{\"a\":\"é\"}" });
    assert_eq!(state(&gateway, 1, 9999).await, finished);
    provider.is_left_alone().await;
}

#[tokio::test]
async fn an_incomplete_request_is_given_up_once_somebody_asks() {
    let provider = Provider::start().await;
    let gateway = provider.gateway(&[]).await;
    jump(Duration::from_mins(1)).await;
    let mut client = Connection::to(&gateway).await;
    client.send(head(10, &once(1)) + "half ").await;
    let mut connection = provider.accept().await;
    connection.head().await;
    connection.body(5).await;
    assert_eq!(state(&gateway, 1, 1).await, json!({ "state": "running" }));
    tokio::time::sleep(Duration::from_millis(100)).await;
    jump(Duration::from_secs(10)).await;
    assert_eq!(connection.rest().await, b"");
    assert_eq!(state(&gateway, 1, 11).await, json!({ "state": "never_sent" }));
    assert_eq!(client.message().await.error(), (400, "incomplete_request".to_owned(), Some(true)));
}

#[tokio::test]
async fn an_unknown_outcome_is_told_as_it_was() {
    let provider = Provider::start().await;
    let gateway = provider.gateway(&[]).await;
    let mut client = ask(&gateway, &once(1)).await;
    let mut connection = provider.accept().await;
    connection.message().await;
    drop(connection);
    let unknown = client.message().await;
    let told = state(&gateway, 1, 0).await;
    assert_eq!((&told["state"], &told["status"]), (&json!("finished"), &json!(502)));
    assert_eq!(told["body"].as_str().expect("a body").as_bytes(), unknown.body);
}

#[tokio::test]
async fn questions_are_checked() {
    let provider = Provider::start().await;
    let gateway = provider.gateway(&["--allow-origin", "https://app.example"]).await;
    let mut client = ask(&gateway, &once(1)).await;
    serve(&provider, "201 Created", "{}").await;
    client.message().await;
    for path in
        ["1?age=0", &id(1), &format!("{}?age=", id(1)), &format!("{}?age=-1", id(1)), &format!("{}?age=0&b", id(1))]
    {
        let reply = send(gateway.request("GET", &format!("/attempts/{path}"))).await;
        assert_eq!((reply.status.as_u16(), &reply.json()["error"]["code"]), (400, &json!("bad_attempt")), "{path}");
    }
    let from = |origin: &'static str| {
        send(gateway.request("GET", &format!("/attempts/{}?age=0", id(1))).header("Origin", origin))
    };
    assert_eq!(from("https://evil.example").await.status, 403);
    let listed = from("https://app.example").await;
    assert_eq!((listed.status.as_u16(), listed.header("access-control-allow-origin")), (200, "https://app.example"));
}
