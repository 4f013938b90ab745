//! The registered providers, and the connections to those that are configured.

use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use mediaferry::providers::Profile;

use crate::config::{Config, ProviderConfig, UpstreamConfig};
use crate::exchange::{Collected, Exchange, Failure};
use crate::guard::is_loopback;
use crate::proxy::{MAX_LIST, Upstream};
use crate::serve::StartError;
use crate::upstream::connector;

/// The providers in the registry's order.
pub(crate) struct Providers {
    list: Vec<(&'static Profile, Option<Upstream>)>,
    /// How long a provider may neither read nor send data.
    pub(crate) patience: Duration,
}

impl Providers {
    /// Prepares the connections to the configured providers.
    pub(crate) fn new(config: &Config) -> Result<Self, StartError> {
        let (remote, local) = (connector::remote()?, connector::local()?);
        let upstream = |provider: &ProviderConfig| {
            let Some(UpstreamConfig { origin, key }) = provider.upstream.clone() else {
                return Ok((provider.profile, None));
            };
            let key = key.header(provider.profile.auth).ok_or(StartError::Internal("key header"))?;
            let client = if origin.host_str().is_some_and(is_loopback) { &local } else { &remote };
            Ok((provider.profile, Some(Upstream { origin, key, client: client.clone() })))
        };
        let list = config.providers.iter().map(upstream).collect::<Result<_, StartError>>()?;
        Ok(Self { list, patience: config.upstream_timeout })
    }

    /// The provider with this id, and its upstream if it is configured.
    pub(crate) fn find(&self, id: &str) -> Option<(&'static Profile, Option<&Upstream>)> {
        let (profile, upstream) = self.list.iter().find(|(profile, _)| profile.id == id)?;
        Some((profile, upstream.as_ref()))
    }

    /// Sends a GET of the gateway's own to a path at a provider; `None` if the provider is not configured or the path
    /// is ambiguous.
    pub(crate) async fn get(&self, provider: &str, path: &str) -> Option<Result<Collected, Failure>> {
        let (profile, upstream) = self.find(provider)?;
        let url = upstream?.url(path, None)?;
        let (parts, body) = Request::new(Body::empty()).into_parts();
        let exchange = Exchange::new(profile.id, upstream?, url, (&parts, body), self.patience);
        Some(exchange.collect(MAX_LIST).await)
    }
}
