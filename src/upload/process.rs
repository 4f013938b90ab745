//! Process: a pending asset is polled until the provider has processed it.

use super::effect::{Next, WakeOn};
use super::{Phase, State, Upload};
use crate::error::Error;
use crate::http::{Request, Response};
use crate::json::Malformed;
use crate::providers::{Asset, AssetState, Submission};

/// How long processing may take.
pub const PROCESS_DEADLINE_MILLIS: u64 = 10 * 60_000;

impl Upload {
    /// The status request. A provider that returns a pending asset without an id, or has no status request, contradicts
    /// its own documentation.
    pub(super) fn status_request(&self, asset: &Asset) -> Result<Request, Error> {
        let request = asset.id.as_deref().and_then(|id| self.provider.status(id));
        request.ok_or_else(|| Malformed("status").into())
    }

    pub(super) fn on_status(&mut self, response: &Response) -> Result<Next, Error> {
        let State::Active(_, Phase::Process { asset, polls, deadline }) = &self.state else {
            return Ok(Next::Continue);
        };
        let (polls, deadline) = (*polls + 1, *deadline);
        let json = self.provider.decode(response)?;
        let submission = self.provider.read_status(asset.id.as_deref().unwrap_or_default(), json)?;
        Ok(self.on_submission(submission, response, polls, deadline))
    }

    /// Continues with the asset that a submit, or the status request with this number, returned.
    pub(super) fn on_submission(
        &mut self,
        submission: Submission,
        response: &Response,
        polls: u32,
        deadline: u64,
    ) -> Next {
        let Submission { state, mut asset } = submission;
        if asset.id.is_some() {
            self.known.asset_id.clone_from(&asset.id);
        }
        match state {
            AssetState::Ready => {
                let raw = response.text();
                self.advance(|_| Phase::Finalize(asset, raw))
            }
            AssetState::Failed(provider_code) => {
                let failed = Error::ProcessingFailed { provider_code };
                self.finish(Err(self.metadata_mismatch(&asset.reported).unwrap_or(failed)))
            }
            AssetState::Pending => {
                // The provider may not have the complete file yet, so only its checksum counts.
                asset.reported.size = None;
                asset.reported.content_type = None;
                if let Some(error) = self.metadata_mismatch(&asset.reported) {
                    return self.finish(Err(error));
                }
                let left = deadline.saturating_sub(self.now.awake);
                if left == 0 {
                    return self.timed_out();
                }
                if let Err(error) = self.status_request(&asset) {
                    return self.finish(Err(error));
                }
                self.retry.reset();
                self.wait = Some((self.retry.before_poll(polls).min(left), WakeOn::Visible));
                if let State::Active(_, phase) = &mut self.state {
                    *phase = Phase::Process { asset, polls, deadline };
                }
                self.next()
            }
        }
    }

    pub(super) fn timed_out(&mut self) -> Next {
        self.finish(Err(Error::TimedOut { after_millis: PROCESS_DEADLINE_MILLIS }))
    }
}
