//! Where an upload in parts continues, also in another page: the token, and fingerprints of the parts that are stored.

use super::Parts;
use super::fingerprints::Fingerprints;
use crate::json::{self, Json};
use crate::storage::Presign;
use crate::storage::multipart::{Multipart, MultipartUpload, Token};

/// What a continuation says of an upload in parts.
#[derive(Debug)]
pub(in crate::upload) struct SavedParts {
    upload: MultipartUpload,
    size: u64,
    fingerprints: Fingerprints,
}

impl SavedParts {
    /// Reads `{ token, size, partSize, expiresAt?, digests }`.
    pub(in crate::upload) fn read(note: Json<'_>) -> Option<Self> {
        let size = note.u64("size").ok()?;
        let upload = MultipartUpload {
            token: Token(note.text("token").ok()?),
            part_size: note.u64("partSize").ok()?,
            expires_at_millis: note.u64("expiresAt").ok(),
        };
        let upload = upload.check(size).ok()?;
        let parts = usize::try_from(upload.parts(size)).ok()?;
        Some(Self { fingerprints: Fingerprints::read(&note.text("digests").ok()?, parts)?, upload, size })
    }

    pub(in crate::upload) const fn size(&self) -> u64 {
        self.size
    }

    /// The number of stored bytes, if the last part is not among them.
    pub(in crate::upload) fn stored(&self) -> u64 {
        self.size.min(self.fingerprints.count() as u64 * self.upload.part_size)
    }

    /// The upload, with the parts that may be stored.
    pub(super) fn into_parts(self, presign: &'static dyn Presign, multipart: Multipart) -> Parts {
        let mut parts = Parts::new(presign, multipart, self.upload, self.size);
        parts.fingerprints = self.fingerprints;
        parts
    }
}

impl Parts {
    /// The fields of a continuation, see [`SavedParts::read`].
    pub(in crate::upload) fn continuation(&self) -> Vec<(&'static str, String)> {
        let mut fields = vec![
            ("phase", json::string("parts")),
            ("token", json::string(&self.upload.token.0)),
            ("size", self.parts.iter().map(|part| part.bytes).sum::<u64>().to_string()),
            ("partSize", self.upload.part_size.to_string()),
            ("digests", json::string(&self.fingerprints.to_text())),
        ];
        fields.extend(self.upload.expires_at_millis.map(|millis| ("expiresAt", millis.to_string())));
        fields
    }
}
