//! Everything that can go wrong with an upload, by meaning; facts ride in fields and the English lives in `js/error.ts`.

use crate::media::ProbeError;
use crate::rules::{self, Value, Violation};
use crate::text_enum::text_enum;

text_enum! {
    /// What went wrong, by meaning: the stable code of an error, the same word in Rust, in TypeScript and in the docs.
    pub enum ErrorCode {
        /// The provider's page says that it does not take this file; see the violations.
        Rejected = "rejected",
        /// The content is of no format that mediaferry knows how to send.
        UnrecognisedFile = "unrecognised_file",
        /// The file could not be read, or it changed while it was read.
        UnreadableFile = "unreadable_file",
        /// The connection failed, or the browser refused it (CORS, mixed content).
        Network = "network",
        /// No answer came in time.
        NetworkTimeout = "network_timeout",
        /// A transfer stopped moving.
        Stalled = "stalled",
        /// The browser is offline and stayed so.
        Offline = "offline",
        /// The key is missing, wrong or revoked (401).
        Unauthenticated = "unauthenticated",
        /// Too many requests (429), and waiting did not help.
        RateLimited = "rate_limited",
        /// The other side is not able to answer just now (5xx).
        Unavailable = "unavailable",
        /// The other side refused the size (413).
        TooLarge = "too_large",
        /// Storage refused the presigned URL, and a fresh one as well.
        TicketExpired = "ticket_expired",
        /// The other side said no (any other 4xx, or `success: false`).
        Refused = "refused",
        /// An answer that its documentation does not describe.
        MalformedResponse = "malformed_response",
        /// The provider holds other bytes than those that were sent.
        Integrity = "integrity",
        /// The account is full.
        Quota = "quota",
        /// The provider took the file and then failed to process it.
        ProcessingFailed = "processing_failed",
        /// Processing did not end before the deadline.
        TimedOut = "timed_out",
        /// The browser stopped the code that runs the upload: its worker was ended, or its memory is full.
        Interrupted = "interrupted",
    }
}

/// Why an upload ended without an asset.
///
/// No variant holds a URL, a header or a key: an error may be logged as it is.
#[derive(Clone, Debug, PartialEq)]
pub enum Error {
    /// The file breaks the provider's rules. All broken rules are listed. Nothing was sent.
    Rejected(Vec<Violation>),
    /// The content is of no supported format. The violation names what it looks like, where that is known. Nothing was sent.
    UnrecognisedFile(Vec<Violation>),
    /// A read failed, or gave other bytes than an earlier one or than the file's size promises.
    UnreadableFile,
    /// The request failed below HTTP, or its response broke off.
    Network,
    /// No answer within the time allowed.
    NetworkTimeout,
    /// Not one byte moved for the time allowed.
    Stalled,
    /// The browser stayed offline for the time allowed.
    Offline,
    /// 401.
    Unauthenticated(Refusal),
    /// 429.
    RateLimited(Refusal),
    /// 408 or 5xx, or what a storage says in its own words for "later".
    Unavailable(Refusal),
    /// 413.
    TooLarge(Refusal),
    /// Storage does not accept the presigned URL any more.
    TicketExpired(Refusal),
    /// A refusal that repeating will not change.
    Refused(Refusal),
    /// The response lacks a field, or a field has an unknown value.
    MalformedResponse {
        /// The field or the part of the response that is wrong.
        what: &'static str,
        /// The HTTP status, where there was a response.
        status: Option<u16>,
    },
    /// A fact in the provider's answer contradicts the file.
    Integrity {
        /// The provider's field, for example `size_bytes`.
        field: &'static str,
        /// What was sent.
        sent: String,
        /// What the provider says it holds.
        held: String,
    },
    /// The provider keeps no more assets for this account.
    Quota {
        /// The documented number of assets.
        limit: u32,
        /// The response that said so.
        refusal: Refusal,
    },
    /// The provider's own reason for its failure.
    ProcessingFailed {
        /// The provider's code or message, where it gave one.
        provider_code: Option<String>,
    },
    /// The deadline for processing, in milliseconds.
    TimedOut {
        /// How long was waited.
        after_millis: u64,
    },
}

/// A response that is no success.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status; 2xx where the body says that it is no success.
    pub status: u16,
    /// The provider's own code or message, shortened to [`MAX_PROVIDER_TEXT`] characters.
    pub provider_code: Option<String>,
    /// `Retry-After` in milliseconds, where it was given.
    pub retry_after_millis: Option<u64>,
}

/// A provider's own words are cut to this many characters before they become part of an error.
pub const MAX_PROVIDER_TEXT: usize = 200;

impl Error {
    /// What a probe's failure means where these formats would be taken; [`Value::Nothing`] where nobody asks.
    #[must_use]
    pub fn of_probe(error: ProbeError, taken: Value) -> Self {
        match error {
            ProbeError::Unreadable => Self::UnreadableFile,
            ProbeError::Unrecognised { looks_like: Some(name) } => {
                Self::UnrecognisedFile(vec![rules::wrong_format(Value::Text(name), taken)])
            }
            ProbeError::Unrecognised { looks_like: None } | ProbeError::NotBuiltIn => {
                Self::UnrecognisedFile(vec![rules::wrong_format(Value::Nothing, taken)])
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

    /// The response that was no success, where there was one.
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
    pub const fn is_of_the_line(&self) -> bool {
        matches!(self, Self::Network | Self::NetworkTimeout | Self::Stalled | Self::Offline)
    }

    /// The same, with the status of the response that it is about.
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
