//! Each upload ends with one `post-finish` event, also if the tab is closed or a gateway is killed.

mod parts;
mod provider;
mod scene;

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::common::{Gateway, raw, send};
use crate::ownership::{SECRET, token};
use crate::receiver::{is_valid, secret, until};
use crate::valkey::Server;
use scene::{Scene, ago, create};

const APIFRAME: &str = "/providers/apiframe/v2/assets/create";
const ONEROUTER: &str = "/providers/onerouter/v1/upload/resources";
const UPLOAD_URL: &str = "/providers/modelhunter/api/v1/files/upload-url";
const COMPLETE: &str = "/providers/modelhunter/api/v1/files/f1/complete";

#[tokio::test]
async fn tab_closed_during_processing_the_event_still_arrives() {
    for (path, sha256) in [(APIFRAME, Value::Null), (ONEROUTER, json!("ab".repeat(32)))] {
        let scene = Scene::new().await;
        let gateway = scene.gateway().await;
        assert_eq!(create(&gateway, path).await.status, 200);
        sleep(Duration::from_millis(1500)).await;
        assert_eq!((scene.receiver.received().len(), scene.pending()), (0, 1), "the asset is not ready");
        scene.provider.state("Active");
        let events = scene.events(1).await;
        assert_eq!(events.len(), 1);
        assert_eq!((&events[0]["subject"], &events[0]["outcome"]), (&json!("anonymous"), &json!("succeeded")));
        assert_eq!(events[0]["asset"]["url"], "https://a.example/1.png");
        assert_eq!((&events[0]["sha256"], scene.pending()), (&sha256, 0));
    }
}

