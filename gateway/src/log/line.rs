//! What is known about a request when its response ends.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use http_body_util::BodyExt;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use mediaferry::providers::by_id;

use crate::exchange::PROVIDER_REQUEST_ID;
use crate::identity::OwnerTag;
use crate::millis::millis;
use crate::proxy::PREFIX;
use crate::request_id::{RequestId, trace_parent};
use crate::traces;

/// The status of a request whose client disconnected.
const ABORTED: &str = "aborted";

/// What is known about a request when its response ends.
#[derive(Clone, Debug)]
pub struct Line {
    /// The method.
    pub method: Method,
    /// The path, without the query.
    pub path: String,
    /// The status, or `aborted` if the client disconnected before the end of the response, or the response's
    /// [`StatusText`].
    pub status: String,
    /// The time until the head of the response, or until the client disconnected.
    pub millis: u64,
    /// The bytes of the request's body that were read.
    pub bytes_in: u64,
    /// The bytes of the response's body that were sent.
    pub bytes_out: u64,
    /// The id of the request.
    pub request_id: Option<String>,
    /// The W3C trace context: of the request's span, or of the client.
    pub traceparent: Option<String>,
    /// The id of the provider, if the request concerns one.
    pub provider: Option<&'static str>,
    /// The owner tag of the user.
    pub owner: Option<String>,
    /// Who caused the failure, if the request failed.
    pub fault: Option<Fault>,
    /// The time until the head of the provider's response, or until it was given up.
    pub upstream_millis: Option<u64>,
    /// The provider's id of the request.
    pub provider_request_id: Option<String>,
}

/// Who caused a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The client: it disconnected, or its request was rejected.
    Client,
    /// The gateway: it is overloaded, or has an error.
    Gateway,
    /// The provider: it cannot be reached, or rejected the request.
    Provider,
}

impl Fault {
    /// The name in the log.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Gateway => "gateway",
            Self::Provider => "provider",
        }
    }

    fn of(status: StatusCode) -> Option<Self> {
        let by_status = if status.is_server_error() { Self::Gateway } else { Self::Client };
        (status.is_client_error() || status.is_server_error()).then_some(by_status)
    }
}

/// An extension of a response: is logged instead of the status.
#[derive(Clone, Copy, Debug)]
pub struct StatusText(pub &'static str);

/// An extension of a response: the id of the provider that a request to the gateway itself concerns.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Provider(pub(crate) &'static str);

/// An extension of a response: what is known about the exchange with a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Details {
    /// Who caused the failure; without it, the status decides.
    pub(crate) fault: Option<Fault>,
    /// Whether the client disconnected.
    pub(crate) aborted: bool,
    /// The time until the head of the provider's response.
    pub(crate) upstream: Option<Duration>,
}

impl Details {
    /// Nothing is known.
    pub(crate) const NONE: Self = Self { fault: None, aborted: false, upstream: None };
}

/// Runs a request and passes what is known to `write` at the end of the response, even if the client disconnects before.
pub async fn observe(request: Request, next: Next, write: impl FnOnce(&Line) + Send + 'static) -> Response {
    let mut pending = Pending::new(&request, Box::new(write));
    let response = next.run(pending.count(request)).await;
    pending.read(&response);
    let complete = pending.line.method == Method::HEAD || response.extensions().get::<StatusText>().is_some();
    let length = response.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    response.map(|body| Body::new(Observed { body, pending, length, complete }))
}

/// A request whose line is written when this is dropped.
struct Pending {
    start: Instant,
    /// The time until the head of the response.
    took: Option<Duration>,
    bytes_in: Arc<AtomicU64>,
    line: Line,
    /// `None` once it was called.
    write: Option<Write>,
}

type Write = Box<dyn FnOnce(&Line) + Send>;

impl Pending {
    /// Until the response ends, the client can disconnect.
    fn new(request: &Request, write: Write) -> Self {
        let own = traces::context(request.extensions()).and_then(|context| context.to_str().ok());
        let line = Line {
            method: request.method().clone(),
            path: request.uri().path().to_owned(),
            status: ABORTED.to_owned(),
            millis: 0,
            bytes_in: 0,
            bytes_out: 0,
            request_id: request.extensions().get().map(|RequestId(id)| id.clone()),
            traceparent: own.or_else(|| trace_parent(request.headers())).map(str::to_owned),
            provider: provider_in(request.uri().path()),
            owner: None,
            fault: Some(Fault::Client),
            upstream_millis: None,
            provider_request_id: None,
        };
        Self { start: Instant::now(), took: None, bytes_in: Arc::default(), line, write: Some(write) }
    }

    /// Counts the bytes of the request as they are read.
    fn count(&self, request: Request) -> Request {
        let bytes_in = Arc::clone(&self.bytes_in);
        request.map(|body| {
            Body::new(body.map_frame(move |frame| {
                let bytes = frame.data_ref().map_or(0, |data| data.len() as u64);
                bytes_in.fetch_add(bytes, Ordering::Relaxed);
                frame
            }))
        })
    }

    /// Reads the head of the response.
    fn read(&mut self, response: &Response) {
        let details = response.extensions().get().copied().unwrap_or(Details::NONE);
        self.took = Some(self.start.elapsed());
        if let Some(Provider(id)) = response.extensions().get() {
            self.line.provider = Some(id);
        }
        self.line.owner = response.extensions().get().map(OwnerTag::to_string);
        self.line.upstream_millis = details.upstream.map(millis);
        let id = response.headers().get(PROVIDER_REQUEST_ID).and_then(|id| id.to_str().ok());
        self.line.provider_request_id = id.map(str::to_owned);
        if details.aborted {
            return;
        }
        self.line.fault = details.fault.or_else(|| Fault::of(response.status()));
        self.line.status = match response.extensions().get() {
            Some(StatusText(text)) => (*text).to_owned(),
            None => response.status().as_u16().to_string(),
        };
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        self.line.millis = millis(self.took.unwrap_or_else(|| self.start.elapsed()));
        self.line.bytes_in = self.bytes_in.load(Ordering::Relaxed);
        if let Some(write) = self.write.take() {
            write(&self.line);
        }
    }
}

/// The id of the provider that a request is forwarded to.
fn provider_in(path: &str) -> Option<&'static str> {
    let (id, _) = path.strip_prefix(PREFIX)?.split_once('/')?;
    Some(by_id(id)?.profile().id)
}

/// The body of a response, whose end writes the line.
struct Observed {
    body: Body,
    pending: Pending,
    length: Option<u64>,
    /// Whether no more of it is needed.
    complete: bool,
}

impl HttpBody for Observed {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        match &frame {
            Some(Ok(frame)) => {
                self.pending.line.bytes_out += frame.data_ref().map_or(0, |data| data.len() as u64);
            }
            // Only a provider's response is not in memory.
            Some(Err(_)) => {
                self.pending.line.fault = Some(Fault::Provider);
                self.complete = true;
            }
            None => self.complete = true,
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Observed {
    fn drop(&mut self) {
        let line = &mut self.pending.line;
        if !self.complete && !self.body.is_end_stream() && self.length != Some(line.bytes_out) {
            (line.status, line.fault) = (ABORTED.to_owned(), Some(Fault::Client));
        }
    }
}
