//! Compares the metadata that a provider reports with what was sent.

use crate::digest::Checksum;
use crate::error::Error;
use crate::file::AcceptedFile;
use crate::http;
use crate::media::Format;
use crate::providers::ReportedMetadata;
use crate::rules::{Rule, Value, Violation};
use crate::text;

/// The first field that contradicts the file fails the upload, whatever its status is. A checksum that is still being
/// computed is compared with the next response.
///
/// A checksum and a size are facts about the bytes. A content type is not: a different one is only a warning if the
/// checksum agrees, or if it is a plausible name for the same bytes.
pub(super) fn check(
    reported: &ReportedMetadata,
    file: &AcceptedFile,
    checksum: Option<&Checksum>,
) -> Result<Option<Violation>, Error> {
    let proof = reported.sha256.as_ref().zip(checksum);
    if let Some((copy, checksum)) = proof
        && !copy.value.eq_ignore_ascii_case(&checksum.hex())
    {
        return Err(Error::Integrity { field: copy.field, expected: checksum.hex(), actual: copy.value.clone() });
    }
    if let Some(copy) = &reported.size
        && copy.value != file.size()
    {
        return Err(Error::Integrity {
            field: copy.field,
            expected: file.size().to_string(),
            actual: copy.value.to_string(),
        });
    }
    let Some(copy) = &reported.content_type else { return Ok(None) };
    let mime = text::before(&copy.value, b';').trim_ascii();
    let format = file.media().format;
    if format.has_mime(mime) {
        return Ok(None);
    }
    if proof.is_none() && reported.sha256.is_none() && !is_plausible(mime, format) {
        return Err(Error::Integrity {
            field: copy.field,
            expected: file.mime().to_owned(),
            actual: copy.value.clone(),
        });
    }
    Ok(Some(Violation {
        rule: Rule::ContentType,
        actual: Value::Raw(http::truncate(mime)),
        limit: Value::List(vec![file.mime()]),
    }))
}

/// Whether this is a type of the same container, or a generic type.
fn is_plausible(mime: &str, format: Format) -> bool {
    mime.to_ascii_lowercase().ends_with("octet-stream")
        || Format::ALL.iter().any(|other| other.container() == format.container() && other.has_mime(mime))
}
