//! The sandbox's record of a file: a small JSON object in the store, beside the file.

use axum::body::Bytes;
use futures::stream;
use jiff::Timestamp;
use s3s::dto::StreamingBlob;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Refusal;
use crate::store::Store;

/// The maximum size of a record; usually a few hundred bytes.
const MAX_RECORD: u64 = 16 << 10;

/// The id of a file at a mock provider: `file_` and 32 random hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FileId(String);

impl FileId {
    pub(super) fn random() -> Self {
        Self(format!("file_{}", Uuid::new_v4().simple()))
    }

    /// An id that begins with a number, for providers that count their assets; the rest is random.
    pub(super) fn numbered(number: u32) -> Self {
        let random = Uuid::new_v4().simple().to_string();
        Self(format!("file_{number:08x}{}", random.get(8..).unwrap_or_default()))
    }

    /// The number at its beginning.
    pub(super) fn number(&self) -> Option<u32> {
        u32::from_str_radix(self.digits().get(..8)?, 16).ok()
    }

    /// Parses an id from a request. Only the form of [`FileId::random`] is accepted, because it becomes a part of a
    /// key.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix("file_")?;
        let fit = digits.len() == 32 && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        fit.then(|| Self(text.to_owned()))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// The id without its prefix.
    pub(super) fn digits(&self) -> &str {
        self.0.trim_start_matches("file_")
    }

    /// The id of a record with this name.
    pub(super) fn of_record(name: &str) -> Option<Self> {
        Self::parse(name.strip_suffix(".json")?)
    }

    /// The key of the file.
    pub(super) fn object_key(&self, provider: &str) -> String {
        format!("{provider}/{}", self.0)
    }

    fn record_key(&self, provider: &str) -> String {
        format!("{provider}/{}.json", self.0)
    }
}

/// The announced facts of a file, and since when it is an asset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) filename: String,
    pub(super) content_type: String,
    pub(super) size_bytes: u64,
    /// 64 hexadecimal digits, if the file passed through the sandbox.
    #[serde(default)]
    pub(super) sha256: Option<String>,
    /// RFC 3339; `None` until the file is stored and checked.
    pub(super) created_at: Option<String>,
}

impl Record {
    pub(super) async fn load(store: &Store, provider: &str, id: &FileId) -> Result<Option<Self>, Refusal> {
        load(store, provider, id).await
    }

    pub(super) async fn save(&self, store: &Store, provider: &str, id: &FileId) -> Result<(), Refusal> {
        save(self, store, provider, id).await
    }
}

/// Loads a [`Record`], or the larger record of a provider.
pub(super) async fn load<T: DeserializeOwned>(
    store: &Store,
    provider: &str,
    id: &FileId,
) -> Result<Option<T>, Refusal> {
    let bytes = store.read(&id.record_key(provider), 0, MAX_RECORD).await?;
    Ok(serde_json::from_slice(&bytes).ok())
}

/// Stores the record; replaces an earlier one.
pub(super) async fn save<T: Serialize>(record: &T, store: &Store, provider: &str, id: &FileId) -> Result<(), Refusal> {
    let json = serde_json::to_vec(record).map_err(s3s::S3Error::internal_error)?;
    let body = StreamingBlob::wrap(stream::iter([Ok::<_, std::io::Error>(Bytes::from(json))]));
    Ok(store.put(id.record_key(provider), Some("application/json".to_owned()), body).await?)
}

/// Deletes the record and the file; a file without a record is not accessible.
pub(super) async fn forget(store: &Store, provider: &str, id: &FileId) -> Result<(), Refusal> {
    store.delete(&id.record_key(provider)).await?;
    Ok(store.delete(&id.object_key(provider)).await?)
}

/// When processing that begins at this time ends, in milliseconds since 1970. One millisecond is added
/// because the start is truncated, so that processing never ends early.
pub(super) fn ready_at_millis(start: Timestamp, processing_millis: u32) -> i64 {
    start.as_millisecond() + i64::from(processing_millis) + i64::from(processing_millis > 0)
}

/// The time in the pages' format, in whole seconds.
pub(super) fn rfc3339(time: Timestamp) -> String {
    Timestamp::from_second(time.as_second()).unwrap_or(time).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_ids_become_keys() {
        let id = FileId::random();
        assert_eq!(FileId::parse(id.as_str()), Some(id));
        for text in [
            "",
            "file_",
            "file_../../../etc/passwd",
            "file_0123456789ABCDEF0123456789ABCDEF",
            "0123456789abcdef0123456789abcdef",
        ] {
            assert_eq!(FileId::parse(text), None, "{text}");
        }
    }

    #[test]
    fn processing_is_never_over_early() {
        let start = Timestamp::from_microsecond(1_900).unwrap();
        assert!(ready_at_millis(start, 300) * 1_000 >= 301_900);
        assert!(ready_at_millis(start, 0) * 1_000 <= 1_900, "none is over at once");
    }

    #[test]
    fn a_number_can_be_read_from_its_id() {
        for number in [1, 1000, u32::MAX] {
            let id = FileId::numbered(number);
            assert_eq!(FileId::of_record(&format!("{}.json", id.as_str())), Some(id.clone()));
            assert_eq!(id.number(), Some(number));
            assert_ne!(id, FileId::numbered(number));
        }
    }

    #[test]
    fn times_have_no_fraction() {
        let time = "2025-01-15T10:15:00.987Z".parse().expect("a time");
        assert_eq!(rfc3339(time), "2025-01-15T10:15:00Z");
    }
}
