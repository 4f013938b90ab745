//! HTTP by hand: a provider and clients whose connections do exactly what a test says.

use std::time::Duration;

use mediaferry_gateway::Config;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpSocket, TcpStream};

use super::Gateway;

/// The provider's key.
pub(crate) const KEY: &str = "river_live_51f2";
/// The gateway's path for the provider's one request.
pub(crate) const FILES: &str = "/providers/relaydance/v1/files";

/// Longer than anything takes that a test waits for.
const PATIENCE: Duration = Duration::from_secs(20);

/// `RelayDance`, connection by connection.
pub(crate) struct Provider {
    listener: TcpListener,
}

/// One side of a connection.
pub(crate) struct Connection(BufReader<TcpStream>);

/// A message, read to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Provider {
    pub(crate) async fn start() -> Self {
        Self::on(0).await
    }

    /// With small receive buffers: what it has not read stays at the gateway.
    pub(crate) fn with_small_buffers() -> Self {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_recv_buffer_size(16 << 10).expect("a size");
        socket.bind(([127, 0, 0, 1], 0).into()).expect("a port");
        Self { listener: socket.listen(16).expect("a listener") }
    }

    /// On this port.
    pub(crate) async fn on(port: u16) -> Self {
        Self { listener: TcpListener::bind(("127.0.0.1", port)).await.expect("a port") }
    }

    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.listener.local_addr().expect("an IP address"))
    }

    /// A gateway in front of it, as in production.
    pub(crate) async fn gateway(&self, args: &[&str]) -> Gateway {
        self.gateway_with(args, |_| ()).await
    }

    /// A gateway in front of it, whose configuration is changed.
    pub(crate) async fn gateway_with(&self, args: &[&str], change: impl FnOnce(&mut Config)) -> Gateway {
        Gateway::in_front_of_with(&self.origin(), args, change).await
    }

    pub(crate) async fn accept(&self) -> Connection {
        let accepted = tokio::time::timeout(PATIENCE, self.listener.accept()).await.expect("a connection in time");
        Connection::new(accepted.expect("a connection").0)
    }

    /// Has a client send a small form, and returns the connection on which the gateway has forwarded it.
    pub(crate) async fn forwarded_form(&self, client: &mut Connection) -> Connection {
        client.send(head(4, "") + "form").await;
        let mut connection = self.accept().await;
        connection.message().await;
        connection
    }

    /// Checks that the gateway opens no other connection.
    pub(crate) async fn is_left_alone(&self) {
        let accepted = tokio::time::timeout(Duration::from_millis(300), self.listener.accept()).await;
        assert!(accepted.is_err(), "the gateway has opened another connection");
    }
}

/// A POST to the provider of a body of this length, up to its body.
pub(crate) fn head(length: usize, headers: &str) -> String {
    format!(
        "POST {FILES} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\n{headers}\r\n"
    )
}

impl Connection {
    fn new(stream: TcpStream) -> Self {
        Self(BufReader::new(stream))
    }

    pub(crate) async fn to(gateway: &Gateway) -> Self {
        Self::new(TcpStream::connect(gateway.handle.address).await.expect("a connection"))
    }

    /// With a small receive buffer: what it has not read stays at the gateway.
    pub(crate) async fn to_with_small_buffers(gateway: &Gateway) -> Self {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_recv_buffer_size(16 << 10).expect("a size");
        Self::new(socket.connect(gateway.handle.address).await.expect("a connection"))
    }

    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.get_mut().write_all(bytes.as_ref()).await.expect("an open connection");
    }

    /// Reads a head, up to the empty line.
    pub(crate) async fn head(&mut self) -> String {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            let line = tokio::time::timeout(PATIENCE, self.0.read_line(&mut head)).await.expect("a line in time");
            assert!(line.expect("text") > 0, "the connection ended after {head:?}");
        }
        head
    }

    /// Reads so many bytes.
    pub(crate) async fn body(&mut self, length: usize) -> Vec<u8> {
        let mut body = vec![0; length];
        let read = tokio::time::timeout(PATIENCE, self.0.read_exact(&mut body)).await.expect("a body in time");
        read.expect("the whole body");
        body
    }

    /// Reads a message with a `Content-Length`, without the id of the request: each response has another.
    pub(crate) async fn message(&mut self) -> Message {
        let head = self.head().await;
        let head: String = head.split_inclusive("\r\n").filter(|line| !line.starts_with("x-request-id: ")).collect();
        let length = head.to_ascii_lowercase();
        let length = length.split("content-length: ").nth(1).and_then(|rest| rest.lines().next());
        let length = length.map_or(0, |length| length.parse().expect("a length"));
        Message { head, body: self.body(length).await }
    }

    /// Answers the request that was read.
    pub(crate) async fn respond(&mut self, status: &str, body: &str) {
        let head = format!("HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n", body.len());
        self.send(format!("{head}\r\n{body}")).await;
    }

    /// Waits until the other side has closed; returns what came before.
    pub(crate) async fn rest(&mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        let read = self.0.read_to_end(&mut rest);
        // A reset is an end, too.
        let _ = tokio::time::timeout(PATIENCE, read).await.expect("an end in time");
        rest
    }

    /// The reading and the writing end.
    pub(crate) fn split(self) -> (Self, Self) {
        let stream = self.0.into_inner().into_std().expect("a socket");
        let again = stream.try_clone().expect("a socket");
        let connection = |stream| Self::new(TcpStream::from_std(stream).expect("a socket"));
        (connection(stream), connection(again))
    }

    /// Sends as many of these bytes as the gateway reads. Returns when it has sent all, or the connection has broken.
    pub(crate) async fn push(&mut self, bytes: &[u8]) {
        let _ = self.0.get_mut().write_all(bytes).await;
    }

    /// Waits for a reset, without reading.
    pub(crate) async fn is_reset(&self) -> bool {
        for _ in 0..100 {
            if self.0.get_ref().take_error().expect("a socket").is_some() {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        false
    }

    /// Closes with a reset: the other side loses what it has not read.
    pub(crate) fn reset(self) {
        self.0.get_ref().set_zero_linger().expect("a socket");
    }
}

impl Message {
    pub(crate) fn status(&self) -> u16 {
        self.head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status")
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// The code of an error and whether it says that something was sent.
    pub(crate) fn error(&self) -> (u16, String, Option<bool>) {
        let error = &self.json()["error"];
        (self.status(), error["code"].as_str().unwrap_or_default().to_owned(), error["sent"].as_bool())
    }
}
