//! The gateway without traces.

use axum::extract::Request;
use axum::http::{Extensions, HeaderValue};

use super::TracesError;
use crate::log::Line;

/// The traces of the process.
#[derive(Debug)]
pub struct Traces;

/// The span of a request.
pub(crate) struct Span;

impl Traces {
    /// Does nothing.
    pub fn start() -> Result<Self, TracesError> {
        Ok(Self)
    }

    /// Does nothing.
    #[expect(clippy::unused_async, reason = "the same as with the feature")]
    pub async fn stop(self) {}
}

/// Does nothing.
pub(crate) fn start(_: &mut Request) -> Span {
    Span
}

/// No request has a span.
pub(crate) const fn context(_: &Extensions) -> Option<&HeaderValue> {
    None
}

impl Span {
    /// Does nothing.
    #[expect(clippy::unused_self, reason = "the same as with the feature")]
    pub(crate) fn end(self, _: &Line) {}
}
