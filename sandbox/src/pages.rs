//! The page, the package that it loads and the documentation, as files with security headers.

use axum::Router;
use axum::handler::HandlerWithoutStateExt;
use axum::http::{HeaderValue, StatusCode, header};
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::options::Options;

/// The hosts that the page may connect to besides its own origin.
#[derive(Clone, Debug)]
pub(crate) struct Sources {
    /// The origins of presigned URLs and of the sandbox's assets.
    pub(crate) origins: Vec<String>,
    /// Whether a configured provider may return URLs of any host.
    pub(crate) any_https: bool,
}

/// The responses if the documentation is, or is not, built.
const NO_PAGE: &str = "The documentation has no such page.";
const NOT_BUILT: &str = "The documentation is not built. Run `npm run docs`, then load this page again.";

/// `www` at `/`, `dist` at `/mediaferry/`, `docs` at `/docs/`. Files are always revalidated; the response for unchanged files is
/// 304.
pub(crate) fn app(Options { www, dist, docs, .. }: &Options, sources: &Sources) -> Router {
    let folder = docs.clone();
    let missing = move || async move { (StatusCode::NOT_FOUND, if folder.is_dir() { NO_PAGE } else { NOT_BUILT }) };
    let docs = Router::new()
        .nest_service("/docs", ServeDir::new(docs).fallback(missing.into_service()))
        // The site has scripts and styles in its pages, and shows its examples in frames.
        .layer(policy(sources, "'self' 'unsafe-inline'", "'self'"));
    let app = Router::new().nest_service("/mediaferry", ServeDir::new(dist)).fallback_service(ServeDir::new(www));
    let headers = [
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    ];
    let app = app.layer(policy(sources, "'self'", "'none'")).merge(docs);
    headers.into_iter().fold(app, |app, (name, value)| app.layer(SetResponseHeaderLayer::overriding(name, value)))
}

/// The content policy; `code` is where scripts and styles may be, `ancestors` which pages may show one of these in a frame.
fn policy(sources: &Sources, code: &str, ancestors: &str) -> SetResponseHeaderLayer<HeaderValue> {
    let mut outside = sources.origins.join(" ");
    if sources.any_https {
        outside.push_str(" https:");
    }
    let policy = format!(
        "default-src 'self'; script-src {code} 'wasm-unsafe-eval'; connect-src 'self' {outside}; \
         img-src 'self' blob: data: {outside}; media-src 'self' blob: data: {outside}; style-src {code}; \
         worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors {ancestors}"
    );
    let policy = HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'self'"));
    SetResponseHeaderLayer::overriding(header::CONTENT_SECURITY_POLICY, policy)
}
