//! The bucket of the embedded storage: its name, region, and access key.

use mediaferry_gateway::presign::Presigner;
use reqwest::Url;
use rusty_s3::{BucketError, Credentials};
use uuid::Uuid;

/// The one bucket.
pub(crate) const BUCKET: &str = "mediaferry";
/// Part of every signature; the embedded storage ignores it.
const REGION: &str = "us-east-1";

/// The bucket of the embedded storage.
#[derive(Clone, Debug)]
pub(crate) struct Embedded {
    pub(crate) presigner: Presigner,
    pub(crate) access_key_id: String,
    pub(crate) secret_access_key: String,
}

impl Embedded {
    /// The storage at this URL. Without a key, it has a random one for the lifetime of this process.
    pub(crate) fn new(storage: Url, key: Option<(String, String)>) -> Result<Self, BucketError> {
        let random = || Uuid::new_v4().simple().to_string();
        let (access_key_id, secret_access_key) = key.unwrap_or_else(|| (random(), random()));
        let credentials = Credentials::new(&access_key_id, &secret_access_key);
        let presigner = Presigner::new(storage, REGION.to_owned(), BUCKET.to_owned(), credentials)?;
        Ok(Self { presigner, access_key_id, secret_access_key })
    }
}
