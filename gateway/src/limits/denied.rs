//! A denial and its HTTP response.

use std::time::Duration;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::refusal::Refusal;

/// The limit that denied an upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The subject may not use this provider.
    Provider,
    /// The subject may not upload this kind of media.
    Kind,
    /// The file is larger than the app allows, or than the subject's allowance for a whole day.
    Size,
    /// Uploads per minute of the subject.
    UploadsPerMinute,
    /// Bytes per day of the subject.
    BytesPerDay,
    /// Concurrent uploads of the subject.
    ConcurrentUploads,
    /// Creates per window of the account.
    CreatesPerMinute,
    /// Assets that the account holds.
    Assets,
    /// The shared store cannot be reached.
    Store,
}

/// Why an upload was denied. As a response it is `{ "error": { "code", "message", "scope", "sent" } }`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Denied {
    /// The limit.
    pub scope: Scope,
    /// When to try again; `None` if it does not help.
    pub retry_after: Option<Duration>,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 9] = [
        Self::Provider,
        Self::Kind,
        Self::Size,
        Self::UploadsPerMinute,
        Self::BytesPerDay,
        Self::ConcurrentUploads,
        Self::CreatesPerMinute,
        Self::Assets,
        Self::Store,
    ];

    /// The name in responses and in the metric's label.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Provider => "provider",
            Self::Kind => "kind",
            Self::Size => "size",
            Self::UploadsPerMinute => "uploads_per_minute",
            Self::BytesPerDay => "bytes_per_day",
            Self::ConcurrentUploads => "concurrent_uploads",
            Self::CreatesPerMinute => "creates_per_minute",
            Self::Assets => "assets",
            Self::Store => "store",
        }
    }

    const fn response(self) -> (StatusCode, &'static str, &'static str) {
        let limited = StatusCode::TOO_MANY_REQUESTS;
        match self {
            Self::Provider => (StatusCode::FORBIDDEN, "not_allowed", "You may not upload to this provider."),
            Self::Kind => (StatusCode::FORBIDDEN, "not_allowed", "You may not upload files of this type."),
            Self::Size => (StatusCode::PAYLOAD_TOO_LARGE, "too_large", "The file is larger than you may upload."),
            Self::UploadsPerMinute => (limited, "rate_limited", "Too many uploads in a short time."),
            Self::BytesPerDay => (limited, "rate_limited", "You have uploaded as much as you may in a day."),
            Self::ConcurrentUploads => (limited, "rate_limited", "Too many uploads at the same time."),
            Self::CreatesPerMinute => (limited, "rate_limited", "The provider's account is busy."),
            Self::Assets => (limited, "rate_limited", "The provider's account is full."),
            Self::Store => {
                (StatusCode::SERVICE_UNAVAILABLE, "limits_unavailable", "The gateway cannot check its limits.")
            }
        }
    }
}

impl Denied {
    /// `Retry-After`: whole seconds, rounded up, at least 1.
    #[must_use]
    pub fn retry_after_seconds(&self) -> Option<u64> {
        let seconds = |wait: Duration| wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        self.retry_after.map(|wait| seconds(wait).max(1))
    }
}

impl IntoResponse for Denied {
    fn into_response(self) -> Response {
        let (status, code, message) = self.scope.response();
        let refusal = Refusal::new(status, code, message).scope(self.scope.as_str()).sent(false);
        match self.retry_after_seconds() {
            Some(seconds) => refusal.retry_after(seconds),
            None => refusal,
        }
        .into_response()
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn retry_after_is_rounded_up_to_whole_seconds() {
        for (millis, header) in [(0, "1"), (1, "1"), (1000, "1"), (1001, "2"), (59_999, "60")] {
            let retry_after = Some(Duration::from_millis(millis));
            let response = Denied { scope: Scope::UploadsPerMinute, retry_after }.into_response();
            assert_eq!(
                (response.status(), &response.headers()["retry-after"]),
                (StatusCode::TOO_MANY_REQUESTS, &HeaderValue::from_static(header))
            );
        }
        assert!(
            Denied { scope: Scope::Kind, retry_after: None }.into_response().headers().get("retry-after").is_none()
        );
    }

    #[test]
    fn every_scope_has_its_own_index_and_name() {
        for (index, scope) in Scope::ALL.into_iter().enumerate() {
            assert_eq!(scope as usize, index);
            assert_eq!(Scope::ALL.iter().filter(|other| other.as_str() == scope.as_str()).count(), 1);
        }
    }
}
