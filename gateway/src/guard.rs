//! Access control by origin and host name: pages of the gateway's own origin, allowed origins, and programs, under names
//! that belong to the gateway.
//!
//! A multipart POST is a "simple" request: a browser sends it to any host without a preflight, and the gateway would
//! add a key to it. So the origin is checked here, not only by CORS.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};

use crate::config::Config;
use crate::exchange::PROVIDER_REQUEST_ID;
use crate::refusal::Refusal;
use crate::request_id;

/// The longest path with query, in bytes.
const MAX_URL: usize = 8 << 10;

/// The origins, besides the gateway's own, whose pages may use it.
#[derive(Clone, Debug)]
pub struct AllowedOrigins(Arc<[HeaderValue]>);

impl AllowedOrigins {
    /// Creates the list.
    #[must_use]
    pub fn new(origins: &[HeaderValue]) -> Self {
        Self(origins.into())
    }

    /// CORS for the allowed origins; other pages get no CORS header, so they cannot read the response.
    pub(crate) fn cors(&self) -> CorsLayer {
        CorsLayer::new()
            .allow_origin(AllowOrigin::list(self.0.iter().cloned()))
            .allow_methods([Method::GET, Method::POST, Method::PUT, Method::DELETE])
            // A page may send a token and headers for a proxy in front of the gateway; the gateway forwards neither.
            .allow_headers(AllowHeaders::mirror_request())
            .expose_headers([header::RETRY_AFTER, PROVIDER_REQUEST_ID, request_id::HEADER])
            .max_age(Duration::from_mins(10))
    }
}

/// Rejects requests whose URL is longer than any that the gateway forwards.
pub(crate) async fn check_length(request: Request, next: Next) -> Response {
    if request.uri().path_and_query().is_none_or(|path| path.as_str().len() <= MAX_URL) {
        return next.run(request).await;
    }
    Refusal::new(StatusCode::URI_TOO_LONG, "url_too_long", "The URL is too long.").into_response()
}

/// Rejects requests from pages of other origins.
pub async fn check_origin(State(allowed): State<AllowedOrigins>, request: Request, next: Next) -> Response {
    let mut origins = request.headers().get_all(header::ORIGIN).iter();
    let trusted = match (origins.next(), origins.next()) {
        // A browser sends no `Origin` for an image or a link, but does send `Sec-Fetch-Site`.
        (None, _) => {
            !request.headers().get("sec-fetch-site").is_some_and(|site| site == "cross-site" || site == "same-site")
        }
        (Some(origin), None) => allowed.0.contains(origin) || is_own(origin, &request),
        (Some(_), Some(_)) => false,
    };
    if trusted {
        return next.run(request).await;
    }
    Refusal::new(
        StatusCode::FORBIDDEN,
        "forbidden_origin",
        "This origin is not allowed. Start the gateway with --allow-origin to allow it.",
    )
    .into_response()
}

/// The host names under which clients may reach the gateway.
#[derive(Clone, Debug)]
pub(crate) struct AllowedHosts {
    names: Arc<[String]>,
    /// Whether any IP address is allowed, because the gateway does not only listen on loopback. A page can make its own
    /// name resolve to the gateway, but not an IP address.
    addresses: bool,
}

impl AllowedHosts {
    pub(crate) fn new(config: &Config) -> Self {
        Self { names: config.allow_host.as_slice().into(), addresses: !config.bind.is_loopback() }
    }

    /// Loopback names only.
    pub(crate) fn loopback() -> Self {
        Self { names: Arc::new([]), addresses: false }
    }

    fn contains(&self, host: &str) -> bool {
        let is_address = || host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok();
        is_loopback(host)
            || self.names.iter().any(|name| name.eq_ignore_ascii_case(host))
            || (self.addresses && is_address())
    }
}

/// Rejects requests with another host name: a page may make its own name resolve to this machine (DNS rebinding).
pub(crate) async fn check_host(State(allowed): State<AllowedHosts>, request: Request, next: Next) -> Response {
    if host(&request).is_some_and(|host| allowed.contains(host.host())) {
        return next.run(request).await;
    }
    Refusal::new(
        StatusCode::FORBIDDEN,
        "forbidden_host",
        "The gateway does not accept this host name. Start it with --allow-host to accept it.",
    )
    .into_response()
}

/// The host of the request; an absolute URL in the request line takes precedence over the header (RFC 9112 §3.2.2).
fn host(request: &Request) -> Option<Authority> {
    let one = |name: HeaderName| {
        let mut values = request.headers().get_all(name).iter();
        values.next().filter(|_| values.next().is_none())
    };
    match request.uri().authority() {
        Some(authority) => Some(authority.clone()),
        None => Authority::try_from(one(header::HOST)?.as_bytes()).ok(),
    }
}

fn is_own(origin: &HeaderValue, request: &Request) -> bool {
    let named =
        |origin: &str| origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://")).map(str::to_owned);
    let origin = origin.to_str().ok().and_then(named);
    origin.zip(host(request)).is_some_and(|(origin, host)| origin.eq_ignore_ascii_case(host.as_str()))
}

/// Whether a host name is a loopback name.
#[must_use]
pub fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    match address {
        Ok(address) => address.is_loopback(),
        Err(_) => host.eq_ignore_ascii_case("localhost"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_names_are_loopback_only() {
        for host in ["localhost", "LOCALHOST", "127.0.0.1", "127.8.9.10", "[::1]"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in
            ["evil.example", "localhost.evil.example", "10.0.0.1", "0.0.0.0", "[::2]", "127.0.0.1.evil.example", ""]
        {
            assert!(!is_loopback(host), "{host}");
        }
    }

    #[test]
    fn own_origin_is_scheme_and_the_very_host() {
        let own = |origin: &'static str, host: &str| {
            let request = Request::builder()
                .uri("/x")
                .header(header::HOST, host)
                .body(axum::body::Body::empty())
                .expect("a request");
            is_own(&HeaderValue::from_static(origin), &request)
        };
        assert!(own("http://127.0.0.1:8787", "127.0.0.1:8787"));
        assert!(own("https://Gateway.example", "gateway.example"));
        for origin in [
            "null",
            "http://127.0.0.1:8788",
            "http://127.0.0.1",
            "http://evil.example",
            "http://127.0.0.1:8787.evil.example",
            "127.0.0.1:8787",
        ] {
            assert!(!own(origin, "127.0.0.1:8787"), "{origin}");
        }
    }
}
