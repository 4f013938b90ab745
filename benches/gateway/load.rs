//! The load of `npm run bench:gateway`: a provider, and clients that send forms or request tickets, over raw sockets so that
//! they cost less than the gateway between them.
//!
//! It prints the port of the provider, then reads commands, one per line, and prints a line of JSON for each:
//!
//! - `form ADDRESS BYTES CLIENTS REQUESTS` sends forms with a file of this size, one after another.
//! - `ticket ADDRESS MILLIS CLIENTS REQUESTS [TOKEN]` requests tickets for staging; a client pauses after each.

use std::io::{self, BufRead, Write};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What a client writes and reads at once.
const CHUNK: usize = 256 << 10;
/// A part of a file.
static FILE: [u8; CHUNK] = [7; CHUNK];
const FORM_HEAD: &str =
    "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.mp4\"\r\nContent-Type: video/mp4\r\n\r\n";
const FORM_END: &str = "\r\n--B--\r\n";
const RESPONSE: &[u8] =
    b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 35\r\n\r\n{\"url\":\"https://cdn.example/a.mp4\"}";
const TICKET: &str = r#"{"content_type":"video/mp4","size_bytes":1048576}"#;

/// A request that is sent again and again.
#[derive(Debug)]
struct Load {
    address: SocketAddr,
    head: String,
    /// What precedes and follows the file.
    form: (&'static str, &'static str),
    file: usize,
    body: &'static str,
    /// How long a client waits after each request.
    pause: Duration,
}

fn main() -> io::Result<()> {
    let runtime = tokio::runtime::Runtime::new()?;
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
    println!("{}", listener.local_addr()?.port());
    runtime.spawn(provide(listener));
    for line in io::stdin().lock().lines() {
        let line = line?;
        let words: Vec<_> = line.split_whitespace().collect();
        let (load, clients, requests) = parse(&words).ok_or_else(|| io::Error::other(format!("no command: {line}")))?;
        println!("{}", runtime.block_on(run(Arc::new(load), clients, requests)));
        io::stdout().flush()?;
    }
    Ok(())
}

fn parse(words: &[&str]) -> Option<(Load, u32, usize)> {
    match *words {
        ["form", address, file, clients, requests] => {
            let file: usize = file.parse().ok()?;
            let length = FORM_HEAD.len() + file + FORM_END.len();
            let head = format!(
                "POST /providers/relaydance/v1/files HTTP/1.1\r\nhost: {address}\r\n\
                 content-type: multipart/form-data; boundary=B\r\ncontent-length: {length}\r\n\r\n"
            );
            let (address, form, pause) = (address.parse().ok()?, (FORM_HEAD, FORM_END), Duration::ZERO);
            let load = Load { address, head, form, file, body: "", pause };
            Some((load, clients.parse().ok()?, requests.parse().ok()?))
        }
        ["ticket", address, millis, clients, requests, ref token @ ..] => {
            let token = token.first().map(|token| format!("authorization: Bearer {token}\r\n")).unwrap_or_default();
            let head = format!(
                "POST /staging HTTP/1.1\r\nhost: {address}\r\n{token}content-type: application/json\r\n\
                 content-length: {}\r\n\r\n",
                TICKET.len()
            );
            let (address, pause) = (address.parse().ok()?, Duration::from_millis(millis.parse().ok()?));
            let load = Load { address, head, form: ("", ""), file: 0, body: TICKET, pause };
            Some((load, clients.parse().ok()?, requests.parse().ok()?))
        }
        _ => None,
    }
}

/// Responds to each request on a connection when it has read the whole of it.
async fn provide(listener: TcpListener) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(async move {
            let mut connection = Connection::new(stream);
            while connection.read_message().await.is_ok() && connection.stream.write_all(RESPONSE).await.is_ok() {}
        });
    }
}

