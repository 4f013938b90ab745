//! Tests the bucket at start, and until it works.

use std::time::Duration;

use super::{Clients, Finding, staging};
use crate::config::Config;
use crate::readiness::Readiness;
use crate::upstream::UpstreamError;

/// The name of the bucket in [`Readiness`].
const PART: &str = "bucket";
/// The time between two tests of a bucket that does not work.
const INTERVAL: Duration = Duration::from_mins(1);

/// Tests the bucket until it works, once if it does at start. The instance is not ready until then.
///
/// A bucket that fails later does not end readiness: all instances would be taken out of service at once, and with them
/// the providers that need no bucket.
pub fn watch(config: &Config, readiness: Readiness) -> Result<(), UpstreamError> {
    if config.staging.bucket.is_none() {
        return Ok(());
    }
    readiness.set(PART, vec!["the bucket has not been tested yet".to_owned()]);
    let (config, clients) = (config.clone(), Clients::new()?);
    tokio::spawn(async move {
        loop {
            let mut problems = Vec::new();
            staging(&config, &clients, &mut |finding: &Finding| {
                if finding.is_failed() {
                    tracing::warn!(target: "gateway", "{finding}");
                    problems.push(finding.to_string());
                }
            })
            .await;
            let works = problems.is_empty();
            readiness.set(PART, problems);
            if works {
                return;
            }
            tokio::time::sleep(INTERVAL).await;
        }
    });
    Ok(())
}
