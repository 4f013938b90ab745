//! What one request to a provider has to satisfy, and what its response leads to: ownership, limits and hooks.

use axum::response::{IntoResponse, Response};

use crate::admission::{Admission, Admitted, Start, Turn};
use crate::exchange::Kept;
use crate::follow::{Completing, Completion};
use crate::identity::Caller;
use crate::limits::Limits;
use crate::ownership::Claim;
use crate::progress::Passed;

/// The conditions of one request.
pub(crate) struct Conditions {
    /// `None` in anonymous mode.
    pub(crate) claim: Option<Claim>,
    /// `None` for a request that creates nothing.
    pub(crate) creation: Option<Creation>,
    /// `None` unless the request completes an upload whose end is reported.
    pub(crate) completion: Option<Completion>,
    /// `None` unless the request ends what a limit counts.
    pub(crate) release: Option<Release>,
}

/// What a limit no longer counts after a successful request.
pub(crate) struct Release {
    pub(crate) limits: Limits,
    pub(crate) what: Released,
}

/// What is released.
pub(crate) enum Released {
    /// The upload of this owner that was kept under this name.
    Upload(String, String),
    /// The asset with this id at this provider.
    Asset(&'static str, String),
}

/// What a request that creates an asset needs.
pub(crate) struct Creation {
    pub(crate) admission: Admission,
    pub(crate) caller: Caller,
    pub(crate) source: Source,
    pub(crate) turn: Turn,
}

/// Where the upload of a request that creates an asset began.
pub(crate) enum Source {
    /// With this request.
    New(Start),
    /// With a ticket for a staged file.
    Staged {
        /// The key of the file.
        key: String,
        /// Whether the ticket was for this provider; otherwise it did not name one.
        announced: bool,
    },
}

impl Conditions {
    /// Whether the response has to be read as a whole before any of it is returned.
    pub(crate) fn reads_response(&self) -> bool {
        let creates = self.creation.as_ref().is_some_and(|creation| creation.admission.reads_responses);
        self.claim.is_some() || creates || self.completion.is_some() || self.release.is_some()
    }

    /// Checks what has to be checked right before the request is forwarded. Returns the error response if it must not be.
    pub(crate) async fn before(self) -> Result<Forwarded, Response> {
        let admitted = match self.creation {
            Some(Creation { admission, caller, source, turn }) => Some(admission.create(caller, source, turn).await?),
            None => None,
        };
        let completing = match self.completion {
            Some(completion) => completion.begin().await.map_err(IntoResponse::into_response)?,
            None => None,
        };
        Ok(Forwarded { claim: self.claim, admitted, completing, release: self.release })
    }
}

/// A request whose conditions are met.
pub(crate) struct Forwarded {
    claim: Option<Claim>,
    admitted: Option<Admitted>,
    completing: Option<Completing>,
    release: Option<Release>,
}

impl Forwarded {
    /// Whether the response must not be returned unread.
    pub(crate) const fn has_claim(&self) -> bool {
        self.claim.is_some()
    }

    /// Records the provider's response, and returns it as the caller may see it.
    pub(crate) async fn after(self, response: Kept) -> Kept {
        if let Some(admitted) = self.admitted {
            admitted.finish(&response).await;
        }
        let response = match self.claim {
            Some(claim) => claim.apply(response).await,
            None => response,
        };
        // After the claim, so that nobody completes the upload of another user.
        if let Some(completing) = self.completing {
            completing.finish(&response).await;
        }
        if let Some(Release { limits, what }) = self.release.filter(|_| response.status.is_success()) {
            match what {
                Released::Upload(owner, name) => limits.end(&owner, &name).await,
                Released::Asset(provider, id) => limits.deleted(provider, &id).await,
            }
        }
        response
    }

    /// Records that there is no response. A request with an attempt's id and one without have the same outcome.
    pub(crate) async fn failed(self, reached: Passed) {
        if let Some(admitted) = self.admitted {
            admitted.failed(reached).await;
        }
        if reached.has_no_effect()
            && let Some(completing) = self.completing
        {
            completing.not_sent().await;
        }
    }
}
