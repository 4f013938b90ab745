//! The asset that a provider creates, and the metadata that it reports.

use crate::json::Json;
use crate::media::Kind;

/// A provider's response to a submit or status request: an asset and its state.
#[derive(Clone, Debug, PartialEq)]
pub struct Submission {
    /// The state of the asset.
    pub state: AssetState,
    /// The facts so far. A pending asset needs an id for polling, and only the checksum of its metadata is compared.
    pub asset: Asset,
}

/// The state of an asset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AssetState {
    /// The asset can be used.
    Ready,
    /// The provider is still processing it.
    Pending,
    /// The provider accepted the file and could not use it; its own code or message.
    Failed(Option<String>),
}

impl Submission {
    /// A submission whose asset is ready.
    #[must_use]
    pub const fn ready(asset: Asset) -> Self {
        Self { state: AssetState::Ready, asset }
    }
}

/// The asset as the provider describes it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asset {
    /// The provider's id.
    pub id: Option<String>,
    /// The reference that its requests use, if that is neither the URI nor the URL.
    pub handle: Option<String>,
    /// `asset://…`, if the provider has such references.
    pub uri: Option<String>,
    /// The URL of the bytes.
    pub url: Option<String>,
    /// When the provider deletes it, in milliseconds since 1970.
    pub expires_at_millis: Option<u64>,
    /// The metadata that the provider reports.
    pub reported: ReportedMetadata,
    /// The kind that the provider reports. It is used only if the content was not probed here.
    pub kind: Option<Kind>,
}

/// The provider's metadata; each value is compared with the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReportedMetadata {
    /// SHA-256: 64 hexadecimal digits in upper or lower case.
    pub sha256: Option<Reported<String>>,
    /// The size in bytes.
    pub size: Option<Reported<u64>>,
    /// The MIME type.
    pub content_type: Option<Reported<String>>,
}

/// A reported value, with the provider's name for the field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reported<T> {
    /// The field's name in the response.
    pub field: &'static str,
    /// Its value.
    pub value: T,
}

impl Reported<u64> {
    /// Reads a field that is an integer; `None` if it is not.
    pub(super) fn number(json: Json<'_>, field: &'static str) -> Option<Self> {
        json.u64(field).ok().map(|value| Self { field, value })
    }
}

impl Reported<String> {
    /// Reads a field that is a string and not empty; `None` if it is not.
    pub(super) fn text(json: Json<'_>, field: &'static str) -> Option<Self> {
        json.text(field).ok().filter(|value| !value.is_empty()).map(|value| Self { field, value })
    }
}

impl Asset {
    /// The reference for a generation request: the handle if there is one, otherwise the URI, otherwise the URL.
    #[must_use]
    pub fn reference(&self) -> Option<&str> {
        [&self.handle, &self.uri, &self.url].into_iter().find_map(Option::as_deref)
    }
}
