//! A provider's URL and key, from the environment: `MEDIAFERRY_<ID>_ORIGIN` and `MEDIAFERRY_<ID>_KEY`.

use std::iter::once;

use mediaferry::providers::{PROVIDERS, Profile};
use reqwest::Url;

use super::ConfigError;
use crate::secret::Secret;

/// The URL and key of one provider.
#[derive(Clone, Debug)]
pub struct ProviderConfig {
    /// The provider's constants.
    pub profile: &'static Profile,
    /// Scheme, host and optionally a path before the API's own paths; `None` if it is not configured.
    pub origin: Option<Url>,
    /// The key to add; always set if the origin is.
    pub key: Option<Secret>,
}

impl ProviderConfig {
    pub(super) fn new(
        profile: &'static Profile,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigError> {
        let (origin_name, key_name) = variable_names(profile);
        let origin = variable(&origin_name).map(|text| parse_upstream(&text).ok_or(())).transpose();
        let origin = origin.map_err(|()| ConfigError::BadOrigin { variable: origin_name.clone() })?;
        let key = match variable(&key_name) {
            Some(key) => Some(Secret::new(key.trim()).ok_or(ConfigError::BadKey { variable: key_name })?),
            None if origin.is_some() => return Err(ConfigError::MissingKey { origin: origin_name, key: key_name }),
            None => None,
        };
        Ok(Self { profile, origin, key })
    }
}

/// `MEDIAFERRY_<ID>_ORIGIN` and `MEDIAFERRY_<ID>_KEY`.
pub(crate) fn variable_names(profile: &Profile) -> (String, String) {
    let id = profile.id.to_ascii_uppercase();
    (format!("MEDIAFERRY_{id}_ORIGIN"), format!("MEDIAFERRY_{id}_KEY"))
}

/// The text of `--help` about the variables.
pub(super) fn help() -> String {
    let lines = PROVIDERS.iter().map(|provider| {
        let (origin, key) = variable_names(provider.profile());
        format!("\n  {origin}={}\n  {key}=…", provider.profile().origin)
    });
    let head = "Providers (environment): set both variables of a provider. Requests to a provider that is not configured \
                return\n404 not_configured; with --sandbox, the gateway imitates the provider. For example:";
    once(head.to_owned()).chain(lines).collect()
}

/// A provider's URL: http or https, a host, optionally a path.
pub(super) fn parse_upstream(text: &str) -> Option<Url> {
    let url = Url::parse(text.trim().trim_end_matches('/')).ok()?;
    let plain =
        url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
    (plain && url.has_host() && matches!(url.scheme(), "http" | "https")).then_some(url)
}
