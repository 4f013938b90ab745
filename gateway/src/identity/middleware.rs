//! Verifies the user of each request before the routes.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::Identity;

/// Adds the [`Caller`](super::Caller) to the request's extensions, or returns 401 or 503.
///
/// A preflight passes without a caller, because browsers send no credentials with it.
pub(crate) async fn authenticate(State(identity): State<Arc<Identity>>, request: Request, next: Next) -> Response {
    if is_preflight(&request) {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    match identity.caller(&parts).await {
        Ok(caller) => {
            let owner = caller.subject.is_some().then_some(caller.owner);
            parts.extensions.insert(caller);
            let mut response = next.run(Request::from_parts(parts, body)).await;
            if let Some(owner) = owner {
                // For the log.
                response.extensions_mut().insert(owner);
            }
            response
        }
        Err(error) => error.into_response(),
    }
}

fn is_preflight(request: &Request) -> bool {
    request.method() == Method::OPTIONS && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use axum::http::StatusCode;
    use axum::middleware::from_fn_with_state;
    use axum::routing::any;
    use axum::{Extension, Router};
    use tower::ServiceExt;

    use super::super::testing::{client, secrets};
    use super::super::{Caller, IdentityConfig, MethodConfig, testing};
    use super::*;

    fn app() -> Router {
        let method = MethodConfig::TrustedHeader { header: testing::USER_HEADER, secrets: secrets('p', None) };
        let config = IdentityConfig { method, owners: secrets('o', None) };
        let identity = Arc::new(Identity::new(config, &client()));
        let user = async |caller: Option<Extension<Caller>>| {
            caller.and_then(|caller| caller.0.subject).map_or("nobody".to_owned(), |user| user.as_str().to_owned())
        };
        Router::new().route("/", any(user)).layer(from_fn_with_state(identity, authenticate))
    }

    async fn send(method: &str, headers: &[(&str, &str)]) -> (StatusCode, Option<String>, String) {
        let mut request = Request::builder().method(method).uri("/");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = app().oneshot(request.body(Body::empty()).expect("a request")).await.expect("a response");
        let scheme = response.headers().get(header::WWW_AUTHENTICATE);
        let scheme = scheme.map(|value| value.to_str().expect("text").to_owned());
        let status = response.status();
        let body = to_bytes(response.into_body(), 1000).await.expect("a body");
        (status, scheme, String::from_utf8(body.to_vec()).expect("text"))
    }

    #[tokio::test]
    async fn a_verified_request_reaches_the_route_with_its_caller() {
        let secret = "p".repeat(32);
        let headers = [("x-mediaferry-user", "alice"), ("x-mediaferry-proxy-secret", &*secret)];
        assert_eq!(send("POST", &headers).await, (StatusCode::OK, None, "alice".into()));
    }

    #[tokio::test]
    async fn a_request_without_credentials_gets_401_in_the_gateways_error_format() {
        for method in ["GET", "POST", "DELETE", "HEAD", "OPTIONS"] {
            let (status, scheme, body) = send(method, &[("x-mediaferry-user", "alice")]).await;
            assert_eq!((status, scheme.as_deref()), (StatusCode::UNAUTHORIZED, Some("Bearer")), "{method}");
            if method != "HEAD" {
                let message = "The request did not come through the trusted proxy.";
                assert_eq!(body, format!(r#"{{"error":{{"code":"unauthorized","message":"{message}"}}}}"#));
            }
        }
    }

    #[tokio::test]
    async fn a_preflight_passes_without_a_caller() {
        let preflight = [("access-control-request-method", "POST")];
        assert_eq!(send("OPTIONS", &preflight).await, (StatusCode::OK, None, "nobody".into()));
        assert_eq!(send("POST", &preflight).await.0, StatusCode::UNAUTHORIZED);
    }
}
