//! `/staging/uploads`: large files in parts. The page gets a signed token, and URLs for a few parts at a time; the gateway
//! completes the upload from the storage's own list of the parts. It remembers nothing, so any instance continues it.

mod complete;
mod parts;
mod token;

use std::sync::Arc;

use axum::extract::rejection::JsonRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Extension, Json, Router};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use mediaferry::storage::staging::PATH;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::error::{StagingError, not_configured};
use super::file::File;
use super::ticket::{SignedHeader, digest};
use crate::admission::Admission;
use crate::bucket::{Bucket, StorageError, Target, UPLOAD_NOT_FOUND};
use crate::config::{Config, StagingConfig};
use crate::identity::Caller;
use crate::log;
use crate::metrics;
use crate::presign::{ACL, CHECKSUM, Part};
use crate::refusal::Refusal;
use crate::upstream::UpstreamError;
use complete::Incomplete;
use parts::Layout;
use token::{Tokens, Upload};

/// A token has up to about 2 KiB, and 16 parts have about 2 KiB.
const MAX_REQUEST: usize = 16 << 10;
/// The checksums of 9,000 parts have about 600 KB.
const MAX_MANIFEST: usize = 1 << 20;
/// How many parts one request can sign.
const MAX_SIGNED: usize = 16;
/// The header that makes S3 keep the SHA-256 of each part.
const CHECKSUM_ALGORITHM: &str = "x-amz-checksum-algorithm";

const INVALID_TOKEN: Refusal =
    Refusal::new(StatusCode::BAD_REQUEST, "invalid_token", "The token is not one that this gateway has signed.");
const EXPIRED: Refusal = Refusal::new(StatusCode::GONE, "upload_expired", "The upload has expired. Start it again.");
const UNSUPPORTED: Refusal = Refusal::not_found("The storage does not accept uploads in parts. Use one PUT.");

/// The routes, without the origin check.
pub(super) fn app(config: &Config, admission: Admission) -> Result<Router, UpstreamError> {
    let bucket = config.staging.bucket.clone().map(Bucket::new).transpose()?;
    let storage = bucket.zip(Tokens::new(config)).map(|(bucket, tokens)| Storage { bucket, tokens });
    let state = Arc::new(Uploads { config: config.staging.clone(), storage, admission });
    let path = |name| format!("{PATH}/uploads{name}");
    let small = Router::new()
        .route(&path(""), post(create))
        .route(&path("/sign"), post(sign))
        .route(&path("/list"), post(list))
        .route(&path("/abort"), post(abort))
        .layer(DefaultBodyLimit::max(MAX_REQUEST));
    let large = Router::new().route(&path("/complete"), post(complete)).layer(DefaultBodyLimit::max(MAX_MANIFEST));
    Ok(small.merge(large).with_state(state))
}

#[derive(Debug)]
struct Uploads {
    config: StagingConfig,
    /// `None` if there is no bucket.
    storage: Option<Storage>,
    admission: Admission,
}

#[derive(Debug)]
struct Storage {
    bucket: Bucket,
    tokens: Tokens,
}

type Request<T> = Result<Json<T>, JsonRejection>;

