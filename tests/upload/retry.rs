//! What is tried again, when, and how often.

use mediaferry::error::{Error, ErrorCode};
use mediaferry::upload::{
    BASE_MILLIS, CAP_MILLIS, Failure, MAX_RETRY_AFTER_MILLIS, RETRY_TIMEOUT_MILLIS, Stage, WakeOn,
};
use mediaferry_testing::script::Meanwhile::{self, Elapse, UploadProgress};
use mediaferry_testing::script::UploadTrace;
use mediaferry_testing::script::{NOW, Script, failure, refusal, retry_after, status};

use crate::{
    COMPLETE, FORM, PUT, TICKET, accepted, completed, modelhunter, photo_to, provider, relaydance, stored, ticket,
};

fn waits(trace: &UploadTrace) -> Vec<u64> {
    assert!(trace.sleeps().iter().all(|(_, wake)| *wake == WakeOn::Never), "{:?}", trace.sleeps());
    trace.sleeps().into_iter().map(|(millis, _)| millis).collect()
}

/// ModelHunter's upload with something in front of each of its requests.
fn with_trouble(leg: &str, trouble: impl Fn(Script) -> Script) -> Script {
    [(TICKET, ticket()), (PUT, stored()), (COMPLETE, completed())].into_iter().fold(
        modelhunter(),
        |script, (line, outcome)| {
            let script = if line == leg { trouble(script) } else { script };
            script.on(line, outcome)
        },
    )
}

#[test]
fn network_failure_at_any_stage_of_a_put_upload_is_retried() {
    for (leg, stage) in [(TICKET, Stage::Ticket), (PUT, Stage::Transfer), (COMPLETE, Stage::Submit)] {
        for (fails, code) in [
            (Failure::Network, ErrorCode::Network),
            (Failure::Timeout, ErrorCode::NetworkTimeout),
            (Failure::Stalled, ErrorCode::Stalled),
        ] {
            let trace = with_trouble(leg, |script| script.on(leg, failure(fails))).run();
            assert_eq!(trace.result().asset.id.as_deref(), Some("file_abc123"));
            // SplitMix64 from seed 42, by hand: 73 of at most 500.
            assert_eq!(trace.retries(), [(code, 1, 73)]);
            assert_eq!(waits(&trace), [73]);
            assert_eq!(
                trace.stages().iter().filter(|entered| **entered == stage).count(),
                1,
                "a retry is no new stage"
            );
        }
    }
}

#[test]
fn put_503_twice_is_retried_until_it_succeeds() {
    let trace = with_trouble(PUT, |script| script.on(PUT, status(503, "")).on(PUT, status(503, "slow down"))).run();
    assert_eq!(trace.retries(), [(ErrorCode::Unavailable, 1, 73), (ErrorCode::Unavailable, 2, 313)]);
    assert_eq!(trace.request_lines(), [TICKET, PUT, PUT, PUT, COMPLETE]);
    assert_eq!(trace.result().asset.reference(), Some("https://cdn.modelhunter.ai/files/file_abc123.jpg"));
}

#[test]
fn retry_budget_is_two_minutes_without_progress() {
    for seed in 0..200 {
        for (script, line, stage) in
            [(modelhunter(), TICKET, Stage::Ticket), (modelhunter().on(TICKET, ticket()), PUT, Stage::Transfer)]
        {
            let trace = script.seed(seed).forever(line, &failure(Failure::Network)).run();
            assert_eq!((trace.error(), trace.stage), (&Error::Network, stage));
            let spent = trace.now - NOW;
            assert!((RETRY_TIMEOUT_MILLIS..RETRY_TIMEOUT_MILLIS + CAP_MILLIS + 1_000).contains(&spent), "{spent} ms");
        }
    }
}

#[test]
fn outage_of_a_minute_is_survived_for_any_jitter() {
    for seed in 0..300 {
        for (before, line, outcome) in [
            (modelhunter(), TICKET, ticket()),
            (modelhunter().on(TICKET, ticket()), PUT, stored()),
            (modelhunter().on(TICKET, ticket()).on(PUT, stored()), COMPLETE, completed()),
        ] {
            let after = match line {
                TICKET => vec![(PUT, stored()), (COMPLETE, completed())],
                PUT => vec![(COMPLETE, completed())],
                _ => vec![],
            };
            let script = before.seed(seed).outage(line, &failure(Failure::Network), 60_000).on(line, outcome);
            let trace = after.into_iter().fold(script, |script, (line, outcome)| script.on(line, outcome)).run();
            assert!(trace.now - NOW > 60_000 && trace.result().asset.id.is_some());
        }
    }
}

