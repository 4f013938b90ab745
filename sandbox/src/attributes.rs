//! The files in which s3s-fs keeps what it knows of an object: `.bucket-B.object-K.metadata.json` and
//! `….internal.json`, with the names in base64.

use std::fs;
use std::io;
use std::path::Path;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::embedded::BUCKET;

/// What is kept of an object that is made of parts.
#[derive(Clone, Debug)]
pub(crate) struct Attributes<'a> {
    pub(crate) content_type: Option<&'a str>,
    pub(crate) etag: &'a str,
    /// In base64, with a hyphen and the number of parts.
    pub(crate) sha256: Option<&'a str>,
}

/// Writes the files for an object.
pub(crate) fn write(root: &Path, key: &str, attributes: &Attributes<'_>) -> io::Result<()> {
    let Attributes { content_type, etag, sha256 } = attributes;
    let encode = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
    let write = |kind: &str, mut json: Value| {
        if let Some(fields) = json.as_object_mut() {
            fields.retain(|_, value| !value.is_null());
        }
        let name = format!(".bucket-{}.object-{}.{kind}.json", encode(BUCKET), encode(key));
        fs::write(root.join(name), json.to_string())
    };
    write("metadata", json!({ "content_type": content_type }))?;
    write("internal", json!({ "e_tag": etag, "checksum_sha256": sha256 }))
}

/// The key of the object that a file belongs to.
pub(crate) fn key_of(file: &str) -> Option<String> {
    let note = file.strip_suffix(".metadata.json").or_else(|| file.strip_suffix(".internal.json"))?;
    let (bucket, key) = note.strip_prefix(".bucket-")?.split_once(".object-")?;
    let decode = |text: &str| String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(text).ok()?).ok();
    if decode(bucket)? == BUCKET { decode(key) } else { None }
}
