//! What an operator configures, and what the app may lower for one upload.

use std::collections::BTreeMap;
use std::time::Duration;

use mediaferry::media::Kind;
use mediaferry::providers::PROVIDERS;
use serde::Deserialize;

/// How long a request waits for its turn by default.
const ACCOUNT_WAIT: Duration = Duration::from_secs(5);
/// The longest useful wait: pages and proxies give up on a response later than this.
const MAX_ACCOUNT_WAIT: Duration = Duration::from_secs(25);

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
    /// Every problem of this configuration, each with its key.
    #[must_use]
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let mut check = |valid: bool, problem: String| {
            if !valid {
                problems.push(problem);
            }
        };
        let known = |id: &str| PROVIDERS.iter().any(|provider| provider.profile().id == id);
        for (key, zero) in [
            ("uploads_per_minute", self.uploads_per_minute == Some(0)),
            ("bytes_per_day", self.bytes_per_day == Some(0)),
            ("concurrent_uploads", self.concurrent_uploads == Some(0)),
            ("max_form_bytes", self.max_form_bytes == Some(0)),
        ] {
            check(!zero, format!("limits.{key} must be at least 1; omit it for no limit"));
        }
        for id in self.providers.iter().flatten() {
            check(known(id), format!("limits.providers: {id:?} is not a provider"));
        }
        check(self.providers.as_ref().is_none_or(|ids| !ids.is_empty()), "limits.providers must not be empty".into());
        check(self.kinds.as_ref().is_none_or(|kinds| !kinds.is_empty()), "limits.kinds must not be empty".into());
        check(
            self.account_wait() <= MAX_ACCOUNT_WAIT,
            format!("limits.account_wait_seconds must be at most {}", MAX_ACCOUNT_WAIT.as_secs()),
        );
        for (id, account) in &self.accounts {
            check(known(id), format!("accounts.{id}: {id:?} is not a provider"));
            check(
                account.creates != Some(0),
                format!("accounts.{id}.creates must be at least 1; omit it for no limit"),
            );
            check(account.assets != Some(0), format!("accounts.{id}.assets must be at least 1; omit it for no limit"));
            check(
                account.creates_window != Some(Duration::ZERO),
                format!("accounts.{id}.creates_window_seconds must be at least 1"),
            );
            check(
                account.creates_window.is_none() || account.creates.is_some(),
                format!("accounts.{id}.creates_window_seconds has no effect without accounts.{id}.creates"),
            );
        }
        problems
    }

    /// How long a request waits for its turn at an account.
    pub(super) fn account_wait(&self) -> Duration {
        self.account_wait.unwrap_or(ACCOUNT_WAIT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_problem_names_its_key() {
        assert_eq!(LimitsConfig::default().problems(), Vec::<String>::new());
        let account = |creates, window| AccountLimits { creates, creates_window: window, assets: None };
        let config = LimitsConfig {
            uploads_per_minute: Some(0),
            providers: Some(vec!["onerouter".to_owned(), "two".to_owned()]),
            kinds: Some(Vec::new()),
            account_wait: Some(Duration::from_secs(26)),
            accounts: BTreeMap::from([
                ("apiframe".to_owned(), account(Some(0), None)),
                ("relaydance".to_owned(), account(None, Some(MAX_ACCOUNT_WAIT))),
                ("three".to_owned(), AccountLimits::default()),
            ]),
            ..LimitsConfig::default()
        };
        assert_eq!(
            config.problems(),
            [
                "limits.uploads_per_minute must be at least 1; omit it for no limit",
                "limits.providers: \"two\" is not a provider",
                "limits.kinds must not be empty",
                "limits.account_wait_seconds must be at most 25",
                "accounts.apiframe.creates must be at least 1; omit it for no limit",
                "accounts.relaydance.creates_window_seconds has no effect without accounts.relaydance.creates",
                "accounts.three: \"three\" is not a provider",
            ]
        );
    }
}
