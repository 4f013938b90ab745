//! Apiframe, `ModelHunter`, `OneRouter` and `RelayDance` in one, whose assets are in the state that the test says.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::net::TcpListener;

#[derive(Clone, Debug)]
struct Behaviour {
    /// Apiframe's word for the state of its assets.
    state: &'static str,
    /// Replaces the status of each response to a POST.
    status: Option<u16>,
    delay: Duration,
    expires_at: String,
    /// The number of assets.
    created: usize,
    /// The key, method and path of each request.
    requests: Vec<(String, String)>,
}

#[derive(Clone)]
pub(crate) struct Provider {
    pub(crate) origin: String,
    behaviour: Arc<Mutex<Behaviour>>,
}

impl Provider {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let behaviour = Behaviour {
            state: "Processing",
            status: None,
            delay: Duration::ZERO,
            expires_at: "2099-01-01T00:00:00Z".to_owned(),
            created: 0,
            requests: Vec::new(),
        };
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        let provider = Self { origin, behaviour: Arc::new(Mutex::new(behaviour)) };
        let router = Router::new().fallback(respond).with_state(provider.clone());
        tokio::spawn(async { axum::serve(listener, router).await });
        provider
    }

    fn with<T>(&self, change: impl FnOnce(&mut Behaviour) -> T) -> T {
        change(&mut self.behaviour.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Sets the state of all assets: `Processing`, `Active` or `Failed`.
    pub(crate) fn state(&self, state: &'static str) {
        self.with(|behaviour| behaviour.state = state);
    }

    /// Sets the status of the responses to POSTs; `None` for success.
    pub(crate) fn status(&self, status: Option<u16>) {
        self.with(|behaviour| behaviour.status = status);
    }

    /// Sets how long each response takes.
    pub(crate) fn delay(&self, delay: Duration) {
        self.with(|behaviour| behaviour.delay = delay);
    }

    /// Sets when upload URLs expire.
    pub(crate) fn expires_at(&self, time: String) {
        self.with(|behaviour| behaviour.expires_at = time);
    }

    /// The number of requests with this key and a path that contains `part`.
    pub(crate) fn count(&self, key: &str, part: &str) -> usize {
        self.with(|behaviour| {
            behaviour.requests.iter().filter(|(by, request)| by == key && request.contains(part)).count()
        })
    }
}

async fn respond(State(provider): State<Provider>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let _ = axum::body::to_bytes(body, 1 << 20).await;
    let header = |name| parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let key = format!("{}{}", header("x-api-key"), header("authorization").trim_start_matches("Bearer "));
    let path = parts.uri.path();
    let (response, delay) = provider.with(|behaviour| {
        behaviour.requests.push((key, format!("{} {path}", parts.method)));
        (behaviour.respond(path, parts.method == "POST"), behaviour.delay)
    });
    tokio::time::sleep(delay).await;
    response
}

impl Behaviour {
    fn respond(&mut self, path: &str, is_post: bool) -> Response {
        if let Some(status) = self.status.filter(|_| is_post) {
            let status = StatusCode::from_u16(status).expect("a status");
            return (status, json!({ "error": { "message": "no" } }).to_string()).into_response();
        }
        let id = path.trim_end_matches("/complete").rsplit('/').next().unwrap_or_default().to_owned();
        if is_post && !path.ends_with("/complete") {
            self.created += 1;
        }
        let body = match (path, is_post) {
            ("/v2/assets/create", _) => json!({ "assetId": format!("a{}", self.created) }),
            ("/v1/upload/resources", _) => self.onerouter(&self.created.to_string()),
            ("/api/v1/files/upload-url", _) => json!({
                "success": true,
                "data": { "file_id": format!("f{}", self.created), "upload_url": "https://s.example/", "expires_at": self.expires_at },
            }),
            ("/v1/files", _) => json!({ "id": format!("r{}", self.created), "url": "https://a.example/1.png" }),
            (_, true) => json!({
                "success": true, "data": { "id": id, "url": "https://a.example/1.png", "filename": "a.png" },
            }),
            (path, false) if path.contains("/v2/assets/") => {
                json!({ "status": self.state, "url": "https://a.example/1.png" })
            }
            _ => self.onerouter(&id),
        };
        ([("content-type", "application/json")], body.to_string()).into_response()
    }

    fn onerouter(&self, id: &str) -> Value {
        let mut data = json!({ "id": id, "status": self.state.to_lowercase(), "gcs_url": "https://a.example/1.png" });
        if self.state == "Active" {
            data["upstream_asset_uri"] = "asset://1".into();
            data["sha256_hash"] = "AB".repeat(32).into();
        }
        json!({ "code": 200, "data": data })
    }
}
