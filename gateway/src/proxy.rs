//! `/providers/{id}/…`: the profile's own requests, and no others, go to the provider with its key; bodies stream both ways.

use std::error::Error;
use std::io;
use std::iter::successors;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::{TryStreamExt, stream};
use hyper::body::Body as _;
use mediaferry::http::Method;
use mediaferry::providers::Profile;
use reqwest::{Client, Url};

use crate::answer::Refusal;
use crate::config::variable_names;
use crate::upstream::Activity;

/// Where the proxy's paths start.
pub(crate) const PREFIX: &str = "/providers/";

/// All a provider needs to know of a request. No cookie, no credential and nothing about the connection gets through.
const FORWARDED: [HeaderName; 3] = [header::ACCEPT, header::CONTENT_LENGTH, header::CONTENT_TYPE];
/// All the page needs to know of an answer.
const RETURNED: [HeaderName; 3] = [header::CONTENT_LENGTH, header::CONTENT_TYPE, header::RETRY_AFTER];

const UNKNOWN: Refusal = Refusal::not_found("This provider is not registered, or this is not one of its requests.");
const UNREACHABLE: Refusal =
    Refusal::new(StatusCode::BAD_GATEWAY, "provider_unreachable", "The provider could not be reached or broke off.");
const SILENT: Refusal =
    Refusal::new(StatusCode::GATEWAY_TIMEOUT, "provider_timed_out", "The provider did not answer in time.");

/// The registered providers, and how to reach those that are configured or played.
pub(crate) struct Proxy {
    pub(crate) providers: Vec<(&'static Profile, Option<Upstream>)>,
    pub(crate) patience: Duration,
}

/// How to reach one provider.
pub(crate) struct Upstream {
    pub(crate) origin: Url,
    pub(crate) key: (HeaderName, HeaderValue),
    pub(crate) client: Client,
}

/// Forwards one request.
pub(crate) async fn forward(State(proxy): State<Arc<Proxy>>, request: Request) -> Response {
    let (profile, upstream, url) = match proxy.route(&request) {
        Ok(route) => route,
        Err(refusal) => return refusal.into_response(),
    };
    let (parts, body) = request.into_parts();
    let activity = Activity::new();
    let outgoing = upstream
        .client
        .request(parts.method, url)
        .headers(only(&parts.headers, &FORWARDED))
        .header(&upstream.key.0, &upstream.key.1);
    let outgoing = if body.is_end_stream() { outgoing } else { outgoing.body(watched(body, activity.clone())) };
    tokio::select! {
        answer = outgoing.send() => match answer {
            Ok(answer) => returned(answer, proxy.patience),
            Err(error) => failed(profile, error),
        },
        () = activity.idle_for(proxy.patience) => SILENT.into_response(),
    }
}

impl Proxy {
    /// The provider that this request is for and its URL there, if it is one of the profile's requests.
    fn route(&self, request: &Request) -> Result<(&'static Profile, &Upstream, Url), Refusal> {
        let (id, path) =
            request.uri().path().strip_prefix(PREFIX).and_then(|rest| rest.split_once('/')).ok_or(UNKNOWN)?;
        let (profile, upstream) = self.providers.iter().find(|(profile, _)| profile.id == id).ok_or(UNKNOWN)?;
        let upstream = upstream.as_ref().ok_or_else(|| not_configured(profile))?;
        let url = upstream.url(profile, request, &format!("/{path}")).ok_or(UNKNOWN)?;
        Ok((profile, upstream, url))
    }
}

impl Upstream {
    /// Where this request goes at the provider; `None` if it is none of the profile's requests.
    fn url(&self, profile: &Profile, request: &Request, path: &str) -> Option<Url> {
        let method = Method::ALL.iter().copied().find(|method| method.as_str() == request.method().as_str())?;
        let listed = profile.endpoints.iter().any(|endpoint| endpoint.matches(method, path));
        (listed && is_plain(path)).then_some(())?;
        let mut url = self.origin.clone();
        let full = format!("{}{path}", url.path().trim_end_matches('/'));
        url.set_path(&full);
        url.set_query(request.uri().query());
        // A URL library that reads the path otherwise than the allow-list did would open a way around it.
        (url.path() == full).then_some(url)
    }
}

fn not_configured(profile: &Profile) -> Refusal {
    let (origin, key) = variable_names(profile);
    Refusal::not_configured(format!("{} is not configured: set {origin} and {key}.", profile.name))
}

/// Whether a path means the same to every server: nothing encoded, no dots that climb.
fn is_plain(path: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_' | b'.' | b'~' | b':');
    path.bytes().all(plain) && path.split('/').all(|segment| segment != "." && segment != "..")
}

fn only(headers: &HeaderMap, names: &[HeaderName]) -> HeaderMap {
    let kept = names.iter().filter_map(|name| Some((name.clone(), headers.get(name)?.clone())));
    kept.collect()
}

/// The body, each piece of which is a sign of life.
fn watched(body: Body, activity: Activity) -> reqwest::Body {
    reqwest::Body::wrap_stream(body.into_data_stream().inspect_ok(move |_| activity.touch()))
}

fn returned(answer: reqwest::Response, patience: Duration) -> Response {
    let (status, headers) = (answer.status(), only(answer.headers(), &RETURNED));
    let body = stream::try_unfold(answer, move |mut answer| async move {
        // The head is sent already: all that is left to say is that the connection broke.
        let chunk = tokio::time::timeout(patience, answer.chunk()).await.map_err(io::Error::from)?;
        Ok::<_, io::Error>(chunk.map_err(|error| io::Error::other(error.without_url()))?.map(|chunk| (chunk, answer)))
    });
    (status, headers, Body::from_stream(body)).into_response()
}

/// Without the URL, whose query belongs in no log.
fn failed(profile: &Profile, error: reqwest::Error) -> Response {
    let silent = error.is_timeout() && !error.is_connect();
    let error = error.without_url();
    let reasons = successors(Some(&error as &dyn Error), |error| (*error).source());
    let reason = reasons.map(ToString::to_string).collect::<Vec<_>>().join(": ");
    tracing::warn!(target: "gateway", provider = profile.id, reason, "no answer");
    if silent { SILENT.into_response() } else { UNREACHABLE.into_response() }
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
