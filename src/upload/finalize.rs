//! Finalize: compares the provider's metadata with the file and builds the result.

use super::effect::{Next, UploadResult, UploadedFile};
use super::event::Event;
use super::source::UploadSource;
use super::{Phase, State, Upload};
use crate::error::Error;
use crate::providers::ReportedMetadata;

impl Upload {
    /// The error for provider metadata that contradicts the file, as far as it can be compared now.
    pub(super) fn metadata_mismatch(&self, reported: &ReportedMetadata) -> Option<Error> {
        let State::Active(source, _) = &self.state else { return None };
        source.verify(reported, self.checksum.as_ref()).err()
    }

    /// Compares the provider's metadata with the file, and ends the upload.
    pub(super) fn finalize(&mut self) -> Next {
        let State::Active(source, Phase::Finalize(asset, raw)) = core::mem::replace(&mut self.state, State::Finished)
        else {
            return Next::Continue;
        };
        match source.verify(&asset.reported, self.checksum.as_ref()) {
            Err(error) => return self.finish(Err(error)),
            Ok(None) => {}
            Ok(Some(warning)) => self.events.push(Event::Warnings(vec![warning])),
        }
        let reference = asset.reference().unwrap_or_default();
        let request_fragment = self.provider.request_fragment(reference, source.kind().or(asset.kind), &self.options);
        let sent = match source {
            UploadSource::File(file) => Some(UploadedFile { file, checksum: self.checksum }),
            UploadSource::RemoteUrl { .. } => None,
        };
        self.finish(Ok(UploadResult { asset, raw, sent, request_fragment }))
    }
}
