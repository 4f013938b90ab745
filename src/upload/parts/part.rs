//! One part: hashed, signed, sent, stored. A failure leads back, never further than to its signature.

use crate::clock::Now;
use crate::digest::Checksum;
use crate::error::Error;
use crate::http::{Body, Method, Request, Response, Target};
use crate::storage::put_response::{self, Validity};
use crate::storage::{PutTicket, Ticket};
use crate::upload::MAX_RENEWALS;

/// A part of the file.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) offset: u64,
    pub(super) bytes: u64,
    /// Its SHA-256, once it is hashed.
    pub(super) digest: Option<Checksum>,
    /// The SHA-256 that storage has of it, if it was stored earlier.
    pub(super) listed: Option<Checksum>,
    pub(super) state: PartState,
    /// The number of failures since bytes of it were stored.
    pub(super) failed: u32,
    /// When it may be sent or signed again, in time awake.
    pub(super) waits_until: u64,
    /// How often storage rejected its URL as expired.
    renewals: u32,
}

#[derive(Debug)]
pub(super) enum PartState {
    Unsigned,
    /// Its signature is requested.
    Signing,
    Signed(Box<SignedPut>),
    /// This many bytes of it are sent.
    Sending(Box<SignedPut>, u64),
    Stored,
}

/// The presigned PUT of a part.
#[derive(Debug)]
pub(super) struct SignedPut {
    ticket: Ticket,
    validity: Validity,
}

impl SignedPut {
    fn request(&self, offset: u64, len: u64) -> Request {
        let Ticket::Put(PutTicket { url, headers, .. }) = &self.ticket else {
            return Request::new(Method::Put, Target::Presigned(String::new()));
        };
        let mut request = Request::new(Method::Put, Target::Presigned(url.clone())).body(Body::Part { offset, len });
        request.headers.clone_from(headers);
        request
    }
}

impl Part {
    pub(super) const fn new(offset: u64, bytes: u64) -> Self {
        let (digest, listed, state) = (None, None, PartState::Unsigned);
        Self { offset, bytes, digest, listed, state, failed: 0, waits_until: 0, renewals: 0 }
    }

    /// The number of bytes that are stored or being sent.
    pub(super) const fn sent(&self) -> u64 {
        match self.state {
            PartState::Stored => self.bytes,
            PartState::Sending(_, sent) => sent,
            _ => 0,
        }
    }

    pub(super) const fn is_stored(&self) -> bool {
        matches!(self.state, PartState::Stored)
    }

    pub(super) const fn is_sending(&self) -> bool {
        matches!(self.state, PartState::Sending(..))
    }

    /// Whether its signature can be requested.
    pub(super) const fn needs_signature(&self, awake: u64) -> bool {
        matches!(self.state, PartState::Unsigned) && self.digest.is_some() && self.waits_until <= awake
    }

    /// Whether it can be sent. A URL that has expired meanwhile is dropped.
    pub(super) fn is_ready(&mut self, now: Now) -> bool {
        let PartState::Signed(put) = &self.state else { return false };
        if put.validity.ends_before(now.monotonic) {
            self.state = PartState::Unsigned;
            return false;
        }
        self.waits_until <= now.awake
    }

    /// Records its signature.
    pub(super) fn signed(&mut self, ticket: Ticket, now: Now) {
        let validity = Validity::of(&ticket, now);
        self.state = PartState::Signed(Box::new(SignedPut { ticket, validity }));
    }

    /// Starts to send it, if it is signed.
    pub(super) fn send(&mut self) -> Option<Request> {
        match core::mem::replace(&mut self.state, PartState::Unsigned) {
            PartState::Signed(put) => {
                let request = put.request(self.offset, self.bytes);
                self.state = PartState::Sending(put, 0);
                Some(request)
            }
            other => {
                self.state = other;
                None
            }
        }
    }

    /// The request that is running, if it is being sent.
    pub(super) fn request(&self) -> Option<Request> {
        let PartState::Sending(put, _) = &self.state else { return None };
        Some(put.request(self.offset, self.bytes))
    }

    /// Records the number of bytes sent.
    pub(super) fn progressed(&mut self, bytes: u64) {
        if let PartState::Sending(_, sent) = &mut self.state {
            *sent = bytes.min(self.bytes);
        }
    }

    /// Returns it to the state before its request, which no longer runs.
    pub(super) fn interrupt(&mut self) {
        self.state = match core::mem::replace(&mut self.state, PartState::Unsigned) {
            PartState::Sending(put, _) => PartState::Signed(put),
            PartState::Signing => PartState::Unsigned,
            other => other,
        };
    }

    /// Reads storage's response. `Ok` means that it is stored, or that its URL has expired and is signed again.
    pub(super) fn responded(&mut self, response: &Response, now: Now) -> Result<(), Error> {
        let PartState::Sending(put, _) = &self.state else { return Ok(()) };
        match put_response::read_put(response, &put.ticket, put.validity, now) {
            Ok(()) => {
                self.state = PartState::Stored;
                self.failed = 0;
                self.renewals = 0;
                Ok(())
            }
            Err(Error::TicketExpired(_)) if self.renewals < MAX_RENEWALS => {
                self.renewals += 1;
                self.state = PartState::Unsigned;
                Ok(())
            }
            Err(error) => Err(error),
        }
    }
}
