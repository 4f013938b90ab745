//! One line on stderr per request: method, path, status, milliseconds, bytes in and ids; never a query, another header or
//! a key.

use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use axum::body::Body;
use axum::extract::Request;
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use http_body_util::BodyExt;
use tracing_appender::non_blocking::{ErrorCounter, NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::{LogConfig, LogFormat};
use crate::request_id::{RequestId, trace_parent};

/// How many lines wait for a slow reader of stderr; further ones are dropped and counted.
const QUEUE: usize = 4096;

/// The queue of log lines; dropping it writes the rest.
#[derive(Debug)]
pub struct Log {
    _worker: WorkerGuard,
    dropped: ErrorCounter,
}

impl Log {
    /// A count of the lines that were dropped because nobody read stderr.
    #[must_use]
    pub fn dropped(&self) -> Dropped {
        Dropped(self.dropped.clone())
    }
}

/// The number of dropped log lines.
#[derive(Clone, Debug)]
pub struct Dropped(ErrorCounter);

impl Dropped {
    pub(crate) fn lines(&self) -> u64 {
        self.0.dropped_lines() as u64
    }
}

/// Sends log lines to stderr until the result is dropped, without waiting for the reader of stderr. Only these targets
/// are logged: libraries may log whole requests, with their signatures.
#[must_use]
pub fn init(config: &LogConfig, targets: &[&str]) -> Log {
    let targets = targets.iter().map(|target| (*target, config.level)).collect::<Targets>();
    let (writer, worker) =
        NonBlockingBuilder::default().lossy(true).buffered_lines_limit(QUEUE).finish(std::io::stderr());
    let dropped = writer.error_counter();
    let lines = tracing_subscriber::fmt::layer().with_writer(writer);
    let lines = match config.format {
        LogFormat::Text => lines.with_ansi(std::io::stderr().is_terminal()).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    // A second call, in a process with several gateways, has no effect.
    let _ = tracing_subscriber::registry().with(lines).with(targets).try_init();
    Log { _worker: worker, dropped }
}

/// Logs one request, even if its client disconnects before the response.
pub(crate) async fn requests(request: Request, next: Next) -> Response {
    observe(request, next, |line| {
        let Line { method, path, status, millis, bytes_in, request_id, traceparent } = line;
        tracing::info!(target: "gateway", %method, %path, %status, millis, bytes_in, request_id, traceparent);
    })
    .await
}

/// What is known about a request when it ends.
#[derive(Clone, Debug)]
pub struct Line {
    /// The method.
    pub method: Method,
    /// The path, without the query.
    pub path: String,
    /// The status, or `aborted` if the client disconnected before the response, or the response's [`StatusText`].
    pub status: String,
    /// The time until the head of the response.
    pub millis: u64,
    /// The bytes of the request's body that were read.
    pub bytes_in: u64,
    /// The id of the request.
    pub request_id: Option<String>,
    /// The W3C trace context of the client.
    pub traceparent: Option<String>,
}

/// An extension of a response: is logged instead of the status.
#[derive(Clone, Copy, Debug)]
pub struct StatusText(pub &'static str);

/// Runs a request and passes what is known to `write`, even if the client disconnects before the response.
pub async fn observe(request: Request, next: Next, write: fn(&Line)) -> Response {
    let mut pending = Pending::new(&request, write);
    let response = next.run(pending.count(request)).await;
    pending.status = Some(match response.extensions().get() {
        Some(StatusText(text)) => (*text).to_owned(),
        None => response.status().as_u16().to_string(),
    });
    response
}

/// A request whose line is written when this is dropped.
struct Pending {
    method: Method,
    path: String,
    start: Instant,
    bytes_in: Arc<AtomicU64>,
    request_id: Option<String>,
    traceparent: Option<String>,
    status: Option<String>,
    write: fn(&Line),
}

impl Pending {
    fn new(request: &Request, write: fn(&Line)) -> Self {
        let request_id = request.extensions().get().map(|RequestId(id)| id.clone());
        Self {
            method: request.method().clone(),
            path: request.uri().path().to_owned(),
            start: Instant::now(),
            bytes_in: Arc::default(),
            request_id,
            traceparent: trace_parent(request.headers()).map(str::to_owned),
            status: None,
            write,
        }
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
}

impl Drop for Pending {
    fn drop(&mut self) {
        let line = Line {
            method: self.method.clone(),
            path: std::mem::take(&mut self.path),
            status: self.status.take().unwrap_or_else(|| "aborted".to_owned()),
            millis: u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX),
            bytes_in: self.bytes_in.load(Ordering::Relaxed),
            request_id: self.request_id.take(),
            traceparent: self.traceparent.take(),
        };
        (self.write)(&line);
    }
}
