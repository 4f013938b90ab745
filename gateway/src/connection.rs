//! The connection of a client: how long it may be silent.
//!
//! Bodies of requests have their own time limits, in [`crate::body`]. Here are those of everything else: the head of a
//! request, the pause between two requests, and a response that the client does not read.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, Sleep};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

use crate::guarded::Guarded;
use crate::refusal::Refusal;

/// How many bytes may wait in the socket before they are sent: otherwise, megabytes that a slow client reads for minutes
/// would look like no progress.
#[cfg(any(target_os = "android", target_os = "linux"))]
const MAX_UNSENT: u32 = 128 << 10;

/// The time limits of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// From the first byte of a request's head to its end.
    pub head: Duration,
    /// From the end of a response to the next request.
    pub idle: Duration,
    /// How long a client may read nothing of a response.
    pub write: Duration,
}

/// What a connection and its requests share.
#[derive(Clone, Debug)]
pub(crate) struct State {
    activity: Arc<Activity>,
    overloaded: bool,
}

/// How many requests have started and ended. Between them, the connection is busy.
#[derive(Debug, Default)]
struct Activity {
    started: AtomicU64,
    ended: AtomicU64,
}

impl State {
    /// Whether there are too many connections.
    pub(crate) const fn is_overloaded(&self) -> bool {
        self.overloaded
    }
}

/// Marks the connection as busy, from the head of a request to the end of its response.
pub(crate) async fn track(request: Request, next: Next) -> Response {
    let Some(ConnectInfo(state)) = request.extensions().get::<ConnectInfo<State>>() else {
        return next.run(request).await;
    };
    let busy = Busy::new(&state.activity);
    next.run(request).await.map(|body| Body::new(Guarded::new(body, busy)))
}

/// Rejects a request on a connection beyond the limit.
pub(crate) async fn reject_overloaded(request: Request, next: Next) -> Response {
    match request.extensions().get::<ConnectInfo<State>>() {
        Some(ConnectInfo(state)) if state.is_overloaded() => {
            metrics::counter!("mediaferry_overloaded_total", "cause" => "connections").increment(1);
            ([(header::CONNECTION, HeaderValue::from_static("close"))], Refusal::OVERLOADED).into_response()
        }
        _ => next.run(request).await,
    }
}

/// The connection is busy until this is dropped.
struct Busy(Arc<Activity>);

impl Busy {
    fn new(activity: &Arc<Activity>) -> Self {
        activity.started.fetch_add(1, Ordering::AcqRel);
        Self(Arc::clone(activity))
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.ended.fetch_add(1, Ordering::AcqRel);
    }
}

/// The connection of a client.
pub(crate) struct Connection {
    stream: TcpStream,
    timeouts: Timeouts,
    state: State,
    reading: Reading,
    writing: Option<Pin<Box<Sleep>>>,
    closed: Pin<Box<WaitForCancellationFutureOwned>>,
    _slot: OwnedSemaphorePermit,
}

/// The wait for the head of a request.
#[derive(Default)]
struct Reading {
    /// How many requests were before it.
    requests: u64,
    /// Whether a part of it has arrived.
    in_head: bool,
    deadline: Option<Instant>,
    sleep: Option<Pin<Box<Sleep>>>,
}

impl Connection {
    /// Serves a stream until `closed` is cancelled.
    pub(crate) fn new(
        stream: TcpStream,
        timeouts: Timeouts,
        closed: CancellationToken,
        slot: OwnedSemaphorePermit,
        overloaded: bool,
    ) -> Self {
        // Without this option, small responses wait for the client's acknowledgement.
        let _ = stream.set_nodelay(true);
        #[cfg(any(target_os = "android", target_os = "linux"))]
        let _ = socket2::SockRef::from(&stream).set_tcp_notsent_lowat(MAX_UNSENT);
        Self {
            stream,
            timeouts,
            state: State { activity: Arc::default(), overloaded },
            reading: Reading::default(),
            writing: None,
            closed: Box::pin(closed.cancelled_owned()),
            _slot: slot,
        }
    }

    pub(crate) fn state(&self) -> &State {
        &self.state
    }

    fn poll_closed(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        match self.closed.as_mut().poll(context) {
            Poll::Ready(()) => Err(io::ErrorKind::ConnectionAborted.into()),
            Poll::Pending => Ok(()),
        }
    }

