//! `/providers/{id}/…`: forwards the requests in a provider's profile, and no others, to the provider with its key.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use http_body_util::Limited;
use mediaferry::http::Method;
use mediaferry::providers::{Endpoint, Profile};
use reqwest::Url;
use serde_json::Value;
use uuid::Uuid;

use crate::admission::{Admission, Start, Turn};
use crate::attempts::{self, Attempt, Key, LIMITS, Table};
use crate::conditions::{Conditions, Creation, Release, Released, Source};
use crate::config::{Config, variable_names};
use crate::exchange::{Collected, Exchange};
use crate::follow::Completion;
use crate::form;
use crate::identity::Caller;
use crate::ownership::{self, Access, Claim, NOT_YOURS, Owners, Rule};
use crate::presign::Presigner;
use crate::providers::Providers;
use crate::refusal::Refusal;
use crate::staging::StagedName;
use crate::upstream::connector::Client;
use crate::valkey::Valkey;

/// The prefix of the proxy's paths.
pub(crate) const PREFIX: &str = "/providers/";

/// A page of 100 assets has about 100 KB.
pub(crate) const MAX_LIST: usize = 2 << 20;
/// The response to a verified user has to be checked as a whole.
pub(crate) const TOO_LONG: Refusal =
    Refusal::new(StatusCode::BAD_GATEWAY, "response_too_long", "The provider's response is too long.");
/// The form is larger than the provider accepts.
const TOO_LARGE: Refusal =
    Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "The request is larger than the provider accepts.")
        .scope("size")
        .sent(false);
const UNKNOWN: Refusal = Refusal::not_found("The provider or the request is unknown.");

