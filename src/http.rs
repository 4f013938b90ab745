//! Requests and responses as plain data: what the core requests and what the shell returns.

use crate::error::{Error, MAX_PROVIDER_TEXT, Refusal};
use crate::json::Json;
use crate::text;
use crate::text_enum::text_enum;

text_enum! {
    /// The HTTP methods that providers and storage use.
    pub enum Method {
        /// Read.
        Get = "GET",
        /// Create or confirm.
        Post = "POST",
        /// Store at a known URL.
        Put = "PUT",
        /// Remove.
        Delete = "DELETE",
    }
}

/// Where a request goes; it decides which credential the request may have.
#[derive(Clone, PartialEq, Eq)]
pub enum Target {
    /// A path at the provider, reached through the gateway, which adds the key.
    Provider(String),
    /// A path at the gateway itself.
    Gateway(String),
    /// A complete presigned URL. It is its own credential and is never sent with another.
    Presigned(String),
    /// A callback of the page. The shell calls it and converts its result into a response.
    Callback(&'static str),
}

impl Target {
    /// Whether the request goes through the gateway, and so may need the page's token.
    #[must_use]
    pub const fn is_gateway(&self) -> bool {
        matches!(self, Self::Provider(_) | Self::Gateway(_))
    }
}

impl core::fmt::Debug for Target {
    /// Omits a presigned URL's query, which is a credential.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Provider(path) => write!(f, "Provider({path})"),
            Self::Gateway(path) => write!(f, "Gateway({path})"),
            Self::Presigned(url) => write!(f, "Presigned({}?…)", url.split('?').next().unwrap_or_default()),
            Self::Callback(name) => write!(f, "Callback({name})"),
        }
    }
}

/// The body of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// Nothing.
    Empty,
    /// A JSON text, sent as `application/json`.
    Json(String),
    /// The file, unchanged.
    File,
    /// A part of the file.
    Part {
        /// Its first byte.
        offset: u64,
        /// Its size in bytes.
        len: u64,
    },
    /// `multipart/form-data`.
    Form(Vec<Field>),
}

/// One form field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Field {
    /// A text value.
    Text {
        /// The field's name.
        name: String,
        /// Its value.
        value: String,
    },
    /// The file.
    File {
        /// The field's name.
        name: String,
        /// The file name to declare.
        file_name: String,
        /// The MIME type to declare: the sniffed one.
        mime: &'static str,
    },
}

/// Whether a request may be sent again if its outcome is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Idempotency {
    /// Sending it twice has the same effect as sending it once.
    Idempotent,
    /// A second request could create a second asset, so it is retried only after a status that means that nothing was
    /// done: 429, or a status that the provider documents so.
    OnlyAfter(&'static [u16]),
}

impl Idempotency {
    /// Whether this status means that nothing was done.
    #[must_use]
    pub fn is_after(self, status: u16) -> bool {
        matches!(self, Self::OnlyAfter(statuses) if statuses.contains(&status))
    }

    /// Whether this error leaves the outcome of a once-only request unknown.
    #[must_use]
    pub fn leaves_outcome_unknown(self, error: &Error) -> bool {
        // If the file becomes unreadable, the request breaks off, but may have arrived.
        let lost =
            error.is_connection_failure() || matches!(error, Error::UnreadableFile | Error::MalformedResponse { .. });
        let broken = matches!(error, Error::Unavailable(refusal) if !self.is_after(refusal.status));
        self != Self::Idempotent && (lost || broken)
    }
}

/// One request, without the key and the provider's origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// Where the request goes.
    pub target: Target,
    /// Headers, without those that the body implies.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Body,
    /// Whether the request may be sent twice.
    pub idempotency: Idempotency,
    /// Whether to start to hash the file beside this request; again, if it was sent before and may have changed since.
    pub starts_hash: bool,
    /// Whether to send although the browser reports offline: the server has just responded.
    pub despite_offline: bool,
    /// Whether to get a new token from the page first.
    pub fresh_token: bool,
}

