//! An app that receives hooks, verifies their signatures, and responds as the test says.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use mediaferry_gateway::hooks::{HookSecret, Hooks, HooksConfig, HooksError};
use reqwest::{StatusCode, Url};
use serde_json::Value;
use standardwebhooks::Webhook;
use tokio::net::TcpListener;
use tokio::time::sleep;

pub(crate) struct Received {
    pub(crate) id: String,
    pub(crate) path: String,
    pub(crate) body: Value,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Bytes,
}

type Responder = Box<dyn Fn(&Received) -> Response + Send>;

#[derive(Clone)]
struct App {
    received: Arc<Mutex<Vec<Received>>>,
    responder: Arc<Mutex<Responder>>,
}

pub(crate) struct Receiver {
    pub(crate) url: Url,
    app: App,
}

impl Receiver {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/hooks?token=swordfish", listener.local_addr().expect("an address"));
        let responder: Responder = Box::new(|_| StatusCode::NO_CONTENT.into_response());
        let app = App { received: Arc::default(), responder: Arc::new(Mutex::new(responder)) };
        let router = Router::new().fallback(receive).with_state(app.clone());
        tokio::spawn(async { axum::serve(listener, router).await });
        Self { url: Url::parse(&url).expect("a URL"), app }
    }

    pub(crate) fn respond(&self, responder: impl Fn(&Received) -> Response + Send + 'static) {
        *self.app.responder.lock().unwrap_or_else(PoisonError::into_inner) = Box::new(responder);
    }

    pub(crate) fn received(&self) -> MutexGuard<'_, Vec<Received>> {
        self.app.received.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How often each id was received.
    pub(crate) fn ids(&self) -> HashMap<String, usize> {
        let mut ids = HashMap::new();
        for received in self.received().iter() {
            *ids.entry(received.id.clone()).or_default() += 1;
        }
        ids
    }
}

async fn receive(State(app): State<App>, uri: Uri, headers: HeaderMap, bytes: Bytes) -> Response {
    let id = headers["webhook-id"].to_str().expect("an id").to_owned();
    let body = serde_json::from_slice(&bytes).expect("JSON");
    let request = Received { id, path: uri.path().to_owned(), body, headers, bytes };
    let response = app.responder.lock().unwrap_or_else(PoisonError::into_inner)(&request);
    app.received.lock().unwrap_or_else(PoisonError::into_inner).push(request);
    response
}

/// The text of a secret for tests.
pub(crate) fn secret(number: u8) -> String {
    format!("whsec_{}", STANDARD.encode(format!("mediaferry-hook-test-secret-000{number}")))
}

/// Verifies a request as an app does.
pub(crate) fn is_valid(received: &Received, secret: &str) -> bool {
    Webhook::new(secret).expect("a secret").verify(&received.bytes, &received.headers).is_ok()
}

/// Hooks to this receiver with short times.
pub(crate) fn config(receiver: &Receiver) -> HooksConfig {
    HooksConfig {
        pre_create: Some(receiver.url.clone()),
        post_finish: Some(receiver.url.clone()),
        secrets: vec![HookSecret::parse(&secret(1)).expect("a secret")],
        timeout: Some(Duration::from_millis(300)),
        first_retry: Some(Duration::from_millis(20)),
        longest_retry: Some(Duration::from_millis(200)),
        ..HooksConfig::default()
    }
}

/// Starts hooks as soon as an earlier instance has released the spool.
pub(crate) async fn start(config: &HooksConfig) -> Hooks {
    for _ in 0..100 {
        match Hooks::start(config.clone(), None) {
            Err(HooksError::Spool(_)) => sleep(Duration::from_millis(20)).await,
            started => return started.expect("hooks"),
        }
    }
    panic!("the spool is in use");
}

/// Waits up to 10 s.
pub(crate) async fn until(what: &str, condition: impl Fn() -> bool) {
    for _ in 0..1000 {
        if condition() {
            return;
        }
        sleep(Duration::from_millis(10)).await;
    }
    panic!("never: {what}");
}
