//! A large file is sent in parts: create → parts → complete, beside the single PUT of `ticket` and `transfer`.
//!
//! While parts are sent, [`Effect::Lanes`] is outstanding. Parts are hashed in order in one lane, signed in batches in another,
//! and sent in a lane each. Inputs of the lanes change the state of the parts (`part.rs`), and `transfer.rs` decides what begins
//! next. So there is one outstanding effect per lane. Creating, listing and completing are single requests, in `requests.rs`.

use super::effect::{Effect, Failure, Input, Lane, Next};
use super::event::Event;
use super::{Phase, State, Upload};
use crate::error::Error;
use crate::http::{Method, Request, Response, Target};
use crate::storage::multipart::{Operation, is_gone};

mod attempts;
mod fingerprints;
mod part;
mod requests;
mod resume;
mod transfer;
mod window;

pub use requests::MULTIPART_THRESHOLD;
pub(super) use resume::SavedParts;
pub(super) use transfer::Parts;

/// How often an upload that storage no longer has is started again.
const MAX_RESTARTS: u32 = 1;

impl Upload {
    /// Begins or continues to send parts. Nothing runs.
    pub(super) fn begin_parts(&mut self) -> Next {
        self.lanes.clear();
        self.hash_started();
        if let Some(parts) = &mut self.parts {
            parts.interrupt();
            let sent = parts.sent();
            parts.window.measure(self.now.awake, sent);
            self.meter.on_parts_start(sent);
        }
        self.after_lane(Ok(()), Next::Perform(Effect::Lanes))
    }

    /// Handles what a lane reports.
    pub(super) fn on_lane(&mut self, lane: Lane, input: Input) -> Next {
        let Some(mut parts) = self.parts.take() else { return Next::Continue };
        let index = lane.0.checked_sub(Lane::PARTS).map(|index| index as usize);
        if let Input::UploadProgress(bytes) = input {
            if let Some(part) = index.and_then(|index| parts.list.get_mut(index)) {
                part.progressed(bytes);
            }
            self.report_sent(&parts);
            self.parts = Some(parts);
            return Next::Continue;
        }
        let result = self.lane_input(&mut parts, lane, index, input);
        self.report_sent(&parts);
        self.parts = Some(parts);
        let next = self.after_lane(result, Next::Continue);
        if matches!(next, Next::Continue) {
            self.record_lanes();
        }
        next
    }

    fn lane_input(&mut self, parts: &mut Parts, lane: Lane, index: Option<usize>, input: Input) -> Result<(), Error> {
        match input {
            Input::PartHashed { part, whole } => {
                parts.hashed(part)?;
                // After a restart the file is hashed again.
                if let Some(whole) = whole
                    && self.checksum.replace(whole).is_some_and(|before| before != whole)
                {
                    return Err(Error::UnreadableFile);
                }
                let hashed = self.meter.hashed(parts.hashed_bytes(), self.now.awake);
                self.events.extend(hashed.map(Event::Progress));
            }
            Input::TimerFired => parts.timer_fired(),
            Input::Failed(Failure::Unreadable) => return Err(Error::UnreadableFile),
            Input::Failed(failure) => return self.request_failed(parts, index, failure.into()),
            Input::Response(response) if index.is_some() || lane == Lane::SIGN => {
                self.retry.responded();
                let result = self.read_response(parts, index, &response);
                return result.or_else(|error| self.request_failed(parts, index, error.with_status(response.status)));
            }
            _ => {}
        }
        Ok(())
    }

    /// Reads the response of the lane of a part or, without an index, of the one that signs.
    fn read_response(&mut self, parts: &mut Parts, index: Option<usize>, response: &Response) -> Result<(), Error> {
        if let Some(index) = index {
            if let Some(part) = parts.list.get_mut(index) {
                part.read(response, self.now)?;
                if part.is_stored() {
                    parts.stored(index, self.now);
                }
            }
            return Ok(());
        }
        let json = parts.multipart.decode(response);
        if !matches!(json, Err(Error::Unauthenticated(_))) {
            self.retry.authenticated();
        }
        parts.signed(json?, self.now)?;
        if let Some(attempts) = parts.end_request(None) {
            attempts.failed = 0;
        }
        Ok(())
    }

    /// Waits before a lane's request is sent again; returns the error if it must not be, or if nothing has moved for the retry
    /// budget.
    fn request_failed(&mut self, parts: &mut Parts, index: Option<usize>, error: Error) -> Result<(), Error> {
        let now = self.now;
        let request = match index {
            Some(_) => Request::new(Method::Put, Target::Presigned(String::new())),
            None => parts.multipart.request(Operation::Sign, &[]),
        };
        let requested = error.refusal().and_then(|refusal| refusal.retry_after_millis).unwrap_or_default();
        let is_held = requested > 0 && now.awake + requested <= parts.holds_until();
        let Some(attempts) = parts.end_request(index) else { return Ok(()) };
        // Other lanes get the same request to wait; it counts once.
        let wait = if is_held { None } else { self.retry.wait_in_lane(&mut attempts.failed, &error, &request, now) };
        let attempt = attempts.failed;
        if index.is_some() {
            let sent = parts.sent();
            parts.window.failed(now.awake, sent);
        }
        let Some(wait) = wait else { return if is_held { Ok(()) } else { Err(error) } };
        parts.wait(index, wait, requested > 0, now);
        // While other parts move, the upload does not wait.
        if !parts.is_active() {
            self.events.push(Event::Retry {
                error: error.code(),
                attempt,
                delay_millis: wait.millis,
                remaining_millis: wait.remaining_millis,
            });
        }
        Ok(())
    }

    /// Begins what can begin and returns `next`; completes the upload once every part is stored.
    fn after_lane(&mut self, result: Result<(), Error>, next: Next) -> Next {
        if let Err(error) = result {
            return if is_gone(&error) { self.restart(error) } else { self.finish(Err(error)) };
        }
        let hashes_whole = self.hashes();
        let Some(parts) = &mut self.parts else { return next };
        if parts.is_complete() {
            return self.enter_phase(Phase::Complete);
        }
        parts.plan(self.now, hashes_whole, &mut self.lanes);
        for begun in &mut self.lanes {
            if let Effect::Send(request) = &mut begun.effect
                && request.target.is_gateway()
                && self.retry.wants_token()
            {
                request.fresh_token = true;
                self.retry.token_renewed();
            }
        }
        next
    }

    /// Reports how many bytes are stored or being sent.
    fn report_sent(&mut self, parts: &Parts) {
        let sent = parts.sent();
        self.retry.sent(sent, self.now);
        self.events.extend(self.meter.parts_sent(sent, self.now.awake).map(Event::Progress));
    }

    /// Sends the file again from its beginning, once, because storage no longer has the upload or its token has expired.
    pub(super) fn restart(&mut self, error: Error) -> Next {
        // Without a state that can be restarted, nothing was stored.
        let is_created = !matches!(self.state, State::Active(_, Phase::Create(..)));
        match self.parts.take().filter(|_| is_created && self.restarts < MAX_RESTARTS) {
            None => self.finish(Err(error)),
            Some(parts) => {
                self.restarts += 1;
                self.lanes.clear();
                self.meter.on_transfer_start();
                self.events.push(Event::Restarted);
                self.enter_phase(Phase::Create(parts.presign, parts.multipart))
            }
        }
    }
}

impl Phase {
    /// Whether the file is sent in parts that are not a file yet.
    pub(super) const fn is_in_parts(&self) -> bool {
        matches!(self, Self::Create(..) | Self::List | Self::Parts | Self::Complete)
    }
}
