//! Requests of the tests, and why they failed.

use axum::http::StatusCode;
use reqwest::RequestBuilder;
use reqwest::header::HeaderMap;

use super::TIMEOUT;
use crate::upstream::causes;

/// The maximum length of a response that is read: an error of S3, or the object of the tests.
const MAX_BODY: usize = 64 << 10;

/// A response, with the start of its body.
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

/// Sends a request; the error is a text without the URL.
pub(super) async fn send(request: RequestBuilder) -> Result<Reply, String> {
    let sent = async {
        let mut response = request.timeout(TIMEOUT).send().await?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            body.extend_from_slice(&chunk);
            if body.len() > MAX_BODY {
                break;
            }
        }
        Ok(Reply { status: response.status(), headers: std::mem::take(response.headers_mut()), body })
    };
    sent.await.map_err(causes)
}
