use std::sync::Mutex as StdMutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::http::StatusCode as Status;
use axum::response::{IntoResponse, Redirect, Response as Reply};
use axum::routing::get;
use futures::future::join_all;
use serde_json::json;
use tokio::time::{advance, pause, resume, timeout};

use super::super::testing::{Signer, client, serve};
use super::*;

const UNKNOWN: IdentityError = IdentityError::Unauthorized(Reason::UnknownKey);

/// An issuer's JWKS endpoint.
#[derive(Default)]
struct Issuer {
    /// The response; status 500 if it is empty.
    body: StdMutex<String>,
    fetches: AtomicUsize,
    delay: StdMutex<Duration>,
}

impl Issuer {
    async fn start(keys: &[&Signer]) -> (Arc<Self>, Arc<Jwks>) {
        let issuer = Arc::new(Self::default());
        issuer.publish(keys);
        let served = Arc::clone(&issuer);
        let url = serve(Router::new().route("/", get(async move || served.respond().await))).await;
        (issuer, Jwks::new(url, &client()))
    }

    async fn respond(&self) -> Reply {
        self.fetches.fetch_add(1, Ordering::Relaxed);
        let delay = *self.delay.lock().expect("a delay");
        tokio::time::sleep(delay).await;
        let body = self.body.lock().expect("a body").clone();
        if body.is_empty() { Status::INTERNAL_SERVER_ERROR.into_response() } else { body.into_response() }
    }

    fn publish(&self, keys: &[&Signer]) {
        let keys: Vec<_> = keys.iter().map(|key| key.jwk()).collect();
        self.set_body(&json!({ "keys": keys }).to_string());
    }

    fn set_body(&self, body: &str) {
        body.clone_into(&mut self.body.lock().expect("a body"));
    }

    fn fetches(&self) -> usize {
        self.fetches.load(Ordering::Relaxed)
    }
}

fn key(id: &str) -> Signer {
    Signer::new(id, "ES256")
}

async fn es256(jwks: &Arc<Jwks>, id: &str) -> Result<usize, IdentityError> {
    jwks.keys(Some(id), Algorithm::ES256).await.map(|keys| keys.len())
}

/// Lets time pass, but not while a request is running: the clock would jump to its timeout.
async fn pass(time: Duration) {
    pause();
    advance(time).await;
    resume();
}

#[tokio::test]
async fn keys_are_fetched_once_and_again_after_10_minutes() {
    let (issuer, jwks) = Issuer::start(&[&key("a")]).await;
    for _ in 0..3 {
        assert_eq!(es256(&jwks, "a").await, Ok(1));
    }
    assert_eq!(issuer.fetches(), 1);
    pass(FRESH).await;
    assert_eq!(es256(&jwks, "a").await, Ok(1));
    assert_eq!(issuer.fetches(), 2);
}

#[tokio::test]
async fn concurrent_requests_share_one_fetch() {
    let (issuer, jwks) = Issuer::start(&[&key("a")]).await;
    *issuer.delay.lock().expect("a delay") = Duration::from_millis(50);
    let all = join_all((0..200).map(|_| es256(&jwks, "a"))).await;
    assert!(all.iter().all(|keys| *keys == Ok(1)));
    assert_eq!(issuer.fetches(), 1);
}

#[tokio::test]
async fn a_rotated_key_is_found_and_a_removed_one_is_not_accepted_any_more() {
    let (issuer, jwks) = Issuer::start(&[&key("a")]).await;
    assert_eq!(es256(&jwks, "a").await, Ok(1));
    issuer.publish(&[&key("b")]);
    assert_eq!(es256(&jwks, "b").await, Err(UNKNOWN), "within the pause");
    pass(PAUSE).await;
    assert_eq!(es256(&jwks, "b").await, Ok(1));
    assert_eq!(es256(&jwks, "a").await, Err(UNKNOWN));
    assert_eq!(issuer.fetches(), 2);
}

#[tokio::test]
async fn a_storm_of_unknown_keys_causes_one_fetch_in_30_seconds() {
    let (issuer, jwks) = Issuer::start(&[&key("a")]).await;
    for round in 1..=3 {
        let ids: Vec<_> = (0..500).map(|number| format!("{round}-{number}")).collect();
        let all = join_all(ids.iter().map(|id| es256(&jwks, id))).await;
        assert!(all.iter().all(|keys| *keys == Err(UNKNOWN)));
        assert_eq!(issuer.fetches(), round);
        pass(PAUSE).await;
    }
}

#[tokio::test]
async fn old_keys_are_accepted_while_the_issuer_is_down() {
    let (issuer, jwks) = Issuer::start(&[&key("a")]).await;
    assert_eq!(es256(&jwks, "a").await, Ok(1));
    issuer.set_body("");
    pass(FRESH).await;
    for _ in 0..3 {
        assert_eq!(es256(&jwks, "a").await, Ok(1));
        assert_eq!(es256(&jwks, "b").await, Err(IdentityError::Unavailable));
    }
    assert_eq!(issuer.fetches(), 2);
    issuer.publish(&[&key("b")]);
    pass(PAUSE).await;
    assert_eq!(es256(&jwks, "b").await, Ok(1));
}