/// The file that the page will send.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Announcement {
    provider: Option<String>,
    content_type: String,
    size_bytes: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfUpload {
    token: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ToSign {
    token: String,
    parts: Vec<PartToSign>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PartToSign {
    number: u64,
    sha256: String,
}

/// The URL of a part, and the headers that the PUT must have besides the length.
#[derive(Serialize)]
struct SignedPart {
    number: u16,
    put_url: String,
    headers: [SignedHeader; 1],
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    token: String,
    sha256: Vec<String>,
}

async fn create(
    State(state): State<Arc<Uploads>>,
    Extension(caller): Extension<Caller>,
    body: Request<Announcement>,
) -> axum::response::Result<Response> {
    let (Announcement { provider, content_type, size_bytes }, config) = (read(body)?, &state.config);
    let Storage { bucket, tokens } = state.storage()?;
    let file = File::new(provider.as_deref(), &content_type, size_bytes, config.max_bytes)?;
    let start = file.start(None);
    let permit = state.admission.start(&caller, &start).await?;
    let key = file.key(&caller);
    let upload_id = match open(config, bucket, &file, &key).await {
        Ok(id) => id,
        Err(refusal) => {
            permit.give_back().await;
            return Err(refusal.into());
        }
    };
    let staged = state.admission.follower.staged(&key, caller.hook_subject(), start, config.upload_lifetime);
    if let Err(refusal) = staged.await {
        // What is left then is aborted by the bucket's lifecycle rule.
        let _ = bucket.abort(Target { key: &key, upload_id: &upload_id }).await;
        permit.give_back().await;
        return Err(refusal.into());
    }
    permit.keep(&key, config.put_lifetime).await;
    metrics::count_upload(file.provider, "created");
    let layout = Layout::new(file.size, config.min_part_bytes);
    let upload = Upload::new(key, upload_id, layout, Timestamp::now() + config.upload_lifetime);
    let ticket = json!({
        "token": tokens.sign(&upload),
        "part_size": layout.part_size,
        "expires_at": upload.expires_at().to_string(),
    });
    Ok(upload.respond(Json(ticket)))
}

/// Creates the upload in the bucket, and tries at once whether its parts can be listed, which completing it requires.
async fn open(config: &StagingConfig, bucket: &Bucket, file: &File, key: &str) -> Result<String, Refusal> {
    let failed = |error: StorageError| {
        let refusal = error.refuse("create");
        if error.is_unsupported() { UNSUPPORTED } else { refusal }
    };
    let id = bucket.create(key, &config.upload_headers(file.format.mime())).await.map_err(failed)?;
    let target = Target { key, upload_id: &id };
    match bucket.parts(target).await {
        Ok(_) => Ok(id),
        Err(error) => {
            let _ = bucket.abort(target).await;
            Err(failed(error))
        }
    }
}

impl StagingConfig {
    /// The headers of the request that creates an upload, sorted by name.
    pub(crate) fn upload_headers<'a>(&'a self, content_type: &'a str) -> Vec<(&'a str, &'a str)> {
        let acl = self.acl.as_deref().map(|acl| (ACL, acl));
        [("content-type", content_type)].into_iter().chain(acl).chain([(CHECKSUM_ALGORITHM, "SHA256")]).collect()
    }
}

async fn sign(
    State(state): State<Arc<Uploads>>,
    Extension(caller): Extension<Caller>,
    body: Request<ToSign>,
) -> axum::response::Result<Response> {
    let ToSign { token, parts } = read(body)?;
    let (Storage { bucket, .. }, upload) = state.upload(&token, &caller)?;
    if parts.is_empty() || parts.len() > MAX_SIGNED {
        return Err(invalid(format!("parts has {} entries; 1 to {MAX_SIGNED} are allowed.", parts.len())).into());
    }
    let (now, lifetime) = (Timestamp::now(), state.config.put_lifetime);
    let mut expires_at = now;
    let mut signed = Vec::new();
    for PartToSign { number, sha256 } in parts {
        let size = upload.layout.part_bytes(number);
        let (Some(size), Ok(number)) = (size, u16::try_from(number)) else {
            let last = upload.layout.parts();
            return Err(invalid(format!("number is {number}; the upload has the parts 1 to {last}.")).into());
        };
        let Some(digest) = digest(&sha256) else {
            return Err(invalid(format!("sha256 of part {number} must be 64 hexadecimal digits.")).into());
        };
        let checksum = BASE64_STANDARD.encode(digest);
        let Target { key, upload_id } = upload.target();
        let put = bucket.signer.put_part(&Part { key, upload_id, number, size, checksum: &checksum }, now, lifetime);
        expires_at = put.expires_at;
        signed.push(SignedPart { number, put_url: put.url.into(), headers: [(CHECKSUM, checksum).into()] });
    }
    state.admission.limits.extend(&caller.owner.to_string(), &upload.key, lifetime).await;
    Ok(upload.respond(Json(json!({ "parts": signed, "expires_at": expires_at.to_string() }))))
}

async fn list(
    State(state): State<Arc<Uploads>>,
    Extension(caller): Extension<Caller>,
    body: Request<OfUpload>,
) -> axum::response::Result<Response> {
    let (Storage { bucket, .. }, upload) = state.upload(&read(body)?.token, &caller)?;
    let listed = match bucket.parts(upload.target()).await {
        Ok(parts) => {
            let hex = |base64: &String| BASE64_STANDARD.decode(base64).ok().map(hex::encode);
            let part = |part: &crate::bucket::StoredPart| {
                let mut json = json!({ "number": part.number, "size_bytes": part.size });
                if let Some(sha256) = part.sha256.as_ref().and_then(hex) {
                    json["sha256"] = sha256.into();
                }
                json
            };
            json!({ "status": "open", "parts": parts.iter().map(part).collect::<Vec<_>>() })
        }
        Err(StorageError::NoSuchUpload) => match bucket.object(&upload.key).await {
            Ok(Some(object)) if object.size == upload.layout.size => json!({ "status": "completed" }),
            Ok(_) => return Err(UPLOAD_NOT_FOUND.into()),
            Err(error) => return Err(error.refuse("list").into()),
        },
        Err(error) => return Err(error.refuse("list").into()),
    };
    Ok(upload.respond(Json(listed)))
}

async fn complete(
    State(state): State<Arc<Uploads>>,
    Extension(caller): Extension<Caller>,
    body: Request<Manifest>,
) -> axum::response::Result<Response> {
    let Manifest { token, sha256 } = read(body)?;
    let (Storage { bucket, .. }, upload) = state.upload(&token, &caller)?;
    let parts = upload.layout.parts();
    if sha256.len() as u64 != parts {
        return Err(invalid(format!("sha256 has {} entries; the upload has {parts} parts.", sha256.len())).into());
    }
    let digests: Result<Vec<_>, _> = (1..).zip(&sha256).map(|(number, hex)| digest(hex).ok_or(number)).collect();
    let manifest =
        digests.map_err(|number: u64| invalid(format!("sha256 of part {number} must be 64 hexadecimal digits.")))?;
    let (bucket, once) = (bucket.clone(), state.config.if_none_match);
    // A task, because the storage may need longer than the client waits.
    let task = tokio::spawn(async move {
        let completed = complete::complete(&bucket, &upload, &manifest, once).await;
        (completed, upload)
    });
    let (completed, upload) = task
        .await
        .map_err(|_| Incomplete::Storage(StorageError::Unreachable("the task has ended early".to_owned())))?;
    completed?;
    metrics::count_upload(upload.provider(), "completed");
    let Storage { bucket, .. } = state.storage()?;
    let get = bucket.signer.get(&upload.key, Timestamp::now(), state.config.get_lifetime);
    let urls = json!({ "get_url": get.url.as_str(), "get_expires_at": get.expires_at.to_string() });
    Ok(upload.respond(Json(urls)))
}

async fn abort(
    State(state): State<Arc<Uploads>>,
    Extension(caller): Extension<Caller>,
    body: Request<OfUpload>,
) -> axum::response::Result<Response> {
    let (Storage { bucket, .. }, upload) = state.own_upload(&read(body)?.token, &caller)?;
    match bucket.abort(upload.target()).await {
        Ok(()) => metrics::count_upload(upload.provider(), "aborted"),
        Err(StorageError::NoSuchUpload) => {}
        Err(error) => return Err(error.refuse("abort").into()),
    }
    state.admission.limits.end(&caller.owner.to_string(), &upload.key).await;
    state.admission.follower.given_up(&upload.key, caller.hook_subject()).await;
    Ok(upload.respond(StatusCode::NO_CONTENT))
}

impl Uploads {
    fn storage(&self) -> Result<&Storage, Refusal> {
        self.storage.as_ref().ok_or_else(not_configured)
    }

    /// The upload of a token of the caller, which has not expired.
    fn upload(&self, token: &str, caller: &Caller) -> Result<(&Storage, Upload), Refusal> {
        let (storage, upload) = self.own_upload(token, caller)?;
        if upload.expires_at() <= Timestamp::now() { Err(EXPIRED) } else { Ok((storage, upload)) }
    }

    /// The upload of a token of the caller.
    fn own_upload(&self, token: &str, caller: &Caller) -> Result<(&Storage, Upload), Refusal> {
        let storage = self.storage()?;
        let upload = storage.tokens.read(token).ok_or(INVALID_TOKEN)?;
        if upload.belongs_to(caller) { Ok((storage, upload)) } else { Err(UPLOAD_NOT_FOUND) }
    }
}

impl Upload {
    /// The response, with the provider for the log.
    fn respond(&self, response: impl IntoResponse) -> Response {
        (self.provider().map(|provider| Extension(log::Provider(provider))), response).into_response()
    }
}

fn read<T: DeserializeOwned>(body: Request<T>) -> Result<T, StagingError> {
    body.map(|Json(body)| body).map_err(|error| invalid(error.body_text()))
}

fn invalid(message: String) -> StagingError {
    StagingError::Invalid(message)
}
