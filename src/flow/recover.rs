//! The one door for failures: renew the ticket, repeat after a wait, or give up.

use super::effect::{Event, Next, Wake};
use super::{Leg, MAX_RENEWALS, State, Upload};
use crate::error::Error;
use crate::providers::Presign;

impl Upload {
    /// What to do about an error of the state's own request or read.
    pub(super) fn recover(&mut self, error: Error, now: u64) -> Next {
        match (&error, &self.state) {
            (_, State::Inspect(_) | State::Address(_) | State::Over) => return self.finish(Err(error)),
            (Error::TicketExpired { .. }, State::Carry(_, Leg::Transfer(presign, _)))
                if self.renewals < MAX_RENEWALS =>
            {
                return self.renew(*presign);
            }
            (_, State::Carry(..)) => {}
        }
        let Some(mut wait) = self.wait_after(&error, now) else { return self.finish(Err(error)) };
        if let State::Carry(_, Leg::Process { deadline, .. }) = &self.state {
            let left = deadline.saturating_sub(now);
            // The line may be back at any moment, so that wait is cut; another would end too late.
            if wait.1 == Wake::Online && left > 0 {
                wait.0 = wait.0.min(left);
            } else if wait.0 >= left {
                return self.timed_out();
            }
        }
        self.wait = Some(wait);
        let (attempt, delay_millis) = (self.retry.failed(), wait.0);
        self.events.push(Event::Retry { error: error.code(), attempt, delay_millis });
        self.next()
    }

    pub(super) fn renew(&mut self, presign: &'static dyn Presign) -> Next {
        self.renewals += 1;
        self.advance(|_| Leg::Ticket(presign))
    }

    /// The wait before what failed is tried again, or `None` where it must not or need not be.
    fn wait_after(&mut self, error: &Error, now: u64) -> Option<(u64, Wake)> {
        let State::Carry(cargo, leg) = &self.state else { return None };
        let request = self.request(cargo, leg)?;
        self.unclear = self.under_way().is_some() && request.repeat.is_unclear_after(error);
        self.retry.wait_after(error, &request, now)
    }
}
