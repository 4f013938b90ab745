//! A listener's loop: connections are served until told to stop, then given a few seconds to finish.
//!
//! `axum::serve` always answers; here an answer marked [`Cut`] drops the connection instead, which the faults need.

use std::convert::Infallible;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tower::ServiceExt;

use crate::linger;

/// How long running requests may take to finish once the gateway is told to stop.
const GRACE: Duration = Duration::from_secs(5);

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

/// What a listener is told while it runs.
#[derive(Clone, Debug)]
pub(crate) struct Signals {
    /// Take no new connection, and end the old ones.
    pub(crate) stop: watch::Receiver<()>,
    /// End the connections that there are.
    pub(crate) renew: watch::Receiver<()>,
}

/// Serves `app` until told to stop, then for at most [`GRACE`].
pub(crate) async fn run(listener: TcpListener, app: Router, mut signals: Signals) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(serve_connection(stream, app.clone(), signals.clone()));
                }
                // Out of file handles, or a connection that was gone before it was accepted.
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

/// Serves one connection; once told to, it ends with the request that it is at.
async fn serve_connection(stream: TcpStream, app: Router, Signals { mut stop, mut renew }: Signals) {
    renew.mark_unchanged();
    // Small answers are not held back; where the option cannot be set they are merely slower.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| answer(app.clone(), request));
    let mut connection =
        pin!(http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service));
    tokio::select! {
        // An error here is a client that went away, or a cut; the request's own line says which.
        _ = &mut connection => return,
        _ = stop.changed() => {}
        Ok(()) = renew.changed() => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = connection.await;
}

async fn answer(app: Router, request: Request<Incoming>) -> Result<Response, Cut> {
    let response: Result<Response, Infallible> = app.oneshot(request.map(|body| linger::body(Body::new(body)))).await;
    match response {
        Ok(response) if response.extensions().get::<Cut>().is_some() => Err(Cut),
        Ok(response) => Ok(response),
    }
}
