//! The gateway's own error responses: a status and `{ "error": { "code", "message" } }`.

use std::borrow::Cow;

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;

use crate::exchange::Kept;
use crate::log::Details;

/// An error response of the gateway itself, not of a provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Refusal {
    #[serde(skip)]
    status: StatusCode,
    #[serde(skip)]
    retry_after: Option<u64>,
    code: &'static str,
    message: Cow<'static, str>,
    /// The limit that the request exceeds, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<&'static str>,
    /// Whether any part of the request may have reached the provider; `None` if it is not a provider request.
    #[serde(skip_serializing_if = "Option::is_none")]
    sent: Option<bool>,
    #[serde(skip)]
    details: Details,
}

impl Refusal {
    /// The gateway has no capacity at the moment. It does not say that nothing was sent: a browser may have repeated a
    /// request that was forwarded on another connection.
    pub(crate) const OVERLOADED: Self = Self::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "overloaded",
        "The gateway has too many connections. Send the request again later.",
    )
    .retry_after(2);

    pub(crate) const fn new(status: StatusCode, code: &'static str, message: &'static str) -> Self {
        Self {
            status,
            retry_after: None,
            code,
            message: Cow::Borrowed(message),
            scope: None,
            sent: None,
            details: Details::NONE,
        }
    }

    pub(crate) const fn not_found(message: &'static str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", message)
    }

    pub(crate) fn not_configured(message: String) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_configured", "").message(message)
    }

    /// Replaces the message.
    pub(crate) fn message(mut self, message: String) -> Self {
        self.message = message.into();
        self
    }

    /// Sets the limit that the request exceeds.
    pub(crate) const fn scope(mut self, scope: &'static str) -> Self {
        self.scope = Some(scope);
        self
    }

    /// Sets whether any part of the request may have reached the provider.
    pub(crate) const fn sent(mut self, sent: bool) -> Self {
        self.sent = Some(sent);
        self
    }

    /// The same for a request that was not the cause: nothing is known about whether it was sent before.
    pub(crate) fn of_another_request(self) -> Self {
        Self { sent: None, ..self }
    }

    /// Sets what is logged.
    pub(crate) const fn details(mut self, details: Details) -> Self {
        self.details = details;
        self
    }

    /// Sets `Retry-After`, in seconds.
    pub(crate) const fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// Returns a response that can be sent more than once.
    pub(crate) fn kept(&self) -> Kept {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        let body = Bytes::from(json!({ "error": self }).to_string());
        Kept { status: self.status, headers, body, details: self.details }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        self.kept().into_response()
    }
}
