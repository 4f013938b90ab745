//! Tickets: requests, rejection by storage, renewals and malformed responses.

use mediaferry::error::{Error, ErrorCode};
use mediaferry::upload::{EXPIRY_MARGIN_MILLIS, Failure, MAX_RENEWALS, Stage};
use mediaferry_testing::script::{NOW, Outcome, failure, refusal, status};

use crate::{COMPLETE, PUT, TICKET, completed, denied, modelhunter, stored, ticket};

const SECOND_PUT: &str = "PUT https://storage.modelhunter.ai/second";

/// A ticket for [`SECOND_PUT`] that ends so long after the script's beginning.
fn second_ticket(ends_after_seconds: u64) -> Outcome {
    let (minutes, seconds) = (ends_after_seconds / 60, ends_after_seconds % 60);
    status(
        200,
        format!(
            r#"{{"success":true,"data":{{"upload_url":"https://storage.modelhunter.ai/second","file_id":"file_abc123",
            "expires_at":"2025-01-15T10:{minutes:02}:{seconds:02}Z"}}}}"#
        ),
    )
}

#[test]
fn put_403_requests_a_new_ticket() {
    let trace = modelhunter()
        .on(TICKET, ticket())
        .on(PUT, denied())
        .on(TICKET, second_ticket(900))
        .on(SECOND_PUT, stored())
        .on(COMPLETE, completed())
        .run();
    assert_eq!(trace.result().asset.id.as_deref(), Some("file_abc123"));
    assert_eq!(
        trace.stages(),
        [Stage::Inspect, Stage::Ticket, Stage::Transfer, Stage::Ticket, Stage::Transfer, Stage::Hash, Stage::Submit]
    );
    assert_eq!(trace.sleeps(), [], "a fresh URL need not be waited for");
}

#[test]
fn put_403_after_the_last_renewal_is_ticket_expired() {
    let mut script = modelhunter().on(TICKET, ticket()).on(PUT, denied());
    for _ in 0..MAX_RENEWALS {
        script = script.on(TICKET, ticket()).on(PUT, denied());
    }
    let trace = script.run();
    assert_eq!(trace.error(), &Error::TicketExpired(refusal(403, Some("AccessDenied".to_owned()), None)));
    assert_eq!((trace.stage, trace.request_lines().len()), (Stage::Transfer, 6));
}

#[test]
fn network_failures_do_not_reset_the_renewal_count() {
    // Failures of the network in between must not give new renewals.
    let trace = modelhunter()
        .on(TICKET, ticket())
        .on(PUT, denied())
        .on(TICKET, ticket())
        .on(PUT, failure(Failure::Network))
        .on(PUT, denied())
        .on(TICKET, failure(Failure::Network))
        .on(TICKET, ticket())
        .on(PUT, denied())
        .run();
    assert_eq!(trace.error(), &Error::TicketExpired(refusal(403, Some("AccessDenied".to_owned()), None)));
}

#[test]
fn put_400_renews_the_ticket_only_after_its_expiry() {
    let refused = status(400, "<Error><Code>AccessDenied</Code></Error>");
    let trace = modelhunter().on(TICKET, second_ticket(60)).on(SECOND_PUT, refused.clone()).lasting(59_000).run();
    assert_eq!(trace.error(), &Error::Refused(refusal(400, Some("AccessDenied".to_owned()), None)));

    let trace = modelhunter()
        .on(TICKET, second_ticket(60))
        .on(SECOND_PUT, refused)
        .lasting(61_000)
        .on(TICKET, ticket())
        .on(PUT, stored())
        .on(COMPLETE, completed())
        .run();
    assert_eq!(trace.request_lines().len(), 5);
}

#[test]
fn ticket_about_to_expire_is_renewed_before_the_retry() {
    let near = modelhunter()
        .on(TICKET, second_ticket(60))
        .on(SECOND_PUT, failure(Failure::Network))
        .lasting(55_000)
        .on(TICKET, ticket())
        .on(PUT, stored())
        .on(COMPLETE, completed())
        .run();
    assert_eq!(near.retries().iter().map(|(error, ..)| *error).collect::<Vec<_>>(), [ErrorCode::Network]);

    let far = modelhunter()
        .on(TICKET, second_ticket(60))
        .on(SECOND_PUT, failure(Failure::Network))
        .lasting(45_000)
        .on(SECOND_PUT, stored())
        .on(COMPLETE, completed())
        .run();
    assert_eq!(far.request_lines().len(), 4);
}

