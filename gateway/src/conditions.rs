//! What one request to a provider has to satisfy, and what its response leads to: ownership, limits and hooks.

use axum::response::Response;

use crate::admission::{Admission, Admitted, Start, Turn};
use crate::exchange::Kept;
use crate::identity::Caller;
use crate::ownership::Claim;

/// The conditions of one request.
pub(crate) struct Conditions {
    /// `None` in anonymous mode.
    pub(crate) claim: Option<Claim>,
    /// `None` for a request that creates nothing.
    pub(crate) creation: Option<Creation>,
}

/// What a request that creates an asset needs.
pub(crate) struct Creation {
    pub(crate) admission: Admission,
    pub(crate) caller: Caller,
    /// `None` if the upload has started before, with the ticket for its file.
    pub(crate) start: Option<Start>,
    pub(crate) turn: Turn,
}

impl Conditions {
    /// Whether the response has to be read as a whole before any of it is returned.
    pub(crate) fn reads_response(&self) -> bool {
        self.claim.is_some() || self.creation.as_ref().is_some_and(|creation| creation.admission.reads_responses)
    }

    /// Checks what has to be checked right before the request is forwarded. Returns the error response if it must not be.
    pub(crate) async fn before(self) -> Result<Forwarded, Response> {
        let admitted = match self.creation {
            Some(Creation { admission, caller, start, turn }) => Some(admission.create(caller, start, turn).await?),
            None => None,
        };
        Ok(Forwarded { claim: self.claim, admitted })
    }
}

/// A request whose conditions are met.
pub(crate) struct Forwarded {
    claim: Option<Claim>,
    admitted: Option<Admitted>,
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
        match self.claim {
            Some(claim) => claim.apply(response).await,
            None => response,
        }
    }

    /// Records that no part of the request reached the provider.
    pub(crate) async fn not_sent(self) {
        if let Some(admitted) = self.admitted {
            admitted.not_sent().await;
        }
    }
}
