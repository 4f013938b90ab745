//! One line on stderr per request: what was asked, how it ended, and who caused a failure; never a query, a header of
//! the client or a key.

use std::io::IsTerminal;
use std::time::Duration;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use tracing_appender::non_blocking::{ErrorCounter, NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::{LogConfig, LogFormat};
use crate::traces;

mod line;

pub(crate) use line::{Details, Provider};
pub use line::{Fault, Line, StatusText, observe};

/// How many lines wait for a slow reader of stderr; further ones are dropped and counted.
const QUEUE: usize = 4096;
/// How often dropped lines are reported.
const REPORT: Duration = Duration::from_secs(10);

/// The log of the process, until it is dropped.
#[derive(Debug)]
pub struct Log {
    dropped: ErrorCounter,
    _writer: WorkerGuard,
}

/// Sends log lines to stderr, without waiting for the reader of stderr. Only these targets are logged: libraries may log
/// whole requests, with their signatures.
#[must_use]
pub fn init(config: &LogConfig, targets: &[&str]) -> Log {
    let targets = targets.iter().map(|target| (*target, config.level)).collect::<Targets>();
    let (writer, guard) =
        NonBlockingBuilder::default().lossy(true).buffered_lines_limit(QUEUE).finish(std::io::stderr());
    let dropped = writer.error_counter();
    let lines = tracing_subscriber::fmt::layer().with_writer(writer);
    let lines = match config.format {
        LogFormat::Text => lines.with_ansi(std::io::stderr().is_terminal()).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    // A second call, in a process with several gateways, has no effect.
    let _ = tracing_subscriber::registry().with(lines).with(targets).try_init();
    Log { dropped, _writer: guard }
}

impl Log {
    /// A count of the lines that were dropped, because nothing read stderr.
    #[must_use]
    pub fn dropped(&self) -> Dropped {
        Dropped(self.dropped.clone())
    }

    /// Reports how many lines were dropped, whenever there are more. Never completes.
    pub async fn report_dropped_lines(&self) {
        let mut reported = 0;
        loop {
            tokio::time::sleep(REPORT).await;
            let lines = self.dropped().lines();
            if lines > reported {
                reported = lines;
                tracing::warn!(target: "gateway", lines, "dropped log lines, because nothing reads stderr");
            }
        }
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

/// Logs one request, even if its client disconnects before the end of the response.
pub(crate) async fn requests(mut request: Request, next: Next) -> Response {
    let span = traces::start(&mut request);
    observe(request, next, move |line| {
        let Line { method, path, status, millis, bytes_in, bytes_out, request_id, traceparent, .. } = line;
        let fault = line.fault.map(Fault::as_str);
        let (upstream_millis, provider_request_id) = (line.upstream_millis, line.provider_request_id.as_deref());
        tracing::info!(
            target: "gateway",
            %method, %path, %status, millis, bytes_in, bytes_out, request_id, fault, upstream_millis,
            provider = line.provider, provider_request_id, owner = line.owner, traceparent
        );
        span.end(line);
    })
    .await
}
