//! What an operator configures.

use std::path::PathBuf;
use std::time::Duration;

use reqwest::Url;

use super::secret::HookSecret;

const TIMEOUT: Duration = Duration::from_secs(5);
const LEASE: Duration = Duration::from_secs(15);
const CONCURRENCY: usize = 4;
const FIRST_RETRY: Duration = Duration::from_secs(1);
const LONGEST_RETRY: Duration = Duration::from_mins(30);
const GIVE_UP: Duration = Duration::from_hours(24);

/// The hooks. A hook without a URL is off.
#[derive(Clone, Debug, Default)]
pub struct HooksConfig {
    /// The URL that is asked before each upload.
    pub pre_create: Option<Url>,
    /// The URL that receives the outcome of each upload.
    pub post_finish: Option<Url>,
    /// The secrets that sign requests: one, or two while they are rotated.
    pub secrets: Vec<HookSecret>,
    /// How long the app may take for a response; 5 s if `None`.
    pub timeout: Option<Duration>,
    /// Whether an upload is accepted if `pre-create` has no valid response.
    pub fail_open: bool,
    /// The folder for events that are not yet delivered; not used with Valkey.
    pub spool: Option<PathBuf>,
    /// How long an upload belongs to an instance that has crashed; 15 s if `None`.
    pub lease: Option<Duration>,
    /// How many events are sent at the same time; 4 if `None`.
    pub concurrency: Option<usize>,
    /// The first wait before an event is sent again; 1 s if `None`.
    pub first_retry: Option<Duration>,
    /// The longest wait before an event is sent again; 30 minutes if `None`.
    pub longest_retry: Option<Duration>,
    /// The age at which an event is given up; 24 hours if `None`.
    pub give_up: Option<Duration>,
}

impl HooksConfig {
    pub(super) fn timeout(&self) -> Duration {
        self.timeout.unwrap_or(TIMEOUT)
    }

    pub(crate) fn lease(&self) -> Duration {
        self.lease.unwrap_or(LEASE)
    }

    pub(super) fn concurrency(&self) -> usize {
        self.concurrency.unwrap_or(CONCURRENCY)
    }

    pub(super) fn first_retry(&self) -> Duration {
        self.first_retry.unwrap_or(FIRST_RETRY)
    }

    pub(super) fn longest_retry(&self) -> Duration {
        self.longest_retry.unwrap_or(LONGEST_RETRY)
    }

    pub(super) fn give_up(&self) -> Duration {
        self.give_up.unwrap_or(GIVE_UP)
    }
}
