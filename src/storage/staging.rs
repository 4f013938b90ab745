//! Staging: our own bucket, for providers that fetch files from a URL.
//!
//! The gateway signs, and the file goes directly to storage. Objects are deleted after about a day.

use super::multipart::Multipart;
use super::staging_response::decode;
use super::{Presign, PutTicket, Ticket};
use crate::digest::Checksum;
use crate::error::Error;
use crate::file::AcceptedFile;
use crate::http::{Body, Method, Request, Response, Target};
use crate::json::{self, Json, Malformed};

pub use super::staging_response::PATH;

/// Tickets for our own bucket.
#[derive(Debug)]
pub struct Staging {
    /// The id of the provider that will fetch the file. The gateway's limits and hooks depend on it.
    pub provider: &'static str,
}

impl Presign for Staging {
    /// A known checksum is signed, so that storage verifies it.
    fn ticket_request(&self, file: &AcceptedFile, checksum: Option<&Checksum>) -> Request {
        let mut fields = vec![
            ("provider", json::string(self.provider)),
            ("content_type", json::string(file.mime())),
            ("size_bytes", file.size().to_string()),
        ];
        fields.extend(checksum.map(|checksum| ("sha256", json::string(&checksum.hex()))));
        Request::new(Method::Post, Target::Gateway(PATH.to_owned())).body(Body::Json(json::object(&fields)))
    }

    fn decode_ticket<'r>(&self, response: &'r Response) -> Result<Json<'r>, Error> {
        decode(response)
    }

    fn read_ticket(&self, json: Json<'_>) -> Result<Ticket, Malformed> {
        Ok(Ticket::Put(PutTicket {
            url: json.url("put_url")?,
            headers: json.pairs("headers")?,
            expires_at_millis: json.time("expires_at"),
            id: String::new(),
            fetch_url: Some(json.url("get_url")?),
            asset: None,
        }))
    }

    fn issues_new_keys(&self) -> bool {
        true
    }

    fn multipart(&self) -> Option<Multipart> {
        Some(Multipart::Gateway(self.provider))
    }
}
