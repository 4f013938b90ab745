//! One request to a provider and its response: sends the request, streams its body, and reports what is known if there
//! is no response.

use std::error::Error;
use std::io;
use std::iter::successors;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::{StreamExt, stream};
use http_body_util::BodyExt;
use hyper::body::Body as _;
use reqwest::{RequestBuilder, Url};

use crate::metrics::{ProviderEndpoint, UpstreamTimer};
use crate::progress::{Passed, Progress};
use crate::proxy::Upstream;
use crate::refusal::Refusal;

/// The only headers forwarded to a provider: no cookies, no credentials, nothing about the connection.
const FORWARDED: [HeaderName; 3] = [header::ACCEPT, header::CONTENT_LENGTH, header::CONTENT_TYPE];
/// The only headers returned to the page.
const RETURNED: [HeaderName; 3] = [header::CONTENT_LENGTH, header::CONTENT_TYPE, header::RETRY_AFTER];

/// A request that is ready to be sent.
pub(crate) struct Exchange {
    provider: &'static str,
    endpoint: Option<ProviderEndpoint>,
    request: RequestBuilder,
    has_body: bool,
    progress: Progress,
    patience: Duration,
}

/// Why there is no response, and how much of the request may have reached the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    reason: Reason,
    pub(crate) reached: Passed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reason {
    /// The provider cannot be reached, or the connection broke.
    Unreachable,
    /// The provider sent and read nothing for too long.
    TimedOut,
    /// The client's connection broke, or its request is not valid HTTP.
    IncompleteRequest,
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
}

impl Exchange {
    pub(crate) fn new(
        provider: &'static str,
        upstream: &Upstream,
        url: Url,
        (parts, body): (&Parts, Body),
        patience: Duration,
    ) -> Self {
        let (progress, has_body) = (Progress::new(), !body.is_end_stream());
        let request = upstream
            .client
            .request(parts.method.clone(), url)
            .headers(only(&parts.headers, &FORWARDED))
            .header(&upstream.key.0, &upstream.key.1);
        let request = if has_body { request.body(tracked(body, progress.clone())) } else { request };
        let endpoint = ProviderEndpoint::of(&parts.method, parts.uri.path());
        Self { provider, endpoint, request, has_body, progress, patience }
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
    pub(crate) async fn send(self) -> Result<reqwest::Response, Failure> {
        let _timer = self.endpoint.map(UpstreamTimer::start);
        let (reason, unsent) = tokio::select! {
            response = self.request.send() => match response {
                Ok(response) => return Ok(response),
                Err(_) if self.progress.is_broken() => (Reason::IncompleteRequest, false),
                Err(error) => {
                    let unsent = is_unsent(&error);
                    (Reason::of(self.provider, error), unsent)
                }
            },
            () = self.progress.idle_for(self.patience) => (Reason::TimedOut, false),
        };
        // The connection is a separate task, which must not send the rest of the body after this.
        let reached = match self.progress.end() {
            Passed::Nothing if !self.has_body && !unsent => Passed::Whole,
            passed => passed,
        };
        Err(Failure { reason, reached })
    }

    /// Sends the request and reads the response's body, up to `limit` bytes.
    pub(crate) async fn collect(self, limit: usize) -> Result<Collected, Failure> {
        let (provider, patience) = (self.provider, self.patience);
        let mut response = self.send().await?;
        // After the head of a response, the provider may have carried out the request.
        let failure = |reason| Failure { reason, reached: Passed::Whole };
        let mut body = Vec::new();
        loop {
            let chunk = tokio::time::timeout(patience, response.chunk()).await;
            match chunk.map_err(|_| failure(Reason::TimedOut))?.map_err(|error| failure(Reason::of(provider, error)))? {
                None => break,
                Some(chunk) => body.extend_from_slice(&chunk),
            }
            if body.len() > limit {
                return Ok(Collected::Longer(streamed(response, body.into(), patience)));
            }
        }
        let mut headers = only(response.headers(), &RETURNED);
        headers.remove(header::CONTENT_LENGTH);
        Ok(Collected::Whole(Kept { status: response.status(), headers, body: body.into() }))
    }
}

/// Streams the response's body; `start` was read before.
pub(crate) fn streamed(response: reqwest::Response, start: Bytes, patience: Duration) -> Response {
    let (status, headers) = (response.status(), only(response.headers(), &RETURNED));
    let rest = stream::try_unfold(response, move |mut response| async move {
        // The head has been sent, so an error can only end the connection.
        let chunk = tokio::time::timeout(patience, response.chunk()).await.map_err(io::Error::from)?;
        Ok::<_, io::Error>(chunk.map_err(|error| io::Error::other(error.without_url()))?.map(|chunk| (chunk, response)))
    });
    let start = stream::iter((!start.is_empty()).then_some(Ok(start)));
    (status, headers, Body::from_stream(start.chain(rest))).into_response()
}

fn only(headers: &HeaderMap, names: &[HeaderName]) -> HeaderMap {
    let kept = names.iter().filter_map(|name| Some((name.clone(), headers.get(name)?.clone())));
    kept.collect()
}

/// Streams the body and records each chunk before it is passed on.
fn tracked(body: Body, progress: Progress) -> reqwest::Body {
    let pieces = stream::unfold(Some(body), move |body| {
        let progress = progress.clone();
        async move {
            let mut body = body?;
            let piece = loop {
                match body.frame().await {
                    Some(Ok(frame)) => match frame.into_data() {
                        Ok(data) => break Ok(data),
                        Err(_trailers) => {}
                    },
                    Some(Err(error)) => {
                        progress.break_off();
                        break Err(io::Error::other(error));
                    }
                    None if progress.pass(true) => return None,
                    None => break Err(io::ErrorKind::ConnectionAborted.into()),
                }
            };
            let passed = piece.is_ok() && progress.pass(body.is_end_stream());
            let piece = if passed { piece } else { piece.and(Err(io::ErrorKind::ConnectionAborted.into())) };
            Some((piece, passed.then_some(body)))
        }
    });
    reqwest::Body::wrap_stream(pieces)
}

/// Whether no byte of the request was written: the connection failed, or was closed before.
fn is_unsent(error: &reqwest::Error) -> bool {
    let mut sources = successors(Some(error as &dyn Error), |error| (*error).source());
    error.is_connect() || sources.any(|error| error.downcast_ref().is_some_and(hyper::Error::is_canceled))
}

impl Reason {
    /// Logs the error without the URL, because its query must not be logged.
    fn of(provider: &str, error: reqwest::Error) -> Self {
        let timed_out = error.is_timeout() && !error.is_connect();
        let error = error.without_url();
        let causes = successors(Some(&error as &dyn Error), |error| (*error).source());
        let reason = causes.map(ToString::to_string).collect::<Vec<_>>().join(": ");
        tracing::warn!(target: "gateway", provider, reason, "no response");
        if timed_out { Self::TimedOut } else { Self::Unreachable }
    }
}

impl Failure {
    /// The failure for a request whose client disconnected before its body was complete.
    pub(crate) const fn incomplete(reached: Passed) -> Self {
        Self { reason: Reason::IncompleteRequest, reached }
    }

