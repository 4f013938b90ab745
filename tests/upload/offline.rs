//! Without a line: the upload waits for it, but not for ever, and that is no failed try.

use mediaferry::error::{Error, ErrorCode};
use mediaferry::upload::{Failure, OFFLINE_DEADLINE_MILLIS, Stage, WakeOn};
use mediaferry_testing::script::{NOW, Script, failure};

use crate::{COMPLETE, PUT, TICKET, completed, modelhunter, stored, ticket};

fn offline(script: Script, line: &str) -> Script {
    script.on(line, failure(Failure::Offline))
}

#[test]
fn offline_upload_continues_once_online() {
    let trace = offline(modelhunter(), TICKET)
        .wake(WakeOn::Online, 45_000)
        .on(TICKET, ticket())
        .on(PUT, stored())
        .on(COMPLETE, completed())
        .run();
    assert_eq!(trace.sleeps(), [(OFFLINE_DEADLINE_MILLIS, WakeOn::Online)]);
    assert_eq!(trace.retries(), [(ErrorCode::Offline, 0, OFFLINE_DEADLINE_MILLIS)]);
    assert_eq!(trace.now, NOW + 45_000 + 400);
}

#[test]
fn offline_does_not_count_as_a_failed_attempt() {
    let mut script = modelhunter().on(TICKET, ticket()).times(4, PUT, &failure(Failure::Network));
    for _ in 0..8 {
        script = offline(script, PUT).wake(WakeOn::Online, 1_000);
    }
    let trace = script.on(PUT, stored()).on(COMPLETE, completed()).run();
    assert_eq!(trace.retries().iter().filter(|(code, ..)| *code == ErrorCode::Offline).count(), 8);
}

#[test]
fn offline_upload_ends_after_ten_minutes() {
    let trace = offline(offline(modelhunter(), TICKET), TICKET).run();
    assert_eq!((trace.error(), trace.stage), (&Error::Offline, Stage::Ticket));
    assert_eq!(trace.now, NOW + 600_000 + 200);
    assert_eq!(OFFLINE_DEADLINE_MILLIS, 600_000);
}

#[test]
fn intermittent_connection_does_not_extend_the_offline_deadline() {
    let script = offline(modelhunter(), TICKET).wake(WakeOn::Online, 400_000);
    let script = offline(script, TICKET).wake(WakeOn::Online, 100_000);
    let trace = offline(offline(script, TICKET), TICKET).run();
    assert_eq!(trace.error(), &Error::Offline);
    let sleeps: Vec<u64> = trace.sleeps().into_iter().map(|(millis, _)| millis).collect();
    assert_eq!(sleeps, [600_000, 199_900, 99_800], "what is left of ten minutes since the first time");
}

#[test]
fn response_resets_the_offline_deadline() {
    let script = offline(modelhunter(), TICKET).wake(WakeOn::Online, 500_000).on(TICKET, ticket());
    let trace = offline(script, PUT).wake(WakeOn::Online, 1).on(PUT, stored()).on(COMPLETE, completed()).run();
    assert_eq!(trace.sleeps(), [(600_000, WakeOn::Online), (600_000, WakeOn::Online)]);
}

#[test]
fn ticket_that_expires_offline_is_renewed() {
    // The page's ticket ends a quarter of an hour after the beginning.
    let trace = offline(modelhunter().on(TICKET, ticket()).lasting(880_000), PUT)
        .wake(WakeOn::Online, 15_000)
        .on(TICKET, ticket())
        .on(PUT, stored())
        .on(COMPLETE, completed())
        .run();
    assert_eq!(trace.request_lines().len(), 5);
}
