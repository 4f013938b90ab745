//! The gateway's listener: health, the proxy, staging, the sandbox (with `--sandbox`), and the page.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{self, from_fn, from_fn_with_state};
use axum::routing::{any, get};

use crate::answer::Refusal;
use crate::attempts;
use crate::config::Config;
use crate::guard::{self, AllowedOrigins};
use crate::log::{self, Listener};
use crate::pages::{self, Sources};
use crate::proxy::{self, Proxy};
use crate::sandbox::{self, Sandbox};
use crate::staging::{self, Staging};

/// The response for every other method and path under `/sandbox`; otherwise the page's folder would serve them.
const NO_ROUTE: Refusal = Refusal::not_found("The sandbox does not have this route, or the sandbox is off.");

/// The state of the routes.
pub(crate) struct Parts {
    pub(crate) proxy: Proxy,
    pub(crate) staging: Staging,
    pub(crate) sandbox: Option<Sandbox>,
    pub(crate) sources: Sources,
}

/// All of the gateway's routes.
pub(crate) fn app(config: &Config, parts: Parts) -> Router {
    let allowed = AllowedOrigins::new(&config.flags.allow_origin);
    let attempts_table = Arc::clone(&parts.proxy.attempts);
    let guarded = Router::new()
        .route(&format!("{}{{*path}}", proxy::PREFIX), any(proxy::forward))
        .with_state(Arc::new(parts.proxy))
        .merge(attempts::app(attempts_table))
        .merge(staging::app(parts.staging))
        .layer(from_fn_with_state(allowed.clone(), guard::check_origin))
        .layer(allowed.cors());
    let mut app = Router::new().route("/healthz", get("ok")).merge(guarded);
    let sandbox = parts.sandbox.map(|sandbox| {
        let played: Vec<_> = config.played().map(|profile| profile.id).collect();
        sandbox::app(&sandbox, &played, &allowed)
    });
    app = app.nest("/sandbox", sandbox.unwrap_or_default().fallback(async || NO_ROUTE));
    app =
        app.merge(pages::app(&config.flags.www, &config.flags.dist, &parts.sources)).layer(DefaultBodyLimit::disable());
    if config.flags.bind.is_loopback() {
        app = app.layer(from_fn(guard::check_host));
    }
    app.layer(middleware::from_fn(|request, next| log::log(Listener::Gateway, request, next)))
}
