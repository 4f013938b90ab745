//! A Redis server of the test, on a free port with its data in a temporary folder.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use mediaferry_gateway::valkey::{Valkey, ValkeyUrl};
use tempfile::TempDir;

const PROGRAM: &str = "redis-server";

pub(crate) struct Server {
    folder: TempDir,
    port: u16,
    process: Option<Child>,
}

impl Server {
    /// Starts the server; `None` with a printed reason if it is not installed.
    pub(crate) async fn start() -> Option<Self> {
        if Command::new(PROGRAM).arg("--version").stdout(Stdio::null()).status().is_err() {
            eprintln!("skipped: {PROGRAM} is not installed");
            return None;
        }
        let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port").port();
        let mut server = Self { folder: tempfile::tempdir().expect("a folder"), port, process: None };
        server.restart().await;
        Some(server)
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// A new connection, as another instance of the gateway has.
    pub(crate) fn connect(&self) -> Valkey {
        Valkey::new(&ValkeyUrl::parse(&self.url()).expect("a URL")).expect("a connection")
    }

    /// Kills the server; each of its writes is in its file.
    pub(crate) fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().expect("a running server");
            process.wait().expect("an exit");
        }
    }

    /// Starts the server again with the data that it had.
    pub(crate) async fn restart(&mut self) {
        self.kill();
        let mut command = Command::new(PROGRAM);
        command.args(["--bind", "127.0.0.1", "--port", &self.port.to_string(), "--save", "", "--daemonize", "no"]);
        command.args(["--appendonly", "yes", "--appendfsync", "always", "--dir"]).arg(self.folder.path());
        self.process = Some(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("a server"));
        let valkey = self.connect();
        for _ in 0..100 {
            if valkey.ping().await.is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the server does not respond");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}
