//! A request that completes an upload to a URL that the provider has issued before.

use std::sync::Arc;

use super::Shared;
use super::change::Change;
use super::record::{Record, State};
use super::response::{self, Submitted};
use crate::exchange::Kept;
use crate::hooks::Outcome;
use crate::refusal::Refusal;

/// A request that would complete an upload.
pub(crate) struct Completion {
    shared: Arc<Shared>,
    provider: &'static str,
    asset: String,
    subject: String,
}

/// The same while it is forwarded. The upload can be completed again until its ticket ends.
pub(crate) struct Completing {
    shared: Arc<Shared>,
    /// The record if there is none in the store: the upload has ended before.
    ended: Record,
    /// The record before the request.
    ticket: Option<Record>,
}

impl Completion {
    pub(super) fn new(shared: &Arc<Shared>, provider: &'static str, asset: &str, subject: &str) -> Self {
        Self { shared: Arc::clone(shared), provider, asset: asset.to_owned(), subject: subject.to_owned() }
    }

    /// Records that the asset may exist from now on.
    pub(crate) async fn begin(self) -> Result<Option<Completing>, Refusal> {
        let Self { shared, provider, asset, subject } = self;
        let key = Record::key_of(provider, &asset);
        let ticket = shared.required(shared.store.get(&key).await)?.filter(|ticket| ticket.is_ticket_of(&subject));
        if let Some(ticket) = &ticket {
            let uncertain = Record { otherwise: Outcome::Unknown, ..ticket.clone() };
            shared.required(shared.store.put(&uncertain, uncertain.state.due_in()).await)?;
        }
        let ended = Record {
            key,
            subject,
            provider: Some(provider.to_owned()),
            asset: Some(asset),
            sha256: None,
            state: State::Creating,
            otherwise: Outcome::Unknown,
        };
        Ok(Some(Completing { shared, ended, ticket }))
    }
}

impl Completing {
    /// Reads the response as the caller may see it; returns when what it means is durable.
    pub(crate) async fn finish(self, response: &Kept) {
        let provider = self.ended.provider.as_deref().unwrap_or_default();
        let change = match (response::read(provider, response), self.ticket) {
            // Also if the upload has failed before, and the user has tried again: the event is a new one then, and
            // otherwise a repetition.
            (Submitted::Ready(asset), ticket) => {
                let (asset, sha256) = response::reported(asset);
                Change::end(ticket.unwrap_or(self.ended), Outcome::Succeeded, Some(asset), sha256)
            }
            (Submitted::Failed(_), Some(ticket)) => Change::end(ticket, Outcome::Failed, None, None),
            (Submitted::NotNow, Some(ticket)) => Change::put(ticket),
            (Submitted::Pending(_) | Submitted::Unknown, Some(_)) | (_, None) => return,
        };
        change.make_soon(&self.shared, None).await;
    }

    /// Records that no part of the request reached the provider.
    pub(crate) async fn not_sent(self) {
        if let Some(ticket) = self.ticket {
            Change::put(ticket).make_soon(&self.shared, None).await;
        }
    }
}
