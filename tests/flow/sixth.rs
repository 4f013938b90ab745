//! A provider that was not there when the flow was written: one file, and everything else holds for it.

use mediaferry::error::{Error, ErrorCode};
use mediaferry::flow::{Failure, Stage};
use mediaferry::options::{BadOption, Options};
use mediaferry::providers::Provider;
use mediaferry::rules::Rule;
use serde_json::json;

use crate::harbour::Harbour;
use crate::pages::PHOTO_SHA256;
use crate::script::Meanwhile::Sent;
use crate::script::{Answer, Script, failure, status};
use crate::{SIZE, denied, photo_to, stored};

const BERTH: &str = "POST /v3/berths";
const CRANE: &str = "PUT https://crane.harbour.example/b7?X-Amz-Signature=xxx";
const SEAL: &str = "POST /v3/berths/b7/seal";
const ASK: &str = "GET /v3/berths/b7";

fn harbour() -> Script {
    photo_to(&Harbour).options(r#"{"quay":"north"}"#)
}

fn berth() -> Answer {
    status(200, include_bytes!("../fixtures/harbour/berth.json"))
}

fn state(state: &str, sha256: &str) -> Answer {
    status(200, json!({ "berth": "b7", "state": state, "why": "storm", "sha256": sha256 }).to_string())
}

fn in_state(word: &str) -> Answer {
    state(word, &PHOTO_SHA256)
}

/// As far as the seal.
fn unsealed() -> Script {
    harbour().on(BERTH, berth()).on(CRANE, stored())
}

#[test]
fn it_goes_all_the_way() {
    let played = harbour()
        .on(BERTH, status(503, ""))
        .on(BERTH, berth())
        .on(CRANE, denied())
        .on(BERTH, berth())
        .on(CRANE, stored())
        .meanwhile(&[Sent(SIZE)])
        .on(SEAL, status(503, ""))
        .on(SEAL, in_state("sealing"))
        .on(ASK, failure(Failure::Network))
        .on(ASK, in_state("sealing"))
        .on(ASK, in_state("moored"))
        .run();
    let (ticket, transfer) = (Stage::Ticket, Stage::Transfer);
    // The file was sent twice, so it was hashed twice.
    let again = [ticket, transfer, Stage::Hash, Stage::Submit, Stage::Process];
    assert_eq!(played.stages(), [&[Stage::Inspect, Stage::Hash, ticket, transfer][..], &again].concat());
    assert_eq!(played.json(0), json!({ "mime": "image/jpeg", "bytes": SIZE, "sha256": *PHOTO_SHA256 }));
    let signed = ("x-amz-checksum-sha256".to_owned(), "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=".to_owned());
    assert_eq!(played.requests()[2].headers[1], signed);
    assert_eq!(played.delivery().asset.reference(), Some("asset://b7"));
    assert_eq!(played.delivery().request_fragment, r#""asset://b7""#, "the page shows no request for a picture");
    assert!(!played.is_unclear);
}

#[test]
fn its_own_words_limits_and_options_hold() {
    let played = unsealed().on(SEAL, in_state("sunk")).run();
    assert_eq!(played.error(), &Error::ProcessingFailed { provider_code: Some("storm".to_owned()) });
    let played = unsealed().on(SEAL, state("moored", "0123")).run();
    assert_eq!(played.error().code(), ErrorCode::Integrity);
    let played = unsealed().on(SEAL, failure(Failure::Network)).run();
    assert!(played.is_unclear && played.retries().is_empty());

    let played = harbour().options(r#"{"quay":"north","stay":"week"}"#).run();
    let Error::Rejected(violations) = played.error() else { panic!("{:?}", played.error()) };
    assert_eq!(violations[0].rule, Rule::MaxBytes);
    let settings = Harbour.profile().settings;
    let none = mediaferry::json::Json::read(b"{}").expect("JSON");
    assert_eq!(Options::read(settings, none), Err(BadOption::Value(&settings[0])));
    let played = Script::address(&Harbour, "https://a.example/b").run();
    assert_eq!(played.error(), &Error::Rejected(vec![mediaferry::rules::files_only()]));
}
