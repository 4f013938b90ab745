//! One request to a provider and its response: sends the request, streams its body, and reports what is known if there
//! is no response.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use hyper::body::Body as _;
use tokio::time::Instant;

use crate::log::{Details, Fault};
use crate::metrics::{ProviderEndpoint, UpstreamTimer};
use crate::progress::{Passed, Progress};
use crate::proxy::Upstream;
use crate::traces;
use crate::upstream::connector::Client;

mod failure;
mod incoming;
mod link;
mod outgoing;

pub(crate) use failure::Failure;
use failure::{Reason, is_unsent};
use incoming::Incoming;
use link::{Link, Taken};
use outgoing::Outgoing;

/// The only headers forwarded to a provider: no cookies, no credentials, nothing about the connection.
const FORWARDED: [HeaderName; 3] = [header::ACCEPT, header::CONTENT_LENGTH, header::CONTENT_TYPE];
/// The only headers returned to the page, besides the provider's id of the request. A provider that compresses although
/// it was asked not to sends `Content-Encoding`.
const RETURNED: [HeaderName; 4] =
    [header::CONTENT_ENCODING, header::CONTENT_LENGTH, header::CONTENT_TYPE, header::RETRY_AFTER];
/// The headers in which providers and their proxies send their id of a request, the most specific one first.
const REQUEST_IDS: [&str; 5] = ["x-request-id", "request-id", "x-trace-id", "x-amzn-requestid", "cf-ray"];
/// The longest id of a request that is forwarded and logged.
const MAX_REQUEST_ID: usize = 128;
/// The header in which a page gets the provider's id of the request.
pub(crate) const PROVIDER_REQUEST_ID: HeaderName = HeaderName::from_static("x-provider-request-id");

const USER_AGENT: HeaderValue = HeaderValue::from_static(concat!("mediaferry-gateway/", env!("CARGO_PKG_VERSION")));

/// A request that is ready to be sent.
pub(crate) struct Exchange {
    provider: &'static str,
    endpoint: Option<ProviderEndpoint>,
    client: Client,
    request: Request<Body>,
    link: Link,
    has_body: bool,
    progress: Progress,
    patience: Duration,
}

/// A response whose body has not been read.
pub(crate) struct Received {
    status: StatusCode,
    /// The headers for the page.
    headers: HeaderMap,
    body: Incoming,
    details: Details,
}

/// A response that was read completely or up to a limit.
pub(crate) enum Collected {
    Whole(Kept),
    /// A longer response, to be streamed.
    Longer(Response),
}

/// A response that can be sent more than once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) details: Details,
}

impl Exchange {
    pub(crate) fn new(
        provider: &'static str,
        upstream: &Upstream,
        url: Uri,
        (parts, body): (&Parts, Body),
        patience: Duration,
    ) -> Self {
        let (progress, has_body) = (Progress::new(), !body.is_end_stream());
        let mut request = Request::new(Body::empty());
        *request.method_mut() = parts.method.clone();
        *request.uri_mut() = url;
        *request.headers_mut() = only(&parts.headers, &FORWARDED);
        request.headers_mut().extend([
            (header::USER_AGENT, USER_AGENT),
            (header::ACCEPT_ENCODING, HeaderValue::from_static("identity")),
            upstream.key.clone(),
        ]);
        if let Some(context) = traces::context(&parts.extensions) {
            request.headers_mut().insert(traces::HEADER, context.clone());
        }
        let link = Link::of(&mut request);
        if has_body {
            *request.body_mut() = Body::new(Outgoing { body, progress: progress.clone(), before: link.before() });
        }
        let endpoint = ProviderEndpoint::of(&parts.method, parts.uri.path());
        Self { provider, endpoint, client: upstream.client.clone(), request, link, has_body, progress, patience }
    }

    /// Whether the request has a body.
    pub(crate) const fn has_body(&self) -> bool {
        self.has_body
    }

    /// The progress of the request's body.
    pub(crate) fn progress(&self) -> Progress {
        self.progress.clone()
    }

