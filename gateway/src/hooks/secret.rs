//! A secret of Standard Webhooks: `whsec_` and base64. It can only sign.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;

/// The sizes that the specification recommends, in bytes.
const SIZES: std::ops::RangeInclusive<usize> = 24..=64;

/// A secret whose bytes never appear in a log, an error or `Debug` output.
#[derive(Clone, PartialEq, Eq)]
pub struct HookSecret(Vec<u8>);

/// The text is not a secret of Standard Webhooks.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be whsec_ and the base64 of 24 to 64 random bytes")]
pub struct SecretError;

impl HookSecret {
    /// Parses `whsec_<base64>`.
    pub fn parse(text: &str) -> Result<Self, SecretError> {
        let bytes = text.trim().strip_prefix("whsec_").and_then(|base64| STANDARD.decode(base64).ok());
        bytes.filter(|bytes| SIZES.contains(&bytes.len())).map(Self).ok_or(SecretError)
    }

    /// The signature of a request: `v1,` and the base64 of the HMAC-SHA256.
    pub(super) fn sign(&self, id: &str, timestamp: u64, body: &str) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.0);
        let signature = hmac::sign(&key, format!("{id}.{timestamp}.{body}").as_bytes());
        format!("v1,{}", STANDARD.encode(signature))
    }
}

impl fmt::Debug for HookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HookSecret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret() -> HookSecret {
        let text = format!("whsec_{}", STANDARD.encode("mediaferry-hook-test-secret-0001"));
        HookSecret::parse(&text).expect("a secret")
    }

    /// The signature is from the package `standardwebhooks` 1.1.1 of `PyPI`.
    #[test]
    fn signature_equals_that_of_the_reference_implementation() {
        let signature = secret().sign("msg_1", 1_700_000_000, r#"{"a":1}"#);
        assert_eq!(signature, "v1,sdd/rCg1lGndLVxTXtnBaBJuwgADL86jtPw3/zXZrWg=");
    }

    #[test]
    fn malformed_secret_is_rejected_and_a_secret_is_never_shown() {
        assert_eq!(format!("{:?}", secret()), "HookSecret(…)");
        let short = format!("whsec_{}", STANDARD.encode([0; 23]));
        for text in ["", "whsec_", "whsec_!", "c2VjcmV0", short.as_str()] {
            assert_eq!(HookSecret::parse(text), Err(SecretError), "{text:?}");
        }
    }
}
