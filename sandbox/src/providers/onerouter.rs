//! OneRouter according to its page "Upload Files": a form or a URL becomes an asset, which is processed for some time.

mod resource;

use std::sync::Arc;

use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRef, FromRequest, Multipart, Path, RawQuery, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use jiff::Timestamp;
use mediaferry::providers::{Provider, onerouter::OneRouter};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use super::form::{Form, Received};
use super::record::{self, FileId, Record, rfc3339};
use super::{Refusal, Sandbox, assets, check_key};
use crate::fetch::{self, Failure};
use resource::{Data, Phase, Resource};

/// "A single account is permitted to upload up to 1,000 assets"
pub(crate) const MAX_ASSETS: u32 = 1_000;
/// The page's message, also if a test sets a lower limit.
const CAP_REACHED: &str = "A single account is permitted to upload up to 1,000 assets, if you require a higher limit, \
                           please contact <support@inforn.ai>.";

const ID: &str = "onerouter";
const FORM: Form = Form { id: ID, field: "file", texts: &["model"], invalid: "invalid_request", check };

/// The provider's routes, relative to its root.
pub(super) fn app(sandbox: Sandbox) -> Router {
    let auth = OneRouter.profile().auth;
    Router::new()
        .route("/v1/upload/resources", post(upload))
        .route("/v1/list/resources", get(list))
        .route("/v1/status/resources/{id}", get(status))
        .route("/v1/delete/resources/{id}", delete(remove))
        .layer(from_fn(move |request, next| check_key(auth, refuse, request, next)))
        .route(assets::ROUTE, get(|state, path| assets::serve(ID, state, path)))
        .with_state(Account { sandbox, last: Arc::default() })
}

/// The only account.
#[derive(Clone, Debug)]
struct Account {
    sandbox: Sandbox,
    /// The last id issued by this process. The lock also protects the number of assets.
    last: Arc<Mutex<u32>>,
}

impl FromRef<Account> for Sandbox {
    fn from_ref(account: &Account) -> Self {
        account.sandbox.clone()
    }
}

/// The request body for a URL.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Announcement {
    model: String,
    file: String,
}

async fn upload(State(account): State<Account>, request: Request) -> ApiResult<Data> {
    account.check_cap().await?;
    let id = FileId::numbered(account.next_number().await?);
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let essence = content_type.and_then(|kind| kind.split(';').next()).unwrap_or_default();
    let resource = if essence.trim().eq_ignore_ascii_case("application/json") {
        account.fetch(&id, Json::from_request(request, &()).await).await?
    } else {
        let file = FORM.receive(&account.sandbox, &id, Multipart::from_request(request, &()).await).await?;
        account.resource(file, None, None)
    };
    account.add(&id, &resource).await?;
    // "status": "processing", as in the page's response to an upload, even if processing is short.
    Ok(success(resource.data(&account.sandbox, &id, Phase::Processing)))
}

async fn list(State(account): State<Account>, RawQuery(query): RawQuery) -> ApiResult<Listed> {
    let query = query.unwrap_or_default();
    let number = |name: &str, default: u32, max: u32| {
        let value = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
        let number = value.map_or(Some(default), |text| text.parse().ok());
        number
            .filter(|number| (1..=max).contains(number))
            .ok_or_else(|| Refusal::bad_request("invalid_request", format!("{name} must be from 1 to {max}.")))
    };
    // "maximum 100"
    let (page, page_size) = (number("page", 1, u32::MAX)?, number("page_size", 20, 100)?);
    let ids = account.ids().await?;
    let skipped = usize::try_from(u64::from(page - 1) * u64::from(page_size)).unwrap_or(usize::MAX);
    let mut items = Vec::new();
    for id in ids.iter().rev().skip(skipped).take(page_size as usize) {
        // An asset may have been deleted since.
        items.extend(account.data(id).await?);
    }
    Ok(success(Listed { items, total: ids.len(), page, page_size }))
}

async fn status(State(account): State<Account>, Path(id): Path<String>) -> ApiResult<Data> {
    let id = account.find(&id).await?;
    Ok(success(account.data(&id).await?.ok_or_else(unknown)?))
}

async fn remove(State(account): State<Account>, Path(id): Path<String>) -> ApiResult<Deleted> {
    let id = account.find(&id).await?;
    record::forget(&account.sandbox.store, ID, &id).await?;
    Ok(success(Deleted { deleted: true }))
}

/// The page lists formats and does not forbid a wrong type, so only the content counts.
fn check(file: Received) -> Result<Record, Refusal> {
    match file.stored.media.as_ref().map(|media| media.format.mime()) {
        Some(mime) => Ok(file.record(mime)),
        None => Err(Refusal::bad_request("unsupported_file", "The file is not of a supported format.")),
    }
}

fn unknown() -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, "not_found", "resource not found")
}

