//! Where an upload in parts continues, also in another page: the token, and fingerprints of the parts that are stored.

use super::Parts;
use super::fingerprints::Fingerprints;
use super::transfer::{Token, count_parts};
use crate::json::{self, Json, Malformed};
use crate::storage::Presign;
use crate::storage::multipart::Multipart;

/// What a continuation says of an upload in parts.
#[derive(Debug)]
pub(in crate::upload) struct SavedParts {
    token: Token,
    /// The sizes of the file and of a part.
    sizes: (u64, u64),
    expires_at: Option<u64>,
    fingerprints: Fingerprints,
}

impl SavedParts {
    /// Reads `{ token, size, partSize, expiresAt?, digests }`.
    pub(in crate::upload) fn read(note: Json<'_>) -> Result<Self, Malformed> {
        let sizes = (note.u64("size")?, note.u64("partSize")?);
        let fingerprints = Fingerprints::read(&note.text("digests")?, count_parts(sizes)?);
        Ok(Self {
            token: Token(note.text("token")?),
            sizes,
            expires_at: note.u64("expiresAt").ok(),
            fingerprints: fingerprints.ok_or(Malformed("digests"))?,
        })
    }

    /// The size of the file in bytes.
    pub(in crate::upload) const fn size(&self) -> u64 {
        self.sizes.0
    }

    /// The number of stored bytes, if the last part is not among them.
    pub(in crate::upload) fn stored(&self) -> u64 {
        self.sizes.0.min(self.fingerprints.count() as u64 * self.sizes.1)
    }

    /// The upload, with the parts that may be stored.
    pub(super) fn into_parts(self, storage: (&'static dyn Presign, Multipart)) -> Result<Box<Parts>, Malformed> {
        let mut parts = Parts::new(storage, self.token, self.sizes, self.expires_at)?;
        parts.fingerprints = self.fingerprints;
        Ok(parts)
    }
}

impl Parts {
    /// The continuation, see [`SavedParts::read`].
    pub(in crate::upload) fn continuation(&self) -> String {
        let size: u64 = self.list.iter().map(|part| part.bytes).sum();
        let mut fields = vec![
            ("phase", json::string("parts")),
            self.token(),
            ("size", size.to_string()),
            ("partSize", self.part_size.to_string()),
            ("digests", json::string(&self.fingerprints.to_text())),
        ];
        fields.extend(self.expires_at.map(|millis| ("expiresAt", millis.to_string())));
        json::object(&fields)
    }
}
