//! A large file is sent in parts: create → parts → complete, beside the single PUT of `ticket` and `transfer`.
//!
//! While parts are sent, [`Effect::Lanes`] is outstanding. Parts are hashed in order in one lane, signed in batches in another,
//! and sent in a lane each. Inputs of the lanes change the state of the parts (`part.rs`), and `transfer.rs` decides what begins
//! next. So there is one outstanding effect per lane. Creating, listing and completing are single requests, in `requests.rs`.

use super::effect::{Effect, Failure, Input, Lane, LaneEffect, Next};
use super::event::Event;
use super::{Phase, State, Upload};
use crate::digest::Checksum;
use crate::error::Error;
use crate::http::{Request, Response};
use crate::storage::multipart::is_gone;

mod fingerprints;
mod part;
mod requests;
mod resume;
mod transfer;
mod window;

pub use requests::MULTIPART_THRESHOLD;
pub(super) use requests::request;
pub(super) use resume::SavedParts;
pub(super) use transfer::Parts;

impl Upload {
    /// Begins or continues to send parts. Nothing runs.
    pub(super) fn begin_parts(&mut self) -> Next {
        self.lanes.clear();
        self.hash_started();
        let Some(parts) = self.parts_mut() else { return Next::Continue };
        parts.interrupt();
        let sent = parts.sent();
        self.meter.on_parts_start(sent);
        let awake = self.now.awake;
        if let Some(parts) = self.parts_mut() {
            parts.window.measure(awake, sent);
        }
        match self.plan() {
            Next::Continue => Next::Perform(Effect::Lanes),
            next => next,
        }
    }

    /// Handles what a lane reports.
    pub(super) fn on_lane(&mut self, lane: Lane, input: Input) -> Next {
        let result = match (lane, input) {
            (_, Input::Failed(Failure::Unreadable)) => Err(Error::UnreadableFile),
            (Lane::HASH, Input::PartHashed { part, whole }) => self.on_part_hashed(part, whole),
            (Lane::TIMER, Input::TimerFired) => {
                if let Some(parts) = self.parts_mut() {
                    parts.timer_fired();
                }
                Ok(())
            }
            (Lane::SIGN, Input::Response(response)) => self.on_signed(&response),
            (Lane::SIGN, Input::Failed(failure)) => self.signing_failed(failure.into()),
            (Lane(number), input) => {
                let index = number.checked_sub(Lane::PARTS).map(|index| index as usize);
                return index.map_or(Next::Continue, |index| self.on_part(index, input));
            }
        };
        self.after_lane(result)
    }

    fn after_lane(&mut self, result: Result<(), Error>) -> Next {
        match result {
            Ok(()) => {
                let next = self.plan();
                if matches!(next, Next::Continue) {
                    self.record_lanes();
                }
                next
            }
            Err(error) if error.refusal().is_some_and(is_gone) => self.restart(error),
            Err(error) => self.finish(Err(error)),
        }
    }

    fn parts_mut(&mut self) -> Option<&mut Parts> {
        match &mut self.state {
            State::Active(_, Phase::Parts(parts)) => Some(parts),
            _ => None,
        }
    }

    /// Begins what can begin; completes the upload once every part is stored.
    fn plan(&mut self) -> Next {
        let (now, hashes_whole) = (self.now, self.hashes());
        let Some(parts) = self.parts_mut() else { return Next::Continue };
        if parts.is_complete() {
            return self.advance(|phase| match phase {
                Phase::Parts(parts) => Phase::Complete(parts),
                other => other,
            });
        }
        let mut begun = parts.plan(now, hashes_whole);
        for LaneEffect { effect, .. } in &mut begun {
            if let Effect::Send(request) = effect
                && request.target.is_gateway()
                && self.retry.wants_token()
            {
                request.fresh_token = true;
                self.retry.token_renewed();
            }
        }
        self.lanes.extend(begun);
        Next::Continue
    }

    fn on_part_hashed(&mut self, part: Checksum, whole: Option<Checksum>) -> Result<(), Error> {
        let Some(parts) = self.parts_mut() else { return Ok(()) };
        parts.hashed(part)?;
        let bytes = parts.hashed_bytes();
        if let Some(whole) = whole {
            // After a restart the file is hashed again.
            if self.checksum.replace(whole).is_some_and(|before| before != whole) {
                return Err(Error::UnreadableFile);
            }
        }
        self.events.extend(self.meter.hashed(bytes, self.now.awake).map(Event::Progress));
        Ok(())
    }

    fn on_signed(&mut self, response: &Response) -> Result<(), Error> {
        let now = self.now;
        self.retry.responded();
        let Some(parts) = self.parts_mut() else { return Ok(()) };
        let result = parts.signed(response, now);
        if !matches!(result, Err(Error::Unauthenticated(_))) {
            self.retry.authenticated();
        }
        result.or_else(|error| self.signing_failed(error.with_status(response.status)))
    }

