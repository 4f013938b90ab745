//! A signed POST to the app.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use reqwest::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use reqwest::{Client, Response, Url};

use super::config::HooksConfig;
use super::secret::HookSecret;
use crate::millis::millis;

const ID: HeaderName = HeaderName::from_static("webhook-id");
const TIMESTAMP: HeaderName = HeaderName::from_static("webhook-timestamp");
const SIGNATURE: HeaderName = HeaderName::from_static("webhook-signature");

#[derive(Clone, Debug)]
pub(super) struct Sender {
    client: Client,
    secrets: Vec<HookSecret>,
    timeout: Duration,
}

impl Sender {
    pub(super) fn new(client: Client, config: &HooksConfig) -> Self {
        Self { client, secrets: config.secrets.clone(), timeout: config.timeout() }
    }

    /// How long one request may take, response included.
    pub(super) const fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Sends the request. Redirects are not followed. An error contains no URL, because its query can be secret.
    pub(super) async fn post(&self, url: &Url, id: &str, body: &str) -> Result<Response, reqwest::Error> {
        let timestamp = unix_millis() / 1000;
        let signatures: Vec<_> = self.secrets.iter().map(|secret| secret.sign(id, timestamp, body)).collect();
        let request = self
            .client
            .post(url.clone())
            .timeout(self.timeout)
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .header(ID, id)
            .header(TIMESTAMP, timestamp)
            .header(SIGNATURE, signatures.join(" "))
            .body(body.to_owned());
        request.send().await.map_err(reqwest::Error::without_url)
    }
}

pub(crate) fn unix_millis() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    millis(since)
}
