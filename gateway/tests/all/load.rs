//! The program under more load than its limits allow.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::common::raw::{FILES, KEY};
use crate::common::{client, send};
use crate::program::{Program, command};
use axum::Router;
use axum::extract::Request;
use axum::routing::post;
use futures::future::join_all;
use mediaferry_gateway::files;
use tokio::net::TcpListener;

/// A provider that takes a second for each request.
async fn slow_provider() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let origin = format!("http://{}", listener.local_addr().expect("an IP address"));
    let respond = async |request: Request| {
        let _ = axum::body::to_bytes(request.into_body(), 1 << 20).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        "{}"
    };
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/v1/files", post(respond))).await });
    origin
}

#[tokio::test]
async fn more_requests_than_files_never_blame_the_provider() {
    files::raise_limit();
    let origin = slow_provider().await;
    let gateway = env!("CARGO_BIN_EXE_mediaferry-gateway");
    let program = Program::spawn(
        Command::new("sh")
            .args(["-c", &format!("ulimit -n 1024; exec '{gateway}'")])
            .env_clear()
            .envs([("MEDIAFERRY_PORT", "0"), ("MEDIAFERRY_RELAYDANCE_ORIGIN", &origin)])
            .env("MEDIAFERRY_RELAYDANCE_KEY", KEY)
            .stdout(Stdio::piped())
            .stderr(Stdio::null()),
    );
    let (client, url) = (client(), format!("{}{FILES}", program.url()));
    let responses = join_all((0..600).map(|_| client.post(&url).body("form").send())).await;
    let statuses: Vec<_> = responses.into_iter().map(|response| response.expect("a response").status()).collect();
    let count = |status: u16| statuses.iter().filter(|got| got.as_u16() == status).count();
    assert_eq!(count(200) + count(503), 600, "{statuses:?}");
    assert!(count(200) >= 448, "{}", count(200));
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_gateway_without_free_files_says_so_and_blames_itself() {
    let program = Program::spawn(
        command().env("MEDIAFERRY_RELAYDANCE_ORIGIN", slow_provider().await).env("MEDIAFERRY_RELAYDANCE_KEY", KEY),
    );
    let client = client();
    let health = client.get(format!("{}/healthz", program.url())).send().await.expect("a response");
    assert_eq!(health.text().await.expect("text"), "ok");
    let pid = program.child.id().cast_signed();
    let open = |file: &u64| std::path::Path::new(&format!("/proc/{pid}/fd/{file}")).symlink_metadata().is_ok();
    let free = (0..1000).find(|file| !open(file)).expect("a free number");
    rlimit::prlimit(pid, rlimit::Resource::NOFILE, Some((free, free)), None).expect("a limit");
    let url = format!("{}{FILES}", program.url());
    // On the connection that is open already.
    let response = send(client.post(&url).body("form")).await;
    assert_eq!((response.status, response.header("retry-after")), (503.try_into().expect("a status"), "2"));
    assert_eq!(response.json()["error"]["code"], "overloaded");
    assert_eq!(response.json()["error"]["sent"], false);
    let waiting = crate::common::client().get(format!("{}/healthz", program.url())).send();
    assert!(tokio::time::timeout(Duration::from_millis(500), waiting).await.is_err(), "it cannot be accepted");
    let (_, _, log) = program.stop("-TERM");
    assert!(log.contains(" status=503 ") && log.contains(" fault=\"gateway\""), "{log}");
    assert!(log.contains("cannot connect provider=\"relaydance\" reason="), "{log}");
    assert_eq!(log.matches("cannot accept connections error=").count(), 1, "{log}");
}

#[tokio::test]
async fn a_log_that_nothing_reads_delays_no_request_and_counts_dropped_lines() {
    const REQUESTS: usize = 10_000;
    let mut program = Program::spawn(&mut command());
    let (client, url) = (client(), format!("{}/healthz", program.url()));
    let start = Instant::now();
    let served = join_all((0..10).map(|_| async {
        let mut served = 0;
        for _ in 0..REQUESTS / 10 {
            served += usize::from(client.get(&url).send().await.is_ok_and(|response| response.status() == 200));
        }
        served
    }));
    assert_eq!(served.await.into_iter().sum::<usize>(), REQUESTS);
    assert!(start.elapsed() < Duration::from_mins(1), "{:?}", start.elapsed());
    let log = BufReader::new(program.child.stderr.take().expect("stderr"));
    let reported = tokio::task::spawn_blocking(move || {
        log.lines().map_while(Result::ok).find(|line| line.contains("dropped log lines"))
    });
    // The queue is full until the log is read, and the next report follows within 10 seconds.
    let reported = tokio::time::timeout(Duration::from_secs(25), reported).await.expect("a report in time");
    let line = reported.expect("no panic").expect("a line");
    let dropped = line.rsplit("lines=").next().and_then(|lines| lines.parse::<usize>().ok()).expect("a number");
    assert!(dropped > 0 && dropped < REQUESTS, "{line}");
}
