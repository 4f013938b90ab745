//! A gateway that wants a token: another one is asked for once, for a 401 says that nothing was done.

use mediaferry::error::{Error, ErrorCode};
use mediaferry::flow::Stage;

use crate::script::{Answer, Script, refusal, status};
use crate::{
    COMPLETE, FORM, PUT, TICKET, completed, denied, modelhunter, photo_to, provider, relaydance, stored, taken, ticket,
};

/// What a proxy before the gateway answers.
fn unauthorized() -> Answer {
    status(401, "<html><h1>401 Authorization Required</h1></html>")
}

fn ends_unauthenticated(script: Script, stage: Stage) {
    let played = script.run();
    assert_eq!((played.error().code(), played.stage, played.is_unclear), (ErrorCode::Unauthenticated, stage, false));
}

#[test]
fn a_401_is_repeated_once_in_a_row() {
    let script = || modelhunter().renewing_token().on(TICKET, unauthorized());
    let played = script().on(TICKET, ticket()).on(PUT, stored()).on(COMPLETE, completed()).run();
    assert_eq!(played.retries(), [(ErrorCode::Unauthenticated, 1, 0)]);
    assert_eq!(played.delivery().asset.id.as_deref(), Some("file_abc123"));
    ends_unauthenticated(script().on(TICKET, unauthorized()), Stage::Ticket);
    // Another one may end as well, an hour later.
    let late = script().on(TICKET, ticket()).on(PUT, stored()).times(2, COMPLETE, &unauthorized());
    ends_unauthenticated(late, Stage::Submit);
}

#[test]
fn a_form_is_repeated_as_well() {
    let script = || relaydance().renewing_token().on(FORM, unauthorized());
    let played = script().on(FORM, taken()).run();
    assert!(!played.is_unclear && played.end.is_some_and(|end| end.is_ok()));
    ends_unauthenticated(script().on(FORM, unauthorized()), Stage::Transfer);
}

#[test]
fn staging_is_the_gateway_s_too() {
    let apiframe = photo_to(provider("apiframe")).renewing_token();
    ends_unauthenticated(apiframe.times(2, "POST /staging", &unauthorized()), Stage::Ticket);
}

#[test]
fn nobody_is_asked_where_there_is_nobody_to_ask() {
    ends_unauthenticated(modelhunter().on(TICKET, unauthorized()), Stage::Ticket);
    ends_unauthenticated(relaydance().on(FORM, unauthorized()), Stage::Transfer);
}

#[test]
fn storage_has_nothing_to_do_with_it() {
    let played = modelhunter().renewing_token().on(TICKET, ticket()).on(PUT, unauthorized()).run();
    assert_eq!(played.error(), &Error::Refused(refusal(401, None, None)));
    let played = modelhunter().renewing_token().on(TICKET, ticket()).on(PUT, denied()).on(TICKET, unauthorized());
    played.on(TICKET, ticket()).on(PUT, stored()).on(COMPLETE, completed()).run().delivery();
}
