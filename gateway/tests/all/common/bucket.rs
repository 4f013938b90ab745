//! A bucket in memory that behaves as a test says. It checks that a request has the signed headers, not the signature.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::{SignedDuration, Timestamp};
use tokio::net::TcpListener;

use super::multipart::Operation;

/// How the bucket behaves.
#[derive(Clone, Debug)]
pub(crate) struct Behaviour {
    /// The code of the error that every request gets.
    pub(crate) error: Option<&'static str>,
    /// The origin and the headers that its CORS rule allows.
    pub(crate) cors: Option<(&'static str, &'static str)>,
    /// How far its clock is ahead.
    pub(crate) ahead: SignedDuration,
    /// Whether `if-none-match: *` is honoured.
    pub(crate) conditional: bool,
    /// The requests of uploads in parts that are rejected.
    pub(crate) rejected: Option<Operation>,
}

impl Default for Behaviour {
    fn default() -> Self {
        let cors = Some(("https://app.example", "content-type, x-amz-acl, x-amz-checksum-sha256"));
        Self { error: None, cors, ahead: SignedDuration::ZERO, conditional: true, rejected: None }
    }
}

/// The objects, and the uploads in parts.
type Objects = Arc<Mutex<HashMap<String, Bytes>>>;

/// The secret of the bucket's key.
pub(crate) const SECRET: &str = "the+secret";

/// Starts a bucket, and returns its endpoint and its objects.
pub(crate) async fn start(behaviour: Behaviour) -> (String, Objects) {
    let objects = Objects::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let endpoint = format!("http://{}", listener.local_addr().expect("an IP address"));
    let app = Router::new().fallback(respond).with_state((behaviour, Arc::clone(&objects)));
    tokio::spawn(async move { axum::serve(listener, app).await });
    (endpoint, objects)
}

/// The settings of the bucket.
pub(crate) fn variables(endpoint: &str) -> [(&str, &str); 6] {
    [
        ("MEDIAFERRY_S3_ENDPOINT", endpoint),
        ("MEDIAFERRY_S3_REGION", "north-1"),
        ("MEDIAFERRY_S3_BUCKET", "bucket-1"),
        ("MEDIAFERRY_S3_ACCESS_KEY_ID", "the-id-of-the-key"),
        ("MEDIAFERRY_S3_SECRET_ACCESS_KEY", SECRET),
        ("MEDIAFERRY_ALLOW_ORIGIN", "https://app.example"),
    ]
}

async fn respond(State((behaviour, objects)): State<(Behaviour, Objects)>, request: Request) -> Response {
    let mut response = match (request.method(), behaviour.error) {
        (&Method::HEAD, _) => StatusCode::FORBIDDEN.into_response(),
        (&Method::OPTIONS, _) => preflight(&behaviour),
        (_, Some(code)) => (StatusCode::FORBIDDEN, format!("<Error><Code>{code}</Code></Error>")).into_response(),
        _ => serve(&behaviour, &objects, request).await,
    };
    let now = Timestamp::now() + behaviour.ahead;
    let date = now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    response.headers_mut().insert(header::DATE, HeaderValue::try_from(date).expect("a date"));
    response
}

fn preflight(behaviour: &Behaviour) -> Response {
    let Some((origin, headers)) = behaviour.cors else { return StatusCode::FORBIDDEN.into_response() };
    let headers = [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, origin),
        (header::ACCESS_CONTROL_ALLOW_METHODS, "PUT"),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, headers),
    ];
    headers.into_response()
}

async fn serve(behaviour: &Behaviour, objects: &Objects, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let query = parts.uri.query().unwrap_or_default();
    let signed = query.split('&').find_map(|pair| pair.strip_prefix("X-Amz-SignedHeaders="));
    let signed = signed.expect("signed headers").replace("%3B", ";");
    for name in signed.split(';') {
        assert!(parts.headers.contains_key(name), "{name} is signed, but missing");
    }
    let path = parts.uri.path().to_owned();
    let body = to_bytes(body, 1 << 20).await.expect("a body");
    let mut objects = objects.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(operation) = Operation::of(&parts.method, query) {
        let denied = (StatusCode::FORBIDDEN, "<Error><Code>AccessDenied</Code></Error>").into_response();
        let rejected = behaviour.rejected == Some(operation);
        return if rejected { denied } else { operation.serve(&mut objects, &path, query, body) };
    }
    match parts.method {
        Method::PUT
            if behaviour.conditional && parts.headers.contains_key("if-none-match") && objects.contains_key(&path) =>
        {
            StatusCode::PRECONDITION_FAILED.into_response()
        }
        Method::PUT => {
            objects.insert(path, body);
            StatusCode::OK.into_response()
        }
        Method::DELETE => {
            objects.remove(&path);
            StatusCode::NO_CONTENT.into_response()
        }
        _ => match objects.get(&path) {
            Some(object) => object.clone().into_response(),
            None => StatusCode::NOT_FOUND.into_response(),
        },
    }
}
