//! An asset of OneRouter: its stored record, and its JSON.

use jiff::Timestamp;
use mediaferry::media::{Format, Kind};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::super::record::{FileId, Record, ready_at_millis, rfc3339};
use super::super::{Sandbox, assets};
use super::ID;

/// The stored record of an asset.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Resource {
    #[serde(flatten)]
    file: Record,
    uri: String,
    /// `None` if the file was sent in a form.
    source_url: Option<String>,
    ready_at_millis: i64,
    /// The failure with which processing ends, if any.
    failure_code: Option<String>,
}

/// The three documented states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    Processing,
    Active,
    Failed,
}

impl Resource {
    /// An asset whose processing starts now; afterwards it is active, or has failed with this code.
    pub(super) fn new(file: Record, source_url: Option<String>, failure_code: Option<&str>, millis: u32) -> Self {
        let now = Timestamp::now();
        Self {
            file,
            uri: asset_uri(now),
            source_url,
            ready_at_millis: ready_at_millis(now, millis),
            failure_code: failure_code.map(str::to_owned),
        }
    }

    pub(super) fn phase(&self) -> Phase {
        if Timestamp::now().as_millisecond() < self.ready_at_millis {
            Phase::Processing
        } else if self.failure_code.is_none() {
            Phase::Active
        } else {
            Phase::Failed
        }
    }

    /// The JSON object. Unknown fields of a file that could not be fetched are left out.
    pub(super) fn data(&self, sandbox: &Sandbox, id: &FileId, phase: Phase) -> Data {
        let format = assets::format(&self.file.content_type);
        let created_at = self.file.created_at.clone().unwrap_or_default();
        let ready_at = Timestamp::from_millisecond(self.ready_at_millis).map_or_else(|_| created_at.clone(), rfc3339);
        let (status, upstream_status) = match phase {
            Phase::Processing => ("processing", "Processing"),
            Phase::Active => ("active", "Active"),
            Phase::Failed => ("failed", "Failed"),
        };
        let polled_at = if phase == Phase::Processing { created_at.clone() } else { ready_at.clone() };
        Data {
            id: id.number().unwrap_or_default(),
            upstream_asset_uri: self.uri.clone(),
            upstream_status,
            asset_type: format.map(|format| match format.kind() {
                Kind::Image => "Image",
                Kind::Video => "Video",
                Kind::Audio => "Audio",
            }),
            description: "",
            // The page shows no response for a form.
            upload_source: if self.source_url.is_some() { "remote_url" } else { "local_file" },
            source_url: self.source_url.clone().unwrap_or_default(),
            gcs_url: format.map(|format| assets::url(sandbox, ID, id, format.mime())),
            file_name: self.file.filename.clone(),
            content_type: format.map(Format::mime),
            file_ext: format.map(|format| format!(".{}", format.extension())),
            file_size_bytes: self.file.sha256.as_ref().map(|_| self.file.size_bytes),
            sha256_hash: self.file.sha256.clone(),
            status,
            failure_code: self.failure_code.clone().filter(|_| phase == Phase::Failed),
            last_polled_at: polled_at.clone(),
            active_at: (phase == Phase::Active).then_some(ready_at),
            created_at,
            updated_at: polled_at,
        }
    }
}

/// The JSON object, with the fields in the page's order.
#[derive(Debug, Serialize)]
pub(super) struct Data {
    id: u32,
    upstream_asset_uri: String,
    upstream_status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    asset_type: Option<&'static str>,
    description: &'static str,
    upload_source: &'static str,
    source_url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    gcs_url: Option<String>,
    file_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file_ext: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file_size_bytes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256_hash: Option<String>,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure_code: Option<String>,
    last_polled_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    active_at: Option<String>,
    created_at: String,
    updated_at: String,
}

/// `asset://asset-20260606170356-s9vrz`
fn asset_uri(now: Timestamp) -> String {
    let letters = Uuid::new_v4().into_bytes().map(|byte| char::from_digit(u32::from(byte) % 36, 36).unwrap_or('0'));
    format!("asset://asset-{}-{}", now.strftime("%Y%m%d%H%M%S"), letters.iter().take(5).collect::<String>())
}
