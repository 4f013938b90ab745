//! Transfer: sends the file to storage with the ticket.

use super::effect::Next;
use super::event::{Event, Stage};
use super::ticket::EXPIRY_MARGIN_MILLIS;
use super::{Phase, State, Upload};
use crate::error::Error;
use crate::http::{Request, Response};
use crate::storage::put_response;

impl Upload {
    /// Starts the progress. If the file was sent before, it is hashed again because it may have changed.
    pub(super) fn on_transfer_start(&mut self, request: &Request) {
        self.meter.on_transfer_start();
        if request.starts_hash {
            self.sent_checksum = self.checksum.take().or(self.sent_checksum);
        }
    }

    pub(super) fn on_upload_progress(&mut self, bytes: u64) -> Next {
        self.retry.sent(bytes, self.now);
        self.events.extend(self.meter.sent(bytes, self.now.awake).map(Event::Progress));
        // In a form POST, transfer and submit are one request: once all bytes are sent, the upload waits for the
        // response.
        if bytes >= self.candidate.size && matches!(self.state, State::Active(_, Phase::MultipartPost)) {
            self.enter(Stage::Submit);
        }
        Next::Continue
    }

    /// Ends a wait: with a new ticket if the present one has expired meanwhile.
    pub(super) fn on_timer(&mut self) -> Next {
        self.wait = None;
        match &self.state {
            State::Active(_, Phase::Transfer(presign, _, validity))
                if self.may_renew() && validity.ends_before(self.now.monotonic + EXPIRY_MARGIN_MILLIS) =>
            {
                self.renew(*presign)
            }
            _ => self.next(),
        }
    }

    /// Reads storage's response; the file is stored.
    pub(super) fn on_transfer(&mut self, response: &Response) -> Result<Next, Error> {
        let State::Active(_, Phase::Transfer(presign, ticket, validity)) = &self.state else {
            return Ok(Next::Continue);
        };
        // 412: an earlier attempt has arrived, although its response was lost. The upload's own, or the browser's: it may
        // repeat a PUT.
        if response.status != 412 || !presign.issues_new_keys() || !ticket.stores_once() {
            put_response::read_put(response, ticket, *validity, self.now)?;
        }
        if let Some(asset) = ticket.asset() {
            let response = Response { status: 200, body: asset.into(), ..Response::default() };
            return self.on_submit(&response);
        }
        let text = response.text();
        Ok(self.advance(|phase| match phase {
            Phase::Transfer(_, ticket, _) => Phase::Submit(Some(ticket.into_stored(text))),
            other => other,
        }))
    }
}
