//! The configuration of identity, already validated.

use std::time::Duration;

use axum::http::HeaderName;
use reqwest::Url;

use super::SecretPair;

/// How users are verified, and how what they create is marked.
#[derive(Clone, Debug)]
pub(crate) struct IdentityConfig {
    pub(crate) method: MethodConfig,
    /// The keys of the owner tags.
    pub(crate) owners: SecretPair,
}

/// How users are verified.
#[derive(Clone, Debug)]
pub(crate) enum MethodConfig {
    /// A JWT in `Authorization: Bearer`.
    Jwt(JwtConfig),
    /// A token that the application's backend mints, in `Authorization: Bearer`.
    Token(SecretPair),
    /// A request to the application's session endpoint, with the caller's cookies and `Authorization`.
    ForwardAuth(ForwardAuthConfig),
    /// A header that a reverse proxy sets.
    TrustedHeader { header: HeaderName, secrets: SecretPair },
}

/// Which JWTs are accepted.
#[derive(Clone, Debug)]
pub(crate) struct JwtConfig {
    pub(crate) keys: KeySource,
    /// The only accepted `iss`.
    pub(crate) issuer: String,
    /// Must be in `aud`.
    pub(crate) audience: String,
    /// The accepted clock difference for `exp` and `nbf`.
    pub(crate) leeway: Duration,
    /// The claim with the user id, a string or an integer.
    pub(crate) subject_claim: String,
}

/// Where the keys of JWTs come from. It also determines the accepted algorithms, so that a public key can never serve
/// as an HMAC secret.
#[derive(Clone, Debug)]
pub(crate) enum KeySource {
    /// A JWK Set: RS256 to RS512, PS256 to PS512, ES256, ES384 and `EdDSA`.
    Jwks(Url),
    /// Shared secrets: HS256.
    Secrets(SecretPair),
}

/// The application's session endpoint.
#[derive(Clone, Debug)]
pub(crate) struct ForwardAuthConfig {
    pub(crate) url: Url,
    /// The response header with the user id.
    pub(crate) header: HeaderName,
    /// How long a session is accepted without asking again; zero asks for every request.
    pub(crate) cache: Duration,
}
