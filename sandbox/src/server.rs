//! A listener's loop: serves connections until it is stopped, then waits a few seconds for requests to finish.
//!
//! `axum::serve` always sends a response. Here, a response marked with [`Cut`] drops the connection instead, which
//! fault injection needs.

use std::convert::Infallible;
use std::pin::pin;
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Router};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use mediaferry_gateway::log::StatusText;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tower::ServiceExt;

/// How long running requests may take to finish after a stop.
const GRACE: Duration = Duration::from_secs(5);

/// Marks a response that is not sent: the connection is dropped instead.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the connection is dropped by a fault")]
pub(crate) struct Cut;

impl IntoResponse for Cut {
    fn into_response(self) -> Response {
        (Extension(self), Extension(StatusText("cut"))).into_response()
    }
}

/// Signals to a running listener.
#[derive(Clone, Debug)]
pub(crate) struct Signals {
    /// Accept no new connections, and end the existing ones.
    pub(crate) stop: watch::Receiver<()>,
    /// End the existing connections.
    pub(crate) renew: watch::Receiver<()>,
}

/// Serves `app` until it is stopped, then for at most [`GRACE`].
pub(crate) async fn run(listener: TcpListener, app: Router, mut signals: Signals) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(serve_connection(stream, app.clone(), signals.clone()));
                }
                // Too many open files, or the connection was closed before it was accepted.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            },
            Some(_) = connections.join_next() => {}
            _ = signals.stop.changed() => break,
        }
    }
    drop(listener);
    let _ = tokio::time::timeout(GRACE, async { while connections.join_next().await.is_some() {} }).await;
    connections.shutdown().await;
}

/// Serves one connection; after a signal, it ends with its current request.
async fn serve_connection(stream: TcpStream, app: Router, Signals { mut stop, mut renew }: Signals) {
    renew.mark_unchanged();
    // Sends small responses immediately; without this option they are only slower.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| respond(app.clone(), request));
    let mut connection =
        pin!(http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service));
    tokio::select! {
        // An error here is a disconnected client or a cut; the log line of the request shows which.
        _ = &mut connection => return,
        _ = stop.changed() => {}
        Ok(()) = renew.changed() => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = connection.await;
}

async fn respond(app: Router, request: Request<Incoming>) -> Result<Response, Cut> {
    let response: Result<Response, Infallible> = app.oneshot(request.map(Body::new)).await;
    match response {
        Ok(response) if response.extensions().get::<Cut>().is_some() => Err(Cut),
        Ok(response) => Ok(response),
    }
}
