//! Uses the bucket as a page and a provider do: with presigned URLs.

use std::time::Duration;

use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use reqwest::{Client, Url};
use ring::digest::{SHA256, digest};
use uuid::Uuid;

use super::http::{Reply, send};
use super::{Finding, s3_error};
use crate::config::StagingConfig;
use crate::presign::{Payload, Presigner};
use crate::staging::FOLDER;

pub(super) const CONTENT: &[u8] = b"mediaferry-gateway doctor\n";
pub(super) const TYPE: &str = "image/png";
pub(super) const LIFETIME: Duration = Duration::from_mins(1);

/// Puts, reads and deletes a small object. After a failure, the rest is not tried.
pub(super) async fn use_it(client: &Client, bucket: &Presigner, staging: &StagingConfig) -> Vec<Finding> {
    let object = Object { client, bucket, staging, key: format!("{FOLDER}/doctor-{}.png", Uuid::new_v4().simple()) };
    let mut findings = vec![expect(object.put(false).await, "bucket put", "an upload URL works")];
    if findings[0].is_failed() {
        return findings;
    }
    findings.push(object.get().await);
    findings.push(object.overwrite().await);
    findings.push(object.delete().await);
    findings
}

/// The object of the tests.
struct Object<'a> {
    client: &'a Client,
    bucket: &'a Presigner,
    staging: &'a StagingConfig,
    key: String,
}

impl Object<'_> {
    /// Puts the object as a page does, or only if it does not exist.
    async fn put(&self, once: bool) -> Result<Reply, String> {
        let staging = StagingConfig { if_none_match: once || self.staging.if_none_match, ..self.staging.clone() };
        let headers = signed_headers(&staging);
        let url = self.bucket.put(&self.key, &payload(&headers), Timestamp::now(), LIFETIME).url;
        let put = self.client.put(url).header(CONTENT_TYPE, TYPE).body(CONTENT);
        send(headers.iter().fold(put, |put, (name, value)| put.header(*name, value))).await
    }

    async fn get(&self) -> Finding {
        let url = self.bucket.get(&self.key, Timestamp::now(), LIFETIME).url;
        match send(self.client.get(url)).await {
            Ok(reply) if reply.status.is_success() && reply.body != CONTENT => Finding::failed(
                "bucket get",
                "the object has other content than was put",
                "check that s3.endpoint is the server that stores the objects",
            ),
            reply => expect(reply, "bucket get", "a download URL works"),
        }
    }

    async fn overwrite(&self) -> Finding {
        let name = "bucket if-none-match";
        let wanted = self.staging.if_none_match;
        match self.put(true).await {
            Ok(reply) if reply.status == StatusCode::PRECONDITION_FAILED && wanted => {
                Finding::ok(name, "an upload URL cannot replace its object")
            }
            Ok(reply) if reply.status == StatusCode::PRECONDITION_FAILED => Finding::note(
                name,
                "an upload URL can replace its object until it expires; the store can prevent it: set s3.if_none_match",
            ),
            Ok(reply) if reply.status.is_success() && wanted => Finding::failed(
                name,
                "the store ignores it, so an upload URL can replace its object until it expires",
                "remove s3.if_none_match, or use another store",
            ),
            Ok(reply) if reply.status.is_success() => {
                Finding::note(name, "the store ignores it, so an upload URL can replace its object until it expires")
            }
            reply => note(name, reply),
        }
    }

    async fn delete(&self) -> Finding {
        let url = self.bucket.delete(&self.key, Timestamp::now(), LIFETIME).url;
        match send(self.client.delete(url)).await {
            Ok(reply) if reply.status.is_success() => {
                Finding::ok("bucket delete", "the object of these tests is deleted")
            }
            // The gateway itself deletes nothing.
            reply => note("bucket delete", reply),
        }
    }
}

/// What tickets sign for the object.
fn payload<'a>(headers: &'a [(&'static str, String)]) -> Payload<'a> {
    Payload { content_type: TYPE, size: CONTENT.len() as u64, headers }
}

/// The headers that tickets sign, besides the type and the length.
fn signed_headers(staging: &StagingConfig) -> Vec<(&'static str, String)> {
    staging.signed_headers(Some(checksum()))
}

/// The SHA-256 of the content in base64.
pub(super) fn checksum() -> String {
    BASE64_STANDARD.encode(digest(&SHA256, CONTENT))
}

/// A URL for a PUT, as in a ticket, and the names of the headers that a page sets.
pub(super) fn put_url(bucket: &Presigner, staging: &StagingConfig) -> (Url, Vec<String>) {
    let headers = signed_headers(staging);
    let url = bucket.put(&format!("{FOLDER}/doctor.png"), &payload(&headers), Timestamp::now(), LIFETIME).url;
    let names = headers.iter().map(|(name, _)| *name).chain(["content-type"]).map(str::to_owned).collect();
    (url, names)
}

/// Success is expected.
fn expect(reply: Result<Reply, String>, name: &str, detail: &str) -> Finding {
    match reply {
        Ok(reply) if reply.status.is_success() => Finding::ok(name, detail),
        Ok(reply) => {
            let (reason, action) = s3_error::explain(&reply);
            Finding::failed(name, reason, action)
        }
        Err(reason) => Finding::failed(name, reason, "check s3.endpoint and the network"),
    }
}

/// Success would be better.
fn note(name: &str, reply: Result<Reply, String>) -> Finding {
    let reason = reply.map_or_else(|error| error, |reply| s3_error::explain(&reply).0);
    Finding::note(name, format!("the store rejects it: {reason}"))
}