impl Request {
    /// Creates an idempotent request without headers or body.
    #[must_use]
    pub const fn new(method: Method, target: Target) -> Self {
        Self {
            method,
            target,
            headers: Vec::new(),
            body: Body::Empty,
            idempotency: Idempotency::Idempotent,
            starts_hash: false,
            despite_offline: false,
            fresh_token: false,
        }
    }

    /// Appends these numbers as a query to the path at the provider.
    #[must_use]
    pub fn query(mut self, numbers: &[(&str, u32)]) -> Self {
        if let Target::Provider(path) = &mut self.target {
            for (at, (name, number)) in numbers.iter().enumerate() {
                path.push(if at == 0 { '?' } else { '&' });
                path.push_str(name);
                path.push('=');
                // std has separate code to format each integer width; the one for `u64` is already linked.
                path.push_str(&u64::from(*number).to_string());
            }
        }
        self
    }

    /// Sets the body.
    #[must_use]
    pub fn body(mut self, body: Body) -> Self {
        self.body = body;
        self
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Makes the request once-only: it is retried only after 429 and the statuses that mean that nothing was done.
    #[must_use]
    pub const fn retry_only_after(mut self, statuses: &'static [u16]) -> Self {
        self.idempotency = Idempotency::OnlyAfter(statuses);
        self
    }

    /// Whether the request contains the file's bytes.
    #[must_use]
    pub fn carries_file(&self) -> bool {
        match &self.body {
            Body::File | Body::Part { .. } => true,
            Body::Form(fields) => fields.iter().any(|field| matches!(field, Field::File { .. })),
            Body::Empty | Body::Json(_) => false,
        }
    }
}

/// One response, read to its end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// `Retry-After` in milliseconds from now, if the response has one.
    pub retry_after_millis: Option<u64>,
    /// The body, at most [`MAX_BODY`] bytes.
    pub body: Vec<u8>,
}

/// A longer response is not read: no provider documents one, so it is [`Error::MalformedResponse`].
pub const MAX_BODY: usize = 1024 * 1024;

impl Response {
    /// Returns the body if the status is 2xx, otherwise the error.
    ///
    /// `error_text` extracts the provider's own code or message from the body of an error response.
    pub fn success(&self, error_text: fn(&[u8]) -> Option<String>) -> Result<&[u8], Error> {
        match self.status {
            200..=299 => Ok(&self.body),
            status => Err(self.failure(status, error_text)),
        }
    }

    /// The error for this response if its status were `status`, which some providers send in the body. For a 2xx, a
    /// refusal.
    #[must_use]
    pub fn failure(&self, status: u16, error_text: fn(&[u8]) -> Option<String>) -> Error {
        let refusal = self.refusal(status, error_text);
        match status {
            401 => Error::Unauthenticated(refusal),
            408 | 500..=599 => Error::Unavailable(refusal),
            413 => Error::TooLarge(refusal),
            429 => Error::RateLimited(refusal),
            200..=299 | 400..=499 => Error::Refused(refusal),
            _ => Error::MalformedResponse { what: "status".into(), status: Some(status) },
        }
    }

    /// This response as a refusal, with the provider's own message cut to [`MAX_PROVIDER_TEXT`] characters.
    #[must_use]
    pub fn refusal(&self, status: u16, error_text: fn(&[u8]) -> Option<String>) -> Refusal {
        Refusal {
            status,
            provider_code: error_text(&self.body).map(|text| truncate(&text)),
            retry_after_millis: self.retry_after_millis,
        }
    }

    /// The body as text, decoded as in browsers: without a byte order mark, and with U+FFFD for invalid UTF-8.
    #[must_use]
    pub fn text(&self) -> String {
        text::lossy(self.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.body))
    }

    /// Whether the gateway reports that no part of the request was sent to the provider.
    #[must_use]
    pub fn reports_nothing_sent(&self) -> bool {
        let error = Json::read(&self.body).and_then(|json| json.field("error"));
        (502..=504).contains(&self.status) && error.and_then(|error| error.bool("sent")) == Ok(false)
    }
}

/// Cuts the text to [`MAX_PROVIDER_TEXT`] characters.
pub(crate) fn truncate(text: &str) -> String {
    text.chars().take(MAX_PROVIDER_TEXT).collect()
}
