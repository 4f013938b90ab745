//! The same on an S3 of somebody else's, which the environment names.

use std::fs;
use std::time::Duration;

use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use serde_json::json;
use tempfile::TempDir;

use super::{announce, forged, get, key, put, staged, ticket};
use crate::common::{Gateway, png, send, sha256};

const ID: &str = "an-id-of-ours";
const SECRET: &str = "river+secret/of=ours";

/// An S3 of somebody else's, with one bucket and one key.
struct OtherS3 {
    endpoint: String,
    folder: TempDir,
}

impl OtherS3 {
    async fn start() -> Self {
        let folder = TempDir::new().expect("a folder");
        fs::create_dir(folder.path().join("bucket-1")).expect("a bucket");
        let mut s3 = S3ServiceBuilder::new(s3s_fs::FileSystem::new(folder.path()).expect("a file system"));
        s3.set_auth(SimpleAuth::from_single(ID, SECRET));
        let s3 = axum::error_handling::HandleError::new(s3.build(), |_| async { axum::http::StatusCode::BAD_GATEWAY });
        let app = axum::Router::new().fallback_service(s3);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { endpoint, folder }
    }

    fn variables(&self) -> [(&str, &str); 5] {
        [
            ("MEDIAFERRY_S3_ENDPOINT", &self.endpoint),
            ("MEDIAFERRY_S3_REGION", "north-1"),
            ("MEDIAFERRY_S3_BUCKET", "bucket-1"),
            ("MEDIAFERRY_S3_ACCESS_KEY_ID", ID),
            ("MEDIAFERRY_S3_SECRET_ACCESS_KEY", SECRET),
        ]
    }
}

#[tokio::test]
async fn another_s3_does_the_same() {
    let s3 = OtherS3::start().await;
    let folder = TempDir::new().expect("a folder");
    let gateway = Gateway::start_in(folder, &["--staging-ticket-seconds", "2"], &s3.variables(), |config| {
        config.staging.get_lifetime = Duration::from_secs(2);
    })
    .await;
    assert_eq!(gateway.addresses.staging, format!("{}/bucket-1", s3.endpoint));
    let photo = png(200, 200, 1000);
    let mut body = announce(&photo);
    body["sha256"] = json!(sha256(&photo));
    let ticket = ticket(&gateway, &body).await;
    for url in [&ticket.put_url, &ticket.get_url] {
        assert!(url.starts_with(&format!("{}/bucket-1/staging/", s3.endpoint)), "{url}");
        assert!(url.contains(&format!("{ID}%2F")) && url.contains("%2Fnorth-1%2Fs3%2F"), "{url}");
    }
    let checksum = ticket.answer["headers"][1]["value"].as_str().expect("a checksum");
    let put = |url: &str, content_type: &str, bytes: &[u8]| {
        put(&gateway, url, content_type, bytes).header("x-amz-checksum-sha256", checksum)
    };
    let url = ticket.put_url.as_str();
    let refused = [
        put(url, "image/gif", &photo),
        put(url, "image/png", &photo[1..]),
        put(&forged(url), "image/png", &photo),
        super::put(&gateway, url, "image/png", &photo),
    ];
    for put in refused {
        assert_eq!(send(put).await.status, 403);
    }
    assert_eq!(send(put(url, "image/png", &photo)).await.status, 200);
    let reply = get(&gateway, &ticket.get_url).await;
    assert_eq!((reply.status.as_u16(), reply.header("content-type")), (200, "image/png"));
    assert!(reply.body == photo);
    assert!(s3.folder.path().join("bucket-1").join(key(url)).is_file());
    assert_eq!(staged(&gateway), 0, "the embedded store was not used");

    let asset = gateway.ticket("image/png", photo.len()).await;
    assert!(asset.url.starts_with(&gateway.addresses.storage), "the sandbox's storage stays: {}", asset.url);
    assert_eq!(gateway.put(&asset.url, "image/png", photo.clone()).await.status, 200);

    tokio::time::sleep(Duration::from_millis(3100)).await;
    assert_eq!(send(put(url, "image/png", &photo)).await.status, 403);
    assert_eq!(get(&gateway, &ticket.get_url).await.status, 403);
}

#[tokio::test]
async fn the_page_may_reach_the_bucket() {
    let s3 = OtherS3::start().await;
    let gateway = Gateway::start_with(&[], &s3.variables()).await;
    let policy = send(gateway.request("GET", "/")).await.header("content-security-policy").to_owned();
    for source in ["connect-src 'self'", "img-src 'self' blob: data:", "media-src 'self' blob: data:"] {
        let (own, storage) = (&gateway.addresses.gateway, &gateway.addresses.storage);
        assert!(policy.contains(&format!("{source} {own} {storage} {};", s3.endpoint)), "{policy}");
    }
}
