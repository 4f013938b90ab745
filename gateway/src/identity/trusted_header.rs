//! Trusted header: a reverse proxy authenticates the user, and sends the user id and a secret.

use axum::http::{HeaderMap, HeaderName};

use super::headers::single;
use super::{IdentityError, Reason, SecretPair, Subject};

/// The header with the proxy's secret.
pub(crate) const SECRET_HEADER: HeaderName = HeaderName::from_static("x-mediaferry-proxy-secret");

pub(crate) struct TrustedHeader {
    header: HeaderName,
    secrets: SecretPair,
}

impl TrustedHeader {
    pub(super) const fn new(header: HeaderName, secrets: SecretPair) -> Self {
        Self { header, secrets }
    }

    pub(super) fn subject(&self, headers: &HeaderMap) -> Result<Subject, IdentityError> {
        let secret = single(headers, &SECRET_HEADER);
        if !secret.is_some_and(|secret| self.secrets.contains(secret)) {
            return Err(IdentityError::Unauthorized(Reason::Proxy));
        }
        // Twice the header: the proxy adds its own to the client's, so neither can be trusted.
        let user = single(headers, &self.header).and_then(|id| Subject::new(str::from_utf8(id).ok()?));
        user.ok_or(IdentityError::Unauthorized(Reason::User))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::USER_HEADER;
    use super::super::testing::{headers, secrets};
    use super::*;

    fn secret(value: &str) -> (&str, &str) {
        ("x-mediaferry-proxy-secret", value)
    }

    fn subject(pairs: &[(&str, &str)]) -> Result<String, IdentityError> {
        let method = TrustedHeader::new(USER_HEADER, secrets('p', Some('q')));
        method.subject(&headers(pairs)).map(|subject| subject.as_str().to_owned())
    }

    #[test]
    fn a_user_with_the_proxys_current_or_previous_secret_is_accepted() {
        for secret in ["p", "q"] {
            let pairs = [("x-mediaferry-user", "alice"), ("x-mediaferry-proxy-secret", &*secret.repeat(32))];
            assert_eq!(subject(&pairs), Ok("alice".to_owned()));
        }
    }

    #[test]
    fn a_user_without_exactly_one_valid_secret_is_refused() {
        let refused = Err(IdentityError::Unauthorized(Reason::Proxy));
        let (valid, invalid) = ("p".repeat(32), "x".repeat(32));
        let user = ("x-mediaferry-user", "alice");
        assert_eq!(subject(&[user]), refused);
        for value in [&*invalid, "", &valid[1..], &format!("{valid}p"), &format!("{valid}, {valid}")] {
            assert_eq!(subject(&[user, secret(value)]), refused, "{value}");
        }
        assert_eq!(subject(&[user, secret(&valid), secret(&invalid)]), refused);
        assert_eq!(subject(&[user, secret(&valid), secret(&valid)]), refused);
    }

    #[test]
    fn a_proxy_that_sends_no_user_or_several_is_refused() {
        let refused = Err(IdentityError::Unauthorized(Reason::User));
        let secret = ("x-mediaferry-proxy-secret", &*"p".repeat(32));
        assert_eq!(subject(&[secret]), refused);
        assert_eq!(subject(&[secret, ("x-mediaferry-user", "")]), refused);
        assert_eq!(subject(&[secret, ("x-mediaferry-user", "alice"), ("x-mediaferry-user", "alice")]), refused);
    }
}
