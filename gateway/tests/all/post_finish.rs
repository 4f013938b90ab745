//! The `post-finish` hook: delivered at least once, from a folder or from Valkey.

use std::collections::HashSet;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::http::StatusCode;
use axum::response::IntoResponse;
use mediaferry_gateway::hooks::{
    Finished, FinishedAsset, HookOutcome, Hooks, HooksConfig, HooksError, Outcome, SpoolError,
};
use serde_json::json;
use tokio::time::sleep;

use crate::common::log::Lines;
use crate::receiver::{Receiver, config, is_valid, secret, start, until};
use crate::valkey::Server;

/// Names the folder for [`child_that_stores_events`].
const CHILD: &str = "MEDIAFERRY_TEST_SPOOL";

fn event(subject: &str) -> Finished {
    let mut event = Finished::new(subject.to_owned(), Some("apiframe".to_owned()), Outcome::Succeeded);
    event.asset = Some(FinishedAsset { id: Some("file_1".to_owned()), url: None });
    event.sha256 = Some("ab".repeat(32));
    event
}

fn in_folder(receiver: &Receiver, folder: &Path) -> HooksConfig {
    HooksConfig { spool: Some(folder.to_owned()), ..config(receiver) }
}

/// The number of files in a folder.
fn files(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).expect("a folder");
    entries.filter(|entry| entry.as_ref().is_ok_and(|entry| entry.path().extension().is_some())).count()
}

#[tokio::test]
async fn event_is_delivered_once_with_a_valid_signature_and_then_deleted() {
    let (receiver, folder) = (Receiver::start().await, tempfile::tempdir().expect("a folder"));
    let hooks = start(&in_folder(&receiver, folder.path())).await;
    let event = event("ada");
    hooks.finished(&event).await.expect("stored");
    until("counted", || hooks.counts().get(HookOutcome::Delivered) == 1).await;
    assert_eq!(files(folder.path()), 0);
    let requests = receiver.received();
    let [request] = requests.as_slice() else { panic!("{} requests", requests.len()) };
    assert_eq!((request.id.as_str(), &request.body["type"]), (event.id(), &json!("post-finish")));
    assert_eq!(
        request.body["data"],
        json!({
            "subject": "ada", "provider": "apiframe", "asset": { "id": "file_1", "url": null }, "sha256": "ab".repeat(32),
            "outcome": "succeeded",
        })
    );
    assert!(is_valid(request, &secret(1)) && !is_valid(request, &secret(2)));
}

#[tokio::test]
async fn events_survive_a_receiver_that_is_down_and_a_restart() {
    let (receiver, folder) = (Receiver::start().await, tempfile::tempdir().expect("a folder"));
    let config = in_folder(&receiver, folder.path());
    let down = Arc::new(AtomicBool::new(true));
    let is_down = Arc::clone(&down);
    receiver.respond(move |_| {
        if is_down.load(Ordering::Relaxed) { StatusCode::BAD_GATEWAY } else { StatusCode::OK }.into_response()
    });
    let events: Vec<_> = (0..20).map(|number| event(&format!("user {number}"))).collect();
    let hooks = start(&config).await;
    for event in &events {
        hooks.finished(event).await.expect("stored");
    }
    until("sent three times each", || receiver.ids().values().filter(|times| **times >= 3).count() == 20).await;
    assert!(matches!(Hooks::start(config.clone(), None), Err(HooksError::Spool(SpoolError::InUse(_)))));
    drop(hooks);
    let _hooks = start(&config).await;
    down.store(false, Ordering::Relaxed);
    until("delivered", || files(folder.path()) == 0).await;
    assert!(receiver.received().iter().all(|request| is_valid(request, &secret(1))));
    let expected: HashSet<_> = events.iter().map(|event| event.id().to_owned()).collect();
    assert_eq!(receiver.ids().into_keys().collect::<HashSet<_>>(), expected);
}

/// Run by [`no_event_is_lost_if_the_process_is_killed`] in a process of its own.
#[tokio::test]
#[ignore = "not a test of its own"]
async fn child_that_stores_events() {
    let Some(folder) = std::env::var_os(CHILD) else { return };
    let config = HooksConfig {
        post_finish: "http://127.0.0.1:1/".parse().ok(),
        spool: Some(folder.into()),
        ..HooksConfig::default()
    };
    let hooks = start(&config).await;
    loop {
        let event = event("ada");
        hooks.finished(&event).await.expect("stored");
        println!("stored {}", event.id());
    }
}

