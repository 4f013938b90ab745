//! Fault injection for tests: `POST /sandbox/faults` queues faults, and each is applied to the next requests that match
//! it.
//!
//! The body is a list of plans. A plan has `at` (`storage`, or the id of an imitated provider), optionally a `method`,
//! the start of the `path` there and a parameter of the `query`, how many `times` it applies (1), and the `fault`:
//!
//! | effect | fault |
//! |---|---|
//! | a late response | `{ "delay_millis": 3000 }`, alone or beside any other |
//! | a slow connection | `{ "bytes_per_second": 200000 }`, alone or beside any other |
//! | the connection breaks during the upload | `{ "cut_after_bytes": 100000 }` |
//! | the request is carried out, its response is lost | `{ "cut": "before_answer" }` |
//! | another response; the request is not carried out | `{ "status": 429, "retry_after": "7", "body": "…", "content_type": "…" }` |
//! | the provider's response, changed | `{ "merge": { … } }`, a JSON merge patch (RFC 7386) |
//! | the provider's response, truncated | `{ "truncate": 40 }`: the first bytes of it; after a merge |
//!
//! With `merge`, any response can be produced:
//!
//! - a wrong checksum: `{ "data": { "sha256_hash": "00" } }`
//! - an unknown state: `{ "data": { "status": "queued" } }`
//! - processing without end: `{ "data": { "status": "processing" } }` for GETs, with many `times`
//! - an unknown field: `{ "data": { "billing": { "credits": 3 } } }`; a missing field: `{ "data": { "id": null } }`
//!
//! At `storage`, the requests of an upload in parts differ by their method and query:
//!
//! - any part: `{ "method": "PUT", "query": "partNumber" }`; the third: `"query": "partNumber=3"`
//! - the creation: `{ "method": "POST", "query": "uploads" }`; the listing: `{ "method": "GET", "query": "uploadId" }`
//! - the completion: `{ "method": "POST", "query": "uploadId" }`, for example with the fault
//!   `{ "body": "<Error><Code>InternalError</Code></Error>", "content_type": "application/xml" }`
//!
//! `GET` returns the queue and `DELETE` clears it.

mod edit;
mod plan;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::extract::rejection::JsonRejection;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use futures::{StreamExt, future};
use serde_json::json;
use tokio::sync::watch;

use crate::server::Cut;
use plan::{Fault, Plan, When};

/// The faults that have not been applied yet.
#[derive(Clone, Debug, Default)]
pub(crate) struct Faults {
    queue: Arc<Mutex<Vec<Plan>>>,
    renew: watch::Sender<()>,
}

/// The faults of one place: `storage`, or the id of an imitated provider.
#[derive(Clone, Debug)]
pub(crate) struct FaultsAt {
    faults: Faults,
    at: &'static str,
}

/// `GET` returns the queue, `POST` appends to it, `DELETE` clears it.
pub(crate) fn app(faults: Faults) -> Router {
    let routes = get(async |State(faults): State<Faults>| Json(faults.queue().clone())).post(add).delete(
        async |State(faults): State<Faults>| {
            faults.queue().clear();
            StatusCode::NO_CONTENT
        },
    );
    Router::new().route("/faults", routes).with_state(faults)
}

async fn add(State(faults): State<Faults>, plans: Result<Json<Vec<Plan>>, JsonRejection>) -> Response {
    let plans = plans.map(|Json(plans)| plans).map_err(|error| error.body_text());
    let plans = plans.and_then(|plans| plans.iter().try_for_each(Plan::check).map(|()| plans));
    match plans {
        Ok(plans) => {
            let mut queue = faults.queue();
            let cuts = plans.iter().any(|plan| plan.fault.cuts());
            queue.extend(plans);
            if cuts {
                faults.renew.send_replace(());
            }
            Json(queue.clone()).into_response()
        }
        Err(message) => {
            let body = json!({ "error": { "code": "bad_fault", "message": message } });
            (StatusCode::BAD_REQUEST, Json(body)).into_response()
        }
    }
}

