//! The user changes their mind: at every effect of every kind of upload, and while something is under way.

use mediaferry::upload::{Effect, Failure, Stage, WakeOn};
use mediaferry_testing::script::Meanwhile::{Cancel, HashProgress, UploadProgress};
use mediaferry_testing::script::{Script, failure, status};

use crate::fake_providers::{
    SIGNED_PUT, SIGNED_SUBMIT, SIGNED_TICKET, SLOW_FORM, SLOW_STATUS, pending, ready, signed, slow,
};
use crate::provider_responses::{
    ASSET, CREATE, STAGED, STAGING, STATUS, UPLOAD, apiframe, asset, code, created, onerouter, resource, staged,
};
use crate::{
    COMPLETE, FORM, PUT, TICKET, accepted, completed, denied, modelhunter, provider, relaydance, stored, ticket,
};

pub(crate) fn put() -> Script {
    modelhunter()
        .on(TICKET, status(503, ""))
        .on(TICKET, ticket())
        .on(PUT, failure(Failure::Offline))
        .wake(WakeOn::Online, 5)
        .on(PUT, denied())
        .on(TICKET, ticket())
        .on(PUT, stored())
        .on(COMPLETE, status(429, ""))
        .on(COMPLETE, completed())
}

pub(crate) fn form() -> Script {
    relaydance().on(FORM, status(429, "")).on(FORM, accepted())
}

pub(crate) fn polled() -> Script {
    slow().on(SLOW_FORM, pending()).on(SLOW_STATUS, status(500, "")).on(SLOW_STATUS, pending()).on(SLOW_STATUS, ready())
}

pub(crate) fn signed_put() -> Script {
    signed().on(SIGNED_TICKET, status(200, "")).on(SIGNED_PUT, stored()).on(SIGNED_SUBMIT, ready())
}

pub(crate) fn by_form() -> Script {
    onerouter()
        .on(UPLOAD, status(429, ""))
        .on(UPLOAD, resource("processing", &[]))
        .on(STATUS, code(500, ""))
        .on(STATUS, resource("active", &[]))
}

/// With a ticket that is renewed, a create that sleeps between its tries, and polls.
pub(crate) fn by_staging() -> Script {
    apiframe()
        .on(STAGING, status(503, ""))
        .on(STAGING, staged())
        .on(STAGED, denied())
        .on(STAGING, staged())
        .on(STAGED, failure(Failure::Network))
        .on(STAGED, stored())
        .on(CREATE, status(429, ""))
        .on(CREATE, created())
        .on(ASSET, asset("Processing", None))
        .on(ASSET, asset("Active", None))
}

pub(crate) fn by_address() -> Script {
    Script::from_url(provider("apiframe"), "https://example.com/a.png")
        .on(CREATE, status(429, ""))
        .on(CREATE, created())
        .on(ASSET, asset("Active", None))
}

#[test]
fn cancel_at_any_effect_ends_the_upload_there() {
    let mut kinds = Vec::new();
    for script in [put, form, polled, signed_put, by_form, by_staging, by_address] {
        let whole = script().run();
        whole.result();
        for at in 0..whole.effects.len() {
            let trace = script().cancel_at(at).run();
            assert!(trace.is_cancelled() && !trace.is_outcome_unknown, "at effect {at}");
            assert_eq!(trace.effects, whole.effects[..=at], "up to there it is the same upload");
            assert_eq!(trace.events, whole.events[..trace.events.len()], "and tells the same");
            kinds.push((trace.stage, core::mem::discriminant(&whole.effects[at].1)));
        }
    }
    // The loop above has met every stage of the core, and each kind of effect. The page fixes files.
    for stage in Stage::ALL.iter().filter(|stage| **stage != Stage::Fix) {
        assert!(kinds.iter().any(|(met, _)| met == stage), "{stage:?}");
    }
    let read = Effect::Read { offset: 0, len: 1 };
    let sleep = Effect::Sleep { millis: 1, wake: WakeOn::Never };
    for effect in [read, Effect::Hash, sleep] {
        assert!(kinds.iter().any(|(_, met)| *met == core::mem::discriminant(&effect)), "{effect:?}");
    }
}

#[test]
fn cancel_while_bytes_move_ends_the_upload() {
    let put = modelhunter().on(TICKET, ticket()).on(PUT, stored()).meanwhile(&[
        UploadProgress(1_000),
        HashProgress(5_000),
        Cancel,
    ]);
    for (script, stage) in [
        (put, Stage::Transfer),
        (modelhunter().on(TICKET, ticket()).meanwhile(&[Cancel]), Stage::Ticket),
        (relaydance().on(FORM, accepted()).meanwhile(&[UploadProgress(1_000), Cancel]), Stage::Transfer),
        (relaydance().on(FORM, accepted()).meanwhile(&[UploadProgress(crate::SIZE), Cancel]), Stage::Submit),
        (slow().on(SLOW_FORM, pending()).on(SLOW_STATUS, ready()).meanwhile(&[Cancel]), Stage::Process),
        (apiframe().on(STAGING, staged()).meanwhile(&[HashProgress(5_000), Cancel]), Stage::Ticket),
        (
            apiframe().on(STAGING, staged()).on(STAGED, stored()).meanwhile(&[UploadProgress(9), Cancel]),
            Stage::Transfer,
        ),
        (
            Script::from_url(provider("onerouter"), "https://a.example/b").on(UPLOAD, stored()).meanwhile(&[Cancel]),
            Stage::Submit,
        ),
        (onerouter().on(UPLOAD, resource("processing", &[])).on(STATUS, stored()).meanwhile(&[Cancel]), Stage::Process),
    ] {
        let trace = script.run();
        assert!(trace.is_cancelled());
        assert_eq!(trace.stage, stage);
    }
}
