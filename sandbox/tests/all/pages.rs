//! The page and the package as a browser gets them.

use std::fs;

use crate::common::{Gateway, send};
use tempfile::TempDir;

#[tokio::test]
async fn files_come_with_their_type_and_the_pages_headers() {
    let folder = TempDir::new().expect("a folder");
    let (www, dist) = (folder.path().join("www"), folder.path().join("dist"));
    for (path, content) in
        [(www.join("index.html"), "<!doctype html>"), (www.join("main.js"), "1"), (dist.join("core.wasm"), "\0asm")]
    {
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, content).expect("a file");
    }
    let gateway =
        Gateway::start(&["--www", www.to_str().expect("a path"), "--dist", dist.to_str().expect("a path")]).await;
    let files = [
        ("/", "text/html"),
        ("/index.html", "text/html"),
        ("/main.js", "text/javascript"),
        ("/mediaferry/core.wasm", "application/wasm"),
    ];
    for (path, content_type) in files {
        let reply = send(gateway.request("GET", path)).await;
        assert_eq!((reply.status.as_u16(), reply.header("content-type")), (200, content_type), "{path}");
        assert_eq!(
            (reply.header("cache-control"), reply.header("x-content-type-options")),
            ("no-cache", "nosniff"),
            "{path}"
        );
        let policy = reply.header("content-security-policy");
        assert!(
            policy.contains("script-src 'self' 'wasm-unsafe-eval';") && policy.contains("frame-ancestors 'none'"),
            "{policy}"
        );
        assert!(
            policy
                .contains(&format!("connect-src 'self' {} {};", gateway.addresses.gateway, gateway.addresses.storage)),
            "{policy}"
        );
        assert!(!policy.contains("https:"), "{policy}");

        let again = send(gateway.request("GET", path).header("If-None-Match", reply.header("etag"))).await;
        assert_eq!(again.status, 304, "{path} is unchanged");
    }
    for path in ["/missing.js", "/mediaferry/missing.js", "/../secret", "/%2e%2e/secret", "/mediaferry/../../secret"] {
        assert_eq!(send(gateway.request("GET", path)).await.status, 404, "{path}");
    }
    let health = send(gateway.request("GET", "/healthz")).await;
    assert_eq!((health.status.as_u16(), health.text().as_str()), (200, "ok"));
}

#[tokio::test]
async fn a_real_providers_urls_may_be_anywhere() {
    let variables = [("MEDIAFERRY_RELAYDANCE_ORIGIN", "http://127.0.0.1:1"), ("MEDIAFERRY_RELAYDANCE_KEY", "k")];
    let gateway = Gateway::start_with(&[], &variables).await;
    let policy = send(gateway.request("GET", "/")).await.header("content-security-policy").to_owned();
    assert!(policy.contains(&format!("{} https:;", gateway.addresses.storage)), "{policy}");
}

#[tokio::test]
async fn the_documentation_is_served_once_it_is_built() {
    let folder = TempDir::new().expect("a folder");
    let docs = folder.path().join("docs");
    let gateway = Gateway::start(&["--docs", docs.to_str().expect("a path")]).await;
    let missing = send(gateway.request("GET", "/docs/")).await;
    assert_eq!(missing.status, 404);
    assert!(missing.text().contains("npm run docs"), "{}", missing.text());

    fs::create_dir_all(docs.join("guides")).expect("a folder");
    fs::write(docs.join("guides/index.html"), "<!doctype html>").expect("a file");
    for path in ["/docs/guides/", "/docs/guides/index.html"] {
        let reply = send(gateway.request("GET", path)).await;
        assert_eq!((reply.status.as_u16(), reply.header("content-type")), (200, "text/html"), "{path}");
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
        let policy = reply.header("content-security-policy");
        assert!(policy.contains("script-src 'self' 'unsafe-inline'"), "{policy}");
        assert!(policy.ends_with("frame-ancestors 'self'"), "{policy}");
    }
    for path in ["/docs/missing.html", "/docs/../Cargo.toml", "/docs/%2e%2e/Cargo.toml"] {
        let reply = send(gateway.request("GET", path)).await;
        assert_eq!(reply.status, 404, "{path}");
        assert!(!reply.text().contains("npm run docs"), "{path}");
    }
}
