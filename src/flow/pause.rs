//! Pausing: the outstanding effect is dropped, and the state asks for it again when the user goes on.

use super::effect::{Effect, Event, Next};
use super::{Leg, State, Upload};
use crate::http::{Repeat, Request};

/// How far a wish to pause has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Pause {
    #[default]
    No,
    /// A request is under way that must not be sent twice, so its answer is waited for.
    Wanted,
    /// Since this moment, in time awake.
    Held(u64),
}

impl Upload {
    /// Stops here, or after the answer to a request that must not be sent twice. A transfer starts again from its
    /// first byte, for no storage takes up a PUT in its middle.
    pub(super) fn pause(&mut self) -> Next {
        if self.pause != Pause::No {
            return Next::Continue;
        }
        self.pause = Pause::Wanted;
        if self.under_way().is_some_and(|request| request.repeat != Repeat::Safe) {
            return Next::Continue;
        }
        self.hold()
    }

    /// Goes on: with a new ticket if the old one has ended meanwhile, and at once if a failure was being waited out. No
    /// deadline counts the time in between.
    pub(super) fn unpause(&mut self) -> Next {
        let Pause::Held(since) = core::mem::take(&mut self.pause) else { return Next::Continue };
        self.retry.reset();
        if let State::Carry(_, Leg::Process { deadline, .. }) = &mut self.state {
            *deadline += self.now.awake.saturating_sub(since);
        }
        self.awake()
    }

    /// Holds instead of going on, if that is wanted.
    pub(super) fn unless_paused(&mut self, next: Next) -> Next {
        match next {
            Next::Perform(_) if self.pause == Pause::Wanted => self.hold(),
            next => next,
        }
    }

    fn hold(&mut self) -> Next {
        self.pause = Pause::Held(self.now.awake);
        self.events.push(Event::Paused);
        Next::Perform(Effect::Hold)
    }

    /// The request that is being sent just now.
    pub(super) fn under_way(&self) -> Option<Request> {
        if self.wait.is_some() || self.needs_hash() { None } else { self.request() }
    }
}
