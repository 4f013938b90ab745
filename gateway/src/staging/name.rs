//! The names of staged files.

use mediaferry::media::Format;
use mediaferry::providers::by_id;
use uuid::Uuid;

use super::FOLDER;
use crate::identity::{Caller, OwnerTag};

/// A random name that shows for which provider and whom it was issued; with an extension, because some services rely on it.
pub(super) fn random_name(format: Format, provider: Option<&str>, owner: Option<OwnerTag>) -> String {
    let name = format!("{}{}.{}", Uuid::new_v4().simple(), Uuid::new_v4().simple(), format.extension());
    let name = provider.map_or_else(|| name.clone(), |provider| format!("{provider}-{name}"));
    owner.map_or_else(|| name.clone(), |owner| owner.file_name(&name))
}

/// What the name of a staged file shows. Pages cannot choose names, so they cannot use a file for another provider than
/// they have announced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StagedName {
    /// The tag of the user; none in anonymous mode.
    pub(crate) owner: Option<OwnerTag>,
    /// The id of the provider, if the page has named it.
    pub(crate) provider: Option<&'static str>,
}

impl StagedName {
    /// Reads a name that [`random_name`] returned.
    pub(crate) fn read(name: &str) -> Option<Self> {
        let (owner, name) = OwnerTag::split(name).map_or((None, name), |(owner, name)| (Some(owner), name));
        let (provider, name) = match name.split_once('-') {
            Some((id, name)) => (Some(by_id(id)?.profile().id), name),
            None => (None, name),
        };
        let (random, extension) = name.split_once('.')?;
        let hex = random.len() == 64 && random.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let known = hex && Format::ALL.iter().any(|format| format.extension() == extension);
        known.then_some(Self { owner, provider })
    }

    /// Reads the name in a key.
    pub(crate) fn in_key(key: &str) -> Option<Self> {
        Self::read(key.strip_prefix(FOLDER)?.strip_prefix('/')?)
    }

    /// Whether the caller may use the file. In anonymous mode, everyone is the same user.
    pub(crate) fn belongs_to(&self, caller: &Caller) -> bool {
        caller.subject.is_none() || self.owner.is_some_and(|owner| caller.owns(owner))
    }
}

/// Whether the gateway has issued this name for a staged file.
#[must_use]
pub fn is_name(name: &str) -> bool {
    StagedName::read(name).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_names_are_read() {
        let tag = OwnerTag::ANONYMOUS;
        for format in Format::ALL {
            for (provider, owner) in
                [(None, None), (None, Some(tag)), (Some("apiframe"), None), (Some("onerouter"), Some(tag))]
            {
                let name = random_name(*format, provider, owner);
                assert_eq!(StagedName::read(&name), Some(StagedName { owner, provider }), "{name}");
            }
        }
        let random = random_name(Format::Png, None, None);
        for name in [
            "holiday.png",
            ".png",
            "",
            &random[1..],
            &random.to_uppercase(),
            &random.replace(".png", ".html"),
            &random.replace(".png", ""),
            &format!("{random}.png"),
            &format!("../{random}"),
            &format!("-{random}"),
            &format!("nobody-{random}"),
            &format!("apiframe-apiframe-{random}"),
            &format!("apiframe-{tag}-{random}"),
        ] {
            assert!(!is_name(name), "{name}");
        }
    }
}
