//! `post-finish`: the outcome of an upload, and its form in the spool.

use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::request::unix_millis;

/// The outcome of an upload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finished {
    #[serde(skip)]
    id: String,
    #[serde(skip)]
    created_millis: u64,
    /// The opaque key of the user.
    pub subject: String,
    /// The id of the provider; not known for a file that was staged and never used.
    pub provider: Option<String>,
    /// The asset, if it is known.
    pub asset: Option<FinishedAsset>,
    /// The SHA-256 of the file in hexadecimal digits, if known.
    pub sha256: Option<String>,
    /// What is known about the upload.
    pub outcome: Outcome,
}

/// The asset of a finished upload.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FinishedAsset {
    /// The provider's id.
    pub id: Option<String>,
    /// The URL.
    pub url: Option<String>,
}

/// How an upload ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// The asset is ready.
    Succeeded,
    /// There is no asset that can be used.
    Failed,
    /// The asset may exist.
    Unknown,
}

/// An event as it is stored and sent: the body is the same in each delivery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stored {
    pub(super) id: String,
    pub(super) created_millis: u64,
    pub(super) body: String,
}

impl Finished {
    /// A new event, with an id of its own.
    #[must_use]
    pub fn new(subject: String, provider: Option<String>, outcome: Outcome) -> Self {
        let id = format!("fin_{}", Uuid::new_v4().simple());
        Self { id, created_millis: unix_millis(), subject, provider, asset: None, sha256: None, outcome }
    }

    /// Replaces the id by one that is the same for the same outcome of the upload with this key, so that an app
    /// recognises an event that is created again after a crash.
    pub(crate) fn identify(&mut self, key: &str) {
        let digest = digest(&SHA256, format!("{:?} {key}", self.outcome).as_bytes());
        self.id = format!("fin_{}", hex::encode(&digest.as_ref()[..16]));
    }

    /// The `webhook-id` of each delivery.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn stored(&self) -> Stored {
        let millis = i64::try_from(self.created_millis).unwrap_or(i64::MAX);
        let timestamp = jiff::Timestamp::from_millisecond(millis).unwrap_or_default().to_string();
        let body = json!({ "type": "post-finish", "timestamp": timestamp, "data": self }).to_string();
        Stored { id: self.id.clone(), created_millis: self.created_millis, body }
    }
}
