//! A provider that the page defines: all requests except the one with the bytes are callbacks.

use mediaferry::error::{Error, ErrorCode};
use mediaferry::http::{Body, Field};
use mediaferry::json::Json;
use mediaferry::providers::custom::UnknownMime;
use mediaferry::providers::{Custom, Provider};
use mediaferry::rules::{Rule, Value};
use mediaferry::upload::{Failure, MAX_RENEWALS, Stage};
use mediaferry_testing::script::Meanwhile::{HashComplete, UploadProgress};
use mediaferry_testing::script::{Outcome, Script, failure, refusal, retry_after, status};
use serde_json::json;

use crate::provider_responses::PHOTO_SHA256;
use crate::{SIZE, denied, photo_to, stored};

pub(crate) const SIGN: &str = "POST sign";
pub(crate) const PUT: &str = "PUT https://bucket.example/a?sig=1";
pub(crate) const CONFIRM: &str = "POST confirm";
const FORM: &str = "POST form";
const POST: &str = "POST https://my.example/files";
const READ: &str = "POST read";
const STATUS: &str = "POST status";

pub(crate) fn defined(definition: &str) -> Box<dyn Provider> {
    Box::new(Custom::from_json(Json::read(definition.as_bytes()).expect("JSON")).expect("a definition"))
}

