//! A provider that was not there when the flow was written: one file, and everything else holds for it.

use mediaferry::error::{Error, ErrorCode};
use mediaferry::options::InvalidOption;
use mediaferry::providers::Provider;
use mediaferry::rules::Rule;
use mediaferry::upload::{Failure, Stage};
use mediaferry_testing::example_provider::ExampleProvider;
use mediaferry_testing::script::Meanwhile::UploadProgress;
use mediaferry_testing::script::{Outcome, Script, failure, status};
use serde_json::json;

use crate::provider_responses::PHOTO_SHA256;
use crate::{SIZE, denied, photo_to, stored};

const CREATE: &str = "POST /v3/uploads";
const PUT_URL: &str = "PUT https://storage.provider.example/b7?X-Amz-Signature=xxx";
const COMMIT: &str = "POST /v3/uploads/b7/commit";
const ASK: &str = "GET /v3/uploads/b7";

fn example_provider() -> Script {
    photo_to(Box::new(ExampleProvider)).options(r#"{"folder":"cats"}"#)
}

fn ticket() -> Outcome {
    status(200, include_bytes!("../fixtures/example/ticket.json"))
}

fn state(state: &str, sha256: &str) -> Outcome {
    status(200, json!({ "upload_id": "b7", "state": state, "reason": "unreadable", "sha256": sha256 }).to_string())
}

fn in_state(word: &str) -> Outcome {
    state(word, &PHOTO_SHA256)
}

/// As far as the checksum.
fn stored_file() -> Script {
    example_provider().on(CREATE, ticket()).on(PUT_URL, stored())
}

#[test]
fn upload_succeeds_after_failures_at_every_stage() {
    let trace = example_provider()
        .on(CREATE, status(503, ""))
        .on(CREATE, ticket())
        .on(PUT_URL, denied())
        .on(CREATE, ticket())
        .on(PUT_URL, stored())
        .meanwhile(&[UploadProgress(SIZE)])
        .on(COMMIT, status(503, ""))
        .on(COMMIT, in_state("processing"))
        .on(ASK, failure(Failure::Network))
        .on(ASK, in_state("processing"))
        .on(ASK, in_state("ready"))
        .run();
    let (ticket, transfer) = (Stage::Ticket, Stage::Transfer);
    // The file was sent twice, so it was hashed twice.
    let again = [ticket, transfer, Stage::Hash, Stage::Submit, Stage::Process];
    assert_eq!(trace.stages(), [&[Stage::Inspect, Stage::Hash, ticket, transfer][..], &again].concat());
    assert_eq!(trace.json(0), json!({ "mime": "image/jpeg", "bytes": SIZE, "sha256": *PHOTO_SHA256 }));
    let signed = ("x-amz-checksum-sha256".to_owned(), "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=".to_owned());
    assert_eq!(trace.requests()[2].headers[1], signed);
    assert_eq!(trace.result().asset.reference(), Some("asset://b7"));
    assert_eq!(trace.result().request_fragment, r#""asset://b7""#, "the page shows no request for a picture");
    assert!(!trace.is_outcome_unknown);
}

#[test]
fn provider_errors_limits_and_options_are_applied() {
    let trace = stored_file().on(COMMIT, in_state("failed")).run();
    assert_eq!(trace.error(), &Error::ProcessingFailed { provider_code: Some("unreadable".to_owned()) });
    let trace = stored_file().on(COMMIT, state("ready", "0123")).run();
    assert_eq!(trace.error().code(), ErrorCode::Integrity);
    let trace = stored_file().on(COMMIT, failure(Failure::Network)).run();
    assert!(trace.is_outcome_unknown && trace.retries().is_empty());

    let trace = example_provider().options(r#"{"folder":"cats","retention":"week"}"#).run();
    let Error::Rejected(violations) = trace.error() else { panic!("{:?}", trace.error()) };
    assert_eq!(violations[0].rule, Rule::MaxBytes);
    let settings = ExampleProvider.profile().settings;
    let none = mediaferry::json::Json::read(b"{}").expect("JSON");
    assert_eq!(mediaferry::providers::read_options(settings, none), Err(InvalidOption::Value(&settings[0])));
    let trace = Script::from_url(Box::new(ExampleProvider), "https://a.example/b").run();
    assert_eq!(trace.error(), &Error::Rejected(vec![mediaferry::rules::file_required()]));
}
