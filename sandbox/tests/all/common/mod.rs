//! A sandbox in the test's own process, on free ports with a temporary folder, and requests to it.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::http::header;
use axum::routing::get;
use clap::{Args, Command, FromArgMatches};
use futures::{StreamExt, stream};
use mediaferry::digest::Digest;
use mediaferry_gateway::Config;
use mediaferry_sandbox::{Addresses, Handle, Options, serve};
use reqwest::header::HeaderMap;
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::Value;
use tempfile::TempDir;
use tokio::net::TcpListener;

/// A running sandbox.
pub(crate) struct Gateway {
    pub(crate) addresses: Addresses,
    pub(crate) handle: Handle,
    pub(crate) client: Client,
    pub(crate) folder: TempDir,
}

/// A response, read to its end.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Gateway {
    /// With mocks of every provider.
    pub(crate) async fn start(args: &[&str]) -> Self {
        Self::start_with(args, &[]).await
    }

    /// With these environment variables, and mocks of the providers that they do not configure.
    pub(crate) async fn start_with(args: &[&str], variables: &[(&str, &str)]) -> Self {
        Self::start_in(TempDir::new().expect("a folder"), args, variables, |_| {}).await
    }

    /// In this folder, with changes to the configuration that no flag could make.
    pub(crate) async fn start_in(
        folder: TempDir,
        args: &[&str],
        variables: &[(&str, &str)],
        change: impl FnOnce(&mut Config),
    ) -> Self {
        let data = folder.path().join("store");
        let own = ["sandbox", "--port", "0", "--storage-port", "0", "--data", data.to_str().expect("a path")];
        let command = Options::augment_args(Config::with_flags(Command::new("sandbox")));
        let matches = command.get_matches_from(own.iter().chain(args));
        let variables: Vec<_> = variables.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        let mut config = Config::load_with(&matches, &variables).expect("a config");
        change(&mut config);
        let options = Options::from_arg_matches(&matches).expect("options");
        let (addresses, handle) = serve(config, &options).await.expect("a sandbox");
        Self { addresses, handle, client: client(), folder }
    }

    /// Starts it again in the same folder.
    pub(crate) async fn restart(self, args: &[&str]) -> Self {
        self.handle.stop().await;
        Self::start_in(self.folder, args, &[], |_| {}).await
    }

    /// A request to a path of the gateway.
    pub(crate) fn request(&self, method: &str, path: &str) -> RequestBuilder {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        self.client.request(method, format!("{}{path}", self.addresses.gateway))
    }

    /// A POST of JSON to a path of the gateway.
    pub(crate) async fn post_json(&self, path: &str, body: &Value) -> Reply {
        send(self.request("POST", path).header("Content-Type", "application/json").body(body.to_string())).await
    }

    /// Requests an upload URL of ModelHunter through the gateway, as a page does.
    pub(crate) async fn ticket(&self, content_type: &str, size: usize) -> Ticket {
        let body = serde_json::json!({ "filename": "photo.png", "contentType": content_type, "sizeBytes": size });
        let reply = self.post_json("/providers/modelhunter/api/v1/files/upload-url", &body).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        let data = &reply.json()["data"];
        let text = |name: &str| data[name].as_str().expect(name).to_owned();
        Ticket { url: text("upload_url"), id: text("file_id"), expires_at: text("expires_at") }
    }

    /// PUTs bytes to a presigned URL, as a page of another origin does.
    pub(crate) async fn put(&self, url: &str, content_type: &str, bytes: Vec<u8>) -> Reply {
        let put =
            self.client.put(url).header("Content-Type", content_type).header("Origin", self.addresses.gateway.as_str());
        send(put.body(bytes)).await
    }

    /// Stages a PNG and returns the URL for the provider.
    pub(crate) async fn stage(&self, photo: &[u8]) -> String {
        let body = serde_json::json!({ "content_type": "image/png", "size_bytes": photo.len() });
        let reply = self.post_json("/staging", &body).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        let url = |name: &str| reply.json()[name].as_str().expect(name).to_owned();
        let put = self.client.put(url("put_url")).header("Content-Type", "image/png").header("x-amz-acl", "private");
        let put = put.header("if-none-match", "*");
        assert_eq!(send(put.body(photo.to_vec())).await.status, 200);
        url("get_url")
    }

    /// Confirms an upload with ModelHunter.
    pub(crate) async fn complete(&self, id: &str) -> Reply {
        send(self.request("POST", &format!("/providers/modelhunter/api/v1/files/{id}/complete"))).await
    }

    /// Queues faults.
    pub(crate) async fn fault(&self, faults: Value) {
        let reply = self.post_json("/sandbox/faults", &faults).await;
        assert_eq!(reply.status, 200, "{reply:?}");
    }

    /// Changes settings of the mock providers; the others are reset.
    pub(crate) async fn set(&self, settings: Value) {
        let put = self.request("PUT", "/sandbox/settings").header("Content-Type", "application/json");
        let reply = send(put.body(settings.to_string())).await;
        assert_eq!(reply.status, 200, "{reply:?}");
    }

    /// How many objects and records a mock provider has stored.
    pub(crate) fn objects(&self, provider: &str) -> usize {
        let folder = self.folder.path().join("store/mediaferry").join(provider);
        std::fs::read_dir(folder).map_or(0, Iterator::count)
    }
}

