//! `/staging`: our own bucket, for providers that accept only URLs. A page PUTs the file there with one presigned URL,
//! and the provider downloads it with another; neither request passes through the gateway.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::rejection::JsonRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use mediaferry::media::Format;
use mediaferry::storage::staging::PATH;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use crate::presign::{Payload, Presigner};
use crate::sweep::Kept;

/// The first segment of every key.
const PLACE: &str = "staging";
/// A request has about 200 bytes.
const MAX_REQUEST: usize = 4 << 10;

/// The bucket for staged files, and their maximum lifetime and size.
#[derive(Clone, Debug)]
pub(crate) struct Staging {
    pub(crate) presigner: Arc<Presigner>,
    pub(crate) put_life: Duration,
    pub(crate) get_life: Duration,
    pub(crate) max_bytes: u64,
}

/// The route, without the origin check.
pub(crate) fn app(staging: Staging) -> Router {
    Router::new().route(PATH, post(ticket)).layer(DefaultBodyLimit::max(MAX_REQUEST)).with_state(Arc::new(staging))
}

/// What staging keeps in the embedded storage: at least as long as any URL is valid.
pub(crate) fn kept(put_life: Duration, get_life: Duration) -> Kept {
    Kept { place: PLACE, named: is_name, life: put_life.saturating_add(get_life) }
}

/// The request body: the file that the page will send.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Announcement {
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
    #[serde(skip_serializing_if = "Option::is_none")]
    checksum: Option<String>,
}

async fn ticket(
    State(staging): State<Arc<Staging>>,
    body: Result<Json<Announcement>, JsonRejection>,
) -> Result<Json<Ticket>, Refused> {
    let Json(announced) = body.map_err(|error| Refused::Invalid(error.body_text()))?;
    staging.ticket(&announced, Timestamp::now()).map(Json)
}

impl Staging {
    fn ticket(&self, announced: &Announcement, now: Timestamp) -> Result<Ticket, Refused> {
        let checksum = announced.sha256.as_deref().map(|hex| checksum(hex).ok_or(BAD_SHA256)).transpose();
        let checksum = checksum.map_err(|message| Refused::Invalid(message.to_owned()))?;
        let format = Format::ALL.iter().find(|format| format.mime() == announced.content_type);
        let format = *format.ok_or(Refused::UnsupportedType)?;
        match announced.size_bytes {
            0 => return Err(Refused::Invalid("size_bytes must be at least 1.".to_owned())),
            size if size > self.max_bytes => return Err(Refused::TooLarge { size, limit: self.max_bytes }),
            _ => {}
        }
        let key = format!("{PLACE}/{}", random_name(format));
        let payload =
            Payload { content_type: format.mime(), size: announced.size_bytes, checksum: checksum.as_deref() };
        let put = self.presigner.put(&key, &payload, now, self.put_life);
        let get = self.presigner.get(&key, now, self.get_life);
        Ok(Ticket {
            put_url: put.url.into(),
            get_url: get.url.into(),
            expires_at: put.expires_at.to_string(),
            get_expires_at: get.expires_at.to_string(),
            checksum,
        })
    }
}

/// A random name; with an extension, because some services rely on it.
fn random_name(format: Format) -> String {
    format!("{}{}.{}", Uuid::new_v4().simple(), Uuid::new_v4().simple(), format.extension())
}

/// Whether the name has the form of [`random_name`].
fn is_name(name: &str) -> bool {
    let Some((random, extension)) = name.split_once('.') else { return false };
    let hex = random.len() == 64 && random.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    hex && Format::ALL.iter().any(|format| format.extension() == extension)
}

const BAD_SHA256: &str = "sha256 must be 64 hexadecimal digits.";

/// Converts 64 hexadecimal digits to base64, as in `x-amz-checksum-sha256`.
fn checksum(hex: &str) -> Option<String> {
    let digits: Option<Vec<_>> = hex.chars().map(|digit| digit.to_digit(16)).collect();
    let digits = digits.filter(|digits| digits.len() == 64)?;
    let pairs = digits.as_chunks().0.iter();
    let bytes: Option<Vec<_>> = pairs.map(|[high, low]| u8::try_from(high << 4 | low).ok()).collect();
    Some(BASE64_STANDARD.encode(bytes?))
}

/// Why a request for a ticket is rejected.
#[derive(Debug, PartialEq, Eq)]
enum Refused {
    Invalid(String),
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
            Self::Invalid(message) => {
                (StatusCode::BAD_REQUEST, json!({ "code": "invalid_request", "message": message }))
            }
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
    fn only_our_own_names_are_swept() {
        for format in Format::ALL {
            assert!(is_name(&random_name(*format)), "{format:?}");
        }
        let random = random_name(Format::Png);
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
        ] {
            assert!(!is_name(name), "{name}");
        }
    }
}
