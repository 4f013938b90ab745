//! The gateway's listener: health, the proxy, the sandbox while it is used, and the page.

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

/// All of the gateway's routes.
pub(crate) fn app(config: &Config, proxy: Proxy, sandbox: Option<Sandbox>, sources: &Sources) -> Router {
    let allowed = AllowedOrigins::new(&config.flags.allow_origin);
    let providers = Router::new()
        .route(&format!("{}{{*path}}", proxy::PREFIX), any(proxy::forward))
        .with_state(Arc::new(proxy))
        .layer(from_fn_with_state(allowed.clone(), guard::check_origin))
        .layer(allowed.cors());
    let mut app = Router::new().route("/healthz", get("ok")).merge(providers);
    if let Some(sandbox) = sandbox {
        app = app.nest("/sandbox", sandbox::app(sandbox, &allowed));
    }
    app = app.merge(pages::app(&config.flags.www, &config.flags.dist, sources)).layer(DefaultBodyLimit::disable());
    if config.flags.bind.is_loopback() {
        app = app.layer(from_fn(guard::check_host));
    }
    app.layer(middleware::from_fn(|request, next| log::log(Listener::Gateway, request, next)))
}
