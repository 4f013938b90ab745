//! Reads the headers that carry credentials.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

use super::{IdentityError, Reason};

/// The maximum length of a token in bytes.
const MAX_TOKEN: usize = 16 << 10;

/// The value of a header that occurs exactly once.
pub(super) fn single<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a [u8]> {
    let mut values = headers.get_all(name).iter();
    values.next().filter(|_| values.next().is_none()).map(HeaderValue::as_bytes)
}

/// The token in `Authorization: Bearer`.
pub(super) fn bearer(headers: &HeaderMap) -> Result<&str, IdentityError> {
    const MISSING: IdentityError = IdentityError::Unauthorized(Reason::MissingToken);
    let value = single(headers, &header::AUTHORIZATION).ok_or(MISSING)?;
    let (scheme, token) = str::from_utf8(value).ok().and_then(|value| value.split_once(' ')).ok_or(MISSING)?;
    let token = token.trim_start_matches(' ');
    if !scheme.eq_ignore_ascii_case("bearer") || token.is_empty() {
        return Err(MISSING);
    }
    if token.len() > MAX_TOKEN {
        return Err(IdentityError::Unauthorized(Reason::Malformed));
    }
    Ok(token)
}

#[cfg(test)]
mod tests {
    use super::super::testing::headers;
    use super::*;

    #[test]
    fn the_bearer_scheme_is_case_insensitive() {
        for value in ["Bearer abc", "bearer abc", "BEARER   abc"] {
            assert_eq!(bearer(&headers(&[("authorization", value)])), Ok("abc"), "{value}");
        }
    }

    #[test]
    fn requests_without_exactly_one_bearer_token_have_none() {
        let missing = Err(IdentityError::Unauthorized(Reason::MissingToken));
        assert_eq!(bearer(&headers(&[])), missing);
        for value in ["", "abc", "Bearer", "Bearer ", "Basic abc", "Bearerabc"] {
            assert_eq!(bearer(&headers(&[("authorization", value)])), missing, "{value}");
        }
        assert_eq!(bearer(&headers(&[("authorization", "Bearer a"), ("authorization", "Bearer b")])), missing);
    }

    #[test]
    fn tokens_up_to_16_kib_are_read() {
        let token = |length| headers(&[("authorization", &format!("Bearer {}", "a".repeat(length)))]);
        assert!(bearer(&token(MAX_TOKEN)).is_ok());
        assert_eq!(bearer(&token(MAX_TOKEN + 1)), Err(IdentityError::Unauthorized(Reason::Malformed)));
    }
}
