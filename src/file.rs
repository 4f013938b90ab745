//! A file before it is sent: `Candidate` → `InspectedFile` → `AcceptedFile`. Only the last can be sent.

use crate::media::Media;
use crate::text;

/// The pointer to what an upload and its page share.
#[cfg(target_arch = "wasm32")]
pub use std::rc::Rc as Shared;
/// The pointer to what an upload and its page share. A native program may move an upload to another thread.
#[cfg(not(target_arch = "wasm32"))]
pub use std::sync::Arc as Shared;

/// What the browser reports about a file. Only the size is trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The name, `""` for a bare Blob.
    pub name: String,
    /// `File.type`; `""` if the browser reports none.
    pub declared_type: String,
    /// The size in bytes.
    pub size: u64,
}

/// A file whose content was probed.
#[derive(Debug, PartialEq)]
pub struct InspectedFile {
    candidate: Candidate,
    media: Media,
}

/// A file that meets the limits of its provider.
#[derive(Clone, Debug, PartialEq)]
pub struct AcceptedFile(Shared<InspectedFile>);

impl InspectedFile {
    /// Combines what the browser reports with what the probe found.
    #[must_use]
    pub const fn new(candidate: Candidate, media: Media) -> Self {
        Self { candidate, media }
    }

    /// What the probe found.
    #[must_use]
    pub const fn media(&self) -> &Media {
        &self.media
    }

    /// What the browser reports.
    #[must_use]
    pub const fn candidate(&self) -> &Candidate {
        &self.candidate
    }

    /// The size in bytes.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.candidate.size
    }

    /// Whether the declared type or the name's extension contradicts the content.
    ///
    /// A missing type or extension is not a mismatch, and neither is `application/octet-stream`.
    #[must_use]
    pub fn mismatched(&self) -> bool {
        let format = self.media.format;
        let declared = text::before(&self.candidate.declared_type, b';').trim_ascii();
        let is_generic = declared.is_empty() || declared.eq_ignore_ascii_case("application/octet-stream");
        let type_differs = !is_generic && !format.has_mime(declared);
        type_differs || self.extension().is_some_and(|extension| !format.has_extension(extension))
    }

    /// The name's extension, if it can be a type: `report.2024` has none.
    fn extension(&self) -> Option<&str> {
        let (stem, extension) = text::rsplit_once(&self.candidate.name, b'.')?;
        let plausible = (1..=5).contains(&extension.len())
            && extension.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && extension.bytes().any(|byte| byte.is_ascii_alphabetic());
        (plausible && !stem.is_empty()).then_some(extension)
    }
}

impl AcceptedFile {
    /// Only `Rules::accept` calls this.
    pub(crate) const fn new(file: Shared<InspectedFile>) -> Self {
        Self(file)
    }

    /// The MIME type to sign and to send: the detected one.
    #[must_use]
    pub fn mime(&self) -> &'static str {
        self.0.media.format.mime()
    }

    /// The size in bytes.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.0.size()
    }

    /// The file name to send: the user's own with an extension that matches the content, or `"file"` for a Blob without
    /// a name.
    #[must_use]
    pub fn name(&self) -> String {
        let format = self.0.media.format;
        let name = self.0.candidate.name.as_str();
        match self.0.extension() {
            Some(extension) if format.has_extension(extension) => name.to_owned(),
            extension => {
                let stem = name.strip_suffix(extension.unwrap_or_default()).unwrap_or(name);
                let stem = text::trim_end(stem, b'.');
                let stem = if stem.is_empty() { "file" } else { stem };
                text::concat(&[stem, ".", format.extension()])
            }
        }
    }
}

impl core::ops::Deref for AcceptedFile {
    type Target = InspectedFile;

    fn deref(&self) -> &InspectedFile {
        &self.0
    }
}
