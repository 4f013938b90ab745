//! The program as a developer starts it: its one line, its log, its folder, and how it stops.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::common::{client, png, send};
use rusty_s3::{Bucket, Credentials, S3Action, UrlStyle};
use serde_json::json;
use tempfile::TempDir;

/// The running program; it ends with the test.
struct Program {
    child: Child,
    banner: String,
    /// The folder for temporary files.
    temporary: TempDir,
}

fn command(temporary: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mediaferry-sandbox"));
    command.env_clear().env("TMPDIR", temporary).args(["--port", "0", "--storage-port", "0"]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

impl Program {
    fn start(args: &[&str]) -> Self {
        let temporary = TempDir::new().expect("a folder");
        let mut child = command(temporary.path()).args(args).spawn().expect("a process");
        let mut banner = String::new();
        BufReader::new(child.stdout.as_mut().expect("stdout")).read_line(&mut banner).expect("a line");
        Self { child, banner, temporary }
    }

    fn url(&self, path: &str) -> String {
        let rest = self.banner.strip_prefix("mediaferry gateway: ").expect("a banner");
        rest.split_once("/ (storage ").expect("a URL").0.to_owned() + path
    }

    /// Sends a signal. Returns the exit code, the time it took, and the log.
    fn stop(&mut self, signal: &str) -> (Option<i32>, Duration, String) {
        let start = Instant::now();
        let sent = Command::new("kill").args([signal, &self.child.id().to_string()]).status().expect("kill");
        assert!(sent.success());
        let mut log = String::new();
        self.child.stderr.take().expect("stderr").read_to_string(&mut log).expect("a log");
        (self.child.wait().expect("an end").code(), start.elapsed(), log)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn the_log_has_one_line_per_request_of_both_listeners_and_no_secret() {
    let mut program = Program::start(&[]);
    let photo = png(200, 200, 5000);
    let body = json!({ "content_type": "image/png", "size_bytes": photo.len() }).to_string();
    let post = client().post(program.url("/staging?token=querysecret"));
    let ticket = send(post.header("Content-Type", "application/json").body(body)).await.json();
    let put_url = ticket["put_url"].as_str().expect("a URL").to_owned();
    for (content_type, status) in [("image/gif", 403), ("image/png", 200)] {
        let put = client()
            .put(&put_url)
            .header("Content-Type", content_type)
            .header("x-amz-acl", "private")
            .header("if-none-match", "*")
            .body(photo.clone());
        assert_eq!(send(put).await.status, status);
    }
    let (code, took, log) = program.stop("-TERM");
    assert_eq!(code, Some(0), "{log}");
    assert!(took < Duration::from_secs(3), "idle connections do not delay the stop: {took:?}");
    let object = put_url.split('?').next().and_then(|url| url.split_once("/mediaferry/")).expect("a path").1;
    for line in [
        "gateway: method=POST path=/staging status=200 millis=".to_owned(),
        format!("storage: method=PUT path=/mediaferry/{object} status=403 millis="),
        format!("storage: method=PUT path=/mediaferry/{object} status=200 millis="),
    ] {
        assert_eq!(log.matches(&line).count(), 1, "{line} in {log}");
    }
    assert!(log.contains(&format!("bytes_in={}\n", photo.len())), "{log}");
    for secret in ["querysecret", "X-Amz", "Signature"] {
        assert!(!log.contains(secret), "{secret} is in {log}");
    }
}

#[tokio::test]
async fn the_key_of_the_storage_can_be_chosen() {
    let program = Program::start(&["--storage-key", "an-id:a-secret"]);
    let storage = program.banner.split("(storage ").nth(1).and_then(|rest| rest.split(',').next()).expect("a URL");
    let url = storage.parse().expect("a URL");
    let bucket = Bucket::new(url, UrlStyle::Path, "mediaferry", "us-east-1").expect("a bucket");
    for (secret, status) in [("a-secret", 200), ("another", 403)] {
        let key = Credentials::new("an-id", secret);
        let put = bucket.put_object(Some(&key), "file").sign(Duration::from_mins(1));
        assert_eq!(send(client().put(put).body("bytes")).await.status, status, "{secret}");
    }
    let folder = TempDir::new().expect("a folder");
    let wrong = command(folder.path()).args(["--storage-key", "an-id"]).output().expect("a process");
    assert!(!wrong.status.success() && String::from_utf8_lossy(&wrong.stderr).contains("there is no `:`"));
}

#[tokio::test]
async fn a_running_request_delays_the_stop_by_five_seconds_at_most() {
    let mut program = Program::start(&[]);
    let fault = json!([{ "at": "modelhunter", "fault": { "delay_millis": 60_000 } }]).to_string();
    let post = client().post(program.url("/sandbox/faults")).header("Content-Type", "application/json").body(fault);
    assert_eq!(send(post).await.status, 200);
    let hanging = client().post(program.url("/sandbox/modelhunter/api/v1/files/file_1/complete"));
    let hanging = tokio::spawn(crate::common::try_send(hanging));
    tokio::time::sleep(Duration::from_millis(200)).await;
    let (code, took, log) = tokio::task::spawn_blocking(move || program.stop("-INT")).await.expect("a stop");
    assert_eq!(code, Some(0), "{log}");
    assert!((Duration::from_secs(4)..Duration::from_secs(7)).contains(&took), "{took:?}");
    assert!(hanging.await.expect("a task").is_err());
    assert!(log.contains("complete status=aborted"), "{log}");
}

#[test]
fn files_are_stored_in_a_temporary_folder_that_is_deleted_or_in_a_named_one() {
    let entries = |program: &Program| std::fs::read_dir(program.temporary.path()).expect("a folder").count();
    let mut program = Program::start(&[]);
    assert_eq!(entries(&program), 1);
    program.stop("-TERM");
    assert_eq!(entries(&program), 0);

    let folder = TempDir::new().expect("a folder");
    let data = ["--data", folder.path().to_str().expect("a path")];
    let mut program = Program::start(&data);
    assert_eq!(entries(&program), 0);
    let second = command(folder.path()).args(data).output().expect("a process");
    let text = String::from_utf8(second.stderr).expect("text");
    assert!(!second.status.success() && text.contains("another sandbox uses") && text.contains("--data"), "{text}");
    program.stop("-TERM");
    assert!(folder.path().join("mediaferry").is_dir());
}

#[test]
fn a_sandbox_that_others_can_reach_warns() {
    let (_, _, log) = Program::start(&["--bind", "0.0.0.0", "--insecure-anonymous"]).stop("-TERM");
    assert!(log.contains("everyone who can reach 0.0.0.0"), "{log}");
    let (_, _, log) = Program::start(&[]).stop("-TERM");
    assert!(!log.contains("everyone"), "{log}");
}
