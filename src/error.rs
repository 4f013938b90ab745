//! Everything that can go wrong with an upload, by meaning. Errors contain only facts; the English texts are in
//! `js/locale/messages-en.ts`.

use std::borrow::Cow;

use crate::media::ProbeError;
use crate::rules::{self, Value, Violation};
use crate::text_enum::text_enum;

text_enum! {
    /// What went wrong: the stable code of an error, the same in Rust, TypeScript and the documentation.
    pub enum ErrorCode {
        /// The provider documents that it does not accept this file; see the violations.
        Rejected = "rejected",
        /// The content has no supported media format.
        UnrecognisedFile = "unrecognised_file",
        /// The file could not be read, or it changed while it was being read.
        UnreadableFile = "unreadable_file",
        /// The file is not the one whose upload is resumed.
        DifferentFile = "different_file",
        /// The connection failed, or the browser blocked it (CORS, mixed content).
        Network = "network",
        /// No response arrived in time.
        NetworkTimeout = "network_timeout",
        /// The transfer stalled.
        Stalled = "stalled",
        /// The browser is offline and stayed offline.
        Offline = "offline",
        /// The key is missing, wrong or revoked (401).
        Unauthenticated = "unauthenticated",
        /// Too many requests (429), also after waiting.
        RateLimited = "rate_limited",
        /// The server is temporarily unavailable (5xx).
        Unavailable = "unavailable",
        /// The server rejected the size (413).
        TooLarge = "too_large",
        /// Storage rejected the presigned URL, and a new one as well.
        TicketExpired = "ticket_expired",
        /// The server rejected the request (any other 4xx, or `success: false`).
        Refused = "refused",
        /// The response does not match its documentation.
        MalformedResponse = "malformed_response",
        /// The provider's copy differs from what was sent.
        Integrity = "integrity",
        /// The account has reached its maximum number of assets.
        Quota = "quota",
        /// The provider accepted the file and then failed to process it.
        ProcessingFailed = "processing_failed",
        /// Processing did not end before the deadline.
        TimedOut = "timed_out",
        /// The code that runs the upload was stopped: its worker was terminated, memory ran out, or the page closed it.
        Interrupted = "interrupted",
    }
}

/// Why an upload ended without an asset.
///
/// No variant contains a URL, a header or a key: an error may be logged as it is.
#[derive(Clone, Debug, PartialEq)]
pub enum Error {
    /// The file violates the provider's limits. All violations are listed. Nothing was sent.
    Rejected(Vec<Violation>),
    /// The content has no supported format. The violation names the detected type, if known. Nothing was sent.
    UnrecognisedFile(Vec<Violation>),
    /// A read failed, or returned other bytes than an earlier read or the file's size promises.
    UnreadableFile,
    /// The file is not the one whose upload is resumed. The parts that storage has are unchanged.
    DifferentFile,
    /// The request failed below HTTP, or its response was incomplete.
    Network,
    /// No response within the time limit.
    NetworkTimeout,
    /// No byte moved within the time limit.
    Stalled,
    /// The browser stayed offline for the time limit.
    Offline,
    /// 401.
    Unauthenticated(Refusal),
    /// 429.
    RateLimited(Refusal),
    /// 408 or 5xx, or a storage error code that means "later".
    Unavailable(Refusal),
    /// 413.
    TooLarge(Refusal),
    /// Storage no longer accepts the presigned URL.
    TicketExpired(Refusal),
    /// A refusal that a retry cannot change.
    Refused(Refusal),
    /// The response lacks a field, or a field has an unknown value.
    MalformedResponse {
        /// The field or the part of the response that is wrong.
        what: Cow<'static, str>,
        /// The HTTP status, if there was a response.
        status: Option<u16>,
    },
    /// A fact in the provider's response contradicts the file.
    Integrity {
        /// The provider's field, for example `size_bytes`.
        field: &'static str,
        /// What was sent.
        expected: String,
        /// What the provider reports.
        actual: String,
    },
    /// The account has reached its maximum number of assets.
    Quota {
        /// The documented number of assets.
        limit: u32,
        /// The response that reported it.
        refusal: Refusal,
    },
    /// The provider failed to process the file.
    ProcessingFailed {
        /// The provider's code or message, if any.
        provider_code: Option<String>,
    },
    /// Processing did not end before the deadline.
    TimedOut {
        /// The time waited.
        after_millis: u64,
    },
}