/// Applies the first fault that is queued for a request.
pub(crate) async fn strike(State(here): State<FaultsAt>, request: Request, next: Next) -> Response {
    let Some(fault) = here.take(&request) else { return next.run(request).await };
    if let Some(millis) = fault.delay_millis {
        tokio::time::sleep(Duration::from_millis(millis)).await;
    }
    let request = match fault.bytes_per_second {
        Some(rate) => request.map(|body| edit::slowed(body, rate)),
        None => request,
    };
    if let Some(bytes) = fault.cut_after_bytes {
        let _ = next.run(request.map(|body| edit::cut_after(body, bytes))).await;
        return Cut.into_response();
    }
    if fault.cut == Some(When::BeforeAnswer) {
        let _ = next.run(request).await;
        return Cut.into_response();
    }
    if !fault.answers() {
        return edit::answer(next.run(request).await, fault.merge.as_ref(), fault.truncate).await;
    }
    // The whole request is read, because a client that is still sending could miss the response.
    request.into_body().into_data_stream().for_each(|_| future::ready(())).await;
    fault.into_answer()
}

/// While a cut is queued here, makes each request use its own connection.
///
/// When a connection that has served another request breaks before the response, Chromium sends the request again by
/// itself, even a POST: the page would never see the cut.
pub(crate) async fn separate(State(here): State<FaultsAt>, request: Request, next: Next) -> Response {
    let cuts = here.faults.queue().iter().any(|plan| plan.at == here.at && plan.fault.cuts());
    let mut response = next.run(request).await;
    if cuts {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

impl Faults {
    /// Changes when a cut is queued: connections that have served a request must end then.
    pub(crate) fn renewals(&self) -> watch::Receiver<()> {
        self.renew.subscribe()
    }

    pub(crate) fn at(&self, at: &'static str) -> FaultsAt {
        FaultsAt { faults: self.clone(), at }
    }

    fn queue(&self) -> MutexGuard<'_, Vec<Plan>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl FaultsAt {
    fn take(&self, request: &Request) -> Option<Fault> {
        let mut queue = self.faults.queue();
        let found = queue.iter_mut().find(|plan| plan.at == self.at && plan.is_for(request))?;
        found.times -= 1;
        let fault = found.fault.clone();
        queue.retain(|plan| plan.times > 0);
        Some(fault)
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    #[test]
    fn plan_applies_to_matching_requests_as_often_as_specified() {
        let faults = Faults::default();
        let plans = r#"[{"at":"storage","method":"put","path":"/b/","times":2,"fault":{"status":503}}]"#;
        faults.queue().extend(serde_json::from_str::<Vec<Plan>>(plans).expect("a plan"));
        let request = |method: &str, path: &str| {
            Request::builder().method(method).uri(path).body(Body::empty()).expect("a request")
        };
        let take = |at, method, path| faults.at(at).take(&request(method, path)).is_some();
        assert!(!take("modelhunter", "PUT", "/b/1"));
        assert!(!take("storage", "GET", "/b/1"));
        assert!(!take("storage", "PUT", "/c"));
        assert!(take("storage", "PUT", "/b/1"));
        assert!(take("storage", "PUT", "/b/2"));
        assert!(!take("storage", "PUT", "/b/3"));
    }

    #[test]
    fn plan_applies_to_one_parameter_of_the_query() {
        let faults = Faults::default();
        let plans = r#"[{"at":"storage","query":"partNumber=3","fault":{"status":503}},
                        {"at":"storage","query":"uploadId","fault":{"status":503}}]"#;
        faults.queue().extend(serde_json::from_str::<Vec<Plan>>(plans).expect("plans"));
        let take = |uri: &str| {
            let request = Request::builder().uri(uri).body(Body::empty()).expect("a request");
            faults.at("storage").take(&request).is_some()
        };
        for uri in ["/b", "/b?partNumber=30", "/b?x-uploadId=1", "/uploadId?a=uploadId"] {
            assert!(!take(uri), "{uri}");
        }
        assert!(take("/b?a=b&partNumber=3&c") && take("/b?uploadId=7&a"));
    }
}
