//! Signs URLs with which a browser can PUT one object into storage, and with which it can be downloaded.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::Url;
use rusty_s3::actions::{DeleteObject, GetObject, HeadObject, PutObject, S3Action, UploadPart};
use rusty_s3::{Bucket, BucketError, Credentials, Method, UrlStyle, signing};

use crate::identity::SharedSecret;

/// A signer for one bucket.
#[derive(Clone)]
pub struct Presigner {
    bucket: Bucket,
    credentials: Credentials,
}

/// The header with the SHA-256 in base64.
pub const CHECKSUM: &str = "x-amz-checksum-sha256";
/// The header with the canned ACL.
pub const ACL: &str = "x-amz-acl";

/// The header with which a PUT does not replace an object; its value is `*`.
pub const ONCE: &str = "if-none-match";

/// One part of a multipart upload.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part<'a> {
    pub(crate) key: &'a str,
    pub(crate) upload_id: &'a str,
    pub(crate) number: u16,
    /// The number of bytes.
    pub(crate) size: u64,
    /// The SHA-256 in base64.
    pub(crate) checksum: &'a str,
}

/// What a PUT is signed for; each value is a header that the request must have.
#[derive(Clone, Copy, Debug)]
pub struct Payload<'a> {
    /// The MIME type.
    pub content_type: &'a str,
    /// The number of bytes.
    pub size: u64,
    /// Other headers, in lowercase: the SHA-256 that storage verifies, the ACL, the condition.
    pub headers: &'a [(&'static str, String)],
}

/// A URL that is its own credential, and when it expires.
pub struct Presigned {
    /// The URL.
    pub url: Url,
    /// In whole seconds, as in signatures.
    pub expires_at: Timestamp,
}

impl Presigner {
    /// Creates a signer for a bucket with path-style URLs: `endpoint/bucket/key`.
    pub fn new(endpoint: Url, region: String, bucket: String, credentials: Credentials) -> Result<Self, BucketError> {
        Ok(Self { bucket: Bucket::new(endpoint, UrlStyle::Path, bucket, region)?, credentials })
    }

    /// The URL of the bucket.
    #[must_use]
    pub fn url(&self) -> &str {
        self.bucket.base_url().as_str().trim_end_matches('/')
    }

    /// The host of all URLs.
    pub(crate) fn host(&self) -> Option<&str> {
        self.bucket.base_url().host_str()
    }

    /// The origin of all URLs.
    #[must_use]
    pub fn origin(&self) -> String {
        self.bucket.base_url().origin().ascii_serialization()
    }

    /// Signs a PUT of exactly this payload.
    #[must_use]
    pub fn put(&self, key: &str, payload: &Payload<'_>, now: Timestamp, lifetime: Duration) -> Presigned {
        let mut action = PutObject::new(&self.bucket, Some(&self.credentials), key);
        action.headers_mut().insert("content-length", payload.size.to_string());
        action.headers_mut().insert("content-type", payload.content_type.to_owned());
        for (name, value) in payload.headers {
            action.headers_mut().insert(*name, value.clone());
        }
        sign(&action, now, lifetime)
    }

    /// Signs GETs of an object, whole or in ranges.
    #[must_use]
    pub fn get(&self, key: &str, now: Timestamp, lifetime: Duration) -> Presigned {
        sign(&GetObject::new(&self.bucket, Some(&self.credentials), key), now, lifetime)
    }

    /// Signs a PUT of exactly this part.
    pub(crate) fn put_part(&self, part: &Part<'_>, now: Timestamp, lifetime: Duration) -> Presigned {
        let mut action = UploadPart::new(&self.bucket, Some(&self.credentials), part.key, part.number, part.upload_id);
        action.headers_mut().insert("content-length", part.size.to_string());
        action.headers_mut().insert(CHECKSUM, part.checksum);
        sign(&action, now, lifetime)
    }

    /// Signs a request for the metadata of an object.
    pub(crate) fn head(&self, key: &str, headers: &[(&str, &str)], now: Timestamp, lifetime: Duration) -> Presigned {
        let mut action = HeadObject::new(&self.bucket, Some(&self.credentials), key);
        for (name, value) in headers {
            action.headers_mut().insert(*name, *value);
        }
        sign(&action, now, lifetime)
    }

