//! The issuer's keys: fetched from the JWKS URL, kept, and fetched again if they are old or a key is unknown.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, KeyOperations, PublicKeyUse};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey};
use reqwest::{Client, Response, StatusCode, Url, header};
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::{IdentityError, Reason};
use crate::upstream::causes;

/// How long keys are used without fetching them again.
const FRESH: Duration = Duration::from_mins(10);
/// The minimum time between two fetches, however many tokens with unknown keys arrive.
const PAUSE: Duration = Duration::from_secs(30);
/// The same after a failure if there are no keys yet, because no user can be verified until then.
const PAUSE_WITHOUT_KEYS: Duration = Duration::from_secs(5);
const TIMEOUT: Duration = Duration::from_secs(5);
const MAX_BYTES: usize = 256 << 10;

pub(super) struct Jwks {
    client: Client,
    url: Url,
    state: RwLock<State>,
    fetching: Mutex<()>,
}

#[derive(Clone)]
struct State {
    keys: Arc<[Key]>,
    stale_at: Instant,
    next_fetch: Instant,
    /// Whether the last fetch failed.
    failed: bool,
}

/// A key of the issuer, and what it may verify.
struct Key {
    id: Option<String>,
    algorithms: Vec<Algorithm>,
    public: DecodingKey,
}

#[derive(Debug, thiserror::Error)]
enum FetchError {
    #[error("{0}")]
    Http(String),
    #[error("status {0}")]
    Status(StatusCode),
    #[error("the response is larger than 256 KiB")]
    TooLarge,
    #[error("the response is not a JWK Set")]
    Malformed,
    #[error("the set contains no usable key")]
    NoKeys,
}

impl Jwks {
    pub(super) fn new(url: Url, client: &Client) -> Arc<Self> {
        let now = Instant::now();
        let state = State { keys: Arc::new([]), stale_at: now, next_fetch: now, failed: false };
        Arc::new(Self { client: client.clone(), url, state: RwLock::new(state), fetching: Mutex::new(()) })
    }

    /// The keys that may have signed a token with this header; at least one.
    pub(super) async fn keys(
        self: &Arc<Self>,
        id: Option<&str>,
        algorithm: Algorithm,
    ) -> Result<Vec<DecodingKey>, IdentityError> {
        if algorithm.family() == AlgorithmFamily::Hmac {
            return Err(IdentityError::Unauthorized(Reason::Algorithm));
        }
        let mut state = self.state();
        let mut keys = state.matching(id, algorithm);
        let now = Instant::now();
        if (keys.is_empty() || now >= state.stale_at) && now >= state.next_fetch {
            state = self.refresh().await;
            keys = state.matching(id, algorithm);
        }
        match keys.is_empty() {
            false => Ok(keys),
            true if state.failed => Err(IdentityError::Unavailable),
            true => Err(IdentityError::Unauthorized(Reason::UnknownKey)),
        }
    }

    /// Fetches the keys, or waits for a fetch that is running.
    ///
    /// In a task of its own, so that a client that disconnects cannot cancel the fetch for the others.
    async fn refresh(self: &Arc<Self>) -> State {
        let this = Arc::clone(self);
        let fetch = tokio::spawn(async move {
            let _fetching = this.fetching.lock().await;
            if Instant::now() >= this.state().next_fetch {
                let fetched = this.fetch().await;
                this.update(fetched);
            }
        });
        let _ = fetch.await;
        self.state()
    }

    fn update(&self, fetched: Result<Arc<[Key]>, FetchError>) {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        state.failed = fetched.is_err();
        match fetched {
            Ok(keys) => {
                state.keys = keys;
                state.stale_at = now + FRESH;
            }
            Err(error) => tracing::warn!(target: "gateway", reason = %error, "the JWKS could not be fetched"),
        }
        state.next_fetch = now + if state.keys.is_empty() { PAUSE_WITHOUT_KEYS } else { PAUSE };
    }

    async fn fetch(&self) -> Result<Arc<[Key]>, FetchError> {
        let request = self.client.get(self.url.clone()).header(header::ACCEPT, "application/json").timeout(TIMEOUT);
        let response = request.send().await.map_err(http)?;
        if response.status() != StatusCode::OK {
            return Err(FetchError::Status(response.status()));
        }
        parse(&read(response).await?)
    }

    fn state(&self) -> State {
        self.state.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl State {
    /// A token without a key id may be signed with any key for its algorithm.
    fn matching(&self, id: Option<&str>, algorithm: Algorithm) -> Vec<DecodingKey> {
        let fits = |key: &&Key| key.algorithms.contains(&algorithm) && (id.is_none() || key.id.as_deref() == id);
        self.keys.iter().filter(fits).map(|key| key.public.clone()).collect()
    }
}

async fn read(mut response: Response) -> Result<Vec<u8>, FetchError> {
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(http)? {
        if body.len() + piece.len() > MAX_BYTES {
            return Err(FetchError::TooLarge);
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}

fn http(error: reqwest::Error) -> FetchError {
    FetchError::Http(causes(error))
}

/// Keys of an unknown kind, or for another use, are ignored.
fn parse(body: &[u8]) -> Result<Arc<[Key]>, FetchError> {
    #[derive(Deserialize)]
    struct Set {
        keys: Vec<Value>,
    }
    let set: Set = serde_json::from_slice(body).map_err(|_| FetchError::Malformed)?;
    let keys: Arc<[Key]> = set.keys.into_iter().filter_map(|jwk| Key::new(&Jwk::deserialize(jwk).ok()?)).collect();
    if keys.is_empty() { Err(FetchError::NoKeys) } else { Ok(keys) }
}

impl Key {
    /// Reads a public key; `None` if it cannot verify an accepted algorithm.
    fn new(jwk: &Jwk) -> Option<Self> {
        let common = &jwk.common;
        let signs = common.public_key_use.as_ref().is_none_or(|usage| *usage == PublicKeyUse::Signature)
            && common.key_operations.as_ref().is_none_or(|usage| usage.contains(&KeyOperations::Verify));
        let algorithms: &[_] = match &jwk.algorithm {
            AlgorithmParameters::RSA(_) => AlgorithmFamily::Rsa.algorithms(),
            AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => &[Algorithm::ES256],
            AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P384 => &[Algorithm::ES384],
            AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => &[Algorithm::EdDSA],
            _ => &[],
        };
        let only = common.key_algorithm;
        let algorithms: Vec<_> = algorithms
            .iter()
            .copied()
            .filter(|algorithm| only.is_none_or(|only| only == KeyAlgorithm::from(*algorithm)))
            .collect();
        let usable = signs && !algorithms.is_empty();
        let public = usable.then(|| DecodingKey::from_jwk(jwk).ok()).flatten()?;
        Some(Self { id: common.key_id.clone(), algorithms, public })
    }
}

#[cfg(test)]
mod tests;
