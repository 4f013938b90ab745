//! The error responses to a page that wants to stage a file.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::refusal::Refusal;

/// The response without a bucket.
pub(super) fn not_configured() -> Refusal {
    Refusal::not_configured("Staging is not configured: set the s3 settings of the gateway.".to_owned())
}

/// Why a file is not staged.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum StagingError {
    Invalid(String),
    UnknownProvider,
    /// Only media files, so that the bucket cannot host pages and programs.
    UnsupportedType,
    TooLarge {
        size: u64,
        limit: u64,
    },
}

impl IntoResponse for StagingError {
    fn into_response(self) -> Response {
        let (status, error) = match self {
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
