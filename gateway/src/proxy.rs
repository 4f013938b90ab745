//! `/providers/{id}/…`: forwards the requests in a provider's profile, and no others, to the provider with its key.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Uri};
use axum::response::{IntoResponse, Response};
use mediaferry::http::Method;
use mediaferry::providers::Profile;
use reqwest::Url;

use crate::attempts::{self, Attempt, Key, LIMITS, Table};
use crate::config::{Config, ProviderConfig, UpstreamConfig, variable_names};
use crate::exchange::{Exchange, Failure};
use crate::guard::is_loopback;
use crate::refusal::Refusal;
use crate::serve::StartError;
use crate::upstream::connector::{self, Client};

/// The prefix of the proxy's paths.
pub(crate) const PREFIX: &str = "/providers/";

const UNKNOWN: Refusal = Refusal::not_found("The provider or the request is unknown.");

/// The registered providers, and the upstreams of those that are configured.
pub(crate) struct Proxy {
    providers: Vec<(&'static Profile, Option<Upstream>)>,
    pub(crate) attempts: Arc<Table>,
    patience: Duration,
}

/// The upstream of one provider.
pub(crate) struct Upstream {
    pub(crate) origin: Url,
    pub(crate) key: (HeaderName, HeaderValue),
    pub(crate) client: Client,
}

/// Forwards one request, a once-only one at most once.
pub(crate) async fn forward(State(proxy): State<Arc<Proxy>>, request: Request) -> Response {
    proxy.respond(request).await.unwrap_or_else(IntoResponse::into_response)
}

impl Proxy {
    async fn respond(&self, request: Request) -> Result<Response, Refusal> {
        let (profile, upstream, url) = self.route(&request)?;
        let (parts, body) = request.into_parts();
        let exchange = |body| Exchange::new(profile.id, upstream, url.clone(), (&parts, body), self.patience);
        let Some(attempt) = Attempt::read(&parts.headers)? else {
            let received = exchange(body).send().await.map_err(Failure::refusal)?;
            return Ok(received.into_response());
        };
        let key = Key::new(profile.id, &parts.method, parts.uri.path(), attempt.id);
        attempts::once(&self.attempts, &key, attempt.age, body, exchange).await
    }

    /// Creates a proxy for the configured providers.
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
        let providers = config.providers.iter().map(upstream).collect::<Result<_, StartError>>()?;
        Ok(Self { providers, attempts: Table::new(LIMITS), patience: config.upstream_timeout })
    }

    /// The provider of this request and its URL there, if the request is in the profile.
    fn route(&self, request: &Request) -> Result<(&'static Profile, &Upstream, Uri), Refusal> {
        let (id, path) =
            request.uri().path().strip_prefix(PREFIX).and_then(|rest| rest.split_once('/')).ok_or(UNKNOWN)?;
        let (profile, upstream) = self.providers.iter().find(|(profile, _)| profile.id == id).ok_or(UNKNOWN)?;
        let upstream = upstream.as_ref().ok_or_else(|| not_configured(profile))?;
        let url = upstream.url(profile, request, &format!("/{path}")).ok_or(UNKNOWN)?;
        Ok((profile, upstream, url))
    }
}

impl Upstream {
    /// The URL of this request at the provider; `None` if it is not in the profile.
    fn url(&self, profile: &Profile, request: &Request, path: &str) -> Option<Uri> {
        let method = Method::ALL.iter().copied().find(|method| method.as_str() == request.method().as_str())?;
        let listed = profile.endpoints.iter().any(|endpoint| endpoint.matches(method, path));
        (listed && is_plain(path)).then_some(())?;
        let mut url = self.origin.clone();
        let full = format!("{}{path}", url.path().trim_end_matches('/'));
        url.set_path(&full);
        url.set_query(request.uri().query());
        // The URL library must not read the path differently than the allow-list, or requests could bypass the list.
        (url.path() == full).then(|| url.as_str().parse().ok())?
    }
}

fn not_configured(profile: &Profile) -> Refusal {
    let (origin, key) = variable_names(profile);
    Refusal::not_configured(format!("{} is not configured: set {origin} and {key}.", profile.name))
}

/// Whether every server reads this path the same way: no percent-encoding, no dot segments.
fn is_plain(path: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_' | b'.' | b'~' | b':');
    path.bytes().all(plain) && path.split('/').all(|segment| segment != "." && segment != "..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_could_mean_two_things_are_not_plain() {
        assert!(is_plain("/api/v1/files/file_1-a.b~c/complete"));
        for path in [
            "/files/%2e%2e/complete",
            "/files/a%2Fb/complete",
            "/files/../x",
            "/files/./x",
            "/files/a\\b",
            "/files/a;b",
            "/files/é",
        ] {
            assert!(!is_plain(path), "{path}");
        }
    }
}