/// ModelHunter's response to the first request.
pub(crate) struct Ticket {
    pub(crate) url: String,
    pub(crate) id: String,
    pub(crate) expires_at: String,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }
}

/// A client that follows no redirects and trusts no certificates: all of a test is on loopback.
pub(crate) fn client() -> Client {
    // Only the first of several tests in a process installs it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let plain = Client::builder().no_proxy().tls_certs_only([]).redirect(reqwest::redirect::Policy::none());
    plain.build().expect("a client")
}

/// Sends a request that must get a response.
pub(crate) async fn send(request: RequestBuilder) -> Reply {
    try_send(request).await.expect("a response")
}

/// Sends a request that may fail.
pub(crate) async fn try_send(request: RequestBuilder) -> Result<Reply, reqwest::Error> {
    let response = request.send().await?;
    let (status, headers) = (response.status(), response.headers().clone());
    Ok(Reply { status, headers, body: response.bytes().await?.to_vec() })
}

/// Starts a site for providers to fetch from: a photo, a page, redirects and failures. Returns its origin.
pub(crate) async fn site(photo: Vec<u8>) -> String {
    let page = || async { ([(header::CONTENT_TYPE, "image/png")], "<html>no photo</html>") };
    let redirect = |location: String| (StatusCode::FOUND, [(header::LOCATION, location)]);
    let steps = move |Path(steps): Path<u32>| async move {
        redirect(if steps > 1 { format!("/steps/{}", steps - 1) } else { "../photo.png?key=river".to_owned() })
    };
    let broken = || async {
        let start = stream::iter([Ok(b"\x89PNG\r\n\x1a\n".as_slice())]);
        // The head has to be on its way.
        let end = stream::once(async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset))
        });
        Body::from_stream(start.chain(end))
    };
    let large = || async {
        (
            [(header::CONTENT_LENGTH, "5368709121")],
            Body::from_stream(stream::pending::<Result<&[u8], std::io::Error>>()),
        )
    };
    let app = Router::new()
        .route("/photo.png", get(async move || photo.clone()))
        .route("/page.png", get(page))
        .route("/steps/{steps}", get(steps))
        .route("/elsewhere", get(move || async move { redirect("ftp://127.0.0.1/photo.png".to_owned()) }))
        .route("/broken.png", get(broken))
        .route("/large.png", get(large))
        .route("/slow.png", get(std::future::pending::<()>));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let origin = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, app).await });
    origin
}

/// SHA-256 in hexadecimal digits.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    let mut digest = Digest::new();
    digest.update(bytes);
    digest.finish().hex()
}

/// A PNG by structure, of these pixels, with a private chunk of `padding` bytes.
pub(crate) fn png(width: u32, height: u32, padding: usize) -> Vec<u8> {
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
    let filler: Vec<u8> = (0..padding).map(|at| u8::try_from(at % 251).unwrap_or_default()).collect();
    let chunks = [(b"IHDR", header), (b"prVt", filler), (b"IDAT", vec![0; 16]), (b"IEND", Vec::new())];
    let chunk = |(name, data): (&[u8; 4], Vec<u8>)| {
        let length = u32::try_from(data.len()).expect("a chunk's length").to_be_bytes();
        let crc = crc32(&[&name[..], &data].concat()).to_be_bytes();
        [&length[..], name, &data, &crc].concat()
    };
    [vec![0x89, b'P', b'N', b'G', 13, 10, 26, 10]].into_iter().chain(chunks.map(chunk)).flatten().collect()
}

fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
    !bytes.iter().fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), step))
}

/// A multipart form as a browser writes it, and its content type.
pub(crate) fn form(parts: &[(&str, &str, Option<&str>, &[u8])]) -> (Vec<u8>, &'static str) {
    let mut body = Vec::new();
    for (name, file_name, content_type, bytes) in parts {
        let kind = content_type.map(|kind| format!("Content-Type: {kind}\r\n")).unwrap_or_default();
        let head =
            format!("--XyX\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file_name}\"\r\n{kind}\r\n");
        body.extend([head.as_bytes(), bytes, b"\r\n"].concat());
    }
    body.extend(b"--XyX--\r\n");
    (body, "multipart/form-data; boundary=XyX")
}
