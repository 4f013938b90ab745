//! The last stage: waiting for the asset, and comparing what the provider says of it with what was sent.

use super::cargo::Cargo;
use super::effect::{Delivery, Event, Next, Sent, Wake};
use super::{Leg, PROCESS_DEADLINE_MILLIS, State, Upload};
use crate::error::Error;
use crate::http::Response;
use crate::json::Malformed;
use crate::providers::{AssetState, Claims, Submission};

impl Upload {
    /// Takes the provider's answer to a submit or to the status request with this number.
    pub(super) fn submitted(&mut self, submission: Submission, response: &Response, polls: u32, deadline: u64) -> Next {
        let Submission { state, mut asset } = submission;
        if asset.id.is_some() {
            self.known.asset_id.clone_from(&asset.id);
        }
        match state {
            AssetState::Ready => {
                let raw = response.text();
                self.advance(|_| Leg::Deliver(asset, raw))
            }
            AssetState::Failed(provider_code) => {
                let failed = Error::ProcessingFailed { provider_code };
                self.finish(Err(self.contradiction(&asset.claims).unwrap_or(failed)))
            }
            AssetState::Pending => {
                // Not all of it may be there yet, so only a finished checksum is taken at its word.
                asset.claims.size = None;
                asset.claims.content_type = None;
                if let Some(error) = self.contradiction(&asset.claims) {
                    return self.finish(Err(error));
                }
                let left = deadline.saturating_sub(self.now.awake);
                if left == 0 {
                    return self.timed_out();
                }
                self.retry.reset();
                self.wait = Some((self.retry.before_poll(polls).min(left), Wake::Visible));
                if let State::Carry(_, leg) = &mut self.state {
                    *leg = Leg::Process { asset, polls, deadline };
                }
                self.next()
            }
        }
    }

    pub(super) fn timed_out(&mut self) -> Next {
        self.finish(Err(Error::TimedOut { after_millis: PROCESS_DEADLINE_MILLIS }))
    }

    /// What is wrong with what the provider says it holds, as far as that can be told by now.
    pub(super) fn contradiction(&self, claims: &Claims) -> Option<Error> {
        let State::Carry(cargo, _) = &self.state else { return None };
        cargo.verify(claims, self.checksum.as_ref()).err()
    }

    /// Compares what the provider says it holds with what was sent; only then is the upload done.
    pub(super) fn deliver(&mut self) -> Next {
        let State::Carry(cargo, Leg::Deliver(asset, raw)) = core::mem::replace(&mut self.state, State::Over) else {
            // A provider that says "pending" has no request to ask how far it is, or no id to ask about.
            return self.finish(Err(Malformed("status").into()));
        };
        match cargo.verify(&asset.claims, self.checksum.as_ref()) {
            Err(error) => return self.finish(Err(error)),
            Ok(None) => {}
            Ok(Some(warning)) => self.events.push(Event::Advice(vec![warning])),
        }
        let reference = asset.reference().unwrap_or_default();
        let request_fragment = self.provider.request_fragment(reference, cargo.kind().or(asset.kind), &self.options);
        let sent = match (cargo, self.checksum) {
            (Cargo::File(file), Some(checksum)) => Some(Sent { file, checksum }),
            _ => None,
        };
        self.finish(Ok(Delivery { asset, raw, sent, request_fragment }))
    }
}
