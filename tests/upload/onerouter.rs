//! `OneRouter`: by form or by URL, and errors in the body of a 200.

use mediaferry::error::{Error, ErrorCode};
use mediaferry::http::{Body, Field, Response};
use mediaferry::rules::{Rule, Value, Violation};
use mediaferry::upload::{Stage, WakeOn};
use mediaferry_testing::samples;
use mediaferry_testing::script::Meanwhile::{Cancel, HashComplete, UploadProgress};
use mediaferry_testing::script::UploadTrace;
use mediaferry_testing::script::{Outcome, Script, refusal, sha256, status};
use serde_json::json;

use crate::provider_responses::{
    MODEL, PHOTO_SHA256, STAGED, STAGED_AT, STAGING, STATUS, UPLOAD, code, onerouter, resource, staged,
    without_metadata,
};
use crate::{SIZE, provider, stored};

const REFERENCE: &str = "asset://asset-20260606170356-s9vrz";
/// "For files larger than 50MB"
const MB_50: usize = 50_000_000;

fn large(len: usize, options: &str) -> Script {
    let file = samples::flat_jpeg(len);
    Script::new(provider("onerouter"), samples::candidate("my-image.jpg", "", &file), file).options(options)
}

fn refused_with(outcome: Outcome) -> UploadTrace {
    onerouter().on(UPLOAD, outcome).run()
}

