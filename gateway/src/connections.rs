//! The connections of clients: how many are served at once.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::connection::{Connection, State, Timeouts};

/// How many connections beyond the limit are accepted to reject their requests. Further ones wait in the system's queue.
const SPARE: usize = 64;
/// How long to wait after a failed accept: with too many open files, the next one would fail at once.
const RETRY: Duration = Duration::from_millis(50);
/// The shortest time between two log lines about failed accepts.
const QUIET: Duration = Duration::from_secs(10);

/// A listener that limits its connections.
pub(crate) struct Connections {
    listener: TcpListener,
    timeouts: Timeouts,
    open: Open,
    logged_at: Option<Instant>,
}

/// The open connections.
#[derive(Clone, Debug)]
pub(crate) struct Open {
    limit: usize,
    slots: Arc<Semaphore>,
    spare: Arc<Semaphore>,
    closed: CancellationToken,
}

impl Connections {
    pub(crate) fn new(listener: TcpListener, limit: usize, timeouts: Timeouts) -> Self {
        let semaphore = |permits| Arc::new(Semaphore::new(permits));
        let (slots, spare) = (semaphore(limit), semaphore(SPARE));
        let open = Open { limit, slots, spare, closed: CancellationToken::new() };
        Self { listener, timeouts, open, logged_at: None }
    }

    pub(crate) fn open(&self) -> Open {
        self.open.clone()
    }

    async fn accept_stream(&mut self) -> (TcpStream, SocketAddr) {
        loop {
            match self.listener.accept().await {
                Ok(accepted) => return accepted,
                Err(error) if is_of_one_connection(&error) => {}
                Err(error) => {
                    metrics::counter!("mediaferry_overloaded_total", "cause" => "accept").increment(1);
                    self.log(&error);
                    tokio::time::sleep(RETRY).await;
                }
            }
        }
    }

    fn log(&mut self, error: &io::Error) {
        if self.logged_at.is_none_or(|logged_at| logged_at.elapsed() >= QUIET) {
            self.logged_at = Some(Instant::now());
            tracing::error!(target: "gateway", %error, "cannot accept connections");
        }
    }
}

impl Open {
    /// How many connections are open.
    pub(crate) fn count(&self) -> usize {
        self.limit + SPARE - self.slots.available_permits() - self.spare.available_permits()
    }

    /// Closes all connections at once.
    pub(crate) fn close(&self) {
        self.closed.cancel();
    }

    /// Closes all connections when the guard is dropped.
    pub(crate) fn close_on_drop(&self) -> DropGuard {
        self.closed.clone().drop_guard()
    }

    /// Waits for a slot, and returns whether it is beyond the limit. The semaphores are never closed.
    async fn slot(&self) -> Option<(OwnedSemaphorePermit, bool)> {
        tokio::select! {
            biased;
            slot = Arc::clone(&self.slots).acquire_owned() => Some((slot.ok()?, false)),
            slot = Arc::clone(&self.spare).acquire_owned() => Some((slot.ok()?, true)),
        }
    }
}

impl Listener for Connections {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        loop {
            let (stream, address) = self.accept_stream().await;
            if let Some((slot, overloaded)) = self.open.slot().await {
                let closed = self.open.closed.child_token();
                return (Connection::new(stream, self.timeouts, closed, slot, overloaded), address);
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// Whether only one connection failed, before it was accepted.
fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

impl Connected<IncomingStream<'_, Connections>> for State {
    fn connect_info(stream: IncomingStream<'_, Connections>) -> Self {
        stream.io().state().clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMEOUTS: Timeouts =
        Timeouts { head: Duration::from_secs(30), idle: Duration::from_secs(75), write: Duration::from_mins(1) };

    #[tokio::test]
    async fn connections_beyond_the_limit_are_overloaded() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let mut connections = Connections::new(listener, 1, TIMEOUTS);
        let open = connections.open();
        let mut accept = async || {
            let client = TcpStream::connect(address).await.expect("a connection");
            (connections.accept().await.0, client)
        };
        assert_eq!(open.count(), 0);
        let first = accept().await;
        assert_eq!((first.0.state().is_overloaded(), accept().await.0.state().is_overloaded()), (false, true));
        drop(first);
        assert!(!accept().await.0.state().is_overloaded());
    }
}
