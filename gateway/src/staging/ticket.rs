//! `POST /staging`: the URL of one PUT, and the URL for the provider.

use std::sync::Arc;

use axum::extract::rejection::JsonRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Extension, Json, Router};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use mediaferry::storage::staging::PATH;
use serde::{Deserialize, Serialize};

use super::error::{StagingError, not_configured};
use super::file::File;
use crate::admission::Admission;
use crate::config::StagingConfig;
use crate::identity::Caller;
use crate::log;
use crate::metrics;
use crate::presign::{ACL, CHECKSUM, ONCE, Payload, Presigner};

/// A request has about 200 bytes.
const MAX_REQUEST: usize = 4 << 10;
/// The maximum size of one PUT in S3.
const MAX_PUT: u64 = 5 << 30;

pub(super) fn app(config: StagingConfig, admission: Admission) -> Router {
    let state = Arc::new((config, admission));
    Router::new().route(PATH, post(ticket)).layer(DefaultBodyLimit::max(MAX_REQUEST)).with_state(state)
}

/// The request body: the file that the page will send.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Announcement {
    provider: Option<String>,
    content_type: String,
    size_bytes: u64,
    sha256: Option<String>,
}

/// The upload URL, and the URL for the provider.
#[derive(Serialize)]
struct Ticket {
    put_url: String,
    get_url: String,
    expires_at: String,
    get_expires_at: String,
    /// Names and values of the headers that the PUT must have, besides the type and the length.
    headers: Vec<SignedHeader>,
}

/// A header that the PUT must have.
#[derive(Serialize)]
pub(super) struct SignedHeader {
    name: &'static str,
    value: String,
}

async fn ticket(
    State(state): State<Arc<(StagingConfig, Admission)>>,
    Extension(caller): Extension<Caller>,
    body: Result<Json<Announcement>, JsonRejection>,
) -> axum::response::Result<Response> {
    let (config, admission) = &*state;
    let Json(announced) = body.map_err(|error| StagingError::Invalid(error.body_text()))?;
    let bucket = config.bucket.as_ref().ok_or_else(not_configured)?;
    let file = File::new(
        announced.provider.as_deref(),
        &announced.content_type,
        announced.size_bytes,
        config.max_bytes.min(MAX_PUT),
    );
    let file = file?;
    let checksum = announced.sha256.as_deref().map(|hex| checksum(hex).ok_or(BAD_SHA256)).transpose();
    let checksum = checksum.map_err(|message| StagingError::Invalid(message.to_owned()))?;
    let key = file.key(&caller);
    let ticket = config.ticket(bucket, &key, &file, checksum, Timestamp::now());
    let start = file.start(announced.sha256);
    let permit = admission.start(&caller, &start).await?;
    let staged = admission.follower.staged(&key, caller.hook_subject(), start, config.put_lifetime);
    if let Err(refusal) = staged.await {
        permit.give_back().await;
        return Err(refusal.into());
    }
    permit.keep(&key, config.put_lifetime).await;
    metrics::count_ticket(file.provider);
    Ok((file.provider.map(|provider| Extension(log::Provider(provider))), Json(ticket)).into_response())
}

impl StagingConfig {
    /// The headers that a PUT must have, besides the type and the length. The checksum is in base64.
    pub(crate) fn signed_headers(&self, checksum: Option<String>) -> Vec<(&'static str, String)> {
        let acl = self.acl.clone().map(|acl| (ACL, acl));
        let once = self.if_none_match.then(|| (ONCE, "*".to_owned()));
        [acl, once, checksum.map(|base64| (CHECKSUM, base64))].into_iter().flatten().collect()
    }

    fn ticket(&self, bucket: &Presigner, key: &str, file: &File, checksum: Option<String>, now: Timestamp) -> Ticket {
        let headers = self.signed_headers(checksum);
        let payload = Payload { content_type: file.format.mime(), size: file.size, headers: &headers };
        let put = bucket.put(key, &payload, now, self.put_lifetime);
        let get = bucket.get(key, now, self.get_lifetime);
        Ticket {
            put_url: put.url.into(),
            get_url: get.url.into(),
            expires_at: put.expires_at.to_string(),
            get_expires_at: get.expires_at.to_string(),
            headers: headers.into_iter().map(SignedHeader::from).collect(),
        }
    }
}

impl From<(&'static str, String)> for SignedHeader {
    fn from((name, value): (&'static str, String)) -> Self {
        Self { name, value }
    }
}

const BAD_SHA256: &str = "sha256 must be 64 hexadecimal digits.";

/// Converts 64 hexadecimal digits to base64, as in `x-amz-checksum-sha256`.
fn checksum(digits: &str) -> Option<String> {
    Some(BASE64_STANDARD.encode(digest(digits)?))
}

/// Reads 64 hexadecimal digits.
pub(super) fn digest(digits: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(digits, &mut bytes).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_the_same_bytes_in_base64() {
        // The well-known SHA-256 of no bytes.
        let hex = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let base64 = Some("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=".to_owned());
        assert_eq!((checksum(hex), checksum(&hex.to_uppercase())), (base64.clone(), base64));
        for bad in [
            "",
            &hex[1..],
            &format!("{hex}00"),
            &hex.replace('e', "g"),
            &hex.replace("e3", "é"),
            &format!("+{}", &hex[1..]),
        ] {
            assert_eq!(checksum(bad), None, "{bad}");
        }
    }
}
