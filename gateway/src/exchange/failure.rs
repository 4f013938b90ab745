//! Why there is no response from a provider, and what the page and the log learn about it.

use std::error::Error;
use std::io;
use std::iter::successors;
use std::time::Duration;

use axum::http::StatusCode;
use hyper_util::client::legacy::Error as ClientError;

use crate::files;
use crate::log::{Details, Fault};
use crate::progress::{Broken, Passed};
use crate::refusal::Refusal;
use crate::upstream::error_text;

/// Why there is no response, and how much of the request may have reached the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(super) reason: Reason,
    pub(crate) reached: Passed,
    /// How long the exchange took.
    pub(super) took: Option<Duration>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    /// The provider cannot be reached, or the connection broke.
    Unreachable,
    /// The provider sent and read nothing for too long.
    TimedOut,
    /// There are too many open files for another connection.
    Overloaded,
    /// The client did not complete its request.
    Incomplete(Broken),
}

impl Reason {
    /// Logs why the client of the HTTP library has no response.
    pub(super) fn of_client(provider: &str, error: &ClientError) -> Self {
        Self::of(provider, error, error.is_connect())
    }

    /// Logs why a response is incomplete.
    pub(super) fn of_body(provider: &str, error: &io::Error) -> Self {
        Self::of(provider, error, false)
    }

    fn of(provider: &str, error: &(dyn Error + 'static), connecting: bool) -> Self {
        let text = error_text(error);
        if connecting && causes(error).any(files::are_exhausted) {
            metrics::counter!("mediaferry_overloaded_total", "cause" => "upstream").increment(1);
            tracing::error!(target: "gateway", provider, reason = text, "cannot connect");
            return Self::Overloaded;
        }
        tracing::warn!(target: "gateway", provider, reason = text, "no response");
        let is_timeout = |error: &(dyn Error + 'static)| {
            error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::TimedOut)
        };
        if !connecting && causes(error).any(is_timeout) { Self::TimedOut } else { Self::Unreachable }
    }

    const fn fault(self) -> Fault {
        match self {
            Self::Unreachable | Self::TimedOut => Fault::Provider,
            Self::Overloaded => Fault::Gateway,
            Self::Incomplete(_) => Fault::Client,
        }
    }
}

/// Whether no byte of the request was written: the connection failed, or was closed before.
pub(super) fn is_unsent(error: &ClientError) -> bool {
    error.is_connect() || causes(error).any(|error| error.downcast_ref().is_some_and(hyper::Error::is_canceled))
}

/// The error and its sources; an error of I/O hides what it wraps.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    successors(Some(error), |error| {
        let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        wrapped.map(|error| error as &(dyn Error + 'static)).or_else(|| (*error).source())
    })
}

impl Failure {
    /// The failure for a request whose client disconnected before its body was complete.
    pub(crate) const fn incomplete(reached: Passed) -> Self {
        Self { reason: Reason::Incomplete(Broken::Disconnected), reached, took: None }
    }

    /// The failure for a request that was sent, if nothing else is known.
    pub(crate) const fn broken() -> Self {
        Self { reason: Reason::Unreachable, reached: Passed::Whole, took: None }
    }

    /// The failure for a request whose response is a change of the protocol.
    pub(super) fn upgraded(provider: &str, took: Duration) -> Self {
        tracing::warn!(target: "gateway", provider, reason = "status 101", "no response");
        Self { took: Some(took), ..Self::broken() }
    }

    /// The error response for the page.
    pub(crate) fn refusal(self) -> Refusal {
        let refusal = match self.reason {
            Reason::Unreachable => Refusal::new(
                StatusCode::BAD_GATEWAY,
                "provider_unreachable",
                "The provider could not be reached, or the connection to it broke.",
            ),
            Reason::TimedOut => {
                Refusal::new(StatusCode::GATEWAY_TIMEOUT, "provider_timed_out", "The provider did not respond in time.")
            }
            Reason::Overloaded => Refusal::OVERLOADED,
            Reason::Incomplete(Broken::TooSlow) => Refusal::new(
                StatusCode::REQUEST_TIMEOUT,
                "request_timed_out",
                "The body of the request did not arrive in time.",
            ),
            Reason::Incomplete(Broken::Disconnected) => Refusal::new(
                StatusCode::BAD_REQUEST,
                "incomplete_request",
                "The request ended before its body was complete.",
            ),
            Reason::Incomplete(Broken::Invalid) => Refusal::new(
                StatusCode::BAD_REQUEST,
                "incomplete_request",
                "The body of the request is damaged, or is not a form with exactly one file.",
            ),
        };
        refusal.sent(self.reached != Passed::Nothing).details(Details {
            fault: Some(self.reason.fault()),
            aborted: self.reason == Reason::Incomplete(Broken::Disconnected),
            upstream: self.took,
        })
    }
}
