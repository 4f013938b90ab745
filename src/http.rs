//! Requests and responses as plain data: what the core asks for and what the shell brings back.

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
        /// Store at a known place.
        Put = "PUT",
        /// Remove.
        Delete = "DELETE",
    }
}

/// Where a request goes; it decides whether a credential may ride with it.
#[derive(Clone, PartialEq, Eq)]
pub enum Target {
    /// A path at the provider, reached through the gateway, which adds the key.
    Provider(String),
    /// A path at the gateway itself.
    Gateway(String),
    /// A complete presigned URL. It is its own credential and never meets another.
    Presigned(String),
    /// The page's own code, by the name of the question. The shell asks it, and its answer reads like one of the network.
    Page(&'static str),
}

impl Target {
    /// Whether it is reached through the gateway, which is the one to want the page's token.
    #[must_use]
    pub const fn is_gateway(&self) -> bool {
        matches!(self, Self::Provider(_) | Self::Gateway(_))
    }
}

impl core::fmt::Debug for Target {
    /// Leaves out a presigned URL's query: it is a credential.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Provider(path) => write!(f, "Provider({path})"),
            Self::Gateway(path) => write!(f, "Gateway({path})"),
            Self::Presigned(url) => write!(f, "Presigned({}?…)", url.split('?').next().unwrap_or_default()),
            Self::Page(question) => write!(f, "Page({question})"),
        }
    }
}

/// What a request carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// Nothing.
    Empty,
    /// A JSON text, sent as `application/json`.
    Json(String),
    /// The file itself, as it is.
    File,
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

/// Whether a request may be sent again when nobody knows if the first one arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// Sending it twice has the effect of sending it once.
    Safe,
    /// A second one could create a second asset, so another try follows only an answer that says that nothing was done:
    /// 429, or a status that the provider's page describes so.
    OnlyAfter(&'static [u16]),
}

impl Repeat {
    /// Whether an answer with this status says that nothing was done.
    #[must_use]
    pub fn is_after(self, status: u16) -> bool {
        matches!(self, Self::OnlyAfter(statuses) if statuses.contains(&status))
    }

    /// Whether nobody knows what became of a request that failed so, and that must not be sent twice.
    #[must_use]
    pub fn is_unclear_after(self, error: &Error) -> bool {
        // A file that cannot be read to its end takes a request with it that may have arrived.
        let lost = error.is_of_the_line() || matches!(error, Error::UnreadableFile | Error::MalformedResponse { .. });
        let broken = matches!(error, Error::Unavailable(refusal) if !self.is_after(refusal.status));
        self != Self::Safe && (lost || broken)
    }
}

/// One request, without the key and without the provider's origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// Where it goes.
    pub target: Target,
    /// Headers beside those that the body implies.
    pub headers: Vec<(String, String)>,
    /// What it carries.
    pub body: Body,
    /// Whether it may be sent twice.
    pub repeat: Repeat,
    /// Whether the file is to be hashed anew beside it: it has been sent before, and may have changed since.
    pub rehash: bool,
    /// Whether it is to be sent although the browser says that it is offline: the server has just answered.
    pub despite_offline: bool,
    /// Whether the page is to be asked for another token first.
    pub fresh_token: bool,
}

impl Request {
    /// A request without headers or body that may be repeated.
    #[must_use]
    pub const fn new(method: Method, target: Target) -> Self {
        Self {
            method,
            target,
            headers: Vec::new(),
            body: Body::Empty,
            repeat: Repeat::Safe,
            rehash: false,
            despite_offline: false,
            fresh_token: false,
        }
    }

    /// The same request of a provider's path, with these numbers as its query.
    #[must_use]
    pub fn query(mut self, numbers: &[(&str, u32)]) -> Self {
        if let Target::Provider(path) = &mut self.target {
            for (at, (name, number)) in numbers.iter().enumerate() {
                path.push(if at == 0 { '?' } else { '&' });
                path.push_str(name);
                path.push('=');
                // std writes each width of numbers with other code; this one is there already.
                path.push_str(&u64::from(*number).to_string());
            }
        }
        self
    }

    /// The same request with this body.
    #[must_use]
    pub fn body(mut self, body: Body) -> Self {
        self.body = body;
        self
    }

    /// The same request with one more header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same request, to be repeated only after 429 and the statuses that mean that nothing was done.
    #[must_use]
    pub const fn repeat_only_after(mut self, statuses: &'static [u16]) -> Self {
        self.repeat = Repeat::OnlyAfter(statuses);
        self
    }

    /// Whether the file's bytes ride in this request.
    #[must_use]
    pub fn carries_file(&self) -> bool {
        match &self.body {
            Body::File => true,
            Body::Form(fields) => fields.iter().any(|field| matches!(field, Field::File { .. })),
            Body::Empty | Body::Json(_) => false,
        }
    }
}

/// One answer, read to its end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// `Retry-After` in milliseconds from now, where the answer had one.
    pub retry_after_millis: Option<u64>,
    /// The body, at most [`MAX_BODY`] bytes.
    pub body: Vec<u8>,
}

/// A longer answer is not read: no provider documents one, so it is [`Error::MalformedResponse`].
pub const MAX_BODY: usize = 1024 * 1024;

impl Response {
    /// The body where the status is 2xx, else what the status means.
    ///
    /// `words` digs the provider's own code or message out of the body of a refusal.
    pub fn success(&self, words: fn(&[u8]) -> Option<String>) -> Result<&[u8], Error> {
        match self.status {
            200..=299 => Ok(&self.body),
            status => Err(self.failure(status, words)),
        }
    }

    /// What this response means as a failure, whose status may be one that the body tells; of a 2xx, a refusal.
    #[must_use]
    pub fn failure(&self, status: u16, words: fn(&[u8]) -> Option<String>) -> Error {
        let refusal = self.refusal(status, words);
        match status {
            401 => Error::Unauthenticated(refusal),
            408 | 500..=599 => Error::Unavailable(refusal),
            413 => Error::TooLarge(refusal),
            429 => Error::RateLimited(refusal),
            200..=299 | 400..=499 => Error::Refused(refusal),
            _ => Error::MalformedResponse { what: "status", status: Some(status) },
        }
    }

    /// This response as a refusal, with the provider's own words cut to [`MAX_PROVIDER_TEXT`] characters.
    #[must_use]
    pub fn refusal(&self, status: u16, words: fn(&[u8]) -> Option<String>) -> Refusal {
        Refusal {
            status,
            provider_code: words(&self.body).map(|words| shorten(&words)),
            retry_after_millis: self.retry_after_millis,
        }
    }

    /// The body as a text, read as browsers read one: without a byte order mark, and with U+FFFD for what is no UTF-8.
    #[must_use]
    pub fn text(&self) -> String {
        text::lossy(self.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.body))
    }

    /// Whether it is the gateway's word that nothing of the request has left for the provider.
    #[must_use]
    pub fn says_nothing_sent(&self) -> bool {
        let error = Json::read(&self.body).and_then(|json| json.field("error"));
        (502..=504).contains(&self.status) && error.and_then(|error| error.bool("sent")) == Ok(false)
    }
}

/// The text, cut to [`MAX_PROVIDER_TEXT`] characters.
pub(crate) fn shorten(text: &str) -> String {
    text.chars().take(MAX_PROVIDER_TEXT).collect()
}
