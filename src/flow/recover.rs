//! The one door for failures: renew the ticket, repeat after a wait, ask what became of a request, or give up.

use super::attempt::Outcome;
use super::effect::{Event, Next, Wake};
use super::retry::Wait;
use super::{Leg, MAX_RENEWALS, State, Upload};
use crate::error::{Error, ErrorCode};
use crate::http::{Repeat, Response};
use crate::json::Malformed;
use crate::providers::Presign;

impl Upload {
    /// What to do about an error of the state's own request or read. `nothing_sent` says that no byte of the request has
    /// left for where it was meant.
    pub(super) fn recover(&mut self, error: Error, nothing_sent: bool) -> Next {
        match (&error, &self.state) {
            (_, State::Inspect(_) | State::Address(_) | State::Over) => return self.finish(Err(error)),
            (Error::TicketExpired(_), State::Carry(_, Leg::Transfer(presign, ..))) if self.renewals < MAX_RENEWALS => {
                return self.renew(*presign);
            }
            (_, State::Carry(..)) => {}
        }
        let Some(request) = self.request() else { return self.finish(Err(error)) };
        if self.attempt.question().is_some() {
            let wait = self.retry.wait_after(&error, &request, true, self.now);
            return self.ask_again(error.code(), wait);
        }
        let is_lost = request.repeat.is_unclear_after(&error) && self.wait.is_none() && !self.needs_hash();
        if self.attempt.can_ask(&request) {
            // Without a line, any response of the gateway shows that there is one after all.
            if nothing_sent && error == Error::Offline {
                self.attempt.ask(error, true, self.now);
                return self.next();
            }
            if is_lost && !nothing_sent && error.is_of_the_line() {
                let wait = self.retry.wait_after(&error, &request, true, self.now);
                let code = error.code();
                self.attempt.ask(error, false, self.now);
                return self.ask_again(code, wait);
            }
        }
        self.unclear = is_lost && !nothing_sent;
        if request.repeat != Repeat::Safe && !self.unclear && error.refusal().is_some() {
            self.attempt.answered();
        }
        match self.retry.wait_after(&error, &request, nothing_sent, self.now) {
            Some(_) if self.asks_for_too_much(&error) => self.timed_out(),
            Some(wait) => self.wait_out(error.code(), wait),
            None => self.finish(Err(error)),
        }
    }

    /// How long the provider may still process the asset.
    fn left(&self) -> Option<u64> {
        let State::Carry(_, Leg::Process { deadline, .. }) = &self.state else { return None };
        Some(deadline.saturating_sub(self.now.awake))
    }

    /// Whether a server asks for more time than is left: it is not asked again before.
    fn asks_for_too_much(&self, error: &Error) -> bool {
        let asked = error.refusal().and_then(|refusal| refusal.retry_after_millis);
        asked.zip(self.left()).is_some_and(|(asked, left)| asked > left)
    }

    /// Waits, then sends the state's request again.
    fn wait_out(&mut self, error: ErrorCode, mut wait: Wait) -> Next {
        match self.left() {
            Some(0) => return self.timed_out(),
            // The last look at the asset is at the deadline.
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

    /// Asks what became of a request, or gives up and says that nobody knows.
    fn ask_again(&mut self, error: ErrorCode, wait: Option<Wait>) -> Next {
        match wait {
            Some(wait) => self.wait_out(error, wait),
            None => self.never_known(),
        }
    }

    /// Takes the response to the question what became of a request.
    pub(super) fn told(&mut self, response: &Response) -> Result<Next, Error> {
        match self.attempt.read(response)? {
            // With a failure, it is as unknown as before.
            Outcome::Finished(response) if self.forces && response.status >= 500 => Ok(self.never_known()),
            Outcome::Finished(response) => {
                self.attempt.end_question();
                // It came whole, so what ends early is no broken connection.
                let malformed = |error| if error == Error::Network { Malformed("body").into() } else { error };
                self.answered(&response).map_err(|error| malformed(error).with_status(response.status))
            }
            Outcome::Running => {
                let millis = self.retry.before_poll(0);
                self.wait = Some((millis, Wake::Never));
                Ok(self.next())
            }
            Outcome::NeverSent => match self.attempt.end_question() {
                Some(error) if error != Error::Offline => Ok(self.recover(error, true)),
                _ => Ok(self.next()),
            },
            Outcome::Unknown => Ok(self.never_known()),
        }
    }

    fn never_known(&mut self) -> Next {
        let error = self.attempt.end_question().unwrap_or(Error::Network);
        self.nobody_knows(error)
    }

    /// Ends the upload, for its last request may have arrived; or sends it as another one, if that is what the user wants.
    pub(super) fn nobody_knows(&mut self, error: Error) -> Next {
        if core::mem::take(&mut self.forces) {
            self.attempt.answered();
            return self.next();
        }
        self.unclear = true;
        self.finish(Err(error))
    }

    pub(super) fn renew(&mut self, presign: &'static dyn Presign) -> Next {
        self.renewals += 1;
        self.advance(|_| Leg::Ticket(presign))
    }
}
