//! Requests that may create an asset are sent once: the gateway reports the outcome of one whose response was lost.

use mediaferry::error::{Error, ErrorCode};
use mediaferry::upload::{Failure, Stage, WakeOn};
use mediaferry_testing::script::Meanwhile::UploadProgress;
use mediaferry_testing::script::UploadTrace;
use mediaferry_testing::script::{NOW, Outcome, Script, failure, retry_after, status};
use serde_json::json;

use crate::provider_responses::{CREATE, STAGED, STAGING, apiframe, asset, created, staged};
use crate::{COMPLETE, FORM, PUT, SIZE, TICKET, accepted, modelhunter, photo, relaydance, stored, ticket};

const QUERY: &str = "GET /attempts/0123456789abcdef0123456700000000?age=1";
const POLL: &str = "GET /v2/assets/abc123def456";

fn form() -> Script {
    relaydance().with_attempt_id()
}

/// The gateway's response about an id.
fn attempt_state(state: &str) -> Outcome {
    status(200, json!({ "state": state }).to_string())
}

fn finished(http: u16, body: &str) -> Outcome {
    status(200, json!({ "state": "finished", "status": http, "body": body }).to_string())
}

fn accepted_text() -> String {
    let Outcome::Response(response) = accepted() else { panic!("a response") };
    response.text()
}

/// The ids of these requests.
fn ids(trace: &UploadTrace, line: &str) -> Vec<String> {
    let of = |at: usize| trace.requests()[at].headers.iter().find(|(name, _)| name == "mediaferry-attempt").cloned();
    let lines = trace.request_lines();
    (0..lines.len()).filter(|at| lines[*at] == line).filter_map(|at| Some(of(at)?.1)).collect()
}

#[test]
fn only_a_non_idempotent_request_has_an_attempt_id() {
    let trace = form().on(FORM, accepted()).run();
    assert_eq!(ids(&trace, FORM), ["0123456789abcdef0123456700000000"]);
    let trace = apiframe().with_attempt_id().on(STAGING, staged()).on(STAGED, stored()).on(CREATE, created());
    let trace = trace.on(POLL, asset("Active", None)).run();
    let with_id = trace.requests().into_iter().filter(|request| !ids_of(request).is_empty()).count();
    assert_eq!((with_id, ids(&trace, CREATE).len()), (1, 1));
}

fn ids_of(request: &mediaferry::http::Request) -> Vec<&str> {
    request.headers.iter().filter(|(name, _)| name == "mediaferry-attempt").map(|(_, id)| id.as_str()).collect()
}

#[test]
fn lost_response_is_fetched_from_the_gateway() {
    for fails in [Failure::Network, Failure::Timeout, Failure::Stalled] {
        let trace = form().on(FORM, failure(fails)).on(QUERY, finished(200, &accepted_text())).run();
        assert_eq!(trace.result().asset.reference(), Some("https://..."));
        assert_eq!((trace.retries().len(), trace.is_outcome_unknown), (1, false));
    }
}

#[test]
fn request_that_never_arrived_is_resent_with_the_same_id() {
    let trace =
        form().on(FORM, failure(Failure::Network)).on(QUERY, attempt_state("never_sent")).on(FORM, accepted()).run();
    let id = "0123456789abcdef0123456700000000";
    assert_eq!(ids(&trace, FORM), [id, id], "should the first still arrive, it is recognised");
    assert!(!trace.is_outcome_unknown && trace.end.is_some_and(|end| end.is_ok()));
}

#[test]
fn gateway_is_asked_after_the_response_of_a_proxy() {
    for code in [500, 502, 504] {
        let lost = form().on(FORM, status(code, "<html>"));
        let trace = lost.on(QUERY, attempt_state("never_sent")).on(FORM, accepted()).run();
        assert!(!trace.is_outcome_unknown && trace.end.is_some_and(|end| end.is_ok()), "{code}");
    }
    let trace = form().on(FORM, status(502, "")).on(QUERY, finished(200, &accepted_text())).run();
    assert_eq!(trace.result().asset.reference(), Some("https://..."));
    // The page of an app in place of the gateway.
    let trace = form().on(FORM, status(200, "<html>")).on(QUERY, attempt_state("never_sent")).run();
    assert_eq!((trace.error().code(), trace.is_outcome_unknown), (ErrorCode::MalformedResponse, false));
}

#[test]
fn gateway_that_confirms_the_5xx_of_the_provider_is_not_asked_again() {
    for code in [500, 502] {
        let trace = form().on(FORM, status(code, "")).on(QUERY, finished(code, "")).run();
        assert_eq!((trace.error().code(), trace.is_outcome_unknown), (ErrorCode::Unavailable, true));
        assert_eq!(trace.request_lines(), [FORM, QUERY]);
    }
}

