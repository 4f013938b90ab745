//! Why a request has no verified user.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::refusal::Refusal;

/// Why the user of a request could not be verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IdentityError {
    /// The request is not from a user: 401 `unauthorized`.
    Unauthorized(Reason),
    /// The JWKS or the session endpoint could not be asked: 503 `identity_unavailable`.
    Unavailable,
}

/// Why a request is not from a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    MissingToken,
    Malformed,
    Algorithm,
    UnknownKey,
    Signature,
    Expired,
    NotYetValid,
    TooLongLived,
    Issuer,
    Audience,
    MissingClaim,
    User,
    MissingSession,
    Session,
    Proxy,
}

impl From<Reason> for IdentityError {
    fn from(reason: Reason) -> Self {
        Self::Unauthorized(reason)
    }
}

impl Reason {
    /// The message for the client. It never contains a part of the request.
    const fn message(self) -> &'static str {
        match self {
            Self::MissingToken => "The request has no token. Send one in Authorization: Bearer.",
            Self::Malformed => "The token is malformed.",
            Self::Algorithm => "The algorithm of the token is not accepted.",
            Self::UnknownKey => "The token is signed with an unknown key.",
            Self::Signature => "The signature of the token is invalid.",
            Self::Expired => "The token has expired.",
            Self::NotYetValid => "The token is not valid yet.",
            Self::TooLongLived => "The token expires in more than 24 hours.",
            Self::Issuer => "The token is from another issuer.",
            Self::Audience => "The token is for another audience.",
            Self::MissingClaim => "The token lacks exp, iss or aud.",
            Self::User => "The request names no user, or the user id is invalid.",
            Self::MissingSession => "The request has neither cookies nor an Authorization header.",
            Self::Session => "The session is invalid or has expired.",
            Self::Proxy => "The request did not come through the trusted proxy.",
        }
    }
}

impl IntoResponse for IdentityError {
    fn into_response(self) -> Response {
        match self {
            Self::Unauthorized(reason) => {
                let refusal = Refusal::new(StatusCode::UNAUTHORIZED, "unauthorized", reason.message());
                ([(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))], refusal).into_response()
            }
            Self::Unavailable => {
                let message = "The user cannot be verified at the moment.";
                Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "identity_unavailable", message)
                    .retry_after(5)
                    .into_response()
            }
        }
    }
}
