//! HTTP by hand: a provider and clients whose connections do exactly what a test says.

use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

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

    /// On this port.
    pub(crate) async fn on(port: u16) -> Self {
        Self { listener: TcpListener::bind(("127.0.0.1", port)).await.expect("a port") }
    }

    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.listener.local_addr().expect("an IP address"))
    }

    /// A gateway in front of it, as in production.
    pub(crate) async fn gateway(&self, args: &[&str]) -> Gateway {
        Gateway::in_front_of(&self.origin(), args).await
    }

    pub(crate) async fn accept(&self) -> Connection {
        let accepted = tokio::time::timeout(PATIENCE, self.listener.accept()).await.expect("a connection in time");
        Connection::new(accepted.expect("a connection").0)
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