#[test]
fn running_request_is_polled_until_it_finishes() {
    let lost = form().on(FORM, failure(Failure::Stalled)).meanwhile(&[UploadProgress(SIZE)]);
    let later = "GET /attempts/0123456789abcdef0123456700000000?age=1";
    let trace = lost
        .on(later, attempt_state("running"))
        .on(later, attempt_state("running"))
        .on(later, finished(200, &accepted_text()))
        .run();
    assert_eq!(trace.result().asset.reference(), Some("https://..."));
    assert_eq!(trace.stages(), [Stage::Inspect, Stage::Transfer, Stage::Submit, Stage::Hash]);
}

#[test]
fn attempt_unknown_to_the_gateway_leaves_the_outcome_unknown() {
    let outcomes = [
        status(404, ""),
        status(405, "<html>"),
        status(200, "<html>"),
        status(409, "{}"),
        attempt_state("forgotten"),
        status(401, ""),
    ];
    for outcome in outcomes {
        let trace = form().on(FORM, failure(Failure::Network)).on(QUERY, outcome).run();
        assert_eq!((trace.error(), trace.is_outcome_unknown), (&Error::Network, true));
    }
    let trace = form().on(FORM, failure(Failure::Timeout)).forever(QUERY, &failure(Failure::Network)).run();
    assert_eq!((trace.error(), trace.is_outcome_unknown), (&Error::NetworkTimeout, true));
}

#[test]
fn gateway_outage_of_a_minute_is_survived() {
    let lost = form().on(FORM, failure(Failure::Network)).outage(QUERY, &failure(Failure::Network), 60_000);
    let trace = lost.on(QUERY, finished(200, &accepted_text())).run();
    assert!(trace.now > NOW + 60_000 && !trace.is_outcome_unknown && trace.end.is_some_and(|end| end.is_ok()));
}

