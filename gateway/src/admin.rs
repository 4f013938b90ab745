//! The admin listener: `/metrics`, `/livez` and `/readyz`, on an IP address of its own that users cannot reach.

use std::net::SocketAddr;
use std::time::Duration;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use metrics_exporter_prometheus::PrometheusHandle;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::guard::{self, AllowedHosts};
use crate::log::Dropped;
use crate::metrics;
use crate::readiness::Readiness;

/// The format of `/metrics`.
const PROMETHEUS_TEXT: &str = "text/plain; version=0.0.4";
/// How often the recorded durations are summed up, so that they need no memory if nobody reads them.
const UPKEEP: Duration = Duration::from_secs(5);

/// Why the admin listener did not start.
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// A port that cannot be bound.
    #[error(
        "cannot listen on {address} for /metrics: {error}. Choose another port with --admin-port; 0 selects a free one"
    )]
    Port {
        /// The requested IP address and port.
        address: SocketAddr,
        /// The error of the operating system.
        error: std::io::Error,
    },
    /// Metrics are collected already.
    #[error("cannot collect metrics: {0}")]
    Metrics(#[from] metrics_exporter_prometheus::BuildError),
}

/// A running admin listener. Dropping it ends it.
#[derive(Debug)]
pub struct Admin {
    /// The IP address and port of the listener.
    pub address: SocketAddr,
    _tasks: JoinSet<()>,
}

/// Starts the admin listener, and collects the metrics of this process from now on.
pub async fn serve(address: SocketAddr, readiness: Readiness, dropped: Dropped) -> Result<Admin, AdminError> {
    let metrics = metrics::install()?;
    let listener = TcpListener::bind(address).await.map_err(|error| AdminError::Port { address, error })?;
    let address = listener.local_addr().map_err(|error| AdminError::Port { address, error })?;
    let mut tasks = JoinSet::new();
    let upkeep = metrics.clone();
    tasks.spawn(async move {
        loop {
            tokio::time::sleep(UPKEEP).await;
            upkeep.run_upkeep();
        }
    });
    let app = app(address, readiness, metrics, dropped);
    tasks.spawn(async move { drop(axum::serve(listener, app).await) });
    Ok(Admin { address, _tasks: tasks })
}

fn app(address: SocketAddr, readiness: Readiness, metrics: PrometheusHandle, dropped: Dropped) -> Router {
    let app = Router::new()
        .route("/livez", get("ok"))
        .route("/readyz", get(ready))
        .with_state(readiness)
        .route("/metrics", get(render))
        .with_state((metrics, dropped));
    // On loopback, a page may make its own name resolve to this machine (DNS rebinding).
    if address.ip().is_loopback() {
        app.layer(from_fn_with_state(AllowedHosts::loopback(), guard::check_host))
    } else {
        app
    }
}

async fn ready(State(readiness): State<Readiness>) -> Response {
    let problems = readiness.problems();
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(json!({ "ready": problems.is_empty(), "problems": problems }))).into_response()
}

async fn render(State((metrics, dropped)): State<(PrometheusHandle, Dropped)>) -> Response {
    metrics::set_lines_dropped(dropped.lines());
    ([(header::CONTENT_TYPE, PROMETHEUS_TEXT)], metrics.render()).into_response()
}