#[tokio::test]
async fn without_any_key_the_fetch_is_repeated_after_5_seconds() {
    let (issuer, jwks) = Issuer::start(&[]).await;
    for _ in 0..3 {
        assert_eq!(es256(&jwks, "a").await, Err(IdentityError::Unavailable));
    }
    assert_eq!(issuer.fetches(), 1);
    issuer.publish(&[&key("a")]);
    pass(PAUSE_WITHOUT_KEYS).await;
    assert_eq!(es256(&jwks, "a").await, Ok(1));
}

#[tokio::test]
async fn a_client_that_disconnects_does_not_cancel_the_fetch() {
    let (issuer, jwks) = Issuer::start(&[&key("a")]).await;
    *issuer.delay.lock().expect("a delay") = Duration::from_millis(100);
    assert!(timeout(Duration::from_millis(20), es256(&jwks, "a")).await.is_err());
    assert_eq!(es256(&jwks, "a").await, Ok(1));
    assert_eq!(issuer.fetches(), 1);
}

#[tokio::test]
async fn responses_that_are_not_a_small_jwk_set_are_refused() {
    let (issuer, jwks) = Issuer::start(&[]).await;
    let valid = json!({ "keys": [key("a").jwk()], "padding": "x".repeat(MAX_BYTES) }).to_string();
    for body in ["null", "{}", "[]", r#"{"keys":{}}"#, r#"{"keys":[]}"#, r#"{"keys":[null,{}]}"#, "<html>", &valid] {
        issuer.set_body(body);
        let short = &body[..body.len().min(20)];
        assert_eq!(es256(&jwks, "a").await, Err(IdentityError::Unavailable), "{short}");
        pass(PAUSE_WITHOUT_KEYS).await;
    }
    assert_eq!(issuer.fetches(), 8);
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let jwk = json!({ "keys": [key("a").jwk()] }).to_string();
    let app = Router::new()
        .route("/", get(async || Redirect::temporary("/keys")))
        .route("/keys", get(async move || jwk.clone()));
    let jwks = Jwks::new(serve(app).await, &client());
    assert_eq!(es256(&jwks, "a").await, Err(IdentityError::Unavailable));
}

type Usable = (Option<String>, Vec<Algorithm>);

fn keys(set: &Value) -> Result<Vec<Usable>, String> {
    let keys = parse(set.to_string().as_bytes()).map_err(|error| error.to_string())?;
    Ok(keys.iter().map(|key| (key.id.clone(), key.algorithms.clone())).collect())
}

fn with(jwk: &Value, name: &str, value: impl Into<Value>) -> Value {
    let mut jwk = jwk.clone();
    jwk[name] = value.into();
    jwk
}

#[test]
fn each_kind_of_key_verifies_its_own_algorithms_only() {
    let set: Vec<_> =
        ["RS256", "ES256", "ES384", "EdDSA"].iter().map(|algorithm| Signer::new(algorithm, algorithm).jwk()).collect();
    let keys = keys(&json!({ "keys": set })).expect("keys");
    let algorithms: Vec<_> = keys.into_iter().map(|(_, algorithms)| algorithms).collect();
    assert_eq!(algorithms[0], AlgorithmFamily::Rsa.algorithms());
    assert_eq!(algorithms[1..], [vec![Algorithm::ES256], vec![Algorithm::ES384], vec![Algorithm::EdDSA]]);
}

#[test]
fn a_key_with_an_algorithm_verifies_only_that_one() {
    let rsa = Signer::new("a", "RS256").jwk();
    let set = json!({ "keys": [with(&rsa, "alg", "PS384")] });
    assert_eq!(keys(&set), Ok(vec![(Some("a".to_owned()), vec![Algorithm::PS384])]));
}

#[test]
fn keys_that_cannot_verify_a_token_are_ignored() {
    let key = key("a").jwk();
    let unusable = [
        with(&key, "use", "enc"),
        with(&key, "key_ops", json!(["sign"])),
        with(&key, "alg", "ES384"),
        with(&key, "alg", "ECDH-ES"),
        with(&key, "crv", "P-521"),
        with(&key, "crv", "secp256k1"),
        with(&key, "x", "not base64!"),
        with(&key, "kid", 7),
        json!({ "kty": "oct", "kid": "a", "k": "c2VjcmV0" }),
        json!({ "kty": "OKP", "kid": "a", "crv": "X25519", "x": "AAAA" }),
        json!("text"),
    ];
    for jwk in &unusable {
        assert_eq!(keys(&json!({ "keys": [jwk] })), Err(FetchError::NoKeys.to_string()), "{jwk}");
    }
    let all: Vec<_> = unusable.into_iter().chain([with(&key, "key_ops", json!(["verify"]))]).collect();
    assert_eq!(keys(&json!({ "keys": all })), Ok(vec![(Some("a".to_owned()), vec![Algorithm::ES256])]));
}
