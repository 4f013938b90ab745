//! `/providers/{id}/…`: forwards the requests in a provider's profile, and no others, to the provider with its key.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use mediaferry::http::Method;
use mediaferry::providers::{Endpoint, Profile};
use reqwest::{Client, Url};

use crate::attempts::{self, Attempt, Key, LIMITS, Table};
use crate::config::{Config, ProviderConfig, UpstreamConfig, variable_names};
use crate::exchange::{Collected, Exchange, Failure, streamed};
use crate::guard::is_loopback;
use crate::identity::Caller;
use crate::ownership::{Claim, NOT_YOURS, Owners};
use crate::refusal::Refusal;
use crate::serve::StartError;
use crate::upstream;

/// The prefix of the proxy's paths.
pub(crate) const PREFIX: &str = "/providers/";

/// A page of 100 assets has about 100 KB.
pub(crate) const MAX_LIST: usize = 2 << 20;
/// The response to a verified user has to be checked as a whole.
pub(crate) const TOO_LONG: Refusal =
    Refusal::new(StatusCode::BAD_GATEWAY, "response_too_long", "The provider's response is too long.");
const UNKNOWN: Refusal = Refusal::not_found("The provider or the request is unknown.");

/// The registered providers, and the upstreams of those that are configured.
pub(crate) struct Proxy {
    providers: Vec<(&'static Profile, Option<Upstream>)>,
    pub(crate) attempts: Arc<Table>,
    owners: Arc<Owners>,
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
        let caller = Caller::of(request.extensions())?.clone();
        let Route { profile, endpoint, upstream, path } = self.route(&request)?;
        let url = upstream.url(&path, request.uri().query()).ok_or(UNKNOWN)?;
        let claim = Claim::new(profile, endpoint, &path, &caller, &self.owners).await?;
        let (mut parts, mut body) = request.into_parts();
        if let Some(claim) = &claim {
            self.check_first(claim, profile, upstream).await?;
            body = claim.mark(&mut parts, body).await?;
        }
        let exchange = |body| Exchange::new(profile.id, upstream, url.clone(), (&parts, body), self.patience);
        if let Some(attempt) = Attempt::read(&parts.headers)? {
            let key = Key::new(profile.id, &parts.method, parts.uri.path(), &caller.scoped(attempt.id));
            return attempts::once(&self.attempts, &key, attempt.age, body, exchange, claim).await;
        }
        let Some(claim) = claim else {
            let response = exchange(body).send().await.map_err(Failure::refusal)?;
            return Ok(streamed(response, Bytes::new(), self.patience));
        };
        match exchange(body).collect(MAX_LIST).await.map_err(Failure::refusal)? {
            Collected::Whole(response) => Ok(claim.apply(response).await.into_response()),
            Collected::Longer(_) => Err(TOO_LONG),
        }
    }

    /// Reads the asset of a request whose own response would show the owner too late.
    async fn check_first(&self, claim: &Claim, profile: &Profile, upstream: &Upstream) -> Result<(), Refusal> {
        let Some(path) = claim.check_first() else { return Ok(()) };
        let url = upstream.url(&path, None).ok_or(UNKNOWN)?;
        let (parts, body) = Request::new(Body::empty()).into_parts();
        let exchange = Exchange::new(profile.id, upstream, url, (&parts, body), self.patience);
        match exchange.collect(MAX_LIST).await.map_err(Failure::refusal)? {
            Collected::Whole(response) if claim.is_shown_by(&response) => Ok(()),
            Collected::Whole(_) => Err(NOT_YOURS),
            Collected::Longer(_) => Err(TOO_LONG),
        }
    }

    /// Creates a proxy for the configured providers.
    pub(crate) fn new(config: &Config) -> Result<Self, StartError> {
        let (remote, local) = (upstream::remote()?, upstream::local()?);
        let upstream = |provider: &ProviderConfig| {
            let Some(UpstreamConfig { origin, key }) = provider.upstream.clone() else {
                return Ok((provider.profile, None));
            };
            let key = key.header(provider.profile.auth).ok_or(StartError::Internal("key header"))?;
            let client = if origin.host_str().is_some_and(is_loopback) { &local } else { &remote };
            Ok((provider.profile, Some(Upstream { origin, key, client: client.clone() })))
        };
        let providers = config.providers.iter().map(upstream).collect::<Result<_, StartError>>()?;
        Ok(Self {
            providers,
            attempts: Table::new(LIMITS),
            owners: Arc::new(Owners::new()),
            patience: config.upstream_timeout,
        })
    }

    /// The endpoint of this request, if it is in a profile.
    fn route(&self, request: &Request) -> Result<Route<'_>, Refusal> {
        let (id, path) =
            request.uri().path().strip_prefix(PREFIX).and_then(|rest| rest.split_once('/')).ok_or(UNKNOWN)?;
        let (profile, upstream) = self.providers.iter().find(|(profile, _)| profile.id == id).ok_or(UNKNOWN)?;
        let upstream = upstream.as_ref().ok_or_else(|| not_configured(profile))?;
        let (path, method) = (format!("/{path}"), request.method().as_str());
        let method = Method::ALL.iter().copied().find(|known| known.as_str() == method).ok_or(UNKNOWN)?;
        let endpoint = profile.endpoints.iter().find(|endpoint| endpoint.matches(method, &path)).ok_or(UNKNOWN)?;
        Ok(Route { profile, endpoint, upstream, path })
    }
}

/// Where a request goes.
struct Route<'p> {
    profile: &'static Profile,
    endpoint: &'static Endpoint,
    upstream: &'p Upstream,
    /// The path at the provider.
    path: String,
}

impl Upstream {
    /// The URL of this path at the provider; `None` if the path could be read in two ways.
    fn url(&self, path: &str, query: Option<&str>) -> Option<Url> {
        is_plain(path).then_some(())?;
        let mut url = self.origin.clone();
        let full = format!("{}{path}", url.path().trim_end_matches('/'));
        url.set_path(&full);
        url.set_query(query);
        // The URL library must not read the path differently than the allow-list, or requests could bypass the list.
        (url.path() == full).then_some(url)
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