#[tokio::test]
async fn no_event_is_lost_if_the_process_is_killed() {
    let (receiver, folder) = (Receiver::start().await, tempfile::tempdir().expect("a folder"));
    let mut stored = HashSet::new();
    for kill_after in [1, 20, 57] {
        let mut command = Command::new(std::env::current_exe().expect("this program"));
        command
            .args(["--exact", "post_finish::child_that_stores_events", "--ignored", "--nocapture"])
            .env(CHILD, folder.path());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("a child");
        let lines = BufReader::new(child.stdout.take().expect("its output")).lines().map_while(Result::ok);
        let mut ids = lines.filter_map(|line| line.split_once("stored ").map(|(_, id)| id.to_owned()));
        stored.extend(ids.by_ref().take(kill_after));
        child.kill().expect("a running child");
        child.wait().expect("an exit");
        stored.extend(ids);
    }
    assert!(stored.len() >= 78, "{}", stored.len());
    std::fs::write(folder.path().join("0000000000001-fin_x.tmp"), "incomplete").expect("a file");
    let _hooks = start(&in_folder(&receiver, folder.path())).await;
    until("delivered", || files(folder.path()) == 0).await;
    let lost: Vec<_> = stored.difference(&receiver.ids().into_keys().collect()).cloned().collect();
    assert_eq!(lost, Vec::<String>::new());
}

#[tokio::test]
async fn corrupt_file_is_set_aside_and_the_others_are_delivered() {
    let (receiver, folder) = (Receiver::start().await, tempfile::tempdir().expect("a folder"));
    for (name, text) in [
        ("0000000000001-fin_a.json", ""),
        ("0000000000002-fin_b.json", "{\"id\":\"fin_b\",\"crea"),
        ("fin_c.json", "{\"id\":\"fin_c\",\"created_millis\":3,\"body\":\"{}\"}"),
    ] {
        std::fs::write(folder.path().join(name), text).expect("a file");
    }
    let hooks = start(&in_folder(&receiver, folder.path())).await;
    let event = event("ada");
    hooks.finished(&event).await.expect("stored");
    until("delivered", || hooks.counts().get(HookOutcome::Delivered) == 1).await;
    assert_eq!(receiver.ids().into_keys().collect::<Vec<_>>(), [event.id()]);
    assert_eq!((files(&folder.path().join("corrupt")), hooks.counts().get(HookOutcome::Corrupt)), (3, 3));
}

#[tokio::test]
async fn event_is_given_up_at_410_or_when_it_is_too_old() {
    let (receiver, folder) = (Receiver::start().await, tempfile::tempdir().expect("a folder"));
    receiver.respond(|request| {
        if request.body["data"]["subject"] == "gone" { StatusCode::GONE } else { StatusCode::NOT_FOUND }.into_response()
    });
    let config = HooksConfig { give_up: Some(Duration::from_millis(500)), ..in_folder(&receiver, folder.path()) };
    let hooks = start(&config).await;
    let (gone, old) = (event("gone"), event("old"));
    hooks.finished(&gone).await.expect("stored");
    hooks.finished(&old).await.expect("stored");
    until("given up", || hooks.counts().get(HookOutcome::Dead) == 2).await;
    let ids = receiver.ids();
    assert_eq!(ids[gone.id()], 1);
    assert!((3..15).contains(&ids[old.id()]), "{}", ids[old.id()]);
    assert_eq!((files(folder.path()), files(&folder.path().join("dead"))), (0, 2));
}

#[tokio::test]
async fn slow_receiver_gets_a_bounded_number_of_requests_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    let connections = Arc::new(Mutex::new(Vec::new()));
    let most = Arc::new(AtomicUsize::new(0));
    let (accepted, peak) = (Arc::clone(&connections), Arc::clone(&most));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let mut open = accepted.lock().expect("a list");
            open.retain(|stream: &tokio::net::TcpStream| {
                // A request without the end of the connection is still in progress.
                !matches!(stream.try_read(&mut [0; 4096]), Ok(0))
            });
            open.push(stream);
            peak.fetch_max(open.len(), Ordering::Relaxed);
        }
    });
    let receiver = Receiver::start().await;
    let config =
        HooksConfig { post_finish: url.parse().ok(), concurrency: Some(3), ..in_folder(&receiver, folder.path()) };
    let hooks = start(&config).await;
    for _ in 0..20 {
        hooks.finished(&event("ada")).await.expect("stored");
    }
    until("time-outs", || hooks.counts().get(HookOutcome::Retried) >= 9).await;
    assert_eq!((files(folder.path()), most.load(Ordering::Relaxed) <= 6), (20, true), "{most:?}");
}

