//! The owner tag: marks staged files and assets with the user who created them, without revealing the user id.

use std::fmt;

use super::{Caller, SecretPair, SharedSecret, Subject};

/// Separates these hashes from others under the same secret.
const CONTEXT: &[u8] = b"mediaferry owner v1\0";

const BYTES: usize = 12;

/// A keyed hash of a user id: 96 bits, written as 24 lowercase hexadecimal digits, which are safe in S3 keys and file
/// names.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct OwnerTag([u8; BYTES]);

impl OwnerTag {
    /// The tag of the only tenant in anonymous mode.
    pub(crate) const ANONYMOUS: Self = Self([0; BYTES]);
    /// The length of the text, in bytes.
    pub(crate) const LENGTH: usize = 2 * BYTES;

    /// Reads a tag; accepts only the form that `Display` writes.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; BYTES];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        (!text.contains(|digit: char| digit.is_ascii_uppercase())).then_some(Self(bytes))
    }

    /// The file name with this tag as prefix, [`Self::LENGTH`] + 1 bytes longer.
    pub(crate) fn file_name(self, name: &str) -> String {
        format!("{self}-{name}")
    }

    /// Reads the tag of a file name, and the name without it; `None` if the name has no tag.
    pub(crate) fn split(name: &str) -> Option<(Self, &str)> {
        let (tag, name) = name.split_once('-')?;
        Some((Self::parse(tag)?, name))
    }
}

impl fmt::Display for OwnerTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for OwnerTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OwnerTag({self})")
    }
}

/// The keys of the owner tags: new files get tags under the current key, tags under the previous key remain valid.
#[derive(Clone, Debug)]
pub(crate) struct OwnerKeys(SecretPair);

impl OwnerKeys {
    pub(crate) const fn new(secrets: SecretPair) -> Self {
        Self(secrets)
    }

    /// The caller for a verified user.
    pub(crate) fn caller(&self, subject: Subject) -> Caller {
        let owner = tag(&self.0.current, &subject);
        let former_owner = self.0.previous.as_ref().map(|secret| tag(secret, &subject));
        Caller { subject: Some(subject), owner, former_owner }
    }
}

fn tag(secret: &SharedSecret, subject: &Subject) -> OwnerTag {
    let hash = secret.sign(&[CONTEXT, subject.as_str().as_bytes()].concat());
    let mut bytes = [0; BYTES];
    bytes.copy_from_slice(&hash.as_ref()[..BYTES]);
    OwnerTag(bytes)
}

#[cfg(test)]
mod tests {
    use super::super::testing::secrets;
    use super::*;

    fn caller(keys: (char, Option<char>), id: &str) -> Caller {
        OwnerKeys::new(secrets(keys.0, keys.1)).caller(Subject::new(id).expect("a subject"))
    }

    #[test]
    fn owner_tags_differ_between_users_and_between_keys_and_never_change() {
        let alice = caller(('a', None), "alice").owner;
        assert_eq!(alice.to_string(), "5400e2ddffcd6d25feeb6eed");
        assert_eq!(alice, caller(('a', Some('b')), "alice").owner);
        assert_ne!(alice, caller(('a', None), "Alice").owner);
        assert_ne!(alice, caller(('b', None), "alice").owner);
        assert_ne!(alice, OwnerTag::ANONYMOUS);
    }

    #[test]
    fn after_a_rotation_a_caller_still_owns_files_with_the_tag_under_the_previous_key() {
        let old = caller(('a', None), "alice");
        let rotated = caller(('b', Some('a')), "alice");
        assert_ne!(rotated.owner, old.owner);
        assert!(rotated.owns(rotated.owner) && rotated.owns(old.owner));
        assert!(!caller(('b', None), "alice").owns(old.owner));
        assert!(!caller(('b', Some('a')), "bob").owns(old.owner));
        assert!(!rotated.owns(OwnerTag::ANONYMOUS));
    }

    #[test]
    fn file_names_keep_their_tag_and_their_name() {
        let tag = caller(('a', None), "alice").owner;
        for name in ["photo.jpg", "my-holiday-é.png", "-", "", "000000000000000000000000-x.png"] {
            let tagged = tag.file_name(name);
            assert_eq!(tagged.len(), OwnerTag::LENGTH + 1 + name.len());
            assert_eq!(OwnerTag::split(&tagged), Some((tag, name)));
        }
    }

    #[test]
    fn names_without_a_complete_tag_have_none() {
        let tag = caller(('a', None), "alice").owner.to_string();
        for name in [
            "",
            "photo.jpg",
            "a-b",
            &tag,
            &format!("{tag}_x"),
            &format!(" {tag}-x"),
            &format!("{}-x", tag.to_uppercase()),
            &format!("{}-x", &tag[1..]),
            &format!("0{tag}-x"),
            &format!("{}é-x", &tag[2..]),
        ] {
            assert_eq!(OwnerTag::split(name), None, "{name}");
        }
    }
}
