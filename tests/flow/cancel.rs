//! The user changes their mind: at every effect of every kind of upload, and while something is under way.

use mediaferry::flow::{Effect, Failure, Stage, Wake};

use crate::made::{SIGNED_PUT, SIGNED_SUBMIT, SIGNED_TICKET, SLOW_FORM, SLOW_STATUS, pending, ready, signed, slow};
use crate::script::Meanwhile::{Cancel, Digested, Sent};
use crate::script::{Script, failure, status};
use crate::{COMPLETE, FORM, PUT, TICKET, completed, denied, modelhunter, relaydance, stored, taken, ticket};

fn put() -> Script {
    modelhunter()
        .on(TICKET, status(503, ""))
        .on(TICKET, ticket())
        .on(PUT, failure(Failure::Offline))
        .wake(Wake::Online, 5)
        .on(PUT, denied())
        .on(TICKET, ticket())
        .on(PUT, stored())
        .on(COMPLETE, status(429, ""))
        .on(COMPLETE, completed())
}

fn form() -> Script {
    relaydance().on(FORM, status(429, "")).on(FORM, taken())
}

fn polled() -> Script {
    slow().on(SLOW_FORM, pending()).on(SLOW_STATUS, status(500, "")).on(SLOW_STATUS, pending()).on(SLOW_STATUS, ready())
}

fn signed_put() -> Script {
    signed().on(SIGNED_TICKET, status(200, "")).on(SIGNED_PUT, stored()).on(SIGNED_SUBMIT, ready())
}

#[test]
fn cancel_at_any_effect_ends_the_upload_there() {
    let mut kinds = Vec::new();
    for script in [put, form, polled, signed_put] {
        let whole = script().run();
        whole.delivery();
        for at in 0..whole.effects.len() {
            let played = script().cancel_at(at).run();
            assert!(played.is_cancelled(), "at effect {at}");
            assert_eq!(played.effects, whole.effects[..=at], "up to there it is the same upload");
            assert_eq!(played.events, whole.events[..played.events.len()], "and tells the same");
            kinds.push((played.stage, core::mem::discriminant(&whole.effects[at].1)));
        }
    }
    // The loop above has met every stage, and each kind of effect.
    for stage in Stage::ALL {
        assert!(kinds.iter().any(|(met, _)| met == stage), "{stage:?}");
    }
    let read = Effect::Read { offset: 0, len: 1 };
    let sleep = Effect::Sleep { millis: 1, wake: Wake::Never };
    for effect in [read, Effect::Hash, sleep] {
        assert!(kinds.iter().any(|(_, met)| *met == core::mem::discriminant(&effect)), "{effect:?}");
    }
}

#[test]
fn cancel_while_bytes_move_ends_the_upload() {
    let put = modelhunter().on(TICKET, ticket()).on(PUT, stored()).meanwhile(&[Sent(1_000), Digested(5_000), Cancel]);
    for (script, stage) in [
        (put, Stage::Transfer),
        (modelhunter().on(TICKET, ticket()).meanwhile(&[Cancel]), Stage::Ticket),
        (relaydance().on(FORM, taken()).meanwhile(&[Sent(1_000), Cancel]), Stage::Transfer),
        (relaydance().on(FORM, taken()).meanwhile(&[Sent(crate::SIZE), Cancel]), Stage::Submit),
        (slow().on(SLOW_FORM, pending()).on(SLOW_STATUS, ready()).meanwhile(&[Cancel]), Stage::Process),
    ] {
        let played = script.run();
        assert!(played.is_cancelled());
        assert_eq!(played.stage, stage);
    }
}
