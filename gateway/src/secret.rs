//! A provider's key: it can only be converted to a header.

use std::fmt;

use axum::http::{HeaderName, HeaderValue, header};
use mediaferry::providers::Auth;

/// A key whose text never appears in a log, an error or `Debug` output.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a key; `None` if a header cannot contain it.
    #[must_use]
    pub fn new(key: &str) -> Option<Self> {
        let fit = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_graphic());
        fit.then(|| Self(key.to_owned()))
    }

    /// The header with the key, marked as sensitive; `None` if the profile's header name is invalid.
    #[must_use]
    pub fn header(&self, auth: Auth) -> Option<(HeaderName, HeaderValue)> {
        let (name, value) = match auth {
            Auth::Bearer => (header::AUTHORIZATION, format!("Bearer {}", self.0)),
            Auth::Header(name) => (name.parse().ok()?, self.0.clone()),
        };
        let mut value = HeaderValue::try_from(value).ok()?;
        value.set_sensitive(true);
        Some((name, value))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_has_no_key() {
        let key = Secret::new("river_live_1").expect("a key");
        let (_, header) = key.header(Auth::Bearer).expect("a header");
        assert_eq!(header, "Bearer river_live_1");
        assert_eq!(format!("{key:?} {header:?}"), "Secret(…) Sensitive");
    }

    #[test]
    fn a_key_that_would_break_a_header_is_refused() {
        for key in ["", "a b", "a\r\nCookie: x", "ключ"] {
            assert_eq!(Secret::new(key), None, "{key:?}");
        }
    }
}
