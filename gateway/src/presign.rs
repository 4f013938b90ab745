//! Signs the URLs with which a browser may put one object into storage.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::Url;
use rusty_s3::actions::{PutObject, S3Action};
use rusty_s3::{Bucket, BucketError, Credentials, UrlStyle};
use uuid::Uuid;

use crate::store::BUCKET;

/// The name is part of every signature; it means nothing to the embedded storage.
const REGION: &str = "us-east-1";

/// A signer for one bucket at one public address.
#[derive(Debug)]
pub(crate) struct Presigner {
    bucket: Bucket,
    credentials: Credentials,
}

/// A URL that is its own credential, and when it stops to be one.
pub(crate) struct PresignedPut {
    pub(crate) url: Url,
    pub(crate) expires_at: Timestamp,
}

impl Presigner {
    /// A signer for the storage at this address, with credentials that live as long as this process.
    pub(crate) fn new(storage: Url) -> Result<Self, BucketError> {
        let credentials = Credentials::new(Uuid::new_v4().simple().to_string(), Uuid::new_v4().simple().to_string());
        Ok(Self { bucket: Bucket::new(storage, UrlStyle::Path, BUCKET, REGION)?, credentials })
    }

    pub(crate) const fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// Allows one PUT of exactly so many bytes of this type.
    pub(crate) fn put(&self, key: &str, content_type: &str, size: u64, life: Duration) -> PresignedPut {
        let mut action = PutObject::new(&self.bucket, Some(&self.credentials), key);
        action.headers_mut().insert("content-length", size.to_string());
        action.headers_mut().insert("content-type", content_type.to_owned());
        let now = Timestamp::now();
        let expires_at = now.checked_add(life).unwrap_or(Timestamp::MAX);
        PresignedPut { url: action.sign_with_time(life, &now), expires_at }
    }
}
