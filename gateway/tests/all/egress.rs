//! The system's proxy, through which requests to remote providers leave.

use crate::common::raw::{FILES, KEY, Provider};
use crate::common::{client, send};
use crate::program::{Program, command};

/// A host that only the proxy could reach.
const REMOTE: &str = "http://provider.invalid/base";

fn start(proxy: &str) -> Program {
    Program::spawn(
        command()
            .env("http_proxy", proxy)
            .env("MEDIAFERRY_RELAYDANCE_ORIGIN", REMOTE)
            .env("MEDIAFERRY_RELAYDANCE_KEY", KEY),
    )
}

#[tokio::test]
async fn a_remote_provider_is_reached_through_a_tunnel() {
    let proxy = Provider::start().await;
    let program = start(&proxy.origin().replace("//", "//user:password@"));
    let url = format!("{}{FILES}", program.url());
    let response = tokio::spawn(send(client().post(url).body("form")));
    let mut connection = proxy.accept().await;
    let tunnel = connection.head().await.to_ascii_lowercase();
    assert!(tunnel.starts_with("connect provider.invalid:80 http/1.1\r\n"), "{tunnel}");
    assert!(
        tunnel.contains("proxy-authorization: basic dxnlcjpwyxnzd29yza==\r\n") && !tunnel.contains(KEY),
        "{tunnel}"
    );
    connection.send("HTTP/1.1 200 OK\r\n\r\n").await;
    let request = connection.message().await;
    assert!(request.head.starts_with("POST /base/v1/files HTTP/1.1\r\n"), "{}", request.head);
    assert!(request.head.contains("host: provider.invalid\r\n"), "{}", request.head);
    assert!(!request.head.contains("proxy-authorization") && request.body == b"form", "{}", request.head);
    connection.respond("201 Created", "{}").await;
    assert_eq!(response.await.expect("a response").status, 201);
}

#[tokio::test]
async fn a_proxy_that_refuses_the_tunnel_has_got_nothing_of_the_request() {
    let proxy = Provider::start().await;
    let program = start(&proxy.origin());
    let response = tokio::spawn(send(client().post(format!("{}{FILES}", program.url())).body("form")));
    let mut connection = proxy.accept().await;
    connection.head().await;
    connection.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n").await;
    let reply = response.await.expect("a response");
    assert_eq!(reply.error(), (502, "provider_unreachable".to_owned()));
    assert_eq!(reply.json()["error"]["sent"], false);
}
