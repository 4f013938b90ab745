//! RelayDance according to its page "Upload Files": one multipart form with the field `file`.

use axum::extract::multipart::MultipartRejection;
use axum::extract::{Multipart, State};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use mediaferry::providers::{Provider, relaydance::RelayDance};
use serde_json::{Value, json};

use super::form::{Form, Received};
use super::record::Record;
use super::{Refusal, Sandbox, assets, check_key};

const FORM: Form = Form { id: "relaydance", field: "file", texts: &[], invalid: "invalid_request_error", check };

/// The provider's routes, relative to its root.
pub(super) fn app(sandbox: Sandbox) -> Router {
    let auth = RelayDance.profile().auth;
    Router::new()
        .route("/v1/files", post(files))
        .layer(from_fn(move |request, next| check_key(auth, refuse, request, next)))
        .route(assets::ROUTE, get(|state, path| assets::serve(FORM.id, state, path)))
        .with_state(sandbox)
}

async fn files(
    State(sandbox): State<Sandbox>,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Json<Value>, Refusal> {
    let (id, record) = FORM.take(&sandbox, form).await?;
    let url = assets::url(&sandbox, FORM.id, &id, &record.content_type);
    Ok(Json(json!({ "id": id.as_str(), "url": url })))
}

fn check(file: Received) -> Result<Record, Refusal> {
    let Some(mime) = file.honest_media().map(|media| media.format.mime()) else {
        let message = "The content is not a media file, or not of the declared type.";
        return Err(Refusal::bad_request("unsupported_file", message));
    };
    Ok(file.record(mime))
}

/// The page documents no error format; this one is common in such APIs.
fn refuse(refusal: &Refusal) -> Response {
    let body = json!({ "error": { "message": refusal.message, "type": refusal.code } });
    (refusal.status, Json(body)).into_response()
}
