//! The gateway's own requests to the bucket, for multipart uploads. The bytes of files are never part of them.

mod error;
mod xml;

use std::time::Duration;

use axum::http::StatusCode;
use jiff::Timestamp;
use reqwest::{Client, RequestBuilder, Response, Url};
use rusty_s3::Method;

pub(crate) use error::{StorageError, UPLOAD_NOT_FOUND, error_code};
use xml::{Created, Listing, OpenUploads};

use crate::guard::is_loopback;
use crate::metrics::StorageTimer;
use crate::presign::{ONCE, Presigner};
use crate::upstream::{self, UpstreamError, causes};

/// How long a signature of a request that is sent at once is valid; clocks may differ.
const SIGNED: Duration = Duration::from_mins(5);
/// How long the storage may take for most requests.
const TIMEOUT: Duration = Duration::from_secs(30);
/// How long the storage may take to complete an upload: it may copy all of its parts.
const COMPLETE: Duration = Duration::from_mins(10);
/// The maximum length of a response that is read. A page of a listing has 1,000 entries.
const MAX_BODY: usize = 4 << 20;
/// The longest id of an upload; the ids of known stores have up to about 400 bytes.
const MAX_UPLOAD_ID: usize = 1024;
/// The pages of 1,000 parts that an upload may have, and one more.
const MAX_PAGES: usize = 11;
/// The header that asks for the checksum of an object.
const CHECKSUM_MODE: (&str, &str) = ("x-amz-checksum-mode", "ENABLED");

/// Sends requests to the bucket.
#[derive(Clone, Debug)]
pub(crate) struct Bucket {
    client: Client,
    pub(crate) signer: Presigner,
}

/// A multipart upload that was created.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Target<'a> {
    pub(crate) key: &'a str,
    pub(crate) upload_id: &'a str,
}

/// A part that is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoredPart {
    pub(crate) number: u16,
    pub(crate) size: u64,
    pub(crate) etag: String,
    /// The SHA-256 in base64, if the storage keeps it.
    pub(crate) sha256: Option<String>,
}

/// An object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Object {
    pub(crate) size: u64,
    /// The SHA-256 in base64, if the storage keeps it. That of an object of parts is the SHA-256 of the parts'
    /// SHA-256, a hyphen and the number of parts.
    pub(crate) sha256: Option<String>,
}

/// A multipart upload that is neither completed nor aborted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OpenUpload {
    pub(crate) key: String,
    pub(crate) upload_id: String,
    pub(crate) initiated: Timestamp,
}

impl Bucket {
    pub(crate) fn new(signer: Presigner) -> Result<Self, UpstreamError> {
        let client = if signer.host().is_some_and(is_loopback) { upstream::local() } else { upstream::remote() };
        Ok(Self::with_client(client?, signer))
    }

    pub(crate) const fn with_client(client: Client, signer: Presigner) -> Self {
        Self { client, signer }
    }

    /// Creates a multipart upload with these headers, sorted by name; returns its id.
    pub(crate) async fn create(&self, key: &str, headers: &[(&str, &str)]) -> Result<String, StorageError> {
        let _timer = StorageTimer::start("create");
        let url = self.sign(Method::Post, key, &[("uploads", "")], headers);
        let request =
            headers.iter().fold(self.client.post(url), |request, (name, value)| request.header(*name, *value));
        let created: Created = xml::read(&success(send(request, TIMEOUT).await?).await?)?;
        let id = created.upload_id;
        if id.is_empty() || id.len() > MAX_UPLOAD_ID { Err(StorageError::Malformed("an upload id")) } else { Ok(id) }
    }

    /// Lists the stored parts, ordered by number.
    pub(crate) async fn parts(&self, target: Target<'_>) -> Result<Vec<StoredPart>, StorageError> {
        let _timer = StorageTimer::start("list_parts");
        let (mut parts, mut marker) = (Vec::new(), 0);
        for _ in 0..MAX_PAGES {
            let text = marker.to_string();
            let first = [("uploadId", target.upload_id)];
            let next = [("part-number-marker", text.as_str()), ("uploadId", target.upload_id)];
            let query = if marker == 0 { &first[..] } else { &next };
            let url = self.sign(Method::Get, target.key, query, &[]);
            let page: Listing = xml::read(&success(send(self.client.get(url), TIMEOUT).await?).await?)?;
            let next = page.next();
            parts.extend(page.parts()?);
            match next {
                None => {
                    parts.sort_by_key(|part| part.number);
                    return Ok(parts);
                }
                Some(next) if next > marker => marker = next,
                Some(_) => break,
            }
        }
        Err(StorageError::Malformed("the end of a list of parts"))
    }

