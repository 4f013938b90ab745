//! A file that a page wants to stage.

use mediaferry::media::Format;
use mediaferry::providers::by_id;

use super::FOLDER;
use super::error::StagingError;
use super::name::random_name;
use crate::admission::Start;
use crate::identity::Caller;

/// A file that may be staged, as the page describes it.
#[derive(Clone, Copy, Debug)]
pub(super) struct File {
    pub(super) format: Format,
    pub(super) size: u64,
    /// The id of the provider that will fetch the file, if the page has named it.
    pub(super) provider: Option<&'static str>,
}

impl File {
    /// Checks the id of the provider, the type, and the size in bytes.
    pub(super) fn new(provider: Option<&str>, content_type: &str, size: u64, limit: u64) -> Result<Self, StagingError> {
        let known = |id| by_id(id).map(|provider| provider.profile().id).ok_or(StagingError::UnknownProvider);
        let provider = provider.map(known).transpose()?;
        let format = Format::ALL.iter().find(|format| format.mime() == content_type);
        let format = *format.ok_or(StagingError::UnsupportedType)?;
        match size {
            0 => Err(StagingError::Invalid("size_bytes must be at least 1.".to_owned())),
            size if size > limit => Err(StagingError::TooLarge { size, limit }),
            _ => Ok(Self { format, size, provider }),
        }
    }

    /// A new random key for the file.
    pub(super) fn key(&self, caller: &Caller) -> String {
        let owner = caller.subject.is_some().then_some(caller.owner);
        format!("{FOLDER}/{}", random_name(self.format, self.provider, owner))
    }

    /// What limits and hooks learn of the upload.
    pub(super) fn start(&self, sha256: Option<String>) -> Start {
        Start {
            provider: self.provider,
            content_type: Some(self.format.mime().to_owned()),
            size: Some(self.size),
            sha256,
            ..Start::default()
        }
    }
}
