//! Our own bucket on the way to a provider that fetches: what is signed, and how often.

use mediaferry::error::{Error, ErrorCode};
use mediaferry::rules::{Rule, Value, Violation};
use mediaferry::upload::{Failure, MAX_RENEWALS, Stage};
use mediaferry_testing::script::Meanwhile::{Cancel, HashComplete};
use mediaferry_testing::script::UploadTrace;
use mediaferry_testing::script::{Outcome, Script, failure, refusal, status};
use serde_json::json;

use crate::provider_responses::{
    CREATE, PHOTO_SHA256, STAGED, STAGING, STATUS, UPLOAD, apiframe, onerouter_by_url, resource, staged,
    staged_with_checksum,
};
use crate::{SIZE, denied, stored};

/// The rest of `OneRouter`'s upload once staging has the photo.
fn submitted(script: Script) -> UploadTrace {
    script.on(UPLOAD, resource("processing", &[])).on(STATUS, resource("active", &[])).run()
}

/// The checksums that were sent to be signed, in order.
fn signed(trace: &UploadTrace) -> Vec<serde_json::Value> {
    let lines = trace.request_lines();
    let tickets = (0..lines.len()).filter(|at| lines[*at] == STAGING);
    tickets.map(|at| trace.json(at)["sha256"].clone()).collect()
}

fn checksum_header(trace: &UploadTrace, request: usize) -> Option<&str> {
    let headers = &trace.requests()[request].headers;
    headers.iter().find(|(name, _)| name == "x-amz-checksum-sha256").map(|(_, value)| value.as_str())
}

#[test]
fn renewed_ticket_signs_the_checksum_once_it_is_known() {
    let script = onerouter_by_url().on(STAGING, staged()).on(STAGED, denied()).meanwhile(&[HashComplete]);
    let trace = submitted(script.on(STAGING, staged_with_checksum()).on(STAGED, stored()));
    assert_eq!(signed(&trace), [json!(null), json!(*PHOTO_SHA256)]);
    let signature = Some("n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=");
    assert_eq!((checksum_header(&trace, 1), checksum_header(&trace, 3)), (None, signature));
}

#[test]
fn repeated_ticket_request_includes_a_checksum_computed_meanwhile() {
    let script =
        onerouter_by_url().on(STAGING, status(503, "")).meanwhile(&[HashComplete]).on(STAGING, staged_with_checksum());
    let trace = submitted(script.on(STAGED, stored()));
    assert_eq!(signed(&trace), [json!(null), json!(*PHOTO_SHA256)]);
    assert_eq!(trace.hashes(), 0);
}

#[test]
fn staging_put_403_after_the_last_renewal_is_ticket_expired() {
    let first = apiframe().on(STAGING, staged()).on(STAGED, denied());
    let trace = (0..MAX_RENEWALS).fold(first, |script, _| script.on(STAGING, staged()).on(STAGED, denied())).run();
    assert_eq!(
        (trace.error(), trace.stage),
        (&Error::TicketExpired(refusal(403, Some("AccessDenied".to_owned()), None)), Stage::Transfer)
    );
    assert_eq!((trace.request_lines().len(), trace.is_outcome_unknown), (6, false));
}

#[test]
fn staging_ticket_about_to_expire_is_renewed_before_the_retry() {
    // It ends a quarter of an hour after the beginning.
    for (takes, renewed) in [(880_000, false), (890_000, true)] {
        let script = onerouter_by_url().on(STAGING, staged()).on(STAGED, failure(Failure::Network)).lasting(takes);
        let script = if renewed { script.on(STAGING, staged()) } else { script };
        let trace = submitted(script.on(STAGED, stored()));
        assert_eq!(trace.retries().first().map(|(code, ..)| *code), Some(ErrorCode::Network));
    }
}

#[test]
fn staging_ticket_already_expired_on_arrival_is_tried_before_renewal() {
    // Storage's clock decides, not the browser's.
    let script = onerouter_by_url().on(STAGING, staged()).lasting(2_000_000).on(STAGED, stored());
    assert_eq!(submitted(script).retries(), []);
    let script = onerouter_by_url().on(STAGING, staged()).lasting(2_000_000).on(STAGED, status(400, ""));
    let trace = submitted(script.on(STAGING, staged()).on(STAGED, stored()));
    assert_eq!(signed(&trace).len(), 2, "a 400 after the ticket's end speaks of the ticket");
}

