//! The bucket for staging.

use rusty_s3::Credentials;

use super::providers::parse_url;
use super::reader::Reader;
use crate::presign::Presigner;

const ENDPOINT: &str = "s3.endpoint";
const REGION: &str = "s3.region";
const BUCKET: &str = "s3.bucket";
const ACCESS_KEY_ID: &str = "s3.access_key_id";
const SECRET_ACCESS_KEY: &str = "s3.secret_access_key";

/// Creates a signer for the bucket; `None` if no setting of it is set.
pub(super) fn read(reader: &Reader<'_>) -> Option<Presigner> {
    reader.all_or_none(&[ENDPOINT, REGION, BUCKET, ACCESS_KEY_ID, SECRET_ACCESS_KEY]);
    let text = |key, fits: fn(&str) -> bool, expected: &str| {
        reader.parse(key, |text| if fits(text) { Ok(text.to_owned()) } else { Err(expected.to_owned()) })
    };
    let endpoint = reader.parse(ENDPOINT, parse_url);
    let region = text(REGION, is_segment, "the name of a region, such as eu-north-1 or auto");
    let bucket = text(BUCKET, is_segment, "the name of a bucket: letters, digits, dots, hyphens and underscores");
    let access_key_id = text(ACCESS_KEY_ID, is_key_id, "an access key id without spaces and slashes");
    let secret_access_key = text(SECRET_ACCESS_KEY, is_key, "a secret access key without spaces");
    let credentials = Credentials::new(access_key_id?, secret_access_key?);
    let presigner = Presigner::new(endpoint?, region?, bucket?, credentials);
    presigner.map_err(|_| reader.problem(ENDPOINT, "must be a URL to which a bucket can be added")).ok()
}

/// Parses a canned ACL that gives nobody else access; `None` for `none`.
pub(super) fn parse_acl(text: &str) -> Result<Option<String>, String> {
    match text {
        "none" => Ok(None),
        "private" | "bucket-owner-full-control" => Ok(Some(text.to_owned())),
        _ => Err("private, bucket-owner-full-control or none".to_owned()),
    }
}

/// Whether this can be a segment of a URL's path and of a signature's scope.
fn is_segment(name: &str) -> bool {
    let fit = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    name.bytes().all(fit) && name.starts_with(|first: char| first.is_ascii_alphanumeric())
}

fn is_key_id(id: &str) -> bool {
    is_key(id) && !id.contains('/')
}

fn is_key(key: &str) -> bool {
    key.bytes().all(|byte| byte.is_ascii_graphic())
}
