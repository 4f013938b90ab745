//! JWT: the token of an `OpenID` Connect issuer, or of the application itself.

use std::sync::Arc;

use axum::http::HeaderMap;
use jsonwebtoken::errors::{Error, ErrorKind};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use reqwest::Client;
use serde_json::{Map, Value};

use super::headers::bearer;
use super::jwks::Jwks;
use super::{IdentityError, JwtConfig, KeySource, Reason, Subject, signature};

pub(crate) struct Jwt {
    keys: Keys,
    issuer: String,
    audience: String,
    leeway: u64,
    subject_claim: String,
}

enum Keys {
    Jwks(Arc<Jwks>),
    Secrets(Vec<DecodingKey>),
}

impl Jwt {
    pub(super) fn new(config: JwtConfig, client: &Client) -> Self {
        signature::install();
        let keys = match config.keys {
            KeySource::Jwks(url) => Keys::Jwks(Jwks::new(url, client)),
            KeySource::Secrets(secrets) => {
                let key = |secret: &super::SharedSecret| DecodingKey::from_secret(secret.as_bytes());
                Keys::Secrets(secrets.each().map(key).collect::<Result<_, _>>().expect("secrets are not empty"))
            }
        };
        let JwtConfig { issuer, audience, leeway, subject_claim, .. } = config;
        Self { keys, issuer, audience, leeway: leeway.as_secs(), subject_claim }
    }

    pub(super) async fn subject(&self, headers: &HeaderMap) -> Result<Subject, IdentityError> {
        let token = bearer(headers)?;
        let header = decode_header(token).map_err(|error| reason(&error))?;
        let keys = match &self.keys {
            Keys::Jwks(jwks) => jwks.keys(header.kid.as_deref(), header.alg).await?,
            Keys::Secrets(keys) if header.alg == Algorithm::HS256 => keys.clone(),
            Keys::Secrets(_) => return Err(IdentityError::Unauthorized(Reason::Algorithm)),
        };
        let validation = self.validation(header.alg);
        let verify = |key| decode::<Map<String, Value>>(token, key, &validation).map_err(|error| reason(&error));
        // If a key does not fit, another may: after a rotation, or without a key id.
        let invalid = Err(Reason::Signature);
        let verified = keys.iter().map(verify).find(|verified| !matches!(verified, Err(Reason::Signature)));
        let claims = verified.unwrap_or(invalid)?.claims;
        Ok(subject(claims.get(&self.subject_claim)).ok_or(Reason::User)?)
    }

    fn validation(&self, algorithm: Algorithm) -> Validation {
        let mut validation = Validation::new(algorithm);
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&[&self.audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud"]);
        validation.leeway = self.leeway;
        validation.validate_nbf = true;
        validation
    }
}

/// Some issuers write user ids as numbers.
fn subject(claim: Option<&Value>) -> Option<Subject> {
    match claim? {
        Value::String(id) => Subject::new(id),
        Value::Number(id) if id.is_u64() => Subject::new(&id.to_string()),
        _ => None,
    }
}

fn reason(error: &Error) -> Reason {
    match error.kind() {
        ErrorKind::InvalidSignature => Reason::Signature,
        ErrorKind::ExpiredSignature => Reason::Expired,
        ErrorKind::ImmatureSignature => Reason::NotYetValid,
        ErrorKind::InvalidIssuer => Reason::Issuer,
        ErrorKind::InvalidAudience => Reason::Audience,
        ErrorKind::MissingRequiredClaim(_) => Reason::MissingClaim,
        ErrorKind::InvalidAlgorithm | ErrorKind::InvalidAlgorithmName | ErrorKind::UnsupportedAlgorithm => {
            Reason::Algorithm
        }
        _ => Reason::Malformed,
    }
}

#[cfg(test)]
mod tests;
