//! `mediaferry-gateway doctor`: tests the servers that the configuration names: the bucket for staging, its CORS rule,
//! the clock, each provider, and the servers of identity, hooks and limits.
//!
//! A test is a function that returns one [`Finding`] or several; [`run`] lists them all. No finding contains a secret, a
//! signature or the query of a presigned URL.

use std::fmt;
use std::time::Duration;

use reqwest::Client;

use crate::config::Config;
use crate::guard::is_loopback;
use crate::upstream::{self, UpstreamError};

mod bucket;
mod clock;
mod cors;
mod http;
mod parts;
mod provider;
mod s3_error;
mod services;
mod watch;

pub use watch::watch;

/// How long one request of a test may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The outcome of one test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was tested, such as `bucket put`.
    pub name: String,
    /// What was found.
    pub outcome: Outcome,
}

/// What a test found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It works.
    Ok(String),
    /// It works, but not as well as it could.
    Note(String),
    /// It does not work.
    Failed {
        /// What happened.
        reason: String,
        /// What to do.
        action: String,
    },
}

impl Finding {
    pub(super) fn ok(name: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { name: name.into(), outcome: Outcome::Ok(detail.into()) }
    }

    pub(super) fn note(name: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { name: name.into(), outcome: Outcome::Note(detail.into()) }
    }

    pub(super) fn failed(name: impl Into<String>, reason: impl Into<String>, action: impl Into<String>) -> Self {
        let outcome = Outcome::Failed { reason: reason.into(), action: action.into() };
        Self { name: name.into(), outcome }
    }

    /// Whether the test failed.
    #[must_use]
    pub fn is_failed(&self) -> bool {
        matches!(self.outcome, Outcome::Failed { .. })
    }
}

/// One line, without control characters of a server.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.name;
        let line = match &self.outcome {
            Outcome::Ok(detail) => format!("ok      {name}: {detail}"),
            Outcome::Note(detail) => format!("note    {name}: {detail}"),
            Outcome::Failed { reason, action } => format!("FAILED  {name}: {reason}; {action}"),
        };
        f.write_str(&line.replace(char::is_control, " "))
    }
}

/// Runs all tests, and passes on each finding as soon as it is known.
pub async fn run(config: &Config, mut report: impl FnMut(&Finding)) -> Result<(), UpstreamError> {
    let clients = Clients::new()?;
    staging(config, &clients, &mut report).await;
    for provider in &config.providers {
        if let Some(upstream) = &provider.upstream {
            report(&provider::reach(clients.of(upstream.origin.host_str()), provider.profile, &upstream.origin).await);
        }
    }
    services::test(config, &clients).await.iter().for_each(&mut report);
    Ok(())
}

/// Runs the tests of staging.
async fn staging(config: &Config, clients: &Clients, report: &mut impl FnMut(&Finding)) {
    let Some(bucket) = &config.staging.bucket else {
        return report(&Finding::note(
            "bucket",
            "not configured: files for providers that accept only URLs are rejected",
        ));
    };
    let client = clients.of(bucket.host());
    report(&clock::compare(client, bucket).await);
    let uses = bucket::use_it(client, bucket, &config.staging).await;
    uses.iter().for_each(&mut *report);
    if uses.iter().any(Finding::is_failed) {
        // Some stores reject the preflight of a URL that would not work.
        return report(&Finding::note("bucket cors", "not tested until the bucket works"));
    }
    report(&parts::use_them(client, bucket, &config.staging).await);
    cors::preflights(client, bucket, &config.staging, &config.allow_origin).await.iter().for_each(report);
}

/// The clients for servers elsewhere and on this machine.
struct Clients {
    remote: Client,
    local: Client,
}

impl Clients {
    fn new() -> Result<Self, UpstreamError> {
        Ok(Self { remote: upstream::remote()?, local: upstream::local()? })
    }

    fn of(&self, host: Option<&str>) -> &Client {
        if host.is_some_and(is_loopback) { &self.local } else { &self.remote }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_is_one_line() {
        let finding = Finding::failed("bucket put", "status 403 \u{1b}[31m\r\nok  everything", "set a key");
        assert_eq!(finding.to_string(), "FAILED  bucket put: status 403  [31m  ok  everything; set a key");
        assert!(finding.is_failed() && !Finding::ok("a", "b").is_failed() && !Finding::note("a", "b").is_failed());
    }
}
