//! One part: hashed, signed, sent, stored. A failure leads back, never further than to its signature.

use super::attempts::Attempts;
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
    /// The SHA-256 that storage has of it in hexadecimal digits, if it was stored earlier.
    pub(super) listed: Option<String>,
    pub(super) state: PartState,
    pub(super) attempts: Attempts,
    /// How often storage rejected its URL as expired.
    renewals: u32,
}

#[derive(Debug)]
pub(super) enum PartState {
    Unsigned,
    /// Its signature is requested.
    Signing,
    /// It has a presigned PUT.
    Signed(Box<(Ticket, Validity)>),
    /// This many bytes of it are sent.
    Sending(Box<(Ticket, Validity)>, u64),
    Stored,
}

impl Part {
    pub(super) const fn new(offset: u64, bytes: u64) -> Self {
        let (digest, listed, state) = (None, None, PartState::Unsigned);
        Self { offset, bytes, digest, listed, state, attempts: Attempts::new(), renewals: 0 }
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

    /// Starts to send it, if it can be sent. A URL that has expired meanwhile is dropped.
    pub(super) fn send(&mut self, now: Now) -> Option<Request> {
        if !matches!(self.state, PartState::Signed(_)) || self.attempts.waits_until > now.awake {
            return None;
        }
        let PartState::Signed(put) = core::mem::replace(&mut self.state, PartState::Unsigned) else { return None };
        let (Ticket::Put(PutTicket { url, headers, .. }), validity) = &*put else { return None };
        if validity.ends_before(now.monotonic) {
            return None;
        }
        let body = Body::Part { offset: self.offset, len: self.bytes };
        let mut request = Request::new(Method::Put, Target::Presigned(url.clone())).body(body);
        request.headers.clone_from(headers);
        self.state = PartState::Sending(put, 0);
        Some(request)
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
    pub(super) fn read(&mut self, response: &Response, now: Now) -> Result<(), Error> {
        let PartState::Sending(put, _) = &self.state else { return Ok(()) };
        match put_response::read_put(response, &put.0, put.1, now) {
            Ok(()) => {
                self.state = PartState::Stored;
                self.attempts = Attempts::new();
                self.renewals = 0;
            }
            Err(Error::TicketExpired(_)) if self.renewals < MAX_RENEWALS => {
                self.state = PartState::Unsigned;
                self.renewals += 1;
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }
}
