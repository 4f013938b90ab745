//! What an operator configures, and what the app may lower for one upload.

use std::collections::BTreeMap;
use std::time::Duration;

use mediaferry::media::Kind;
use serde::Deserialize;

/// How long a request waits for its turn by default.
const ACCOUNT_WAIT: Duration = Duration::from_secs(5);

/// The limits of each subject and each account. A limit that is `None` is not enforced.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LimitsConfig {
    /// Uploads per minute and subject. As many may start at once.
    pub uploads_per_minute: Option<u32>,
    /// Bytes per day and subject. The allowance refills continuously.
    pub bytes_per_day: Option<u64>,
    /// Uploads of one subject that run at the same time.
    pub concurrent_uploads: Option<u32>,
    /// The ids of the providers that may be used; all if `None`.
    pub providers: Option<Vec<String>>,
    /// The kinds of media that may be uploaded; all if `None`.
    pub kinds: Option<Vec<Kind>>,
    /// The maximum size of a form in bytes; the provider's own limit plus 64 KiB if `None`.
    pub max_form_bytes: Option<u64>,
    /// Whether limits are ignored (`true`) or requests denied (`false`) while the shared store cannot be reached. If
    /// `None`, limits that cost money are denied: bytes, creates and assets.
    pub fail_open: Option<bool>,
    /// How long a request waits for its turn at an account before it is denied; 5 s if `None`.
    pub account_wait: Option<Duration>,
    /// The limits of the provider accounts, by provider id.
    pub accounts: BTreeMap<String, AccountLimits>,
}

/// The limits of an account at a provider.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountLimits {
    /// Requests that create an asset, in any window of [`Self::creates_window`].
    pub creates: Option<u32>,
    /// The window of [`Self::creates`]; one minute if `None`.
    pub creates_window: Option<Duration>,
    /// Assets that the account holds. Only assets that were created through the gateway are counted.
    pub assets: Option<u32>,
}

/// Limits that the app sets for one upload, in addition to the configured ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct LowerLimits {
    /// The maximum size of this upload in bytes.
    pub max_bytes: Option<u64>,
    /// Uploads per minute of this subject.
    pub uploads_per_minute: Option<u32>,
    /// Bytes per day of this subject.
    pub bytes_per_day: Option<u64>,
    /// Uploads of this subject that run at the same time.
    pub concurrent_uploads: Option<u32>,
}

impl LimitsConfig {
    /// How long a request waits for its turn at an account.
    pub(super) fn account_wait(&self) -> Duration {
        self.account_wait.unwrap_or(ACCOUNT_WAIT)
    }
}