impl Account {
    /// The ids of all assets, oldest first.
    async fn ids(&self) -> Result<Vec<FileId>, Refusal> {
        let names = self.sandbox.store.names(ID).await?;
        let mut ids: Vec<_> = names.iter().filter_map(|name| FileId::of_record(name)).collect();
        ids.sort_by_key(FileId::number);
        Ok(ids)
    }

    async fn find(&self, number: &str) -> Result<FileId, Refusal> {
        let number = number.parse().map_err(|_| unknown())?;
        self.ids().await?.into_iter().find(|id| id.number() == Some(number)).ok_or_else(unknown)
    }

    async fn data(&self, id: &FileId) -> Result<Option<Data>, Refusal> {
        let resource: Option<Resource> = record::load(&self.sandbox.store, ID, id).await?;
        Ok(resource.map(|resource| resource.data(&self.sandbox, id, resource.phase())))
    }

    /// An id is issued once while the process runs, even if the upload fails or the asset is deleted.
    async fn next_number(&self) -> Result<u32, Refusal> {
        let mut last = self.last.lock().await;
        let stored = self.ids().await?.last().and_then(FileId::number).unwrap_or_default();
        *last = stored.max(*last).saturating_add(1);
        Ok(*last)
    }

    async fn check_cap(&self) -> Result<(), Refusal> {
        let cap = self.sandbox.settings.get().onerouter_assets;
        let reached = self.ids().await?.len() >= cap as usize;
        if reached { Err(Refusal::new(StatusCode::FORBIDDEN, "forbidden", CAP_REACHED)) } else { Ok(()) }
    }

    /// Creates the asset, unless the limit was reached since the upload began.
    async fn add(&self, id: &FileId, resource: &Resource) -> Result<(), Refusal> {
        let _alone = self.last.lock().await;
        if let Err(refusal) = self.check_cap().await {
            let _ = self.sandbox.store.delete(&id.object_key(ID)).await;
            return Err(refusal);
        }
        record::save(resource, &self.sandbox.store, ID, id).await
    }

    /// Fetches the URL before the response, which has the file's size and hash on the page.
    ///
    /// The page documents no error for a URL that cannot be fetched, but does document failed assets. So the request is
    /// accepted, and the asset has only the known fields and fails in the end.
    async fn fetch(&self, id: &FileId, body: Result<Json<Announcement>, JsonRejection>) -> Result<Resource, Refusal> {
        let invalid = |message: String| Refusal::bad_request("invalid_request", message);
        let Json(announced) = body.map_err(|error| invalid(error.body_text()))?;
        if announced.model.is_empty() {
            return Err(invalid("model is required.".to_owned()));
        }
        // "only http/https supported"
        let url =
            fetch::parse(&announced.file).ok_or_else(|| invalid("file: only http/https supported.".to_owned()))?;
        let fetched = self.sandbox.fetcher.fetch(&self.sandbox.store, &id.object_key(ID), url.clone()).await;
        let (stored, failure_code) = match fetched {
            Ok(stored) => (Some(stored), None),
            Err(Failure::NoMedia(stored)) => (Some(stored), Some("unsupported_file")),
            Err(Failure::TooLarge) => (None, Some("file_too_large")),
            Err(_) => (None, Some("fetch_failed")),
        };
        let mime = stored.as_ref().and_then(|stored| Some(stored.media.as_ref()?.format.mime()));
        let file = Record {
            filename: fetch::file_name(&url),
            content_type: mime.unwrap_or_default().to_owned(),
            size_bytes: stored.as_ref().map_or(0, |stored| stored.size),
            sha256: stored.map(|stored| stored.sha256),
            created_at: Some(rfc3339(Timestamp::now())),
        };
        Ok(self.resource(file, Some(fetch::without_credentials(url)), failure_code))
    }

    fn resource(&self, file: Record, source_url: Option<String>, failure_code: Option<&str>) -> Resource {
        Resource::new(file, source_url, failure_code, self.sandbox.settings.get().processing_millis)
    }
}

#[derive(Debug, Serialize)]
struct Listed {
    items: Vec<Data>,
    total: usize,
    page: u32,
    page_size: u32,
}

#[derive(Debug, Serialize)]
struct Deleted {
    deleted: bool,
}

/// The envelope of every response.
#[derive(Debug, Serialize)]
struct Envelope<T> {
    code: u16,
    data: T,
    message: String,
}

type ApiResult<T> = Result<Json<Envelope<T>>, Refusal>;

fn success<T>(data: T) -> Json<Envelope<T>> {
    Json(Envelope { code: 200, data, message: "success".to_owned() })
}

/// The page documents no error; in its responses, `code` is the status.
fn refuse(refusal: &Refusal) -> Response {
    let body = Envelope { code: refusal.status.as_u16(), data: (), message: refusal.message.clone() };
    (refusal.status, Json(body)).into_response()
}
