//! Apiframe according to its page "Assets": the response comes at once, the URL is fetched afterwards, and the page
//! polls.

use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRef, Path, State};
use axum::http::StatusCode;
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use jiff::Timestamp;
use mediaferry::media::Kind;
use mediaferry::providers::{Provider, apiframe::Apiframe};
use reqwest::Url;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use uuid::Uuid;

use super::record::{self, FileId, Record, rfc3339};
use super::{Refusal, Sandbox, assets, check_key};
use crate::fetch;

const ID: &str = "apiframe";
const INTERRUPTED: &str = "The download was interrupted.";

/// The provider's routes, relative to its root.
pub(super) fn app(sandbox: Sandbox) -> Router {
    let auth = Apiframe.profile().auth;
    Router::new()
        .route("/v2/assets/create", post(create))
        .route("/v2/assets/{asset_id}", get(status))
        .layer(from_fn(move |request, next| check_key(auth, refuse, request, next)))
        .route(assets::ROUTE, get(|state, path| assets::serve(ID, state, path)))
        .with_state(Fetching { sandbox, run: Uuid::new_v4().simple().to_string().into(), downloads: Arc::default() })
}

/// The sandbox and the downloads of this process.
#[derive(Clone, Debug)]
struct Fetching {
    sandbox: Sandbox,
    /// The id of this process in the records of its downloads.
    run: Arc<str>,
    /// The downloads end when the gateway drops this, so none of them may hold a reference to it.
    downloads: Arc<Mutex<JoinSet<()>>>,
}

impl FromRef<Fetching> for Sandbox {
    fn from_ref(fetching: &Fetching) -> Self {
        fetching.sandbox.clone()
    }
}

/// The stored record of an asset.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Asset {
    #[serde(flatten)]
    file: Record,
    ready_at_millis: i64,
    download: Download,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Download {
    /// By the process with this id; once that process has ended, the download never finishes.
    Running(String),
    Done,
    Failed(String),
}

/// The request body.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Announcement {
    url: String,
    #[serde(rename = "type")]
    kind: String,
}

async fn create(
    State(fetching): State<Fetching>,
    body: Result<Json<Announcement>, JsonRejection>,
) -> Result<Response, Refusal> {
    let invalid = |message: String| Refusal::bad_request("invalid_request", message);
    let Json(announced) = body.map_err(|error| invalid(error.body_text()))?;
    let url = fetch::parse(&announced.url).ok_or_else(|| invalid("url must be an http or https URL.".to_owned()))?;
    let kind = Kind::ALL.iter().copied().find(|kind| kind.as_str() == announced.kind);
    let kind = kind.ok_or_else(|| invalid("type must be image, video or audio.".to_owned()))?;
    let file = Record {
        filename: fetch::file_name(&url),
        content_type: String::new(),
        size_bytes: 0,
        sha256: None,
        created_at: None,
    };
    let ready_at_millis = record::ready_at_millis(Timestamp::now(), fetching.sandbox.settings.get().processing_millis);
    let asset = Asset { file, ready_at_millis, download: Download::Running(fetching.run.to_string()) };
    let id = FileId::random();
    record::save(&asset, &fetching.sandbox.store, ID, &id).await?;
    let body = json!({ "assetId": id.digits() });
    fetching.start(download(fetching.sandbox.clone(), id, asset, url, kind));
    Ok((StatusCode::CREATED, Json(body)).into_response())
}

async fn status(State(fetching): State<Fetching>, Path(asset_id): Path<String>) -> Result<Json<Value>, Refusal> {
    let unknown = || Refusal::new(StatusCode::NOT_FOUND, "not_found", "The asset does not exist.");
    let id = FileId::parse(&format!("file_{asset_id}")).ok_or_else(unknown)?;
    let sandbox = &fetching.sandbox;
    let asset: Asset = record::load(&sandbox.store, ID, &id).await?.ok_or_else(unknown)?;
    let ready = asset.ready_at_millis <= Timestamp::now().as_millisecond();
    Ok(Json(match asset.download {
        Download::Running(run) if *run != *fetching.run => failed(INTERRUPTED),
        Download::Done if ready => {
            let url = assets::url(sandbox, ID, &id, &asset.file.content_type);
            json!({ "status": "Active", "url": url, "errorMsg": null })
        }
        Download::Failed(message) if ready => failed(&message),
        _ => json!({ "status": "Processing", "url": null, "errorMsg": null }),
    }))
}

fn failed(message: &str) -> Value {
    json!({ "status": "Failed", "url": null, "errorMsg": message })
}

impl Fetching {
    fn start(&self, download: impl Future<Output = ()> + Send + 'static) {
        let mut downloads = self.downloads.lock().unwrap_or_else(PoisonError::into_inner);
        while downloads.try_join_next().is_some() {}
        downloads.spawn(download);
    }
}

/// "The file is fetched and stored by the provider asynchronously."
async fn download(sandbox: Sandbox, id: FileId, mut asset: Asset, url: Url, kind: Kind) {
    let fetched = sandbox.fetcher.fetch(&sandbox.store, &id.object_key(ID), url).await;
    asset.download = match fetched {
        Ok(stored) => {
            let format = stored.media.map(|media| media.format).filter(|format| format.kind() == kind);
            if let Some(format) = format {
                asset.file = Record {
                    filename: asset.file.filename,
                    content_type: format.mime().to_owned(),
                    size_bytes: stored.size,
                    sha256: Some(stored.sha256),
                    created_at: Some(rfc3339(Timestamp::now())),
                };
                Download::Done
            } else {
                let _ = sandbox.store.delete(&id.object_key(ID)).await;
                Download::Failed(format!("The file is not of type {}.", kind.as_str()))
            }
        }
        Err(failure) => Download::Failed(failure.to_string()),
    };
    // A failing store has logged the error.
    let _ = record::save(&asset, &sandbox.store, ID, &id).await;
}

/// The page documents no error format; this one is common in such APIs.
fn refuse(refusal: &Refusal) -> Response {
    let body = json!({ "error": { "code": refusal.code, "message": refusal.message } });
    (refusal.status, Json(body)).into_response()
}
