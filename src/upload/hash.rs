//! Hash: computes the checksum of the file, beside the other stages until one of them needs it.

use super::effect::Next;
use super::event::Event;
use super::source::UploadSource;
use super::{Phase, State, Upload};
use crate::digest::Checksum;
use crate::error::Error;
use crate::http::Request;

/// Whether the file is hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hashing {
    /// Only if a request needs the checksum.
    Skipped,
    /// Beside the first request.
    Due,
    /// It has been hashed, or is being hashed.
    Started,
}

impl Upload {
    /// Whether the state needs the checksum to continue: it is signed, compared with storage's copy, or part of the
    /// result.
    pub(super) fn needs_hash(&self) -> bool {
        let State::Active(UploadSource::File(_), phase) = &self.state else { return false };
        self.checksum.is_none()
            && match phase {
                Phase::Ticket(presign) => presign.signs_checksum(),
                Phase::Submit(_) | Phase::Finalize(..) => self.hashes(),
                // In parts, the checksum is complete with the last part.
                Phase::MultipartPost
                | Phase::Transfer(..)
                | Phase::Create(..)
                | Phase::List
                | Phase::Parts
                | Phase::Complete
                | Phase::Process { .. } => false,
            }
    }

    /// Whether the file is hashed while this request runs: with the first request, and whenever the file is sent again,
    /// because it may have changed.
    pub(super) fn starts_hash(&self, request: &Request) -> bool {
        // Parts are hashed one by one.
        let is_file = matches!(&self.state, State::Active(UploadSource::File(_), phase) if !phase.is_in_parts());
        is_file
            && match self.hashing {
                Hashing::Skipped => false,
                Hashing::Due => true,
                Hashing::Started => self.has_sent_file && request.carries_file(),
            }
    }

    pub(super) fn hash_started(&mut self) {
        if self.hashing == Hashing::Due {
            self.hashing = Hashing::Started;
        }
    }

    pub(super) fn on_hash_progress(&mut self, bytes: u64) -> Next {
        self.events.extend(self.meter.hashed(bytes, self.now.awake).map(Event::Progress));
        Next::Continue
    }

    /// Compares the checksum with what is known of the file, and continues if the upload waits for it.
    pub(super) fn on_hash_complete(&mut self, checksum: Checksum) -> Next {
        let was_waiting = self.needs_hash();
        if self.sent_checksum.is_some_and(|sent| sent != checksum) {
            return self.recover(Error::UnreadableFile, false);
        }
        self.checksum = Some(checksum);
        if let State::Active(_, Phase::Process { asset, .. }) = &self.state
            && let Some(error) = self.metadata_mismatch(&asset.reported)
        {
            return self.finish(Err(error));
        }
        if was_waiting { self.next() } else { Next::Continue }
    }
}