    /// Completes with an error if a write makes no progress for too long.
    fn poll_progress(&mut self, context: &mut Context<'_>, write: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if write.is_ready() {
            self.writing = None;
            self.reading = Reading { requests: self.reading.requests, ..Reading::default() };
            return write;
        }
        self.poll_closed(context)?;
        let limit = self.timeouts.write;
        ready!(self.writing.get_or_insert_with(|| Box::pin(tokio::time::sleep(limit))).as_mut().poll(context));
        // What is left in the socket would keep it open.
        let _ = self.stream.set_zero_linger();
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Connection {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.poll_closed(context)?;
        let filled = buffer.filled().len();
        let read = Pin::new(&mut this.stream).poll_read(context, buffer);
        let activity = &this.state.activity;
        let (ended, started) = (activity.ended.load(Ordering::Acquire), activity.started.load(Ordering::Acquire));
        if ended < started || this.writing.is_some() {
            return read;
        }
        if ended != this.reading.requests {
            this.reading = Reading { requests: ended, ..Reading::default() };
        }
        // The first bytes of a head start its time; later ones do not extend it.
        if buffer.filled().len() > filled && !this.reading.in_head {
            let deadline = Some(Instant::now() + this.timeouts.head);
            this.reading = Reading { requests: ended, in_head: true, deadline, sleep: None };
        }
        if read.is_ready() {
            return read;
        }
        let deadline = *this.reading.deadline.get_or_insert_with(|| Instant::now() + this.timeouts.idle);
        let sleep = this.reading.sleep.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(deadline)));
        ready!(sleep.as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncWrite for Connection {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let write = Pin::new(&mut this.stream).poll_write(context, bytes);
        this.poll_progress(context, write)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let write = Pin::new(&mut this.stream).poll_write_vectored(context, slices);
        this.poll_progress(context, write)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use axum::serve::Listener;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;
    use crate::connections::Connections;

    const TIMEOUTS: Timeouts =
        Timeouts { head: Duration::from_secs(30), idle: Duration::from_secs(75), write: Duration::from_mins(1) };

    /// Both ends of a connection.
    async fn pair() -> (Connection, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let client = TcpStream::connect(address).await.expect("a connection");
        let mut connections = Connections::new(listener, 1, TIMEOUTS);
        (connections.accept().await.0, client)
    }

    /// Reads until the connection times out. Returns how long that took.
    async fn read(connection: &mut Connection) -> Duration {
        let start = Instant::now();
        tokio::time::pause();
        let error = loop {
            match connection.read_u8().await {
                Ok(_) => {}
                Err(error) => break error,
            }
        };
        tokio::time::resume();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        start.elapsed()
    }

    #[tokio::test]
    async fn a_connection_without_a_request_times_out() {
        let (mut connection, _client) = pair().await;
        assert!(read(&mut connection).await >= TIMEOUTS.idle);
    }

    #[tokio::test]
    async fn a_head_that_is_sent_byte_by_byte_times_out_as_a_whole() {
        let (mut connection, mut client) = pair().await;
        client.write_all(b"GET / HT").await.expect("a write");
        let took = read(&mut connection).await;
        assert!(took >= TIMEOUTS.head && took < TIMEOUTS.idle, "{took:?}");
    }

    #[tokio::test]
    async fn a_busy_connection_has_no_time_limit_for_reading() {
        let (mut connection, _client) = pair().await;
        let busy = Busy::new(&connection.state.activity);
        tokio::time::pause();
        let waiting = tokio::time::timeout(Duration::from_hours(1), connection.read_u8()).await;
        assert!(waiting.is_err());
        tokio::time::resume();
        drop(busy);
        assert!(read(&mut connection).await >= TIMEOUTS.idle);
    }

    #[tokio::test]
    async fn a_client_that_reads_nothing_times_out() {
        let (mut connection, _client) = pair().await;
        tokio::time::pause();
        let error = loop {
            match connection.write_all(&vec![0; 1 << 20]).await {
                Ok(()) => {}
                Err(error) => break error,
            }
        };
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn each_request_has_its_own_time_limits() {
        let (mut connection, mut client) = pair().await;
        for _ in 0..3 {
            client.write_all(b"head").await.expect("a write");
            let busy = Busy::new(&connection.state.activity);
            connection.read_exact(&mut [0; 4]).await.expect("a head");
            drop(busy);
            tokio::time::pause();
            tokio::time::advance(TIMEOUTS.head).await;
            tokio::time::resume();
        }
        client.write_all(b"head").await.expect("a write");
        connection.read_exact(&mut [0; 4]).await.expect("a head");
        drop(Busy::new(&connection.state.activity));
        assert!(read(&mut connection).await >= TIMEOUTS.idle);
    }
}