/// What the requests to providers share.
pub(crate) struct Proxy {
    providers: Arc<Providers>,
    pub(crate) attempts: Arc<Table>,
    owners: Arc<Owners>,
    admission: Admission,
    /// The URL of the bucket for staging.
    staging: Option<String>,
    ticket_lifetime: Duration,
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
        let rule = ownership::rule(profile.id, endpoint);
        let id = ownership::id_in(endpoint, &path);
        let creation = self.creation(profile, rule, &caller, &mut parts, &mut body).await?;
        if let Some(claim) = &claim {
            self.check_first(claim, profile).await?;
            body = claim.mark(&mut parts, body).await?;
        }
        let completion = self.completion(profile, rule, &caller, id);
        let release = self.release(profile, rule, &caller, id, creation.as_ref());
        let conditions = Conditions { claim, creation, completion, release };
        let patience = self.providers.patience;
        let exchange = |body| Exchange::new(profile.id, upstream, url.clone(), (&parts, body), patience);
        if let Some(attempt) = Attempt::read(&parts.headers)? {
            let key = Key::new(profile.id, &parts.method, parts.uri.path(), &caller.scoped(attempt.id));
            return attempts::once(&self.attempts, &key, attempt.age, body, exchange, conditions).await;
        }
        let reads_response = conditions.reads_response();
        let forwarded = match conditions.before().await {
            Ok(forwarded) => forwarded,
            Err(response) => return Ok(response),
        };
        let result = if reads_response {
            exchange(body).collect(MAX_LIST).await
        } else {
            exchange(body).send().await.map(|response| Collected::Longer(response.into_response()))
        };
        match result {
            Ok(Collected::Whole(response)) => Ok(forwarded.after(response).await.into_response()),
            Ok(Collected::Longer(_)) if forwarded.has_claim() => Err(TOO_LONG),
            Ok(Collected::Longer(response)) => Ok(response),
            Err(failure) => {
                forwarded.failed(failure.reached).await;
                Err(failure.refusal())
            }
        }
    }

    /// What a request that creates an asset needs; limits the size of its body.
    async fn creation(
        &self,
        profile: &'static Profile,
        rule: Option<Rule>,
        caller: &Caller,
        parts: &mut Parts,
        body: &mut Body,
    ) -> Result<Option<Creation>, Refusal> {
        let Some(rule) = rule.filter(|rule| rule.access == Access::Create) else {
            return Ok(None);
        };
        let source = self.source(profile, &rule, caller, parts, body).await?;
        let attempt = Attempt::read(&parts.headers)?.map(|attempt| attempt.id.to_owned());
        let waiter = match caller.subject {
            Some(_) => caller.owner.to_string(),
            None => attempt.unwrap_or_else(|| Uuid::new_v4().simple().to_string()),
        };
        let goes_on = (!rule.sends_file).then_some(self.ticket_lifetime);
        let turn = Turn { provider: profile.id, waiter, id: rule.id, expires_at: rule.expires_at, goes_on };
        let creation = Creation { admission: self.admission.clone(), caller: caller.clone(), source, turn };
        Ok(Some(creation))
    }

    /// The upload that a request completes, if its end is reported.
    fn completion(
        &self,
        profile: &Profile,
        rule: Option<Rule>,
        caller: &Caller,
        id: Option<&str>,
    ) -> Option<Completion> {
        rule.filter(|rule| rule.completes)?;
        self.admission.follower.completion(profile.id, id?, caller)
    }

    /// What the limits no longer count if the request succeeds.
    fn release(
        &self,
        profile: &'static Profile,
        rule: Option<Rule>,
        caller: &Caller,
        id: Option<&str>,
        creation: Option<&Creation>,
    ) -> Option<Release> {
        let rule = rule.filter(|_| self.admission.reads_responses)?;
        let (id, owner) = (id.map(str::to_owned), caller.owner.to_string());
        let what = match (rule.access, creation.map(|creation| &creation.source)) {
            (Access::Create, Some(Source::Staged { key, .. })) => Released::Upload(owner, key.clone()),
            (Access::One, _) if rule.completes => Released::Upload(owner, id?),
            (Access::Delete, _) => Released::Asset(profile.id, id?),
            _ => return None,
        };
        Some(Release { limits: self.admission.limits.clone(), what })
    }

    /// Reads what the request shows of the upload.
    async fn source(
        &self,
        profile: &'static Profile,
        rule: &Rule,
        caller: &Caller,
        parts: &mut Parts,
        body: &mut Body,
    ) -> Result<Source, Refusal> {
        let content_type = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let boundary = content_type.and_then(form::boundary);
        let is_json = content_type.is_some_and(|kind| kind.trim_start().starts_with("application/json"));
        let limit = if is_json { ownership::MAX_JSON as u64 } else { self.admission.limits.max_form_bytes(profile) };
        let length = parts.headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
        if length.is_some_and(|length: u64| length > limit) {
            return Err(TOO_LARGE);
        }
        *body = Body::new(Limited::new(std::mem::take(body), usize::try_from(limit).unwrap_or(usize::MAX)));
        let mut start = Start { provider: Some(profile.id), size: length.or(Some(limit)), ..Start::default() };
        if let Some(boundary) = boundary.filter(|_| self.admission.reads_forms) {
            let (head, whole) = form::peek(std::mem::take(body), &boundary).await;
            *body = whole;
            (start.file_name, start.content_type) = (head.name, head.content_type);
        }
        if is_json {
            let bytes = to_bytes(std::mem::take(body), ownership::MAX_JSON).await.map_err(|_| ownership::NO_JSON)?;
            let json: Value = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
            *body = bytes.into();
            let text = |name| json.get(name).and_then(Value::as_str).map(str::to_owned);
            let url = text("url").or_else(|| text("file"));
            if let Some(staged) = url.and_then(|url| self.staged(&url, profile, caller)) {
                return Ok(staged);
            }
            start.size = json.get("sizeBytes").and_then(Value::as_u64);
            start.content_type = text("contentType");
            start.file_name = rule.file_name.and_then(text);
        }
        Ok(Source::New(start))
    }

    /// The upload of a file that the caller has staged for this provider, from its URL. An upload that starts with
    /// another URL is a new one.
    fn staged(&self, url: &str, profile: &Profile, caller: &Caller) -> Option<Source> {
        let key = url.strip_prefix(self.staging.as_deref()?)?.strip_prefix('/')?;
        let key = key.split_once('?').map_or(key, |(key, _)| key);
        let name = StagedName::in_key(key)?;
        let fits = name.provider.is_none_or(|provider| provider == profile.id);
        (name.belongs_to(caller) && fits)
            .then(|| Source::Staged { key: key.to_owned(), announced: name.provider.is_some() })
    }

    /// Reads the asset of a request whose own response would show the owner too late.
    async fn check_first(&self, claim: &Claim, profile: &Profile) -> Result<(), Refusal> {
        let Some(path) = claim.check_first() else { return Ok(()) };
        let shown = self.providers.get(profile.id, &path).await.ok_or(UNKNOWN)?;
        match shown.map_err(|failure| failure.refusal().of_another_request())? {
            Collected::Whole(response) if claim.is_shown_by(&response) => Ok(()),
            Collected::Whole(_) => Err(NOT_YOURS),
            Collected::Longer(_) => Err(TOO_LONG),
        }
    }

    /// Creates a proxy for these providers.
    pub(crate) fn new(
        config: &Config,
        providers: Arc<Providers>,
        admission: Admission,
        valkey: Option<Valkey>,
    ) -> Self {
        Self {
            providers,
            attempts: Table::new(LIMITS),
            owners: Arc::new(Owners::new(valkey)),
            admission,
            staging: config.staging.bucket.as_ref().map(|bucket| Presigner::url(bucket).to_owned()),
            ticket_lifetime: config.staging.put_lifetime,
        }
    }

    /// The endpoint of this request, if it is in a profile.
    fn route(&self, request: &Request) -> Result<Route<'_>, Refusal> {
        let (id, path) =
            request.uri().path().strip_prefix(PREFIX).and_then(|rest| rest.split_once('/')).ok_or(UNKNOWN)?;
        let (profile, upstream) = self.providers.find(id).ok_or(UNKNOWN)?;
        let upstream = upstream.ok_or_else(|| not_configured(profile))?;
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
    pub(crate) fn url(&self, path: &str, query: Option<&str>) -> Option<Uri> {
        is_plain(path).then_some(())?;
        let mut url = self.origin.clone();
        let full = format!("{}{path}", url.path().trim_end_matches('/'));
        url.set_path(&full);
        url.set_query(query);
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