fn putting() -> Script {
    photo_to(defined(r#"{"id":"mine","name":"Mine"}"#))
}

fn posting() -> Script {
    photo_to(defined(r#"{"id":"mine","name":"Mine","form":true}"#))
}

/// What the page gives.
fn callback_result(value: &serde_json::Value) -> Outcome {
    status(200, value.to_string())
}

pub(crate) fn signed() -> Outcome {
    let headers = [json!({ "name": "x-acl", "value": "private" })];
    callback_result(&json!({ "url": "https://bucket.example/a?sig=1", "headers": headers, "fields": [] }))
}

fn placed() -> Outcome {
    let fields = [json!({ "name": "album", "value": "7" })];
    callback_result(&json!({ "url": "https://my.example/files", "field": "upload", "fields": fields, "headers": [] }))
}

pub(crate) fn made() -> Outcome {
    callback_result(
        &json!({ "url": "https://cdn.example/a", "sha256": *PHOTO_SHA256, "bytes": SIZE, "contentType": "image/jpeg" }),
    )
}

#[test]
fn custom_put_is_signed_and_confirmed_by_callbacks() {
    let trace = putting().on(SIGN, signed()).on(PUT, stored()).on(CONFIRM, made()).run();
    assert_eq!(trace.result().asset.reference(), Some("https://cdn.example/a"));
    assert_eq!(trace.result().request_fragment, r#""https://cdn.example/a""#);
    let file = json!({ "name": "my-image.jpg", "mime": "image/jpeg", "bytes": SIZE });
    assert_eq!(trace.json(0), file, "the checksum is not waited for");
    assert_eq!(trace.json(2)["sha256"], *PHOTO_SHA256);
    let put = trace.requests()[1];
    assert_eq!(put.body, Body::File);
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(put.headers, [header("Content-Type", "image/jpeg"), header("x-acl", "private")]);
}

#[test]
fn custom_checksum_option_hashes_before_signing() {
    let script = photo_to(defined(r#"{"id":"mine","name":"Mine","checksum":true}"#));
    let trace = script.on(SIGN, signed()).on(PUT, stored()).on(CONFIRM, made()).run();
    assert_eq!(trace.json(0)["sha256"], *PHOTO_SHA256);
    assert_eq!(trace.stages()[..3], [Stage::Inspect, Stage::Hash, Stage::Ticket]);
}

#[test]
fn signed_content_type_replaces_the_detected_one() {
    let headers = [json!({ "name": "content-type", "value": "application/octet-stream" })];
    let signed = callback_result(&json!({ "url": "https://bucket.example/a?sig=1", "headers": headers }));
    let trace = putting().on(SIGN, signed).on(PUT, stored()).on(CONFIRM, made()).run();
    assert_eq!(trace.requests()[1].headers, [("content-type".to_owned(), "application/octet-stream".to_owned())]);
}

#[test]
fn callbacks_are_retried_and_tickets_renewed() {
    let trace = putting()
        .on(SIGN, retry_after(503, 2_000))
        .on(SIGN, failure(Failure::Network))
        .on(SIGN, signed())
        .on(PUT, denied())
        .on(SIGN, signed())
        .on(PUT, stored())
        .on(CONFIRM, status(429, ""))
        .on(CONFIRM, failure(Failure::Timeout))
        .on(CONFIRM, callback_result(&json!({ "pending": "job 7/b" })))
        .on(STATUS, status(500, ""))
        .on(STATUS, callback_result(&json!({ "pending": "job 7/b" })))
        .on(STATUS, made())
        .run();
    assert_eq!(trace.result().asset.url.as_deref(), Some("https://cdn.example/a"));
    assert_eq!(trace.retries()[0], (ErrorCode::Unavailable, 1, 2_000));
    assert_eq!(trace.json(9), json!({ "id": "job 7/b" }));

    let mut script = putting().on(SIGN, signed()).on(PUT, denied());
    for _ in 0..MAX_RENEWALS {
        script = script.on(SIGN, signed()).on(PUT, denied());
    }
    assert_eq!(script.run().error(), &Error::TicketExpired(refusal(403, Some("AccessDenied".to_owned()), None)));

    let trace = putting().forever(SIGN, &status(503, "")).run();
    assert_eq!(trace.error(), &Error::Unavailable(refusal(503, None, None)));
}

#[test]
fn custom_ticket_about_to_expire_is_renewed_before_the_retry() {
    // It ends 50 s after the script's beginning.
    let ends = json!({ "url": "https://bucket.example/a?sig=1", "headers": [], "expiresAt": 1_736_935_250_000_u64 });
    let trace = putting()
        .on(SIGN, callback_result(&ends))
        .on(PUT, failure(Failure::Network))
        .lasting(45_000)
        .on(SIGN, signed())
        .on(PUT, stored())
        .on(CONFIRM, made())
        .run();
    assert_eq!(trace.request_lines().len(), 5);
}

#[test]
fn callback_error_ends_the_upload_with_its_status() {
    for (outcome, error) in [
        (status(401, ""), Error::Unauthenticated(refusal(401, None, None))),
        (status(403, r#"{"message":"not yours"}"#), Error::Refused(refusal(403, Some("not yours".to_owned()), None))),
        (status(413, ""), Error::TooLarge(refusal(413, None, None))),
    ] {
        let trace = putting().renewing_token().on(SIGN, outcome).run();
        assert_eq!((trace.error(), trace.stage), (&error, Stage::Ticket), "no token of the gateway's is of use here");
    }
    let failed = putting()
        .on(SIGN, signed())
        .on(PUT, stored())
        .on(CONFIRM, callback_result(&json!({ "failed": "a cat" })))
        .run();
    assert_eq!(failed.error(), &Error::ProcessingFailed { provider_code: Some("a cat".to_owned()) });
}

#[test]
fn custom_ref_takes_precedence_over_the_url() {
    let asset = callback_result(&json!({ "ref": "file-7", "url": "https://cdn.example/a", "expiresAt": 5 }));
    let trace = putting().on(SIGN, signed()).on(PUT, stored()).on(CONFIRM, asset).run();
    let asset = &trace.result().asset;
    assert_eq!((asset.reference(), asset.url.as_deref()), (Some("file-7"), Some("https://cdn.example/a")));
    assert_eq!((asset.id.as_deref(), asset.expires_at_millis), (None, Some(5)));
}

#[test]
fn mismatched_asset_fields_fail_the_upload() {
    for (field, value) in [("sha256", json!("0123")), ("bytes", json!(7)), ("contentType", json!("video/mp4"))] {
        let asset = callback_result(&json!({ "url": "https://cdn.example/a", field: value }));
        let trace = putting().on(SIGN, signed()).on(PUT, stored()).on(CONFIRM, asset).run();
        let Error::Integrity { field: named, .. } = trace.error() else { panic!("{:?}", trace.error()) };
        assert_eq!(*named, field);
    }
}

#[test]
fn malformed_callback_result_is_reported_with_its_field() {
    let wrong = || callback_result(&json!({ "malformed": "url" }));
    let error = Error::MalformedResponse { what: "url".into(), status: Some(200) };
    assert_eq!(putting().on(SIGN, wrong()).run().error(), &error);
    let trace = putting().on(SIGN, signed()).on(PUT, stored()).on(CONFIRM, wrong()).run();
    assert_eq!((trace.error(), trace.is_outcome_unknown, trace.stage), (&error, false, Stage::Submit));
    let trace = posting().on(FORM, placed()).on(POST, stored()).on(READ, wrong()).run();
    assert!(trace.is_outcome_unknown, "the server has the form");
    assert_eq!(putting().on(SIGN, status(200, "<html>")).run().error().code(), ErrorCode::MalformedResponse);
}

#[test]
fn custom_form_is_posted_to_the_url_of_the_callback() {
    let outcome = status(201, r#"{"id":"a","url":"https://cdn.example/a"}"#);
    let script = posting()
        .on(FORM, retry_after(503, 5))
        .on(FORM, placed())
        .on(POST, outcome)
        .meanwhile(&[UploadProgress(SIZE), HashComplete]);
    let trace = script.on(READ, made()).run();
    let fields = vec![
        Field::Text { name: "album".to_owned(), value: "7".to_owned() },
        Field::File { name: "upload".to_owned(), file_name: "my-image.jpg".to_owned(), mime: "image/jpeg" },
    ];
    assert_eq!(trace.requests()[2].body, Body::Form(fields));
    assert_eq!(trace.json(3)["response"], r#"{"id":"a","url":"https://cdn.example/a"}"#);
    assert_eq!(trace.json(3)["sha256"], *PHOTO_SHA256);
    assert!(!trace.is_outcome_unknown);
}

#[test]
fn custom_form_that_may_have_arrived_is_not_retried() {
    for outcome in [failure(Failure::Network), failure(Failure::Stalled), status(502, ""), retry_after(503, 1)] {
        let trace = posting().on(FORM, placed()).on(POST, outcome).run();
        assert!(trace.is_outcome_unknown && trace.retries().is_empty());
    }
    let trace = posting().on(FORM, placed()).on(POST, retry_after(429, 1)).on(POST, stored()).on(READ, made()).run();
    assert_eq!(trace.retries().len(), 1);
    for outcome in [callback_result(&json!({ "malformed": "url" })), failure(Failure::Network), status(503, "")] {
        let trace = posting().on(FORM, placed()).on(POST, stored()).on(READ, outcome).run();
        assert!(trace.is_outcome_unknown && trace.retries().is_empty(), "the server has responded with 2xx");
    }
}

#[test]
fn only_a_forced_retry_resends_a_custom_form_that_may_have_arrived() {
    let lost = posting().on(FORM, placed()).on(POST, failure(Failure::Network)).run();
    let again = posting().resuming(&lost).run();
    for trace in [&lost, &again, &posting().resuming(&again).run()] {
        assert_eq!((trace.error().code(), trace.stage), (ErrorCode::Network, Stage::Transfer));
        assert!(trace.is_outcome_unknown);
    }
    assert!(again.request_lines().is_empty(), "the outcome cannot be queried");
    let forced = posting().resuming(&again).forcing().on(FORM, placed()).on(POST, stored()).on(READ, made()).run();
    assert!(forced.end.is_some_and(|end| end.is_ok()));
    // The server has responded, but the page could not read the response.
    let unread = posting().on(FORM, placed()).on(POST, stored()).on(READ, failure(Failure::Network)).run();
    let again = posting().resuming(&unread).run();
    assert_eq!((again.is_outcome_unknown, again.stage, again.request_lines().len()), (true, Stage::Submit, 0));
    let forced = posting().resuming(&again).forcing().on(READ, made()).run();
    assert!(forced.end.is_some_and(|end| end.is_ok()));
}

#[test]
fn custom_form_4xx_is_an_error_with_a_known_outcome() {
    let refused = |status| Error::Refused(refusal(status, Some("no".to_owned()), None));
    let unauthenticated = Error::Unauthenticated(refusal(401, Some("no".to_owned()), None));
    for (http, error) in [(401, unauthenticated), (403, refused(403)), (400, refused(400))] {
        let trace = posting().on(FORM, placed()).on(POST, status(http, r#"{"error":"no"}"#)).run();
        assert_eq!((trace.error(), trace.is_outcome_unknown), (&error, false));
    }
    // An S3 form expires like an S3 URL, and is renewed.
    let ended = callback_result(
        &json!({ "url": "https://my.example/files", "field": "file", "fields": [], "headers": [], "expiresAt": 1 }),
    );
    let trace = posting().on(FORM, ended).on(POST, denied()).on(FORM, placed()).on(POST, stored()).on(READ, made());
    assert_eq!(trace.run().request_lines().len(), 5);
}

#[test]
fn custom_provider_rejects_urls() {
    let trace = Script::from_url(defined(r#"{"id":"mine","name":"Mine"}"#), "https://a.example/b").run();
    assert_eq!(trace.error(), &Error::Rejected(vec![mediaferry::rules::file_required()]));
}

#[test]
fn custom_limits_are_enforced() {
    let limits =
        r#"{"mimes":["video/*","image/jpeg"],"maxBytes":2048575,"minWidth":641,"minHeight":0,"maxAspectRatio":1}"#;
    let rules = |limits: &str| [r#"{"id":"mine","name":"Mine","rules":["#, limits, "]}"].concat();
    let trace = photo_to(defined(&rules(limits))).run();
    let Error::Rejected(violations) = trace.error() else { panic!("{:?}", trace.error()) };
    let broken: Vec<Rule> = violations.iter().map(|violation| violation.rule).collect();
    assert_eq!(broken, [Rule::MaxBytes, Rule::MinWidth, Rule::MaxAspectRatio]);

    let trace = photo_to(defined(&rules(r#"{"mimes":["image/png"],"maxBytes":1}"#))).run();
    let Error::Rejected(violations) = trace.error() else { panic!("{:?}", trace.error()) };
    assert_eq!((violations[0].rule, &violations[0].limit), (Rule::Format, &Value::List(vec!["PNG"])));
}

#[test]
fn unknown_mime_in_a_definition_is_reported() {
    let read = |mime: &str| {
        let definition =
            json!({ "id": "mine", "name": "Mine", "rules": [{ "mimes": ["image/png", mime] }] }).to_string();
        Custom::from_json(Json::read(definition.as_bytes()).expect("JSON")).err()
    };
    for mime in ["image/nope", "photo/*", "*/*", "jpg", ""] {
        assert_eq!(read(mime), Some(UnknownMime(mime.to_owned())));
    }
    assert_eq!((read("image/JPG"), read("audio/*")), (None, None));
}
