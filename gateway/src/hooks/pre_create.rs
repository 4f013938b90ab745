//! `pre-create`: the app accepts an upload, rejects it, or lowers its limits.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::{HookOutcome, Hooks};
use crate::limits::LowerLimits;
use crate::refusal::Refusal;

/// The longest response that is read, in bytes.
const MAX_RESPONSE: usize = 64 * 1024;
/// The longest message for a user, in characters.
const MAX_MESSAGE: usize = 500;
const DEFAULT_MESSAGE: &str = "The upload was rejected.";

/// An upload that is about to begin.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct PreCreate<'a> {
    /// The opaque key of the user.
    pub subject: &'a str,
    /// The id of the provider; not known for a staged file if the page has not named it.
    pub provider: Option<&'a str>,
    /// The MIME type, if known.
    pub content_type: Option<&'a str>,
    /// The size in bytes, if known.
    pub size_bytes: Option<u64>,
    /// The SHA-256 of the file in hexadecimal digits, if known.
    pub sha256: Option<&'a str>,
    /// The file's name, if known.
    pub file_name: Option<&'a str>,
}

/// Why an upload must not begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PreCreateError {
    /// The app rejected it, with a message for the user.
    Rejected(String),
    /// The app could not be asked.
    Unavailable,
}

/// The app's response; unknown fields are ignored.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Decision {
    reject: Option<Rejection>,
    limits: LowerLimits,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Rejection {
    message: String,
}

impl Hooks {
    /// Asks the app. Without a `pre-create` hook, every upload is accepted.
    pub async fn pre_create(&self, upload: &PreCreate<'_>) -> Result<LowerLimits, PreCreateError> {
        let Some(url) = &self.0.config.pre_create else { return Ok(LowerLimits::default()) };
        let id = format!("pre_{}", Uuid::new_v4().simple());
        let body = json!({ "type": "pre-create", "timestamp": jiff::Timestamp::now().to_string(), "data": upload });
        let asked = async { self.0.sender.post(url, &id, &body.to_string()).await.map_err(|error| failure(&error)) };
        let decision = match asked.await {
            Ok(response) => read(response).await,
            Err(reason) => Err(reason),
        };
        let (outcome, result) = match decision {
            Ok(Decision { reject: Some(rejection), .. }) => {
                (HookOutcome::Rejected, Err(PreCreateError::Rejected(shown(&rejection.message))))
            }
            Ok(Decision { reject: None, limits }) => (HookOutcome::Accepted, Ok(limits)),
            Err(reason) => {
                tracing::warn!(target: "gateway", hook = "pre-create", id, reason, "the app did not decide");
                let accepted = self.0.config.fail_open.then(LowerLimits::default);
                (HookOutcome::Failed, accepted.ok_or(PreCreateError::Unavailable))
            }
        };
        self.0.counts.count(outcome);
        result
    }
}

/// Reads a 2xx; an empty body accepts the upload.
async fn read(mut response: reqwest::Response) -> Result<Decision, String> {
    if !response.status().is_success() {
        return Err(format!("status {}", response.status().as_u16()));
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| failure(&error.without_url()))? {
        body.extend_from_slice(&chunk);
        if body.len() > MAX_RESPONSE {
            return Err(format!("the response is longer than {MAX_RESPONSE} bytes"));
        }
    }
    if body.is_empty() {
        return Ok(Decision::default());
    }
    serde_json::from_slice(&body).map_err(|error| format!("the response is malformed in line {}", error.line()))
}

fn failure(error: &reqwest::Error) -> String {
    if error.is_timeout() { "timeout".to_owned() } else { error.to_string() }
}

/// The app's message without control characters, cut to [`MAX_MESSAGE`].
fn shown(message: &str) -> String {
    let message: String = message.chars().filter(|character| !character.is_control()).take(MAX_MESSAGE).collect();
    if message.trim().is_empty() { DEFAULT_MESSAGE.to_owned() } else { message }
}

impl IntoResponse for PreCreateError {
    fn into_response(self) -> Response {
        let refusal = match self {
            Self::Rejected(message) => Refusal::new(StatusCode::FORBIDDEN, "rejected", "").message(message),
            Self::Unavailable => {
                let message = "The app cannot check the upload at the moment.";
                Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "hook_unavailable", message).retry_after(5)
            }
        };
        refusal.sent(false).into_response()
    }
}
