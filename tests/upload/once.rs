//! Requests that may create an asset are sent once: the gateway is asked what became of one whose response was lost.

use mediaferry::error::{Error, ErrorCode};
use mediaferry::upload::{Failure, Stage, WakeOn};
use serde_json::json;

use crate::pages::{CREATE, STAGED, STAGING, apiframe, asset, created, staged};
use crate::played::Played;
use crate::script::Meanwhile::Sent;
use crate::script::{Answer, NOW, Script, failure, later, status};
use crate::{COMPLETE, FORM, PUT, SIZE, TICKET, modelhunter, photo, relaydance, stored, taken, ticket};

const ASK: &str = "GET /attempts/0123456789abcdef0123456700000000?age=1";
const POLL: &str = "GET /v2/assets/abc123def456";

fn form() -> Script {
    relaydance().identified()
}

/// The gateway's response about an id.
fn knows(state: &str) -> Answer {
    status(200, json!({ "state": state }).to_string())
}

fn finished(http: u16, body: &str) -> Answer {
    status(200, json!({ "state": "finished", "status": http, "body": body }).to_string())
}

fn taken_text() -> String {
    let Answer::Response(response) = taken() else { panic!("a response") };
    response.text()
}

/// The ids of the requests of this line.
fn ids(played: &Played, line: &str) -> Vec<String> {
    let of = |at: usize| played.requests()[at].headers.iter().find(|(name, _)| name == "mediaferry-attempt").cloned();
    let lines = played.lines();
    (0..lines.len()).filter(|at| lines[*at] == line).filter_map(|at| Some(of(at)?.1)).collect()
}

#[test]
fn only_a_non_idempotent_request_has_an_attempt_id() {
    let played = form().on(FORM, taken()).run();
    assert_eq!(ids(&played, FORM), ["0123456789abcdef0123456700000000"]);
    let played = apiframe().identified().on(STAGING, staged()).on(STAGED, stored()).on(CREATE, created());
    let played = played.on(POLL, asset("Active", None)).run();
    let with_id = played.requests().into_iter().filter(|request| !ids_of(request).is_empty()).count();
    assert_eq!((with_id, ids(&played, CREATE).len()), (1, 1));
}

fn ids_of(request: &mediaferry::http::Request) -> Vec<&str> {
    request.headers.iter().filter(|(name, _)| name == "mediaferry-attempt").map(|(_, id)| id.as_str()).collect()
}

#[test]
fn lost_response_is_fetched_from_the_gateway() {
    for fails in [Failure::Network, Failure::Timeout, Failure::Stalled] {
        let played = form().on(FORM, failure(fails)).on(ASK, finished(200, &taken_text())).run();
        assert_eq!(played.delivery().asset.reference(), Some("https://..."));
        assert_eq!((played.retries().len(), played.is_outcome_unknown), (1, false));
    }
}

#[test]
fn request_that_never_arrived_is_resent_with_the_same_id() {
    let played = form().on(FORM, failure(Failure::Network)).on(ASK, knows("never_sent")).on(FORM, taken()).run();
    let id = "0123456789abcdef0123456700000000";
    assert_eq!(ids(&played, FORM), [id, id], "should the first still arrive, it is recognised");
    assert!(!played.is_outcome_unknown && played.end.is_some_and(|end| end.is_ok()));
}

#[test]
fn running_request_is_polled_until_it_finishes() {
    let lost = form().on(FORM, failure(Failure::Stalled)).meanwhile(&[Sent(SIZE)]);
    let later = "GET /attempts/0123456789abcdef0123456700000000?age=1";
    let played =
        lost.on(later, knows("running")).on(later, knows("running")).on(later, finished(200, &taken_text())).run();
    assert_eq!(played.delivery().asset.reference(), Some("https://..."));
    assert_eq!(played.stages(), [Stage::Inspect, Stage::Transfer, Stage::Submit, Stage::Hash]);
}

#[test]
fn attempt_unknown_to_the_gateway_leaves_the_outcome_unknown() {
    let answers = [
        status(404, ""),
        status(405, "<html>"),
        status(200, "<html>"),
        status(409, "{}"),
        knows("forgotten"),
        status(401, ""),
    ];
    for answer in answers {
        let played = form().on(FORM, failure(Failure::Network)).on(ASK, answer).run();
        assert_eq!((played.error(), played.is_outcome_unknown), (&Error::Network, true));
    }
    let played = form().on(FORM, failure(Failure::Timeout)).forever(ASK, &failure(Failure::Network)).run();
    assert_eq!((played.error(), played.is_outcome_unknown), (&Error::NetworkTimeout, true));
}

