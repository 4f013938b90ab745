//! Forward-auth: the application's session endpoint verifies the caller's cookies, and its response is cached for seconds.

use std::time::Duration;

use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, header};
use moka::future::Cache;
use reqwest::{Client, StatusCode, Url};
use ring::digest;

use super::headers::single;
use super::{ForwardAuthConfig, IdentityError, Reason, Subject};
use crate::upstream::causes;

const CREDENTIALS: [HeaderName; 2] = [header::COOKIE, header::AUTHORIZATION];
const TIMEOUT: Duration = Duration::from_secs(5);
/// The maximum number of sessions that are kept.
const SESSIONS: u64 = 16_384;

pub(crate) struct ForwardAuth {
    client: Client,
    url: Url,
    header: HeaderName,
    timeout: Duration,
    sessions: Cache<[u8; 32], Subject>,
}

impl ForwardAuth {
    pub(super) fn new(config: ForwardAuthConfig, client: &Client) -> Self {
        let ForwardAuthConfig { url, header, cache } = config;
        let sessions = Cache::builder().max_capacity(SESSIONS).time_to_live(cache).build();
        Self { client: client.clone(), url, header, timeout: TIMEOUT, sessions }
    }

    /// Concurrent requests with the same credentials share one subrequest. Only a valid session is kept.
    pub(super) async fn subject(&self, request: &Parts) -> Result<Subject, IdentityError> {
        let credentials = credentials(&request.headers);
        if credentials.is_empty() {
            return Err(IdentityError::Unauthorized(Reason::MissingSession));
        }
        let key = fingerprint(&credentials);
        self.sessions.try_get_with(key, self.ask(request, credentials)).await.map_err(|error| *error)
    }

    async fn ask(&self, request: &Parts, credentials: HeaderMap) -> Result<Subject, IdentityError> {
        let asked = self
            .client
            .get(self.url.clone())
            .headers(credentials)
            .header("x-forwarded-method", request.method.as_str())
            // Without the query, which may contain a signature.
            .header("x-forwarded-uri", request.uri.path())
            .timeout(self.timeout)
            .send()
            .await;
        let response = match asked {
            Ok(response) => response,
            Err(error) => {
                tracing::warn!(target: "gateway", reason = causes(error), "the session endpoint did not respond");
                return Err(IdentityError::Unavailable);
            }
        };
        match response.status() {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(IdentityError::Unauthorized(Reason::Session)),
            status if status.is_success() => self.user(response.headers()).ok_or_else(|| {
                let header = self.header.as_str();
                tracing::warn!(target: "gateway", header, "the session endpoint returned no valid user id");
                IdentityError::Unavailable
            }),
            status => {
                tracing::warn!(target: "gateway", %status, "the session endpoint returned an unexpected status");
                Err(IdentityError::Unavailable)
            }
        }
    }

    fn user(&self, headers: &HeaderMap) -> Option<Subject> {
        Subject::new(str::from_utf8(single(headers, &self.header)?).ok()?)
    }
}

fn credentials(headers: &HeaderMap) -> HeaderMap {
    let values = |name: HeaderName| headers.get_all(&name).iter().map(move |value| (name.clone(), value.clone()));
    let mut credentials = HeaderMap::new();
    for (name, mut value) in CREDENTIALS.into_iter().flat_map(values) {
        value.set_sensitive(true);
        credentials.append(name, value);
    }
    credentials
}

/// The SHA-256 of the credentials; names and lengths separate the values.
fn fingerprint(credentials: &HeaderMap) -> [u8; 32] {
    let mut hash = digest::Context::new(&digest::SHA256);
    for name in CREDENTIALS {
        for value in credentials.get_all(&name) {
            hash.update(name.as_str().as_bytes());
            hash.update(&value.len().to_be_bytes());
            hash.update(value.as_bytes());
        }
    }
    let mut fingerprint = [0; 32];
    fingerprint.copy_from_slice(hash.finish().as_ref());
    fingerprint
}

#[cfg(test)]
mod tests;
