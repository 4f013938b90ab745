//! The user pauses and goes on: at every effect of every kind of upload, and in what must not be cut.

use mediaferry::clock::Now;
use mediaferry::http::Idempotency;
use mediaferry::options::Options;
use mediaferry::upload::{Effect, Failure, Input, Next, PROCESS_DEADLINE_MILLIS, Upload};
use mediaferry_testing::samples;
use mediaferry_testing::script::request_line;
use mediaferry_testing::script::{Meanwhile, NOW, failure, status};

use crate::cancel::{by_address, by_form, by_staging, form, polled, put, signed_put};
use crate::provider_responses::{STATUS, UPLOAD, onerouter, resource};
use crate::{
    COMPLETE, FORM, PUT, TICKET, accepted, completed, modelhunter, photo, provider, relaydance, stored, ticket,
};

/// The first request comes after two reads of the photo.
const FIRST_REQUEST: usize = 2;

/// The requests, in order.
fn lines(effects: &[(u64, Effect)]) -> Vec<String> {
    let sent = |effect: &Effect| if let Effect::Send(request) = effect { Some(request_line(request)) } else { None };
    effects.iter().filter_map(|(_, effect)| sent(effect)).collect()
}

fn holds(effects: &[(u64, Effect)]) -> usize {
    effects.iter().filter(|(_, effect)| *effect == Effect::WaitForResume).count()
}

#[test]
fn pause_at_any_effect_makes_no_difference_to_the_asset() {
    for script in [put, form, polled, signed_put, by_form, by_staging, by_address] {
        let whole = script().run();
        for (at, (_, effect)) in whole.effects.iter().enumerate() {
            let trace = script().pause_at(at, 20).run();
            assert_eq!(trace.result(), whole.result(), "paused before effect {at}");
            let is_sent_once =
                matches!(effect, Effect::Send(request) if request.idempotency != Idempotency::Idempotent);
            let mut wanted = lines(&whole.effects);
            if let Effect::Send(request) = effect
                && !is_sent_once
            {
                wanted.insert(lines(&whole.effects[..at]).len(), request_line(request));
            }
            assert_eq!(lines(&trace.effects), wanted, "paused before effect {at}: what was cut is asked for again");
            let last = at + 1 == whole.effects.len();
            assert_eq!(holds(&trace.effects), usize::from(!(is_sent_once && last)), "paused before effect {at}");
        }
    }
}

#[test]
fn pause_during_a_form_takes_effect_after_it() {
    let trace = onerouter()
        .on(UPLOAD, resource("processing", &[]))
        .on(STATUS, resource("active", &[]))
        .pause_at(FIRST_REQUEST, 60_000)
        .run();
    assert_eq!(trace.request_lines(), [UPLOAD, STATUS]);
    let held = trace.effects.iter().position(|(_, effect)| *effect == Effect::WaitForResume);
    assert_eq!(held, Some(FIRST_REQUEST + 1), "before the poll");
    let ended =
        relaydance().on(FORM, accepted()).meanwhile(&[Meanwhile::HashComplete]).pause_at(FIRST_REQUEST, 60_000).run();
    assert_eq!(holds(&ended.effects), 0, "with nothing left to do, it ends");
    ended.result();
}

#[test]
fn ticket_that_expires_during_a_pause_is_renewed() {
    let trace = modelhunter()
        .on(TICKET, ticket())
        .on(TICKET, ticket())
        .on(PUT, stored())
        .on(COMPLETE, completed())
        .pause_at(FIRST_REQUEST + 1, 16 * 60_000)
        .run();
    assert_eq!(trace.request_lines(), [TICKET, PUT, TICKET, PUT, COMPLETE]);
    trace.result();
}

#[test]
fn pause_resets_the_retry_wait_and_the_attempt_count() {
    let mut script = modelhunter();
    for _ in 0..4 {
        script = script.on(TICKET, failure(Failure::Network));
    }
    let script = script.on(TICKET, status(503, "")).on(TICKET, ticket()).on(PUT, stored()).on(COMPLETE, completed());
    // Three tries and the waits between them are behind it.
    let trace = script.pause_at(FIRST_REQUEST + 6, 1_000).run();
    trace.result();
    assert_eq!(trace.sleeps().len(), 5, "one more wait than there could be without the pause");
}

#[test]
fn pause_during_processing_does_not_count_towards_the_deadline() {
    let trace = onerouter()
        .on(UPLOAD, resource("processing", &[]))
        .pause_at(FIRST_REQUEST + 1, 10 * PROCESS_DEADLINE_MILLIS)
        .times(3, STATUS, &resource("processing", &[]))
        .on(STATUS, resource("active", &[]))
        .run();
    assert!(trace.now > NOW + 10 * PROCESS_DEADLINE_MILLIS && trace.result().asset.uri.is_some());
}

#[test]
fn repeated_pause_and_resume_without_a_pause_are_ignored() {
    let candidate = samples::candidate("a.jpg", "image/jpeg", &photo());
    let mut upload = Upload::new(provider("modelhunter"), Options::default(), candidate, 1);
    let mut input = |input| upload.handle(input, Now::default()).next;
    assert!(matches!(input(Input::Start), Next::Perform(Effect::Read { .. })));
    assert!(matches!(input(Input::Resume), Next::Continue));
    assert!(matches!(input(Input::Pause), Next::Perform(Effect::WaitForResume)));
    assert!(matches!(input(Input::Pause), Next::Continue));
    assert!(matches!(input(Input::Resume), Next::Perform(Effect::Read { .. })));
    assert!(matches!(input(Input::Resume), Next::Continue));
    assert!(matches!(input(Input::Cancel), Next::Cancelled));
}
