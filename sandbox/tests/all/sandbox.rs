//! Which providers the sandbox imitates, and what it fetches.

use crate::common::{Gateway, Reply, png, send, site};
use mediaferry::providers::PROVIDERS;
use serde_json::json;

const RELAYDANCE: [(&str, &str); 2] =
    [("MEDIAFERRY_RELAYDANCE_ORIGIN", "http://127.0.0.1:1"), ("MEDIAFERRY_RELAYDANCE_KEY", "k")];

fn error(reply: &Reply) -> (u16, String) {
    (reply.status.as_u16(), reply.json()["error"]["code"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn only_unconfigured_providers_are_imitated() {
    let gateway = Gateway::start_with(&[], &RELAYDANCE).await;
    let forwarded = send(gateway.request("POST", "/providers/relaydance/v1/files")).await;
    assert_eq!(error(&forwarded), (502, "provider_unreachable".to_owned()));
    let direct = send(gateway.request("POST", "/sandbox/relaydance/v1/files")).await;
    assert_eq!(error(&direct), (404, "not_found".to_owned()));
    assert_eq!(gateway.ticket("image/png", 9).await.id.len(), "file_".len() + 32);
    assert_eq!(send(gateway.request("GET", "/sandbox/faults")).await.status, 200);
    let banner = gateway.addresses.to_string();
    for provider in PROVIDERS.iter().map(|provider| provider.profile().id).filter(|id| *id != "relaydance") {
        assert!(banner.contains(&format!(", {provider}: sandbox, ")), "{banner}");
    }
    assert!(banner.contains(", relaydance: http://127.0.0.1:1/, "), "{banner}");
}

#[tokio::test]
async fn unknown_routes_of_the_sandbox_are_not_pages() {
    let gateway = Gateway::start(&[]).await;
    for path in ["/sandbox", "/sandbox/none", "/sandbox/modelhunter/none"] {
        assert_eq!(send(gateway.request("GET", path)).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn private_addresses_are_not_fetched() {
    let gateway = Gateway::start(&["--processing-millis", "0"]).await;
    let photo = site(png(64, 64, 0)).await;
    let fetch = |url: String| {
        let body = json!({ "model": "m", "file": url });
        let gateway = &gateway;
        async move {
            let created = gateway.post_json("/providers/onerouter/v1/upload/resources", &body).await.json();
            let path = format!("/providers/onerouter/v1/status/resources/{}", created["data"]["id"]);
            send(gateway.request("GET", &path)).await.text()
        }
    };
    assert!(fetch(format!("{photo}/photo.png")).await.contains("image/png"), "this machine is in reach");
    for url in ["http://10.255.255.1/photo.png", "http://[::ffff:192.168.0.1]/photo.png", "http://169.254.169.254/"] {
        let text = fetch(url.to_owned()).await;
        assert!(text.contains("failed") && !text.contains("image/png"), "{url}: {text}");
    }
}
