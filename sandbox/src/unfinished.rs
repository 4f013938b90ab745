//! The multipart uploads of the embedded storage that are neither completed nor aborted, for tests: `GET
//! /sandbox/uploads` lists them with the numbers of their parts, and `DELETE` aborts them as a lifecycle rule would.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use s3s::S3Result;
use serde_json::{Value, json};

use crate::store::Store;

/// The routes.
pub(crate) fn app(store: Store) -> Router {
    Router::new().route("/uploads", get(list).delete(abort)).with_state(store)
}

async fn list(State(store): State<Store>) -> Response {
    let list = async || {
        let mut uploads = Vec::new();
        for (id, begun, _) in store.uploads.all()? {
            let (_, parts) = store.uploads.list(&id, &begun.key).await?;
            let numbers: Vec<_> = parts.iter().map(|part| part.number).collect();
            uploads.push(json!({ "key": begun.key, "parts": numbers }));
        }
        S3Result::<Value>::Ok(Value::from(uploads))
    };
    list().await.map(Json).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR).into_response()
}

async fn abort(State(store): State<Store>) -> StatusCode {
    let abort = async || {
        for (id, ..) in store.uploads.all()? {
            store.uploads.remove(&id).await?;
        }
        S3Result::<()>::Ok(())
    };
    abort().await.map_or(StatusCode::INTERNAL_SERVER_ERROR, |()| StatusCode::NO_CONTENT)
}
