//! What an operator configures.

use std::path::PathBuf;
use std::time::Duration;

use reqwest::Url;

use super::secret::HookSecret;

const TIMEOUT: Duration = Duration::from_secs(5);
const MAX_TIMEOUT: Duration = Duration::from_secs(30);
const LEASE: Duration = Duration::from_secs(15);
const CONCURRENCY: usize = 4;
const MAX_CONCURRENCY: usize = 64;
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
    /// Every problem of this configuration, each with its key. `valkey` is whether a shared store is configured.
    #[must_use]
    pub fn problems(&self, valkey: bool) -> Vec<String> {
        let mut problems = Vec::new();
        let mut check = |valid: bool, problem: String| {
            if !valid {
                problems.push(problem);
            }
        };
        for (key, url) in [("pre_create", &self.pre_create), ("post_finish", &self.post_finish)] {
            let valid = url.as_ref().is_none_or(|url| {
                matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none()
            });
            check(valid, format!("hooks.{key} must be a URL such as https://app.example/hooks, without user name"));
        }
        let used = self.pre_create.is_some() || self.post_finish.is_some();
        check(!used || !self.secrets.is_empty(), "hooks.secret is required".into());
        check(self.secrets.len() <= 2, "hooks.secret and hooks.old_secret are the only secrets".into());
        check(
            self.post_finish.is_none() || valkey || self.spool.is_some(),
            "hooks.post_finish needs hooks.spool or valkey".into(),
        );
        check(
            !self.timeout().is_zero() && self.timeout() <= MAX_TIMEOUT,
            format!("hooks.timeout_seconds must be from 1 to {}", MAX_TIMEOUT.as_secs()),
        );
        check(
            (1..=MAX_CONCURRENCY).contains(&self.concurrency()),
            format!("hooks.concurrency must be from 1 to {MAX_CONCURRENCY}"),
        );
        problems
    }

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_problem_names_its_key() {
        assert_eq!(HooksConfig::default().problems(false), Vec::<String>::new());
        let config = HooksConfig {
            pre_create: Url::parse("ftp://app.example").ok(),
            post_finish: Url::parse("https://user@app.example").ok(),
            timeout: Some(Duration::ZERO),
            concurrency: Some(65),
            ..HooksConfig::default()
        };
        assert_eq!(
            config.problems(false),
            [
                "hooks.pre_create must be a URL such as https://app.example/hooks, without user name",
                "hooks.post_finish must be a URL such as https://app.example/hooks, without user name",
                "hooks.secret is required",
                "hooks.post_finish needs hooks.spool or valkey",
                "hooks.timeout_seconds must be from 1 to 30",
                "hooks.concurrency must be from 1 to 64",
            ]
        );
        assert_eq!(config.problems(true).len(), 5);
    }
}
