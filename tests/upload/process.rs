//! Waiting for a provider that takes its time.

use mediaferry::error::{Error, ErrorCode};
use mediaferry::upload::{Failure, PROCESS_DEADLINE_MILLIS, Stage, WakeOn};

use crate::made::{SIGNED_PUT, SIGNED_SUBMIT, SIGNED_TICKET, SLOW_FORM, SLOW_STATUS, pending, ready, signed, slow};
use crate::script::Meanwhile::{Hashed, Sent};
use crate::script::{NOW, failure, later, sha256, status};
use crate::{SIZE, photo, stored};

#[test]
fn asset_is_polled_until_it_is_ready() {
    let played = slow()
        .on(SLOW_FORM, pending())
        .meanwhile(&[Sent(SIZE), Hashed])
        .times(3, SLOW_STATUS, &pending())
        .on(SLOW_STATUS, ready())
        .run();
    assert_eq!(played.stages(), [Stage::Inspect, Stage::Transfer, Stage::Submit, Stage::Process]);
    assert_eq!(played.delivery().asset.reference(), Some("asset://a1"), "a URI goes before a URL");
    assert_eq!(played.delivery().asset.url.as_deref(), Some("https://made.example/a1"));
    assert_eq!(played.delivery().raw, r#"{"id":"a1","state":"active"}"#, "the last answer is kept as it came");
    assert_eq!(played.retries(), [], "asking again is no retry");
}

#[test]
fn ready_asset_is_not_polled() {
    let played = slow().on(SLOW_FORM, ready()).run();
    assert_eq!((played.lines().len(), played.sleeps()), (1, vec![]));
}

#[test]
fn poll_waits_grow_from_one_second_to_ten() {
    let played = slow().on(SLOW_FORM, pending()).times(11, SLOW_STATUS, &pending()).on(SLOW_STATUS, ready()).run();
    let waits = [1000, 1746, 2236, 4192, 4791, 6021, 10000, 10000, 10000, 8438, 10000, 10000];
    assert_eq!(played.sleeps(), waits.map(|millis| (millis, WakeOn::Visible)), "SplitMix64 from seed 42, by hand");
}

#[test]
fn asset_is_polled_when_the_page_becomes_visible() {
    let played = slow()
        .on(SLOW_FORM, pending())
        .wake(WakeOn::Visible, 3)
        .on(SLOW_STATUS, pending())
        .wake(WakeOn::Visible, 700)
        .on(SLOW_STATUS, ready())
        .run();
    assert_eq!(played.now, NOW + 3 * 100 + 3 + 700);
}

#[test]
fn failed_state_ends_the_upload_with_the_provider_reason() {
    let failed = status(200, r#"{"id":"a1","state":"failed","reason":"no face found"}"#);
    let played = slow().on(SLOW_FORM, pending()).on(SLOW_STATUS, failed).run();
    let error = Error::ProcessingFailed { provider_code: Some("no face found".to_owned()) };
    assert_eq!((played.error(), played.stage), (&error, Stage::Process));
}

#[test]
fn pending_asset_without_an_id_is_malformed() {
    let nameless = status(200, r#"{"state":"processing"}"#);
    let played = slow().on(SLOW_FORM, nameless).meanwhile(&[Hashed]).run();
    assert_eq!((played.error().code(), played.sleeps()), (ErrorCode::MalformedResponse, vec![]));
}

#[test]
fn unknown_state_is_malformed_and_ends_polling() {
    for body in [r#"{"id":"a1","state":"sleeping"}"#, r#"{"id":"a1","state":null}"#, r#"{"id":"a1"}"#] {
        let played = slow().on(SLOW_FORM, pending()).on(SLOW_STATUS, status(200, body)).run();
        assert_eq!(played.error(), &Error::MalformedResponse { what: "state", status: Some(200) });
    }
}

#[test]
fn poll_is_retried_and_a_success_resets_the_attempt_count() {
    let fails = failure(Failure::Network);
    let played = slow()
        .on(SLOW_FORM, pending())
        .times(4, SLOW_STATUS, &fails)
        .on(SLOW_STATUS, pending())
        .times(3, SLOW_STATUS, &status(502, "<html>"))
        .on(SLOW_STATUS, later(429, 20_000))
        .on(SLOW_STATUS, ready())
        .run();
    let attempts: Vec<(ErrorCode, u32)> = played.retries().iter().map(|(code, attempt, _)| (*code, *attempt)).collect();
    let (network, unavailable) = (ErrorCode::Network, ErrorCode::Unavailable);
    let expected =
        [(network, 1), (network, 2), (network, 3), (network, 4), (unavailable, 1), (unavailable, 2), (unavailable, 3)];
    assert_eq!(attempts[..7], expected);
    assert_eq!(played.retries()[7], (ErrorCode::RateLimited, 4, 20_000));
}

#[test]
fn polling_that_fails_for_two_minutes_ends_the_upload() {
    let played = slow().on(SLOW_FORM, pending()).forever(SLOW_STATUS, &failure(Failure::Timeout)).run();
    assert_eq!((played.error(), played.stage), (&Error::NetworkTimeout, Stage::Process));
}

#[test]
fn polling_times_out_ten_minutes_after_the_submit() {
    // So often with the waits of seed 42, if no request takes any time; the last time at the deadline.
    const ASKED: usize = 69;
    let first = slow().on(SLOW_FORM, pending()).takes(0);
    let played = (0..ASKED).fold(first, |script, _| script.on(SLOW_STATUS, pending()).takes(0)).run();
    assert_eq!(played.error(), &Error::TimedOut { after_millis: 600_000 });
    assert_eq!((played.now, played.stage), (NOW + PROCESS_DEADLINE_MILLIS, Stage::Process));
}

#[test]
fn poll_retry_after_beyond_the_deadline_times_out_at_once() {
    let script = |takes| slow().on(SLOW_FORM, pending()).takes(0).on(SLOW_STATUS, later(503, 100_000)).takes(takes);
    // The first wait is 1,000 ms; then 99,999 are left, or one more, which is enough for a last look.
    let played = script(499_001).run();
    assert_eq!(played.error(), &Error::TimedOut { after_millis: 600_000 });
    assert_eq!(played.now, NOW + 500_001, "and it is said at once");
    let played = script(499_000).on(SLOW_STATUS, ready()).run();
    assert_eq!(played.delivery().asset.id.as_deref(), Some("a1"));
}

#[test]
fn ready_asset_after_the_deadline_is_accepted() {
    let script = || slow().on(SLOW_FORM, pending()).takes(0);
    let played = script().on(SLOW_STATUS, ready()).takes(700_000).run();
    assert_eq!(played.delivery().asset.id.as_deref(), Some("a1"));
    let played = script().on(SLOW_STATUS, pending()).takes(700_000).run();
    assert_eq!(played.error(), &Error::TimedOut { after_millis: 600_000 });
}

#[test]
fn offline_poll_waits_for_the_network_until_the_deadline() {
    let offline = || slow().on(SLOW_FORM, pending()).takes(0).on(SLOW_STATUS, failure(Failure::Offline)).takes(0);
    let played = offline().wake(WakeOn::Online, 30_000).on(SLOW_STATUS, ready()).run();
    assert_eq!(played.delivery().asset.id.as_deref(), Some("a1"));
    assert_eq!(played.sleeps(), [(1_000, WakeOn::Visible), (599_000, WakeOn::Online)]);
    let played = offline().on(SLOW_STATUS, failure(Failure::Offline)).takes(0).run();
    assert_eq!((played.error(), played.now), (&Error::TimedOut { after_millis: 600_000 }, NOW + 600_000));
}

#[test]
fn mismatched_checksum_reported_before_ours_is_known_fails_the_upload() {
    let (ours, other) = (sha256(&photo()).hex(), sha256(b"other").hex());
    let wrong = status(200, format!(r#"{{"id":"a1","state":"processing","sha256":"{other}"}}"#));
    let played = slow().on(SLOW_FORM, wrong).on(SLOW_STATUS, ready()).meanwhile(&[Hashed]).run();
    assert_eq!(played.error(), &Error::Integrity { field: "sha256", sent: ours, held: other });
}

#[test]
fn reported_checksum_must_match_ours() {
    let ours = sha256(&photo()).hex();
    let claiming = |sha256: &str| status(200, format!(r#"{{"id":"a1","state":"active","sha256":"{sha256}"}}"#));
    for same in [ours.clone(), ours.to_uppercase()] {
        let played = slow().on(SLOW_FORM, pending()).on(SLOW_STATUS, claiming(&same)).run();
        assert_eq!(played.sent().checksum.hex(), ours);
        assert_eq!(played.hashes(), 1, "the asset is not given out before our own digest is known");
    }
    let other = sha256(b"other").hex();
    let played = slow().on(SLOW_FORM, pending()).on(SLOW_STATUS, claiming(&other)).run();
    assert_eq!(played.error(), &Error::Integrity { field: "sha256", sent: ours, held: other });
}

#[test]
fn signed_checksum_is_computed_before_the_ticket() {
    let played = signed().on(SIGNED_TICKET, status(200, "")).on(SIGNED_PUT, stored()).on(SIGNED_SUBMIT, ready()).run();
    assert_eq!(played.stages(), [Stage::Inspect, Stage::Hash, Stage::Ticket, Stage::Transfer, Stage::Submit]);
    assert_eq!(played.sent().checksum, sha256(&photo()));
    let headers = [("Content-Type", "image/jpeg"), ("x-amz-checksum-sha256", "abc=")];
    assert_eq!(played.requests()[1].headers, headers.map(|(name, value)| (name.to_owned(), value.to_owned())));

    let played = signed().hash_fails().run();
    assert_eq!((played.error(), played.stage, played.lines()), (&Error::UnreadableFile, Stage::Hash, vec![]));
}
