//! What the sandbox remembers of a file: a small JSON object in the store, beside the bytes.

use axum::body::Bytes;
use futures::stream;
use jiff::Timestamp;
use s3s::dto::StreamingBlob;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Refusal;
use crate::store::Store;

/// A record is a few hundred bytes; nothing longer is one.
const MAX_RECORD: u64 = 16 << 10;

/// A file's id at a played provider: `file_` and 32 hexadecimal digits nobody can guess.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FileId(String);

impl FileId {
    pub(super) fn random() -> Self {
        Self(format!("file_{}", Uuid::new_v4().simple()))
    }

    /// An id from a request; only what [`FileId::random`] could have made becomes a part of a key.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix("file_")?;
        let fit = digits.len() == 32 && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        fit.then(|| Self(text.to_owned()))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// The key of the bytes.
    pub(super) fn object_key(&self, provider: &str) -> String {
        format!("{provider}/{}", self.0)
    }

    fn record_key(&self, provider: &str) -> String {
        format!("{provider}/{}.json", self.0)
    }
}

/// What was announced, and since when it is an asset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) filename: String,
    pub(super) content_type: String,
    pub(super) size_bytes: u64,
    /// 64 hexadecimal digits, where the bytes passed through the sandbox.
    #[serde(default)]
    pub(super) sha256: Option<String>,
    /// RFC 3339; none until the bytes are there and were looked at.
    pub(super) created_at: Option<String>,
}

impl Record {
    pub(super) async fn load(store: &Store, provider: &str, id: &FileId) -> Result<Option<Self>, Refusal> {
        let bytes = store.read(&id.record_key(provider), 0, MAX_RECORD).await?;
        Ok(serde_json::from_slice(&bytes).ok())
    }

    pub(super) async fn save(&self, store: &Store, provider: &str, id: &FileId) -> Result<(), Refusal> {
        let json = serde_json::to_vec(self).map_err(s3s::S3Error::internal_error)?;
        let body = StreamingBlob::wrap(stream::iter([Ok::<_, std::io::Error>(Bytes::from(json))]));
        Ok(store.put(id.record_key(provider), Some("application/json".to_owned()), body).await?)
    }
}

/// The time as the pages write it, in whole seconds.
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
    fn times_have_no_fraction() {
        let time = "2025-01-15T10:15:00.987Z".parse().expect("a time");
        assert_eq!(rfc3339(time), "2025-01-15T10:15:00Z");
    }
}
