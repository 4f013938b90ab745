//! Requests for what is not configured.

use mediaferry::providers::PROVIDERS;
use serde_json::json;

use crate::common::raw::FILES;
use crate::common::{Gateway, send};

#[tokio::test]
async fn an_unconfigured_provider_returns_not_configured_with_its_settings() {
    let gateway = Gateway::start(&[], &[]).await;
    for profile in PROVIDERS.iter().map(|provider| provider.profile()) {
        let path = profile.endpoints[0].path.replace("{id}", "file_1");
        for path in [path.as_str(), "/none/of/its/endpoints"] {
            let reply = send(gateway.request("POST", &format!("/providers/{}{path}", profile.id))).await;
            assert_eq!(reply.error(), (404, "not_configured".to_owned()), "{path}");
            let message = reply.json()["error"]["message"].as_str().expect("a message").to_owned();
            let variables = ["ORIGIN", "KEY"].map(|name| format!("MEDIAFERRY_{}_{name}", profile.id.to_uppercase()));
            assert!(message.contains(profile.name) && variables.iter().all(|name| message.contains(name)), "{message}");
        }
    }
    assert_eq!(send(gateway.request("POST", "/providers/nobody/v1/files")).await.error().1, "not_found");
}

#[tokio::test]
async fn a_configured_provider_does_not_configure_others() {
    let gateway = Gateway::in_front_of("http://127.0.0.1:1", &[]).await;
    assert_eq!(send(gateway.request("POST", FILES)).await.error().1, "provider_unreachable");
    let other = send(gateway.request("POST", "/providers/worldrouter/api/v1/uploads")).await;
    assert_eq!(other.error().1, "not_configured");
}

#[tokio::test]
async fn staging_without_a_bucket_is_not_configured() {
    let gateway = Gateway::start(&[], &[]).await;
    let reply = gateway.post_json("/staging", &json!({ "content_type": "image/png", "size_bytes": 9 })).await;
    assert_eq!(reply.error(), (404, "not_configured".to_owned()));
}

#[tokio::test]
async fn the_gateway_serves_no_pages_and_no_sandbox() {
    let gateway = Gateway::start(&[], &[]).await;
    for path in ["/", "/index.html", "/mediaferry/index.js", "/sandbox/faults", "/sandbox/relaydance/v1/files"] {
        assert_eq!(send(gateway.request("GET", path)).await.status, 404, "{path}");
    }
}
