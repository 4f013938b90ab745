//! What is stored of an upload until its end is reported.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::GRACE;
use crate::hooks::{Outcome, unix_millis};
use crate::millis::millis;

/// How long after a provider has reported that it processes an asset to ask for the first time.
const FIRST_STATUS_MILLIS: u64 = 1000;

/// An upload that has not ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    /// Identifies the upload: the key of its staged file, its provider and asset, or a random text.
    pub(super) key: String,
    /// The opaque key of the user.
    pub(super) subject: String,
    /// The id of the provider; unknown for a staged file if the page has not named it.
    pub(super) provider: Option<String>,
    /// The provider's id of the asset, once known.
    pub(super) asset: Option<String>,
    /// The SHA-256 of the file in hexadecimal digits, if known.
    pub(super) sha256: Option<String>,
    pub(super) state: State,
    /// The outcome if nothing else becomes known.
    pub(super) otherwise: Outcome,
}

/// What the upload waits for. Times are in milliseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "lowercase")]
pub(super) enum State {
    /// The page uploads the file with a ticket; it has until this time.
    Ticket { until: u64 },
    /// The request that creates the asset is running.
    Creating,
    /// The provider processes the asset since this time.
    Processing { since: u64 },
}

impl State {
    /// The page uploads the file with a ticket that expires at this time.
    pub(super) fn ticket(expires_at: Timestamp) -> Self {
        let until = expires_at.as_millisecond().try_into().unwrap_or(0);
        Self::Ticket { until: u64::saturating_add(until, millis(GRACE)) }
    }

    /// When an instance that finds the record should take it.
    pub(super) fn due_in(self) -> Duration {
        let due = match self {
            Self::Ticket { until } => until,
            Self::Creating => 0,
            Self::Processing { since } => since.saturating_add(FIRST_STATUS_MILLIS),
        };
        Duration::from_millis(due.saturating_sub(unix_millis()))
    }
}

impl Record {
    /// The key of an upload to a URL that the provider has issued.
    pub(super) fn key_of(provider: &str, asset: &str) -> String {
        format!("{provider}/{asset}")
    }

    /// Whether this user may still use the ticket.
    pub(super) fn is_ticket_of(&self, subject: &str) -> bool {
        self.subject == subject && matches!(self.state, State::Ticket { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_from_the_end_of_time_is_due_then() {
        let end = Duration::from_millis(u64::MAX - unix_millis());
        for state in [State::Ticket { until: u64::MAX }, State::Processing { since: u64::MAX }] {
            assert!(end.saturating_sub(state.due_in()) < Duration::from_mins(1));
        }
    }
}
