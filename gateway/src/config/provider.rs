//! A provider's address and key, by environment: `MEDIAFERRY_<ID>_ORIGIN` and `MEDIAFERRY_<ID>_KEY`.

use std::iter::once;

use mediaferry::providers::{PROVIDERS, Profile};
use reqwest::Url;

use super::ConfigError;
use crate::secret::Secret;

/// Where one provider is and what its key is.
#[derive(Clone, Debug)]
pub struct ProviderConfig {
    /// Its constants.
    pub profile: &'static Profile,
    /// Scheme, host and perhaps a path in front of the API's own paths; `None` if it is not configured.
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

/// How the variables are called, for `--help`.
pub(super) fn help() -> String {
    let lines = PROVIDERS.iter().map(|provider| {
        let (origin, key) = variable_names(provider.profile());
        format!("\n  {origin}={}\n  {key}=…", provider.profile().origin)
    });
    let head = "Providers, by environment: both variables, or the provider is not configured. A request to a provider that is \
                not\nconfigured gets 404 not_configured; with --sandbox, the gateway plays the provider. For example:";
    once(head.to_owned()).chain(lines).collect()
}

/// A provider's address: http or https, a host, perhaps a path.
pub(super) fn parse_upstream(text: &str) -> Option<Url> {
    let url = Url::parse(text.trim().trim_end_matches('/')).ok()?;
    let plain =
        url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
    (plain && url.has_host() && matches!(url.scheme(), "http" | "https")).then_some(url)
}
