//! What the tests of identity share.

mod signer;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName};
use reqwest::{Client, Url};
use tokio::net::TcpListener;

use super::{SecretPair, SharedSecret};
use crate::upstream;

pub(super) use signer::{Signer, now};

/// The default of the setting.
pub(super) const USER_HEADER: HeaderName = HeaderName::from_static("x-mediaferry-user");

pub(super) fn client() -> Client {
    upstream::local().expect("a client")
}

pub(super) fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        headers.append(name.parse::<HeaderName>().expect("a name"), value.parse().expect("a value"));
    }
    headers
}

pub(super) fn request(pairs: &[(&str, &str)]) -> Parts {
    let mut parts = Request::new(Body::empty()).into_parts().0;
    parts.headers = headers(pairs);
    parts
}

/// Secrets of one repeated character each.
pub(crate) fn secrets(current: char, previous: Option<char>) -> SecretPair {
    let secret = |character: char| SharedSecret::new(&character.to_string().repeat(32)).expect("a secret");
    SecretPair { current: secret(current), previous: previous.map(secret) }
}

/// Serves the application's side on loopback, until the test ends.
pub(super) async fn serve(app: Router) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, app).await });
    Url::parse(&format!("http://{address}/")).expect("a URL")
}
