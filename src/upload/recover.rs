//! Handles every failure: renews the ticket, retries after a wait, queries the outcome of a request, or gives up.

use super::attempt::Outcome;
use super::effect::{Next, WakeOn};
use super::event::Event;
use super::retry::Wait;
use super::{Phase, State, Upload};
use crate::error::{Error, ErrorCode};
use crate::http::{Idempotency, Response};
use crate::json::Malformed;
use crate::storage::multipart::is_gone;

impl Upload {
    /// Handles an error of the state's own request or read. `nothing_sent` is true if no byte of the request was sent.
    pub(super) fn recover(&mut self, error: Error, nothing_sent: bool) -> Next {
        match (&error, &self.state) {
            (_, State::Inspect(_) | State::RemoteUrl(_) | State::Finished) => return self.finish(Err(error)),
            (Error::TicketExpired(_), State::Active(_, Phase::Transfer(presign, ..))) if self.may_renew() => {
                return self.renew(*presign);
            }
            (_, State::Active(_, phase)) if phase.is_in_parts() && is_gone(&error) => {
                return self.restart(error);
            }
            (_, State::Active(..)) => {}
        }
        let Some(request) = self.request.clone() else { return self.finish(Err(error)) };
        if self.attempt.is_querying() {
            let wait = self.retry.wait_after(&error, &request, true, self.now);
            return self.query_again(error.code(), wait);
        }
        let is_lost = self.leaves_outcome_unknown(&error);
        if self.attempt.is_queryable(&request) {
            // While the browser reports offline, any response of the gateway shows that the network is back.
            if nothing_sent && error == Error::Offline {
                self.attempt.start_query(error, true, self.now);
                return self.next();
            }
            // A proxy may have responded in place of the gateway, which is asked at once.
            if is_lost && !nothing_sent && !error.is_connection_failure() {
                self.attempt.start_query(error, false, self.now);
                return self.next();
            }
            if is_lost && !nothing_sent {
                let wait = self.retry.wait_after(&error, &request, true, self.now);
                let code = error.code();
                self.attempt.start_query(error, false, self.now);
                return self.query_again(code, wait);
            }
        }
        self.outcome_unknown = is_lost && !nothing_sent;
        if request.idempotency != Idempotency::Idempotent && !self.outcome_unknown && error.refusal().is_some() {
            self.attempt.responded();
        }
        match self.retry.wait_after(&error, &request, nothing_sent, self.now) {
            Some(_) if self.exceeds_time_left(&error) => self.timed_out(),
            Some(wait) => self.wait_out(error.code(), wait),
            None => self.finish(Err(error)),
        }
    }

    /// Whether the request that failed with this error may have been carried out.
    fn leaves_outcome_unknown(&self, error: &Error) -> bool {
        let is_lost = self.request.as_ref().is_some_and(|request| request.idempotency.leaves_outcome_unknown(error));
        is_lost && self.wait.is_none() && !self.needs_hash()
    }

    /// The time left for the provider to process the asset.
    fn left(&self) -> Option<u64> {
        let State::Active(_, Phase::Process { deadline, .. }) = &self.state else { return None };
        Some(deadline.saturating_sub(self.now.awake))
    }

    /// Whether the server's `Retry-After` exceeds the time left: it is not requested again before then.
    fn exceeds_time_left(&self, error: &Error) -> bool {
        let requested = error.refusal().and_then(|refusal| refusal.retry_after_millis);
        requested.zip(self.left()).is_some_and(|(requested, left)| requested > left)
    }

    /// Waits, then sends the request of the state again.
    fn wait_out(&mut self, error: ErrorCode, mut wait: Wait) -> Next {
        match self.left() {
            Some(0) => return self.timed_out(),
            // The last status request is sent at the deadline.
            Some(left) => wait.millis = wait.millis.min(left),
            None => {}
        }
        self.wait = Some((wait.millis, wait.wake));
        self.events.push(Event::Retry {
            error,
            attempt: self.retry.failed(),
            delay_millis: wait.millis,
            remaining_millis: wait.remaining_millis,
        });
        self.next()
    }

    /// Queries the outcome again, or gives up and reports an unknown outcome.
    fn query_again(&mut self, error: ErrorCode, wait: Option<Wait>) -> Next {
        match wait {
            Some(wait) => self.wait_out(error, wait),
            None => self.outcome_stays_unknown(),
        }
    }

    /// Handles the response to an outcome query.
    pub(super) fn on_attempt_response(&mut self, response: &Response) -> Result<Next, Error> {
        match self.attempt.read(response)? {
            Outcome::Finished(response) => {
                self.attempt.end_query();
                // The inner response is complete, so a body that ends early is not a broken connection.
                let malformed = |error| if error == Error::Network { Malformed("body").into() } else { error };
                let result = self.on_phase_response(&response);
                match result.map_err(|error| malformed(error).with_status(response.status)) {
                    // A 5xx leaves the outcome as unknown as before.
                    Err(error) if self.leaves_outcome_unknown(&error) => Ok(self.end_with_unknown_outcome(error)),
                    result => result,
                }
            }
            Outcome::Running => {
                let millis = self.retry.before_poll(0);
                self.wait = Some((millis, WakeOn::Never));
                Ok(self.next())
            }
            Outcome::NeverSent => match self.attempt.end_query() {
                Some(error) if error != Error::Offline => Ok(self.recover(error, true)),
                _ => Ok(self.next()),
            },
            Outcome::Unknown => Ok(self.outcome_stays_unknown()),
        }
    }

    fn outcome_stays_unknown(&mut self) -> Next {
        let error = self.attempt.end_query().unwrap_or(Error::Network);
        self.end_with_unknown_outcome(error)
    }

    /// Ends the upload with an unknown outcome, or sends the request with a new id if the user forces it.
    pub(super) fn end_with_unknown_outcome(&mut self, error: Error) -> Next {
        if core::mem::take(&mut self.forces) {
            self.attempt.responded();
            return self.next();
        }
        if let State::Active(_, phase) = &self.state {
            self.stage = self.stage.max(Some(phase.stage()));
        }
        self.outcome_unknown = true;
        self.finish(Err(error))
    }
}