#[test]
fn staging_413_with_a_limit_is_a_max_bytes_violation() {
    let body = r#"{"error":{"code":"too_large","message":"No.","size":2048576,"limit":2000000}}"#;
    let trace = apiframe().on(STAGING, status(413, body)).run();
    let (actual, limit) = (Value::Number(2_048_576.0), Value::Number(2_000_000.0));
    assert_eq!(trace.error(), &Error::Rejected(vec![Violation { rule: Rule::MaxBytes, actual, limit }]));
    assert_eq!((trace.stage, trace.is_outcome_unknown, trace.retries()), (Stage::Ticket, false, vec![]));
    let trace = apiframe().on(STAGING, status(413, "<html>")).run();
    assert_eq!(trace.error(), &Error::TooLarge(refusal(413, None, None)));
}

#[test]
fn malformed_staging_ticket_ends_the_upload() {
    let tickets: [(Outcome, &str); 6] = [
        (status(200, "<html>"), "body"),
        (status(200, "{}"), "put_url"),
        (status(200, r#"{"put_url":"https://a.example/1"}"#), "headers"),
        (status(200, r#"{"put_url":"https://a.example/1","headers":[]}"#), "get_url"),
        (status(200, r#"{"put_url":"https://a.example/1","headers":[],"get_url":"/1"}"#), "get_url"),
        (failure(Failure::ResponseTooLong), "body length"),
    ];
    for (outcome, what) in tickets {
        let trace = apiframe().on(STAGING, outcome).run();
        assert!(matches!(trace.error(), Error::MalformedResponse { what: wrong, .. } if *wrong == what), "{what}");
        assert!(!trace.is_outcome_unknown);
    }
}

#[test]
fn staging_failure_never_leaves_the_outcome_unknown() {
    for (outcome, code) in [
        (status(400, "<Error><Code>BadDigest</Code></Error>"), ErrorCode::Refused),
        (status(401, ""), ErrorCode::Refused),
        (status(413, ""), ErrorCode::TooLarge),
        (status(302, ""), ErrorCode::MalformedResponse),
    ] {
        let trace = apiframe().on(STAGING, staged()).on(STAGED, outcome).run();
        assert_eq!((trace.error().code(), trace.stage, trace.is_outcome_unknown), (code, Stage::Transfer, false));
    }
    for fails in [Failure::Network, Failure::Stalled, Failure::Timeout] {
        let trace = apiframe().on(STAGING, staged()).forever(STAGED, &failure(fails)).run();
        assert_eq!((trace.error(), trace.is_outcome_unknown), (&Error::from(fails), false));
        let trace = apiframe().forever(STAGING, &failure(fails)).run();
        assert_eq!((trace.error(), trace.is_outcome_unknown), (&Error::from(fails), false));
    }
}

#[test]
fn staging_412_means_stored_if_the_ticket_must_not_replace_an_object() {
    let ticket = |headers: &[(&str, &str)]| {
        let headers: Vec<_> = headers.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
        let mut ticket: serde_json::Value =
            serde_json::from_slice(include_bytes!("../fixtures/staging/ticket.json")).expect("JSON");
        ticket["headers"] = headers.into();
        status(200, ticket.to_string())
    };
    let exists = || status(412, "<Error><Code>PreconditionFailed</Code></Error>");
    // The response to the first PUT is lost; or a browser has repeated it itself.
    for first in [Some(failure(Failure::Network)), None] {
        let script = onerouter_by_url().on(STAGING, ticket(&[("If-None-Match", "*"), ("x-amz-acl", "private")]));
        let script = first.into_iter().fold(script, |script, lost| script.on(STAGED, lost));
        let trace = submitted(script.on(STAGED, exists()));
        assert!(trace.result().asset.id.is_some());
        assert!(trace.requests()[1].headers.contains(&("If-None-Match".to_owned(), "*".to_owned())));
    }
    let trace = apiframe().on(STAGING, ticket(&[("x-amz-acl", "private")])).on(STAGED, exists()).run();
    let refused = refusal(412, Some("PreconditionFailed".to_owned()), None);
    assert_eq!((trace.error(), trace.stage), (&Error::Refused(refused), Stage::Transfer));
}

#[test]
fn debug_of_a_staging_request_omits_the_signature() {
    let trace = apiframe().on(STAGING, staged()).on(STAGED, stored()).on(CREATE, stored()).meanwhile(&[Cancel]).run();
    assert!(!format!("{:?}", trace.requests()[1]).contains("X-Amz"));
    assert_eq!(trace.json(0)["size_bytes"], json!(SIZE));
}