#[test]
fn lost_error_response_counts_like_a_received_one() {
    let refused = finished(400, r#"{"error":"no"}"#);
    let trace = form().on(FORM, failure(Failure::Network)).on(QUERY, refused).run();
    assert_eq!((trace.error().code(), trace.is_outcome_unknown), (ErrorCode::Refused, false));
    // 429 means that nothing was done, so the next request has a new id.
    let limited = status(200, r#"{"state":"finished","status":429,"retry_after_millis":2000,"body":""}"#);
    let trace = form().on(FORM, failure(Failure::Network)).on(QUERY, limited).on(FORM, accepted()).run();
    assert_eq!(ids(&trace, FORM), ["0123456789abcdef0123456700000000", "0123456789abcdef0123456700000001"]);
    let cut = finished(200, r#"{"id":"file"#);
    let trace = form().on(FORM, failure(Failure::Network)).on(QUERY, cut).run();
    assert_eq!((trace.error().code(), trace.is_outcome_unknown), (ErrorCode::MalformedResponse, true));
    // A gateway that lost the provider's response reports the same each time.
    let trace = form().on(FORM, failure(Failure::Network)).on(QUERY, finished(502, "{}")).run();
    assert_eq!((trace.error().code(), trace.is_outcome_unknown), (ErrorCode::Unavailable, true));
}

#[test]
fn each_request_after_a_response_has_a_new_id() {
    let trace = form().on(FORM, retry_after(429, 1_000)).on(FORM, retry_after(429, 1_000)).on(FORM, accepted()).run();
    let ids = ids(&trace, FORM);
    assert!(ids.len() == 3 && ids.is_sorted_by(|a, b| a < b), "{ids:?}");
}

#[test]
fn attempt_is_not_queried_without_an_id_or_for_idempotent_requests() {
    let trace = relaydance().on(FORM, failure(Failure::Network)).run();
    assert!(trace.is_outcome_unknown, "without an id");
    for (script, line) in [(modelhunter(), TICKET), (modelhunter().on(TICKET, ticket()), PUT)] {
        let trace = script.with_attempt_id().on(line, failure(Failure::Network)).forever(line, &status(400, "")).run();
        assert!(
            !trace.is_outcome_unknown && !trace.request_lines().iter().any(|line| line.starts_with("GET /attempts"))
        );
    }
}

#[test]
fn unsent_request_leaves_the_outcome_known() {
    // The browser reports offline, but the gateway responds, for example a local one.
    let now = "GET /attempts/0123456789abcdef0123456700000000?age=0";
    let script = || form().on(FORM, failure(Failure::NotSent)).lasting(0);
    let trace = script().on(now, status(404, "")).on(FORM, accepted()).run();
    assert!(!trace.is_outcome_unknown && trace.requests()[2].despite_offline);
    // It does not respond, so the upload waits for the network.
    let trace = script().on(now, failure(Failure::Offline)).wake(WakeOn::Online, 30_000).on(now, status(404, ""));
    let trace = trace.on(FORM, accepted()).run();
    assert!(!trace.is_outcome_unknown && trace.end.is_some_and(|end| end.is_ok()));
    // Without a gateway to query, it waits as well.
    let trace =
        relaydance().on(FORM, failure(Failure::NotSent)).wake(WakeOn::Online, 30_000).on(FORM, accepted()).run();
    assert!(!trace.is_outcome_unknown && trace.end.is_some_and(|end| end.is_ok()));
}

#[test]
fn provider_unreachable_with_sent_false_is_retried() {
    let unreached = |sent: bool| {
        status(502, json!({ "error": { "code": "provider_unreachable", "message": "No.", "sent": sent } }).to_string())
    };
    let trace = relaydance().times(3, FORM, &unreached(false)).on(FORM, accepted()).run();
    assert_eq!((trace.retries().len(), trace.is_outcome_unknown), (3, false));
    let trace = relaydance().forever(FORM, &unreached(false)).run();
    assert_eq!((trace.error().code(), trace.is_outcome_unknown), (ErrorCode::Unavailable, false));
    let trace = relaydance().on(FORM, unreached(true)).run();
    assert!(trace.is_outcome_unknown);
}

#[test]
fn retry_of_a_poll_continues_polling() {
    let made = || apiframe().with_attempt_id().on(STAGING, staged()).on(STAGED, stored()).on(CREATE, created());
    for trouble in [
        failure(Failure::Network),
        status(503, ""),
        status(401, ""),
        retry_after(429, 1_000_000),
        status(200, "<html>"),
    ] {
        let failed = made().forever(POLL, &trouble).run();
        assert_eq!((failed.stage, failed.asset_id.as_deref()), (Stage::Process, Some("abc123def456")));
        let trace = apiframe().resuming(&failed).on(POLL, asset("Active", None)).run();
        assert_eq!(trace.result().asset.id.as_deref(), Some("abc123def456"), "and nothing else was sent");
        assert_eq!(trace.checksum(), mediaferry_testing::script::sha256(&photo()));
    }
    for end in [asset("Failed", Some("No.")), status(404, "")] {
        assert_eq!(made().on(POLL, end).run().continuation, None, "of no more use");
    }
}

#[test]
fn retry_of_a_confirmation_does_not_resend_the_file() {
    let stored_there = || modelhunter().on(TICKET, ticket()).on(PUT, stored());
    let failed = stored_there().forever(COMPLETE, &failure(Failure::Network)).run();
    let trace = modelhunter().resuming(&failed).on(COMPLETE, crate::completed()).run();
    assert_eq!(trace.result().asset.id.as_deref(), Some("file_abc123"));
    assert!(stored_there().on(COMPLETE, status(400, "")).run().continuation.is_some());
    assert_eq!(modelhunter().on(TICKET, status(400, "")).run().continuation, None);
}

#[test]
fn forced_retry_resends_once_only_if_the_outcome_stays_unknown() {
    let failed = form().on(FORM, failure(Failure::Network)).on(QUERY, status(404, "")).run();
    let query = "GET /attempts/0123456789abcdef0123456700000000?age=0";
    let forced = || form().resuming(&failed).forcing();
    assert!(forced().on(query, finished(200, &accepted_text())).run().end.is_some_and(|end| end.is_ok()));
    for unknown in [status(404, ""), attempt_state("forgotten"), finished(503, "")] {
        let trace = forced().on(query, unknown).on(FORM, accepted()).run();
        assert_eq!(ids(&trace, FORM), ["0123456789abcdef0123456700000001"], "as another request");
    }
    let lost = forced().on(query, status(404, "")).on(FORM, failure(Failure::Network));
    let trace = lost.on("GET /attempts/0123456789abcdef0123456700000001?age=1", status(404, "")).run();
    assert!(trace.is_outcome_unknown);
}

#[test]
fn retry_of_a_form_of_unknown_outcome_queries_the_attempt_first() {
    let failed = form().on(FORM, failure(Failure::Network)).on(QUERY, status(404, "")).run();
    assert!(failed.is_outcome_unknown);
    let query = "GET /attempts/0123456789abcdef0123456700000000?age=0";
    let trace = form().resuming(&failed).on(query, finished(200, &accepted_text())).run();
    assert_eq!(trace.result().asset.reference(), Some("https://..."), "it was never sent again");
    let trace = form().resuming(&failed).on(query, status(404, "")).run();
    assert!(trace.is_outcome_unknown, "the outcome is still unknown");
    let trace = form().resuming(&failed).on(query, attempt_state("never_sent")).on(FORM, accepted()).run();
    assert_eq!(ids(&trace, FORM), ["0123456789abcdef0123456700000000"]);
    let failed = relaydance().on(FORM, failure(Failure::Network)).run();
    let trace = relaydance().resuming(&failed).run();
    assert!(
        trace.is_outcome_unknown && trace.request_lines().is_empty(),
        "if the outcome cannot be queried, it is not sent again"
    );
    let trace = relaydance().resuming(&failed).forcing().on(FORM, accepted()).run();
    assert!(trace.end.is_some_and(|end| end.is_ok()), "unless the user wants it");
    let refused = form().on(FORM, status(400, "")).run();
    assert_eq!((refused.is_outcome_unknown, refused.continuation), (false, None));
}