#[test]
fn progress_beyond_the_last_attempt_resets_the_retry_budget() {
    // Each try is cut a little retry_after than the one before, a minute after the last byte.
    let cut = |script: Script, sent| {
        script.on(PUT, failure(Failure::Stalled)).meanwhile(&[Elapse(1_000), UploadProgress(sent)]).lasting(60_000)
    };
    let trace = (1..=12).fold(modelhunter().on(TICKET, ticket()), |script, at| cut(script, at * 100_000));
    assert_eq!(trace.on(PUT, stored()).on(COMPLETE, completed()).run().retries().len(), 12);
    // Always at the same byte, the waits and the silence add up.
    let mut script = modelhunter().on(TICKET, ticket());
    for _ in 0..3 {
        script = cut(script, 100_000);
    }
    assert_eq!(script.run().error(), &Error::Stalled);
}

#[test]
fn resent_bytes_do_not_use_the_retry_budget() {
    // Cut at the same byte after ten minutes of sending: what was spent is what was waited.
    let steps: Vec<Meanwhile> = (1..=60).flat_map(|at| [Elapse(10_000), UploadProgress(at * 30_000)]).collect();
    let script = (0..4).fold(modelhunter().on(TICKET, ticket().without_expiry()), |script, _| {
        script.on(PUT, failure(Failure::Network)).meanwhile(&steps)
    });
    assert_eq!(script.on(PUT, stored()).on(COMPLETE, completed()).run().retries().len(), 4);
}

#[test]
fn retry_budget_is_configurable() {
    let trace = modelhunter().retry_timeout(5_000).forever(TICKET, &failure(Failure::Network)).run();
    assert!((5_000..5_000 + 8_000).contains(&(trace.now - NOW)));
    let remaining = trace.remaining();
    assert!(remaining.is_sorted_by(|a, b| a > b) && remaining.iter().all(|left| *left <= 5_000), "{remaining:?}");
    let trace = modelhunter().retry_timeout(0).forever(TICKET, &failure(Failure::Network)).run();
    assert_eq!(trace.retries(), []);
}

#[test]
fn jitter_stays_within_its_bounds_for_any_seed() {
    let mut widest = [0; 8];
    for seed in 0..300 {
        let trace = relaydance().seed(seed * 0x9E37_79B9).forever(FORM, &status(429, "")).run();
        assert_eq!(trace.error(), &Error::RateLimited(refusal(429, None, None)));
        for ((wait, widest), doublings) in waits(&trace).into_iter().zip(&mut widest).zip(0..) {
            assert!(wait <= CAP_MILLIS.min(BASE_MILLIS << doublings), "{wait} after {doublings} doublings");
            *widest = wait.max(*widest);
        }
    }
    for (widest, doublings) in widest.into_iter().zip(0..) {
        assert!(
            widest > CAP_MILLIS.min(BASE_MILLIS << doublings) * 9 / 10,
            "{widest} after {doublings} doublings is not full jitter"
        );
    }
}

#[test]
fn each_stage_has_its_own_retry_budget() {
    let fails = failure(Failure::Network);
    let trace = modelhunter()
        .outage(TICKET, &fails, 90_000)
        .on(TICKET, ticket())
        .outage(PUT, &fails, 90_000)
        .on(PUT, stored())
        .outage(COMPLETE, &fails, 90_000)
        .on(COMPLETE, completed())
        .run();
    let firsts = trace.retries().iter().filter(|(_, attempt, _)| *attempt == 1).count();
    assert!(firsts == 3 && trace.result().asset.id.is_some());
}

