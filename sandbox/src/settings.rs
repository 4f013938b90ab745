//! Settings that a test can change while the sandbox runs: `PUT /sandbox/settings`, for example
//! `{ "processing_millis": 0, "onerouter_assets": 3 }`.
//!
//! A `PUT` resets the settings that it leaves out; `GET` returns the current ones.

use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::providers::onerouter;

/// The behaviour of the mock providers, within what their pages document.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    start: Values,
    now: Arc<Mutex<Values>>,
}

#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Values {
    /// How long an asset is processed.
    pub(crate) processing_millis: u32,
    /// The maximum number of assets at OneRouter.
    pub(crate) onerouter_assets: u32,
}

/// The body of a `PUT`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    processing_millis: Option<u32>,
    onerouter_assets: Option<u32>,
}

impl Settings {
    pub(crate) fn new(processing_millis: u32) -> Self {
        let start = Values { processing_millis, onerouter_assets: onerouter::MAX_ASSETS };
        Self { start, now: Arc::new(Mutex::new(start)) }
    }

    pub(crate) fn get(&self) -> Values {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, wanted: Wanted) {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) = Values {
            processing_millis: wanted.processing_millis.unwrap_or(self.start.processing_millis),
            onerouter_assets: wanted.onerouter_assets.unwrap_or(self.start.onerouter_assets),
        };
    }
}

/// The routes.
pub(crate) fn app(settings: Settings) -> Router {
    let routes = get(async |State(settings): State<Settings>| Json(settings.get())).put(put);
    Router::new().route("/settings", routes).with_state(settings)
}

async fn put(State(settings): State<Settings>, wanted: Result<Json<Wanted>, JsonRejection>) -> Response {
    match wanted {
        Ok(Json(wanted)) => {
            settings.set(wanted);
            Json(settings.get()).into_response()
        }
        Err(error) => {
            let body = json!({ "error": { "code": "bad_settings", "message": error.body_text() } });
            (StatusCode::BAD_REQUEST, Json(body)).into_response()
        }
    }
}
