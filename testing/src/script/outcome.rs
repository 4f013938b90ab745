//! How a request of a script ends.

use mediaferry::http::Response;
use mediaferry::upload::Failure;

/// How a request ends.
#[derive(Clone)]
#[must_use]
pub enum Outcome {
    /// With a response.
    Response(Response),
    /// Without one.
    Failure(Failure),
}

/// A response with this status and body.
pub fn status(status: u16, body: impl Into<Vec<u8>>) -> Outcome {
    Outcome::Response(Response { status, retry_after_millis: None, body: body.into() })
}

impl Outcome {
    /// The same response without an expiry time.
    pub fn without_expiry(mut self) -> Self {
        if let Self::Response(response) = &mut self {
            let text = String::from_utf8(response.body.clone()).expect("a text");
            response.body = text.replace("expires_at", "expired").into_bytes();
        }
        self
    }
}

/// A response with this status and `Retry-After`.
pub fn retry_after(status: u16, retry_after_millis: u64) -> Outcome {
    Outcome::Response(Response { status, retry_after_millis: Some(retry_after_millis), body: Vec::new() })
}

/// No response.
pub fn failure(failure: Failure) -> Outcome {
    Outcome::Failure(failure)
}