    fn signing_failed(&mut self, error: Error) -> Result<(), Error> {
        let Some(parts) = self.parts_mut() else { return Ok(()) };
        parts.unsign();
        let (request, mut failed) = (parts.signing_request(), parts.signing_failed);
        let result = self.wait_in_lane(error, &request, &mut failed, None);
        if let Some(parts) = self.parts_mut() {
            parts.signing_failed = failed;
        }
        result
    }

    /// Handles what the lane of a part reports.
    fn on_part(&mut self, index: usize, input: Input) -> Next {
        let now = self.now;
        let Some(parts) = self.parts_mut() else { return Next::Continue };
        let Some(part) = parts.parts.get_mut(index) else { return Next::Continue };
        if let Input::UploadProgress(bytes) = input {
            part.progressed(bytes);
            self.report_sent();
            return Next::Continue;
        }
        let Some(request) = part.request() else { return Next::Continue };
        let result = match input {
            Input::Failed(failure) => Err(failure.into()),
            Input::Response(response) => {
                let result = part.responded(&response, now);
                if part.is_stored() {
                    parts.stored(index, now);
                }
                self.retry.responded();
                result.map_err(|error| error.with_status(response.status))
            }
            _ => return Next::Continue,
        };
        self.report_sent();
        let result = result.or_else(|error| self.part_failed(index, error, &request));
        self.after_lane(result)
    }

    fn part_failed(&mut self, index: usize, error: Error, request: &Request) -> Result<(), Error> {
        let awake = self.now.awake;
        let Some(parts) = self.parts_mut() else { return Ok(()) };
        let Some(part) = parts.parts.get_mut(index) else { return Ok(()) };
        part.interrupt();
        let mut failed = part.failed;
        let sent = parts.sent();
        parts.window.failed(awake, sent);
        let result = self.wait_in_lane(error, request, &mut failed, Some(index));
        if let Some(part) = self.parts_mut().and_then(|parts| parts.parts.get_mut(index)) {
            part.failed = failed;
        }
        result
    }

    /// Waits before a lane's request is sent again; returns the error if it must not be, or if nothing has moved for the retry
    /// budget. `failed` counts the failures of this lane.
    fn wait_in_lane(
        &mut self,
        error: Error,
        request: &Request,
        failed: &mut u32,
        index: Option<usize>,
    ) -> Result<(), Error> {
        let now = self.now;
        let requested = error.refusal().and_then(|refusal| refusal.retry_after_millis).unwrap_or_default();
        let holds_until = self.parts_mut().map_or(0, |parts| parts.holds_until());
        // Other lanes get the same request to wait; it counts once.
        if requested > 0 && now.awake + requested <= holds_until {
            return Ok(());
        }
        let wait = self.retry.wait_in_lane(failed, &error, request, now);
        let Some(wait) = wait else { return Err(error) };
        let Some(parts) = self.parts_mut() else { return Ok(()) };
        parts.wait(index, wait, requested > 0, now);
        // While other parts move, the upload does not wait.
        if !parts.is_active() {
            self.events.push(Event::Retry {
                error: error.code(),
                attempt: *failed,
                delay_millis: wait.millis,
                remaining_millis: wait.remaining_millis,
            });
        }
        Ok(())
    }

    /// Reports how many bytes are stored or being sent.
    fn report_sent(&mut self) {
        let Some(parts) = self.parts_mut() else { return };
        let sent = parts.sent();
        self.retry.sent(sent, self.now);
        self.events.extend(self.meter.parts_sent(sent, self.now.awake).map(Event::Progress));
    }

    /// Sends the file again from its beginning, once, because storage no longer has the upload or its token has expired.
    pub(super) fn restart(&mut self, error: Error) -> Next {
        let State::Active(_, Phase::List(parts) | Phase::Parts(parts) | Phase::Complete(parts)) = &self.state else {
            return self.finish(Err(error));
        };
        if core::mem::replace(&mut self.has_restarted, true) {
            return self.finish(Err(error));
        }
        let (presign, multipart) = (parts.presign, parts.multipart);
        self.lanes.clear();
        self.meter.on_transfer_start();
        self.events.push(Event::Restarted);
        self.advance(|_| Phase::Create(presign, multipart))
    }
}

impl Phase {
    /// Whether the file is sent in parts, and the phase is before they are a file.
    pub(super) const fn is_in_parts(&self) -> bool {
        matches!(self, Self::Create(..) | Self::List(_) | Self::Parts(_) | Self::Complete(_))
    }
}
