//! The program as a person starts it: its one line, its log, its errors, and how it stops.

#![cfg(unix)]

mod common;

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use common::{client, form, png, send};
use serde_json::json;
use tempfile::TempDir;

const KEY: &str = "sandbox-key-that-is-wrong";

/// The program; ended with the test, whatever happens.
struct Program {
    child: Child,
    banner: String,
    folder: TempDir,
}

fn command(folder: &TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mediaferry-gateway"));
    command.env_clear().arg("--data").arg(folder.path().join("store"));
    command.env("MEDIAFERRY_PORT", "0").env("MEDIAFERRY_STORAGE_PORT", "0");
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

impl Program {
    /// With the sandbox.
    fn start(variables: &[(&str, &str)]) -> Self {
        Self::start_with(&["--sandbox"], variables)
    }

    fn start_with(args: &[&str], variables: &[(&str, &str)]) -> Self {
        let folder = TempDir::new().expect("a folder");
        let mut child = command(&folder).args(args).envs(variables.iter().copied()).spawn().expect("a process");
        let mut banner = String::new();
        BufReader::new(child.stdout.as_mut().expect("stdout")).read_line(&mut banner).expect("a line");
        Self { child, banner, folder }
    }

    fn gateway(&self) -> &str {
        self.banner
            .strip_prefix("mediaferry gateway: ")
            .and_then(|rest| rest.split("/ (storage ").next())
            .expect("an address")
    }

    /// Sends a signal; gives the exit code, how long it took, and the log.
    fn stop(mut self, signal: &str) -> (Option<i32>, Duration, String) {
        let start = Instant::now();
        let sent = Command::new("kill").args([signal, &self.child.id().to_string()]).status().expect("kill");
        assert!(sent.success());
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
    let program = Program::start(&[("MEDIAFERRY_RELAYDANCE_KEY", KEY)]);
    assert!(program.banner.contains(", modelhunter: sandbox, onerouter: sandbox, "), "{}", program.banner);
    let (client, gateway) = (client(), program.gateway().to_owned());
    let url = |path: &str| format!("{gateway}{path}");
    let photo = png(200, 200, 5000);

    let body = json!({ "filename": "a.png", "contentType": "image/png", "sizeBytes": photo.len() }).to_string();
    let path = "/providers/modelhunter/api/v1/files/upload-url";
    let ticket = send(
        client.post(url(&format!("{path}?token=querysecret"))).header("Content-Type", "application/json").body(body),
    )
    .await
    .json();
    let upload_url = ticket["data"]["upload_url"].as_str().expect("a URL").to_owned();
    assert_eq!(send(client.put(&upload_url).header("Content-Type", "image/gif").body(photo.clone())).await.status, 403);
    assert_eq!(send(client.put(&upload_url).header("Content-Type", "image/png").body(photo.clone())).await.status, 200);
    let (body, content_type) = form(&[("file", "a.png", None, &photo)]);
    let post = client
        .post(url("/providers/relaydance/v1/files"))
        .header("Content-Type", content_type)
        .header("Cookie", "cookiesecret");
    assert_eq!(send(post.body(body)).await.status, 401, "the sandbox knows only its own key");

    let body = json!({ "model": "m", "file": "http://127.0.0.1:1/a.png?token=querysecret" }).to_string();
    let post = client.post(url("/providers/onerouter/v1/upload/resources")).header("Content-Type", "application/json");
    let reply = send(post.body(body)).await;
    assert!(reply.status == 200 && !reply.text().contains("querysecret"), "{reply:?}");

    let (code, took, log) = program.stop("-TERM");
    assert_eq!(code, Some(0), "{log}");
    assert!(took < Duration::from_secs(3), "idle connections do not hold it up: {took:?}");
    let object = upload_url.split('?').next().and_then(|url| url.split_once("/mediaferry/")).expect("a path").1;
    for line in [
        format!("gateway: method=POST path={path} status=200 millis="),
        format!("storage: method=PUT path=/mediaferry/{object} status=403 millis="),
        format!("storage: method=PUT path=/mediaferry/{object} status=200 millis="),
        "gateway: method=POST path=/providers/relaydance/v1/files status=401 millis=".to_owned(),
    ] {
        assert_eq!(log.matches(&line).count(), 1, "{line} in {log}");
    }
    assert!(log.contains(&format!("bytes_in={}\n", photo.len())), "{log}");
    for secret in [KEY, "querysecret", "cookiesecret", "X-Amz", "Signature", "Bearer", "uthorization"] {
        assert!(!log.contains(secret), "{secret} is in {log}");
    }
}

#[tokio::test]
async fn the_buckets_keys_are_nowhere() {
    let variables = [
        ("MEDIAFERRY_S3_ENDPOINT", "https://s3.example"),
        ("MEDIAFERRY_S3_REGION", "north-1"),
        ("MEDIAFERRY_S3_BUCKET", "bucket-1"),
        ("MEDIAFERRY_S3_ACCESS_KEY_ID", "the-id-of-the-key"),
        ("MEDIAFERRY_S3_SECRET_ACCESS_KEY", "the+secret"),
    ];
    let program = Program::start(&variables);
    assert!(program.banner.ends_with(", staging: https://s3.example/bucket-1)\n"), "{}", program.banner);
    let ask = |body: &'static str| {
        let url = format!("{}/staging?token=querysecret", program.gateway());
        send(client().post(url).header("Content-Type", "application/json").body(body))
    };
    assert_eq!(ask(r#"{ "content_type": "image/png", "size_bytes": 9 }"#).await.status, 200);
    assert_eq!(ask("{").await.status, 400);
    let banner = program.banner.clone();
    let (code, _, log) = program.stop("-TERM");
    assert_eq!(code, Some(0), "{log}");
    for status in [200, 400] {
        let line = format!("gateway: method=POST path=/staging status={status} millis=");
        assert_eq!(log.matches(&line).count(), 1, "{log}");
    }
    let folder = TempDir::new().expect("a folder");
    let mut unusable = command(&folder);
    unusable.envs(variables).env("MEDIAFERRY_S3_ENDPOINT", "s3.example");
    let unusable = String::from_utf8(unusable.output().expect("a process").stderr).expect("text");
    assert!(unusable.contains("MEDIAFERRY_S3_ENDPOINT must be a URL"), "{unusable}");
    for text in [banner, log, unusable] {
        for secret in ["the-id-of-the-key", "the+secret", "querysecret", "X-Amz", "Signature"] {
            assert!(!text.contains(secret), "{secret} is in {text}");
        }
    }
}

#[test]
fn it_says_which_providers_there_are_and_whether_the_sandbox_is_on() {
    let variables = [("MEDIAFERRY_APIFRAME_ORIGIN", "http://127.0.0.1:1"), ("MEDIAFERRY_APIFRAME_KEY", KEY)];
    let bare = Program::start_with(&[], &variables);
    assert!(bare.gateway().starts_with("http://127.0.0.1:") && bare.banner.contains("/ (storage http://127.0.0.1:"));
    let unset = ["modelhunter", "onerouter", "worldrouter", "relaydance"].map(|id| format!("{id}: not configured, "));
    assert!(
        bare.banner.contains(&format!(", {}apiframe: http://127.0.0.1:1/, staging: ", unset.concat())),
        "{}",
        bare.banner
    );
    let (_, _, log) = bare.stop("-TERM");
    assert!(!log.contains("sandbox"), "{log}");

    let (_, _, log) = Program::start_with(&["--sandbox"], &variables).stop("-TERM");
    assert!(log.contains("the sandbox is on and imitates ModelHunter, ") && log.contains("development only"), "{log}");
    let (_, _, log) = Program::start_with(&["--sandbox", "--bind", "0.0.0.0"], &variables).stop("-TERM");
    assert!(log.contains("--sandbox with --bind 0.0.0.0"), "{log}");
}

#[tokio::test]
async fn it_stops_in_time_while_a_request_hangs() {
    let program = Program::start(&[]);
    let gateway = program.gateway().to_owned();
    let fault = json!([{ "at": "modelhunter", "fault": { "delay_millis": 60_000 } }]).to_string();
    let post =
        client().post(format!("{gateway}/sandbox/faults")).header("Content-Type", "application/json").body(fault);
    assert_eq!(send(post).await.status, 200);
    let hanging = client().post(format!("{gateway}/sandbox/modelhunter/api/v1/files/file_1/complete"));
    let hanging = tokio::spawn(common::try_send(hanging));
    tokio::time::sleep(Duration::from_millis(200)).await;
    let (code, took, log) = tokio::task::spawn_blocking(|| program.stop("-INT")).await.expect("a stop");
    assert_eq!(code, Some(0), "{log}");
    assert!((Duration::from_secs(4)..Duration::from_secs(7)).contains(&took), "{took:?}");
    assert!(hanging.await.expect("a task").is_err());
    assert!(log.contains("complete status=aborted"), "{log}");
}

#[test]
fn what_it_cannot_start_with_is_said_in_a_sentence() {
    let folder = TempDir::new().expect("a folder");
    let error = |command: &mut Command| {
        let output = command.output().expect("a process");
        assert!(!output.status.success() && output.stdout.is_empty());
        String::from_utf8(output.stderr).expect("text")
    };
    let keyless = error(command(&folder).env("MEDIAFERRY_MODELHUNTER_ORIGIN", "https://api.modelhunter.ai"));
    assert!(keyless.contains("MEDIAFERRY_MODELHUNTER_KEY must be set"), "{keyless}");

    let some =
        error(command(&folder).env("MEDIAFERRY_S3_BUCKET", "b").env("MEDIAFERRY_S3_SECRET_ACCESS_KEY", "the+secret"));
    for missing in ["MEDIAFERRY_S3_ENDPOINT", "MEDIAFERRY_S3_REGION", "MEDIAFERRY_S3_ACCESS_KEY_ID"] {
        assert!(some.contains(missing) && !some.contains("the+secret"), "{some}");
    }

    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port().to_string();
    let busy = error(command(&folder).args(["--port", &port]));
    assert!(busy.contains(&format!("127.0.0.1:{port}")) && busy.contains("--port"), "{busy}");
    let busy = error(command(&folder).args(["--storage-port", &port]));
    assert!(busy.contains(&format!("127.0.0.1:{port}")) && busy.contains("--storage-port"), "{busy}");

    let first = Program::start(&[]);
    let second = error(&mut command(&first.folder));
    assert!(second.contains("another gateway uses") && second.contains("--data"), "{second}");
}
