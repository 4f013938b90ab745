//! Ticket: permission to store the file, such as a presigned URL.

use super::effect::Next;
use super::{Phase, Upload};
use crate::error::Error;
use crate::http::Response;
use crate::storage::Presign;
use crate::storage::put_response::Validity;

/// How often a ticket may be requested again in one upload.
pub const MAX_RENEWALS: u32 = 2;
/// A ticket that expires within this time is renewed before the transfer is repeated.
pub const EXPIRY_MARGIN_MILLIS: u64 = 10_000;

impl Upload {
    /// Reads the ticket and starts the transfer.
    pub(super) fn on_ticket(&mut self, presign: &'static dyn Presign, response: &Response) -> Result<Next, Error> {
        let ticket = presign.read_ticket(presign.decode_ticket(response)?)?;
        let validity = Validity::of(&ticket, self.now);
        Ok(self.advance(|_| Phase::Transfer(presign, ticket, validity)))
    }

    /// Requests another ticket because the present one has expired.
    pub(super) fn renew(&mut self, presign: &'static dyn Presign) -> Next {
        self.renewals += 1;
        self.advance(|_| Phase::Ticket(presign))
    }

    pub(super) const fn may_renew(&self) -> bool {
        self.renewals < MAX_RENEWALS
    }
}