    /// Completes an upload of these parts, ordered by number; with `once`, only if there is no object with the key.
    pub(crate) async fn complete(
        &self,
        target: Target<'_>,
        parts: &[StoredPart],
        once: bool,
    ) -> Result<(), StorageError> {
        let _timer = StorageTimer::start("complete");
        let headers: &[(&str, &str)] = if once { &[(ONCE, "*")] } else { &[] };
        let url = self.sign(Method::Post, target.key, &[("uploadId", target.upload_id)], headers);
        let request = self.client.post(url).header("content-type", "application/xml").body(xml::completion(parts));
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let body = success(send(request, COMPLETE).await?).await?;
        // The storage may start a response with status 200 before it has completed the upload.
        if xml::is_completed(&body) { Ok(()) } else { Err(StorageError::in_body(&body)) }
    }

    /// Aborts an upload: its parts are deleted.
    pub(crate) async fn abort(&self, target: Target<'_>) -> Result<(), StorageError> {
        let _timer = StorageTimer::start("abort");
        let url = self.sign(Method::Delete, target.key, &[("uploadId", target.upload_id)], &[]);
        success(send(self.client.delete(url), TIMEOUT).await?).await.map(|_| ())
    }

    /// The object with this key, if it exists.
    pub(crate) async fn object(&self, key: &str) -> Result<Option<Object>, StorageError> {
        let _timer = StorageTimer::start("head");
        let url = self.signer.head(key, &[CHECKSUM_MODE], Timestamp::now(), SIGNED).url;
        let request = self.client.head(url).header(CHECKSUM_MODE.0, CHECKSUM_MODE.1);
        let response = send(request, TIMEOUT).await?;
        match response.status() {
            // Without the permission to list the bucket, S3 returns 403 for an object that does not exist.
            StatusCode::NOT_FOUND | StatusCode::FORBIDDEN => Ok(None),
            status if status.is_success() => {
                let text = |name: &str| response.headers().get(name)?.to_str().ok().map(str::to_owned);
                let size = text("content-length").and_then(|length| length.parse().ok());
                let size = size.ok_or(StorageError::Malformed("the size of an object"))?;
                Ok(Some(Object { size, sha256: text("x-amz-checksum-sha256") }))
            }
            _ => Err(StorageError::rejected(&response, &[])),
        }
    }

    /// Lists the multipart uploads whose keys start with the prefix.
    pub(crate) async fn uploads(&self, prefix: &str) -> Result<Vec<OpenUpload>, StorageError> {
        let (mut uploads, mut marker) = (Vec::new(), None::<(String, String)>);
        loop {
            let mut query = vec![("prefix", prefix), ("uploads", "")];
            if let Some((key, id)) = &marker {
                query.extend([("key-marker", key.as_str()), ("upload-id-marker", id.as_str())]);
                query.sort_unstable();
            }
            let url = self.sign(Method::Get, "", &query, &[]);
            let page: OpenUploads = xml::read(&success(send(self.client.get(url), TIMEOUT).await?).await?)?;
            let next = page.next();
            uploads.extend(page.uploads()?);
            match next {
                None => return Ok(uploads),
                Some(next) if marker.as_ref() != Some(&next) => marker = Some(next),
                Some(_) => return Err(StorageError::Malformed("the end of a list of uploads")),
            }
        }
    }

    fn sign(&self, method: Method, key: &str, query: &[(&str, &str)], headers: &[(&str, &str)]) -> Url {
        self.signer.request(method, key, query, headers, Timestamp::now(), SIGNED)
    }
}

async fn send(request: RequestBuilder, timeout: Duration) -> Result<Response, StorageError> {
    request.timeout(timeout).send().await.map_err(|error| StorageError::Unreachable(causes(error)))
}

/// The body of a successful response.
async fn success(mut response: Response) -> Result<Vec<u8>, StorageError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| StorageError::Unreachable(causes(error)))? {
        body.extend_from_slice(&chunk);
        if body.len() > MAX_BODY {
            return Err(StorageError::Malformed("a response of at most 4 MiB"));
        }
    }
    if response.status().is_success() { Ok(body) } else { Err(StorageError::rejected(&response, &body)) }
}
