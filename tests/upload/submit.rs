//! The submit request, and the comparison of the reported metadata with the file.

use mediaferry::error::{Error, ErrorCode};
use mediaferry::upload::{Failure, Stage};
use mediaferry_testing::script::UploadTrace;
use mediaferry_testing::script::{Outcome, failure, refusal, status};

use crate::{COMPLETE, FORM, PUT, TICKET, modelhunter, relaydance, stored, ticket};

fn complete_with(outcome: Outcome) -> UploadTrace {
    modelhunter().on(TICKET, ticket()).on(PUT, stored()).on(COMPLETE, outcome).run()
}

/// The page's outcome with something else in it.
fn but(from: &str, to: &str) -> Outcome {
    let outcome = include_str!("../fixtures/modelhunter/complete.json");
    assert_eq!(outcome.matches(from).count(), 1, "{from}");
    status(200, outcome.replace(from, to))
}

#[test]
fn submit_with_another_size_fails_the_upload() {
    for actual in ["2048575", "2048577", "0"] {
        let trace = complete_with(but("2048576", actual));
        let error = Error::Integrity { field: "size_bytes", expected: "2048576".to_owned(), actual: actual.to_owned() };
        assert_eq!((trace.error(), trace.stage), (&error, Stage::Submit));
        assert_eq!(trace.error().code(), ErrorCode::Integrity);
    }
}

#[test]
fn submit_with_another_type_fails_the_upload() {
    let trace = complete_with(but("image/jpeg", "image/png"));
    let error =
        Error::Integrity { field: "content_type", expected: "image/jpeg".to_owned(), actual: "image/png".to_owned() };
    assert_eq!(trace.error(), &error);
}

#[test]
fn submit_with_an_alias_of_the_type_succeeds() {
    for same in ["image/jpg", "IMAGE/JPEG", "image/jpeg; charset=binary"] {
        let trace = complete_with(but("image/jpeg", same));
        assert_eq!(trace.result().asset.id.as_deref(), Some("file_abc123"), "{same}");
    }
}

#[test]
fn submit_without_reported_metadata_succeeds() {
    let without_metadata =
        r#"{"success":true,"data":{"id":"file_abc123","url":"https://cdn.modelhunter.ai/a.jpg","size_bytes":null}}"#;
    let trace = complete_with(status(200, without_metadata));
    assert_eq!(trace.result().asset.reference(), Some("https://cdn.modelhunter.ai/a.jpg"));
}

#[test]
fn malformed_submit_response_is_an_error() {
    let data = |data: &str| status(200, format!(r#"{{"success":true,"data":{data}}}"#));
    for (outcome, what) in [
        (status(200, "<html>Bad gateway</html>"), "body"),
        (status(204, ""), "body"),
        (status(200, "[]"), "success"),
        (data("null"), "id"),
        (data(r#"{"id":"file_abc123"}"#), "url"),
        (data(r#"{"id":"file_abc123","url":null}"#), "url"),
        (data(r#"{"id":"file_abc123","url":""}"#), "url"),
        (data(r#"{"url":"https://cdn.modelhunter.ai/a.jpg"}"#), "id"),
    ] {
        let trace = complete_with(outcome);
        assert!(matches!(trace.error(), Error::MalformedResponse { what: wrong, .. } if *wrong == what), "{what}");
        assert_eq!(trace.stage, Stage::Submit);
    }
    for (body, what) in
        [("[]", "id"), ("{}", "id"), (r#"{"id":"a"}"#, "url"), (r#"{"id":"a","url":""}"#, "url"), ("null", "id")]
    {
        let trace = relaydance().on(FORM, status(200, body)).run();
        assert_eq!(trace.error(), &Error::MalformedResponse { what: what.into(), status: Some(200) });
        assert_eq!(trace.request_lines(), [FORM], "and it is not sent again");
    }
}

#[test]
fn submit_200_with_success_false_is_refused() {
    let trace = complete_with(status(200, r#"{"success":false,"message":"File not found in storage"}"#));
    let words = Some("File not found in storage".to_owned());
    assert_eq!(trace.error(), &Error::Refused(refusal(200, words, None)));
}

#[test]
fn provider_message_is_truncated_to_200_characters() {
    let long = "é".repeat(5_000);
    let body = format!(r#"{{"success":false,"error":"{long}"}}"#);
    for (http, trace) in [
        (200, complete_with(status(200, body.clone()))),
        (400, complete_with(status(400, body.clone()))),
        (400, relaydance().on(FORM, status(400, body)).run()),
        (401, modelhunter().on(TICKET, ticket()).on(PUT, status(401, format!("<Code>{long}</Code>"))).run()),
    ] {
        assert_eq!(trace.error(), &Error::Refused(refusal(http, Some("é".repeat(200)), None)));
    }
}

#[test]
fn submit_401_ends_the_upload_as_unauthenticated() {
    let trace = complete_with(status(401, ""));
    assert_eq!((trace.error(), trace.stage), (&Error::Unauthenticated(refusal(401, None, None)), Stage::Submit));
    let trace = relaydance().on(FORM, status(401, r#"{"error":"invalid key"}"#)).run();
    assert_eq!(
        (trace.error(), trace.stage),
        (&Error::Unauthenticated(refusal(401, Some("invalid key".to_owned()), None)), Stage::Transfer)
    );
}

#[test]
fn submit_response_over_the_length_limit_is_malformed() {
    let trace = relaydance().on(FORM, failure(Failure::ResponseTooLong)).run();
    assert_eq!(trace.error(), &Error::MalformedResponse { what: "body length".into(), status: None });
}
