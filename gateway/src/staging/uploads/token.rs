//! The token of an upload in parts: everything that the gateway needs to continue it, signed, so that no instance has to
//! remember it.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::parts::Layout;
use crate::bucket::Target;
use crate::config::Config;
use crate::identity::{Caller, SecretPair};
use crate::staging::StagedName;

/// Separates these signatures from others under the same secret.
const CONTEXT: &[u8] = b"mediaferry upload v1\0";
/// The length of a signature.
const SIGNATURE: usize = 32;

/// What a token contains. The key shows the owner, the provider and the type of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Upload {
    #[serde(rename = "k")]
    pub(super) key: String,
    #[serde(rename = "u")]
    id: String,
    #[serde(flatten)]
    pub(super) layout: Layout,
    /// In seconds since 1970.
    #[serde(rename = "e")]
    expires: i64,
}

impl Upload {
    pub(super) fn new(key: String, id: String, layout: Layout, expires_at: Timestamp) -> Self {
        Self { key, id, layout, expires: expires_at.as_second() }
    }

    pub(super) fn target(&self) -> Target<'_> {
        Target { key: &self.key, upload_id: &self.id }
    }

    pub(super) fn expires_at(&self) -> Timestamp {
        Timestamp::from_second(self.expires).unwrap_or(Timestamp::MIN)
    }

    /// The id of the provider, if the page has named it.
    pub(super) fn provider(&self) -> Option<&'static str> {
        StagedName::in_key(&self.key)?.provider
    }

    pub(super) fn belongs_to(&self, caller: &Caller) -> bool {
        StagedName::in_key(&self.key).is_some_and(|name| name.belongs_to(caller))
    }
}

/// Signs and reads tokens.
#[derive(Clone, Debug)]
pub(super) struct Tokens(SecretPair);

impl Tokens {
    /// With the key of the owner tags, or in anonymous mode one that is derived from the secret of the bucket. `None`
    /// without a bucket.
    pub(super) fn new(config: &Config) -> Option<Self> {
        let bucket = config.staging.bucket.as_ref()?;
        let owners = config.identity.as_ref().map(|identity| identity.owners.clone());
        let derived = || SecretPair { current: bucket.derive_secret(CONTEXT), previous: None };
        Some(Self(owners.unwrap_or_else(derived)))
    }

    pub(super) fn sign(&self, upload: &Upload) -> String {
        let content = serde_json::to_vec(upload).unwrap_or_default();
        let signature = self.0.current.sign(&[CONTEXT, &content].concat());
        BASE64_URL_SAFE_NO_PAD.encode([signature.as_ref(), &content].concat())
    }

    /// Reads a token; `None` if the gateway has not signed it.
    pub(super) fn read(&self, token: &str) -> Option<Upload> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(token).ok()?;
        let (signature, content) = bytes.split_at_checked(SIGNATURE)?;
        let signed = self.0.verify(&[CONTEXT, content].concat(), signature);
        signed.then(|| serde_json::from_slice(content).ok()).flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::testing::secrets;

    fn upload() -> Upload {
        let layout = Layout::new(100 << 20, 8 << 20);
        Upload::new(
            "staging/a.png".to_owned(),
            "2~id".to_owned(),
            layout,
            "2026-02-03T04:05:06Z".parse().expect("a time"),
        )
    }

    #[test]
    fn a_token_is_read_with_the_same_secret_and_after_a_rotation() {
        let token = Tokens(secrets('a', None)).sign(&upload());
        assert!(token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "{token}");
        for pair in [secrets('a', None), secrets('b', Some('a'))] {
            assert_eq!(Tokens(pair).read(&token), Some(upload()));
        }
        for pair in [secrets('b', None), secrets('b', Some('c'))] {
            assert_eq!(Tokens(pair).read(&token), None);
        }
    }

    #[test]
    fn a_token_with_any_change_is_not_read() {
        let tokens = Tokens(secrets('a', None));
        let token = tokens.sign(&upload());
        for at in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            assert_eq!(tokens.read(&String::from_utf8(changed).expect("text")), None, "{at}");
        }
        for bad in ["", "A", &token[1..], &token[..token.len() - 1], &token[..42], &format!("{token}AAAA"), "é", "a b"]
        {
            assert_eq!(tokens.read(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_signature_for_another_purpose_is_not_accepted() {
        let pair = secrets('a', None);
        let content = serde_json::to_vec(&upload()).expect("JSON");
        for message in [content.clone(), [b"mediaferry owner v1\0", &content[..]].concat()] {
            let token = [pair.current.sign(&message).as_ref(), &content].concat();
            assert_eq!(Tokens(pair.clone()).read(&BASE64_URL_SAFE_NO_PAD.encode(token)), None);
        }
    }
}