#[test]
fn ticket_is_renewed_from_exactly_the_expiry_margin() {
    // Seed 42 waits 73 ms after the first failure; the ticket takes 100 ms.
    let put_takes = 60_000 - EXPIRY_MARGIN_MILLIS - 73 - 100;
    let script = |late| {
        modelhunter().on(TICKET, second_ticket(60)).on(SECOND_PUT, failure(Failure::Network)).lasting(put_takes + late)
    };
    let in_time = script(0).on(SECOND_PUT, stored()).on(COMPLETE, completed()).run();
    assert_eq!(in_time.sleeps().iter().map(|(millis, _)| *millis).collect::<Vec<_>>(), [73]);
    let late = script(1).on(TICKET, ticket()).on(PUT, stored()).on(COMPLETE, completed()).run();
    assert_eq!(late.request_lines().len(), 5);
    assert!(in_time.now > NOW + put_takes);
}

#[test]
fn ticket_expired_on_arrival_is_still_used() {
    // To this browser every ticket has ended already.
    let old = || second_ticket(0);
    let fails = || failure(Failure::Network);
    let trace = modelhunter()
        .on(TICKET, old())
        .on(SECOND_PUT, fails())
        .on(SECOND_PUT, fails())
        .on(SECOND_PUT, stored())
        .on(COMPLETE, completed())
        .run();
    assert_eq!(trace.result().asset.id.as_deref(), Some("file_abc123"));
}

#[test]
fn ticket_401_ends_the_upload_without_a_retry() {
    let trace = modelhunter().on(TICKET, status(401, "{}")).run();
    assert_eq!((trace.error(), trace.stage), (&Error::Unauthenticated(refusal(401, None, None)), Stage::Ticket));
    assert_eq!(trace.retries(), []);
}

#[test]
fn malformed_ticket_ends_the_upload() {
    let data = |data: &str| status(200, format!(r#"{{"success":true,"data":{data}}}"#));
    let malformed = [
        (status(200, "<html>"), "body"),
        (status(200, "{}"), "success"),
        (status(200, r#"{"success":"true"}"#), "success"),
        (status(200, r#"{"success":true}"#), "data"),
        (data(r#"{"file_id":"file_abc123"}"#), "upload_url"),
        (data(r#"{"upload_url":"","file_id":"file_abc123"}"#), "upload_url"),
        (data(r#"{"upload_url":"/uploads/1","file_id":"file_abc123"}"#), "upload_url"),
        (data(r#"{"upload_url":"javascript:alert(1)","file_id":"file_abc123"}"#), "upload_url"),
        (data(r#"{"upload_url":"https://a.example/1"}"#), "file_id"),
        (data(r#"{"upload_url":"https://a.example/1","file_id":[7]}"#), "file_id"),
        (data(r#"{"upload_url":"https://a.example/1","file_id":"../../account"}"#), "file_id"),
        (data(r#"{"upload_url":"https://a.example/1","file_id":""}"#), "file_id"),
        (status(302, ""), "status"),
    ];
    for (outcome, what) in malformed {
        let trace = modelhunter().on(TICKET, outcome).run();
        assert!(matches!(trace.error(), Error::MalformedResponse { what: wrong, .. } if *wrong == what), "{what}");
    }
    let trace = modelhunter().on(TICKET, failure(Failure::ResponseTooLong)).run();
    assert_eq!(trace.error(), &Error::MalformedResponse { what: "body length".into(), status: None });
}

#[test]
fn ticket_200_with_success_false_is_refused() {
    let trace = modelhunter().on(TICKET, status(200, r#"{"success":false,"error":{"code":"NO_SPACE"}}"#)).run();
    assert_eq!(trace.error(), &Error::Refused(refusal(200, Some("NO_SPACE".to_owned()), None)));
}

#[test]
fn put_error_is_reported_by_its_code_without_the_signature() {
    let s3_error = |code: &str| format!("<Error><Code>{code}</Code><Message>X-Amz-Signature=xxx</Message></Error>");
    for (http, body, error) in [
        (400, s3_error("BadDigest"), Error::Refused(refusal(400, Some("BadDigest".to_owned()), None))),
        (401, s3_error("Unauthorized"), Error::Refused(refusal(401, Some("Unauthorized".to_owned()), None))),
        (404, String::new(), Error::Refused(refusal(404, None, None))),
        (413, String::new(), Error::TooLarge(refusal(413, None, None))),
        (302, String::new(), Error::MalformedResponse { what: "status".into(), status: Some(302) }),
    ] {
        let trace = modelhunter().on(TICKET, ticket()).on(PUT, status(http, body)).run();
        assert_eq!((trace.error(), trace.stage), (&error, Stage::Transfer));
        assert!(!format!("{:?}", trace.error()).contains("X-Amz"));
    }
}
