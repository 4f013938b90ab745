//! ModelHunter according to its page "File Uploads": a signed URL, a PUT to storage, a confirmation.

use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use jiff::Timestamp;
use mediaferry::file::{Candidate, InspectedFile};
use mediaferry::providers::{Profile, Provider, modelhunter::ModelHunter};
use mediaferry::rules::Limits;
use serde::Deserialize;
use serde_json::{Value, json};

use super::record::{FileId, Record, rfc3339};
use super::{Refusal, Sandbox, assets, check_key};
use crate::inspect;
use mediaferry_gateway::presign::Payload;

const ID: &str = "modelhunter";

/// The provider's routes, relative to its root.
pub(super) fn app(sandbox: Sandbox) -> Router {
    let auth = profile().auth;
    Router::new()
        .route("/api/v1/files/upload-url", post(upload_url))
        .route("/api/v1/files/{file_id}/complete", post(complete))
        .layer(from_fn(move |request, next| check_key(auth, refuse, request, next)))
        .route(assets::ROUTE, get(|state, path| assets::serve(ID, state, path)))
        .with_state(sandbox)
}

/// The body of the request for a URL.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Announcement {
    filename: String,
    content_type: String,
    size_bytes: u64,
}

async fn upload_url(State(sandbox): State<Sandbox>, body: Result<Json<Announcement>, JsonRejection>) -> ApiResult {
    let Json(announced) = body.map_err(|error| Refusal::bad_request("invalid_request", error.body_text()))?;
    check(&announced)?;
    let id = FileId::random();
    let payload = Payload { content_type: &announced.content_type, size: announced.size_bytes, headers: &[] };
    let put = sandbox.presigner.put(&id.object_key(ID), &payload, Timestamp::now(), sandbox.ticket_life);
    let record = Record {
        filename: announced.filename,
        content_type: announced.content_type,
        size_bytes: announced.size_bytes,
        sha256: None,
        created_at: None,
    };
    record.save(&sandbox.store, ID, &id).await?;
    Ok(success(
        &json!({ "upload_url": put.url.as_str(), "file_id": id.as_str(), "expires_at": rfc3339(put.expires_at) }),
    ))
}

/// Checks the page's limits, as far as possible before the upload.
fn check(announced: &Announcement) -> Result<(), Refusal> {
    if announced.filename.is_empty() || announced.filename.len() > 255 {
        return Err(Refusal::bad_request("invalid_filename", "filename must have 1 to 255 bytes."));
    }
    let accepts = |limits: &&Limits| limits.formats.iter().any(|format| format.mime() == announced.content_type);
    let Some(limits) = profile().rules.accepts.iter().find(accepts) else {
        return Err(Refusal::bad_request("unsupported_type", format!("{} is not supported.", announced.content_type)));
    };
    if announced.size_bytes == 0 {
        return Err(Refusal::bad_request("invalid_size", "sizeBytes must be at least 1."));
    }
    match limits.max_bytes {
        Some(max) if announced.size_bytes > max => {
            let message = format!("sizeBytes is {}; the maximum is {max}.", announced.size_bytes);
            Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "file_too_large", message))
        }
        _ => Ok(()),
    }
}

async fn complete(State(sandbox): State<Sandbox>, Path(file_id): Path<String>) -> ApiResult {
    let unknown = || Refusal::new(StatusCode::NOT_FOUND, "file_not_found", "The file does not exist.");
    let id = FileId::parse(&file_id).ok_or_else(unknown)?;
    let mut record = Record::load(&sandbox.store, ID, &id).await?.ok_or_else(unknown)?;
    // Confirming twice confirms the same file.
    if record.created_at.is_none() {
        check_stored(&sandbox, &id, &record).await?;
        record.created_at = Some(rfc3339(Timestamp::now()));
        record.save(&sandbox.store, ID, &id).await?;
    }
    Ok(success(&json!({
        "id": id.as_str(),
        "url": assets::url(&sandbox, ID, &id, &record.content_type),
        "filename": record.filename,
        "content_type": record.content_type,
        "size_bytes": record.size_bytes,
        "created_at": record.created_at,
    })))
}

/// Checks that the file exists, matches the announcement, and meets the page's limits.
async fn check_stored(sandbox: &Sandbox, id: &FileId, record: &Record) -> Result<(), Refusal> {
    let key = id.object_key(ID);
    let Some(head) = sandbox.store.head(&key).await? else {
        return Err(Refusal::new(StatusCode::CONFLICT, "file_not_uploaded", "No bytes were uploaded for this file."));
    };
    if head.size != record.size_bytes || head.content_type.as_deref() != Some(record.content_type.as_str()) {
        return Err(Refusal::new(
            StatusCode::CONFLICT,
            "file_differs",
            "The uploaded file differs from the announced file.",
        ));
    }
    let media = inspect::inspect(&sandbox.store, &key, head.size).await?;
    let Some(media) = media.filter(|media| media.format.mime() == record.content_type) else {
        return Err(Refusal::bad_request("content_mismatch", format!("The content is not {}.", record.content_type)));
    };
    let candidate =
        Candidate { name: record.filename.clone(), declared_type: record.content_type.clone(), size: head.size };
    let broken = profile().rules.check(&InspectedFile::new(candidate, media));
    if broken.is_empty() {
        return Ok(());
    }
    let rules: Vec<_> = broken.iter().map(|violation| violation.rule.as_str()).collect();
    Err(Refusal::bad_request("invalid_file", format!("The file violates: {}.", rules.join(", "))))
}

fn profile() -> &'static Profile {
    ModelHunter.profile()
}

/// A response or an error, in the page's format.
type ApiResult = Result<Json<Value>, Refusal>;

fn success(data: &Value) -> Json<Value> {
    Json(json!({ "success": true, "data": data }))
}

fn refuse(refusal: &Refusal) -> Response {
    let body = json!({ "success": false, "error": { "code": refusal.code, "message": refusal.message } });
    (refusal.status, Json(body)).into_response()
}