#[tokio::test]
async fn without_a_hook_nothing_is_stored_and_without_a_spool_nothing_starts() {
    let receiver = Receiver::start().await;
    let hooks = start(&HooksConfig { post_finish: None, ..config(&receiver) }).await;
    hooks.finished(&event("ada")).await.expect("nothing to do");
    assert!(matches!(Hooks::start(config(&receiver), None), Err(HooksError::NoSpool)));
}

#[tokio::test]
async fn instances_on_one_server_deliver_each_event_once() {
    let (Some(server), receiver) = (Server::start().await, Receiver::start().await) else { return };
    let [one, two] = [0; 2].map(|_| Hooks::start(config(&receiver), Some(&server.connect())).expect("hooks"));
    let events: Vec<_> = (0..100).map(|number| event(&format!("user {number}"))).collect();
    for (number, event) in events.iter().enumerate() {
        if number % 2 == 0 { &one } else { &two }.finished(event).await.expect("stored");
    }
    let delivered = || [&one, &two].map(|hooks| hooks.counts().get(HookOutcome::Delivered));
    until("delivered", || delivered().iter().sum::<u64>() >= 100).await;
    sleep(Duration::from_millis(200)).await;
    assert!(delivered().iter().all(|count| *count > 0), "{:?}", delivered());
    let ids = receiver.ids();
    let repeated = ids.values().filter(|times| **times != 1).count();
    assert_eq!(repeated, 0);
    assert_eq!(ids.into_keys().collect::<HashSet<_>>(), events.iter().map(|event| event.id().to_owned()).collect());
}

#[tokio::test]
async fn event_of_a_crashed_instance_is_delivered_by_another() {
    let (Some(mut server), receiver) = (Server::start().await, Receiver::start().await) else { return };
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/", silent.local_addr().expect("an address"));
    let crashing = HooksConfig { post_finish: url.parse().ok(), ..config(&receiver) };
    let crashing = Hooks::start(crashing, Some(&server.connect())).expect("hooks");
    let event = event("ada");
    crashing.finished(&event).await.expect("stored");
    silent.accept().await.expect("its request");
    drop(crashing);
    server.restart().await;
    let other = Hooks::start(config(&receiver), Some(&server.connect())).expect("hooks");
    sleep(Duration::from_millis(500)).await;
    assert!(receiver.ids().is_empty(), "the lease of the crashed instance");
    until("delivered", || other.counts().get(HookOutcome::Delivered) == 1).await;
    assert_eq!(receiver.ids().into_keys().collect::<Vec<_>>(), [event.id()]);
}

#[tokio::test]
async fn shared_spool_reports_that_an_event_is_not_durable() {
    let (Some(mut server), receiver) = (Server::start().await, Receiver::start().await) else { return };
    let hooks = Hooks::start(config(&receiver), Some(&server.connect())).expect("hooks");
    server.kill();
    let event = event("ada");
    assert!(matches!(hooks.finished(&event).await, Err(SpoolError::Unavailable(_))));
    server.restart().await;
    hooks.finished(&event).await.expect("stored");
    until("delivered", || hooks.counts().get(HookOutcome::Delivered) == 1).await;
}

#[tokio::test]
async fn event_whose_file_is_gone_is_dropped() {
    let (receiver, folder) = (Receiver::start().await, tempfile::tempdir().expect("a folder"));
    let log = Lines::capture();
    receiver.respond(|_| StatusCode::BAD_GATEWAY.into_response());
    let slow = Some(Duration::from_millis(200));
    let hooks = start(&HooksConfig { first_retry: slow, ..in_folder(&receiver, folder.path()) }).await;
    let event = event("ada");
    hooks.finished(&event).await.expect("stored");
    until("sent", || hooks.counts().get(HookOutcome::Retried) == 1).await;
    for entry in std::fs::read_dir(folder.path()).expect("a folder").map(|entry| entry.expect("an entry")) {
        if entry.path().extension().is_some() {
            std::fs::remove_file(entry.path()).expect("a file");
        }
    }
    until("logged", || log.with("no longer in the spool").len() == 1).await;
    assert_eq!((receiver.ids()[event.id()], log.with("ERROR")), (1, Vec::<String>::new()));
}
