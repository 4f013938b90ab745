//! Which pages may use the gateway, by origin and by host name.

use crate::common::raw::FILES;
use crate::common::{Gateway, Reply, client, send};

/// The headers of a request from a page: those that the package sets, a token and a header of the page.
const HEADERS: &str = "authorization,content-type,mediaferry-attempt,mediaferry-attempt-age,x-tenant";
/// The code of the response of a gateway whose provider cannot be reached: the request has passed every check.
const PASSED: &str = "provider_unreachable";

async fn start(args: &[&str]) -> Gateway {
    Gateway::in_front_of("http://127.0.0.1:1", args).await
}

async fn post(gateway: &Gateway, path: &str, headers: &[(&str, &str)]) -> Reply {
    let request = gateway.request("POST", path).header("Content-Type", "application/json").body("{}");
    send(headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))).await
}

#[tokio::test]
async fn pages_of_other_origins_are_rejected() {
    let gateway = start(&["--allow-origin", "https://app.example"]).await;
    for headers in [
        &[("Origin", gateway.url.as_str())][..],
        &[("Origin", "https://app.example")],
        // A program.
        &[],
        // A URL that a user typed.
        &[("Sec-Fetch-Site", "none")],
    ] {
        assert_eq!(post(&gateway, FILES, headers).await.error().1, PASSED, "{headers:?}");
    }
    let image = post(&gateway, FILES, &[("Sec-Fetch-Site", "cross-site")]).await;
    assert_eq!(image.error(), (403, "forbidden_origin".to_owned()));
    for origin in [
        "https://evil.example",
        "null",
        "http://app.example",
        "https://app.example.evil.example",
        "http://127.0.0.1:1",
        "",
    ] {
        for path in [FILES, "/staging", "/attempts/00000000000000000000000000000001"] {
            let reply = post(&gateway, path, &[("Origin", origin)]).await;
            assert_eq!(reply.error(), (403, "forbidden_origin".to_owned()), "{origin} {path}");
            assert_eq!(reply.header("access-control-allow-origin"), "", "{origin}");
        }
    }
}

#[tokio::test]
async fn several_origins_are_rejected() {
    let gateway = start(&["--allow-origin", "https://app.example"]).await;
    let both = [("Origin", "https://app.example"), ("Origin", "https://evil.example")];
    assert_eq!(post(&gateway, FILES, &both).await.error(), (403, "forbidden_origin".to_owned()));
}

#[tokio::test]
async fn listed_origins_get_cors() {
    let gateway = start(&["--allow-origin", "https://app.example"]).await;
    let preflight = |origin| {
        let headers = [
            ("Origin", origin),
            ("Access-Control-Request-Method", "POST"),
            ("Access-Control-Request-Headers", HEADERS),
        ];
        let request = gateway.request("OPTIONS", FILES);
        send(headers.iter().fold(request, |request, (name, value)| request.header(*name, *value)))
    };
    let allowed = preflight("https://app.example").await;
    assert_eq!((allowed.status.as_u16(), allowed.header("access-control-allow-origin")), (200, "https://app.example"));
    assert_eq!(allowed.header("access-control-allow-headers"), HEADERS);
    assert_eq!(preflight("https://evil.example").await.header("access-control-allow-origin"), "");
    let reply = post(&gateway, FILES, &[("Origin", "https://app.example")]).await;
    assert_eq!(reply.header("access-control-allow-origin"), "https://app.example");
    assert!(reply.header("access-control-expose-headers").contains("retry-after"));
    assert!(reply.header("vary").contains("origin"));
}

/// The code of the response to a request with this `Host`, from a page of the same host.
async fn code_for_host(gateway: &Gateway, path: &str, host: &str) -> String {
    let host = format!("{host}:{}", gateway.handle.address.port());
    post(gateway, path, &[("Host", &host), ("Origin", &format!("http://{host}"))]).await.error().1
}

#[tokio::test]
async fn other_host_names_are_rejected_on_loopback() {
    let gateway = start(&["--allow-host", "gateway.example"]).await;
    for path in [FILES, "/staging", "/healthz"] {
        for host in ["evil.example", "localhost.evil.example", "gateway.example.evil.example", "192.168.0.1"] {
            assert_eq!(code_for_host(&gateway, path, host).await, "forbidden_host", "{host} {path}");
        }
    }
    for host in ["localhost", "127.0.0.1", "gateway.example", "Gateway.Example"] {
        assert_eq!(code_for_host(&gateway, FILES, host).await, PASSED, "{host}");
    }
}

#[tokio::test]
async fn other_host_names_are_rejected_on_every_bind_address() {
    let mut gateway = start(&["--bind", "0.0.0.0", "--insecure-anonymous", "--allow-host", "gateway.example"]).await;
    gateway.url = format!("http://127.0.0.1:{}", gateway.handle.address.port());
    gateway.client = client();
    assert_eq!(code_for_host(&gateway, FILES, "evil.example").await, "forbidden_host");
    for host in ["localhost", "gateway.example", "192.168.0.1"] {
        assert_eq!(code_for_host(&gateway, FILES, host).await, PASSED, "{host}");
    }
}
