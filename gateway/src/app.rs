//! The gateway's listener: health, the proxy, staging, the sandbox while it is used, and the page.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{self, from_fn, from_fn_with_state};
use axum::routing::{any, get};

use crate::config::Config;
use crate::guard::{self, AllowedOrigins};
use crate::log::{self, Listener};
use crate::pages::{self, Sources};
use crate::proxy::{self, Proxy};
use crate::sandbox::{self, Sandbox};
use crate::staging::{self, Staging};

/// What the routes lead to.
pub(crate) struct Parts {
    pub(crate) proxy: Proxy,
    pub(crate) staging: Staging,
    pub(crate) sandbox: Option<Sandbox>,
    pub(crate) sources: Sources,
}

/// All of the gateway's routes.
pub(crate) fn app(config: &Config, parts: Parts) -> Router {
    let allowed = AllowedOrigins::new(&config.flags.allow_origin);
    let guarded = Router::new()
        .route(&format!("{}{{*path}}", proxy::PREFIX), any(proxy::forward))
        .with_state(Arc::new(parts.proxy))
        .merge(staging::app(parts.staging))
        .layer(from_fn_with_state(allowed.clone(), guard::check_origin))
        .layer(allowed.cors());
    let mut app = Router::new().route("/healthz", get("ok")).merge(guarded);
    if let Some(sandbox) = parts.sandbox {
        app = app.nest("/sandbox", sandbox::app(sandbox, &allowed));
    }
    app =
        app.merge(pages::app(&config.flags.www, &config.flags.dist, &parts.sources)).layer(DefaultBodyLimit::disable());
    if config.flags.bind.is_loopback() {
        app = app.layer(from_fn(guard::check_host));
    }
    app.layer(middleware::from_fn(|request, next| log::log(Listener::Gateway, request, next)))
}