/// A response that is not a success.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status; 2xx if only the body reports the error.
    pub status: u16,
    /// The provider's own code or message, shortened to [`MAX_PROVIDER_TEXT`] characters.
    pub provider_code: Option<String>,
    /// `Retry-After` in milliseconds, if there was one.
    pub retry_after_millis: Option<u64>,
}

/// A provider's own message is cut to this many characters before it becomes part of an error.
pub const MAX_PROVIDER_TEXT: usize = 200;

impl Error {
    /// Converts a probe's failure. `accepted` lists the formats for the violation; [`Value::Nothing`] if none are
    /// known.
    #[must_use]
    pub fn of_probe(error: ProbeError, accepted: Value) -> Self {
        match error {
            ProbeError::Unreadable => Self::UnreadableFile,
            ProbeError::Unrecognised { looks_like: Some(name) } => {
                Self::UnrecognisedFile(vec![rules::wrong_format(Value::Text(name), accepted)])
            }
            ProbeError::Unrecognised { looks_like: None } | ProbeError::NotBuiltIn => {
                Self::UnrecognisedFile(vec![rules::wrong_format(Value::Nothing, accepted)])
            }
        }
    }

    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::Rejected(_) => ErrorCode::Rejected,
            Self::UnrecognisedFile(_) => ErrorCode::UnrecognisedFile,
            Self::UnreadableFile => ErrorCode::UnreadableFile,
            Self::DifferentFile => ErrorCode::DifferentFile,
            Self::Network => ErrorCode::Network,
            Self::NetworkTimeout => ErrorCode::NetworkTimeout,
            Self::Stalled => ErrorCode::Stalled,
            Self::Offline => ErrorCode::Offline,
            Self::Unauthenticated(_) => ErrorCode::Unauthenticated,
            Self::RateLimited(_) => ErrorCode::RateLimited,
            Self::Unavailable(_) => ErrorCode::Unavailable,
            Self::TooLarge(_) => ErrorCode::TooLarge,
            Self::TicketExpired(_) => ErrorCode::TicketExpired,
            Self::Refused(_) => ErrorCode::Refused,
            Self::MalformedResponse { .. } => ErrorCode::MalformedResponse,
            Self::Integrity { .. } => ErrorCode::Integrity,
            Self::Quota { .. } => ErrorCode::Quota,
            Self::ProcessingFailed { .. } => ErrorCode::ProcessingFailed,
            Self::TimedOut { .. } => ErrorCode::TimedOut,
        }
    }

    /// The response that caused the error, if any.
    #[must_use]
    pub const fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Unauthenticated(refusal)
            | Self::RateLimited(refusal)
            | Self::Unavailable(refusal)
            | Self::TooLarge(refusal)
            | Self::TicketExpired(refusal)
            | Self::Refused(refusal)
            | Self::Quota { refusal, .. } => Some(refusal),
            _ => None,
        }
    }

    /// Whether a request failed below HTTP, so that it may have arrived.
    #[must_use]
    pub const fn is_connection_failure(&self) -> bool {
        matches!(self, Self::Network | Self::NetworkTimeout | Self::Stalled | Self::Offline)
    }

    /// Returns the error with the status of its response.
    #[must_use]
    pub fn with_status(mut self, of: u16) -> Self {
        if let Self::MalformedResponse { status, .. } = &mut self {
            *status = Some(of);
        }
        self
    }

    /// Whether the same upload may succeed later without a change to the file, the key or the options.
    #[must_use]
    pub const fn retryable(&self) -> bool {
        matches!(
            self,
            Self::Network
                | Self::NetworkTimeout
                | Self::Stalled
                | Self::Offline
                | Self::RateLimited(_)
                | Self::Unavailable(_)
                | Self::TicketExpired(_)
                | Self::TimedOut { .. }
        )
    }
}
