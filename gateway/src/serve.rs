//! Binds the gateway's port, serves, and stops.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::app::{app, with_guards};
use crate::config::Config;
use crate::hooks::HooksError;
use crate::upstream::UpstreamError;

/// How long running requests may take to finish after a stop.
const GRACE: Duration = Duration::from_secs(5);

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

/// A running gateway. Dropping it ends it at once; [`Handle::stop`] lets requests finish.
#[derive(Debug)]
pub struct Handle {
    /// The IP address and port of the listener.
    pub address: SocketAddr,
    stop: watch::Sender<()>,
    task: JoinHandle<()>,
}

/// Starts the gateway on the current runtime. It runs until the handle is dropped.
pub async fn serve(config: &Config) -> Result<Handle, StartError> {
    let app = with_guards(app(config)?, config);
    let address = SocketAddr::new(config.bind, config.port);
    let listener = TcpListener::bind(address).await.map_err(|error| StartError::Port { address, error })?;
    let address = listener.local_addr().map_err(|error| StartError::Port { address, error })?;
    let (stop, stopped) = watch::channel(());
    let task = tokio::spawn(run(listener, app, stopped));
    Ok(Handle { address, stop, task })
}

/// Serves until it is stopped, then for at most [`GRACE`].
async fn run(listener: TcpListener, app: Router, stopped: watch::Receiver<()>) {
    let mut shutdown = stopped.clone();
    // Without this option, small responses wait for the client's acknowledgement.
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
    let serving = axum::serve(listener, app).with_graceful_shutdown(async move {
        let _ = shutdown.changed().await;
    });
    let mut deadline = stopped;
    tokio::select! {
        _ = serving => {}
        () = async { let _ = deadline.changed().await; tokio::time::sleep(GRACE).await } => {}
    }
}

impl Handle {
    /// Accepts no new connections, waits up to five seconds for running requests, and ends.
    pub async fn stop(mut self) {
        let _ = self.stop.send(());
        let _ = (&mut self.task).await;
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.task.abort();
    }
}
