//! Pausing: the outstanding effect is dropped, and requested again when the user resumes.

use super::effect::{Effect, Next};
use super::event::Event;
use super::{Phase, State, Upload};
use crate::http::{Idempotency, Request};

/// The state of a pause.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Pause {
    #[default]
    No,
    /// A once-only request is running, so the pause starts after its response.
    Wanted,
    /// Paused since this time, in time awake.
    Held(u64),
}

impl Upload {
    /// Pauses now, or after the response to a once-only request. A transfer starts again from its first byte, because
    /// no storage resumes a PUT.
    pub(super) fn pause(&mut self) -> Next {
        if self.pause != Pause::No {
            return Next::Continue;
        }
        self.pause = Pause::Wanted;
        if self.under_way().is_some_and(|request| request.idempotency != Idempotency::Idempotent) {
            return Next::Continue;
        }
        self.hold()
    }

    /// Resumes: with a new ticket if the old one has expired, and at once if a retry was waiting. Deadlines do not
    /// count the time of the pause.
    pub(super) fn unpause(&mut self) -> Next {
        let Pause::Held(since) = core::mem::take(&mut self.pause) else { return Next::Continue };
        self.retry.reset();
        if let State::Active(_, Phase::Process { deadline, .. }) = &mut self.state {
            *deadline += self.now.awake.saturating_sub(since);
        }
        self.on_timer()
    }

    /// Returns `next`, or pauses first if a pause was requested.
    pub(super) fn unless_paused(&mut self, next: Next) -> Next {
        match next {
            Next::Perform(_) if self.pause == Pause::Wanted => self.hold(),
            next => next,
        }
    }

    fn hold(&mut self) -> Next {
        self.pause = Pause::Held(self.now.awake);
        self.events.push(Event::Paused);
        Next::Perform(Effect::WaitForResume)
    }

    /// The request of the present phase, if it is being sent.
    pub(super) fn under_way(&self) -> Option<&Request> {
        let is_sending = self.wait.is_none() && !self.needs_hash() && !self.attempt.is_querying();
        self.request.as_ref().filter(|_| is_sending)
    }
}
