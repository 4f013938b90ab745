//! Which pages may use the gateway, by origin and by host name.

mod common;

use common::{Gateway, Reply, send};
use serde_json::json;

/// What a page sends: what the package sets, a token and a header of its own.
const WANTED: &str = "authorization,content-type,mediaferry-attempt,mediaferry-attempt-age,x-tenant";
const PATH: &str = "/providers/modelhunter/api/v1/files/upload-url";

async fn ask(gateway: &Gateway, method: &str, path: &str, headers: &[(&str, &str)]) -> Reply {
    let body = json!({ "filename": "a.png", "contentType": "image/png", "sizeBytes": 9 }).to_string();
    let request = gateway.ask(method, path).header("Content-Type", "application/json").body(body);
    send(headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))).await
}

#[tokio::test]
async fn pages_of_other_origins_are_refused() {
    let gateway = Gateway::start(&["--allow-origin", "https://app.example"]).await;
    let own = gateway.addresses.gateway.clone();
    for origin in [own.as_str(), "https://app.example"] {
        assert_eq!(ask(&gateway, "POST", PATH, &[("Origin", origin)]).await.status, 200, "{origin}");
    }
    assert_eq!(ask(&gateway, "POST", PATH, &[]).await.status, 200, "a program without an origin");
    assert_eq!(ask(&gateway, "POST", PATH, &[("Sec-Fetch-Site", "none")]).await.status, 200, "a typed address");
    assert_eq!(
        ask(&gateway, "POST", PATH, &[("Sec-Fetch-Site", "cross-site")]).await.status,
        403,
        "an image elsewhere"
    );
    for origin in [
        "https://evil.example",
        "null",
        "http://app.example",
        "https://app.example.evil.example",
        "http://127.0.0.1:1",
        "",
    ] {
        for path in [PATH, "/providers/relaydance/v1/files", "/staging", "/sandbox/faults"] {
            let reply = ask(&gateway, "POST", path, &[("Origin", origin)]).await;
            assert_eq!(reply.status, 403, "{origin} {path}");
            assert_eq!(reply.json()["error"]["code"], "forbidden_origin");
            assert_eq!(reply.header("access-control-allow-origin"), "", "{origin}");
        }
    }
}

#[tokio::test]
async fn listed_origins_get_cors() {
    let gateway = Gateway::start(&["--allow-origin", "https://app.example"]).await;
    let preflight = |origin| {
        let headers =
            [("Origin", origin), ("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", WANTED)];
        let request = gateway.ask("OPTIONS", PATH);
        send(headers.iter().fold(request, |request, (name, value)| request.header(*name, *value)))
    };
    let allowed = preflight("https://app.example").await;
    assert_eq!((allowed.status.as_u16(), allowed.header("access-control-allow-origin")), (200, "https://app.example"));
    assert_eq!(allowed.header("access-control-allow-headers"), WANTED);
    assert_eq!(preflight("https://evil.example").await.header("access-control-allow-origin"), "");
    let reply = ask(&gateway, "POST", PATH, &[("Origin", "https://app.example")]).await;
    assert_eq!(reply.header("access-control-allow-origin"), "https://app.example");
    assert_eq!(reply.header("access-control-expose-headers"), "retry-after");
    assert!(reply.header("vary").contains("origin"));
}

#[tokio::test]
async fn other_names_for_this_machine_are_refused() {
    let gateway = Gateway::start(&[]).await;
    let port = gateway.addresses.gateway.rsplit(':').next().expect("a port").to_owned();
    for path in [PATH, "/", "/healthz", "/staging", "/sandbox/faults"] {
        for host in ["evil.example", "localhost.evil.example", "192.168.0.1"] {
            let host = format!("{host}:{port}");
            let origin = format!("http://{host}");
            let reply = ask(&gateway, "POST", path, &[("Host", &host), ("Origin", &origin)]).await;
            assert_eq!(
                (reply.status.as_u16(), reply.json()["error"]["code"].as_str()),
                (403, Some("forbidden_host")),
                "{host} {path}"
            );
        }
    }
    let host = format!("localhost:{port}");
    let origin = format!("http://{host}");
    assert_eq!(ask(&gateway, "POST", PATH, &[("Host", &host), ("Origin", &origin)]).await.status, 200);
}

#[tokio::test]
async fn storage_answers_any_page_even_with_an_error() {
    let gateway = Gateway::start(&[]).await;
    let ticket = gateway.ticket("image/png", 100).await;
    let preflight = gateway
        .client
        .request("OPTIONS".parse().expect("a method"), &ticket.url)
        .header("Origin", "http://page.example")
        .header("Access-Control-Request-Method", "PUT")
        .header("Access-Control-Request-Headers", "content-type,x-amz-checksum-sha256");
    let reply = send(preflight).await;
    assert_eq!((reply.status.as_u16(), reply.header("access-control-allow-origin")), (200, "*"));
    assert!(reply.header("access-control-allow-methods").contains("PUT"));
    assert!(!reply.header("access-control-max-age").is_empty());
    let refused = gateway.put(&ticket.url, "image/png", vec![0; 99]).await;
    assert_eq!((refused.status.as_u16(), refused.header("access-control-allow-origin")), (403, "*"));
}
