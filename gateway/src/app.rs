//! The gateway's routes and the checks before them.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::HeaderValue;
use axum::http::header::X_CONTENT_TYPE_OPTIONS;
use axum::middleware::{from_fn, from_fn_with_state, map_request};
use axum::routing::{any, get};
use tower_http::set_header::SetResponseHeaderLayer;

use crate::admission::Admission;
use crate::attempts;
use crate::config::Config;
use crate::connection;
use crate::guard::{self, AllowedHosts, AllowedOrigins};
use crate::identity::{self, Identity};
use crate::linger::linger;
use crate::log;
use crate::metrics;
use crate::providers::Providers;
use crate::proxy::{self, Proxy};
use crate::request_id;
use crate::serve::StartError;
use crate::staging;
use crate::upstream;
use crate::valkey::Valkey;

/// Builds the gateway's routes.
pub fn app(config: &Config) -> Result<Router, StartError> {
    let identity = match &config.identity {
        Some(identity) => Identity::new(identity.clone(), &upstream::remote()?),
        None => Identity::ANONYMOUS,
    };
    let identity = Arc::new(identity);
    let providers = Arc::new(Providers::new(config)?);
    let valkey = config.valkey.as_ref().map(Valkey::new).transpose();
    let valkey = valkey.map_err(|_| StartError::Internal("Valkey URL"))?;
    let admission = Admission::new(config, &providers, valkey.as_ref())?;
    let proxy = Proxy::new(config, providers, admission.clone(), valkey);
    let attempts_table = Arc::clone(&proxy.attempts);
    let allowed = AllowedOrigins::new(&config.allow_origin);
    let guarded = Router::new()
        .route(&format!("{}{{*path}}", proxy::PREFIX), any(proxy::forward))
        .with_state(Arc::new(proxy))
        .merge(attempts::app(attempts_table))
        .merge(staging::app(config, admission)?)
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn_with_state(allowed.clone(), guard::check_origin))
        .layer(from_fn_with_state(identity, identity::authenticate))
        .layer(from_fn(connection::reject_overloaded))
        .layer(allowed.cors());
    Ok(Router::new().route("/healthz", get("ok")).merge(guarded))
}

/// Adds what applies to every request of a listener, also of one that serves other routes too: the checks of the
/// URL and the host name, the log, the metrics and the request id.
pub fn with_guards(app: Router, config: &Config) -> Router {
    app.layer(from_fn_with_state(AllowedHosts::new(config), guard::check_host))
        .layer(from_fn(guard::check_length))
        .layer(SetResponseHeaderLayer::overriding(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")))
        .layer(map_request(linger))
        .layer(from_fn(log::requests))
        .layer(from_fn(metrics::requests))
        .layer(from_fn(request_id::assign))
}
