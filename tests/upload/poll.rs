//! Unexpected responses to a status request of `OneRouter` and Apiframe.

use mediaferry::error::{Error, ErrorCode};
use mediaferry::upload::{Failure, Stage};
use mediaferry_testing::script::UploadTrace;
use mediaferry_testing::script::{Outcome, Script, failure, refusal, status};

use crate::provider_responses::{
    ASSET, CREATE, STAGED, STAGING, STATUS, UPLOAD, apiframe, asset, created, onerouter, resource, staged,
    without_metadata,
};
use crate::stored;

/// Both providers with a pending asset, and the status request of each.
fn pending() -> [(Script, &'static str); 2] {
    [
        (onerouter().on(UPLOAD, without_metadata("processing")), STATUS),
        (apiframe().on(STAGING, staged()).on(STAGED, stored()).on(CREATE, created()), ASSET),
    ]
}

fn polled(outcome: &Outcome, check: impl Fn(UploadTrace)) {
    for (script, line) in pending() {
        let trace = script.on(line, outcome.clone()).run();
        assert_eq!(trace.stage, Stage::Process);
        assert!(trace.retries().is_empty() && !trace.is_outcome_unknown, "asking is no making");
        check(trace);
    }
}

#[test]
fn poll_404_ends_the_upload_as_refused() {
    polled(&status(404, r#"{"message":"no such asset"}"#), |trace| {
        let words = Some("no such asset".to_owned());
        assert_eq!(trace.error(), &Error::Refused(refusal(404, words, None)));
    });
}

#[test]
fn poll_401_ends_the_upload_without_a_retry() {
    polled(&status(401, ""), |trace| assert_eq!(trace.error(), &Error::Unauthenticated(refusal(401, None, None))));
}

#[test]
fn poll_html_response_is_malformed() {
    polled(&status(200, "<html>Just a moment…</html>"), |trace| {
        assert_eq!(trace.error(), &Error::MalformedResponse { what: "body".into(), status: Some(200) });
    });
}

#[test]
fn poll_response_over_the_length_limit_is_malformed() {
    polled(&failure(Failure::ResponseTooLong), |trace| {
        assert_eq!(trace.error(), &Error::MalformedResponse { what: "body length".into(), status: None });
    });
}

#[test]
fn undocumented_state_is_malformed_and_ends_polling() {
    for state in ["sleeping", "Active", "PROCESSING", ""] {
        let trace = onerouter().on(UPLOAD, resource("processing", &[])).on(STATUS, without_metadata(state)).run();
        assert_eq!(
            (trace.error(), trace.is_outcome_unknown),
            (&Error::MalformedResponse { what: "status".into(), status: Some(200) }, false)
        );
        let trace = onerouter().on(UPLOAD, without_metadata(state)).run();
        assert_eq!(
            (trace.error(), trace.is_outcome_unknown),
            (&Error::MalformedResponse { what: "status".into(), status: Some(200) }, true)
        );
    }
    for state in ["active", "Queued", ""] {
        let (script, line) = pending().into_iter().nth(1).expect("Apiframe");
        let trace = script.on(line, asset(state, None)).run();
        assert_eq!(trace.error(), &Error::MalformedResponse { what: "status".into(), status: Some(200) });
    }
}

#[test]
fn poll_is_retried_after_a_temporary_failure() {
    for (script, line) in pending() {
        let active = if line == STATUS { resource("active", &[]) } else { asset("Active", None) };
        let trace = script
            .on(line, failure(Failure::Network))
            .on(line, status(502, "<html>"))
            .on(line, status(429, ""))
            .on(line, active)
            .run();
        let codes: Vec<ErrorCode> = trace.retries().into_iter().map(|(code, ..)| code).collect();
        assert_eq!(codes, [ErrorCode::Network, ErrorCode::Unavailable, ErrorCode::RateLimited]);
        assert!(trace.result().asset.uri.is_some() && !trace.is_outcome_unknown);
    }
}
