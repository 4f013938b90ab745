//! Our own bucket: a place to put a file for a provider that wants an address to fetch it from.
//!
//! The gateway signs; the bytes go straight to storage. What is stored there is forgotten after a day or so.

use crate::digest::Checksum;
use crate::error::Error;
use crate::file::AcceptedFile;
use crate::http::{Body, Method, Request, Response, Target};
use crate::json::{self, Json};
use crate::providers::{self, Presign, Ticket};
use crate::rules::{Rule, Value, Violation};

/// The gateway's path for tickets.
pub const PATH: &str = "/staging";

/// Tickets for our own bucket.
#[derive(Debug)]
pub struct Staging;

impl Presign for Staging {
    /// The checksum is signed, and so verified by storage, where it is known already.
    fn ticket(&self, file: &AcceptedFile, checksum: Option<&Checksum>) -> Request {
        let mut fields = vec![("content_type", json::string(file.mime())), ("size_bytes", file.size().to_string())];
        fields.extend(checksum.map(|checksum| ("sha256", json::string(&checksum.hex()))));
        Request::new(Method::Post, Target::Gateway(PATH.to_owned())).body(Body::Json(json::object(&fields)))
    }

    fn read_ticket(&self, response: &Response) -> Result<Ticket, Error> {
        let body = response.success(providers::refusal_words).map_err(|error| too_large(response).unwrap_or(error))?;
        let json = Json::read(body)?;
        let checksum = json.text("checksum").ok();
        Ok(Ticket {
            url: json.url("put_url")?,
            id: String::new(),
            headers: checksum.map(|base64| ("x-amz-checksum-sha256".to_owned(), base64)).into_iter().collect(),
            expires_at_millis: json.time("expires_at"),
            fetch_url: Some(json.url("get_url")?),
            form: None,
            answer: String::new(),
        })
    }
}

/// The gateway's cap, with its numbers.
fn too_large(response: &Response) -> Option<Error> {
    let error = Json::read(&response.body).ok()?.field("error").ok()?;
    let number = |name| Some(Value::from(error.u64(name).ok()?));
    let violation = Violation { rule: Rule::MaxBytes, actual: number("size")?, limit: number("limit")? };
    (response.status == 413).then(|| Error::Rejected(vec![violation]))
}
