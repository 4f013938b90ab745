//! `mediaferry-gateway abort-uploads`.

use axum::body::Bytes;
use jiff::Timestamp;

use crate::common::bucket::{self, Behaviour, SECRET};
use crate::common::multipart::{BEGUN, Operation};
use crate::program::command;

/// Runs the command; returns its exit code and its output.
async fn abort_uploads(endpoint: &str, args: &[&str]) -> (Option<i32>, String) {
    let variables = bucket::variables(endpoint).map(|(name, value)| (name.to_owned(), value.to_owned()));
    let args: Vec<_> = args.iter().map(|arg| (*arg).to_owned()).collect();
    let run = move || command().arg("abort-uploads").args(args).envs(variables).output();
    let output = tokio::task::spawn_blocking(run).await.expect("a task").expect("a process");
    let text = String::from_utf8([output.stdout, output.stderr].concat()).expect("text");
    for secret in [SECRET, "X-Amz", "id-"] {
        assert!(!text.contains(secret), "{secret} is in {text}");
    }
    (output.status.code(), text)
}

/// The key of an upload of the gateway.
fn own(digit: char) -> String {
    format!("/bucket-1/staging/apiframe-{}.png?id-{digit}", digit.to_string().repeat(64))
}

#[tokio::test]
async fn old_uploads_of_the_gateway_are_aborted_and_no_others() {
    let (endpoint, objects) = bucket::start(Behaviour::default()).await;
    let foreign = ["/bucket-1/staging/holiday.png?id-7".to_owned(), "/bucket-1/other/a.png?id-8".to_owned()];
    let fill = || {
        let mut objects = objects.lock().expect("objects");
        objects
            .extend([own('1'), own('2'), own('3')].into_iter().chain(foreign.clone()).map(|key| (key, Bytes::new())));
    };
    let left = || {
        let mut left: Vec<_> = objects.lock().expect("objects").keys().cloned().collect();
        left.sort();
        left
    };
    let age = Timestamp::now().duration_since(BEGUN.parse().expect("a time")).as_hours();
    fill();
    let older = format!("{}h", age + 1);
    let (code, text) = abort_uploads(&endpoint, &["--older-than", &older]).await;
    assert_eq!((code, text.as_str()), (Some(0), "0 aborted, 3 not old enough, 0 failed\n"));
    assert_eq!(left().len(), 5);
    for args in [vec!["--older-than", "90m"], vec![]] {
        fill();
        let (code, text) = abort_uploads(&endpoint, &args).await;
        assert_eq!((code, text.as_str()), (Some(0), "3 aborted, 0 not old enough, 0 failed\n"));
        assert_eq!(left(), [foreign[1].clone(), foreign[0].clone()]);
    }
}

#[tokio::test]
async fn what_is_missing_is_named() {
    for (operation, code, text) in [
        (Operation::ListUploads, 1, "the key needs s3:ListBucketMultipartUploads"),
        (
            Operation::Abort,
            1,
            "0 aborted, 0 not old enough, 1 failed: status 403 AccessDenied; the key needs s3:AbortMultipartUpload",
        ),
    ] {
        let (endpoint, objects) = bucket::start(Behaviour { rejected: Some(operation), ..Behaviour::default() }).await;
        objects.lock().expect("objects").insert(own('1'), Bytes::new());
        let (exit, printed) = abort_uploads(&endpoint, &[]).await;
        assert!(exit == Some(code) && printed.contains(text), "{exit:?} {printed}");
    }
    let (code, text) = abort_uploads("https://s3.example", &["--older-than", "tomorrow"]).await;
    assert!(code == Some(2) && text.contains("tomorrow"), "{text}");
    let output = command().arg("abort-uploads").output().expect("a process");
    let text = String::from_utf8(output.stderr).expect("text");
    assert!(output.status.code() == Some(1) && text.contains("set the s3 settings"), "{text}");
}

#[tokio::test]
async fn a_negative_age_is_refused() {
    let (endpoint, objects) = bucket::start(Behaviour::default()).await;
    objects.lock().expect("objects").insert(own('1'), Bytes::new());
    let (code, text) = abort_uploads(&endpoint, &["--older-than=-1h"]).await;
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("must not be negative"), "{text}");
    assert_eq!(objects.lock().expect("objects").len(), 1);
}
