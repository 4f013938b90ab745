//! The sandbox exists only with `--sandbox`, and only for the providers that are not configured.

mod common;

use axum::http::Method;
use common::{Gateway, Reply, png, send};
use mediaferry::providers::{PROVIDERS, Profile};
use serde_json::json;
use tokio::net::TcpListener;

/// Both variables of every provider, with an address that refuses connections.
fn all_configured() -> Vec<(String, &'static str)> {
    let ids = PROVIDERS.iter().map(|provider| provider.profile().id.to_uppercase());
    ids.flat_map(|id| {
        [(format!("MEDIAFERRY_{id}_ORIGIN"), "http://127.0.0.1:1"), (format!("MEDIAFERRY_{id}_KEY"), "k")]
    })
    .collect()
}

/// The path of a provider's first endpoint.
fn path(profile: &Profile) -> String {
    profile.endpoints[0].path.replace("{id}", "file_1")
}

async fn assert_no_sandbox(gateway: &Gateway) {
    let mut paths = vec!["/sandbox".to_owned(), "/sandbox/faults".to_owned(), "/sandbox/settings".to_owned()];
    paths.extend(PROVIDERS.iter().map(|one| format!("/sandbox/{}{}", one.profile().id, path(one.profile()))));
    paths.extend(PROVIDERS.iter().map(|one| format!("/sandbox/{}/cdn/file_1.png", one.profile().id)));
    for path in paths {
        for method in ["GET", "POST", "PUT", "DELETE"] {
            let reply = send(gateway.ask(method, &path).header("Content-Type", "application/json").body("[]")).await;
            assert_eq!((reply.status.as_u16(), code(&reply).as_str()), (404, "not_found"), "{method} {path}");
        }
    }
}

fn code(reply: &Reply) -> String {
    reply.json()["error"]["code"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn without_the_flag_an_unconfigured_provider_is_not_there() {
    let gateway = Gateway::start_bare(&[]).await;
    for provider in PROVIDERS {
        let profile = provider.profile();
        let variables = ["ORIGIN", "KEY"].map(|name| format!("MEDIAFERRY_{}_{name}", profile.id.to_uppercase()));
        for path in [path(profile), "/none/of/its/requests".to_owned()] {
            let reply = send(gateway.ask("POST", &format!("/providers/{}{path}", profile.id))).await;
            assert_eq!((reply.status.as_u16(), code(&reply).as_str()), (404, "not_configured"), "{path}");
            let message = reply.json()["error"]["message"].as_str().expect("a message").to_owned();
            assert!(message.contains(profile.name) && variables.iter().all(|name| message.contains(name)), "{message}");
        }
    }
    assert_eq!(code(&send(gateway.ask("POST", "/providers/nobody/v1/files")).await), "not_found");
    assert_no_sandbox(&gateway).await;
}

#[tokio::test]
async fn a_configured_provider_does_not_bring_the_sandbox_back() {
    let variables = [("MEDIAFERRY_RELAYDANCE_ORIGIN", "http://127.0.0.1:1"), ("MEDIAFERRY_RELAYDANCE_KEY", "k")];
    let gateway = Gateway::start_bare(&variables).await;
    assert_eq!(send(gateway.ask("POST", "/providers/relaydance/v1/files")).await.status, 502, "it is called");
    assert_eq!(code(&send(gateway.ask("POST", "/providers/worldrouter/api/v1/uploads")).await), "not_configured");
    assert_no_sandbox(&gateway).await;
}

#[tokio::test]
async fn without_the_flag_nothing_fetches_urls() {
    let target = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/a.png", target.local_addr().expect("an address"));
    let gateway = Gateway::start_bare(&[]).await;
    for (id, body) in [
        ("onerouter/v1/upload/resources", json!({ "model": "m", "file": url })),
        ("apiframe/v2/assets/create", json!({ "url": url, "type": "image" })),
    ] {
        for prefix in ["/providers/", "/sandbox/"] {
            assert_eq!(gateway.post_json(&format!("{prefix}{id}"), &body).await.status, 404, "{prefix}{id}");
        }
    }
    tokio::select! {
        biased;
        _ = target.accept() => panic!("the gateway has fetched the URL"),
        () = tokio::time::sleep(std::time::Duration::from_millis(200)) => {}
    }
    // The same with the flag, so that the requests above are the right ones.
    let gateway = Gateway::start(&["--processing-millis", "0"]).await;
    let body = json!({ "model": "m", "file": url });
    let fetching = gateway.post_json("/providers/onerouter/v1/upload/resources", &body);
    tokio::select! {
        _ = target.accept() => {}
        reply = fetching => panic!("it answers without fetching: {reply:?}"),
    }
}

#[tokio::test]
async fn without_the_flag_staging_works_on_the_embedded_storage() {
    let gateway = Gateway::start_bare(&[]).await;
    let photo = png(200, 200, 1000);
    let url = gateway.stage(&photo).await;
    let reply = send(gateway.client.get(url)).await;
    assert!(reply.status == 200 && reply.body == photo, "{reply:?}");
}

#[tokio::test]
async fn with_the_flag_only_unconfigured_providers_are_played() {
    let variables = [("MEDIAFERRY_RELAYDANCE_ORIGIN", "http://127.0.0.1:1"), ("MEDIAFERRY_RELAYDANCE_KEY", "k")];
    let gateway = Gateway::start_with(&[], &variables).await;
    assert_eq!(send(gateway.ask("POST", "/providers/relaydance/v1/files")).await.status, 502, "it is called");
    let direct = send(gateway.ask("POST", "/sandbox/relaydance/v1/files")).await;
    assert_eq!((direct.status.as_u16(), code(&direct).as_str()), (404, "not_found"));
    assert_eq!(gateway.ticket("image/png", 9).await.id.len(), "file_".len() + 32);
    assert_eq!(send(gateway.ask("GET", "/sandbox/faults")).await.status, 200);
}

#[tokio::test]
async fn with_the_flag_and_every_provider_configured_there_is_no_sandbox() {
    let variables = all_configured();
    let variables: Vec<_> = variables.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    let gateway = Gateway::start_with(&[], &variables).await;
    assert_no_sandbox(&gateway).await;
    let endpoint = PROVIDERS[0].profile().endpoints[0];
    let method = Method::from_bytes(endpoint.method.as_str().as_bytes()).expect("a method");
    let url = format!("{}/providers/{}{}", gateway.addresses.gateway, PROVIDERS[0].profile().id, endpoint.path);
    assert_eq!(send(gateway.client.request(method, url)).await.status, 502);
}
