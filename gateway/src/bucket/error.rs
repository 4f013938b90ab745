//! Why the bucket did not do what it was asked.

use axum::http::{StatusCode, header};
use reqwest::Response;

use crate::refusal::Refusal;

/// Why the bucket did not do what it was asked. The texts contain no URL, no key and no upload id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum StorageError {
    /// The upload was aborted or completed, or never existed.
    #[error("the multipart upload does not exist")]
    NoSuchUpload,
    /// No complete response arrived.
    #[error("{0}")]
    Unreachable(String),
    /// Another status than success, or an error in the body of a success.
    #[error("status {status} {code}")]
    Rejected { status: u16, code: String, retry_after: Option<u64> },
    /// A response without what it must have.
    #[error("the response does not contain {0}")]
    Malformed(&'static str),
}

impl StorageError {
    /// Reads the error in a response that is not successful.
    pub(super) fn rejected(response: &Response, body: &[u8]) -> Self {
        let code = error_code(body).unwrap_or_default();
        if is_gone(code) {
            return Self::NoSuchUpload;
        }
        let retry_after =
            response.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        Self::Rejected { status: response.status().as_u16(), code: code.to_owned(), retry_after }
    }

    /// Reads the error in the body of a response with status 200.
    pub(super) fn in_body(body: &[u8]) -> Self {
        match error_code(body) {
            Some(code) if is_gone(code) => Self::NoSuchUpload,
            Some(code) => Self::Rejected { status: 200, code: code.to_owned(), retry_after: None },
            None => Self::Malformed("the outcome of the completion"),
        }
    }

    /// Whether the bucket, or the permissions of the key, exclude such requests.
    pub(crate) fn is_unsupported(&self) -> bool {
        matches!(self, Self::Rejected { status: 400..=407 | 409..=428 | 430..=499 | 501, .. })
    }

    /// The response to the page. Logs the error.
    pub(crate) fn refuse(&self, operation: &'static str) -> Refusal {
        tracing::warn!(target: "gateway", operation, error = %self, "the bucket failed");
        match self {
            Self::NoSuchUpload => UPLOAD_NOT_FOUND,
            Self::Unreachable(_) => UNREACHABLE,
            Self::Rejected { status: 200 | 408 | 409 | 429 | 500.., retry_after, .. } => {
                retry_after.map_or(UNAVAILABLE, |seconds| UNAVAILABLE.retry_after(seconds))
            }
            Self::Rejected { .. } | Self::Malformed(_) => {
                FAILED.message(format!("The storage does not accept the request: {self}."))
            }
        }
    }
}

/// The response for an upload that does not exist, or that belongs to another user.
pub(crate) const UPLOAD_NOT_FOUND: Refusal =
    Refusal::new(StatusCode::NOT_FOUND, "upload_not_found", "The upload does not exist.");
const UNREACHABLE: Refusal =
    Refusal::new(StatusCode::BAD_GATEWAY, "storage_unreachable", "The storage cannot be reached.");
const UNAVAILABLE: Refusal = Refusal::new(
    StatusCode::SERVICE_UNAVAILABLE,
    "storage_unavailable",
    "The storage is temporarily unavailable. Send the request again later.",
);
const FAILED: Refusal = Refusal::new(StatusCode::BAD_GATEWAY, "storage_failed", "");

/// Whether the code says that there is no such upload. Ceph calls it a key if its parts are listed.
fn is_gone(code: &str) -> bool {
    matches!(code, "NoSuchUpload" | "NoSuchKey")
}

/// The code in an XML error, such as `NoSuchBucket`.
pub(crate) fn error_code(body: &[u8]) -> Option<&str> {
    let (_, rest) = std::str::from_utf8(body).ok()?.split_once("<Code>")?;
    let (code, _) = rest.split_once("</Code>")?;
    let plain = !code.is_empty() && code.len() <= 64 && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
    plain.then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rejected(status: u16, code: &str) -> StorageError {
        StorageError::Rejected { status, code: code.to_owned(), retry_after: Some(7) }
    }

    #[test]
    fn the_page_learns_whether_to_try_again() {
        for (error, status, code) in [
            (StorageError::NoSuchUpload, 404, "upload_not_found"),
            (StorageError::Unreachable("connection refused".to_owned()), 502, "storage_unreachable"),
            (rejected(503, "SlowDown"), 503, "storage_unavailable"),
            (rejected(200, "InternalError"), 503, "storage_unavailable"),
            (rejected(409, "ConditionalRequestConflict"), 503, "storage_unavailable"),
            (rejected(403, "AccessDenied"), 502, "storage_failed"),
            (StorageError::Malformed("an upload id"), 502, "storage_failed"),
        ] {
            let kept = error.refuse("complete").kept();
            let json: serde_json::Value = serde_json::from_slice(&kept.body).expect("JSON");
            assert_eq!((kept.status.as_u16(), &json["error"]["code"]), (status, &code.into()), "{error}");
            let retry_after = kept.headers.get(header::RETRY_AFTER).map(|value| value.to_str().expect("text"));
            assert_eq!(retry_after, (status == 503).then_some("7"), "{error}");
        }
    }

    #[test]
    fn a_missing_upload_is_recognized_in_every_store() {
        for (code, gone) in [("NoSuchUpload", true), ("NoSuchKey", true), ("NoSuchBucket", false), ("SlowDown", false)]
        {
            let body = format!("<Error><Code>{code}</Code></Error>");
            assert_eq!(StorageError::in_body(body.as_bytes()) == StorageError::NoSuchUpload, gone, "{code}");
        }
    }

    #[test]
    fn only_a_lasting_rejection_means_that_the_bucket_cannot() {
        for status in [400, 403, 404, 405, 412, 501] {
            assert!(rejected(status, "").is_unsupported(), "{status}");
        }
        for status in [200, 408, 429, 500, 502, 503] {
            assert!(!rejected(status, "").is_unsupported(), "{status}");
        }
        assert!(!StorageError::NoSuchUpload.is_unsupported());
    }
}
