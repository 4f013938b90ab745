//! A gateway in the test's own process on a free port, and requests to it.

pub(crate) mod bucket;
pub(crate) mod log;
pub(crate) mod multipart;
pub(crate) mod raw;

use clap::Command;
use mediaferry_gateway::{Config, Handle, serve};
use reqwest::header::HeaderMap;
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::Value;

/// A running gateway.
pub(crate) struct Gateway {
    /// Its origin.
    pub(crate) url: String,
    pub(crate) handle: Handle,
    pub(crate) client: Client,
}

/// A response, read to its end.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Gateway {
    /// Starts a gateway with these flags and environment variables.
    pub(crate) async fn start(args: &[&str], variables: &[(&str, &str)]) -> Self {
        Self::start_changed(args, variables, |_| ()).await
    }

    /// Starts a gateway whose configuration is changed, for example to times that no operator can set.
    pub(crate) async fn start_changed(
        args: &[&str],
        variables: &[(&str, &str)],
        change: impl FnOnce(&mut Config),
    ) -> Self {
        let mut config = config(args, variables);
        change(&mut config);
        let handle = serve(&config).await.expect("a gateway");
        Self { url: format!("http://{}", handle.address), handle, client: client() }
    }

    /// Starts a gateway with `RelayDance` at this origin.
    pub(crate) async fn in_front_of(origin: &str, args: &[&str]) -> Self {
        Self::in_front_of_with(origin, args, |_| ()).await
    }

    /// Starts a gateway with `RelayDance` at this origin, whose configuration is changed.
    pub(crate) async fn in_front_of_with(origin: &str, args: &[&str], change: impl FnOnce(&mut Config)) -> Self {
        let variables = [("MEDIAFERRY_RELAYDANCE_ORIGIN", origin), ("MEDIAFERRY_RELAYDANCE_KEY", raw::KEY)];
        Self::start_changed(args, &variables, change).await
    }

    /// A request to a path of the gateway.
    pub(crate) fn request(&self, method: &str, path: &str) -> RequestBuilder {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        self.client.request(method, format!("{}{path}", self.url))
    }

    /// A POST of JSON to a path of the gateway.
    pub(crate) async fn post_json(&self, path: &str, body: &Value) -> Reply {
        send(self.request("POST", path).header("Content-Type", "application/json").body(body.to_string())).await
    }
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// The status and the code of the gateway's error.
    pub(crate) fn error(&self) -> (u16, String) {
        (self.status.as_u16(), self.json()["error"]["code"].as_str().unwrap_or_default().to_owned())
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }
}

fn config(args: &[&str], variables: &[(&str, &str)]) -> Config {
    let args = ["gateway", "--port", "0"].iter().chain(args);
    let matches = Config::with_flags(Command::new("gateway")).get_matches_from(args);
    let variables: Vec<_> = variables.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    Config::load_with(&matches, &variables).expect("a config")
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
