//! Mock providers: they accept what the providers' pages allow and reject the rest.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json, Router};
use mediaferry::providers::Auth;
use mediaferry_gateway::guard::{self, AllowedOrigins};
use mediaferry_gateway::presign::Presigner;
use mediaferry_gateway::secret::Secret;
use serde_json::json;

use crate::faults::{self, Faults};
use crate::fetch::Fetcher;
use crate::settings::{self, Settings};
use crate::store::Store;
use crate::sweep::Kept;
use crate::unfinished;

mod apiframe;
mod assets;
mod form;
mod modelhunter;
pub(crate) mod onerouter;
mod record;
mod relaydance;
mod worldrouter;

use record::FileId;

/// The key of every mock provider. It gives access to nothing else, so it is not a secret.
pub(crate) const KEY: &str = "sandbox-key";

const NO_ROUTE: &str = "The sandbox does not have this route.";

/// How long assets are kept; the same as at the providers that document it.
const KEPT: Duration = Duration::from_hours(7 * 24);

/// The state that all mock providers share.
#[derive(Clone, Debug)]
pub(crate) struct Sandbox {
    pub(crate) store: Store,
    pub(crate) presigner: Arc<Presigner>,
    pub(crate) faults: Faults,
    pub(crate) settings: Settings,
    pub(crate) fetcher: Fetcher,
    /// The gateway's URL, for the URLs of assets.
    pub(crate) public_url: String,
    /// How long an upload URL is valid.
    pub(crate) ticket_life: Duration,
}

/// The routes of one mock provider.
type App = fn(Sandbox) -> Router;

/// The mock providers, by id.
const PROVIDERS: [(&str, App); 5] = [
    ("modelhunter", modelhunter::app),
    ("onerouter", onerouter::app),
    ("apiframe", apiframe::app),
    ("relaydance", relaydance::app),
    ("worldrouter", worldrouter::app),
];

/// The routes below `/sandbox`, for the imitated providers only.
pub(crate) fn app(sandbox: &Sandbox, imitated: &[&str], allowed: &AllowedOrigins) -> Router {
    let control = faults::app(sandbox.faults.clone()).merge(settings::app(sandbox.settings.clone()));
    let control = control.merge(unfinished::app(sandbox.store.clone()));
    let control = control.layer(from_fn_with_state(allowed.clone(), guard::check_origin));
    let routes =
        PROVIDERS.into_iter().filter(|(id, _)| imitated.contains(id)).fold(control, |routes, (id, provider)| {
            let app = provider(sandbox.clone()).layer(from_fn_with_state(sandbox.faults.at(id), faults::strike));
            routes.nest(&format!("/{id}"), app)
        });
    // Otherwise the page's folder would serve these paths.
    routes.fallback(async || {
        (StatusCode::NOT_FOUND, Json(json!({ "error": { "code": "not_found", "message": NO_ROUTE } })))
    })
}

/// What a mock provider stores, and for how long.
pub(crate) fn kept(provider: &'static str) -> Kept {
    Kept { place: provider, named: is_object, life: KEPT }
}

/// Whether a name is that of a file or of a record.
fn is_object(name: &str) -> bool {
    FileId::parse(name.strip_suffix(".json").unwrap_or(name)).is_some()
}

/// Accepts only requests with the sandbox's key; `refuse` converts an error to the provider's format.
async fn check_key(auth: Auth, refuse: fn(&Refusal) -> Response, request: Request, next: Next) -> Response {
    let wanted = Secret::new(KEY).and_then(|key| key.header(auth));
    if wanted.is_some_and(|(name, value)| request.headers().get(name) == Some(&value)) {
        let response = next.run(request).await;
        return response.extensions().get().map(refuse).unwrap_or(response);
    }
    let mut response =
        refuse(&Refusal::new(StatusCode::UNAUTHORIZED, "unauthorized", "The API key is missing or wrong."));
    if auth == Auth::Bearer {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, header::HeaderValue::from_static("Bearer"));
    }
    response
}

/// An error of a mock provider, before it is converted to that provider's format.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Refusal {
    status: StatusCode,
    code: &'static str,
    message: String,
}

impl Refusal {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }

    fn bad_request(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }
}

/// The embedded storage failed, which is a server error.
impl From<s3s::S3Error> for Refusal {
    fn from(error: s3s::S3Error) -> Self {
        tracing::warn!(target: "gateway", %error, "storage failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "storage_failed", "The sandbox's storage failed.")
    }
}

/// The plain format is used on the public route of assets, which belongs to no provider's API; [`check_key`] finds the
/// error in the response and converts it.
impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status, Extension(self.clone()), self.message).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_bytes_and_records_are_swept() {
        let id = FileId::random();
        assert!(is_object(id.as_str()) && is_object(&format!("{}.json", id.as_str())));
        assert!(!is_object("holiday.png") && !is_object("file_1.json"));
    }
}