#[test]
fn gateway_outage_of_a_minute_is_survived() {
    let lost = form().on(FORM, failure(Failure::Network)).outage(ASK, &failure(Failure::Network), 60_000);
    let played = lost.on(ASK, finished(200, &taken_text())).run();
    assert!(played.now > NOW + 60_000 && !played.is_outcome_unknown && played.end.is_some_and(|end| end.is_ok()));
}

#[test]
fn lost_error_response_counts_like_a_received_one() {
    let refused = finished(400, r#"{"error":"no"}"#);
    let played = form().on(FORM, failure(Failure::Network)).on(ASK, refused).run();
    assert_eq!((played.error().code(), played.is_outcome_unknown), (ErrorCode::Refused, false));
    // 429 says that nothing was done, so the next request is another one.
    let limited = status(200, r#"{"state":"finished","status":429,"retry_after_millis":2000,"body":""}"#);
    let played = form().on(FORM, failure(Failure::Network)).on(ASK, limited).on(FORM, taken()).run();
    assert_eq!(ids(&played, FORM), ["0123456789abcdef0123456700000000", "0123456789abcdef0123456700000001"]);
    let cut = finished(200, r#"{"id":"file"#);
    let played = form().on(FORM, failure(Failure::Network)).on(ASK, cut).run();
    assert_eq!((played.error().code(), played.is_outcome_unknown), (ErrorCode::MalformedResponse, true));
    // And a gateway that lost the provider's response says the same each time.
    let played = form().on(FORM, failure(Failure::Network)).on(ASK, finished(502, "{}")).run();
    assert_eq!((played.error().code(), played.is_outcome_unknown), (ErrorCode::Unavailable, true));
}

#[test]
fn each_request_after_a_response_has_a_new_id() {
    let played = form().on(FORM, later(429, 1_000)).on(FORM, later(429, 1_000)).on(FORM, taken()).run();
    let ids = ids(&played, FORM);
    assert!(ids.len() == 3 && ids.is_sorted_by(|a, b| a < b), "{ids:?}");
}

#[test]
fn attempt_is_not_queried_without_an_id_or_for_idempotent_requests() {
    let played = relaydance().on(FORM, failure(Failure::Network)).run();
    assert!(played.is_outcome_unknown, "without an id");
    for (script, line) in [(modelhunter(), TICKET), (modelhunter().on(TICKET, ticket()), PUT)] {
        let played = script.identified().on(line, failure(Failure::Network)).forever(line, &status(400, "")).run();
        assert!(!played.is_outcome_unknown && !played.lines().iter().any(|line| line.starts_with("GET /attempts")));
    }
}

#[test]
fn unsent_request_leaves_the_outcome_known() {
    // The browser says that there is no line; the gateway answers all the same, as one on this machine does.
    let now = "GET /attempts/0123456789abcdef0123456700000000?age=0";
    let script = || form().on(FORM, failure(Failure::NotSent)).takes(0);
    let played = script().on(now, status(404, "")).on(FORM, taken()).run();
    assert!(!played.is_outcome_unknown && played.requests()[2].despite_offline);
    // It does not, so the upload waits for the line.
    let played = script().on(now, failure(Failure::Offline)).wake(WakeOn::Online, 30_000).on(now, status(404, ""));
    let played = played.on(FORM, taken()).run();
    assert!(!played.is_outcome_unknown && played.end.is_some_and(|end| end.is_ok()));
    // Without a gateway that could be asked, it waits as well.
    let played = relaydance().on(FORM, failure(Failure::NotSent)).wake(WakeOn::Online, 30_000).on(FORM, taken()).run();
    assert!(!played.is_outcome_unknown && played.end.is_some_and(|end| end.is_ok()));
}

#[test]
fn provider_unreachable_with_sent_false_is_retried() {
    let unreached = |sent: bool| {
        status(502, json!({ "error": { "code": "provider_unreachable", "message": "No.", "sent": sent } }).to_string())
    };
    let played = relaydance().times(3, FORM, &unreached(false)).on(FORM, taken()).run();
    assert_eq!((played.retries().len(), played.is_outcome_unknown), (3, false));
    let played = relaydance().forever(FORM, &unreached(false)).run();
    assert_eq!((played.error().code(), played.is_outcome_unknown), (ErrorCode::Unavailable, false));
    let played = relaydance().on(FORM, unreached(true)).run();
    assert!(played.is_outcome_unknown);
}

#[test]
fn retry_of_a_poll_continues_polling() {
    let made = || apiframe().identified().on(STAGING, staged()).on(STAGED, stored()).on(CREATE, created());
    for trouble in
        [failure(Failure::Network), status(503, ""), status(401, ""), later(429, 1_000_000), status(200, "<html>")]
    {
        let failed = made().forever(POLL, &trouble).run();
        assert_eq!((failed.stage, failed.asset_id.as_deref()), (Stage::Process, Some("abc123def456")));
        let played = apiframe().resuming(&failed).on(POLL, asset("Active", None)).run();
        assert_eq!(played.delivery().asset.id.as_deref(), Some("abc123def456"), "and nothing else was sent");
        assert_eq!(played.sent().checksum, crate::script::sha256(&photo()));
    }
    for end in [asset("Failed", Some("No.")), status(404, "")] {
        assert_eq!(made().on(POLL, end).run().continuation, None, "of no more use");
    }
}

#[test]
fn retry_of_a_confirmation_does_not_resend_the_file() {
    let stored_there = || modelhunter().on(TICKET, ticket()).on(PUT, stored());
    let failed = stored_there().forever(COMPLETE, &failure(Failure::Network)).run();
    let played = modelhunter().resuming(&failed).on(COMPLETE, crate::completed()).run();
    assert_eq!(played.delivery().asset.id.as_deref(), Some("file_abc123"));
    assert!(stored_there().on(COMPLETE, status(400, "")).run().continuation.is_some());
    assert_eq!(modelhunter().on(TICKET, status(400, "")).run().continuation, None);
}

#[test]
fn forced_retry_resends_once_only_if_the_outcome_stays_unknown() {
    let failed = form().on(FORM, failure(Failure::Network)).on(ASK, status(404, "")).run();
    let ask = "GET /attempts/0123456789abcdef0123456700000000?age=0";
    let forced = || form().resuming(&failed).forcing();
    assert!(forced().on(ask, finished(200, &taken_text())).run().end.is_some_and(|end| end.is_ok()));
    for unknown in [status(404, ""), knows("forgotten"), finished(503, "")] {
        let played = forced().on(ask, unknown).on(FORM, taken()).run();
        assert_eq!(ids(&played, FORM), ["0123456789abcdef0123456700000001"], "as another request");
    }
    let lost = forced().on(ask, status(404, "")).on(FORM, failure(Failure::Network));
    let played = lost.on("GET /attempts/0123456789abcdef0123456700000001?age=1", status(404, "")).run();
    assert!(played.is_outcome_unknown);
}

#[test]
fn retry_of_a_form_of_unknown_outcome_queries_the_attempt_first() {
    let failed = form().on(FORM, failure(Failure::Network)).on(ASK, status(404, "")).run();
    assert!(failed.is_outcome_unknown);
    let ask = "GET /attempts/0123456789abcdef0123456700000000?age=0";
    let played = form().resuming(&failed).on(ask, finished(200, &taken_text())).run();
    assert_eq!(played.delivery().asset.reference(), Some("https://..."), "it was never sent again");
    let played = form().resuming(&failed).on(ask, status(404, "")).run();
    assert!(played.is_outcome_unknown, "still nobody knows");
    let played = form().resuming(&failed).on(ask, knows("never_sent")).on(FORM, taken()).run();
    assert_eq!(ids(&played, FORM), ["0123456789abcdef0123456700000000"]);
    let failed = relaydance().on(FORM, failure(Failure::Network)).run();
    let played = relaydance().resuming(&failed).run();
    assert!(played.is_outcome_unknown && played.lines().is_empty(), "where nobody can be asked, it is not sent again");
    let played = relaydance().resuming(&failed).forcing().on(FORM, taken()).run();
    assert!(played.end.is_some_and(|end| end.is_ok()), "unless the user wants it");
    let refused = form().on(FORM, status(400, "")).run();
    assert_eq!((refused.is_outcome_unknown, refused.continuation), (false, None));
}