    /// The failure for a request that was sent, if nothing else is known.
    pub(crate) const fn broken() -> Self {
        Self { reason: Reason::Unreachable, reached: Passed::Whole }
    }

    /// The error response for the page.
    pub(crate) fn refusal(self) -> Refusal {
        let refusal = match self.reason {
            Reason::Unreachable => Refusal::new(
                StatusCode::BAD_GATEWAY,
                "provider_unreachable",
                "The provider could not be reached, or the connection to it broke.",
            ),
            Reason::TimedOut => {
                Refusal::new(StatusCode::GATEWAY_TIMEOUT, "provider_timed_out", "The provider did not respond in time.")
            }
            Reason::IncompleteRequest => Refusal::new(
                StatusCode::BAD_REQUEST,
                "incomplete_request",
                "The request ended before its body was complete.",
            ),
        };
        refusal.sent(self.reached != Passed::Nothing)
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
        (self.status, self.headers, self.body).into_response()
    }
}

#[cfg(test)]
mod tests {
    use reqwest::dns::{Name, Resolve, Resolving};
    use reqwest::{Client, ClientBuilder};
    use tokio::net::TcpListener;

    use super::*;

    /// A name service that never responds.
    struct Silence;

    impl Resolve for Silence {
        fn resolve(&self, _: Name) -> Resolving {
            Box::pin(std::future::pending())
        }
    }

    /// The error of this client for this URL.
    async fn error(client: ClientBuilder, url: String) -> reqwest::Error {
        // This fails if another test in the process has installed it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = client.no_proxy().tls_certs_only([]).build().expect("a client");
        client.get(url).send().await.expect_err("no response")
    }

    #[tokio::test]
    async fn a_timeout_is_one_only_on_a_connection() {
        let soon = Duration::from_millis(50);
        let connecting = Client::builder().dns_resolver(std::sync::Arc::new(Silence)).connect_timeout(soon);
        let connecting = error(connecting, "http://a.example".to_owned()).await;
        assert!(connecting.is_timeout() && is_unsent(&connecting), "{connecting:?}");
        assert_eq!(Reason::of("a", connecting), Reason::Unreachable);

        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        let connected = error(Client::builder().timeout(soon), origin.clone()).await;
        assert!(!is_unsent(&connected), "{connected:?}");
        assert_eq!(Reason::of("a", connected), Reason::TimedOut);

        drop(listener);
        let refused = error(Client::builder(), origin).await;
        assert!(is_unsent(&refused), "{refused:?}");
        assert_eq!(Reason::of("a", refused), Reason::Unreachable);
    }
}
