//! A listener's loop: connections are served until told to stop, then given a few seconds to finish.
//!
//! `axum::serve` always answers; here an answer marked [`Cut`] drops the connection instead, which the faults need.

use std::convert::Infallible;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tower::ServiceExt;

use crate::linger;

/// How long running requests may take to finish once the gateway is told to stop.
pub(crate) const GRACE: Duration = Duration::from_secs(5);

/// Marks an answer that is not to be sent: the connection is dropped in its place.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the connection is cut on purpose")]
pub(crate) struct Cut;

impl IntoResponse for Cut {
    fn into_response(self) -> Response {
        let mut response = Response::default();
        response.extensions_mut().insert(self);
        response
    }
}

/// Serves `app` until `stop` changes, then for at most [`GRACE`].
pub(crate) async fn run(listener: TcpListener, app: Router, mut stop: watch::Receiver<()>) {
    let graceful = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(serve_connection(stream, app.clone(), graceful.watcher()));
                }
                // Out of file handles, or a connection that was gone before it was accepted.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            },
            Some(_) = connections.join_next() => {}
            _ = stop.changed() => break,
        }
    }
    drop(listener);
    let _ = tokio::time::timeout(GRACE, graceful.shutdown()).await;
    connections.shutdown().await;
}

async fn serve_connection(stream: TcpStream, app: Router, watcher: Watcher) {
    // Small answers are not held back; where the option cannot be set they are merely slower.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| answer(app.clone(), request));
    let connection = http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service);
    // An error here is a client that went away, or a cut; the request's own line says which.
    let _ = watcher.watch(connection).await;
}

async fn answer(app: Router, request: Request<Incoming>) -> Result<Response, Cut> {
    let response: Result<Response, Infallible> = app.oneshot(request.map(|body| linger::body(Body::new(body)))).await;
    match response {
        Ok(response) if response.extensions().get::<Cut>().is_some() => Err(Cut),
        Ok(response) => Ok(response),
    }
}
