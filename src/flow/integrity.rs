//! Compares what a provider says it holds with what was sent.

use crate::digest::Checksum;
use crate::error::Error;
use crate::file::AcceptedFile;
use crate::http;
use crate::media::Format;
use crate::providers::Claims;
use crate::rules::{Rule, Value, Violation};
use crate::text;

/// The first claim that contradicts the file fails the upload, whatever its status says. A checksum that is still being
/// computed is compared with the next response.
///
/// A checksum and a size are facts about the bytes, a type is an opinion: one that differs is a warning where the checksum
/// agrees, or where another name for the same bytes is plausible.
pub(super) fn check(
    claims: &Claims,
    file: &AcceptedFile,
    checksum: Option<&Checksum>,
) -> Result<Option<Violation>, Error> {
    let proof = claims.sha256.as_ref().zip(checksum);
    if let Some((claim, checksum)) = proof
        && !claim.value.eq_ignore_ascii_case(&checksum.hex())
    {
        return Err(Error::Integrity { field: claim.field, sent: checksum.hex(), held: claim.value.clone() });
    }
    if let Some(claim) = &claims.size
        && claim.value != file.size()
    {
        return Err(Error::Integrity {
            field: claim.field,
            sent: file.size().to_string(),
            held: claim.value.to_string(),
        });
    }
    let Some(claim) = &claims.content_type else { return Ok(None) };
    let mime = text::until(&claim.value, b';').trim_ascii();
    let format = file.media().format;
    if format.has_mime(mime) {
        return Ok(None);
    }
    if proof.is_none() && claims.sha256.is_none() && !is_plausible(mime, format) {
        return Err(Error::Integrity { field: claim.field, sent: file.mime().to_owned(), held: claim.value.clone() });
    }
    Ok(Some(Violation {
        rule: Rule::ContentType,
        actual: Value::Said(http::shorten(mime)),
        limit: Value::List(vec![file.mime()]),
    }))
}

/// Whether this is a type of the same container, or of bytes that nobody looked at.
fn is_plausible(mime: &str, format: Format) -> bool {
    mime.to_ascii_lowercase().ends_with("octet-stream")
        || Format::ALL.iter().any(|other| other.container() == format.container() && other.has_mime(mime))
}
