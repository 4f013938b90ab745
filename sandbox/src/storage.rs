//! The storage's listener: S3 on its own origin, so that a page needs CORS and signatures as in production.

use std::time::Duration;

use axum::Router;
use axum::error_handling::HandleError;
use axum::extract::Request;
use axum::http::{Method, StatusCode};
use axum::middleware::{Next, from_fn, from_fn_with_state, map_request};
use axum::response::Response;
use mediaferry_gateway::linger::linger;
use mediaferry_gateway::log::{self, Line};
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use tower_http::cors::{Any, CorsLayer};

use crate::embedded::Embedded;
use crate::faults::{self, Faults};
use crate::store::Store;

/// S3 for requests with a signature; s3s rejects anonymous requests, because credentials are set.
pub(crate) fn app(store: Store, bucket: &Embedded, faults: &Faults) -> Router {
    let mut s3 = S3ServiceBuilder::new(store);
    s3.set_auth(SimpleAuth::from_single(bucket.access_key_id.as_str(), bucket.secret_access_key.as_str()));
    let s3 = HandleError::new(s3.build(), |_| async { StatusCode::INTERNAL_SERVER_ERROR });
    Router::new()
        .fallback_service(s3)
        .layer(from_fn_with_state(faults.at("storage"), faults::strike))
        .layer(cors())
        .layer(from_fn_with_state(faults.at("storage"), faults::separate))
        .layer(map_request(linger))
        .layer(from_fn(log))
}

async fn log(request: Request, next: Next) -> Response {
    log::observe(request, next, |line| {
        let Line { method, path, status, millis, bytes_in, .. } = line;
        tracing::info!(target: "storage", %method, %path, %status, millis, bytes_in);
    })
    .await
}

/// Any page may use a URL that it has. No header is exposed, because a page needs none. Error responses also have CORS headers, otherwise a page could not distinguish a
/// 403 from a network error.
fn cors() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::PUT, Method::GET, Method::HEAD])
        .allow_headers(Any)
        .max_age(Duration::from_hours(1))
}
