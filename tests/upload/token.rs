//! A gateway with tokens: after a 401, the request is sent once more with a new token.

use mediaferry::error::{Error, ErrorCode};
use mediaferry::upload::Stage;
use mediaferry_testing::script::{Outcome, Script, refusal, status};

use crate::{
    COMPLETE, FORM, PUT, TICKET, accepted, completed, denied, modelhunter, photo_to, provider, relaydance, stored,
    ticket,
};

/// What a proxy before the gateway outcomes.
fn unauthorized() -> Outcome {
    status(401, "<html><h1>401 Authorization Required</h1></html>")
}

fn ends_unauthenticated(script: Script, stage: Stage) {
    let trace = script.run();
    assert_eq!(
        (trace.error().code(), trace.stage, trace.is_outcome_unknown),
        (ErrorCode::Unauthenticated, stage, false)
    );
}

#[test]
fn request_401_is_retried_once_with_a_new_token() {
    let script = || modelhunter().renewing_token().on(TICKET, unauthorized());
    let trace = script().on(TICKET, ticket()).on(PUT, stored()).on(COMPLETE, completed()).run();
    assert_eq!(trace.retries(), [(ErrorCode::Unauthenticated, 1, 0)]);
    assert_eq!(trace.result().asset.id.as_deref(), Some("file_abc123"));
    ends_unauthenticated(script().on(TICKET, unauthorized()), Stage::Ticket);
    // Another one may end as well, an hour later.
    let late = script().on(TICKET, ticket()).on(PUT, stored()).times(2, COMPLETE, &unauthorized());
    ends_unauthenticated(late, Stage::Submit);
}

#[test]
fn form_401_is_retried_once_with_a_new_token() {
    let script = || relaydance().renewing_token().on(FORM, unauthorized());
    let trace = script().on(FORM, accepted()).run();
    assert!(!trace.is_outcome_unknown && trace.end.is_some_and(|end| end.is_ok()));
    ends_unauthenticated(script().on(FORM, unauthorized()), Stage::Transfer);
}

#[test]
fn staging_401_is_retried_once_with_a_new_token() {
    let apiframe = photo_to(provider("apiframe")).renewing_token();
    ends_unauthenticated(apiframe.times(2, "POST /staging", &unauthorized()), Stage::Ticket);
}

#[test]
fn request_401_without_token_renewal_is_not_retried() {
    ends_unauthenticated(modelhunter().on(TICKET, unauthorized()), Stage::Ticket);
    ends_unauthenticated(relaydance().on(FORM, unauthorized()), Stage::Transfer);
}

#[test]
fn put_401_requests_no_new_token() {
    let trace = modelhunter().renewing_token().on(TICKET, ticket()).on(PUT, unauthorized()).run();
    assert_eq!(trace.error(), &Error::Refused(refusal(401, None, None)));
    let trace = modelhunter().renewing_token().on(TICKET, ticket()).on(PUT, denied()).on(TICKET, unauthorized());
    trace.on(TICKET, ticket()).on(PUT, stored()).on(COMPLETE, completed()).run().result();
}
