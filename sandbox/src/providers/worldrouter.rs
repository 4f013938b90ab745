//! WorldRouter according to its page "Upload reference images": one multipart form with the field `image`.

use std::time::Duration;

use axum::extract::multipart::MultipartRejection;
use axum::extract::{Multipart, State};
use axum::http::StatusCode;
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use jiff::Timestamp;
use mediaferry::providers::{Profile, Provider, worldrouter::WorldRouter};
use serde_json::{Value, json};

use super::form::{Form, Received};
use super::record::{Record, rfc3339};
use super::{Refusal, Sandbox, assets, check_key};

const FORM: Form = Form { id: "worldrouter", field: "image", texts: &[], invalid: "invalid_request", check };

/// The provider's routes, relative to its root.
pub(super) fn app(sandbox: Sandbox) -> Router {
    let auth = profile().auth;
    Router::new()
        .route("/v1/images/uploads", post(uploads))
        .layer(from_fn(move |request, next| check_key(auth, refuse, request, next)))
        .route(assets::ROUTE, get(|state, path| assets::serve(FORM.id, state, path)))
        .with_state(sandbox)
}

async fn uploads(
    State(sandbox): State<Sandbox>,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Json<Value>, Refusal> {
    let (id, record) = FORM.take(&sandbox, form).await?;
    Ok(Json(json!({
        "object": "image.upload",
        "id": id.as_str(),
        "url": assets::url(&sandbox, FORM.id, &id, &record.content_type),
        "content_type": record.content_type,
        "size_bytes": record.size_bytes,
        "expires_at": rfc3339(Timestamp::now() + profile().lifetime.unwrap_or(Duration::ZERO)),
    })))
}

/// "The file content is sniffed — mislabeled files are rejected with 400." "413 too large"
fn check(file: Received) -> Result<Record, Refusal> {
    let limits = profile().rules.accepts;
    let accepted = file.honest_media().and_then(|media| {
        let limits = limits.iter().find(|limits| limits.formats.contains(&media.format))?;
        Some((media.format.mime(), limits.max_bytes))
    });
    match accepted {
        None => {
            Err(Refusal::bad_request("unsupported_type", "The file is not PNG, JPEG, WebP or GIF, or is mislabeled."))
        }
        Some((_, Some(max))) if file.stored.size > max => {
            Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", format!("The file exceeds {max} bytes.")))
        }
        Some((mime, _)) => Ok(file.record(mime)),
    }
}

fn profile() -> &'static Profile {
    WorldRouter.profile()
}

/// The page documents the statuses of errors but no bodies; this format is common in such APIs.
fn refuse(refusal: &Refusal) -> Response {
    let body = json!({ "error": { "code": refusal.code, "message": refusal.message } });
    (refusal.status, Json(body)).into_response()
}
