//! The connection to a provider: when it last moved, what it took, and its end from outside.
//!
//! An HTTP client takes the bytes of a body long before the provider gets them, so progress is measured at the socket.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::Instant;

/// How many bytes may wait in the socket before they are sent. The system grants a connection megabytes, which a slow
/// provider reads for minutes without any progress that this process could see. Bytes in flight are not limited, so the
/// throughput stays the same.
#[cfg(any(target_os = "android", target_os = "linux"))]
const MAX_UNSENT: u32 = 32 << 10;

/// The state of a connection, shared with the exchange that uses it.
#[derive(Clone, Debug)]
pub(crate) struct Meter(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    written: u64,
    moved_at: Instant,
    blocked: bool,
    cut: bool,
    waiting: Option<Waker>,
}

impl Meter {
    fn new() -> Self {
        let state = State { written: 0, moved_at: Instant::now(), blocked: false, cut: false, waiting: None };
        Self(Arc::new(Mutex::new(state)))
    }

    /// How many bytes the socket took.
    pub(crate) fn written(&self) -> u64 {
        self.state().written
    }

    /// When the socket last took or received bytes.
    pub(crate) fn moved_at(&self) -> Instant {
        self.state().moved_at
    }

    /// Ends the connection; after this, the socket takes no more bytes. Returns whether there were bytes that it had not
    /// taken.
    pub(crate) fn cut(&self) -> bool {
        let mut state = self.state();
        state.cut = true;
        let (waiting, blocked) = (state.waiting.take(), state.blocked);
        drop(state);
        if let Some(waiting) = waiting {
            waiting.wake();
        }
        blocked
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection with a meter.
#[derive(Debug)]
pub(crate) struct Metered {
    stream: TokioIo<TcpStream>,
    meter: Meter,
}

impl Metered {
    pub(crate) fn new(stream: TcpStream) -> Self {
        #[cfg(any(target_os = "android", target_os = "linux"))]
        let _ = socket2::SockRef::from(&stream).set_tcp_notsent_lowat(MAX_UNSENT);
        Self { stream: TokioIo::new(stream), meter: Meter::new() }
    }

    /// Runs an operation of the socket unless the connection is cut. The lock is held meanwhile: after a cut, nothing
    /// is written.
    fn poll<T>(
        &mut self,
        context: &mut Context<'_>,
        operation: impl FnOnce(Pin<&mut TokioIo<TcpStream>>, &mut Context<'_>) -> Poll<io::Result<T>>,
        record: impl FnOnce(&mut State, &Poll<io::Result<T>>),
    ) -> Poll<io::Result<T>> {
        let mut state = self.meter.state();
        if state.cut {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        let result = operation(Pin::new(&mut self.stream), context);
        record(&mut state, &result);
        match result {
            Poll::Ready(Ok(_)) => state.moved_at = Instant::now(),
            Poll::Ready(Err(_)) => {}
            Poll::Pending => state.waiting = Some(context.waker().clone()),
        }
        result
    }
}

fn record_write(state: &mut State, write: &Poll<io::Result<usize>>) {
    state.blocked = write.is_pending();
    if let Poll::Ready(Ok(bytes)) = write {
        state.written += *bytes as u64;
    }
}

impl Read for Metered {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        self.get_mut().poll(context, |stream, context| stream.poll_read(context, buffer), |_, _| {})
    }
}

impl Write for Metered {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.get_mut().poll(context, |stream, context| stream.poll_write(context, bytes), record_write)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.get_mut().poll(context, |stream, context| stream.poll_write_vectored(context, slices), record_write)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    // A TCP stream has nothing to flush.
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}

impl Connection for Metered {
    fn connected(&self) -> Connected {
        Connected::new().extra(self.meter.clone())
    }
}

impl Drop for Metered {
    /// Closes a connection that was cut with a reset: the system does not send what is left in the socket.
    fn drop(&mut self) {
        if self.meter.state().cut {
            let _ = self.stream.inner().set_zero_linger();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    /// The gateway's end of a connection, and the provider's.
    async fn pair() -> (Metered, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let stream = TcpStream::connect(listener.local_addr().expect("an IP address")).await.expect("a connection");
        (Metered::new(stream), listener.accept().await.expect("a connection").0)
    }

    #[tokio::test]
    async fn a_cut_ends_a_read_that_waits_and_a_write_that_is_blocked() {
        for writes in [false, true] {
            let (metered, mut provider) = pair().await;
            let meter = metered.meter.clone();
            let waiting = tokio::spawn(async move {
                let mut stream = TokioIo::new(metered);
                if writes { stream.write_all(&vec![0; 50_000_000]).await } else { stream.read_u8().await.map(drop) }
            });
            tokio::time::sleep(Duration::from_millis(100)).await;
            let written = meter.written();
            assert_eq!((meter.cut(), written > 0), (writes, writes));
            let ended = tokio::time::timeout(Duration::from_secs(5), waiting).await.expect("an end").expect("no panic");
            assert_eq!(ended.expect_err("an error").kind(), io::ErrorKind::ConnectionAborted);
            assert_eq!(meter.written(), written);
            let error = provider.read_to_end(&mut Vec::new()).await.expect_err("a reset");
            assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
        }
    }

    #[tokio::test]
    async fn both_directions_move_a_connection() {
        let (metered, mut provider) = pair().await;
        let meter = metered.meter.clone();
        let mut stream = TokioIo::new(metered);
        let start = meter.moved_at();
        stream.write_all(b"four").await.expect("a write");
        let written_at = meter.moved_at();
        assert!(written_at > start && meter.written() == 4);
        provider.write_all(b"x").await.expect("a write");
        stream.read_u8().await.expect("a read");
        assert!(meter.moved_at() > written_at && meter.written() == 4);
    }
}
