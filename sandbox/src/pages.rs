//! The page and the package that it loads, as files with security headers.

use std::path::Path;

use axum::Router;
use axum::http::{HeaderValue, header};
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;

/// The hosts that the page may connect to besides its own origin.
#[derive(Clone, Debug)]
pub(crate) struct Sources {
    /// The origins of presigned URLs and of the sandbox's assets.
    pub(crate) origins: Vec<String>,
    /// Whether a configured provider may return URLs of any host.
    pub(crate) any_https: bool,
}

/// `www` at `/`, `dist` at `/mediaferry/`. Files are always revalidated; the response for unchanged files is 304.
pub(crate) fn app(www: &Path, dist: &Path, sources: &Sources) -> Router {
    let headers = [
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (header::CONTENT_SECURITY_POLICY, policy(sources)),
    ];
    let app = Router::new().nest_service("/mediaferry", ServeDir::new(dist)).fallback_service(ServeDir::new(www));
    headers.into_iter().fold(app, |app, (name, value)| app.layer(SetResponseHeaderLayer::overriding(name, value)))
}

fn policy(sources: &Sources) -> HeaderValue {
    let mut outside = sources.origins.join(" ");
    if sources.any_https {
        outside.push_str(" https:");
    }
    let policy = format!(
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self' {outside}; \
         img-src 'self' blob: data: {outside}; media-src 'self' blob: data: {outside}; style-src 'self'; \
         worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'self'"))
}
