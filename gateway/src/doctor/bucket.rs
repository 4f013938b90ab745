//! Uses the bucket as a page and a provider do: with presigned URLs.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use reqwest::{Client, Url};
use ring::digest::{SHA256, digest};
use uuid::Uuid;

use super::http::{Reply, send};
use super::{Finding, s3_error};
use crate::presign::{Payload, Presigner};
use crate::staging::FOLDER;

const CONTENT: &[u8] = b"mediaferry-gateway doctor\n";
const CONTENT_TYPE: &str = "image/png";
const LIFETIME: Duration = Duration::from_mins(1);

/// Headers that a ticket could sign besides those of the payload, against a page that publishes or replaces its object.
const ONCE: Header = ("if-none-match", "*");
/// S3 without ACLs accepts only the second one.
const ACLS: [Header; 2] = [("x-amz-acl", "private"), ("x-amz-acl", "bucket-owner-full-control")];

type Header = (&'static str, &'static str);

/// Puts, reads and deletes a small object. After a failure, the rest is not tried.
pub(super) async fn use_it(client: &Client, bucket: &Presigner) -> Vec<Finding> {
    let object = Object { client, bucket, key: format!("{FOLDER}/doctor-{}.png", Uuid::new_v4().simple()) };
    let mut findings = vec![expect(object.put(&[]).await, "bucket put", "an upload URL works")];
    if findings[0].is_failed() {
        return findings;
    }
    findings.push(object.get().await);
    findings.push(object.overwrite().await);
    for acl in ACLS {
        findings.push(object.acl(acl).await);
    }
    findings.push(object.delete().await);
    findings
}

/// The object of the tests.
struct Object<'a> {
    client: &'a Client,
    bucket: &'a Presigner,
    key: String,
}

impl Object<'_> {
    async fn put(&self, more: &[Header]) -> Result<Reply, String> {
        let checksum = BASE64_STANDARD.encode(digest(&SHA256, CONTENT));
        let payload = payload(&checksum);
        let url = self.bucket.put_with(&self.key, &payload, more, Timestamp::now(), LIFETIME).url;
        let headers = signed_headers(&url, &payload, more);
        send(self.client.put(url).headers(headers).body(CONTENT)).await
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
        match self.put(&[ONCE]).await {
            Ok(reply) if reply.status == StatusCode::PRECONDITION_FAILED => {
                Finding::ok(name, "a signed URL cannot replace an object")
            }
            Ok(reply) if reply.status.is_success() => {
                Finding::note(name, "the store ignores it, so an upload URL can replace its object until it expires")
            }
            reply => note(name, reply),
        }
    }

    async fn acl(&self, acl: Header) -> Finding {
        let name = format!("bucket {} {}", acl.0, acl.1);
        match self.put(&[acl]).await {
            Ok(reply) if reply.status.is_success() => Finding::ok(name, "a signed URL can require it"),
            reply => note(&name, reply),
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
fn payload(checksum: &str) -> Payload<'_> {
    Payload { content_type: CONTENT_TYPE, size: CONTENT.len() as u64, checksum: Some(checksum) }
}

/// The headers that a PUT with this URL must have, except those that the client sets itself.
fn signed_headers(url: &Url, payload: &Payload<'_>, more: &[Header]) -> HeaderMap {
    let of_payload =
        [("content-type", payload.content_type), ("x-amz-checksum-sha256", payload.checksum.unwrap_or_default())];
    let header = |name: String| {
        let mut known = of_payload.iter().chain(more).chain([&ONCE, &ACLS[0]]);
        let (name, value) = *known.find(|(known, _)| *known == name)?;
        Some((HeaderName::from_static(name), HeaderValue::try_from(value).ok()?))
    };
    signed_names(url).into_iter().filter_map(header).collect()
}

/// The names of the headers that are signed in a URL.
pub(super) fn signed_names(url: &Url) -> Vec<String> {
    let signed = url.query_pairs().find(|(name, _)| name == "X-Amz-SignedHeaders");
    signed.map(|(_, names)| names.split(';').map(str::to_owned).collect()).unwrap_or_default()
}

/// A URL for a PUT, as in a ticket.
pub(super) fn put_url(bucket: &Presigner) -> Url {
    let checksum = BASE64_STANDARD.encode(digest(&SHA256, CONTENT));
    bucket.put(&format!("{FOLDER}/doctor.png"), &payload(&checksum), Timestamp::now(), LIFETIME).url
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
