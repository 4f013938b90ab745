//! The storage's listener: S3 on its own origin, so that a page needs CORS and signatures as in production.

use std::time::Duration;

use axum::Router;
use axum::error_handling::HandleError;
use axum::http::{Method, StatusCode, header};
use axum::middleware;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use tower_http::cors::{Any, CorsLayer};

use crate::log::{self, Listener};
use crate::presign::Presigner;
use crate::sandbox::faults::{self, Faults};
use crate::store::Store;

/// S3 for requests with a signature; s3s rejects anonymous requests, because credentials are set.
pub(crate) fn app(store: Store, presigner: &Presigner, faults: Option<&Faults>) -> Router {
    let mut s3 = S3ServiceBuilder::new(store);
    s3.set_auth(SimpleAuth::from_single(presigner.credentials().key(), presigner.credentials().secret()));
    let s3 = HandleError::new(s3.build(), |_| async { StatusCode::INTERNAL_SERVER_ERROR });
    let mut app = Router::new().fallback_service(s3);
    if let Some(faults) = faults {
        app = app.layer(middleware::from_fn_with_state(faults.at("storage"), faults::strike));
    }
    app = app.layer(cors());
    if let Some(faults) = faults {
        app = app.layer(middleware::from_fn_with_state(faults.at("storage"), faults::separate));
    }
    app.layer(middleware::from_fn(|request, next| log::log(Listener::Storage, request, next)))
}

/// Any page may use a URL that it has. Error responses also have CORS headers, otherwise a page could not distinguish a
/// 403 from a network error.
fn cors() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::PUT, Method::GET, Method::HEAD])
        .allow_headers(Any)
        .expose_headers([header::ETAG])
        .max_age(Duration::from_hours(1))
}
