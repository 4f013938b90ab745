//! Multipart uploads: storage accepts a file in parts, each with its own presigned PUT, and has the file once the upload is
//! completed. A page's own backend has the same requests as the gateway: `js/custom-provider/` converts them for its callbacks.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html>

use super::staging_response;
use crate::digest::Checksum;
use crate::error::{Error, Refusal};
use crate::file::AcceptedFile;
use crate::http::{Body, Method, Request, Response, Target};
use crate::json::{self, Json};
use crate::providers::callbacks;
use crate::text;

/// "Maximum number of parts per upload: 10,000"
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html>
pub const MAX_PARTS: u64 = 10_000;
/// A part is hashed in memory.
pub const MAX_PART_SIZE: u64 = 256 << 20;

/// Who creates, signs and completes multipart uploads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Multipart {
    /// The gateway, for a file that the provider with this id will fetch.
    Gateway(&'static str),
    /// The page's own backend.
    Page,
}

/// What is requested for a multipart upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// `{ provider, content_type, size_bytes }` → `{ token, part_size, expires_at? }`. A page gets the file's `name`, `mime` and
    /// `bytes` instead.
    Create,
    /// `{ token, parts: [{ number, sha256 }] }` → `{ parts: [{ number, put_url, headers, expires_at? }], expires_at? }`
    Sign,
    /// `{ token }` → `{ status: "open", parts: [{ number, size_bytes, sha256? }] }`, `{ status: "completed" }`, or, from a page,
    /// `{ status: "unknown" }`
    List,
    /// `{ token, sha256: [] }` → `{ get_url }`. A page gets `{ token, digests: [] }` and the file, and returns the asset.
    Complete,
    /// `{ token }` → nothing
    Abort,
}

impl Multipart {
    /// The request for an operation, with these fields.
    #[must_use]
    pub fn request(self, operation: Operation, fields: &[(&str, String)]) -> Request {
        let (path, callback) = match operation {
            Operation::Create => ("/uploads", "createParts"),
            Operation::Sign => ("/uploads/sign", "signParts"),
            Operation::List => ("/uploads/list", "listParts"),
            Operation::Complete => ("/uploads/complete", "completeParts"),
            Operation::Abort => ("/uploads/abort", "abortParts"),
        };
        let target = match self {
            Self::Gateway(_) => Target::Gateway(text::concat(&[staging_response::PATH, path])),
            Self::Page => Target::Callback(callback),
        };
        Request::new(Method::Post, target).body(Body::Json(json::object(fields)))
    }

    /// The fields that describe the file: when an upload is created and, for a page, when it is completed.
    #[must_use]
    pub fn describe(self, file: &AcceptedFile, checksum: Option<&Checksum>) -> Vec<(&'static str, String)> {
        match self {
            Self::Gateway(provider) => vec![
                ("provider", json::string(provider)),
                ("content_type", json::string(file.mime())),
                ("size_bytes", file.size().to_string()),
            ],
            Self::Page => callbacks::about(file, checksum),
        }
    }

    /// The JSON of a successful response.
    pub fn decode(self, response: &Response) -> Result<Json<'_>, Error> {
        match self {
            Self::Gateway(_) => staging_response::decode(response),
            Self::Page => callbacks::callback_json(response),
        }
    }
}

/// Whether the upload no longer exists, or its token is no longer accepted: then only a new upload can succeed.
#[must_use]
pub fn is_gone(error: &Error) -> bool {
    let is_invalid = |refusal: &Refusal| refusal.provider_code.as_deref() == Some("invalid_token");
    error.refusal().is_some_and(|refusal| matches!(refusal.status, 404 | 410) || is_invalid(refusal))
}
