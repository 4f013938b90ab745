//! Waiting for a provider that takes its time.

use mediaferry::error::{Error, ErrorCode};
use mediaferry::upload::{Failure, PROCESS_DEADLINE_MILLIS, Stage, WakeOn};
use mediaferry_testing::script::Meanwhile::{HashComplete, UploadProgress};
use mediaferry_testing::script::{NOW, failure, retry_after, sha256, status};

use crate::fake_providers::{
    SIGNED_PUT, SIGNED_SUBMIT, SIGNED_TICKET, SLOW_FORM, SLOW_STATUS, pending, ready, signed, slow,
};
use crate::{SIZE, photo, stored};

#[test]
fn asset_is_polled_until_it_is_ready() {
    let trace = slow()
        .on(SLOW_FORM, pending())
        .meanwhile(&[UploadProgress(SIZE), HashComplete])
        .times(3, SLOW_STATUS, &pending())
        .on(SLOW_STATUS, ready())
        .run();
    assert_eq!(trace.stages(), [Stage::Inspect, Stage::Transfer, Stage::Submit, Stage::Process]);
    assert_eq!(trace.result().asset.reference(), Some("asset://a1"), "a URI goes before a URL");
    assert_eq!(trace.result().asset.url.as_deref(), Some("https://fake.example/a1"));
    assert_eq!(trace.result().raw, r#"{"id":"a1","state":"active"}"#, "the last outcome is kept as it came");
    assert_eq!(trace.retries(), [], "asking again is no retry");
}

#[test]
fn ready_asset_is_not_polled() {
    let trace = slow().on(SLOW_FORM, ready()).run();
    assert_eq!((trace.request_lines().len(), trace.sleeps()), (1, vec![]));
}

#[test]
fn poll_waits_grow_from_one_second_to_ten() {
    let trace = slow().on(SLOW_FORM, pending()).times(11, SLOW_STATUS, &pending()).on(SLOW_STATUS, ready()).run();
    let waits = [1000, 1746, 2236, 4192, 4791, 6021, 10000, 10000, 10000, 8438, 10000, 10000];
    assert_eq!(trace.sleeps(), waits.map(|millis| (millis, WakeOn::Visible)), "SplitMix64 from seed 42, by hand");
}

#[test]
fn asset_is_polled_when_the_page_becomes_visible() {
    let trace = slow()
        .on(SLOW_FORM, pending())
        .wake(WakeOn::Visible, 3)
        .on(SLOW_STATUS, pending())
        .wake(WakeOn::Visible, 700)
        .on(SLOW_STATUS, ready())
        .run();
    assert_eq!(trace.now, NOW + 3 * 100 + 3 + 700);
}

#[test]
fn failed_state_ends_the_upload_with_the_provider_reason() {
    let failed = status(200, r#"{"id":"a1","state":"failed","reason":"no face found"}"#);
    let trace = slow().on(SLOW_FORM, pending()).on(SLOW_STATUS, failed).run();
    let error = Error::ProcessingFailed { provider_code: Some("no face found".to_owned()) };
    assert_eq!((trace.error(), trace.stage), (&error, Stage::Process));
}

#[test]
fn pending_asset_without_an_id_is_malformed() {
    let nameless = status(200, r#"{"state":"processing"}"#);
    let trace = slow().on(SLOW_FORM, nameless).meanwhile(&[HashComplete]).run();
    assert_eq!((trace.error().code(), trace.sleeps()), (ErrorCode::MalformedResponse, vec![]));
}

#[test]
fn unknown_state_is_malformed_and_ends_polling() {
    for body in [r#"{"id":"a1","state":"sleeping"}"#, r#"{"id":"a1","state":null}"#, r#"{"id":"a1"}"#] {
        let trace = slow().on(SLOW_FORM, pending()).on(SLOW_STATUS, status(200, body)).run();
        assert_eq!(trace.error(), &Error::MalformedResponse { what: "state".into(), status: Some(200) });
    }
}

#[test]
fn poll_is_retried_and_a_success_resets_the_attempt_count() {
    let fails = failure(Failure::Network);
    let trace = slow()
        .on(SLOW_FORM, pending())
        .times(4, SLOW_STATUS, &fails)
        .on(SLOW_STATUS, pending())
        .times(3, SLOW_STATUS, &status(502, "<html>"))
        .on(SLOW_STATUS, retry_after(429, 20_000))
        .on(SLOW_STATUS, ready())
        .run();
    let attempts: Vec<(ErrorCode, u32)> = trace.retries().iter().map(|(code, attempt, _)| (*code, *attempt)).collect();
    let (network, unavailable) = (ErrorCode::Network, ErrorCode::Unavailable);
    let expected =
        [(network, 1), (network, 2), (network, 3), (network, 4), (unavailable, 1), (unavailable, 2), (unavailable, 3)];
    assert_eq!(attempts[..7], expected);
    assert_eq!(trace.retries()[7], (ErrorCode::RateLimited, 4, 20_000));
}

#[test]
fn polling_that_fails_for_two_minutes_ends_the_upload() {
    let trace = slow().on(SLOW_FORM, pending()).forever(SLOW_STATUS, &failure(Failure::Timeout)).run();
    assert_eq!((trace.error(), trace.stage), (&Error::NetworkTimeout, Stage::Process));
}

#[test]
fn polling_times_out_ten_minutes_after_the_submit() {
    // So often with the waits of seed 42, if no request takes any time; the last time at the deadline.
    const POLLS: usize = 69;
    let first = slow().on(SLOW_FORM, pending()).lasting(0);
    let trace = (0..POLLS).fold(first, |script, _| script.on(SLOW_STATUS, pending()).lasting(0)).run();
    assert_eq!(trace.error(), &Error::TimedOut { after_millis: 600_000 });
    assert_eq!((trace.now, trace.stage), (NOW + PROCESS_DEADLINE_MILLIS, Stage::Process));
}

#[test]
fn poll_retry_after_beyond_the_deadline_times_out_at_once() {
    let script =
        |takes| slow().on(SLOW_FORM, pending()).lasting(0).on(SLOW_STATUS, retry_after(503, 100_000)).lasting(takes);
    // The first wait is 1,000 ms; then 99,999 are left, or one more, which is enough for a last look.
    let trace = script(499_001).run();
    assert_eq!(trace.error(), &Error::TimedOut { after_millis: 600_000 });
    assert_eq!(trace.now, NOW + 500_001, "and the upload ends immediately");
    let trace = script(499_000).on(SLOW_STATUS, ready()).run();
    assert_eq!(trace.result().asset.id.as_deref(), Some("a1"));
}

#[test]
fn ready_asset_after_the_deadline_is_accepted() {
    let script = || slow().on(SLOW_FORM, pending()).lasting(0);
    let trace = script().on(SLOW_STATUS, ready()).lasting(700_000).run();
    assert_eq!(trace.result().asset.id.as_deref(), Some("a1"));
    let trace = script().on(SLOW_STATUS, pending()).lasting(700_000).run();
    assert_eq!(trace.error(), &Error::TimedOut { after_millis: 600_000 });
}

#[test]
fn offline_poll_waits_for_the_network_until_the_deadline() {
    let offline = || slow().on(SLOW_FORM, pending()).lasting(0).on(SLOW_STATUS, failure(Failure::Offline)).lasting(0);
    let trace = offline().wake(WakeOn::Online, 30_000).on(SLOW_STATUS, ready()).run();
    assert_eq!(trace.result().asset.id.as_deref(), Some("a1"));
    assert_eq!(trace.sleeps(), [(1_000, WakeOn::Visible), (599_000, WakeOn::Online)]);
    let trace = offline().on(SLOW_STATUS, failure(Failure::Offline)).lasting(0).run();
    assert_eq!((trace.error(), trace.now), (&Error::TimedOut { after_millis: 600_000 }, NOW + 600_000));
}

#[test]
fn mismatched_checksum_reported_before_ours_is_known_fails_the_upload() {
    let (ours, other) = (sha256(&photo()).hex(), sha256(b"other").hex());
    let wrong = status(200, format!(r#"{{"id":"a1","state":"processing","sha256":"{other}"}}"#));
    let trace = slow().on(SLOW_FORM, wrong).on(SLOW_STATUS, ready()).meanwhile(&[HashComplete]).run();
    assert_eq!(trace.error(), &Error::Integrity { field: "sha256", expected: ours, actual: other });
}

#[test]
fn reported_checksum_must_match_ours() {
    let ours = sha256(&photo()).hex();
    let claiming = |sha256: &str| status(200, format!(r#"{{"id":"a1","state":"active","sha256":"{sha256}"}}"#));
    for same in [ours.clone(), ours.to_uppercase()] {
        let trace = slow().on(SLOW_FORM, pending()).on(SLOW_STATUS, claiming(&same)).run();
        assert_eq!(trace.checksum().hex(), ours);
        assert_eq!(trace.hashes(), 1, "the asset is not given out before our own digest is known");
    }
    let other = sha256(b"other").hex();
    let trace = slow().on(SLOW_FORM, pending()).on(SLOW_STATUS, claiming(&other)).run();
    assert_eq!(trace.error(), &Error::Integrity { field: "sha256", expected: ours, actual: other });
}

#[test]
fn signed_checksum_is_computed_before_the_ticket() {
    let trace = signed().on(SIGNED_TICKET, status(200, "")).on(SIGNED_PUT, stored()).on(SIGNED_SUBMIT, ready()).run();
    assert_eq!(trace.stages(), [Stage::Inspect, Stage::Hash, Stage::Ticket, Stage::Transfer, Stage::Submit]);
    assert_eq!(trace.checksum(), sha256(&photo()));
    let headers = [("Content-Type", "image/jpeg"), ("x-amz-checksum-sha256", "abc=")];
    assert_eq!(trace.requests()[1].headers, headers.map(|(name, value)| (name.to_owned(), value.to_owned())));

    let trace = signed().hash_fails().run();
    assert_eq!((trace.error(), trace.stage, trace.request_lines()), (&Error::UnreadableFile, Stage::Hash, vec![]));
}
