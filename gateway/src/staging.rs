//! `/staging`: our own bucket, for providers that accept only URLs. A page PUTs the file there with one presigned URL,
//! and the provider downloads it with another; neither request passes through the gateway.

use std::sync::Arc;

use axum::extract::rejection::JsonRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Extension, Json, Router};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use mediaferry::media::Format;
use mediaferry::providers::by_id;
use mediaferry::storage::staging::PATH;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use crate::admission::{Admission, Start};
use crate::config::StagingConfig;
use crate::identity::{Caller, OwnerTag};
use crate::log;
use crate::metrics;
use crate::presign::{ACL, CHECKSUM, ONCE, Payload, Presigner};
use crate::refusal::Refusal;

/// The first segment of every key.
pub const FOLDER: &str = "staging";
/// A request has about 200 bytes.
const MAX_REQUEST: usize = 4 << 10;

/// The route, without the origin check.
pub(crate) fn app(config: StagingConfig, admission: Admission) -> Router {
    let state = Arc::new((config, admission));
    Router::new().route(PATH, post(ticket)).layer(DefaultBodyLimit::max(MAX_REQUEST)).with_state(state)
}

/// The request body: the file that the page will send.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Announcement {
    /// The id of the provider that will fetch the file.
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
struct SignedHeader {
    name: &'static str,
    value: String,
}

async fn ticket(
    State(state): State<Arc<(StagingConfig, Admission)>>,
    Extension(caller): Extension<Caller>,
    body: Result<Json<Announcement>, JsonRejection>,
) -> Result<Response, Response> {
    let (config, admission) = &*state;
    let refused = IntoResponse::into_response;
    let Json(announced) = body.map_err(|error| refused(Refused::Invalid(error.body_text())))?;
    let bucket = config.bucket.as_ref().ok_or_else(|| refused(Refused::NotConfigured))?;
    let provider = announced.provider().map_err(refused)?;
    let (key, ticket) = config.ticket(bucket, &announced, provider, &caller, Timestamp::now()).map_err(refused)?;
    let start = Start {
        provider,
        content_type: Some(announced.content_type),
        size: Some(announced.size_bytes),
        sha256: announced.sha256,
        ..Start::default()
    };
    let permit = admission.start(&caller, &start).await?;
    let staged = admission.follower.staged(&key, caller.hook_subject(), start, config.put_lifetime);
    staged.await.map_err(IntoResponse::into_response)?;
    permit.keep(&key, config.put_lifetime).await;
    metrics::count_ticket(provider);
    Ok((provider.map(|provider| Extension(log::Provider(provider))), Json(ticket)).into_response())
}

impl Announcement {
    fn provider(&self) -> Result<Option<&'static str>, Refused> {
        let known = |id: &String| by_id(id).map(|provider| provider.profile().id).ok_or(Refused::UnknownProvider);
        self.provider.as_ref().map(known).transpose()
    }
}

impl StagingConfig {
    /// The headers that a PUT must have, besides the type and the length. The checksum is in base64.
    pub(crate) fn signed_headers(&self, checksum: Option<String>) -> Vec<(&'static str, String)> {
        let acl = self.acl.clone().map(|acl| (ACL, acl));
        let once = self.if_none_match.then(|| (ONCE, "*".to_owned()));
        [acl, once, checksum.map(|base64| (CHECKSUM, base64))].into_iter().flatten().collect()
    }

    fn ticket(
        &self,
        bucket: &Presigner,
        announced: &Announcement,
        provider: Option<&str>,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<(String, Ticket), Refused> {
        let checksum = announced.sha256.as_deref().map(|hex| checksum(hex).ok_or(BAD_SHA256)).transpose();
        let checksum = checksum.map_err(|message| Refused::Invalid(message.to_owned()))?;
        let format = Format::ALL.iter().find(|format| format.mime() == announced.content_type);
        let format = *format.ok_or(Refused::UnsupportedType)?;
        match announced.size_bytes {
            0 => return Err(Refused::Invalid("size_bytes must be at least 1.".to_owned())),
            size if size > self.max_bytes => return Err(Refused::TooLarge { size, limit: self.max_bytes }),
            _ => {}
        }
        let owner = caller.subject.is_some().then_some(caller.owner);
        let key = format!("{FOLDER}/{}", random_name(format, provider, owner));
        let headers = self.signed_headers(checksum);
        let payload = Payload { content_type: format.mime(), size: announced.size_bytes, headers: &headers };
        let put = bucket.put(&key, &payload, now, self.put_lifetime);
        let get = bucket.get(&key, now, self.get_lifetime);
        let ticket = Ticket {
            put_url: put.url.into(),
            get_url: get.url.into(),
            expires_at: put.expires_at.to_string(),
            get_expires_at: get.expires_at.to_string(),
            headers: headers.into_iter().map(|(name, value)| SignedHeader { name, value }).collect(),
        };
        Ok((key, ticket))
    }
}

/// A random name that shows for which provider and whom it was issued; with an extension, because some services rely on it.
fn random_name(format: Format, provider: Option<&str>, owner: Option<OwnerTag>) -> String {
    let name = format!("{}{}.{}", Uuid::new_v4().simple(), Uuid::new_v4().simple(), format.extension());
    let name = provider.map_or_else(|| name.clone(), |provider| format!("{provider}-{name}"));
    owner.map_or_else(|| name.clone(), |owner| owner.file_name(&name))
}

/// What the name of a staged file shows. Pages cannot choose names, so they cannot use a file for another provider than
/// they have announced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StagedName {
    /// The tag of the user; none in anonymous mode.
    pub(crate) owner: Option<OwnerTag>,
    /// The id of the provider, if the page has named it.
    pub(crate) provider: Option<&'static str>,
}