/// Sends this number of requests from this number of clients. Returns the result as JSON, with times in milliseconds.
async fn run(load: Arc<Load>, clients: u32, requests: usize) -> String {
    let left = Arc::new(AtomicUsize::new(requests));
    let start = Instant::now();
    // They begin one after another, so that they do not send at the same moments.
    let client = |at: u32| client(Arc::clone(&load), Arc::clone(&left), load.pause * at / clients.max(1));
    let clients: Vec<_> = (0..clients).map(|at| tokio::spawn(client(at))).collect();
    let (mut times, mut failed) = (Vec::new(), 0);
    for client in clients {
        let (took, errors) = client.await.unwrap_or_default();
        times.extend(took);
        failed += errors;
    }
    let seconds = start.elapsed().as_secs_f64();
    times.sort_unstable();
    let quantile = |percent: usize| {
        let at = (times.len() * percent / 100).min(times.len().saturating_sub(1));
        times.get(at).copied().unwrap_or_default().as_secs_f64() * 1000.0
    };
    format!(
        r#"{{"seconds":{seconds:.6},"done":{},"failed":{failed},"p50":{:.3},"p99":{:.3}}}"#,
        times.len(),
        quantile(50),
        quantile(99)
    )
}

/// Sends requests on one connection until none is left. Returns the time of each and the number of failures.
async fn client(load: Arc<Load>, left: Arc<AtomicUsize>, wait: Duration) -> (Vec<Duration>, usize) {
    tokio::time::sleep(wait).await;
    let (mut times, mut failed) = (Vec::new(), 0);
    let mut connection = None;
    while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok() {
        let start = Instant::now();
        match load.send(connection.take()).await {
            Ok(used) => {
                times.push(start.elapsed());
                connection = Some(used);
            }
            Err(_) => failed += 1,
        }
        if !load.pause.is_zero() {
            tokio::time::sleep(load.pause).await;
        }
    }
    (times, failed)
}

impl Load {
    async fn send(&self, connection: Option<Connection>) -> io::Result<Connection> {
        let mut connection = match connection {
            Some(connection) => connection,
            None => Connection::new(TcpStream::connect(self.address).await?),
        };
        let stream = &mut connection.stream;
        stream.write_all([&self.head, self.body, self.form.0].concat().as_bytes()).await?;
        let mut left = self.file;
        while left > 0 {
            let some = left.min(CHUNK);
            stream.write_all(&FILE[..some]).await?;
            left -= some;
        }
        stream.write_all(self.form.1.as_bytes()).await?;
        let head = connection.read_message().await?;
        if head.starts_with("http/1.1 200 ") { Ok(connection) } else { Err(io::Error::other(head)) }
    }
}

/// A connection of either side.
struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    /// How much of the buffer is filled.
    filled: usize,
}

impl Connection {
    fn new(stream: TcpStream) -> Self {
        let _ = stream.set_nodelay(true);
        Self { stream, buffer: vec![0; CHUNK], filled: 0 }
    }

    /// Reads a request or a response with a length, and returns its head in lowercase.
    async fn read_message(&mut self) -> io::Result<String> {
        let end = loop {
            let head = &self.buffer[..self.filled];
            if let Some(at) = head.windows(4).position(|window| window == b"\r\n\r\n") {
                break at + 4;
            }
            self.read().await?;
        };
        let head = String::from_utf8_lossy(&self.buffer[..end]).to_ascii_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length: usize =
            length.and_then(|length| length.parse().ok()).ok_or_else(|| io::Error::other("no content-length"))?;
        let mut left = length.saturating_sub(self.filled - end);
        self.filled = 0;
        while left > 0 {
            self.read().await?;
            left = left.saturating_sub(std::mem::take(&mut self.filled));
        }
        Ok(head)
    }

    async fn read(&mut self) -> io::Result<()> {
        let read = self.stream.read(&mut self.buffer[self.filled..]).await?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.filled += read;
        Ok(())
    }
}
