//! Whether the bucket accepts uploads in parts: creates one, stores a part, lists it, and aborts the upload.

use jiff::Timestamp;
use reqwest::Client;
use uuid::Uuid;

use super::bucket::{CONTENT, LIFETIME, TYPE, checksum};
use super::http::send;
use super::{Finding, s3_error};
use crate::bucket::{Bucket, StorageError, Target};
use crate::config::StagingConfig;
use crate::presign::{CHECKSUM, Part, Presigner};
use crate::staging::FOLDER;

const NAME: &str = "bucket parts";
const GRANT: &str =
    "grant s3:PutObject, s3:ListMultipartUploadParts and s3:AbortMultipartUpload for staging/* to the key";

/// Uses an upload in parts as a page and the gateway do.
pub(super) async fn use_them(client: &Client, signer: &Presigner, staging: &StagingConfig) -> Finding {
    let bucket = Bucket::with_client(client.clone(), signer.clone());
    let key = format!("{FOLDER}/doctor-{}.png", Uuid::new_v4().simple());
    let upload_id = match bucket.create(&key, &staging.upload_headers(TYPE)).await {
        Ok(upload_id) => upload_id,
        Err(error) => return one_put("does not create them", &error),
    };
    let target = Target { key: &key, upload_id: &upload_id };
    let used = use_one(client, &bucket, target).await;
    match bucket.abort(target).await {
        Err(error) if !used.is_failed() => Finding::note(
            NAME,
            format!("the store does not abort them, so parts of failed uploads remain in it: {error}; {GRANT}"),
        ),
        _ => used,
    }
}

async fn use_one(client: &Client, bucket: &Bucket, target: Target<'_>) -> Finding {
    let Target { key, upload_id } = target;
    let checksum = checksum();
    let part = Part { key, upload_id, number: 1, size: CONTENT.len() as u64, checksum: &checksum };
    let url = bucket.signer.put_part(&part, Timestamp::now(), LIFETIME).url;
    match send(client.put(url).header(CHECKSUM, &checksum).body(CONTENT)).await {
        Ok(reply) if reply.status.is_success() => {}
        Ok(reply) => {
            let (reason, action) = s3_error::explain(&reply);
            return Finding::failed(NAME, format!("a part is rejected: {reason}"), action);
        }
        Err(reason) => return Finding::failed(NAME, reason, "check s3.endpoint and the network"),
    }
    match bucket.parts(target).await {
        Ok(parts) => match parts.as_slice() {
            [part] if part.size != CONTENT.len() as u64 => {
                Finding::failed(NAME, "the stored part has another size", "use another store")
            }
            [part] if part.sha256.as_ref() == Some(&checksum) => {
                Finding::ok(NAME, "uploads in parts work, and the store keeps the SHA-256 of each part")
            }
            [_] => Finding::ok(NAME, "uploads in parts work; the store does not keep the SHA-256 of a part"),
            _ => Finding::failed(NAME, "the store does not list the part that it has stored", "use another store"),
        },
        Err(error) => one_put("does not list their parts", &error),
    }
}

/// The gateway then tells pages to use one PUT.
fn one_put(what: &str, error: &StorageError) -> Finding {
    Finding::note(NAME, format!("large files are sent in one PUT, because the store {what}: {error}; {GRANT}"))
}
