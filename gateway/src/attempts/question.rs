//! `GET /attempts/{id}?age=SECONDS`: the outcome of a once-only request, for a page that lost its response.
//!
//! The page sends this query before it sends a file again, which is then often unnecessary.

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use serde_json::{Value, json};

use super::key::FirstTry;
use super::table::{Known, Table};
use super::{BAD_ATTEMPT, is_id, seconds};
use crate::exchange::Kept;
use crate::identity::Caller;

/// The route, without the origin check.
pub(crate) fn app(table: Arc<Table>) -> Router {
    Router::new().route("/attempts/{id}", get(look_up)).with_state(table)
}

async fn look_up(
    State(table): State<Arc<Table>>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let age = query.as_deref().and_then(|query| query.strip_prefix("age=")).and_then(seconds);
    let Some(age) = age.filter(|_| is_id(&id)) else { return BAD_ATTEMPT.into_response() };
    let body = match table.look_up(&caller.scoped(&id), FirstTry::before(age)) {
        Known::Finished(response) => finished(&response),
        Known::Running => json!({ "state": "running" }),
        Known::NeverSent => json!({ "state": "never_sent" }),
        Known::Forgotten => json!({ "state": "forgotten" }),
    };
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
    (headers, body.to_string()).into_response()
}

/// The response as JSON: `{ "state": "finished", "status", "retry_after_millis"?, "body" }`.
fn finished(response: &Kept) -> Value {
    let body = String::from_utf8_lossy(&response.body);
    let mut json = json!({ "state": "finished", "status": response.status.as_u16(), "body": body });
    // A date is left out: the page then waits as it does without the header.
    let seconds = response.headers.get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()).and_then(seconds);
    if let Some(millis) = seconds.and_then(|seconds| u64::try_from(seconds.as_millis()).ok()) {
        json["retry_after_millis"] = millis.into();
    }
    json
}
