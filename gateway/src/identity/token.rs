//! HMAC token: the application's backend mints a token with a secret that it shares with the gateway.
//!
//! `v1.<payload>.<signature>`: the payload is the JSON `{ "sub": "<user id>", "exp": <seconds since 1970> }`, the
//! signature the HMAC-SHA256 of `v1.<payload>`; both are in base64url without padding.

use std::time::{Duration, SystemTime};

use axum::http::HeaderMap;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

use super::headers::bearer;
use super::{IdentityError, Reason, SecretPair, Subject};

/// How far in the future `exp` may be.
const MAX_LIFETIME: Duration = Duration::from_hours(24);
/// How far the backend's clock may be ahead when it mints a token with [`MAX_LIFETIME`].
const CLOCK_SKEW: Duration = Duration::from_mins(1);

pub(crate) struct Token(SecretPair);

#[derive(Deserialize)]
struct Payload {
    sub: String,
    exp: u64,
}

impl Token {
    pub(super) const fn new(secrets: SecretPair) -> Self {
        Self(secrets)
    }

    pub(super) fn subject(&self, headers: &HeaderMap) -> Result<Subject, IdentityError> {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        self.verify(bearer(headers)?, now).map_err(IdentityError::Unauthorized)
    }

    /// `now` is the time since 1970.
    fn verify(&self, token: &str, now: Duration) -> Result<Subject, Reason> {
        let (signed, signature) = token.rsplit_once('.').ok_or(Reason::Malformed)?;
        let payload = signed.strip_prefix("v1.").ok_or(Reason::Malformed)?;
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| Reason::Malformed)?;
        if !self.0.verify(signed.as_bytes(), &signature) {
            return Err(Reason::Signature);
        }
        let payload = URL_SAFE_NO_PAD.decode(payload).map_err(|_| Reason::Malformed)?;
        let payload: Payload = serde_json::from_slice(&payload).map_err(|_| Reason::Malformed)?;
        let expires = Duration::from_secs(payload.exp);
        if expires <= now {
            return Err(Reason::Expired);
        }
        if expires > now + MAX_LIFETIME + CLOCK_SKEW {
            return Err(Reason::TooLongLived);
        }
        Subject::new(&payload.sub).ok_or(Reason::User)
    }
}

#[cfg(test)]
mod tests;
