//! What a provider makes of a file, and what it says about the bytes.

use crate::json::Json;
use crate::media::Kind;

/// What a provider answers to a submit or a status request: an asset, and how far it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Submission {
    /// How far it is.
    pub state: AssetState,
    /// What is known of it. While it is pending it needs an id to ask about, and of its claims only the checksum counts.
    pub asset: Asset,
}

/// How far an asset is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AssetState {
    /// It can be used.
    Ready,
    /// The provider is still working on it.
    Pending,
    /// The provider took it and could not use it; its own code or words.
    Failed(Option<String>),
}

impl Submission {
    /// Of an asset that can be used.
    #[must_use]
    pub const fn ready(asset: Asset) -> Self {
        Self { state: AssetState::Ready, asset }
    }
}

/// What the provider gives back.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asset {
    /// The provider's id.
    pub id: Option<String>,
    /// What its requests call it by, where that is neither the URI nor the URL.
    pub handle: Option<String>,
    /// `asset://…`, where the provider has such references.
    pub uri: Option<String>,
    /// Where the bytes can be fetched.
    pub url: Option<String>,
    /// When the provider forgets it, in milliseconds since 1970.
    pub expires_at_millis: Option<u64>,
    /// What the provider says about the bytes it holds.
    pub claims: Claims,
    /// What it says it is. It counts where nobody here has seen the bytes.
    pub kind: Option<Kind>,
}

/// A provider's own account of the bytes; each is compared with ours.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claims {
    /// SHA-256, 64 hexadecimal digits, in whichever case.
    pub sha256: Option<Claim<String>>,
    /// Bytes.
    pub size: Option<Claim<u64>>,
    /// MIME type.
    pub content_type: Option<Claim<String>>,
}

/// One claim, with the provider's name for the field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim<T> {
    /// The field's name in the answer.
    pub field: &'static str,
    /// Its value.
    pub value: T,
}

impl Claim<u64> {
    /// The claim in this field, where the answer has it as a whole number.
    pub(super) fn number(json: Json<'_>, field: &'static str) -> Option<Self> {
        json.u64(field).ok().map(|value| Self { field, value })
    }
}

impl Claim<String> {
    /// The claim in this field, where the answer has it as a text with something in it.
    pub(super) fn text(json: Json<'_>, field: &'static str) -> Option<Self> {
        json.text(field).ok().filter(|value| !value.is_empty()).map(|value| Self { field, value })
    }
}

impl Asset {
    /// The string to paste into a generation request: the handle where there is one, else the URI, else the URL.
    #[must_use]
    pub fn reference(&self) -> Option<&str> {
        [&self.handle, &self.uri, &self.url].into_iter().find_map(Option::as_deref)
    }
}
