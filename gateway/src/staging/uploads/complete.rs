//! Completes an upload from the storage's own list of its parts. Whatever happens to the request that completes it, the
//! object shows whether it succeeded.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::parts::composite;
use super::token::Upload;
use crate::bucket::{Bucket, Object, StorageError, UPLOAD_NOT_FOUND};

/// How many numbers of parts a response contains.
const MAX_NUMBERS: usize = 1000;

/// Why an upload is not completed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Incomplete {
    /// These parts are missing, or are not those of the page.
    PartsDiffer(Vec<u64>),
    Storage(StorageError),
}

/// Completes the upload, if its parts are those with these SHA-256; succeeds if it was completed before.
pub(super) async fn complete(
    bucket: &Bucket,
    upload: &Upload,
    manifest: &[[u8; 32]],
    once: bool,
) -> Result<(), Incomplete> {
    let stored = match bucket.parts(upload.target()).await {
        Ok(stored) => stored,
        Err(StorageError::NoSuchUpload) => return resolve(bucket, upload, manifest, StorageError::NoSuchUpload).await,
        Err(error) => return Err(Incomplete::Storage(error)),
    };
    let differing = upload.layout.differing(manifest, &stored);
    if !differing.is_empty() {
        return Err(Incomplete::PartsDiffer(differing));
    }
    let own = |number: u16| u64::from(number) <= upload.layout.parts();
    let parts: Vec<_> = stored.into_iter().filter(|part| own(part.number)).collect();
    match bucket.complete(upload.target(), &parts, once).await {
        Ok(()) => Ok(()),
        Err(error) => resolve(bucket, upload, manifest, error).await,
    }
}

/// Looks whether the object exists although the storage did not report success: the response may have been lost, or the
/// upload was completed before. Nothing else can create the object: its key is random, and only this upload has it.
async fn resolve(
    bucket: &Bucket,
    upload: &Upload,
    manifest: &[[u8; 32]],
    error: StorageError,
) -> Result<(), Incomplete> {
    match bucket.object(&upload.key).await.map_err(Incomplete::Storage)? {
        Some(Object { size, sha256 }) if size == upload.layout.size => {
            let same = sha256.is_none_or(|kept| !kept.contains('-') || kept == composite(manifest));
            if same { Ok(()) } else { Err(Incomplete::PartsDiffer((1..=upload.layout.parts()).collect())) }
        }
        _ => Err(Incomplete::Storage(error)),
    }
}

impl IntoResponse for Incomplete {
    fn into_response(self) -> Response {
        match self {
            Self::PartsDiffer(mut numbers) => {
                let count = numbers.len();
                numbers.truncate(MAX_NUMBERS);
                let message = format!("{count} stored parts are missing or are not those of the file.");
                let error = json!({ "code": "parts_differ", "message": message, "parts": numbers });
                (StatusCode::CONFLICT, Json(json!({ "error": error }))).into_response()
            }
            Self::Storage(StorageError::NoSuchUpload) => UPLOAD_NOT_FOUND.into_response(),
            Self::Storage(error) => error.refuse("complete").into_response(),
        }
    }
}
