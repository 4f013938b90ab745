//! Multipart uploads: storage accepts a file in parts, each with its own presigned PUT, and has the file once the upload is
//! completed. The gateway's requests are JSON; the callbacks of a page's own backend have the same fields and states.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html>

use super::{PutTicket, StoredFile, Ticket, staging};
use crate::digest::Checksum;
use crate::error::{Error, Refusal};
use crate::file::AcceptedFile;
use crate::http::{Body, Method, Request, Response, Target};
use crate::json::{self, Json, Malformed};
use crate::providers::custom;
use crate::text;

/// "Maximum number of parts per upload: 10,000"
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html>
const MAX_PARTS: u64 = 10_000;
/// A part is hashed in memory.
const MAX_PART_SIZE: u64 = 256 << 20;
/// A part size that the storage does not choose: at least this much …
const MIN_PART_SIZE: u64 = 8 << 20;
/// … and so much that there are at most this many parts.
const USUAL_PARTS: u64 = 9_000;
/// A part size that the storage does not choose is a multiple of this.
const MIB: u64 = 1 << 20;

/// Who creates, signs and completes multipart uploads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Multipart {
    /// The gateway, for a file that the provider with this id will fetch.
    Gateway(&'static str),
    /// The page's own backend.
    Page,
}

/// A multipart upload that was created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MultipartUpload {
    /// Identifies it.
    pub token: Token,
    /// The size of every part except the last, which is the rest.
    pub part_size: u64,
    /// When the token expires, in milliseconds since 1970.
    pub expires_at_millis: Option<u64>,
}

/// Identifies a multipart upload; a credential, so `Debug` omits it.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(pub String);

impl core::fmt::Debug for Token {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Token(…)")
    }
}

/// A part, as it is signed and completed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HashedPart {
    /// Its number; the first is 1.
    pub number: u64,
    /// Its size in bytes.
    pub bytes: u64,
    /// Its SHA-256.
    pub sha256: Checksum,
}

/// What storage has of an upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Listing {
    /// These parts.
    Open(Vec<ListedPart>),
    /// The whole file: the upload was completed.
    Completed,
    /// The page's backend cannot list parts.
    Unknown,
}

/// A part that storage has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListedPart {
    /// Its number.
    pub number: u64,
    /// Its size in bytes.
    pub bytes: u64,
    /// Its SHA-256, if storage keeps it.
    pub sha256: Option<Checksum>,
}

/// What a completed upload is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Completed {
    /// A file that a submit request refers to.
    Stored(StoredFile),
    /// An asset: the response is that to a submit request.
    Asset,
}

impl MultipartUpload {
    /// The number of parts of a file of this size.
    #[must_use]
    pub const fn parts(&self, size: u64) -> u64 {
        size.div_ceil(self.part_size)
    }

    /// Checks the part size for a file of this size.
    pub fn check(self, size: u64) -> Result<Self, Malformed> {
        let fits = (1..=MAX_PART_SIZE).contains(&self.part_size) && self.parts(size) <= MAX_PARTS;
        if fits { Ok(self) } else { Err(Malformed("part_size")) }
    }
}

impl Multipart {
    /// The request for an upload of this file.
    #[must_use]
    pub fn create_request(self, file: &AcceptedFile) -> Request {
        match self {
            Self::Gateway(provider) => gateway(
                "/uploads",
                &[
                    ("provider", json::string(provider)),
                    ("content_type", json::string(file.mime())),
                    ("size_bytes", file.size().to_string()),
                ],
            ),
            Self::Page => custom::callback_request("createParts", &custom::about(file, None)),
        }
    }

    /// Reads the response for a file of this size; `None` from a gateway that does not know multipart uploads.
    pub fn read_create(self, response: &Response, size: u64) -> Result<Option<MultipartUpload>, Error> {
        if self != Self::Page && matches!(response.status, 404 | 405) {
            return Ok(None);
        }
        let json = self.decode(response)?;
        let usual = size.div_ceil(USUAL_PARTS).div_ceil(MIB) * MIB;
        let part_size = json.field("part_size").map(|_| json.u64("part_size")).unwrap_or(Ok(usual.max(MIN_PART_SIZE)));
        let (token, expires_at_millis) = (Token(json.text("token")?), json.time("expires_at"));
        Ok(Some(MultipartUpload { token, part_size: part_size?, expires_at_millis }.check(size)?))
    }

    /// The request that signs these parts.
    #[must_use]
    pub fn sign_request(self, token: &Token, parts: &[HashedPart]) -> Request {
        self.request("/uploads/sign", "signParts", &[("token", string(token)), ("parts", self.list(parts))])
    }

