//! Storage that files are sent to: tickets that permit it, and what storage responds.

use crate::digest::Checksum;
use crate::error::Error;
use crate::file::AcceptedFile;
use crate::http::{Body, Field, Method, Request, Response, Target};
use crate::json::{Json, Malformed};
use multipart::Multipart;

pub mod multipart;
pub mod put_response;
pub mod staging;
mod staging_response;

/// Storage that issues tickets.
pub trait Presign: Sync + core::fmt::Debug {
    /// The request for a ticket. The checksum is passed if it is known by now.
    fn ticket_request(&self, file: &AcceptedFile, checksum: Option<&Checksum>) -> Request;

    /// Decodes the JSON of a successful response to [`Presign::ticket_request`], or returns the error of another
    /// response.
    fn decode_ticket<'r>(&self, response: &'r Response) -> Result<Json<'r>, Error>;

    /// Reads the ticket.
    fn read_ticket(&self, json: Json<'_>) -> Result<Ticket, Malformed>;

    /// Whether the checksum is always signed, so that it must be known before a ticket is requested.
    fn signs_checksum(&self) -> bool {
        false
    }

    /// Whether each ticket is for a new random key, so that an object with this key can only be the file itself.
    fn issues_new_keys(&self) -> bool {
        false
    }

    /// Who signs the parts of a large file; `None` if a file is always sent as a whole.
    fn multipart(&self) -> Option<Multipart> {
        None
    }
}

/// Permission to store one file. Its URL, headers and fields are credentials: they never appear in a log, error or
/// event.
#[derive(Clone, PartialEq, Eq)]
pub enum Ticket {
    /// A presigned PUT.
    Put(PutTicket),
    /// A form POST, as an S3 POST policy permits it.
    Form(FormTicket),
}

/// A presigned PUT.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct PutTicket {
    /// The presigned URL.
    pub url: String,
    /// Headers that were signed. A `Content-Type` among them replaces the detected one.
    pub headers: Vec<(String, String)>,
    /// When the URL expires, in milliseconds since 1970.
    pub expires_at_millis: Option<u64>,
    /// The provider's id for the file.
    pub id: String,
    /// Where the provider can fetch the file; a credential like `url`.
    pub fetch_url: Option<String>,
    /// The asset that the stored file is, as the response to a submit request; then nothing is submitted.
    pub asset: Option<String>,
}

/// A form POST that carries the file.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct FormTicket {
    /// Where the form is sent.
    pub url: String,
    /// Headers of the request.
    pub headers: Vec<(String, String)>,
    /// When the form expires, in milliseconds since 1970.
    pub expires_at_millis: Option<u64>,
    /// The name of the file's field.
    pub field: String,
    /// The fields before it.
    pub fields: Vec<Field>,
}

/// A file that storage has, as a submit request refers to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoredFile {
    /// The provider's id for it.
    pub id: String,
    /// Where the provider can fetch it; a credential.
    pub fetch_url: Option<String>,
    /// The response to the request that stored it.
    pub response: String,
}

impl Ticket {
    /// The request that sends the file: with the detected type, the signed headers and the file's own bytes.
    #[must_use]
    pub fn request(&self, file: &AcceptedFile) -> Request {
        match self {
            Self::Put(PutTicket { url, headers, .. }) => {
                let request = Request::new(Method::Put, Target::Presigned(url.clone())).body(Body::File);
                let is_signed = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
                let request = if is_signed { request } else { request.header("Content-Type", file.mime()) };
                headers.iter().fold(request, |request, (name, value)| request.header(name, value))
            }
            Self::Form(FormTicket { url, headers, field, fields, .. }) => {
                let mut fields = fields.clone();
                // S3 ignores fields after the file.
                fields.push(Field::File { name: field.clone(), file_name: file.name(), mime: file.mime() });
                let mut request = Request::new(Method::Post, Target::Presigned(url.clone())).body(Body::Form(fields));
                request.headers.clone_from(headers);
                // A second form could create a second asset.
                request.retry_only_after(&[])
            }
        }
    }

    /// Whether a PUT must not replace an object: `if-none-match: *` is signed.
    pub(crate) fn stores_once(&self) -> bool {
        let Self::Put(PutTicket { headers, .. }) = self else { return false };
        headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("if-none-match"))
    }

    /// When the ticket expires, in milliseconds since 1970.
    #[must_use]
    pub const fn expires_at_millis(&self) -> Option<u64> {
        match self {
            Self::Put(ticket) => ticket.expires_at_millis,
            Self::Form(ticket) => ticket.expires_at_millis,
        }
    }

    /// The asset that the file is once it is stored, as the response to a submit request.
    #[must_use]
    pub fn asset(&self) -> Option<&str> {
        match self {
            Self::Put(ticket) => ticket.asset.as_deref(),
            Self::Form(_) => None,
        }
    }

    /// The stored file, with storage's response.
    #[must_use]
    pub fn into_stored(self, response: String) -> StoredFile {
        match self {
            Self::Put(PutTicket { id, fetch_url, .. }) => StoredFile { id, fetch_url, response },
            Self::Form(_) => StoredFile { response, ..StoredFile::default() },
        }
    }
}

impl core::fmt::Debug for Ticket {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let name = match self {
            Self::Put(_) => "Put",
            Self::Form(_) => "Form",
        };
        f.debug_struct(name).field("expires_at_millis", &self.expires_at_millis()).finish_non_exhaustive()
    }
}