    /// Sends the request; returns when the head of the response has arrived.
    pub(crate) async fn send(mut self) -> Result<Received, Failure> {
        let _timer = self.endpoint.map(UpstreamTimer::start);
        let start = Instant::now();
        let mut responding = self.client.request(self.request);
        let result = tokio::select! {
            response = &mut responding => response.map_err(Some),
            () = idle(&self.link, start, self.patience) => Err(None),
        };
        let error = match result {
            Ok(response) if response.status().is_informational() => {
                // Nobody asked for another protocol, and a client would wait for the rest of the response.
                return Err(Failure::upgraded(self.provider, start.elapsed()));
            }
            Ok(response) => {
                let (head, body) = response.into_parts();
                let body = Incoming::new(body, self.link, self.patience);
                let headers = returned(&head.headers);
                let details = Details {
                    fault: (head.status.as_u16() >= 400).then_some(Fault::Provider),
                    aborted: false,
                    upstream: Some(start.elapsed()),
                };
                return Ok(Received { status: head.status, headers, body, details });
            }
            Err(error) => error,
        };
        let unsent = error.as_ref().is_some_and(is_unsent);
        // The connection is a separate task, which must not send the rest of the body after this.
        let passed = self.progress.end();
        let reached = match (passed, self.link.cut()) {
            (_, Taken { any: false, .. }) => Passed::Nothing,
            (Passed::Nothing, _) if !self.has_body && !unsent => Passed::Whole,
            (Passed::Whole, Taken { all: false, .. }) => Passed::Part,
            (passed, _) => passed,
        };
        let reason = match (self.progress.broken(), error) {
            (Some(broken), _) => Reason::Incomplete(broken),
            (None, Some(error)) => Reason::of_client(self.provider, &error),
            (None, None) => Reason::TimedOut,
        };
        Err(Failure { reason, reached, took: Some(start.elapsed()) })
    }

    /// Sends the request and reads the response's body, up to `limit` bytes.
    pub(crate) async fn collect(self, limit: usize) -> Result<Collected, Failure> {
        let provider = self.provider;
        let Received { status, mut headers, body: mut incoming, details } = self.send().await?;
        let mut body = Vec::new();
        while let Some(frame) = incoming.frame().await {
            match frame {
                Ok(frame) => body.extend_from_slice(frame.data_ref().map_or(&[], |data| data)),
                // After the head of a response, the provider may have carried out the request.
                Err(error) => {
                    let reason = Reason::of_body(provider, &error);
                    return Err(Failure { reason, reached: Passed::Whole, took: details.upstream });
                }
            }
            if body.len() > limit {
                let body = incoming.starting_with(body.into());
                return Ok(Collected::Longer(Received { status, headers, body, details }.into_response()));
            }
        }
        headers.remove(header::CONTENT_LENGTH);
        Ok(Collected::Whole(Kept { status, headers, body: body.into(), details }))
    }
}

/// Completes when the connection has not moved for this time. What the client takes from the body does not count: a
/// provider that reads slowly makes progress, and one that reads nothing makes none.
async fn idle(link: &Link, start: Instant, patience: Duration) {
    loop {
        let deadline = link.moved_at().map_or(start, |moved_at| moved_at.max(start)) + patience;
        if deadline <= Instant::now() {
            return;
        }
        tokio::time::sleep_until(deadline).await;
    }
}

fn only(headers: &HeaderMap, names: &[HeaderName]) -> HeaderMap {
    let kept = names.iter().filter_map(|name| Some((name.clone(), headers.get(name)?.clone())));
    kept.collect()
}

/// The headers of a response for the page.
fn returned(headers: &HeaderMap) -> HeaderMap {
    let mut kept = only(headers, &RETURNED);
    let id = REQUEST_IDS.iter().find_map(|name| headers.get(*name));
    if let Some(id) = id.filter(|id| id.len() <= MAX_REQUEST_ID && id.to_str().is_ok()) {
        kept.insert(PROVIDER_REQUEST_ID, id.clone());
    }
    kept
}

impl IntoResponse for Received {
    /// The body streams. The head has been sent by then, so an error can only end the connection.
    fn into_response(self) -> Response {
        let mut response = (self.status, self.headers, Body::new(self.body)).into_response();
        response.extensions_mut().insert(self.details);
        response
    }
}

impl Kept {
    /// The size in memory in bytes.
    pub(crate) fn size(&self) -> usize {
        self.body.len() + self.headers.values().map(HeaderValue::len).sum::<usize>()
    }
}

impl IntoResponse for Kept {
    fn into_response(self) -> Response {
        let mut response = (self.status, self.headers, self.body).into_response();
        response.extensions_mut().insert(self.details);
        response
    }
}