#[test]
fn image_is_uploaded_by_form_and_polled() {
    let trace = onerouter()
        .on(UPLOAD, resource("processing", &[]))
        .meanwhile(&[UploadProgress(SIZE), HashComplete])
        .on(STATUS, resource("processing", &[]))
        .on(STATUS, resource("active", &[]))
        .run();
    assert_eq!(trace.stages(), [Stage::Inspect, Stage::Transfer, Stage::Submit, Stage::Process]);
    assert!(trace.sleeps().iter().all(|(_, wake)| *wake == WakeOn::Visible), "{:?}", trace.sleeps());
    let delivery = trace.result();
    assert_eq!((delivery.asset.id.as_deref(), delivery.asset.reference()), (Some("2"), Some(REFERENCE)));
    assert_eq!(delivery.request_fragment, format!(r#"{{"image_urls":["{REFERENCE}"]}}"#));
    assert_eq!(
        (trace.checksum().hex(), trace.warnings(), trace.is_outcome_unknown),
        (PHOTO_SHA256.clone(), vec![], false)
    );
    let fields = vec![
        Field::Text { name: "model".to_owned(), value: "a/b".to_owned() },
        Field::File { name: "file".to_owned(), file_name: "my-image.jpg".to_owned(), mime: "image/jpeg" },
    ];
    assert_eq!(trace.requests()[0].body, Body::Form(fields));
}

#[test]
fn file_over_50_mb_is_sent_by_url_with_a_warning() {
    let trace = large(MB_50, MODEL).on(UPLOAD, without_metadata("active")).run();
    assert_eq!((trace.warnings(), trace.request_lines()), (vec![], vec![UPLOAD.to_owned()]));

    let trace = large(MB_50 + 1, MODEL)
        .on(STAGING, staged())
        .on(STAGED, stored())
        .on(UPLOAD, without_metadata("processing"))
        .on(STATUS, without_metadata("active"))
        .run();
    let (actual, limit) = (Value::Number(50_000_001.0), Value::Number(50_000_000.0));
    assert_eq!(trace.warnings(), [Violation { rule: Rule::RecommendedMaxBytes, actual, limit }]);
    let announced = json!({ "provider": "onerouter", "content_type": "image/jpeg", "size_bytes": 50_000_001 });
    assert_eq!(trace.json(0), announced);
    assert_eq!(trace.json(2), json!({ "model": "a/b", "file": STAGED_AT }));
    assert_eq!(trace.result().asset.reference(), Some(REFERENCE));
    let ways = [Stage::Inspect, Stage::Ticket, Stage::Transfer, Stage::Hash, Stage::Submit, Stage::Process];
    assert_eq!(trace.stages(), ways);
}

#[test]
fn route_option_overrides_the_route_by_size() {
    for (route, small, large_too) in [("form", UPLOAD, UPLOAD), ("url", STAGING, STAGING), ("auto", UPLOAD, STAGING)] {
        let options = format!(r#"{{"model":"a/b","route":"{route}"}}"#);
        for (len, first) in [(1_000, small), (MB_50, small), (MB_50 + 1, large_too)] {
            let trace = large(len, &options).on(first, stored()).meanwhile(&[Cancel]).run();
            assert!(trace.is_cancelled(), "{route} at {len}");
            assert_eq!(
                trace.warnings().len(),
                usize::from(len > MB_50),
                "the warnings is the page's, whatever the route"
            );
        }
    }
}

#[test]
fn active_asset_is_not_polled() {
    let trace = onerouter().on(UPLOAD, resource("active", &[])).run();
    assert_eq!((trace.request_lines().len(), trace.sleeps()), (1, vec![]));
}

#[test]
fn code_in_a_200_is_treated_as_the_status() {
    let trace = refused_with(code(401, "invalid key"));
    assert_eq!(
        (trace.error(), trace.is_outcome_unknown),
        (&Error::Unauthenticated(refusal(401, Some("invalid key".to_owned()), None)), false)
    );
    let trace = refused_with(code(400, "No."));
    assert_eq!(trace.error(), &Error::Refused(refusal(400, Some("No.".to_owned()), None)));
    assert!(!trace.is_outcome_unknown);
    let trace = refused_with(code(413, "No."));
    assert_eq!(trace.error(), &Error::TooLarge(refusal(413, Some("No.".to_owned()), None)));

    let trace = refused_with(code(500, "No."));
    assert_eq!(trace.error(), &Error::Unavailable(refusal(500, Some("No.".to_owned()), None)));
    assert!(trace.is_outcome_unknown && trace.retries().is_empty(), "it may have made an asset");
}

#[test]
fn code_429_in_a_200_is_retried() {
    let Outcome::Response(limited) = code(429, "slow down") else { unreachable!() };
    let limited = Outcome::Response(Response { retry_after_millis: Some(7_000), ..limited });
    let trace = onerouter()
        .on(UPLOAD, limited.clone())
        .on(UPLOAD, resource("processing", &[]))
        .on(STATUS, limited)
        .on(STATUS, code(503, ""))
        .on(STATUS, resource("active", &[]))
        .run();
    let retries = trace.retries();
    assert_eq!(retries[..2], [(ErrorCode::RateLimited, 1, 7_000), (ErrorCode::RateLimited, 1, 7_000)]);
    assert_eq!((retries[2].0, retries[2].1), (ErrorCode::Unavailable, 2));
    assert!(!trace.is_outcome_unknown);
}

#[test]
fn full_account_is_a_quota_error_and_not_retried() {
    let words = [
        "Asset quota exceeded",
        "asset limit reached",
        "ASSET_LIMIT_EXCEEDED",
        "A single account is permitted to upload up to 1,000 assets",
        "You have 1000 assets already",
        "The number of assets is too high",
        "too many assets",
    ];
    for words in words {
        let body = json!({ "error": { "message": words } }).to_string();
        for outcome in [status(400, body.clone()), status(403, body.clone()), status(429, body), code(403, words)] {
            let trace = refused_with(outcome);
            assert!(matches!(trace.error(), Error::Quota { limit: 1_000, .. }), "{words}: {:?}", trace.error());
            assert!(trace.retries().is_empty() && !trace.is_outcome_unknown && !trace.error().retryable());
        }
    }
}

#[test]
fn unrelated_refusal_is_not_a_quota_error() {
    for words in
        ["asset not found", "insufficient balance", "The file has 1000 pages", "too many requests", "limit: 1000"]
    {
        let trace = refused_with(code(400, words));
        let error = Error::Refused(refusal(400, Some(words.to_owned()), None));
        assert_eq!(trace.error(), &error);
    }
    let trace = refused_with(status(500, "asset quota"));
    assert_eq!(trace.error(), &Error::Unavailable(refusal(500, None, None)));
    let trace = refused_with(status(401, "asset quota"));
    assert_eq!(trace.error(), &Error::Unauthenticated(refusal(401, None, None)));
}

#[test]
fn mismatched_checksum_fails_the_upload_in_any_state() {
    let (expected, actual) = (PHOTO_SHA256.clone(), sha256(b"other").hex());
    let other = |state| resource(state, &[("sha256_hash", json!(actual))]);
    let error = Error::Integrity { field: "sha256_hash", expected, actual: actual.clone() };

    for state in ["processing", "active", "failed"] {
        let trace = onerouter().on(UPLOAD, other(state)).meanwhile(&[HashComplete]).run();
        assert_eq!((trace.error(), trace.request_lines().len()), (&error, 1), "{state}");
        let script = onerouter().on(UPLOAD, resource("processing", &[])).meanwhile(&[HashComplete]);
        let trace = script.on(STATUS, other(state)).run();
        assert_eq!((trace.error(), trace.stage, trace.is_outcome_unknown), (&error, Stage::Process, false), "{state}");
    }
}

#[test]
fn checksum_computed_after_the_submit_is_compared_with_the_next_response() {
    let other = |state| resource(state, &[("sha256_hash", json!(sha256(b"other").hex()))]);
    // Our checksum is not known at the first response; hashing ends before the next one.
    let script = || onerouter().on(UPLOAD, other("processing"));
    let trace = script().on(STATUS, other("processing")).meanwhile(&[HashComplete]).run();
    assert_eq!(trace.error().code(), ErrorCode::Integrity);
    let trace = script().on(STATUS, other("active")).run();
    assert_eq!((trace.error().code(), trace.hashes()), (ErrorCode::Integrity, 1));
}

#[test]
fn size_and_type_are_compared_only_after_processing() {
    let half = || [("file_size_bytes", json!(SIZE / 2)), ("content_type", json!("application/octet-stream"))];
    let trace = onerouter().on(UPLOAD, resource("processing", &half())).on(STATUS, resource("active", &[])).run();
    assert_eq!(trace.result().asset.reference(), Some(REFERENCE), "while it fetches, it knows no size yet");
    for state in ["active", "failed"] {
        let trace = onerouter().on(UPLOAD, resource("processing", &[])).on(STATUS, resource(state, &half())).run();
        let (expected, actual) = (SIZE.to_string(), (SIZE / 2).to_string());
        assert_eq!(trace.error(), &Error::Integrity { field: "file_size_bytes", expected, actual });
    }
}

#[test]
fn failed_processing_reports_the_provider_code() {
    for (script, stage) in [
        (onerouter().on(UPLOAD, resource("failed", &[])).meanwhile(&[UploadProgress(SIZE)]), Stage::Submit),
        (onerouter().on(UPLOAD, resource("processing", &[])).on(STATUS, resource("failed", &[])), Stage::Process),
    ] {
        let trace = script.run();
        let error = Error::ProcessingFailed { provider_code: Some("upstream_failed".to_owned()) };
        assert_eq!((trace.error(), trace.stage, trace.is_outcome_unknown), (&error, stage, false));
    }
    let nothing = resource("failed", &[("failure_code", serde_json::Value::Null)]);
    assert_eq!(refused_with(nothing).error(), &Error::ProcessingFailed { provider_code: None });
}
