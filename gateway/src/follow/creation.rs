//! A request that creates an asset, or a ticket for one, while it is forwarded.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::runtime::Handle;
use uuid::Uuid;

use super::Shared;
use super::change::Change;
use super::record::{Record, State};
use super::response::{self, Submitted};
use super::store::Hold;
use crate::exchange::Kept;
use crate::hooks::{Outcome, SpoolError, unix_millis};

/// An upload that begins with the request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewUpload<'a> {
    pub(crate) subject: &'a str,
    pub(crate) provider: &'static str,
    /// Whether the request contains the file, or a URL of it; otherwise it only asks for an upload URL.
    pub(crate) has_file: bool,
}

/// The upload of a request that is being forwarded. If it is dropped, the outcome of the request is unknown.
#[derive(Debug)]
pub(crate) struct Following {
    shared: Arc<Shared>,
    /// `None` once the response is known.
    record: Option<Record>,
    /// The record before the request, if the file was staged.
    ticket: Option<Record>,
    hold: Option<Hold>,
}

impl Following {
    pub(super) async fn begin(
        shared: &Arc<Shared>,
        upload: &NewUpload<'_>,
        ticket: Option<&str>,
    ) -> Result<Option<Self>, SpoolError> {
        let ticket = match ticket {
            Some(key) => shared.store.get(key).await?.filter(|ticket| ticket.is_ticket_of(upload.subject)),
            None => None,
        };
        let record = Record {
            key: ticket.as_ref().map_or_else(|| Uuid::new_v4().to_string(), |ticket| ticket.key.clone()),
            subject: upload.subject.to_owned(),
            provider: Some(upload.provider.to_owned()),
            asset: None,
            sha256: ticket.as_ref().and_then(|ticket| ticket.sha256.clone()),
            state: State::Creating,
            otherwise: if upload.has_file { Outcome::Unknown } else { Outcome::Failed },
        };
        let token = shared.store.put(&record, shared.lease).await?;
        let hold = Hold::start(shared, &record.key, token);
        Ok(Some(Self { shared: Arc::clone(shared), record: Some(record), ticket, hold: Some(hold) }))
    }

    /// Reads the provider's response; returns when what it means is durable.
    pub(crate) async fn finish(mut self, response: &Kept) {
        let Some(record) = self.record.take() else { return };
        let change = match response::read(record.provider.as_deref().unwrap_or_default(), response) {
            Submitted::Ready(asset) => {
                let (asset, sha256) = response::reported(asset);
                Change::end(record, Outcome::Succeeded, Some(asset), sha256)
            }
            Submitted::Failed(asset) => {
                let (asset, sha256) = asset.map(response::reported).unzip();
                Change::end(record, Outcome::Failed, asset, sha256.flatten())
            }
            Submitted::Pending(asset) => {
                let (asset, sha256) = response::reported(asset);
                let state = State::Processing { since: unix_millis() };
                let sha256 = sha256.or_else(|| record.sha256.clone());
                Change::put(Record { asset: asset.id, sha256, state, ..record })
            }
            Submitted::NotNow => self.undo(record),
            Submitted::Unknown => Change::end(record, Outcome::Unknown, None, None),
        };
        change.make_soon(&self.shared, self.hold.take()).await;
    }

    /// Records the ticket that the provider has issued for the asset with this id; `None` if it has not.
    pub(crate) async fn issued(mut self, id: Option<&str>, expires_at: Timestamp) {
        let Some(record) = self.record.take() else { return };
        let change = match (id, &record.provider) {
            (Some(id), Some(provider)) => {
                let key = Record::key_of(provider, id);
                let state = State::ticket(expires_at);
                let previous = record.key.clone();
                Change::Put(Box::new(Record { key, asset: Some(id.to_owned()), state, ..record }), previous)
            }
            _ => Change::end(record, Outcome::Failed, None, None),
        };
        change.make_soon(&self.shared, self.hold.take()).await;
    }

    /// Records that no part of the request reached the provider.
    pub(crate) async fn not_sent(mut self) {
        if let Some(record) = self.record.take() {
            let change = self.undo(record);
            change.make_soon(&self.shared, self.hold.take()).await;
        }
    }

    /// Nothing was done. A staged file can be used again; any other upload has to begin anew.
    fn undo(&mut self, record: Record) -> Change {
        self.ticket.take().map_or_else(|| Change::end(record, Outcome::Failed, None, None), Change::put)
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        // Without a runtime, the process ends: the record is found at the next start.
        if let (Some(record), Ok(runtime)) = (self.record.take(), Handle::try_current()) {
            let (shared, hold, outcome) = (Arc::clone(&self.shared), self.hold.take(), record.otherwise);
            runtime.spawn(async move { Change::end(record, outcome, None, None).make_soon(&shared, hold).await });
        }
    }
}