#[tokio::test]
async fn client_that_disconnects_before_the_response_the_event_still_arrives() {
    for (attempt, expected) in [(Some("0123456789abcdef0123456789abcdef"), "succeeded"), (None, "unknown")] {
        let scene = Scene::new().await;
        let gateway = scene.gateway().await;
        scene.provider.state("Active");
        scene.provider.delay(Duration::from_millis(300));
        let mut request = gateway.request("POST", APIFRAME).header("content-type", "application/json");
        if let Some(attempt) = attempt {
            request = request.header("mediaferry-attempt", attempt);
        }
        let request = request.body(r#"{"url":"https://a.example/b"}"#).timeout(Duration::from_millis(150));
        request.send().await.expect_err("a timeout");
        assert_eq!(scene.only().await.0, expected);
    }
}

#[tokio::test]
async fn receiver_is_down_and_the_gateway_is_killed_the_event_still_arrives() {
    let scene = Scene::new().await;
    scene.receiver.respond(|_| StatusCode::BAD_GATEWAY.into_response());
    let program = scene.program();
    let request = crate::common::client().post(format!("{}{APIFRAME}", program.url()));
    let request = request.header("content-type", "application/json").body(r#"{"url":"https://a.example/b"}"#);
    assert_eq!(send(request).await.status, 200);
    program.stop("-KILL");
    assert!(scene.receiver.received().is_empty());

    let program = scene.program();
    until("followed", || scene.provider.count("k", "GET") > 0).await;
    scene.provider.state("Active");
    until("sent", || !scene.receiver.received().is_empty()).await;
    program.stop("-KILL");

    let _program = scene.program();
    until("sent again", || scene.receiver.received().len() > 1).await;
    scene.receiver.respond(|_| StatusCode::NO_CONTENT.into_response());
    let sent = scene.receiver.received().len();
    until("delivered", || scene.receiver.received().len() > sent).await;
    assert_eq!(scene.receiver.ids().len(), 1, "always the same event");
    assert!(scene.receiver.received().iter().all(|request| is_valid(request, &secret(1))));
    until("forgotten", || scene.pending() == 0).await;
}

#[tokio::test]
async fn killed_during_a_create_the_outcome_is_unknown() {
    let scene = Scene::new().await;
    scene.provider.delay(Duration::from_secs(5));
    let program = scene.program();
    let request = crate::common::client().post(format!("{}{APIFRAME}", program.url()));
    let request = request.header("content-type", "application/json").body(r#"{"url":"https://a.example/b"}"#);
    let sent = tokio::spawn(request.send());
    until("sent", || scene.provider.count("k", "create") == 1).await;
    program.stop("-KILL");
    sent.await.expect("an end").expect_err("no response");
    let _gateway = scene.gateway().await;
    assert_eq!(scene.only().await, ("unknown".to_owned(), Value::Null));
}

#[tokio::test]
async fn of_two_gateways_one_follows_and_the_other_takes_over() {
    let (scene, Some(server)) = (Scene::new().await, Server::start().await) else { return };
    let valkey = server.url();
    let instances = ["one", "two"].map(|key| (key, valkey.as_str()));
    let mut gateways = Vec::new();
    for (key, valkey) in instances {
        gateways.push(scene.gateway_with(key, &[("MEDIAFERRY_VALKEY", valkey)]).await);
    }
    assert_eq!(create(&gateways[0], APIFRAME).await.status, 200);
    let polls = |key| scene.provider.count(key, "GET");
    until("followed", || polls("one") + polls("two") >= 1).await;
    let start = Instant::now();
    until("followed", || polls("one") + polls("two") >= 3).await;
    assert!(start.elapsed() > Duration::from_millis(2500), "two waits of the core: {:?}", start.elapsed());
    assert!(polls("one") == 0 || polls("two") == 0, "{} and {}", polls("one"), polls("two"));

    let follower = usize::from(polls("one") == 0);
    let (crashing, other) = (["one", "two"][follower], ["two", "one"][follower]);
    drop(gateways.remove(follower));
    until("taken over", || polls(other) > 0).await;
    let before = polls(crashing);
    scene.provider.state("Active");
    assert_eq!(scene.only().await, ("succeeded".to_owned(), json!("a1")));
    assert_eq!(polls(crashing), before, "it has stopped");
}

#[tokio::test]
async fn outcome_is_what_the_provider_reports() {
    let scene = Scene::new().await;
    let gateway = scene.gateway().await;
    scene.provider.state("Failed");
    create(&gateway, APIFRAME).await;
    assert_eq!(scene.only().await, ("failed".to_owned(), json!("a1")), "while it processes");
    for (status, outcome) in [(None, "succeeded"), (Some(400), "failed"), (Some(429), "failed"), (Some(503), "unknown")]
    {
        scene.receiver.received().clear();
        scene.provider.status(status);
        create(&gateway, "/providers/relaydance/v1/files").await;
        assert_eq!(scene.only().await.0, outcome, "{status:?}");
    }
    assert_eq!(scene.pending(), 0);
}

#[tokio::test]
async fn provider_that_cannot_be_reached_fails_the_upload() {
    let scene = Scene::new().await;
    let gateway = scene.gateway_with("k", &[("MEDIAFERRY_APIFRAME_ORIGIN", "http://127.0.0.1:1")]).await;
    assert_eq!(create(&gateway, APIFRAME).await.status, 502);
    assert_eq!(scene.only().await, ("failed".to_owned(), Value::Null));
}

#[tokio::test]
async fn asset_that_is_never_ready_ends_as_unknown_at_the_deadline_of_the_core() {
    let scene = Scene::new().await;
    let since = ago(Duration::from_secs(10 * 60 - 2));
    scene.leave(&json!({
        "key": "k", "subject": "ada", "provider": "apiframe", "asset": "a7", "sha256": null, "otherwise": "unknown",
        "state": { "name": "processing", "since": since },
    }));
    let _gateway = scene.gateway().await;
    assert_eq!(scene.only().await, ("unknown".to_owned(), json!("a7")));
    assert!(scene.provider.count("k", "GET /v2/assets/a7") > 0);
}

#[tokio::test]
async fn upload_to_an_issued_url_ends_with_its_completion() {
    for (status, outcome) in [(None, "succeeded"), (Some(422), "failed")] {
        let scene = Scene::new().await;
        let gateway = scene.gateway().await;
        assert_eq!(create(&gateway, UPLOAD_URL).await.status, 200);
        for not_yet in [503, 429] {
            scene.provider.status(Some(not_yet));
            create(&gateway, COMPLETE).await;
        }
        assert_eq!((scene.pending(), scene.receiver.received().len()), (1, 0), "it can be completed later");
        scene.provider.status(status);
        create(&gateway, COMPLETE).await;
        assert_eq!(scene.only().await, (outcome.to_owned(), json!("f1")));
        create(&gateway, COMPLETE).await;
        assert!(scene.receiver.ids().len() == 1 && scene.pending() == 0, "a repetition is no new event");
    }
}

#[tokio::test]
async fn issued_url_that_is_never_used_fails_the_upload() {
    let scene = Scene::new().await;
    let gateway = scene.gateway().await;
    let soon = jiff::Timestamp::from_millisecond(ago(Duration::from_secs(10 * 60 - 1)).cast_signed());
    scene.provider.expires_at(soon.expect("a time").to_string());
    create(&gateway, UPLOAD_URL).await;
    assert_eq!(scene.pending(), 1);
    assert_eq!(scene.only().await, ("failed".to_owned(), json!("f1")));
}

#[tokio::test]
async fn nobody_completes_the_upload_of_another_user() {
    let scene = Scene::new().await;
    let identity = [
        ("MEDIAFERRY_IDENTITY_MODE", "token"),
        ("MEDIAFERRY_IDENTITY_SECRET", SECRET),
        ("MEDIAFERRY_IDENTITY_OWNER_SECRET", "another-secret-of-at-least-32-bytes"),
    ];
    // From another instance: this one does not remember the owner.
    scene.leave(&json!({
        "key": "modelhunter/f1", "subject": "alice", "provider": "modelhunter", "asset": "f1", "sha256": null,
        "otherwise": "failed", "state": { "name": "ticket", "until": ago(Duration::ZERO) + 600_000 },
    }));
    let gateway = scene.gateway_with("k", &identity).await;
    let complete = async |user: &str, id: &str| {
        let path = COMPLETE.replace("f1", id);
        let request = gateway.request("POST", &path).bearer_auth(token(SECRET, user, 60));
        send(request.body("")).await.status.as_u16()
    };
    assert_eq!(complete("bob", "f1").await, 404);
    scene.provider.status(Some(422));
    assert_eq!(complete("bob", "f1").await, 422);
    sleep(Duration::from_millis(200)).await;
    assert_eq!((scene.receiver.received().len(), scene.pending()), (0, 1));
    assert_eq!(complete("alice", "f1").await, 422);
    assert_eq!(scene.only().await, ("failed".to_owned(), json!("f1")));
}

#[tokio::test]
async fn staged_file_and_the_asset_from_it_are_one_upload() {
    let scene = Scene::new().await;
    let gateway = scene.gateway().await;
    let staged = json!({ "content_type": "image/png", "size_bytes": 9, "sha256": "cd".repeat(32) });
    let ticket = gateway.post_json("/staging", &staged).await.json();
    let register = json!({ "url": ticket["get_url"], "type": "image" });
    scene.provider.status(Some(429));
    assert_eq!(gateway.post_json(APIFRAME, &register).await.status, 429);
    assert_eq!((scene.pending(), scene.receiver.received().len()), (1, 0), "it can be used later");
    scene.provider.status(None);
    scene.provider.state("Active");
    assert_eq!(gateway.post_json(APIFRAME, &register).await.status, 200);
    let events = scene.events(1).await;
    assert_eq!((events.len(), scene.pending()), (1, 0));
    assert_eq!((&events[0]["sha256"], &events[0]["provider"]), (&json!("cd".repeat(32)), &json!("apiframe")));
    assert_eq!((&events[0]["outcome"], &events[0]["asset"]["id"]), (&json!("succeeded"), &json!("a1")));
}

#[tokio::test]
async fn staged_file_that_is_never_used_fails_and_a_damaged_record_is_set_aside() {
    let scene = Scene::new().await;
    scene.leave(&json!({
        "key": "staging/a.png", "subject": "ada", "provider": null, "asset": null, "sha256": null, "otherwise": "failed",
        "state": { "name": "ticket", "until": ago(Duration::ZERO) + 1000 },
    }));
    std::fs::write(scene.folder.path().join("pending").join("b.json"), r#"{"key":"#).expect("a file");
    let _gateway = scene.gateway().await;
    assert_eq!(scene.receiver.received().len(), 0);
    assert_eq!(scene.only().await, ("failed".to_owned(), Value::Null));
    assert_eq!(scene.receiver.received()[0].body["data"]["provider"], Value::Null);
    assert!(scene.folder.path().join("pending").join("corrupt/b.json").exists());
}

#[tokio::test]
async fn upload_that_cannot_be_recorded_is_not_forwarded_unless_configured() {
    let (scene, Some(mut server)) = (Scene::new().await, Server::start().await) else { return };
    let valkey = server.url();
    let closed = scene.gateway_with("closed", &[("MEDIAFERRY_VALKEY", &valkey)]).await;
    let variables = [("MEDIAFERRY_VALKEY", valkey.as_str()), ("MEDIAFERRY_HOOKS_FAIL_OPEN", "true")];
    let open = scene.gateway_with("open", &variables).await;
    server.kill();
    let reply = create(&closed, APIFRAME).await;
    assert_eq!((reply.error(), reply.header("retry-after")), ((503, "hook_unavailable".to_owned()), "5"));
    assert_eq!(create(&open, APIFRAME).await.status, 200);
    assert_eq!((scene.provider.count("closed", "create"), scene.provider.count("open", "create")), (0, 1));

    server.restart().await;
    scene.provider.state("Active");
    // The first command after an outage may still fail.
    while create(&closed, APIFRAME).await.status != 200 {
        sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(scene.only().await, ("succeeded".to_owned(), json!("a2")));
}

#[tokio::test]
async fn without_a_post_finish_hook_nothing_is_stored_or_followed() {
    let scene = Scene::new().await;
    let key = [("MEDIAFERRY_APIFRAME_ORIGIN", scene.provider.origin.as_str()), ("MEDIAFERRY_APIFRAME_KEY", "k")];
    let gateway = Gateway::start(&[], &key).await;
    assert_eq!(create(&gateway, APIFRAME).await.status, 200);
    sleep(Duration::from_millis(1500)).await;
    assert_eq!(scene.provider.count("k", "GET"), 0);
}

#[tokio::test]
async fn request_of_which_the_provider_has_a_part_has_failed_with_an_attempts_id_and_without() {
    let scene = Scene::new().await;
    let provider = raw::Provider::start().await;
    let origin = provider.origin();
    let gateway = scene.gateway_with("k", &[("MEDIAFERRY_RELAYDANCE_ORIGIN", &origin)]).await;
    for attempt in ["", "mediaferry-attempt: 0123456789abcdef0123456789abcdef\r\n"] {
        scene.receiver.received().clear();
        let mut client = raw::Connection::to(&gateway).await;
        client.send(raw::head(10, attempt) + "half ").await;
        let mut connection = provider.accept().await;
        connection.head().await;
        connection.body(5).await;
        drop(connection);
        assert_eq!(client.message().await.error(), (502, "provider_unreachable".to_owned(), Some(true)));
        assert_eq!(scene.only().await, ("failed".to_owned(), Value::Null), "{attempt}");
    }
}
