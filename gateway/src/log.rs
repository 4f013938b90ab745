//! One line on stderr per request: method, path, status, milliseconds and bytes in; never a query, a header or a key.

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
use tracing::Level;
use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// How many lines wait for a slow reader of stderr; further ones are dropped and counted.
const QUEUE: usize = 4096;

/// Sends log lines to stderr until the guard is dropped, without waiting for the reader of stderr. Only these targets
/// are logged: libraries may log whole requests, with their signatures.
#[must_use]
pub fn init(targets: &[&str]) -> WorkerGuard {
    let targets = targets.iter().map(|target| (*target, Level::INFO)).collect::<Targets>();
    let (writer, guard) =
        NonBlockingBuilder::default().lossy(true).buffered_lines_limit(QUEUE).finish(std::io::stderr());
    let lines = tracing_subscriber::fmt::layer().with_writer(writer).with_ansi(std::io::stderr().is_terminal());
    // A second call, in a process with several gateways, has no effect.
    let _ = tracing_subscriber::registry().with(lines).with(targets).try_init();
    guard
}

/// Logs one request, even if its client disconnects before the response.
pub(crate) async fn requests(request: Request, next: Next) -> Response {
    observe(request, next, |line| {
        let Line { method, path, status, millis, bytes_in } = line;
        tracing::info!(target: "gateway", %method, %path, %status, millis, bytes_in);
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
    status: Option<String>,
    write: fn(&Line),
}

impl Pending {
    fn new(request: &Request, write: fn(&Line)) -> Self {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        Self { method, path, start: Instant::now(), bytes_in: Arc::default(), status: None, write }
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
        };
        (self.write)(&line);
    }
}
