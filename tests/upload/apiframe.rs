//! Apiframe: a file is sent to staging, its URL is submitted, and the asset is polled, all in one upload.

use mediaferry::error::{Error, ErrorCode};
use mediaferry::http::{Body, Target};
use mediaferry::upload::{Failure, Stage};
use mediaferry_testing::samples;
use mediaferry_testing::script::Meanwhile::{HashComplete, HashProgress, UploadProgress};
use mediaferry_testing::script::UploadTrace;
use mediaferry_testing::script::{Outcome, Script, failure, refusal, retry_after, status};
use serde_json::json;

use crate::provider_responses::{ASSET, CREATE, STAGED, STAGED_AT, STAGING, apiframe, asset, created, staged};
use crate::{SIZE, stored};

/// As far as the create.
fn staged_photo() -> Script {
    apiframe().on(STAGING, staged()).on(STAGED, stored())
}

fn created_with(outcome: Outcome) -> UploadTrace {
    staged_photo().on(CREATE, outcome).run()
}

#[test]
fn file_is_uploaded_by_ticket_put_create_and_poll() {
    let trace = apiframe()
        .on(STAGING, staged())
        .on(STAGED, stored())
        .meanwhile(&[HashProgress(SIZE), HashComplete, UploadProgress(SIZE / 2), UploadProgress(SIZE)])
        .on(CREATE, created())
        .on(ASSET, asset("Processing", None))
        .on(ASSET, asset("Active", None))
        .run();
    assert_eq!(trace.stages(), [Stage::Inspect, Stage::Ticket, Stage::Transfer, Stage::Submit, Stage::Process]);
    assert_eq!(trace.json(0), json!({ "provider": "apiframe", "content_type": "image/jpeg", "size_bytes": SIZE }));
    assert_eq!(trace.json(2), json!({ "url": STAGED_AT, "type": "image" }));
    let requests = trace.requests();
    assert_eq!((&requests[0].target, &requests[1].body), (&Target::Gateway("/staging".to_owned()), &Body::File));
    let headers = [("Content-Type", "image/jpeg"), ("x-amz-acl", "private")];
    assert_eq!(requests[1].headers, headers.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let delivery = trace.result();
    assert_eq!(delivery.asset.reference(), Some("asset://abc123def456"));
    assert_eq!(delivery.asset.url.as_deref(), Some("https://storage.provider.com/..."));
    let fragment: serde_json::Value = serde_json::from_str(&delivery.request_fragment).expect("JSON");
    assert_eq!(fragment, json!({ "seedanceParams": { "reference_image_urls": ["asset://abc123def456"] } }));
    assert_eq!((trace.sent().file.size(), trace.is_outcome_unknown, trace.warnings()), (SIZE, false, vec![]));
}

#[test]
fn video_named_jpg_is_declared_as_video() {
    let file = samples::mp4(10_000);
    let provider = crate::provider("apiframe");
    let trace = Script::new(provider, samples::candidate("photo.jpg", "image/jpeg", &file), file)
        .on(STAGING, staged())
        .on(STAGED, stored())
        .on(CREATE, created())
        .on(ASSET, asset("Active", None))
        .run();
    assert_eq!(trace.json(0)["content_type"], "video/mp4", "whatever its name");
    assert_eq!(trace.json(2)["type"], "video");
}

#[test]
fn create_waits_for_the_checksum() {
    let trace = staged_photo().on(CREATE, created()).on(ASSET, asset("Active", None)).run();
    let stages = [Stage::Inspect, Stage::Ticket, Stage::Transfer, Stage::Hash, Stage::Submit, Stage::Process];
    assert_eq!((trace.stages(), trace.hashes()), (stages.to_vec(), 1));
}

#[test]
fn create_without_a_response_is_not_retried() {
    for fails in [Failure::Network, Failure::Timeout, Failure::Stalled, Failure::Offline] {
        let trace = created_with(failure(fails));
        assert_eq!((trace.error(), trace.stage), (&Error::from(fails), Stage::Submit));
        assert!(trace.is_outcome_unknown && trace.retries().is_empty(), "an asset may have been made");
    }
    for http in [408, 500, 502, 503, 504] {
        let trace = created_with(retry_after(http, 1_000));
        assert_eq!(trace.error(), &Error::Unavailable(refusal(http, None, Some(1_000))));
        assert!(trace.is_outcome_unknown && trace.retries().is_empty());
    }
}

#[test]
fn create_429_is_retried() {
    let trace =
        staged_photo().on(CREATE, retry_after(429, 3_000)).on(CREATE, created()).on(ASSET, asset("Active", None)).run();
    assert_eq!(trace.retries(), [(ErrorCode::RateLimited, 1, 3_000)]);
    assert_eq!((trace.json(2), trace.is_outcome_unknown), (trace.json(3), false));
}

#[test]
fn create_response_without_an_id_is_malformed() {
    for body in
        ["{}", r#"{"assetId":null}"#, r#"{"assetId":""}"#, r#"{"assetId":"../../account"}"#, r#"{"assetId":[7]}"#]
    {
        let trace = created_with(status(201, body));
        assert_eq!(trace.error(), &Error::MalformedResponse { what: "assetId".into(), status: Some(201) }, "{body}");
        assert!(trace.is_outcome_unknown);
    }
}

#[test]
fn failed_asset_reports_the_provider_message() {
    for words in [Some("The URL could not be fetched"), None] {
        let trace = staged_photo().on(CREATE, created()).on(ASSET, asset("Failed", words)).run();
        let error = Error::ProcessingFailed { provider_code: words.map(str::to_owned) };
        assert_eq!((trace.error(), trace.stage, trace.is_outcome_unknown), (&error, Stage::Process, false));
    }
}
