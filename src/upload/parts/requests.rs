//! The requests around the parts: create an upload, list what storage has of it, complete it.

use super::Parts;
use super::resume::SavedParts;
use crate::digest::Checksum;
use crate::error::Error;
use crate::file::AcceptedFile;
use crate::http::{Request, Response};
use crate::storage::Presign;
use crate::storage::multipart::{Completed, Multipart, differing_parts};
use crate::upload::effect::Next;
use crate::upload::{Phase, State, Upload};

/// A file of this size is sent in parts, unless the page chooses another size.
pub const MULTIPART_THRESHOLD: u64 = 64 << 20;
/// How often parts are sent again because storage has others than were sent.
const MOST_RESENT: u32 = 2;

impl Upload {
    /// The first phase of a file that is stored: in parts, if it is large and the storage accepts them.
    pub(in crate::upload) fn first_put(&self, presign: &'static dyn Presign) -> Phase {
        match presign.multipart() {
            Some(multipart) if multipart == Multipart::Page || self.candidate.size >= self.multipart_threshold => {
                Phase::Create(presign, multipart)
            }
            _ => Phase::Ticket(presign),
        }
    }

    /// The first phase of a file whose parts may be stored.
    pub(in crate::upload) fn resume_parts(
        &self,
        presign: &'static dyn Presign,
        saved: SavedParts,
    ) -> Result<Phase, Error> {
        let Some(multipart) = presign.multipart() else { return Ok(Phase::Ticket(presign)) };
        if saved.size() != self.candidate.size {
            return Err(Error::DifferentFile);
        }
        Ok(Phase::List(Box::new(saved.into_parts(presign, multipart))))
    }

    /// Reads the new upload. A gateway that knows none gets the file as a whole.
    pub(in crate::upload) fn on_create(
        &mut self,
        presign: &'static dyn Presign,
        multipart: Multipart,
        response: &Response,
    ) -> Result<Next, Error> {
        let size = self.candidate.size;
        let created = multipart.read_create(response, size)?;
        Ok(self.advance(|_| match created {
            None => Phase::Ticket(presign),
            Some(upload) => Phase::Parts(Box::new(Parts::new(presign, multipart, upload, size))),
        }))
    }

    /// Reads which parts storage has.
    pub(in crate::upload) fn on_list(&mut self, response: &Response) -> Result<Next, Error> {
        let State::Active(_, Phase::List(parts)) = &mut self.state else { return Ok(Next::Continue) };
        let listing = parts.multipart.read_list(response)?;
        if !parts.resume(&listing) {
            return Ok(self.restart(Error::DifferentFile));
        }
        Ok(self.advance(|phase| match phase {
            Phase::List(parts) => Phase::Parts(parts),
            other => other,
        }))
    }

    /// Reads where the completed file is, or sends the parts again that storage does not have.
    pub(in crate::upload) fn on_complete(&mut self, response: &Response) -> Result<Next, Error> {
        let State::Active(_, Phase::Complete(parts)) = &mut self.state else { return Ok(Next::Continue) };
        if let Some(numbers) = differing_parts(response).filter(|_| parts.resent < MOST_RESENT)
            && parts.resend(&numbers)
        {
            return Ok(self.advance(|phase| match phase {
                Phase::Complete(parts) => Phase::Parts(parts),
                other => other,
            }));
        }
        match parts.multipart.read_complete(response)? {
            Completed::Stored(stored) => Ok(self.advance(|_| Phase::Submit(Some(stored)))),
            Completed::Asset => self.on_submit(response),
        }
    }
}

/// The request of a phase before the parts are a file.
pub(in crate::upload) fn request(phase: &Phase, file: &AcceptedFile, checksum: Option<&Checksum>) -> Option<Request> {
    Some(match phase {
        Phase::Create(_, multipart) => multipart.create_request(file),
        Phase::List(parts) => parts.multipart.list_request(&parts.upload.token),
        Phase::Complete(parts) => {
            parts.multipart.complete_request(&parts.upload.token, file, &parts.manifest(), checksum)
        }
        _ => return None,
    })
}
