//! Compares what a provider says it holds with what was sent.

use crate::digest::Checksum;
use crate::error::Error;
use crate::file::AcceptedFile;
use crate::providers::Claims;
use crate::text;

/// The first claim that differs from the file fails the upload, whatever its status says. A checksum that is still
/// being computed is compared with the next answer.
pub(super) fn check(claims: &Claims, file: &AcceptedFile, checksum: Option<&Checksum>) -> Result<(), Error> {
    if let (Some(claim), Some(checksum)) = (&claims.sha256, checksum)
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
    if let Some(claim) = &claims.content_type
        && !file.media().format.has_mime(text::until(&claim.value, b';').trim_ascii())
    {
        return Err(Error::Integrity { field: claim.field, sent: file.mime().to_owned(), held: claim.value.clone() });
    }
    Ok(())
}
