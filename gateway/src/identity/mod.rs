//! Who sends a request: verifies the user of each request, and assigns the owner of what the request creates.
//!
//! One method is configured. [`authenticate`] runs it and adds the [`Caller`] to the request's extensions; a request
//! without a valid user gets 401 and does not reach the routes.

mod config;
mod error;
mod forward_auth;
mod headers;
mod jwks;
mod jwt;
mod middleware;
mod owner;
mod secret;
mod signature;
#[cfg(test)]
pub(crate) mod testing;
mod token;
mod trusted_header;

use std::fmt;
use std::sync::Arc;

use axum::http::request::Parts;
use axum::http::{Extensions, StatusCode};
use reqwest::Client;

use crate::refusal::Refusal;

pub(crate) use config::{ForwardAuthConfig, IdentityConfig, JwtConfig, KeySource, MethodConfig};
pub(crate) use error::{IdentityError, Reason};
pub(crate) use middleware::authenticate;
pub(crate) use owner::{OwnerKeys, OwnerTag};
pub(crate) use secret::{SecretPair, SharedSecret};

use forward_auth::ForwardAuth;
use jwt::Jwt;
use token::Token;
use trusted_header::TrustedHeader;

/// The id of a verified user, as the application writes it. It never appears in `Debug` output.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Subject(Arc<str>);

impl Subject {
    /// The maximum length in bytes; `OpenID` Connect has the same.
    pub(crate) const MAX_BYTES: usize = 255;

    /// Returns the user with this id; `None` if it is empty, too long or contains control characters.
    pub(crate) fn new(id: &str) -> Option<Self> {
        let fits = !id.is_empty() && id.len() <= Self::MAX_BYTES && !id.chars().any(char::is_control);
        fits.then(|| Self(id.into()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Subject(…)")
    }
}

/// The verified sender of a request.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// The user; `None` in anonymous mode.
    pub(crate) subject: Option<Subject>,
    /// The tag of everything that the caller creates.
    pub(crate) owner: OwnerTag,
    /// The caller's tag under the previous key, while the key is being rotated.
    pub(crate) former_owner: Option<OwnerTag>,
}

impl Caller {
    /// The only caller in anonymous mode.
    pub(crate) const ANONYMOUS: Self = Self { subject: None, owner: OwnerTag::ANONYMOUS, former_owner: None };

    /// The caller that [`authenticate`] has verified; an error if a route lacks it.
    pub(crate) fn of(extensions: &Extensions) -> Result<&Self, Refusal> {
        const UNVERIFIED: Refusal =
            Refusal::new(StatusCode::UNAUTHORIZED, "unauthorized", "The user of the request was not verified.");
        extensions.get().ok_or(UNVERIFIED)
    }

    /// The subject in hooks.
    pub(crate) fn hook_subject(&self) -> &str {
        self.subject.as_ref().map_or("anonymous", Subject::as_str)
    }

    /// An id that no other caller can have.
    pub(crate) fn scoped(&self, id: &str) -> String {
        format!("{}/{id}", self.owner)
    }

    /// Whether the caller created what carries this tag.
    pub(crate) fn owns(&self, tag: OwnerTag) -> bool {
        self.owner == tag || self.former_owner == Some(tag)
    }
}

/// Verifies the users of requests.
pub(crate) struct Identity {
    /// `None` in anonymous mode.
    users: Option<(Method, OwnerKeys)>,
}

enum Method {
    Jwt(Jwt),
    Token(Token),
    ForwardAuth(ForwardAuth),
    TrustedHeader(TrustedHeader),
}

impl Identity {
    /// Accepts every request, as [`Caller::ANONYMOUS`].
    pub(crate) const ANONYMOUS: Self = Self { users: None };

    /// Accepts requests of verified users only. `client` fetches the JWKS and asks the session endpoint; it must not follow redirects.
    pub(crate) fn new(config: IdentityConfig, client: &Client) -> Self {
        let method = match config.method {
            MethodConfig::Jwt(config) => Method::Jwt(Jwt::new(config, client)),
            MethodConfig::Token(secrets) => Method::Token(Token::new(secrets)),
            MethodConfig::ForwardAuth(config) => Method::ForwardAuth(ForwardAuth::new(config, client)),
            MethodConfig::TrustedHeader { header, secrets } => {
                Method::TrustedHeader(TrustedHeader::new(header, secrets))
            }
        };
        Self { users: Some((method, OwnerKeys::new(config.owners))) }
    }

    /// Verifies the user of a request.
    pub(crate) async fn caller(&self, request: &Parts) -> Result<Caller, IdentityError> {
        let Some((method, owners)) = &self.users else { return Ok(Caller::ANONYMOUS) };
        let subject = match method {
            Method::Jwt(jwt) => jwt.subject(&request.headers).await?,
            Method::Token(token) => token.subject(&request.headers)?,
            Method::ForwardAuth(forward_auth) => forward_auth.subject(request).await?,
            Method::TrustedHeader(trusted_header) => trusted_header.subject(&request.headers)?,
        };
        Ok(owners.caller(subject))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_of_a_subject_has_no_user_id() {
        let subject = Subject::new("alice@example.com").expect("a subject");
        assert_eq!(subject.as_str(), "alice@example.com");
        assert_eq!(format!("{subject:?}"), "Subject(…)");
    }

    #[test]
    fn subjects_that_are_empty_long_or_have_control_characters_are_refused() {
        assert!(Subject::new(&"a".repeat(Subject::MAX_BYTES)).is_some());
        assert!(Subject::new("auth0|Ünïcode 7").is_some());
        for id in ["", "a\0b", "a\nb", "a\u{85}b", &"a".repeat(Subject::MAX_BYTES + 1)] {
            assert_eq!(Subject::new(id), None, "{id:?}");
        }
    }

    #[tokio::test]
    async fn anonymous_mode_has_one_caller_without_a_subject() {
        let caller =
            Identity::ANONYMOUS.caller(&testing::request(&[("authorization", "Bearer x")])).await.expect("a caller");
        assert_eq!(caller.subject, None);
        assert!(caller.owns(OwnerTag::ANONYMOUS));
    }
}
