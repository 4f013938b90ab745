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
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::server::Cut;

/// The listener that received a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Listener {
    Gateway,
    Storage,
}

/// Sends log lines to stderr. Only the gateway's own targets: the storage library's spans contain whole requests, with
/// their signatures.
pub fn init() {
    let targets = Targets::new().with_target("gateway", Level::INFO).with_target("storage", Level::INFO);
    let lines =
        tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal());
    // A second call, in a process with several gateways, has no effect.
    let _ = tracing_subscriber::registry().with(lines).with(targets).try_init();
}

/// Logs one request, even if its client disconnects before the response.
pub(crate) async fn log(listener: Listener, request: Request, next: Next) -> Response {
    let mut line = Line::new(listener, &request);
    let response = next.run(line.count(request)).await;
    line.outcome = if response.extensions().get::<Cut>().is_some() {
        Outcome::Cut
    } else {
        Outcome::Status(response.status().as_u16())
    };
    response
}

#[derive(Clone, Copy)]
enum Outcome {
    /// The client disconnected before the response.
    Aborted,
    /// A fault dropped the connection.
    Cut,
    Status(u16),
}

/// A log line that is written when it is dropped.
struct Line {
    listener: Listener,
    method: Method,
    path: String,
    start: Instant,
    bytes_in: Arc<AtomicU64>,
    outcome: Outcome,
}

impl Line {
    fn new(listener: Listener, request: &Request) -> Self {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        Self { listener, method, path, start: Instant::now(), bytes_in: Arc::default(), outcome: Outcome::Aborted }
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

impl Drop for Line {
    fn drop(&mut self) {
        let status = match self.outcome {
            Outcome::Status(status) => status.to_string(),
            Outcome::Cut => "cut".to_owned(),
            Outcome::Aborted => "aborted".to_owned(),
        };
        let (method, path, bytes_in) = (&self.method, &self.path, self.bytes_in.load(Ordering::Relaxed));
        let millis = u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX);
        match self.listener {
            Listener::Gateway => tracing::info!(target: "gateway", %method, %path, %status, millis, bytes_in),
            Listener::Storage => tracing::info!(target: "storage", %method, %path, %status, millis, bytes_in),
        }
    }
}
