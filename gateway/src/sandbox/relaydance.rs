//! RelayDance as its page "Upload Files" describes it: one multipart form with the field `file`.

use axum::body::Bytes;
use axum::extract::multipart::{Field, MultipartError, MultipartRejection};
use axum::extract::{Multipart, State};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use futures::SinkExt;
use futures::channel::mpsc;
use jiff::Timestamp;
use mediaferry::providers::{Provider, relaydance::RelayDance};
use s3s::dto::StreamingBlob;
use serde_json::{Value, json};

use super::record::{FileId, Record, rfc3339};
use super::{Refusal, Sandbox, assets, check_key, inspect};

const ID: &str = "relaydance";

/// The provider's routes, from its root.
pub(super) fn app(sandbox: Sandbox) -> Router {
    let auth = RelayDance.profile().auth;
    Router::new()
        .route("/v1/files", post(files))
        .layer(from_fn(move |request, next| check_key(auth, refuse, request, next)))
        .route(assets::ROUTE, get(|state, path| assets::serve(ID, state, path)))
        .with_state(sandbox)
}

async fn files(State(sandbox): State<Sandbox>, form: Result<Multipart, MultipartRejection>) -> Response {
    let form = match form {
        Ok(form) => form,
        Err(error) => return refuse(&Refusal::bad_request("invalid_request_error", error.body_text())),
    };
    let id = FileId::random();
    match take(&sandbox, &id, form).await {
        Ok(record) => answer(&sandbox, &id, &record).into_response(),
        Err(refusal) => {
            // Without a record nobody can see the bytes; they would only take up room.
            let _ = sandbox.store.delete(&id.object_key(ID)).await;
            refuse(&refusal)
        }
    }
}

/// Stores the form's file and looks at it. The record, which makes it an asset, comes last.
async fn take(sandbox: &Sandbox, id: &FileId, mut form: Multipart) -> Result<Record, Refusal> {
    let mut received = None;
    while let Some(field) = form.next_field().await.map_err(broken_off)? {
        match field.name() {
            Some("file") if received.is_none() => received = Some(store(sandbox, id, field).await?),
            Some("file") => return Err(Refusal::bad_request("invalid_request_error", "One file at a time.")),
            name => {
                let message = format!("The form has an unknown field: {}.", name.unwrap_or("(without a name)"));
                return Err(Refusal::bad_request("invalid_request_error", message));
            }
        }
    }
    let Some(part) = received else {
        return Err(Refusal::bad_request("invalid_request_error", "The form has no field file."));
    };
    let key = id.object_key(ID);
    let size = sandbox.store.head(&key).await?.map_or(0, |head| head.size);
    let media = inspect::inspect(&sandbox.store, &key, size).await?;
    let Some(media) =
        media.filter(|media| part.content_type.as_deref().is_none_or(|declared| media.format.has_mime(declared)))
    else {
        return Err(Refusal::bad_request(
            "unsupported_file",
            "The content is no media file, or not of the declared type.",
        ));
    };
    let content_type = media.format.mime().to_owned();
    let record =
        Record { filename: part.filename, content_type, size_bytes: size, created_at: Some(rfc3339(Timestamp::now())) };
    record.save(&sandbox.store, ID, id).await?;
    Ok(record)
}

/// What the form says about the file.
struct Part {
    filename: String,
    content_type: Option<String>,
}

/// Streams the field into the store: a few chunks are in memory at a time, whatever the file's size.
async fn store(sandbox: &Sandbox, id: &FileId, mut field: Field<'_>) -> Result<Part, Refusal> {
    let part = Part {
        filename: field.file_name().unwrap_or("file").chars().take(255).collect(),
        content_type: field.content_type().map(str::to_owned),
    };
    let (mut sender, receiver) = mpsc::channel::<Result<Bytes, std::io::Error>>(4);
    let pump = async move {
        loop {
            match field.chunk().await {
                Ok(None) => return Ok(()),
                Ok(Some(bytes)) => {
                    // The store has given up, and says why itself.
                    if sender.send(Ok(bytes)).await.is_err() {
                        return Ok(());
                    }
                }
                Err(error) => {
                    // An end without an error would look like the end of the file.
                    let _ = sender.send(Err(std::io::ErrorKind::UnexpectedEof.into())).await;
                    return Err(broken_off(error));
                }
            }
        }
    };
    let put = sandbox.store.put(id.object_key(ID), None, StreamingBlob::wrap(receiver));
    let (pumped, stored) = tokio::join!(pump, put);
    pumped?;
    stored?;
    Ok(part)
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn broken_off(error: MultipartError) -> Refusal {
    Refusal::new(error.status(), "invalid_request_error", error.body_text())
}

fn answer(sandbox: &Sandbox, id: &FileId, record: &Record) -> Json<Value> {
    Json(json!({ "id": id.as_str(), "url": assets::url(sandbox, ID, id, &record.content_type) }))
}

/// The page documents no error; this is the shape that APIs of its kind use.
fn refuse(refusal: &Refusal) -> Response {
    let body = json!({ "error": { "message": refusal.message, "type": refusal.code } });
    (refusal.status, Json(body)).into_response()
}
