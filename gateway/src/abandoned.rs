//! `mediaferry-gateway abort-uploads`: aborts uploads in parts that nobody continues. Their parts cost money, and no
//! listing of the bucket shows them.

use std::fmt;

use jiff::{SignedDuration, Timestamp};

use crate::bucket::{Bucket, StorageError, Target};
use crate::config::Config;
use crate::staging::{FOLDER, StagedName};
use crate::upstream::UpstreamError;

/// Why no upload was aborted.
#[derive(Debug, thiserror::Error)]
pub enum AbandonedError {
    /// There is no bucket.
    #[error("staging is not configured: set the s3 settings")]
    NotConfigured,
    /// The HTTP client could not be created.
    #[error(transparent)]
    Upstream(#[from] UpstreamError),
    /// The bucket cannot list its uploads.
    #[error("the bucket does not list its uploads: {0}; the key needs s3:ListBucketMultipartUploads")]
    List(String),
}

/// How many uploads were aborted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Aborted {
    /// Aborted uploads.
    pub aborted: usize,
    /// Uploads that could not be aborted.
    pub failed: usize,
    /// Why the last of them could not.
    pub reason: Option<String>,
    /// Uploads that are not old enough.
    pub younger: usize,
}

impl fmt::Display for Aborted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { aborted, failed, reason, younger } = self;
        write!(f, "{aborted} aborted, {younger} not old enough, {failed} failed")?;
        reason.iter().try_for_each(|reason| write!(f, ": {reason}; the key needs s3:AbortMultipartUpload"))
    }
}

/// Aborts the uploads of the gateway that began longer ago than this, by default those whose token has expired.
pub async fn abort(config: &Config, older_than: Option<SignedDuration>) -> Result<Aborted, AbandonedError> {
    let staging = &config.staging;
    let bucket = Bucket::new(staging.bucket.clone().ok_or(AbandonedError::NotConfigured)?)?;
    // The last part may have been signed right before the end.
    let expired = staging.upload_lifetime + staging.put_lifetime;
    let age = older_than.or_else(|| expired.try_into().ok()).unwrap_or(SignedDuration::MAX);
    let before = Timestamp::now().checked_sub(age).unwrap_or(Timestamp::MIN);
    let open = bucket.uploads(&format!("{FOLDER}/")).await;
    let open = open.map_err(|error| AbandonedError::List(error.to_string()))?;
    let mut result = Aborted::default();
    for upload in open.iter().filter(|upload| StagedName::in_key(&upload.key).is_some()) {
        if upload.initiated > before {
            result.younger += 1;
            continue;
        }
        match bucket.abort(Target { key: &upload.key, upload_id: &upload.upload_id }).await {
            // It was completed or aborted since it was listed.
            Ok(()) | Err(StorageError::NoSuchUpload) => result.aborted += 1,
            Err(error) => {
                result.failed += 1;
                result.reason = Some(error.to_string());
            }
        }
    }
    Ok(result)
}
