//! Storage that discards what it gets: presigned PUT, form POST, S3 multipart and tus, from pages of any origin.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::header::{self, HeaderMap, HeaderName};
use hyper::http::response::Builder;
use hyper::{Method, Request, Response};

use crate::Reply;

/// What storage has received.
#[derive(Default)]
struct Received {
    /// Requests with a body, and their bytes.
    requests: u64,
    bytes: u64,
    preflights: u64,
    /// When the first byte of a body arrived, in microseconds since 1970.
    first_byte: u128,
    /// How much of each tus upload has arrived.
    offsets: HashMap<String, u64>,
}

/// One bucket.
#[derive(Default)]
pub(crate) struct Storage {
    received: Mutex<Received>,
}

impl Storage {
    pub(crate) async fn respond(self: Arc<Self>, request: Request<Incoming>) -> Reply {
        let (head, body) = request.into_parts();
        let reply = with_cors(&head.headers);
        let (path, query) = (head.uri.path(), head.uri.query().unwrap_or_default());
        match (head.method, path) {
            (Method::OPTIONS, _) => {
                self.update(|received| received.preflights += 1);
                finish(reply.status(204), "")
            }
            (Method::GET, "/clock") => finish(reply, now().to_string()),
            (Method::GET, "/received") => finish(reply, self.update(report)),
            (Method::DELETE, "/received") => {
                self.update(|received| *received = Received::default());
                finish(reply.status(204), "")
            }
            (Method::POST, "/tus") => {
                let id = self.update(|received| {
                    let id = format!("/tus/{}", received.offsets.len());
                    received.offsets.insert(id.clone(), 0);
                    id
                });
                finish(reply.status(201).header(header::LOCATION, id).header("tus-resumable", "1.0.0"), "")
            }
            (Method::PATCH, id) => {
                let id = id.to_owned();
                let bytes = self.discard(body).await;
                let offset = self.update(|received| {
                    let offset = received.offsets.entry(id).or_default();
                    *offset += bytes;
                    *offset
                });
                finish(reply.status(204).header("upload-offset", offset).header("tus-resumable", "1.0.0"), "")
            }
            (Method::POST, _) if query == "uploads" => finish(
                reply.header(header::CONTENT_TYPE, "application/xml"),
                "<InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult>",
            ),
            (Method::POST, path) if query.starts_with("uploadId=") => finish(
                reply.header(header::CONTENT_TYPE, "application/xml"),
                format!(
                    "<CompleteMultipartUploadResult><Location>{path}</Location><Key>{path}</Key><ETag>\"1\"</ETag>\
                     </CompleteMultipartUploadResult>"
                ),
            ),
            (Method::POST | Method::PUT, path) => {
                let answer = format!(r#"{{"url":"https://storage.example{path}"}}"#);
                self.discard(body).await;
                finish(reply.header(header::ETAG, "\"1\"").header(header::CONTENT_TYPE, "application/json"), answer)
            }
            _ => finish(reply.status(405), ""),
        }
    }

    /// Reads a body to its end, and returns its length.
    async fn discard(&self, mut body: Incoming) -> u64 {
        let mut bytes = 0;
        while let Some(Ok(frame)) = body.frame().await {
            let Some(data) = frame.data_ref() else { continue };
            if bytes == 0 {
                self.update(|received| {
                    received.requests += 1;
                    if received.first_byte == 0 {
                        received.first_byte = now();
                    }
                });
            }
            bytes += data.len() as u64;
        }
        self.update(|received| received.bytes += bytes);
        bytes
    }

    fn update<T>(&self, change: impl FnOnce(&mut Received) -> T) -> T {
        change(&mut self.received.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn report(received: &mut Received) -> String {
    let Received { requests, bytes, preflights, first_byte, .. } = received;
    format!(r#"{{"requests":{requests},"bytes":{bytes},"preflights":{preflights},"firstByte":{first_byte}}}"#)
}

/// Microseconds since 1970.
fn now() -> u128 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("a clock that is set").as_micros()
}

/// A response that a page of any origin may read. A browser may keep the response to a preflight.
fn with_cors(asked: &HeaderMap) -> Builder {
    let wanted = |name: HeaderName| asked.get(name).cloned().unwrap_or(header::HeaderValue::from_static("*"));
    Response::builder()
        .header(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")
        .header(header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, PUT, PATCH, DELETE")
        .header(header::ACCESS_CONTROL_ALLOW_HEADERS, wanted(header::ACCESS_CONTROL_REQUEST_HEADERS))
        .header(header::ACCESS_CONTROL_MAX_AGE, "3600")
        .header(header::ACCESS_CONTROL_EXPOSE_HEADERS, "ETag, Location, Tus-Resumable, Upload-Offset")
}

fn finish(reply: Builder, body: impl Into<Bytes>) -> Reply {
    reply.body(Full::new(body.into())).expect("a valid response")
}
