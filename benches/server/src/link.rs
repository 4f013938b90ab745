//! A link of a certain rate and round trip in front of a server, as a TCP proxy.
//!
//! Each direction of a link is a queue that all connections share. Bytes leave it at the link's rate, and arrive half a
//! round trip later. A new connection costs a round trip, as TCP's handshake does. Slow start and loss are not simulated.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until};

use crate::ANY_PORT;

/// What one connection may send before it is another's turn.
const CHUNK_BYTES: usize = 16 << 10;
/// Small, so that a sender feels the rate of the link.
const SOCKET_BUFFER_BYTES: u32 = 64 << 10;
/// How much earlier than now a queue may have been free: a timer that is late costs no bandwidth.
const SLACK: Duration = Duration::from_millis(10);

/// The time that a byte takes.
#[derive(Clone, Copy)]
pub(crate) struct Rate {
    nanos_per_kibibyte: u64,
}

impl Rate {
    pub(crate) fn from_mbit(mbit: u32) -> Self {
        Self { nanos_per_kibibyte: 1024 * 8 * 1000 / u64::from(mbit) }
    }

    fn time(self, bytes: usize) -> Duration {
        Duration::from_nanos(self.nanos_per_kibibyte * bytes as u64 / 1024)
    }
}

/// A queue of bytes that leave at a rate.
struct Queue {
    rate: Rate,
    free_at: Mutex<Instant>,
}

impl Queue {
    fn new(rate: Rate) -> Self {
        Self { rate, free_at: Mutex::new(Instant::now()) }
    }

    /// Appends so many bytes; they have left at the returned time.
    fn append(&self, bytes: usize) -> Instant {
        let mut free_at = self.free_at.lock().unwrap_or_else(PoisonError::into_inner);
        *free_at = (*free_at).max(Instant::now() - SLACK) + self.rate.time(bytes);
        *free_at
    }
}

/// A link to a server.
#[derive(Clone, Copy)]
pub(crate) struct Link {
    pub(crate) round_trip: Duration,
    /// The rate in each direction.
    pub(crate) rate: Rate,
    pub(crate) rate_per_connection: Option<Rate>,
    pub(crate) target: SocketAddr,
}

impl Link {
    /// Starts the proxy on a free port.
    pub(crate) fn start(self) -> io::Result<SocketAddr> {
        let socket = TcpSocket::new_v4()?;
        socket.set_recv_buffer_size(SOCKET_BUFFER_BYTES)?;
        socket.set_send_buffer_size(SOCKET_BUFFER_BYTES)?;
        socket.bind(ANY_PORT)?;
        let listener: TcpListener = socket.listen(128)?;
        let address = listener.local_addr()?;
        let [up, down] = [(); 2].map(|()| Arc::new(Queue::new(self.rate)));
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (up, down) = (up.clone(), down.clone());
                tokio::spawn(async move { self.connect(client, up, down).await });
            }
        });
        Ok(address)
    }

    async fn connect(self, client: TcpStream, up: Arc<Queue>, down: Arc<Queue>) -> io::Result<()> {
        sleep(self.round_trip).await;
        let server = TcpStream::connect(self.target).await?;
        for stream in [&client, &server] {
            stream.set_nodelay(true)?;
        }
        let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
        tokio::spawn(self.carry(from_client, to_server, up));
        self.carry(from_server, to_client, down).await;
        Ok(())
    }

    /// Carries the bytes of one direction of a connection. The sender waits for the queue, as if its socket were full.
    async fn carry(self, mut from: OwnedReadHalf, to: OwnedWriteHalf, shared: Arc<Queue>) {
        let own = self.rate_per_connection.map(Queue::new);
        let (sent, arriving) = mpsc::unbounded_channel();
        tokio::spawn(deliver(arriving, to));
        loop {
            let mut chunk = BytesMut::with_capacity(CHUNK_BYTES);
            let Ok(bytes @ 1..) = from.read_buf(&mut chunk).await else { return };
            let left = shared.append(bytes);
            let left = own.as_ref().map_or(left, |own| left.max(own.append(bytes)));
            if sent.send((left + self.round_trip / 2, chunk.freeze())).is_err() {
                return;
            }
            sleep_until(left).await;
        }
    }
}

/// Writes each chunk when it arrives. The end of the connection arrives after the last one.
async fn deliver(mut arriving: mpsc::UnboundedReceiver<(Instant, Bytes)>, mut to: OwnedWriteHalf) {
    while let Some((at, chunk)) = arriving.recv().await {
        sleep_until(at).await;
        if to.write_all(&chunk).await.is_err() {
            return;
        }
    }
}
