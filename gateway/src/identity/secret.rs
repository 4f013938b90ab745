//! Shared secrets: HMAC-SHA256 and comparison in constant time.

use std::fmt;
use std::sync::Arc;

use ring::hmac;
use subtle::ConstantTimeEq;

/// A secret of at least 32 bytes, shared with the application's backend or a proxy. It never appears in `Debug` output.
#[derive(Clone)]
pub(crate) struct SharedSecret(Arc<[u8]>);

impl SharedSecret {
    /// The minimum length in bytes, that of the HMAC itself (RFC 7518 §3.2).
    pub(crate) const MIN_BYTES: usize = 32;

    /// Wraps a secret; `None` if it is shorter than [`Self::MIN_BYTES`].
    pub(crate) fn new(secret: &str) -> Option<Self> {
        (secret.len() >= Self::MIN_BYTES).then(|| Self(secret.as_bytes().into()))
    }

    /// A secret for one purpose, made of another secret of any length.
    pub(crate) fn derive(secret: &str, purpose: &[u8]) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        Self(hmac::sign(&key, purpose).as_ref().into())
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The HMAC-SHA256 of a message.
    pub(crate) fn sign(&self, message: &[u8]) -> hmac::Tag {
        hmac::sign(&self.key(), message)
    }

    fn key(&self) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, &self.0)
    }
}

impl fmt::Debug for SharedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SharedSecret(…)")
    }
}

/// The current secret, and the previous one while it is being rotated. Both are accepted.
#[derive(Clone, Debug)]
pub(crate) struct SecretPair {
    pub(crate) current: SharedSecret,
    pub(crate) previous: Option<SharedSecret>,
}

impl SecretPair {
    pub(super) fn each(&self) -> impl Iterator<Item = &SharedSecret> {
        [&self.current].into_iter().chain(&self.previous)
    }

    /// Whether this is the HMAC-SHA256 of the message.
    pub(crate) fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        self.each().any(|secret| hmac::verify(&secret.key(), message, signature).is_ok())
    }

    /// Whether this is the secret.
    pub(super) fn contains(&self, candidate: &[u8]) -> bool {
        self.each().any(|secret| secret.0.ct_eq(candidate).into())
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::secrets;
    use super::*;

    #[test]
    fn debug_output_has_no_secret() {
        let pair = secrets('a', Some('b'));
        assert_eq!(format!("{:?} {:?}", pair.current, pair.previous), "SharedSecret(…) Some(SharedSecret(…))");
    }

    #[test]
    fn secrets_shorter_than_32_bytes_are_refused() {
        assert!(SharedSecret::new(&"a".repeat(32)).is_some());
        assert!(SharedSecret::new(&"a".repeat(31)).is_none());
    }

    #[test]
    fn a_derived_secret_depends_on_the_secret_and_the_purpose() {
        let mac = |secret, purpose: &[u8]| SharedSecret::derive(secret, purpose).sign(b"message").as_ref().to_vec();
        assert_eq!(mac("a", b"one"), mac("a", b"one"));
        assert_ne!(mac("a", b"one"), mac("a", b"two"));
        assert_ne!(mac("a", b"one"), mac("b", b"one"));
    }

    #[test]
    fn both_secrets_of_a_pair_are_accepted_and_no_other() {
        let pair = secrets('a', Some('b'));
        for (secret, accepted) in [('a', true), ('b', true), ('c', false)] {
            let text = secret.to_string().repeat(32);
            let signature = secrets(secret, None).current.sign(b"message");
            assert_eq!(pair.contains(text.as_bytes()), accepted);
            assert_eq!(pair.verify(b"message", signature.as_ref()), accepted);
        }
        let signature = pair.current.sign(b"message");
        assert!(!pair.contains(&[b'a'; 33]) && !pair.contains(b"") && !pair.contains(&[b'a'; 31]));
        assert!(!pair.verify(b"massage", signature.as_ref()));
        assert!(!pair.verify(b"message", &signature.as_ref()[..31]) && !pair.verify(b"message", b""));
    }
}