    /// Signs a request that rusty-s3 has no action for, or only one with another parser of XML. The queries and the
    /// headers are sorted by name; an empty key is the bucket.
    pub(crate) fn request(
        &self,
        method: Method,
        key: &str,
        query: &[(&str, &str)],
        headers: &[(&str, &str)],
        now: Timestamp,
        lifetime: Duration,
    ) -> Url {
        let (url, credentials) = (self.bucket.object_url(key), &self.credentials);
        let (query, headers) = (query.iter().copied(), headers.iter().copied());
        let (id, secret, token) = (credentials.key(), credentials.secret(), credentials.token());
        signing::sign(&now, method, url, id, secret, token, self.bucket.region(), lifetime.as_secs(), query, headers)
    }

    /// A secret for another purpose, which does not reveal the secret access key.
    pub(crate) fn derive_secret(&self, purpose: &[u8]) -> SharedSecret {
        SharedSecret::derive(self.credentials.secret(), purpose)
    }

    /// Signs the deletion of an object.
    pub(crate) fn delete(&self, key: &str, now: Timestamp, lifetime: Duration) -> Presigned {
        sign(&DeleteObject::new(&self.bucket, Some(&self.credentials), key), now, lifetime)
    }
}

/// Omits the credentials; rusty-s3 omits only the secret.
impl fmt::Debug for Presigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Presigner").field("bucket", &self.bucket).finish_non_exhaustive()
    }
}

fn sign<'a>(action: &impl S3Action<'a>, now: Timestamp, lifetime: Duration) -> Presigned {
    let now = Timestamp::from_second(now.as_second()).unwrap_or(now);
    let expires_at = now.checked_add(lifetime).unwrap_or(Timestamp::MAX);
    Presigned { url: action.sign_with_time(lifetime, &now), expires_at }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

    fn presigner() -> Presigner {
        let endpoint = "https://s3.example/base".parse().expect("a URL");
        let credentials = Credentials::new("AKIAIOSFODNN7EXAMPLE", SECRET);
        Presigner::new(endpoint, "eu-north-1".into(), "media".into(), credentials).expect("a bucket")
    }

    #[test]
    fn required_headers_are_signed_and_no_others() {
        let now = "2026-02-03T04:05:06.789Z".parse().expect("a time");
        let payload = |headers| Payload { content_type: "video/mp4", size: 7, headers };
        let checksum = [(CHECKSUM, "c2hh".to_owned())];
        let lifetime = Duration::from_mins(15);
        let cases = [
            (presigner().put("a/b.mp4", &payload(&[]), now, lifetime), "content-length;content-type;host"),
            (
                presigner().put("a/b.mp4", &payload(&checksum), now, lifetime),
                "content-length;content-type;host;x-amz-checksum-sha256",
            ),
            (presigner().get("a/b.mp4", now, lifetime), "host"),
        ];
        for (presigned, headers) in cases {
            assert_eq!(presigned.expires_at.to_string(), "2026-02-03T04:20:06Z");
            assert!(presigned.url.as_str().starts_with("https://s3.example/base/media/a/b.mp4?"), "{}", presigned.url);
            let mut query: BTreeMap<_, _> = presigned.url.query_pairs().into_owned().collect();
            assert_eq!(query.remove("X-Amz-Signature").map(|signature| signature.len()), Some(64));
            let wanted = [
                ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"),
                ("X-Amz-Credential", "AKIAIOSFODNN7EXAMPLE/20260203/eu-north-1/s3/aws4_request"),
                ("X-Amz-Date", "20260203T040506Z"),
                ("X-Amz-Expires", "900"),
                ("X-Amz-SignedHeaders", headers),
            ];
            let query: Vec<_> = query.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            assert_eq!(query, wanted);
        }
    }

    #[test]
    fn debug_output_has_no_credential() {
        let debug = format!("{:?}", presigner());
        assert!(debug.contains("media") && !debug.contains("AKIA") && !debug.contains(SECRET), "{debug}");
        assert_eq!(
            (presigner().url(), presigner().origin().as_str()),
            ("https://s3.example/base/media", "https://s3.example")
        );
    }
}
