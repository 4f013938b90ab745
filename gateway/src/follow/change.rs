//! A change of what is stored, which is made in the end even if the store is unavailable at first.

use std::sync::Arc;
use std::time::Duration;

use super::Shared;
use super::record::Record;
use super::store::Hold;
use crate::hooks::{Finished, FinishedAsset, Outcome, SpoolError};

/// How long to wait before another try.
const RETRY: Duration = Duration::from_secs(1);
/// How long a response waits until the change is durable.
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Debug)]
pub(super) enum Change {
    /// The upload has ended: its event replaces its record.
    End(Box<Finished>, String),
    /// This record replaces the one with this key.
    Put(Box<Record>, String),
}

impl Change {
    /// The end of an upload. What `asset` and `sha256` leave open comes from the record.
    pub(super) fn end(record: Record, outcome: Outcome, asset: Option<FinishedAsset>, sha256: Option<String>) -> Self {
        let mut event = Finished::new(record.subject, record.provider, outcome);
        event.identify(&record.key);
        event.asset = asset.or_else(|| record.asset.map(|id| FinishedAsset { id: Some(id), url: None }));
        event.sha256 = sha256.or(record.sha256);
        Self::End(Box::new(event), record.key)
    }

    /// Replaces the record with the same key.
    pub(super) fn put(record: Record) -> Self {
        let key = record.key.clone();
        Self::Put(Box::new(record), key)
    }

    /// Makes the change, again and again until it is durable.
    pub(super) async fn make(self, shared: &Shared) {
        while let Err(error) = self.attempt(shared).await {
            tracing::error!(target: "gateway", hook = "post-finish", %error, "the end of an upload cannot be stored yet");
            tokio::time::sleep(RETRY).await;
        }
    }

    /// Makes the change in a task of its own, so that it outlives the request, which waits for it only for a while.
    /// Until then, nobody else takes the record.
    pub(super) async fn make_soon(self, shared: &Arc<Shared>, hold: Option<Hold>) {
        let shared = Arc::clone(shared);
        let made = tokio::spawn(async move {
            self.make(&shared).await;
            drop(hold);
        });
        let _ = tokio::time::timeout(PATIENCE, made).await;
    }

    async fn attempt(&self, shared: &Shared) -> Result<(), SpoolError> {
        match self {
            Self::End(event, key) => {
                shared.hooks.finished(event).await?;
                shared.store.remove(key).await
            }
            Self::Put(record, key) => {
                shared.store.put(record, record.state.due_in()).await?;
                if record.key == *key { Ok(()) } else { shared.store.remove(key).await }
            }
        }
    }
}