impl StagedName {
    /// Reads a name that [`random_name`] returned.
    pub(crate) fn read(name: &str) -> Option<Self> {
        let (owner, name) = OwnerTag::split(name).map_or((None, name), |(owner, name)| (Some(owner), name));
        let (provider, name) = match name.split_once('-') {
            Some((id, name)) => (Some(by_id(id)?.profile().id), name),
            None => (None, name),
        };
        let (random, extension) = name.split_once('.')?;
        let hex = random.len() == 64 && random.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let known = hex && Format::ALL.iter().any(|format| format.extension() == extension);
        known.then_some(Self { owner, provider })
    }
}

/// Whether the gateway has issued this name for a staged file.
#[must_use]
pub fn is_name(name: &str) -> bool {
    StagedName::read(name).is_some()
}

const BAD_SHA256: &str = "sha256 must be 64 hexadecimal digits.";

/// Converts 64 hexadecimal digits to base64, as in `x-amz-checksum-sha256`.
fn checksum(digits: &str) -> Option<String> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(digits, &mut bytes).ok()?;
    Some(BASE64_STANDARD.encode(bytes))
}

/// Why a request for a ticket is rejected.
#[derive(Debug, PartialEq, Eq)]
enum Refused {
    /// There is no bucket.
    NotConfigured,
    Invalid(String),
    UnknownProvider,
    /// Only media files, so that the bucket cannot host pages and programs.
    UnsupportedType,
    TooLarge {
        size: u64,
        limit: u64,
    },
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let (status, error) = match self {
            Self::NotConfigured => {
                let message = "Staging is not configured: set the s3 settings of the gateway.";
                return Refusal::not_configured(message.to_owned()).into_response();
            }
            Self::Invalid(message) => {
                (StatusCode::BAD_REQUEST, json!({ "code": "invalid_request", "message": message }))
            }
            Self::UnknownProvider => (
                StatusCode::BAD_REQUEST,
                json!({ "code": "invalid_request", "message": "provider is not the id of a provider." }),
            ),
            Self::UnsupportedType => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                json!({ "code": "unsupported_type", "message": "content_type is not the type of a supported media format." }),
            ),
            Self::TooLarge { size, limit } => (
                StatusCode::PAYLOAD_TOO_LARGE,
                json!({
                    "code": "too_large",
                    "message": format!("The file is {size} bytes; the maximum is {limit} bytes."),
                    "size": size,
                    "limit": limit,
                }),
            ),
        };
        (status, Json(json!({ "error": error }))).into_response()
    }
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

    #[test]
    fn only_our_own_names_are_read() {
        let tag = OwnerTag::ANONYMOUS;
        for format in Format::ALL {
            for (provider, owner) in
                [(None, None), (None, Some(tag)), (Some("apiframe"), None), (Some("onerouter"), Some(tag))]
            {
                let name = random_name(*format, provider, owner);
                assert_eq!(StagedName::read(&name), Some(StagedName { owner, provider }), "{name}");
            }
        }
        let random = random_name(Format::Png, None, None);
        for name in [
            "holiday.png",
            ".png",
            "",
            &random[1..],
            &random.to_uppercase(),
            &random.replace(".png", ".html"),
            &random.replace(".png", ""),
            &format!("{random}.png"),
            &format!("../{random}"),
            &format!("-{random}"),
            &format!("nobody-{random}"),
            &format!("apiframe-apiframe-{random}"),
            &format!("apiframe-{tag}-{random}"),
        ] {
            assert!(!is_name(name), "{name}");
        }
    }
}
