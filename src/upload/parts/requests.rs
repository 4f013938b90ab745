//! The requests around the parts: create an upload, list what storage has of it, complete it.

use super::transfer::Token;
use super::{Parts, SavedParts};
use crate::digest::Checksum;
use crate::error::Error;
use crate::file::AcceptedFile;
use crate::http::{Request, Response};
use crate::json::{self, Json, Malformed};
use crate::storage::multipart::{Multipart, Operation};
use crate::storage::{Presign, StoredFile};
use crate::upload::effect::Next;
use crate::upload::{Phase, Upload};

/// A file of this size is sent in parts, unless the page chooses another size.
pub const MULTIPART_THRESHOLD: u64 = 64 << 20;
/// How often parts are sent again because storage has others than were sent.
const MAX_RESENT: u32 = 2;

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
        &mut self,
        presign: &'static dyn Presign,
        saved: SavedParts,
    ) -> Result<Phase, Error> {
        let Some(multipart) = presign.multipart() else { return Ok(Phase::Ticket(presign)) };
        if saved.size() != self.candidate.size {
            return Err(Error::DifferentFile);
        }
        self.parts = Some(saved.into_parts((presign, multipart))?);
        Ok(Phase::List)
    }

    /// The request of a phase before the parts are a file.
    pub(in crate::upload) fn parts_request(
        &self,
        phase: &Phase,
        file: &AcceptedFile,
        checksum: Option<&Checksum>,
    ) -> Result<Request, Malformed> {
        if let Phase::Create(_, multipart) = phase {
            return Ok(multipart.request(Operation::Create, &multipart.describe(file, None)));
        }
        let parts = self.parts.as_ref().ok_or(Malformed("parts"))?;
        let mut fields = vec![parts.token()];
        let mut operation = Operation::List;
        if matches!(phase, Phase::Complete) {
            operation = Operation::Complete;
            let is_page = parts.multipart == Multipart::Page;
            if is_page {
                fields.extend(parts.multipart.describe(file, checksum));
            }
            fields.push((if is_page { "digests" } else { "sha256" }, json::list(&parts.digests())));
        }
        Ok(parts.multipart.request(operation, &fields))
    }

    /// Reads the new upload. A gateway that knows none gets the file as a whole.
    pub(in crate::upload) fn on_create(
        &mut self,
        presign: &'static dyn Presign,
        multipart: Multipart,
        response: &Response,
    ) -> Result<Next, Error> {
        if multipart != Multipart::Page && matches!(response.status, 404 | 405) {
            return Ok(self.enter_phase(Phase::Ticket(presign)));
        }
        let json = multipart.decode(response)?;
        let sizes = (self.candidate.size, json.u64("part_size")?);
        let token = Token(json.text("token")?);
        self.parts = Some(Parts::new((presign, multipart), token, sizes, json.time("expires_at"))?);
        Ok(self.enter_phase(Phase::Parts))
    }

    /// Reads which parts storage has.
    pub(in crate::upload) fn on_list(&mut self, response: &Response) -> Result<Next, Error> {
        let Some(parts) = &mut self.parts else { return Ok(Next::Continue) };
        parts.resume(parts.multipart.decode(response)?)?;
        Ok(self.enter_phase(Phase::Parts))
    }

    /// Reads where the completed file is, or sends the parts again that storage does not have.
    pub(in crate::upload) fn on_complete(&mut self, response: &Response) -> Result<Next, Error> {
        let Some(parts) = &mut self.parts else { return Ok(Next::Continue) };
        if let Some(numbers) = differing_parts(response)
            && parts.resent < MAX_RESENT
            && parts.resend(&numbers)
        {
            return Ok(self.enter_phase(Phase::Parts));
        }
        if parts.multipart == Multipart::Page {
            return self.on_submit(response);
        }
        let url = parts.multipart.decode(response)?.url("get_url")?;
        let stored = StoredFile { fetch_url: Some(url), ..StoredFile::default() };
        Ok(self.enter_phase(Phase::Submit(Some(stored))))
    }
}

/// The numbers of the parts that storage does not have as they were hashed, if that is why an upload was not completed.
fn differing_parts(response: &Response) -> Option<Vec<Json<'_>>> {
    let error = Json::read(&response.body).ok().filter(|_| response.status == 409)?.field("error").ok()?;
    error.text("code").ok().filter(|code| code == "parts_differ")?;
    error.items("parts").ok()
}
