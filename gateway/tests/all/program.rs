//! The program as an operator starts it: its one line, its log, its errors, and how it stops.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::common::{client, send};

const KEY: &str = "river-live-1";
const RELAYDANCE: [(&str, &str); 2] =
    [("MEDIAFERRY_RELAYDANCE_ORIGIN", "http://127.0.0.1:1"), ("MEDIAFERRY_RELAYDANCE_KEY", KEY)];
const S3: [(&str, &str); 5] = [
    ("MEDIAFERRY_S3_ENDPOINT", "https://s3.example"),
    ("MEDIAFERRY_S3_REGION", "north-1"),
    ("MEDIAFERRY_S3_BUCKET", "bucket-1"),
    ("MEDIAFERRY_S3_ACCESS_KEY_ID", "the-id-of-the-key"),
    ("MEDIAFERRY_S3_SECRET_ACCESS_KEY", "the+secret"),
];

/// The program, without the variables of this process.
pub(crate) fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mediaferry-gateway"));
    command
        .env_clear()
        .env("MEDIAFERRY_PORT", "0")
        .env("MEDIAFERRY_ADMIN_PORT", "0")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// The running program; it ends with the test.
pub(crate) struct Program {
    pub(crate) child: Child,
    pub(crate) banner: String,
    /// The URL of the admin listener, if there is one.
    pub(crate) admin: Option<String>,
}

impl Program {
    pub(crate) fn start(variables: &[(&str, &str)]) -> Self {
        let has_admin = !variables.contains(&("MEDIAFERRY_ADMIN_BIND", "off"));
        Self::spawn_with(command().envs(variables.iter().copied()), has_admin)
    }

    /// Runs a command that starts the program.
    pub(crate) fn spawn(command: &mut Command) -> Self {
        Self::spawn_with(command, true)
    }

    fn spawn_with(command: &mut Command, has_admin: bool) -> Self {
        let mut child = command.spawn().expect("a process");
        let mut stdout = BufReader::new(child.stdout.as_mut().expect("stdout"));
        let mut line = || {
            let mut line = String::new();
            stdout.read_line(&mut line).expect("a line");
            line
        };
        let banner = line();
        let admin = has_admin.then(|| {
            let line = line();
            line.strip_prefix("mediaferry gateway admin: ")
                .and_then(|url| url.strip_suffix("/\n"))
                .expect("a URL")
                .to_owned()
        });
        Self { child, banner, admin }
    }

    pub(crate) fn url(&self) -> &str {
        self.banner.strip_prefix("mediaferry gateway: ").and_then(|rest| rest.split_once("/ (")).expect("a URL").0
    }

    pub(crate) fn send(&self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.child.id().to_string()]).status().expect("kill");
        assert!(sent.success());
    }

    /// Sends a signal. Returns the exit code, the time it took, and the log.
    pub(crate) fn stop(mut self, signal: &str) -> (Option<i32>, Duration, String) {
        let start = Instant::now();
        self.send(signal);
        let mut log = String::new();
        self.child.stderr.take().expect("stderr").read_to_string(&mut log).expect("a log");
        let code = self.child.wait().expect("an end").code();
        (code, start.elapsed(), log)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn the_log_has_one_line_per_request_and_no_secret() {
    let program = Program::start(&[&RELAYDANCE[..], &S3].concat());
    let url = program.url().to_owned();
    let files = client().post(format!("{url}/providers/relaydance/v1/files?token=querysecret"));
    assert_eq!(send(files.header("Cookie", "cookiesecret").body("four")).await.status, 502);
    for (body, status) in [(r#"{ "content_type": "image/png", "size_bytes": 9 }"#, 200), ("{", 400)] {
        let staging = client().post(format!("{url}/staging?token=querysecret"));
        assert_eq!(send(staging.header("Content-Type", "application/json").body(body)).await.status, status);
    }
    let banner = program.banner.clone();
    let (code, took, log) = program.stop("-TERM");
    assert_eq!(code, Some(0), "{log}");
    assert!(took < Duration::from_secs(3), "idle connections do not delay the stop: {took:?}");
    for line in [
        "gateway: method=POST path=/providers/relaydance/v1/files status=502 millis=",
        "gateway: method=POST path=/staging status=200 millis=",
        "gateway: method=POST path=/staging status=400 millis=",
    ] {
        assert_eq!(log.matches(line).count(), 1, "{line} in {log}");
    }
    assert!(log.contains(" bytes_in=48 bytes_out=") && log.contains(" request_id="), "{log}");
    for text in [banner, log] {
        for secret in [KEY, "the-id-of-the-key", "the+secret", "querysecret", "cookiesecret", "X-Amz", "Bearer"] {
            assert!(!text.contains(secret), "{secret} is in {text}");
        }
    }
}

#[test]
fn the_banner_names_each_provider_and_the_bucket() {
    let banner = Program::start(&RELAYDANCE).banner.clone();
    for id in ["modelhunter", "onerouter", "worldrouter", "apiframe"] {
        assert!(banner.contains(&format!("{id}: not configured, ")), "{banner}");
    }
    assert!(banner.contains("relaydance: http://127.0.0.1:1/, "), "{banner}");
    assert!(banner.ends_with(", staging: not configured)\n"), "{banner}");
    let banner = Program::start(&S3).banner.clone();
    assert!(banner.ends_with(", staging: https://s3.example/bucket-1)\n"), "{banner}");
}

#[test]
fn configuration_mistakes_exit_with_2_and_one_line_each() {
    let output = command().env("MEDIAFERRY_S3_BUCKET", "b").env("MEDIAFERRY_BIND", "x").output().expect("a process");
    let text = String::from_utf8(output.stderr).expect("text");
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{text}");
    assert_eq!(text.lines().count(), 5, "{text}");
    assert!(text.lines().all(|line| line.starts_with("mediaferry-gateway: ")), "{text}");
    assert!(text.contains("mediaferry-gateway: bind (MEDIAFERRY_BIND): must be an IP address"), "{text}");
}

#[test]
fn a_port_in_use_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an IP address").port().to_string();
    let output = command().args(["--port", &port]).output().expect("a process");
    let text = String::from_utf8(output.stderr).expect("text");
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains(&format!("cannot listen on 127.0.0.1:{port}")) && text.contains("--port"), "{text}");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_log_that_cannot_be_written_does_not_stop_the_program() {
    let full = || std::fs::File::options().write(true).open("/dev/full").expect("a device");
    // Without a provider, the program starts with a warning.
    let program = Program::spawn(command().stderr(full()));
    for _ in 0..3 {
        assert_eq!(send(client().get(format!("{}/healthz", program.url()))).await.text(), "ok");
    }
    let invalid = command().env("MEDIAFERRY_PORT", "x").stderr(full()).status().expect("a process");
    assert_eq!(invalid.code(), Some(2));
}
