//! The outstanding effect: which inputs belong to it, and what is recorded when it begins.

use super::Upload;
use super::effect::{Effect, Failure, Input};
use super::event::{Event, Known};
use crate::http::Idempotency;

/// The effect that the shell performs. Reports of any other effect are ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outstanding {
    Start,
    Read,
    ProbeExtended,
    Hash,
    Lanes,
    Send,
    Sleep,
    WaitForResume,
}

impl Upload {
    /// Whether the input belongs to the outstanding effect. Hashing runs beside all effects except a pause.
    pub(super) fn expects(&self, input: &Input) -> bool {
        let waits_for = |outstanding| self.outstanding == outstanding;
        match input {
            Input::Start => waits_for(Outstanding::Start),
            Input::Read(_) => waits_for(Outstanding::Read),
            Input::ProbeComplete(_) => waits_for(Outstanding::ProbeExtended),
            Input::Response(_) | Input::UploadProgress(_) => waits_for(Outstanding::Send),
            Input::TimerFired => waits_for(Outstanding::Sleep),
            Input::Lane(..) => waits_for(Outstanding::Lanes),
            Input::PartHashed { .. } => false,
            Input::Failed(Failure::Unreadable) | Input::HashComplete(_) | Input::HashProgress(_) => {
                !waits_for(Outstanding::Start) && !waits_for(Outstanding::WaitForResume)
            }
            Input::Failed(_) => {
                waits_for(Outstanding::Send) || waits_for(Outstanding::Read) || waits_for(Outstanding::ProbeExtended)
            }
            Input::Pause | Input::Resume | Input::Cancel => true,
        }
    }

    /// Records the effect that the shell begins, and reports what a page must know if the core dies during it.
    pub(super) fn record(&mut self, effect: &Effect) {
        let mut known = Known { is_outcome_unknown: self.attempt.is_querying(), ..self.known.clone() };
        self.outstanding = match effect {
            Effect::Read { .. } => Outstanding::Read,
            Effect::ProbeExtended => Outstanding::ProbeExtended,
            Effect::Hash => {
                self.hash_started();
                Outstanding::Hash
            }
            Effect::Lanes | Effect::HashPart { .. } => {
                known.has_sent |= self.begins_part();
                Outstanding::Lanes
            }
            Effect::Sleep { .. } => Outstanding::Sleep,
            Effect::WaitForResume => Outstanding::WaitForResume,
            Effect::Send(request) => {
                let once = request.idempotency != Idempotency::Idempotent;
                if once {
                    self.attempt.sent(self.now);
                }
                if request.fresh_token {
                    self.retry.token_renewed();
                }
                if request.starts_hash {
                    self.hash_started();
                }
                self.has_sent_file |= request.carries_file();
                known.has_sent |= once || request.carries_file();
                known.is_outcome_unknown |= once;
                Outstanding::Send
            }
        };
        self.report_known(known);
    }

    /// Reports what a page must know if the core dies while lanes run.
    pub(super) fn record_lanes(&mut self) {
        let has_sent = self.known.has_sent || self.begins_part();
        self.report_known(Known { has_sent, ..self.known.clone() });
    }

    fn begins_part(&self) -> bool {
        self.lanes.iter().any(|begun| matches!(&begun.effect, Effect::Send(request) if request.carries_file()))
    }

    fn report_known(&mut self, mut known: Known) {
        known.continuation = self.continuation_from_here(known.is_outcome_unknown);
        if known != self.known {
            self.known = known.clone();
            self.events.push(Event::Known(known));
        }
    }
}
