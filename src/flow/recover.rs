//! The one door for failures: renew the ticket, repeat after a wait, ask what became of a request, or give up.

use super::attempt::Outcome;
use super::effect::{Event, Next, Wake};
use super::retry::Wait;
use super::{Leg, MAX_RENEWALS, State, Upload};
use crate::error::Error;
use crate::http::{Repeat, Request, Response};
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
            return self.ask_again(&error, &request);
        }
        let is_lost = request.repeat.is_unclear_after(&error) && self.wait.is_none() && !self.needs_hash();
        if self.attempt.can_ask(&request) {
            // Without a line, any response of the gateway shows that there is one after all.
            if nothing_sent && error == Error::Offline {
                self.attempt.ask(error, true, self.now);
                return self.next();
            }
            if is_lost && !nothing_sent && error.is_of_the_line() {
                self.attempt.ask(error.clone(), false, self.now);
                return self.ask_again(&error, &request);
            }
        }
        self.unclear = is_lost && !nothing_sent;
        if request.repeat != Repeat::Safe && !self.unclear && error.refusal().is_some() {
            self.attempt.answered();
        }
        match self.retry.wait_after(&error, &request, nothing_sent, self.now) {
            Some(wait) => self.wait_out(&error, wait),
            None => self.finish(Err(error)),
        }
    }

    /// Waits, then sends the state's request again.
    fn wait_out(&mut self, error: &Error, mut wait: Wait) -> Next {
        if let State::Carry(_, Leg::Process { deadline, .. }) = &self.state {
            let left = deadline.saturating_sub(self.now.awake);
            if left == 0 {
                return self.timed_out();
            }
            // A server that asks for more time than is left is not asked again before.
            if error.refusal().and_then(|refusal| refusal.retry_after_millis).is_some_and(|asked| asked > left) {
                return self.timed_out();
            }
            // The last look at the asset is at the deadline.
            wait.millis = wait.millis.min(left);
        }
        self.wait = Some((wait.millis, wait.wake));
        self.events.push(Event::Retry {
            error: error.code(),
            attempt: self.retry.failed(),
            delay_millis: wait.millis,
            remaining_millis: wait.remaining_millis,
        });
        self.next()
    }

    /// Asks what became of a request, or gives up and says that nobody knows.
    fn ask_again(&mut self, error: &Error, question: &Request) -> Next {
        match self.retry.wait_after(error, question, true, self.now) {
            Some(wait) => self.wait_out(error, wait),
            None => self.never_known(),
        }
    }

    /// Takes the response to the question what became of a request.
    pub(super) fn told(&mut self, response: &Response) -> Result<Next, Error> {
        match self.attempt.read(response)? {
            Outcome::Finished(response) => {
                self.attempt.end_question();
                self.answered(&response).map_err(|error| error.with_status(response.status))
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
        self.unclear = true;
        let error = self.attempt.end_question().unwrap_or(Error::Network);
        self.finish(Err(error))
    }

    pub(super) fn renew(&mut self, presign: &'static dyn Presign) -> Next {
        self.renewals += 1;
        self.advance(|_| Leg::Ticket(presign))
    }
}
