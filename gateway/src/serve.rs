//! Binds the gateway's port, serves, and stops.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::connect_info::IntoMakeServiceWithConnectInfo;
use axum::middleware::{from_fn, from_fn_with_state};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::app::{app, with_guards};
use crate::body::{self, Pace};
use crate::config::Config;
use crate::connection::{self, State, Timeouts};
use crate::connections::Connections;
use crate::files;
use crate::hooks::HooksError;
use crate::upstream::UpstreamError;

/// How long connections may take to end after they were closed.
const CLOSING: Duration = Duration::from_secs(5);

/// How the gateway treats its clients, and how it stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServeOptions {
    /// The time limits of a connection.
    pub timeouts: Timeouts,
    /// The time limits of a request's body.
    pub pace: Pace,
    /// The most connections; `None` for as many as the limit of open files allows.
    pub max_connections: Option<usize>,
    /// How long a stopping gateway accepts connections although it is not ready: until load balancers have noticed.
    pub drain_delay: Duration,
    /// How long running requests may take to finish after that.
    pub drain: Duration,
}

/// Why the gateway did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A port that cannot be bound.
    #[error("cannot listen on {address}: {error}. Choose another port with --port; 0 selects a free one")]
    Port {
        /// The requested IP address and port.
        address: SocketAddr,
        /// The error of the operating system.
        error: std::io::Error,
    },
    /// The HTTP client could not be created.
    #[error(transparent)]
    Upstream(#[from] UpstreamError),
    /// The hooks could not be started.
    #[error(transparent)]
    Hooks(#[from] HooksError),
    /// An invalid URL or header; no known configuration causes this.
    #[error("internal error: invalid {0}")]
    Internal(&'static str),
}

/// A running gateway. Dropping it closes all connections at once; [`Handle::stop`] lets requests finish.
#[derive(Debug)]
pub struct Handle {
    /// The IP address and port of the listener.
    pub address: SocketAddr,
    stopping: CancellationToken,
    task: JoinHandle<()>,
}

/// Starts the gateway on the current runtime. It runs until the handle is dropped.
pub async fn serve(config: &Config) -> Result<Handle, StartError> {
    let options = config.serve;
    let app = with_guards(app(config)?, config)
        .layer(from_fn_with_state(options.pace, body::limit_pace))
        .layer(from_fn(connection::track));
    let address = SocketAddr::new(config.bind, config.port);
    let listener = TcpListener::bind(address).await.map_err(|error| StartError::Port { address, error })?;
    let address = listener.local_addr().map_err(|error| StartError::Port { address, error })?;
    let limit = options.max_connections.unwrap_or_else(files::max_connections);
    let connections = Connections::new(listener, limit, options.timeouts);
    let stopping = CancellationToken::new();
    let task = tokio::spawn(run(connections, app, options, stopping.clone()));
    Ok(Handle { address, stopping, task })
}

/// Serves until it is asked to stop, then lets requests finish.
async fn run(connections: Connections, app: Router, options: ServeOptions, stopping: CancellationToken) {
    let open = connections.open();
    let _close_at_end = open.close_on_drop();
    let accepting = CancellationToken::new();
    let app: IntoMakeServiceWithConnectInfo<Router, State> = app.into_make_service_with_connect_info();
    let stopped = accepting.clone().cancelled_owned();
    let mut serving = std::pin::pin!(axum::serve(connections, app).with_graceful_shutdown(stopped).into_future());
    let draining = async {
        stopping.cancelled().await;
        tokio::time::sleep(options.drain_delay).await;
        accepting.cancel();
        tokio::time::sleep(options.drain).await;
    };
    tokio::select! {
        _ = &mut serving => return,
        () = draining => {}
    }
    tracing::warn!(target: "gateway", connections = open.count(), "closing connections that are still open");
    open.close();
    let _ = tokio::time::timeout(CLOSING, serving).await;
}

impl Handle {
    /// Accepts no new connections after [`ServeOptions::drain_delay`], waits for running requests, and ends.
    pub async fn stop(mut self) {
        self.stopping.cancel();
        let _ = (&mut self.task).await;
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.task.abort();
    }
}