    /// Reads the signed PUT of each part, with the part's number.
    pub fn read_signed(self, response: &Response) -> Result<Vec<(u64, Ticket)>, Error> {
        let json = self.decode(response)?;
        let mut signed = Vec::new();
        for part in json.items("parts")? {
            let put = PutTicket {
                url: part.url("put_url")?,
                headers: part.pairs("headers")?,
                expires_at_millis: part.time("expires_at").or_else(|| json.time("expires_at")),
                ..PutTicket::default()
            };
            signed.push((part.u64("number")?, Ticket::Put(put)));
        }
        Ok(signed)
    }

    /// The request for the parts that storage has.
    #[must_use]
    pub fn list_request(self, token: &Token) -> Request {
        self.request("/uploads/list", "listParts", &[("token", string(token))])
    }

    /// Reads the parts that storage has.
    pub fn read_list(self, response: &Response) -> Result<Listing, Error> {
        let json = self.decode(response)?;
        match json.text("status")?.as_str() {
            "open" => {
                let mut parts = Vec::new();
                for part in json.items("parts")? {
                    let sha256 = part.text("sha256").ok().and_then(|hex| Checksum::from_hex(&hex));
                    parts.push(ListedPart { number: part.u64("number")?, bytes: part.u64("size_bytes")?, sha256 });
                }
                Ok(Listing::Open(parts))
            }
            "completed" => Ok(Listing::Completed),
            "unknown" => Ok(Listing::Unknown),
            _ => Err(Malformed("status").into()),
        }
    }

    /// The request that completes an upload with these parts.
    #[must_use]
    pub fn complete_request(
        self,
        token: &Token,
        file: &AcceptedFile,
        parts: &[HashedPart],
        checksum: Option<&Checksum>,
    ) -> Request {
        let mut fields = vec![("token", string(token))];
        match self {
            Self::Gateway(_) => {
                let digests: Vec<String> = parts.iter().map(|part| json::string(&part.sha256.hex())).collect();
                fields.push(("sha256", json::list(&digests)));
            }
            Self::Page => {
                fields.extend(custom::about(file, checksum));
                fields.push(("parts", self.list(parts)));
            }
        }
        self.request("/uploads/complete", "completeParts", &fields)
    }

    /// Reads the response: where the provider can fetch the file, or the asset of the page's backend.
    pub fn read_complete(self, response: &Response) -> Result<Completed, Error> {
        let json = self.decode(response)?;
        Ok(match self {
            Self::Gateway(_) => {
                Completed::Stored(StoredFile { fetch_url: Some(json.url("get_url")?), ..StoredFile::default() })
            }
            Self::Page => Completed::Asset,
        })
    }

    /// The request that removes an upload and its parts from storage.
    #[must_use]
    pub fn abort_request(self, token: &Token) -> Request {
        self.request("/uploads/abort", "abortParts", &[("token", string(token))])
    }

    fn request(self, path: &str, callback: &'static str, fields: &[(&str, String)]) -> Request {
        match self {
            Self::Gateway(_) => gateway(path, fields),
            Self::Page => custom::callback_request(callback, fields),
        }
    }

    /// The gateway knows the size of each part from the token.
    fn list(self, parts: &[HashedPart]) -> String {
        let part = |part: &HashedPart| {
            let mut fields = vec![("number", part.number.to_string()), ("sha256", json::string(&part.sha256.hex()))];
            if self == Self::Page {
                fields.push(("bytes", part.bytes.to_string()));
            }
            json::object(&fields)
        };
        json::list(&parts.iter().map(part).collect::<Vec<String>>())
    }

    fn decode(self, response: &Response) -> Result<Json<'_>, Error> {
        match self {
            Self::Gateway(_) => staging::decode(response),
            Self::Page => custom::callback_json(response),
        }
    }
}

fn string(token: &Token) -> String {
    json::string(&token.0)
}

fn gateway(path: &str, fields: &[(&str, String)]) -> Request {
    let path = text::concat(&[staging::PATH, path]);
    Request::new(Method::Post, Target::Gateway(path)).body(Body::Json(json::object(fields)))
}

/// The numbers of the parts that storage does not have as they were hashed, if that is why an upload was not completed.
#[must_use]
pub fn differing_parts(response: &Response) -> Option<Vec<u64>> {
    let error = Json::read(&response.body).ok()?.field("error").ok()?;
    let differs = response.status == 409 && error.text("code").ok()? == "parts_differ";
    let numbers = error.items("parts").ok()?.into_iter().map(Json::whole);
    numbers.collect::<Option<Vec<u64>>>().filter(|numbers| differs && !numbers.is_empty())
}

/// Whether the upload no longer exists, or its token is no longer accepted: then only a new upload can succeed.
#[must_use]
pub fn is_gone(refusal: &Refusal) -> bool {
    let code = refusal.provider_code.as_deref().unwrap_or_default();
    matches!(refusal.status, 404 | 410) || code == "invalid_token"
}