#[test]
fn retry_after_overrides_the_jitter() {
    for (http, code) in [(429, ErrorCode::RateLimited), (503, ErrorCode::Unavailable), (408, ErrorCode::Unavailable)] {
        let trace = with_trouble(TICKET, |script| script.on(TICKET, retry_after(http, 7_000))).run();
        assert_eq!(trace.retries(), [(code, 1, 7_000)]);
        assert_eq!(waits(&trace), [7_000]);
    }
    let trace = with_trouble(PUT, |script| script.on(PUT, retry_after(503, MAX_RETRY_AFTER_MILLIS))).run();
    assert_eq!(waits(&trace), [120_000]);
}

#[test]
fn retry_after_over_the_maximum_ends_the_upload() {
    let trace = modelhunter().on(TICKET, retry_after(429, MAX_RETRY_AFTER_MILLIS + 1)).run();
    assert_eq!(trace.error(), &Error::RateLimited(refusal(429, None, Some(120_001))));
    assert_eq!(trace.sleeps(), []);
    let trace = relaydance().on(FORM, retry_after(429, 3_600_000)).run();
    assert_eq!(trace.error(), &Error::RateLimited(refusal(429, None, Some(3_600_000))));
}

#[test]
fn form_that_may_have_arrived_is_not_retried() {
    for (fails, error) in [
        (Failure::Network, Error::Network),
        (Failure::Timeout, Error::NetworkTimeout),
        (Failure::Stalled, Error::Stalled),
        (Failure::Offline, Error::Offline),
    ] {
        let trace = relaydance().on(FORM, failure(fails)).run();
        assert_eq!(trace.error(), &error);
        assert_eq!((trace.sleeps(), trace.retries()), (vec![], vec![]));
    }
    for http in [408, 500, 502, 503, 504] {
        let trace = relaydance().on(FORM, status(http, "")).run();
        assert_eq!(trace.error(), &Error::Unavailable(refusal(http, None, None)));
        assert_eq!(trace.sleeps(), []);
    }
    let trace = relaydance().on(FORM, retry_after(503, 1_000)).run();
    assert_eq!(trace.error(), &Error::Unavailable(refusal(503, None, Some(1_000))));
}

#[test]
fn form_429_is_retried() {
    let trace = relaydance().on(FORM, retry_after(429, 2_000)).on(FORM, status(429, "")).on(FORM, accepted()).run();
    assert_eq!(trace.retries(), [(ErrorCode::RateLimited, 1, 2_000), (ErrorCode::RateLimited, 2, 152)]);
    assert_eq!(trace.result().asset.reference(), Some("https://..."));
}

#[test]
fn worldrouter_form_503_is_retried() {
    const UPLOADS: &str = "POST /v1/images/uploads";
    let outcome =
        r#"{"id":"imgupl_1","url":"https://oss.example.com/1","size_bytes":2048576,"content_type":"image/jpeg"}"#;
    let worldrouter = || photo_to(provider("worldrouter"));
    let trace = worldrouter().on(UPLOADS, retry_after(503, 2_000)).on(UPLOADS, status(200, outcome)).run();
    assert_eq!(trace.retries(), [(ErrorCode::Unavailable, 1, 2_000)]);
    assert_eq!(trace.result().asset.reference(), Some("https://oss.example.com/1"));
    for http in [500, 502, 504] {
        let trace = worldrouter().on(UPLOADS, status(http, "")).run();
        assert_eq!(trace.error(), &Error::Unavailable(refusal(http, None, None)));
        assert_eq!(trace.sleeps(), []);
    }
}

#[test]
fn refused_request_is_not_retried() {
    for http in [400, 403, 404, 409, 422] {
        for (script, line) in [(modelhunter(), TICKET), (relaydance(), FORM)] {
            let trace = script.on(line, status(http, r#"{"error":{"code":"NO"}}"#)).run();
            assert_eq!(trace.error(), &Error::Refused(refusal(http, Some("NO".to_owned()), None)));
            assert_eq!(trace.sleeps(), []);
        }
    }
    let trace = relaydance().on(FORM, status(413, "")).run();
    assert_eq!(trace.error(), &Error::TooLarge(refusal(413, None, None)));
}

#[test]
fn put_400_request_timeout_is_retried() {
    let slow = status(400, "<Error><Code>RequestTimeout</Code></Error>");
    let trace = with_trouble(PUT, |script| script.on(PUT, slow.clone())).run();
    assert_eq!(trace.retries(), [(ErrorCode::Stalled, 1, 73)]);
}
