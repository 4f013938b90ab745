//! An unknown outcome: only after a request that is not repeated because it may have arrived.

use mediaferry::error::{Error, ErrorCode};
use mediaferry::http::Response;
use mediaferry::options::Options;
use mediaferry::upload::{Effect, Failure, Input, Next, Upload};
use mediaferry_testing::samples;
use mediaferry_testing::script::Meanwhile::{Cancel, HashFails, UploadProgress};
use mediaferry_testing::script::UploadTrace;
use mediaferry_testing::script::{NOW, Outcome, Script, at, failure, retry_after, status};

use crate::provider_responses::{
    STAGED, STAGING, UPLOAD, UPLOADS, apiframe, onerouter, resource, staged, uploaded, worldrouter,
};
use crate::{COMPLETE, FORM, PUT, SIZE, TICKET, accepted, denied, modelhunter, provider, relaydance, stored, ticket};

/// The three that take a form.
fn forms() -> [(Script, &'static str); 3] {
    [(relaydance(), FORM), (worldrouter(), UPLOADS), (onerouter(), UPLOAD)]
}

fn each_form(outcome: &Outcome, check: impl Fn(UploadTrace)) {
    for (script, line) in forms() {
        check(script.on(line, outcome.clone()).meanwhile(&[UploadProgress(SIZE)]).run());
    }
}

#[test]
fn form_post_without_a_response_leaves_the_outcome_unknown() {
    for fails in [Failure::Network, Failure::Timeout, Failure::Stalled, Failure::Offline, Failure::ResponseTooLong] {
        each_form(&failure(fails), |trace| {
            assert!(trace.is_outcome_unknown && trace.retries().is_empty(), "{fails:?}");
        });
    }
    for outcome in [status(500, ""), status(502, "<html>"), status(504, ""), status(408, ""), status(200, "<html>")] {
        each_form(&outcome, |trace| assert!(trace.is_outcome_unknown && trace.retries().is_empty()));
    }
}

#[test]
fn hash_failure_during_a_submit_leaves_the_outcome_unknown() {
    for (script, line) in forms() {
        let trace = script.on(line, stored()).meanwhile(&[UploadProgress(SIZE), HashFails]).run();
        assert_eq!((trace.error(), trace.is_outcome_unknown), (&Error::UnreadableFile, true));
    }
    let staged = || apiframe().on(STAGING, staged()).on(STAGED, stored());
    for script in
        [staged().hash_fails(), staged().meanwhile(&[HashFails]), relaydance().on(FORM, accepted()).hash_fails()]
    {
        let trace = script.run();
        assert_eq!((trace.error(), trace.is_outcome_unknown), (&Error::UnreadableFile, false));
    }
}

#[test]
fn hash_failure_during_a_retry_wait_leaves_the_outcome_known() {
    let file = samples::jpeg(640, 480, 1_000);
    let mut upload = Upload::new(provider("relaydance"), Options::default(), samples::candidate("a.jpg", "", &file), 1);
    let mut next = upload.handle(Input::Start, at(NOW)).next;
    while let Next::Perform(Effect::Read { .. }) = next {
        next = upload.handle(Input::Read(file.clone()), at(NOW)).next;
    }
    let limited = Response { status: 429, ..Response::default() };
    let next = upload.handle(Input::Response(limited), at(NOW)).next;
    assert!(matches!(next, Next::Perform(Effect::Sleep { .. })), "{next:?}");
    assert!(matches!(upload.handle(Input::Failed(Failure::Unreadable), at(NOW)).next, Next::Finish(_)));
    assert!(!upload.is_outcome_unknown());
}

#[test]
fn form_post_4xx_leaves_the_outcome_known() {
    for http in [400, 401, 403, 404, 413, 415, 422] {
        each_form(&status(http, ""), |trace| assert!(!trace.is_outcome_unknown, "{http}"));
    }
    let too_long = retry_after(429, 10_000_000);
    each_form(&too_long, |trace| {
        assert!(!trace.is_outcome_unknown && trace.error().code() == ErrorCode::RateLimited);
    });
}

#[test]
fn worldrouter_503_leaves_the_outcome_known() {
    // "503 storage unavailable: Retry shortly; nothing was stored."
    let trace = worldrouter().forever(UPLOADS, &status(503, "")).run();
    assert_eq!(trace.error().code(), ErrorCode::Unavailable);
    assert!(!trace.is_outcome_unknown);
    let trace = worldrouter().on(UPLOADS, status(503, "")).on(UPLOADS, status(502, "")).run();
    assert!(trace.is_outcome_unknown && trace.retries().len() == 1);
    let trace = worldrouter().on(UPLOADS, status(503, "")).on(UPLOADS, uploaded()).run();
    assert!(!trace.is_outcome_unknown && trace.result().asset.id.is_some());
}

#[test]
fn put_or_confirmation_failure_leaves_the_outcome_known() {
    let put = || modelhunter().on(TICKET, ticket());
    let renewed = || put().on(PUT, denied()).on(TICKET, ticket()).on(PUT, denied()).on(TICKET, ticket());
    for script in [
        modelhunter().forever(TICKET, &failure(Failure::Network)),
        modelhunter().on(TICKET, status(200, "<html>")),
        put().forever(PUT, &status(503, "")),
        put().on(PUT, status(413, "")),
        renewed().on(PUT, denied()),
        put().on(PUT, stored()).forever(COMPLETE, &failure(Failure::Timeout)),
        put().on(PUT, stored()).on(COMPLETE, status(200, "<html>")),
    ] {
        let trace = script.run();
        assert!(!trace.is_outcome_unknown, "{:?}", trace.error());
    }
}

#[test]
fn unsent_finished_or_cancelled_upload_has_a_known_outcome() {
    let trace = relaydance().reads(mediaferry_testing::script::Reads::Fail).run();
    assert!(!trace.is_outcome_unknown);
    let trace = relaydance().on(FORM, accepted()).run();
    assert!(!trace.is_outcome_unknown);
    let trace = onerouter().on(UPLOAD, resource("failed", &[])).run();
    assert!(!trace.is_outcome_unknown);
    let trace = relaydance().on(FORM, accepted()).meanwhile(&[Cancel]).run();
    assert!(!trace.is_outcome_unknown, "the user knows what they did");
}
