//! A provider's URL and key.

use mediaferry::providers::{PROVIDERS, Profile};
use reqwest::Url;

use super::reader::Reader;
use super::setting::{provider_key, variable};
use crate::secret::Secret;

/// The URL and key of one provider.
#[derive(Clone, Debug)]
pub struct ProviderConfig {
    /// The provider's constants.
    pub profile: &'static Profile,
    /// Where its requests are sent; `None` if it is not configured.
    pub upstream: Option<UpstreamConfig>,
}

/// Where a provider's requests are sent.
#[derive(Clone, Debug)]
pub struct UpstreamConfig {
    /// Scheme, host and optionally a path before the API's own paths.
    pub origin: Url,
    /// The key to add.
    pub key: Secret,
}

/// Reads each registered provider, in the registry's order.
pub(super) fn read(reader: &Reader<'_>) -> Vec<ProviderConfig> {
    PROVIDERS.iter().map(|provider| read_one(reader, provider.profile())).collect()
}

fn read_one(reader: &Reader<'_>, profile: &'static Profile) -> ProviderConfig {
    let (origin_key, key_key) = (provider_key(profile, "origin"), provider_key(profile, "key"));
    reader.all_or_none(&[&origin_key, &key_key]);
    let origin = reader.parse(&origin_key, parse_url);
    let key = reader.parse(&key_key, |text| {
        Secret::new(text).ok_or_else(|| "a key without spaces and non-ASCII characters".to_owned())
    });
    let upstream = origin.zip(key).map(|(origin, key)| UpstreamConfig { origin, key });
    ProviderConfig { profile, upstream }
}

/// The environment variables of a provider's URL and key.
pub(crate) fn variable_names(profile: &Profile) -> (String, String) {
    (variable(&provider_key(profile, "origin")), variable(&provider_key(profile, "key")))
}

/// Parses a URL that other URLs can be based on: http or https, a host, optionally a path.
pub(super) fn parse_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text.trim_end_matches('/')).ok().filter(|url| {
        let plain = url.username().is_empty() && url.password().is_none();
        plain && url.query().is_none() && url.fragment().is_none() && url.has_host()
    });
    url.filter(|url| matches!(url.scheme(), "http" | "https"))
        .ok_or_else(|| "a URL such as https://api.example.com, without user name, query or fragment".to_owned())
}
