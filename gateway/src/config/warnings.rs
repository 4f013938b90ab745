//! Warnings about a valid configuration.

use super::Config;

impl Config {
    /// Settings that are probably a mistake, or that the operator should know about.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        if self.providers.iter().all(|provider| provider.upstream.is_none()) {
            warnings.push("no provider is configured: see --help for the settings".to_owned());
        }
        if self.identity.is_none() && !self.bind.is_loopback() {
            warnings.push(format!(
                "--insecure-anonymous: everyone who can reach {} can upload with your keys, and list and delete all assets",
                self.bind
            ));
        }
        for provider in &self.providers {
            let (name, Some(upstream)) = (provider.profile.name, &provider.upstream) else { continue };
            let local = upstream.origin.host_str().is_some_and(crate::guard::is_loopback);
            if upstream.origin.scheme() == "http" && !local {
                warnings.push(format!("{name}: the key is sent unencrypted, because the origin is an http URL"));
            }
            if provider.profile.accepts_urls && self.staging.bucket.is_none() {
                warnings.push(format!("{name}: files that need staging are rejected, because no s3 setting is set"));
            }
        }
        warnings
    }
}
